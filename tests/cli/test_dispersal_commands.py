"""The commands on a displacement scenario: what is refused, and where the message points instead."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.made.commands import quick_command
from tests.made.displacement_run import make_scenario

import caravana as cv
from caravana.cli.options import read_pairs
from caravana.errors import UsageError
from caravana.models.registry import model_of


def configured(scenario, pair):
    """Set one setting by hand, as the command does."""
    return model_of(scenario).configure(scenario, read_pairs([pair]))[0]


def caravana(*words, cwd):
    return subprocess.run(
        [quick_command(), *map(str, words)], capture_output=True, text=True, timeout=240, check=False, cwd=cwd
    )


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    path = tmp_path_factory.mktemp("land") / "homeland"
    cv.write_scenario(make_scenario(days=40, rules="camp-shares"), path)
    return path


def test_a_displacement_is_forecast_from_a_day(land):
    words = ("forecast", "homeland", "--on", "2012-03-21", "--horizon", "7", "--members", "8")
    done = caravana(*words, "--json", cwd=land.parent)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) >= {"weights", "camps", "total", "useful_lead", "capacity"}
    assert all(set(camp["horizons"]) == {"7"} and len(camp["days"]) == 7 for camp in answer["camps"].values())
    refused = caravana(*words, "--caravan", "x", cwd=land.parent)
    assert refused.returncode == 2
    assert "'displacement' does not take the option caravan" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "last"),
    [(("origin_day=40",), 39), (("origin_day=400",), 39), (("origin_day=20", "--until", "2012-03-10"), 9)],
)
def test_an_origin_outside_the_run_is_refused_before_any_block_starts(land, words, last):
    before = sorted(land.parent.iterdir())
    done = caravana("run", "homeland", "--members", "2", "--set", *words, cwd=land.parent)
    assert done.returncode == 2, done.stderr
    assert f"expected a day from 0 to {last}" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "every block failed" not in done.stderr
    assert sorted(land.parent.iterdir()) == before


def test_the_rules_of_flee_have_no_origin_to_refuse(tmp_path):
    scenario = make_scenario(days=5, rules="camp-shares")
    with pytest.raises(UsageError, match="from 0 to 4"):
        cv.simulate(scenario, members=2, set={"origin_day": 5}, out=tmp_path / "a", workers=1)
    assert not (tmp_path / "a").exists()
    with pytest.warns(cv.UnusedInputWarning, match="not used by the rules flee: origin_day"):
        run = cv.simulate(scenario, members=2, set={"origin_day": 5}, rules="flee", out=tmp_path / "b", workers=1)
    assert not run.failures


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("start_on_foot=true", True),
        ("insert_day0=no", False),
        ("conflict_spawn_decay=1,0.5", (1.0, 0.5)),
        ("flood_movechances=0.5", (0.5,)),
        ("spawn_mode=poisson", "poisson"),
        ("awareness_level=2", 2),
        ("softening=2.5", 2.5),
    ],
)
def test_settings_are_set_by_words_lists_and_numbers(pair, value):
    assert configured(make_scenario(days=5), pair).settings[pair.partition("=")[0]] == value


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("start_on_foot", "expected name=value, such as --set rest_chance=0.2"),
        ("=3", "expected name=value"),
        ("start_on_foot=perhaps", "setting start_on_foot: 'perhaps' is not a value of it; expected true or false"),
        ("conflict_spawn_decay=1,b", "expected a list of numbers"),
        ("spawn_mode=often", "expected one of constant, pop_ratio, poisson"),
        ("max_move_speed=1_000", "expected a number of at least"),
        ("rest_chance=0.2", "no setting rest_chance; a dispersal has"),
        ("flood_driven_spawning=1", "settings.flood_driven_spawning: true — expected false: there are no floods"),
        ("children_avoid_hazards=1", "there are no ages in numbers"),
        ("distance_power=-400", "a power under which the weight of every road stays a number"),
        ("max_move_speed=0.0001", "a speed at which the shortest road"),
    ],
)
def test_what_cannot_be_set_is_refused_before_any_block_starts(pair, expected):
    with pytest.raises(UsageError) as error:
        configured(make_scenario(days=5), pair)
    assert expected in str(error.value)


def test_run_takes_settings_that_are_no_numbers(land):
    words = ("--members", "2", "--out", "by-words", "--quiet", "--set", "start_on_foot=true")
    words += ("--set", "conflict_spawn_decay=1,0.5", "--set", "rules=camp-shares")
    done = caravana("run", "homeland", *words, cwd=land.parent)
    assert done.returncode == 0, done.stderr
    settings = cv.open_run(land.parent / "by-words").scenario.settings
    assert settings["start_on_foot"] is True
    assert settings["conflict_spawn_decay"] == (1.0, 0.5)
    done = caravana("run", "homeland", "--set", "flood_driven_spawning=true", cwd=land.parent)
    assert done.returncode == 2
    assert "there are no floods" in done.stderr
