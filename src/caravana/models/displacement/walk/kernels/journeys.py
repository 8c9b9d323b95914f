"""Journeys from one cell, compiled: what those who leave see of the camps, choose, and come to."""

from __future__ import annotations

import numpy as np
from numba import njit

from caravana.models.displacement.walk.kernels.arrays import RECENTS, Conditions, Crowd, Ints, Leavers, Network, Sight
from caravana.models.displacement.walk.kernels.crowd import come_to
from caravana.models.displacement.walk.kernels.draws import (
    FEW,
    GOLDEN,
    MANY,
    add_up,
    part,
    pick,
    spread,
    throttle_camp,
    weigh_post,
)
from caravana.models.displacement.walk.kernels.random import Bits, count_below, fill, inlined, uniform


@njit(cache=True)
def make_leavers() -> Leavers:
    """Make room for the leavers of one cell."""
    return Leavers(
        np.zeros(RECENTS, np.int32), np.zeros(RECENTS, np.int32), np.zeros(RECENTS, np.int32),
        np.zeros(RECENTS, np.int32), np.zeros(RECENTS, np.int32), np.zeros(MANY + 2, np.uint32),
    )  # fmt: skip


@inlined
def count_in(now: Conditions, sight: Sight, in_camps: Ints, member: int, camp: int, people: int) -> None:
    """Count people into a camp; let those who choose after them see it."""
    in_camps[member, camp] += people
    share = throttle_camp(in_camps[member, camp], now.capacity[camp], now.buffer)
    if share != sight.share[camp]:
        sight.share[camp] = share
        sight.version[0] += 1


@inlined
def end_day(
    net: Network, now: Conditions, sight: Sight, member: int, option: int, end: int, people: int, next_rest: Ints,
    road: Ints, in_camps: Ints,
) -> None:  # fmt: skip
    """Put people where their journey ends for today: at rest, or into the calendar."""
    if end >= 0:
        post = net.next_post[option]
        next_rest[member, post * RECENTS + end] += people
        camp = net.room[post]
        if camp >= 0:
            count_in(now, sight, in_camps, member, camp, people)
    else:
        road[now.due[option], member, option, -1 - end] += people


@inlined
def choose(
    bits: Bits, net: Network, now: Conditions, sight: Sight, member: int, cell: int, visited: int,
    left: int, who: Leavers, next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, crowd: Crowd,
) -> None:  # fmt: skip
    """Let those who leave a cell choose among the options of its post, and put them where these lead.

    A few choose one by one.  Many choose together, as what they remember does not bear on the
    choice; then those who took an option are spread over the memories in proportion.
    """
    alone = net.first[net.post[cell]]
    if net.first[net.post[cell] + 1] - alone == 1:
        # Nothing to choose: there is one road, as for all who are half way along a route.
        for recent in range(RECENTS):
            who.taking[recent] = who.leaving[recent]
        departures[alone] += left
        _travel(
            net, now, sight, member, net.entry[cell], alone, visited, left, who, next_rest, road, in_camps, crowd
        )  # fmt: skip
        return
    if left > FEW:
        _choose_together(
            bits, net, now, sight, member, cell, visited, left, who, next_rest, road, in_camps, departures, crowd
        )
        return
    post = net.post[cell]
    first, last = net.first[post], net.first[post + 1]
    for recent in range(RECENTS):
        for _ in range(who.leaving[recent]):
            option = pick(bits, sight.reach, first, last)
            departures[option] += 1
            entry = net.entry[cell] + option - first
            lead = net.leads[entry]
            if lead >= 0:
                crowd.people[lead * RECENTS + recent] += 1
                come_to(crowd, lead, visited)
                if visited >= 0 and net.room[net.next_post[option]] >= 0:
                    crowd.counted[lead] += 1
                    count_in(now, sight, in_camps, member, net.room[net.next_post[option]], 1)
            else:
                end = net.ends[entry * RECENTS + recent]
                end_day(net, now, sight, member, option, end, 1, next_rest, road, in_camps)


@inlined
def _choose_together(
    bits: Bits, net: Network, now: Conditions, sight: Sight, member: int, cell: int, visited: int,
    left: int, who: Leavers, next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, crowd: Crowd,
) -> None:  # fmt: skip
    """Draw how many take each option, up to some hundreds person by person, which is quicker than by binomials."""
    post, everybody, before = net.post[cell], left, 0
    first, last = net.first[post], net.first[post + 1]
    if everybody <= MANY:
        fill(bits, who.words, everybody)
    add_up(who.leaving, who.upto)
    turn, below, whole = uniform(bits), 0.0, sight.reach[last - 1]
    for option in range(first, last):
        reach = sight.reach[option]
        if everybody <= MANY:
            count = count_below(who.words, everybody, reach / whole) if option < last - 1 else everybody
            taken, before = count - before, count
        else:
            taken = part(bits, left, reach - below, whole - below)
            below = reach
        if taken > 0:
            departures[option] += taken
            spread(taken, left, turn, who)
            left -= taken
            turn = turn + GOLDEN if turn + GOLDEN < 1.0 else turn + GOLDEN - 1.0
            entry = net.entry[cell] + option - first
            _travel(net, now, sight, member, entry, option, visited, taken, who, next_rest, road, in_camps, crowd)


@inlined
def _travel(
    net: Network, now: Conditions, sight: Sight, member: int, entry: int, option: int, visited: int, taken: int,
    who: Leavers, next_rest: Ints, road: Ints, in_camps: Ints, crowd: Crowd,
) -> None:  # fmt: skip
    """Put those who took an option where it leads."""
    lead = net.leads[entry]
    if lead >= 0:
        for recent in range(RECENTS):
            crowd.people[lead * RECENTS + recent] += who.taking[recent]
        come_to(crowd, lead, visited)
        room = net.room[net.next_post[option]]
        if visited >= 0 and room >= 0:
            crowd.counted[lead] += taken
            count_in(now, sight, in_camps, member, room, taken)
        return
    for recent in range(RECENTS):
        if who.taking[recent] > 0:
            end = net.ends[entry * RECENTS + recent]
            end_day(net, now, sight, member, option, end, who.taking[recent], next_rest, road, in_camps)


@inlined
def look_round(net: Network, now: Conditions, sight: Sight, post: int) -> None:
    """Bring the chances of a post's options up to the present state of the camps."""
    if net.sees[post] and sight.weighed[post] != sight.version[0]:
        weigh_post(net, now, post, sight.share, sight.reach)
        sight.weighed[post] = sight.version[0]
