"""Roads drawn as lines in a GeoJSON file, as offices keep them, read into what an extract gives.

Whoever draws roads seldom makes them meet to the last digit: an end that lies within `JOINS_KM` of another road is
taken to be on it.  What a road is, and whether it is closed, is told by the words of its properties.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import ScenarioError
from caravana.importers.osm.extract import Extract, read_extract
from caravana.importers.osm.tags import HIGHWAYS
from caravana.importers.roads.sphere import great_circle, on_sphere
from caravana.importers.roads.streets import RoadKind
from caravana.received import read_ordinary
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

JOINS_KM = 0.05
"""An end of a line that is no further from another road is on it: about what GPS tracks and drawing by hand miss."""
MOST_FAULTS = 20
_DIGITS = 6
"""Decimals of degrees to which two points are one: a tenth of a metre."""
_WORDS = (
    (RoadKind.FERRY, r"ferr(?:y|ies)|bac|balsa|transbordador|chalana|pirogue"),
    (RoadKind.PATH, r"foot\w*|path|sentier|sendero|vereda|trail|pedestrian|mule\w*"),
    (
        RoadKind.TRACK,
        r"tracks?|pistes?|dirt|earth|unpaved|non bitume\w*|non revetu\w*|terre|tierra|terraceria|brecha|4x4|saison\w*",
    ),
    (
        RoadKind.MAIN,
        r"motorway|trunk|primary|principal\w*|main|national\w*|nacional\w*|autoroute|autopista|highway|rn ?\d+",
    ),
    (
        RoadKind.SECONDARY,
        (
            r"secondary|secondaire|secundari\w*|tertiary|tertiaire|regional\w*|departement\w*|paved|bitume\w*|goudron\w*"
            r"|asphalt\w*|asfalt\w*|paviment\w*|rd ?\d+|rr ?\d+"
        ),
    ),
)
"""Words for kinds of road; the first kind whose words are said."""
_KINDS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS)
_OF_STATE = re.compile(r"etat|status|state|statut|condition|estado|situa|pratica|passab|acces")
_CLOSED = re.compile(
    r"\b(?:closed|shut|ferme\w*|coupe\w*|impraticable|impassable|blocked|bloque\w*|barre\w*|cerrad\w*|cortad\w*|bloquead\w*"
    r"|intransitable|destroyed|detrui\w*|destruid\w*)\b"
)
_OPEN = re.compile(r"\b(?:not|non|no|pas|sin)\b")
_NAMES = ("name", "nom", "nombre", "ref", "route", "road")


def read_roads(path: Path, *, paths: bool = False) -> Extract:
    """Read roads of an OpenStreetMap extract, or of a GeoJSON file of lines.

    Parameters
    ----------
    path
        The file.
    paths
        Whether footpaths are roads too.

    Raises
    ------
    ScenarioError
        If it is neither; every fault is listed.
    """
    return (
        read_lines(path, paths=paths)
        if path.suffix.lower() in (".geojson", ".json")
        else read_extract(path, paths=paths)
    )


def read_lines(path: Path, *, paths: bool = False) -> Extract:
    """Read a GeoJSON feature collection of lines; what it says is closed is left out, and named."""
    lines, kinds, names, closed = [], [], [], []
    for line, properties in _lines_of(path):
        name = next((str(v) for k, v in properties.items() if plain_name(str(k)) in _NAMES and v not in (None, "")), "")
        kind = _kind_of(properties)
        if _is_closed(properties):
            closed.append(name or f"{line[0][1]:.3f}, {line[0][0]:.3f}")
        elif kind is not RoadKind.PATH or paths:
            lines.append(line)
            kinds.append(kind)
            names.append(name)
    if not lines:
        raise ScenarioError(f"{path.name}: expected at least one line that is a road and not closed; there is none")
    refs, lon, lat = _joined(lines)
    rows = [(at, int(kind), 0, int(kind is not RoadKind.PATH), len(refs[at])) for at, kind in enumerate(kinds)]
    ferries = {at: names[at] for at, kind in enumerate(kinds) if kind is RoadKind.FERRY}
    return Extract(
        np.array(rows, dtype=np.int64).reshape(-1, 5), ferries, np.concatenate(refs), [], {}, frozenset(), [],
        np.arange(len(lon), dtype=np.int64), lat, lon, source="roads", closed=tuple(closed),
    )  # fmt: skip


def _lines_of(path: Path) -> list[tuple[Floats, Mapping[str, Any]]]:
    """Every line of a file with its properties; points and areas are no roads."""
    try:
        content = json.loads(read_ordinary(path))
    except OSError as error:
        raise ScenarioError(
            f"{path}: expected a GeoJSON file that can be read; the system says: {error.strerror}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path.name}: expected GeoJSON; found instead: {error}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise ScenarioError(f"{path.name}: expected a GeoJSON feature collection with at least one feature")
    lines: list[tuple[Floats, Mapping[str, Any]]] = []
    faults: list[str] = []
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(geometry, dict):
            continue
        kind = geometry.get("type")
        if kind not in ("LineString", "MultiLineString"):
            continue
        said = feature.get("properties")
        properties: Mapping[str, Any] = said if isinstance(said, dict) else {}
        parts = geometry.get("coordinates")
        for part in [parts] if kind == "LineString" else parts if isinstance(parts, list) else [None]:
            line = _degrees(part)
            if line is None:
                faults.append(
                    f"{path.name}, features {number}: expected a line of degrees, longitude before latitude;"
                    " metres of a projection are not read: save it in WGS 84"
                )
                break
            if len(line) > 1:
                lines.append((line, properties))
    if faults:
        more = [f"{len(faults) - MOST_FAULTS:,} more faults of this kind"] if len(faults) > MOST_FAULTS else []
        raise ScenarioError("\n".join([*faults[:MOST_FAULTS], *more]))
    return lines


def _degrees(part: Any) -> Floats | None:
    """Points of a line, [point, (lon, lat)], each once in a row; None where they are no degrees."""
    try:
        line = np.array([[float(x) for x in point[:2]] for point in part], dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError, IndexError):
        return None
    if not len(line) or not np.isfinite(line).all() or (np.abs(line) > (180.0, 90.0)).any():
        return None
    line = line.round(_DIGITS)
    return _once(line)


def _once(line: Floats) -> Floats:
    """The points of a line, each once in a row."""
    return np.asarray(line[np.append(True, (np.diff(line, axis=0) != 0).any(axis=1))])


def _kind_of(properties: Mapping[str, Any]) -> RoadKind:
    """What a road is, by OpenStreetMap's own tag, else by the words of its properties; a minor one where none says."""
    for key, value in properties.items():
        if plain_name(str(key)) in ("highway", "fclass") and str(value) in HIGHWAYS:
            return HIGHWAYS[str(value)]
    said = [plain_name(str(value)) for value in properties.values() if isinstance(value, str)]
    return next((kind for kind, words in _KINDS if any(words.search(text) for text in said)), RoadKind.MINOR)


