"""A day that a text names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

WEEK = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in a text.

    Attributes
    ----------
    start, end
        Offsets of the words.
    date
        The day.
    weekday
        The weekday (0 is Monday) that stands beside an explicit date; None for none.
    back
        Whether it is told as so long before another day.
    """

    start: int
    end: int
    date: dt.date
    weekday: int | None = None
    back: bool = False
