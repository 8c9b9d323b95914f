"""A reading of a row: what would be written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

FIELDS = ("kind", "low", "high", "qualifier", "place", "date", "side")
MOST_READINGS = 3
_OF_A_BODY = ("position", "rest_day")
"""What is told of people who go as one: where they slept, and that they stayed."""
_PEOPLE = ("headcount", "headcount_part")
FLAGGED_SHARE = 0.5
"""How much less sure a row is that contradicts the scenario's geography or calendar."""


@dataclass(frozen=True, slots=True)
class Values:
    """One reading of a row: what would be written down."""

    kind: str
    low: float | None
    high: float | None
    qualifier: str
    place: str
    date: dt.date
    side: str

    def as_json(self) -> dict[str, Any]:
        """The values as JSON has them."""
        return {name: getattr(self, name) for name in FIELDS} | {"date": self.date.isoformat()}


def as_displaced(readings: Iterable[Values]) -> tuple[Values, ...]:
    """Readings as a displacement counts: people are those in a camp, or in all of them, and nobody sleeps as one.

    Parameters
    ----------
    readings
        As a text is read: nights and headcounts of a caravan.

    Returns
    -------
    tuple of Values
        A headcount, of a part of those who came too, is a ``camp_count`` where it has a place; without one a headcount
        is a ``total_count``, a part is left out; so are nights.
    """
    kept = [one for one in readings if one.kind not in _OF_A_BODY and (one.place or one.kind != "headcount_part")]
    as_counts = (
        replace(one, kind="camp_count" if one.place else "total_count") if one.kind in _PEOPLE else one for one in kept
    )
    return tuple(dict.fromkeys(as_counts))
