"""Backtests of displacement: people in each camp, forecast from the counts seen by an origin.

The model ``camp-shares`` starts from the last report of each camp and forecasts the
total as well.  Counts dated or published after the origin are cut from the
scenario before it is simulated.  What a scenario holds besides counts (conflict,
closures, camps that open) is taken as given, as in Flee's own validations.

A camp is scored on a day on which it was counted, where there is one in the last days
of the horizon (:data:`EARLY`), else on the day itself, between the counts before and after
(``firm`` tells which) where these are a month apart at most (:data:`LINE_DAYS`): nobody
knows how many were there in the middle of a long silence, or after the last count.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import MODEL, Case, score_points
from caravana.models.displacement.counts import daily_counts
from caravana.results.places import people_at
from caravana.scenario.model import Observation
from caravana.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Points = tuple[Floats, Floats]

ORIGIN_DAYS = (30, 60, 90)
HORIZONS = (7, 14, 30, 60)
MEMBERS = 128
FLEE_MEMBERS = 8
EARLY = 7
"""A count may be dated a seventh of the horizon before it."""
LINE_DAYS = 31
"""Between counts further apart a straight line is no observation; used only where a horizon has no others."""


def backtest_displacement(
    scenario: Scenario,
    *,
    origins: Sequence[dt.date] | None = None,
    horizons: Sequence[int] = HORIZONS,
    members: int = MEMBERS,
    seed: int = 1,
    flee: bool = True,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Case]:
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
        Of the ensembles.
    flee : bool
        Whether to put Flee's rules beside, on the same evidence.
    workers, scheduler
        Where to simulate.
    progress : callable, optional
        Told how many origins are done, and of how many.

    Raises
    ------
    UsageError
        If no camp was counted, or an origin leaves nothing to score.
    """
    full = daily_counts(scenario)
    if not full.place_ids:
        raise UsageError(f"{scenario.name} has no counts of camps to forecast")
    chosen = [scenario.start + dt.timedelta(days=d) for d in ORIGIN_DAYS] if origins is None else sorted(set(origins))
    fit = [day for day in chosen if 1 <= scenario.day_of(day) <= scenario.days - 1 - min(horizons)]
    if not fit or (origins is not None and len(fit) < len(chosen)):
        late = ", ".join(str(day) for day in chosen if day not in fit)
        raise UsageError(f"origins {late} leave nothing to score in {scenario.start} to {scenario.end}")
    out: list[Case] = []
    forecasts: list[tuple[dt.date, dict[str, Floats]]] = []
    for done, origin in enumerate(fit):
        rule_sets = {MODEL: ("camp-shares", members), **({"flee": ("flee", FLEE_MEMBERS)} if flee else {})}
        people = {
            name: _people(scenario, origin, rules, size, full.place_ids, max(horizons), seed, workers, scheduler)
            for name, (rules, size) in rule_sets.items()
        }
        forecasts.append((origin, people))
        if progress is not None:
            progress(done + 1, len(fit))
    for horizon in horizons:
        # A count or a line between near ones is scored; a line over months only where there is nothing else.
        scored = [c for origin, people in forecasts for c in _cases(scenario, origin, people, horizon, line=LINE_DAYS)]
        out += scored or [
            c for origin, people in forecasts for c in _cases(scenario, origin, people, horizon, line=scenario.days)
        ]
    return out


def cut(scenario: Scenario, origin: dt.date) -> Scenario:
    """Return a scenario without what was counted or published after an origin, and without a day that depends on it.

    A camp that is to be forecast but has not been counted yet is put down as empty on the first day, as Flee's files
    do: the rules read that as a camp of which nothing is known.

    Raises
    ------
    UsageError
        If no count is left.
    """
    kept = tuple(o for o in scenario.observations if o.date <= origin and o.known_on <= origin)
    if not kept:
        raise UsageError(f"nothing had been counted in {scenario.name} by {origin}")
    to_forecast = {o.place_id for o in scenario.observations if o.kind == "camp_count" and o.place_id is not None}
    counted = {o.place_id for o in kept if o.kind == "camp_count"}
    kept += tuple(_not_counted(scenario, place) for place in sorted(to_forecast - counted))
    settings = {**scenario.settings, "origin_day": scenario.day_of(origin), "forecast_total": True}
    return scenario.model_copy(update={"observations": kept, "settings": settings})


def _people(
    scenario: Scenario,
    origin: dt.date,
    rules: str,
    members: int,
    camps: tuple[str, ...],
    ahead: int,
    seed: int,
    workers: int | None,
    scheduler: str | None,
) -> Floats:
    """People in the camps of each member on the days after an origin, [member, day, camp]."""
    seen = cut(scenario, origin)
    first = scenario.day_of(origin)
    last = min(scenario.days - 1, first + ahead)
    until = scenario.start + dt.timedelta(days=last)
    away = None if scheduler is not None else workers
    run = simulate(seen, members=members, seed=seed, until=until, rules=rules, workers=away, scheduler=scheduler)
    return np.asarray(people_at(run, camps, last + 1)[:, first + 1 :], float)


def scored_day(dated: Ints, first: int, horizon: int, *, line: int = LINE_DAYS) -> tuple[int, bool] | None:
    """Return the day on which a camp is scored, and whether it was counted on that very day; None where it cannot be.

    Parameters
    ----------
    dated
        Days of the camp's counts, rising; they may lie beyond the scenario.
    first, horizon
        Day of the origin, and days ahead.
    line
        How many days counts may be apart for a day between them to be scored.
    """
    day = first + horizon
    after = int(np.searchsorted(dated, day, side="right"))
    if after and dated[after - 1] >= day - horizon // EARLY and dated[after - 1] > first:
        return int(dated[after - 1]), True
    if 0 < after < len(dated) and dated[after] - dated[after - 1] <= line:
        return day, False
    return None


def _cases(scenario: Scenario, origin: dt.date, people: Mapping[str, Floats], horizon: int, *, line: int) -> list[Case]:
    first = scenario.day_of(origin)
    seen, full = daily_counts(cut(scenario, origin)), daily_counts(scenario)
    if first + horizon >= len(full.camps):
        return []
    known = np.zeros((first + 1, len(full.place_ids)))
    for at, place in enumerate(seen.place_ids):
        known[:, full.place_ids.index(place)] = seen.camps[: first + 1, at]
    out = []
    for camp, place in enumerate(full.place_ids):
        dated = np.unique([scenario.day_of(o.date) for o in scenario.observations if _counts(o, place)])
        scored = scored_day(dated, first, horizon, line=line)
        if scored is None:
            continue
        day, counted = scored
        ahead = day - first
        truth = float(full.camps[day, camp])
        plain = naive(known, ahead=ahead)
        scores = {name: score_points(p[:, ahead - 1, camp], np.ones(len(p)), truth) for name, p in people.items()}
        scores |= {name: score_points(values[camp : camp + 1], np.ones(1), truth) for name, values in plain.items()}
        out.append(Case(f"{scenario.name}/{place}", "counts", first, horizon, truth, firm=counted, scores=scores))
    return out


def _counts(one: Observation, place: str) -> bool:
    return one.kind == "camp_count" and one.place_id == place


def _not_counted(scenario: Scenario, place: str) -> Observation:
    return Observation(
        id=f"{place}-not-counted-yet", date=scenario.start, known_on=scenario.start, place_id=place, kind="camp_count",
        low=0.0, high=0.0, qualifier="exact", speaker_role="caravana", speaker_side="observer", inferred=True,
    )  # fmt: skip
