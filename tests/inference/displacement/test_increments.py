"""Naive forecasts with the spread of their own past: worked out by hand on straight lines and steps."""

import numpy as np
import pytest

from caravana.inference.displacement.increments import (
    INCREMENTS,
    PERSISTENCE,
    CampReports,
    age_at_first,
    past_changes,
    plan_forecast,
    plan_hazards,
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
    hazard = np.full(2, np.log(2) / 60)
    said = plan_forecast([STEADY, CALM], np.array([20_000.0, 1_000.0]), hazard, origin=60, ahead=60, quantiles=99)
    assert said[:, 0].min() >= 4000
    assert said[:, 0].max() <= 20_000
    assert said[:, 0].mean() == pytest.approx(4000 + 0.5 * 16_000, rel=0.02)
    assert (said[:, 1] == 2000).all()  # fuller than its plan: nobody leaves for that


def filled(size, hazard, *, days=60):
    return camp(*((day, size * -np.expm1(-hazard * day)) for day in range(days + 1)))


def test_plans_are_filled_as_they_were_of_late_and_more_slowly_in_an_old_crisis():
    size = np.array([10_000.0, 8_000.0, 2_000.0])
    fast, slow, full = filled(size[0], 0.03), filled(size[1], 0.004), CALM
    usual = np.log(2) / (20 + 1.5 * 60)
    told = plan_hazards([fast, slow, full], size, origin=60, age=60)
    # Own weighs 1, the others 0.3 and the usual 1; a camp at its size tells nothing.
    assert told[0] == pytest.approx((usual + 0.03 + 0.3 * 0.004) / 2.3)
    assert told[1] == pytest.approx((usual + 0.004 + 0.3 * 0.03) / 2.3)
    assert told[2] == pytest.approx((usual + 0.3 * 0.017) / 1.3)
    alone = [plan_hazards([full], size[2:], origin=60, age=age)[0] for age in (-9, 0, 40)]
    assert alone == pytest.approx([np.log(2) / 20, np.log(2) / 20, np.log(2) / 80])


def test_a_plan_counts_from_the_last_count_and_what_shrank_or_is_nearly_filled_is_no_hazard_without_bound():
    size = np.array([10_000.0])
    shrank = camp((0, 9_000), (60, 4_000))
    usual = np.log(2) / 110
    assert plan_hazards([shrank], size, origin=60, age=60)[0] == pytest.approx(usual / 2)
    beyond = camp((0, 1_000), (60, 12_000))
    assert plan_hazards([beyond], size, origin=60, age=60)[0] == pytest.approx((usual + np.log(50) / 30) / 2)
    never = CampReports(np.zeros(0), np.zeros(0))
    assert plan_hazards([never], size, origin=60, age=60)[0] == pytest.approx(usual / 2)
    hazard = np.array([0.01])
    late, soon = (plan_forecast([shrank], size, hazard, origin=60 + d, ahead=10, quantiles=99) for d in (20, 0))
    assert late.mean() == pytest.approx(4_000 + 6_000 * -np.expm1(-0.3), rel=0.02)
    assert soon.mean() == pytest.approx(4_000 + 6_000 * -np.expm1(-0.1), rel=0.02)


def test_the_weighted_middle_of_mostly_nothing_is_nothing():
    assert weighted_median(np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.5])) == 0.0


def test_a_camp_that_most_people_left_long_ago_is_as_large_as_it_was_of_late():
    days = np.arange(0.0, 200.0, 10.0)
    gone = CampReports(days, np.where(days < 60, 10_000.0, 900.0 + 10 * (days % 20)))
    assert gone.lately.largest == 1000.0
    assert gone.largest == 10_000.0
    said = quantile_forecast([gone], origin=190, ahead=30, rule=PERSISTENCE, size=99)
    assert np.ptp(said[5:-5]) < 1000  # a share of ten thousand would be far wider
    going = CampReports(days[:10], gone.persons[:10])
    growing = CampReports(days, 100.0 * days + 50.0)
    for whole in (going, growing):
        assert whole.lately is whole


def test_a_crisis_in_which_people_were_there_on_the_first_day_is_older_than_its_record():
    there = CampReports(np.array([0.0, 5.0]), np.array([3000.0, 3000.0]))
    size = np.array([9000.0])
    assert age_at_first([there], size) == pytest.approx(18.7, abs=0.1)
    assert age_at_first([there], np.array([3500.0])) > 300
    more = CampReports(np.array([0.0, 30.0]), np.array([3000.0, 9000.0]))
    assert age_at_first([more], size) == pytest.approx(18.7 / 3, abs=0.1)
    young = CampReports(np.array([0.0, 5.0]), np.array([0.0, 3000.0]))
    assert age_at_first([young], size) == 0.0
