"""Scenarios and graphs: tables from the nodes and edges of a graph, and a graph from places and links.

Graphs are read by what every graph of networkx has, ``nodes(data=True)`` and ``edges(data=True)``, so that osmnx's are
read without osmnx.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.errors import UsageError
from caravana.scenario.fields import specs_of
from caravana.scenario.model import Link, Place

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

EARTH_KM = 6371.0088
FURTHEST_KM = 5.0
"""A place further than this from every node of a road graph is not on it."""
SAME_AS = {"x": "lon", "y": "lat", "longitude": "lon", "latitude": "lat"}
"""What graphs call a place's coordinates."""
Rows = list[dict[str, Any]]


def rows_of_graph(graph: Any) -> tuple[Rows, Rows]:
    """Return the nodes and edges of a graph as rows of places and links.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes are ids of places; their attributes are the columns of places, and ``x``/``y`` or ``longitude``/
        ``latitude`` do for ``lon``/``lat``.  Edges need ``km``, or ``length`` in metres; their other attributes are the
        columns of links.  Attributes that are no column are left out.

    Returns
    -------
    tuple of list
        Rows of places and of links.  Two edges that are each other's way back, of one length, are one link.

    Raises
    ------
    UsageError
        If it is no graph.
    """
    _require_graph(graph)
    columns = specs_of(Place)
    places = []
    for node, data in graph.nodes(data=True):
        renamed = {SAME_AS.get(str(name), str(name)): value for name, value in data.items()}
        row = {name: value for name, value in renamed.items() if name in columns}
        places.append({"name": str(node).replace("_", " "), **row, "id": str(node)})
    links: dict[tuple[Any, ...], dict[str, Any]] = {}
    known = specs_of(Link)
    for here, there, data in graph.edges(data=True):
        if here == there:
            continue
        row = {str(name): value for name, value in data.items() if str(name) in known}
        if "km" not in row and "length" in data:
            row["km"] = round(float(data["length"]) / 1000, 3)
        key = (frozenset((here, there)), row.get("km"), row.get("name", ""))
        links.setdefault(key, {**row, "from_id": str(here), "to_id": str(there)})
    return places, list(links.values())


def rows_of_roads(graph: Any, places: Any, *, furthest_km: float = FURTHEST_KM) -> tuple[Rows, Rows]:
    """Return places with the shortest roads between neighbours among them, from a graph of a road network.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As osmnx makes it: nodes with ``x`` and ``y`` in degrees, edges with ``length`` in metres.
    places : pandas.DataFrame or iterable of mappings
        With ``id``, ``lat``, ``lon``, and whatever else places have.
    furthest_km : float
        How far a place may be from its nearest node.

    Returns
    -------
    tuple of list
        Rows of places as they are, and of links: one for each pair of places whose shortest road passes no third.

    Raises
    ------
    UsageError
        If it is no such graph, a place has no coordinates, or is far from every node.
    """
    _require_graph(graph)
    rows = _records(places)
    nodes = list(graph.nodes)
    at = np.array([[data.get("y", math.nan), data.get("x", math.nan)] for _, data in graph.nodes(data=True)], float)
    if not nodes or np.isnan(at).any() or (np.abs(at) > (90, 180)).any():
        raise UsageError(
            "the road graph has nodes without x and y in degrees: osmnx.project_graph(graph, to_latlong=True)"
        )
    stands: dict[Hashable, str] = {}
    for row in rows:
        try:
            here = (float(row["lat"]), float(row["lon"]))
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"places: {row.get('id')!r} has no lat and lon: the road graph is met by them") from None
        km = _distances(at, here)
        nearest = int(np.argmin(km))
        if not km[nearest] <= furthest_km:
            raise UsageError(
                f"places: {row['id']} is {km[nearest]:,.1f} km from the nearest road of the graph;"
                f" expected {furthest_km:g} km at most"
            )
        if nodes[nearest] in stands:
            raise UsageError(f"places: {row['id']} and {stands[nodes[nearest]]} are at one node of the road graph")
        stands[nodes[nearest]] = str(row["id"])
    ways: dict[Hashable, dict[Hashable, float]] = {node: {} for node in nodes}
    for here_node, there_node, data in graph.edges(data=True):
        km_long = float(data.get("length", math.nan)) / 1000
        if not km_long >= 0:
            raise UsageError(f"the road graph: the edge from {here_node} to {there_node} has no length in metres")
        # People on foot go against one-way signs.
        for one, other in ((here_node, there_node), (there_node, here_node)):
            ways[one][other] = min(km_long, ways[one].get(other, math.inf))
    links: Rows = []
    order = {place: number for number, place in enumerate(stands.values())}
    for node, place in stands.items():
        for other, km_road in _neighbours(ways, node, stands).items():
            if order[place] < order[other]:
                links.append({"from_id": place, "to_id": other, "km": max(0.001, round(km_road, 3))})
    return rows, links


