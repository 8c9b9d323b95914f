"""From an extract to a road network: edges, lengths, and where it can be shut."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.sphere import great_circle, on_sphere
from caravana.importers.roads.streets import Crossing, RoadKind, Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.spatial import cKDTree

    from caravana.importers.osm.extract import Extract

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

AT_A_POST = 0.02
"""Km of the link that a gate, checkpoint or border post becomes."""
LONGEST_KM = 0.5
"""Stretches are divided so that none is longer: a place beside a straight road is near a node of it then."""
LANDING_KM = 1.0
"""How far a ferry's landing may be from a road and still be joined to it: piers are often no roads."""


def streets_of(extract: Extract) -> Streets:
    """Make the road network of an extract.

    A ferry becomes one edge from landing to landing, a barrier one edge between the two halves of its node, and a
    boundary between countries makes the edge that it cuts a crossing.
    """
    edges = _Edges(extract)
    crossings: list[Crossing] = []
    _add_barriers(edges, extract, crossings)
    edges.settle()
    _add_borders(edges, extract, crossings)
    _add_ferries(edges, extract, crossings)
    edges.settle()
    edges.divide()
    return Streets(
        edges.lat, edges.lon, edges.start, edges.end, edges.km, edges.kind, edges.motor, edges.one_way,
        edges.crossing, tuple(crossings),
    )  # fmt: skip


