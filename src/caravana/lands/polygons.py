"""Polygons on a sphere laid flat: points in them, rings that cross 180 degrees, rings cut to a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Window = tuple[float, float, float, float]
"""West, south, east, north, degrees."""
WHOLE_TURN = 360.0


def holds(rings: Sequence[Floats], points: Floats) -> NDArray[np.bool_]:
    """Which points (lon, lat) lie inside an area of several rings (even-odd rule), [point]."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), dtype=bool)
    for ring in rings:
        near = (y >= ring[:, 1].min()) & (y <= ring[:, 1].max()) & (x <= ring[:, 0].max())
        if not near.any():
            continue
        before = np.roll(ring, 1, axis=0)
        slanted = before[:, 1] != ring[:, 1]
        (ax, ay), (bx, by) = before[slanted].T, ring[slanted].T
        # Every point against every edge: how many edges a ray to the east crosses.
        px, py = x[near, None], y[near, None]
        crosses = ((ay > py) != (by > py)) & (px < ax + (py - ay) / (by - ay) * (bx - ax))
        inside[near] ^= crosses.sum(axis=1) % 2 == 1
    return inside


def unrolled(ring: Floats) -> Floats:
    """A ring whose longitudes run on where it crosses 180 degrees, without a line back across the map."""
    steps = np.diff(ring[:, 0])
    turns = np.cumsum(np.r_[0, -np.sign(steps) * (np.abs(steps) > WHOLE_TURN / 2)])
    out = ring.astype(np.float64)
    out[:, 0] += WHOLE_TURN * turns
    if turns.any() and abs(out[-1, 0] - out[0, 0]) > WHOLE_TURN / 2:
        # It goes once round a pole: closed along it.
        pole = 90.0 if out[:, 1].mean() > 0 else -90.0
        out = np.vstack([out, [out[-1, 0], pole], [out[0, 0], pole]])
    return out


def turned(ring: Floats, window: Window) -> list[Floats]:
    """A ring as often as it shows in a window, a whole turn apart."""
    shifts = [WHOLE_TURN * k for k in (-1, 0, 1)]
    return [
        ring + np.array([shift, 0.0])
        for shift in shifts
        if ring[:, 0].max() + shift >= window[0] and ring[:, 0].min() + shift <= window[2]
    ]


def clip(ring: Floats, window: Window) -> Floats:
    """A ring cut to a rectangle (Sutherland and Hodgman); empty if it lies outside.

    Parameters
    ----------
    ring
        Points [n, 2], the last not repeating the first.
    window
        West, south, east, north.
    """
    for axis, limit, sign in ((0, window[0], 1), (1, window[1], 1), (0, window[2], -1), (1, window[3], -1)):
        inside = sign * (ring[:, axis] - limit) >= 0
        if not inside.any():
            return np.zeros((0, 2))
        if inside.all():
            continue
        before, was_inside = np.roll(ring, 1, axis=0), np.roll(inside, 1)
        out = []
        for here, last, now, then in zip(ring, before, inside, was_inside, strict=True):
            if now != then:
                out.append(last + (limit - last[axis]) / (here[axis] - last[axis]) * (here - last))
            if now:
                out.append(here)
        ring = np.array(out, dtype=np.float64).reshape(-1, 2)
    return ring
