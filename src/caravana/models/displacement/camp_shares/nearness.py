"""How near camps are to where people come from, and which links lie between: shortest open roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from caravana.models.displacement.network import Links

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Roads:
    """Shortest roads to each camp over the links open on some day.

    Attributes
    ----------
    km
        Road km to a camp, infinite where there is no way, [camp, place].
    following
        The next place on the way to a camp, negative at its end, [camp, place].
    inwards
        Places from the farthest to the camp itself, [camp, place].
    """

    km: Floats
    following: NDArray[np.int32]
    inwards: NDArray[np.int32]


def shortest_roads(links: Links, open_link: Bools, camps: Ints, *, places: int) -> Roads:
    """Find the shortest open road from every place to every camp."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    use = np.flatnonzero(open_link)
    order = use[np.argsort(-links.km[use], kind="stable")]
    # Of several links between two places the shortest is kept: it is written last.
    shortest = dict(zip(zip(links.end[order], links.start[order], strict=True), links.km[order], strict=True))
    rows = np.array([pair[0] for pair in shortest], dtype=np.int64)
    columns = np.array([pair[1] for pair in shortest], dtype=np.int64)
    # A road of no length would be no road to a sparse matrix.
    km = np.maximum(np.array(list(shortest.values()), dtype=float), 1e-3)
    # Links are taken backwards, so that one search from a camp reaches all places.
    graph = csr_matrix((km, (rows, columns)), shape=(places, places))
    distance, before = dijkstra(graph, indices=camps, return_predecessors=True)
    inwards = np.argsort(-distance, axis=1, kind="stable").astype(np.int32)
    return Roads(np.asarray(distance), np.asarray(before, dtype=np.int32), inwards)


def nearness(roads: Roads, origin_share: Floats, *, softening: float) -> Floats:
    """Share of people who would reach each camp first if only distance counted, [camp].

    Parameters
    ----------
    origin_share
        Where people come from, adding up to 1 (or 0), [place].
    softening
        Km added to every distance.
    """
    closeness = np.where(np.isfinite(roads.km), 1.0 / (softening + roads.km), 0.0)
    total = closeness.sum(axis=0, keepdims=True)
    share = np.divide(closeness, total, out=np.zeros_like(closeness), where=total > 0)
    return np.asarray(share @ origin_share)


def link_shares(roads: Roads, links: Links, origin_share: Floats, camps: Ints, *, softening: float) -> csr_matrix:
    """Share of those bound for each camp who use each link, sparse [camp, link].

    Roads to a camp are a tree: gone through from its farthest place inwards, each place has gathered all who pass
    it when it is its turn.  That is done for all camps at once, a place of each in a step.
    """
    from scipy.sparse import csr_matrix

    places, every = len(origin_share), np.arange(len(camps))
    passing = np.where(np.isfinite(roads.km), origin_share / (softening + roads.km), 0.0)
    total = passing.sum(axis=1, keepdims=True)
    passing = np.divide(passing, total, out=passing, where=total > 0)
    for here in roads.inwards.T:
        ahead = roads.following[every, here]
        # At the camp itself, and where no road leads on, nobody goes on: nothing is added anywhere.
        going = np.where(ahead >= 0, passing[every, here], 0.0)
        passing[every, np.maximum(ahead, 0)] += going
    camp, here = np.nonzero(passing)
    on = roads.following[camp, here] >= 0
    camp, here = camp[on], here[on]
    # Of several links between two places the first stands for all.
    ends, first = np.unique(links.start * places + links.end, return_index=True)
    link = first[np.searchsorted(ends, here * places + roads.following[camp, here])]
    return csr_matrix((passing[camp, here], (camp, link)), shape=(len(camps), len(links.km)))