class _Edges:
    """Edges as they are gathered; every array [edge], ``lat`` and ``lon`` [node]."""

    def __init__(self, extract: Extract) -> None:
        self.lat, self.lon, self.ids = extract.lat, extract.lon, extract.node_id
        self._new: list[tuple[int, int, float, int, bool, bool, int]] = []
        self._new_nodes: list[int] = []
        ways = extract.ways
        first = np.concatenate([[0], np.cumsum(ways[:, 4])])
        way = np.repeat(np.arange(len(ways)), ways[:, 4])
        is_last = np.zeros(len(extract.refs), dtype=bool)
        is_last[first[1:] - 1] = True
        is_ferry = ways[way, 1] == RoadKind.FERRY
        begin = np.flatnonzero(~is_last & ~is_ferry)
        here, there = self.all_at(extract.refs[begin]), self.all_at(extract.refs[begin + 1])
        known = (here >= 0) & (there >= 0) & (here != there)
        begin, here, there = begin[known], here[known], there[known]
        against = ways[way[begin], 2] < 0
        self.start, self.end = np.where(against, there, here), np.where(against, here, there)
        self.kind = ways[way[begin], 1]
        self.motor = ways[way[begin], 3] > 0
        self.one_way = ways[way[begin], 2] != 0
        stops = self.all_at(np.array(sorted(extract.stops), dtype=np.int64))
        stopped = np.zeros(len(self.ids), dtype=bool)
        stopped[stops[stops >= 0]] = True
        self.motor &= ~(stopped[self.start] | stopped[self.end])
        self.km = great_circle(self.lat[self.start], self.lon[self.start], self.lat[self.end], self.lon[self.end])
        self.crossing = np.full(len(self.start), -1, dtype=np.int64)

    def all_at(self, ids: Ints) -> Ints:
        """Index of nodes by id, -1 for those that the extract does not have."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, at, -1)

    def at(self, node_id: int) -> int:
        """Index of a node, -1 where the extract does not have it."""
        return int(self.all_at(np.array([node_id]))[0])

    def add_node(self, like: int) -> int:
        """Add a node where another is."""
        self._new_nodes.append(like)
        return len(self.lat) + len(self._new_nodes) - 1

    def add(self, ends: tuple[int, int], km: float, kind: RoadKind, *, motor: bool, crossing: int) -> None:
        """Add an edge both ways."""
        self._new.append((*ends, km, int(kind), motor, False, crossing))

    def settle(self) -> None:
        """Put what was added behind what there is: one by one it would be copied each time."""
        like = np.array(self._new_nodes, dtype=np.int64)
        self.lat, self.lon = np.append(self.lat, self.lat[like]), np.append(self.lon, self.lon[like])
        columns = list(zip(*self._new, strict=True)) or [()] * 7
        names = ("start", "end", "km", "kind", "motor", "one_way", "crossing")
        for name, column in zip(names, columns, strict=True):
            array = getattr(self, name)
            setattr(self, name, np.append(array, np.array(column, dtype=array.dtype)))
        self._new, self._new_nodes = [], []

    def divide(self) -> None:
        """Divide long stretches into equal parts; those that can be shut stay whole."""
        parts = np.where(self.crossing < 0, np.ceil(self.km / LONGEST_KM), 1.0).astype(np.int64)
        parts = np.maximum(parts, 1)
        edge = np.repeat(np.arange(len(parts)), parts)
        begins = np.cumsum(parts) - parts
        step = np.arange(len(edge)) - begins[edge]
        is_last = step == parts[edge] - 1
        share = ((step + 1) / parts[edge])[~is_last]
        of, nodes = edge[~is_last], len(self.lat)
        # New nodes are numbered in the order of the edges, so that a stretch ends where the next begins.
        end = np.where(is_last, self.end[edge], 0)
        end[~is_last] = nodes + np.arange(len(of))
        start = self.start[edge].copy()
        later = np.flatnonzero(step > 0)
        start[later] = end[later - 1]
        a, b = self.start[of], self.end[of]
        self.lat = np.append(self.lat, self.lat[a] + share * (self.lat[b] - self.lat[a]))
        self.lon = np.append(self.lon, self.lon[a] + share * (self.lon[b] - self.lon[a]))
        self.start, self.end, self.km = start, end, (self.km / parts)[edge]
        self.kind, self.motor, self.one_way = self.kind[edge], self.motor[edge], self.one_way[edge]
        self.crossing = self.crossing[edge]


def _add_barriers(edges: _Edges, extract: Extract, crossings: list[Crossing]) -> None:
    """Cut the road at each barrier's node, and join the halves by the crossing."""
    barriers = [(edges.at(node), barrier) for node, barrier in sorted(extract.barriers.items())]
    barriers = [(at, barrier) for at, barrier in barriers if at >= 0]
    at = np.concatenate([edges.start, edges.end])
    order = np.argsort(at, kind="stable")
    count = len(edges.start)
    for node, barrier in barriers:
        low, high = np.searchsorted(at[order], node), np.searchsorted(at[order], node, side="right")
        meeting = np.sort(order[low:high] % count)
        if len(meeting) < 2:
            continue  # at the end of a road it shuts nothing
        twin = edges.add_node(node)
        # The first stretch stays with the node, the others begin at its twin.
        for edge in meeting[1:]:
            for ends in (edges.start, edges.end):
                if ends[edge] == node:
                    ends[edge] = twin
        kind = RoadKind(int(edges.kind[meeting[0]]))
        motor = barrier.motor and bool(edges.motor[meeting].all())
        edges.add((node, twin), AT_A_POST, kind, motor=motor, crossing=len(crossings))
        crossings.append(Crossing(f"n{barrier.node}", barrier.kind, barrier.name))


