"""An outlook on camps, the forecast as it is given out: pooled, from what was known that day, with what it rests on."""

import datetime as dt

import numpy as np
import pytest
from tests.inference.displacement.test_backtest import START, counted
from tests.inference.displacement.test_backtest import scenario as short_scenario  # noqa: F401 (a fixture)

from caravana.errors import UsageError
from caravana.inference.displacement.backtest import backtest_camps
from caravana.inference.displacement.forecast import FORECASTERS, forecast_camps
from caravana.inference.displacement.listening import camp_cases, learned_weights
from caravana.inference.displacement.outlook import look_ahead, pooled_sum, sum_cases
from caravana.inference.families import forecasting_of
from caravana.inference.scoring.proper_scores import quantiles
from caravana.language.language import load_language
from caravana.reporting.forecasts import TOLD_BY

ENGLISH = load_language("en")
ON = START + dt.timedelta(days=60)


@pytest.fixture(scope="module")
def scenario(short_scenario):  # noqa: F811
    """Two camps that grow by 60 and 30 a day, counted every fourth day until the 68th."""
    rows = [counted(place, day, rate * day) for day in range(0, 69, 4) for place, rate in (("near", 60), ("far", 30))]
    end = START + dt.timedelta(days=68)
    return short_scenario.model_copy(update={"observations": tuple(rows), "end": end})


@pytest.fixture(scope="module")
def given_out(scenario):
    return look_ahead(scenario, ON, ahead=14, members=16, seed=2)


@pytest.fixture(scope="module")
def told(given_out, scenario):
    return TOLD_BY["displacement"].tell(given_out, scenario, ENGLISH)


def test_it_says_all_that_it_is_asked_for(told):
    assert set(told["camps"]) == {"near", "far"}
    near = told["camps"]["near"]
    assert near["last_count"] == {"date": "2020-03-01", "persons": 60 * 60}
    assert [row["date"] for row in near["days"]][::13] == ["2020-03-02", "2020-03-15"]
    assert set(near["horizons"]) == {"7", "14"} == set(told["weights"]["camps"])
    for row in (*near["days"], *told["total"]["days"]):
        assert row["q05"] <= row["q25"] <= row["q50"] <= row["q75"] <= row["q95"]
    for weights in told["weights"].values():
        assert set(weights["7"]) == set(FORECASTERS)
        assert sum(weights["7"].values()) == pytest.approx(1, abs=0.01)
    assert told["capacity"]["near"] == {"given": 4000, "reading": "limit", "why": "own_number", "size": 4000.0}


def test_weights_begin_with_those_of_the_phase(given_out, scenario):
    rows = [counted(place, day, 900) for day in range(0, 69, 4) for place in ("near", "far")]
    quiet = look_ahead(scenario.model_copy(update={"observations": tuple(rows)}), ON, ahead=7, members=4)
    for outlook, phase in ((given_out, "growing"), (quiet, "still")):
        learned = learned_weights(phase)[7]
        for pools in outlook.pools.values():
            assert pools[7].prior == pytest.approx(learned / learned.sum())


def test_a_backtest_begins_with_those_of_the_phase_too(scenario):
    learned = learned_weights("growing")[7]
    day = START + dt.timedelta(days=5)  # counted once, and nothing has come true yet
    tested = backtest_camps(scenario, origins=[day], horizons=[7], members=4, flee=False)
    weights = list(tested.weights[day.isoformat()]["7"].values())
    assert weights == pytest.approx(learned / learned.sum(), abs=1e-3)


def test_camps_and_their_sum_go_on_growing_and_run_beyond_the_end(given_out, told):
    assert given_out.ahead == 14  # the scenario ends on day 68
    at = told["camps"]["near"]["horizons"]["7"]
    assert at["q05"] < 60 * 67 < at["q95"]
    assert at["q50"] > 60 * 62
    total = told["total"]["horizons"]["7"]
    assert total["q05"] < 90 * 67 < total["q95"]
    middle = quantiles(*given_out.total(7), [0.5])[0]
    assert total["q50"] == round(middle)


