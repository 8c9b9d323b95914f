"""Backtests of displacement: people in each camp, forecast from the counts seen by an origin.

The forecast is the pool of :mod:`caravana.inference.displacement.forecast`: camp-shares beside naive rules, weights
moved by what was known at the origin of how they did before.  It starts from the last report of each camp and
forecasts the total as well, unless the total is given.  Counts dated or published after the origin are cut from the
scenario before it is simulated.  What a scenario holds besides counts (conflict, closures, camps that open) is taken
as given, as in Flee's own validations.

A camp is scored on a day on which it was counted, where there is one in the last days of the horizon, else on the day
itself, between the counts before and after (``firm`` tells which) where these are a month apart at most: nobody knows
how many were there in the middle of a long silence, or after the last count.  Its count is what was first reported.
"""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import CaravanaWarning, UsageError
from caravana.inference.displacement.forecast import FORECASTERS, CampForecast, cut
from caravana.inference.displacement.listening import (
    HORIZONS,
    LINE_DAYS,
    camp_cases,
    counted_days,
    learned_then,
    listen,
    pooled_points,
    scored_day,
    weights_at,
)
from caravana.inference.displacement.memory import Memory
from caravana.inference.displacement.own_misses import OwnMisses
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import MODEL, Case, score_points
from caravana.models.displacement.counts import daily_counts
from caravana.results.places import people_at
from caravana.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.displacement.listening import CampCase, Total
    from caravana.inference.scoring.cases import Scored
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ORIGIN_DAYS = (30, 60, 90)
MEMBERS = 64
FLEE_MEMBERS = 8


@dataclass(frozen=True)
class CampBacktest:
    """Forecasts from past days, scored.

    Attributes
    ----------
    cases
        One a camp, origin and horizon.
    weights
        What each forecaster weighed, by origin (date) and days ahead.
    """

    cases: list[Case]
    weights: dict[str, dict[str, dict[str, float]]]


def backtest_displacement(scenario: Scenario, **options: Any) -> list[Case]:
    """Return the cases of :func:`backtest_camps`, which says what the options are."""
    return backtest_camps(scenario, **options).cases


