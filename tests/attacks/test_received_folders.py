"""A folder that was received reaches nothing outside it, and no pipe, device or socket stands for a file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from itertools import cycle
from pathlib import Path

import pytest
from benchmarks.attacks.damage import SCENARIO, UNTIL
from tests.made.commands import quick_command

import caravana as cv
from caravana.scenario.folders import find_scenario


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("received") / "run"
    cv.simulate(SCENARIO, members=64, seed=1, until=UNTIL, out=folder, workers=1)
    return folder


@pytest.fixture
def received(run, tmp_path):
    return Path(shutil.copytree(run, tmp_path / "run"))


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True)
    (folder / ".ssh" / "id").write_text("key")
    (folder / ".00000.0123abcd.part").mkdir()
    (folder / "victim").write_text("precious")
    return folder


def content_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def resume(folder):
    return cv.simulate(SCENARIO, members=64, seed=1, until=UNTIL, out=folder, workers=1)


@pytest.mark.parametrize("name", ["blocks", "scenario"])
def test_a_linked_folder_is_refused_and_its_target_left_alone(received, home, name):
    before = content_of(home)
    shutil.rmtree(received / name)
    (received / name).symlink_to(home)
    with pytest.raises(cv.RunError, match="link"):
        cv.open_run(received)
    with pytest.raises(cv.RunError, match="is a link"):
        resume(received)
    assert content_of(home) == before


def test_a_linked_block_is_not_read_and_not_written_through(received, home):
    before = content_of(home)
    shutil.rmtree(received / "blocks" / "00000")
    (received / "blocks" / "00000").symlink_to(home)
    with pytest.raises(cv.RunError, match="blocks/00000 is a link"):
        cv.open_run(received)
    # Nothing at the target is touched; what stands in the block's place is refused.
    with pytest.raises(cv.CaravanaError):
        resume(received)
    assert content_of(home) == before


def test_a_linked_manifest_or_part_is_not_written_through(received, home):
    before = content_of(home)
    for name in (".manifest.json.part", ".manifest.json.0123abcd.part", ".scenario.0123abcd.part"):
        (received / name).symlink_to(home / "victim")
    (received / "blocks" / ".00000.0123abcd.part").symlink_to(home)
    resume(received)
    assert content_of(home) == before
    shutil.move(received / "manifest.json", home.parent / "manifest.json")
    (received / "manifest.json").symlink_to(home.parent / "manifest.json")
    kept = (home.parent / "manifest.json").read_bytes()
    with pytest.raises(cv.RunError, match="this is a link"):
        cv.open_run(received)
    with pytest.raises(cv.RunError, match="this is a link"):
        resume(received)
    assert (home.parent / "manifest.json").read_bytes() == kept


def test_what_the_user_keeps_in_a_run_folder_stays_when_it_is_resumed(received):
    mine = [".git/config", "notes.part", "blocks/.keep/a", "mine/.cache.part/b", "scenario/LICENCE"]
    for name in mine:
        (received / name).parent.mkdir(parents=True, exist_ok=True)
        (received / name).write_text("mine")
    (received / "blocks/00000/flows.parquet").unlink()
    with pytest.warns(cv.IntegrityWarning, match="is missing"):
        resume(received)
    assert {name: (received / name).read_text() for name in mine} == dict.fromkeys(mine, "mine")


def put_pipe(path):
    os.mkfifo(path)


def put_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def put_device(path):
    path.symlink_to("/dev/zero")


PLACES = {
    "run/manifest.json": ["score", "RUN"],
    "run/blocks/00000/people.parquet": ["score", "RUN"],
    "run/blocks/00000/digests.json": ["verify", "RUN"],
    "run/scenario/places.csv": ["report", "RUN"],
    "scenario/places.csv": ["check", "SCENARIO"],
    "scenario/scenario.toml": ["check", "SCENARIO"],
    "policy.toml": ["compare", SCENARIO, "policy.toml"],
    "article.txt": ["read", "article.txt", SCENARIO],
    "stock.csv": ["needs", "RUN", "--origin", UNTIL, "--stock", "stock.csv", "--as-run"],
    "posterior/plan.json": ["run", SCENARIO, "--posterior", "posterior", "--out", "new"],
    "scheduler.json": ["run", SCENARIO, "--scheduler", "scheduler.json", "--out", "new"],
    "new": ["run", SCENARIO, "--out", "new"],
    "folder": ["check", "folder"],
}


# Each kind in turn; every kind in every place is the campaign `links`.
@pytest.mark.parametrize(("place", "put"), [*zip(PLACES, cycle([put_pipe, put_socket, put_device]), strict=False)])
def test_what_is_no_ordinary_file_is_refused_in_a_line(received, put, place):
    folder = received.parent
    shutil.copytree(find_scenario(SCENARIO), folder / "scenario")
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    put(path)
    words = [str({"RUN": received, "SCENARIO": folder / "scenario"}.get(word, word)) for word in PLACES[place]]
    done = subprocess.run(
        [quick_command(), *words],
        cwd=folder, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode in {1, 2, 3}, done.stderr
    assert "Traceback" not in done.stderr
    said = (done.stdout + done.stderr).splitlines()
    assert 1 <= len(said) <= 4, said
