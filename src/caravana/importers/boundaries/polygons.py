"""Points in polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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
