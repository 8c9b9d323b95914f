"""Where on the roads a place is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.sphere import along_sphere, on_sphere

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.importers.roads.streets import Streets

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SCRAP_KM = 2.0
"""Roads that hang together for less than this are scraps: a farm track, a road that the extract cuts off."""
SCRAP_AWAY_KM = 0.5
"""A place beside a scrap is taken to be on another road that is no further off than this."""


def snap(streets: Streets, lat: Floats, lon: Floats) -> tuple[Ints, Floats]:
    """Find the node of the network nearest to each place, scraps passed over where a real road is near.

    Returns
    -------
    tuple of array
        Node and its distance in km, each [place].
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(streets.km)), (streets.start, streets.end)), shape=(streets.nodes,) * 2)
    part = connected_components(graph, directed=False)[1]
    length = np.bincount(part[streets.start], weights=streets.km, minlength=part.max(initial=0) + 1)
    on_road = np.zeros(streets.nodes, dtype=bool)
    on_road[streets.start] = True
    on_road[streets.end] = True
    points = on_sphere(lat, lon)
    node, away = _nearest(streets, np.flatnonzero(on_road), points)
    real = np.flatnonzero(on_road & (length[part] >= SCRAP_KM))
    if len(real):
        better, further = _nearest(streets, real, points)
        swap = (length[part[node]] < SCRAP_KM) & (further <= SCRAP_AWAY_KM)
        node, away = np.where(swap, better, node), np.where(swap, further, away)
    return node, away


def _nearest(streets: Streets, among: Ints, points: Floats) -> tuple[Ints, Floats]:
    """Nearest of some nodes to each point, and km to it."""
    from scipy.spatial import cKDTree

    chord, at = cKDTree(on_sphere(streets.lat[among], streets.lon[among])).query(points)
    return among[np.asarray(at)], along_sphere(np.asarray(chord))
