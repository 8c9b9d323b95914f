"""The error of a dispersal run against the UN's counts, day by day, beside simple rules of thumb.

Formulas as in Flee's own validation: the error of a day is the sum over camps of the difference
between people simulated and counted, over all people counted (``err``); or the same after the
simulated camps are scaled to the counted total (``resc``).  A difference from a range is the
distance to its nearer end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.outputs.dispersal_summaries import Displaced

    Floats = NDArray[np.float64]

HELD_FROM = 30
"""Day from which the rule of held shares is a forecast: it has seen the counts of that day."""


@dataclass(frozen=True)
class Skill:
    """Errors by day, as shares of the people counted.

    Attributes
    ----------
    err, resc
        [member, day].
    rules
        Error by day of each rule of thumb, given the true total: [day], NaN where it has nothing to say yet.
    """

    err: Floats
    resc: Floats
    rules: Mapping[str, Floats]


def distance(values: Floats, low: Floats, high: Floats) -> Floats:
    """How far values lie outside ranges; 0 within."""
    return np.asarray(np.maximum(np.maximum(low - values, values - high), 0.0))


def skill_of(found: Displaced) -> Skill | None:
    """Errors of a run; None where nothing was counted."""
    if not found.counted:
        return None
    ranges = [found.counts[found.camps[k]].by_day(found.days) for k in found.counted]
    low, high = (np.stack([pair[end] for pair in ranges]) for end in (0, 1))
    middle = (low + high) / 2
    total = middle.sum(axis=0)
    given = np.maximum(total, 1.0)
    simulated = found.in_counted_camps
    scale = np.divide(total, simulated, out=np.zeros_like(simulated), where=simulated > 0)
    err, resc = np.zeros_like(simulated), np.zeros_like(simulated)
    for row, k in enumerate(found.counted):
        people = found.in_camps[k].astype(np.float64)
        err += distance(people, low[row], high[row])
        resc += distance(people * scale, low[row], high[row])
    even = np.broadcast_to(total / len(ranges), middle.shape)
    rules = {"uniform_split": distance(even, low, high).sum(axis=0) / given}
    if found.days > HELD_FROM + 1 and total[HELD_FROM] > 0:
        shares = middle[:, HELD_FROM] / total[HELD_FROM]
        held = distance(shares[:, None] * total, low, high).sum(axis=0) / given
        held[:HELD_FROM] = np.nan
        rules["share_held"] = held
    return Skill(err=err / given, resc=resc / given, rules=rules)
