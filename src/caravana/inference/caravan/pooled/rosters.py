"""Who forecasts what of a caravan, side by side, and how the weights of each are moved.

The weights are learned from other caravans (:mod:`~caravana.inference.caravan.pooled.others`, by
``python -m benchmarks.skill.run``) and then moved by the caravan's own scores (:mod:`caravana.inference.pool`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import pool
from caravana.inference.caravan.pooled.rivals import LEVELS
from caravana.inference.widths import standardised, stretched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.widths import Believed, Halves

    Floats = NDArray[np.float64]

HORIZONS = (1, 3, 7, 14)
MODEL = "caravana"
BLEND = "blend"
PACE = "constant_pace_spread"
LAST_FIGURE = "persistence_any_spread"
NEAR = 3.0
"""Cases of horizons this near (as a factor) count for one another."""
FAR = 0.5
"""What an error at another horizon is worth for the widths, over one at the same."""
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
    logs : bool
        Whether bands are made wider or narrower on the log scale.
    """

    names: tuple[str, ...]
    lead: float
    day_km: float | None
    logs: bool = False

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

    def errors(self, points: Floats, share: Floats, truths: Sequence[float]) -> Floats:
        """Standardised errors of a forecast, one a truth."""
        return standardised(self._scaled(points), share, self._scaled(np.asarray(truths, float)).tolist())

    def widened(self, points: Floats, share: Floats, halves: Halves) -> Floats:
        """The points of a forecast, its halves that much wider."""
        wider = stretched(self._scaled(points), share, halves)
        return np.asarray(np.exp(wider) if self.logs else wider, float)

    def _scaled(self, values: Floats) -> Floats:
        return np.asarray(np.log(np.maximum(values, 1.0)) if self.logs else values, float)


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
)
FIGURES = Roster((MODEL, "persistence_spread", LAST_FIGURE, BLEND), lead=0.25, day_km=None, logs=True)


@dataclass(frozen=True)
class OwnCase:
    """One forecast of this caravan that has come true or not: what was said, what came, what an error is worth."""

    horizon: int
    known_day: int
    origin: int
    terms: pool.Terms
    scale: float
    samples: Sequence[Floats] = field(repr=False)
    truths: tuple[float, ...]


@dataclass(frozen=True)
class OwnError:
    """Standardised errors of a past forecast as it was pooled then, one a truth, and the day they were known."""

    horizon: int
    known_day: int
    errors: Floats


def near(one: int, other: int) -> bool:
    """Whether cases of one horizon count for the other."""
    return max(one, other) / min(one, other) <= NEAR


def nearest_horizon(days: int) -> int:
    """The horizon of :data:`HORIZONS` that is nearest as a factor."""
    return min(HORIZONS, key=lambda horizon: max(days, horizon) / min(days, horizon))


def moved_weights(roster: Roster, learned: Floats, cases: Sequence[OwnCase], *, horizon: int) -> Floats:
    """Weights learned from other caravans, moved by this one's own cases in the order in which they were known."""
    last = max((case.known_day for case in cases), default=0)
    return weights_then(roster, learned, cases, horizon=horizon, evenings=[last])[last]


def weights_then(
    roster: Roster, learned: Floats, cases: Sequence[OwnCase], *, horizon: int, evenings: Iterable[int]
) -> dict[int, Floats]:
    """The same as they were on some evenings, by day: only cases known by then had moved them."""
    opened = pool.open_pool(roster.names, learned)
    waiting = sorted((c for c in cases if near(c.horizon, horizon)), key=lambda c: (c.known_day, c.origin))[::-1]
    out = {}
    for evening in sorted(set(evenings)):
        while waiting and waiting[-1].known_day <= evening:
            case = waiting.pop()
            opened = pool.observe(opened, case.terms, scale=CAUTION * case.scale)
        out[evening] = opened.weights
    return out


def own_errors(roster: Roster, learned: Mapping[int, Floats], cases: Sequence[OwnCase]) -> list[OwnError]:
    """Standardised errors of this caravan's past forecasts, each as it was pooled on its evening."""
    out = []
    for horizon in HORIZONS:
        of_it = [case for case in cases if case.horizon == horizon]
        evenings = [case.origin for case in of_it]
        weights = weights_then(roster, learned[horizon], cases, horizon=horizon, evenings=evenings)
        for case in of_it:
            points, share = pool.mixture(case.samples, weights[case.origin])
            out.append(OwnError(horizon, case.known_day, roster.errors(points, share, case.truths)))
    return out


def halves_at(believed: Believed, own: Sequence[OwnError], *, horizon: int) -> Halves:
    """How wide a forecast's halves should be, from other caravans and from this one's own errors."""
    some = [error for error in own if near(error.horizon, horizon)]
    weights = [np.full(e.errors.size, (1.0 if e.horizon == horizon else FAR) / e.errors.size) for e in some]
    none = np.zeros(0)
    return believed.halves(np.concatenate([none, *(e.errors for e in some)]), np.concatenate([none, *weights]))


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


def stretched_on_stops(km: Floats, chance: Floats, halves: Halves) -> Floats:
    """Chances of stops (one row), halves about their median that much wider: what is moved goes to nearest stops."""
    edges = 0.5 * (km[1:] + km[:-1])
    at = np.searchsorted(edges, stretched(km, chance, halves))
    return np.asarray(np.bincount(at, weights=chance, minlength=km.size), float)


def quantile_sample(km: Floats, chance: Floats) -> Floats:
    """A discrete distribution over ordered points as an equally weighted sample."""
    at = np.searchsorted(np.cumsum(chance / chance.sum()), LEVELS)
    out: Floats = km[np.minimum(at, km.size - 1)]
    return out
