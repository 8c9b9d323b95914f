"""Forecasters pooled: weights learned from all other caravans, and moved by this one's own scores as truth comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import pool
from caravana.inference.scoring.proper_scores import crps, quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.skill.positions import Case
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Cases of horizons this near (as a factor) count for one another.
NEAR = 3.0
CASES_OF_PRIOR = 2.0
FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1)


@dataclass(frozen=True)
class Setting:
    """How one quantity is pooled.

    ``forecasters`` are those pooled, the structural one first, which has ``lead`` of the weight before any record;
    ``scale`` is what a plain error is worth, by horizon for positions, by level for persons.
    """

    forecasters: tuple[str, ...]
    lead: float
    day_km: float | None

    @property
    def prior(self) -> Floats:
        """Weights before any record."""
        rest = (1.0 - self.lead) / (len(self.forecasters) - 1)
        return np.array([self.lead, *[rest] * (len(self.forecasters) - 1)])

    def scale(self, case: Case) -> float:
        """What an error of this case is worth: cases of all sizes then weigh about the same."""
        if self.day_km is not None:
            return self.day_km * float(np.sqrt(case.horizon))
        return 0.5 * float(np.mean(case.samples[self.forecasters[1]]))


POSITIONS = Setting(
    (
        "caravana",
        "past_increments",
        "last_7_increments",
        "persistence_spread",
        "last_7_days_pace_spread",
        "constant_pace_spread",
    ),
    lead=0.5,
    day_km=20.0,
)
COUNTS = Setting(
    ("caravana", "persistence_spread", "persistence_any_spread", "log_linear_trend_spread"), lead=0.6, day_km=None
)


@dataclass(frozen=True)
class Pooled:
    """One case pooled: the weights, the mixture's points and their weights."""

    case: Case
    weights: Floats
    points: Floats
    share: Floats
    factor: float = 1.0


def pooled(cases: Sequence[Case], setting: Setting, *, online: bool = True) -> list[Pooled]:
    """Pool every case, its caravan left out of the weights' learning."""
    own = {id(case): terms(case, [case.samples[name] for name in setting.forecasters]) for case in cases}
    out = []
    for caravan in dict.fromkeys(case.caravan for case in cases):
        others = [case for case in cases if case.caravan != caravan]
        given = {id(case): _without(case, caravan, setting, own[id(case)]) for case in others}
        learned = {
            horizon: _learned([c for c in others if _near(c.horizon, horizon)], given, setting)
            for horizon in {case.horizon for case in cases}
        }
        mine = sorted((c for c in cases if c.caravan == caravan), key=lambda c: (c.known_day, c.origin))
        for case in mine:
            opened = pool.open_pool(setting.forecasters, learned[case.horizon])
            before = [c for c in mine if c.known_day <= case.origin and _near(c.horizon, case.horizon)]
            if online and before:
                scales = np.array([setting.scale(c) for c in before])
                opened = pool.observe(opened, pool.together([own[id(c)] for c in before]), scale=scales)
            weights = opened.weights
            points, share = pool.mixture([case.samples[name] for name in setting.forecasters], weights)
            out.append(Pooled(case, weights, points, share))
    return _stretched(out, setting)


def _stretched(made: Sequence[Pooled], setting: Setting) -> list[Pooled]:
    """Draw every pooled forecast together, or apart, about its middle by the factor that suits the other caravans."""
    tried = {
        factor: np.array([_scaled_crps(stretch(one, factor), setting) for one in made]) for factor in FACTORS
    }
    out = []
    for one in made:
        at = np.array(
            [o.case.caravan != one.case.caravan and _near(o.case.horizon, one.case.horizon) for o in made]
        )
        number = {name: sum(o.case.caravan == name for o in made) for name in {o.case.caravan for o in made}}
        each = np.array([1.0 / np.sqrt(number[o.case.caravan]) for o in made]) * at
        best = min(FACTORS, key=lambda f: float(each @ tried[f]) if each.any() else abs(f - 1.0))
        out.append(stretch(one, best))
    return out


def stretch(one: Pooled, factor: float) -> Pooled:
    """Move every point of a pooled forecast away from its median by ``factor``."""
    middle = float(quantiles(one.points, one.share, [0.5])[0])
    return replace(one, points=middle + factor * (one.points - middle), factor=factor)


def _scaled_crps(one: Pooled, setting: Setting) -> float:
    return float(np.mean([crps(one.points, one.share, t) for t in one.case.truth])) / setting.scale(one.case)


def terms(case: Case, samples: Sequence[Floats]) -> pool.Terms:
    """Distances of a case; of a body in parts, the mean over its parts."""
    parts = [pool.terms_of(samples, truth) for truth in case.truth]
    return pool.Terms(
        np.mean([part.distance for part in parts], axis=0), np.mean([part.apart for part in parts], axis=0)
    )


def _near(one: int, other: int) -> bool:
    return max(one, other) / min(one, other) <= NEAR


def _without(case: Case, caravan: str, setting: Setting, own: pool.Terms) -> pool.Terms:
    """The same with the structural forecast that has not seen ``caravan`` either."""
    if caravan not in case.under:
        return own
    samples = [case.under[caravan], *(case.samples[name] for name in setting.forecasters[1:])]
    return terms(case, samples)


def _learned(cases: Sequence[Case], given: Mapping[int, pool.Terms], setting: Setting) -> Floats:
    """Weights from other caravans; a caravan of many cases counts by their root."""
    if not cases:
        return setting.prior
    number = {name: sum(c.caravan == name for c in cases) for name in {c.caravan for c in cases}}
    return pool.learn_weights(
        pool.together([given[id(c)] for c in cases]).divided(np.array([setting.scale(c) for c in cases])),
        prior=setting.prior,
        cases_of_prior=CASES_OF_PRIOR,
        counts=np.array([1.0 / np.sqrt(number[c.caravan]) for c in cases]),
    )
