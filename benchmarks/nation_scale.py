"""Measure a made-up nation from files to the report: 7,000 places, 20,000 links, 10 million people, a year.

    python -m benchmarks.nation_scale [--members 200] [--places 7000] [--workers 2] [--json]

The command itself is measured, as a user gives it: simulation, summary, model card and report.  Claims of issue 16: 200
members in 20 minutes on two cores and 4 GB, a report under 8 MB.  ``peak_mb`` is the largest sum of the resident memory
of the command and its workers, looked at four times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from benchmarks.made_nation import make_nation

import caravana as cv


def resident(process: psutil.Process) -> float:
    """Return the resident memory of a process and its children, in MB."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total / 2**20


def measure(folder: Path, *, members: int, workers: int, rules: str) -> dict[str, float]:
    """Run the command and return what it took."""
    words = [sys.executable, "-m", "caravana.cli", "run", str(folder / "nation"), "--out", str(folder / "run")]
    words += ["--members", str(members), "--workers", str(workers), "--set", f"rules={rules}", "--quiet"]
    before, began, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    with subprocess.Popen(words) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident(watched))
            time.sleep(0.25)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = folder / "run" / "report.html"
    return {
        "status": process.returncode,
        "wall_s": round(time.perf_counter() - began),
        "processor_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime),
        "peak_mb": round(peak),
        "report_mb": round(report.stat().st_size / 1e6, 2) if report.exists() else 0.0,
        "disk_mb": round(sum(p.stat().st_size for p in folder.glob("run/blocks/*/*.parquet")) / 1e6),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--places", type=int, default=7_000)
    parser.add_argument("--sites", type=int, default=1_500)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rules", default="camp-shares", choices=("camp-shares", "walk"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    size = {"places": given.places, "links": given.places * 20 // 7, "sites": given.sites, "days": given.days}
    with tempfile.TemporaryDirectory(prefix="caravana-") as name:
        folder = Path(name)
        nation = make_nation(**size, people=given.places * 10_000 // 7, origin=given.days // 2, rules=given.rules)
        cv.write_scenario(nation, folder / "nation")
        results = {**size, "members": given.members, "rules": given.rules}
        results |= measure(folder, members=given.members, workers=given.workers, rules=given.rules)
    print(json.dumps(results) if given.json else "\n".join(f"{key}: {value}" for key, value in results.items()))


if __name__ == "__main__":
    main()
