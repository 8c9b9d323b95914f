"""Camps of which it is known that nobody is there: shut by an event, counted empty, or not open yet."""

import datetime as dt

import numpy as np
import pytest
from tests.inference.displacement.test_backtest import START, counted
from tests.inference.displacement.test_backtest import scenario as short_scenario  # noqa: F401 (a fixture)

from caravana.inference.cut import cut
from caravana.inference.displacement.backtest import backtest_camps
from caravana.inference.displacement.closed import daily_chance_again, empty_since
from caravana.inference.displacement.increments import CampReports
from caravana.inference.displacement.outlook import look_ahead
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.proper_scores import quantiles
from caravana.language.language import load_language
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.reporting.forecasts import TOLD_BY
from caravana.scenario.model import Event

DAY = 60
ON = START + dt.timedelta(days=DAY)


def on_day(day):
    return START + dt.timedelta(days=day)


@pytest.fixture(scope="module")
def scenario(short_scenario):  # noqa: F811
    """Two camps of 2,400 and 1,800, counted every fourth day until the 68th."""
    rows = [counted(place, day, n) for day in range(0, 69, 4) for place, n in (("near", 2400), ("far", 1800))]
    return short_scenario.model_copy(update={"observations": tuple(rows), "end": on_day(120)})


def with_counts(scenario, place, since, persons):
    """The scenario in which a camp is counted otherwise from a day on."""
    rows = [
        one.model_copy(update={"low": float(persons), "high": float(persons)})
        if one.place_id == place and one.date >= on_day(since)
        else one
        for one in scenario.observations
    ]
    return scenario.model_copy(update={"observations": tuple(rows)})


def shut(scenario, begin, end=None, known=None, place="near", unit="camp"):
    event = Event(
        id="closing", kind="closure", unit=unit, place_id=place, date=on_day(begin),
        end_date=None if end is None else on_day(end), known_on=None if known is None else on_day(known),
    )  # fmt: skip
    return scenario.model_copy(update={"events": (event,)})


def outlook(scenario, ahead=30):
    return look_ahead(cut(scenario, ON), ON, ahead=ahead, members=64, seed=1)


def said(forecast, place, ahead, levels=(0.05, 0.5, 0.95)):
    camp = forecast.camps.place_ids.index(place)
    return quantiles(*forecast.camp(camp, ahead), levels)


def test_a_camp_shut_in_the_record_is_forecast_at_nobody_and_its_people_go_on(scenario):
    open_camp, closed = outlook(scenario), outlook(shut(scenario, 60))
    assert said(open_camp, "near", 14)[1] > 2000
    for ahead in (1, 7, 14, 30):
        assert said(closed, "near", ahead) == pytest.approx([0, 0, 0], abs=1)
    assert said(closed, "far", 14)[1] > said(open_camp, "far", 14)[1] + 400
    assert said(closed, "far", 14)[1] < said(open_camp, "far", 14)[1] + 2400


def test_people_who_are_counted_after_a_closing_say_that_it_was_none(scenario):
    assert said(outlook(shut(scenario, 40)), "near", 7)[0] > 1500


def test_a_closing_and_a_reopening_to_come_are_known_only_if_announced(scenario):
    announced, unheard = outlook(shut(scenario, 75, known=50)), outlook(shut(scenario, 75))
    late = outlook(shut(scenario, 75, known=61))
    assert said(announced, "near", 7)[1] > 2000
    assert said(announced, "near", 20)[:2] == pytest.approx([0, 0])
    assert said(announced, "near", 20)[2] > 2000  # it may be put off
    for other in (unheard, late):
        assert said(other, "near", 20)[1] > 2000
        assert not other.camps.closed
    again = with_counts(shut(scenario, 30, end=75, known=50), "near", 30, 0)
    assert said(outlook(again), "near", 10) == pytest.approx([0, 0, 0])
    assert said(outlook(again), "near", 30)[2] > 100
    assert said(outlook(shut(again, 30, end=75)), "near", 30) == pytest.approx([0, 0, 0])


def test_a_camp_that_opens_on_a_known_day_holds_nobody_until_then(scenario):
    rows = (*(one for one in scenario.observations if one.place_id != "far"), counted("far", 0, 0))
    town = tuple(one.model_copy(update={"kind": "town"}) if one.id == "far" else one for one in scenario.places)
    event = Event(id="opens", kind="location_change", unit="camp", place_id="far", date=on_day(70), known_on=on_day(55))
    later = scenario.model_copy(update={"observations": rows, "places": town, "events": (event,)})
    forecast = outlook(later)
    assert said(forecast, "far", 9) == pytest.approx([0, 0, 0])
    assert said(forecast, "far", 30)[2] > 100
    assert [(one.why, one.until) for one in forecast.camps.closed] == [("not_open", 70)]


def test_a_camp_counted_empty_twice_stands_at_nobody_with_a_chance_to_open_again(scenario):
    forecast = outlook(with_counts(scenario, "near", 50, 0), ahead=60)
    assert said(forecast, "near", 7) == pytest.approx([0, 0, 0], abs=1)
    points, share = forecast.camp(forecast.camps.place_ids.index("near"), 60)
    assert 0.85 < share[points == 0].sum() < 0.97
    assert points.max() > 500
    assert forecast.camps.closed[0].why == "counted_empty"
    once = outlook(with_counts(scenario, "near", 60, 0))
    assert not once.camps.closed


def test_the_chance_to_open_again_is_learned_from_the_record():
    def camp(*persons):
        return CampReports(np.arange(len(persons)) * 10.0, np.array(persons, float))

    gone, back = camp(900, 500, 0, 0, 0, 0), camp(900, 0, 0, 0, 400, 500)
    assert empty_since(gone) == 20.0
    assert empty_since(back) is None
    assert empty_since(camp(0, 0, 0)) is None  # nobody was ever there
    assert daily_chance_again([gone], origin=50) == pytest.approx(0.5 / (300 + 20))
    assert daily_chance_again([gone, back], origin=50) == pytest.approx(1.5 / (300 + 20 + 20))


def test_nobody_comes_to_a_shut_camp_in_a_run_and_all_leave(scenario):
    closed = shut(scenario, 62)
    settings = {"origin_day": DAY, "forecast_total": True}
    runs = [
        simulate_camps(compile_camps(each, settings=settings), seed=1, block=0, members=8)
        for each in (scenario, closed)
    ]
    near, far = (list(scenario.places).index(next(p for p in scenario.places if p.id == i)) for i in ("near", "far"))
    assert (runs[1].people[:, 90, near] == 0).all()
    assert runs[1].people[:, 90, far].mean() > runs[0].people[:, 90, far].mean() + 400


def test_a_backtest_does_not_lose_on_a_camp_that_is_shut(scenario):
    closed = shut(with_counts(scenario, "near", 52, 0), 50)
    tested = backtest_camps(closed, origins=[on_day(54)], horizons=[7], members=16, flee=False)
    case = next(case for case in tested.cases if case.caravan.endswith("near"))
    assert case.truth == 0.0
    assert case.scores[MODEL].crps < 1.0


@pytest.mark.parametrize(("language", "words"), [("en", "shut since"), ("es", "cerrado desde")])
def test_it_is_said_that_a_camp_is_shut(scenario, language, words):
    closed, speech = shut(scenario, 60), load_language(language)
    forecast = outlook(closed, ahead=7)
    content = TOLD_BY["displacement"].tell(forecast, closed, speech)
    assert content["closed"] == {"near": {"why": "shut", "since": on_day(60).isoformat(), "until": None}}
    assert any(words in line for line in TOLD_BY["displacement"].lines(content, speech))
