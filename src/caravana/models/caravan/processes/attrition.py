"""Process 5, attrition: people leave the caravan, and the caravan itself may split, merge or end.

Competing hazards, drawn at once for each kind of party: drop out here, go ahead by vehicle, buy
a seat off the route, accept the cards on offer.  Leaving and going ahead can be told apart in no
count, so ``share_ahead`` is an assumption.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.processes.accounts import pay
from caravana.models.caravan.processes.smuggling import trip_days
from caravana.models.caravan.state import Caravans, Mode, Move, Outcome, Phase, Status, headcount
from caravana.models.caravan.world import SPLIT_SLOTS

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Bools, Floats, Ints, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream

BECOMES = {
    "left": Status.waiting,
    "ahead": Status.by_vehicle,
    "seat": Status.smuggled,
    "accepted": Status.documented,
}
"""What a party becomes by each exit from a caravan."""
EXITS = tuple(BECOMES)


def tonight(world: World, caravans: Caravans) -> Ints:
    """Return the place where each caravan sleeps, [member, caravan]."""
    return world.itineraries.place[caravans.itinerary, caravans.stop]


def _hazards(world: World, draws: Draws, today: Today, drift: Floats) -> Floats:
    """Return hazards a day of each exit, [exit, member, kind]."""
    leave = draws["leave_hazard"] * np.exp(drift)
    ready = np.where(world.family[None, :], draws["family_readiness"][:, None], 1.0)
    shape = np.ones_like(ready)
    return np.stack(
        [
            (leave * (1 - draws["share_ahead"]))[:, None] * shape,
            (leave * draws["share_ahead"])[:, None] * shape,
            draws["seat_hazard"][:, None] * shape,
            (draws["accept_hazard"] * today.offer)[:, None] * ready,
        ]
    )


def leave(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Draw who leaves each caravan today; the log-hazard drifts as a random walk.

    With competing hazards h_i the chance of exit i is ``h_i / h * (1 - exp(-h))``, h their sum.
    """
    drift = state.drift + draws["hazard_drift"] * stream.at(1).standard_normal(world.members)
    return leave_at(state, world, draws, today, stream, drift)


def leave_at(state: State, world: World, draws: Draws, today: Today, stream: Stream, drift: Floats) -> Outcome:
    """Draw who leaves each caravan today at a given log change of the hazard of leaving, [member]."""
    hazard = _hazards(world, draws, today, drift)
    total = hazard.sum(axis=0)
    chance = hazard * (-np.expm1(-total) / np.maximum(total, 1e-300))
    chances = np.append(chance, np.exp(-total)[None], axis=0)
    source, member, c, kind = state.occupied(Status.on_foot, world.caravan_rows)
    if member.size == 0:
        return Outcome(drift=drift)
    drawn = stream.at(0).multinomial(state.cells[source], chances[:, member, kind].T)[:, :-1]
    place = tonight(world, state.caravans)[member, c]
    moves = []
    for e, flow in enumerate(EXITS):
        i = np.flatnonzero(drawn[:, e] != 0)
        if i.size == 0:
            continue
        row: Ints = place[i]
        if flow in {"ahead", "seat"}:
            destination = 0 if flow == "ahead" else len(world.destinations) - 1
            days = trip_days(world, draws, member[i], row, destination=destination)
            row = world.road_row(destination, today.day + days)
        moves.append(Move(flow, source[i], world.cells(member[i], row, kind[i], BECOMES[flow]), drawn[i, e]))
    return Outcome(moves=tuple(moves), payments=pay(state, world, draws, moves), drift=drift)


def _everyone(state: State, world: World, leaves: Bools, c: int) -> tuple[Ints, Ints, Ints]:
    """Return member, kind and parties of caravan ``c`` in the members where it ``leaves``."""
    parties = np.where(leaves[:, None], state.parties[:, world.places + c, :, Status.on_foot], 0)
    member, kind = np.nonzero(parties)
    return member, kind, parties[member, kind]


