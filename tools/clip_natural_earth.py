"""Make the report's country outlines: Natural Earth, clipped, simplified, as GeoJSON.

Natural Earth (1:10m, public domain) is taken from the npm package ``world-atlas``::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/clip_natural_earth.py package/countries-10m.json \
        src/caravana/reporting/geography/outlines.geojson
    python tools/clip_natural_earth.py package/countries-10m.json \
        src/caravana/lands/world.json --world tools/country_names.csv

The first is the road of the caravans, in detail; the second every country, in detail where
displacement instances lie (Africa and the Middle East) and coarse elsewhere.

Arcs are simplified before they are stitched to rings, so that a border shared by two
countries stays one line.  Needs the standard library only.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

WINDOW = (-119.0, 5.0, -74.0, 34.5)  # west, south, east, north: Mexico, Central America, a margin
TOLERANCE = 0.012  # degrees, about 1.3 km: less than a pixel of the report's map
SMALLEST = 0.004  # square degrees; smaller islands cannot be seen
CLOSE_WORLD = (-26.0, -36.0, 64.0, 40.0)  # where the world is kept in detail
TOLERANCE_FAR, SMALLEST_FAR = 0.1, 0.3  # elsewhere: degrees, square degrees
STEP = 0.01  # degrees: the world's coordinates are whole steps, written as differences
# ISO 3166 numeric -> code, English, Spanish, points where the name may be written (longitude, latitude):
# the first that a map's window holds.
NAMES: dict[str, tuple[str, str, str, list[Point]]] = {
    "484": ("MX", "Mexico", "México", [(-102.4, 23.6), (-97.3, 17.35), (-93.2, 16.9)]),
    "320": ("GT", "Guatemala", "Guatemala", [(-90.35, 15.6), (-91.35, 15.25)]),
    "084": ("BZ", "Belize", "Belice", [(-88.7, 17.2)]),
    "222": ("SV", "El Salvador", "El Salvador", [(-88.9, 13.75)]),
    "340": ("HN", "Honduras", "Honduras", [(-86.6, 14.8)]),
    "558": ("NI", "Nicaragua", "Nicaragua", [(-85.0, 12.9)]),
    "188": ("CR", "Costa Rica", "Costa Rica", [(-84.1, 10.0)]),
    "591": ("PA", "Panama", "Panamá", [(-80.2, 8.5)]),
    "840": ("US", "United States", "Estados Unidos", [(-99.5, 31.6), (-110.5, 32.6)]),
    "192": ("CU", "Cuba", "Cuba", [(-78.8, 21.5)]),
    "170": ("CO", "Colombia", "Colombia", [(-75.3, 6.4)]),
}
SEAS: list[tuple[str, str, list[Point]]] = [
    ("Pacific Ocean", "Océano Pacífico", [(-106.0, 15.0), (-97.4, 15.05), (-94.6, 15.0)]),
    ("Gulf of Mexico", "Golfo de México", [(-93.0, 23.5), (-94.3, 19.35)]),
    ("Caribbean Sea", "Mar Caribe", [(-80.5, 16.5), (-85.5, 18.5)]),
]


def decode_arcs(topology: dict[str, Any]) -> list[Ring]:
    """Undo TopoJSON's delta encoding and quantisation."""
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(points)
    return arcs


def simplify(points: Ring, tolerance: float) -> Ring:
    """Douglas-Peucker; the two ends are kept, so neighbours still meet."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        worst, where = 0.0, -1
        for i in range(first + 1, last):
            px, py = points[i]
            if length:
                off = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            else:
                off = ((px - ax) ** 2 + (py - ay) ** 2) ** 0.5
            if off > worst:
                worst, where = off, i
        if worst > tolerance:
            keep.add(where)
            spans += [(first, where), (where, last)]
    return [points[i] for i in sorted(keep)]


def stitch(indices: list[int], arcs: list[Ring]) -> Ring:
    """A ring from arc numbers; ``~i`` means arc *i* backwards."""
    ring: Ring = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += part if not ring else part[1:]
    return ring


def clip(ring: Ring, window: tuple[float, float, float, float]) -> Ring:
    """Sutherland-Hodgman against a rectangle."""
    for axis, limit, sign in ((0, window[0], 1), (1, window[1], 1), (0, window[2], -1), (1, window[3], -1)):
        out: Ring = []
        for i, here in enumerate(ring):
            before = ring[i - 1]
            inside, was_inside = sign * (here[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
            if inside != was_inside:
                t = (limit - before[axis]) / (here[axis] - before[axis])
                cut = (before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1]))
                out.append(cut)
            if inside:
                out.append(here)
        ring = out
        if not ring:
            return ring
    return ring


def area(ring: Ring) -> float:
    """Unsigned shoelace area, square degrees."""
    return abs(sum(ring[i - 1][0] * p[1] - p[0] * ring[i - 1][1] for i, p in enumerate(ring))) / 2


def polygons(geometry: dict[str, Any], arcs: list[Ring]) -> list[list[list[list[float]]]]:
    """Rings of a country inside the window, three decimals, closed."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    kept = []
    for part in parts:
        rings = []
        for indices in part:
            ring = clip(stitch(indices, arcs)[:-1], WINDOW)
            if len(ring) > 2 and area(ring) >= SMALLEST:
                rings.append([[round(x, 3), round(y, 3)] for x, y in [*ring, ring[0]]])
        if rings:
            kept.append(rings)
    return kept


