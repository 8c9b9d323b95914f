"""The caravans' part of the benchmark: positions, headcounts, still together, halts; each record left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.skill import branching, counts, endings, pooling, positions, rules
from benchmarks.skill.records import bundled, others

from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled.others import NONE
from caravana.inference.caravan.pooled.rosters import (
    BLEND,
    FIGURES,
    HORIZONS,
    LAST_FIGURE,
    POSITIONS,
    half_way_in_logs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from benchmarks.skill.pooling import Learned, Pooled
    from benchmarks.skill.positions import Case
    from benchmarks.skill.records import Given
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NIGHTS = 3
PLAIN = ("persistence", "last_7_days_pace", "constant_pace", "past_increments", "last_7_increments")
SPREADS = ("persistence_spread", "persistence_any_spread", "log_linear_trend_spread")
SAME_PLACE_KM = 2.0
BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 1.01)
TOGETHER_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Measured:
    """Every record, what each alone says, and every case, from which results and tables are made."""

    given: Sequence[Given]
    places: Mapping[str, frozenset[str]]
    readings: Mapping[str, positions.Reading]
    evidence: Mapping[str, Floats]
    nights: Sequence[Case]
    figures: Sequence[Case]
    learned: Mapping[str, Mapping[str, Learned]]


def measure(folder: Path, *, say: Callable[[str], None]) -> Measured:
    """Read every record and forecast it from every day."""
    given = [*bundled(), *others(folder)]
    say(f"{len(given)} caravans, {sum(len(one.truth) for one in given)} nights on the road")
    places = positions.hosts(given)
    hosted = {one.name: positions.hosted_by(places, without=one.name) for one in given}
    readings = {one.name: positions.read(one, hosted[one.name]) for one in given if one.truth}
    departures = {one.name: one.record.departs for one in given}
    say(f"{len(readings)} records read for the prior")
    named = [one.name for one in given if len(one.truth) > 1]
    ends = endings.prospects(given)
    kept = {one.name: plans_kept(one.record) for one in given}
    where = [
        case
        for one in given
        if one.truth
        for case in positions.cases_of(
            one,
            readings,
            departures,
            hosted[one.name],
            also_without=named,
            ends=ends[one.name],
            kept=[counted for name, counted in kept.items() if name != one.name],
        )
    ]
    say(f"{len(where)} nights forecast")
    evidence = counts.learned(given)
    many = [one.name for one in given if len({c.report.day for c in one.record.counts}) > 1]
    numbers = [case for one in given for case in counts.cases_of(one, evidence, also_without=many)]
    say(f"{len(numbers)} headcounts forecast")
    figures = pooling.blended(numbers, LAST_FIGURE, half_way_in_logs)
    nights = pooling.blended(where)
    learned = {
        "position": pooling.learn(nights, POSITIONS, also=(NONE,)),
        "headcount": pooling.learn(figures, FIGURES, also=(NONE,)),
    }
    say("weights and widths learned")
    return Measured(given, places, readings, evidence, nights, figures, learned)


def caravans(measured: Measured) -> dict[str, Any]:
    """Every table of the caravans, as ``results.json`` has them."""
    given = measured.given
    long = {one.name for one in given if len(one.truth) + (abs(one.start_km) > 1.0) >= NIGHTS}
    nights = [
        p for p in pooling.pooled(measured.nights, POSITIONS, measured.learned["position"]) if p.case.caravan in long
    ]
    figures = pooling.pooled(measured.figures, FIGURES, measured.learned["headcount"])
    return {
        "position": by_horizon(nights, PLAIN),
        "headcount": by_horizon(figures, SPREADS),
        "together": still_together(given),
        "halts": halts(measured.nights),
        "branches": branches(given),
        "instances": {
            quantity: by_caravan(made, names)
            for quantity, made, names in (("position", nights, PLAIN), ("headcount", figures, SPREADS))
        },
        "passed_over": [line for one in given for line in one.passed_over],
    }


def skills(measured: Measured) -> list[tuple[str, str, int, float, float, int]]:
    """Mean score of each caravan's forecasts and of the rule that is best over all, by quantity and horizon."""
    rows = []
    for quantity, cases, roster, names in (
        ("position", measured.nights, POSITIONS, PLAIN),
        ("headcount", measured.figures, FIGURES, SPREADS),
    ):
        made = pooling.pooled(cases, roster, measured.learned[quantity])
        for horizon in HORIZONS:
            some = [p for p in made if p.case.horizon == horizon]
            own = np.array([rules.score(p.points, p.share, p.case.truth)["crps"] for p in some])
            naive = np.array([[_crps(p, name) for name in names] for p in some])
            best = naive[:, int(naive.mean(axis=0).argmin())]
            rows += _by_caravan([p.case.caravan for p in some], quantity, horizon, own, best)
    chances = endings.still_together(measured.given)
    for horizon in endings.HORIZONS:
        some = [c for c in chances if c.horizon == horizon]
        said, base, was = (np.array([getattr(c, name) for c in some], float) for name in ("said", "base", "happened"))
        groups = [c.caravan for c in some]
        rows += _by_caravan(groups, "together", horizon, (said - was) ** 2, (base - was) ** 2)
    return rows


