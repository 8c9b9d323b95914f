"""Journeys from one cell, compiled: what those who leave see of the camps, choose, and come to."""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import (
    BEGINNING,
    RECENTS,
    Block,
    Codes,
    Conditions,
    Crowd,
    Leavers,
    Network,
    Sight,
)
from caravana.models.displacement.walk.kernels.crowd import add, come_to
from caravana.models.displacement.walk.kernels.draws import GOLDEN, see_camp, spread, weigh_post
from caravana.models.displacement.walk.kernels.lanes import (
    LANES,
    Lanes,
    all_f64,
    all_i32,
    any_of,
    fetch,
    load,
    select,
    store,
    sum_of,
    to_float,
    unsigned,
)
from caravana.models.displacement.walk.kernels.random import Bits, binomial, inlined, uniform

#: Up to so many options of a post, what all lead to is fetched before anybody chooses.
FETCHED = 12
#: Up to so many people of eight members who leave a cell draw their options one by one, where these are many; and up to
#: so many for each option, as fewer take less time together.
ONE_BY_ONE, EACH = 128, 2
#: Persons that one line of memory holds.
LINE = 16


def make_leavers(options: int) -> Leavers:
    """Make room for the leavers of one cell, whose post has at most so many options."""
    size, hits = RECENTS * LANES, max(options, ONE_BY_ONE)
    return Leavers(
        np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32),
        np.zeros(size, np.int32), np.zeros(options * LANES, np.int32), np.zeros(hits, np.int64),
        np.zeros(hits, np.int64), np.zeros(hits, np.int64), np.zeros(hits, np.int64),
    )  # fmt: skip


def make_sight(posts: int, options: int, camps: int) -> Sight:
    """Make room for what people see; all camps are empty, and nobody has looked round yet."""
    return Sight(
        np.ones(camps * LANES), np.ones(camps * LANES), np.empty(options * LANES), np.empty(options * LANES, np.uint32),
        np.full(posts, -1, np.int64), np.zeros(1, np.int64), np.zeros(camps, np.int64), np.zeros(camps * LANES),
    )  # fmt: skip


@inlined
def count_in(now: Conditions, sight: Sight, block: Block, first: int, camp: int, people: Lanes, visited: int) -> None:
    """Count people into a camp; let those who choose after them see it, unless all choose at once (visited -1)."""
    at = camp * block.members + first
    there = load(block.in_camps, at) + people
    store(block.in_camps, at, there)
    if visited >= 0:
        see_camp(now, sight, camp, to_float(there))


@inlined
def look_round(net: Network, now: Conditions, sight: Sight, post: int) -> None:
    """Bring the chances of a post's options up to the present state of the camps towards which they lead."""
    weighed, version = sight.weighed[post], sight.version[0]
    if weighed < 0:
        sight.weighed[post] = version
        weigh_post(net, now, post, sight)
    elif net.sees[post] and weighed != version:
        sight.weighed[post] = version
        for at in range(net.first_seen[post], net.first_seen[post + 1]):
            if sight.changed[net.seen[at]] > weighed:
                weigh_post(net, now, post, sight)
                break


@inlined
def fetch_cell(lead: int, crowd: Crowd) -> None:
    """Have a cell fetched to which people are about to come (-1: none): what they wait for otherwise is memory."""
    size = RECENTS * LANES
    if lead >= 0:
        for place in range(lead * size, (lead + 1) * size, LINE):
            fetch(crowd.people, place)
        fetch(crowd.people, (lead + 1) * size - 1)


