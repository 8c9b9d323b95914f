"""The run's summary file, against quantiles taken by NumPy."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from tests.made.small import small_scenario

import caravana as cv
from caravana.exports.summary import write_summary
from caravana.results.summary import LEVELS


@pytest.fixture(scope="module")
def run():
    return cv.simulate(small_scenario(days=4, dissolution_at_home=0.2), members=20, seed=3, workers=1)


def test_summary_holds_the_quantiles_of_headcounts_and_stocks(run):
    table = duckdb.sql(f"SELECT * FROM '{write_summary(run)}'").df()
    caravans = run.query("SELECT * FROM caravans WHERE active AND caravan = 'first'")
    stocks = run.people.persons.sum(["place", "kind"])
    for day in run.days:
        head = table[(table.day == day) & (table.what == "headcount") & (table.name == "first")].iloc[0]
        here = caravans[caravans.day == day]["persons"]
        assert head["members"] == len(here)
        expected = np.quantile(here, LEVELS)
        np.testing.assert_allclose(head[[f"q{round(q * 100):02d}" for q in LEVELS]].astype(float), expected)
        waiting = table[(table.day == day) & (table.what == "status") & (table.name == "waiting")].iloc[0]
        assert waiting["members"] == 20
        assert waiting["q50"] == np.median(stocks.sel(day=day, status="waiting"))


def test_summary_is_written_whole(run):
    write_summary(run)
    assert not list(run.path.glob(".summary*"))
