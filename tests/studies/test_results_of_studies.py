"""Forecasts, scores, sweeps and comparisons in one call: what they return, and what they refuse."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import caravana as cv
from caravana.inference.cut import cut
from caravana.inference.families import issuing_of
from caravana.results.outcomes import outcomes_of
from caravana.studies.compare import compare

ON = dt.date(2021, 11, 3)


@pytest.fixture(scope="module")
def scenario():
    return cv.load_scenario("tapachula-2021")


@pytest.fixture(scope="module")
def forecast(scenario):
    return cv.forecast(scenario, on="2021-11-03", horizon=2)


def test_a_forecast_is_the_one_that_is_issued_and_has_seen_nothing_later(scenario, forecast):
    issued = issuing_of(scenario).issue(cut(scenario, ON), ON, horizon=2, seed=1, members=None, caravan=None)
    assert issued == forecast.issued
    frame = forecast.to_dataframe()
    assert len(frame) == len(issued.quantiles)
    assert frame["value"].tolist() == [one.value for one in issued.quantiles]
    assert set(frame["unit"]) == {"persons", "km", "chance"}
    assert frame["target_date"].min() == pd.Timestamp("2021-11-04")


def test_rows_of_a_hub_hold_every_quantile_and_chances_that_sum_to_one(forecast):
    rows = forecast.to_hubverse()
    quantiles = rows[rows["output_type"] == "quantile"]
    assert quantiles.groupby(["horizon", "location", "target"]).size().unique().tolist() == [23]
    chances = rows[rows["output_type"] == "pmf"].groupby(["horizon", "location", "target"])["value"].sum()
    np.testing.assert_allclose(chances, 1)
    assert (rows["origin_date"] == "2021-11-03").all()


def test_a_forecast_is_scored_beside_a_naive_rule_up_to_a_day(scenario, forecast):
    scores = cv.score(forecast)
    table = scores.to_dataframe()
    assert {"caravana", "persistence"} <= set(table["model"])
    direct = issuing_of(scenario).score(scenario, forecast.issued)
    assert table.query("model == 'caravana'")["crps"].tolist() == [one.crps for one in direct]
    first = cv.score(forecast, until="2021-11-04").to_dataframe()
    assert set(first["target_date"]) == {pd.Timestamp("2021-11-04")}
    with pytest.raises(cv.UsageError, match="expected a run, or a forecast"):
        cv.score(scenario)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"on": "2031-01-01"}, "outside the days"),
        ({"on": "tomorrow"}, "on 'tomorrow' is no date; write it as 2021-11-05"),
        ({"on": ON, "horizon": 0}, "horizon 0"),
        ({"on": ON, "caravan": "caravan-2021"}, "caravan-2021"),
    ],
)
def test_a_forecast_that_cannot_be_is_refused(scenario, options, said):
    with pytest.raises(cv.UsageError) as refused:
        cv.forecast(scenario, **options)
    assert said in str(refused.value)


def test_scores_of_a_run_are_those_of_before_as_rows(run, displaced):
    assert cv.score(run)["coverage"] == cv.score_run(run)["coverage"]
    table = cv.score(displaced).to_dataframe().set_index(["model", "score"])["value"]
    scores = cv.score_run(displaced)
    assert table["caravana", "err.mean"] == scores["err"]["mean"]
    name, rule = next(iter(scores["baselines"].items()))
    assert table[name, "err"] == rule["err"]


def test_a_run_compared_with_itself_differs_in_nothing(run):
    comparison = compare(run, run)
    assert comparison.paired
    assert comparison.differing() == {}
    table = comparison.to_dataframe()
    assert (table[["low", "median", "high", "share_higher"]] == 0).all(axis=None)
    assert table["outcome"].tolist() == [quantity.key for quantity in outcomes_of(run)]


def test_runs_of_two_families_and_half_a_pair_are_refused(run, displaced, scenario):
    with pytest.raises(cv.UsageError, match="no outcome in common"):
        cv.compare(run, displaced)
    with pytest.raises(cv.UsageError, match="expected two runs, or a scenario and the ids of its policies"):
        cv.compare(run, ["no-caravan"])


def test_a_sweep_is_one_run_an_entry_on_the_same_streams(scenario):
    sweep = cv.sweep(scenario, {"walk_km": [12, 18], "rest_chance": [0.1]}, members=8, until="2021-10-24", workers=1)
    assert len(sweep) == 2
    assert [run.manifest["plan"]["settings"] for run in sweep.runs] == [
        {"walk_km": 12.0, "rest_chance": 0.1},
        {"walk_km": 18.0, "rest_chance": 0.1},
    ]
    table = sweep.to_dataframe()
    assert list(table.columns) == ["walk_km", "rest_chance", "member", "outcome", "unit", "value"]
    position = table.query("outcome == 'position'").pivot_table(index="member", columns="walk_km", values="value")
    assert (position[18] >= position[12]).all()
    assert set(sweep.summary().columns) >= {"low", "median", "high"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"walk_kn": [1, 2]}, "did you mean 'walk_km'"),
        ({"walk_km": [12, 900]}, "outside its bounds"),
        ({"walk_km": []}, "expected a list of values by name"),
        ({"walk_km": range(2000)}, "2,000 runs: a sweep has 1,000 at most"),
    ],
)
def test_a_sweep_is_refused_before_anything_is_simulated(scenario, values, said, tmp_path):
    with pytest.raises(cv.UsageError) as refused:
        cv.sweep(scenario, values, out=tmp_path / "runs")
    assert said in str(refused.value)
    assert not (tmp_path / "runs").exists()
