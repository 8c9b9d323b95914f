"""Process 6, enforcement: detention of stragglers and in the caravan, clashes, raids, stations.

A straggler's hazard falls with company: ``detention_alone * company^-company_exponent``, company
being the persons on foot at the place; where a policy lets no caravan set out, people do not walk
together, and company is the party itself.  Those who have not left the origin are not stragglers.
Stations have finite room; who does not fit is expelled without being held (an assumption), drawn
at random among those held there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Move, Outcome, Phase, Status, headcount

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Bools, Ints, State
    from caravana.models.caravan.world import World
    from caravana.scenario.model import Event
    from caravana.streams import Stream

CLASH_REACH_KM = 60.0
"""A clash or raid at a named place meets the caravans within this road distance of it (assumption)."""


def _station(world: World, place: Ints) -> tuple[Ints, int]:
    """Return the row of the station for people detained at places, and their status there."""
    if world.station_places.size == 0:
        return np.full(place.shape, world.border, dtype=np.int64), Status.returned
    return world.station_places[world.station_of[place]], Status.detained


def detain_stragglers(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Detain people on foot at fixed places on the road, outside any caravan."""
    source, member, place, kind = state.occupied(Status.on_foot, slice(0, world.places))
    on_road = place != world.origin
    source, member, place, kind = source[on_road], member[on_road], place[on_road], kind[on_road]
    if member.size == 0:
        return Outcome()
    parties = state.cells[source]
    at = member * world.places + place
    company = np.bincount(at, weights=parties * world.size[kind], minlength=world.members * world.places)[at]
    if not today.walking_allowed:
        company = world.size[kind].astype(np.float64)
    hazard = draws["detention_alone"][member] * today.enforcement
    hazard = hazard * company ** -draws["company_exponent"][member]
    held = stream.at(0).binomial(parties, -np.expm1(-hazard))
    some = (held != 0).nonzero()[0]
    row, status = _station(world, place[some])
    target = world.cells(member[some], row, kind[some], status)
    return Outcome(moves=(Move("detained", source[some], target, held[some]),))


def _meets(state: State, world: World, event: Event) -> Bools:
    """Return which caravans an event meets, [member, caravan]: those near its place, if it has one."""
    caravans = state.caravans
    under_way = (caravans.phase == Phase.under_way) | (caravans.phase == Phase.arrived)
    if event.place_id is None:
        return np.asarray(under_way)
    at = world.itineraries.place_km[:, world.place_ids.index(event.place_id)][caravans.itinerary]
    here = world.itineraries.km[caravans.itinerary, caravans.stop]
    # A place off every itinerary (a stand-in point, a kilometre post not located) meets them all.
    return np.asarray(under_way & (np.isnan(at) | (np.abs(at - here) <= CLASH_REACH_KM)))


