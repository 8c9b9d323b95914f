"""Files as grids of cells, read within limits: CSV, workbooks, and JSON lists of records."""

from __future__ import annotations

import csv
import io
import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError
from caravana.importers.tables.cells import Grid, Limits, cleaned
from caravana.importers.tables.workbooks import is_workbook, read_workbook
from caravana.received import encoding_of, read_ordinary

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.tables.cells import Cell

MARKS = (",", ";", "\t", "|")
"""What may stand between the cells of a line."""
OF_COUNTS = Limits()
SHORT, MOST_KEPT = 40, 200_000
"""Letters of a text that is kept for the next cell that says the same, and how many such texts."""


def read_grids(path: Path, limits: Limits = OF_COUNTS) -> tuple[list[Grid], list[str]]:
    """Read a file as grids.

    Parameters
    ----------
    path
        A CSV (or tab separated) file, a workbook, or JSON.
    limits
        Most rows and cells of a table.

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
    if is_workbook(raw):
        grids = read_workbook(path, raw, limits)
    elif raw.startswith((b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!", b"SQLite format 3", b"\x00\x00\x27\x0a")):
        raise InputError(
            f"{path.name}: expected CSV, a workbook (XLSX, XLS, XLSB, ODS) or JSON; save it as one of these"
        )
    else:
        text = _decoded(path, raw, notes)
        begin = text.lstrip()[:1]
        is_json = path.suffix.lower() in {".json", ".geojson"} or (
            begin in {"{", "["} and path.suffix.lower() != ".csv"
        )
        grids = [_read_json(path, text, limits)] if is_json else [_read_text(path, text, limits)]
    grids = [grid for grid in grids if grid.rows]
    if not grids:
        raise InputError(f"{path.name}: expected a table; there is nothing in it")
    return grids, notes


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


def _read_text(path: Path, text: str, limits: Limits) -> Grid:
    mark = _mark_of(text)
    rows: list[tuple[Cell, ...]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    line, cells = 1, 0
    known: dict[str, Cell] = {}
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                cells += len(row)
                if len(rows) >= limits.rows or cells > limits.cells:
                    break
                rows.append(tuple([_kept(cell, known) for cell in row]))
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path.name} line {line}: expected cells between {mark!r}; found instead: {error}") from None
    if len(rows) >= limits.rows or cells > limits.cells:
        raise InputError(f"{path.name}: expected fewer than {limits.rows:,} rows and {limits.cells:,} cells")
    if lines and _is_open(text, lines[-1], mark):
        raise InputError(f"{path.name} line {lines[-1]}: expected quotes that close; all below them is one cell")
    return Grid("", tuple(rows), tuple(lines))


def _kept(cell: str, known: dict[str, Cell]) -> Cell:
    """A cell as it is compared; short texts, which come again and again, are kept once."""
    if cell in known:
        return known[cell]
    value = cleaned(cell)
    if len(cell) <= SHORT and len(known) < MOST_KEPT:
        known[cell] = value
    return value


def _is_open(text: str, line: int, mark: str) -> bool:
    """Whether the text ends within the quotes of its last row, which begins on a line."""
    try:
        for _ in csv.reader(islice(io.StringIO(text, newline=""), line - 1, None), delimiter=mark, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


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


# ---------------------------------------------------------------- JSON


def _read_json(path: Path, text: str, limits: Limits) -> Grid:
    try:
        content = json.loads(text)
    except RecursionError:
        raise InputError(f"{path.name}: expected JSON nested less deeply") from None
    except ValueError as error:
        raise InputError(f"{path.name}: expected JSON; found instead: {error}") from None
    records = _records(content, 0)
    if not records:
        raise InputError(f"{path.name}: expected JSON with a list of records, such as data.timeseries or data")
    if len(records) > limits.rows:
        raise InputError(f"{path.name}: expected at most {limits.rows:,} records")
    keys = list(dict.fromkeys(key for record in records for key, value in record.items() if not _nested(value)))
    if len(keys) * len(records) > limits.cells:
        raise InputError(f"{path.name}: expected at most {limits.cells:,} cells")
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
