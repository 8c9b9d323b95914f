"""Compare the rule set `flee` in counts with a loop over single people: bias and spread of people in camps.

    python benchmarks/dispersal_loop.py [--seeds 200] [--members 512] [--cases mali2012 ...] [--big]

Each person stands for ten.  Prints, from day 30 on, the bias of the sum over camps as a share of it (its mean,
the worst day, the share of days beyond .002 plus twice the noise), and the ratio of standard deviations averaged
over camps (mean, least, most).  `--big` does the made-up network of `dispersal_scale.py`, a minute a seed:
give `--seeds 4 --members 4`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from dispersal_scale import scenario as big_network

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.order import simulate_walk
from caravana.models.displacement.walk.world import compile_walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.walk.world import WalkWorld

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "flee"
#: Name, instance, closure left out.
CASES = (
    ("mali2012", "mali2012", None),
    ("burundi2015", "burundi2015", None),
    ("rowdeleted", "burundi2015", "closure-2"),
)
HASTEN, FROM, BLOCK = 10, 30, 64


def world_of(instance: str, left_out: str | None) -> WalkWorld:
    """An instance, compiled without one of its closures."""
    scenario = import_flee(SHARED / instance, SHARED / "simsetting.yml").require()
    kept = tuple(event for event in scenario.events if event.id != left_out)
    return compile_walk(scenario.model_copy(update={"events": kept}), settings={"hasten": HASTEN}, mended=False)


def both(world: WalkWorld, members: int, seeds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Simulated persons in camps by counts and by the loop, [member or seed, day, camp]."""
    from tests.oracles.flee_loop import run_loop

    sizes = [min(BLOCK, members - first) for first in range(0, members, BLOCK)]
    blocks = [simulate_walk(world, seed=1, block=k, members=size).people for k, size in enumerate(sizes)]
    counts = np.concatenate(blocks)[:, :, world.camps] / HASTEN
    return counts, np.array([run_loop(world, seed=seed) for seed in range(seeds)])[:, :, world.camps].astype(float)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--members", type=int, default=512)
    parser.add_argument("--cases", nargs="+", default=[name for name, _, _ in CASES])
    parser.add_argument("--big", action="store_true")
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if asked.big:
        world = compile_walk(big_network(), settings={"hasten": HASTEN}, mended=False)
        counts, loop = (one.sum(axis=2)[:, -1] for one in both(world, asked.members, asked.seeds))
        everybody = world.displaced.sum()
        ours, theirs = counts.mean() / everybody, loop.mean() / everybody
        print(f"big network, last day, share of all in camps: {ours:.3%}, loop {theirs:.3%}")
        return
    for name, instance, left_out in CASES:
        if name not in asked.cases:
            continue
        counts, loop = both(world_of(instance, left_out), asked.members, asked.seeds)
        ours, theirs = counts.sum(axis=2)[:, FROM:], loop.sum(axis=2)[:, FROM:]
        total = np.maximum(theirs.mean(axis=0), 1.0)
        bias = (ours.mean(axis=0) - theirs.mean(axis=0)) / total
        noise = np.sqrt(ours.var(axis=0) / len(ours) + theirs.var(axis=0) / len(theirs)) / total
        beyond = (np.abs(bias) > 0.002 + 2 * noise).mean()
        ratio = counts[:, FROM:].std(axis=0).mean(axis=1) / loop[:, FROM:].std(axis=0).mean(axis=1)
        worst = np.abs(bias).max()
        print(f"{name}: bias {bias.mean():.4f}, worst day {worst:.4f}, noise {noise.mean():.4f}, beyond {beyond:.1%}")
        print(f"  ratio of deviations {ratio.mean():.2f} ({ratio.min():.2f} to {ratio.max():.2f})")


if __name__ == "__main__":
    main()