def outlines(topology: dict[str, Any]) -> dict[str, Any]:
    """The clipped countries as a GeoJSON FeatureCollection."""
    arcs = [simplify(arc, TOLERANCE) if len(arc) > 2 else arc for arc in decode_arcs(topology)]
    features = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry["type"] not in ("Polygon", "MultiPolygon"):
            continue
        coordinates = polygons(geometry, arcs)
        if not coordinates:
            continue
        code, english, spanish, labels = NAMES.get(geometry.get("id", ""), ("", "", "", []))
        features.append({
            "type": "Feature",
            "properties": {"code": code, "name": english, "name_es": spanish, "labels": labels},
            "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
        })  # fmt: skip
    return {
        "type": "FeatureCollection",
        "attribution": "Made with Natural Earth (1:10m cultural vectors, public domain), via world-atlas 2.0.2",
        "window": WINDOW,
        "seas": [{"name": english, "name_es": spanish, "labels": at} for english, spanish, at in SEAS],
        "features": sorted(features, key=lambda f: (f["properties"]["code"] == "", f["properties"]["code"])),
    }


def touches(arc: Ring, window: tuple[float, float, float, float]) -> bool:
    """Whether the arc's bounding box meets a window."""
    xs, ys = [x for x, _ in arc], [y for _, y in arc]
    return max(xs) >= window[0] and min(xs) <= window[2] and max(ys) >= window[1] and min(ys) <= window[3]


def differences(arc: Ring) -> list[int]:
    """The arc in whole steps: first point, then differences; x and y in turn; points that fall together once."""
    flat: list[int] = []
    last = (0, 0)
    for x, y in arc:
        here = (round(x / STEP), round(y / STEP))
        if flat and here == last:
            continue
        flat += [here[0] - last[0], here[1] - last[1]]
        last = here
    return flat


def world(topology: dict[str, Any], names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Every country by its arcs, as in TopoJSON: a border shared by two is stored once.

    A part (a land mass with its holes) too small to be seen is left out.
    """
    arcs = decode_arcs(topology)
    close = [touches(arc, CLOSE_WORLD) for arc in arcs]
    plain = [
        simplify(arc, TOLERANCE if near else TOLERANCE_FAR) if len(arc) > 2 else arc
        for arc, near in zip(arcs, close, strict=True)
    ]
    number: dict[int, int] = {}
    countries = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry["type"] not in ("Polygon", "MultiPolygon"):
            continue
        parts = []
        for part in geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]:
            near = any(close[i if i >= 0 else ~i] for i in part[0])
            if area(stitch(part[0], plain)) < (SMALLEST if near else SMALLEST_FAR):
                continue
            for ring in part:
                for i in ring:
                    number.setdefault(i if i >= 0 else ~i, len(number))
            parts.append([[number[i] if i >= 0 else ~number[~i] for i in ring] for ring in part])
        if parts:
            english, spanish = names.get(geometry.get("id", ""), ("", ""))
            countries.append({"name": english, "name_es": spanish, "parts": parts})
    return {
        "attribution": "Made with Natural Earth (1:10m cultural vectors, public domain), via world-atlas 2.0.2",
        "step": STEP,
        "arcs": [differences(plain[i]) for i in number],
        "countries": sorted(countries, key=lambda c: (c["name"] == "", c["name"])),
    }


def read_names(path: Path) -> dict[str, tuple[str, str]]:
    """English and Spanish names by ISO 3166 numeric code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["name"], row["name_es"]) for row in csv.DictReader(file)}


def main() -> None:
    """Read the TopoJSON file, write the GeoJSON file, or the world's arcs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("topojson", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--world", type=Path, help="names of countries (CSV: id, name, name_es): write the world")
    given = parser.parse_args()
    topology = json.loads(given.topojson.read_text("utf-8"))
    made = outlines(topology) if given.world is None else world(topology, read_names(given.world))
    given.target.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
