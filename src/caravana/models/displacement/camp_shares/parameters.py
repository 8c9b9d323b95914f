"""The pooled parameters of the rules ``camp-shares``: one set for all instances.

No instance has values of its own.  Values and how they were chosen (leaving instances out in
turn): docs/dispersal.md and docs/decisions/0015-camps-by-their-reports.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.parameters import CAMP_SHARES, declared
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.parameters import DeclaredParameter
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled parameter: its value, spread over members on its own scale, unit and meaning."""

    value: float
    spread: float
    scale: str
    unit: str
    meaning: str


#: Units of what is drawn in the logit; all else is drawn in the log.
SHARES = ("share", "chance")


def read_pooled() -> dict[str, Pooled]:
    """Read the pooled parameters that ``parameters.csv`` beside this file declares, by name."""
    return {name: _pooled(row) for name, row in declared(CAMP_SHARES).items()}


def _pooled(row: DeclaredParameter) -> Pooled:
    scale = "logit" if row.parameter.unit in SHARES else "log"
    return Pooled(row.law.value, row.law.sigma, scale, row.parameter.unit, row.parameter.description)


#: The pooled parameters (``log`` and ``logit`` scales are normal in the log and the logit).
POOLED: dict[str, Pooled] = read_pooled()

#: What a run without counts after its first day depends on; the others act once counts have been seen.
TOTAL_AHEAD = ("total_rate", "total_walk", "total_fades", "batch", "fill_days", "fill_slows", "fill_spread")
"""Pooled parameters that act only where the total is forecast."""
FROM_THE_START = (
    "size_power", "room_power", "room_capacity", "unsized", "softening", "held", "moving_on", "surprise", "drift",
    "drift_days",
)  # fmt: skip


def draw_pooled(members: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Draw the pooled parameters for each member, as columns [member, 1]."""
    drawn: dict[str, Floats] = {}
    for name, one in POOLED.items():
        noise = one.spread * rng.standard_normal((members, 1))
        if one.scale == "log":
            drawn[name] = one.value * np.exp(noise)
        else:
            odds = one.value / (1 - one.value) * np.exp(noise)
            drawn[name] = odds / (1 + odds)
    return drawn


def names_at_work(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the pooled parameters that a run of a scenario depends on."""
    settings = DisplacementSettings.of(scenario.settings)
    at_work = set(POOLED) if settings.origin_day else set(FROM_THE_START) | {*TOTAL_AHEAD} - {"total_fades", "batch"}
    if not settings.forecast_total:
        at_work -= set(TOTAL_AHEAD)
    return tuple(name for name in POOLED if name in at_work)
