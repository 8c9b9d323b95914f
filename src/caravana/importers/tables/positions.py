"""Coordinates of a whole file: read however they are written, and held against the countries they should lie in.

A file whose minus is lost, or whose columns are swapped, is one message that names the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.tables.columns import and_more, in_degrees
from caravana.importers.tables.sheets import name_key
from caravana.lands.polygons import holds
from caravana.lands.world import read_world

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from caravana.importers.rows import Reader
    from caravana.importers.tables.sheets import NamedSheet, SheetRow
    from caravana.lands.polygons import Window

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

BORDER = 0.3
"""Degrees by which a point may lie beyond the coarse outline of its country."""
AROUND_ROADS = 1.0
"""Degrees by which a point may lie beyond the roads of an extract."""
MOST_AT_ONCE = 5000
"""Points that are held against an outline at a time."""
MOST_WRONG = 0.5
"""Share of a file's points, from which what is wrong with them is taken to be wrong with the file."""
LARGEST_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_CAUSES: tuple[tuple[str, Callable[[Floats, Floats], tuple[Floats, Floats]]], ...] = (
    ("the longitude seems to have lost its minus, or to have one too many", lambda lat, lon: (lat, -lon)),
    ("the latitude seems to have lost its minus, or to have one too many", lambda lat, lon: (-lat, lon)),
    ("latitude and longitude seem to be swapped", lambda lat, lon: (lon, lat)),
    ("latitude and longitude seem to have lost their minus, or to have one too many", lambda lat, lon: (-lat, -lon)),
    ("latitude and longitude seem to be swapped, and one to have lost its minus", lambda lat, lon: (-lon, lat)),
    ("latitude and longitude seem to be swapped, and one to have lost its minus", lambda lat, lon: (lon, -lat)),
)
"""What may have happened to coordinates, and how to undo it: the likeliest first."""


@dataclass(frozen=True, slots=True)
class CoordinateColumns:
    """Keys of the columns of latitude and longitude, and of the country that a row lies in."""

    lat: Sequence[str]
    lon: Sequence[str]
    country: Sequence[str] = ()


