"""Measure what a first displacement waits for where nothing is compiled yet: an empty cache, nothing made ahead.

    python benchmarks/first_use.py [--rules flee walk camp-shares caravan] [--pairs 1] [--before SRC] [--json]

For each family of rules a run of three days goes through ``caravana.simulate`` in a process of its own with an empty
folder for compiled loops, and once more with what the first left there; a caravan's is the library's own scenario.  The
difference is what compiling costs: by the clock (``wait_s``; at most 5 s is asked on two idle cores), and in processor
time of all processes together (``processor_s``), which a busy machine changes less.  With ``--before`` the sources of
an older commit are measured in turn.  Of several pairs the middle one is told.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RULES = ("flee", "walk", "camp-shares", "caravan")
SOURCE = Path(__file__).parents[1] / "src"
RUN = """
import sys
import caravana as cv
if sys.argv[1] == "caravan":
    cv.simulate(cv.load_scenario("tapachula-2021"), members=8, workers=1)
else:
    from caravana.models.displacement.walk.ahead import small_country
    cv.simulate(small_country(), rules=sys.argv[1], members=8, workers=1)
"""


def run(rules: str, source: Path, cache: Path) -> tuple[float, float]:
    """Run once, and return seconds by the clock and of the processor, of the process and those that it starts."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", RUN, rules],
        env={**os.environ, "PYTHONPATH": str(source), "CARAVANA_COMPILED": str(cache), "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_use(rules: str, source: Path) -> dict[str, float]:
    """Return what a first run costs over a second, of sources whose loops nobody has compiled ahead."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        copy, cache = shutil.copytree(source, Path(folder) / "src"), Path(folder) / "compiled"
        with (copy / "caravana/models/displacement/walk/kernels/__init__.py").open("a") as file:
            file.write(f"\n# {time.time_ns()}\n")
        (wall, spent), (again, spent_again) = (run(rules, copy, cache) for _ in range(2))
    return {"wait_s": wall - again, "processor_s": spent - spent_again}


def measure(rules: str, pairs: int, before: Path | None) -> dict[str, Any]:
    """Return the middle of several, in turn with those of an older commit."""
    sources = {"now": SOURCE} if before is None else {"before": before, "now": SOURCE}
    runs = [{name: first_use(rules, source) for name, source in sources.items()} for _ in range(pairs)]
    return {
        name: {what: round(statistics.median(one[name][what] for one in runs), 2) for what in runs[0][name]}
        for name in sources
    }


def main() -> None:
    """Print a line for each family of rules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--before", type=Path, help="the folder src of an older commit")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    load = round(os.getloadavg()[0], 1)
    found = {rules: measure(rules, arguments.pairs, arguments.before) for rules in arguments.rules}
    if arguments.json:
        print(json.dumps({"load": load, **found}))
        return
    print(f"load {load}")
    for rules, sources in found.items():
        for name, one in sources.items():
            print(f"{rules:12} {name:7} wait {one['wait_s']:.1f} s, processor {one['processor_s']:.1f} s")


if __name__ == "__main__":
    main()
