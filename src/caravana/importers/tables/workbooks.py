"""Workbooks as grids of cells: XLSX, XLS, XLSB and ODS, each held against its bounds before it is read."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.tables.cells import EXCEL_EPOCH, EXCEL_EPOCH_1904, Grid, Limits, cleaned
from caravana.importers.tables.extents import (
    SIGNATURE,
    counts_from_1904_xlsb,
    extent_of_xlsb,
    extent_of_xlsx,
    extents_of_ods,
    extents_of_xls,
    streams_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from caravana.importers.tables.cells import Cell

#: Bytes that a workbook unpacks to at most.
MOST_UNPACKED = 2**28
_FROM_1904 = re.compile(rb'\bdate1904="(?:1|true)"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.(?:xml|bin)")
_WHAT = "a workbook (XLSX, XLS, XLSB or ODS) that can be read"


def is_workbook(raw: bytes) -> bool:
    """Whether bytes begin as a workbook does, whatever the file is called."""
    return raw.startswith((b"PK\x03\x04", SIGNATURE))


def read_workbook(path: Path, raw: bytes, limits: Limits) -> list[Grid]:
    """Read every sheet of a workbook.

    Raises
    ------
    InputError
        If it cannot be read, is locked, or has more cells than are read.
    """
    try:
        sizes, from_1904 = _sizes_of(raw)
    except (InputError, MemoryError):
        raise
    except _NotReadError as reason:
        raise InputError(f"{path.name}: expected {reason}") from None
    except Exception as error:  # noqa: BLE001 - what unpacks has errors of many kinds (zip, zlib, lzma)
        raise InputError(f"{path.name}: expected {_WHAT}; found instead: {_first_line(error)}") from None
    for name, (rows, columns) in sizes:
        if rows > limits.rows or rows * columns > limits.cells:
            raise InputError(
                f"{path.name}: expected sheets of at most {limits.rows:,} rows and {limits.cells:,} cells;"
                f" {name} has {rows:,} rows and {columns:,} columns"
            )
    return _grids(path, raw, EXCEL_EPOCH_1904 if from_1904 else EXCEL_EPOCH)


class _NotReadError(Exception):
    """What a file should be and is not."""


def _first_line(error: BaseException) -> str:
    return str(error).split("\n", 1)[0][:100] or type(error).__name__


def _grids(path: Path, raw: bytes, epoch: Any) -> list[Grid]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        grids = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            _fill_merged(rows, getattr(sheet, "merged_cell_ranges", None) or ())
            grids.append(_grid_of(str(name), rows, epoch))
    except python_calamine.PasswordError:
        raise InputError(f"{path.name}: expected a workbook without a password; save it without one") from None
    except (Exception, SystemError) as error:  # noqa: BLE001 - a reader in Rust: its errors are many
        raise InputError(f"{path.name}: expected {_WHAT}; found instead: {_first_line(error)}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"{path.name}: expected {_WHAT}; it is damaged") from None
    return grids


def _fill_merged(rows: list[list[Any]], merged: Sequence[Any]) -> None:
    """Write names and dates of merged cells into the rows that these go over; numbers would be added up."""
    for (first, column), (last, _) in merged:
        if not first < last or first >= len(rows) or column >= len(rows[first]):
            continue
        said = rows[first][column]
        if said in (None, "") or isinstance(said, bool | int | float):
            continue
        for row in rows[first + 1 : last + 1]:
            if column < len(row) and row[column] in (None, ""):
                row[column] = said


def _grid_of(name: str, sheet: Sequence[Sequence[object]], epoch: Any) -> Grid:
    rows: list[tuple[int, tuple[Cell, ...]]] = [
        (number, tuple(cleaned(cell) for cell in row)) for number, row in enumerate(sheet, start=1)
    ]
    kept = [(number, row) for number, row in rows if any(cell is not None for cell in row)]
    return Grid(name, tuple(row for _, row in kept), tuple(number for number, _ in kept), epoch)


# ---------------------------------------------------------------- sizes


def _sizes_of(raw: bytes) -> tuple[list[tuple[str, tuple[int, int]]], bool]:
    """Rows and columns of each sheet by its part's name, and whether days are counted from 1904."""
    if raw.startswith(SIGNATURE):
        streams = streams_of(raw)
        if "EncryptedPackage" in streams:
            raise _NotReadError("a workbook without a password; save it without one")
        stream = streams.get("Workbook", streams.get("Book"))
        if stream is None:
            raise _NotReadError("CSV, a workbook (XLSX, XLS, XLSB, ODS) or JSON; this is a document of another kind")
        extents, from_1904 = extents_of_xls(stream)
        return [(f"sheet {number}", extent) for number, extent in enumerate(extents)], from_1904
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        names = {part.filename for part in packed.infolist()}
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise _NotReadError(f"a workbook that unpacks to {MOST_UNPACKED // 2**20} MB at most")
        return list(_sizes_of_packed(packed, names)), _is_from_1904(packed, names)


def _sizes_of_packed(packed: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    if not any(name.startswith("xl/") for name in names):
        if "content.xml" not in names or b"spreadsheet" not in _part(packed, "mimetype" if "mimetype" in names else ""):
            raise _NotReadError("CSV, a workbook (XLSX, XLS, XLSB, ODS) or JSON; this is a packed file of another kind")
        for number, extent in enumerate(extents_of_ods(_part(packed, "content.xml")), start=1):
            yield f"sheet {number}", extent
    for name in sorted(filter(_SHEET.fullmatch, names)):
        yield name, (extent_of_xlsb if name.endswith(".bin") else extent_of_xlsx)(_part(packed, name))


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    if not name:
        return b"spreadsheet"
    with packed.open(name) as part:
        return part.read(MOST_UNPACKED)


def _is_from_1904(packed: zipfile.ZipFile, names: set[str]) -> bool:
    if "xl/workbook.xml" in names:
        return _FROM_1904.search(_part(packed, "xl/workbook.xml")) is not None
    return "xl/workbook.bin" in names and counts_from_1904_xlsb(_part(packed, "xl/workbook.bin"))
