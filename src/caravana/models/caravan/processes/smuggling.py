"""Process 9, smuggling: people under way in vehicles off the route, their price and their risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Loss, Move, Outcome, Status
from caravana.models.caravan.world import ROAD_DAYS

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Floats, Ints, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


def trip_days(world: World, draws: Draws, member: Ints, place: Ints, *, destination: int = -1) -> Ints:
    """Return days under way by vehicle from places to a destination (index): at least 1."""
    days = np.ceil(world.km_left[place, destination] / draws["vehicle_km"][member])
    return np.asarray(np.clip(days, 1, ROAD_DAYS - 1), dtype=np.int64)


def trip_price(world: World, draws: Draws, member: Ints, place: Ints) -> Floats:
    """Return USD per person for a seat off the route: the whole crossing's price by km left."""
    whole = max(float(world.km_left[world.origin, -1]), 1.0)
    return np.asarray(draws["seat_price"][member] * world.km_left[place, -1] / whole, dtype=np.float64)


def trip_risk(draws: Draws) -> Floats:
    """Return the chance of harm on a whole trip (caught or in an accident), [member]."""
    safe = (1 - draws["interception_chance"]) * (1 - draws["accident_chance"])
    return np.clip(1 - safe, 1e-6, 1 - 1e-6)


def ride(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Draw what befalls parties under way off the route today: caught, accident, or shot at.

    A whole crossing's chance p is spread over its n days as ``1 - (1 - p)^(1/n)``.  In an
    accident each person dies with chance ``accident_deaths``; at most one person a party a day
    is counted dead, the others of an accident as injured.
    """
    roads = slice(world.places + world.caravans, world.rows)
    source, member, row, kind = state.occupied(Status.smuggled, roads)
    if member.size == 0:
        return Outcome()
    row = row + roads.start
    parties = state.cells[source]
    origin = np.full(world.members, world.origin)
    days = trip_days(world, draws, np.arange(world.members), origin).astype(np.float64)
    caught = 1 - (1 - draws["interception_chance"]) ** (1 / days)
    crash = 1 - (1 - draws["accident_chance"]) ** (1 / days)
    if today.of("shooting"):
        crash = 1 - (1 - crash) * (1 - draws["shooting_risk"])
    caught = np.minimum(caught * today.enforcement, 1.0)
    crash = np.minimum(crash, 1 - caught)
    chances = np.stack([caught, crash, np.maximum(1 - caught - crash, 0.0)], axis=1)[member]
    drawn = stream.at(0).multinomial(parties, chances)[:, :2]
    station = int(world.station_places[world.station_of[world.origin]]) if world.station_places.size else world.border
    status = Status.detained if world.station_places.size else Status.returned
    held = np.flatnonzero(drawn[:, 0])
    target = world.cells(member[held], station, kind[held], status)
    hit = np.flatnonzero(drawn[:, 1])
    loss, hurt = _accident(world, draws, stream, source[hit], drawn[hit, 1])
    return Outcome(
        moves=(Move("intercepted", source[held], target, drawn[held, 0]),), losses=(loss,), counts={"injured": hurt}
    )


def _accident(world: World, draws: Draws, stream: Stream, cells: Ints, parties: Ints) -> tuple[Loss, Ints]:
    """Return who dies among parties in accidents, and persons hurt by [member, kind]."""
    rng = stream.at(1)
    member, kind = world.members_of(cells), world.kinds_of(cells)
    deadly = 1 - (1 - draws["accident_deaths"][member]) ** world.size[kind]
    lost = rng.binomial(parties, deadly)
    mix = world.composition / world.size[:, None]
    who = rng.multinomial(lost, mix[kind])
    cell, person = np.nonzero(who)
    hurt = np.zeros((world.members, len(world.size)), dtype=np.int64)
    np.add.at(hurt, (member, kind), parties * world.size[kind] - lost)
    return Loss("died", cells[cell], person, who[cell, person]), hurt
