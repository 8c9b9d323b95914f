"""Files as grids of cells, read within limits: CSV, workbooks (XLSX), and JSON lists of records."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError
from caravana.received import encoding_of, read_ordinary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Cell = str | float | dt.date | None
"""What stands in a cell: text (stripped, composed), a number, a date; None where there is nothing."""

#: Most rows and cells of a grid, and bytes that a workbook unpacks to.
MOST_ROWS = 200_000
MOST_CELLS = 10_000_000
MOST_UNPACKED = 2**28
MARKS = (",", ";", "\t", "|")
"""What may stand between the cells of a line."""
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^>]*?\br="([A-Z]{0,4})(\d{1,10})"')


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands in a file.

    Attributes
    ----------
    name
        Name of the sheet; empty where a file holds one table only.
    rows
        Cells, row by row.
    lines
        Number of each row as a spreadsheet or an editor counts it.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]


def read_grids(path: Path) -> tuple[list[Grid], list[str]]:
    """Read a file as grids.

    Parameters
    ----------
    path
        A CSV (or tab separated) file, a workbook, or JSON.

    Returns
    -------
    tuple
        The grids that hold anything, and notes on how the file was read.

    Raises
    ------
    InputError
        If it is none of these, larger than is read, or cannot be read.
    """
    try:
        raw = read_ordinary(path)
    except OSError as error:
        raise InputError(f"{path}: expected a table that can be read; the system says: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{str(path)!r} cannot be the name of a file: {error}") from None
    notes: list[str] = []
    if raw.startswith(b"PK\x03\x04"):
        grids = _read_workbook(path, raw)
    elif raw.startswith((b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!")):
        raise InputError(f"{path.name}: expected CSV, XLSX or JSON; save it as one of these")
    else:
        text = _decoded(path, raw, notes)
        begin = text.lstrip()[:1]
        is_json = path.suffix.lower() in {".json", ".geojson"} or (
            begin in {"{", "["} and path.suffix.lower() != ".csv"
        )
        grids = [_read_json(path, text)] if is_json else [_read_text(path, text)]
    grids = [grid for grid in grids if grid.rows]
    if not grids:
        raise InputError(f"{path.name}: expected a table; there is nothing in it")
    return grids, notes


def cleaned(value: object) -> Cell:
    """A cell as it is compared: text composed and stripped, with plain spaces; numbers and dates as they are."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date | float):
        return value
    if isinstance(value, int):
        return float(value) if abs(value) < 2**53 else str(value)
    if value is None or not isinstance(value, str):
        return None if value is None else str(value)
    text = unicodedata.normalize(
        "NFC", value.replace("\u00a0", " ").replace("\u202f", " ").replace("\ufeff", "")
    ).strip()
    return text or None


def _decoded(path: Path, raw: bytes, notes: list[str]) -> str:
    encoding = encoding_of(raw) or "UTF-8"
    codec = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "UTF-32": "utf-32", "Windows-1252": "cp1252"}[encoding]
    if encoding == "UTF-16" and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: expected text in UTF-8; it is in no encoding that is known here") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path.name} line {line}: expected text without NUL bytes")
    if encoding != "UTF-8":
        notes.append(f"read as {encoding}, not UTF-8; look at the accents")
    return text


# ---------------------------------------------------------------- text


def _read_text(path: Path, text: str) -> Grid:
    mark = _mark_of(text)
    rows: list[tuple[Cell, ...]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    line, cells = 1, 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                cells += len(row)
                if len(rows) >= MOST_ROWS or cells > MOST_CELLS:
                    break
                rows.append(tuple(cleaned(cell) for cell in row))
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path.name} line {line}: expected cells between {mark!r}; found instead: {error}") from None
    if len(rows) >= MOST_ROWS or cells > MOST_CELLS:
        raise InputError(f"{path.name}: expected fewer than {MOST_ROWS:,} rows and {MOST_CELLS:,} cells")
    return Grid("", tuple(rows), tuple(lines))


def _mark_of(text: str) -> str:
    """What stands between the cells: the mark of which most lines of the beginning have the same number."""
    begin = [line for line in text[:20_000].splitlines()[:40] if line.strip()]

    def alike(mark: str) -> tuple[int, int]:
        numbers = [len(next(csv.reader([line], delimiter=mark), ())) for line in begin]
        usual = max(set(numbers), key=numbers.count, default=1)
        return (numbers.count(usual) if usual > 1 else 0, usual)

    try:
        return max(MARKS, key=alike)
    except csv.Error:
        return ","


