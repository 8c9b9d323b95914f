"""Forecasts and backtests of the bundled caravans, through the functions and through the commands."""

import dataclasses
import datetime as dt
import json
import re
import subprocess

import numpy as np
import pytest
from tests.made.commands import quick_command

from caravana.errors import UsageError
from caravana.inference.caravan.backtest import backtest_caravan, default_origins
from caravana.inference.caravan.forecast import Roller
from caravana.inference.caravan.nights import parts_by_day
from caravana.inference.caravan.together import ended_on
from caravana.inference.reports import read_record
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.scorecard import scorecard
from caravana.language.language import load_language
from caravana.models.scenarios import load_scenario
from caravana.reporting.console import scorecard_lines, tell, tell_lines

ENGLISH = load_language("en")

SMALL = {"draws": 120, "particles": 400}


@pytest.fixture(scope="module")
def record():
    return read_record(load_scenario("tapachula-2021"))


@pytest.fixture(scope="module")
def made(record):
    return Roller(record, seed=1, **SMALL).forecast(dt.date(2021, 11, 9), days=7)


def test_a_forecast_is_a_distribution_on_every_day(made):
    assert made.dates[0] == dt.date(2021, 11, 10)
    assert made.position.shape == (7, made.km.size)
    assert made.position.sum(axis=1) == pytest.approx(np.ones(7))
    middle = [made.km[np.searchsorted(np.cumsum(p), 0.5)] for p in made.position]
    assert middle == sorted(middle)
    assert 300 < middle[0] < 400
    assert (made.walking > 0).all()


def test_a_night_announced_is_likelier_than_without_and_the_rules_do_not_hide_it(record):
    origin = dt.date(2021, 11, 2)
    unannounced = dataclasses.replace(record, nights=tuple(n for n in record.nights if not n.planned))
    # A rest at Pijijiapan was announced for the next day.
    with_it, without = (
        made.position[0, made.stop_ids.index("pijijiapan")]
        for made in (Roller(r, seed=1, **SMALL).forecast(origin, days=3) for r in (record, unannounced))
    )
    assert with_it > without + 0.2
    assert with_it > 0.5


def test_weights_stand_beside_the_forecast_and_move_with_its_own_scores(record, made):
    assert set(made.weights) == {"position", "headcount"}
    for by_horizon in made.weights.values():
        assert set(by_horizon) == {1, 3, 7}
        for weights in by_horizon.values():
            assert sum(weights.values()) == pytest.approx(1.0)
            assert min(weights.values()) > 0.0
    first = Roller(record, seed=1, **SMALL).forecast(dt.date(2021, 10, 24), days=7)
    assert first.weights["position"][1] != made.weights["position"][1]


def test_an_origin_does_not_depend_on_those_asked_before(record, made):
    roller = Roller(record, seed=1, **SMALL)
    roller.forecast(dt.date(2021, 11, 12), days=14)
    again = roller.forecast(dt.date(2021, 11, 9), days=7)
    assert np.array_equal(again.position, made.position)
    assert again.weights == made.weights


def test_nights_between_towns_go_to_the_nearer_one_where_towns_are_asked_for(record, made):
    towns = made.by_town(record.stops)
    assert towns.shape == (7, record.stops.km.size)
    assert towns.sum(axis=1) == pytest.approx(np.ones(7))
    assert towns @ record.stops.km == pytest.approx(made.position @ made.km, abs=6.0)
    assert len(made.stop_ids) > record.stops.km.size


def test_a_forecast_before_any_night_and_figure_is_the_models_alone(record):
    bare = dataclasses.replace(record, nights=tuple(n for n in record.nights if n.planned), counts=())
    made = Roller(bare, seed=1, **SMALL).forecast(dt.date(2021, 11, 2), days=2)
    assert made.weights["position"][1]["caravana"] == 1.0
    assert made.weights["headcount"][1]["caravana"] == 1.0
    assert (made.reported["press"] > 0).all()


def test_organisers_are_expected_to_say_more_than_authorities(made):
    assert np.median(made.reported["organisers"][0]) > 1.3 * np.median(made.reported["authorities"][0])


def test_the_same_seed_gives_the_same_forecast(record, made):
    again = Roller(record, seed=1, **SMALL).forecast(dt.date(2021, 11, 9), days=7)
    assert np.array_equal(again.position, made.position)
    assert np.array_equal(again.walking, made.walking)


def test_what_is_published_later_changes_nothing(record, made):
    cut = dataclasses.replace(
        record,
        nights=tuple(n for n in record.nights if n.known_on <= dt.date(2021, 11, 9)),
        counts=tuple(c for c in record.counts if c.known_on <= dt.date(2021, 11, 9)),
    )
    blind = Roller(cut, seed=1, **SMALL).forecast(dt.date(2021, 11, 9), days=7)
    assert np.array_equal(blind.position, made.position)
    assert np.array_equal(blind.walking, made.walking)


