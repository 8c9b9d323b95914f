"""Forecasters pooled: weights learned from all other caravans, and moved by this one's own scores as truth comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.skill.widths import CaseError, Choice, believed, choose

from caravana.inference import pool
from caravana.inference.caravan.pooled.rosters import (
    BLEND,
    HORIZONS,
    MODEL,
    PACE,
    OwnCase,
    OwnError,
    half_way,
    halves_at,
    moved_weights,
    near,
    own_errors,
    terms_of_parts,
)
from caravana.inference.scoring.proper_scores import crps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.skill.positions import Case
    from numpy.typing import NDArray

    from caravana.inference.caravan.pooled.rosters import Roster
    from caravana.inference.widths import Believed

    Floats = NDArray[np.float64]

CASES_OF_PRIOR = 2.0
EASINGS = (0.0, 0.5, 1.0)
"""Powers that are tried; above 1 a point could overtake another."""
NO_WORSE = 1.002
BIASED_UNTIL = 7
"""Days up to which a mean that lies ahead of the truth, or behind it, counts."""


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
    widths: Mapping[int, Believed]


def learn(cases: Sequence[Case], roster: Roster, *, also: Sequence[str] = ()) -> dict[str, Learned]:
    """Weights and widths with each caravan left out (and under other names: with none)."""
    own = _own_terms(cases, roster)
    out = {}
    for caravan in (*also, *dict.fromkeys(case.caravan for case in cases)):
        weights = weights_without(cases, roster, caravan, own=own)
        errors = errors_without(cases, roster, caravan, weights)
        choice = choose(errors)
        easing = 0.0 if roster.logs else choose_easing(cases, roster, caravan, weights, errors, choice)
        out[caravan] = Learned(weights, believed(errors, choice, easing))
    return out


def choose_easing(
    cases: Sequence[Case],
    roster: Roster,
    caravan: str,
    learned: Mapping[int, Floats],
    errors: Sequence[CaseError],
    choice: Choice,
) -> float:
    """How widths should ease off towards the median, by all caravans but this one (of any other name: by all).

    Of the powers by which the score of the others is within :data:`NO_WORSE` of the best, the one by which the mean of
    their forecasts is nearest to the truth up to :data:`BIASED_UNTIL` days ahead; their widths are from caravans that
    are neither they nor this one.
    """
    scores: dict[float, dict[int, list[Floats]]] = {easing: {h: [] for h in HORIZONS} for easing in EASINGS}
    for name in dict.fromkeys(case.caravan for case in cases if case.caravan != caravan):
        widths = believed([error for error in errors if error.caravan != name], choice)
        own = [OwnError(e.horizon, e.known_day, e.errors) for e in errors if e.caravan == name]
        mine = [case for case in cases if case.caravan == name]
        samples = [_samples_without(case, caravan, roster) for case in mine]
        scored = [
            _own(case, some, roster, terms_of_parts(some, case.truth)) for case, some in zip(mine, samples, strict=True)
        ]
        for case, some in zip(mine, samples, strict=True):
            before = [one for one in scored if one.known_day <= case.origin]
            weights = moved_weights(roster, learned[case.horizon], before, horizon=case.horizon)
            points, share = pool.mixture(some, weights)
            known = [error for error in own if error.known_day <= case.origin]
            halves = halves_at(widths[case.horizon], known, horizon=case.horizon)
            for easing, by_horizon in scores.items():
                eased = roster.widened(points, share, halves._replace(easing=easing))
                missed = float(share @ eased) - float(np.mean(case.truth))
                loss = float(np.mean([crps(eased, share, truth) for truth in case.truth]))
                by_horizon[case.horizon].append(np.array([loss, missed]))
    return least_biased(scores)


def least_biased(scores: Mapping[float, Mapping[int, Sequence[Floats]]]) -> float:
    """The easing with the least bias among those that score about as well as the best."""
    means = {
        easing: np.stack([np.mean(by_horizon[h], axis=0) for h in HORIZONS if by_horizon[h]])
        for easing, by_horizon in scores.items()
    }
    early = [h <= BIASED_UNTIL for h in HORIZONS if scores[EASINGS[0]][h]]
    loss = {easing: float(np.exp(np.mean(np.log(mean[:, 0])))) for easing, mean in means.items()}
    good = [easing for easing in EASINGS if loss[easing] <= NO_WORSE * min(loss.values())]
    return min(good, key=lambda easing: float(np.abs(means[easing][early, 1]).max()))


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
        scored = [_own(case, [case.samples[name] for name in roster.names], roster, own[id(case)]) for case in mine]
        errors = own_errors(roster, taught.weights, scored)
        for case in sorted(mine, key=lambda c: (c.known_day, c.origin)):
            before = [one for one in scored if one.known_day <= case.origin]
            weights = moved_weights(roster, taught.weights[case.horizon], before, horizon=case.horizon)
            points, share = pool.mixture([case.samples[name] for name in roster.names], weights)
            known = [error for error in errors if error.known_day <= case.origin]
            halves = halves_at(taught.widths[case.horizon], known, horizon=case.horizon)
            out.append(Pooled(case, weights, roster.widened(points, share, halves), share))
    return out


def weights_without(
    cases: Sequence[Case], roster: Roster, caravan: str, *, own: Mapping[int, pool.Terms] | None = None
) -> dict[int, Floats]:
    """Weights by horizon, learned from all caravans but this one (of any other name: from all)."""
    own = _own_terms(cases, roster) if own is None else own
    others = [case for case in cases if case.caravan != caravan]
    terms = {id(case): _without(case, caravan, roster, own[id(case)]) for case in others}
    return {h: _learned([c for c in others if near(c.horizon, h)], terms, roster) for h in HORIZONS}


def errors_without(
    cases: Sequence[Case], roster: Roster, caravan: str, learned: Mapping[int, Floats]
) -> list[CaseError]:
    """Standardised errors of all caravans but this one (of any other name: of all).

    Pooled with the weights ``learned`` without it, moved by each caravan's own scores, and with the structural forecast
    that has not seen it.
    """
    out = []
    for name in dict.fromkeys(case.caravan for case in cases if case.caravan != caravan):
        scored = []
        for case in (c for c in cases if c.caravan == name):
            samples = _samples_without(case, caravan, roster)
            scored.append(_own(case, samples, roster, terms_of_parts(samples, case.truth)))
        in_order = sorted(scored, key=lambda one: HORIZONS.index(one.horizon))
        out += [
            CaseError(name, one.horizon, one.origin, one.known_day, error.errors)
            for one, error in zip(in_order, own_errors(roster, learned, scored), strict=True)
        ]
    return out


def _own(case: Case, samples: Sequence[Floats], roster: Roster, terms: pool.Terms) -> OwnCase:
    scale = roster.scale(samples[:2], case.horizon)
    return OwnCase(case.horizon, case.known_day, case.origin, terms, scale, samples, case.truth)


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
