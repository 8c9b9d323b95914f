"""The command line as a process: data on stdout, messages on stderr, documented exit statuses."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.made.commands import quick_command

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "caravana.cli"]


def caravana(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    # What the surroundings say of colours is read as the program begins.
    command = COMMAND if environment else [quick_command()]
    return subprocess.run(
        [*command, *words], capture_output=True, text=True, timeout=240, check=False, cwd=cwd,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "run"
    done = caravana("run", "tapachula-2021", "--members", "64", "--until", "2021-11-09", "--out", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    return folder, done


def test_run_prints_one_object_and_says_where_the_report_is(finished):
    folder, done = finished
    printed = json.loads(done.stdout)
    assert printed["run"] == str(folder)
    assert printed["members"] == 64
    assert 0 < printed["wall_seconds"] < 240
    assert 0 <= printed["coverage"]["position"] <= 1
    assert 0 <= printed["coverage"]["headcount"] <= 1
    assert printed["band_km"]["2021-11-09"] > 0
    assert "report.html" in done.stderr
    assert (folder / "report.html").stat().st_size > 100_000
    assert (folder / "summary.parquet").exists()


def test_score_recomputes_the_same_numbers_from_the_folder(finished):
    folder, done = finished
    scored = caravana("score", str(folder), "--json")
    assert scored.returncode == 0, scored.stderr
    ours, theirs = json.loads(scored.stdout), json.loads(done.stdout)
    assert ours["coverage"] == theirs["coverage"]
    assert ours["band_km"] == theirs["band_km"]


def test_report_is_written_again_in_spanish(finished, tmp_path):
    folder, _ = finished
    page = tmp_path / "informe.html"
    done = caravana("report", str(folder), "--lang", "es", "--out", str(page))
    assert done.returncode == 0, done.stderr
    assert 'lang="es"' in page.read_text(encoding="utf-8")[:2000]


def test_the_same_command_finds_a_finished_run(finished):
    folder, _ = finished
    stamp = (folder / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns
    again = caravana("run", "tapachula-2021", "--members", "64", "--until", "2021-11-09", "--out", str(folder))
    assert again.returncode == 0, again.stderr
    assert again.stdout == ""
    assert (folder / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns == stamp


def test_scenarios_and_check(tmp_path):
    listed = caravana("scenarios", "--json")
    names = [s["name"] for s in json.loads(listed.stdout)["scenarios"]]
    assert "tapachula-2021" in names
    sound = caravana("check", "tapachula-2021")
    assert (sound.returncode, sound.stdout) == (0, "")
    assert "is sound" in sound.stderr


def test_check_lists_every_fault_and_ends_with_3(tmp_path):
    from caravana.models.scenarios import load_as_written, write_scenario

    broken = tmp_path / "broken"
    write_scenario(load_as_written("tapachula-2021"), broken)  # with the places and links of its road
    lines = (broken / "links.csv").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[2], "-4", 1)
    lines[5] = "nowhere" + lines[5][lines[5].index(",") :]
    (broken / "links.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = caravana("check", str(broken))
    assert done.returncode == 3
    assert "links.csv line 4" in done.stdout
    assert "links.csv line 6" in done.stdout
    assert "nowhere" in done.stdout
    assert "faults" in done.stderr
    ran = caravana("run", str(broken), "--out", str(tmp_path / "run"))
    assert ran.returncode == 3
    assert "links.csv line 4" in ran.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["run", "nowhere"], 3, "nowhere"),
        (["run", "tapachula-2021", "--members", "0"], 2, "members must be 1 or more"),
        (["run", "tapachula-2021", "--seed", "-1"], 2, "seed"),
        (["run", "tapachula-2021", "--members", "many"], 2, "--members"),
        (["run", "tapachula-2021", "--until", "soon"], 2, "soon"),
        (["run", "tapachula-2021", "--until", "2031-01-01"], 2, "outside the scenario"),
        (["run", "tapachula-2021", "--set", "rest_chance"], 2, "rest_chance"),
        (["run", "tapachula-2021", "--set", "rest_chance=often"], 2, "rest_chance=often"),
        (["run", "tapachula-2021", "--set", "rest=0.1"], 2, "rest is no parameter"),
        (["run", "tapachula-2021", "--set", "rest_chance=7"], 2, "outside its bounds"),
        (["run", "tapachula-2021", "--set", "rules=flee"], 2, "rules"),
        (["run", "tapachula-2021", "--policy", "nothing"], 2, "no policy nothing"),
        (["score", "/nonexistent"], 1, "not a run folder"),
        (["report", "/nonexistent"], 1, "not a run folder"),
        (["walk"], 2, "walk"),
    ],
)
def test_wrong_use_ends_with_one_message_and_its_status(words, status, told, tmp_path):
    done = caravana(*words, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.glob("runs/*/blocks/*")), "nothing half-written"


def test_a_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    done = caravana("run", "tapachula-2021", "--members", "1", "--out", str(tmp_path / "letters"))
    assert done.returncode == 1
    assert "is not a run folder" in done.stderr
    assert [p.name for p in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = caravana("run", "tapachula-2021", "--members", "1", "--out", str(blocked / "run"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(blocked) in done.stderr


def blocks(folder):
    return list(folder.glob("blocks/[0-9]*"))


def interrupt(words, folder):
    """Interrupt a run when it has a block; return its exit status and what it wrote."""
    # A test run in the background ignores Ctrl-C, and so would its children: this one listens again.
    listens = (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        " runpy.run_module('caravana.cli', run_name='__main__')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", listens, *words[len(COMMAND) :]],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not blocks(folder) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_interrupted_says_how_to_go_on_and_the_same_command_does(tmp_path):
    # On a machine that does much else a run may have all its blocks before it is interrupted: then another one is.
    for n in range(3):
        folder = tmp_path / f"run-{n}"
        words = [*COMMAND, "run", "tapachula-2021", "--members", "640", "--until", "2021-10-30", "--out", str(folder)]
        status, out, err = interrupt(words, folder)
        if len(blocks(folder)) < 10:
            break
    assert 1 <= len(blocks(folder)) < 10
    assert status == 130, err
    assert "same command" in err
    assert "Traceback" not in err
    assert out == ""
    again = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert again.returncode == 0, again.stderr
    assert len(blocks(folder)) == 10
    assert (folder / "report.html").exists()


def test_quiet_and_no_color(finished, tmp_path):
    quiet = caravana(
        "run", "tapachula-2021", "--members", "2", "--until", "2021-10-24", "--out", str(tmp_path / "q"), "--quiet",
        NO_COLOR="1",
    )  # fmt: skip
    assert quiet.returncode == 0
    assert quiet.stdout == ""
    assert quiet.stderr == ""
    help_text = caravana("--help", NO_COLOR="1", FORCE_COLOR="")
    assert "\x1b[" not in help_text.stdout
    assert "Exit statuses" in help_text.stdout
