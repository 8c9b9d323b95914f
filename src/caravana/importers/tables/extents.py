"""How large the sheets of a workbook are and from when it counts days, looked up before it is read.

A reader of workbooks fills the whole rectangle up to the last cell: one cell far off would fill the memory.  So the
names of cells are gone through first: as XML (``xlsx``, ``ods``) or as records (``xls``, ``xlsb``).
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Bytes of a sector of a compound file, entries of its table, and what ends a chain of sectors.
_SECTOR, _ENTRY, _LAST = 512, 128, 0xFFFFFFFA
MOST_SECTORS = 2**18
SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^>]*?\br="([A-Z]{0,4})(\d{1,10})"')
_ODS = re.compile(rb"<(/?)(?:\w+:)?(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,12})"')
_XLS_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406}
_XLS_SEVERAL = {0x00BD, 0x00BE}
"""Records of several cells of a row: their last two bytes are the last column."""
_XLS_DATEMODE = 0x0022
_XLSB_ROW, _XLSB_CELLS, _XLSB_WORKBOOK = 0, range(1, 12), 0x99

Extent = tuple[int, int]
"""Rows and columns."""


def extent_of_xlsx(content: bytes) -> Extent:
    """Rows and columns of a sheet of XML, by the names of its cells."""
    rows = columns = 1
    for letters, digits in _CELL.findall(content):
        rows = max(rows, int(digits))
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns = max(columns, column)
    # Cells may go without a name: then each counts on from the one before.
    return rows, max(columns, content.count(b"<c>") + content.count(b"<c ") if columns == 1 else columns)


def extents_of_ods(content: bytes) -> list[Extent]:
    """Rows and columns of each sheet of an OpenDocument spreadsheet, empty cells at the end left out."""
    extents: list[Extent] = []
    rows = filled_rows = columns = column = filled = repeated = 0
    for closing, name, attributes in _ODS.findall(content):
        number = int(match[1]) if (match := _REPEATED.search(attributes)) else 1
        if name == b"table" and not closing:
            extents.append((0, 0))
            rows = filled_rows = columns = 0
        elif name == b"table-row" and not closing:
            column, filled, repeated = 0, 0, number
            rows += number if attributes.endswith(b"/") else 0
        elif name == b"table-row":
            rows += repeated
            columns = max(columns, filled)
            filled_rows = rows if filled else filled_rows
            if extents:
                extents[-1] = (filled_rows, columns)
        elif name != b"table" and not closing:
            column += number
            filled = column if b"value-type" in attributes or not attributes.endswith(b"/") else filled
    return extents


def extent_of_xlsb(content: bytes) -> Extent:
    """Rows and columns of a sheet of binary records."""
    rows = columns = 1
    for kind, data in _xlsb_records(content):
        if len(data) >= 4 and kind == _XLSB_ROW:
            rows = max(rows, struct.unpack_from("<I", data)[0] + 1)
        elif len(data) >= 4 and kind in _XLSB_CELLS:
            columns = max(columns, struct.unpack_from("<I", data)[0] + 1)
    return rows, columns


def counts_from_1904_xlsb(content: bytes) -> bool:
    """Whether the binary workbook part of an ``xlsb`` counts days from 1904."""
    return any(kind == _XLSB_WORKBOOK and data[:1] and data[0] & 1 for kind, data in _xlsb_records(content))


def _xlsb_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Records: a kind of one or two bytes, a length of seven bits a byte, and what they hold."""
    at = 0
    while at < len(content):
        kind, at = content[at], at + 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (content[at] & 0x7F) << 7 if at < len(content) else -1
            at += 1
        length = 0
        for byte in range(4):
            part = content[at] if at < len(content) else 0
            at += 1
            length |= (part & 0x7F) << (7 * byte)
            if not part & 0x80:
                break
        yield kind, content[at : at + min(length, 64)]
        at += length


def extents_of_xls(stream: bytes) -> tuple[list[Extent], bool]:
    """Rows and columns of each sheet of the stream of an ``xls``, and whether it counts days from 1904."""
    extents: list[Extent] = []
    from_1904 = False
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind in {0x0009, 0x0209, 0x0409, 0x0809}:
            extents.append((1, 1))
        elif kind == _XLS_DATEMODE and data[:1] == b"\1":
            from_1904 = True
        elif kind in _XLS_CELLS and len(data) >= 6 and extents:
            row, first = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind in _XLS_SEVERAL else first
            rows, columns = extents[-1]
            extents[-1] = (max(rows, row + 1), max(columns, first + 1, last + 1))
    return extents, from_1904


def streams_of(raw: bytes) -> dict[str, bytes]:
    """The streams of a compound file (that of ``xls``, and of what is locked with a password) by their names.

    Raises
    ------
    ValueError
        If it is none, or damaged.
    """
    try:
        return _streams_of(raw)
    except (struct.error, IndexError):
        raise ValueError("it is cut short") from None


def _streams_of(raw: bytes) -> dict[str, bytes]:
    if not raw.startswith(SIGNATURE):
        raise ValueError("it is no compound file")
    shift = struct.unpack_from("<H", raw, 30)[0]
    size = 1 << shift
    if shift not in {9, 12}:
        raise ValueError("its sectors are of a size that is not known")
    first_directory = struct.unpack_from("<I", raw, 48)[0]
    least, first_mini = struct.unpack_from("<II", raw, 56)

    def sector(number: int) -> bytes:
        return raw[size * (number + 1) : size * (number + 2)]

    table: list[int] = []
    listed = list(struct.unpack_from("<109I", raw, 76))
    following, seen = struct.unpack_from("<I", raw, 68)[0], 0
    while following < _LAST and seen < MOST_SECTORS:
        part = struct.unpack(f"<{size // 4}I", sector(following))
        listed, following, seen = [*listed, *part[:-1]], part[-1], seen + 1
    for number in listed[:MOST_SECTORS]:
        if number < _LAST:
            table += struct.unpack(f"<{size // 4}I", sector(number))

    def chain(first: int, links: list[int], read: Callable[[int], bytes]) -> bytes:
        parts: list[bytes] = []
        number = first
        while number < _LAST and len(parts) < min(len(links), MOST_SECTORS):
            parts.append(read(number))
            number = links[number]
        return b"".join(parts)

    entries = chain(first_directory, table, sector)
    root = next((e for e in _entries(entries) if e[1] == 5), ("", 5, _LAST, 0))
    inner = chain(root[2], table, sector)

    def small_sector(number: int) -> bytes:
        return inner[64 * number : 64 * (number + 1)]

    mini = chain(first_mini, table, sector)
    links = list(struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4]))
    streams = {}
    for name, kind, first, length in _entries(entries):
        if kind == 2:
            small = length < least
            streams[name] = chain(first, links if small else table, small_sector if small else sector)[:length]
    return streams


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Entries of a directory: name, kind, first sector, length."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        letters = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", errors="replace")
        yield name, directory[at + 66], *struct.unpack_from("<II", directory, at + 116)