@pytest.mark.parametrize(
    ("origin", "days", "message"),
    [
        (dt.date(2021, 10, 1), 7, "outside the record"),
        (dt.date(2022, 5, 1), 7, "outside the record"),
        (dt.date(2021, 11, 9), 0, "no forecast"),
        (dt.date(2021, 11, 9), 400, "beyond what"),
    ],
)
def test_senseless_requests_are_refused(record, origin, days, message):
    with pytest.raises(UsageError, match=message):
        Roller(record, **SMALL).forecast(origin, days=days)


def test_a_way_back_and_an_end_are_told(made):
    """The November caravan broke up on the 23rd: of no evening before that, and of no other caravan."""
    november = load_scenario("tapachula-2021-11-18")
    late = dataclasses.replace(made, caravan=november.caravans[0].id, origin=dt.date(2021, 11, 25), way_back=0.954)
    told = tell(late, november, ENGLISH)
    assert (told["way_back"], told["ended"]) == (0.954, "2021-11-23")
    lines = tell_lines(told, ENGLISH)
    assert lines[1].startswith("It broke up on 2021-11-23")
    assert "On its way back, as its last nights tell: 95 chances in 100." in lines
    assert not any(line.startswith("Still together") for line in lines)
    early = tell(dataclasses.replace(late, origin=dt.date(2021, 11, 20), way_back=0.0), november, ENGLISH)
    assert early["ended"] is None
    assert not any("way back" in line for line in tell_lines(early, ENGLISH))
    assert tell(dataclasses.replace(late, caravan="another"), november, ENGLISH)["ended"] is None


def test_a_branch_that_lies_behind_is_not_told_as_ahead(record):
    scenario = load_scenario("tapachula-2021")
    arrived = Roller(record, seed=1, **SMALL).forecast(dt.date(2021, 12, 15), days=3)
    assert arrived.branches
    assert tell(arrived, scenario, ENGLISH)["branches"] == []


def test_a_branch_that_nobody_came_to_has_no_share_of_others(made):
    scenario = load_scenario("tapachula-2021")
    content = tell(made, scenario, ENGLISH)
    (branch,) = content["branches"]
    first = {**content, "branches": [{**branch, "others_left": 0, "others_passed": 0}]}
    assert any(line.endswith("no other caravan came so far.") for line in tell_lines(first, ENGLISH))
    assert any("ninguna otra caravana" in line for line in tell_lines(first, load_language("es")))


def test_a_forecast_can_be_told(made):
    scenario = load_scenario("tapachula-2021")
    told = tell(made, scenario, ENGLISH)
    assert json.loads(json.dumps(told))["audience"] == "internal"
    assert len(told["nights"]) == 7
    assert told["nights"][0]["likeliest_stops"][0]["name"]
    lines = tell_lines(told, ENGLISH)
    assert len(lines) == 15
    assert list(told["together"]) == [night["date"] for night in told["nights"]]
    assert all(0.0 < chance < 1.0 for chance in told["together"].values())
    assert set(told["useful_lead"]) == {"position", "headcount", "together"}
    (branch,) = told["branches"]
    assert (branch["leaves"]["place"], branch["towards"]["place"]) == ("juchitan", "tehuantepec")
    assert 0.5 < branch["reached"] <= 1.0
    assert (branch["others_left"], branch["others_passed"]) == (3, 7)
    assert lines[-4].startswith("If it comes as far as Heroica Ciudad de Juchitán de Zaragoza (")
    assert set(told["useful_lead"].values()) <= {0, 1, 3, 7, 14}
    assert any(line.startswith("Better than the best naive rule up to: position") for line in tell_lines(told, ENGLISH))
    assert lines[-2].startswith("Weights in 100, 7 days ahead: position caravana")
    assert set(told["weights"]["position"]) == {"1", "3", "7"}
    assert told["effective_persons"] >= 0.1 * SMALL["particles"]
    assert lines[-5].startswith(f"Still together on {told['nights'][-1]['date']}")
    spanish = tell_lines(told, load_language("es"))
    assert len(spanish) == len(lines)
    head = " ".join(spanish[2].split())
    assert head == "fecha km (9 de 10) mediana parada más probable (probabilidad) personas (9 de 10)"
    assert not any(re.search(r"\b(the|of|to|days|persons)\b", line) for line in spanish)


def test_default_origins_know_where_the_caravan_is(record):
    origins = default_origins(record)
    nights = {n.date for n in record.nights if n.known_on <= n.date}
    assert set(origins) <= nights
    assert dt.date(2021, 11, 9) in origins


