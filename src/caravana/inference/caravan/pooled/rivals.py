"""Naive rules of one caravan, as samples: what a forecast of positions or of figures is pooled with, and must beat.

Those of positions with ``_spread`` in their names, and all of those of figures, carry the spread of their own past
errors on this record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from caravana.inference.scoring.baselines import headcount_baselines, position_baselines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import ReportedFigure

    Floats = NDArray[np.float64]

SAMPLE = 200
LEVELS = (np.arange(SAMPLE) + 0.5) / SAMPLE
WEEK = 7
KM_A_DAY = 18.0
"""Before three errors of its own are known a rule is off by this much a day, growing with the root of days."""
FEWEST = 3


def rival_positions(
    nights: Mapping[int, float],
    *,
    start: float,
    target: int,
    end: float,
    rng: np.random.Generator,
    returning: bool = False,
) -> dict[str, Floats]:
    """Naive forecasts of the km on day ``target``, by rule.

    Parameters
    ----------
    nights : mapping of int to float
        Km by day as known at the origin; on day 0 the caravan is at ``start``.
    start, end : float
        Ends of the way, km.
    target : int
    rng : numpy Generator
        Of the bootstraps.
    returning : bool
        Whether it is on its way back: rules with a spread then know of no more than that.
    """
    shifted = {day: km - start for day, km in nights.items()}
    out: dict[str, Floats] = {}
    for name, (points, _) in position_baselines(shifted, target=target, end=end - start, rng=rng).items():
        sample = np.sort(points)
        kept = sample if sample.size == 1 else np.quantile(sample, LEVELS)
        out[name] = np.maximum(kept + start, min(0.0, start))
    path = _path(shifted)
    lead = target - (path.size - 1)
    if returning:
        path = path[path.size - 1 - int(np.argmax(path[::-1])) :]
    lowest = min(0.0, -start) if returning else 0.0
    for name, rule in (("persistence", _stay), ("last_7_days_pace", _week_pace), ("constant_pace", _whole_pace)):
        past = [path[day + lead] - rule(path[: day + 1], lead) for day in range(1, path.size - lead)]
        spread = KM_A_DAY * np.sqrt(lead)
        if len(past) >= FEWEST:
            spread = max(float(np.sqrt(np.mean(np.square(past)))), 3.0)
        out[f"{name}_spread"] = np.clip(rule(path, lead) + spread * ndtri(LEVELS), lowest, end - start) + start
    return out


def rival_figures(figures: Sequence[ReportedFigure], *, target: int, side: str) -> dict[str, Floats]:
    """Naive forecasts of what ``side`` will say on day ``target``, by rule; empty where nothing was said."""
    rules = headcount_baselines(figures, target=target, side=side)
    return {name: points for name, (points, _) in rules.items()}


def _path(nights: Mapping[int, float]) -> Floats:
    days = np.array([0, *sorted(nights)])
    km = np.array([0.0, *(nights[d] for d in sorted(nights))])
    path: Floats = np.interp(np.arange(days[-1] + 1), days, km)
    return path


def _stay(path: Floats, lead: int) -> float:
    del lead
    return float(path[-1])


def _week_pace(path: Floats, lead: int) -> float:
    week = min(WEEK, path.size - 1)
    return float(path[-1] + lead * (path[-1] - path[-1 - week]) / week)


def _whole_pace(path: Floats, lead: int) -> float:
    return float(path[-1] + lead * (path[-1] - path[0]) / (path.size - 1))
