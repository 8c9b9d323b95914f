"""Assessments of the displaced in areas (as DTM gives them): whoever is displaced there, in camps or not.

An area is a place, a state, a country or all places; those that several assessments are of belong to the
narrowest, so that nobody is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.counts import as_known, interpolate

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from caravana.models.displacement.counts import DailyCounts
    from caravana.scenario.model import Observation, Scenario

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

KIND = "displaced_count"
"""Kind of observation that is an assessment."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area that was assessed.

    Attributes
    ----------
    name
        As the scenario spells it; empty for all places.
    places
        Whether each place lies in it, [place].
    days
        Days of the assessments, rising; what several said of one day is a range, [assessment].
    low, high
        Persons, [assessment].
    """

    name: str
    places: Bools
    days: Ints
    low: Floats
    high: Floats

    def by_day(self, days: int) -> Ints:
        """Persons of every day by the lower figure: straight between assessments, flat outside them, [day]."""
        return interpolate(self.days.astype(float), self.low, np.arange(days, dtype=float))


def read_areas(
    scenario: Scenario, *, hasten: int = 1, on: dt.date | None = None, until: int | None = None
) -> tuple[Area, ...]:
    """Read what was assessed, the narrowest areas first.

    Parameters
    ----------
    hasten
        Figures are divided by this.
    on
        Day on which they are read (:func:`~caravana.models.displacement.counts.as_known`).
    until
        Last day whose assessments are read; None for all.
    """
    rows: dict[tuple[str, str], list[Observation]] = {}
    for one in as_known(scenario.observations, on=on):
        late = until is not None and scenario.day_of(one.date) > until
        if one.kind == KIND and one.low is not None and not late:
            rows.setdefault((one.place_id or "", one.area), []).append(one)
    areas = []
    for (place_id, name), said in rows.items():
        by_day: dict[int, list[Observation]] = {}
        for one in sorted(said, key=lambda one: one.date):
            by_day.setdefault(scenario.day_of(one.date), []).append(one)
        low = [min(one.low or 0.0 for one in same) for same in by_day.values()]
        high = [max(one.high if one.high is not None else one.low or 0.0 for one in same) for same in by_day.values()]
        places = places_of_area(scenario, place_id, name)
        label = next((place.name for place in scenario.places if place.id == place_id), name)
        areas.append(Area(
            label, places, np.array(list(by_day), dtype=np.int64), np.array(low) / hasten, np.array(high) / hasten,
        ))  # fmt: skip
    return tuple(sorted(areas, key=lambda one: (int(one.places.sum()), one.name)))


def places_of_area(scenario: Scenario, place_id: str, name: str) -> Bools:
    """Return which places an assessment is of: a place, those of a state or else a country, or all, [place]."""
    places = scenario.places
    if place_id:
        return np.array([place.id == place_id for place in places])
    if not name:
        return np.ones(len(places), dtype=bool)
    by_state = np.array([place.state == name for place in places])
    return by_state if by_state.any() else np.array([place.country == name for place in places])


@dataclass(frozen=True, slots=True)
class Groups:
    """Places by the narrowest area that was assessed.

    Attributes
    ----------
    of
        Group of each place, -1 where none was assessed, [place].
    total
        Persons of every day in each group, what is assessed of areas within it taken off, [day, group].
    last
        Day of the last assessment that any of it rests on, [group].
    """

    of: Ints
    total: Ints
    last: Ints


def group_places(areas: tuple[Area, ...], *, places: int, days: int) -> Groups:
    """Give each place to the narrowest area that was assessed, and say how many are displaced in the rest of each."""
    of = np.full(places, -1, dtype=np.int64)
    total = np.zeros((days, len(areas)), dtype=np.int64)
    for at, area in enumerate(areas):
        within = [g for g in range(at) if (areas[g].places <= area.places).all()]
        # Only the widest of those within are taken off: they hold the others.
        widest = [g for g in within if not any((areas[g].places <= areas[w].places).all() for w in within if w > g)]
        assessed = area.by_day(days)
        total[:, at] = np.maximum(assessed - sum((areas[g].by_day(days) for g in widest), np.zeros_like(assessed)), 0)
        of[(of < 0) & area.places] = at
    return Groups(of, total, np.array([int(area.days.max()) for area in areas], dtype=np.int64))


def spread_missing(scenario: Scenario, groups: Groups, there: Ints, *, counted: Bools, floor: Ints) -> Ints:
    """Return who is assessed on the first day beyond those whose place is known, by place, [place].

    They are spread over the places of their group by inhabitants (camps: by capacity), not over places in
    conflict, bends of roads and camps with counts of their own, if there are others.

    Parameters
    ----------
    there
        Those whose place is known, [place].
    counted
        Places with counts of their own, [place].
    floor
        Persons of the first day, [group].
    """
    kinds = np.array([place.kind for place in scenario.places])
    size = np.array([float(place.population or place.capacity or 0) for place in scenario.places])
    out = np.zeros(len(there), dtype=np.int64)
    for group, assessed in enumerate(floor):
        mine = groups.of == group
        missing = int(assessed - there[mine].sum())
        host = mine & ~counted & ~np.isin(kinds, ("marker", "conflict_zone"))
        host = host if host.any() else mine & ~counted
        if missing > 0 and host.any():
            out += shares_of(missing, np.where(host, size, 0.0) if size[host].sum() > 0 else host.astype(float))
    return out


def shares_of(people: int, weight: Floats) -> Ints:
    """Split whole persons in proportion to weights, the largest remainders rounded up, [place]."""
    exact = people * weight / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: people - int(whole.sum())]] += 1
    return np.asarray(whole)


def displaced_in_all(groups: Groups, counts: DailyCounts, index: dict[str, int]) -> Ints:
    """How many are displaced in all by the assessments, and by the counts of camps that lie in no area, [day]."""
    days = len(groups.total)
    apart = [at for at, place_id in enumerate(counts.place_ids) if groups.of[index[place_id]] < 0]
    return np.asarray(groups.total.sum(axis=1) + counts.camps[:days, apart].sum(axis=1) + counts.elsewhere[:days])
