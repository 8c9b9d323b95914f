"""Departures and hops of a day, compiled: the loops in which displacement spends its time.

Eight members are treated side by side (:mod:`caravana.models.displacement.walk.kernels.lanes`).  The people of a cell
(post, km done today) are put at once where their options lead.  Cells are visited in the order of km done today, so
that people come to later cells and each is visited about once.  The same rules as plain array operations, hop by hop,
stand in the tests as the reference (``tests/oracles/flee_counts.py``).
"""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import (
    ALL_RECENTS,
    NOT_VISITED,
    RECENTS,
    Block,
    Conditions,
    Crowd,
    Due,
    Leavers,
    Network,
    Sight,
    Urns,
)
from caravana.models.displacement.walk.kernels.bundles import group_of, part_of
from caravana.models.displacement.walk.kernels.crowd import add, join, let_wait, people_of
from caravana.models.displacement.walk.kernels.draws import leave, see_camps
from caravana.models.displacement.walk.kernels.few import choose_one_by_one
from caravana.models.displacement.walk.kernels.journeys import (
    EACH,
    FETCHED,
    LINE,
    ONE_BY_ONE,
    choose,
    count_in,
    fetch_cell,
    look_round,
)
from caravana.models.displacement.walk.kernels.lanes import (
    LANES,
    Lanes,
    all_f64,
    all_i32,
    any_of,
    fetch,
    load,
    store,
    sum_of,
    unsigned,
)
from caravana.models.displacement.walk.kernels.random import WORDS, Bits, binomial, edge_of, inlined, inner, loop
from caravana.models.displacement.walk.kernels.turns import FEW, share_at_once, share_of_cell
from caravana.models.displacement.walk.kernels.urns import MANY, fill_urns, glance

#: Times that the cells are gone through; who is on the way after so many rests where she is.
MOST_PASSES = 200
#: Most turns of a day: as many as make a difference, since camps are counted choice by choice.
MOST_TURNS = 6
#: Up to so many cells ahead of the one that is visited, what belongs to the next that are occupied is fetched.
SOON = 40
#: Most turns of the people of one cell.
MOST_TURNS_OF_CELL = 24


