"""Process 1, calendar: what is decided outside the model, day by day, and who arrives today.

Policies and events are compiled to tables by day before the loop; on the day, people whose
vehicles arrive step off the road, and an announced change of destination is taken up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Move, Outcome, Phase, Status
from caravana.models.caravan.world import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.models.caravan.state import State
    from caravana.models.caravan.world import World
    from caravana.scenario.model import Event, Policy
    from caravana.streams import Stream

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Draws = Mapping[str, Floats]

ACTING = ("clash", "raid", "shooting", "roadblock", "closure", "destination")


@dataclass(frozen=True, slots=True)
class DayTables:
    """Everything dated, as arrays over days.

    Attributes
    ----------
    lifts
        Factor on the chance of a lift, [day, member].
    offer
        Whether people believe in the cards on offer, [day, member].
    enforcement
        Factor on the hazards of detention, [day].
    walking_allowed
        Whether caravans may set out, [day].
    cards_per_day
        Cards issued on top of the asylum office's work, parties a day, [day].
    post
        Whether a medical post stands at a place, [day, place].
    departs
        Day each caravan sets out, [member, caravan] (split slots: never).
    turnout
        Persons who set out with each caravan on that day, [member, caravan].
    heat
        Day temperature in degrees Celsius, [member].
    events
        Acting events by day and kind.
    """

    lifts: Floats
    offer: Bools
    enforcement: Floats
    walking_allowed: Bools
    cards_per_day: Floats
    post: Bools
    departs: Ints
    turnout: Floats
    heat: Floats
    events: Mapping[tuple[int, str], tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Today:
    """One day's row of the tables."""

    day: int
    lifts: Floats
    offer: Bools
    enforcement: float
    walking_allowed: bool
    cards_per_day: float
    post: Bools
    departs: Ints
    turnout: Floats
    heat: Floats
    events: Mapping[tuple[int, str], tuple[Event, ...]]

    def of(self, kind: str) -> tuple[Event, ...]:
        """Return today's events of a kind."""
        return self.events.get((self.day, kind), ())


def _span(policy: Policy, world: World) -> slice:
    first = max(world.scenario.day_of(policy.start), 0)
    last = world.scenario.days if policy.end is None else world.scenario.day_of(policy.end) + 1
    return slice(first, max(last, first))


def _departures(world: World, draws: Draws) -> Ints:
    """Return the day each caravan sets out: its date, or its call's date plus the delay drawn."""
    departs = np.full((world.members, world.caravans), NEVER, dtype=np.int64)
    calls = {c.id: c for c in world.scenario.calls}
    for c, caravan in enumerate(world.scenario.caravans):
        if caravan.departs is not None:
            departs[:, c] = world.scenario.day_of(caravan.departs)
        elif caravan.call is not None:
            call = calls[caravan.call]
            departs[:, c] = world.scenario.day_of(call.date) + np.rint(draws[call.delay]).astype(np.int64)
    return departs


def _amount(policy: Policy, draws: Draws) -> Floats:
    """Return a policy's value, [member]; 0 where it has none."""
    value = draws[policy.parameter] if policy.parameter is not None else policy.value
    return np.broadcast_to(np.asarray(value or 0.0, dtype=np.float64), draws["stuck_pool"].shape)


def _turnouts(world: World, draws: Draws, policies: Sequence[Policy], departs: Ints) -> Floats:
    """Return persons who set out with each caravan: its parameter, a call's reach, less those with cards.

    Cards issued at the origin before the day keep at home the share of the pool that holds them:
    those who would have set out are as likely to have got one as everybody else (an assumption).
    """
    scenario = world.scenario
    size = float(world.share @ world.size / world.share.sum())
    turnout = np.zeros((world.members, world.caravans))
    for c, caravan in enumerate(scenario.caravans):
        day = departs[:, c]
        turnout[:, c] = draws[caravan.turnout]
        for policy in policies:
            here = not policy.place_ids or caravan.assembles_at in policy.place_ids
            if policy.lever == "call" and here and caravan.call is not None:
                answers = day >= scenario.day_of(policy.start)
                turnout[:, c] = np.where(answers, _amount(policy, draws), turnout[:, c])
        for policy in policies:
            here = not policy.place_ids or caravan.assembles_at in policy.place_ids
            if policy.lever == "cards_issued" and here:
                last = day if policy.end is None else np.minimum(day, scenario.day_of(policy.end) + 1)
                cards = np.maximum(last - scenario.day_of(policy.start), 0) * _amount(policy, draws) * size
                pool = draws["stuck_pool"] + draws["inflow"] * np.clip(day, 0, scenario.days)
                turnout[:, c] *= 1 - np.clip(cards / np.maximum(pool, 1.0), 0.0, 1.0)
    return turnout


