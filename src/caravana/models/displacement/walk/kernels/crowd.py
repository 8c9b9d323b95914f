"""The people of one member who are on the way today, compiled: coming to cells, and being listed."""

from __future__ import annotations

import numpy as np
from numba import njit

from caravana.models.displacement.walk.kernels.arrays import RECENTS, Crowd, Ints
from caravana.models.displacement.walk.kernels.random import Bits, binomial, inlined, inner


@njit(cache=True)
def make_crowd(cells: int) -> Crowd:
    """Make room for a crowd of nobody yet."""
    return Crowd(
        np.zeros(cells * RECENTS, np.int32), np.zeros(cells, np.uint8), np.zeros(cells, np.int32),
        np.array([cells, -1, -1]),
    )  # fmt: skip


@inlined
def come_to(crowd: Crowd, cell: int, at: int) -> None:
    """Note that a cell is occupied, seen from the one that is being visited (-1: none)."""
    crowd.mark[cell] = 1
    if cell > at:
        crowd.edge[1] = max(crowd.edge[1], cell)
        if at < 0:
            crowd.edge[0] = min(crowd.edge[0], cell)
    else:
        crowd.edge[0] = min(crowd.edge[0], cell)
        crowd.edge[2] = max(crowd.edge[2], cell)


@inlined
def join(crowd: Crowd, cell: int, state: int, people: int, at: int) -> None:
    """Add people to a state of a cell."""
    crowd.people[state] += people
    come_to(crowd, cell, at)


@njit(cache=True)
def empty(crowd: Crowd, state: Ints, people: Ints, end: int) -> tuple[Ints, Ints, int]:
    """Move a crowd to the end of a list of states, which grows where it must."""
    for cell in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[cell]:
            continue
        crowd.mark[cell] = 0
        if end + RECENTS > len(state):
            state, people = _lengthen(state, end + RECENTS), _lengthen(people, end + RECENTS)
        for at in range(cell * RECENTS, (cell + 1) * RECENTS):
            if crowd.people[at] > 0:
                state[end], people[end] = at, crowd.people[at]
                crowd.people[at] = 0
                end += 1
    crowd.edge[0], crowd.edge[1] = len(crowd.mark), -1
    return state, people, end


@njit(cache=True)
def _lengthen(values: Ints, least: int) -> Ints:
    """Copy a list to one twice as long as it must be."""
    longer = np.empty(2 * least, np.int64)
    longer[: len(values)] = values
    return longer


@inner
def let_wait(bits: Bits, share: float, crowd: Crowd, waiting: Crowd) -> None:
    """Move a random share of a crowd to those who wait for their turn."""
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[at]:
            continue
        for state in range(at * RECENTS, (at + 1) * RECENTS):
            if crowd.people[state] > 0:
                people = binomial(bits, crowd.people[state], share)
                if people > 0:
                    crowd.people[state] -= people
                    join(waiting, at, state, people, -1)
