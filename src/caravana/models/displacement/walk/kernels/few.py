"""The few who leave a cell from which many roads lead, compiled: each draws her own, and is put where it leads."""

from __future__ import annotations

from typing import Any

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import (
    RECENTS,
    Block,
    Conditions,
    Crowd,
    Leavers,
    Network,
    Sight,
    Urns,
)
from caravana.models.displacement.walk.kernels.journeys import count_in, follow, go_on
from caravana.models.displacement.walk.kernels.lanes import LANES, Lanes, all_i32, fetch, one_of, with_one
from caravana.models.displacement.walk.kernels.random import Bits, inlined
from caravana.models.displacement.walk.kernels.urns import draw_option


@inlined
def choose_one_by_one(
    bits: Bits, net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, cell: int,
    left: Lanes, who: Leavers, crowd: Crowd,
) -> None:  # fmt: skip
    """Let each of those who leave a cell choose among the options of its post, and put her where it leads.

    All choose by what was seen before the first of them.  What they remember does not bear on the choice.

    Parameters
    ----------
    left, who
        How many leave, and who, by recent distance.
    """
    post, number = net.post[cell], 0
    first = net.first[post]
    options, entries = net.first[post + 1] - first, net.entry[cell] - first
    for lane in range(LANES):
        recent, still = 0, np.int64(who.leaving[lane])
        for _ in range(one_of(left, lane)):
            while still == 0:
                recent += 1
                still = np.int64(who.leaving[recent * LANES + lane])
            still -= 1
            option = draw_option(bits, net, now, sight, urns, first, options, lane)
            fetch(net.hops, entries + option)
            fetch(net.leads, entries + option)
            fetch(net.comes, entries + option)
            fetch(net.next_post, option)
            fetch(block.departures, option)
            who.hits[number], who.whose[number] = option, recent * LANES + lane
            number += 1
    for one in range(number):
        _set_off(net, now, block, first_member, cell, who, one, crowd)
    for one in range(number):
        _put(net, now, sight, block, first_member, cell, who, one, crowd)


@inlined
def _set_off(
    net: Network, now: Conditions, block: Block, first_member: int, cell: int, who: Leavers, one: int, crowd: Crowd
) -> None:
    """Follow one person to her last hop of today, and have that fetched to which it leads."""
    option, recent, lane = who.hits[one], who.whose[one] // LANES, who.whose[one] % LANES
    # As wide as where many choose, or one loop more would be compiled.
    counts: Any = np.int32(-block.counts[first_member + lane])
    entry = net.entry[cell] + option - net.first[net.post[cell]]
    entry, lead, option = follow(net, now, block, entry, option, cell, counts)
    who.entries[one], who.leads[one], who.hits[one] = entry, lead, option
    if lead >= 0:
        fetch(crowd.people, lead * RECENTS * LANES + who.whose[one])
        fetch(crowd.mark, lead)
        fetch(net.next_post, option)
        return
    end = np.int64(net.ends[entry * RECENTS + recent])
    if end >= 0:
        fetch(block.next_rest, (net.next_post[option] * RECENTS + end) * block.members + first_member)
    else:
        due = now.due[option] * net.options + option
        fetch(block.road, (due * RECENTS - 1 - end) * block.members + first_member)


@inlined
def _put(
    net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, cell: int, who: Leavers, one: int,
    crowd: Crowd,
) -> None:  # fmt: skip
    """Put one person where her last hop of today leads."""
    entry, lead, option, whose = who.entries[one], who.leads[one], who.hits[one], who.whose[one]
    recent, lane = whose // LANES, whose % LANES
    person = with_one(all_i32(0), lane, np.int32(1))
    if lead >= 0:
        crowd.people[lead * RECENTS * LANES + whose] += 1
        go_on(net, now, sight, block, first_member, lead, option, cell, person, crowd)
        return
    end, member = np.int64(net.ends[entry * RECENTS + recent]), first_member + lane
    if end >= 0:
        block.next_rest[(net.next_post[option] * RECENTS + end) * block.members + member] += 1
        camp = net.room[net.next_post[option]]
        if camp >= 0:
            count_in(now, sight, block, first_member, camp, person, cell)
    else:
        due = now.due[option] * net.options + option
        block.road[(due * RECENTS - 1 - end) * block.members + member] += 1
