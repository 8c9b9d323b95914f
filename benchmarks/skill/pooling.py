"""Forecasters pooled: weights learned from all other caravans, and moved by this one's own scores as truth comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import pool
from caravana.inference.caravan.pooled.rosters import (
    BLEND,
    HORIZONS,
    MODEL,
    PACE,
    OwnCase,
    half_way,
    moved_weights,
    near,
    terms_of_parts,
)
from caravana.inference.scoring.proper_scores import interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.skill.positions import Case
    from numpy.typing import NDArray

    from caravana.inference.caravan.pooled.rosters import Roster

    Floats = NDArray[np.float64]

CASES_OF_PRIOR = 2.0
#: Widths that are tried, and how many caravans it takes for one that fits the others to be half believed.
WIDTHS, HALF_BELIEVED = np.linspace(0.5, 1.0, 11), 8.0
HELD = 0.9


@dataclass(frozen=True)
class Pooled:
    """One case pooled: the weights, the mixture's points and their weights."""

    case: Case
    weights: Floats
    points: Floats
    share: Floats


@dataclass(frozen=True)
class Learned:
    """What other caravans teach of one, by horizon: the forecasters' weights, and how wide their pool should be."""

    weights: Mapping[int, Floats]
    widths: Mapping[int, float]


def learn(cases: Sequence[Case], roster: Roster, *, also: Sequence[str] = ()) -> dict[str, Learned]:
    """Weights and widths with each caravan left out (and under other names: with none)."""
    own = _own_terms(cases, roster)
    out = {}
    for caravan in (*also, *dict.fromkeys(case.caravan for case in cases)):
        weights = weights_without(cases, roster, caravan, own=own)
        out[caravan] = Learned(weights, widths_without(cases, roster, caravan, weights))
    return out


def blended(
    cases: Sequence[Case], rule: str = PACE, halving: Callable[[Floats, Floats], Floats] = half_way
) -> list[Case]:
    """Add a forecaster half way between the structural one and a rule, as ``halving`` has it."""
    out = []
    for case in cases:
        naive = case.samples[rule]
        half = {name: halving(sample, naive) for name, sample in case.under.items()}
        samples = {**case.samples, BLEND: halving(case.samples[MODEL], naive)}
        out.append(replace(case, samples=samples, blend_under=half))
    return out


def pooled(cases: Sequence[Case], roster: Roster, learned: Mapping[str, Learned] | None = None) -> list[Pooled]:
    """Pool every case, its caravan left out of the learning of weights and widths (from :func:`learn`)."""
    own = _own_terms(cases, roster)
    learned = learn(cases, roster) if learned is None else learned
    out = []
    for caravan in dict.fromkeys(case.caravan for case in cases):
        taught = learned[caravan]
        mine = [case for case in cases if case.caravan == caravan]
        scored = [
            OwnCase(case.horizon, case.known_day, case.origin, own[id(case)], _scale(roster, case)) for case in mine
        ]
        for case in sorted(mine, key=lambda c: (c.known_day, c.origin)):
            before = [one for one in scored if one.known_day <= case.origin]
            weights = moved_weights(roster, taught.weights[case.horizon], before, horizon=case.horizon)
            points, share = pool.mixture([case.samples[name] for name in roster.names], weights)
            out.append(Pooled(case, weights, pool.drawn_in(points, share, taught.widths[case.horizon]), share))
    return out


def weights_without(
    cases: Sequence[Case], roster: Roster, caravan: str, *, own: Mapping[int, pool.Terms] | None = None
) -> dict[int, Floats]:
    """Weights by horizon, learned from all caravans but this one (of any other name: from all)."""
    own = _own_terms(cases, roster) if own is None else own
    others = [case for case in cases if case.caravan != caravan]
    terms = {id(case): _without(case, caravan, roster, own[id(case)]) for case in others}
    return {h: _learned([c for c in others if near(c.horizon, h)], terms, roster) for h in HORIZONS}


def widths_without(
    cases: Sequence[Case], roster: Roster, caravan: str, learned: Mapping[int, Floats]
) -> dict[int, float]:
    """How wide a pool's forecasts should be by horizon, over as wide as they are, so that bands hold what they say.

    From all caravans but this one (of any other name: from all), with the weights ``learned`` without it and the
    structural forecast that has not seen it; each caravan counts by the root of its cases.  The fewer there are, the
    nearer to one.  Of a roster that is not ``drawn_in``, one.
    """
    if not roster.drawn_in:
        return dict.fromkeys(HORIZONS, 1.0)
    others = [case for case in cases if case.caravan != caravan]
    held = np.array([_held(_samples_without(c, caravan, roster), learned[c.horizon], c.truth) for c in others])
    out = {}
    for horizon in HORIZONS:
        at = [i for i, case in enumerate(others) if near(case.horizon, horizon)]
        names = [others[i].caravan for i in at]
        if not names:
            out[horizon] = 1.0
            continue
        share = np.average(held[at], axis=0, weights=[1.0 / np.sqrt(names.count(name)) for name in names])
        fits = WIDTHS[::-1][int(np.argmin(np.abs(share[::-1] - HELD)))]
        caravans = len(set(names))
        out[horizon] = float(1.0 - (1.0 - fits) * caravans / (caravans + HALF_BELIEVED))
    return out


def _held(samples: Sequence[Floats], weights: Floats, truths: Sequence[float]) -> Floats:
    """Share of the truths within the central 90% at each of :data:`WIDTHS`."""
    points, share = pool.mixture(samples, weights)
    bands = [interval(pool.drawn_in(points, share, width), share, HELD) for width in WIDTHS]
    return np.array([np.mean([low <= truth <= high for truth in truths]) for low, high in bands])


def _own_terms(cases: Sequence[Case], roster: Roster) -> dict[int, pool.Terms]:
    return {id(c): terms_of_parts([c.samples[name] for name in roster.names], c.truth) for c in cases}


def _scale(roster: Roster, case: Case) -> float:
    return roster.scale([case.samples[name] for name in roster.names[:2]], case.horizon)


def _without(case: Case, caravan: str, roster: Roster, own: pool.Terms) -> pool.Terms:
    """The same with the structural forecast that has not seen ``caravan`` either."""
    if caravan not in case.under:
        return own
    return terms_of_parts(_samples_without(case, caravan, roster), case.truth)


def _samples_without(case: Case, caravan: str, roster: Roster) -> list[Floats]:
    seen = {MODEL: case.under[caravan]} if caravan in case.under else {}
    if caravan in case.blend_under:
        seen[BLEND] = case.blend_under[caravan]
    return [seen.get(name, case.samples[name]) for name in roster.names]


def _learned(cases: Sequence[Case], given: Mapping[int, pool.Terms], roster: Roster) -> Floats:
    """Weights from other caravans; a caravan of many cases counts by their root."""
    if not cases:
        return roster.prior
    number = {name: sum(c.caravan == name for c in cases) for name in {c.caravan for c in cases}}
    return pool.learn_weights(
        pool.together([given[id(c)] for c in cases]).divided(np.array([_scale(roster, c) for c in cases])),
        prior=roster.prior,
        cases_of_prior=CASES_OF_PRIOR,
        counts=np.array([1.0 / np.sqrt(number[c.caravan]) for c in cases]),
    )
