"""Whether a caravan is on its way back, from the order of its nights.

A night reported behind the one before it may be an error, a part of the body, or the first of the way back; a second
one behind that leaves little doubt, and a night further on again takes it back.  Two states (onwards, back) and the
chance of each after every night that was reported: the forward pass of a hidden Markov chain with two states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BEHIND_KM = 8.0
"""A night so far behind is behind: reports in words as "about" are off by as much."""
TURNS, TURNS_AGAIN = 0.005, 0.02
"""Chances a day to turn back, and of who is on the way back to go on again."""
BEHIND_ONWARDS, AHEAD_ON_WAY_BACK = 0.01, 0.05
"""Chances that who goes on is reported behind (1 of the 130 nights given), and who goes back ahead."""
UNDER_WAY = 0.75
UNLIKELY = 0.1
"""A chance below this is taken for none."""
LIKELY = 0.5
"""From this chance on naive rules go by the nights of the way back."""


def chance_of_way_back(nights: Mapping[int, float], *, until: int) -> dict[int, float]:
    """Chance that a caravan is on its way back on each day, by the nights before that day.

    Parameters
    ----------
    nights : mapping of int to float
        Km by day, as known.
    until : int
        Last day asked for.

    Returns
    -------
    dict of int to float
        By day; days on which it is below :data:`UNLIKELY` are left out.
    """
    out: dict[int, float] = {}
    back, since, last = 0.0, 0.0, None
    for day in range(1, until + 1):
        if back > UNLIKELY:
            out[day] = back
        since = since * (1.0 - TURNS_AGAIN) + (1.0 - since) * TURNS
        if day in nights:
            if last is not None:
                back = since = _after(since, nights[day] - last)
            last = nights[day]
    return out


def _after(back: float, gap: float) -> float:
    """The chance after a night ``gap`` km on; one at the same place says nothing."""
    if gap <= -BEHIND_KM:
        onwards, homewards = BEHIND_ONWARDS, UNDER_WAY
    elif gap >= BEHIND_KM:
        onwards, homewards = UNDER_WAY, AHEAD_ON_WAY_BACK
    else:
        return back
    return back * homewards / (back * homewards + (1.0 - back) * onwards)