@inlined
def choose(
    bits: Bits, net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, cell: int, visited: int,
    left: Lanes, who: Leavers, crowd: Crowd,
) -> None:  # fmt: skip
    """Let those who leave a cell choose among the options of its post, and put them where these lead.

    They choose together, as what they remember does not bear on the choice; then those who took an option are spread
    over the memories in proportion.  Of many options most are taken by nobody, so only what the others lead to is
    fetched, while the next are drawn.

    Parameters
    ----------
    visited
        The cell, or -1 where its people set out for the day.
    left, who
        How many leave, with the running sums of them by recent distance.
    """
    post, nobody = net.post[cell], all_i32(0)
    first, last = net.first[post], net.first[post + 1]
    counts = load(block.counts, first_member)
    if last - first == 1:
        # Nothing to choose: there is one road, as for all who are half way along a route.
        entry, lead, option = follow(net, now, block, net.entry[cell], first, visited, sum_of(left & counts))
        if lead >= 0:
            for at in range(0, RECENTS * LANES, LANES):
                add(crowd.people, lead * RECENTS * LANES + at, load(who.leaving, at))
            go_on(net, now, sight, block, first_member, lead, option, visited, left, crowd)
        else:
            _end_day(net, now, sight, block, first_member, entry, option, visited, who.leaving)
        return
    turn = uniform(bits)
    hits, unsettled = 0, left
    for option in range(first, last):
        taken = unsettled
        if option < last - 1:
            taken = binomial(bits, unsettled, unsigned(load(sight.edge, option * LANES)))
        if any_of(taken > nobody):
            unsettled = unsettled - taken
            who.entries[hits], lead, who.hits[hits] = follow(
                net, now, block, net.entry[cell] + option - first, option, visited, sum_of(taken & counts)
            )
            who.leads[hits] = lead
            store(who.taken, hits * LANES, taken)
            fetch_cell(lead, crowd)
            hits += 1
            if not any_of(unsettled > nobody):
                break
    for hit in range(hits):
        lead, option, taken = who.leads[hit], who.hits[hit], load(who.taken, hit * LANES)
        if lead >= 0:
            spread(taken, left, turn, who, crowd.people, lead * RECENTS * LANES)
            go_on(net, now, sight, block, first_member, lead, option, visited, taken, crowd)
        else:
            for at in range(0, RECENTS * LANES, LANES):
                store(who.taking, at, nobody)
            spread(taken, left, turn, who, who.taking, BEGINNING)
            _end_day(net, now, sight, block, first_member, who.entries[hit], option, visited, who.taking)
        left = left - taken
        turn = turn + all_f64(GOLDEN)
        turn = select(turn < all_f64(1.0), turn, turn - all_f64(1.0))


@inlined
def follow(
    net: Network, now: Conditions, block: Block, entry: int, option: int, visited: int, persons: int
) -> tuple[int, int, int]:
    """Count those who take an option, and follow them along their route for as long as they go on today.

    In Flee a person makes all her hops of a day before the next acts, so nothing changes between them.  Those who set
    out for the day all choose before anybody goes on (visited -1): there only those are followed whom no camp can turn
    away before they go on.

    Returns
    -------
    tuple
        Entry at which `ends` says what becomes of them, cell that they come to today or -1, and their last option.
    """
    block.departures[option] += persons
    hops = np.int64(net.hops[entry]) if visited >= 0 or net.slot[option] < 0 else np.int64(0)
    if hops == 0:
        return entry, np.int64(net.leads[entry]), option  # type: ignore[return-value]
    for hop in range(hops):
        onward = net.onward[option]
        if not now.first_open[onward]:
            for _ in range(hop):
                entry = net.entry[net.leads[entry]]
            return entry, np.int64(net.leads[entry]), option  # type: ignore[return-value]
        option = onward
        block.departures[option] += persons
    return entry, np.int64(net.comes[entry]), option  # type: ignore[return-value]


@inlined
def go_on(
    net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, lead: int, option: int, visited: int,
    taken: Lanes, crowd: Crowd,
) -> None:  # fmt: skip
    """Note that those who took an option come to a cell on the same day; a camp has them in its count at once."""
    come_to(crowd, np.int64(lead), visited)  # type: ignore[arg-type]
    camp = net.room[net.next_post[option]]
    if visited >= 0 and camp >= 0:
        add(crowd.counted, lead * LANES, taken)
        count_in(now, sight, block, first_member, camp, taken, visited)


@inlined
def _end_day(
    net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, entry: int, option: int, visited: int,
    taking: Codes,
) -> None:  # fmt: skip
    """Put those who took an option, by recent distance, where their day ends: at rest, or in the calendar."""
    resting, members = all_i32(0), block.members
    for recent in range(RECENTS):
        people = load(taking, recent * LANES)
        if any_of(people > all_i32(0)):
            end = net.ends[entry * RECENTS + recent]
            if end >= 0:
                resting = resting + people
                add(block.next_rest, (net.next_post[option] * RECENTS + end) * members + first_member, people)
            else:
                due = now.due[option] * net.options + option
                add(block.road, (due * RECENTS - 1 - end) * members + first_member, people)
    camp = net.room[net.next_post[option]]
    if camp >= 0:
        count_in(now, sight, block, first_member, camp, resting, visited)
