"""Forecasts and backtests of the bundled caravans, through the functions and through the commands."""

import dataclasses
import datetime as dt
import json
import subprocess
import sys

import numpy as np
import pytest

from caravana.errors import UsageError
from caravana.inference.caravan.backtest import backtest_caravan, default_origins
from caravana.inference.caravan.forecast import Roller, as_so_far
from caravana.inference.reports import known_by, read_record
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.scorecard import scorecard
from caravana.models.scenarios import load_scenario
from caravana.reporting.console import scorecard_lines, tell, tell_lines

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


def test_days_as_so_far_go_on_as_they_went(record):
    rng = np.random.default_rng(1)
    known = known_by(record, dt.date(2021, 11, 9))
    today = record.day(dt.date(2021, 11, 9))
    own = as_so_far(known, today=today, days=5, rng=rng)
    assert own.sum(axis=1) == pytest.approx(np.ones(5))
    pace = 307.0 / today
    assert own[-1] @ known.stops.km == pytest.approx(307.0 + 5 * pace, abs=15.0)
    unseen = dataclasses.replace(known, nights=())
    assert as_so_far(unseen, today=today, days=5, rng=rng) is None


def test_a_night_announced_is_not_diluted_by_days_so_far(record):
    origin = dt.date(2021, 11, 2)
    made = Roller(record, seed=1, **SMALL).forecast(origin, days=3)
    # A rest at Pijijiapan was announced for the next day.
    at = made.stop_ids.index("pijijiapan")
    assert made.position[0, at] > 0.65


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


def test_a_forecast_can_be_told(made):
    scenario = load_scenario("tapachula-2021")
    told = tell(made, scenario)
    assert json.loads(json.dumps(told))["audience"] == "internal"
    assert len(told["nights"]) == 7
    assert told["nights"][0]["likeliest_stops"][0]["name"]
    lines = tell_lines(told)
    assert len(lines) == 12
    assert list(told["together"]) == [night["date"] for night in told["nights"]]
    assert all(0.0 < chance < 1.0 for chance in told["together"].values())
    assert told["effective_persons"] >= 0.1 * SMALL["particles"]
    assert lines[-2].startswith(f"Still together on {told['nights'][-1]['date']}")


def test_default_origins_know_where_the_caravan_is(record):
    origins = default_origins(record)
    nights = {n.date for n in record.nights if n.known_on <= n.date}
    assert set(origins) <= nights
    assert dt.date(2021, 11, 9) in origins


def test_a_backtest_scores_the_model_and_the_baselines_on_the_same_reports(record):
    cases = backtest_caravan(record, origins=[dt.date(2021, 11, 4), dt.date(2021, 11, 9)], horizons=(1, 3), **SMALL)
    assert {case.quantity for case in cases} == {"position", "headcount"}
    assert all(MODEL in case.scores and "persistence" in case.scores for case in cases)
    card = scorecard(cases)
    lines = scorecard_lines({"scenario": "s", "caravan": "c", "origins": ["2021-11-04", "2021-11-09"], **card})
    assert lines[0] == card["verdict"]


def test_a_backtest_without_origins_or_outside_the_record_is_refused(record):
    with pytest.raises(UsageError, match="at least one origin"):
        backtest_caravan(record, origins=[], **SMALL)
    with pytest.raises(UsageError, match="outside the record"):
        backtest_caravan(record, origins=[dt.date(2020, 1, 1)], **SMALL)


def run(*words):
    return subprocess.run(
        [sys.executable, "-c", "from caravana.cli import main; main()", *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("backtest", "tapachula-2021", "--horizon", "0"), "horizon under one day"),
        (("backtest", "tapachula-2021", "--origins", "2021-13-01"), "expected a date"),
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
        "backtest", "tapachula-2021-11-18", "--origins", "2021-11-19,2021-11-22", "--horizon", "3", "--json", "--quiet"
    )
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert set(card["skill"]["position"]) == {"1", "3"}
    assert set(card["skill_interval"]["position"]["1"]) == {"low", "high"}
    assert set(card["coverage90"]["position"]) == {"1", "3"}
