"""Naive forecasts to beat: of positions, of headcounts, and of counts at places.

Those of a caravan's position and headcount are points and weights, so that a baseline is scored by
the same code as the model.  A single point is scored by its absolute error; the ones with a spread
carry the spread of their own past, which is harder to beat.  Those of counts at places are arrays:
forecasts from the counts up to an origin (:func:`naive`), and splits of the true total over a whole
run (:func:`camp_baselines`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import ReportedFigure

    Floats = NDArray[np.float64]
    Points = tuple[Floats, Floats]

RESAMPLES = 2000
RECENT_DAYS = 7
QUANTILES = (np.arange(200) + 0.5) / 200
DEFAULT_SPREAD = 0.4
SMALLEST_SPREAD = 0.1
TREND_DAYS = 30
"""Days of counts that a place's trend is read from."""
HELD_FROM = 30
"""Day whose counts or shares the baselines that hold them hold in a whole run, and from which they are scored."""
HOLDING = ("share_held", "persistence")
"""The baselines that hold something of one day."""
OF_SHARES = ("share_held",)
"""Those of them that hold shares of the true total: they have an error on the days before, too."""


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


def headcount_baselines(reports: Sequence[ReportedFigure], *, target: int, side: str) -> dict[str, Points]:
    """Naive forecasts of what ``side`` will report on day ``target``.

    Parameters
    ----------
    reports : sequence of ReportedFigure
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
    from scipy.special import ndtri

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
    trend, trend_spread = _figure_trend(day, log, target)
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


def _line(day: Floats, log: Floats) -> tuple[Floats, Floats]:
    """The least-squares line through the logs of each column: its level at the mean day, and its slope."""
    gap = (day - day.mean()).reshape(-1, *([1] * (log.ndim - 1)))
    level = np.asarray(log.mean(axis=0))
    return level, np.asarray((gap * (log - level)).sum(axis=0) / (gap**2).sum())


def _figure_trend(day: Floats, log: Floats, target: int) -> tuple[float, float]:
    """The line through dated logs at a day, and the spread about it; the last level before there are two days."""
    if log.size < 3 or np.unique(day).size < 2:
        return float(log[day == day.max()].mean()), DEFAULT_SPREAD
    level, slope = _line(day, log)
    left = log - level - slope * (day - day.mean())
    spread = float(np.sqrt(np.sum(left**2) / max(1, log.size - 2)))
    # A line through a few days of one week may point anywhere: no forecast above a million or below one person.
    ahead = float(np.clip(level + slope * (target - day.mean()), 0.0, np.log(1e6)))
    return ahead, max(spread, SMALLEST_SPREAD)


def _daily_trend(recent: Floats, ahead: int) -> Floats:
    """Carry each column of daily counts on along the line through its logs; at most tenfold."""
    if len(recent) < 3:
        return np.asarray(recent[-1], float)
    day = np.arange(len(recent), dtype=np.float64) - (len(recent) - 1)
    log = np.log1p(recent)
    level, slope = _line(day, log)
    return np.asarray(np.expm1(np.clip(level + slope * (ahead - day.mean()), 0.0, log[-1] + np.log(10.0))))


def naive(counts: Floats, *, ahead: int) -> dict[str, Floats]:
    """Naive forecasts of every place from the counts up to an origin.

    Parameters
    ----------
    counts : ndarray, shape (days, places)
        Up to the origin.
    ahead : int

    Returns
    -------
    dict of str to ndarray, shape (places,)
        ``persistence``, ``log_linear_trend`` (of each place's last 30 days) and ``share_held`` (each place's share of a
        total that goes on along its own log-linear trend).
    """
    last = counts[-1]
    recent = counts[-TREND_DAYS:]
    total = recent.sum(axis=1, keepdims=True)
    share = last / max(last.sum(), 1.0)
    return {
        "persistence": last,
        "log_linear_trend": _daily_trend(recent, ahead),
        "share_held": share * _daily_trend(total, ahead)[0],
    }


def uniform_split(counts: Floats) -> Floats:
    """Baseline: the true total, split evenly over camps, [day, camp]."""
    return np.repeat(counts.sum(axis=1, keepdims=True) / counts.shape[1], counts.shape[1], axis=1)


def share_held(counts: Floats, *, day: int = HELD_FROM, known: Floats | None = None) -> Floats:
    """Baseline: the true total, split by the shares of one day, [day, camp]; even where that day has none.

    `known` are the counts of that day as they could be known on it, [camp] (default: those of the line between counts).
    """
    held = counts[min(day, len(counts) - 1)] if known is None else known
    total = counts.sum(axis=1, keepdims=True)
    return total * held / held.sum() if held.sum() > 0 else uniform_split(counts)


def persistence(counts: Floats, *, day: int = HELD_FROM, known: Floats | None = None) -> Floats:
    """Baseline: the counts of one day, held flat, [day, camp]; `known` as in :func:`share_held`."""
    return np.repeat((counts[min(day, len(counts) - 1)] if known is None else known)[None, :], len(counts), axis=0)


def gravity(counts: Floats, capacity: Floats, near: Floats) -> Floats:
    """Baseline: the true total, split by capacity times nearness to where people come from, [day, camp].

    Parameters
    ----------
    capacity
        Of each camp, 0 where it has none, [camp].
    near
        Share of people for whom a camp is nearest, softly, [day, camp].
    """
    size = np.where(capacity > 0, capacity, np.mean(capacity[capacity > 0]) if (capacity > 0).any() else 1.0)
    pull = size * (near + 1e-9)
    return np.asarray(counts.sum(axis=1, keepdims=True) * pull / pull.sum(axis=1, keepdims=True))


def camp_baselines(
    counts: Floats, *, capacity: Floats, near: Floats, held: int = HELD_FROM, known: Floats | None = None
) -> dict[str, Floats]:
    """All baselines of whole runs, by name; `held` is the day whose counts or shares are held, as `known` on it."""
    return {
        "uniform_split": uniform_split(counts),
        "share_held": share_held(counts, day=held, known=known),
        "persistence": persistence(counts, day=held, known=known),
        "gravity": gravity(counts, capacity, near),
    }


def held_from(origin: int) -> int:
    """The day whose counts the baselines hold: the origin of a forecast, else :data:`HELD_FROM`."""
    return origin or HELD_FROM
