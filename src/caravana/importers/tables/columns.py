"""Whole columns of a sheet: numbers of people, dates, degrees.  One message a cause, not one a row."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from caravana.importers.arabic import western_digits
from caravana.importers.tables.dates import read_dates
from caravana.importers.tables.numbers import read_numbers
from caravana.numerals import two_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.rows import Reader
    from caravana.importers.tables.cells import Cell
    from caravana.importers.tables.sheets import NamedSheet, SheetRow

DATE = "a date such as 2012-02-29"
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00ba": "\u00b0", "\u2032": "'", "\u2019": "'", "\u2033": '"'})
_DEGREES = re.compile(
    r"(?P<before>[NSEWO])?\s*(?P<sign>[+-]?)\s*(?P<degrees>\d+(?:\.\d+)?)\s*\u00b0?"
    r"(?:\s*(?P<minutes>\d+(?:\.\d+)?)\s*')?(?:\s*(?P<seconds>\d+(?:\.\d+)?)\s*(?:\"|''))?\s*(?P<after>[NSEWO])?",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d+")
_DIRECTIONS = {90.0: {"N": 1, "S": -1}, 180.0: {"E": 1, "W": -1, "O": -1}}
"""Directions by the largest number of degrees; O is the west in Spanish."""


def people_of(
    reader: Reader,
    sheet: NamedSheet,
    rows: Sequence[SheetRow],
    keys: Sequence[str],
    *,
    most: float,
    beside: Sequence[str] = (),
) -> list[int | None]:
    """Read a column of numbers of people, as people write them; what is wrong is a fault a cause.

    Parameters
    ----------
    beside
        Columns of degrees: where they have commas before decimals, a dot that nothing else decides is one of thousands.

    Returns
    -------
    list
        One a row; None where none is known.
    """
    name = sheet.column(keys)
    cells: list[Cell] = [row.cell(*keys) for row in rows]
    numbers = read_numbers(cells)
    if (
        numbers.fault is not None
        and two_meanings(rows[numbers.fault[0]].get(*keys))
        and _has_decimal_commas(rows, beside)
    ):
        numbers = read_numbers(cells, thousands=".")
        reader.notes.append(
            f"{sheet.path.name}: {name}: dots stand between thousands, as coordinates have decimal commas"
        )
    if numbers.fault is not None:
        at, expected = numbers.fault
        reader.fault(sheet.path, rows[at].line, name, rows[at].get(*keys), expected)
        return [None] * len(rows)
    _note(reader, sheet, rows, keys, numbers.unread, f"a whole number of people from 0 to {most:,.0f}")
    if numbers.rounded:
        reader.notes.append(f"{sheet.path.name}: {name}: {numbers.rounded:,} numbers with fractions are rounded")
    return [None if number is None or number > most else int(number) for number in numbers.numbers]


def _has_decimal_commas(rows: Sequence[SheetRow], keys: Sequence[str]) -> bool:
    """Whether degrees are written with commas before their decimals, and never with dots."""
    texts = [cell for row in rows for key in keys if isinstance(cell := row.cell(key), str)]
    return any(_DECIMAL_COMMA.fullmatch(text) for text in texts) and not any("." in text for text in texts)


def dates_of(
    reader: Reader, sheet: NamedSheet, rows: Sequence[SheetRow], *columns: Sequence[str]
) -> list[list[dt.date | None]]:
    """Read columns of dates, one list each: which number is the day is decided over all of them together."""
    cells = [row.cell(*keys) for keys in columns for row in rows]
    dates = read_dates(cells, epoch=sheet.epoch)
    size = len(rows)
    if dates.undecided is not None:
        at = next(at for at, cell in enumerate(cells) if cell is not None and str(cell) == dates.undecided)
        reader.fault(
            sheet.path, rows[at % size].line, sheet.column(columns[at // size]), dates.undecided, dates.expected,
        )  # fmt: skip
    for number, keys in enumerate(columns):
        unread = [at - number * size for at in dates.unread if at // size == number] if size else []
        _note(reader, sheet, rows, keys, unread, DATE)
    return [list(dates.dates[number * size : (number + 1) * size]) for number in range(len(columns))]


def _note(
    reader: Reader, sheet: NamedSheet, rows: Sequence[SheetRow], keys: Sequence[str], at: Sequence[int], expected: str
) -> None:
    """Note one fault for all cells of a column that are wrong in the same way."""
    if at:
        first = rows[at[0]]
        reader.fault(sheet.path, first.line, sheet.column(keys), first.get(*keys) or None, expected + and_more(at))


def and_more(at: Sequence[object]) -> str:
    """Say how many more cells there are of the kind of the first."""
    return f" (and so on in {len(at) - 1:,} more)" if len(at) > 1 else ""


def in_degrees(cell: Cell, *, most: float) -> float:
    """A coordinate as degrees, however it is written (12.5, 12,5, 12\u00b030'0"N, W 4.2); NaN where it is none.

    Whether it is within bounds is not looked at.
    """
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str):
        return math.nan
    text = western_digits(cell).translate(_SIGNS)
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    match = _DEGREES.fullmatch(text.strip())
    directions = _DIRECTIONS[most]
    if match is None or (match["before"] and match["after"]):
        return math.nan
    letter = (match["before"] or match["after"] or "").upper()
    if letter and (letter not in directions or match["sign"]):
        return math.nan
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return math.nan
    value = float(match["degrees"]) + minutes / 60 + seconds / 3600
    return value * directions.get(letter, -1 if match["sign"] == "-" else 1)
