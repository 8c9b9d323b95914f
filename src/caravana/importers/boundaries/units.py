"""Admin units of a COD-AB GeoJSON, in its old layout and its new one, and which of them each place lies in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.importers.remarks import named
from caravana.lands.polygons import holds
from caravana.received import read_ordinary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.importers.places.listed import ListedPlace
    from caravana.importers.remarks import Remarks
    from caravana.importers.rows import Reader

    Floats = NDArray[np.float64]

OTHER_LAYER = "GeoJSON; other layers (GeoPackage, shapefile) are not read: save it as GeoJSON"
OTHER_ENCODING = "GeoJSON in UTF-8; this is of another encoding: save it as UTF-8"
_LAYERS = (b"SQLite format 3", b"PK", b"\x00\x00\x27\x0a")
"""What a GeoPackage, a zipped layer and a shapefile begin with."""
_NAME = re.compile(r"adm(?P<level>[0-4])_(?:name|[a-z]{2})", re.IGNORECASE)
_PCODE = re.compile(r"adm(?P<level>[0-4])_pcode", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BoundaryUnit:
    """An admin unit: names and p-codes by level from 0 (the country) down, and its rings (lon, lat)."""

    names: Mapping[int, str]
    pcodes: Mapping[int, str]
    rings: tuple[Floats, ...]

    @property
    def pcode(self) -> str:
        """P-code of the lowest level."""
        return self.pcodes[max(self.pcodes)] if self.pcodes else ""


def read_units(reader: Reader, path: Path) -> list[BoundaryUnit]:
    """Read the units of a GeoJSON feature collection; what is wrong are faults."""
    packed = b""
    try:
        packed = read_ordinary(path)
        content = json.loads(packed)
    except OSError as error:
        reader.fault(path, None, "", None, f"a GeoJSON file that can be read; the system says: {error.strerror}")
        return []
    except UnicodeDecodeError:
        reader.fault(path, None, "", None, OTHER_LAYER if packed.startswith(_LAYERS) else OTHER_ENCODING)
        return []
    except (ValueError, RecursionError) as error:
        reader.fault(path, None, "", None, f"GeoJSON; found instead: {error}")
        return []
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        reader.fault(path, None, "features", None, "a GeoJSON feature collection with at least one feature")
        return []
    units: list[BoundaryUnit] = []
    for number, feature in enumerate(features, start=1):
        unit = _unit(feature)
        if unit is None:
            what = "a polygon with adm1_name and adm1_pcode (or ADM1_EN and ADM1_PCODE), or those of another level"
            reader.fault(path, None, f"features {number}", None, what)
        else:
            units.append(unit)
    return units


def _unit(feature: Any) -> BoundaryUnit | None:
    try:
        properties, geometry = feature["properties"], feature["geometry"]
        names: dict[int, str] = {}
        pcodes: dict[int, str] = {}
        for key, value in properties.items():
            if not isinstance(value, str) or not value.strip():
                continue
            if match := _NAME.fullmatch(key):
                names.setdefault(int(match["level"]), value.strip())
            elif match := _PCODE.fullmatch(key):
                pcodes[int(match["level"])] = value.strip()
        parts = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
        rings = tuple(np.array([point[:2] for point in ring], dtype=np.float64) for part in parts for ring in part)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None
    sound = rings and all(ring.ndim == 2 and ring.shape[1] == 2 and np.isfinite(ring).all() for ring in rings)
    return BoundaryUnit(names, pcodes, rings) if sound and (names or pcodes) else None


def unit_of_each(units: Sequence[BoundaryUnit], points: Floats) -> list[BoundaryUnit | None]:
    """The unit that each point (lon, lat) lies in, the lowest level first; None where in none."""
    within: list[BoundaryUnit | None] = [None] * len(points)
    deepest = sorted(units, key=lambda unit: -max((*unit.names, *unit.pcodes)))
    for unit in deepest:
        for at in np.flatnonzero(holds(unit.rings, points)).tolist():
            within[at] = within[at] or unit
    return within


def name_units(places: Sequence[ListedPlace], units: Sequence[BoundaryUnit], remarks: Remarks) -> list[ListedPlace]:
    """Give places the names and p-codes of the units that they lie in, which take the place of those listed."""
    within = unit_of_each(units, np.array([(p.lon, p.lat) for p in places], dtype=np.float64).reshape(-1, 2))
    outside = [place.name for place, unit in zip(places, within, strict=True) if unit is None]
    if outside:
        remarks.look("outside_boundaries", number=len(outside), names=named(outside))
    return [
        place
        if unit is None
        else replace(
            place, country=unit.names.get(0, place.country), state=unit.names.get(1, place.state),
            municipality=unit.names.get(2, place.municipality), pcode=unit.pcode or place.pcode,
        )
        for place, unit in zip(places, within, strict=True)
    ]  # fmt: skip
