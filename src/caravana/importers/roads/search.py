"""How far places are from each other on a contracted network: bounded searches, and the borders of their cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.sphere import along_sphere, on_sphere

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

WHOLE = 2.0e8
"""Sources times nodes up to which every search goes everywhere: a few seconds."""
NEIGHBOURS = 12
"""A bounded search goes as far as this many neighbours in a straight line, times :data:`REACH`."""
REACH = 3.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Km between pairs of places, first before second, in rising order; [pair]."""

    first: Ints
    second: Ints
    km: Floats


def shortest(rows: Ints, columns: Ints, km: Floats) -> tuple[Ints, Ints, Floats]:
    """Of several entries of a row and column the least: a sparse matrix would add them up."""
    order = np.lexsort((km, columns, rows))
    rows, columns, km = rows[order], columns[order], km[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    return rows[new], columns[new], km[new]


def near_pairs(graph: csr_matrix, places: Ints, lat: Floats, lon: Floats) -> Pairs:
    """Km between places that are near each other, and between those whose cells touch.

    Each place is searched from as far as its dozen neighbours; on a network that is small enough, everywhere.
    The cells of a network's Voronoi diagram (all nodes nearest to one place) that touch give the pairs that
    bounded searches miss across empty land: they alone connect what is connected.

    Parameters
    ----------
    graph
        Km, [node, node].
    places
        Node of each place, no two the same, [place].
    lat, lon
        Degrees of the places, [place].
    """
    from scipy.sparse.csgraph import dijkstra

    count = len(places)
    if count < 2:
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0))
    limits = _limits(lat, lon) if count * graph.shape[0] > WHOLE else np.full(count, np.inf)
    rows: list[Ints] = []
    columns: list[Ints] = []
    km: list[Floats] = []
    for place, node in enumerate(places.tolist()):
        reached = dijkstra(graph, indices=node, limit=limits[place])[places]
        hit = np.flatnonzero(np.isfinite(reached))
        hit = hit[hit != place]
        rows.append(np.minimum(hit, place))
        columns.append(np.maximum(hit, place))
        km.append(reached[hit])
    touching = _touching(graph, places) if np.isfinite(limits).any() else None
    if touching is not None:
        rows.append(touching.first)
        columns.append(touching.second)
        km.append(touching.km)
    # The sum from one end may differ in its last bit from that of the other: what is told apart is millimetres.
    metres: Floats = np.asarray(np.concatenate(km), dtype=np.float64).round(6)
    return Pairs(*shortest(np.concatenate(rows), np.concatenate(columns), metres))


def _limits(lat: Floats, lon: Floats) -> Floats:
    """How far to search from each place, km, [place]: in a dense place no less far than in most."""
    from scipy.spatial import cKDTree

    points = on_sphere(lat, lon)
    far = cKDTree(points).query(points, k=min(NEIGHBOURS + 1, len(points)))[0][:, -1]
    own = REACH * along_sphere(far) + 1.0
    return np.asarray(np.maximum(own, np.median(own)))


def _touching(graph: csr_matrix, places: Ints) -> Pairs:
    """Pairs of places whose cells touch, with the km of the way over the border."""
    from scipy.sparse.csgraph import dijkstra

    reached, _, nearest = dijkstra(graph, indices=places, min_only=True, return_predecessors=True)
    index = np.full(graph.shape[0], -1, dtype=np.int64)
    index[places] = np.arange(len(places))
    entries = graph.tocoo()
    here, there = entries.row, entries.col
    inside = (nearest[here] >= 0) & (nearest[there] >= 0) & (here < there)
    here, there, km = here[inside], there[inside], entries.data[inside]
    a, b = index[nearest[here]], index[nearest[there]]
    over = a != b
    way = reached[here] + km + reached[there]
    return Pairs(*shortest(np.minimum(a, b)[over], np.maximum(a, b)[over], way[over]))
