"""Camps that people leave, the chance that they go back, and bands that grow with the record's own misses."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from tests.inference.displacement.test_backtest import START, scenario  # noqa: F401 (a fixture)

from caravana.inference.displacement.forecast import FORECASTERS, forecast_camps
from caravana.inference.displacement.increments import CampReports
from caravana.inference.displacement.listening import (
    CampCase,
    camp_cases,
    learned_weights,
    listen,
    plain_points,
    pooled_points,
)
from caravana.inference.displacement.outlook import look_ahead, sums_of
from caravana.inference.displacement.own_misses import OwnMisses
from caravana.inference.displacement.receding import fall_forecast, fall_of, falls, gone_back
from caravana.inference.scoring.proper_scores import interval
from caravana.inference.widths import Halves


def camp(*counts):
    days, persons = zip(*counts, strict=True)
    return CampReports(np.array(days, float), np.array(persons, float))


def test_a_camp_shrinks_from_its_peak_on_and_not_where_it_grew_again():
    assert fall_of(camp((0, 0), (10, 5000), (20, 6000), (30, 5000), (40, 4000))) == (20.0, 2)
    assert fall_of(camp((0, 0), (10, 5000), (20, 6000), (30, 4000), (40, 4500))) is None
    assert fall_of(camp((0, 6000), (10, 5900))) is None


def test_counts_that_are_off_now_and_then_are_no_fall():
    noisy = camp((0, 6000), (10, 5300), (20, 6100), (30, 5500), (40, 6200), (50, 5400))
    assert fall_of(noisy) is None
    assert fall_of(camp((0, 6000), (10, 5300), (20, 6100), (30, 5500), (40, 6200), (50, 4200))) is not None
    assert fall_of(camp((0, 4000), (10, 6000), (20, 5000), (30, 5900), (40, 5300))) is None  # off since its peak


def test_small_falls_count_where_most_people_go_back_and_old_ones_never():
    small, large = camp((0, 1000), (30, 970)), camp((0, 9000), (20, 8000), (30, 7000))
    assert falls([small, large], origin=31) == ([(0.0, 1), (0.0, 2)], True)
    growing = camp((0, 9000), (30, 99_000))
    assert falls([small, large, growing], origin=31) == ([None, (0.0, 2), None], False)
    assert falls([small, large], origin=200) == ([None, None], False)


def test_a_fall_goes_on_at_its_pace_and_wanes():
    one = camp(*((day, 10_000 - 50 * day) for day in range(0, 61, 10)))
    said = fall_forecast(one, (0.0, 6), origin=60, ahead=60, size=99)
    middle = np.median(said, axis=0)
    assert middle[6] == pytest.approx(7000 - 7 * 50, abs=100)
    assert middle[6] - middle[13] > middle[52] - middle[59] > 0
    assert (np.diff(said, axis=0) >= 0).all()
    assert said.min() >= 0
    anew = fall_forecast(camp((0, 10_000), (60, 7000)), (0.0, 1), origin=60, ahead=30, size=99)
    assert (anew[:, -1] > 6900).mean() > 0.25


def test_who_came_of_late_may_go_back_but_not_those_first_counted():
    one = camp((0, 0), (10, 4000), (40, 7000))
    back = gone_back(one, origin=40, ahead=60)
    assert back[14] == pytest.approx(7000 - 15 * 100)
    assert back[-1] == 4000
    assert (gone_back(camp((0, 5000), (30, 3000)), origin=30, ahead=7) == 3000).all()


def with_returns(scenario):  # noqa: F811
    """The scenario with half of each camp's people gone from day 30 on."""
    rows = []
    for one in scenario.observations:
        day = (one.date - START).days
        if one.kind != "camp_count" or day < 30 or one.low is None:
            rows.append(one)
            continue
        share = max(1.0 - 0.05 * (day - 29), 0.2)
        rows.append(one.model_copy(update={"low": round(one.low * share), "high": round(one.high * share)}))
    return scenario.model_copy(update={"observations": tuple(rows)})


