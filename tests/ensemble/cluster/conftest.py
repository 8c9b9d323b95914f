"""A real scheduler and real workers, as processes of their own on this machine."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[3]
START_SECONDS = 180


def wait_for(what, seconds=START_SECONDS, every=0.05):
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(every)
    raise AssertionError(f"nothing came of it in {seconds} s")


class Cluster:
    """A scheduler and its workers; ``within`` is what comes before each command (another network, say)."""

    def __init__(self, folder, *, host="127.0.0.1", within=()):
        self.folder, self.workers = folder, []
        self._file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", host, "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file),
            name="scheduler", within=within,
        )  # fmt: skip
        self.address = wait_for(self._address)

    def _address(self):
        assert self.scheduler.poll() is None, (self.folder / "scheduler.log").read_text()
        try:
            return json.loads(self._file.read_text())["address"]
        except (OSError, ValueError):
            return None

    def _start(self, kind, *options, name, within=()):
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TMPDIR": str(self.folder)}
        command = [*within, sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, env=environ, stdout=log, stderr=log, cwd=self.folder)

    def add_worker(self, *options, within=()):
        name = f"worker-{len(self.workers)}"
        fixed = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder / name))
        self.workers.append(self._start("worker", self.address, *fixed, *options, name=name, within=within))
        return self.workers[-1]

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def scheduler_alone(tmp_path_factory):
    """A scheduler of the test's own, without workers yet."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers."""
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    started.add_worker()
    started.add_worker()
    yield started
    started.close()
