"""The ground of a displacement map: the world's countries, clipped to the scenario's window.

Outlines are Natural Earth's (public domain), stored as arcs that neighbours share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.lands.polygons import WHOLE_TURN, Window, clip, holds, turned, unrolled
from caravana.lands.world import read_world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.scenario.model import Place

    Floats = NDArray[np.float64]

AROUND = 1.0
"""How far the ground goes on beyond the frame, in widths and heights of it: room to drag and zoom out."""
MARGIN = 0.06  # of the frame's larger side, so that no place lies on the edge
SMALLEST_FRAME = 0.6  # degrees
ASPECT = 1.65  # of the report's map: names may stand beside a tall frame
FREE = 0.06  # of the frame's larger side, between a country's name and a place
LABEL_GRID = 24  # points a side to look for a place to write a name
LABELS = 12  # points at most that a country's name may stand at; the page takes the first that nothing covers
APART = 2  # steps of that grid between two of them


def seam(places: Sequence[Place]) -> float:
    """The longitude where a map of places is cut open: in the middle of the widest stretch that has none.

    -180, where longitudes begin, unless the places lie on both sides of it and fit a narrower map across it.
    """
    lons = np.unique([p.lon for p in places if p.lon is not None])
    gaps = np.diff(lons)
    if not len(gaps) or gaps.max() <= WHOLE_TURN - (lons[-1] - lons[0]):
        return -WHOLE_TURN / 2
    widest = int(np.argmax(gaps))
    return float(lons[widest] + lons[widest + 1]) / 2


def east_of(lon: float, turn: float) -> float:
    """A longitude as it is counted on from the seam: those west of it come a whole turn later."""
    return lon if lon >= turn else lon + WHOLE_TURN


def frame_of(places: Sequence[Place]) -> Window | None:
    """West, south, east and north of the places that have coordinates, with a margin; None where none has."""
    points = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    if not points:
        return None
    turn = seam(places)
    points = [(east_of(x, turn), y) for x, y in points]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    side = max(east - west, north - south)
    grow = MARGIN * side + max(0.0, SMALLEST_FRAME - side) / 2
    return west - grow, max(-84.0, south - grow), east + grow, min(84.0, north + grow)


def _around(frame: Window) -> Window:
    wide, tall = AROUND * (frame[2] - frame[0]), AROUND * (frame[3] - frame[1])
    side = max(wide, tall)
    return frame[0] - side, max(-85.0, frame[1] - side), frame[2] + side, min(85.0, frame[3] + side)


def _widened(frame: Window) -> Window:
    """The frame as the report's map shows it: never narrower than the map's own shape."""
    tall = (frame[3] - frame[1]) / np.cos(np.radians((frame[1] + frame[3]) / 2))
    grow = max(0.0, ASPECT * float(tall) - (frame[2] - frame[0])) / 2
    return frame[0] - grow, frame[1], frame[2] + grow, frame[3]


def label_points(rings: Sequence[Floats], frame: Window, taken: Floats) -> list[list[float]]:
    """Where a country's name may stand within a frame, best first: most room, away from places if it can.

    Parameters
    ----------
    rings
        The country.
    frame
        West, south, east, north.
    taken
        Points of places, [n, 2].
    """
    wide, tall = frame[2] - frame[0], frame[3] - frame[1]
    xs = np.linspace(frame[0] + 0.04 * wide, frame[2] - 0.04 * wide, LABEL_GRID)
    ys = np.linspace(frame[1] + 0.04 * tall, frame[3] - 0.04 * tall, LABEL_GRID)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    inside = holds(rings, grid).reshape(LABEL_GRID, LABEL_GRID)
    # Shares of the larger side, whatever the frame's shape.
    apart = (grid[:, None] - taken[None]) / max(wide, tall)
    away = (np.hypot(apart[..., 0], apart[..., 1]) > FREE).all(axis=1)
    free = inside & away.reshape(inside.shape)
    spots = list(dict.fromkeys(_roomiest(free) + _roomiest(inside)))[:LABELS]
    return [[round(float(xs[column]), 2), round(float(ys[row]), 2)] for row, column in spots]


def _roomiest(inside: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Points of a grid, as row and column, that stand apart from each other; those with most free steps first."""
    room = np.zeros(inside.shape)
    # Names are wide and low: free steps to both sides count, one row up and down must be free too.
    for row, column in np.argwhere(inside):
        if 0 < row < LABEL_GRID - 1 and inside[row - 1 : row + 2, column].all():
            left = np.argmin(np.append(inside[row, column::-1], False))
            right = np.argmin(np.append(inside[row, column:], False))
            room[row, column] = min(left, right)
    spots: list[tuple[int, int]] = []
    while room.any() and len(spots) < LABELS:
        best = np.argwhere(room == room.max())
        row, column = (int(x) for x in best[len(best) // 2])
        spots.append((row, column))
        room[max(0, row - APART) : row + APART + 1, max(0, column - APART) : column + APART + 1] = 0
    return spots


def countries(frame: Window, places: Sequence[Place], language: Language) -> list[dict[str, Any]]:
    """Countries that a frame and its surroundings show, ready for the map.

    Parameters
    ----------
    frame
        West, south, east, north of the scenario's places.
    places
        The scenario's places.  The country of the first is the one that people flee from: the land
        that holds most of that country's places is drawn as home.
    language
        Whose names to use.

    Returns
    -------
    list of dict
        ``name``, ``labels`` (points where it may stand), ``home``, ``rings`` (flat lists of lon, lat).
    """
    shown = _widened(frame)
    window = _around(frame)
    shown_countries: list[dict[str, Any]] = []
    holding: list[int] = []
    drawn = [p for p in places if p.lon is not None and p.lat is not None]
    turn = seam(places)
    everywhere = np.array([(east_of(float(p.lon or 0.0), turn), p.lat) for p in drawn], dtype=np.float64).reshape(-1, 2)
    at_home = everywhere[[p.country == places[0].country for p in drawn]]
    for country in read_world():
        whole = [unrolled(ring) for ring in country.rings]
        rings = [clip(one, window) for ring in whole for one in turned(ring, window)]
        rings = [ring for ring in rings if len(ring) > 2]
        if not rings:
            continue
        shown_countries.append({
            "name": language.choose(country.name, country.name_es),
            "labels": label_points(rings, shown, everywhere) if country.name else [],
            "home": False,
            "rings": [[round(float(x), 2) for x in ring.ravel()] for ring in rings],
        })  # fmt: skip
        holding.append(int(holds(rings, at_home).sum()))
    if any(holding):
        shown_countries[int(np.argmax(holding))]["home"] = True
    return shown_countries
