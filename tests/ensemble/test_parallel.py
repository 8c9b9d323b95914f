"""The same cases and the same draws wherever they are computed."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
import time

import pytest

from caravana.ensemble.parallel import spread
from caravana.errors import RunError, UsageError
from caravana.inference.caravan.backtest import backtest_caravan
from caravana.inference.reports import read_record
from caravana.models.scenarios import load_scenario

ORIGINS = [dt.date(2021, 11, 18) + dt.timedelta(days=i) for i in range(1, 5)]
SMALL = {"draws": 60, "particles": 200, "horizons": (1, 3), "origins": ORIGINS}


@contextlib.contextmanager
def cluster(folder):
    """A Dask scheduler and one worker as processes of their own; gives the scheduler's file."""
    file = folder / "scheduler.json"
    environ = {**os.environ, "TMPDIR": str(folder)}
    started = []

    def begin(kind, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, "--no-dashboard"]
        started.append(
            subprocess.Popen(command, env=environ, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )

    try:
        begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        waited = time.monotonic()
        while not file.exists():
            assert time.monotonic() - waited < 60, "the scheduler did not start"
            time.sleep(0.1)
        begin("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
        yield str(file)
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def record():
    return read_record(load_scenario("tapachula-2021-11-18"))


def told(cases):
    """Every number to the last bit; a baseline has no days, and no number equals itself there."""
    return [(repr(case), repr(case.scores)) for case in cases]


def test_a_forecast_is_the_same_whichever_origins_are_asked_with_it(record):
    alone = backtest_caravan(record, **{**SMALL, "origins": ORIGINS[2:3]})
    together = [case for case in backtest_caravan(record, **SMALL) if case.origin == alone[0].origin]
    assert alone
    assert told(alone) == told(together)


def test_two_processes_give_the_same_cases(record):
    many = {**SMALL, "origins": [ORIGINS[0] + dt.timedelta(days=i) for i in range(8)], "horizons": (1, 2, 3)}
    assert told(backtest_caravan(record, workers=2, **many)) == told(backtest_caravan(record, workers=1, **many))


def test_a_dask_cluster_gives_the_same_cases(record, tmp_path):
    pytest.importorskip("distributed", reason="the extra caravana[cluster] is not installed")
    with cluster(tmp_path) as scheduler:
        away = backtest_caravan(record, scheduler=scheduler, **SMALL)
    assert told(away) == told(backtest_caravan(record, **SMALL))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    pytest.importorskip("distributed", reason="the extra caravana[cluster] is not installed")
    monkeypatch.setattr("caravana.ensemble.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(RunError, match="no Dask scheduler answers"):
        list(spread(abs, [(1,), (2,)], workers=None, scheduler="127.0.0.1:9"))


def test_workers_and_a_scheduler_together_are_refused():
    with pytest.raises(UsageError, match="not both"):
        list(spread(abs, [(1,)], workers=2, scheduler="127.0.0.1:9"))


def test_a_script_needs_no_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import math\n"
        "from caravana.ensemble.parallel import spread\n"
        "print('begun')\n"
        "print(sorted(spread(math.sqrt, [(4.0,), (9.0,)], workers=2)))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["begun", "[(0, 2.0), (1, 3.0)]"], done.stderr
    assert done.stderr == ""
