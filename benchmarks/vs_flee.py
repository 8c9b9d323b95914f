"""Measure how many times faster a member in counts is than one run of Flee, same instance and people.

    python benchmarks/vs_flee.py [--json] [--flee-python PATH] [--instances mali2012 burundi2015]

Both sides run on one core, at full population; time of the simulation alone, start-up apart.  It is
processor time, which is the wall time of a core that does nothing else.
Flee runs from its own package (``pip install flee==3.1 mpich``), in the interpreter given by
``--flee-python`` or ``$FLEE_PYTHON``, or in this one where it is installed.  Beside them: the
compiled loop over single people of the tests, and the peak memory of each.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.models.displacement.walk.world import WalkWorld

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "flee"

#: What the other interpreter runs: Flee's own loop, timed from the first day to the last.
DRIVER = """
import json, os, resource, sys, time
sys.stdout, out = open(os.devnull, "w"), sys.stdout
sys.stderr = open(os.devnull, "w")
folder, settings, days = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.chdir(folder)
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data, read_period
start, end = read_period.read_conflict_period("input_csv/sim_period.csv")
days = min(days, end) if days else end
S = flee.SimulationSettings
S.ReadFromYML(settings)
S.ConflictInputFile = "input_csv/conflicts.csv"
e, ig = flee.Ecosystem(), InputGeography.InputGeography()
ig.ReadConflictInputCSV(S.ConflictInputFile)
ig.ReadLocationsFromCSV("input_csv/locations.csv")
ig.ReadLinksFromCSV("input_csv/routes.csv")
ig.ReadClosuresFromCSV("input_csv/closures.csv")
e, lm = ig.StoreInputGeographyInEcosystem(e)
d = handle_refugee_data.RefugeeTable(csvformat="generic", data_directory="source_data", start_date=start,
                                     data_layout="data_layout.csv", population_scaledown_factor=1)
d.ReadL1Corrections("input_csv/registration_corrections.csv")
for name in e.get_camp_names():
    spawning.add_initial_refugees(e, d, lm[name])
began = time.process_time()
for t in range(days):
    ig.AddNewConflictZones(e, t)
    spawning.spawn_daily_displaced(e, t, d, SumFromCamps=True)
    spawning.refresh_spawn_weights(e)
    e.enact_border_closures(t)
    e.evolve()
wall = time.process_time() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"wall": wall, "peak_mb": peak, "people": len(e.agents)}), file=out)
"""


def flee_python(given: str | None) -> str | None:
    """The interpreter that has Flee, or None."""
    if given or os.environ.get("FLEE_PYTHON"):
        return given or os.environ["FLEE_PYTHON"]
    return sys.executable if importlib.util.find_spec("flee") else None


def run_flee(python: str, name: str, days: int) -> dict[str, float]:
    """One run of Flee in its own process."""
    done = subprocess.run(
        [python, "-c", DRIVER, SHARED / name, SHARED / "simsetting.yml", str(days)],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def measure(name: str, days: int, members: int) -> dict[str, float]:
    """Walls of ours, in seconds a member: one member, an ensemble, ten times the people, one by one."""
    from caravana.importers.flee.instance import import_flee
    from caravana.models.displacement.walk.order import simulate_walk
    from caravana.models.displacement.walk.world import compile_walk

    scenario = import_flee(SHARED / name, SHARED / "simsetting.yml").require()
    world = compile_walk(scenario, days=days or None, mended=False)
    tenfold = dataclasses.replace(
        world, displaced=world.displaced * 10, day0=world.day0 * 10, capacity=world.capacity * 10
    )

    def wall(one: WalkWorld, size: int, blocks: int = 1) -> float:
        began = time.process_time()
        for block in range(blocks):
            simulate_walk(one, seed=1, block=block, members=size)
        return (time.process_time() - began) / size / blocks

    simulate_walk(world, seed=1, block=0, members=1, days=2)  # loads what is compiled; compiles it, the first time
    told = {"one_member_s": wall(world, 1), "per_member_s": wall(world, 64, members // 64)}
    told["tenfold_s"] = wall(tenfold, 64)
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.path.insert(0, str(ROOT))
    with contextlib.suppress(ImportError):
        from tests.oracles.flee_loop import run_loop

        run_loop(world, seed=0, days=2)
        began = time.process_time()
        run_loop(world, seed=1)
        told["one_by_one_s"] = time.process_time() - began
    return told


def main() -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--flee-python")
    parser.add_argument("--instances", nargs="+", default=["mali2012", "burundi2015"])
    parser.add_argument("--members", type=int, default=256)
    parser.add_argument("--days", type=int, default=0, help="only so many days, on both sides")
    asked = parser.parse_args()
    python = flee_python(asked.flee_python)
    if python is None:
        sys.exit("Flee is not installed here; give --flee-python, an interpreter with flee==3.1 and mpich")
    told = {}
    for name in asked.instances:
        ours, theirs = measure(name, asked.days, asked.members), run_flee(python, name, asked.days)
        told[name] = {
            "one_member": round(theirs["wall"] / ours["one_member_s"], 1),
            "per_member": round(theirs["wall"] / ours["per_member_s"], 1),
        }
        if asked.json:
            continue
        print(f"{name}: {theirs['people']:,} people")
        print(f"  one run of Flee            {theirs['wall']:9.2f} s   peak {theirs['peak_mb']:6.0f} MB")
        alone, each = told[name]["one_member"], told[name]["per_member"]
        print(f"  one member alone           {ours['one_member_s']:9.4f} s   {alone:8.0f} times faster")
        print(f"  a member of {asked.members:<3d}            {ours['per_member_s']:9.4f} s   "
              f"{each:8.0f} times faster   peak {ours['peak_mb']:.0f} MB")  # fmt: skip
        cost = ours["tenfold_s"] / ours["per_member_s"]
        print(f"  with ten times the people  {ours['tenfold_s']:9.4f} s   {cost:8.2f} times the cost")
        if "one_by_one_s" in ours:
            print(f"  one by one, compiled       {ours['one_by_one_s']:9.4f} s   "
                  f"{theirs['wall'] / ours['one_by_one_s']:8.0f} times faster")  # fmt: skip
    if asked.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
