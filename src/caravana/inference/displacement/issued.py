"""Forecasts of camps as they are issued, and their scores: those of their backtest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.inference.displacement.backtest import MEMBERS
from caravana.inference.displacement.forecast import FORECASTERS, with_uncounted
from caravana.inference.displacement.listening import HORIZONS, counted_days, weights_at
from caravana.inference.displacement.outlook import CAMPS, look_ahead
from caravana.inference.issued import (
    IssuedForecast,
    KeptQuantile,
    ScoredTarget,
    as_base64,
    from_base64,
    keep_quantiles,
)
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.cases import score_points
from caravana.models.displacement.counts import daily_counts, people_counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.past import PastForecasts
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

SUBJECT = "all camps"
NAIVE = "persistence"


def issue_camps(
    scenario: Scenario, origin: dt.date, *, horizon: int, seed: int, members: int | None, caravan: str | None,
    past: PastForecasts | None = None,
) -> IssuedForecast:  # fmt: skip
    """Forecast every camp from a scenario cut to what was known on a day.

    Raises
    ------
    UsageError
        If nothing was counted by then, or the origin lies outside the scenario.
    """
    del caravan
    if not any(one.kind == "camp_count" and people_counted(one) is not None for one in scenario.observations):
        raise UsageError(f"no camp of {scenario.name} had been counted by {origin}")
    first = scenario.day_of(origin)
    if first < 1:
        raise UsageError(f"{origin} is not after the first day of {scenario.name}, {scenario.start}")
    if first >= scenario.days - 1:
        days = f"{scenario.start} to {scenario.end}"
        raise UsageError(f"{origin} leaves no day to forecast in {days}: write a later day under end")
    horizon = min(horizon, scenario.days - 1 - first)
    outlook = look_ahead(
        with_uncounted(scenario), origin, ahead=horizon, members=members or MEMBERS, seed=seed, past=past
    )
    places = outlook.camps.place_ids
    known = daily_counts(outlook.scenario).camps[: first + 1].astype(float)
    kept: list[KeptQuantile] = []
    points: dict[str, list[Floats]] = {place: [] for place in places}
    weight = np.zeros(0)
    rules: dict[str, list[float]] = {place: [] for place in places}
    for ahead in range(1, horizon + 1):
        on: dict[str, Any] = {"date": origin + dt.timedelta(days=ahead), "ahead": ahead}
        plain = naive(known, ahead=ahead)[NAIVE]
        for camp, place in enumerate(places):
            values, weight = outlook.camp(camp, ahead)
            kept += keep_quantiles(values, weight, location=place, target="camp_persons", **on)
            points[place].append(values)
            rules[place].append(float(plain[camp]))
        kept += keep_quantiles(*outlook.total(ahead), location=SUBJECT, target="total_persons", **on)
    weights = dict(zip(FORECASTERS, weights_at(outlook.pools[CAMPS], HORIZONS[0]).tolist(), strict=True))
    leads = dict(outlook.useful_lead)
    exact = {
        "points": {place: as_base64(np.stack(rows)) for place, rows in points.items()}, "weight": as_base64(weight),
        NAIVE: rules, "weights": {"counts": weights}, "useful_lead": leads,
    }  # fmt: skip
    return IssuedForecast(SUBJECT, origin, horizon, seed, tuple(kept), (), exact)


def score_camps(scenario: Scenario, issued: IssuedForecast) -> list[ScoredTarget]:
    """Score an issued forecast against what was counted on the very days forecast, as first known."""
    full = daily_counts(scenario, on=issued.origin)
    dated = counted_days(scenario)
    first = scenario.day_of(issued.origin)
    exact: Mapping[str, Any] = issued.exact
    out = []
    for place in exact["points"]:
        if place not in full.place_ids:
            continue
        counted = set(dated.get(place, np.zeros(0, dtype=np.int64)).tolist())
        days = [day for day in range(first + 1, min(first + issued.horizon + 1, len(full.camps))) if day in counted]
        if days:
            points, weight = kept_points(exact, place)
        for day in days:
            truth, ahead = float(full.camps[day, full.place_ids.index(place)]), day - first
            plain = exact[NAIVE][place][ahead - 1]
            out.append(_scored(issued, place, ahead, (points[ahead - 1], weight[ahead - 1]), plain, truth))
    return out


def kept_points(exact: Mapping[str, Any], place: str) -> tuple[Sequence[Floats], Sequence[Floats]]:
    """Points and weights of the forecast of a camp, a row a day ahead.

    The weights are the same for all camps and days.  Forecasts of format 1 have both as digits, and weights in each
    row.
    """
    rows = exact["points"][place]
    if isinstance(rows, str):
        weight = from_base64(exact["weight"])
        points = from_base64(rows).reshape(-1, weight.size)
        return list(points), [weight] * len(points)
    return [np.array(row["points"], float) for row in rows], [np.array(row["weight"], float) for row in rows]


def _scored(
    issued: IssuedForecast, place: str, ahead: int, own_points: tuple[Floats, Floats], plain: float, truth: float
) -> ScoredTarget:
    own = score_points(*own_points, truth)
    other = score_points(np.array([plain]), np.ones(1), truth)
    return ScoredTarget(
        location=place,
        target="camp_persons",
        target_date=issued.date(ahead),
        horizon_days=ahead,
        truth="count",
        observed_low=truth,
        observed_high=truth,
        crps=own.crps,
        naive=NAIVE,
        naive_crps=other.crps,
        error=own.error,
        inside_50=float(own.inside[0]),
        inside_90=float(own.inside[2]),
    )