def _add_ferries(edges: _Edges, extract: Extract, crossings: list[Crossing]) -> None:
    """Add each ferry as an edge between its landings, which are joined to the nearest road."""
    from scipy.spatial import cKDTree

    on_road = np.zeros(len(edges.lat), dtype=bool)
    on_road[edges.start] = True
    on_road[edges.end] = True
    roads = np.flatnonzero(on_road)
    tree = cKDTree(on_sphere(edges.lat[roads], edges.lon[roads])) if len(roads) else None
    begins = np.concatenate([[0], np.cumsum(extract.ways[:, 4])])
    for row in np.flatnonzero(extract.ways[:, 1] == RoadKind.FERRY):
        nodes = edges.all_at(extract.refs[begins[row] : begins[row + 1]])
        nodes = nodes[nodes >= 0]
        if len(nodes) < 2:
            continue
        for node in (nodes[0], nodes[-1]):
            _land(edges, int(node), on_road, roads, tree)
        # It stops where it meets a road, and goes on from there as another crossing.
        stops = [0, *(np.flatnonzero(on_road[nodes[1:-1]]) + 1).tolist(), len(nodes) - 1]
        way, motor = int(extract.ways[row, 0]), bool(extract.ways[row, 3])
        for first, last in pairwise(stops):
            ends = int(nodes[first]), int(nodes[last])
            if ends[0] != ends[1]:
                lat, lon = (degrees[nodes[first : last + 1]] for degrees in (edges.lat, edges.lon))
                km = float(great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
                edges.add(ends, km, RoadKind.FERRY, motor=motor, crossing=len(crossings))
                crossings.append(Crossing(f"w{way}-{first}", "ferry", extract.names.get(way, "")))


def _land(edges: _Edges, node: int, on_road: Bools, roads: Ints, tree: cKDTree | None) -> None:
    """Join a ferry's landing to the nearest road where it is on none."""
    if on_road[node] or tree is None:
        return
    chord, nearest = tree.query(on_sphere(edges.lat[node], edges.lon[node]))
    if chord <= LANDING_KM:
        ends = node, int(roads[nearest])
        edges.add(ends, max(float(chord), 0.001), RoadKind.PATH, motor=True, crossing=-1)
        on_road[node] = True


def _add_borders(edges: _Edges, extract: Extract, crossings: list[Crossing]) -> None:
    """Make crossings of the edges that a boundary between countries cuts, where no post stands nearby."""
    from scipy.spatial import cKDTree

    posts = [edges.at(b.node) for b in extract.barriers.values() if b.kind == "border"]
    posts = [at for at in posts if at >= 0]
    segments = [(way, edges.all_at(ids)) for way, ids in extract.borders]
    if not segments or not len(edges.start):
        return
    ends = np.concatenate([np.stack([at[:-1], at[1:]], axis=1) for _, at in segments])
    ends = ends[(ends >= 0).all(axis=1)]
    near = _cut_by(edges, ends)
    tree = cKDTree(on_sphere(edges.lat[posts], edges.lon[posts])) if posts else None
    for edge in near:
        a, b = int(edges.start[edge]), int(edges.end[edge])
        point = on_sphere((edges.lat[a] + edges.lat[b]) / 2, (edges.lon[a] + edges.lon[b]) / 2)
        if edges.crossing[edge] >= 0 or (tree is not None and tree.query(point)[0] <= LANDING_KM / 2):
            continue
        edges.crossing[edge] = len(crossings)
        low, high = sorted((edges.lat[a], edges.lon[a]) for a in (a, b))
        key = f"b{low[0]:.6f},{low[1]:.6f},{high[0]:.6f},{high[1]:.6f}"
        crossings.append(Crossing(key, "border", ""))


def _cut_by(edges: _Edges, borders: Ints) -> Ints:
    """Edges that a boundary's segments cut, in rising order."""
    from scipy.spatial import cKDTree

    x, y = edges.lon, edges.lat
    a, b = edges.start, edges.end
    middle = np.stack([(x[a] + x[b]) / 2, (y[a] + y[b]) / 2], axis=1)
    half = np.hypot(x[a] - x[b], y[a] - y[b]) / 2
    tree = cKDTree(middle)
    widest = float(half.max())
    cut: set[int] = set()
    for p, q in borders.tolist():
        centre = ((x[p] + x[q]) / 2, (y[p] + y[q]) / 2)
        reach = float(np.hypot(x[p] - x[q], y[p] - y[q])) / 2 + widest
        close = np.array(tree.query_ball_point(centre, reach), dtype=np.int64)
        if len(close):
            s, e = a[close], b[close]
            one = _side(x, y, p, q, s) * _side(x, y, p, q, e) < 0
            other = _side(x, y, s, e, p) * _side(x, y, s, e, q) < 0
            cut.update(close[one & other].tolist())
    return np.array(sorted(cut), dtype=np.int64)


def _side(x: Floats, y: Floats, p: int | Ints, q: int | Ints, r: int | Ints) -> Floats:
    """On which side of the line from p to q the point r is (sign of the cross product)."""
    return np.asarray((x[q] - x[p]) * (y[r] - y[p]) - (y[q] - y[p]) * (x[r] - x[p]))
