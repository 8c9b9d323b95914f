"""Counts that are too small to be published, and how coarse the others are: one rule for pages, briefs and exports.

A number under :data:`SMALLEST` is not shown, and nought neither: which cells are empty and which are small is not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST = 20
"""Numbers below this are withheld."""
BASE = 20
"""What shown numbers are multiples of."""


def small(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a cell is nobody or few: its upper number, or any but nought, below 20; [cell, measure] to [cell]."""
    few = (values > 0) & (values < SMALLEST)
    return np.asarray(few.any(axis=1) | (values[:, -1] < SMALLEST), dtype=np.bool_)


def coarse_count(value: float) -> float | None:
    """A published count as it may be repeated: to the nearest 20, halves up; None where it is too small."""
    if small(np.array([[value]]))[0]:
        return None
    return float((value + BASE / 2) // BASE * BASE)
