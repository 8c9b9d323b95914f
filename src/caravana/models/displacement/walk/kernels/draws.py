"""Chances and draws at one post, compiled: how camps throttle, what options weigh, who leaves.

Loops that make no arrays are compiled without reference counting (``_nrt=False``): counting
references to the arrays they are given took a third of their time.
"""

from __future__ import annotations

from caravana.models.displacement.walk.kernels.arrays import (
    RECENTS,
    Codes,
    Conditions,
    Floats,
    Leavers,
    Network,
    Sight,
)
from caravana.models.displacement.walk.kernels.lanes import (
    LANES,
    Lanes,
    all_f64,
    all_i32,
    any_of,
    load,
    narrow,
    select,
    store,
    to_float,
    to_int,
)
from caravana.models.displacement.walk.kernels.random import Bits, binomial, edge_of, inlined, inner, uniform

#: Steps of this fill the range from 0 to 1 evenly.
GOLDEN = 0.6180339887498949
#: Where people are spread in proportion, rounding starts so far off the ends that an error of the last
#: digit moves nobody (for up to two billion people).
MARGIN = 1e-6


@inlined
def least(left: Lanes, right: Lanes) -> Lanes:
    """The lesser of two."""
    return select(left < right, left, right)


@inlined
def most(left: Lanes, right: Lanes) -> Lanes:
    """The greater of two."""
    return select(left > right, left, right)


@inlined
def throttle_camp(people: Lanes, capacity: float, buffer: float) -> Lanes:
    """Throttle of a camp: 1 up to `buffer` of its capacity, 0 from full on, linear between."""
    if capacity < 1.0:
        return all_f64(1.0)
    room = all_f64(max(capacity * (1.0 - buffer), 1e-12))
    return least(most((all_f64(capacity) - people) / room, all_f64(0.0)), all_f64(1.0))


@inlined
def see_camp(now: Conditions, sight: Sight, camp: int, people: Lanes) -> bool:
    """Let people see how full a camp is, and return whether that changed anything."""
    share = throttle_camp(people, now.capacity[camp], now.buffer)
    at = camp * LANES
    if not any_of(share != load(sight.share, at)):
        return False
    sight.version[0] += 1
    sight.changed[camp] = sight.version[0]
    store(sight.share, at, share)
    store(sight.pull, at, share)
    if now.power != 1.0:
        for lane in range(at, at + LANES):
            sight.pull[lane] = sight.share[lane] ** now.power
    return True


@inner
def see_camps(now: Conditions, sight: Sight, in_camps: Codes, members: int, first: int, staying: Floats) -> bool:
    """Let people see how full all camps are where a share of their people stays; return whether that changed any."""
    changed = False
    for camp in range(now.camps):
        people = to_float(load(in_camps, camp * members + first)) * all_f64(staying[camp])
        changed = see_camp(now, sight, camp, people) or changed
    return changed


@inner
def weigh_post(net: Network, now: Conditions, post: int, sight: Sight) -> None:
    """Set the running sum of the chances of one post's options, what is missing to 1 stays; and the edges of draws."""
    first, last = net.first[post], net.first[post + 1]
    if first == last:
        return
    nothing = all_f64(0.0)
    total, number, best = nothing, 0.0, nothing
    for option in range(first, last):
        value = nothing
        if now.weight[option] >= 0.0:
            value = all_f64(now.weight[option])
            if net.slot[option] >= 0:
                value = value * load(sight.pull, net.slot[option] * LANES)
            number += net.chance[option]
        best = most(best, value)
        store(sight.reach, option * LANES, value)
    if now.pruning >= 1.001:
        best = best / all_f64(now.pruning)
    for option in range(first, last):
        value = load(sight.reach, option * LANES)
        if now.pruning >= 1.001:
            value = select(value < best, nothing, value)
        value = value * all_f64(net.chance[option])
        store(sight.reach, option * LANES, value)
        total = total + value
    somewhere = total > nothing
    whole = select(somewhere, total, all_f64(1.0))
    summed = nothing
    for option in range(first, last):
        chance = nothing
        if net.following[post]:
            chance = all_f64(net.chance[option] if now.first_open[option] else 0.0)
        else:
            # All candidates full: everybody chooses one of them at random, and finds it full.
            full = net.chance[option] / number if now.weight[option] >= 0.0 else 0.0
            chance = select(somewhere, load(sight.reach, option * LANES) / whole, all_f64(full))
        # A camp more than half throttled turns those who chose it away: they stay where they are.
        if now.to_camp[option] and net.slot[option] >= 0:
            chance = select(load(sight.share, net.slot[option] * LANES) < all_f64(0.5), nothing, chance)
        summed = summed + chance
        store(sight.reach, option * LANES, summed)
    set_edges(sight, first, last)


