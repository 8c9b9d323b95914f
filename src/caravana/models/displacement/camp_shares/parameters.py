"""The pooled parameters of the rule set ``caravana`` of dispersal: one set for all instances.

No instance has values of its own.  Values and how they were chosen (leaving instances out in
turn): docs/dispersal.md and docs/decisions/0015-camps-by-their-reports.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled parameter: its value, spread over members on its own scale, unit and meaning."""

    value: float
    spread: float
    scale: str
    unit: str
    meaning: str


#: The pooled parameters (``log`` and ``logit`` scales are normal in the log and the logit).
POOLED: dict[str, Pooled] = {
    # where arrivals go
    "size_power": Pooled(0.25, 0.20, "log", "", "power of a camp's capacity in its pull"),
    "room_power": Pooled(2.0, 0.30, "log", "", "power of the room left in a camp's pull"),
    "room_capacity": Pooled(1.05, 0.03, "log", "capacities", "how full a camp gets before it has no room"),
    "unsized": Pooled(1.0, 0.0, "log", "log", "standard deviation of the capacity of a camp that is given none"),
    "softening": Pooled(77.0, 0.0, "log", "km", "km added to every road distance"),
    "held": Pooled(0.45, 0.50, "logit", "share", "arrivals that divide as those already there"),
    "recent": Pooled(0.5, 0.60, "logit", "share", "arrivals that divide as those of late, at the origin"),
    "recent_days": Pooled(6.0, 0.30, "log", "days", "half-life of what counts as late"),
    "recent_fades": Pooled(50.0, 0.50, "log", "days", "half-life of that memory after the origin"),
    "moving_on": Pooled(0.0007, 0.50, "log", "1/day", "share of camp residents who move to where the pull is"),
    "settled": Pooled(0.15, 0.0, "log", "ratio", "that share once counts have been seen, over what it is without"),
    # what is unlike the pull, and shocks
    "surprise": Pooled(0.7, 0.0, "log", "log", "standard deviation of a camp's pull between members"),
    "drift": Pooled(0.02, 0.0, "log", "log per sqrt(day)", "daily shock to the count of a camp as irregular as usual"),
    "drift_days": Pooled(30.0, 0.0, "log", "days", "time in which shocks to a camp's count wear off"),
    "usual": Pooled(0.04, 0.0, "log", "log per sqrt(day)", "how irregular the counts of a camp usually are"),
    "usual_days": Pooled(12.0, 0.0, "log", "days", "days of record that weigh as much as what is usual"),
    "jump": Pooled(0.008, 0.0, "log", "1/day", "chance that a camp is counted anew, cleared or added to"),
    "jump_size": Pooled(0.12, 0.0, "log", "log", "standard deviation of the step in its count then"),
    # camps that take nobody for a time
    "idle_share": Pooled(0.05, 0.0, "log", "ratio", "arrivals of late over what its pull asks: half are idle at this"),
    "least_awake": Pooled(0.35, 0.0, "logit", "chance", "that a camp where nobody arrived of late takes people"),
    "unknown_awake": Pooled(0.45, 0.0, "logit", "chance", "that a camp without a report takes people"),
    "opened_awake": Pooled(0.5, 0.0, "logit", "chance", "that a camp takes people as soon as it is opened"),
    "wake_days": Pooled(80.0, 0.50, "log", "days", "mean time until an idle camp takes people"),
    "doze_days": Pooled(300.0, 0.50, "log", "days", "mean time until a camp turns idle"),
    "fresh": Pooled(8.0, 0.80, "log", "ratio", "pull of a camp nearly empty, over what it would be"),
    # how many come, where the total is not given
    "rate_days": Pooled(10.0, 0.30, "log", "days", "half-life of the changes a camp's rate is taken from"),
    "total_rate": Pooled(0.45, 0.0, "log", "log", "standard deviation of the rate of all arrivals ahead"),
    "total_walk": Pooled(0.06, 0.0, "log", "log per sqrt(day)", "how fast that rate wanders"),
    "own_rate": Pooled(0.5, 0.0, "log", "log", "standard deviation of one camp's rate ahead"),
    "total_fades": Pooled(15.0, 0.40, "log", "days", "half-life of a camp's rate after its last report"),
    "leaving_fades": Pooled(20.0, 0.40, "log", "days", "half-life of the rate at which a camp shrinks"),
    "batch": Pooled(0.8, 0.0, "logit", "chance", "that first counts are a registration of those there, not a rate"),
    "fill_days": Pooled(90.0, 0.40, "log", "days", "days in which camps would fill at the rate of the first day"),
    "fill_slows": Pooled(2.5, 0.40, "log", "days per day", "how fast that time grows with the days since the start"),
    "fill_spread": Pooled(0.5, 0.0, "log", "log", "standard deviation of one camp's rate of filling"),
    # last, so that the members of runs made before draw the rest as they did
    "near_power": Pooled(1.0, 0.0, "log", "", "power of a camp's nearness in its pull"),
}  # fmt: skip

#: Values for a run that knows no count after its first day.  It goes by less: how near a camp is and how many it is to
#: hold say little of who fills first, and a member that strays early never comes back.
WHOLE_RUN: dict[str, float] = {
    "size_power": 0.1, "room_power": 2.0, "near_power": 0.4, "held": 0.3, "unsized": 0.6, "moving_on": 0.0008,
    "surprise": 0.35, "drift": 0.015,
}  # fmt: skip

#: What a run without counts after its first day depends on; the others act once counts have been seen.
FROM_THE_START = (
    "size_power", "room_power", "near_power", "room_capacity", "unsized", "softening", "held", "moving_on",
    "surprise", "drift", "drift_days",
)  # fmt: skip


def draw_pooled(
    members: int, rng: np.random.Generator, *, values: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Draw the pooled parameters for each member, as columns [member, 1]; `values` replace the package's."""
    values = values or {}
    drawn: dict[str, Floats] = {}
    for name, one in POOLED.items():
        value = values.get(name, one.value)
        # Evenly over the spread (a Latin hypercube): of few members, too, none is all high or all low.
        level = (rng.permutation(members) + rng.random(members)) / members
        noise = one.spread * ndtri(level)[:, None]
        if one.scale == "log":
            drawn[name] = value * np.exp(noise)
        else:
            odds = value / (1 - value) * np.exp(noise)
            drawn[name] = odds / (1 + odds)
    return drawn