def detain_in_caravans(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Detain and hurt people in caravans: the daily hazard, and today's clashes and raids."""
    persons = np.maximum(headcount(state, world), 1)
    safe = np.repeat(np.exp(-draws["detention_caravan"] * today.enforcement)[:, None], world.caravans, axis=1)
    hurt = np.zeros((world.members, world.caravans))
    for event in today.of("clash"):
        met = _meets(state, world, event)
        safe = np.where(met, safe * (1 - np.minimum(draws["clash_detained"] / 1000, 1.0))[:, None], safe)
        hurt = np.where(met, 1 - (1 - hurt) * (1 - np.minimum(draws["clash_injured"] / 1000, 1.0))[:, None], hurt)
    for event in today.of("raid"):
        share = np.minimum(draws["raid_detained"][:, None] / persons, 1.0)
        safe = np.where(_meets(state, world, event), safe * (1 - share), safe)
    source, member, c, kind = state.occupied(Status.on_foot, world.caravan_rows)
    if member.size == 0:
        return Outcome()
    parties = state.cells[source]
    held = stream.at(0).binomial(parties, 1 - safe[member, c])
    injured = np.zeros((world.members, len(world.size)), dtype=np.int64)
    if hurt.any():
        np.add.at(injured, (member, kind), stream.at(1).binomial(parties * world.size[kind], hurt[member, c]))
    some = np.flatnonzero(held)
    place = world.itineraries.place[state.caravans.itinerary, state.caravans.stop][member[some], c[some]]
    row, status = _station(world, place)
    target = world.cells(member[some], row, kind[some], status)
    return Outcome(moves=(Move("detained", source[some], target, held[some]),), counts={"injured": injured})


def draw_without_replacement(rng: np.random.Generator, counts: Ints, take: Ints) -> Ints:
    """Return how many of each kind are among ``take`` drawn at random from ``counts``.

    Parameters
    ----------
    counts
        Parties by [..., kind]; ``take`` has the leading shape and is at most their sum.

    Notes
    -----
    A multivariate hypergeometric, drawn kind by kind as hypergeometrics, over all cells at once.
    """
    out = np.zeros_like(counts)
    left, rest = take, counts.sum(axis=-1)
    for k in range(counts.shape[-1]):
        if not np.count_nonzero(left):  # quicker than any() on arrays so small
            break
        of_kind = counts[..., k]
        rest = rest - of_kind
        out[..., k] = taken = rng.hypergeometric(of_kind, rest, left)
        left = left - taken
    return out


def fewest(parties: Ints, sizes: Ints, persons: Ints) -> Ints:
    """Return the fewest parties that hold so many persons: the largest first.

    Parameters
    ----------
    parties
        Parties by [cell, size]; ``sizes`` are their persons, ``persons``, 0 or more, is by cell.
    """
    # Mostly the largest are enough.
    last = sizes.argmax()
    enough: Ints = -(-persons // sizes[last])
    if not np.count_nonzero(enough > parties[:, last]):
        return enough
    largest = np.argsort(-sizes, kind="stable")
    parties, sizes = parties[:, largest], sizes[largest]
    held = parties * sizes
    left = np.maximum(persons[:, None] - (held.cumsum(axis=1) - held), 0)
    return np.asarray(np.minimum(parties, -(-left // sizes)).sum(axis=1), dtype=np.int64)


def expel(rng: np.random.Generator, held: Ints, size: Ints, room: Ints) -> Ints:
    """Return who goes if parties are sent away one by one, at random, until the rest have room.

    Parameters
    ----------
    held
        Parties by [member, station, kind].
    size
        Persons in a party, [kind].
    room
        Persons that a station takes, [station].

    Returns
    -------
    ndarray
        Parties sent away, [member, station, kind].

    Notes
    -----
    As many as must go whoever they are (even if the largest went first) are drawn at once, and
    again from those left: the same law as one by one, in a few draws.  Sizes alone decide when
    there is room, so parties are drawn by size, and within a size by kind at the end.
    """
    gone = np.zeros_like(held)
    member, station = np.nonzero(held @ size > room)
    if member.size == 0:
        return gone
    parties = held[member, station]
    sizes = np.unique(size)
    left = np.stack([parties[:, size == s].sum(axis=1) for s in sizes], axis=1)
    out = np.zeros_like(left)
    over = left @ sizes - room[station]
    while (full := (over > 0).nonzero()[0]).size:
        here, too_many = left[full], over[full]
        some = draw_without_replacement(rng, here, fewest(here, sizes, too_many))
        left[full] = here - some
        out[full] += some
        over[full] = too_many - some @ sizes
    for i, s in enumerate(sizes):
        kinds = np.flatnonzero(size == s)
        gone[member[:, None], station[:, None], kinds] = draw_without_replacement(rng, parties[:, kinds], out[:, i])
    return gone


def run_stations(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Return or release people held in stations, and expel those above a station's capacity."""
    del today
    if world.station_places.size == 0:
        return Outcome()
    places, room = world.station_places, world.station_capacity
    held = state.parties[..., Status.detained][:, places]
    hazard = np.stack([draws["return_rate"], draws["release_rate"]], axis=1)
    total = hazard.sum(axis=1, keepdims=True)
    chances = np.append(hazard / np.maximum(total, 1e-300) * -np.expm1(-total), np.exp(-total), axis=1)
    drawn = stream.at(0).multinomial(held, chances[:, None, None, :])
    expelled = expel(stream.at(1), drawn[..., 2], world.size, room)
    member = np.arange(world.members)[:, None, None]
    kind = np.arange(len(world.size))[None, None, :]
    source = np.broadcast_to(world.cells(member, places[None, :, None], kind, Status.detained), held.shape)
    away = np.broadcast_to(world.cells(member, world.border, kind, Status.returned), held.shape)
    home = np.broadcast_to(world.cells(member, world.origin, kind, Status.waiting), held.shape)
    moves = []
    for flow, parties, target in (
        ("returned", drawn[..., 0] + expelled, away),
        ("released", drawn[..., 1], home),
    ):
        some = parties > 0
        moves.append(Move(flow, source[some], target[some], parties[some]))
    return Outcome(moves=tuple(moves))
