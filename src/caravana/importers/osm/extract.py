"""Reading an OpenStreetMap extract (``.osm.pbf``, ``.osm``) with bounded memory.

Twice through the file: ways and marked nodes first, then the nodes of those ways alone, which pyosmium picks out
before Python sees any.  So what is kept grows with the roads, not with the extract.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import ScenarioError, UsageError
from caravana.importers.osm.tags import BARRIERS, HIGHWAYS, ONE_WAY, QUARTERS, SETTLEMENTS, SHUT, STOPS_VEHICLES
from caravana.importers.roads.streets import RoadKind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.importers.roads.streets import CrossingKind
    from caravana.lands.polygons import Window

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

KEYS = ("highway", "route", "place", "barrier", "military", "admin_level")
MOST_PEOPLE = 10**9
NO_LAYER = "an OpenStreetMap extract (.osm.pbf or .osm), or roads as GeoJSON lines; save another layer as GeoJSON"
SMALL = {False: 200 * 2**20, True: 3 * 2**30}
"""Bytes up to which an extract is small: packed, or (True) as plain XML."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place node: its id, name (the local one), kind, degrees, inhabitants if written, and other names."""

    osm_id: int
    name: str
    kind: str
    lat: float
    lon: float
    population: int | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Barrier:
    """A node that a road can be shut at, and whether vehicles pass it while it is open."""

    node: int
    kind: CrossingKind
    name: str
    motor: bool


@dataclass(slots=True)
class Extract:
    """What an extract says of roads and settlements.

    Attributes
    ----------
    ways
        Rows (way id, kind, one-way: 1 along, -1 against, 0 both, motor, number of nodes), by way id.
    names
        Names of ferries, by way id.
    refs
        Node ids of all ways, one way after the other.
    borders
        Node ids of boundaries between countries, a list a way, by way id.
    barriers, stops
        Barriers by node id; nodes that vehicles do not pass.
    settlements
        By kind, then node id.
    node_id, lat, lon
        The nodes of the ways, by node id.
    source
        Id of the source of what is made of it: ``osm``, or ``roads`` of lines that somebody drew.
    closed
        Names of roads that are left out, as the file says that they are closed.
    """

    ways: Ints
    names: dict[int, str]
    refs: Ints
    borders: list[tuple[int, Ints]]
    barriers: dict[int, Barrier]
    stops: frozenset[int]
    settlements: list[Settlement]
    node_id: Ints
    lat: Floats
    lon: Floats
    source: str = "osm"
    closed: tuple[str, ...] = ()

    @property
    def window(self) -> Window | None:
        """West, south, east, north of its roads; None where it has none."""
        if not len(self.lat):
            return None
        return float(self.lon.min()), float(self.lat.min()), float(self.lon.max()), float(self.lat.max())


