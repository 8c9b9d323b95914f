"""Measure runs whose blocks are written by the workers of a cluster: the client's memory, kills, a second worker.

    python benchmarks/cluster_storage.py [--gigabytes 10] [--json]

Two Dask workers on this machine write blocks into the run folder themselves (``--storage``).

1.  *memory*: a made-up model writes tables of 325 MB a block until there are so many gigabytes; the client is a
    process of its own, and its largest resident memory is measured (claim: under 500 MB).  All is deleted afterwards.
2.  *kills*: ``tapachula-2021`` up to 1 November, 640 members; a worker is killed in mid-run, then the client, which is
    started again.  The blocks' bytes are held against those of a run on this machine.
3.  *workers*: members a second with two workers over one, through storage (claim: at least 1.8 on two idle cores).
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.cluster import cluster, spent

import caravana as cv
from caravana.models.base import BLOCK, Coded, Model
from caravana.scenario.model import Link, PartyKind, Place, Scenario

if TYPE_CHECKING:
    from caravana.models.base import Table, Task

ROWS = 22_000_000
"""Rows of a block of made-up members: some 325 MB of Parquet."""
UNTIL, MEMBERS, SEED = "2021-11-01", 640, 7


@dataclass(frozen=True)
class SparseModel(Model):
    """Members that nobody simulated: rows drawn evenly, as badly compressed as noise is."""

    name: str = "walk"
    family: str = "sparse"

    def compile(self, scenario: Any, *, days: int) -> Any:
        """Return the number of days."""
        del scenario
        return days

    def simulate(self, world: Any, task: Task) -> dict[str, Table]:
        """Return noise in the shape of ``people``."""
        rng = np.random.default_rng([task.seed, task.block])
        persons = rng.integers(0, 2**52, ROWS)
        ids = tuple(place.id for place in task.scenario.places)
        zero = np.zeros(ROWS, dtype=np.int32)
        return {
            "people": {
                "day": np.sort(rng.integers(0, world, ROWS)).astype(np.int32),
                "member": np.repeat(np.arange(BLOCK, dtype=np.int32), -(-ROWS // BLOCK))[:ROWS],
                "place": Coded(zero, ids),
                "kind": Coded(zero, (task.scenario.kinds[0].id,)),
                "status": Coded(zero, ("under_way",)),
                "parties": persons,
                "persons": persons,
            }
        }


def nowhere() -> Scenario:
    """Return a scenario of two places, which the made-up members need in order to have a name."""
    start = dt.date(2020, 1, 1)
    return Scenario(
        name="nowhere", title="nowhere", start=start, end=start + dt.timedelta(days=53), rules="walk",
        kinds=(PartyKind(id="person", men=1, share=1.0),),
        places=tuple(Place(id=name, name=name, country="Here") for name in ("p", "q")),
        links=(Link(from_id="p", to_id="q", km=1.0),),
    )  # fmt: skip


def client(what: str, scheduler: str, out: Path) -> None:
    """Be the client of a run; print the largest resident memory."""
    if what == "sparse":
        members = int(os.environ["MEMBERS"])
        cv.simulate(nowhere(), members=members, model=SparseModel(), scheduler=scheduler, storage=out, out=out)
    else:
        cv.simulate(
            "tapachula-2021", members=MEMBERS, seed=SEED, until=UNTIL, scheduler=scheduler, storage=out, out=out
        )
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def start_client(what: str, scheduler: str, out: Path, **environ: str) -> subprocess.Popen[str]:
    """Start a client as a process of its own."""
    words = [sys.executable, "-m", "benchmarks.cluster_storage", "--client", what, "--scheduler", scheduler]
    env = {**os.environ, **environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen([*words, "--out", str(out)], env=env, stdout=subprocess.PIPE, text=True)


def bits(run: Path) -> str:
    """Return a digest of every file of a run's blocks."""
    digest = hashlib.sha256()
    for path in sorted(run.glob("blocks/*/*")):
        digest.update(f"{path.relative_to(run)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def size_of(run: Path) -> int:
    """Return the bytes of a run's blocks."""
    return sum(path.stat().st_size for path in run.glob("blocks/*/*.parquet"))


def measure_memory(gigabytes: float, folder: Path) -> dict[str, float]:
    """Let two workers write so many gigabytes, and return what the client took."""
    blocks = max(2, round(gigabytes / 0.325))
    out = folder / "sparse"
    began = time.perf_counter()
    with cluster(2, folder) as (scheduler, _):
        process = start_client("sparse", scheduler, out, MEMBERS=str(blocks * BLOCK))
        told = json.loads(process.communicate()[0])
    return {
        "gigabytes": round(size_of(out) / 1e9, 2), "blocks": blocks, "client_peak_mb": round(told["peak_mb"]),
        "wall_s": round(time.perf_counter() - began),
    }  # fmt: skip


def measure_kills(folder: Path) -> dict[str, bool]:
    """Kill a worker, then the client, and return whether the bits are those of a run on this machine."""
    here = cv.simulate("tapachula-2021", members=MEMBERS, seed=SEED, until=UNTIL, workers=2, out=folder / "here").path
    same = {}
    for victim in ("worker", "client"):
        out, own = folder / victim, folder / f"{victim}-cluster"
        own.mkdir()
        with cluster(2, own) as (scheduler, pids):
            process = start_client("walk", scheduler, out)
            while len(list(out.glob("blocks/0*"))) < 3:
                time.sleep(0.02)
            os.kill(pids[1] if victim == "worker" else process.pid, signal.SIGKILL)
            process.wait()
            cut = len(list(out.glob("blocks/0*")))
            if victim == "client":
                start_client("walk", scheduler, out).wait()
        same[f"{victim}_killed_same_bits"] = bits(out) == bits(here)
        same[f"{victim}_killed_in_mid_run"] = victim == "worker" or cut < MEMBERS // BLOCK
    return same


def measure_workers(repeats: int, members: int, folder: Path) -> dict[str, float]:
    """Return members a second of two workers over one, by the clock and as processor time lets expect."""
    walls: dict[int, list[float]] = {1: [], 2: []}
    expected = []
    for repeat in range(repeats):
        for workers in (1, 2):
            own = folder / f"cluster-{workers}-{repeat}"
            own.mkdir()
            with cluster(workers, own) as (scheduler, pids):
                for name, number, seed in (("warm", 2 * BLOCK * workers, 99), ("run", members, repeat)):
                    out = folder / f"{name}-{workers}-{repeat}"
                    before, ours, began = spent(pids), spent([]), time.perf_counter()
                    cv.simulate(
                        "tapachula-2021", members=number, seed=seed, until="2021-11-09", scheduler=scheduler,
                        storage=out, out=out,
                    )  # fmt: skip
                wall, every, mine = time.perf_counter() - began, spent(pids) - before, spent([]) - ours
                walls[workers].append(wall)
                if workers == 2:
                    expected.append(2 * (every - mine) / every)
    return {
        "one_worker_s": round(statistics.median(walls[1]), 2),
        "two_workers_s": round(statistics.median(walls[2]), 2),
        "throughput_ratio": round(statistics.median(a / b for a, b in zip(walls[1], walls[2], strict=True)), 2),
        "ratio_expected_of_idle_cores": round(statistics.median(expected), 2),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--gigabytes", type=float, default=10.0)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--scheduler", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.client:
        client(given.client, given.scheduler, given.out)
        return
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        results |= measure_workers(given.repeats, given.members, Path(name))
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        results |= measure_kills(Path(name))
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        results |= measure_memory(given.gigabytes, Path(name))
    print(json.dumps(results) if given.json else "\n".join(f"{key}: {value}" for key, value in results.items()))


if __name__ == "__main__":
    main()