def _neighbours(
    ways: Mapping[Hashable, Mapping[Hashable, float]], start: Hashable, stands: Mapping[Hashable, str]
) -> dict[str, float]:
    """Places reached from one without passing another, and the km to each (Dijkstra 1959)."""
    ties = itertools.count()
    best, reached = {start: 0.0}, {}
    heap: list[tuple[float, int, Hashable]] = [(0.0, next(ties), start)]
    while heap:
        km, _, node = heapq.heappop(heap)
        if km > best[node]:
            continue
        if node != start and node in stands:
            reached[stands[node]] = km
            continue
        for other, more in ways[node].items():
            if km + more < best.get(other, math.inf):
                best[other] = km + more
                heapq.heappush(heap, (km + more, next(ties), other))
    return reached


def _distances(at: np.ndarray[Any, np.dtype[np.float64]], here: tuple[float, float]) -> Any:
    """Great-circle distances from points (latitude, longitude) in degrees to one, km (the haversine formula)."""
    lat, lon = np.radians(at).T
    lat0, lon0 = map(math.radians, here)
    chord = np.sin((lat - lat0) / 2) ** 2 + np.cos(lat) * math.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(chord)))


def _records(table: Any) -> Rows:
    if hasattr(table, "columns"):
        return [
            dict(zip(map(str, table.columns), row, strict=True)) for row in table.itertuples(index=False, name=None)
        ]
    return [dict(row) if isinstance(row, Mapping) else row.model_dump() for row in table]


def _require_graph(graph: Any) -> None:
    if not (callable(getattr(graph, "nodes", None)) and callable(getattr(graph, "edges", None))):
        raise UsageError(f"{type(graph).__name__}: expected a graph of networkx or osmnx")


def graph_of(scenario: Scenario) -> Any:
    """Return places and links as an undirected graph of networkx.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    networkx.Graph
        Or a ``MultiGraph`` where two places have several links.  Attributes are the columns that are filled.

    Raises
    ------
    UsageError
        If networkx is not installed.
    """
    networkx = require_library("networkx", "geo")
    pairs = [frozenset((link.from_id, link.to_id)) for link in scenario.links]
    graph = networkx.Graph() if len(set(pairs)) == len(pairs) else networkx.MultiGraph()
    graph.graph.update(name=scenario.name)
    for place in scenario.places:
        graph.add_node(place.id, **{k: v for k, v in place if k != "id" and v not in (None, "")})
    for link in scenario.links:
        row = {k: v for k, v in link if k not in ("from_id", "to_id") and v not in (None, "")}
        graph.add_edge(link.from_id, link.to_id, **row)
    return graph


def road_graph_of(scenario: Scenario) -> Any:
    """Return places and links as a graph that osmnx takes: both ways, ``x``, ``y``, ``length`` in metres.

    Parameters
    ----------
    scenario : Scenario
        The scenario; every place needs coordinates.

    Returns
    -------
    networkx.MultiDiGraph
        With ``crs`` EPSG:4326.

    Raises
    ------
    UsageError
        If networkx is not installed, or a place has no coordinates.
    """
    networkx = require_library("networkx", "geo")
    graph = networkx.MultiDiGraph(crs="EPSG:4326", name=scenario.name)
    for place in scenario.places:
        if place.lat is None or place.lon is None:
            raise UsageError(f"{place.id} has no coordinates: a road graph needs those of every place")
        graph.add_node(place.id, x=place.lon, y=place.lat, name=place.name, kind=place.kind)
    for link in scenario.links:
        for here, there in ((link.from_id, link.to_id), (link.to_id, link.from_id)):
            graph.add_edge(here, there, length=1000 * link.km, highway=link.kind, name=link.name, oneway=False)
    return graph
