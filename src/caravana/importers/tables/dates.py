"""Dates of a whole column, however they are written: which number is the day is decided over all of them.

Excel counts days from 30 December 1899 (its 1900 had a 29 February); ``20220224`` is a date without marks.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from caravana.importers.arabic import in_english
from caravana.importers.tables.cells import EXCEL_EPOCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.importers.tables.cells import Cell

Order = Literal["year first", "day first", "month first"]
"""Which of the numbers of a date stands where."""
ORDERS: tuple[Order, ...] = ("year first", "day first", "month first")
FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_SERIAL, LAST_SERIAL = 10_000, 109_000
"""Numbers that are taken for days of Excel: from 1927 to 2198."""
_MONTHS = (
    ("january", "jan", "enero", "ene", "janvier", "janv", "janeiro"),
    ("february", "feb", "febrero", "fevrier", "fevr", "fevereiro", "fev"),
    ("march", "mar", "marzo", "mars", "marco"),
    ("april", "apr", "abril", "abr", "avril", "avr"), ("may", "mayo", "mai", "maio"),
    ("june", "jun", "junio", "juin", "junho"),
    ("july", "jul", "julio", "juillet", "juil", "julho"),
    ("august", "aug", "agosto", "ago", "aout"),
    ("september", "sep", "sept", "septiembre", "setiembre", "set", "septembre", "setembro"),
    ("october", "oct", "octubre", "octobre", "outubro"),
    ("november", "nov", "noviembre", "novembre", "novembro"),
    ("december", "dec", "diciembre", "dic", "decembre", "dezembro", "dez"),
)  # fmt: skip
MONTHS: Mapping[str, int] = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_WORDS = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/. ](\d{{1,2}})[-/. ](\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_BARE = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_DAY_NAMED = re.compile(
    rf"(?:[a-z]+,? )?(\d{{1,2}})(?:st|nd|rd|th)?[ \-/.]*(?:of |de )?({_WORDS})\.?,?"
    rf"[ \-/.]*(?:de |del )?(\d{{4}}|\d{{2}}){_TIME}"
)
_NAMED_DAY = re.compile(rf"(?:[a-z]+,? )?({_WORDS})\.?[ \-]*(\d{{1,2}})(?:st|nd|rd|th)?,?[ \-]+(\d{{4}}){_TIME}")
_NAMED_MONTH = re.compile(rf"({_WORDS})\.?[ \-/.]*(?:de |del )?(\d{{4}})|(\d{{4}})[ \-/.]*({_WORDS})\.?")


UNDECIDED = "dates of which it is plain whether the day or the month stands first: nothing in the column says so"
"""What is expected of a column that may be read in two ways."""


SWAPPED = (
    "dates of one kind: cells that are dates have days up to 12 alone, and text has days above 12 alone, as if the day"
    " had been taken for the month; type them again as text, the year first (2031-02-10)"
)
"""What is expected of a column in which a spreadsheet seems to have taken days for months."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a column.

    Attributes
    ----------
    dates
        One a cell; None where it is empty or no date.
    order
        Which number is the day, where it had to be decided; None where every date says so by itself.
    unread
        Indices of cells that hold something that is no date.
    by_month
        Indices of cells that name a month and no day: their first day is taken.
    undecided
        A cell that may be read in two ways, where nothing in the column decides; None else.
    expected
        What was expected of it.
    """

    dates: tuple[dt.date | None, ...]
    order: Order | None
    unread: tuple[int, ...]
    by_month: tuple[int, ...]
    undecided: str | None = None
    expected: str = UNDECIDED


def read_dates(cells: Sequence[Cell], *, order: Order | None = None, epoch: dt.date = EXCEL_EPOCH) -> Dates:
    """Read a column of dates.

    Parameters
    ----------
    cells
        The cells.
    order
        Which number of a date written in numbers is the day, where that is known; it is decided over the column
        otherwise: a number above 12 is a day, and where there is none the order in which dates come one after another.
    epoch
        From when numbers count days.
    """
    split = [_split(cell, epoch) for cell in cells]
    # No order that is given mends a cell that is a date already.
    if (swapped := _taken_for_months(cells, split)) is not None:
        return Dates((None,) * len(cells), None, (), (), swapped, SWAPPED)
    pairs = [one for one in split if isinstance(one, tuple)]
    undecided = None
    if pairs and order not in ("day first", "month first"):
        order = _decide(pairs)
        if order is None:
            first = next(index for index, one in enumerate(split) if isinstance(one, tuple))
            undecided = str(cells[first])
    dates = [_date_of(one, order) if isinstance(one, tuple) else one for one in split]
    unread = tuple(i for i, cell in enumerate(cells) if cell is not None and dates[i] is None)
    by_month = tuple(i for i, cell in enumerate(cells) if isinstance(cell, str) and _names_month(cell))
    return Dates(tuple(dates), order if pairs else None, () if undecided else unread, by_month, undecided)


def _taken_for_months(cells: Sequence[Cell], split: Sequence[dt.date | tuple[int, int, int] | None]) -> str | None:
    """A cell whose day a spreadsheet seems to have taken for the month; None where nothing looks like it.

    Of ``10/02/2031`` and ``24/02/2031``, typed where months stand first, the first becomes the day 2 October and the
    second stays text: then all days of the cells that are dates are up to 12, and all of the text are above.
    """
    typed = [at for at, cell in enumerate(cells) if isinstance(cell, dt.date)]
    pairs = [one for one in split if isinstance(one, tuple)]
    if not typed or not pairs or any(cells[at].day > 12 for at in typed):  # type: ignore[union-attr]
        return None
    return str(cells[typed[0]]) if all(max(one[:2]) > 12 for one in pairs) else None


def dates_in(names: Sequence[str], *, order: Order | None = None) -> Dates:
    """Read the date that each of several names holds anywhere in it, as in ``Round 3 (Jan 2021)``.

    What is decided over a column of dates is decided over the names here.
    """
    cells = [_dated_part(name) for name in names]
    return read_dates(cells, order=order)


def date_in(text: str) -> dt.date | None:
    """The date that a text names without doubt, anywhere in it; None where there is none."""
    return dates_in([text]).dates[0]


def is_date(cell: Cell) -> bool:
    """Whether a cell is a date, be it one that may be read in two ways."""
    one = _split(cell)
    if isinstance(one, tuple):
        return any(_date_of(one, order) is not None for order in ORDERS[1:])
    return one is not None


def holds_date(text: str) -> bool:
    """Whether a text names a date, be it one that may be read in two ways."""
    return _dated_part(text) is not None


def _dated_part(text: str) -> str | None:
    """The part of a text that is a date; None where there is none."""
    if text.replace(".", "").isdigit() and len(text) < 6:
        return None  # a number is the name of a day of Excel in a column of dates only
    if _split(text) is not None:
        return text
    plain = _folded(text)
    for pattern in (_YEAR_FIRST, _NAMED_DAY, _DAY_NAMED, _YEAR_LAST, _NAMED_MONTH):
        match = re.search(rf"(?<![a-z0-9])(?:{pattern.pattern})(?![a-z0-9])", plain)
        if match and _split(match[0]) is not None:
            return match[0]
    return None


def _folded(text: str) -> str:
    """A text without accents and case, its marks kept: they join the numbers of a date."""
    letters = unicodedata.normalize("NFKD", in_english(text[:200]))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().replace("_", " ").split())


def _split(cell: Cell, epoch: dt.date = EXCEL_EPOCH) -> dt.date | tuple[int, int, int] | None:
    """A cell as a date, or as two numbers and a year of which either may be the day; None where it is neither."""
    if cell is None:
        return None
    if isinstance(cell, dt.date):
        return cell if FIRST_YEAR <= cell.year <= LAST_YEAR else None
    if isinstance(cell, float):
        return _of_number(cell, epoch)
    text = _folded(cell)
    if re.fullmatch(r"\d{5}(?:\.\d+)?|\d{8}", text):
        return _of_number(float(text), epoch)
    if match := _YEAR_LAST.fullmatch(text):
        return int(match[1]), int(match[2]), _year(match[3])
    return _written(text)


def _written(text: str) -> dt.date | None:
    """A date of which every part says by itself what it is."""
    date = None
    if match := _YEAR_FIRST.fullmatch(text):
        date = _day(int(match[1]), int(match[2]), int(match[3]))
    elif match := _DAY_NAMED.fullmatch(text):
        date = _day(_year(match[3]), MONTHS[match[2]], int(match[1]))
    elif match := _NAMED_DAY.fullmatch(text):
        date = _day(int(match[3]), MONTHS[match[1]], int(match[2]))
    elif match := _MONTH.fullmatch(text):
        date = _day(int(match[1]), int(match[2]), 1)
    elif match := _NAMED_MONTH.fullmatch(text):
        date = _day(int(match[2] or match[3]), MONTHS[match[1] or match[4]], 1)
    return date


def _names_month(cell: str) -> bool:
    text = _folded(cell)
    return bool(_MONTH.fullmatch(text) or _NAMED_MONTH.fullmatch(text))


def _of_number(number: float, epoch: dt.date) -> dt.date | None:
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return epoch + dt.timedelta(int(number))
    if 0 < number < 1e9 and number == int(number) and (match := _BARE.fullmatch(str(int(number)))):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    return None


def _year(text: str) -> int:
    """A year of two digits is one of 1970 to 2069."""
    year = int(text)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _date_of(pair: tuple[int, int, int], order: Order | None) -> dt.date | None:
    first, second, year = pair
    if order is None:
        return _day(year, first, first) if first == second else None
    return _day(year, second, first) if order == "day first" else _day(year, first, second)


def _decide(pairs: list[tuple[int, int, int]]) -> Order | None:
    """Decide over a column which number is the day; None where nothing does, or cells contradict each other."""
    firsts, seconds = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if firsts != seconds:
        return "day first" if firsts else "month first"
    if firsts:
        return None
    if all(a == b for a, b, _ in pairs):
        return "day first"
    # Reports come one after another: what is out of order, or far apart, one way only, is the other way round.
    spans = {}
    for order in ("day first", "month first"):
        dates = [_date_of(pair, order) for pair in dict.fromkeys(pairs)]
        known = [date for date in dates if date is not None]
        steps = [(b - a).days for a, b in pairwise(known)]
        rising = all(step > 0 for step in steps) or all(step < 0 for step in steps)
        regular = len(steps) > 1 and max(map(abs, steps)) <= 2 * min(map(abs, steps))
        spans[order] = (len(known) == len(dates) and bool(steps) and rising) + (rising and regular)
    if spans["day first"] == spans["month first"]:
        return None
    return "day first" if spans["day first"] > spans["month first"] else "month first"
