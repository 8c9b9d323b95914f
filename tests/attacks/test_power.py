"""Whole or not at all survives the plug: what has its name is on the disk, and a kill at any call is resumed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from benchmarks.attacks.damage import SCENARIO, UNTIL, fingerprint
from benchmarks.attacks.layer import Call, Layer
from benchmarks.attacks.power import kill, parts_in, record, resume, simulate, watch

import caravana as cv
from caravana import atomic
from caravana.ensemble.crate import CRATE

TRIES = 3


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
    blocks = ["run/blocks/00000", "run/blocks/00001"]
    assert targets == ["run/scenario", "run/manifest.json", *blocks, "run/manifest.json", f"run/{CRATE}"]


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


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """A run, what the disk had at each of its calls, and what it lacks in the end."""
    return watch(tmp_path_factory.mktemp("cut") / "home")


def test_what_a_finished_run_consists_of_is_on_the_disk(states):
    _, every, lacking = states
    assert lacking == []
    assert len(every) > 90


@pytest.mark.parametrize(("share", "way"), [(0.1, "names"), (0.45, "strict"), (0.6, "mixed"), (0.97, "strict")])
def test_a_run_whose_disk_forgot_what_was_not_synced_is_taken_up_to_the_same_bits(states, tmp_path, share, way):
    run, every, _ = states
    state = every[int(share * len(every))]
    state.lay_out(tmp_path / "cut", way=way, chance=random.Random(1))
    assert resume(tmp_path / "cut" / "run", fingerprint(run)) == ""
    for path in run.glob("blocks/*/*"):
        assert (tmp_path / "cut" / "run" / path.relative_to(run)).read_bytes() == path.read_bytes()


def test_the_layer_forgets_what_no_writer_synced(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_sync", lambda _: None)
    run, every, lacking = watch(tmp_path / "home")
    assert lacking
    every[-1].lay_out(tmp_path / "cut", way="strict", chance=random.Random(1))
    assert run.exists()
    assert not (tmp_path / "cut" / "run").exists()


WRITERS = {
    "file": lambda home: atomic.write_whole(home / "a", b"1"),
    "text": lambda home: atomic.write_text(home / "a", "1"),
    "json": lambda home: atomic.write_json(home / "a", {}),
    "written by another": lambda home: atomic.write_whole(home / "a", lambda part: part.write_bytes(b"1")),
    "several": lambda home: atomic.write_together({home / "a": b"1", home / "b": b"2"}),
    "folder": lambda home: atomic.write_folder_whole(home / "a", {"one": b"1", "two": b"2"}),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("again", [False, True])
def test_the_one_writer_writes_syncs_renames_and_syncs_the_folder_in_that_order(tmp_path, writer, again):
    home = tmp_path.resolve()
    if again:
        WRITERS[writer](home)
    with Layer(home) as layer:
        WRITERS[writer](home)
    names = [call.name for call in layer.calls if call.to or call.name in {"write", "fsync"}]
    moved = [n for n, call in enumerate(layer.calls) if call.name == "replace" and call.place.endswith(".part")]
    assert moved
    before, after = layer.calls[: moved[0]], layer.calls[moved[-1] :]
    written = [call.place for call in before if call.name == "write"]
    synced = [call.place for call in before if call.name == "fsync"]
    assert written
    assert set(written) <= set(synced)
    for path in written:
        last = max(n for n, call in enumerate(before) if call == Call("write", path))
        assert before.index(Call("fsync", path)) > last
    assert Call("fsync", ".") in after
    assert names.index("write") < names.index("fsync") < names.index("replace")