def compile_days(world: World, draws: Draws, policies: Sequence[Policy]) -> DayTables:
    """Compile policies and events to tables by day.

    Parameters
    ----------
    world
        The compiled scenario.
    draws
        Parameters by name, each [member].
    policies
        The policies in force, in order: where two set the same lever, the later one wins.
    """
    days, members = world.scenario.days, world.members
    lifts = np.ones((days, members))
    offer = np.zeros((days, members), dtype=bool)
    enforcement = np.ones(days)
    allowed = np.ones(days, dtype=bool)
    cards = np.zeros(days)
    post = np.zeros((days, world.places), dtype=bool)
    index = {x: i for i, x in enumerate(world.place_ids)}
    for policy in policies:
        span = _span(policy, world)
        value = draws[policy.parameter] if policy.parameter is not None else policy.value
        if policy.lever == "lifts":
            lifts[span] = 0.0 if value is None else value
        elif policy.lever == "cards_offered":
            believed = span.start + np.rint(draws["offer_delay"])
            offer[span] |= np.arange(span.start, span.stop)[:, None] >= believed[None, :]
        elif policy.lever == "cards_credible":
            offer[span] = True
        elif policy.lever == "enforcement":
            enforcement[span] = 1.0 if value is None else np.mean(value)
        elif policy.lever == "no_caravan":
            allowed[span] = False
        elif policy.lever == "cards_issued":
            cards[span] = 0.0 if value is None else np.mean(value)
        elif policy.lever == "medical_post":
            post[span, [index[p] for p in policy.place_ids]] = True
    events: dict[tuple[int, str], tuple[Event, ...]] = {}
    for event in world.scenario.events:
        if event.kind in ACTING:
            first = world.scenario.day_of(event.date)
            last = first if event.end_date is None else world.scenario.day_of(event.end_date)
            for day in range(first, last + 1):
                events[day, event.kind] = (*events.get((day, event.kind), ()), event)
    departs = _departures(world, draws)
    turnout = _turnouts(world, draws, policies, departs)
    heat = draws["day_temperature"]
    return DayTables(lifts, offer, enforcement, allowed, cards, post, departs, turnout, heat, events)


def look_up(tables: DayTables, day: int) -> Today:
    """Return one day's row of the tables."""
    return Today(
        day=day,
        lifts=tables.lifts[day],
        offer=tables.offer[day],
        enforcement=float(tables.enforcement[day]),
        walking_allowed=bool(tables.walking_allowed[day]),
        cards_per_day=float(tables.cards_per_day[day]),
        post=tables.post[day],
        departs=tables.departs,
        turnout=tables.turnout,
        heat=tables.heat,
        events=tables.events,
    )


def _step_off(state: State, world: World, today: Today) -> tuple[Move, ...]:
    """Return the moves of people whose vehicles arrive today."""
    moves = []
    for d, place in enumerate(world.destinations):
        row = int(world.road_row(d, today.day))
        for status in (Status.by_vehicle, Status.smuggled):
            source, member, _, kind = state.occupied(status, slice(row, row + 1))
            moves.append(Move("arrived", source, world.cells(member, int(place), kind, status), state.cells[source]))
    return tuple(moves)


def turn_the_page(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let vehicles arrive, and caravans under way take up a destination announced today.

    A caravan takes it up only in members that draw ``switch_north`` (the goal is kept) and only
    where tonight's stop lies on the new itinerary too.
    """
    del stream  # nothing here is left to chance
    moves = _step_off(state, world, today)
    caravans = state.caravans
    for event in today.of("destination"):
        ends = [i for i, x in enumerate(world.scenario.itineraries) if x.to_id == (event.target_id or event.place_id)]
        if not ends:
            continue
        new_stop = world.itineraries.switch[caravans.itinerary, ends[0], caravans.stop]
        keeps = draws["switch_north"][:, None] > 0.5
        takes = keeps & (caravans.phase == Phase.under_way) & (new_stop >= 0)
        caravans = replace(
            caravans,
            itinerary=np.where(takes, ends[0], caravans.itinerary),
            stop=np.where(takes, new_stop, caravans.stop),
        )
    return Outcome(moves=moves, caravans=caravans)
