"""Needs in the coming days: who is where, member by member, and whether the stock suffices."""

import datetime as dt

import numpy as np
import pytest

from caravana.errors import UsageError
from caravana.results.caravan import route_of
from caravana.results.supplies import Stock, load_profile
from caravana.studies.coming_days import look_ahead, people_by_place, with_forecast
from caravana.studies.coming_needs import needs_by_day, needs_by_place

ORIGIN = dt.date(2021, 10, 30)
DAYS = [ORIGIN + dt.timedelta(n) for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def ahead(run):
    return look_ahead(run, origin=ORIGIN, days=3)


@pytest.fixture(scope="module")
def profile():
    return load_profile()


def test_the_caravans_people_are_those_of_the_runs_own_table(run, ahead):
    frame = run.query(
        "SELECT member, day, persons FROM caravans WHERE active AND caravan = 'caravan-2021-10-23' "
        f"AND day BETWEEN DATE '{DAYS[0]}' AND DATE '{DAYS[-1]}'"
    )
    kept = frame[frame["member"].isin(ahead.members)]
    assert ahead.persons("caravan").sum() == kept["persons"].sum() > 0
    assert list(ahead.days) == DAYS


def test_those_who_wait_are_apart_from_those_who_move(run, ahead):
    waiting = run.query(
        "SELECT SUM(persons) AS n FROM people WHERE CAST(status AS VARCHAR) IN ('waiting', 'applied', 'documented') "
        f"AND CAST(place AS VARCHAR) = 'tapachula' AND day = DATE '{DAYS[0]}' "
        f"AND member IN ({', '.join(map(str, ahead.members))})"
    )["n"][0]
    assert ahead.persons("settlement", "tapachula")[:, 0].sum() == waiting
    assert set(ahead.cells["group"]) <= {"caravan", "other_caravans", "alone", "settlement"}


def test_only_members_in_which_the_caravan_is_together_at_the_origin_are_kept(run, ahead):
    together = run.query(
        f"SELECT COUNT(*) AS n FROM caravans WHERE active AND persons > 0 AND caravan = 'caravan-2021-10-23' "
        f"AND day = DATE '{ORIGIN}'"
    )["n"][0]
    assert len(ahead.members) == together
    assert ahead.narrowed
    assert not ahead.seen


def test_a_known_place_narrows_the_members_to_those_near_it(run, ahead):
    near = look_ahead(run, origin=ORIGIN, days=3, near=("mapastepec", 40))
    assert 0 < len(near.members) < len(ahead.members)
    assert set(near.members) <= set(ahead.members)
    where = run.query(
        f"SELECT DISTINCT CAST(place AS VARCHAR) AS place FROM caravans WHERE day = DATE '{ORIGIN}' "
        f"AND caravan = 'caravan-2021-10-23' AND member IN ({', '.join(map(str, near.members))})"
    )
    assert "tapachula" not in set(where["place"])


def test_need_and_kits_follow_from_the_members_themselves(ahead, profile):
    frame = needs_by_day(ahead, profile, sure=0.9).set_index(["item", "day"])
    persons = ahead.persons("caravan")
    here = persons[persons[:, 0] > 0, 0]
    water = frame.loc[("water", DAYS[0])]
    assert water["median"] == 7.5 * np.quantile(here, 0.5, method="inverted_cdf")
    assert water["so_far"] == 7.5 * np.quantile(persons[:, 0], 0.9, method="inverted_cdf")
    assert water["kits"] == np.ceil(water["so_far"] / 20)
    second = frame.loc[("water", DAYS[1])]
    assert second["so_far"] == 7.5 * np.quantile(persons[:, :2].sum(axis=1), 0.9, method="inverted_cdf")
    toilets = frame.loc[("toilets", DAYS[1])]
    assert toilets["so_far"] == np.quantile(np.ceil(persons[:, 1] / 50), 0.9, method="inverted_cdf")


def test_without_stock_it_is_short_whenever_anybody_is_there_and_with_plenty_never(ahead, profile):
    bare = needs_by_day(ahead, profile)
    persons = ahead.persons("caravan")
    toilets = bare[bare["item"] == "toilets"]["chance_short"].to_numpy()
    assert toilets == pytest.approx((persons > 0).mean(axis=0))
    plenty = tuple(Stock(s.standard.item, "", 1e12, 0) for s in profile)
    full = needs_by_day(ahead, profile, stock=plenty)
    assert (full["chance_short"] == 0).all()
    assert (full["bring"] == 0).all()


def test_more_stock_never_raises_the_chance_of_too_little(ahead, profile):
    chances = []
    for quantity in (0, 5_000, 20_000, 60_000, 200_000):
        frame = needs_by_day(ahead, profile, stock=(Stock("water", "", quantity, 0),))
        chances.append(frame[frame["item"] == "water"]["chance_short"].to_numpy())
    assert (np.diff(np.array(chances), axis=0) <= 0).all()


def test_stock_at_a_place_helps_only_the_members_whose_caravan_sleeps_there(ahead, profile):
    stops = people_by_place(ahead)
    place = stops[(stops["group"] == "caravan") & (stops["day"] == DAYS[0])]["place"].iloc[0]
    bare = needs_by_day(ahead, profile).set_index(["item", "day"])["chance_short"]
    there = needs_by_day(ahead, profile, stock=(Stock("toilets", place, 1e9, 0),)).set_index(["item", "day"])
    slept = (ahead.persons("caravan", place)[:, 0] > 0).mean()
    assert there["chance_short"]["toilets", DAYS[0]] == pytest.approx(bare["toilets", DAYS[0]] - slept)


def test_stock_that_comes_on_the_second_day_is_of_no_use_on_the_first(ahead, profile):
    frame = needs_by_day(ahead, profile, stock=(Stock("blankets", "", 1e9, 2),)).set_index(["item", "day"])
    assert frame["stock"]["blankets", DAYS[0]] == 0
    assert frame["chance_short"]["blankets", DAYS[1]] == 0


def test_stock_that_follows_the_caravan_is_not_for_those_who_wait_elsewhere(ahead, profile):
    frame = needs_by_place(ahead, profile, stock=(Stock("water", "", 777, 0),))
    water = frame[frame["item"] == "water"]
    assert set(water[water["group"] == "settlement"]["stock"]) == {0}
    assert set(water[water["group"] == "caravan"]["stock"]) == {777}


def test_chances_by_place_add_up_to_being_together(ahead):
    frame = people_by_place(ahead, least=0.0)
    caravan = frame[frame["group"] == "caravan"].groupby("day")["chance"].sum()
    assert caravan.to_numpy() == pytest.approx(ahead.together)


@pytest.mark.parametrize(
    ("origin", "days", "near", "told"),
    [
        (dt.date(2021, 9, 1), 3, None, "origin 2021-09-01"),
        (dt.date(2021, 11, 3), 3, None, "origin 2021-11-03"),
        (ORIGIN, 0, None, "days must be"),
        (ORIGIN, 1000, None, "days must be"),
        (ORIGIN, 3, ("tecun-uman", 10), "not a place on the caravan's way"),
        (ORIGIN, 3, ("mexico-city-basilica", 1), "in no member"),
    ],
)
def test_what_cannot_be_asked_is_said(run, origin, days, near, told):
    with pytest.raises(UsageError, match=told):
        look_ahead(run, origin=origin, days=days, near=near)


def test_days_after_the_runs_last_are_left_out(run):
    assert look_ahead(run, origin=dt.date(2021, 11, 1), days=5).days == (dt.date(2021, 11, 2), dt.date(2021, 11, 3))


@pytest.fixture(scope="module")
def forecast(run, ahead):
    return with_forecast(run, ahead)


def test_the_forecast_takes_the_place_of_the_runs_own_caravan_only(ahead, forecast):
    assert forecast.forecast
    assert forecast.seen
    for group in ("settlement", "alone", "other_caravans"):
        np.testing.assert_array_equal(forecast.persons(group), ahead.persons(group))
    assert (forecast.persons("caravan") > 0).all()


def test_a_forecast_caravan_goes_forwards_and_is_near_where_it_was_seen(run, forecast):
    route = route_of(run.scenario, forecast.caravan)
    km = dict(zip(route.ids, route.km, strict=True))
    cells = forecast.cells[forecast.cells["group"] == "caravan"].sort_values(["member", "day"])
    along = cells["place"].map(km).to_numpy().reshape(len(forecast.members), -1)
    assert (np.diff(along, axis=1) >= 0).all()
    assert abs(np.median(along[:, 0]) - km["mapastepec"]) < 30


def test_a_forecast_is_the_same_each_time(run, ahead, forecast):
    assert with_forecast(run, ahead).cells.equals(forecast.cells)
