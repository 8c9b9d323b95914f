"""Scores by area: camps added up by admin unit, and assessments of the displaced, in camps or not.

Every area stands for itself; ``err`` is the mean of |simulated - counted| over the counted, as of camps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.displacement.tested import LEVEL
from caravana.models.displacement.assessments import read_areas
from caravana.models.displacement.counts import daily_counts
from caravana.results.acting import origin_of
from caravana.results.by_unit.assessed import people_in_area
from caravana.results.places import people_at
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def score_areas(run: Run, *, days: int) -> list[dict[str, Any]]:
    """Score a displacement run by area, over the days after its origin.

    Returns
    -------
    list of dict
        One for each state (else country) with counted camps, then one an assessed area: ``area`` (its name; empty
        for all places), ``of`` (``camps`` or ``assessments``), ``counts`` (days scored: all days of camps,
        against the lines between counts; the dated ones of assessments), ``err`` (of the middle of the runs),
        ``err_runs`` (mean over members) and ``coverage_90`` (share of them in the central 90% of the members).
        Assessments that the run was given (all, where it is held to them) are not scored by coverage: it is None.
    """
    origin = origin_of(run.scenario)
    first = origin + 1 if origin else 0
    return [*_of_camps(run, days=days, first=first), *_of_assessments(run, days=days, first=first)]


def _of_camps(run: Run, *, days: int, first: int) -> list[dict[str, Any]]:
    scenario = run.scenario
    empty = DisplacementSettings.of(scenario.settings).empty_camps_on_day0
    counts = daily_counts(scenario, start_empty=empty)
    unit = {place.id: place.state or place.country for place in scenario.places}
    units = [unit[place_id] for place_id in counts.place_ids]
    if first >= days or not units:
        return []
    people = people_at(run, counts.place_ids, days)
    return [
        _score(
            name, "camps", people[:, first:, mine].sum(axis=2), counts.camps[first:days, mine].sum(axis=1),
            counts.camps[first:days, mine].sum(axis=1), tested=True,
        )
        for name in sorted(set(units))
        if name and (mine := np.flatnonzero([one == name for one in units])).size
    ]  # fmt: skip


def _of_assessments(run: Run, *, days: int, first: int) -> list[dict[str, Any]]:
    scored = []
    for area in read_areas(run.scenario):
        at = np.flatnonzero((area.days >= first) & (area.days < days))
        if at.size:
            people = people_in_area(run, area)[:, area.days[at]]
            scored.append(_score(area.name, "assessments", people, area.low[at], area.high[at], tested=first > 0))
    return scored


def _score(
    name: str, of: str, people: Floats, low: Ints | Floats, high: Ints | Floats, *, tested: bool
) -> dict[str, Any]:
    """Score people, [member, date], against figures or ranges, [date]."""
    off = np.maximum(low - people, 0.0) + np.maximum(people - high, 0.0)
    middle = np.median(people, axis=0)
    of_middle = np.maximum(low - middle, 0.0) + np.maximum(middle - high, 0.0)
    counted = np.maximum(np.asarray(low, dtype=float), 1.0)
    ends = np.quantile(people, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {
        "area": name, "of": of, "counts": len(counted), "err": float((of_middle / counted).mean()),
        "err_runs": float((off / counted).mean()),
        "coverage_90": float(((ends[0] <= high) & (low <= ends[1])).mean()) if tested else None,
    }  # fmt: skip
