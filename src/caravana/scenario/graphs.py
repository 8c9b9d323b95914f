"""Scenarios and graphs: tables from the nodes and edges of a graph, and a graph from places and links.

Graphs are read by what every graph of networkx has, ``nodes(data=True)`` and ``edges(data=True)``, so that osmnx's are
read without osmnx.
"""

from __future__ import annotations

import heapq
import itertools
import math
import warnings
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.accessors import require_library
from caravana.errors import UnusedInputWarning, UsageError
from caravana.scenario.fields import specs_of
from caravana.scenario.model import Link, Place
from caravana.scenario.reading.faults import MOST_FAULTS
from caravana.scenario.reading.frames import is_missing, rows_of
from caravana.spelling import did_you_mean

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
        If it is no graph, or edges have no length: all are named.

    Warns
    -----
    UnusedInputWarning
        Of attributes that are no column, edges from a node to itself, and edges without a way back: links go both ways.
    """
    _require_graph(graph)
    _warn_of_what_is_left_out(graph)
    columns = specs_of(Place)
    places = []
    for node, data in graph.nodes(data=True):
        renamed = {SAME_AS.get(str(name), str(name)): value for name, value in data.items()}
        row = {name: value for name, value in renamed.items() if name in columns}
        places.append({"name": str(node).replace("_", " "), **row, "id": str(node)})
    links: dict[tuple[Any, ...], dict[str, Any]] = {}
    known = specs_of(Link)
    faults: list[str] = []
    for here, there, data in graph.edges(data=True):
        if here == there:
            continue
        row = {str(name): value for name, value in data.items() if str(name) in known}
        if is_missing(row.get("km")):
            row["km"] = round(_metres(here, there, data, faults, wanted="km, or length in metres") / 1000, 3)
        key = (frozenset((here, there)), row.get("km"), row.get("name", ""))
        links.setdefault(key, {**row, "from_id": str(here), "to_id": str(there)})
    _refuse(faults, "the graph")
    return places, list(links.values())


def _metres(here: Any, there: Any, data: Mapping[Any, Any], faults: list[str], *, wanted: str) -> float:
    """Length of an edge, 0 where it has none and that is added to the faults."""
    given = data.get("length")
    try:
        metres = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        metres = math.nan
    if 0 <= metres < math.inf:
        return metres
    value = "" if is_missing(given) else f"{given!r} — "
    faults.append(f"edge {here}–{there}: {value}expected {wanted}")
    return 0.0


def _refuse(faults: list[str], what: str) -> None:
    """Refuse a graph with all that is wrong in it, as far as anybody reads on."""
    if faults:
        more = [f"and {len(faults) - MOST_FAULTS:,} more"] if len(faults) > MOST_FAULTS else []
        raise UsageError("\n".join([f"{what} has faults:", *faults[:MOST_FAULTS], *more]))


def _warn_of_what_is_left_out(graph: Any) -> None:
    edges = list(graph.edges(data=True))
    ways = {(here, there) for here, there, _ in edges}
    remarks = []
    for what, of_each, taken in (
        ("nodes", (data for _, data in graph.nodes(data=True)), {*specs_of(Place), *SAME_AS}),
        ("edges", (data for *_, data in edges), {*specs_of(Link), "length"}),
    ):
        left = dict.fromkeys(str(name) for data in of_each for name in data if str(name) not in taken)
        if left:
            offered = ", ".join(f"{name}{did_you_mean(name, taken)}" for name in left)
            remarks.append(f"attributes of {what} that are no column were left out: {offered}")
    if circles := sum(here == there for here, there in ways):
        remarks.append(f"{circles} edges from a node to itself were left out")
    if graph.is_directed() and (alone := sum((there, here) not in ways for here, there in ways)):
        remarks.append(f"links go both ways: {alone} edges of the graph have no way back")
    for remark in remarks:
        warnings.warn(remark, UnusedInputWarning, stacklevel=5)


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
    if not nodes:
        raise UsageError("the road graph has no nodes")
    at = np.array([[data.get("y", math.nan), data.get("x", math.nan)] for _, data in graph.nodes(data=True)], float)
    if np.isnan(at).any() or (np.abs(at) > (90, 180)).any():
        raise UsageError(
            "the road graph has nodes without x and y in degrees: osmnx.project_graph(graph, to_latlong=True)"
        )
    faults: list[str] = []
    stands = _stands(rows, nodes, at, furthest_km, faults)
    ways: dict[Hashable, dict[Hashable, float]] = {node: {} for node in nodes}
    for here_node, there_node, data in graph.edges(data=True):
        km_long = _metres(here_node, there_node, data, faults, wanted="a length in metres") / 1000
        # People on foot go against one-way signs.
        for one, other in ((here_node, there_node), (there_node, here_node)):
            ways[one][other] = min(km_long, ways[one].get(other, math.inf))
    _refuse(faults, "the road graph, or where places meet it,")
    links: Rows = []
    order = {place: number for number, place in enumerate(stands.values())}
    for node, place in stands.items():
        for other, km_road in _neighbours(ways, node, stands).items():
            if order[place] < order[other]:
                links.append({"from_id": place, "to_id": other, "km": max(0.001, round(km_road, 3))})
    return rows, links


def _stands(
    rows: Rows, nodes: list[Hashable], at: np.ndarray[Any, Any], furthest_km: float, faults: list[str]
) -> dict[Hashable, str]:
    """Ids of places by the node each stands at: the nearest; faults are added."""
    stands: dict[Hashable, str] = {}
    for row in rows:
        name = row.get("id")
        try:
            here = (float(row["lat"]), float(row["lon"]))
        except (KeyError, TypeError, ValueError):
            here = (math.nan, math.nan)
        if any(map(math.isnan, here)):
            faults.append(f"places: {name!r} has no lat and lon: the road graph is met by them")
            continue
        km = _distances(at, here)
        nearest = int(np.argmin(km))
        if km[nearest] > furthest_km:
            faults.append(
                f"places: {name} is {km[nearest]:,.1f} km from the nearest road of the graph;"
                f" expected {furthest_km:g} km at most"
            )
        elif nodes[nearest] in stands:
            faults.append(f"places: {name} and {stands[nodes[nearest]]} are at one node of the road graph")
        else:
            stands[nodes[nearest]] = str(name)
    return stands


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
    try:
        _, rows = rows_of(table)
        return [dict(row) if isinstance(row, Mapping) else row.model_dump() for row in rows]
    except (AttributeError, TypeError):
        raise UsageError(f"places: {type(table).__name__}; expected a frame of pandas, or a list of mappings") from None


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