def backtest_camps(
    scenario: Scenario,
    *,
    origins: Sequence[dt.date] | None = None,
    horizons: Sequence[int] = HORIZONS,
    members: int = MEMBERS,
    seed: int = 1,
    total: Total = "forecast",
    values: Mapping[str, float] | None = None,
    flee: bool = True,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CampBacktest:
    """Forecast the people in every counted camp from past days, and score what was then counted.

    Parameters
    ----------
    scenario : Scenario
        Of a displacement, with counts of camps.
    origins : sequence of date, optional
        Days 30, 60 and 90 of the scenario where left out.
    horizons : sequence of int
        Days ahead.
    members, seed : int
        Of each forecaster's ensemble.
    total : str
        Whether the sum over camps is forecast, or given as it was counted.
    values : mapping of str to float, optional
        Medians of pooled parameters other than the package's.
    flee : bool
        Whether to put Flee's rules beside, on the same evidence; where numba is not installed they are left out, with
        a warning.
    workers, scheduler
        Where to simulate Flee's rules.
    progress : callable, optional
        Told how many origins are done, and of how many.

    Raises
    ------
    UsageError
        If no camp was counted, or an origin leaves nothing to score: said before anything is simulated.
    """
    if not daily_counts(scenario).place_ids:
        raise UsageError(f"{scenario.name} has no counts of camps to forecast")
    fit = _fit_origins(scenario, origins, horizons)
    if flee and find_spec("numba") is None:
        warnings.warn(
            "Flee's rules are not put beside, as numba is not installed: pip install 'caravana[displacement]'",
            CaravanaWarning,
            stacklevel=2,
        )
        flee = False
    lines = _lines(scenario, fit, horizons)
    memory = Memory(scenario, ahead=max(*horizons, *HORIZONS), members=members, seed=seed, total=total, values=values)
    out: list[Case] = []
    weights: dict[str, dict[str, dict[str, float]]] = {}
    for done, origin in enumerate(fit):
        misses = OwnMisses(memory.forecast, lambda day: learned_then(scenario, day))
        first = scenario.day_of(origin)
        forecast = memory.forecast(first)
        heard = [case for each in memory.heard(first).values() for case in each]
        others = _flee(scenario, origin, forecast, seed, workers, scheduler) if flee else None
        known = counts_known(scenario, first, forecast.place_ids)
        pools = listen(heard, origin=first, weights=learned_then(scenario, first, total=total), total=total)
        halves = None if total == "given" else misses.halves(heard, origin=first)
        for horizon in horizons:
            for case in camp_cases(scenario, forecast, [horizon], line=lines[horizon]):
                ahead = case.day - first
                plain = naive(known, ahead=ahead)
                if total == "given":
                    plain["share_held"] = _shares(known) * memory.total(first, forecast)[ahead - 1]
                points = pooled_points(forecast, pools, ahead=ahead, camp=case.camp, halves=halves)
                of_flee = None if others is None else others[:, ahead - 1, case.camp]
                scores = _scores_of(case, forecast, points, plain, of_flee, ahead=ahead)
                who = f"{scenario.name}/{forecast.place_ids[case.camp]}"
                out.append(Case(who, "counts", first, horizon, case.truth, firm=case.counted, scores=scores))
        weights[origin.isoformat()] = {
            str(h): dict(zip(FORECASTERS, np.round(weights_at(pools, h), 4).tolist(), strict=True)) for h in horizons
        }
        if progress is not None:
            progress(done + 1, len(fit))
    order = {horizon: at for at, horizon in enumerate(horizons)}
    return CampBacktest(sorted(out, key=lambda case: order[case.horizon]), weights)


def _fit_origins(scenario: Scenario, origins: Sequence[dt.date] | None, horizons: Sequence[int]) -> list[dt.date]:
    """The days to forecast from, in order.

    Raises
    ------
    UsageError
        If one leaves nothing to score.
    """
    chosen = [scenario.start + dt.timedelta(days=d) for d in ORIGIN_DAYS] if origins is None else sorted(set(origins))
    fit = [day for day in chosen if 1 <= scenario.day_of(day) <= scenario.days - 1 - min(horizons)]
    if not fit or (origins is not None and len(fit) < len(chosen)):
        late = ", ".join(str(day) for day in chosen if day not in fit)
        raise UsageError(f"origins {late} leave nothing to score in {scenario.start} to {scenario.end}")
    return fit


def _scores_of(
    case: CampCase, forecast: CampForecast, points: tuple[Floats, Floats], plain: Mapping[str, Floats],
    of_flee: Floats | None, *, ahead: int,
) -> dict[str, Scored]:  # fmt: skip
    """Scores of one case: the pool's, Flee's where its rules are beside, and those of the naive rules."""
    scores = {MODEL: score_points(*points, case.truth)}
    if of_flee is not None:
        scores["flee"] = score_points(of_flee, np.ones(len(of_flee)), case.truth)
    for name, values in plain.items():
        scores[name] = score_points(values[case.camp : case.camp + 1], np.ones(1), case.truth)
    for name in ("persistence", "increments"):
        each = forecast.samples(ahead, case.camp)[FORECASTERS.index(name)]
        scores[f"{name}_spread"] = score_points(each, np.ones(len(each)), case.truth)
    return scores


def _lines(scenario: Scenario, origins: Sequence[dt.date], horizons: Iterable[int]) -> dict[int, int]:
    """How long lines between counts may be at each horizon; long ones only where there is nothing else.

    Raises
    ------
    UsageError
        If no count can be scored at any horizon.
    """
    days = counted_days(scenario)
    out = {}
    for horizon in horizons:
        firsts = [scenario.day_of(o) for o in origins if scenario.day_of(o) + horizon < scenario.days]
        for line in (LINE_DAYS, scenario.days):
            if any(scored_day(each, first, horizon, line=line) for first in firsts for each in days.values()):
                out[horizon] = line
                break
    if not out:
        last = scenario.start + dt.timedelta(days=int(max(each[-1] for each in days.values())))
        raise UsageError(
            f"{scenario.name} is too short a record for that: its last count is of {last}, and no camp was counted "
            f"{min(horizons)} days or more after {origins[0]}; earlier origins or a shorter horizon may do"
        )
    return {horizon: out.get(horizon, LINE_DAYS) for horizon in horizons}


def counts_known(scenario: Scenario, origin: int, place_ids: tuple[str, ...]) -> Floats:
    """Counts up to an origin, as known then, in the order of a forecast's camps, [day, camp]."""
    seen = daily_counts(cut(scenario, scenario.start + dt.timedelta(days=origin)))
    known = np.zeros((origin + 1, len(place_ids)))
    for at, place in enumerate(seen.place_ids):
        known[:, place_ids.index(place)] = seen.camps[: origin + 1, at]
    return known


def _shares(known: Floats) -> Floats:
    """Share of each camp in the last counts; even where there are none, [camp]."""
    last = known[-1]
    return np.asarray(last / last.sum() if last.sum() > 0 else np.full(len(last), 1.0 / len(last)))


def _flee(
    scenario: Scenario, origin: dt.date, forecast: CampForecast, seed: int, workers: int | None, scheduler: str | None
) -> Floats:
    """People in the camps on the days after an origin by Flee's rules, [member, day, camp]."""
    seen = cut(scenario, origin)
    last = forecast.origin + forecast.ahead
    until = scenario.start + dt.timedelta(days=last)
    away = None if scheduler is not None else workers
    run = simulate(seen, members=FLEE_MEMBERS, seed=seed, until=until, rules="flee", workers=away, scheduler=scheduler)
    return np.asarray(people_at(run, forecast.place_ids, last + 1)[:, forecast.origin + 1 :], float)
