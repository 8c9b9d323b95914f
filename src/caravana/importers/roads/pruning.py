"""The triangle rule: which of many ways between places a person would draw."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.search import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

STRETCH = 1.05
"""A link goes if other places lie on a way at most this many times as long."""


def prune(pairs: Pairs, *, places: int, stretch: float = STRETCH) -> Pairs:
    """Leave out links that other links make up for.

    Links are drawn from the shortest to the longest; one is left out if those drawn before it make a way over
    other places at most `stretch` times as long (the greedy spanner of Althöfer and others, 1993).  So no journey
    between two of the pairs becomes longer than that, which the triangle rule on its own does not promise: there
    the two halves of a way may go as well.

    Parameters
    ----------
    pairs
        Km between places, by first and second.
    places
        Number of places.
    stretch
        How much longer a way may be, as a factor.

    Returns
    -------
    Pairs
        Those that stay.
    """
    direct = _direct(pairs, places)
    drawn: list[list[tuple[int, float]]] = [[] for _ in range(places)]
    keep = np.zeros(len(pairs.km), dtype=bool)
    for at in np.lexsort((pairs.second, pairs.first, pairs.km)):
        if not direct[at]:
            continue
        a, b, km = int(pairs.first[at]), int(pairs.second[at]), float(pairs.km[at])
        if not _reaches(drawn, a, b, km * stretch):
            drawn[a].append((b, km))
            drawn[b].append((a, km))
            keep[at] = True
    return Pairs(pairs.first[keep], pairs.second[keep], pairs.km[keep])


def _direct(pairs: Pairs, places: int) -> Bools:
    """Whether no other place lies on the shortest way itself; the others need not be looked at, [pair]."""
    near: list[dict[int, float]] = [{} for _ in range(places)]
    for a, b, km in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.km.tolist(), strict=True):
        near[a][b] = near[b][a] = km
    direct = np.ones(len(pairs.km), dtype=bool)
    for at, (a, b, km) in enumerate(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.km.tolist(), strict=True)):
        fewer, more = sorted((near[a], near[b]), key=len)
        direct[at] = not any(
            0 < there < km and 0 < more.get(place, np.inf) < km and there + more[place] <= km + 1e-5
            for place, there in fewer.items()
        )
    return direct


def _reaches(drawn: list[list[tuple[int, float]]], start: int, goal: int, limit: float) -> bool:
    """Whether the links drawn so far lead from start to goal within a limit (Dijkstra, cut off)."""
    best = {start: 0.0}
    frontier = [(0.0, start)]
    while frontier:
        done, here = heapq.heappop(frontier)
        if here == goal:
            return True
        if done > best[here]:
            continue
        for there, km in drawn[here]:
            far = done + km
            if far <= limit and far < best.get(there, np.inf):
                best[there] = far
                heapq.heappush(frontier, (far, there))
    return False
