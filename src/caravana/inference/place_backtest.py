"""Backtests of any model that moves people between places: what was counted there, forecast from past days.

The model is given the scenario as it was known on the day of the origin: observations dated or published later are
cut.  What a scenario holds besides (roads, events) is taken as given.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import MODEL, Case, score_points
from caravana.inference.scoring.places import place_counts
from caravana.results.places import people_at
from caravana.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from caravana.inference.scoring.places import PlaceCounts
    from caravana.models.base import Model
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

HORIZONS = (7, 14, 30, 60)
SHARES = (0.25, 0.5, 0.75)
"""Where in the scenario's days the origins are, if none are named."""
MEMBERS = 128


def known_on(scenario: Scenario, day: dt.date) -> Scenario:
    """Return a scenario with no observation that was dated or published after a day.

    Raises
    ------
    UsageError
        If none is left.
    """
    kept = tuple(o for o in scenario.observations if o.date <= day and o.known_on <= day)
    if not kept:
        raise UsageError(f"nothing had been counted in {scenario.name} by {day}")
    return scenario.model_copy(update={"observations": kept})


def backtest_places(
    scenario: Scenario,
    *,
    origins: Sequence[dt.date] | None = None,
    horizons: Sequence[int] = HORIZONS,
    members: int = MEMBERS,
    seed: int = 1,
    model: Model | None = None,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Case]:
    """Forecast the people at every counted place from past days, and score what was counted then.

    A count is scored with the longest horizon that does not reach beyond it.

    Parameters
    ----------
    scenario
        With counts of people at places.
    origins
        Days to forecast from; a quarter, a half and three quarters through the scenario where left out.
    horizons
        Days ahead, rising.
    members, seed
        Of the ensembles.
    model
        A model in place of the one that the scenario names.
    workers, scheduler
        Where to simulate.
    progress
        Called with origins done and origins in all.

    Raises
    ------
    UsageError
        If no place was counted, or an origin leaves nothing to score.
    """
    full = place_counts(scenario, days=scenario.days)
    if not full.place_ids:
        raise UsageError(f"{scenario.name} has no counts of people at places to forecast")
    days = [int(share * scenario.days) for share in SHARES]
    chosen = [scenario.start + dt.timedelta(days=d) for d in days] if origins is None else sorted(set(origins))
    fit = [day for day in chosen if 0 <= scenario.day_of(day) < scenario.days - min(horizons)]
    if not fit or (origins is not None and len(fit) < len(chosen)):
        late = ", ".join(str(day) for day in chosen if day not in fit)
        raise UsageError(f"origins {late} leave nothing to score in {scenario.start} to {scenario.end}")
    cases: list[Case] = []
    for done, origin in enumerate(fit):
        first = scenario.day_of(origin)
        last = min(first + max(horizons), scenario.days - 1)
        seen = known_on(scenario, origin)
        run = simulate(
            seen, members=members, seed=seed, until=scenario.start + dt.timedelta(days=last), model=model,
            workers=None if scheduler is not None else workers, scheduler=scheduler,
        )  # fmt: skip
        known = place_counts(seen, days=first + 1)
        history = np.zeros((first + 1, len(full.place_ids)))
        history[:, [full.place_ids.index(place) for place in known.place_ids]] = known.by_day(first)
        people = people_at(run, full.place_ids, last + 1)
        cases += _score(scenario.name, full, people, history, horizons=horizons)
        if progress is not None:
            progress(done + 1, len(fit))
    return cases


def _score(name: str, counts: PlaceCounts, people: Floats, history: Floats, *, horizons: Sequence[int]) -> list[Case]:
    """Score forecasts from one origin against the counts after it.

    Parameters
    ----------
    name
        Of the scenario.
    counts
        All that was counted.
    people
        People of each member up to the last day forecast, [member, day, place].
    history
        What was known by day up to the origin, [day, place].
    horizons
        Days ahead; a count is of the longest that does not reach beyond it.
    """
    first, cases = len(history) - 1, []
    for day, place, persons in zip(counts.day, counts.place, counts.persons, strict=True):
        ahead, truth = int(day) - first, float(persons)
        reached = [h for h in horizons if h <= ahead]
        if not reached or day >= people.shape[1]:
            continue
        scores = {MODEL: score_points(people[:, day, place], np.ones(len(people)), truth)}
        scores |= {
            rule: score_points(values[place : place + 1], np.ones(1), truth)
            for rule, values in naive(history, ahead=ahead).items()
        }
        where = f"{name}/{counts.place_ids[place]}"
        cases.append(Case(where, "counts", first, max(reached), truth, firm=True, scores=scores))
    return cases
