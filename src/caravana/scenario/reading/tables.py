"""Reads the CSV tables of a scenario folder, row by row, within limits."""

from __future__ import annotations

import csv
import re
import stat
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from caravana.numerals import two_meanings
from caravana.received import as_utf8, encoding_of, leads_out
from caravana.scenario.cells import meant
from caravana.scenario.fields import UnfitError, from_cell, specs_of
from caravana.scenario.reading.causes import COUNTING, INDEX_NAMES, NO_ROW_NUMBERS, NO_TAGS, Causes, are_tags
from caravana.scenario.reading.draft import Entry, Spot, faulty_entry, make_entry
from caravana.scenario.reading.faults import FaultList, shown
from caravana.scenario.row import Row
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Largest table read, in bytes, in rows, and in bytes of one line.  A scenario of ten thousand
#: places stays well below; a file above is refused before it fills the memory (200,000 places
#: take some 350 MB until they are).
MOST_BYTES = 64 * 2**20
MOST_ROWS = 200_000
MOST_LINE_BYTES = 2**20

#: Columns asked for although the model has a default: a table without them is one cut short.
_WANTED = {"Place": ("lat", "lon")}
_LONE_RETURN = re.compile(r"(?<=\r)(?!\n)")

R = TypeVar("R", bound=Row)


class StoppedError(Exception):
    """A file could not be read to its end; the fault is reported."""


IN_FOLDER = "this file in the scenario folder; it is missing"
"""What is said of a file that is not there: one that belongs to a scenario."""
AT_PATH = "a file of this name; there is none where the path leads"
"""The same of one that somebody named."""


def open_checked(
    path: Path, faults: FaultList, *, most_bytes: int = MOST_BYTES, missing: str = IN_FOLDER
) -> BinaryIO | None:
    """Open a file for reading; None, with a fault, where that cannot be (one that is not there: `missing`).

    Only plain files are opened: a pipe or device could block or never end.
    """
    name = path.name
    try:
        status = path.stat()
        if leads_out(path):
            faults.add(name, None, "", None, "a file of the folder itself, not a link that leads out of it")
        elif stat.S_ISDIR(status.st_mode):
            faults.add(name, None, "", None, "a file of this name, not a folder")
        elif not stat.S_ISREG(status.st_mode):
            faults.add(name, None, "", None, "a plain file, not a pipe or device")
        elif status.st_size > most_bytes:
            size, most = f"{status.st_size / 2**20:,.0f} MB", f"{most_bytes / 2**20:,.0f} MB"
            faults.add(name, None, "", size, f"a file of at most {most}")
        else:
            return path.open("rb")
    except FileNotFoundError:
        faults.add(name, None, "", None, missing)
    except PermissionError:
        faults.add(name, None, "", None, "a file that may be read; permission is denied")
    except OSError as error:
        faults.add(name, None, "", None, f"a file that can be read; the system says: {error.strerror}")
    return None


def decoded_lines(file: BinaryIO, name: str, faults: FaultList) -> Iterator[str]:
    """Lines of a UTF-8 file with their ends, a byte-order mark left out.

    The first line that is not UTF-8 is reported, and all such lines are read as Windows-1252, so that other faults
    are found too: a file has one encoding, and that it is another one is one fault.

    Raises
    ------
    StoppedError
        If a line is too long, or the file is UTF-16.
    """
    offset, line = 0, 1
    foreign = nul = False
    while raw := file.readline(MOST_LINE_BYTES + 1):
        if len(raw) > MOST_LINE_BYTES:
            faults.add(name, line, "", None, f"a line of at most {MOST_LINE_BYTES:,} bytes")
            raise StoppedError
        if not offset and (encoding := encoding_of(raw)) not in {None, "Windows-1252"}:
            faults.add(name, 1, "", None, as_utf8(str(encoding)))
            raise StoppedError
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            text = raw.decode("cp1252", errors="replace")
            byte = f"byte 0x{raw[error.start]:02X} at offset {offset + error.start}"
            if not foreign:
                faults.add(name, line, "", byte, as_utf8("Windows-1252"))
            foreign = True
        if not offset:
            text = text.removeprefix("\ufeff")
        if "\0" in text:
            if not nul:
                faults.add(name, line, "", "a NUL byte", "text without NUL bytes")
            nul = True
            text = text.replace("\0", "")
        offset += len(raw)
        # A text editor takes a lone carriage return for the end of a line, and so does csv.
        pieces = _LONE_RETURN.split(text) if "\r" in text else [text]
        for piece in pieces:
            if piece:
                line += 1
                yield piece


