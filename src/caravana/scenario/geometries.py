"""Scenarios and geometries: tables from points and lines, and frames with geometry from places and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.accessors import require_library
from caravana.errors import UsageError
from caravana.scenario.frames import frames_of
from caravana.scenario.reading.faults import MOST_FAULTS

if TYPE_CHECKING:
    import pandas as pd

    from caravana.scenario.model import Scenario

WGS84 = "EPSG:4326"


def points_as_columns(places: Any) -> pd.DataFrame:
    """Return a frame of places whose points are ``lat`` and ``lon`` in degrees.

    Parameters
    ----------
    places : geopandas.GeoDataFrame
        A row a place; areas count as a point within them.

    Raises
    ------
    UsageError
        If it has no geometry, no reference system, or a place none.
    """
    frame = _in_degrees(places, "places")
    points = frame.geometry
    flat = points.geom_type != "Point"
    if flat.any():
        points = points.where(~flat, points.representative_point())
    plain: pd.DataFrame = frame.drop(columns=frame.geometry.name).assign(lat=points.y, lon=points.x)
    return plain


def lines_as_columns(links: Any) -> pd.DataFrame:
    """Return a frame of links whose ``km``, where it is missing, is the length of their line on the ellipsoid.

    Parameters
    ----------
    links : geopandas.GeoDataFrame or pandas.DataFrame
        A row a link, with ``from_id`` and ``to_id``.

    Raises
    ------
    UsageError
        If it has neither ``km`` nor lines.
    """
    if not hasattr(links, "geometry"):
        frame: pd.DataFrame = links
        return frame
    frame = _in_degrees(links, "links")
    geod = require_library("pyproj", "geo").Geod(ellps="WGS84")
    km = [round(geod.geometry_length(line) / 1000, 3) for line in frame.geometry]
    plain: pd.DataFrame = frame.drop(columns=frame.geometry.name)
    given = plain.get("km")
    return plain.assign(km=km if given is None else given.where(given.notna(), km))


def _in_degrees(frame: Any, name: str) -> Any:
    if not hasattr(frame, "to_crs"):
        raise UsageError(f"{name}: {type(frame).__name__}; expected a GeoDataFrame, or use from_frames")
    if frame.crs is None:
        raise UsageError(f"{name}: it has no reference system; say which with set_crs, such as set_crs('{WGS84}')")
    if frame.geometry.isna().any() or frame.geometry.is_empty.any():
        empty = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy().nonzero()[0]
        lines = [f"{name} row {at}, column {frame.geometry.name}: expected a geometry; it is empty" for at in empty]
        more = [f"{name}: and {len(lines) - MOST_FAULTS:,} more"] if len(lines) > MOST_FAULTS else []
        raise UsageError("\n".join([*lines[:MOST_FAULTS], *more]))
    return frame.to_crs(WGS84)


def geometries_of(scenario: Scenario) -> tuple[Any, Any]:
    """Return places as points and links as straight lines between them.

    Parameters
    ----------
    scenario : Scenario
        The scenario; a place without coordinates has an empty geometry, and so have its links.

    Returns
    -------
    tuple of geopandas.GeoDataFrame
        Places and links, in EPSG:4326, with the columns that the scenario fills.

    Raises
    ------
    UsageError
        If geopandas is not installed.
    """
    geopandas, shapely = require_library("geopandas", "geo"), require_library("shapely", "geo")
    frames = frames_of(scenario)
    at = {p.id: (p.lon, p.lat) for p in scenario.places if p.lat is not None and p.lon is not None}
    points = [shapely.Point(at[one.id]) if one.id in at else None for one in scenario.places]
    lines = [
        shapely.LineString([at[one.from_id], at[one.to_id]]) if one.from_id in at and one.to_id in at else None
        for one in scenario.links
    ]
    return (
        geopandas.GeoDataFrame(frames["places"], geometry=points, crs=WGS84),
        geopandas.GeoDataFrame(frames["links"], geometry=lines, crs=WGS84),
    )
