"""Departures and hops of a day, compiled: the loops in which displacement spends its time.

The people of a cell (post, km done today) are put at once where their options lead.  Cells are
visited in the order of km done today, so that people come to later cells and each is visited about once.
The same rules as plain array operations, hop by hop, stand in the tests as the reference
(``tests/reference/flee_counts.py``).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from caravana.models.displacement.walk.kernels.arrays import (
    RECENTS,
    Arrivals,
    Conditions,
    Crowd,
    Floats,
    Ints,
    Leavers,
    Network,
    Sight,
)
from caravana.models.displacement.walk.kernels.crowd import empty, join, let_wait, make_crowd
from caravana.models.displacement.walk.kernels.draws import FEW, leave, leave_together, part, throttle, weigh
from caravana.models.displacement.walk.kernels.journeys import choose, count_in, look_round, make_leavers
from caravana.models.displacement.walk.kernels.random import Bits, binomial, inlined, inner

#: Times that the cells are gone through; who is on the way after so many rests where she is.
MOST_PASSES = 200
#: Expected at a camp in one go, for each that its throttle spans, above which people come in turns.
PRESSING = 1.0
#: Most turns of a day: as many as make a difference, since camps are counted choice by choice.
MOST_TURNS = 6
#: Share of a crowd for whom there must be room in camps that fill, for turns to be taken.
STAKE = 0.05
#: Most turns of the people of one cell.
MOST_TURNS_OF_CELL = 24


@njit(cache=True)
def set_out(
    bits: Bits, net: Network, now: Conditions,
    fresh: Ints, rest: Ints, next_rest: Ints, road: Ints, foot: Ints, in_camps: Ints, departures: Ints,
) -> tuple[Arrivals, Arrivals]:  # fmt: skip
    """Let those at places set out.

    Those in camps are the first of Flee's list, so others see camps after they have left: their
    expected number is taken off before anybody chooses.

    Parameters
    ----------
    fresh, rest, road, foot
        As in :class:`~caravana.models.displacement.walk.state.WalkState`; changed in place.
    next_rest
        Who is at rest tomorrow, [member, post * recent]; added to.
    in_camps
        People in each place that has a capacity, [member, camp]; changed in place.
    departures
        Persons who take each option, [option]; added to.

    Returns
    -------
    tuple of Arrivals
        Who arrives today with an earlier journey behind her, and who on her first link.
    """
    members, cells = len(fresh), len(net.post)
    walkers, starters = make_crowd(cells), make_crowd(cells)
    who = make_leavers()
    walker_start, starter_start = np.zeros(members + 1, np.int64), np.zeros(members + 1, np.int64)
    state, people = np.empty(256, np.int64), np.empty(256, np.int64)
    first_state, first_people = np.empty(256, np.int64), np.empty(256, np.int64)
    camps = len(now.capacity)
    # The throttle that holds while all set out, and one that nobody looks at.
    sight = Sight(np.ones(camps), np.empty(len(net.chance)), np.zeros(1, np.int64), np.zeros(1, np.int64))
    later = Sight(np.ones(camps), sight.reach, sight.weighed, sight.version)
    weigh(net, now, np.arange(len(net.room)), sight.share, sight.reach)
    for member in range(members):
        if throttle(in_camps[member] * now.staying, now.capacity, now.buffer, sight.share):
            weigh(net, now, net.throttled, sight.share, sight.reach)
        _leave_again(bits, net, now, later, member, rest, who, next_rest, road, in_camps, departures, walkers)
        _leave_first(bits, net, now, sight.reach, member, fresh, foot, in_camps, departures, starters)
        state, people, end = empty(walkers, state, people, walker_start[member])
        walker_start[member + 1] = end
        first_state, first_people, end = empty(starters, first_state, first_people, starter_start[member])
        starter_start[member + 1] = end
    return Arrivals(walker_start, state, people), Arrivals(starter_start, first_state, first_people)


@inner
def _leave_first(
    bits: Bits, net: Network, now: Conditions, reach: Floats, member: int, fresh: Ints, foot: Ints,
    in_camps: Ints, departures: Ints, starters: Crowd,
) -> None:  # fmt: skip
    """Let those who were never on the road set out."""
    for post in range(fresh.shape[1]):
        first, last = net.first[post], net.first[post + 1]
        if fresh[member, post] == 0 or first == last:
            continue
        left = leave(bits, fresh[member, post], now.move[post] * reach[last - 1])
        fresh[member, post] -= left
        if net.room[post] >= 0:
            in_camps[member, net.room[post]] -= left
        below = 0.0
        for option in range(first, last):
            if left == 0:
                break
            taken = part(bits, left, reach[option] - below, reach[last - 1] - below)
            below = reach[option]
            if taken == 0:
                continue
            left -= taken
            departures[option] += taken
            if net.starts[option] >= 0:
                join(starters, net.starts[option] // RECENTS, net.starts[option], taken, -1)
            else:
                foot[now.due_on_foot[option], member, option] += taken


@inner
def _leave_again(
    bits: Bits, net: Network, now: Conditions, sight: Sight, member: int, rest: Ints, who: Leavers,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, walkers: Crowd,
) -> None:  # fmt: skip
    """Let those with a journey behind them set out."""
    for post in range(rest.shape[1]):
        here = rest[member, post]
        people = 0
        for recent in range(RECENTS):
            people += here[recent]
        if people == 0:
            continue
        first, last = net.first[post], net.first[post + 1]
        chance = now.move[post] * sight.reach[last - 1] if last > first else 0.0
        left = leave_together(bits, here, people, chance, who)
        for recent in range(RECENTS):
            if here[recent] > 0:
                next_rest[member, net.rests[post * RECENTS + recent]] += here[recent] - who.leaving[recent]
        if left > 0:
            if net.room[post] >= 0:
                in_camps[member, net.room[post]] -= left
            choose(
                bits, net, now, sight, member, net.start[post], -1, left, who, next_rest, road, in_camps, departures,
                walkers,
            )  # fmt: skip


@njit(cache=True)
def come_in(
    bits: Bits, net: Network, now: Conditions, arrivals: Arrivals, due: Ints, due_state: Ints,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints,
) -> None:  # fmt: skip
    """Let arrivals come in and go on, until each rests or is under way for the night.

    Parameters
    ----------
    arrivals
        Who arrives on the day of departure.
    due
        Who arrives from the calendar, [member, cell of the calendar]; emptied.
    due_state
        State on arrival of each cell of the calendar.
    next_rest, road, in_camps, departures
        As for :func:`set_out`.
    """
    cells, camps, posts = len(net.post), len(now.capacity), len(net.room)
    crowd, waiting = make_crowd(cells), make_crowd(cells)
    who = make_leavers()
    expected = np.empty(camps)
    sight = Sight(np.ones(camps), np.empty(len(net.chance)), np.zeros(posts, np.int64), np.zeros(1, np.int64))
    weigh(net, now, np.arange(posts), sight.share, sight.reach)
    for member in range(len(in_camps)):
        if throttle(in_camps[member] * 1.0, now.capacity, now.buffer, sight.share):
            sight.version[0] += 1
        _gather(net, member, arrivals, due, due_state, crowd)
        turns = 0
        while crowd.edge[0] <= crowd.edge[1]:
            if turns < MOST_TURNS:
                at_once = _share_at_once(net, now, sight, member, crowd, in_camps, expected)
                if at_once < 1.0:
                    let_wait(bits, 1.0 - at_once, crowd, waiting)
            turns += 1
            passes = 0
            while crowd.edge[0] <= crowd.edge[1] and passes < MOST_PASSES:
                start, crowd.edge[0] = crowd.edge[0], cells
                at = start
                while at <= crowd.edge[1]:
                    if crowd.mark[at]:
                        crowd.mark[at] = 0
                        _visit(bits, net, now, sight, member, at, crowd, who, next_rest, road, in_camps, departures)
                    at += 1
                crowd.edge[1], crowd.edge[2] = crowd.edge[2], -1
                passes += 1
            _stay(net, member, crowd, next_rest, in_camps)
            crowd, waiting = waiting, crowd


@inner
def _gather(net: Network, member: int, arrivals: Arrivals, due: Ints, due_state: Ints, crowd: Crowd) -> None:
    """Gather a member's arrivals in a crowd."""
    for index in range(arrivals.start[member], arrivals.start[member + 1]):
        state = arrivals.state[index]
        join(crowd, state // RECENTS, state, arrivals.people[index], -1)
    for cell in range(due.shape[1]):
        if due[member, cell] > 0:
            state = due_state[cell]
            join(crowd, state // RECENTS, state, due[member, cell], -1)
            due[member, cell] = 0


@inner
def _room_left(net: Network, now: Conditions, member: int, crowd: Crowd, in_camps: Ints) -> float:
    """Room left in all camps for each person of a crowd who chooses, at most."""
    room, choosing = 0.0, 0.0
    for camp in range(len(now.capacity)):
        room += max(now.capacity[camp] - in_camps[member, camp], 0.0)
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if crowd.mark[at]:
            people = 0
            for state in range(at * RECENTS, (at + 1) * RECENTS):
                people += crowd.people[state]
            choosing += people * now.move[net.post[at]]
    return room / max(choosing, 1.0)


@inner
def _share_at_once(
    net: Network, now: Conditions, sight: Sight, member: int, crowd: Crowd, in_camps: Ints, expected: Floats
) -> float:
    """Share of a crowd that may go on at once: less than 1 where it would fill a camp at one go.

    Flee lets one person after the other make all her hops.  Where so many are about to choose a camp that its
    throttle would not be felt, the others wait for their turn.  Turns decide who finds room, so they are not
    taken where all the room left is for a few of the crowd (:data:`STAKE`).
    """
    if _room_left(net, now, member, crowd, in_camps) <= STAKE:
        return 1.0
    expected[:] = 0.0
    choosing = 0.0
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[at]:
            continue
        post, below = net.post[at], 0.0
        movers, people = 0.0, 0
        for state in range(at * RECENTS, (at + 1) * RECENTS):
            people += crowd.people[state]
            movers += crowd.people[state] * (1.0 if net.unrested[state] and now.town[post] else now.move[post])
        if net.room[post] >= 0:
            expected[net.room[post]] += people
            choosing += people
        choosing += movers
        if not net.sees[post]:
            continue
        look_round(net, now, sight, post)
        for option in range(net.first[post], net.first[post + 1]):
            if net.slot[option] >= 0:
                expected[net.slot[option]] += movers * (sight.reach[option] - below)
            below = sight.reach[option]
    at_once, stake = 1.0, 0.0
    for camp in range(len(expected)):
        limit = PRESSING * max(now.capacity[camp] * (1.0 - now.buffer), 1.0)
        filling = in_camps[member, camp] + expected[camp] > now.buffer * now.capacity[camp]
        if expected[camp] > limit and filling and in_camps[member, camp] < now.capacity[camp]:
            at_once = min(at_once, limit / expected[camp])
            stake += min(expected[camp], now.capacity[camp] - in_camps[member, camp])
    return at_once if stake > STAKE * choosing else 1.0


@inlined
def _share_of_cell(
    net: Network, now: Conditions, sight: Sight, member: int, post: int, people: int, in_camps: Ints
) -> float:
    """Share of those at a post who may choose at once: less than 1 where they would fill a camp at one go.

    The same as for a crowd, where so many of it are in one cell that turns of the crowd are not enough.
    """
    at_once, below = 1.0, 0.0
    if people <= FEW or not net.sees[post]:
        return at_once
    for option in range(net.first[post], net.first[post + 1]):
        camp = net.slot[option]
        if camp >= 0:
            expected = people * now.move[post] * (sight.reach[option] - below)
            limit = PRESSING * max(now.capacity[camp] * (1.0 - now.buffer), 1.0)
            filling = in_camps[member, camp] + expected > now.buffer * now.capacity[camp]
            if expected > limit and filling and in_camps[member, camp] < now.capacity[camp]:
                at_once = min(at_once, limit / expected)
        below = sight.reach[option]
    return at_once


@inlined
def _leave_cell(bits: Bits, net: Network, now: Conditions, chance: float, at: int, people: int, who: Leavers) -> int:
    """Draw who of those whose turn it is go on, and return how many; those who must leave apart from those who may."""
    post, left, free = net.post[at], 0, 0
    for recent in range(RECENTS):
        who.free[recent] = 0
        if not (net.unrested[at * RECENTS + recent] and now.town[post]):
            who.free[recent] = who.here[recent]
            free += who.here[recent]
    if free > 0:
        left = leave_together(bits, who.free, free, now.move[post] * chance, who)
    else:
        who.leaving[:] = 0
    if free < people:
        for recent in range(RECENTS):
            if who.free[recent] < who.here[recent]:
                who.leaving[recent] = leave(bits, who.here[recent], chance)
                left += who.leaving[recent]
    return left


@inlined
def _visit(
    bits: Bits, net: Network, now: Conditions, sight: Sight, member: int, at: int, crowd: Crowd,
    who: Leavers, next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints,
) -> None:  # fmt: skip
    """Let those in a cell come in, and go on or stay: in turns where so many at once would fill a camp unseen."""
    post = net.post[at]
    first, last, room = net.first[post], net.first[post + 1], net.room[post]
    here = crowd.people[at * RECENTS : (at + 1) * RECENTS]
    people = 0
    for recent in range(RECENTS):
        people += here[recent]
    if people == 0:
        return
    if room >= 0:
        count_in(now, sight, in_camps, member, room, people - crowd.counted[at])
        crowd.counted[at] = 0
    turns = 0
    while people > 0:
        look_round(net, now, sight, post)
        share = _share_of_cell(net, now, sight, member, post, people, in_camps) if turns < MOST_TURNS_OF_CELL else 1.0
        turns += 1
        if share < 1.0:
            acting = 0
            for recent in range(RECENTS):
                who.here[recent] = binomial(bits, here[recent], share)
                acting += who.here[recent]
        else:
            acting = people
            for recent in range(RECENTS):
                who.here[recent] = here[recent]
        people -= acting
        chance = sight.reach[last - 1] if last > first else 0.0
        left = _leave_cell(bits, net, now, chance, at, acting, who)
        for recent in range(RECENTS):
            if who.here[recent] > 0:
                rest = net.drop[post] * RECENTS + net.stays[at * RECENTS + recent]
                next_rest[member, rest] += who.here[recent] - who.leaving[recent]
                here[recent] -= who.here[recent]
        if left > 0:
            if room >= 0:
                count_in(now, sight, in_camps, member, room, -left)
            choose(bits, net, now, sight, member, at, at, left, who, next_rest, road, in_camps, departures, crowd)


@inner
def _stay(net: Network, member: int, crowd: Crowd, next_rest: Ints, in_camps: Ints) -> None:
    """Let those who are still on the way rest where they are."""
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        crowd.mark[at] = 0
        post = net.post[at]
        room = net.room[post]
        for state in range(at * RECENTS, (at + 1) * RECENTS):
            next_rest[member, net.drop[post] * RECENTS + net.stays[state]] += crowd.people[state]
            if room >= 0:
                in_camps[member, room] += crowd.people[state]
            crowd.people[state] = 0
        if room >= 0:
            in_camps[member, room] -= crowd.counted[at]
            crowd.counted[at] = 0
    crowd.edge[0], crowd.edge[1], crowd.edge[2] = len(crowd.mark), -1, -1
