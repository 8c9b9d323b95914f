"""Branches of the road in what `cv.forecast` returns."""

import pytest

import caravana as cv
from caravana.studies.forecasts import BRANCH_COLUMNS


def test_branches_come_as_a_table():
    forecast = cv.forecast("tapachula-2021", on="2021-11-10", horizon=7)
    table = forecast.branches()
    assert tuple(table.columns) == BRANCH_COLUMNS
    (row,) = table.to_dict("records")
    assert (row["leaves"], row["towards"], row["announced"], row["seen"]) == ("juchitan", "tehuantepec", False, False)
    assert row["km"] == pytest.approx(398.1)
    assert row["back_km"] == pytest.approx(904.9)
    # As far as the nights of the last day have it, and no further.
    last = forecast.stops().query("horizon_days == 7")
    assert row["reached"] == pytest.approx(last.loc[last["km"] >= row["km"] - 2.0, "chance"].sum(), abs=1e-3)
    assert 0.0 < row["chance"] < 1.0


def test_where_no_road_leaves_within_its_days_there_is_no_row():
    table = cv.forecast("tapachula-2021", on="2021-10-24", horizon=1).branches()
    assert tuple(table.columns) == BRANCH_COLUMNS
    assert table.empty
