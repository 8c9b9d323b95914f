"""The countries of the world: Natural Earth's outlines (public domain), stored as arcs that neighbours share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Country:
    """A country: its name in English and Spanish (empty where nobody agrees on one), and its rings (lon, lat), open."""

    name: str
    name_es: str
    rings: tuple[Floats, ...]


@cache
def read_world() -> tuple[Country, ...]:
    """Read the countries of the world, once."""
    world = json.loads((resources.files("caravana.lands") / "world.json").read_text("utf-8"))
    arcs = [np.cumsum(np.array(arc, dtype=np.int64).reshape(-1, 2), axis=0) * world["step"] for arc in world["arcs"]]
    countries = []
    for about in world["countries"]:
        rings = [_ring(indices, arcs) for part in about["parts"] for indices in part]
        countries.append(Country(about["name"], about["name_es"], tuple(ring for ring in rings if len(ring) > 2)))
    return tuple(countries)


def _ring(indices: Sequence[int], arcs: Sequence[Floats]) -> Floats:
    """A ring from arc numbers, open; ``~i`` means arc *i* backwards."""
    parts = [(arcs[i] if i >= 0 else arcs[~i][::-1])[:-1] for i in indices]
    return np.concatenate(parts)
