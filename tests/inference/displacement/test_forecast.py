"""The pool of camps: sums given are kept, weights move towards who was right, nothing later is looked at."""

import datetime as dt

import numpy as np
import pytest
from tests.inference.displacement.test_backtest import START, counted, scenario  # noqa: F401 (a fixture)

from caravana.errors import UsageError
from caravana.inference.cut import cut as cut_to
from caravana.inference.displacement.backtest import backtest_camps
from caravana.inference.displacement.forecast import FORECASTERS, CampForecast, cut, forecast_camps, steadied
from caravana.inference.displacement.issued import issue_camps, score_camps
from caravana.inference.displacement.listening import (
    HORIZONS,
    PHASES,
    CampCase,
    camp_cases,
    learned_weights,
    listen,
    past_origins,
    phase_of,
    pooled_points,
    weights_at,
)
from caravana.inference.pool import terms_of


def case_where(right, *, known=20, others=900.0):
    samples = [np.full(4, 100.0 if name == right else others) for name in FORECASTERS]
    return CampCase(0, 5, 7, 12, 100.0, True, known, terms_of(samples, 100.0))


@pytest.mark.parametrize("total", ["forecast", "given"])
@pytest.mark.parametrize("phase", [phase for phase, _ in PHASES])
def test_weights_learned_elsewhere_are_weights(total, phase):
    weights = learned_weights(phase, total=total)
    assert set(weights) == set(HORIZONS)
    for each in weights.values():
        assert (each > 0).all()
        assert each.sum() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("sums", "phase"),
    [
        (np.linspace(0, 1000, 61), "growing"),  # half of all came in the last month
        (np.linspace(0, 1000, 5), "growing"),  # a record younger than a month has its first day to look back to
        (np.linspace(900, 1000, 61), "levelling"),
        (np.full(61, 1000.0), "still"),
        (np.linspace(1000, 500, 61), "still"),  # people leave
        (np.zeros(61), "still"),
    ],
)
def test_the_phase_of_a_crisis_is_told_from_who_came_in_the_last_month(sums, phase):
    assert phase_of(sums) == phase


def test_nothing_after_a_month_ago_but_the_last_day_tells_the_phase():
    sums = np.array([500.0] * 31 + [990.0] * 29 + [510.0])
    assert phase_of(sums) == "still"


def test_a_plan_counts_more_while_people_come_than_once_they_do_not():
    at = FORECASTERS.index("plan")
    growing, still = (learned_weights(phase)[60][at] for phase in ("growing", "still"))
    assert growing > still


def test_weights_move_to_who_was_right_once_that_is_known():
    weights = learned_weights("levelling")
    heard = [case_where("persistence")] * 6
    before = listen(heard, origin=10, weights=weights)
    after = listen(heard, origin=30, weights=weights)
    at = FORECASTERS.index("persistence")
    assert before[30].weights == pytest.approx(weights[30] / weights[30].sum())
    for horizon in HORIZONS:
        assert after[horizon].weights[at] > 2 * before[horizon].weights[at]
    assert weights_at(after, 45).sum() == pytest.approx(1)


def test_weights_move_less_where_the_total_is_given():
    weights = learned_weights("levelling", total="given")
    at = FORECASTERS.index("persistence")
    freely, slowly = (
        listen([case_where("persistence", others=140.0)] * 6, origin=30, weights=weights, total=total)[30].weights[at]
        for total in ("forecast", "given")
    )
    assert weights[30][at] < slowly < freely


def test_a_given_total_is_kept_and_camps_at_rest_stay():
    rng = np.random.default_rng(1)
    people = np.zeros((1, 50, 3, 2))
    people[..., 0] = 1000.0
    people[..., 1] = rng.uniform(500, 1500, (1, 50, 3))
    total = np.array([2100.0, 2500.0, 400.0])
    given = CampForecast(("rest", "moving"), 10, people).given(total)
    assert given.people.sum(axis=-1) == pytest.approx(np.broadcast_to(total, (1, 50, 3)))
    assert given.people[0, :, :2, 0] == pytest.approx(1000, rel=0.02)
    assert (given.people >= 0).all()


def test_a_forecast_sees_nothing_later(scenario):  # noqa: F811
    origin = 20
    made = forecast_camps(scenario, origin, ahead=14, members=16, seed=3)
    later = tuple(
        o.model_copy(update={"low": o.low * 9, "high": o.high * 9}) if scenario.day_of(o.date) > origin else o
        for o in scenario.observations
    )
    again = forecast_camps(scenario.model_copy(update={"observations": later}), origin, ahead=14, members=16, seed=3)
    assert made.people.shape == (len(FORECASTERS), 16, 14, 2)
    np.testing.assert_array_equal(made.people, again.people)


