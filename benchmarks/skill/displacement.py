"""Displacement on records that are left out: forecasts of every camp from past days, and whole runs.

Everything frozen stands here: the records, the origins, what is true (a count as it was first known after the origin),
the naive rules and how it is scored.  Each record is forecast with pooled values chosen without it and with weights
learned on the others (:func:`weights_without`).  ``ratio`` is the mean CRPS over that of the best naive rule, the best
being chosen by its own mean over the same cases; over all records it is the geometric mean.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.forecast import FORECASTERS, CampForecast, cut, forecast_camps, usual_lag
from caravana.inference.displacement.listening import (
    HORIZONS,
    PHASES,
    CampCase,
    Phase,
    Total,
    camp_cases,
    listen,
    phase_at,
    plain_points,
    pooled_points,
)
from caravana.inference.displacement.outlook import pooled_sum, sum_cases, sums_of
from caravana.inference.displacement.own_misses import OwnMisses
from caravana.inference.displacement.scores import err
from caravana.inference.displacement.tested import dated_counts
from caravana.inference.pool import learn_weights, terms_of, together
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.proper_scores import crps as crps_of
from caravana.inference.scoring.proper_scores import interval
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.parameters import WHOLE_RUN, draw_pooled
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import daily_counts
from caravana.models.displacement.walk.order import simulate_walk
from caravana.models.displacement.walk.world import compile_walk
from caravana.streams import stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.scenario.model import Scenario

    Floats = np.ndarray
    Weights = Mapping[Phase, Mapping[int, Floats]]

RECORDS = (
    "mali2012", "burundi2015", "ssudan2013", "car2013", "tigray2020", "syria2013", "ethiopia", "mali2022_2024",
)  # fmt: skip
#: Records of one crisis, which share camps and their counts: neither tells of the other.
SAME_CRISIS = ("tigray2020", "ethiopia")
#: Every fifteenth day of the record; every day of one counted for less than SHORT days.
FIRST, LAST, STEP, SHORT, SHORT_FIRST = 15, 225, 15, 60, 3


def _values(name: str) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return values


#: Pooled values chosen without a record; the others were never looked at when the package's were.
LEFT_OUT = _values("pooled_left_out.toml")
#: The same for whole runs, among values drawn at random.
WHOLE_LEFT_OUT = _values("whole_left_out.toml")
#: Cases at a horizon from which a ratio counts.
ENOUGH = 8
#: A best naive rule that errs by less on average, in persons, leaves rounding noise: no ratio.
NOISE = 1.0
#: How many cases the even prior is worth, where every record counts as many; 1 to 1,000 were looked at.  The weights
#: would else follow seven records too closely.  With the total given they are even: no prior was too strong.
PRIOR_CASES, CASES_A_RECORD = 10.0, 20.0
#: How many cases the weights of all phases are worth, beside those of one; 10 and 30 were looked at.
PHASE_CASES = 10.0
#: Mean err of Flee's own runs; of the others, Flee's rules are run here (the same within a hundredth on these four).
FLEE = {"mali2012": 0.395, "burundi2015": 0.587, "ssudan2013": 0.503, "car2013": 0.374}
FLEE_MEMBERS = 16


@dataclass(frozen=True)
class Scored:
    """A case with what the rules said and, beside the forecast, the forecast with the total given."""

    case: CampCase
    phase: Phase
    rules: Mapping[str, float]
    given: Any
    rules_given: Mapping[str, float]
    forecast: CampForecast
    total: Floats


def load(folder: Path, name: str) -> Scenario:
    """Import a record."""
    return import_flee(folder / name, folder / "simsetting.yml").require()


def origins(scenario: Scenario) -> list[int]:
    """Days from which a record is forecast."""
    counted = max(scenario.day_of(o.date) for o in scenario.observations if o.kind == "camp_count")
    last = min(counted, scenario.days - 1)
    if last < SHORT:
        return list(range(SHORT_FIRST, last))
    return [day for day in range(FIRST, LAST + 1, STEP) if day <= last - min(HORIZONS)]


def score_record(scenario: Scenario, name: str, members: int) -> list[Scored]:
    """Forecast a record from all origins and hold it against what came."""
    out = []
    for origin in origins(scenario):
        values = LEFT_OUT.get(name, {})
        forecast = forecast_camps(scenario, origin, ahead=max(HORIZONS), members=members, seed=1, values=values)
        day = scenario.start + dt.timedelta(days=origin)
        then = cut(scenario, day)
        seen, full = daily_counts(then), daily_counts(scenario, on=day)
        at = [full.place_ids.index(place) for place in forecast.place_ids]
        known = np.zeros((origin + 1, len(at)))
        known[:, [forecast.place_ids.index(p) for p in seen.place_ids]] = seen.camps[: origin + 1]
        phase = phase_at(seen, origin, lag=usual_lag(then))
        total = full.camps[origin + 1 :, at].sum(axis=1).astype(float)
        given = forecast.given(total)
        for case in camp_cases(scenario, forecast, HORIZONS):
            ahead = case.day - origin
            plain = {rule: abs(float(said[case.camp]) - case.truth) for rule, said in naive(known, ahead=ahead).items()}
            last = known[-1]
            share = last / last.sum() if last.sum() > 0 else np.full(len(last), 1.0 / len(last))
            rules_given = {**plain, "share_held": abs(share[case.camp] * total[ahead - 1] - case.truth)}
            terms = terms_of(given.samples(ahead, case.camp), case.truth)
            out.append(Scored(case, phase, plain, terms, rules_given, forecast, total))
    return out


def best_rule(scored: Sequence[Scored], horizon: int, *, given: bool) -> tuple[str, float]:
    """The naive rule with the lowest mean CRPS at a horizon, and that mean; one figure is scored by its error."""
    rows = [s.rules_given if given else s.rules for s in scored if s.case.horizon == horizon]
    means = {rule: float(np.mean([row[rule] for row in rows])) for rule in rows[0]}
    best = min(means, key=lambda rule: means[rule])
    return best, means[best]


def weights_without(
    records: Mapping[str, Sequence[Scored]], name: str | None, *, given: bool
) -> dict[Phase, dict[int, Floats]]:
    """Weights learned on all records but one (on all, for the package), each record weighing alike; even, if given.

    Those of a phase are learned on its cases and drawn to those of all.  Where another record is of the same crisis
    (:data:`SAME_CRISIS`), neither is learned from.
    """
    left_out = SAME_CRISIS if name in SAME_CRISIS else (name,)
    even = np.full(len(FORECASTERS), 1.0 / len(FORECASTERS))
    if given:
        return {phase: dict.fromkeys(HORIZONS, even) for phase, _ in PHASES}
    others = {other: scored for other, scored in records.items() if other not in left_out}
    out: dict[Phase, dict[int, Floats]] = {phase: {} for phase, _ in PHASES}
    for horizon in HORIZONS:
        every = _weights(others, horizon, even, PRIOR_CASES)
        for phase, of_phase in out.items():
            of_phase[horizon] = _weights(others, horizon, every, PHASE_CASES, phase)
    return out


def _weights(
    records: Mapping[str, Sequence[Scored]], horizon: int, prior: Floats, worth: float, phase: Phase | None = None
) -> Floats:
    """Weights of one horizon from all cases of some records, or from those of a phase alone."""
    parts, counts = [], []
    for scored in records.values():
        of_horizon = [s for s in scored if s.case.horizon == horizon]
        chosen = [s for s in of_horizon if phase in (None, s.phase)]
        if not chosen:
            continue
        scale = max(best_rule(scored, horizon, given=False)[1], NOISE)
        part = together([s.case.terms for s in chosen])
        parts.append(part.divided(np.full(len(chosen), scale)))
        counts.append(np.full(len(chosen), CASES_A_RECORD / len(of_horizon)))
    if not parts:
        return prior
    return learn_weights(together(parts), prior=prior, cases_of_prior=worth, counts=np.concatenate(counts))


def score_pool(scored: Sequence[Scored], weights: Weights, *, given: bool) -> dict[str, dict[str, Any]]:
    """Score the pool on one record, its weights moved at each origin by what was known then."""
    crps: dict[int, list[float]] = {h: [] for h in HORIZONS}
    held: dict[int, list[bool]] = {h: [] for h in HORIZONS}
    cases = [s.case if not given else _with(s.case, s.given) for s in scored]
    shared: dict[int, CampForecast] = {}
    total = "given" if given else "forecast"
    phases = {one.case.origin: one.phase for one in scored}
    by_origin = {day: listen(cases, origin=day, weights=weights[phase], total=total) for day, phase in phases.items()}
    made = {one.case.origin: one for one in scored}

    def forecast_of(day: int) -> CampForecast:
        if day not in shared:
            shared[day] = made[day].forecast.given(made[day].total) if given else made[day].forecast
        return shared[day]

    misses = OwnMisses(forecast_of, lambda day: weights[phases[day]])
    halves = {day: None if given else misses.halves(cases, origin=day) for day in phases}
    for case in cases:
        pools = by_origin[case.origin]
        ahead = case.day - case.origin
        forecast, wide = forecast_of(case.origin), halves[case.origin]
        points, weight = pooled_points(forecast, pools, ahead=ahead, camp=case.camp, halves=wide)
        crps[case.horizon].append(crps_of(points, weight, case.truth))
        low, high = interval(points, weight, 0.9)
        held[case.horizon].append(bool(np.floor(low) <= case.truth <= np.ceil(high)))
    out = {}
    for horizon in HORIZONS:
        if not crps[horizon]:
            continue
        rule, base = best_rule(scored, horizon, given=given)
        out[str(horizon)] = {
            "ratio": None if base < NOISE else round(float(np.mean(crps[horizon])) / base, 4),
            "coverage90": round(float(np.mean(held[horizon])), 4), "n": len(crps[horizon]),
            "best_rule": rule, "crps": round(float(np.mean(crps[horizon])), 1), "crps_rule": round(base, 1),
        }  # fmt: skip
    return out


def score_sums(scenario: Scenario, scored: Sequence[Scored], weights: Weights) -> dict[str, Any]:
    """Score the forecast of the sum over camps of one record, weighed as camps are and moved by its own scores."""
    by_origin: dict[int, list[Scored]] = {}
    for one in scored:
        by_origin.setdefault(one.case.origin, []).append(one)
    forecasts = {origin: of[0].forecast for origin, of in by_origin.items()}
    cases = [
        case
        for origin, of in by_origin.items()
        for case in sum_cases(scenario, forecasts[origin], [one.case for one in of])
    ]
    sums = {origin: sums_of(scenario, forecast) for origin, forecast in forecasts.items()}
    of_camps = [one.case for one in scored]
    by_phase = {origin: weights[of[0].phase] for origin, of in by_origin.items()}
    alone = {origin: listen(of_camps, origin=origin, weights=by_phase[origin]) for origin in forecasts}
    rows: dict[int, list[tuple[float, bool, dict[str, float]]]] = {h: [] for h in HORIZONS}
    for case in cases:
        pools = listen(cases, origin=case.origin, weights=by_phase[case.origin])
        forecast, ahead = forecasts[case.origin], case.horizon
        camps = [
            plain_points(forecast, alone[case.origin], ahead=ahead, camp=camp)
            for camp in range(len(forecast.place_ids))
        ]
        points, weight = pooled_sum(sums[case.origin][:, :, ahead - 1], pools, ahead, camps)
        low, high = interval(points, weight, 0.9)
        seen = daily_counts(cut(scenario, scenario.start + dt.timedelta(days=case.origin)))
        known = seen.camps[: case.origin + 1].sum(axis=1, keepdims=True).astype(float)
        rules = {name: abs(float(said[0]) - case.truth) for name, said in naive(known, ahead=case.horizon).items()}
        inside = bool(np.floor(low) <= case.truth <= np.ceil(high))
        rows[case.horizon].append((crps_of(points, weight, case.truth), inside, rules))
    out = {}
    for horizon, of_one in rows.items():
        if not of_one:
            continue
        means = {rule: float(np.mean([row[2][rule] for row in of_one])) for rule in of_one[0][2]}
        rule = min(means, key=lambda name: means[name])
        crps, held = float(np.mean([row[0] for row in of_one])), float(np.mean([row[1] for row in of_one]))
        out[str(horizon)] = {
            "ratio": None if means[rule] < NOISE else round(crps / means[rule], 4), "coverage90": round(held, 4),
            "n": len(of_one), "best_rule": rule, "crps": round(crps, 1), "crps_rule": round(means[rule], 1),
        }  # fmt: skip
    return out


def _with(case: CampCase, terms: Any) -> CampCase:
    return CampCase(case.camp, case.origin, case.horizon, case.day, case.truth, case.counted, case.known, terms)


def pooled_table(instances: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Put the records together by horizon: the geometric mean of the ratios and its standard error over records."""
    out: dict[str, Any] = {}
    for horizon in map(str, HORIZONS):
        rows = [by[horizon] for by in instances.values() if horizon in by]
        ratios = [row["ratio"] for row in rows if row["ratio"] is not None and row["n"] >= ENOUGH]
        n = sum(row["n"] for row in rows)
        ratio = float(np.exp(np.mean(np.log(ratios))))
        error = ratio * float(np.std(np.log(ratios), ddof=1)) / len(ratios) ** 0.5
        out[horizon] = {
            "ratio": round(ratio, 4), "standard_error": round(error, 4), "instances_counted": len(ratios),
            "coverage90": round(sum(row["coverage90"] * row["n"] for row in rows) / n, 4), "n": n,
        }  # fmt: skip
    return out | {"instances": instances}


