"""Compare the rule set `flee` with Flee's own runs on the instances in the shared folder.

    python benchmarks/dispersal_match.py [--members 128] [--instances mali2012 ...]

Prints, for each set of Flee's runs, the share of camp-days on which our mean is within three
standard errors plus 1% of the total of Flee's mean, and the mean error of both.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.scores import err
from caravana.models.displacement.walk.order import simulate_walk
from caravana.models.displacement.walk.world import compile_walk

SHARED = Path(__file__).parents[2] / "shared" / "data" / "flee"
#: Instance, files of Flee's runs, people a simulated person stands for, closure left out.
RUNS = (
    ("mali2012", "hasten10_*.csv", 10, None),
    ("mali2012", "hasten1_*.csv", 1, None),
    ("burundi2015", "rowdeleted_*.csv", 10, "closure-2"),
    ("burundi2015", "hasten1_*.csv", 1, None),
    ("ssudan2013", "hasten10_*.csv", 10, None),
    ("car2013", "hasten100_*.csv", 100, None),
)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=128)
    parser.add_argument("--instances", nargs="+")
    asked = parser.parse_args()
    for name, pattern, hasten, left_out in RUNS:
        if asked.instances and name not in asked.instances:
            continue
        scenario = import_flee(SHARED / name, SHARED / "simsetting.yml").require()
        events = tuple(event for event in scenario.events if event.id != left_out)
        scenario = scenario.model_copy(update={"events": events})
        runs = []
        for path in sorted((SHARED / name / "flee_output").glob(pattern)):
            with path.open() as file:
                rows = list(csv.DictReader(file))
            camps = [key.removesuffix(" sim") for key in rows[0] if key.endswith(" sim")]
            runs.append([[float(row[f"{camp} sim"]) for camp in camps] for row in rows])
        flee = np.array(runs)
        world = compile_walk(scenario, settings={"hasten": hasten}, mended=False)
        index = {place.name: i for i, place in enumerate(scenario.places)}
        columns = [world.counts.place_ids.index(scenario.places[index[camp]].id) for camp in camps]
        counts = world.counts.camps[:, columns].astype(float)
        blocks = [
            simulate_walk(world, seed=1, block=block, members=64).people[:, :, [index[camp] for camp in camps]]
            for block in range(-(-asked.members // 64))
        ]
        ours = np.concatenate(blocks)[: asked.members] / hasten
        error = np.sqrt(ours.var(axis=0) / len(ours) + ours.var(axis=0) / len(flee))
        total = flee.mean(axis=0).sum(axis=1, keepdims=True)
        inside = np.abs(ours.mean(axis=0) - flee.mean(axis=0)) <= 3 * error + 0.01 * total
        print(
            f"{name} {pattern}: {inside.mean():.1%} of camp-days; err ours {err(ours, counts).mean():.4f}, "
            f"Flee {err(flee, counts).mean():.4f} over {len(flee)} runs",
            flush=True,
        )
        windows = ", ".join(
            f"{err(flee[:, day + 1 : day + 61], counts[day + 1 : day + 61]).mean():.3f}" for day in (30, 60, 90)
        )
        print(f"  Flee's err over the 60 days from days 30, 60 and 90: {windows}", flush=True)


if __name__ == "__main__":
    main()
