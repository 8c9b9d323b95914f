"""Tables of other people as rows by column name: CSV of any separator, or the first sheet of a workbook."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.rows import Reader
from caravana.received import read_ordinary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")
SEPARATORS = (",", ";", "\t", "|")
LONGEST_CELL = 10**7
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[, '\u2019]\d{3})+(?:\.0+)?")
_DOTTED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_PLAIN = re.compile(r"[+-]?\d+(?:\.0*)?")


def tidy(text: str) -> str:
    """Text in Unicode's composed form, with every kind of space as one space and none at its ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def name_key(text: str) -> str:
    """What two spellings of a name have in common: no accents, no case, no punctuation."""
    plain = unicodedata.normalize("NFKD", tidy(text)).casefold()
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return tidy(re.sub(r"[^\w]+|_", " ", plain))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line, and its cells by the column's key (:func:`name_key`)."""

    line: int
    cells: Mapping[str, str]

    def get(self, *names: str) -> str:
        """The first of the named cells that holds something."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


@dataclass(frozen=True, slots=True)
class NamedSheet:
    """A table: its first row, the names of its columns as written by their keys, and its rows."""

    path: Path
    header: Sequence[str]
    columns: Mapping[str, str]
    rows: Sequence[SheetRow]


def read_sheet(reader: Reader, path: Path, *, header: Sequence[str] | None = None) -> NamedSheet | None:
    """Read a table; None (and a fault) where it cannot be.

    Parameters
    ----------
    reader
        Takes the faults.
    path
        CSV in UTF-8 (with or without a byte-order mark) or Latin-1, separated by commas, semicolons, tabs or bars;
        or a workbook, of which the first sheet is read.
    header
        Names of the columns, for a file that has none.
    """
    lines = _workbook(reader, path) if path.suffix.lower() in WORKBOOKS else _delimited(reader, path)
    if lines is None:
        return None
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if header is None:
        if not lines:
            reader.fault(path, None, "", None, "a row of column names, and rows below it")
            return None
        header = lines[0][1]
        lines = lines[1:]
    if lines and any(cell.startswith("#") for cell in lines[0][1]) and not any(c.startswith("#") for c in header):
        lines = lines[1:]  # HXL tags in a second row
    keys = [name_key(name) for name in header]
    columns = {key: tidy(name) for key, name in reversed(list(zip(keys, header, strict=True))) if key}
    rows = [
        SheetRow(number, {key: cell for key, cell in reversed(list(zip(keys, cells, strict=False))) if key})
        for number, cells in lines
    ]
    return NamedSheet(path, header, columns, rows)


def _delimited(reader: Reader, path: Path) -> list[tuple[int, tuple[str, ...]]] | None:
    if not path.is_file():
        reader.fault(path, None, "", None, "this file; it is not there")
        return None
    try:
        raw = read_ordinary(path)
    except OSError as error:
        reader.fault(path, None, "", None, f"a file that can be read; the system says: {error.strerror}")
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
            reader.notes.append(f"{path.name}: not UTF-8; read as Latin-1: look at the accents of its names")
    if "\0" in text:
        reader.fault(path, None, "", None, "a text file; this one holds NUL bytes")
        return None
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    rows: list[tuple[int, tuple[str, ...]]] = []
    lines = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        rows.extend((lines.line_num, tuple(tidy(cell) for cell in cells)) for cells in lines)
    except csv.Error as error:
        reader.fault(path, lines.line_num, "", None, f"cells between separators; found instead: {error}")
        return None
    finally:
        # The limit is of the whole process: other readers keep to theirs.
        csv.field_size_limit(before)
    return rows


def _workbook(reader: Reader, path: Path) -> list[tuple[int, tuple[str, ...]]] | None:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        cells = book.get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, OSError) as error:
        reader.fault(path, None, "", None, f"a workbook that can be read; found instead: {error}")
        return None
    return [(number, tuple(_cell(cell) for cell in row)) for number, row in enumerate(cells, start=1)]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy("" if value is None else str(value))


def read_people(reader: Reader, path: Path, line: int, column: str, cell: str, *, most: float) -> int | None:
    """Return a number of people as people write it: ``12500``, ``12,500``, ``12 500``.

    None where there is none; None and a fault where it is none.  ``12.500`` is refused: whether that is twelve
    thousand or twelve cannot be known.
    """
    if not cell:
        return None
    if _DOTTED.fullmatch(cell):
        whole, thousands = f"{float(cell):g}", cell.replace(".", "")
        reader.fault(path, line, column, cell, f"{thousands} or {whole}, written plainly: a dot before three digits")
        return None
    plain = re.sub(r"[, '\u2019]", "", cell) if _GROUPED.fullmatch(cell) else cell
    if not _PLAIN.fullmatch(plain):
        reader.fault(path, line, column, cell, "a whole number of people")
        return None
    number = int(float(plain))
    if not 0 <= number <= most:
        reader.fault(path, line, column, cell, f"a number of people from 0 to {most:,.0f}")
        return None
    return number


def read_degrees(reader: Reader, path: Path, line: int, column: str, cell: str, *, most: float) -> float | None:
    """Return a coordinate in degrees; a decimal comma is read as such.  None and a fault where it is none."""
    text = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if "_" in text or not -most <= value <= most:
        reader.fault(path, line, column, cell or None, f"degrees from -{most:g} to {most:g}, such as 12.345")
        return None
    return value
