"""Process 3, choice: parties at fixed places choose what to do today (multinomial logit).

Those stuck at the origin hold back (``stuck_inertia``): they lack the means or wait for papers,
and whether they join a caravan there is the business of its call (:mod:`caravana.dynamics.assembly`).
The alternatives are to stay, join a caravan that sleeps here, walk on alone, buy a seat off the
route, apply for papers, accept the cards on offer, go back, or settle.  Staying has utility 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.accounts import pay
from caravana.dynamics.smuggling import trip_days, trip_risk
from caravana.dynamics.state import Move, Outcome, Phase, Status, headcount

if TYPE_CHECKING:
    from caravana.dynamics.calendar import Draws, Today
    from caravana.dynamics.state import Floats, Ints, State
    from caravana.streams import Stream
    from caravana.world import World

BECOMES = {
    "joined": Status.on_foot,
    "walked_alone": Status.on_foot,
    "seat": Status.smuggled,
    "applied": Status.applied,
    "accepted": Status.documented,
    "returned": Status.returned,
    "settled": Status.settled,
}
"""What a party becomes by each alternative; to stay is the one more."""
ALTERNATIVES = tuple(BECOMES)
CHOOSERS = (Status.waiting, Status.on_foot)
REFERENCE_PRICE = 3500.0
"""USD per person to cross Mexico (EMIF survey as reported, 2022): where the price term is zero."""
REFERENCE_RISK = 0.1
"""Chance of harm on a whole trip at which the risk term is zero."""
CROWDED = 1000.0
"""Persons waiting at a place other than the origin at which it starts to be crowded (assumption)."""
QUEUE_DAYS = 90.0
"""A queue of this many days' work is where the waiting term is zero (assumption)."""


def _company(state: State, world: World) -> tuple[Ints, Floats]:
    """Return the caravan (index, -1 for none) at each place and log10 of its persons: [member, place].

    Where two caravans sleep at one place, the larger is the one that people join.
    """
    caravans = state.caravans
    persons = headcount(state, world)
    here = np.full((world.members, world.places), -1, dtype=np.int64)
    size = np.ones((world.members, world.places))
    place = world.itineraries.place[caravans.itinerary, caravans.stop]
    for c in range(world.caravans):
        member = np.flatnonzero((caravans.phase[:, c] == Phase.under_way) & (persons[:, c] > 0))
        larger = member[persons[member, c] > size[member, place[member, c]]]
        here[larger, place[larger, c]] = c
        size[larger, place[larger, c]] = persons[larger, c]
    return here, np.log10(size)


def _weights(world: World, draws: Draws) -> Floats:
    """Return each alternative's weight (exp of utility) before what hangs on the place: [member, 2, alternative].

    The second axis is lone parties, families.
    """
    risk = trip_risk(draws)
    harm = np.log(risk / (1 - risk)) - np.log(REFERENCE_RISK / (1 - REFERENCE_RISK))
    price = np.log(np.maximum(draws["seat_price"], 1.0) / REFERENCE_PRICE)
    seat = draws["seat_logodds"] - draws["price_response"] * price - draws["perceived_risk"] * harm
    ready, on_foot = np.log(draws["family_readiness"]), np.log(draws["family_walk"])
    lone = np.stack([
        draws["join_logodds"], draws["walk_logodds"], seat, draws["apply_logodds"], draws["accept_logodds"],
        draws["go_back_logodds"], draws["settle_logodds"],
    ], axis=1)  # fmt: skip
    none = np.zeros(world.members)
    family = lone + np.stack([none, on_foot, none, ready, ready, none, none], axis=1)
    return np.exp(np.stack([lone, family], axis=1))


