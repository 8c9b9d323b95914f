"""How well records of camps that were made are forecast: the pool over the best naive rule, and what its bands hold.

The machinery is that of :mod:`benchmarks.skill.displacement`: its origins, horizons, naive rules and pools.  A record
is forecast with pooled values chosen without the one it is made of, and weighed both as the package is shipped and by
what the other records, as given, taught.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.skill.displacement import ENOUGH, LEFT_OUT, NOISE, RECORDS, load, origins, score_record, weights_without

from caravana.errors import CaravanaError
from caravana.inference.displacement.forecast import cut, forecast_camps, usual_lag
from caravana.inference.displacement.listening import (
    HORIZONS,
    PHASES,
    camp_cases,
    learned_weights,
    listen,
    phase_at,
    pooled_points,
)
from caravana.inference.displacement.own_misses import OwnMisses
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.proper_scores import crps as crps_of
from caravana.inference.scoring.proper_scores import interval
from caravana.models.displacement.counts import daily_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from benchmarks.skill.displacement import Weights
    from benchmarks.skill.perturbed.camp_records import MadeRecord

    from caravana.scenario.model import Scenario

    Floats = np.ndarray

SHIPPED, LEFT = "shipped", "left_out"
#: Every second of the days from which records as given are forecast: there are many made records.
EVERY = 2
#: A middle of the pool beyond so many times all that was ever counted, or not a number, is absurd.
ABSURD = 20.0


def forecast_record(record: MadeRecord, name: str, members: int) -> dict[str, Any]:
    """Forecast a made record from all origins: cases to score and to hear, what naive rules erred, refusals."""
    same = record.seen is record.came
    scored, heard, rules, forecasts, phases, refused = [], [], [], {}, {}, []
    for origin in origins(record.came)[::EVERY]:
        day = record.seen.start + dt.timedelta(days=origin)
        try:
            forecast = forecast_camps(
                record.seen, origin, ahead=max(HORIZONS), members=members, seed=1, values=LEFT_OUT.get(name, {})
            )
        except CaravanaError as error:
            refused.append(f"day {origin}: {error}")
            continue
        then = cut(record.seen, day)
        seen = daily_counts(then)
        known = np.zeros((origin + 1, len(forecast.place_ids)))
        known[:, [forecast.place_ids.index(p) for p in seen.place_ids]] = seen.camps[: origin + 1]
        forecasts[origin], phases[origin] = forecast, phase_at(seen, origin, lag=usual_lag(then))
        cases = camp_cases(record.came, forecast, HORIZONS)
        heard += cases if same else camp_cases(record.seen, forecast, HORIZONS)
        for case in cases:
            said = naive(known, ahead=case.day - origin)
            rules.append({rule: abs(float(each[case.camp]) - case.truth) for rule, each in said.items()})
        scored += cases
    return {
        "scored": scored, "heard": heard, "rules": rules, "forecasts": forecasts, "phases": phases, "refused": refused,
    }  # fmt: skip


def score(made: Mapping[str, Any], weights: Callable[[str], Mapping[int, Floats]]) -> dict[str, Any]:
    """Ratio to the best naive rule, coverage and cases by horizon, weighed from what a phase begins with."""
    pools = {day: listen(made["heard"], origin=day, weights=weights(phase)) for day, phase in made["phases"].items()}
    misses = OwnMisses(made["forecasts"].__getitem__, lambda day: weights(made["phases"][day]))
    halves = {day: misses.halves(made["heard"], origin=day) for day in pools}
    rows: dict[int, list[tuple[float, bool, dict[str, float], float]]] = {h: [] for h in HORIZONS}
    absurd = 0
    for case, rules in zip(made["scored"], made["rules"], strict=True):
        forecast = made["forecasts"][case.origin]
        points, share = pooled_points(
            forecast, pools[case.origin], ahead=case.day - case.origin, camp=case.camp, halves=halves[case.origin]
        )
        low, high = interval(points, share, 0.9)
        crps = crps_of(points, share, case.truth)
        absurd += not (np.isfinite(points).all() and points.min() >= 0.0)
        inside = bool(np.floor(low) <= case.truth <= np.ceil(high))
        rows[case.horizon].append((crps, inside, rules, high - low))
    out: dict[str, Any] = {"refused": len(made["refused"]), "absurd": absurd, "horizons": {}}
    for horizon, of_it in rows.items():
        if not of_it:
            continue
        means = {rule: float(np.mean([row[2][rule] for row in of_it])) for rule in of_it[0][2]}
        best = min(means, key=lambda rule: means[rule])
        own = float(np.mean([row[0] for row in of_it]))
        out["horizons"][str(horizon)] = {
            "ratio": None if means[best] < NOISE else round(own / means[best], 4),
            "coverage90": round(float(np.mean([row[1] for row in of_it])), 4), "n": len(of_it), "best_rule": best,
            "crps": round(own, 1), "crps_rule": round(means[best], 1),
            "width90": round(float(np.mean([row[3] for row in of_it])), 1),
        }  # fmt: skip
    return out


def measure_camps(
    folder: Path,
    operations: Mapping[str, Callable[[Scenario], MadeRecord]],
    *,
    members: int,
    names: Iterable[str] = RECORDS,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Every operation on every record, by operation, record and weights."""
    names = tuple(names)
    given = {name: load(folder, name) for name in RECORDS}
    left = learned_without(given, members)
    shipped = {phase: learned_weights(phase) for phase, _ in PHASES}
    say("records as given forecast, weights learned")
    out: dict[str, Any] = {}
    for word, operation in operations.items():
        out[word] = {}
        for name in names:
            record = operation(given[name])
            if not any(one.kind == "camp_count" for one in record.came.observations):
                continue  # all its counts were of the days that were cut off
            made = forecast_record(record, name, members)
            out[word][name] = {
                SHIPPED: score(made, shipped.__getitem__),
                LEFT: score(made, left[name].__getitem__),
                "refusals": made["refused"][:1],
            }
        say(f"{word}: " + line_of(out[word]))
    return out


def learned_without(given: Mapping[str, Scenario], members: int) -> dict[str, Weights]:
    """Weights that the other records, as given, teach of each."""
    scored = {name: score_record(one, name, members) for name, one in given.items()}
    return {name: weights_without(scored, name, given=False) for name in given}


def line_of(rows: Mapping[str, Any], weights: str = LEFT) -> str:
    """One line of an operation: by horizon the geometric mean of the ratios, the share held, the worst record."""
    parts = []
    for horizon in map(str, HORIZONS):
        cells = {name: row[weights]["horizons"].get(horizon) for name, row in rows.items()}
        some = {n: c for n, c in cells.items() if c and c["ratio"] is not None and c["n"] >= ENOUGH}
        if not some:
            continue
        mean = float(np.exp(np.mean([np.log(c["ratio"]) for c in some.values()])))
        held = sum(c["coverage90"] * c["n"] for c in cells.values() if c) / sum(c["n"] for c in cells.values() if c)
        worst = max(some, key=lambda n: some[n]["ratio"])
        least = min(some, key=lambda n: some[n]["coverage90"])
        parts.append(
            f"{horizon}d {mean:.3f} held {held:.2f} worst {worst} {some[worst]['ratio']:.2f}"
            f" least {least} {some[least]['coverage90']:.2f}"
        )
    return "; ".join(parts)
