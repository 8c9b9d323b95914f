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
        ({"on": ON, "horizon": 0}, "horizon must be 1 or more"),
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


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: cv.backtest(s, horizon="7"), "horizon '7': expected a whole number"),
        (lambda s: cv.backtest(s, origins=3), r"origins 3: expected a list, such as \['2021-11-05'\]"),
        (lambda s: cv.backtest(s, members=0), "members must be 1 or more, not 0"),
        (lambda s: cv.backtest(s, seed=-1), "seed must be a whole number from 0"),
        (lambda s: cv.backtest(s, workers=0), "workers must be 1 or more, not 0"),
        (lambda s: cv.backtest(s, set=["memory"]), "expected values by name, such as"),
        (lambda s: cv.forecast(s, on=ON, horizon=1.5), "horizon 1.5: expected a whole number"),
        (lambda s: cv.forecast(s, on=ON, members=0), "members must be 1 or more, not 0"),
        (lambda s: cv.forecast(s, on=ON, members="x"), "members 'x': expected a whole number"),
        (lambda s: cv.forecast(s, on=ON, seed=-1), "seed must be a whole number from 0"),
        (lambda s: cv.calibrate(s, budget="x"), "budget 'x': expected a whole number"),
        (lambda s: cv.calibrate(s, draws=1.5), "draws 1.5: expected a whole number"),
        (lambda s: cv.calibrate(s, seed=-1), "seed must be a whole number from 0"),
        (lambda s: cv.calibrate(s, workers=0), "workers must be 1 or more, not 0"),
        (lambda s: cv.calibrate(s, out=3), "out 3: expected a path"),
        (lambda s: cv.open_run(None), "path None: expected a path"),
        (lambda s: cv.load_profile("nowhere.csv"), "nowhere.csv cannot be read"),
        (lambda s: cv.load_stock("nowhere.csv", cv.load_profile(), {}), "nowhere.csv cannot be read"),
        (lambda s: cv.read_article("nowhere.txt"), "nowhere.txt cannot be read"),
        (lambda s: cv.take("tapachula-2021", {"offer": "true"}), "no claim offer"),
        (lambda s: cv.weigh("tapachula-2021", members=0), "members must be 1 or more, not 0"),
    ],
)
def test_arguments_that_cannot_be_are_refused_in_one_line_before_anything_runs(scenario, ask, said):
    with pytest.raises(cv.UsageError, match=said) as refused:
        ask(scenario)
    assert "\n" not in str(refused.value)


def test_a_path_may_be_text_and_a_scenario_a_name(run, tmp_path):
    written = cv.export_run(run, format="netcdf", path=str(tmp_path / "out.nc"), origin="2021-10-24")
    assert written == tmp_path / "out.nc"
    assert cv.read_ledger("tapachula-2021").numbers


def test_a_run_is_scored_against_its_own_scenario_only(run, scenario):
    with pytest.raises(cv.UsageError, match="give scenario with a forecast"):
        cv.score(run, scenario=scenario)


def test_a_forecast_is_scored_against_a_scenario_that_is_named(forecast):
    assert cv.score(forecast, scenario="tapachula-2021").scores == cv.score(forecast).scores


def test_a_place_that_is_not_on_the_way_is_named_with_the_nearest(run):
    with pytest.raises(
        cv.UsageError, match=r"tapachul \(did you mean 'tapachula'\?\): not a place on the caravan's way"
    ):
        cv.look_ahead(run, origin=run.days[0].date(), days=1, near=("tapachul", 4.0))
