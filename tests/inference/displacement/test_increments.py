"""Naive forecasts with the spread of their own past: worked out by hand on straight lines and steps."""

import numpy as np
import pytest

from caravana.inference.displacement.increments import (
    INCREMENTS,
    PERSISTENCE,
    CampReports,
    past_changes,
    plan_forecast,
    quantile_forecast,
    weighted_median,
)


def camp(*rows):
    days, persons = zip(*rows, strict=True)
    return CampReports(np.array(days, float), np.array(persons, float))


STEADY = camp(*((day, 1000 + 50 * day) for day in range(0, 61, 5)))
CALM = camp(*((day, 2000) for day in range(0, 61, 5)))


def test_what_counts_did_they_do_again():
    changes, weight = past_changes(STEADY, 10, INCREMENTS)
    assert changes == pytest.approx(500 / 4000)
    assert (np.diff(weight) < 0).all()  # ends run backwards: what is long ago weighs less
    said = quantile_forecast([STEADY], origin=60, ahead=10, rule=INCREMENTS, size=99)
    assert np.median(said[:, 0]) == pytest.approx(4500, rel=0.02)


def test_persistence_stays_and_has_a_spread():
    said = quantile_forecast([STEADY], origin=60, ahead=10, rule=PERSISTENCE, size=99)[:, 0]
    assert np.median(said) == pytest.approx(4000, rel=0.02)
    calm = quantile_forecast([CALM], origin=60, ahead=10, rule=PERSISTENCE, size=99)[:, 0]
    assert np.ptp(calm) > 0
    assert np.quantile(calm, 0.9) - np.quantile(calm, 0.1) < 0.2 * 2000


def test_a_longer_silence_is_less_sure():
    soon = quantile_forecast([CALM], origin=60, ahead=7, rule=PERSISTENCE, size=99)[:, 0]
    late = quantile_forecast([CALM], origin=90, ahead=7, rule=PERSISTENCE, size=99)[:, 0]
    assert np.ptp(late) > np.ptp(soon)


def test_a_first_count_after_a_nought_is_no_rate():
    found = camp((0, 0), (20, 5000), (40, 5000), (60, 5000))
    said = quantile_forecast([found], origin=60, ahead=20, rule=INCREMENTS, size=99)[:, 0]
    assert np.median(said) == pytest.approx(5000, rel=0.05)


def test_nobody_is_negative_and_a_camp_never_counted_may_begin():
    empty = CampReports(np.zeros(1), np.zeros(1))
    said = quantile_forecast([empty, STEADY], origin=60, ahead=30, rule=INCREMENTS, size=99)
    assert (said >= 0).all()
    assert said[-1, 0] > 0


def test_the_plan_lies_between_the_last_count_and_the_size():
    said = plan_forecast([STEADY, CALM], np.array([20_000.0, 1_000.0]), origin=60, ahead=60, quantiles=99)
    assert said[:, 0].min() >= 4000
    assert said[:, 0].max() <= 20_000
    assert said[:, 0].mean() == pytest.approx(4000 + 0.5 * 16_000, rel=0.02)
    assert (said[:, 1] == 2000).all()  # fuller than its plan: nobody leaves for that


def test_the_weighted_middle_of_mostly_nothing_is_nothing():
    assert weighted_median(np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.5])) == 0.0
