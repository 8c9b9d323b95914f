"""Chances and draws at one post, compiled: how camps throttle, what options weigh, who takes which.

Loops that make no arrays are compiled without reference counting (``_nrt=False``): counting
references to the arrays they are given took a third of their time.
"""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import RECENTS, Codes, Conditions, Floats, Ints, Leavers, Network
from caravana.models.displacement.walk.kernels.random import Bits, binomial, count_below, fill, inlined, inner, uniform

#: Cells of up to so many people are drawn person by person, which is quicker than by binomials.
FEW = 24
#: Up to so many people choose one by one, though they are put where they go together.
MANY = 512
#: Steps of this fill the range from 0 to 1 evenly.
GOLDEN = 0.6180339887498949
#: Where people are spread in proportion, rounding starts so far off the ends that an error of the last
#: digit moves nobody (for up to two billion people).
MARGIN = 1e-6


@inlined
def throttle_camp(people: float, capacity: float, buffer: float) -> float:
    """Throttle of a camp: 1 up to `buffer` of its capacity, 0 from full on, linear between."""
    if capacity < 1.0:
        return 1.0
    room = max(capacity * (1.0 - buffer), 1e-12)
    return min(max((capacity - people) / room, 0.0), 1.0)


@inner
def throttle(people: Floats, capacity: Floats, buffer: float, share: Floats) -> bool:
    """Set the throttle of camps, and return whether that changed any."""
    changed = False
    for camp in range(len(capacity)):
        value = throttle_camp(people[camp], capacity[camp], buffer)
        changed = changed or value != share[camp]
        share[camp] = value
    return changed


@inner
def weigh(net: Network, now: Conditions, posts: Ints, share: Floats, reach: Floats) -> None:
    """Set the running sum of the chances of each post's options; what is missing to 1 stays.

    Parameters
    ----------
    posts
        Posts to do it for, [post].
    share
        Throttle of each camp, [camp].
    reach
        Where the running sums go, [option].
    """
    for post in posts:
        weigh_post(net, now, post, share, reach)


@inner
def weigh_post(net: Network, now: Conditions, post: int, share: Floats, reach: Floats) -> None:
    """Set the running sum of the chances of one post's options."""
    first, last = net.first[post], net.first[post + 1]
    total, number, best = 0.0, 0.0, 0.0
    for option in range(first, last):
        value = 0.0
        if now.weight[option] >= 0.0:
            value = now.weight[option]
            if net.slot[option] >= 0:
                pull = share[net.slot[option]]
                value *= pull if now.power == 1.0 else pull**now.power
            number += net.chance[option]
        best = max(best, value)
        reach[option] = value
    for option in range(first, last):
        if now.pruning >= 1.001 and reach[option] < best / now.pruning:
            reach[option] = 0.0
        reach[option] *= net.chance[option]
        total += reach[option]
    summed = 0.0
    for option in range(first, last):
        chance = 0.0
        if net.following[post]:
            chance = net.chance[option] if now.first_open[option] else 0.0
        elif total > 0.0:
            chance = reach[option] / total
        elif now.weight[option] >= 0.0:
            # All candidates full: everybody chooses one of them at random, and finds it full.
            chance = net.chance[option] / number
        # A camp more than half throttled turns those who chose it away: they stay where they are.
        if now.to_camp[option] and net.slot[option] >= 0 and share[net.slot[option]] < 0.5:
            chance = 0.0
        summed += chance
        reach[option] = summed


@inlined
def leave(bits: Bits, people: int, chance: float) -> int:
    """Draw how many of a cell leave: person by person where they are few."""
    if chance >= 1.0 - 1e-12:
        return people
    if people > FEW:
        return binomial(bits, people, chance)
    leaving = 0
    for _ in range(people):
        if uniform(bits) < chance:
            leaving += 1
    return leaving


@inlined
def pick(bits: Bits, reach: Floats, first: int, last: int) -> int:
    """Draw the option of one person who leaves."""
    target = uniform(bits) * reach[last - 1]
    option = first
    while option < last - 1 and target >= reach[option]:
        option += 1
    # Rounding at the very end must not choose an option that nobody may take.
    while option > first and reach[option] == reach[option - 1]:
        option -= 1
    return option


@inlined
def part(bits: Bits, left: int, share: float, whole: float) -> int:
    """Draw how many take an option of those whom none of the options before it took.

    Parameters
    ----------
    share, whole
        Chance of this option, and of this and all later ones.
    """
    if share <= 0.0:
        return 0
    chance = share / whole
    return left if chance >= 1.0 else binomial(bits, left, chance)


@inlined
def leave_together(bits: Bits, here: Ints | Codes, people: int, chance: float, who: Leavers) -> int:
    """Draw who of a cell leave, by recent distance, and return how many.

    Parameters
    ----------
    here, people
        Persons by recent distance, [recent], and their sum.
    chance
        Chance of leaving, the same for all.
    who
        Whose `leaving` is set.
    """
    if chance >= 1.0 - 1e-12:
        for recent in range(RECENTS):
            who.leaving[recent] = here[recent]
        return people
    left = 0
    if people <= FEW:
        for recent in range(RECENTS):
            leaving = 0
            for _ in range(here[recent]):
                if uniform(bits) < chance:
                    leaving += 1
            who.leaving[recent] = leaving
            left += leaving
        return left
    if people <= MANY:
        fill(bits, who.words, people)
        left = count_below(who.words, people, chance)
    else:
        left = binomial(bits, people, chance)
    add_up(here, who.upto)
    spread(left, people, uniform(bits), who)
    for recent in range(RECENTS):
        who.leaving[recent] = who.taking[recent]
    return left


@inlined
def add_up(people: Ints | Codes, upto: Codes) -> None:
    """Set the running sums of people by recent distance."""
    so_far = np.int32(0)
    for recent in range(RECENTS):
        so_far += people[recent]
        upto[recent] = so_far


@inlined
def spread(taken: int, among: int, turn: float, who: Leavers) -> None:
    """Spread those who take an option over what people remember, in proportion but for rounding.

    Parameters
    ----------
    taken, among
        How many take the option, of how many.
    turn
        Where the rounding starts, from 0 to 1, drawn evenly so that nobody is favoured.
    who
        Whose `upto` are the running sums of those who have not chosen yet, up to `among`: `taking` is
        set and taken off.
    """
    share, start = taken / among, MARGIN + turn * (1.0 - 2.0 * MARGIN)
    given = np.int32(0)
    for recent in range(RECENTS):
        so_far = np.int32(who.upto[recent] * share + start)
        who.upto[recent] -= so_far
        who.taking[recent] = so_far - given
        given = so_far
