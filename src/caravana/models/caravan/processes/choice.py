"""Process 3, choice: parties at fixed places choose what to do today (multinomial logit).

Those stuck at the origin hold back (``stuck_inertia``): they lack the means or wait for papers,
and whether they join a caravan there is the business of its call (:mod:`caravana.models.caravan.processes.assembly`).
The alternatives are to stay, join a caravan that sleeps here, walk on alone, buy a seat off the
route, apply for papers, accept the cards on offer, go back, or settle.  Staying has utility 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.processes.accounts import pay
from caravana.models.caravan.processes.smuggling import trip_days, trip_risk
from caravana.models.caravan.state import Move, Outcome, Phase, Status, headcount

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Floats, Ints, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream

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
PUSHED = np.array([0, 1, 2, 5])
"""Alternatives that crowding makes likelier: all that lead away."""
HELD_BACK = np.array([1, 2, 5, 6])
"""Alternatives that those stuck at the origin hold back from."""
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
    member, c = np.nonzero((caravans.phase == Phase.under_way) & (persons > 0))
    # In order of size, so that where two sleep at one place the larger is written last.
    order = np.argsort(persons[member, c], kind="stable")
    member, c = member[order], c[order]
    place = world.itineraries.place[caravans.itinerary[member, c], caravans.stop[member, c]]
    here[member, place], size[member, place] = c, persons[member, c]
    return here, np.log10(size)


def _weights(world: World, draws: Draws) -> Floats:
    """Return each alternative's weight (exp of utility) before what hangs on the place: [alternative, member, 2].

    The last axis is lone parties, families.
    """
    risk = trip_risk(draws)
    harm = np.log(risk / (1 - risk)) - np.log(REFERENCE_RISK / (1 - REFERENCE_RISK))
    price = np.log(np.maximum(draws["seat_price"], 1.0) / REFERENCE_PRICE)
    seat = draws["seat_logodds"] - draws["price_response"] * price - draws["perceived_risk"] * harm
    ready, on_foot = np.log(draws["family_readiness"]), np.log(draws["family_walk"])
    utility = np.stack([
        draws["join_logodds"], draws["walk_logodds"], seat, draws["apply_logodds"], draws["accept_logodds"],
        draws["go_back_logodds"], draws["settle_logodds"],
    ])  # fmt: skip
    utility = np.repeat(utility[:, :, None], 2, axis=2)
    utility[1, :, 1] += on_foot
    utility[3:5, :, 1] += ready
    return np.asarray(np.exp(utility), dtype=np.float64)


def _push(state: State, world: World, draws: Draws, cells: _ChoosingCells) -> Floats:
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
    usual = np.full(shape, CROWDED)
    usual[:, world.origin] = np.maximum(draws["stuck_pool"], 1.0)
    member, place = np.nonzero(waiting > usual)
    crowd = np.log(waiting[member, place] / usual[member, place])
    push[member, place] = draws["crowding_push"][member] * crowd
    for office in world.office_places:
        queue = state.parties[:, office, :, Status.applied].sum(axis=1) + 1.0
        work = np.maximum(draws["office_per_day"], 1.0) * QUEUE_DAYS
        push[:, office] += draws["wait_push"] * np.maximum(np.log(queue / work), 0.0)
    return push


def _chances(state: State, world: World, draws: Draws, today: Today, cells: _ChoosingCells) -> Floats:
    """Return the chance of each alternative, and last of staying, for parties in cells: [cell, 8]."""
    member, place = cells.member, cells.place
    away = place != world.origin
    chances = np.empty((len(ALTERNATIVES) + 1, member.size))
    weight = chances[:-1]
    by_member = _weights(world, draws).reshape(len(ALTERNATIVES), -1)
    np.take(by_member, member * 2 + world.family[cells.kind], axis=1, out=weight)
    weight[0] *= np.exp(draws["company_value"][member] * cells.company) * ((cells.caravan >= 0) & away)
    weight[1] *= world.can_walk[place]
    weight[2] *= world.nearness[place] ** -draws["price_response"][member] * world.can_ride[place]
    weight[3] *= world.has_office[place]
    # The cards on offer are issued in other states, not where the pool is stuck (claim cc-24).
    weight[4] *= today.offer[member] & away
    push = _push(state, world, draws, cells)
    if push.any():
        weight[PUSHED] *= np.exp(push[member, place])
    stuck = np.flatnonzero(~away & (cells.status == Status.waiting))
    weight[np.ix_(HELD_BACK, stuck)] *= np.exp(-draws["stuck_inertia"])[member[stuck]]
    np.divide(1.0, 1.0 + weight.sum(axis=0), out=chances[-1])
    weight *= chances[-1]
    return chances.T


@dataclass(frozen=True, slots=True)
class _ChoosingCells:
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
    occupied = [state.occupied(status, slice(0, world.places)) for status in CHOOSERS]
    source, member, place, kind = (np.concatenate(axis) for axis in zip(*occupied, strict=True))
    if member.size == 0:
        return Outcome()
    status = np.repeat(CHOOSERS, [len(f[0]) for f in occupied])
    parties = state.cells[source]
    here, company = _company(state, world)
    joins = here[member, place]
    cells = _ChoosingCells(member, place, kind, status, parties, joins, company[member, place])
    drawn = stream.at(0).multinomial(parties, _chances(state, world, draws, today, cells))
    moves = []
    chosen = np.ascontiguousarray(drawn[:, :-1].T)
    for a, flow in enumerate(ALTERNATIVES):
        i = np.flatnonzero(chosen[a] != 0)
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
        moves.append(Move(flow, source[i], world.cells(member[i], row, kind[i], BECOMES[flow]), chosen[a, i]))
    return Outcome(moves=tuple(moves), payments=pay(state, world, draws, moves))
