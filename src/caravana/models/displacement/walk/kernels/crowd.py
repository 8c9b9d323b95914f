"""The people of eight members who are on the way today, compiled: coming to cells, and waiting for their turn."""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import NOT_VISITED, RECENTS, Codes, Crowd, Ints
from caravana.models.displacement.walk.kernels.lanes import LANES, Lanes, all_i32, any_of, load, store, widen
from caravana.models.displacement.walk.kernels.random import Bits, binomial, edge_of, inlined, inner, loop


def make_crowds(groups: int, cells: int) -> Crowd:
    """Make room for crowds of nobody yet, one for each group of members."""
    return Crowd(
        cells, np.zeros((groups, cells * RECENTS * LANES), np.int32), np.zeros((groups, cells), np.uint8),
        np.zeros((groups, cells * LANES), np.int32), np.tile(np.array([cells, -1, -1]), (groups, 1)),
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
def add(values: object, at: int, people: Lanes) -> None:
    """Add people to eight entries of an array."""
    store(values, at, load(values, at) + people)


@inlined
def join(crowd: Crowd, state: int, people: Lanes, at: int) -> None:
    """Add people to a state."""
    add(crowd.people, state * LANES, people)
    come_to(crowd, state // RECENTS, at)


@inlined
def people_of(crowd: Crowd, at: int) -> Lanes:
    """People of a cell."""
    people = all_i32(0)
    for state in range(at * RECENTS, (at + 1) * RECENTS):
        people = people + load(crowd.people, state * LANES)
    return people


@inner
def let_wait(bits: Bits, share: Lanes, crowd: Crowd, waiting: Crowd) -> None:
    """Move a random share of a crowd to those who wait for their turn."""
    edge = edge_of(share)
    for at in range(crowd.edge[0], crowd.edge[1] + 1):
        if not crowd.mark[at]:
            continue
        for state in range(at * RECENTS, (at + 1) * RECENTS):
            there = load(crowd.people, state * LANES)
            if not any_of(there > all_i32(0)):
                continue
            people = binomial(bits, there, edge)
            if any_of(people > all_i32(0)):
                store(crowd.people, state * LANES, there - people)
                join(waiting, state, people, NOT_VISITED)


@loop
def count_members(people: Codes, members: int, out: Ints) -> None:
    """Add up the people of each member, [... * member]."""
    for first in range(0, members, LANES):
        summed = load(out, first)
        for at in range(first, len(people), members):
            summed = summed + widen(load(people, at))
        store(out, first, summed)
