"""What a cluster gives is what this machine gives, to the bit, whatever becomes of its workers."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from tests.ensemble.cluster.conftest import ROOT, wait_for
from tests.made.displacement_run import make_scenario as fled_scenario
from tests.made.pausing import NOTE, PAUSING, SPOILING, WISH
from tests.made.small import small_scenario

import caravana as cv
from caravana.ensemble import cluster as away

MEMBERS = 300  # five blocks, the last of them not full


@pytest.fixture(scope="module")
def scenario():
    return small_scenario(towns=5, days=6)


@pytest.fixture(scope="module")
def here(scenario, tmp_path_factory):
    return cv.simulate(scenario, members=MEMBERS, seed=3, order=PAUSING, workers=1, out=tmp_path_factory.mktemp("here"))


def contents(run):
    return {p.relative_to(run.path).as_posix(): p.read_bytes() for p in sorted(run.path.glob("blocks/**/*"))
            if p.is_file()}  # fmt: skip


def storage_of(kind, tmp_path):
    return {"sent back": None, "run folder": tmp_path / "run", "address": f"file://{tmp_path}/depot"}[kind]


@pytest.mark.parametrize("kind", ["sent back", "run folder", "address"])
def test_a_run_is_the_same_to_the_bit(cluster, scenario, here, tmp_path, kind):
    told = []
    run = cv.simulate(
        scenario, members=MEMBERS, seed=3, order=PAUSING, scheduler=cluster.address, out=tmp_path / "run",
        storage=storage_of(kind, tmp_path),
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert contents(run) == contents(here)
    assert run.manifest["complete"]
    assert told == [(n, 5) for n in range(6)]


@pytest.mark.parametrize("kind", ["sent back", "run folder"])
def test_a_killed_worker_costs_its_block_s_time_and_nothing_else(cluster, scenario, here, tmp_path, kind):
    (cluster.folder / NOTE).unlink(missing_ok=True)
    (cluster.folder / WISH).touch()
    killed = []

    def kill():
        note = cluster.folder / NOTE
        wait_for(note.exists)
        killed.append(int(note.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    run = cv.simulate(
        scenario, members=MEMBERS, seed=3, order=PAUSING, scheduler=cluster.address, out=tmp_path / "run",
        storage=storage_of(kind, tmp_path),
    )  # fmt: skip
    killer.join()
    cluster.add_worker()  # in place of the one that is gone
    assert killed[0] in {w.pid for w in cluster.workers}
    assert contents(run) == contents(here)
    assert not run.failures
    assert not list((tmp_path / "run" / "blocks").glob(".*"))


def test_a_block_that_fails_is_a_record_and_is_tried_again(cluster, scenario, tmp_path):
    run = cv.simulate(scenario, members=192, seed=3, order=SPOILING, scheduler=cluster.address, out=tmp_path / "run")
    assert [f.block for f in run.failures] == [1]
    assert run.failures[0].error.endswith("ZeroDivisionError: block 1 is spoilt")
    assert "spoil" in run.failures[0].trace
    assert sorted(p.name for p in (tmp_path / "run" / "blocks").iterdir()) == ["00000", "00002"]


def test_a_displacement_is_the_same_to_the_bit(cluster, tmp_path):
    fled = fled_scenario(days=12)
    here = cv.simulate(fled, members=100, seed=2, workers=1, out=tmp_path / "here")
    there = cv.simulate(fled, members=100, seed=2, scheduler=cluster.address, out=tmp_path / "there")
    assert contents(there) == contents(here)
    assert len(contents(here)) == 2 * 5  # people, flows, links, parameters, digests


def test_a_worker_with_other_versions_is_refused(cluster, scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(away, "versions", lambda: {**VERSIONS, "numpy": "1.0"})
    with pytest.raises(cv.RunError, match=r"a worker has numpy .* where the client has 1\.0.*run the same command"):
        cv.simulate(scenario, members=64, seed=3, scheduler=cluster.address, out=tmp_path / "run")


VERSIONS = away.versions()


def test_a_process_written_in_a_script_travels_too(cluster, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, caravana as cv\n"
        "from caravana.models.caravan.state import Outcome\n"
        "from tests.made.small import small_scenario\n"
        "def curfew(state, world, draws, today, stream, /):\n"
        "    return Outcome()\n"
        "order = cv.insert(cv.ORDER, cv.Process('curfew', curfew), after='advance')\n"
        "run = cv.simulate(small_scenario(days=3), members=64, order=order, scheduler=sys.argv[1], out='run')\n"
        "print(len(run.member_ids))\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, str(script), cluster.address], cwd=tmp_path, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "64\n", "")