def test_a_quarter_of_the_sum_is_of_camps_that_all_do_alike(given_out):
    pools, even = given_out.pools["total"], np.full(100, 0.01)
    sure = np.full(given_out.sums.shape[:2], 1000.0)
    spread = [(np.linspace(0.0, 200.0, 100), even), (np.linspace(0.0, 600.0, 100), even)]
    points, weights = pooled_sum(sure, pools, 7, spread)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[np.abs(points - 1000.0) < 1e-6].sum() == pytest.approx(0.75)
    alike = points[np.abs(points - 1000.0) > 1e-6]
    assert alike.max() == pytest.approx(800.0, rel=0.02)
    assert np.median(alike) == pytest.approx(400.0, rel=0.02)


@pytest.mark.parametrize(("silent", "cases"), [(100, [7, 14]), (9_000, [])])
def test_a_sum_that_is_mostly_a_line_over_a_long_silence_is_no_case(short_scenario, silent, cases):  # noqa: F811
    rows = [counted("near", day, 60 * day) for day in range(0, 69, 4)]
    rows += [counted("far", day, silent) for day in (0, 4, 8)] + [counted("far", 68, silent // 2)]
    end = START + dt.timedelta(days=68)
    one = short_scenario.model_copy(update={"observations": tuple(rows), "end": end})
    forecast = forecast_camps(one, 40, ahead=14, members=4, seed=1)
    scored = camp_cases(one, forecast, (7, 14))
    assert {forecast.place_ids[case.camp] for case in scored} == {"near"}
    assert [case.horizon for case in sum_cases(one, forecast, scored)] == cases


def test_useful_lead_comes_from_past_forecasts_of_the_record(told):
    assert told["past_forecasts"] > 0
    assert set(told["useful_lead"]) == {"camps", "total", "by_camp"}
    assert told["useful_lead"]["camps"] >= 7  # steady growth: keeping today's number loses
    assert any("no better than keeping today's number" in line for line in TOLD_BY["displacement"].lines(told, ENGLISH))
    spanish = TOLD_BY["displacement"].lines(told, load_language("es"))
    assert any("no es mejor que mantener el número de hoy" in line for line in spanish)
    assert any(line.startswith("Todos los campamentos ") for line in spanish)


def test_nothing_published_later_is_looked_at(scenario, told):
    later = tuple(
        o.model_copy(update={"low": o.low * 9, "high": o.high * 9}) if o.date > ON else o for o in scenario.observations
    )
    hidden = counted("near", 58, 9e4).model_copy(update={"known_on": ON + dt.timedelta(days=1)})
    changed = scenario.model_copy(update={"observations": (*later, hidden)})
    again = TOLD_BY["displacement"].tell(look_ahead(changed, ON, ahead=14, members=16, seed=2), changed, ENGLISH)
    assert again == told


def test_a_young_record_says_that_it_cannot_tell(scenario):
    young = look_ahead(scenario, START + dt.timedelta(days=5), ahead=7, members=8)
    assert young.useful_lead["camps"] is None
    told = TOLD_BY["displacement"].tell(young, scenario, ENGLISH)
    assert any(line.startswith("Too few past forecasts") for line in TOLD_BY["displacement"].lines(told, ENGLISH))


def test_days_that_leave_nothing_are_refused(scenario):
    with pytest.raises(UsageError, match="is not after the first day"):
        look_ahead(scenario, START)
    with pytest.raises(UsageError, match="a horizon of 0 days"):
        look_ahead(scenario, ON, ahead=0)
    late = tuple(o for o in scenario.observations if o.date > ON)
    with pytest.raises(UsageError, match="counted"):
        look_ahead(scenario.model_copy(update={"observations": late}), ON)


def test_options_of_another_family_are_refused(scenario):
    assert forecasting_of(scenario, {"caravan": None, "members": 8}).days == 60
    with pytest.raises(UsageError, match="'displacement' does not take the option caravan"):
        forecasting_of(scenario, {"caravan": "x", "members": None})
