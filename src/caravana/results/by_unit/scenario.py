"""A scenario of many sites drawn together by unit of administration: what a page can show at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.model import Link, Observation, Place, Scenario, Series

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

SITES = ("camp", "idpcamp")
"""Kinds of places where the displaced are."""
MOST_SITES = 100
"""A report shows so many sites one by one; of more it shows their units first."""
MOST_PLACES = 1_500
"""Nor does it draw more places than so many."""
CONFLICT = "conflict"


def units_of(scenario: Scenario) -> dict[str, str]:
    """Return the unit that each place is shown in, by place id; none where every site can be shown.

    Sites of a municipality are one unit, its other places another; where a place has none, its state stands in, then
    its country.
    """
    counted = {o.place_id for o in scenario.observations if o.kind == "camp_count"}
    sites = [place for place in scenario.places if place.kind in SITES or place.id in counted]
    if len(sites) <= MOST_SITES and len(scenario.places) <= MOST_PLACES:
        return {}
    names = {place.id: _unit(place) for place in scenario.places}
    if len(set(names.values())) < 2 or len(set(names.values())) * 2 > len(names):
        return {}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names.values()), start=1)}
    at_sites = {place.id for place in sites}
    return {one: f"unit{numbers[name]}{'_sites' if one in at_sites else ''}" for one, name in names.items()}


def _unit(place: Place) -> str:
    return place.municipality or place.state or place.country


def by_unit(scenario: Scenario, units: Mapping[str, str]) -> Scenario:
    """Return a scenario whose places are units.

    Parameters
    ----------
    scenario
        Of the sites.
    units
        From :func:`units_of`.
    """
    together: dict[str, list[Place]] = {}
    for place in scenario.places:
        together.setdefault(units[place.id], []).append(place)
    pairs: dict[tuple[str, str], Link] = {}
    for link in scenario.links:
        ends = tuple(sorted((units[link.from_id], units[link.to_id])))
        if ends[0] != ends[1]:
            known = pairs.get((ends[0], ends[1]))
            km = link.km if known is None else min(known.km, link.km)
            pairs[ends[0], ends[1]] = Link(from_id=ends[0], to_id=ends[1], km=km)
    others = tuple(o for o in scenario.observations if o.kind != "camp_count")
    return scenario.model_copy(
        update={
            "places": tuple(_place(unit, places) for unit, places in together.items()),
            "links": tuple(pairs.values()),
            "observations": (*others, *_counts(scenario, units)),
            "series": tuple(_conflict(one, units) for one in scenario.series if one.kind == CONFLICT),
            "events": (),
        }
    )


def _place(unit: str, places: Sequence[Place]) -> Place:
    """Return the place that stands for a unit: in the middle of its places, with the room and people of all."""
    first = places[0]
    where = [(p.lat, p.lon) for p in places if p.lat is not None and p.lon is not None]
    middle = np.mean(where, axis=0) if where else None
    sites = unit.endswith("_sites")
    room = [place.capacity for place in places]
    kinds = {place.kind for place in places}
    return Place(
        id=unit, name=f"{_unit(first)} ({len(places)})", municipality=first.municipality, state=first.state,
        country=first.country, lat=None if middle is None else float(middle[0]),
        lon=None if middle is None else float(middle[1]),
        population=sum(place.population or 0 for place in places) or None,
        kind="camp" if sites else "conflict_zone" if "conflict_zone" in kinds else "town",
        capacity=sum(filter(None, room)) if all(room) else None,
    )  # fmt: skip


def _counts(scenario: Scenario, units: Mapping[str, str]) -> tuple[Observation, ...]:
    """Counts of units: on each day on which a site of it was counted, the last known count of each of its sites."""
    rows: dict[str, dict[dt.date, list[Observation]]] = {}
    for row in scenario.observations:
        if row.kind == "camp_count" and row.place_id and row.low is not None and row.high is not None:
            rows.setdefault(units[row.place_id], {}).setdefault(row.date, []).append(row)
    counts = []
    for unit, days in rows.items():
        last: dict[str, tuple[float, float]] = {}
        for date in sorted(days):
            for row in days[date]:
                last[str(row.place_id)] = (float(row.low or 0), float(row.high or 0))
            first = days[date][0]
            counts.append(
                Observation(
                    id=f"{unit}-{date}",
                    date=date,
                    known_on=max(row.known_on for row in days[date]),
                    place_id=unit,
                    low=sum(low for low, _ in last.values()),
                    high=sum(high for _, high in last.values()),
                    kind="camp_count",
                    qualifier=first.qualifier,
                    speaker_role=first.speaker_role,
                    speaker_side=first.speaker_side,
                )
            )
    return tuple(counts)


def _conflict(series: Series, units: Mapping[str, str]) -> Series:
    """Return where there is conflict by unit: there is, where any of its places has some."""
    columns: dict[str, list[int]] = {}
    for column, place in enumerate(series.place_ids):
        columns.setdefault(units[place], []).append(column)
    values = np.stack([series.values[:, at].max(axis=1) for at in columns.values()], axis=1)
    return series.model_copy(update={"place_ids": tuple(columns), "values": values})
