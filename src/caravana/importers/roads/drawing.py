"""The network that a person would draw: links between places, and named links where it can be shut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.contract import contract
from caravana.importers.roads.pruning import STRETCH, prune
from caravana.importers.roads.search import Pairs, near_pairs, shortest
from caravana.importers.roads.snapping import snap
from caravana.importers.roads.streets import Contracted, RoadKind
from caravana.importers.roads.tracing import Edges, both_ways, edges_of, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.importers.roads.streets import Streets

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

WAY_BACK = 1.5
"""Vehicles can take a link if the way back is at most this many times as long (and 2 km)."""
SAMPLED = 3.0e7
"""Sources times nodes of the full network that journeys are measured on."""
FEWEST_SAMPLED = 8


@dataclass(frozen=True, slots=True)
class Detour:
    """How much longer journeys are on the drawn network than on the full one, as factors less 1, of how many pairs."""

    median: float
    worst: float
    pairs: int


@dataclass(frozen=True, slots=True)
class DrawnRoads:
    """Links between points: the places first, in their order, then the ends of crossings.

    Attributes
    ----------
    lat, lon
        Degrees of the ends of crossings, [end].
    first, second, km
        The links, [link].
    kind
        The :class:`RoadKind` that most of it is of, [link].
    motor
        Whether vehicles can take it, both ways, [link].
    crossing
        Index of the crossing in the network as read that the link is, or -1, [link].
    away
        Km from each place to its road, [place].
    same_spot
        Pairs of places on one spot of the road, joined by a straight line, as (place, place on the network).
    detour
        Of journeys between places.
    """

    lat: Floats
    lon: Floats
    first: Ints
    second: Ints
    km: Floats
    kind: Ints
    motor: Bools
    crossing: Ints
    away: Floats
    same_spot: tuple[tuple[int, int], ...]
    detour: Detour


@dataclass(slots=True)
class _Points:
    """Points of the drawn network: node of the contracted network, and which place or end of a crossing it is."""

    node: list[int]
    of: list[int]
    at: dict[int, int] = field(default_factory=dict)

    def add(self, node: int, number: int) -> bool:
        """Add an end of a crossing; False if a point is there already."""
        if node in self.at:
            return False
        self.at[node] = len(self.node)
        self.node.append(node)
        self.of.append(number)
        return True


def draw_roads(streets: Streets, lat: Floats, lon: Floats, *, stretch: float = STRETCH) -> DrawnRoads:
    """Draw links between places.

    First with every crossing open, to see which of them people would use.  Then those are cut out, and become
    links of their own between two points that stand for their ends: so what is drawn besides is what is left when
    all of them are shut, and each can be shut alone.

    Parameters
    ----------
    streets
        The full network.
    lat, lon
        Degrees of the places, [place].
    stretch
        How much longer a journey may be over other places for its link to go, as a factor.
    """
    node, away = snap(streets, lat, lon)
    network = contract(streets, np.unique(node))
    at = np.searchsorted(network.node, node)
    where = np.sort(np.unique(at, return_index=True)[1])
    lead = {int(at[place]): int(place) for place in where}
    same_spot = tuple((place, lead[int(at[place])]) for place in range(len(at)) if lead[int(at[place])] != place)
    points = _Points([int(at[place]) for place in where], where.tolist())
    points.at = {one: index for index, one in enumerate(points.node)}
    whole = edges_of(network, np.ones(len(network.km), dtype=bool))
    used = _used_crossings(streets, network, whole, points, stretch)
    cut = np.isin(network.crossing, used)
    ends: list[int] = []
    for edge in np.flatnonzero(cut):
        for end in (int(network.start[edge]), int(network.end[edge])):
            if points.add(end, len(at) + len(ends)):
                ends.append(end)
    places, of = np.array(points.node), np.array(points.of)
    degrees = streets.lat[network.node[places]], streets.lon[network.node[places]]
    open_roads = edges_of(network, ~cut)
    kept = prune(near_pairs(open_roads.km, places, *degrees), places=len(places), stretch=stretch)
    ways = trace(open_roads, places, kept)
    shut = np.flatnonzero(cut)
    joined = Pairs(
        np.append(kept.first, [points.at[int(network.start[edge])] for edge in shut]).astype(np.int64),
        np.append(kept.second, [points.at[int(network.end[edge])] for edge in shut]).astype(np.int64),
        np.append(kept.km, network.km[shut]),
    )  # fmt: skip
    ways += [[int(edge)] for edge in shut]
    kind = [int(np.argmax(network.km_of[way].sum(axis=0))) if way else int(RoadKind.MINOR) for way in ways]
    return DrawnRoads(
        streets.lat[network.node[ends]], streets.lon[network.node[ends]], of[joined.first], of[joined.second],
        joined.km,
        np.array(kind, dtype=np.int64), both_ways(network, ways, places, joined, most=WAY_BACK),
        np.append(np.full(len(kept.km), -1), network.crossing[shut]).astype(np.int64), away, same_spot,
        _detour(whole, places[: len(where)], joined, len(places)),
    )  # fmt: skip


def _used_crossings(streets: Streets, network: Contracted, whole: Edges, points: _Points, stretch: float) -> Ints:
    """Crossings that a drawn link would pass, and ferries, checkpoints and borders with places on both sides."""
    from scipy.sparse.csgraph import dijkstra

    places = np.array(points.node)
    if len(places) < 2 or not streets.crossings:
        return np.zeros(0, dtype=np.int64)
    degrees = streets.lat[network.node[places]], streets.lon[network.node[places]]
    drawn = prune(near_pairs(whole.km, places, *degrees), places=len(places), stretch=stretch)
    passed = {int(network.crossing[edge]) for way in trace(whole, places, drawn) for edge in way} - {-1}
    is_crossing = network.crossing >= 0
    apart = edges_of(network, ~is_crossing)
    reached = np.isfinite(dijkstra(apart.km, indices=places, min_only=True))
    for edge in np.flatnonzero(is_crossing & reached[network.start] & reached[network.end]):
        number = int(network.crossing[edge])
        if streets.crossings[number].kind != "gate":
            passed.add(number)
    return np.array(sorted(passed), dtype=np.int64)


def _detour(whole: Edges, places: Ints, drawn: Pairs, points: int) -> Detour:
    """Measure journeys between places: all of them, or those from some places, evenly chosen, where there are many."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    count = len(places)
    number = int(np.clip(SAMPLED / max(whole.km.shape[0], 1), FEWEST_SAMPLED, max(count, FEWEST_SAMPLED)))
    sources = np.unique(np.linspace(0, count - 1, min(number, count)).astype(np.int64))
    rows, columns, km = shortest(
        np.append(drawn.first, drawn.second), np.append(drawn.second, drawn.first),
        np.maximum(np.append(drawn.km, drawn.km), 1e-6),
    )  # fmt: skip
    built = csr_matrix((km, (rows, columns)), shape=(points, points))
    factors = []
    for source in sources.tolist():
        full = dijkstra(whole.km, indices=int(places[source]))[places]
        there = np.flatnonzero(np.isfinite(full) & (full > 0))
        factors.append(dijkstra(built, indices=source)[:count][there] / full[there])
    every = np.concatenate(factors) if factors else np.zeros(0)
    if not len(every):
        return Detour(0.0, 0.0, 0)
    # What the rounding of lengths makes shorter is no shorter.
    every = np.maximum(every - 1.0, 0.0)
    return Detour(float(np.median(every)), float(every.max()), len(every))