def test_the_truth_of_a_case_is_what_was_first_counted(scenario):  # noqa: F811
    late = counted("near", 28, 5.0)
    corrected = late.model_copy(update={"id": "later", "known_on": START + dt.timedelta(days=36)})
    rows = (*scenario.observations, corrected)
    forecast = forecast_camps(scenario, 20, ahead=14, members=8, seed=1)
    cases = camp_cases(scenario.model_copy(update={"observations": rows}), forecast, [8])
    assert [c.truth for c in cases] == [60 * 28, 30 * 28]
    assert all(c.counted and c.known == 28 for c in cases)


def test_the_truth_of_a_case_is_its_count_however_late_it_came_out(scenario):  # noqa: F811
    origin = START + dt.timedelta(days=20)
    lagging = tuple(
        one.model_copy(update={"known_on": one.date + dt.timedelta(days=2)}) if one.date > origin else one
        for one in scenario.observations
    )
    slow = scenario.model_copy(update={"observations": lagging})
    forecast = forecast_camps(scenario, 20, ahead=14, members=8, seed=1)
    at_once, later = camp_cases(scenario, forecast, [4, 8, 12]), camp_cases(slow, forecast, [4, 8, 12])
    assert [one.truth for one in later] == [one.truth for one in at_once]
    assert len({one.truth for one in later}) == len(later)
    assert all(one.known == one.day + 2 for one in later)
    issued = issue_camps(cut_to(slow, origin), origin, horizon=14, seed=1, members=8, caravan=None)
    said = {(one.location, one.target_date): one.observed_low for one in score_camps(slow, issued)}
    assert said[("near", START + dt.timedelta(days=28))] == 60 * 28


def test_points_of_the_pool_weigh_one(scenario):  # noqa: F811
    forecast = forecast_camps(scenario, 20, ahead=7, members=8, seed=1)
    points, weight = pooled_points(forecast, listen([], origin=20, weights=learned_weights("growing")), ahead=7, camp=0)
    assert points.tolist() == sorted(points)
    spread = forecast.people[:, :, 6, 0]
    assert spread.min() <= points[0] < points[-1] <= spread.max()
    assert weight.sum() == pytest.approx(1)


def test_past_origins_lie_before_the_origin():
    assert past_origins(60) == [15, 30, 45]
    assert past_origins(8) == [2, 4, 6]
    assert past_origins(1) == []
    assert len(past_origins(400)) == 12


def test_weights_stand_beside_and_the_total_can_be_given(scenario):  # noqa: F811
    origin = START + dt.timedelta(days=20)
    tested = backtest_camps(scenario, origins=[origin], horizons=(7,), members=16, flee=False, total="given")
    assert set(tested.weights["2020-01-21"]["7"]) == set(FORECASTERS)
    assert sum(tested.weights["2020-01-21"]["7"].values()) == pytest.approx(1, abs=1e-3)
    spread = tested.cases[0].scores
    assert {"persistence_spread", "increments_spread"} <= set(spread)


def test_a_record_too_short_is_said_before_anything_is_simulated(scenario, monkeypatch):  # noqa: F811
    rows = tuple(o for o in scenario.observations if scenario.day_of(o.date) <= 12)
    short = scenario.model_copy(update={"observations": rows})
    monkeypatch.setattr("caravana.inference.displacement.memory.forecast_camps", lambda *_, **__: pytest.fail("ran"))
    with pytest.raises(UsageError, match="too short a record"):
        backtest_camps(short, origins=[START + dt.timedelta(days=20)], flee=False)


def test_cut_puts_down_camps_not_counted_as_empty(scenario):  # noqa: F811
    rows = tuple(o for o in scenario.observations if o.place_id != "far" or scenario.day_of(o.date) > 20)
    seen = cut(scenario.model_copy(update={"observations": rows}), START + dt.timedelta(days=20))
    assert [o.low for o in seen.observations if o.place_id == "far"] == [0.0]


def test_a_steadied_sum_lies_half_way_to_what_the_sum_did_before():
    rng = np.random.default_rng(2)
    sums = 100.0 * np.arange(31)
    people = rng.uniform(3000, 9000, (64, 14, 2))
    steady = steadied(people, sums)
    own, after = people.sum(axis=-1), steady.sum(axis=-1)
    went_on = 3000 + 100.0 * 14
    assert np.median(after[:, 13]) == pytest.approx((np.median(own[:, 13]) + went_on) / 2, rel=0.1)
    assert (np.argsort(own[:, 13]) == np.argsort(after[:, 13])).mean() > 0.9


def test_what_was_published_late_is_heard_late(scenario):  # noqa: F811
    late = tuple(
        o.model_copy(update={"known_on": o.date + dt.timedelta(days=9)}) if scenario.day_of(o.date) == 28 else o
        for o in scenario.observations
    )
    forecast = forecast_camps(scenario, 20, ahead=14, members=8, seed=1)
    cases = camp_cases(scenario.model_copy(update={"observations": late}), forecast, [8])
    assert [c.known for c in cases] == [37, 37]