def test_a_pool_sees_that_people_go_back(scenario):  # noqa: F811
    back, stay = with_returns(scenario), scenario
    day = 36
    ends = [forecast_camps(one, day, ahead=14, members=16, seed=1) for one in (back, stay)]
    at = FORECASTERS.index("plan")
    last = ends[0].back[0]
    shrinks = last < ends[1].back[0]
    assert shrinks.any()
    assert (np.median(ends[0].people[at, :, -1], axis=0)[shrinks] < last[shrinks]).all()
    assert (np.median(ends[1].people[at, :, -1], axis=0) >= ends[1].back[0]).all()


def test_the_lowest_points_reach_down_to_where_people_came_from(scenario):  # noqa: F811
    forecast = forecast_camps(scenario, 20, ahead=14, members=16, seed=1)
    pools = listen([], origin=20, weights=learned_weights("growing"))
    rose = int(np.argmax(forecast.back[0] - forecast.back[14]))
    points, share = pooled_points(forecast, pools, ahead=14, camp=rose)
    before, same = plain_points(forecast, pools, ahead=14, camp=rose)
    assert interval(points, share, 0.9)[0] < forecast.back[0, rose]
    assert (points <= before).all()
    assert (share == same).all()
    assert (np.diff(points) >= 0).all()
    assert points[share.cumsum() > 0.08] == pytest.approx(before[share.cumsum() > 0.08])
    emptied = replace(forecast, back=forecast.back * (np.arange(15) < 14)[:, None])
    lowest, _ = pooled_points(emptied, pools, ahead=14, camp=rose)
    assert lowest[0] < 0.2 * before[0]


def test_bands_grow_with_own_misses_and_only_with_those_known(scenario):  # noqa: F811
    origin = 10
    forecast = forecast_camps(scenario, origin, ahead=14, members=16, seed=1)
    cases = camp_cases(scenario, forecast, [7])
    assert cases
    misses = OwnMisses(lambda _: forecast, lambda _: learned_weights("growing"))

    def missed(by):
        return [CampCase(c.camp, origin, 7, c.day, by, True, 20, c.terms) for c in cases] * 10

    assert misses.halves([], origin=30) == misses.halves(missed(1e6), origin=19) == Halves(1.0, 1.0, 1.0)
    above, below = (misses.halves(missed(by), origin=30) for by in (1e6, 0.0))
    assert above.above == 2.5
    assert above.below == 1.0
    assert below.below > 1.0
    assert below.above == 1.0
    assert misses.halves(missed(1e6), origin=400).above == pytest.approx(1.0, abs=0.05)  # long ago
    pools = listen([], origin=origin, weights=learned_weights("growing"))
    narrow, wide = (
        interval(*pooled_points(forecast, pools, ahead=7, camp=0, halves=halves), 0.9) for halves in (None, above)
    )
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


def test_the_sum_keeps_those_who_leave_one_camp_of_several(scenario):  # noqa: F811
    forecast = forecast_camps(scenario, 20, ahead=14, members=16, seed=1)
    assert forecast.sums is not None
    sums = sums_of(scenario, forecast)
    assert (sums[0] == forecast.sums[0]).all()
    gone = forecast_camps(with_returns(scenario), 36, ahead=14, members=16, seed=1)
    assert gone.sums is None
    assert forecast.given(np.full(14, 9.0)).sums is None
    assert forecast.given(np.full(14, 9.0)).back is None


def test_an_outlook_tells_how_wide_its_bands_are(scenario):  # noqa: F811
    outlook = look_ahead(scenario, START + dt.timedelta(days=36), ahead=7, members=16)
    assert 1.0 <= outlook.halves.below <= 2.5
    assert 1.0 <= outlook.halves.above <= 2.5
    missed = replace(outlook, halves=Halves(2.5, 2.5, 1.0))
    for as_it_is, wide in zip(outlook.total(7), missed.total(7), strict=True):
        assert (as_it_is == wide).all()  # misses of camps cancel out in part
    assert any((outlook.camp(n, 7)[0] != missed.camp(n, 7)[0]).any() for n in range(len(outlook.camps.place_ids)))
