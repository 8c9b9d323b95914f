"""Claims taken in `caravana run`: what is simulated, what the manifest records and what the report says."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from tests.made.commands import quick_command
from tests.made.disputed import disputed_scenario

import caravana as cv
from caravana.reporting.report import render_report


def caravana(*words, cwd):
    return subprocess.run(
        [quick_command(), *map(str, words)], capture_output=True, text=True, timeout=240, check=False, cwd=cwd,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("taken") / "road"
    cv.write_scenario(disputed_scenario(), path)
    return path


@pytest.fixture(scope="module")
def taken(folder):
    """Run with a claim taken as true, another that puts a policy in force, and one left open."""
    done = caravana(
        "run", folder, "--members", "3", "--workers", "1", "--quiet", "--json", "--out", "run",
        "--take", "many=true", "--take", "trusted=true", "--take", "money=open", cwd=folder.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return cv.open_run(folder.parent / "run"), json.loads(done.stdout)


def test_the_claims_are_recorded_and_what_they_set_is_simulated(taken):
    run, told = taken
    plan = run.manifest["plan"]
    assert plan["taken"] == told["claims_taken"] == {"many": "true", "trusted": "true", "money": "open"}
    assert plan["settings"] == {"turnout": 200.0}
    assert (run.parameters["turnout"] == 200).all()


@pytest.mark.parametrize(
    ("language", "as_true", "as_open"),
    [
        ("en", "takes it as true (many)", "leaves it open (money)"),
        ("es", "da por cierto (many)", "deja abierto (money)"),
    ],
)
def test_the_report_says_which_claims_it_takes(taken, language, as_true, as_open):
    run, _ = taken
    page = render_report(run, language=language)
    assert as_true in page
    assert as_open in page
    assert "Set by hand for this run" not in page
    assert "Fijado a mano" not in page


def test_another_reading_is_another_run(folder, taken):
    again = caravana("run", folder, "--members", "3", "--out", "run", cwd=folder.parent)
    assert again.returncode == 1
    assert "holds another run" in again.stderr
    assert "taken" in again.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--take", "many"), "expected CLAIM=true, CLAIM=false or CLAIM=open"),
        (("--take", "many=perhaps"), "expected CLAIM=true"),
        (("--take", "nobody=true"), "no claim nobody"),
        (("--take", "many=true", "--take", "many=false"), "is taken as true and as false"),
        (("--take", "many=true", "--set", "turnout=5"), "contradicts a claim taken"),
        (("--take", "many=false", "--set", "turnout=5"), "contradicts a claim taken"),
        (("--take", "count=true"), "picks among runs"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_nothing_written(folder, words, message):
    done = caravana("run", folder, "--members", "3", "--out", "refused", *words, cwd=folder.parent)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder.parent / "refused").exists()
