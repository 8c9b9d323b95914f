"""Workbooks of the formats that no library here writes, byte by byte: XLS, XLSB and ODS of one sheet or more."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from xml.sax.saxutils import escape, quoteattr

SECTOR, LEAST = 512, 4096
FREE, LAST, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
WRITERS = ("xls", "xlsb", "ods")


def workbook(kind, rows, *, from_1904=False):
    """Bytes of a workbook of one sheet of rows of text, numbers, dates and None."""
    return {"xls": xls, "xlsb": xlsb, "ods": ods}[kind](rows, from_1904=from_1904)


def _serial(date, from_1904):
    return float((date - (EPOCH_1904 if from_1904 else EPOCH)).days)


# ---------------------------------------------------------------- xls


def _record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def xls_stream(rows, *, from_1904=False, extra=b""):
    """The stream of an XLS (BIFF8): globals and one sheet."""
    general = struct.pack("<HH", 0, 0) + bytes(16)
    as_date = struct.pack("<HH", 0, 14) + bytes(16)
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1996, 0, 6)) + _record(0x42, struct.pack("<H", 1200))
    begin += _record(0x22, struct.pack("<H", int(from_1904))) + _record(0xE0, general) + _record(0xE0, as_date)
    name = b"\x06\x00Counts"
    at = len(begin) + 4 + 6 + len(name) + 4
    begin += _record(0x85, struct.pack("<IH", at, 0) + name) + _record(0x0A)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 1996, 0, 6))
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet += _record(0x0203, struct.pack("<HHHd", y, x, 1, _serial(cell, from_1904)))
            elif isinstance(cell, str):
                text = cell.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHHHB", y, x, 0, len(text) // 2, 1) + text)
            elif cell is not None:
                sheet += _record(0x0203, struct.pack("<HHHd", y, x, 0, float(cell)))
    return begin + sheet + extra + _record(0x0A)


def compound(name, stream):
    """A compound file that holds one stream."""
    stream = stream.ljust(LEAST, b"\0")
    sectors = -(-len(stream) // SECTOR)
    tables = 1
    while tables * SECTOR // 4 < sectors + 1 + tables:
        tables += 1
    links = [TABLE] * tables + [LAST] + [tables + 2 + k for k in range(sectors - 1)] + [LAST]
    links += [FREE] * (tables * SECTOR // 4 - len(links))
    listed = list(range(tables)) + [FREE] * (109 - tables)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, LEAST, LAST, 0, LAST, 0)
    head += struct.pack("<109I", *listed)

    def entry(title, kind, first, length, child):
        letters = title.encode("utf-16-le") + b"\0\0"
        text = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters), kind, 1)
        return text + struct.pack("<III", FREE, FREE, child) + bytes(36) + struct.pack("<IQ", first, length)

    directory = entry("Root Entry", 5, LAST, 0, 1) + entry(name, 2, tables + 1, len(stream), FREE) + bytes(256)
    table = struct.pack(f"<{len(links)}I", *links)
    return head + table + directory + stream.ljust(sectors * SECTOR, b"\0")


def xls(rows, *, from_1904=False, extra=b""):
    """An XLS of one sheet."""
    return compound("Workbook", xls_stream(rows, from_1904=from_1904, extra=extra))


# ---------------------------------------------------------------- xlsb


def _binary(kind, data=b""):
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(data)
    while True:
        part, length = length & 0x7F, length >> 7
        head += bytes([part | (0x80 if length else 0)])
        if not length:
            return head + data


def _wide(text):
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def xlsb(rows, *, from_1904=False):
    """An XLSB of one sheet."""
    book = _binary(0x83) + _binary(0x99, struct.pack("<III", int(from_1904), 0, 0)) + _binary(0x8F)
    book += _binary(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Counts")) + _binary(0x90) + _binary(0x84)
    sheet = _binary(0x81) + _binary(0x94, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, 9)) + _binary(0x91)
    for y, row in enumerate(rows):
        sheet += _binary(0, struct.pack("<I", y) + bytes(21))
        for x, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet += _binary(5, struct.pack("<IId", x, 1, _serial(cell, from_1904)))
            elif isinstance(cell, str):
                sheet += _binary(6, struct.pack("<II", x, 0) + _wide(cell))
            elif cell is not None:
                sheet += _binary(5, struct.pack("<IId", x, 0, float(cell)))
    sheet += _binary(0x92) + _binary(0x82)
    styles = _binary(0x96) + _binary(0x269, struct.pack("<I", 2))
    styles += _binary(0x2F, struct.pack("<HH", 0, 0) + bytes(12)) + _binary(0x2F, struct.pack("<HH", 0, 14) + bytes(12))
    styles += _binary(0x26A) + _binary(0x97)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return _packed({
        "xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": relations.encode(), "xl/worksheets/sheet1.bin": sheet,
        "xl/styles.bin": styles,
    })  # fmt: skip


# ---------------------------------------------------------------- ods


def ods(rows, *, from_1904=False, extra=""):
    """An ODS of one sheet: its dates are written out, so that it matters not from when days count."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            if isinstance(cell, dt.date):
                said = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
            elif isinstance(cell, str):
                said = f'office:value-type="string" office:string-value={quoteattr(cell)}'
            elif cell is not None:
                said = f'office:value-type="float" office:value="{cell}"'
            else:
                cells.append("<table:table-cell/>")
                continue
            cells.append(f"<table:table-cell {said}><text:p>{escape(str(cell))}</text:p></table:table-cell>")
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Counts">{"".join(lines)}{extra}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return _packed({
        "mimetype": kind.encode(), "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode(),
    })  # fmt: skip


def _packed(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()
