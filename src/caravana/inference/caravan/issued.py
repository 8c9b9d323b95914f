"""Forecasts of a caravan as they are issued, and their scores: those of its backtest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.inference.caravan.backtest import SHARE, score_forecast
from caravana.inference.caravan.forecast import PARTICLES, Roller
from caravana.inference.caravan.pooled.branching import plain
from caravana.inference.caravan.together import ended_on
from caravana.inference.issued import (
    IssuedForecast,
    KeptChance,
    KeptQuantile,
    ScoredTarget,
    from_runs,
    in_runs,
    keep_quantiles,
)
from caravana.inference.reports import SIDES, nights_by_day, read_record
from caravana.inference.scoring.cases import MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.caravan.forecast import Forecast
    from caravana.inference.past import PastForecasts
    from caravana.inference.reports import CaravanReports
    from caravana.inference.scoring.cases import Case
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

TARGETS = {"position": "position_km", "headcount": "persons", "together": "together"}
"""Targets by what a backtest calls them."""
NAIVE = {"position": "last_7_days_pace", "headcount": "persistence", "together": SHARE}
"""The naive rule that each is held beside."""
REST_KM = 2.0
"""A night this near to the last one known is spent where that was."""


@dataclass(frozen=True)
class ThawedForecast:
    """Of an issued forecast what its scores are made from; as the fields of :class:`Forecast`."""

    origin: dt.date
    dates: tuple[dt.date, ...]
    km: Floats
    position: Floats
    reported: Mapping[str, Floats]
    together: Floats


def issue_caravan(
    scenario: Scenario, origin: dt.date, *, horizon: int, seed: int, members: int | None, caravan: str | None,
    past: PastForecasts | None = None,
) -> IssuedForecast:  # fmt: skip
    """Forecast a caravan from a scenario cut to what was known on an evening.

    Parameters
    ----------
    members
        Particles of its headcount.

    Raises
    ------
    UsageError
        If nothing was known by then, or the origin lies outside the scenario.
    """
    del past
    record = read_record(scenario, caravan=caravan)
    if not record.departs <= origin <= scenario.end:
        raise UsageError(f"{origin} is outside the days of {record.caravan}, {record.departs} to {scenario.end}")
    forecast = Roller(record, seed=seed, particles=members or PARTICLES).forecast(origin, days=horizon)
    exact = {
        "km": forecast.km.tolist(),
        "stops": list(forecast.stop_ids),
        "position": forecast.position.tolist(),
        "reported": {side: [in_runs(row) for row in forecast.reported[side]] for side in SIDES},
        "together": forecast.together.tolist(),
        "weights": {quantity: dict(by_day[min(by_day)]) for quantity, by_day in forecast.weights.items()},
        "branches": plain(forecast.branches, forecast.km, forecast.position),
        "useful_lead": dict(forecast.useful_lead),
    }
    return IssuedForecast(
        record.caravan, origin, horizon, seed, _quantiles(record, forecast), _chances(record.caravan, forecast),
        exact,
    )  # fmt: skip


def score_caravan(scenario: Scenario, issued: IssuedForecast) -> list[ScoredTarget]:
    """Score an issued forecast against all that a scenario has of the days ahead of it."""
    record = read_record(scenario, caravan=issued.subject)
    horizons = tuple(range(1, issued.horizon + 1))
    cases = score_forecast(record, _thaw(issued), horizons, seed=issued.seed, ended=ended_on(scenario, record))
    figures = {count.id: count.report for count in record.counts}
    scored = []
    for case in cases:
        low = high = case.truth
        location = issued.subject
        if case.report:
            report = figures[case.report]
            location = f"{issued.subject}:{report.side}"
            low, high = float(report.low or 0.0), float(report.high or 0.0)
        scored.append(_scored(case, issued, location, low, high))
    return scored


def _scored(case: Case, issued: IssuedForecast, location: str, low: float, high: float) -> ScoredTarget:
    own = case.scores[MODEL]
    naive = NAIVE[case.quantity]
    other = case.scores.get(naive)
    return ScoredTarget(
        location=location,
        target=TARGETS[case.quantity],
        target_date=issued.date(case.horizon),
        horizon_days=case.horizon,
        truth=case.report or "night",
        observed_low=low,
        observed_high=high,
        crps=own.crps,
        naive=naive,
        naive_crps=None if other is None else other.crps,
        error=own.error,
        inside_50=float(own.inside[0]),
        inside_90=float(own.inside[2]),
    )


def _thaw(issued: IssuedForecast) -> ThawedForecast:
    exact: Mapping[str, Any] = issued.exact
    return ThawedForecast(
        origin=issued.origin,
        dates=tuple(issued.date(ahead + 1) for ahead in range(issued.horizon)),
        km=np.array(exact["km"], float),
        position=np.array(exact["position"], float),
        reported={side: np.array([from_runs(row) for row in rows]) for side, rows in exact["reported"].items()},
        together=np.array(exact["together"], float),
    )


def _quantiles(record: CaravanReports, forecast: Forecast) -> tuple[KeptQuantile, ...]:
    caravan = record.caravan
    even = np.full(forecast.walking.shape[1], 1.0 / forecast.walking.shape[1])
    nights = nights_by_day(record, direct=False)
    last = nights[max(nights)] if nights else float(record.stops.km[0])
    there = np.abs(forecast.km - last) <= REST_KM
    kept: list[KeptQuantile] = []
    for at, date in enumerate(forecast.dates):
        ahead = at + 1
        where = {caravan: forecast.walking[at]} | {f"{caravan}:{s}": forecast.reported[s][at] for s in SIDES}
        here = forecast.position[at]
        kept += keep_quantiles(forecast.km, here, location=caravan, target="position_km", date=date, ahead=ahead)
        for location, persons in where.items():
            kept += keep_quantiles(persons, even, location=location, target="persons", date=date, ahead=ahead)
        kept.append(KeptQuantile(caravan, "together", date, ahead, 0.5, float(forecast.together[at])))
        kept.append(KeptQuantile(caravan, "rest", date, ahead, 0.5, float(here[there].sum())))
    return tuple(kept)


def _chances(caravan: str, forecast: Forecast) -> tuple[KeptChance, ...]:
    return tuple(
        KeptChance(caravan, date, at + 1, stop, float(km), float(chance))
        for at, date in enumerate(forecast.dates)
        for stop, km, chance in zip(forecast.stop_ids, forecast.km, forecast.position[at], strict=True)
        if chance > 0
    )
