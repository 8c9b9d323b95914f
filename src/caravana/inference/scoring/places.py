"""Scores of a run of any model against counts of people at places, beside naive forecasts of the same counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import score_points
from caravana.results.places import people_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COUNT = "camp_count"
"""Kind of the observations that count people at a place."""
NAIVE = ("persistence", "log_linear_trend", "share_held")


@dataclass(frozen=True)
class PlaceCounts:
    """Counts of people at places, by day and place.

    Attributes
    ----------
    place_ids
        The places counted, in the scenario's order.
    day, place
        Day of the scenario, and position in `place_ids`, [count].
    persons
        The middle of what was counted there that day, [count].
    """

    place_ids: tuple[str, ...]
    day: Ints
    place: Ints
    persons: Floats

    def by_day(self, last: int) -> Floats:
        """Counts of the days up to one, [day, place]: straight between counts, the last held, 0 before the first."""
        days = np.arange(last + 1)
        out = np.zeros((last + 1, len(self.place_ids)))
        for place in range(len(self.place_ids)):
            mine = (self.place == place) & (self.day <= last)
            if mine.any():
                out[:, place] = np.interp(days, self.day[mine], self.persons[mine], left=0.0)
        return out


def place_counts(scenario: Scenario, *, days: int) -> PlaceCounts:
    """Gather the counts of people at places on the first days of a scenario.

    Of what several sources said of one place and day, and of a range, the middle is taken; counts
    with one end only are passed over.
    """
    ends: dict[tuple[int, str], list[float]] = {}
    for one in scenario.observations:
        if one.kind == COUNT and one.place_id and one.low is not None and one.high is not None:
            ends.setdefault((scenario.day_of(one.date), one.place_id), []).extend((one.low, one.high))
    counted = {place for _, place in ends}
    place_ids = tuple(p.id for p in scenario.places if p.id in counted)
    keys = sorted((day, place_ids.index(place)) for day, place in ends if 0 <= day < days)
    persons = [np.mean([f(ends[day, place_ids[at]]) for f in (min, max)]) for day, at in keys]
    at = np.array(keys, dtype=np.int64).reshape(-1, 2)
    return PlaceCounts(place_ids, at[:, 0], at[:, 1], np.array(persons, dtype=np.float64))


def score_places(run: Run, *, until: dt.date | None = None) -> dict[str, Any]:
    """Score a run against counts of people at places.

    A run with an origin was given the counts until then, and is scored on those after it.  Naive
    forecasts start from the same counts; where a run has no origin, from those of the first day
    on which any place was counted, and so they have no forecast of that day's.

    Parameters
    ----------
    run
        An opened run of any model that writes ``people``.
    until
        Last date scored (default: all simulated days).

    Returns
    -------
    dict
        ``members``, ``places`` (those counted), ``counts_scored``, ``crps`` (the mean over counts,
        persons), ``err`` (sum over counts of the distance of the middle of all members, over the
        people counted), ``coverage_90`` (share of counts within the central 90% of members), and
        ``baselines``: by name the ``crps`` and ``err`` of naive forecasts, the
        ``counts`` they are of and the run's own over the same counts (``run``).  None where nothing was counted.
    """
    scenario = run.scenario
    start = (run.days[0].date() - scenario.start).days
    end = start + len(run.days) if until is None else min(start + len(run.days), scenario.day_of(until) + 1)
    counts = place_counts(scenario, days=end)
    origin = run.manifest["plan"].get("origin")
    known = -1 if origin is None else scenario.day_of(dt.date.fromisoformat(str(origin)))
    scored = np.flatnonzero((counts.day > known) & (counts.day >= start))
    about = {"members": len(run.member_ids), "places": list(counts.place_ids), "counts_scored": len(scored)}
    if not scored.size:
        return about | {"crps": None, "err": None, "coverage_90": None, "baselines": {}}
    people = people_at(run, counts.place_ids, end)[:, counts.day[scored], counts.place[scored]]
    one_by_one = [score_points(p, np.ones(len(p)), t) for p, t in zip(people.T, counts.persons[scored], strict=True)]
    crps = np.array([one.crps for one in one_by_one])
    error = np.array([abs(one.error) for one in one_by_one])
    truth = counts.persons[scored]
    first = known if origin is not None else int(counts.day[0])
    later = counts.day[scored] > first
    return about | {
        "crps": float(crps.mean()), "err": _relative(error, truth),
        "coverage_90": float(np.mean([one.inside[2] for one in one_by_one])),
        "baselines": _baselines(counts, scored[later], first, crps[later], error[later]),
    }  # fmt: skip


def _relative(error: Floats, truth: Floats) -> float:
    """Sum of distances over the people counted; over one person where nobody was."""
    return float(error.sum() / max(truth.sum(), 1.0))


def _baselines(counts: PlaceCounts, later: Ints, first: int, crps: Floats, error: Floats) -> dict[str, Any]:
    """Naive forecasts from the counts up to a day of the later ones, beside the run's own scores of them."""
    if not later.size:
        return {}
    history = counts.by_day(first)
    ahead = {int(day): naive(history, ahead=int(day) - first) for day in np.unique(counts.day[later])}
    truth = counts.persons[later]
    run = {"crps": float(crps.mean()), "err": _relative(error, truth)}
    out = {}
    for name in NAIVE:
        points = np.array([ahead[int(counts.day[i])][name][counts.place[i]] for i in later])
        distance = np.abs(points - truth)
        # The CRPS of a single point is its distance.
        own = {"crps": float(distance.mean()), "err": _relative(distance, truth)}
        out[name] = {**own, "counts": len(later), "run": run}
    return out