def test_a_backtest_scores_the_model_and_the_baselines_on_the_same_reports(record):
    cases = backtest_caravan(record, origins=[dt.date(2021, 11, 4), dt.date(2021, 11, 9)], horizons=(1, 3), **SMALL)
    assert {case.quantity for case in cases} == {"position", "headcount", "together"}
    assert all(MODEL in case.scores for case in cases)
    assert all("persistence" in case.scores for case in cases if case.quantity != "together")
    assert all(case.truth == 1.0 for case in cases if case.quantity == "together")
    card = scorecard(cases)
    lines = scorecard_lines({"scenario": "s", "caravan": "c", "origins": ["2021-11-04", "2021-11-09"], **card}, ENGLISH)
    assert lines[0] == card["verdict"]


def test_a_backtest_without_origins_or_outside_the_record_is_refused(record):
    with pytest.raises(UsageError, match="at least one origin"):
        backtest_caravan(record, origins=[], **SMALL)
    with pytest.raises(UsageError, match="outside the record"):
        backtest_caravan(record, origins=[dt.date(2020, 1, 1)], **SMALL)


def test_a_caravan_that_broke_up_was_not_together_from_that_day_on():
    scenario = load_scenario("tapachula-2021-11-18")
    record = read_record(scenario)
    ended = ended_on(scenario, record)
    assert ended == dt.date(2021, 11, 23)
    cases = backtest_caravan(record, origins=[dt.date(2021, 11, 21)], horizons=(1, 3), ended=ended, **SMALL)
    together = {case.horizon: case for case in cases if case.quantity == "together"}
    assert {horizon: case.truth for horizon, case in together.items()} == {1: 1.0, 3: 0.0}
    assert 0.0 < together[3].scores["share_of_others"].crps < 1.0


def test_to_arrive_is_no_end(record):
    assert ended_on(load_scenario("tapachula-2021"), record) is None


def test_a_record_that_is_too_short_is_refused_before_anything_is_computed(record):
    short = dataclasses.replace(record, nights=record.nights[:1], counts=())
    with pytest.raises(UsageError, match="too short"):
        backtest_caravan(short, origins=[record.departs], horizons=(1, 3))
    with pytest.raises(UsageError, match="too short"):
        backtest_caravan(short, horizons=(1, 3))


def test_a_body_in_parts_is_scored_by_its_parts(record):
    origin, at = dt.date(2021, 11, 9), record.departs + dt.timedelta(days=18)
    assert record.day(at) == record.day(origin) + 1
    seen = next(n for n in record.nights if n.date == origin and not n.planned)
    parts = tuple(dataclasses.replace(seen, date=at, known_on=at, km=km) for km in (330.0, 410.0))
    split = dataclasses.replace(record, nights=(*(n for n in record.nights if n.date != at), *parts))
    (case,) = [c for c in backtest_caravan(split, origins=[origin], horizons=(1,), **SMALL) if c.quantity == "position"]
    # A point that stays is off by the mean distance of the parts, not by that of their middle.
    assert case.scores["persistence"].crps == pytest.approx(0.5 * ((330.0 - seen.km) + (410.0 - seen.km)), abs=0.1)
    assert case.truth == pytest.approx(370.0)
    assert parts_by_day(split)[record.day(at)] == (330.0, 410.0)


def run(*words):
    return subprocess.run(
        [quick_command(), *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("backtest", "tapachula-2021", "--horizon", "0"), "horizon under one day"),
        (("backtest", "tapachula-2021", "--origins", "2021-13-01"), "expected a date"),
        (("backtest", "tapachula-2021", "--set", "pace=3"), "can be set: draws, particles, memory"),
        (("backtest", "tapachula-2021", "--set", "draws=many"), "expected a number"),
        (("forecast", "tapachula-2021", "--origin", "2019-01-01"), "outside the record"),
        (("forecast", "tapachula-2021", "--origin", "2021-11-09", "--caravan", "nobody"), "no caravan 'nobody'"),
    ],
)
def test_wrong_use_of_the_commands_has_status_2_and_a_message(words, message):
    done = run(*words)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_prints_one_object():
    done = run(
        "backtest",
        "tapachula-2021-11-18",
        "--origins",
        "2021-11-19,2021-11-22",
        "--horizon",
        "3",
        "--json",
        "--quiet",
        "--members",
        "500",
        "--set",
        "draws=100",
    )
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert set(card["skill"]["position"]) == {"1", "3"}
    assert set(card["skill_interval"]["position"]["1"]) == {"low", "high"}
    assert set(card["coverage90"]["position"]) == {"1", "3"}
    assert set(card["skill"]["together"]) == {"1", "3"}
