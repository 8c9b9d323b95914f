"""What people in the caravan need, day by day, by an editable profile of standards.

The needs of a day are those of the people in the caravan that day, in the runs in which the
caravan is still together.  They are inputs to a plan, not a count of people in need.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from caravana.errors import InputError, UsageError
from caravana.received import open_ordinary
from caravana.results.caravan import nights
from caravana.results.members import quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from caravana.results.caravan import Nights
    from caravana.run import Run

Per = Literal["person", "persons_per_unit", "per_10000"]
_COLUMNS = ["item", "per", "value", "low", "high", "unit", "whole", "source", "verified", "note", "note_es"]
_MAY_HAVE = ["standard", "page", "page_status"]
PAGE_STATUS = ("read", "cited", "not_found", "")
"""How the page is known: read in the source; as somebody else cites it; not found; the source has no pages."""
NEED_LEVELS = (0.05, 0.5, 0.95)
"""Quantiles over members: 9 in 10 runs lie between the first and the last."""


@dataclass(frozen=True)
class Standard:
    """How much of something so many people need.

    Attributes
    ----------
    item
        What is needed: ``water``, ``food``, ``shelter``, ``toilets``, ``health_staff`` or the user's own.
    per
        ``person``: ``value`` is for one person; ``persons_per_unit``: ``value`` people share
        one; ``per_10000``: ``value`` for 10,000 people.
    value, low, high
        The standard and the range it is applied with, as the source has them.
    unit
        Unit of the need.
    whole
        Whether only whole units can be had: rounded up.
    source, verified, note, note_es
        Where it is from; ``reported`` (read in a source) or ``recalled`` (not verified).
    standard, page, page_status
        The standard's own name in the source, its page, and how the page is known
        (:data:`PAGE_STATUS`); "" where they are not.
    """

    item: str
    per: Per
    value: float
    low: float
    high: float
    unit: str
    whole: bool
    source: str
    verified: str
    note: str = ""
    note_es: str = ""
    standard: str = ""
    page: str = ""
    page_status: str = ""

    def amount(self, persons: float, *, value: float | None = None) -> float:
        """What so many people need.

        Parameters
        ----------
        persons
            People; an amount for none is 0.
        value
            Another value of the standard than its own, such as ``low``.
        """
        rate = self.value if value is None else value
        if self.per == "persons_per_unit":
            need = persons / rate
        elif self.per == "per_10000":
            need = persons * rate / 10_000
        else:
            need = persons * rate
        # Rounded before it is raised: 20 people at one to 20 need one toilet, not two.
        return float(math.ceil(round(need, 9))) if self.whole else need


def _standard(row: dict[str, str], where: str) -> Standard:
    # Python's reader fills up a row that is short with None, and keeps what is over under None.
    if None in row or None in row.values():
        raise UsageError(f"{where}: another number of cells than the header")
    try:
        numbers = {name: float(row[name]) for name in ("value", "low", "high")}
    except ValueError as error:
        raise UsageError(f"{where}: value, low and high must be numbers") from error
    if row["per"] not in get_args(Per):
        raise UsageError(f"{where}, per: {row['per']!r} is none of {', '.join(get_args(Per))}")
    if not all(math.isfinite(x) and x > 0 for x in numbers.values()) or numbers["low"] > numbers["high"]:
        raise UsageError(f"{where}: value, low and high must be above 0, and low not above high")
    per: Per = "person" if row["per"] == "person" else "per_10000"
    if row["per"] == "persons_per_unit":
        per = "persons_per_unit"
    return Standard(
        item=row["item"], per=per, unit=row["unit"], whole=row["whole"].lower() == "true",
        source=row["source"], verified=row["verified"], note=row["note"], note_es=row["note_es"],
        standard=row.get("standard", ""), page=row.get("page", ""), page_status=page_status(row, where), **numbers,
    )  # fmt: skip


def page_status(row: Mapping[str, str], where: str) -> str:
    """Return how the page of a standard is known.

    Raises
    ------
    caravana.errors.UsageError
        If it is no such word, or says that a page is known where none is given, or the other way round.
    """
    status = row.get("page_status", "")
    if status not in PAGE_STATUS:
        raise UsageError(f"{where}, page_status: {status!r} is none of {', '.join(filter(None, PAGE_STATUS))}")
    if (status in {"read", "cited"}) != bool(row.get("page")) and status:
        raise UsageError(f"{where}, page_status: {status!r}, but page is {row.get('page', '')!r}")
    return status


def load_standards(path: Path | None = None, *, moving: bool = False) -> tuple[Standard, ...]:
    """Read a profile of standards.

    Parameters
    ----------
    path
        A CSV file with the columns of the bundled profiles (``standards/sphere.csv``,
        ``standards/moving.csv``); a bundled one by default.
    moving
        Whether the bundled one is that of people on the move: the same figures as in the plan of supplies.

    Raises
    ------
    caravana.errors.UsageError
        If the file cannot be read, has other columns, or a value is not a positive number.
    """
    bundled = "moving.csv" if moving else "sphere.csv"
    source = Path(str(resources.files("caravana.results") / "standards" / bundled)) if path is None else path
    try:
        with io.TextIOWrapper(open_ordinary(source), encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if [c for c in reader.fieldnames or () if c not in _MAY_HAVE] != _COLUMNS:
                raise UsageError(
                    f"{source.name}: the columns must be {', '.join(_COLUMNS)}; it may have {', '.join(_MAY_HAVE)} too"
                )
            rows = [_standard(row, f"{source.name}, row {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"standards cannot be read from {source}: {error}") from error
    if not rows:
        raise UsageError(f"{source.name}: no standards in it")
    return tuple(rows)


def daily_needs(run: Run, *, standards: Sequence[Standard] | None = None, where: Nights | None = None) -> pd.DataFrame:
    """What the people in the main caravan need each day.

    Parameters
    ----------
    run
        An opened run.
    standards
        A profile; the bundled one of people on the move by default.
    where
        The caravan's nights, if they have been asked for already.

    Returns
    -------
    pandas.DataFrame
        One row a day and item (``persons`` first): ``day``, ``item``, ``low``, ``median``,
        ``high`` (5, 50, 95% over the runs in which the caravan is together that day),
        ``at_low``, ``at_high`` (the median's need at the ends of the standard's range), ``unit``,
        ``standard`` (its value in words), ``together`` (share of runs in which it is).
        Days on which it is together in no run have no row.
    """
    return needs_by_day(nights(run) if where is None else where, run.days, standards=standards)


def needs_by_day(
    where: Nights, dates: pd.DatetimeIndex, *, standards: Sequence[Standard] | None = None
) -> pd.DataFrame:
    """What the people in the main caravan need each day, as :func:`daily_needs` gives it.

    Parameters
    ----------
    where
        The caravan's nights.
    dates
        Days simulated.
    standards
        A profile; the bundled one of people on the move by default.
    """
    import pandas as pd

    profile = load_standards(moving=True) if standards is None else standards
    persons = quantiles(where.persons.astype(float), given=where.together, levels=NEED_LEVELS)
    share = where.together.mean(axis=0)
    rows: list[tuple[object, ...]] = []
    for d, day in enumerate(dates):
        if share[d] == 0:
            continue
        low, middle, high = (float(x) for x in persons[:, d])
        rows.append((day, "persons", low, middle, high, middle, middle, "persons", "", share[d]))
        for s in profile:
            amounts = (s.amount(low), s.amount(middle), s.amount(high))
            ends = sorted((s.amount(middle, value=s.low), s.amount(middle, value=s.high)))
            rows.append((day, s.item, *amounts, *ends, s.unit, standard_words(s), share[d]))
    names = ["day", "item", "low", "median", "high", "at_low", "at_high", "unit", "standard", "together"]
    frame = pd.DataFrame(rows, columns=names)
    numbers = ("low", "median", "high", "at_low", "at_high", "together")
    return frame.astype(dict.fromkeys(numbers, np.float64))


def standard_words(standard: Standard) -> str:
    """A standard as a short phrase in English: ``15 litres a day per person``."""
    value = f"{standard.value:g}"
    if standard.per == "persons_per_unit":
        return f"1 per {value} people"
    if standard.per == "per_10000":
        return f"{value} per 10,000 people"
    return f"{value} {standard.unit} per person"
