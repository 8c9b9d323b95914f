"""Distances on the earth taken as a sphere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG 1980)."""


def great_circle(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great-circle distance in km (haversine formula); degrees, arrays that broadcast."""
    a, b = np.radians(lat), np.radians(to_lat)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(np.subtract(to_lon, lon)) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def on_sphere(lat: Floats, lon: Floats) -> Floats:
    """Points in space, km from the centre of the earth, [point, 3]: straight lines there order as great circles do."""
    a, b = np.radians(lat), np.radians(lon)
    return EARTH_KM * np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=-1)


def along_sphere(chord: Floats) -> Floats:
    """Great-circle km of straight lines through the earth, km."""
    return np.asarray(2 * EARTH_KM * np.arcsin(np.clip(chord / (2 * EARTH_KM), 0.0, 1.0)))
