"""Fans and readouts, as the charts' script takes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.language.language import Language

    Floats = NDArray[np.float64]


SHAPES = {
    "authorities": "M-5.5 -5.5h11v11h-11z",
    "agency": "M0 -7l7 7l-7 7l-7 -7z",
    "press": "M0 -6a6 6 0 1 0 .01 0z",
    "observer": "M-2 -6.5h4v4.5h4.5v4h-4.5v4.5h-4v-4.5h-4.5v-4h4.5z",
    "organisers": "M0 -6.5l6.8 12h-13.6z",
}
"""A shape a side, so that none is told by colour alone: square, diamond, dot, cross, triangle."""


def plain(values: Floats, *, digits: int = 0) -> list[float | int | None]:
    """Numbers for JSON: rounded, None for NaN."""
    return [
        None if math.isnan(v) else (round(float(v), digits) if digits else round(float(v)))
        for v in np.asarray(values, dtype=np.float64)
    ]


def fan(levels: Floats, *, digits: int = 0) -> list[list[float | int | None]]:
    """Quantiles [level, day] for JSON."""
    return [plain(row, digits=digits) for row in levels]


def readouts(levels: Floats, language: Language, *, nothing: str) -> list[str]:
    """The band in words, by day: ``1,200-4,100``."""
    return [
        nothing if math.isnan(levels[2, d]) else language.span(levels[0, d], levels[-1, d])
        for d in range(levels.shape[1])
    ]
