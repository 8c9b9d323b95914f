"""Backtests: forecasts from past origins, held against what was then reported and against naive forecasts.

:func:`backtest_caravan` makes one :class:`Case` for every origin, horizon and
report; :mod:`caravana.inference.scoring.scorecard` pools them.  A case is scored only if it was
reported: of a caravan that has broken up nobody says where it sleeps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from caravana.ensemble.parallel import spread
from caravana.errors import UsageError
from caravana.inference.caravan.forecast import PARTICLES, Roller, check_request
from caravana.inference.caravan.nights import parts_by_day
from caravana.inference.caravan.pacing import DRAWS, MEMORY
from caravana.inference.caravan.pooled.others import share_together
from caravana.inference.reports import firm_nights, known_by, nights_by_day, report_dates
from caravana.inference.scoring.baselines import headcount_baselines, position_baselines
from caravana.inference.scoring.cases import MODEL, Case, score_chance, score_parts, score_points

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import CaravanReports

    Floats = NDArray[np.float64]

HORIZONS = (1, 3, 7, 14)
SHARE = "share_of_others"
"""Baseline of the chance to be together: how often others were, so many days on."""
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
    ended: dt.date | None = None,
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
    ended : date, optional
        Day on which it broke up, where it did: then it was together before, and not from that day on.
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
        If an origin is outside the record or nothing was known by then; or, before anything is computed, if nothing was
        reported at any of the horizons.
    """
    chosen = default_origins(record) if origins is None else sorted(set(origins))
    if origins is None and not chosen:
        raise UsageError(f"the record of {record.caravan} is too short for a backtest: one day, and nothing after it")
    if not horizons or not chosen:
        raise UsageError("a backtest needs at least one origin and one horizon")
    for origin in chosen:
        check_request(record, origin, min(horizons))
        known_by(record, origin)
    check_length(record, chosen, horizons)
    # A run of neighbouring origins shares the filter's first days; a forecast is the same whichever part it is in.
    parts = [tuple(chosen[i : i + PART]) for i in range(0, len(chosen), PART)]
    given = [(record, part, tuple(horizons), seed, draws, particles, memory, ended) for part in parts]
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
    ended: dt.date | None,
) -> list[Case]:
    """Forecast and score from some origins, one after the other: a part of a backtest."""
    roller = Roller(record, seed=seed, draws=draws, particles=particles, memory=memory)
    out: list[Case] = []
    for origin in origins:
        forecast = roller.forecast(origin, days=max(horizons))
        out += score_forecast(record, forecast, horizons, seed=seed, ended=ended)
    return out


class Scorable(Protocol):
    """What is scored of a forecast, as :class:`~caravana.inference.caravan.forecast.Forecast` has it."""

    @property
    def origin(self) -> dt.date:
        """Nothing published after it was used."""
        ...

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The days forecast."""
        ...

    @property
    def km(self) -> Floats:
        """Km of the stops, shape (stops,)."""
        ...

    @property
    def position(self) -> Floats:
        """Chance of each stop on each night, shape (days, stops)."""
        ...

    @property
    def reported(self) -> Mapping[str, Floats]:
        """What each side would say, shape (days, particles) each."""
        ...

    @property
    def together(self) -> Floats:
        """Chance to be together, shape (days,)."""
        ...


def score_forecast(
    record: CaravanReports, forecast: Scorable, horizons: Sequence[int], *, seed: int, ended: dt.date | None
) -> list[Case]:
    """Score one forecast against a record: positions, figures, whether it was together.

    Parameters
    ----------
    seed
        Of the naive rules that draw.
    ended
        Day on which the caravan broke up, where it did.
    """
    return [
        *_position_cases(record, forecast, horizons, seed),
        *_headcount_cases(record, forecast, horizons),
        *_together_cases(record, forecast, horizons, ended),
    ]


def check_length(record: CaravanReports, origins: Sequence[dt.date], horizons: Sequence[int]) -> None:
    """Refuse a record on which nothing was reported so many days after any of the origins.

    Raises
    ------
    UsageError
        With the last day of which anything was reported.
    """
    said = {*parts_by_day(record), *(c.report.day for c in record.counts if not c.report.cards)}
    if not any(record.day(origin) + horizon in said for origin in origins for horizon in horizons):
        last = record.date(max(said, default=0))
        days = ", ".join(map(str, horizons))
        raise UsageError(
            f"the record of {record.caravan} is too short: nothing was reported at {days} days from these origins"
            f" (the last report is of {last})"
        )


def default_origins(record: CaravanReports) -> list[dt.date]:
    """Every day on which that very night was reported, and something later is on record.

    From other days the first night ahead is two nights or more from the last one known: they may be asked for
    by date.  Where no night is reported (counts only), the days of the counts.
    """
    reported = report_dates(record)
    days = {n.date for n in record.nights if not n.planned and n.known_on <= n.date}
    days = days or {c.date for c in record.counts if c.known_on <= c.date}
    return sorted(day for day in days if record.departs <= day < reported[-1])


def _position_cases(record: CaravanReports, forecast: Scorable, horizons: Sequence[int], seed: int) -> list[Case]:
    parts, truth = parts_by_day(record), nights_by_day(record, direct=True)
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
        own = score_parts(forecast.km, forecast.position[horizon - 1], parts[target])
        scores = {MODEL: replace(own, days=_days_off(forecast, today, truth, target))}
        for name, (points, weight) in position_baselines(known, target=target, end=end, rng=rng).items():
            scores[name] = score_parts(points, weight, parts[target])
        out.append(Case(record.caravan, "position", today, horizon, truth[target], target in firm, scores))
    return out


def _days_off(forecast: Scorable, today: int, truth: Mapping[int, float], target: int) -> float:
    """Days between the forecast (median) and the reported arrival at the place reached on ``target``."""
    km = truth[target] - 0.5
    passed = np.flatnonzero(forecast.position[:, forecast.km >= km].sum(axis=1) >= 0.5)
    expected = (int(passed[0]) if passed.size else len(forecast.dates)) + 1
    actual = max(min(day for day in truth if truth[day] >= km) - today, 1)
    return float(abs(expected - actual))


def _headcount_cases(record: CaravanReports, forecast: Scorable, horizons: Sequence[int]) -> list[Case]:
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
        out.append(Case(record.caravan, "headcount", today, horizon, report.middle, firm, scores, report=count.id))
    return out


def _together_cases(
    record: CaravanReports, forecast: Scorable, horizons: Sequence[int], ended: dt.date | None
) -> list[Case]:
    """Whether it was still together: yes up to its last report, no from the day on which it broke up."""
    today = record.day(forecast.origin)
    end = None if ended is None else record.day(ended)
    seen = max([*parts_by_day(record), *(c.report.day for c in record.counts)], default=0)
    if end is not None and today >= end:
        return []
    out = []
    for horizon in horizons:
        target = today + horizon
        if end is None and target > seen:
            continue
        happened = end is None or target < end
        scores = {
            MODEL: score_chance(float(forecast.together[horizon - 1]), happened=happened),
            SHARE: score_chance(share_together(record, horizon), happened=happened),
        }
        out.append(Case(record.caravan, "together", today, horizon, float(happened), firm=True, scores=scores))
    return out
