"""Naive forecasts to beat, of positions and of headcounts.

Every function returns points and weights, so that a baseline is scored by the
same code as the model.  A single point is scored by its absolute error; the
ones with a spread carry the spread of their own past, which is harder to beat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import Report

    Floats = NDArray[np.float64]
    Points = tuple[Floats, Floats]

RESAMPLES = 2000
RECENT_DAYS = 7
QUANTILES = (np.arange(200) + 0.5) / 200
DEFAULT_SPREAD = 0.4
SMALLEST_SPREAD = 0.1


def _one(value: float) -> Points:
    return np.array([value]), np.ones(1)


def _many(values: Floats) -> Points:
    return values, np.full(values.size, 1.0 / values.size)


def position_baselines(
    nights: Mapping[int, float], *, target: int, end: float, rng: np.random.Generator
) -> dict[str, Points]:
    """Naive forecasts of the km reached on day ``target``.

    Parameters
    ----------
    nights : mapping of int to float
        Km by day (1, 2, ...), as known at the origin; not empty.  On day 0 the caravan is at km 0.
    target : int
        Day to forecast.
    end : float
        Km of the end of the itinerary, which no forecast passes.
    rng : numpy Generator
        For the bootstraps.

    Returns
    -------
    dict of str to (points, weight)
        ``persistence`` stays; ``last_7_days_pace`` and ``constant_pace`` go on at the pace of the last week known or of
        the whole way; ``past_increments`` and ``last_7_increments`` add up daily increments drawn at random.
    """
    days = np.array([0, *sorted(nights)])
    km = np.array([0.0, *(nights[d] for d in sorted(nights))])
    last = int(days[-1])
    path = np.interp(np.arange(last + 1), days, km)
    here, ahead = float(path[-1]), target - last
    week = min(RECENT_DAYS, last)
    increments = np.diff(path)
    drawn = rng.choice(increments, (RESAMPLES, ahead)).sum(axis=1)
    recent = rng.choice(increments[-week:], (RESAMPLES, ahead)).sum(axis=1)
    return {
        "persistence": _one(here),
        "last_7_days_pace": _one(min(end, here + ahead * (here - float(path[-1 - week])) / week)),
        "constant_pace": _one(min(end, here + ahead * here / last)),
        "past_increments": _many(np.minimum(end, here + drawn)),
        "last_7_increments": _many(np.minimum(end, here + recent)),
    }


def headcount_baselines(reports: Sequence[Report], *, target: int, side: str) -> dict[str, Points]:
    """Naive forecasts of what ``side`` will report on day ``target``.

    Parameters
    ----------
    reports : sequence of Report
        Those known at the origin; figures with one end only and cards are passed over.
    target : int
    side : str

    Returns
    -------
    dict of str to (points, weight)
        ``persistence`` repeats the side's last figure (anybody's where it has given none), ``persistence_any``
        anybody's last; ``log_linear_trend`` goes on along the line through the logs of all figures.  Names that
        end in ``_spread`` have a log-normal spread about the same middle, from their own past errors.  Empty
        without figures.
    """
    figures = [(r.day, r.side, r.middle) for r in reports if not r.cards and r.middle is not None]
    if not figures:
        return {}
    day = np.array([f[0] for f in figures], float)
    log = np.log([f[2] for f in figures])
    own = np.array([f[1] == side for f in figures])
    anybody = float(log[day == day.max()].mean())
    same = float(log[own & (day == day[own].max())].mean()) if own.any() else anybody
    steps = np.diff(log[np.argsort(day, kind="stable")])
    step_spread = DEFAULT_SPREAD if steps.size < 3 else max(float(np.sqrt(np.mean(steps**2))), SMALLEST_SPREAD)
    trend, trend_spread = _trend(day, log, target)
    middles = {
        "persistence": (same, step_spread),
        "persistence_any": (anybody, step_spread),
        "log_linear_trend": (trend, trend_spread),
    }
    out: dict[str, Points] = {}
    for name, (middle, spread) in middles.items():
        out[name] = _one(float(np.exp(middle)))
        out[f"{name}_spread"] = _many(np.exp(middle + spread * ndtri(QUANTILES)))
    return out


def _trend(day: Floats, log: Floats, target: int) -> tuple[float, float]:
    """Least squares of log on day, and the spread of its residuals; the last level before there are two days."""
    if log.size < 3 or np.unique(day).size < 2:
        return float(log[day == day.max()].mean()), DEFAULT_SPREAD
    slope, level = np.polyfit(day - day.mean(), log, 1)
    left = log - level - slope * (day - day.mean())
    spread = float(np.sqrt(np.sum(left**2) / max(1, log.size - 2)))
    # A line through a few days of one week may point anywhere: no forecast above a million or below one person.
    ahead = float(np.clip(level + slope * (target - day.mean()), 0.0, np.log(1e6)))
    return ahead, max(spread, SMALLEST_SPREAD)
