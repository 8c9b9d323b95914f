"""A scenario compiled for the walk to contiguous arrays: everything known before the first day.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.assessments import displaced_in_all
from caravana.models.displacement.counts import daily_counts
from caravana.models.displacement.inputs import CAMP_KINDS, counted_on_day0, displaced_at_start, read_inputs
from caravana.models.displacement.network import compile_routes
from caravana.models.displacement.returns import compile_returns
from caravana.models.displacement.series import by_place, dated_capacity
from caravana.models.displacement.transfers import compile_transfers
from caravana.models.displacement.walk.choice import ChoiceTable, make_choice_table, weights_of_day
from caravana.models.displacement.walk.closeness import closeness_of
from caravana.models.displacement.walk.kernels.arrays import RECENTS
from caravana.models.displacement.walk.memory import Levels, Moves, compile_moves, make_levels
from caravana.models.displacement.walk.people import PeopleClasses, compile_classes, months_of_harvest
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
    from caravana.models.displacement.transfers import Transfer
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
    mended
        Without the defects of Flee.
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
    dated_capacity
        What stands in place of both on some days, scaled, [day, place]; NaN where nothing does; None where nowhere.
    population
        Inhabitants of each place, [place].
    day0
        People in camps before the first day, [place].
    displaced
        People newly displaced in all, where that is known beforehand, [day].
    assessed
        People displaced at any time by the assessments, which the run is held to, [day]; None without any.
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
    harvesting
        Whether a class of people is at home for the harvest, [day, class]; None where there is no such rule.
    returning
        Chance of going home for good from each place, [day, place]; None where nobody does.
    transfers
        People taken from place to place, by position in `place_ids`.
    """

    settings: DisplacementSettings
    mended: bool
    days: int
    place_ids: tuple[str, ...]
    camps: Ints
    capacity: Floats
    capacity_per_day: Floats
    dated_capacity: Floats | None
    population: Ints
    day0: Ints
    displaced: Ints
    assessed: Ints | None
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
    harvesting: Bools | None
    returning: Floats | None
    transfers: tuple[Transfer, ...]

    def option_weights(self, day: int) -> Floats:
        """Weight of each option on a day before capacity, -1 where shut, [option]."""
        seen = self.classes.see(self.places.score[day])
        whose = self.people_class[self.option_post]
        score = seen[whose, self.choice.destination]
        factor = self.closeness * self.places.factor[day][self.choice.destination]
        liking = self.classes.liking(self.places.camp[day], self.places.conflict[day], self.settings)
        if liking is not None:
            factor = factor * liking[whose, self.choice.destination]
        open_link = self.open_link[day] & self.offered[day]
        return weights_of_day(self.routes, self.options, score, open_link, self.settings, factor=factor)

    def capacity_on(self, day: int) -> Floats:
        """Persons each place takes on a day, scaled (below 1: no limit), [place]."""
        grown = self.capacity + self.capacity_per_day * (day + 1)
        if self.dated_capacity is None:
            return grown
        given = self.dated_capacity[day]
        return np.where(np.isnan(given), grown, given)

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
    day0, pushes = displaced_at_start(given, mended=mended), compile_pushes(scenario, tables.conflict, s, mended=mended)
    classes = classes_of(given, day0, pushes, mended=mended)
    options, place, people_class = compile_options(links, routes, s, places=len(places), classes=len(classes.names))
    capacity, per_day = _capacity(given, mended=mended)
    dated = dated_capacity(scenario, length, hasten=s.hasten)
    if dated is not None:
        # A place that is to hold nobody has one place, for below 1 there is no limit.
        dated = np.maximum(dated * s.capacity_scaling, 1.0)
    recent, today = LEVELS
    levels = make_levels(
        links, routes, options, camps=np.all(tables.camp[:, place], axis=0), recent=recent, today=today
    )
    per_class = len(place) // len(classes.names)
    following = np.arange(len(place)) % per_class >= len(places)
    return WalkWorld(
        settings=s, mended=mended, days=length, place_ids=given.place_ids,
        camps=np.flatnonzero([one.kind in CAMP_KINDS for one in places]),
        capacity=capacity, capacity_per_day=per_day, dated_capacity=dated, population=given.population, day0=day0,
        displaced=displaced_by_day(counts, s)[:length], pushes=pushes,
        assessed=None if given.groups is None else displaced_in_all(given.groups, counts, given.index),
        links=links, routes=routes, options=options,
        choice=make_choice_table(
            routes, options, following=following, capacity=_most(capacity + per_day * length, dated)
        ),
        levels=levels, moves=compile_moves(links, routes, options, levels, s), place=place,
        people_class=people_class, drop_post=people_class * per_class + place,
        places=tables, open_link=given.open_link, shutting=given.shutting,
        offered=compile_redirects(scenario, links, length, mended=mended),
        classes=classes, counts=counts, closeness=closeness_of(
            scenario, routes, options, s, home=classes.home[np.repeat(people_class, np.diff(options.first))],
            mended=mended,
        ),
        harvesting=_harvesting(scenario, s, classes, length, mended=mended),
        returning=compile_returns(scenario, s, length) if mended else None,
        # Flee has no such rule.
        transfers=compile_transfers(scenario, given.place_ids, days=length, hasten=s.hasten) if mended else (),
    )  # fmt: skip


