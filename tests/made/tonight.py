"""The facts of an evening made from a record by forecasting it day by day, as an operation would keep them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caravana.inference.caravan.forecast import Roller
from caravana.inference.caravan.pooled.branching import plain
from caravana.inference.reports import nights_by_day, read_record
from caravana.inference.scoring.proper_scores import crps, interval, quantiles
from caravana.reporting.tonight.facts import CHANCES, QUANTILES, REPORTS, SCORES, Tonight
from caravana.results.supplies import load_profile

if TYPE_CHECKING:
    from caravana.inference.caravan.forecast import Forecast
    from caravana.inference.reports import CaravanReports
    from caravana.scenario.model import Scenario

LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


def reports_of(scenario: Scenario) -> pd.DataFrame:
    """A scenario's observations as an operation's reports."""
    rows = [
        (o.id, o.date, o.known_on, o.kind, o.place_id, np.nan, o.low, o.high, o.qualifier, o.speaker_side,
         o.source_id, o.note, "current", o.speaker_role)
        for o in scenario.observations
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*REPORTS, "speaker"]).astype({"low": float, "high": float})


def _targets(forecast: Forecast, day: int, caravan: str) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Weighted points of each location and target."""
    counts = {caravan: forecast.walking[day], **{f"{caravan}:{side}": v[day] for side, v in forecast.reported.items()}}
    even = {where: (v, np.full(v.size, 1.0 / v.size)) for where, v in counts.items()}
    return {
        (caravan, "position_km"): (forecast.km, forecast.position[day]),
        (caravan, "together"): (forecast.together[[day]], np.ones(1)),
        **{(where, "persons"): points for where, points in even.items()},
    }


def _truths(record: CaravanReports) -> dict[tuple[str, str], dict[dt.date, float]]:
    """What came, by location and target."""
    nights = {record.date(day): km for day, km in nights_by_day(record, direct=True).items()}
    out = {(record.caravan, "position_km"): nights}
    for count in record.counts:
        if count.report.of == "persons" and count.report.middle:
            out.setdefault((f"{record.caravan}:{count.report.side}", "persons"), {})[count.date] = count.report.middle
    return out


def caravan_facts(scenario: Scenario, first: dt.date, last: dt.date, *, days: int = 7, **settings: Any) -> Tonight:
    """Forecast a caravan from each evening and score what came."""
    record = read_record(scenario)
    roller, truths = Roller(record, seed=1, **settings), _truths(record)
    lines: list[tuple[Any, ...]] = []
    scored: list[tuple[Any, ...]] = []
    chances: list[tuple[Any, ...]] = []
    weights: dict[str, Any] = {}
    branches: list[dict[str, Any]] = []
    for n in range((last - first).days + 1):
        evening, name = first + dt.timedelta(n), f"f{n:03}"
        forecast = roller.forecast(evening, days=days)
        weights = {quantity: by_day[min(by_day)] for quantity, by_day in forecast.weights.items()}
        branches = plain(forecast.branches, forecast.km, forecast.position)
        for ahead, date in enumerate(forecast.dates):
            stops = zip(forecast.stop_ids, forecast.km, forecast.position[ahead], strict=True)
            chances += [(name, evening, record.caravan, date, ahead + 1, *stop) for stop in stops]
            for (where, target), (points, weight) in _targets(forecast, ahead, record.caravan).items():
                values = quantiles(points, weight, LEVELS)
                about = (where, target, date, ahead + 1)
                lines += [(name, evening, *about, q, v) for q, v in zip(LEVELS, values, strict=True)]
                came = truths.get((where, target), {})
                if date <= last and date in came:
                    truth, naive = came[date], came[max((d for d in came if d <= evening), default=date)]
                    (low5, high5), (low9, high9) = (interval(points, weight, level) for level in (0.5, 0.9))
                    scored.append((
                        name, *about, truth, truth, crps(points, weight, truth), abs(truth - naive), values[3] - truth,
                        low5 <= truth <= high5, low9 <= truth <= high9,
                    ))  # fmt: skip
    reports = reports_of(scenario)
    return Tonight(
        name=scenario.title, scenario=scenario, origin=last, reports=reports[reports["known_on"] <= last],
        quantiles=pd.DataFrame(lines, columns=list(QUANTILES)), scores=pd.DataFrame(scored, columns=list(SCORES)),
        chances=pd.DataFrame(chances, columns=list(CHANCES)), supplies=load_profile(), weights=weights,
        branches=tuple(branches), useful={"position_km": 5, "persons": 3}, version="test",
    )  # fmt: skip
