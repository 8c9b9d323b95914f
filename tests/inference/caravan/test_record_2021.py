"""The prior ensemble against the record of the caravan of 23 October 2021 (nothing here is fitted)."""

from __future__ import annotations

import datetime as dt

import pytest

import caravana as cv
from caravana.inference.caravan.coverage import score_headcounts, score_positions
from caravana.results.caravan import position_bands

LAST = dt.date(2021, 11, 9)


@pytest.fixture(scope="module")
def run():
    return cv.simulate("tapachula-2021", members=400, seed=1, until=LAST, workers=2)


def test_bands_of_positions_and_headcounts_hold_what_was_recorded(run):
    scores = cv.score_run(run, until=LAST)
    assert scores["coverage"]["position_of"] == 18
    assert scores["coverage"]["position"] >= 0.8
    assert scores["coverage"]["headcount_of"] == 20
    assert scores["coverage"]["headcount"] >= 0.8
    assert 0 < scores["band_km"]["2021-11-09"] <= 320


def test_the_scores_can_fail(run):
    """A band that is moved 300 km on covers little: the scores are not passed by construction."""
    nights = score_positions(run, until=LAST)
    moved = ((nights["low"] + 300 <= nights["recorded_km"]) & (nights["recorded_km"] <= nights["high"] + 300)).mean()
    assert moved < 0.2
    told = score_headcounts(run, until=LAST)
    tenfold = ((told["low"] * 10 <= told["reported_high"]) & (told["high"] * 10 >= told["reported_low"])).mean()
    assert tenfold < 0.5


def test_the_band_is_taken_from_the_nights_on_disk(run):
    nights = run.query("SELECT km FROM caravans WHERE active AND caravan = 'caravan-2021-10-23' AND day = '2021-11-09'")
    low, high = nights["km"].quantile([0.05, 0.95])
    band = position_bands(run, caravan="caravan-2021-10-23").set_index("day").loc["2021-11-09"]
    assert (band["low"], band["high"]) == pytest.approx((low, high))
