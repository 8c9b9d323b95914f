"""The commands on a small scenario of one's own, and what is refused before anything is simulated."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from tests.made.commands import quick_command
from tests.made.small import small_scenario

import caravana as cv


def caravana(*words, **options):
    return subprocess.run(
        [quick_command(), *map(str, words)], capture_output=True, text=True, timeout=240, check=False, **options
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "my-road"
    cv.write_scenario(small_scenario(days=4), path)
    return path


@pytest.fixture(scope="module")
def finished(folder):
    """Run the small scenario, where no --out is given, under runs/ in the working directory."""
    done = caravana(
        "run", folder, "--members", "3", "--json", "--set", "rest_chance=0.5", "--workers", "1", cwd=folder.parent
    )
    assert done.returncode == 0, done.stderr
    return folder.parent / "runs" / "my-road-seed1", done


def test_a_name_of_before_is_read_and_the_new_one_said(folder, tmp_path):
    done = caravana(
        "run", folder, "--members", "1", "--set", "dissolution_chiapas=0.125", "--workers", "1", "--json",
        "--out", tmp_path / "run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = "dissolution_chiapas is now called dissolution_at_home; the old name is still read"
    assert done.stderr.count(said) == 1
    assert float(cv.open_run(tmp_path / "run").parameters["dissolution_at_home"][0]) == 0.125
    document = (folder / "scenario.toml").read_text("utf-8")
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    (old / "scenario.toml").write_text(document.replace("dissolution_at_home", "dissolution_chiapas"), "utf-8")
    done = caravana("check", old)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(said) == 1


def test_a_scenario_folder_runs_and_its_run_stands_alone(folder, finished):
    run, done = finished
    told = json.loads(done.stdout)
    assert (folder.parent / told["run"]).resolve() == run.resolve()
    assert (told["scenario"], told["members"], told["seed"]) == ("small", 3, 1)
    assert told["coverage"]["position"] is None
    opened = cv.open_run(run)
    assert (opened.parameters["rest_chance"] == 0.5).all()
    assert opened.scenario == cv.load_scenario(folder)
    assert (run / "report.html").exists()


def test_settings_are_part_of_the_plan(folder, finished):
    again = caravana("run", folder, "--members", "3", cwd=folder.parent)
    assert again.returncode == 1
    assert "holds another run (it differs in settings)" in again.stderr


def test_score_without_observations_says_so(finished):
    run, _ = finished
    done = caravana("score", run)
    assert done.returncode == 0, done.stderr
    assert "no observation to score" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--lang", "fr"], "--lang fr: expected en or es"),
        (["--workers", "0"], "--workers 0: expected 1 or more"),
        (["--set", "rest_chance=nan"], "outside its bounds"),
        (["--set", "=3"], "expected name=value"),
        (["--until", "2021-10-22"], "outside the scenario"),
        (["--seed", str(2**63)], "seed must be"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_simulated(folder, tmp_path, words, told):
    done = caravana("run", folder, "--out", tmp_path / "run", *words)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "run").exists()


def test_check_gives_faults_as_one_object(folder, tmp_path):
    sound = caravana("check", folder, "--json")
    assert sound.returncode == 0
    assert json.loads(sound.stdout)["faults"] == []
    broken = tmp_path / "broken"
    broken.mkdir()
    done = caravana("check", broken, "--json")
    assert done.returncode == 3
    faults = json.loads(done.stdout)["faults"]
    assert {"scenario.toml"} <= {fault["file"] for fault in faults}
    assert {*faults[0]} == {"file", "row", "column", "value", "expected"}
    assert "faults in" in done.stderr or "fault in" in done.stderr


@pytest.mark.parametrize("words", [["score", "--until", "yesterday"], ["report", "--lang", "fr"]])
def test_reading_a_run_wrongly_is_usage(finished, words):
    run, _ = finished
    done = caravana(words[0], run, *words[1:])
    assert done.returncode == 2
    assert "expected" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_leaves_no_traceback(finished):
    run, _ = finished
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "caravana.cli", "score", str(run), "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
