"""Print what a second Dask worker gains, and what the cluster costs over this machine's own processes.

Run as ``python -m benchmarks.cluster``.  ``tapachula-2021`` up to 9 November, with one thread a worker;
scheduler and workers are started beforehand, and every worker has had a block (it has imported what it needs).  With
``--country DAYS`` it is so many days of the made-up country of ``benchmarks/made_country.py`` under `flee`: blocks of
eight members that take seconds where those of the caravan take a fifth of one.
Claims: two workers do at least 1.8 times what one does, and a run through a scheduler
with two workers takes less than 1.10 times as long as one on two local processes.  Both are of wall
time and need two idle cores.  The processor time of all processes together (scheduler, workers and
client against client and local processes) is shown beside: others on the machine disturb it less.
From it follows what two idle cores would show: with one worker the client and the scheduler have the
second core to themselves, with two they take their share of both.

What two processes of bare arithmetic, that share nothing, do on this machine over one of them is measured in the same
minutes: where cores share a cache, a clock or a host, it is under two, and no scheduler does better.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.made_country import made_country

import caravana as cv
from caravana.models.registry import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caravana.scenario.model import Scenario

QUIET = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false", "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms"}
"""As docs/cluster.md has it: Dask looks at what each worker is doing a hundred times a second unless told not to."""


@dataclass(frozen=True)
class Job:
    """What is simulated: a scenario, its last day, and how many members its blocks have."""

    scenario: Scenario | str
    until: str
    block: int


def job_of(days: int | None) -> Job:
    """Return the caravan, or so many days of the made-up country."""
    if days is None:
        return Job("tapachula-2021", "2021-11-09", 64)
    country = made_country(days=days, rules="flee")
    return Job(country, country.end.isoformat(), model_of(country).block_size(country))


@contextlib.contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and workers as processes of their own; give its file and all process numbers."""
    file = folder / f"scheduler-{workers}.json"
    environ = {**os.environ, **QUIET, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, "--no-dashboard"]
        log = subprocess.DEVNULL
        started.append(subprocess.Popen(command, env=environ, stdout=log, stderr=log, cwd=folder))

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.1)
        for _ in range(workers):
            start("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
        yield str(file), [p.pid for p in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


BARE = """import sys, time
for _ in sys.stdin:
    before, total = time.perf_counter(), 0
    for i in range(20_000_000):
        total += i * i
    print(time.perf_counter() - before, flush=True)
"""
"""Arithmetic that needs neither memory nor anything of anybody."""


def measure_bare(repeats: int) -> float:
    """Return how much more two processes of bare arithmetic do than one, the median of some pairs."""
    ratios = []
    with contextlib.ExitStack() as stack:
        pipe = subprocess.PIPE
        pair = [
            stack.enter_context(subprocess.Popen([sys.executable, "-c", BARE], stdin=pipe, stdout=pipe, text=True))
            for _ in range(2)
        ]

        def act(some: list[subprocess.Popen[str]]) -> float:
            for process in some:
                print(file=process.stdin, flush=True)
            return max(float((process.stdout or sys.stdin).readline()) for process in some)

        for _ in range(repeats):
            one = act(pair[:1])
            ratios.append(2 * one / act(pair))
    return statistics.median(ratios)


def spent(processes: list[int]) -> float:
    """Return processor seconds of this process, its ended children and some that run (Linux only)."""
    ours = os.times()
    total = ours.user + ours.system + ours.children_user + ours.children_system
    for pid in processes:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def run(job: Job, members: int, *, seed: int, at: tuple[str, list[int]] | None = None) -> tuple[float, float, float]:
    """Simulate on two local processes, or at a scheduler; return wall, processor and workers' processor seconds."""
    processes = at[1] if at else []
    start, before = time.perf_counter(), (spent(processes), spent(processes[1:]) - spent([]))
    place = {"scheduler": at[0]} if at else {"workers": 2}
    cv.simulate(job.scenario, members=members, seed=seed, until=job.until, **place)
    after = (spent(processes), spent(processes[1:]) - spent([]))
    return time.perf_counter() - start, after[0] - before[0], after[1] - before[1]


def measure(job: Job, members: int, repeats: int) -> dict[str, float]:
    """Return median seconds of each way, interleaved, and the ratios."""
    one_worker, two_workers, local, bare = [], [], [], []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        one = stack.enter_context(cluster(1, Path(name)))
        two = stack.enter_context(cluster(2, Path(name)))
        run(job, 4 * job.block, seed=99, at=one)
        run(job, 8 * job.block, seed=99, at=two)
        for repeat in range(repeats):
            one_worker.append(run(job, members, seed=repeat, at=one))
            two_workers.append(run(job, members, seed=repeat, at=two))
            local.append(run(job, members, seed=repeat))
            bare.append(measure_bare(3))
    rows = list(zip(one_worker, two_workers, local, strict=True))
    return {
        "members": members,
        "one_worker_seconds": statistics.median(a[0] for a, _, _ in rows),
        "two_workers_seconds": statistics.median(b[0] for _, b, _ in rows),
        "two_local_processes_seconds": statistics.median(c[0] for _, _, c in rows),
        "throughput_ratio": statistics.median(a[0] / b[0] for a, b, _ in rows),
        "bare_ratio": statistics.median(bare),
        "overhead": statistics.median(b[0] / c[0] - 1 for _, b, c in rows),
        "two_workers_processor_seconds": statistics.median(b[1] for _, b, _ in rows),
        "local_processor_seconds": statistics.median(c[1] for _, _, c in rows),
        "ratio_expected_of_idle_cores": statistics.median(2 * b[2] / b[1] for _, b, _ in rows),
        "processor_overhead": statistics.median(b[1] / c[1] - 1 for _, b, c in rows),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Print both ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--country", type=int, metavar="DAYS", help="days of the made-up country, not the caravan")
    arguments = parser.parse_args()
    found = measure(job_of(arguments.country), arguments.members, arguments.repeats)
    if arguments.json:
        print(json.dumps(found))
        return
    for name in ("one_worker", "two_workers", "two_local_processes"):
        print(f"{name.replace('_', ' ')}: {found[name + '_seconds']:.1f} s")
    print(f"throughput of two workers over one {found['throughput_ratio']:.2f} (claim: at least 1.8)")
    print(f"the same of two processes of bare arithmetic {found['bare_ratio']:.2f}")
    print(f"expected of two idle cores, from processor time {found['ratio_expected_of_idle_cores']:.2f}")
    print(f"overhead of the scheduler over local {found['overhead']:.1%} (claim: under 10%)")
    print(f"the same in processor time {found['processor_overhead']:.1%}; load of the machine {found['load']:.1f}")


if __name__ == "__main__":
    main()
