"""The links of a build: drawn from an extract, or neighbours where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.osm.streets import streets_of
from caravana.importers.roads.drawing import Detour, draw_roads
from caravana.importers.roads.neighbours import CIRCUITY, CIRCUITY_HIGH, CIRCUITY_LOW, by_straight_line, neighbours
from caravana.importers.roads.snapping import snap
from caravana.importers.roads.sphere import great_circle
from caravana.importers.rows import identifiers
from caravana.scenario.model import Link, Place
from caravana.scenario.vocabulary import LinkKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.importers.osm.extract import Extract
    from caravana.importers.remarks import Remarks
    from caravana.importers.roads.drawing import DrawnRoads
    from caravana.importers.roads.streets import Streets

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

NO_ROAD_KM = 10.0
"""A place that is further from any road of the extract is on none."""
OFF_ROAD_KM = 2.0
"""Beyond this a place is off the road: its links are guesses as to the way there, times the circuity."""
_KINDS: tuple[LinkKind, ...] = ("main", "secondary", "minor", "track", "path", "ferry")
"""What a link of each kind of road is called, in the order of RoadKind."""
WORDS = {"ferry": "Ferry", "gate": "Gate", "checkpoint": "Checkpoint", "border": "Border"}


@dataclass(frozen=True, slots=True)
class BuiltRoads:
    """The links of a build, with the places that stand for the ends of crossings.

    Attributes
    ----------
    ends
        Those places, of kind marker.
    links
        All links; the crossings among them have a kind and a name of their own.
    part
        Number of the connected part that each place is in, ends included, [place].
    detour
        How much longer journeys are than on the full network; None without an extract.
    """

    ends: tuple[Place, ...]
    links: tuple[Link, ...]
    part: Ints
    detour: Detour | None

    @property
    def crossings(self) -> tuple[Link, ...]:
        """The links that are crossings."""
        return tuple(link for link in self.links if link.kind in WORDS)


def roads_by_neighbours(places: Sequence[Place], remarks: Remarks) -> BuiltRoads:
    """Link neighbours by straight line times a circuity factor; an assumption on every link."""
    lat, lon = _degrees(places)
    camp = np.array([place.kind != "town" for place in places], dtype=bool)
    pairs = neighbours(lat, lon, camp)
    km, low, high = by_straight_line(pairs)
    links = tuple(
        Link(
            from_id=places[a].id, to_id=places[b].id, km=round(k, 1), km_low=round(lo, 1), km_high=round(hi, 1),
            kind="straight", source="assumption",
        )
        for a, b, k, lo, hi in zip(
            pairs.first.tolist(), pairs.second.tolist(), km.tolist(), low.tolist(), high.tolist(), strict=True
        )
    )  # fmt: skip
    factor = {"factor": f"{CIRCUITY:g}", "low": f"{CIRCUITY_LOW:g}", "high": f"{CIRCUITY_HIGH:g}"}
    remarks.fall_back("straight_roads", number=len(links), **factor)
    remarks.look("check_straight", number=len(links))
    return BuiltRoads((), links, _parts(len(places), pairs.first, pairs.second), None)


def roads_of_extract(
    extract: Extract, places: Sequence[Place], remarks: Remarks, *, stretch: float
) -> BuiltRoads:  # fmt: skip
    """Draw the links of an extract between places, and name its crossings."""
    streets = streets_of(extract)
    lat, lon = _degrees(places)
    near = _on_roads(streets, lat, lon)
    if near.sum() < 2:
        remarks.look("no_roads_near", number=int(near.sum()))
        return BuiltRoads((), (), np.arange(len(places)), Detour(0.0, 0.0, 0))
    which = np.flatnonzero(near)
    drawn = draw_roads(streets, lat[which], lon[which], stretch=stretch)
    # Numbers of places on roads, then of ends, as numbers of all places, then of ends.
    number = np.append(which, len(places) + np.arange(len(drawn.lat)))
    ends, names = _name_crossings(streets, drawn, number, places, extract.source)
    rows = [*places, *ends]
    links = _links(streets, drawn, number, rows, names, extract.source)
    spots = [
        _same_spot(places[int(which[a])], places[int(which[b])], remarks) for a, b in drawn.same_spot
    ]  # fmt: skip
    _remark_on(extract, drawn, [places[int(at)] for at in which], remarks)
    first = np.append(number[drawn.first], [which[a] for a, _ in drawn.same_spot]).astype(np.int64)
    second = np.append(number[drawn.second], [which[b] for _, b in drawn.same_spot]).astype(np.int64)
    return BuiltRoads(tuple(ends), (*links, *spots), _parts(len(rows), first, second), drawn.detour)


def _degrees(places: Sequence[Place]) -> tuple[Floats, Floats]:
    return (
        np.array([place.lat for place in places], dtype=np.float64),
        np.array([place.lon for place in places], dtype=np.float64),
    )


def _on_roads(streets: Streets, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    """Which places have a road within reach, [place]."""
    if not len(streets.km):
        return np.zeros(len(lat), dtype=bool)
    return np.asarray(snap(streets, lat, lon)[1] <= NO_ROAD_KM)


def _parts(count: int, first: Ints, second: Ints) -> Ints:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _links(
    streets: Streets, drawn: DrawnRoads, number: Ints, rows: Sequence[Place], names: dict[int, str], source: str
) -> tuple[Link, ...]:  # fmt: skip
    """The rows of drawn links, from the shortest numbers up, so that their order is always the same."""
    off = np.append(np.where(drawn.away > OFF_ROAD_KM, drawn.away * CIRCUITY, 0.0), np.zeros(len(drawn.lat)))
    guess = (off[drawn.first] > 0) | (off[drawn.second] > 0)
    km = drawn.km + off[drawn.first] + off[drawn.second]
    first, second = number[drawn.first], number[drawn.second]
    lat, lon = _degrees(rows)
    # Places lie beside the roads: nobody gets from one to the other by less than the straight line.
    km = np.maximum(km, great_circle(lat[first], lon[first], lat[second], lon[second]))
    low, high = np.minimum(first, second), np.maximum(first, second)
    links: list[Link] = []
    for at in np.lexsort((km, high, low)).tolist():
        crossing = int(drawn.crossing[at])
        kind = streets.crossings[crossing].kind if crossing >= 0 else _KINDS[int(drawn.kind[at])]
        if guess[at] and crossing < 0:
            kind = "straight"
        links.append(Link(
            from_id=rows[low[at]].id, to_id=rows[high[at]].id, km=round(max(float(km[at]), 0.01), 2),
            modes=("foot", "vehicle") if drawn.motor[at] else ("foot",), kind=kind, name=names.get(crossing, ""),
            source="assumption" if kind == "straight" else source,
        ))  # fmt: skip
    return tuple(links)


def _same_spot(place: Place, other: Place, remarks: Remarks) -> Link:
    """A link between two places that are on one spot of the road."""
    straight = float(great_circle(*(np.array(v) for v in (place.lat, place.lon, other.lat, other.lon))))
    km = round(max(straight * CIRCUITY, 0.1), 2)
    remarks.assume("same_spot", first=place.name, second=other.name, km=km)
    return Link(from_id=other.id, to_id=place.id, km=km, kind="straight", source="assumption")


def _name_crossings(
    streets: Streets, drawn: DrawnRoads, number: Ints, places: Sequence[Place], source: str
) -> tuple[list[Place], dict[int, str]]:
    """Name every crossing drawn, and make a place of each of its ends."""
    lat, lon = _degrees(places)
    on_road = len(number) - len(drawn.lat)
    used = [(int(crossing), at) for at, crossing in enumerate(drawn.crossing) if crossing >= 0]
    named: dict[int, str] = {}
    taken: dict[str, int] = {}
    first_of: dict[int, str] = {}
    for crossing, at in sorted(used, key=lambda one: streets.crossings[one[0]].key):
        one = streets.crossings[crossing]
        ends = [int(drawn.first[at]), int(drawn.second[at])]
        sides = [_beside(end, on_road, number, drawn, lat, lon, places) for end in ends]
        where = " – ".join(sorted(sides)) if sides[0] != sides[1] else f"near {sides[0]}"
        name = one.name or f"{WORDS[one.kind]} {where}"
        taken[name] = taken.get(name, 0) + 1
        named[crossing] = name if taken[name] == 1 else f"{name} ({taken[name]})"
        for end, side in zip(ends, ("A", "B"), strict=True):
            first_of.setdefault(end, f"{named[crossing]}, {side}")
    keys = [f"crossing-{at + 1}" for at in range(len(drawn.lat))]
    ids = identifiers([*(place.id for place in places), *keys])
    rows = [
        Place(
            id=ids[key], name=first_of[on_road + at], kind="marker", lat=round(float(drawn.lat[at]), 6),
            lon=round(float(drawn.lon[at]), 6), source=source,
            country=places[_closest(drawn.lat[at], drawn.lon[at], lat, lon)].country,
        )
        for at, key in enumerate(keys)
    ]  # fmt: skip
    return rows, named


def _closest(lat: float, lon: float, lats: Floats, lons: Floats) -> int:
    """Index of the place nearest to a point."""
    return int(np.argmin(great_circle(np.array(lat), np.array(lon), lats, lons)))


def _beside(
    end: int, on_road: int, number: Ints, drawn: DrawnRoads, lat: Floats, lon: Floats, places: Sequence[Place]
) -> str:  # fmt: skip
    """Name of the place at an end of a crossing: there, or next on its road, or nearest as the crow flies."""
    if end < on_road:
        return places[int(number[end])].name
    at = np.flatnonzero((drawn.crossing < 0) & ((drawn.first == end) | (drawn.second == end)))
    other = np.where(drawn.first[at] == end, drawn.second[at], drawn.first[at])
    at, other = at[other < on_road], other[other < on_road]
    if len(at):
        return places[int(number[other[np.lexsort((other, drawn.km[at]))[0]]])].name
    return places[_closest(drawn.lat[end - on_road], drawn.lon[end - on_road], lat, lon)].name


def _remark_on(extract: Extract, drawn: DrawnRoads, places: Sequence[Place], remarks: Remarks) -> None:
    """Say what was decided on the way, and what should be looked at."""
    for place, away in zip(places, drawn.away.tolist(), strict=True):
        if away > OFF_ROAD_KM:
            remarks.look("off_road", name=place.name, km=round(away, 1))
    last = np.cumsum(extract.ways[:, 4])
    for row in np.flatnonzero(np.isin(extract.ways[:, 0], list(extract.names))).tolist():
        refs = extract.refs[last[row] - extract.ways[row, 4] : last[row]]
        if not np.isin(refs, extract.node_id).all():
            way = int(extract.ways[row, 0])
            remarks.look("ferry_leaves", name=extract.names[way] or f"way {way}")
    foot = int((~drawn.motor).sum())
    if foot:
        remarks.decide("foot_only", number=foot, total=len(drawn.km))
