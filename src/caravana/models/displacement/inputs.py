"""What both models of displacement are compiled from: counts, links, closures and day tables of places.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.assessments import Groups, group_places, read_areas, spread_missing
from caravana.models.displacement.counts import DailyCounts, daily_counts
from caravana.models.displacement.day_tables import PlaceDays, compile_closures, compile_places
from caravana.models.displacement.network import Links, compile_links
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

CAMP_KINDS = ("camp", "idpcamp")
"""Kinds of place that take people in."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A scenario of displacement as arrays, before any rule.

    Attributes
    ----------
    scenario
        The scenario.
    settings
        Its settings, those set by hand included.
    days
        Days to simulate.
    place_ids
        Places in the scenario's order.
    population
        Inhabitants, in simulated persons, [place].
    links
        Directed links.
    counts
        What was counted, by day.
    places
        Day tables of places.
    open_link, shutting
        Whether a link is open, and whether it shuts, [day, link].
    groups
        What was assessed of the displaced by area; None where nothing was, and under Flee's rules.
    """

    scenario: Scenario
    settings: DisplacementSettings
    days: int
    place_ids: tuple[str, ...]
    population: Ints
    links: Links
    counts: DailyCounts
    places: PlaceDays
    open_link: Bools
    shutting: Bools
    groups: Groups | None = None

    @property
    def index(self) -> dict[str, int]:
        """Index of each place, by its id."""
        return {place_id: i for i, place_id in enumerate(self.place_ids)}


def read_inputs(
    scenario: Scenario, *, settings: Mapping[str, object] | None = None, days: int | None = None, mended: bool
) -> Inputs:
    """Return what a scenario gives to a model of displacement.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        Values that override the scenario's settings.
    days
        Simulate only so many days.
    mended
        Without the defects of Flee (docs/dispersal.md).
    """
    s = DisplacementSettings.of({**scenario.settings, **(settings or {})})
    length = scenario.days if days is None else min(days, scenario.days)
    # A forecast sees counts as they stood on the day of its origin; Flee's rules, and whole runs, as known in the end.
    on = scenario.start + dt.timedelta(days=s.origin_day) if mended and s.origin_day else None
    links = compile_links(scenario, max_move_speed=s.max_move_speed, doubled=not mended)
    open_link, shutting = compile_closures(scenario, links, length, mended=mended)
    until = s.origin_day or None
    areas = read_areas(scenario, hasten=s.hasten, on=on, until=until) if mended else ()
    return Inputs(
        scenario=scenario, settings=s, days=length, place_ids=tuple(one.id for one in scenario.places),
        population=np.array([(one.population or 0) // s.hasten for one in scenario.places]), links=links,
        counts=daily_counts(scenario, hasten=s.hasten, start_empty=s.empty_camps_on_day0, on=on),
        places=compile_places(scenario, s, length, mended=mended), open_link=open_link, shutting=shutting,
        groups=group_places(areas, places=len(scenario.places), days=length) if areas else None,
    )  # fmt: skip


def displaced_at_start(given: Inputs, *, mended: bool) -> Ints:
    """People displaced before the first day, [place]: counted in camps, given by place, assessed by area.

    Parameters
    ----------
    mended
        Without the defects of Flee: there each person given by place stands for as many as any other (quirk
        14), and is put there only if it is a camp (quirk 15); assessments are not read.
    """
    s, places = given.settings, given.scenario.places
    camp = np.array([place.kind in CAMP_KINDS for place in places])
    there = np.array([(place.displaced or 0) // (s.hasten if mended else 1) for place in places], dtype=np.int64)
    there = there if mended else np.where(camp, there, 0)
    if s.empty_camps_on_day0:
        return np.where(camp, 0, there)
    there = there + np.where(camp & s.insert_day0, counted_on_day0(given, given.counts), 0)
    if given.groups is None or not s.insert_day0:
        return there
    counted = np.isin(given.place_ids, given.counts.place_ids)
    return there + spread_missing(
        given.scenario, given.groups, there, counted=counted, floor=given.groups.total[0]
    )  # fmt: skip


def counted_on_day0(given: Inputs, counts: DailyCounts) -> Ints:
    """Counts of day 0 by place, [place]."""
    people, index = np.zeros(len(given.place_ids), dtype=np.int64), given.index
    for column, place_id in enumerate(counts.place_ids):
        people[index[place_id]] = counts.camps[0, column]
    return people
