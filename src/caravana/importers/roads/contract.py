"""Contracting chains: nodes that two stretches meet in, and nothing else, are no nodes of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.streets import Contracted, RoadKind, Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


CARRIAGEWAY, CARRIAGEWAY_KM = 1.2, 0.5
"""A second road between two junctions is the other carriageway of the first if it is at most so many times as long, and
so many km longer."""


def contract(streets: Streets, keep: Ints) -> Contracted:
    """Make one edge of every chain of nodes of degree two.

    Parameters
    ----------
    streets
        The network.
    keep
        Nodes that stay whatever their degree: where places and crossings are.

    Returns
    -------
    Contracted
        Of several edges between two nodes the shortest stays, a crossing always; edges that lead back to their
        own start are left out.  It does not depend on the order of the edges.
    """
    start, end = streets.start, streets.end
    degree = np.bincount(start, minlength=streets.nodes) + np.bincount(end, minlength=streets.nodes)
    kept = degree != 2
    kept[keep] = True
    kept[start[streets.crossing >= 0]] = True
    kept[end[streets.crossing >= 0]] = True
    chain = _chains(start, end, kept)
    order = np.argsort(chain, kind="stable")
    ends_node, ends_chain = _chain_ends(start, end, chain, kept)
    first, second = ends_node[0::2], ends_node[1::2]
    which = ends_chain[0::2]
    number = int(chain.max(initial=-1)) + 1
    km_of = np.zeros((number, len(RoadKind)))
    np.add.at(km_of, (chain[order], streets.kind[order]), streets.km[order])
    motor = np.bincount(chain, weights=~streets.motor, minlength=number) == 0
    one_way = np.bincount(chain, weights=streets.one_way, minlength=number) > 0
    crossing = np.full(number, -1, dtype=np.int64)
    is_crossing = streets.crossing >= 0
    crossing[chain[is_crossing]] = streets.crossing[is_crossing]
    low, high = np.minimum(first, second), np.maximum(first, second)
    forth, back = _directions(streets, chain, which, low, motor, one_way)
    km = km_of.sum(axis=1)
    node = np.flatnonzero(kept)
    new = np.cumsum(kept) - 1
    order, begins = _together(low, high, km[which], crossing[which])
    chosen = order[begins]
    forth, back = (_either(way[order], km[which][order], begins) for way in (forth, back))
    which = which[chosen]
    return Contracted(
        node, new[low[chosen]], new[high[chosen]], km[which], km_of[which], forth, back,
        one_way[which], crossing[which],
    )  # fmt: skip


def _chains(start: Ints, end: Ints, kept: Bools) -> Ints:
    """Number of the chain of each edge: edges that meet in a node that is not kept are of one chain, [edge]."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = len(start)
    at = np.concatenate([start, end])
    edge = np.tile(np.arange(edges), 2)
    inner = ~kept[at]
    order = np.argsort(at[inner], kind="stable")
    pairs = edge[inner][order].reshape(-1, 2)  # each such node has two edges
    graph = coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(edges, edges))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _chain_ends(start: Ints, end: Ints, chain: Ints, kept: Bools) -> tuple[Ints, Ints]:
    """The two kept nodes at the ends of each chain, one after the other, and the chain; rings have none."""
    at, of = np.concatenate([start, end]), np.tile(chain, 2)
    outer = kept[at]
    order = np.lexsort((at[outer], of[outer]))
    return at[outer][order], of[outer][order]


def _together(low: Ints, high: Ints, km: Floats, crossing: Ints) -> tuple[Ints, Ints]:
    """Chains in an order in which those that join the same two nodes stand together, the shortest of them first.

    Returns
    -------
    tuple of array
        The chains in that order, rings left out; and where each group begins in it.  A crossing is its own group.
    """
    order = np.lexsort((km, crossing, high, low))
    order = order[low[order] != high[order]]
    key = np.stack([low[order], high[order], crossing[order]])
    new = np.ones(len(order), dtype=bool)
    new[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    return order, np.flatnonzero(new)


def _either(able: Bools, km: Floats, begins: Ints) -> Bools:
    """Whether vehicles can take any chain of a group that is not much longer: the other carriageway, [group]."""
    if not len(begins):
        return np.zeros(0, dtype=bool)
    shortest = np.repeat(km[begins], np.diff([*begins, len(km)]))
    near = able & (km <= CARRIAGEWAY * shortest + CARRIAGEWAY_KM)
    return np.asarray(np.logical_or.reduceat(near, begins))


def _directions(
    streets: Streets, chain: Ints, which: Ints, low: Ints, motor: Bools, one_way: Bools
) -> tuple[Bools, Bools]:
    """Whether vehicles can take each chain from its lower end, and to it."""
    forth, back = motor[which].copy(), motor[which].copy()
    looked_at = np.flatnonzero(one_way[which] & motor[which])
    edges = np.flatnonzero(one_way[chain])
    edges = edges[np.argsort(chain[edges], kind="stable")]
    bounds = (
        np.searchsorted(chain[edges], which[looked_at]),
        np.searchsorted(chain[edges], which[looked_at], side="right"),
    )
    for at, begin, stop in zip(looked_at, *bounds, strict=True):
        forth[at], back[at] = _walk(streets, edges[begin:stop], int(low[at]))
    return forth, back


def _walk(streets: Streets, edges: Ints, first: int) -> tuple[bool, bool]:
    """Walk along a chain; whether every one-way part of it points ahead, and whether every one points back."""
    beside: dict[int, list[int]] = {}
    for edge in edges.tolist():
        beside.setdefault(int(streets.start[edge]), []).append(edge)
        beside.setdefault(int(streets.end[edge]), []).append(edge)
    here, done, forth, back = first, set[int](), True, True
    while ahead := [edge for edge in beside[here] if edge not in done]:
        edge = ahead[0]
        done.add(edge)
        starts_here = int(streets.start[edge]) == here
        if streets.one_way[edge]:
            forth, back = forth and starts_here, back and not starts_here
        here = int(streets.end[edge] if starts_here else streets.start[edge])
    return forth, back
