"""A scenario compiled for the walk to contiguous arrays: everything known before the first day.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.day_tables import by_place
from caravana.models.displacement.inputs import CAMP_KINDS, read_inputs
from caravana.models.displacement.network import compile_routes
from caravana.models.displacement.walk.choice import ChoiceTable, make_choice_table, weights_of_day
from caravana.models.displacement.walk.kernels.arrays import RECENTS
from caravana.models.displacement.walk.memory import Levels, Moves, compile_moves, make_levels
from caravana.models.displacement.walk.people import PeopleClasses, compile_classes
from caravana.models.displacement.walk.pushes import Push, compile_pushes
from caravana.models.displacement.walk.redirects import compile_redirects
from caravana.models.displacement.walk.travel import Options, compile_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.displacement.counts import DailyCounts
    from caravana.models.displacement.day_tables import PlaceDays
    from caravana.models.displacement.inputs import Inputs
    from caravana.models.displacement.network import Links, Routes
    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Levels of memory kept, of recent distance and of km today (docs/dispersal.md tells what others would change).
LEVELS = (RECENTS, 16)


@dataclass(frozen=True, slots=True)
class WalkWorld:
    """What the processes of the walk see.

    Attributes
    ----------
    settings
        Settings of the rules.
    days
        Number of days.
    place_ids
        Places in the scenario's order.
    camps
        Indices of the places that are camps when the scenario starts, [camp].
    capacity
        Persons each place takes, scaled (below 1: no limit), [place].
    capacity_per_day
        What is added to that every day, the first included, scaled, [place].
    population
        Inhabitants of each place, [place].
    day0
        People in camps before the first day, [place].
    displaced
        People newly displaced in all, where that is known beforehand, [day].
    pushes
        What drives people out by itself; where there is any, `displaced` is not used.
    links, routes, options, choice, levels, moves
        The network, compiled.
    place, people_class, drop_post
        Place and class of each post, and the post where one is free again, [post].
    places
        Day tables of places.
    open_link, shutting, offered
        Day tables of links, [day, link].
    classes
        Classes of people, who see places differently.
    counts
        Counts by day that the run is driven by.
    closeness
        Further weight of each option, [option].
    """

    settings: DisplacementSettings
    days: int
    place_ids: tuple[str, ...]
    camps: Ints
    capacity: Floats
    capacity_per_day: Floats
    population: Ints
    day0: Ints
    displaced: Ints
    pushes: tuple[Push, ...]
    links: Links
    routes: Routes
    options: Options
    choice: ChoiceTable
    levels: Levels
    moves: Moves
    place: Ints
    people_class: Ints
    drop_post: Ints
    places: PlaceDays
    open_link: Bools
    shutting: Bools
    offered: Bools
    classes: PeopleClasses
    counts: DailyCounts
    closeness: Floats

    def option_weights(self, day: int) -> Floats:
        """Weight of each option on a day before capacity, -1 where shut, [option]."""
        seen = self.classes.see(self.places.score[day])
        score = seen[self.people_class[self.option_post], self.choice.destination]
        factor = self.closeness * self.places.factor[day][self.choice.destination]
        open_link = self.open_link[day] & self.offered[day]
        return weights_of_day(self.routes, self.options, score, open_link, self.settings, factor=factor)

    @property
    def option_post(self) -> Ints:
        """Post of each option, [option]."""
        return np.repeat(np.arange(len(self.place)), np.diff(self.options.first))


def compile_walk(
    scenario: Scenario, *, settings: Mapping[str, object] | None = None, days: int | None = None, mended: bool
) -> WalkWorld:
    """Compile a scenario for the walk.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        Values that override the scenario's settings.
    days
        Simulate only so many days.
    mended
        Without the defects of Flee.

    Raises
    ------
    ScenarioError
        If awareness sees too many routes.
    """
    given = read_inputs(scenario, settings=settings, days=days, mended=mended)
    s, length, links, tables, counts = given.settings, given.days, given.links, given.places, given.counts
    places = scenario.places
    markers = np.array([place.kind == "marker" for place in places])
    # quirk 9: in Flee nobody moves at awareness 0; mended, people see at least where the links before them end.
    awareness = max(s.awareness_level, 1) if mended else s.awareness_level
    routes = compile_routes(links, places=len(places), markers=markers, awareness=awareness)
    classes = compile_classes(scenario, s)
    options, place, people_class = compile_options(links, routes, s, places=len(places), classes=len(classes.names))
    capacity, per_day = _capacity(given, mended=mended)
    recent, today = LEVELS
    levels = make_levels(
        links, routes, options, camps=np.all(tables.camp[:, place], axis=0), recent=recent, today=today
    )
    per_class = len(place) // len(classes.names)
    following = np.arange(len(place)) % per_class >= len(places)
    return WalkWorld(
        settings=s, days=length, place_ids=given.place_ids,
        camps=np.flatnonzero([one.kind in CAMP_KINDS for one in places]),
        capacity=capacity, capacity_per_day=per_day, population=given.population, day0=_day0(given),
        displaced=displaced_by_day(counts, s)[:length], pushes=compile_pushes(scenario, tables.conflict, s),
        links=links, routes=routes, options=options,
        choice=make_choice_table(routes, options, following=following, capacity=capacity + per_day * length),
        levels=levels, moves=compile_moves(links, routes, options, levels, s), place=place,
        people_class=people_class, drop_post=people_class * per_class + place,
        places=tables, open_link=given.open_link, shutting=given.shutting,
        offered=compile_redirects(scenario, links, length, mended=mended),
        classes=classes, counts=counts, closeness=_closeness(scenario, routes, options, s),
    )  # fmt: skip


def _capacity(given: Inputs, *, mended: bool) -> tuple[Floats, Floats]:
    """Persons each place takes, and what is added to that every day, scaled, [place]."""
    s, scenario = given.settings, given.scenario
    capacity = np.array([float((one.capacity or 0) // s.hasten) for one in scenario.places])
    if s.insert_day0 and not mended:
        # quirk 5: those who are there on day 0 fill the camp and shrink it too
        capacity -= np.where(capacity > 0, _counted_on_day0(given), 0)
    capacity = capacity * s.capacity_scaling
    added = by_place(scenario, "attribute-capacity_per_day", 1)
    return capacity, np.zeros(len(capacity)) if added is None else added[0] * s.capacity_scaling / s.hasten


def _counted_on_day0(given: Inputs) -> Ints:
    """Counts of day 0 by place, [place]."""
    people = np.zeros(len(given.place_ids), dtype=np.int64)
    for column, place_id in enumerate(given.counts.place_ids):
        people[given.index[place_id]] = given.counts.camps[0, column]
    return people


def _day0(given: Inputs) -> Ints:
    """People in camps before the first day, [place]."""
    if not given.settings.insert_day0 or given.settings.empty_camps_on_day0:
        return np.zeros(len(given.place_ids), dtype=np.int64)
    camp = np.array([place.kind in CAMP_KINDS for place in given.scenario.places])
    return np.where(camp, _counted_on_day0(given), 0)


def displaced_by_day(counts: DailyCounts, settings: DisplacementSettings) -> Ints:
    """People newly displaced on each day: the rise of the counts, falls carried over as a debt.

    Flee: ``new = int(sum of camps today - yesterday) - debt``; on day 0 the sum itself, unless
    people were placed in camps then.
    """
    total = counts.camps.sum(axis=1) + counts.elsewhere if settings.sum_from_camps else counts.total
    rise = np.diff(total, prepend=0)
    if settings.insert_day0:
        rise[0] = 0
    displaced = np.zeros_like(rise)
    debt = 0
    for day, new in enumerate(rise):
        balance = int(new) - debt
        debt = max(-balance, 0)
        displaced[day] = max(balance, 0)
    return displaced


def _closeness(scenario: Scenario, routes: Routes, options: Options, settings: DisplacementSettings) -> Floats:
    """Weight of destinations by great-circle distance from where the choice is made, [option].

    Flee measures from the person's present place, and takes latitude for longitude and back.
    """
    if not settings.stay_close_to_home:
        return np.ones(len(options.route))
    # Flee's x is the file's latitude and its y the longitude, and it reads y as latitude.
    lat = np.radians([place.lon or 0.0 for place in scenario.places])
    lon = np.radians([place.lat or 0.0 for place in scenario.places])
    a, b = routes.origin[options.route], routes.destination[options.route]
    chord = np.sin((lat[b] - lat[a]) / 2) ** 2 + np.cos(lat[a]) * np.cos(lat[b]) * np.sin((lon[b] - lon[a]) / 2) ** 2
    km = 6371.0 * 2 * np.arctan2(np.sqrt(chord), np.sqrt(np.maximum(1 - chord, 0.0)))
    return np.asarray(1.0 / np.maximum(1.0, km) ** settings.home_distance_power)
