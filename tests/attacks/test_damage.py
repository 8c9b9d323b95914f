"""Numbers of a run cannot be damaged without a sign: what is broken is named, refused, and mended by the same run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import numpy as np
import pytest
from benchmarks.attacks.damage import SCENARIO, UNTIL, damage, fingerprint, make_runs
from tests.made.commands import quick_command

import caravana as cv
from caravana.ensemble.crate import CRATE
from caravana.ensemble.integrity import keep_digest
from caravana.inference.posterior.folder import read_array, write_array

BLOCK = "blocks/00001"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return make_runs(tmp_path_factory.mktemp("damage"))


@pytest.fixture
def copy(runs, tmp_path):
    return Path(shutil.copytree(runs[0], tmp_path / "run"))


def again(folder, **options):
    return cv.simulate(SCENARIO, members=128, seed=1, until=UNTIL, out=folder, workers=1, **options)


def caravana(*arguments):
    command = [str(quick_command()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def flip(path, at=0.5):
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(content)


def test_no_damage_is_silent(runs):
    tried, seen, silent = damage(*runs, tries=48, seed=5)
    assert sum(tried.values()) == 48
    assert silent == []
    for kind in set(tried) - {"bit flipped", "file cut", "block exchanged"}:
        assert seen[kind] == tried[kind], kind
    assert seen["bit flipped"] >= 20


def exchange_blocks(folder):
    first, second, aside = folder / "blocks/00000", folder / BLOCK, folder / "blocks/aside"
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


def exchange_tables(folder):
    shutil.copy(folder / "blocks/00000/people.parquet", folder / BLOCK / "people.parquet")


def add_a_table_of_ours(folder):
    shutil.copy(folder / BLOCK / "flows.parquet", folder / BLOCK / "cohort_flows.parquet")


def link_a_table(folder):
    table = folder / BLOCK / "people.parquet"
    table.rename(folder.parent / "elsewhere.parquet")
    table.symlink_to(folder.parent / "elsewhere.parquet")


def empty_the_block(folder):
    for path in (folder / BLOCK).iterdir():
        path.unlink()


CASES = {
    "flipped": (lambda folder: flip(folder / BLOCK / "people.parquet"), f"{BLOCK}/people.parquet is not as it was"),
    "removed": (lambda folder: (folder / BLOCK / "flows.parquet").unlink(), f"{BLOCK}/flows.parquet is missing"),
    "exchanged": (exchange_tables, f"{BLOCK}/people.parquet is not as it was"),
    "blocks exchanged": (exchange_blocks, f"{BLOCK} is another block, or one of another run"),
    "block removed": (lambda folder: shutil.rmtree(folder / BLOCK), f"{BLOCK} is missing"),
    "block emptied": (empty_the_block, f"{BLOCK} is missing"),
    "digests removed": (lambda folder: (folder / BLOCK / "digests.json").unlink(), "digests.json is missing"),
    "table added": (add_a_table_of_ours, "cohort_flows.parquet was not written with the block"),
    "table linked": (link_a_table, f"{BLOCK}/people.parquet cannot be read: this is a link"),
    "scenario": (lambda folder: flip(folder / "scenario/places.csv"), "scenario/places.csv is not as it was"),
    "document": (lambda folder: (folder / "scenario/scenario.toml").unlink(), "scenario/scenario.toml is missing"),
    "scenario removed": (lambda folder: shutil.rmtree(folder / "scenario"), "scenario/claims.csv is missing"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::caravana.errors.IntegrityWarning")
def test_damage_is_named_refused_and_mended_by_the_same_run(runs, copy, case):
    break_it, words = CASES[case]
    before = fingerprint(copy)
    break_it(copy)
    with pytest.raises(cv.RunError, match=r"is damaged: .*Run the same `caravana run` again") as caught:
        cv.open_run(copy)
    assert words in str(caught.value)
    again(copy)
    assert fingerprint(copy) == before
    for path in runs[0].rglob("*.*"):
        # These two say when the run was mended.
        if path.name not in {"manifest.json", CRATE}:
            assert (copy / path.relative_to(runs[0])).read_bytes() == path.read_bytes()


def test_a_block_that_is_simulated_again_is_named(copy):
    flip(copy / BLOCK / "people.parquet")
    with pytest.warns(cv.IntegrityWarning, match=rf"{BLOCK}/people.parquet is not as it was written; the block is sim"):
        again(copy)


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9, 0.97])
def test_a_damaged_manifest_is_refused_and_written_again_from_the_blocks(copy, at):
    before = fingerprint(copy)
    flip(copy / "manifest.json", at)
    with pytest.raises(cv.RunError, match=r"manifest\.json"):
        cv.open_run(copy)
    stamps = {p: p.stat().st_mtime_ns for p in copy.glob("blocks/*/*.parquet")}
    again(copy)
    assert fingerprint(copy) == before
    assert stamps == {p: p.stat().st_mtime_ns for p in copy.glob("blocks/*/*.parquet")}


def test_a_damaged_manifest_is_no_leave_for_another_run(copy):
    flip(copy / "manifest.json", 0.3)
    files = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    with pytest.raises(cv.RunError, match=r"manifest\.json"):
        cv.simulate(SCENARIO, members=128, seed=9, until=UNTIL, out=copy, workers=1)
    assert files == {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}


def as_an_earlier_version_wrote_it(folder):
    for path in folder.glob("blocks/*/digests.json"):
        path.unlink()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    kept = {k: v for k, v in manifest.items() if k not in {"digest", "files", "unverified"}}
    (folder / "manifest.json").write_text(json.dumps(kept), "utf-8")


def test_a_run_of_an_earlier_version_opens_with_one_line_and_goes_on(runs, copy):
    as_an_earlier_version_wrote_it(copy)
    with pytest.warns(cv.IntegrityWarning, match="cannot be verified") as caught:
        before = fingerprint(copy)
    assert len(caught) == 1
    assert before == fingerprint(runs[0])
    stamp = (copy / BLOCK / "people.parquet").stat().st_mtime_ns
    with pytest.warns(cv.IntegrityWarning, match="cannot be verified"):
        longer = cv.simulate(SCENARIO, members=192, seed=1, until=UNTIL, out=copy, workers=1)
    assert longer.manifest["unverified"] == ["blocks/00000", "blocks/00001"]
    assert (copy / BLOCK / "people.parquet").stat().st_mtime_ns == stamp
    (copy / "blocks/00002/digests.json").unlink()
    with pytest.raises(cv.RunError, match=r"blocks/00002/digests\.json is missing"):
        cv.open_run(copy)


@pytest.mark.filterwarnings("ignore::caravana.errors.IntegrityWarning")
@pytest.mark.parametrize("blocks", ["*", "00001"])
def test_a_column_of_another_name_in_a_run_that_nothing_vouches_for_is_named(copy, blocks):
    as_an_earlier_version_wrote_it(copy)
    for path in copy.glob(f"blocks/{blocks}/flows.parquet"):
        renamed = f"SELECT * EXCLUDE (kind), kind AS iind FROM read_parquet('{path}')"
        duckdb.execute(f"COPY ({renamed}) TO '{path}.new' (FORMAT parquet)")
        Path(f"{path}.new").replace(path)
    named = r"its table flows has no kind \(it has .*iind.*\)" if blocks == "*" else r"(has no kind|has no iind), which"
    with pytest.raises(cv.RunError, match=named):
        _ = cv.open_run(copy).flows


@pytest.mark.parametrize("name", ["posterior.json", "failures.json"])
def test_what_a_run_says_of_itself_has_a_digest_too(copy, name):
    (copy / name).write_text("[]", "utf-8")
    keep_digest(copy, name)
    cv.open_run(copy)
    (copy / name).write_text("[ ]", "utf-8")
    with pytest.raises(cv.RunError, match=f"{name} is not as it was written"):
        cv.open_run(copy)
    again(copy)
    assert not (copy / "failures.json").exists()
    cv.open_run(copy)


def test_a_block_of_a_calibration_in_the_place_of_another_is_refused(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "blocks").mkdir()
    first, second = (tmp_path / "blocks" / f"000-00{number}.npz" for number in (0, 1))
    for number, path in enumerate((first, second)):
        write_array(path, {"scores": np.full(3, number)})
    assert list(read_array(second)) == ["scores"]
    shutil.copy(first, second)
    with pytest.raises(cv.RunError, match=r"000-001\.npz is corrupt \(it is another file"):
        read_array(second)
    (tmp_path / "plan.json").write_text('{"seed": 2}')
    with pytest.raises(cv.RunError, match="or one of another calibration"):
        read_array(first)


def test_verify_says_what_is_whole_and_ends_with_0_or_1(copy):
    done = caravana("verify", copy, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["whole"]
    assert said["complete"]
    assert said["damaged"] == said["unverified"] == []
    assert said["verified"] == len([*copy.glob("blocks/*/*.parquet"), *copy.glob("scenario/*")])
    flip(copy / BLOCK / "people.parquet")
    (copy / "scenario/claims.csv").unlink()
    done = caravana("verify", copy, "--json")
    assert done.returncode == 1
    assert [row["path"] for row in json.loads(done.stdout)["damaged"]] == [
        "scenario/claims.csv",
        f"{BLOCK}/people.parquet",
    ]
    done = caravana("verify", copy)
    assert done.returncode == 1
    assert f"{BLOCK}/people.parquet is not as it was written" in done.stdout


@pytest.mark.parametrize(
    "command", [["score"], ["report"], ["export", "--format", "csv"], ["needs", "--origin", UNTIL]]
)
def test_every_command_that_opens_a_damaged_run_names_the_file_and_ends_with_1(copy, command):
    flip(copy / BLOCK / "people.parquet")
    done = caravana(command[0], copy, *command[1:])
    assert done.returncode == 1
    assert f"{BLOCK}/people.parquet is not as it was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
