"""A member of a seed is the same numbers whatever the ensemble's size, the workers, a crash and a resume."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import duckdb
import pytest

import caravana as cv

if TYPE_CHECKING:
    from pathlib import Path

MEMBER = 37
TABLES = ("people", "caravans", "flows", "payments", "reports", "parameters")


def numbers(folder: Path) -> dict[str, list[tuple]]:
    """Return every number of one member, by table, in a fixed order."""
    out = {}
    for table in TABLES:
        source = f"read_parquet('{folder}/blocks/*/{table}.parquet')"
        out[table] = duckdb.sql(f"SELECT * FROM {source} WHERE member = {MEMBER} ORDER BY ALL").fetchall()
    return out


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone") / "run"
    cv.simulate("tapachula-2021", members=64, seed=1, until="2021-10-30", out=folder, workers=1)
    return numbers(folder)


def test_the_member_has_numbers(alone):
    assert all(alone[table] for table in TABLES)


@pytest.mark.parametrize(("members", "workers"), [(200, 1), (200, 2), (1000, 2)])
def test_size_and_workers_change_nothing(alone, tmp_path, members, workers):
    folder = tmp_path / "run"
    cv.simulate("tapachula-2021", members=members, seed=1, until="2021-10-30", out=folder, workers=workers)
    assert numbers(folder) == alone


def test_another_seed_is_another_member(alone, tmp_path):
    folder = tmp_path / "run"
    cv.simulate("tapachula-2021", members=64, seed=2, until="2021-10-30", out=folder, workers=1)
    assert numbers(folder) != alone


def test_a_longer_ensemble_is_completed_in_the_same_folder(alone, tmp_path):
    folder = tmp_path / "run"
    first = cv.simulate("tapachula-2021", members=64, seed=1, until="2021-10-30", out=folder, workers=1)
    assert len(first.member_ids) == 64
    stamp = (folder / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns
    longer = cv.simulate("tapachula-2021", members=130, seed=1, until="2021-10-30", out=folder, workers=1)
    assert len(longer.member_ids) == 130
    assert (folder / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns == stamp
    assert numbers(folder) == alone
    # Blocks are whole, but a run of 130 shows 130 members of its last block's 192.
    assert int(longer.query("SELECT max(member) FROM people").iloc[0, 0]) == 129


def run_command(folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "caravana.cli", "run", "tapachula-2021", "--members", "640", "--seed", "1",
        "--until", "2021-10-30", "--out", str(folder), "--workers", "2", "--quiet",
    ]  # fmt: skip


def finished_blocks(folder: Path) -> set[str]:
    return {p.name for p in folder.glob("blocks/[0-9]*")}


def kill_half_way(folder: Path) -> set[str]:
    """Kill a run when it has three blocks; return those that it has in the end."""
    process = subprocess.Popen(run_command(folder), start_new_session=True)
    deadline = time.monotonic() + 120
    while len(finished_blocks(folder)) < 3 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return finished_blocks(folder)


def test_killed_half_way_and_resumed_by_the_same_command(alone, tmp_path):
    # On a machine that does much else a run may be over before it is killed: then another one is.
    runs = ((tmp_path / f"run-{n}", kill_half_way(tmp_path / f"run-{n}")) for n in range(3))
    folder, killed = next(one for one in runs if len(one[1]) < 10)
    assert len(killed) >= 3, "the run was to be killed half-way"
    stamps = {b: (folder / "blocks" / b / "people.parquet").stat().st_mtime_ns for b in killed}
    again = subprocess.run(run_command(folder), capture_output=True, text=True, timeout=300, check=False)
    assert again.returncode == 0, again.stderr
    assert len(finished_blocks(folder)) == 10
    for block, stamp in stamps.items():
        assert (folder / "blocks" / block / "people.parquet").stat().st_mtime_ns == stamp, "done again for nothing"
    assert numbers(folder) == alone
    assert not list(folder.glob("blocks/.*"))


def test_a_folder_of_another_run_is_not_continued(tmp_path):
    folder = tmp_path / "run"
    cv.simulate("tapachula-2021", members=64, seed=1, until="2021-10-24", out=folder, workers=1)
    with pytest.raises(cv.RunError, match=r"holds another run.*seed"):
        cv.simulate("tapachula-2021", members=64, seed=2, until="2021-10-24", out=folder, workers=1)
