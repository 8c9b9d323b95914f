"""A scheduler that is refused, lost or without workers: one clear message, and a run that can go on."""

import json
import signal
import sys
import threading

import pytest
from tests.ensemble.cluster.conftest import wait_for
from tests.made.pausing import NOTE, PAUSING, WISH
from tests.made.served import kept_port
from tests.made.small import small_scenario

import caravana as cv
from caravana.cli import main
from caravana.ensemble import cluster as away
from caravana.ensemble.executors import run_tasks
from caravana.models.scenarios import write_scenario


@pytest.mark.parametrize(
    ("given", "address"),
    [("tcp://10.0.0.5:8786", "tcp://10.0.0.5:8786"), ("node7:8786", "tcp://node7:8786"),
     ("tls://a.b:1", "tls://a.b:1"), ("tcp://[::1]:8786", "tcp://[::1]:8786")],
)  # fmt: skip
def test_addresses_that_can_be_read(given, address):
    assert away.read_address(given) == address


@pytest.mark.parametrize("given", ["", "node7", "tcp://node7", "tcp://:8786", "node7:port", "node7:99999", "no.json"])
def test_addresses_that_cannot(given):
    with pytest.raises(cv.UsageError, match="--scheduler"):
        away.read_address(given)


def test_a_scheduler_file_gives_the_address(tmp_path):
    (tmp_path / "scheduler.json").write_text(json.dumps({"address": "tcp://10.1.2.3:4567"}))
    assert away.read_address(str(tmp_path / "scheduler.json")) == "tcp://10.1.2.3:4567"


def test_workers_and_a_scheduler_exclude_each_other():
    with pytest.raises(cv.UsageError, match="not both"):
        cv.simulate(small_scenario(days=2), members=64, workers=2, scheduler="tcp://127.0.0.1:1")


def test_without_dask_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cv.UsageError, match=r"pip install 'caravana\[cluster\]'"):
        list(run_tasks([None], tmp_path, workers=1, scheduler="tcp://127.0.0.1:1"))


def test_a_refused_address_is_one_message_and_status_1(monkeypatch, capfd, tmp_path):
    scenario = tmp_path / "small"
    write_scenario(small_scenario(days=2), scenario)
    monkeypatch.setattr(away, "CONNECT_SECONDS", 1.0)
    with kept_port() as port:
        address = f"tcp://127.0.0.1:{port}"
        command = ["caravana", "run", str(scenario), "--members", "64", "--quiet", "--scheduler", address]
        monkeypatch.setattr(sys, "argv", [*command, "--out", str(tmp_path / "run")])
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"no Dask scheduler answers at {address}" in told.err
    assert "run the same command again, with or without --scheduler" in told.err
    # The same command without it goes on.
    run = cv.simulate(str(scenario), members=64, out=tmp_path / "run", workers=1)
    assert run.manifest["complete"]


def test_a_cluster_without_workers_is_given_up_and_one_that_loses_its_scheduler_too(scheduler_alone, tmp_path):
    cluster, scenario = scheduler_alone, small_scenario(days=6)
    with pytest.raises(cv.RunError, match="has had no worker for 1 s"):
        list(away.each_away(abs, lambda index: (index,), 1, scheduler=cluster.address, patience=1))
    cluster.add_worker()
    # Once it has answered it is there, and takes blocks in the order in which they are sent.
    answers = away.each_away(abs, lambda index: (-7,), 1, scheduler=cluster.address)
    assert list(answers) == [(0, 7)]
    (cluster.folder / WISH).touch()

    def kill():
        # Block 0 is done and kept, 1 is under way.
        wait_for((cluster.folder / NOTE).exists)
        wait_for((tmp_path / "run" / "blocks" / "00000").exists)
        cluster.scheduler.send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(cv.RunError, match=r"connection to the scheduler at .* was lost.*run the same command again"):
        cv.simulate(scenario, members=192, order=PAUSING, scheduler=cluster.address, out=tmp_path / "run")
    killer.join()
    assert [p.name for p in (tmp_path / "run" / "blocks").iterdir()] == ["00000"]
    kept = (tmp_path / "run" / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns
    run = cv.simulate(scenario, members=192, order=PAUSING, workers=1, out=tmp_path / "run")
    assert run.manifest["complete"]
    assert (tmp_path / "run" / "blocks" / "00000" / "people.parquet").stat().st_mtime_ns == kept
    whole = cv.simulate(scenario, members=192, order=PAUSING, workers=1)
    for block in ("00000", "00001", "00002"):
        for file in (whole.path / "blocks" / block).iterdir():
            assert file.read_bytes() == (run.path / "blocks" / block / file.name).read_bytes(), (block, file.name)
