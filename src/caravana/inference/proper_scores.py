"""Proper scores of a forecast given as weighted points on a line.

Everything here takes ``points`` (km or persons), their ``weight`` and what
happened; a discrete forecast is scored exactly, without sampling.  CRPS after
Gneiting and Raftery (2007); WIS after Bracher and others (2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.9)


def _ordered(points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(points, kind="stable")
    share = weight[order]
    return points[order], share / share.sum()


def crps(points: Floats, weight: Floats, truth: float) -> float:
    """Continuous ranked probability score, in the unit of the points.

    Parameters
    ----------
    points : ndarray, shape (n,)
    weight : ndarray, shape (n,)
        Need not sum to one.
    truth : float

    Notes
    -----
    ``E|X - y| - E|X - X'| / 2``; the second term is the integral of ``F (1 - F)``.
    """
    x, p = _ordered(points, weight)
    below = np.cumsum(p)[:-1]
    return float(p @ np.abs(x - truth) - np.sum(below * (1.0 - below) * np.diff(x)))


def quantiles(points: Floats, weight: Floats, levels: Sequence[float]) -> Floats:
    """Smallest points with at least these shares of the weight at or below them."""
    x, p = _ordered(points, weight)
    at = np.searchsorted(np.cumsum(p), np.asarray(levels) - 1e-9)
    out: Floats = x[np.minimum(at, x.size - 1)]
    return out


def interval(points: Floats, weight: Floats, level: float) -> tuple[float, float]:
    """Central interval that holds at least ``level`` of the weight."""
    low, high = quantiles(points, weight, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def weighted_interval_score(points: Floats, weight: Floats, truth: float) -> float:
    """Weighted interval score over the median and the 50, 80 and 90% intervals, in the unit of the points."""
    total = 0.5 * abs(truth - float(quantiles(points, weight, [0.5])[0]))
    for level in LEVELS:
        alpha = 1.0 - level
        low, high = interval(points, weight, level)
        outside = 2.0 / alpha * (max(low - truth, 0.0) + max(truth - high, 0.0))
        total += alpha / 2.0 * (high - low + outside)
    return total / (len(LEVELS) + 0.5)


def probability_transform(points: Floats, weight: Floats, truth: float) -> float:
    """Middle of the forecast's distribution function at the truth (PIT of a discrete forecast)."""
    p = weight / weight.sum()
    return float(p[points < truth].sum() + 0.5 * p[points == truth].sum())


def likeliest(points: Floats, weight: Floats, *, within: float) -> float:
    """Centre, among the points, of the window of ``within`` either side that holds most weight."""
    x, p = _ordered(points, weight)
    total = np.concatenate([[0.0], np.cumsum(p)])
    first = np.searchsorted(x, x - within, side="left")
    last = np.searchsorted(x, x + within, side="right")
    mass = total[last] - total[first]
    best = np.flatnonzero(mass >= mass.max() - 1e-12)
    # Among equals the one nearest to the middle of the forecast.
    middle = float(p @ x)
    return float(x[best[np.argmin(np.abs(x[best] - middle))]])
