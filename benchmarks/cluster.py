"""Print what a second Dask worker gains, and what the cluster costs over this machine's own processes.

Run as ``python benchmarks/cluster.py``.  ``tapachula-2021`` up to 9 November, with one thread a worker;
scheduler and workers are started beforehand, and every worker has had a block (it has imported what it needs).
Claims in the README: two workers do at least 1.7 times what one does, and a run through a scheduler
with two workers takes less than 1.10 times as long as one on two local processes.
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
from pathlib import Path
from typing import TYPE_CHECKING

import caravana as cv

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 64
UNTIL = "2021-11-09"


@contextlib.contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and workers as processes of their own; give the scheduler's address."""
    file = folder / f"scheduler-{workers}.json"
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}
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
        yield str(file)
    finally:
        for process in started:
            process.kill()
            process.wait()


def seconds(members: int, *, seed: int, workers: int | None = None, scheduler: str | None = None) -> float:
    """Simulate and return the wall time of the blocks alone (without opening the run)."""
    start = time.perf_counter()
    cv.simulate("tapachula-2021", members=members, seed=seed, until=UNTIL, workers=workers, scheduler=scheduler)
    return time.perf_counter() - start


def measure(members: int, repeats: int) -> dict[str, float]:
    """Return median seconds of each way, interleaved, and the two ratios."""
    took: dict[str, list[float]] = {"one worker": [], "two workers": [], "two local processes": []}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        one = stack.enter_context(cluster(1, Path(name)))
        two = stack.enter_context(cluster(2, Path(name)))
        for address, number in ((one, 1), (two, 2)):
            seconds(4 * number * BLOCK, seed=99, scheduler=address)
        for repeat in range(repeats):
            took["one worker"].append(seconds(members, seed=repeat, scheduler=one))
            took["two workers"].append(seconds(members, seed=repeat, scheduler=two))
            took["two local processes"].append(seconds(members, seed=repeat, workers=2))
    middle = {name.replace(" ", "_") + "_seconds": statistics.median(x) for name, x in took.items()}
    pairs = list(zip(*took.values(), strict=True))
    return {
        "members": members,
        **middle,
        "throughput_ratio": statistics.median(a / b for a, b, _ in pairs),
        "overhead": statistics.median(b / c - 1 for _, b, c in pairs),
    }


def main() -> None:
    """Print both ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.members, arguments.repeats)
    if arguments.json:
        print(json.dumps(found))
        return
    for name in ("one_worker", "two_workers", "two_local_processes"):
        print(f"{name.replace('_', ' ')}: {found[name + '_seconds']:.1f} s")
    print(f"throughput of two workers over one {found['throughput_ratio']:.2f} (claim: at least 1.7)")
    print(f"overhead of the scheduler over local {found['overhead']:.1%} (claim: under 10%)")


if __name__ == "__main__":
    main()
