"""The commands on a dispersal: what is refused, and where the message points instead."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.outputs.dispersal_made import make_scenario

import caravana as cv
from caravana.errors import UsageError

COMMAND = [sys.executable, "-m", "caravana.cli"]


def caravana(*words, cwd):
    return subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, timeout=240, check=False, cwd=cwd
    )


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    path = tmp_path_factory.mktemp("land") / "homeland"
    cv.write_scenario(make_scenario(days=40, rules="caravana"), path)
    return path


def test_a_forecast_of_a_dispersal_points_to_what_makes_one(land):
    done = caravana("forecast", "homeland", "--origin", "2012-03-21", cwd=land.parent)
    assert done.returncode == 2, done.stderr
    assert "caravana run homeland --set rules=caravana --set origin_day=N" in done.stderr
    assert "caravana backtest homeland" in done.stderr
    assert "Traceback" not in done.stderr


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
    scenario = make_scenario(days=5, rules="caravana")
    with pytest.raises(UsageError, match="from 0 to 4"):
        cv.simulate(scenario, members=2, settings={"origin_day": 5}, out=tmp_path / "a", workers=1)
    assert not (tmp_path / "a").exists()
    run = cv.simulate(scenario, members=2, settings={"origin_day": 5}, rules="flee", out=tmp_path / "b", workers=1)
    assert not run.failures
