"""Exports with points: GeoJSON (RFC 7946) and GeoParquet 1.1, both longitude before latitude, WGS 84."""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_whole
from caravana.results.parquet import write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from caravana.exports.tables import Export

_POINT = struct.Struct("<BIdd")
_WKB_POINT = 1
_DIGITS = 6
_COORDINATES = ("latitude", "longitude")


def wkb_point(lon: float, lat: float) -> bytes:
    """A point in well-known binary (OGC 06-103r4): byte order, type, x, y."""
    return _POINT.pack(1, _WKB_POINT, lon, lat)


def _plain(value: Any) -> Any:
    """A value as JSON has it: nothing for what is missing, whole numbers whole."""
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    return value if isinstance(value, (int, str, bool)) else str(value)


def _features(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [str(c) for c in frame.columns]
    for values in frame.itertuples(index=False, name=None):
        row = dict(zip(columns, map(_plain, values), strict=True))
        lat, lon = (row.pop(name) for name in _COORDINATES)
        point = None if lat is None or lon is None else [round(lon, _DIGITS), round(lat, _DIGITS)]
        geometry = None if point is None else {"type": "Point", "coordinates": point}
        yield {"type": "Feature", "geometry": geometry, "properties": row}


def _bounds(frame: pd.DataFrame) -> list[float] | None:
    placed = frame.dropna(subset=list(_COORDINATES))
    if placed.empty:
        return None
    low, high = placed[list(_COORDINATES)].min(), placed[list(_COORDINATES)].max()
    return [float(x) for x in (low["longitude"], low["latitude"], high["longitude"], high["latitude"])]


def geojson(export: Export) -> bytes:
    """A feature collection: a point a row of the ``people`` table, null where a place has no coordinates."""
    frame = export.tables["people"]
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if (bounds := _bounds(frame)) is not None:
        head["bbox"] = bounds
    # A member beside those of RFC 7946, section 6.1: readers that do not know it pass over it.
    head["about"] = {"audience": export.audience, "scenario": export.run.scenario.name, "notes": list(export.notes)}
    start = json.dumps(head, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in _features(frame))
    return f'{start}, "features": [\n{lines}\n]}}\n'.encode()


def write_geojson(export: Export, path: Path) -> Path:
    """Write :func:`geojson`; whole or not at all."""
    return write_whole(path, geojson(export))


def write_geoparquet(export: Export, path: Path) -> Path:
    """Write the ``people`` table as GeoParquet 1.1, points in well-known binary; whole or not at all."""
    frame = export.tables["people"].copy()
    pairs = zip(frame["longitude"], frame["latitude"], strict=True)
    points = [None if math.isnan(lon) or math.isnan(lat) else wkb_point(lon, lat) for lon, lat in pairs]
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if (bounds := _bounds(frame)) is not None:
        column["bbox"] = bounds
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    about = {"audience": export.audience, "scenario": export.run.scenario.name, "notes": list(export.notes)}
    # Named twice, so that both the standard's readers and people find it.
    metadata = {"geo": geo, "caravana": about}
    return write_whole(path, lambda part: write_parquet(frame, part, binary={"geometry": points}, metadata=metadata))