def _merge(state: State, world: World, draws: Draws, stream: Stream, caravans: Caravans) -> tuple[list[Move], Caravans]:
    """Let later caravans merge into an earlier one that sleeps at the same place."""
    moves: list[Move] = []
    phase, place = caravans.phase.copy(), tonight(world, caravans)
    # Caravans that are not under way are each put somewhere of their own: only a meeting is a tie.
    where = np.sort(np.where(phase == Phase.under_way, place, -1 - np.arange(world.caravans)), axis=1)
    if not (where[:, 1:] == where[:, :-1]).any():
        return moves, caravans
    uniform = stream.at(2).random((world.members, world.caravans))
    for c in range(1, world.caravans):
        for first in range(c):
            both = (phase[:, c] == Phase.under_way) & (phase[:, first] == Phase.under_way)
            joins = both & (place[:, c] == place[:, first]) & (uniform[:, c] < draws["merge_chance"])
            if joins.any():
                member, kind, parties = _everyone(state, world, joins, c)
                source = world.cells(member, world.places + c, kind, Status.on_foot)
                target = world.cells(member, world.places + first, kind, Status.on_foot)
                moves.append(Move("merged", source, target, parties))
                # A slot that emptied into another can be used for a later split.
                phase[joins, c] = Phase.gathering if c >= world.caravans - SPLIT_SLOTS else Phase.dissolved
    return moves, replace(caravans, phase=phase)


def _dissolve(
    state: State, world: World, draws: Draws, stream: Stream, caravans: Caravans, open_: Bools
) -> tuple[list[Move], Caravans]:
    """Let caravans end: people wait at tonight's place.  An empty caravan ends as well."""
    place = tonight(world, caravans)
    hazard = np.where(
        world.home_state[place], draws["dissolution_at_home"][:, None], draws["dissolution_beyond"][:, None]
    )
    empty = headcount(state, world) == 0
    ends = (stream.at(3).random(hazard.shape) < -np.expm1(-hazard)) | empty
    ends &= open_ & (caravans.phase == Phase.under_way)
    moves = []
    for c in np.flatnonzero(ends.any(axis=0)):
        member, kind, parties = _everyone(state, world, ends[:, c], int(c))
        source = world.cells(member, world.places + int(c), kind, Status.on_foot)
        target = world.cells(member, place[member, c], kind, Status.waiting)
        moves.append(Move("dissolved", source, target, parties))
    return moves, replace(
        caravans,
        phase=np.where(ends, Phase.dissolved, caravans.phase).astype(np.int8),
        mode=np.where(ends, Mode.dissolved, caravans.mode).astype(np.int8),
    )


def _split(
    state: State, world: World, draws: Draws, stream: Stream, caravans: Caravans, open_: Bools
) -> tuple[list[Move], Caravans]:
    """Let a part of the first caravan under way go on as a caravan of its own, if a slot is free."""
    phase, itinerary, stop = caravans.phase.copy(), caravans.itinerary.copy(), caravans.stop.copy()
    rng = stream.at(4)
    uniform = rng.random(world.members)
    slot = world.caravans - SPLIT_SLOTS + (phase[:, -SPLIT_SLOTS:] != Phase.gathering).argmin(axis=1)
    free = (phase[:, -SPLIT_SLOTS:] == Phase.gathering).any(axis=1)
    splits = (uniform < draws["split_chance"]) & free & open_[:, 0] & (phase[:, 0] == Phase.under_way)
    if not splits.any():
        return [], caravans
    member, kind, parties = _everyone(state, world, splits, 0)
    part = rng.binomial(parties, draws["split_share"][member])
    some = part > 0
    member, kind, part = member[some], kind[some], part[some]
    source = world.cells(member, world.places, kind, Status.on_foot)
    target = world.cells(member, world.places + slot[member], kind, Status.on_foot)
    who = np.flatnonzero(np.bincount(member, minlength=world.members))
    phase[who, slot[who]] = Phase.under_way
    itinerary[who, slot[who]], stop[who, slot[who]] = itinerary[who, 0], stop[who, 0]
    return [Move("split", source, target, part)], replace(caravans, phase=phase, itinerary=itinerary, stop=stop)


def reshape(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Merge, dissolve and split caravans tonight: at most one of the three for each caravan."""
    before = state.caravans.phase
    merged, caravans = _merge(state, world, draws, stream, state.caravans)
    joined = np.zeros(before.shape, dtype=bool)
    for move in merged:
        # A caravan that took others in is left alone for the rest of tonight, as is the one that went.
        joined[world.members_of(move.target), world.rows_of(move.target) - world.places] = True
    joined |= caravans.phase != before
    dissolved, caravans = _dissolve(state, world, draws, stream, caravans, ~joined)
    untouched = ~joined & (caravans.phase == Phase.under_way)
    split, caravans = _split(state, world, draws, stream, caravans, untouched)
    return Outcome(moves=(*merged, *dissolved, *split), caravans=caravans)
