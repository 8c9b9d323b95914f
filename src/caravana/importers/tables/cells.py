"""What a table of other people is made of: cells, and grids of them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

Cell = str | float | dt.date | None
"""What stands in a cell: text (:func:`tidy`), a number, a date; None where there is nothing."""
EXCEL_EPOCH, EXCEL_EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
"""From when a spreadsheet counts days: its 1900 had a 29 February, and old ones of the Macintosh begin in 1904."""


_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")


def tidy(text: str) -> str:
    """Text in Unicode's composed form, with every kind of space as one space and none at its ends."""
    if text.isascii():
        return " ".join(text.split())
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


@dataclass(frozen=True, slots=True)
class Limits:
    """Most rows and cells of a grid."""

    rows: int = 200_000
    cells: int = 10_000_000


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
    epoch
        From when its numbers of days count.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    epoch: dt.date = EXCEL_EPOCH


def cleaned(value: object) -> Cell:
    """A cell as it is compared: text composed, with plain spaces; numbers and dates as they are."""
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
    return tidy(value) or None
