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
PUSHED = (0, 1, 2, 5)
"""Alternatives that crowding makes likelier: all that lead away."""
HELD_BACK = (1, 2, 5, 6)
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
    """Return the caravan (index, -1 for none) at each place and log10 of its persons: [member * place].

    Where two caravans sleep at one place, the larger is the one that people join.
    """
    caravans = state.caravans
    persons = headcount(state, world)
    here = np.full(world.members * world.places, -1, dtype=np.int64)
    size = np.zeros(world.members * world.places)
    member, c = np.nonzero((caravans.phase == Phase.under_way) & (persons > 0))
    # In order of size, so that where two sleep at one place the larger is written last.
    order = np.argsort(persons[member, c], kind="stable")
    member, c = member[order], c[order]
    place = world.itineraries.place[caravans.itinerary[member, c], caravans.stop[member, c]]
    at = member * world.places + place
    here[at], size[at] = c, np.log10(persons[member, c])
    return here, size


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
    """Return the push to leave each place from crowding and from waiting for papers: [member * place].

    Crowding counts people waiting here against the pool at the start; waiting counts the queue
    against the asylum office's daily work.
    """
    wait = slice(0, cells.waiting)
    persons = cells.parties[wait] * world.size[cells.kind[wait]]
    waiting = np.bincount(cells.at[wait], weights=persons, minlength=world.members * world.places)
    push = np.zeros(world.members * world.places)
    # A near-empty place does not hold people back: crowding pushes, its absence does not pull.
    usual = np.full(world.members * world.places, CROWDED)
    usual[world.origin :: world.places] = np.maximum(draws["stuck_pool"], 1.0)
    full = (waiting > usual).nonzero()[0]
    push[full] = draws["crowding_push"][full // world.places] * np.log(waiting[full] / usual[full])
    for office in world.office_places:
        queue = state.parties[:, office, :, Status.applied].sum(axis=1) + 1.0
        work = np.maximum(draws["office_per_day"], 1.0) * QUEUE_DAYS
        push[office :: world.places] += draws["wait_push"] * np.maximum(np.log(queue / work), 0.0)
    return push


def _chances(state: State, world: World, draws: Draws, today: Today, cells: _ChoosingCells) -> Floats:
    """Return the chance of each alternative, and last of staying, for parties in cells: [cell, 8]."""
    member, place = cells.member, cells.place
    away = place != world.origin
    chances = np.empty((len(ALTERNATIVES) + 1, member.size))
    weight = chances[:-1]
    by_member = _weights(world, draws).reshape(len(ALTERNATIVES), -1)
    # All indices are within bounds; to say how they are clipped spares a copy.
    np.take(by_member, member * 2 + world.family[cells.kind], axis=1, out=weight, mode="clip")
    # What few cells can choose is worked out for those alone.
    joins = ((cells.caravan >= 0) & away).nonzero()[0]
    joining = weight[0, joins] * np.exp(draws["company_value"][member[joins]] * cells.company[joins])
    weight[0] = 0.0
    weight[0, joins] = joining
    weight[1] *= world.can_walk[place]
    weight[2] *= world.nearness[place] ** -draws["price_response"][member] * world.can_ride[place]
    weight[3] *= world.has_office[place]
    # The cards on offer are issued in other states, not where the pool is stuck (claim cc-24).
    weight[4] *= today.offer[member] & away
    push = _push(state, world, draws, cells)[cells.at]
    pushed = push.nonzero()[0]
    if pushed.size:
        more = np.exp(push[pushed])
        for a in PUSHED:
            weight[a, pushed] *= more
    stuck = (~away[: cells.waiting]).nonzero()[0]
    less = np.exp(-draws["stuck_inertia"])[member[stuck]]
    for a in HELD_BACK:
        weight[a, stuck] *= less
    np.divide(1.0, 1.0 + weight.sum(axis=0), out=chances[-1])
    weight *= chances[-1]
    return chances.T


@dataclass(frozen=True, slots=True)
class _ChoosingCells:
    """Cells whose parties choose today, the caravan that sleeps there and log10 of its persons.

    The first ``waiting`` cells are of those who wait; ``at`` is ``member * places + place``.
    """

    member: Ints
    place: Ints
    kind: Ints
    waiting: int
    at: Ints
    parties: Ints
    caravan: Ints
    company: Floats


def choose(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let waiting parties and stragglers at fixed places choose, each on its own."""
    occupied = [state.occupied(status, slice(0, world.places)) for status in CHOOSERS]
    source, member, place, kind = (np.concatenate(axis) for axis in zip(*occupied, strict=True))
    if member.size == 0:
        return Outcome()
    parties = state.cells[source]
    here, company = _company(state, world)
    at = member * world.places + place
    cells = _ChoosingCells(member, place, kind, len(occupied[0][0]), at, parties, here[at], company[at])
    drawn = stream.at(0).multinomial(parties, _chances(state, world, draws, today, cells))
    moves = _moves(world, draws, today, source, cells, drawn[:, :-1])
    return Outcome(moves=moves, payments=pay(state, world, draws, moves))


def _moves(
    world: World, draws: Draws, today: Today, source: Ints, cells: _ChoosingCells, drawn: Ints
) -> tuple[Move, ...]:
    """Return a move for each alternative that anybody chose, of parties drawn by [cell, alternative]."""
    chosen = np.ascontiguousarray(drawn.T).reshape(-1)
    some = (chosen != 0).nonzero()[0]
    ends = np.searchsorted(some, np.arange(1, len(ALTERNATIVES) + 1) * source.size)
    spans = {flow: slice(int(a), int(b)) for flow, a, b in zip(ALTERNATIVES, (0, *ends), ends, strict=False)}
    i = some - np.repeat(np.arange(len(ALTERNATIVES)) * source.size, np.diff(ends, prepend=0))
    member, row = cells.member[i], cells.place[i]
    row[spans["joined"]] = world.places + cells.caravan[i[spans["joined"]]]
    row[spans["walked_alone"]] = world.walk_to[row[spans["walked_alone"]]]
    seat = spans["seat"]
    days = trip_days(world, draws, member[seat], row[seat])
    row[seat] = world.road_row(len(world.destinations) - 1, today.day + days)
    row[spans["returned"]] = world.border
    status = np.repeat(tuple(BECOMES.values()), np.diff(ends, prepend=0))
    target = world.cells(member, row, cells.kind[i], status)
    source, parties = source[i], chosen[some]
    return tuple(
        Move(flow, source[part], target[part], parties[part]) for flow, part in spans.items() if part.stop > part.start
    )