def _is_closed(properties: Mapping[str, Any]) -> bool:
    """Whether the state of a road is that it is closed."""
    said = [
        plain_name(str(v)) for k, v in properties.items() if isinstance(v, str) and _OF_STATE.search(plain_name(str(k)))
    ]
    return any(_CLOSED.search(text) and not _OPEN.search(text) for text in said)


def _joined(lines: Sequence[Floats]) -> tuple[list[NDArray[np.int64]], Floats, Floats]:
    """Number the points of lines, and join ends that nearly meet another road to it: ids a line, then lon, lat [id]."""
    lines = _with_landings(lines)
    points = np.concatenate(lines)
    unique, inverse = np.unique(points, axis=0, return_inverse=True)
    ids = inverse.reshape(-1).astype(np.int64)
    borders = np.cumsum([len(line) for line in lines])[:-1]
    refs = np.split(ids, borders)
    # Ends that nearly meet are one point: that which has the smallest number.
    ends = np.unique([end for one in refs for end in (one[0], one[-1])])
    for low, high in _close(unique, ends):
        refs = [np.where(one == high, low, one) for one in refs] if low != high else refs
    return refs, np.ascontiguousarray(unique[:, 0]), np.ascontiguousarray(unique[:, 1])


def _close(points: Floats, ends: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of an end and the point with a smaller number that it is taken for."""
    from scipy.spatial import cKDTree

    tree = cKDTree(on_sphere(points[:, 1], points[:, 0]))
    near = tree.query_ball_point(on_sphere(points[ends, 1], points[ends, 0]), JOINS_KM)
    pairs: dict[int, int] = {}
    for end, others in zip(ends.tolist(), near, strict=True):
        for other in others:
            low, high = sorted((pairs.get(end, end), pairs.get(other, other)))
            if low != high:
                pairs = {one: low if of == high else of for one, of in pairs.items()} | {high: low}
    return [(low, high) for high, low in sorted(pairs.items())]


def _with_landings(lines: Sequence[Floats]) -> list[Floats]:
    """The lines, with a point in each where the end of another nearly meets it between two of its own."""
    from scipy.spatial import cKDTree

    start = np.concatenate([line[:-1] for line in lines])
    end = np.concatenate([line[1:] for line in lines])
    of = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    step = np.concatenate([np.arange(len(line) - 1) for line in lines])
    # In a plane on which a degree of longitude is as long as one of latitude, near enough within a stretch.
    narrow = np.cos(np.radians((start[:, 1] + end[:, 1]) / 2))
    reach = great_circle(start[:, 1], start[:, 0], end[:, 1], end[:, 0]) / 2 + JOINS_KM
    middle = (start + end) / 2
    tree = cKDTree(on_sphere(middle[:, 1], middle[:, 0]))
    new: dict[int, list[tuple[int, float, Floats]]] = {}
    for at, line in enumerate(lines):
        for point in (line[0], line[-1]):
            near = np.array(tree.query_ball_point(on_sphere(point[1], point[0]), float(reach.max())), dtype=np.int64)
            near = near[of[near] != at]
            scale = np.stack([narrow[near], np.ones(len(near))], axis=1)
            along = (end[near] - start[near]) * scale
            share = (((point - start[near]) * scale) * along).sum(axis=1) / (along**2).sum(axis=1)
            foot = start[near] + np.clip(share, 0.0, 1.0)[:, None] * (end[near] - start[near])
            away = great_circle(foot[:, 1], foot[:, 0], np.full(len(near), point[1]), np.full(len(near), point[0]))
            for one in np.flatnonzero((away <= JOINS_KM) & (share > 0.0) & (share < 1.0)).tolist():
                new.setdefault(int(of[near[one]]), []).append((int(step[near[one]]), float(share[one]), point))
    out = list(lines)
    for at, points in new.items():
        kept = sorted(points, key=lambda one: one[:2], reverse=True)
        line = lines[at]
        for stretch, _, point in kept:
            line = np.insert(line, stretch + 1, point, axis=0)
        out[at] = _once(line)
    return out