@loop
def set_out(
    net: Network, now: Conditions, block: Block, walkers: Crowd, starters: Crowd, sight: Sight, who: Leavers
) -> None:
    """Let those at places set out.

    Those in camps are the first of Flee's list, so others see camps after they have left: their
    expected number is taken off before anybody chooses.

    Parameters
    ----------
    block
        The people.
    walkers, starters
        Who arrives today with an earlier journey behind her, and who on her first link.
    sight, who
        Room for what holds while all set out, and for those of one cell.
    """
    _forget(net, now, sight)
    for group in range(block.members // LANES):
        first, bits = group * LANES, part_of(block.bits, group * WORDS)
        see_camps(now, sight, block.in_camps, block.members, first, now.staying)  # which holds while all set out
        _leave_again(bits, net, now, sight, block, first, who, group_of(walkers, group))
        _leave_first(bits, net, now, sight, block, first, group_of(starters, group))


@inner
def _forget(net: Network, now: Conditions, sight: Sight) -> None:
    """See all camps empty, and let nobody have looked round."""
    sight.version[0] = 0
    for post in range(net.posts):
        sight.weighed[post] = -1
    for camp in range(now.camps):
        sight.changed[camp] = 0
        store(sight.share, camp * LANES, all_f64(1.0))
        store(sight.pull, camp * LANES, all_f64(1.0))


@inner
def _leave_first(
    bits: Bits, net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, starters: Crowd
) -> None:
    """Let those who were never on the road set out."""
    nobody, counts = all_i32(0), load(block.counts, first_member)
    for post in range(net.posts):
        first, last = net.first[post], net.first[post + 1]
        here = load(block.fresh, post * block.members + first_member)
        if first == last or not any_of(here > nobody):
            continue
        look_round(net, now, sight, post)
        left = binomial(bits, here, edge_of(all_f64(now.move[post]) * load(sight.reach, (last - 1) * LANES)))
        store(block.fresh, post * block.members + first_member, here - left)
        if net.room[post] >= 0:
            count_in(now, sight, block, first_member, net.room[post], nobody - left, NOT_VISITED)
        for option in range(first, last):
            taken = left
            if option < last - 1:
                taken = binomial(bits, left, unsigned(load(sight.edge, option * LANES)))
            if not any_of(taken > nobody):
                continue
            left = left - taken
            block.departures[option] += sum_of(taken & counts)
            if net.starts[option] >= 0:
                join(starters, net.starts[option], taken, NOT_VISITED)
            else:
                due = now.due_on_foot[option] * net.options + option
                add(block.foot, due * block.members + first_member, taken)


@inner
def _leave_again(
    bits: Bits, net: Network, now: Conditions, sight: Sight, block: Block, first_member: int, who: Leavers,
    walkers: Crowd,
) -> None:  # fmt: skip
    """Let those with a journey behind them set out."""
    nobody, members = all_i32(0), block.members
    for post in range(net.posts):
        people = nobody
        for recent in range(RECENTS):
            here = load(block.rest, (post * RECENTS + recent) * members + first_member)
            store(who.acting, recent * LANES, here)
            people = people + here
        if not any_of(people > nobody):
            continue
        first, last = net.first[post], net.first[post + 1]
        chance = all_f64(0.0)
        if last > first:
            look_round(net, now, sight, post)
            chance = all_f64(now.move[post]) * load(sight.reach, (last - 1) * LANES)
        left = leave(bits, ALL_RECENTS, chance, chance, who)
        for recent in range(RECENTS):
            staying = load(who.acting, recent * LANES) - load(who.leaving, recent * LANES)
            if any_of(staying > nobody):
                add(block.next_rest, net.rests[post * RECENTS + recent] * members + first_member, staying)
        if any_of(left > nobody):
            if net.room[post] >= 0:
                count_in(now, sight, block, first_member, net.room[post], nobody - left, NOT_VISITED)
            choose(bits, net, now, sight, block, first_member, net.start[post], NOT_VISITED, left, who, walkers)


@loop
def come_in(
    net: Network, now: Conditions, block: Block, crowds: Crowd, waiting: Crowd, due: Due, sight: Sight, urns: Urns,
    who: Leavers,
) -> None:  # fmt: skip
    """Let arrivals come in and go on, until each rests or is under way for the night.

    Parameters
    ----------
    block
        The people.
    crowds
        Who arrives on the day of departure; nobody afterwards.
    waiting
        Room for those who wait for their turn, of one group.
    due
        Who arrives from the calendar; nobody afterwards.
    sight, urns, who
        Room for what people see, for urns, and for those of one cell.
    """
    _forget(net, now, sight)
    fill_urns(net, now, urns)
    for group in range(block.members // LANES):
        crowd, later, first = group_of(crowds, group), waiting, group * LANES
        bits = part_of(block.bits, group * WORDS)
        see_camps(now, sight, block.in_camps, block.members, first, now.everybody)
        _gather(due, block.members, first, crowd)
        turns = 0
        while crowd.edge[0] <= crowd.edge[1]:
            if turns < MOST_TURNS:
                at_once = share_at_once(net, now, sight, urns, block, first, crowd)
                if any_of(at_once < all_f64(1.0)):
                    let_wait(bits, all_f64(1.0) - at_once, crowd, later)
            turns += 1
            _go_through(bits, net, now, sight, urns, block, first, crowd, who)
            _stay(net, block, first, crowd)
            crowd, later = later, crowd


@inner
def _go_through(
    bits: Bits, net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, crowd: Crowd,
    who: Leavers,
) -> None:  # fmt: skip
    """Visit the cells of a crowd in their order, until nobody goes on."""
    passes = 0
    while crowd.edge[0] <= crowd.edge[1] and passes < MOST_PASSES:
        at, crowd.edge[0] = crowd.edge[0], crowd.cells
        ahead = at
        while at <= crowd.edge[1]:
            if crowd.mark[at]:
                crowd.mark[at] = 0
                ahead = max(ahead, at + 1)
                for _ in range(2):
                    while ahead < at + SOON and ahead <= crowd.edge[1] and not crowd.mark[ahead]:
                        ahead += 1
                    if ahead < at + SOON and ahead <= crowd.edge[1]:
                        _fetch_post(net, sight, urns, block, first_member, ahead, crowd)
                        ahead += 1
                _visit(bits, net, now, sight, urns, block, first_member, at, crowd, who)
            at += 1
        crowd.edge[1], crowd.edge[2] = crowd.edge[2], -1
        passes += 1


@inner
def _gather(due: Due, members: int, first_member: int, crowd: Crowd) -> None:
    """Gather a group's arrivals from the calendar in a crowd."""
    nobody = all_i32(0)
    for cell in range(due.cells):
        people = load(due.people, cell * members + first_member)
        if any_of(people > nobody):
            join(crowd, due.state[cell], people, NOT_VISITED)
            store(due.people, cell * members + first_member, nobody)


@inlined
def _take_turns(bits: Bits, share: Lanes, who: Leavers) -> Lanes:
    """Let a share of a cell's people act, keep the others, and return how many act."""
    edge, together, summed = edge_of(share), not any_of(share < all_f64(1.0)), all_i32(0)
    for at in range(0, RECENTS * LANES, LANES):
        here = load(who.here, at)
        acting = here if together else binomial(bits, here, edge)
        store(who.acting, at, acting)
        store(who.here, at, here - acting)
        summed = summed + acting
    return summed


@inlined
def _fetch_post(net: Network, sight: Sight, urns: Urns, block: Block, first_member: int, at: int, crowd: Crowd) -> None:
    """Have a cell fetched, and what belongs to its post, which will be visited soon."""
    if at < net.cells:
        post = net.post[at]
        fetch_cell(at, crowd)
        fetch(net.stays, at * RECENTS)
        fetch(net.may_stay, at)
        first, last = net.first[post], net.first[post + 1]
        fetch(sight.reach, (last - 1) * LANES)
        fetch(net.next_post, first)
        fetch(block.departures, first)
        entry = net.entry[at]
        for place in range(0, last - first, LINE):
            fetch(net.comes, entry + place)
        fetch(net.hops, entry)
        if last - first < MANY:
            for option in range(first, last, 2):
                fetch(sight.edge, option * LANES)
        else:
            fetch(urns.leaves, post * LANES)
            for option in range(first, last, LINE):
                fetch(urns.keep, option)
                fetch(urns.other, option)
            for option in range(first, last, LINE // 2):
                fetch(net.slot, option)
                fetch(net.onward, option)
        rests = net.drop[post] * RECENTS
        for rest in range(rests, rests + RECENTS, 2):
            fetch(block.next_rest, rest * block.members + first_member)


@inlined
def _visit(
    bits: Bits, net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, at: int,
    crowd: Crowd, who: Leavers,
) -> None:  # fmt: skip
    """Let those in a cell come in, and go on or stay: in turns where so many at once would fill a camp unseen."""
    post, nobody = net.post[at], all_i32(0)
    first, last, room = net.first[post], net.first[post + 1], net.room[post]
    people = _take_out(at, crowd, who)
    if not any_of(people > nobody):
        return
    if room >= 0:
        count_in(now, sight, block, first_member, room, people - load(crowd.counted, at * LANES), at)
        store(crowd.counted, at * LANES, nobody)
    if last - first <= FETCHED:
        for entry in range(net.entry[at], net.entry[at] + last - first):
            fetch_cell(np.int64(net.comes[entry]), crowd)  # type: ignore[arg-type]
    may_stay = net.may_stay[at] if now.town[post] else ALL_RECENTS
    turns = 0
    while any_of(people > nobody):
        share, many = all_f64(1.0), any_of(people > all_i32(FEW))
        few = glance(net, now, sight, urns, post)
        chance = _chance_of_leaving(net, now, sight, urns, post, few)
        if many and net.sees[post] and turns < MOST_TURNS_OF_CELL:
            share = share_of_cell(net, now, sight, urns, block, first_member, post, people, few)
        people = people - _take_turns(bits, share, who)
        turns += 1
        left = leave(bits, may_stay, chance, all_f64(now.move[post]) * chance, who)
        _let_stay(net, block, first_member, at, who)
        if any_of(left > nobody):
            _let_choose(bits, net, now, sight, urns, block, first_member, at, left, few, who, crowd)


@inlined
def _chance_of_leaving(
    net: Network,
    now: Conditions,
    sight: Sight,
    urns: Urns,
    post: int,
    few: bool,  # noqa: FBT001 - loops know no names
) -> Lanes:
    """Chance of those who would leave a post to find what they choose open, by its urn where they are few."""
    if few:
        return load(urns.leaves, post * LANES)
    look_round(net, now, sight, post)
    if net.first[post + 1] > net.first[post]:
        return load(sight.reach, (net.first[post + 1] - 1) * LANES)
    return all_f64(0.0)


@inlined
def _take_out(at: int, crowd: Crowd, who: Leavers) -> Lanes:
    """Take those in a cell out of it, by recent distance, and return how many they are."""
    people, nobody, here = all_i32(0), all_i32(0), at * RECENTS * LANES
    for recent in range(0, RECENTS * LANES, LANES):
        some = load(crowd.people, here + recent)
        store(crowd.people, here + recent, nobody)
        store(who.here, recent, some)
        people = people + some
    return people


@inlined
def _let_stay(net: Network, block: Block, first_member: int, at: int, who: Leavers) -> None:
    """Let those of a cell who do not leave rest where they are."""
    rests = net.drop[net.post[at]] * RECENTS
    for recent in range(RECENTS):
        staying = load(who.acting, recent * LANES) - load(who.leaving, recent * LANES)
        if any_of(staying > all_i32(0)):
            rest = rests + net.stays[at * RECENTS + recent]
            add(block.next_rest, rest * block.members + first_member, staying)


@inlined
def _let_choose(
    bits: Bits, net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, at: int,
    left: Lanes, few: bool, who: Leavers, crowd: Crowd,  # noqa: FBT001 - loops know no names
) -> None:  # fmt: skip
    """Let those who leave a cell choose where to, one by one where they are few and may draw from an urn."""
    post = net.post[at]
    one_by_one = few and sum_of(left) <= min(EACH * (net.first[post + 1] - net.first[post]), ONE_BY_ONE)
    if few and not one_by_one:
        look_round(net, now, sight, post)
    if net.room[post] >= 0:
        count_in(now, sight, block, first_member, net.room[post], all_i32(0) - left, at)
    if one_by_one:
        choose_one_by_one(bits, net, now, sight, urns, block, first_member, at, left, who, crowd)
    else:
        choose(bits, net, now, sight, block, first_member, at, at, left, who, crowd)


@inner
def _stay(net: Network, block: Block, first_member: int, crowd: Crowd) -> None:
    """Let those who are still on the way rest where they are."""
    nobody, members = all_i32(0), block.members
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[at]:
            continue
        crowd.mark[at] = 0
        room = net.room[net.post[at]]
        if room >= 0:
            place = room * members + first_member
            there = load(block.in_camps, place) + people_of(crowd, at) - load(crowd.counted, at * LANES)
            store(block.in_camps, place, there)
            store(crowd.counted, at * LANES, nobody)
        for state in range(at * RECENTS, (at + 1) * RECENTS):
            rest = net.drop[net.post[at]] * RECENTS + net.stays[state]
            add(block.next_rest, rest * members + first_member, load(crowd.people, state * LANES))
            store(crowd.people, state * LANES, nobody)
    crowd.edge[0], crowd.edge[1], crowd.edge[2] = crowd.cells, -1, -1
