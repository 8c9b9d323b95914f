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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.skill.positions import Case
    from numpy.typing import NDArray

    from caravana.inference.caravan.pooled.rosters import Roster

    Floats = NDArray[np.float64]

CASES_OF_PRIOR = 2.0


@dataclass(frozen=True)
class Pooled:
    """One case pooled: the weights, the mixture's points and their weights."""

    case: Case
    weights: Floats
    points: Floats
    share: Floats


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


def pooled(cases: Sequence[Case], roster: Roster) -> list[Pooled]:
    """Pool every case, its caravan left out of the weights' learning."""
    own = _own_terms(cases, roster)
    out = []
    for caravan in dict.fromkeys(case.caravan for case in cases):
        learned = weights_without(cases, roster, caravan, own=own)
        mine = [case for case in cases if case.caravan == caravan]
        scored = [
            OwnCase(case.horizon, case.known_day, case.origin, own[id(case)], _scale(roster, case)) for case in mine
        ]
        for case in sorted(mine, key=lambda c: (c.known_day, c.origin)):
            before = [one for one in scored if one.known_day <= case.origin]
            weights = moved_weights(roster, learned[case.horizon], before, horizon=case.horizon)
            points, share = pool.mixture([case.samples[name] for name in roster.names], weights)
            out.append(Pooled(case, weights, points, share))
    return out


def weights_without(
    cases: Sequence[Case], roster: Roster, caravan: str, *, own: Mapping[int, pool.Terms] | None = None
) -> dict[int, Floats]:
    """Weights by horizon, learned from all caravans but this one (of any other name: from all)."""
    own = _own_terms(cases, roster) if own is None else own
    others = [case for case in cases if case.caravan != caravan]
    terms = {id(case): _without(case, caravan, roster, own[id(case)]) for case in others}
    return {h: _learned([c for c in others if near(c.horizon, h)], terms, roster) for h in HORIZONS}


def _own_terms(cases: Sequence[Case], roster: Roster) -> dict[int, pool.Terms]:
    return {id(c): terms_of_parts([c.samples[name] for name in roster.names], c.truth) for c in cases}


def _scale(roster: Roster, case: Case) -> float:
    return roster.scale([case.samples[name] for name in roster.names[:2]], case.horizon)


def _without(case: Case, caravan: str, roster: Roster, own: pool.Terms) -> pool.Terms:
    """The same with the structural forecast that has not seen ``caravan`` either."""
    if caravan not in case.under:
        return own
    seen = {MODEL: case.under[caravan]}
    if caravan in case.blend_under:
        seen[BLEND] = case.blend_under[caravan]
    samples = [seen.get(name, case.samples[name]) for name in roster.names]
    return terms_of_parts(samples, case.truth)


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