def positions_of(
    reader: Reader, sheet: NamedSheet, rows: Sequence[SheetRow], columns: CoordinateColumns, *,
    roads: Window | None = None,
) -> list[tuple[float, float] | None]:  # fmt: skip
    """Read the coordinates of rows; what is wrong is one fault a cause.

    Parameters
    ----------
    reader
        Takes the faults.
    sheet, rows
        The table, and those of its rows that have a place.
    columns
        Which columns.
    roads
        Where the roads of an extract lie, for files that name no country.

    Returns
    -------
    list
        Latitude and longitude of each row; None where they are none.
    """
    lat = np.array([in_degrees(row.cell(*columns.lat), most=90.0) for row in rows], dtype=np.float64)
    lon = np.array([in_degrees(row.cell(*columns.lon), most=180.0) for row in rows], dtype=np.float64)
    located = _Located(reader, sheet, rows, columns, lat, lon)
    with np.errstate(invalid="ignore"):
        sound = (np.abs(lat) <= LARGEST_DEGREES["latitude"]) & (np.abs(lon) <= LARGEST_DEGREES["longitude"])
        zero = (lat == 0) & (lon == 0)
    if not _say_beyond(located, sound):
        located.say(np.flatnonzero(zero), "coordinates; zero and zero are none")
        _say_elsewhere(located, sound & ~zero, roads)
    kept = (sound & ~zero).tolist()
    return [
        (a, b) if ok else None for a, b, ok in zip(lat.tolist(), lon.tolist(), kept, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Located:
    """The coordinates of a file, and where what is wrong with them is said."""

    reader: Reader
    sheet: NamedSheet
    rows: Sequence[SheetRow]
    columns: CoordinateColumns
    lat: Floats
    lon: Floats

    def say(self, at: Sequence[int] | NDArray[np.int64], expected: str) -> None:
        """Note one fault for both coordinates of some rows, shown at the first of them."""
        if len(at):
            row = self.rows[int(at[0])]
            shown = f"{row.get(*self.columns.lat)}, {row.get(*self.columns.lon)}"
            column = self.sheet.column(self.columns.lat)
            self.reader.fault(self.sheet.path, row.line, column, shown, expected + and_more(list(at)))


def _say_beyond(located: _Located, sound: Flags) -> bool:
    """Say what cannot be degrees; return whether that is so for the file as a whole."""
    wrong = np.flatnonzero(~sound)
    known = np.isfinite(located.lat) & np.isfinite(located.lon)
    lat, lon = np.abs(located.lat[known & ~sound]), np.abs(located.lon[known & ~sound])
    if len(lat) > 1 and len(lat) > MOST_WRONG * len(sound):
        cause = ""
        if (lat <= 180).all() and (lon <= 90).all():
            cause = "latitude before longitude, each in its column; latitude and longitude seem to be swapped"
        elif (lat >= 10_000).all() and ((lon >= 100_000) & (lon < 1_000_000)).all():
            cause = "degrees; these look like metres of a projection, such as UTM"
        elif (lat > 180).all() or (lon > 180).all():
            cause = "degrees such as 12.345; the decimal mark seems to be lost"
        if cause:
            located.say(np.flatnonzero(known & ~sound), cause)
            return True
    for name, values, keys in (
        ("latitude", located.lat, located.columns.lat), ("longitude", located.lon, located.columns.lon),
    ):  # fmt: skip
        most = LARGEST_DEGREES[name]
        at = [index for index in wrong.tolist() if not abs(values[index]) <= most]
        if at:
            row = located.rows[at[0]]
            expected = f"degrees from -{most:g} to {most:g}, such as 12.345{and_more(at)}"
            located.reader.fault(
                located.sheet.path, row.line, located.sheet.column(keys), row.get(*keys) or None, expected
            )
    return False


def _say_elsewhere(located: _Located, sound: Flags, roads: Window | None) -> None:
    """Say where coordinates lie that are not in the country that their row names, or on the roads, and why."""
    lies = _lies_in_country(located, sound)
    where = "their countries"
    by_country = bool(lies.any_known)
    if not by_country:
        if roads is None:
            return
        lies = _lies_on_roads(sound, roads)
        where = "the land of the roads"
    left = lies.known & ~lies.inside(located.lat, located.lon)
    total = int(lies.known.sum())
    if not by_country and left.sum() <= MOST_WRONG * total:
        return  # places beyond an extract are no fault; all of them are
    while left.any():
        mended = [left & lies.inside(*undo(located.lat, located.lon)) for _, undo in _CAUSES]
        best = max(range(len(_CAUSES)), key=lambda k: int(mended[k].sum()))
        if not mended[best].any():
            break
        number = int(mended[best].sum())
        if by_country or number > MOST_WRONG * total:
            words = f"coordinates in {where}; {_CAUSES[best][0]}: {number:,} of {total:,} would lie there then"
            located.say(np.flatnonzero(mended[best])[:1], words)
        left &= ~mended[best]


@dataclass(frozen=True, slots=True)
class _Lies:
    """Which rows say where they lie, and which of them do."""

    known: Flags
    inside: Callable[[Floats, Floats], Flags]

    @property
    def any_known(self) -> bool:
        """Whether any row says it."""
        return bool(self.known.any())


def _lies_in_country(located: _Located, sound: Flags) -> _Lies:
    """Which points lie in the countries that their rows name, by the outlines of the world, coarse as they are."""
    keys = [name_key(row.get(*located.columns.country)) if located.columns.country else "" for row in located.rows]
    named = set(keys) - {""}
    rings = {}
    for country in read_world() if named else ():
        for key in {name_key(country.name), name_key(country.name_es)} & named:
            rings[key] = country.rings
    known = sound & np.array([key in rings for key in keys], dtype=bool)

    def inside(lat: Floats, lon: Floats) -> Flags:
        held = np.zeros(len(lat), dtype=bool)
        for key, outline in rings.items():
            at = np.flatnonzero(known & np.array([one == key for one in keys], dtype=bool))
            # Events share their places: each place is looked up once.
            points, which = np.unique(np.stack([lon[at], lat[at]], axis=1), axis=0, return_inverse=True)
            held[at] = _near(outline, points)[which.ravel()]
        return held

    return _Lies(known, inside)


def _near(outline: Sequence[Floats], points: Floats) -> Flags:
    """Which points (lon, lat) lie in an outline, or so near to it that the outline is too coarse to say."""
    held = np.zeros(len(points), dtype=bool)
    for east, north in ((0, 0), (BORDER, 0), (-BORDER, 0), (0, BORDER), (0, -BORDER)):
        left = np.flatnonzero(~held)
        for part in np.array_split(left, len(left) // MOST_AT_ONCE + 1):
            held[part] = holds(outline, points[part] + (east, north))
    return held


def _lies_on_roads(sound: Flags, roads: Window) -> _Lies:
    west, south, east, north = roads

    def inside(lat: Floats, lon: Floats) -> Flags:
        across = (lon >= west - AROUND_ROADS) & (lon <= east + AROUND_ROADS)
        return np.asarray(across & (lat >= south - AROUND_ROADS) & (lat <= north + AROUND_ROADS))

    return _Lies(sound, inside)