def whole_run(scenario: Scenario, name: str, members: int) -> dict[str, Any]:
    """Run a record from its first day: its error beside Flee's, and the counts that its bands hold."""
    world = compile_camps(scenario)
    place_ids = tuple(world.place_ids[camp] for camp in world.camps)
    values = {**LEFT_OUT.get(name, {}), **WHOLE_RUN, **WHOLE_LEFT_OUT[name]}
    drawn = draw_pooled(members, stream(1, 0, "dispersal.parameters", 0), values=values)
    block = simulate_camps(
        world, seed=1, block=0, members=members, draws={name: column[:, 0] for name, column in drawn.items()}
    )
    people, truth = block.people[:, :, world.camps].astype(float), world.counts.astype(float)
    dated = dated_counts(scenario.model_copy(update={"rules": "camp-shares"}), place_ids, days=scenario.days)
    flee = FLEE[name] if name in FLEE else flee_error(scenario)
    error = float(err(people, truth).mean())
    return {
        "err": round(error, 4), "err_flee": round(flee, 4), "ratio": round(error / flee, 4),
        "err_middle": round(float(err(np.median(people, axis=0), truth)), 4),
        "coverage90": round(dated.held(people) or 0.0, 4), "n": len(dated.day),
    }  # fmt: skip


def flee_error(scenario: Scenario) -> float:
    """Mean err of Flee's rules."""
    world = compile_walk(scenario, mended=False)
    index = {place.id: at for at, place in enumerate(scenario.places)}
    block = simulate_walk(world, seed=1, block=0, members=FLEE_MEMBERS)
    people = block.people[:, :, [index[place] for place in world.counts.place_ids]].astype(float)
    return float(err(people, world.counts.camps.astype(float)).mean())


def measure(
    folder: Path, *, members: int = 64, names: Sequence[str] = RECORDS
) -> tuple[dict[str, Any], dict[Total, dict[Phase, dict[int, Floats]]]]:
    """Measure everything; also the weights learned on all records, for the package."""
    scenarios = {name: load(folder, name) for name in names}
    records = {name: score_record(one, name, members) for name, one in scenarios.items()}
    out: dict[str, Any] = {"displacement": {}}
    for key, given in (("total_forecast", False), ("total_given", True)):
        instances = {
            name: score_pool(scored, weights_without(records, name, given=given), given=given)
            for name, scored in records.items()
        }
        out["displacement"][key] = pooled_table(instances)
    out["displacement"]["sum_forecast"] = pooled_table({
        name: score_sums(scenarios[name], scored, weights_without(records, name, given=False))
        for name, scored in records.items()
    })  # fmt: skip
    out["whole_runs"] = {name: whole_run(one, name, members) for name, one in scenarios.items()}
    return out, {total: weights_without(records, None, given=total == "given") for total in ("forecast", "given")}
