"""CSV as the spreadsheet program of a country opens it: with a byte-order mark, its separators and numbers."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.atomic import write_folder_whole
from caravana.errors import UsageError
from caravana.exports.sheets import csv_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from caravana.exports.tables import Export


@dataclass(frozen=True)
class Marks:
    """What stands between cells and in numbers."""

    separator: str
    decimal: str


MARKS: Mapping[str, Marks] = {
    "en": Marks(",", "."), "es": Marks(",", "."), "es-MX": Marks(",", "."), "es-ES": Marks(";", ","),
}  # fmt: skip
"""By language and region: where the decimal mark is a comma, cells are kept apart by semicolons."""


def marks_of(region: str) -> Marks:
    """The marks of a language and region.

    Raises
    ------
    UsageError
        If none are known.
    """
    if region not in MARKS:
        raise UsageError(f"numbers as in {region!r}: expected one of {', '.join(MARKS)}")
    return MARKS[region]


def regional_csv(frame: pd.DataFrame, region: str) -> bytes:
    """A table as CSV with a byte-order mark, numbers as the region writes them, none grouped."""
    marks = marks_of(region)
    text = frame.to_csv(index=False, sep=marks.separator, decimal=marks.decimal, lineterminator="\r\n")
    return codecs.BOM_UTF8 + text.encode()


def regional_file(content: bytes, region: str) -> bytes:
    """A CSV file of this package's own as the region writes it: numbers alone are changed.

    Parameters
    ----------
    content
        UTF-8, commas between cells, points in numbers.
    region
        ``en``, ``es``, ``es-MX`` or ``es-ES``.
    """
    marks = marks_of(region)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=marks.separator, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        writer.writerow([cell.replace(".", marks.decimal) if _is_number(cell) else cell for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode()


def write_regional(export: Export, path: Path, region: str, *, hxl: bool = False) -> Path:
    """Write the CSV files of an export as the region writes them, into a folder; whole or not at all."""
    files = csv_files(export, hxl=hxl)
    return write_folder_whole(
        path, {name: regional_file(c, region) if name.endswith(".csv") else c for name, c in files.items()}
    )


def _is_number(cell: str) -> bool:
    """Whether a cell is a plain number: digits, at most one point, perhaps a sign."""
    whole, _, part = cell.removeprefix("-").partition(".")
    return whole.isdigit() and (part.isdigit() or not part) and cell.isascii()
