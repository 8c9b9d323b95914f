"""Backtests: forecasts from past origins, held against what was then reported and against naive forecasts.

:func:`backtest_caravan` makes one :class:`Case` for every origin, horizon and
report; :mod:`caravana.inference.scoring.scorecard` pools them.  A case is scored only if it was
reported: of a caravan that has broken up nobody says where it sleeps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.ensemble.parallel import spread
from caravana.errors import UsageError
from caravana.inference.caravan.forecast import PARTICLES, Roller, check_request
from caravana.inference.caravan.tracking import DRAWS, MEMORY
from caravana.inference.reports import firm_nights, known_by, nights_by_day, report_dates
from caravana.inference.scoring.baselines import headcount_baselines, position_baselines
from caravana.inference.scoring.cases import MODEL, Case, score_points

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.forecast import Forecast
    from caravana.inference.reports import CaravanReports

    Floats = NDArray[np.float64]

HORIZONS = (1, 3, 7, 14)
PART = 6


def backtest_caravan(
    record: CaravanReports,
    *,
    origins: Sequence[dt.date] | None = None,
    horizons: Sequence[int] = HORIZONS,
    seed: int = 1,
    draws: int = DRAWS,
    particles: int = PARTICLES,
    memory: float = MEMORY,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Case]:
    """Forecast one caravan from every origin and score what was later reported.

    Parameters
    ----------
    record : CaravanReports
    origins : sequence of date, optional
        :func:`default_origins` where left out.
    horizons : sequence of int
        Days ahead.
    seed, draws, particles, memory
        See :class:`~caravana.inference.caravan.forecast.Roller`.
    workers, scheduler
        Where to compute: see :func:`~caravana.ensemble.parallel.spread`.  The cases are the same everywhere.
    progress : callable, optional
        Told how many origins are done, and of how many.

    Returns
    -------
    list of Case

    Raises
    ------
    UsageError
        If an origin is outside the record or nothing was known by then.
    """
    chosen = default_origins(record) if origins is None else sorted(set(origins))
    if not horizons or not chosen:
        raise UsageError("a backtest needs at least one origin and one horizon")
    for origin in chosen:
        check_request(record, origin, min(horizons))
        known_by(record, origin)
    # A run of neighbouring origins shares the filter's first days; a forecast is the same whichever part it is in.
    parts = [tuple(chosen[i : i + PART]) for i in range(0, len(chosen), PART)]
    given = [(record, part, tuple(horizons), seed, draws, particles, memory) for part in parts]
    by_part: dict[int, list[Case]] = {}
    for index, cases in spread(cases_from, given, workers=workers, scheduler=scheduler):
        by_part[index] = cases
        if progress is not None:
            progress(sum(len(parts[i]) for i in by_part), len(chosen))
    return [case for index in sorted(by_part) for case in by_part[index]]


def cases_from(
    record: CaravanReports,
    origins: Sequence[dt.date],
    horizons: Sequence[int],
    seed: int,
    draws: int,
    particles: int,
    memory: float,
) -> list[Case]:
    """Forecast and score from some origins, one after the other: a part of a backtest."""
    roller = Roller(record, seed=seed, draws=draws, particles=particles, memory=memory)
    out: list[Case] = []
    for origin in origins:
        forecast = roller.forecast(origin, days=max(horizons))
        out += _position_cases(record, forecast, horizons, seed)
        out += _headcount_cases(record, forecast, horizons)
    return out


def default_origins(record: CaravanReports) -> list[dt.date]:
    """Every day on which that very night was reported, and something later is on record.

    From other days the first night ahead is two nights or more from the last one known: they may be asked for
    by date.  Where no night is reported (counts only), the days of the counts.
    """
    reported = report_dates(record)
    days = {n.date for n in record.nights if not n.planned and n.known_on <= n.date}
    days = days or {c.date for c in record.counts if c.known_on <= c.date}
    return sorted(day for day in days if record.departs <= day < reported[-1])


def _position_cases(record: CaravanReports, forecast: Forecast, horizons: Sequence[int], seed: int) -> list[Case]:
    truth = nights_by_day(record, direct=True)
    known = nights_by_day(known_by(record, forecast.origin), direct=False)
    today = record.day(forecast.origin)
    known = {day: km for day, km in known.items() if day <= today}
    end = float(forecast.km[-1])
    # Before the first report a pace has nothing to go by; after the arrival nothing is left to forecast.
    if not known or max(known.values()) >= end - 0.5:
        return []
    firm = firm_nights(record)
    out = []
    for horizon in horizons:
        target = today + horizon
        if target not in truth:
            continue
        rng = np.random.default_rng([seed, today, horizon])
        own = score_points(forecast.km, forecast.position[horizon - 1], truth[target])
        scores = {MODEL: replace(own, days=_days_off(forecast, today, truth, target))}
        for name, (points, weight) in position_baselines(known, target=target, end=end, rng=rng).items():
            scores[name] = score_points(points, weight, truth[target])
        out.append(Case(record.caravan, "position", today, horizon, truth[target], target in firm, scores))
    return out


def _days_off(forecast: Forecast, today: int, truth: Mapping[int, float], target: int) -> float:
    """Days between the forecast (median) and the reported arrival at the place reached on ``target``."""
    km = truth[target] - 0.5
    passed = np.flatnonzero(forecast.position[:, forecast.km >= km].sum(axis=1) >= 0.5)
    expected = (int(passed[0]) if passed.size else len(forecast.dates)) + 1
    actual = max(min(day for day in truth if truth[day] >= km) - today, 1)
    return float(abs(expected - actual))


def _headcount_cases(record: CaravanReports, forecast: Forecast, horizons: Sequence[int]) -> list[Case]:
    today = record.day(forecast.origin)
    known = [c.report for c in known_by(record, forecast.origin).counts]
    out = []
    for count in record.counts:
        report = count.report
        horizon = report.day - today
        if report.cards or report.middle is None or horizon not in horizons:
            continue
        naive = headcount_baselines(known, target=report.day, side=report.side)
        if not naive:
            continue
        values = forecast.reported[report.side][horizon - 1]
        scores = {MODEL: score_points(values, np.full(values.size, 1.0 / values.size), report.middle)}
        scores |= {name: score_points(points, weight, report.middle) for name, (points, weight) in naive.items()}
        firm = report.weight >= 1.0
        out.append(Case(record.caravan, "headcount", today, horizon, report.middle, firm, scores))
    return out
