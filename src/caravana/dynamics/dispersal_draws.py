"""Chances and draws at one post, compiled: how camps throttle, what options weigh, who takes which.

Loops that make no arrays are compiled without reference counting (``_nrt=False``): counting
references to the arrays they are given took a third of their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from numba import njit

from caravana.dynamics.dispersal_cells import Conditions, Floats, Ints, Network

if TYPE_CHECKING:
    import numpy as np

#: Cells of up to so many people are drawn person by person, which is quicker than by binomials.
FEW = 24

P = ParamSpec("P")
R = TypeVar("R")


def inner(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays."""
    return njit(cache=True, _nrt=False)(loop)  # type: ignore[call-overload,no-any-return]


def inlined(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile what stands inside such loops."""
    return njit(cache=True, _nrt=False, forceinline=True)(loop)  # type: ignore[call-overload,no-any-return]


@inner
def throttle(people: Floats, capacity: Floats, buffer: float, share: Floats) -> bool:
    """Set the throttle of camps, and return whether that changed any.

    It is 1 up to `buffer` of the capacity, 0 from full on, linear between.
    """
    changed = False
    for camp in range(len(capacity)):
        room = max(capacity[camp] * (1.0 - buffer), 1e-12)
        value = min(max((capacity[camp] - people[camp]) / room, 0.0), 1.0)
        if capacity[camp] < 1.0:
            value = 1.0
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
def leave(rng: np.random.Generator, people: int, chance: float) -> int:
    """Draw how many of a cell leave: person by person where they are few."""
    if chance >= 1.0 - 1e-12:
        return people
    if people > FEW:
        return rng.binomial(people, chance)
    leaving = 0
    for _ in range(people):
        if rng.random() < chance:
            leaving += 1
    return leaving


@inlined
def pick(rng: np.random.Generator, reach: Floats, first: int, last: int) -> int:
    """Draw the option of one person who leaves."""
    target = rng.random() * reach[last - 1]
    option = first
    while option < last - 1 and target >= reach[option]:
        option += 1
    # Rounding at the very end must not choose an option that nobody may take.
    while option > first and reach[option] == reach[option - 1]:
        option -= 1
    return option


@inlined
def part(rng: np.random.Generator, left: int, reach: Floats, first: int, last: int, option: int) -> int:
    """Draw how many take an option of those whom none of the options before it took."""
    below = reach[option - 1] if option > first else 0.0
    if reach[option] <= below:
        return 0
    chance = (reach[option] - below) / (reach[last - 1] - below)
    return left if chance >= 1.0 else rng.binomial(left, chance)


@inner
def spread(taken: int, among: int, offset: int, cells: Ints, taking: Ints) -> None:
    """Spread those who take an option over the cells they come from, in proportion but for rounding.

    Parameters
    ----------
    taken, among
        How many take the option, of how many.
    offset
        Where the rounding starts, drawn from 0 to `among` - 1, so that nobody is favoured.
    cells
        Persons of each cell who have not chosen yet, adding up to `among`; taken off, [cell].
    taking
        Who takes the option, set, [cell].
    """
    passed, given = 0, 0
    for cell in range(len(cells)):
        passed += cells[cell]
        # Division of floats is quicker, and exact as long as the product is below 2^53: for 90 million people.
        upto = int((passed * taken + offset) / among)
        taking[cell] = upto - given
        given = upto
        cells[cell] -= taking[cell]
