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

MEETING = 4
"""Rounds after which those are put together who have met on the way: to look takes longer than to walk."""


@dataclass(frozen=True, slots=True)
class Roads:
    """Shortest roads to each camp over the links open on some day.

    Attributes
    ----------
    km
        Road km to a camp, infinite where there is no way, [camp, place].
    following
        The next place on the way to a camp, negative at its end, [camp, place].
    """

    km: Floats
    following: NDArray[np.int32]


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
    return Roads(np.asarray(distance), np.asarray(before, dtype=np.int32))


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

    All walk at once, a link a round; those who meet go on together from the next round on in which that is looked at.
    """
    from scipy.sparse import csr_matrix

    places, number = len(origin_share), len(links.km)
    origins = np.flatnonzero(origin_share)
    km = roads.km[:, origins]
    weight = np.where(np.isfinite(km), origin_share[origins] / (softening + np.where(np.isfinite(km), km, 0.0)), 0.0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    # Of several links between two places the first stands for all.
    ends, first = np.unique(links.start * places + links.end, return_index=True)
    camp, at = np.nonzero(weight)
    here, people = origins[at], weight[camp, at]
    used: list[tuple[Ints, Ints, Floats]] = []
    while True:
        going = here != camps[camp]
        camp, here, people = camp[going], here[going], people[going]
        if not len(camp):
            break
        ahead = roads.following[camp, here].astype(np.int64)
        used.append((camp, first[np.searchsorted(ends, here * places + ahead)], people))
        here = ahead
        if len(used) % MEETING == 0:
            met, where = np.unique(camp * places + here, return_inverse=True)
            people = np.bincount(where, weights=people)
            camp, here = np.divmod(met, places)
    rows, columns, values = (np.concatenate(one) for one in zip(*used, strict=True)) if used else ([], [], [])
    return csr_matrix((values, (rows, columns)), shape=(len(camps), number))
