"""Turns, compiled: how many of those on the way may choose at once, where camps fill."""

from __future__ import annotations

from caravana.models.displacement.walk.kernels.arrays import (
    ALL_RECENTS,
    RECENTS,
    Block,
    Conditions,
    Crowd,
    Floats,
    Network,
    Sight,
    Urns,
)
from caravana.models.displacement.walk.kernels.crowd import people_of
from caravana.models.displacement.walk.kernels.draws import least, most
from caravana.models.displacement.walk.kernels.journeys import look_round
from caravana.models.displacement.walk.kernels.lanes import (
    LANES,
    Lanes,
    all_f64,
    all_i32,
    any_of,
    load,
    select,
    store,
    to_float,
)
from caravana.models.displacement.walk.kernels.random import inlined, inner
from caravana.models.displacement.walk.kernels.urns import glance, weight_towards

#: Expected at a camp in one go, for each that its throttle spans, above which people come in turns.
PRESSING = 1.0
#: Share of a crowd for whom there must be room in camps that fill, for turns to be taken.
STAKE = 0.05
#: People of a cell from which on turns are taken.
FEW = 24


@inlined
def _expect(expected: Floats, camp: int, people: Lanes) -> None:
    """Expect people at a camp."""
    store(expected, camp * LANES, load(expected, camp * LANES) + people)


@inlined
def _limit(now: Conditions, camp: int) -> float:
    """People who may come to a camp at one go."""
    return PRESSING * float(max(now.capacity[camp] * (1.0 - now.buffer), 1.0))


@inlined
def _is_pressing(now: Conditions, camp: int, coming: Lanes, there: Lanes) -> Lanes:
    """Whether so many come to a camp that has room that they would fill it at one go."""
    filling = there + coming > all_f64(now.buffer * now.capacity[camp])
    return (coming > all_f64(_limit(now, camp))) & filling & (there < all_f64(now.capacity[camp]))


@inner
def _room_left(net: Network, now: Conditions, block: Block, first_member: int, crowd: Crowd) -> Lanes:
    """Room left in all camps for each person of a crowd who chooses, at most."""
    room, choosing, nothing = all_f64(0.0), all_f64(0.0), all_f64(0.0)
    for camp in range(now.camps):
        there = to_float(load(block.in_camps, camp * block.members + first_member))
        room = room + most(all_f64(now.capacity[camp]) - there, nothing)
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if crowd.mark[at]:
            choosing = choosing + to_float(people_of(crowd, at)) * all_f64(now.move[net.post[at]])
    return room / most(choosing, all_f64(1.0))


@inner
def share_at_once(
    net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, crowd: Crowd,
) -> Lanes:  # fmt: skip
    """Share of a crowd that may go on at once: less than 1 where it would fill a camp at one go.

    Flee lets one person after the other make all her hops.  Where so many are about to choose a camp that its
    throttle would not be felt, the others wait for their turn.  Turns decide who finds room, so they are not
    taken where all the room left is for a few of the crowd (:data:`STAKE`).
    """
    everybody = all_f64(1.0)
    roomy = _room_left(net, now, block, first_member, crowd) > all_f64(STAKE)
    if not any_of(roomy):
        return everybody
    expected = sight.expected
    for camp in range(now.camps):
        store(expected, camp * LANES, all_f64(0.0))
    choosing = all_f64(0.0)
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[at]:
            continue
        post, below = net.post[at], all_f64(0.0)
        may_stay = net.may_stay[at] if now.town[post] else ALL_RECENTS
        movers = all_f64(0.0)
        for recent in range(RECENTS):
            here = to_float(load(crowd.people, (at * RECENTS + recent) * LANES))
            movers = movers + here * all_f64(now.move[post] if (may_stay >> recent) & 1 else 1.0)
        if net.room[post] >= 0:
            people = to_float(people_of(crowd, at))
            _expect(expected, net.room[post], people)
            choosing = choosing + people
        choosing = choosing + movers
        if not net.sees[post]:
            continue
        if glance(net, now, sight, urns, post):
            whole = load(urns.total, post * LANES)
            for pair in range(net.first_seen[post], net.first_seen[post + 1]):
                _expect(expected, net.seen[pair], movers * (weight_towards(net, now, sight, urns, pair) / whole))
            continue
        look_round(net, now, sight, post)
        for option in range(net.first[post], net.first[post + 1]):
            reach = load(sight.reach, option * LANES)
            if net.slot[option] >= 0:
                _expect(expected, net.slot[option], movers * (reach - below))
            below = reach
    at_once, stake = everybody, all_f64(0.0)
    for camp in range(now.camps):
        coming = load(expected, camp * LANES)
        there = to_float(load(block.in_camps, camp * block.members + first_member))
        pressing = _is_pressing(now, camp, coming, there)
        at_once = least(at_once, select(pressing, all_f64(_limit(now, camp)) / coming, everybody))
        stake = stake + select(pressing, least(coming, all_f64(now.capacity[camp]) - there), all_f64(0.0))
    return select(roomy & (stake > all_f64(STAKE) * choosing), at_once, everybody)


@inlined
def share_of_cell(
    net: Network, now: Conditions, sight: Sight, urns: Urns, block: Block, first_member: int, post: int, people: Lanes,
    few: bool,  # noqa: FBT001 - loops know no names
) -> Lanes:  # fmt: skip
    """Share of those at a post who may choose at once: less than 1 where they would fill a camp at one go.

    The same as for a crowd, where so many of it are in one cell that turns of the crowd are not enough.  Where they may
    draw from an urn (`few`), its sums say how many come to a camp; else the options are gone through.
    """
    at_once, movers = all_f64(1.0), to_float(people) * all_f64(now.move[post])
    if few:
        whole = load(urns.total, post * LANES)
        for pair in range(net.first_seen[post], net.first_seen[post + 1]):
            coming = movers * (weight_towards(net, now, sight, urns, pair) / whole)
            at_once = least(at_once, _share_before(now, block, first_member, net.seen[pair], coming))
    else:
        below = all_f64(0.0)
        for option in range(net.first[post], net.first[post + 1]):
            reach = load(sight.reach, option * LANES)
            if net.slot[option] >= 0:
                coming = movers * (reach - below)
                at_once = least(at_once, _share_before(now, block, first_member, net.slot[option], coming))
            below = reach
    return select(people > all_i32(FEW), at_once, all_f64(1.0))


@inlined
def _share_before(now: Conditions, block: Block, first_member: int, camp: int, coming: Lanes) -> Lanes:
    """Share of those coming to a camp who may before its throttle would be felt."""
    there = to_float(load(block.in_camps, camp * block.members + first_member))
    limit = all_f64(_limit(now, camp)) / most(coming, all_f64(1e-9))
    return select(_is_pressing(now, camp, coming, there), limit, all_f64(1.0))
