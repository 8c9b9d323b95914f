"""Who forecasts what of a caravan, side by side, and how the weights of each are moved.

The weights are learned from other caravans (:mod:`~caravana.inference.caravan.pooled.others`, by
``python -m benchmarks.skill.run``) and then moved by the caravan's own scores (:mod:`caravana.inference.pool`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import pool
from caravana.inference.caravan.pooled.rivals import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HORIZONS = (1, 3, 7, 14)
MODEL = "caravana"
BLEND = "blend"
PACE = "constant_pace_spread"
LAST_FIGURE = "persistence_any_spread"
NEAR = 3.0
"""Cases of horizons this near (as a factor) count for one another."""
CAUTION = 4.0
"""An own error moves the weights as if it were this much smaller: a caravan's next days are not its last ones."""


@dataclass(frozen=True)
class Roster:
    """Forecasters of one quantity.

    Attributes
    ----------
    names : tuple of str
        The structural one first.
    lead : float
        Its weight before any record; the others share the rest.
    day_km : float or None
        What a plain error is worth a day, growing with the root of days; None: half the level of the second one.
    drawn_in : bool
        Whether the pool is narrowed to what its bands hold of other caravans.
    """

    names: tuple[str, ...]
    lead: float
    day_km: float | None
    drawn_in: bool = False

    @property
    def prior(self) -> Floats:
        """Weights before any record."""
        rest = (1.0 - self.lead) / (len(self.names) - 1)
        return np.array([self.lead, *[rest] * (len(self.names) - 1)])

    def scale(self, samples: Sequence[Floats], horizon: int) -> float:
        """What an error of a case is worth: cases of all sizes then weigh about the same."""
        if self.day_km is not None:
            return self.day_km * float(np.sqrt(horizon))
        return 0.5 * float(np.mean(samples[1]))


POSITIONS = Roster(
    (
        MODEL,
        BLEND,
        "past_increments",
        "last_7_increments",
        "persistence_spread",
        "last_7_days_pace_spread",
        PACE,
    ),
    lead=0.5,
    day_km=20.0,
    drawn_in=True,
)
FIGURES = Roster((MODEL, "persistence_spread", LAST_FIGURE, BLEND), lead=0.25, day_km=None)


@dataclass(frozen=True)
class OwnCase:
    """One forecast of this caravan that has come true or not: horizon, distances, what an error is worth, its order."""

    horizon: int
    known_day: int
    origin: int
    terms: pool.Terms
    scale: float


def near(one: int, other: int) -> bool:
    """Whether cases of one horizon count for the other."""
    return max(one, other) / min(one, other) <= NEAR


def nearest_horizon(days: int) -> int:
    """The horizon of :data:`HORIZONS` that is nearest as a factor."""
    return min(HORIZONS, key=lambda horizon: max(days, horizon) / min(days, horizon))


def moved_weights(roster: Roster, learned: Floats, cases: Sequence[OwnCase], *, horizon: int) -> Floats:
    """Weights learned from other caravans, moved by this one's own cases in the order in which they were known."""
    opened = pool.open_pool(roster.names, learned)
    before = sorted((c for c in cases if near(c.horizon, horizon)), key=lambda c: (c.known_day, c.origin))
    if before:
        scales = np.array([CAUTION * case.scale for case in before])
        opened = pool.observe(opened, pool.together([case.terms for case in before]), scale=scales)
    return opened.weights


def terms_of_parts(samples: Sequence[Floats], truths: Sequence[float]) -> pool.Terms:
    """Distances of a case; of a body in parts, the mean over its parts."""
    parts = [pool.terms_of(samples, truth) for truth in truths]
    return pool.Terms(
        np.mean([part.distance for part in parts], axis=0), np.mean([part.apart for part in parts], axis=0)
    )


def half_way(one: Floats, other: Floats) -> Floats:
    """A forecaster half way between two, quantile by quantile.

    The chain is too wide from three days on (its days are independent, those of a caravan even out), the pace too sure.
    """
    return pool.averaged_quantiles(np.stack([one, other]), np.array([0.5, 0.5]))


def half_way_in_logs(one: Floats, other: Floats) -> Floats:
    """The same of figures, on the log scale: half way between the level and anybody's last figure with its spread.

    The level carries a change of the first days on for ever, the last figure knows of none.
    """
    return np.exp(half_way(np.log(np.maximum(one, 1.0)), np.log(np.maximum(other, 1.0))))


def drawn_in_on_stops(km: Floats, chance: Floats, width: float) -> Floats:
    """Chances of stops (one row), narrowed about their median: what is moved goes to the nearest stop."""
    if width >= 1.0:
        return chance
    edges = 0.5 * (km[1:] + km[:-1])
    at = np.searchsorted(edges, pool.drawn_in(km, chance, width))
    return np.asarray(np.bincount(at, weights=chance, minlength=km.size), float)


def quantile_sample(km: Floats, chance: Floats) -> Floats:
    """A discrete distribution over ordered points as an equally weighted sample."""
    at = np.searchsorted(np.cumsum(chance / chance.sum()), LEVELS)
    out: Floats = km[np.minimum(at, km.size - 1)]
    return out
