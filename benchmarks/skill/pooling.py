"""Forecasters pooled: weights learned from all other caravans, and moved by this one's own scores as truth comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import pool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.skill.positions import Case
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Cases of horizons this near (as a factor) count for one another.
NEAR = 3.0
CASES_OF_PRIOR = 2.0
BLEND = "blend"
# An own error moves the weights as if it were this much smaller: a caravan's next days are not its last ones.
CAUTION = 4.0


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
        BLEND,
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
    ("caravana", "persistence_spread", "persistence_any_spread", "log_linear_trend_spread"), lead=0.25, day_km=None
)


@dataclass(frozen=True)
class Pooled:
    """One case pooled: the weights, the mixture's points and their weights."""

    case: Case
    weights: Floats
    points: Floats
    share: Floats


def blended(cases: Sequence[Case]) -> list[Case]:
    """Add a forecaster half way between the chain and the pace of the whole way, quantile by quantile.

    The chain is too wide from three days on (its days are independent, those of a caravan even out), the pace too sure.
    """
    out = []
    for case in cases:
        pace = case.samples["constant_pace_spread"]
        half = {name: _half_way(sample, pace) for name, sample in case.under.items()}
        samples = {**case.samples, BLEND: _half_way(case.samples["caravana"], pace)}
        out.append(replace(case, samples=samples, blend_under=half))
    return out


def _half_way(one: Floats, other: Floats) -> Floats:
    return pool.averaged_quantiles(np.stack([one, other]), np.array([0.5, 0.5]))


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
                scales = np.array([CAUTION * setting.scale(c) for c in before])
                opened = pool.observe(opened, pool.together([own[id(c)] for c in before]), scale=scales)
            weights = opened.weights
            points, share = pool.mixture([case.samples[name] for name in setting.forecasters], weights)
            out.append(Pooled(case, weights, points, share))
    return out


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
    seen = {"caravana": case.under[caravan]}
    if caravan in case.blend_under:
        seen[BLEND] = case.blend_under[caravan]
    samples = [seen.get(name, case.samples[name]) for name in setting.forecasters]
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