@dataclass(slots=True)
class _Reading:
    """What has been met on the first way through the file."""

    rows: list[tuple[int, int, int, int, array[int]]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    borders: list[tuple[int, array[int]]] = field(default_factory=list)
    barriers: dict[int, Barrier] = field(default_factory=dict)
    stops: set[int] = field(default_factory=set)
    settlements: list[Settlement] = field(default_factory=list)


def read_extract(path: Path, *, paths: bool = False) -> Extract:
    """Read roads, crossings and settlements of an extract.

    Parameters
    ----------
    path
        A file that pyosmium reads: ``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``.
    paths
        Whether footpaths are roads too; tracks are in any case.

    Raises
    ------
    UsageError
        If pyosmium is not installed.
    ScenarioError
        If there is no such file, or it is no extract.
    """
    try:
        import osmium
    except ImportError:
        raise UsageError("reading an OpenStreetMap extract needs pyosmium: pip install 'caravana[osm]'") from None
    if not path.is_file():
        raise ScenarioError(f"{path}: expected an OpenStreetMap extract (.osm.pbf or .osm); there is no such file")
    reading = _Reading()
    kinds = osmium.osm.NODE | osmium.osm.WAY
    try:
        things: Any = osmium.FileProcessor(str(path), kinds).with_filter(osmium.filter.KeyFilter(*KEYS))
        for thing in things:
            if thing.is_node():
                _take_node(reading, thing)
            else:
                _take_way(reading, thing, paths=paths)
        reading.rows.sort(key=lambda row: row[0])
        refs = array("q")
        for row in reading.rows:
            refs.extend(row[4])
        borders = sorted(((way, np.array(ids, dtype=np.int64)) for way, ids in reading.borders), key=lambda one: one[0])
        wanted = np.unique(np.concatenate([np.frombuffer(refs, dtype=np.int64), *(ids for _, ids in borders)]))
        node_id, lat, lon = _read_nodes(osmium, path, wanted)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        if not path.name.endswith((".pbf", ".osm", ".osm.bz2", ".osm.gz")):
            raise ScenarioError(f"{path}: expected {NO_LAYER}") from None
        raise ScenarioError(f"{path}: expected an OpenStreetMap extract (.osm.pbf or .osm); found: {error}") from None
    order = {kind: rank for rank, kind in enumerate((*SETTLEMENTS, *QUARTERS))}
    return Extract(
        np.array([(*row[:4], len(row[4])) for row in reading.rows], dtype=np.int64).reshape(-1, 5), reading.names,
        np.frombuffer(refs, dtype=np.int64), borders, reading.barriers, frozenset(reading.stops),
        sorted(reading.settlements, key=lambda one: (order[one.kind], one.osm_id)), node_id, lat, lon,
    )  # fmt: skip


def _take_node(reading: _Reading, node: Any) -> None:
    """Keep a settlement, or a barrier."""
    tags = node.tags
    place, barrier = tags.get("place"), tags.get("barrier", "")
    if place in (*SETTLEMENTS, *QUARTERS) and tags.get("name") and node.location.valid():
        names = (
            value for key, value in ((t.k, t.v) for t in tags) if key.startswith(("name:", "alt_name", "int_name"))
        )
        name = tags["name"]
        reading.settlements.append(Settlement(
            node.id, name, place, node.lat, node.lon, _people(tags.get("population", "")),
            tuple(sorted(set(names) - {name})),
        ))  # fmt: skip
    kind = "checkpoint" if tags.get("military") == "checkpoint" else BARRIERS.get(barrier)
    if kind is not None:
        shut = tags.get("access") in SHUT or tags.get("motor_vehicle") in SHUT or tags.get("locked") == "yes"
        reading.barriers[node.id] = Barrier(node.id, kind, tags.get("name", ""), not shut)
    elif barrier in STOPS_VEHICLES:
        reading.stops.add(node.id)


def _people(text: str) -> int | None:
    """Inhabitants as a tag has them; None where that is no plain number."""
    digits = text.replace(" ", "").replace("\u00a0", "").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) < MOST_PEOPLE else None


def _take_way(reading: _Reading, way: Any, *, paths: bool) -> None:
    """Keep a road, a ferry or a boundary between countries."""
    tags = way.tags
    kind = HIGHWAYS.get(tags.get("highway", ""))
    if tags.get("area") == "yes" or (kind is RoadKind.PATH and not paths):
        kind = None
    if tags.get("route") == "ferry":
        kind = RoadKind.FERRY
        reading.names[way.id] = tags.get("name", "")
    if kind is None:
        if tags.get("boundary") == "administrative" and tags.get("admin_level") == "2":
            reading.borders.append((way.id, array("q", [node.ref for node in way.nodes])))
        return
    refs = array("q", [node.ref for node in way.nodes])
    said = tags.get("oneway", "")
    one_way = -1 if said == "-1" else int(said in ONE_WAY or (said == "" and tags.get("junction") == "roundabout"))
    motor = kind is not RoadKind.PATH and tags.get("motor_vehicle") != "no" and tags.get("motorcar") != "no"
    if kind is RoadKind.FERRY:
        # A ferry goes both ways; that it carries vehicles is said where it is so.
        one_way, motor = 0, tags.get("motor_vehicle") == "yes" or tags.get("motorcar") == "yes"
    if len(refs) > 1:
        reading.rows.append((way.id, int(kind), one_way, int(motor), refs))


def _read_nodes(osmium: Any, path: Path, wanted: Ints) -> tuple[Ints, Floats, Floats]:
    """Degrees of the nodes wanted, by id; those that the extract does not have are left out.

    In a large extract pyosmium picks them out, which is quick and needs a bit for every id there may be: 1.5 GB,
    whatever the extract.  In a small one it is done here.
    """
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE)
    among = set(wanted.tolist())
    if path.stat().st_size > SMALL[path.suffix == ".osm"]:
        nodes = nodes.with_filter(osmium.filter.IdFilter(among))
    located = ((node.id, node.location) for node in nodes if node.id in among)
    ids, lat, lon = array("q"), array("d"), array("d")
    for number, place in located:
        if place.valid():
            ids.append(number)
            lat.append(place.lat)
            lon.append(place.lon)
    node_id = np.frombuffer(ids, dtype=np.int64) if ids else np.zeros(0, dtype=np.int64)
    order = np.argsort(node_id, kind="stable")
    degrees = [np.frombuffer(one, dtype=np.float64)[order] if one else np.zeros(0) for one in (lat, lon)]
    return node_id[order], degrees[0], degrees[1]
