"""Totals that a table states, told from places that are called as one: a site may be called *Suma* or *Ensemble*."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

from caravana.importers.tables.totals import is_sure
from caravana.spelling import plain_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

CountRow = tuple[str, str, "dt.date", float, int]
"""Place, code, date, persons, line."""
ROUNDING = 1.0
"""People by which a total may differ from the sum of its parts."""
SMALLER = 0.9
"""A total is no smaller than the sum of its parts: what is under this share of it on most days is none (assumption;
between, people are counted at two places and once in the total)."""


def without_places(
    rows: list[CountRow], totals: list[CountRow], notes: list[str]
) -> tuple[list[CountRow], list[CountRow]]:
    """Return counts and totals, with those totals among the counts that are of a place.

    A name that may be a place's is one where its row has a code, or where on no day do the others add up to it and on
    most days they are more.  Where the others are fewer, places may be missing: it stays a total.
    """
    sure = [one for one in totals if is_sure(one[0])]
    by_name: dict[str, list[CountRow]] = defaultdict(list)
    for one in totals:
        if not is_sure(one[0]):
            by_name[plain_name(one[0])].append(one)
    stated = {one[2] for one in sure}
    others: dict[dt.date, float] = defaultdict(float)
    for one in rows:
        others[one[2]] += one[3]
    places: list[CountRow] = []
    for named in by_name.values():
        # Where a total stands beside it, which of the two is one is said, and neither is compared.
        if not any(one[2] in stated for one in named) and _is_place(named, others):
            places += named
            notes.append(
                f"{named[0][0]} is taken for a place, since the others do not add up to it (first: line {named[0][4]});"
                " a total is called Total"
            )
    return sorted([*rows, *places], key=lambda one: one[4]) if places else rows, [
        one for one in totals if one not in places
    ]


def _is_place(named: Sequence[CountRow], others: dict[dt.date, float]) -> bool:
    """Whether rows of one name are of a place, by what is counted elsewhere on their days."""
    if any(code for _, code, *_ in named):
        return True
    held = [(persons, others[date]) for _, _, date, persons, _ in named if others.get(date)]
    if not held or any(abs(persons - rest) <= ROUNDING for persons, rest in held):
        return False
    return median(persons / rest for persons, rest in held) < SMALLER
