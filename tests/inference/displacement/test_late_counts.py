"""Counts that come late, or say nothing: what a forecast reads from the silence after them, and what it refuses."""

import datetime as dt
import warnings

import numpy as np
import pytest
from tests.inference.displacement.test_backtest import START, scenario  # noqa: F401 (a fixture)

from caravana.inference.displacement.forecast import cut, forecast_camps, usual_lag
from caravana.inference.displacement.increments import CampReports, plan_forecast, plan_hazards
from caravana.inference.displacement.listening import phase_at
from caravana.models.displacement.counts import daily_counts, interpolate

LAG = 14


def known_later(scenario, days):  # noqa: F811
    rows = tuple(o.model_copy(update={"known_on": o.date + dt.timedelta(days=days)}) for o in scenario.observations)
    return scenario.model_copy(update={"observations": rows})


def at(scenario, day):  # noqa: F811
    return cut(scenario, START + dt.timedelta(days=day))


def test_the_usual_lag_is_that_of_publication_and_no_longer_than_the_silence(scenario):  # noqa: F811
    assert usual_lag(at(scenario, 30)) == 0
    assert usual_lag(at(known_later(scenario, LAG), 30)) == LAG
    rows = tuple(o.model_copy(update={"known_on": START + dt.timedelta(days=28)}) for o in scenario.observations[:24])
    taken_in_at_once = scenario.model_copy(update={"observations": rows})
    assert usual_lag(at(taken_in_at_once, 30)) == 2


def test_a_crisis_whose_counts_come_late_is_not_taken_to_stand_still(scenario):  # noqa: F811
    seen = at(known_later(scenario, 30), 39)
    counts = daily_counts(seen)
    assert phase_at(counts, 39, lag=0) == "still"
    level = counts.camps.sum(axis=1)
    assert phase_at(counts, 39, lag=usual_lag(seen)) == "growing"
    flat = np.interp(np.arange(100), [0, 30], [0, 3000])[:, None].astype(np.int64)
    late = type(counts)(("near",), flat, level, level, np.ones(flat.shape, dtype=bool))
    assert phase_at(late, 70, lag=0) == "still"
    assert phase_at(late, 70, lag=40) == "growing"


def test_what_filled_a_plan_is_read_from_the_month_before_the_lag():
    size = np.array([10_000.0])
    filling = CampReports(np.arange(61.0), size * -np.expm1(-0.02 * np.arange(61.0)))
    usual = np.log(2) / (20 + 1.5 * 100)
    told, silent = (plan_hazards([filling], size, origin=100, age=100, lag=lag)[0] for lag in (40, 0))
    assert told == pytest.approx((usual + 0.02) / 2)
    assert silent == pytest.approx(usual / 2)


def test_a_camp_that_nobody_was_counted_in_has_not_been_filling_since_its_first_nought():
    size, hazard = np.array([10_000.0]), np.array([0.05])
    empty = CampReports(np.zeros(1), np.zeros(1))
    old, month = (plan_forecast([empty], size, hazard, origin=day, ahead=7, quantiles=99) for day in (200, 30))
    assert old.mean() == pytest.approx(month.mean())
    fresh = plan_forecast(
        [CampReports(np.array([195.0]), np.zeros(1))], size, hazard, origin=200, ahead=7, quantiles=99
    )
    assert fresh.mean() < 0.6 * old.mean()
    counted = CampReports(np.zeros(1), np.ones(1))
    assert plan_forecast([counted], size, hazard, origin=200, ahead=7, quantiles=99).mean() > old.mean()


def test_a_record_that_begins_with_noughts_is_forecast_and_tested_all_the_same(scenario):  # noqa: F811
    rows = tuple(
        o.model_copy(update={"low": 0.0, "high": 0.0}) if scenario.day_of(o.date) < 20 else o
        for o in scenario.observations
    )
    late = scenario.model_copy(update={"observations": rows})
    assert np.isfinite(forecast_camps(late, 15, ahead=7, members=4, seed=1).people).all()
    assert forecast_camps(late, 21, ahead=7, members=4, seed=1).people.max() > 0


def test_two_counts_of_the_last_day_are_no_line_without_length():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line = interpolate(np.array([0.0, 4.0, 4.0]), np.array([0.0, 8.0, 10.0]), np.arange(7.0))
    assert line.tolist() == [0, 2, 4, 6, 10, 10, 10]