def _by_caravan(
    groups: Sequence[str], quantity: str, horizon: int, own: Floats, naive: Floats
) -> list[tuple[str, str, int, float, float, int]]:
    each = {name: np.array(groups) == name for name in dict.fromkeys(groups)}
    return [
        (name, quantity, horizon, float(own[at].mean()), float(naive[at].mean()), int(at.sum()))
        for name, at in each.items()
    ]


def by_horizon(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    """The pooled table, by horizon."""
    return {str(h): _row([p for p in made if p.case.horizon == h], names) for h in HORIZONS}


def by_caravan(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    """The same a caravan at a time."""
    return {
        caravan: by_present(  # only horizons that have a case
            [p for p in made if p.case.caravan == caravan], names
        )
        for caravan in sorted({p.case.caravan for p in made})
    }


def by_present(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    """Rows of the horizons that have a case."""
    return {
        str(h): {k: v for k, v in row.items() if k in {"skill", "n", "coverage90", "best"}}
        for h in HORIZONS
        if (row := _row([p for p in made if p.case.horizon == h], names))
    }


def _row(made: Sequence[Pooled], names: Sequence[str]) -> dict[str, Any]:
    if not made:
        return {}
    scores = [rules.score(p.points, p.share, p.case.truth) for p in made]
    naive, spread = [], []
    for p in made:
        each = {name: _crps(p, name) for name in p.case.samples if name not in {positions.CHAIN, BLEND}}
        naive.append({name: each[name] for name in names})
        spread.append(each)
    groups = [p.case.caravan for p in made]
    row = rules.table(scores, naive, groups, seed=1)
    over = rules.table(scores, spread, groups, seed=1)
    weights = np.mean([p.weights for p in made], axis=0)
    mean_error = [float(p.share @ p.points) - float(np.mean(p.case.truth)) for p in made]
    return {
        **row,
        "bias_of_median": row["bias"],
        "bias": round(float(np.mean(mean_error)), 2),
        "skill_over_spread": over["skill"],
        "weights": {n: round(float(w), 3) for n, w in zip(_names(made), weights, strict=True)},
    }


def _names(made: Sequence[Pooled]) -> tuple[str, ...]:
    positions_too = PLAIN[-1] in made[0].case.samples
    return (POSITIONS if positions_too else FIGURES).names


def _crps(made: Pooled, name: str) -> float:
    sample = made.case.samples[name]
    return rules.score(sample, np.full(sample.size, 1.0 / sample.size), made.case.truth)["crps"]


def still_together(given: Sequence[Given]) -> dict[str, Any]:
    """Brier scores by horizon, beside the plain share of the other caravans."""
    chances = endings.still_together(given)
    out = {}
    for horizon in endings.HORIZONS:
        some = [c for c in chances if c.horizon == horizon]
        out[str(horizon)] = _brier(
            [c.caravan for c in some],
            [c.said for c in some],
            [c.base for c in some],
            [c.happened for c in some],
            TOGETHER_BINS,
        )
    return out


def halts(cases: Sequence[positions.Case]) -> dict[str, Any]:
    """Chance of staying where the caravan was reported this evening, beside the plain share of the other caravans."""
    nights = {(c.caravan, c.origin + c.horizon): (c.truth, c.known_day) for c in cases}
    rows = []
    for case in cases:
        tonight = nights.get((case.caravan, case.origin))
        if case.horizon != 1 or tonight is None or tonight[1] > case.origin:
            continue
        here = tonight[0][-1]
        said = float(np.mean(np.abs(case.samples[positions.CHAIN] - here) <= SAME_PLACE_KM))
        rows.append((case.caravan, said, any(abs(km - here) <= SAME_PLACE_KM for km in case.truth)))
    base = [float(np.mean([r[2] for r in rows if r[0] != row[0]])) for row in rows]
    return _brier([r[0] for r in rows], [r[1] for r in rows], base, [r[2] for r in rows], BINS)


def branches(given: Sequence[Given]) -> dict[str, Any]:
    """Chance to leave the road where another does, beside the plain share of the other caravans there."""
    made = branching.choices(given)
    return _brier(
        [c.caravan for c in made],
        [c.said for c in made],
        [c.base for c in made],
        [c.happened for c in made],
        BINS,
    )


def _brier(
    groups: Sequence[str],
    said: Sequence[float],
    base: Sequence[float],
    happened: Sequence[bool],
    bins: Sequence[float],
) -> dict[str, Any]:
    chance, plain, was = np.array(said), np.array(base), np.array(happened)

    def gain(at: Any) -> float:
        return 1.0 - rules.brier(chance[at], was[at]) / rules.brier(plain[at], was[at])

    low, high = rules.bootstrap(groups, gain, seed=1)
    return {
        "brier": round(rules.brier(chance, was), 4),
        "brier_base": round(rules.brier(plain, was), 4),
        "under_base": round(gain(slice(None)), 4),
        "low": low,
        "high": high,
        "n": len(groups),
        "caravans": len(set(groups)),
        "reliability": rules.reliability(said, happened, bins=bins),
    }
