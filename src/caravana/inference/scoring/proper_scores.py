"""Proper scores of a forecast given as weighted points on a line.

Everything here takes ``points`` (km or persons), their ``weight`` and what
happened; a discrete forecast is scored exactly, without sampling.  CRPS after
Gneiting and Raftery (2007); WIS after Bracher and others (2021).  Both are
scoringrules', as far as it has them right (decision 0014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.scoring.library import rules

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

    Raises
    ------
    UsageError
        If scoringrules is not installed.

    Notes
    -----
    ``E|X - y| - E|X - X'| / 2`` by the quantile decomposition, which is exact for weighted points.
    """
    x, p = _ordered(points, weight)
    return float(rules().crps_ensemble(truth, x, ens_w=p, estimator="qd", sorted_ensemble=True, backend="numpy"))


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
    """Weighted interval score over the median and the 50, 80 and 90% intervals, in the unit of the points.

    Raises
    ------
    UsageError
        If scoringrules is not installed.

    Notes
    -----
    The interval scores are scoringrules'; the sum is ours: its ``weighted_interval_score`` (0.10, NumPy) adds the
    median itself in place of its distance to the truth.
    """
    alpha = 1.0 - np.array(LEVELS)
    low, high = np.array([interval(points, weight, level) for level in LEVELS]).T
    scores = rules().interval_score(truth, low, high, alpha, backend="numpy")
    middle = 0.5 * abs(truth - float(quantiles(points, weight, [0.5])[0]))
    return float((middle + 0.5 * np.sum(alpha * scores)) / (len(LEVELS) + 0.5))


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