def numbered_rows(file: BinaryIO, name: str, faults: FaultList) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV file that are not blank, each with the line it begins on.

    Raises
    ------
    StoppedError
        If the rest cannot be read: broken quotes, a cell or line too long, too many rows.
    """
    reader = csv.reader(decoded_lines(file, name, faults), strict=True)
    line, rows = 1, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            limit = csv.field_size_limit()
            expected = "quoted text with '\"' around it and every '\"' within it doubled"
            if "field limit" in str(error):
                expected = f"cells of at most {limit:,} characters (or a '\"' that closes the text)"
            faults.add(name, line, "", None, expected)
            raise StoppedError from None
        if cells is None:
            return
        if any(cells):  # blank lines, and the rows of bare commas that spreadsheets leave, are none
            rows += 1
            if rows > MOST_ROWS + 1:
                faults.add(name, line, "", None, f"at most {MOST_ROWS:,} rows")
                raise StoppedError
            yield line, cells
        line = reader.line_num + 1


def read_header(rows: Iterator[tuple[int, list[str]]], name: str, faults: FaultList) -> tuple[int, list[str]]:
    """Header row of a table: its line, and its columns, each named once.

    Raises
    ------
    StoppedError
        If there is no header, a column is named twice or not at all, or commas are missing.
    """
    line, cells = next(rows, (0, []))
    columns = [cell.strip() for cell in cells]
    if not any(columns):
        faults.add(name, 1, "", None, "a header row with the names of the columns")
        raise StoppedError
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        faults.add(name, line, "", shown(columns[0]), "columns separated by commas")
        raise StoppedError
    before = len(faults)
    seen: set[str] = set()
    for position, column in enumerate(columns, start=1):
        if not column:
            numbers = NO_ROW_NUMBERS.partition(",")[2] if position == 1 else ""
            hint = f"; a column of row numbers has none,{numbers}" if numbers else ""
            faults.add(name, line, "", f"no name for column {position}", f"a name for every column{hint}")
        elif column in seen:
            faults.add(name, line, column, shown(column), "each column once")
        seen.add(column)
    if len(faults) > before:
        raise StoppedError
    return line, columns


def read_table(path: Path, model: type[R], faults: FaultList) -> list[Entry[R]] | None:
    """Read a CSV table, reporting every fault of every row.

    Parameters
    ----------
    path
        The file.
    model
        The class of its rows.
    faults
        Takes the faults.

    Returns
    -------
    list of Entry or None
        The rows, faulty ones included; None if the file could not be read to its end.
    """
    file = open_checked(path, faults)
    if file is None:
        return None
    specs = specs_of(model)
    entries: list[Entry[R]] = []
    with file:
        try:
            rows = numbered_rows(file, path.name, faults)
            line, columns = read_header(rows, path.name, faults)
            _check_columns(columns, model, faults, Spot(path.name, line))
            absent = [name for name, spec in specs.items() if spec.required and name not in columns]
            causes = Causes()
            for line, cells in rows:
                spot = Spot(path.name, line)
                if not entries and are_tags(cells):
                    spot.fault(faults, "", ",".join(cells), NO_TAGS)
                    continue
                entries.append(_read_row(model, columns, [meant(cell) for cell in cells], absent, faults, spot, causes))
            causes.report(dict(specs), faults)
        except StoppedError:
            return None
        except OSError as error:
            faults.add(path.name, None, "", None, f"a file that can be read; the system says: {error.strerror}")
            return None
    return entries


def _check_columns(columns: list[str], model: type[Row], faults: FaultList, spot: Spot) -> None:
    specs = specs_of(model)
    for column in columns:
        if column not in specs:
            if column == columns[0] and column.lower() in INDEX_NAMES:
                spot.fault(faults, column, column, NO_ROW_NUMBERS)
                continue
            spot.fault(faults, column, column, f"one of the columns {', '.join(specs)}{did_you_mean(column, specs)}")
    wanted = _WANTED.get(model.__name__, ())
    for name, spec in specs.items():
        if name not in columns and (spec.required or name in wanted):
            spot.fault(faults, name, None, "this column in the header; it is missing")


def _read_row(
    model: type[R],
    columns: list[str],
    cells: list[str],
    absent: list[str],
    faults: FaultList,
    spot: Spot,
    causes: Causes,
) -> Entry[R]:
    specs = specs_of(model)
    if len(cells) != len(columns):
        size = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
        faults.add(spot.file, spot.line, "", size, f"{len(columns)} cells, as in the header")
        # Cells may have slipped, so none is judged; the id is kept, that others may refer to it.
        known = {"id": cells[0]} if columns[0] == "id" else {}
        return faulty_entry(model, known, specs.keys() - known.keys(), spot)
    values: dict[str, object] = {}
    bad = list(absent)
    for column, cell in zip(columns, cells, strict=True):
        spec = specs.get(column)
        if spec is None:
            continue
        if not cell or (spec.sort != "text" and cell.isspace()):
            if spec.required:
                bad.append(column)
                spot.fault(faults, column, None, f"{spec.expected}; the cell is empty")
            continue
        try:
            if two_meanings(cell) and spec.name in COUNTING:
                raise UnfitError  # noqa: TRY301 - as any other cell that cannot be read
            values[column] = from_cell(spec, cell)
        except UnfitError as error:
            bad.append(column)
            if not causes.take(spec, cell, spot):
                spot.fault(faults, column, cell, str(error))
    entry = make_entry(model, values, bad, faults, spot)
    _hint_swapped(entry, values, faults)
    return entry


def _hint_swapped(entry: Entry[R], values: dict[str, object], faults: FaultList) -> None:
    """Say so where a latitude that cannot be would do as the longitude, and the other way round."""
    lat, lon = values.get("lat"), values.get("lon")
    if "lat" not in entry.bad or not isinstance(lat, float) or not isinstance(lon, float):
        return
    if abs(lat) <= 180 and abs(lon) <= 90:
        entry.spot.fault(faults, "lon", f"{lat:g}, {lon:g}", "lat before lon; the two seem to be swapped")
