"""Process 3, choice: parties at fixed places choose what to do today (multinomial logit).

Those stuck at the origin hold back (``stuck_inertia``): they lack the means or wait for papers,
and whether they join a caravan there is the business of its call (:mod:`caravana.dynamics.assembly`).
The alternatives are to stay, join a caravan that sleeps here, walk on alone, buy a seat off the
route, apply for papers, accept the cards on offer, go back, or settle.  Staying has utility 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.accounts import pay
from caravana.dynamics.smuggling import trip_days, trip_price, trip_risk
from caravana.dynamics.state import Move, Outcome, Phase, Status, headcount

if TYPE_CHECKING:
    from caravana.dynamics.calendar import Draws, Today
    from caravana.dynamics.state import Floats, Ints, State
    from caravana.streams import Stream
    from caravana.world import World

ALTERNATIVES = ("joined", "walked_alone", "seat", "applied", "accepted", "returned", "settled")
CHOOSERS = (Status.waiting, Status.on_foot)
REFERENCE_PRICE = 3500.0
"""USD per person to cross Mexico (EMIF survey as reported, 2022): where the price term is zero."""
QUEUE_DAYS = 90.0
"""A queue of this many days' work is where the waiting term is zero (assumption)."""


def _company(state: State, world: World) -> tuple[Ints, Floats]:
    """Return the caravan (index, -1 for none) at each place and log10 of its persons: [member, place].

    Where two caravans sleep at one place, the larger is the one that people join.
    """
    caravans = state.caravans
    persons = headcount(state, world)
    here = np.full((world.members, world.places), -1, dtype=np.int64)
    size = np.zeros((world.members, world.places))
    for c in range(world.caravans):
        under_way = np.flatnonzero((caravans.phase[:, c] == Phase.under_way) & (persons[:, c] > 0))
        place = world.itineraries.place[caravans.itinerary[under_way, c], caravans.stop[under_way, c]]
        larger = persons[under_way, c] > size[under_way, place]
        here[under_way[larger], place[larger]] = c
        size[under_way[larger], place[larger]] = persons[under_way, c][larger]
    return here, np.log10(np.maximum(size, 1.0))


def _utilities(
    world: World, draws: Draws, today: Today, member: Ints, place: Ints, kind: Ints, company: Floats, push: Floats
) -> Floats:
    """Return utilities [alternative, cell] of parties in cells; availability is not in them."""
    family = world.family[kind]
    price = trip_price(world, draws, member, place) / REFERENCE_PRICE
    risk = trip_risk(draws)[member]
    harm = np.log(risk / (1 - risk)) - np.log(0.1 / 0.9)
    readiness = np.where(family, np.log(draws["family_readiness"][member]), 0.0)
    on_foot = np.where(family, np.log(draws["family_walk"][member]), 0.0)
    seat = draws["seat_logodds"][member] - draws["price_response"][member] * np.log(np.maximum(price, 0.05))
    return np.stack([
        draws["join_logodds"][member] + draws["company_value"][member] * company + push,
        draws["walk_logodds"][member] + on_foot + push,
        seat - draws["perceived_risk"][member] * harm + push,
        draws["apply_logodds"][member] + readiness,
        draws["accept_logodds"][member] + readiness,
        draws["go_back_logodds"][member] + push,
        draws["settle_logodds"][member],
    ])


def _push(state: State, world: World, draws: Draws) -> Floats:
    """Return the push to leave each place from crowding and from waiting for papers: [member, place].

    Crowding counts people waiting here against the pool at the start; waiting counts the queue
    against the asylum office's daily work.
    """
    waiting = state.parties[:, : world.places, :, Status.waiting] @ world.size
    pool = np.full((world.members, world.places), 1000.0)
    pool[:, world.origin] = draws["stuck_pool"]
    push = draws["crowding_push"][:, None] * np.log((waiting + 1.0) / (pool + 1.0))
    # A near-empty place does not hold people back: crowding pushes, its absence does not pull.
    push = np.maximum(push, 0.0)
    for office in world.office_places:
        queue = state.parties[:, office, :, Status.applied].sum(axis=1) + 1.0
        work = np.maximum(draws["office_per_day"], 1.0) * QUEUE_DAYS
        push[:, office] += draws["wait_push"] * np.maximum(np.log(queue / work), 0.0)
    return push


def choose(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let waiting parties and stragglers at fixed places choose, each on its own."""
    member, place, kind, which = np.nonzero(state.parties[:, : world.places, :, : len(CHOOSERS)])
    if member.size == 0:
        return Outcome()
    source = world.cells(member, place, kind, which)
    parties = state.parties.reshape(-1)[source]
    here, company = _company(state, world)
    caravan = here[member, place]
    push = _push(state, world, draws)[member, place]
    utility = _utilities(world, draws, today, member, place, kind, company[member, place], push)
    walk_to = world.walk_to[place]
    stuck = (place == world.origin) & (which == Status.waiting)
    utility[1:3, stuck] -= draws["stuck_inertia"][member[stuck]]
    utility[5:, stuck] -= draws["stuck_inertia"][member[stuck]]
    utility[0, (caravan < 0) | (place == world.origin)] = -np.inf
    utility[1, walk_to < 0] = -np.inf
    utility[2, world.km_left[place, -1] <= 0] = -np.inf
    utility[3, ~np.isin(place, world.office_places)] = -np.inf
    # The cards on offer are issued in other states, not where the pool is stuck (claim cc-24).
    utility[4, ~today.offer[member] | (place == world.origin)] = -np.inf
    weight = np.exp(utility)
    total = 1.0 + weight.sum(axis=0)
    chances = np.append(weight / total, 1.0 / total[None, :], axis=0).T
    drawn = stream.at(0).multinomial(parties, chances)[:, :-1]
    arrival = world.road_row(len(world.destinations) - 1, today.day + trip_days(world, draws, member, place))
    targets = (
        world.cells(member, world.places + np.maximum(caravan, 0), kind, Status.on_foot),
        world.cells(member, np.maximum(walk_to, 0), kind, Status.on_foot),
        world.cells(member, arrival, kind, Status.smuggled),
        world.cells(member, place, kind, Status.applied),
        world.cells(member, place, kind, Status.documented),
        world.cells(member, world.border, kind, Status.returned),
        world.cells(member, place, kind, Status.settled),
    )
    moves = []
    for a, flow in enumerate(ALTERNATIVES):
        chosen = np.flatnonzero(drawn[:, a])
        if chosen.size:
            moves.append(Move(flow, source[chosen], targets[a][chosen], drawn[chosen, a]))
    return Outcome(moves=tuple(moves), payments=pay(state, world, draws, moves))