def _most(capacity: Floats, dated: Floats | None) -> Floats:
    """The most that each place takes on any day, [place]."""
    return capacity if dated is None else np.fmax(capacity, np.fmax.reduce(dated, axis=0))


def _capacity(given: Inputs, *, mended: bool) -> tuple[Floats, Floats]:
    """Persons each place takes, and what is added to that every day, scaled, [place]."""
    s, scenario = given.settings, given.scenario
    capacity = np.array([float((one.capacity or 0) // s.hasten) for one in scenario.places])
    added = by_place(scenario, "attribute-capacity_per_day", 1)
    growth = np.zeros(len(capacity)) if added is None else np.maximum(added[0], 0.0)
    if mended:
        # quirks 14 and 17: in Flee what is added is not scaled by hasten, and gives a limit to a place without one
        growth = np.where(capacity >= 1.0, growth / s.hasten, 0.0)
    else:
        camp = np.array([place.kind in CAMP_KINDS for place in scenario.places])
        capacity = np.where((growth > 0) & ~camp, -1.0, capacity)
        if s.insert_day0 and not (s.conflict_driven_spawning or s.flood_driven_spawning):
            # quirk 5: those who are there on day 0 fill the camp and shrink it too, even where they are not put there
            counts = daily_counts(scenario, hasten=s.hasten)
            capacity -= np.where(capacity > 0, counted_on_day0(given, counts), 0)
    return capacity * s.capacity_scaling, growth * s.capacity_scaling


def classes_of(given: Inputs, day0: Ints, pushes: tuple[Push, ...], *, mended: bool) -> PeopleClasses:
    """Return the classes of people of a scenario, by their homes where a rule asks for these."""
    s = given.settings
    far_from_home = mended and s.stay_close_to_home  # quirk 42: Flee measures from where people are now
    homes = _homes(given, day0, pushes) if far_from_home or s.harvest_months else None
    return compile_classes(given.scenario, s, mended=mended, homes=homes)


def check_classes(scenario: Scenario, *, days: int, mended: bool) -> None:
    """Refuse a scenario whose people fall into more classes than fit a computer.

    Raises
    ------
    UsageError
        If they do.
    """
    given = read_inputs(scenario, days=days, mended=mended)
    pushes = compile_pushes(scenario, given.places.conflict, given.settings, mended=mended)
    classes_of(given, displaced_at_start(given, mended=mended), pushes, mended=mended)


def _homes(given: Inputs, day0: Ints, pushes: tuple[Push, ...]) -> Ints:
    """Places that people come from on any day, or are on the first, as place indices."""
    pushed = np.sum([push.rate * push.strength for push in pushes], axis=0) if pushes else given.places.origin_weight
    here = (pushed > 0).any(axis=0) & ((given.population > 0) | bool(pushes))
    homes = np.flatnonzero(here | (day0 > 0))
    return homes if len(homes) else np.zeros(1, dtype=np.int64)


def _harvesting(
    scenario: Scenario, settings: DisplacementSettings, classes: PeopleClasses, days: int, *, mended: bool
) -> Bools | None:
    """Whether a class of people is at home for the harvest, [day, class]."""
    if not settings.harvest_months:
        return None
    # quirk 24: in Flee everybody goes
    who = classes.farmer if mended else np.ones(len(classes.names), dtype=bool)
    return months_of_harvest(scenario, settings, days)[:, None] & who


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