# ---------------------------------------------------------------- workbooks


def _read_workbook(path: Path, raw: bytes) -> list[Grid]:
    _refuse_bomb(path, raw)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        grids = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            grids.append(_grid_of(str(name), sheet))
    except (Exception, SystemError) as error:  # noqa: BLE001 - a reader in Rust: its errors are many
        reason = str(error).split("\n", 1)[0][:100] or type(error).__name__
        raise InputError(f"{path.name}: expected a workbook (XLSX) that can be read; found instead: {reason}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"{path.name}: expected a workbook (XLSX) that can be read; it is damaged") from None
    return grids


def _grid_of(name: str, sheet: Sequence[Sequence[object]]) -> Grid:
    rows = [(number, tuple(cleaned(cell) for cell in row)) for number, row in enumerate(sheet, start=1)]
    kept = [(number, row) for number, row in rows if any(cell is not None for cell in row)]
    return Grid(name, tuple(row for _, row in kept), tuple(number for number, _ in kept))


def _refuse_bomb(path: Path, raw: bytes) -> None:
    """Refuse a workbook that unpacks to more than is read, or has a cell so far off that the sheet fills the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            problem = _problem_of(packed)
    except Exception as error:  # noqa: BLE001 - what unpacks has errors of many kinds (zip, zlib, lzma)
        raise InputError(f"{path.name}: expected a workbook (XLSX) that can be read; found instead: {error}") from None
    if problem:
        raise InputError(f"{path.name}: expected {problem}")


def _problem_of(packed: zipfile.ZipFile) -> str | None:
    """What a packed file should be and is not; None where it is a workbook that can be read."""
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        return f"a workbook that unpacks to {MOST_UNPACKED // 2**20} MB at most"
    if not any(part.filename.startswith("xl/") for part in parts):
        return "CSV, XLSX or JSON; this is a packed file of another kind"
    for part in parts:
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            with packed.open(part) as sheet:
                rows, columns = _extent(sheet.read(MOST_UNPACKED))
            if rows > MOST_ROWS or rows * columns > MOST_CELLS:
                size = f"{part.filename} has {rows:,} rows and {columns:,} columns"
                return f"sheets of at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells; {size}"
    return None


def _extent(content: bytes) -> tuple[int, int]:
    """Rows and columns of a sheet, by the names of its cells."""
    rows = columns = 1
    for letters, digits in _CELL.findall(content):
        rows = max(rows, int(digits))
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns = max(columns, column)
    # Cells may go without a name: then each counts on from the one before.
    return rows, max(columns, content.count(b"<c>") + content.count(b"<c ") if columns == 1 else columns)


# ---------------------------------------------------------------- JSON


def _read_json(path: Path, text: str) -> Grid:
    try:
        content = json.loads(text)
    except RecursionError:
        raise InputError(f"{path.name}: expected JSON nested less deeply") from None
    except ValueError as error:
        raise InputError(f"{path.name}: expected JSON; found instead: {error}") from None
    records = _records(content, 0)
    if not records:
        raise InputError(f"{path.name}: expected JSON with a list of records, such as data.timeseries or data")
    if len(records) > MOST_ROWS:
        raise InputError(f"{path.name}: expected at most {MOST_ROWS:,} records")
    keys = list(dict.fromkeys(key for record in records for key, value in record.items() if not _nested(value)))
    if len(keys) * len(records) > MOST_CELLS:
        raise InputError(f"{path.name}: expected at most {MOST_CELLS:,} cells")
    rows = [tuple(cleaned(key) for key in keys)]
    rows += [tuple(_plain(record.get(key)) for key in keys) for record in records]
    return Grid("", tuple(rows), tuple(range(len(rows))))


def _nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _plain(value: object) -> Cell:
    return None if _nested(value) else cleaned(value)


def _records(content: Any, depth: int) -> list[dict[str, Any]]:
    """The longest list of records within: ``data``, ``data.timeseries``, ``results``, features of GeoJSON."""
    if isinstance(content, list):
        rows = [one.get("properties", one) if isinstance(one, dict) else None for one in content]
        return [row for row in rows if isinstance(row, dict)]
    if isinstance(content, dict) and depth < 4:
        return max((_records(value, depth + 1) for value in content.values()), key=len, default=[])
    return []
