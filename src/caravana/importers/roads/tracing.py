"""What the way of a link is made of: its edges, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.search import shortest

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from caravana.importers.roads.search import Pairs
    from caravana.importers.roads.streets import Contracted

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

SLACK = 1e-3
"""Km by which a search goes further than the way it looks for."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of a network by their two nodes: a matrix of km, and one of the edges' numbers, of the same entries."""

    km: csr_matrix
    number: Ints

    def between(self, here: int, there: int) -> int:
        """Number of the edge between two nodes."""
        begin, stop = self.km.indptr[here : here + 2]
        at = int(np.searchsorted(self.km.indices[begin:stop], there))
        return int(self.number[begin + at])


def edges_of(network: Contracted, use: Bools) -> Edges:
    """Some edges of a network, both ways; of several between two nodes the shortest."""
    from scipy.sparse import csr_matrix

    which = np.flatnonzero(use)
    start, end, km = network.start[which], network.end[which], np.maximum(network.km[which], 1e-6)
    rows, columns = np.append(start, end), np.append(end, start)
    order = np.lexsort((np.append(km, km), columns, rows))
    number = np.append(which, which)[order]
    rows, columns = rows[order], columns[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    values = np.append(km, km)[order][new]
    graph = csr_matrix((values, (rows[new], columns[new])), shape=(len(network.node),) * 2)
    graph.sort_indices()
    return Edges(graph, number[new])


def trace(edges: Edges, places: Ints, pairs: Pairs) -> list[list[int]]:
    """Trace the shortest way of each pair of places; numbers of its edges, [pair]."""
    from scipy.sparse.csgraph import dijkstra

    ways: list[list[int]] = [[] for _ in pairs.km]
    order = np.argsort(pairs.first, kind="stable")
    firsts, begins = np.unique(pairs.first[order], return_index=True)
    for first, begin, stop in zip(firsts, begins, [*begins[1:], len(order)], strict=True):
        wanted = order[begin:stop]
        source = int(places[first])
        limit = float(pairs.km[wanted].max()) + SLACK
        _, before = dijkstra(edges.km, indices=source, limit=limit, return_predecessors=True)
        for pair in wanted:
            here = int(places[pairs.second[pair]])
            while here != source:
                ahead = int(before[here])
                ways[pair].append(edges.between(ahead, here))
                here = ahead
    return ways


def both_ways(network: Contracted, ways: list[list[int]], places: Ints, pairs: Pairs, *, most: float) -> Bools:
    """Whether vehicles can go each way and come back, by other streets if need be, [pair].

    Parameters
    ----------
    most
        How much longer than the way on foot that may be, as a factor; and 2 km more.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    motor = network.forth | network.back
    able = np.array([bool(motor[way].all()) for way in ways], dtype=bool)
    doubtful = np.flatnonzero(able & np.array([bool(network.one_way[way].any()) for way in ways], dtype=bool))
    if not len(doubtful):
        return able
    forth, back = np.flatnonzero(network.forth), np.flatnonzero(network.back)
    rows = np.append(network.start[forth], network.end[back])
    columns = np.append(network.end[forth], network.start[back])
    km = np.maximum(np.append(network.km[forth], network.km[back]), 1e-6)
    rows, columns, km = shortest(rows, columns, km)
    graph = csr_matrix((km, (rows, columns)), shape=(len(network.node),) * 2)
    for there, here, km_of in (
        (places[pairs.second], places[pairs.first], pairs.km), (places[pairs.first], places[pairs.second], pairs.km),
    ):  # fmt: skip
        for source in np.unique(here[doubtful]):
            of = doubtful[here[doubtful] == source]
            limits = most * km_of[of] + 2.0
            reached = dijkstra(graph, indices=int(source), limit=float(limits.max()))[there[of]]
            able[of] &= reached <= limits
    return able