@inlined
def set_edges(sight: Sight, first: int, last: int) -> None:
    """Set the edges of draws of a post's options from the running sum of their chances."""
    below, nothing, summed = all_f64(0.0), all_f64(0.0), load(sight.reach, (last - 1) * LANES)
    for option in range(first, last):
        reach = load(sight.reach, option * LANES)
        after = summed - below
        chance = select(after > nothing, (reach - below) / select(after > nothing, after, all_f64(1.0)), nothing)
        store(sight.edge, option * LANES, narrow(edge_of(chance)))
        below = reach


@inlined
def start_of(turn: Lanes) -> Lanes:
    """Where rounding starts, of a turn from 0 to 1, drawn evenly so that nobody is favoured."""
    return all_f64(MARGIN) + turn * all_f64(1.0 - 2.0 * MARGIN)


@inlined
def share_of(taken: Lanes, among: Lanes) -> Lanes:
    """Share of some people in others, who may be nobody."""
    return to_float(taken) / to_float(select(among > all_i32(0), among, all_i32(1)))


@inlined
def leave(bits: Bits, may: int, must: Lanes, chance: Lanes, who: Leavers) -> Lanes:
    """Draw who of those whose turn it is leave, by recent distance, and return how many.

    How many is a binomial; they are spread over what they remember in proportion, but for rounding.

    Parameters
    ----------
    may
        Levels of recent distance at which people may stay, a bit each.
    must, chance
        Chance of leaving for the others, and for these.
    who
        Whose `acting` leave, into `leaving`; `upto` is set to their running sums.
    """
    nobody = all_i32(0)
    staying_on, going_on = nobody, nobody
    for recent in range(RECENTS):
        people = load(who.acting, recent * LANES)
        if (may >> recent) & 1:
            staying_on = staying_on + people
        else:
            going_on = going_on + people
    left, left_too = nobody, nobody
    if any_of(staying_on > nobody):
        left = binomial(bits, staying_on, edge_of(chance))
    if any_of(going_on > nobody):
        left_too = binomial(bits, going_on, edge_of(must))
    start = start_of(uniform(bits))
    share, share_too = share_of(left, staying_on), share_of(left_too, going_on)
    among, among_too, given, given_too, summed = nobody, nobody, nobody, nobody, nobody
    for recent in range(RECENTS):
        people = load(who.acting, recent * LANES)
        if (may >> recent) & 1:
            among = among + people
            so_far = to_int(to_float(among) * share + start)
            leaving = so_far - given
            given = so_far
        else:
            among_too = among_too + people
            so_far = to_int(to_float(among_too) * share_too + start)
            leaving = so_far - given_too
            given_too = so_far
        summed = summed + leaving
        store(who.leaving, recent * LANES, leaving)
        store(who.upto, recent * LANES, summed)
    return left + left_too


@inlined
def spread(taken: Lanes, among: Lanes, turn: Lanes, who: Leavers, into: Codes, at: int) -> None:
    """Spread those who take an option over what people remember, in proportion but for rounding.

    Parameters
    ----------
    taken, among
        How many take the option, of how many.
    turn
        Where the rounding starts, from 0 to 1.
    who
        Whose `upto` are the running sums of those who have not chosen yet, up to `among`: who takes the option is
        taken off.
    into, at
        Where they are added, [recent * member], from which index on.
    """
    share, start = share_of(taken, among), start_of(turn)
    given = all_i32(0)
    for recent in range(RECENTS):
        upto = load(who.upto, recent * LANES)
        so_far = to_int(to_float(upto) * share + start)
        store(who.upto, recent * LANES, upto - so_far)
        there = at + recent * LANES
        store(into, there, load(into, there) + (so_far - given))
        given = so_far
