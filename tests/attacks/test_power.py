"""Whole or not at all survives the plug: what has its name is on the disk, and a kill at any call is resumed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from benchmarks.attacks.damage import SCENARIO, UNTIL, fingerprint
from benchmarks.attacks.power import kill, parts_in, record, simulate

import caravana as cv

TRIES = 16


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted run: its folder, and its calls that reach the disk."""
    folder = tmp_path_factory.mktemp("power").resolve() / "run"
    return folder, record(folder)


def test_what_is_moved_is_synced_before_and_its_name_after(whole):
    _, calls = whole
    moves = [(n, source, target) for n, (name, source, target) in enumerate(calls) if name in {"replace", "rename"}]
    targets = [target for _, _, target in moves]
    assert {"run/manifest.json", "run/scenario", "run/blocks/00000", "run/blocks/00001"} <= set(targets)
    for n, source, target in moves:
        synced = {place for name, place, _ in calls[:n] if name == "fsync"}
        assert source in synced, f"{target} may be empty after a power cut"
        folder = str(Path(target).parent)
        assert ("fsync", folder, "") in calls[n:], f"the name {target} may be lost after a power cut"
    assert ("fsync", ".", "") in calls, "the name of the run may be lost after a power cut"


def test_each_file_of_a_block_and_of_the_scenario_is_synced_before_they_have_their_names(whole):
    folder, calls = whole
    for target in ("blocks/00000", "blocks/00001", "scenario"):
        n, source = next((n, source) for n, (_, source, to) in enumerate(calls) if to == f"run/{target}")
        synced = {place for name, place, _ in calls[:n] if name == "fsync"}
        files = [path.name for path in (folder / target).iterdir()]
        assert len(files) >= 6
        assert {f"{source}/{name}" for name in files} <= synced


def test_the_manifest_is_last_and_no_block_comes_before_the_first(whole):
    _, calls = whole
    targets = [target for _, _, target in calls if target and "part" not in target]
    assert targets == ["run/scenario", "run/manifest.json", "run/blocks/00000", "run/blocks/00001", "run/manifest.json"]


@pytest.mark.parametrize("share", [n / TRIES for n in range(TRIES)])
def test_a_run_killed_at_a_call_is_taken_up_to_the_same_bits(whole, tmp_path, share):
    done, calls = whole
    folder = tmp_path.resolve() / "run"
    assert kill(folder, int(share * len(calls)))
    simulate(folder)
    assert fingerprint(folder) == fingerprint(done)
    assert parts_in(folder) == []
    for path in done.glob("blocks/*/*"):
        assert (folder / path.relative_to(done)).read_bytes() == path.read_bytes()


def test_what_a_kill_before_the_first_manifest_leaves_is_taken_up(whole, tmp_path):
    (tmp_path / "run" / "blocks" / "00000").mkdir(parents=True)
    simulate(tmp_path / "run")
    assert fingerprint(tmp_path / "run") == fingerprint(whole[0])


def test_an_empty_block_is_none(whole, tmp_path):
    folder = Path(shutil.copytree(whole[0], tmp_path / "run"))
    for path in (folder / "blocks" / "00001").iterdir():
        path.unlink()
    with pytest.raises(cv.RunError, match="blocks/00001 is missing"):
        cv.open_run(folder)
    simulate(folder)
    assert fingerprint(folder) == fingerprint(whole[0])


@pytest.mark.parametrize("mine", ["notes.txt", "scenario/scenario.toml", "blocks/mine"])
def test_a_folder_of_somebody_elses_is_no_run_that_was_killed(tmp_path, mine):
    path = tmp_path / "mine" / mine
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    if mine.startswith("blocks"):
        (tmp_path / "mine" / "scenario").mkdir()
        (tmp_path / "mine" / "scenario" / "scenario.toml").write_text("mine")
    with pytest.raises(cv.RunError, match="exists and is not a run folder"):
        cv.simulate(SCENARIO, members=64, seed=1, until=UNTIL, out=tmp_path / "mine", workers=1)
    assert path.read_text() == "mine"
