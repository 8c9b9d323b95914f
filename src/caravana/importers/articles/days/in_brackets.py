"""Days of the month in brackets after places: ``Huehuetán (24), Huixtla (25 y 26)``."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from caravana.importers.articles.days.day import Day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.articles.gazetteer import Mention

_MONTH = 31
_BRACKETS = re.compile(
    r"(?:,? [a-z.]{3,8})?\s?\((?:(?:el|del|los dias|days?|nights?|noches?) )?(?P<a>[0-3]?\d)"
    r"(?:\s?(?:,|y|e|al?|-|–|and|to|&)\s?(?P<b>[0-3]?\d))?"
    r"(?:\s?(?:,|y|e|and|&)\s?(?P<c>[0-3]?\d))?(?: (?:de )?[a-z]{3,10})?\)"
)


def days_in_brackets(folded: str, mentions: Sequence[Mention], anchor: dt.date, taken: Sequence[Day]) -> list[Day]:
    """Days of the month in brackets right after two places or more, each later than the one before.

    Parameters
    ----------
    folded
        A sentence without accents, in lower case.
    mentions
        The places it names.
    anchor
        The day of publication.
    taken
        Days already found.

    Notes
    -----
    Counts stand so too (*Honduras (52), Guatemala (31)*): what does not go on from day to day is none.
    """
    marked = [(m, match) for m in mentions if (match := _BRACKETS.match(folded, m.end)) is not None]
    spans = [(match.start(g), match.end(g)) for _, match in marked for g in "abc" if match[g]]
    dates = [_last_such(int(folded[a:b]), anchor) for a, b in spans]
    known = [date for date in dates if date is not None]
    if len(marked) < 2 or len(known) < len(dates) or known != sorted(set(known)):
        return []
    days = [Day(a, b, date) for (a, b), date in zip(spans, known, strict=True)]
    return [d for d in days if not any(t.start < d.end and d.start < t.end for t in taken)]


def _last_such(number: int, anchor: dt.date) -> dt.date | None:
    """The last day of some number in its month up to a day."""
    near = (anchor - dt.timedelta(n) for n in range(_MONTH))
    return next((d for d in near if d.day == number), None)