def _push(state: State, world: World, draws: Draws, cells: _Cells) -> Floats:
    """Return the push to leave each place from crowding and from waiting for papers: [member, place].

    Crowding counts people waiting here against the pool at the start; waiting counts the queue
    against the asylum office's daily work.
    """
    shape = (world.members, world.places)
    persons = np.where(cells.status == Status.waiting, cells.parties * world.size[cells.kind], 0)
    at = cells.member * world.places + cells.place
    waiting = np.bincount(at, weights=persons, minlength=world.members * world.places).reshape(shape)
    push = np.zeros(shape)
    # A near-empty place does not hold people back: crowding pushes, its absence does not pull.
    member, place = np.nonzero(waiting > CROWDED)
    pool = np.where(place == world.origin, draws["stuck_pool"][member], CROWDED)
    push[member, place] = draws["crowding_push"][member] * np.log(waiting[member, place] / pool)
    push = np.maximum(push, 0.0)
    for office in world.office_places:
        queue = state.parties[:, office, :, Status.applied].sum(axis=1) + 1.0
        work = np.maximum(draws["office_per_day"], 1.0) * QUEUE_DAYS
        push[:, office] += draws["wait_push"] * np.maximum(np.log(queue / work), 0.0)
    return push


def _chances(state: State, world: World, draws: Draws, today: Today, cells: _Cells) -> Floats:
    """Return the chance of each alternative, and last of staying, for parties in cells: [cell, 8]."""
    member, place = cells.member, cells.place
    here, company = cells.caravan, cells.company
    push = np.exp(_push(state, world, draws, cells))[member, place]
    whole = max(float(world.km_left[world.origin, -1]), 1.0)
    near = np.log(np.maximum(world.km_left[:, -1] / whole, 0.01))[place]
    weight = _weights(world, draws)[member, world.family[cells.kind].astype(np.int64)]
    weight[:, 0] *= np.exp(draws["company_value"][member] * company) * ((here >= 0) & (place != world.origin))
    weight[:, 2] *= np.exp(-draws["price_response"][member] * near) * (world.km_left[:, -1] > 0)[place]
    weight[:, 1] *= (world.walk_to >= 0)[place]
    weight[:, 3] *= world.has_office[place]
    # The cards on offer are issued in other states, not where the pool is stuck (claim cc-24).
    weight[:, 4] *= today.offer[member] & (place != world.origin)
    weight[:, [0, 1, 2, 5]] *= push[:, None]
    stuck = np.flatnonzero((place == world.origin) & (cells.status == Status.waiting))
    weight[np.ix_(stuck, [1, 2, 5, 6])] *= np.exp(-draws["stuck_inertia"])[member[stuck], None]
    chances = np.empty((member.size, len(ALTERNATIVES) + 1))
    stays = 1.0 / (1.0 + weight.sum(axis=1))
    chances[:, :-1] = weight * stays[:, None]
    chances[:, -1] = stays
    return chances


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells whose parties choose today, the caravan that sleeps there and log10 of its persons."""

    member: Ints
    place: Ints
    kind: Ints
    status: Ints
    parties: Ints
    caravan: Ints
    company: Floats


def choose(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let waiting parties and stragglers at fixed places choose, each on its own."""
    found = [state.occupied(status, slice(0, world.places)) for status in CHOOSERS]
    member, place, kind = (np.concatenate(axis) for axis in zip(*found, strict=True))
    if member.size == 0:
        return Outcome()
    status = np.repeat(CHOOSERS, [len(f[0]) for f in found])
    source = world.cells(member, place, kind, status)
    parties = state.cells[source]
    here, company = _company(state, world)
    joins = here[member, place]
    cells = _Cells(member, place, kind, status, parties, joins, company[member, place])
    drawn = stream.at(0).multinomial(parties, _chances(state, world, draws, today, cells))
    moves = []
    for a, flow in enumerate(ALTERNATIVES):
        i = np.flatnonzero(drawn[:, a])
        if i.size == 0:
            continue
        row: Ints = place[i]
        if flow == "joined":
            row = world.places + joins[i]
        elif flow == "walked_alone":
            row = world.walk_to[row]
        elif flow == "seat":
            row = world.road_row(len(world.destinations) - 1, today.day + trip_days(world, draws, member[i], row))
        elif flow == "returned":
            row = np.full(i.size, world.border)
        moves.append(Move(flow, source[i], world.cells(member[i], row, kind[i], BECOMES[flow]), drawn[i, a]))
    return Outcome(moves=tuple(moves), payments=pay(state, world, draws, moves))
