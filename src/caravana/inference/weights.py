"""Weighted draws: how many they are worth, tempering, resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def effective_size(weight: Floats) -> float:
    """Effective sample size: the number of equal draws that weights, which sum to one, are worth (Kong 1992)."""
    return 1.0 / float(np.sum(weight**2))


def tempered(log_weight: Floats, *, least: float) -> tuple[Floats, float]:
    """Weights to the highest power (at most one) that leaves at least this many effective draws, and the power."""
    low, high = 0.0, 1.0
    if _effective(log_weight) >= least:
        low = 1.0
    for _ in range(40 if low < 1.0 else 0):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _effective(middle * log_weight) >= least else (low, middle)
    weight: Floats = np.exp(low * (log_weight - log_weight.max()))
    weight /= weight.sum()
    return weight, low


def _effective(log_weight: Floats) -> float:
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / np.sum(weight**2))


def truncated(weight: Floats) -> Floats:
    """Importance weights cut at the square root of their number times their mean, and brought to one again.

    Truncated importance sampling (Ionides 2008): a lucky member or two would else stand for one draw in twenty. What
    is cut off goes to zero as members grow in number.
    """
    cut: Floats = np.minimum(weight, np.sqrt(weight.size) * weight.mean())
    cut /= cut.sum()
    return cut


def systematic(weight: Floats, rng: np.random.Generator, draws: int) -> NDArray[np.int64]:
    """Systematic resampling: indices of ``draws`` draws in proportion to their weights."""
    levels = (rng.random() + np.arange(draws)) / draws * weight.sum()
    at = np.minimum(np.searchsorted(np.cumsum(weight), levels), weight.size - 1)
    return np.asarray(at, np.int64)
