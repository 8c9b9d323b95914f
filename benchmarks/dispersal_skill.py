"""Measure the skill of the rule set `caravana`: whole runs, and forecasts from days 30, 60 and 90.

    python benchmarks/dispersal_skill.py [--members 64]

Leave-one-out: for each instance the pooled parameters are chosen, among the candidates below, by
the error on the other three.  Forecasts are given the total, as Flee and the share-held baseline
are; the last table is without it.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from caravana.dynamics import dispersal_shares
from caravana.dynamics.dispersal import DispersalWorld, compile_dispersal, simulate_block
from caravana.inference.dispersal_scores import coverage, err, share_held
from caravana.scenario.flee import import_flee

SHARED = Path(__file__).parents[2] / "shared" / "data" / "flee"
INSTANCES = ("mali2012", "burundi2015", "ssudan2013", "car2013")
ORIGINS = (30, 60, 90)
#: Candidates for the pooled values, as changes of those in the package.
CANDIDATES: tuple[dict[str, float], ...] = (
    {}, {"size_power": 0.6}, {"size_power": 0.25}, {"room_power": 0.8}, {"room_power": 1.4}, {"held": 0.4},
    {"held": 0.75}, {"recent": 0.6}, {"recent": 0.9},
)  # fmt: skip


def people_of(world: DispersalWorld, origin: int, days: int | None, members: int, *, total: bool) -> np.ndarray:
    """People in camps, [member, day, camp]."""
    if world.camp_model is None:
        raise SystemExit("no counts")
    model = dataclasses.replace(world.camp_model, origin=origin, follow_total=total)
    block = simulate_block(dataclasses.replace(world, camp_model=model), seed=1, block=0, members=members, days=days)
    return block.people[:, :, model.camps].astype(float)


def forecast(world: DispersalWorld, origin: int, members: int, *, total: bool = True) -> tuple[float, float]:
    """Error of the median over 60 days, and the share of counts in the 90% band."""
    days = slice(origin + 1, origin + 61)
    counts = world.counts.camps[days].astype(float)
    people = people_of(world, origin, origin + 61, members, total=total)[:, days]
    return float(err(np.median(people, axis=0), counts)), coverage(people, counts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=64)
    members = parser.parse_args().members
    package = dict(dispersal_shares.POOLED)
    worlds = {
        name: compile_dispersal(
            import_flee(SHARED / name, SHARED / "simsetting.yml").require(), settings={"rules": "caravana"}
        )
        for name in INSTANCES
    }
    whole, ahead = [], []
    for change in CANDIDATES:
        for key, value in change.items():
            dispersal_shares.POOLED[key] = dataclasses.replace(package[key], value=value)
        whole.append([float(err(people_of(w, 0, None, members, total=True), w.counts.camps.astype(float)).mean())
                      for w in worlds.values()])  # fmt: skip
        ahead.append([[forecast(w, origin, members) for origin in ORIGINS] for w in worlds.values()])
        dispersal_shares.POOLED.update(package)
    by_whole, by_ahead = np.array(whole), np.array(ahead)
    print("instance: whole run (pooled, leave-one-out); forecasts at 30, 60, 90: err leave-one-out [held shares], band")
    for i, (name, world) in enumerate(worlds.items()):
        rest = [j for j in range(len(worlds)) if j != i]
        best = int(by_whole[:, rest].mean(axis=1).argmin())
        ahead_best = int(by_ahead[:, rest, :, 0].mean(axis=(1, 2)).argmin())
        counts = world.counts.camps.astype(float)
        held = [float(err(share_held(counts)[o + 1 : o + 61], counts[o + 1 : o + 61])) for o in ORIGINS]
        cells = [
            f"{by_ahead[ahead_best, i, k, 0]:.3f} [{held[k]:.3f}] {by_ahead[ahead_best, i, k, 1]:.0%}"
            for k in range(len(ORIGINS))
        ]
        print(f"{name}: {by_whole[0, i]:.3f}, {by_whole[best, i]:.3f}; " + "; ".join(cells))
    print("without the total:")
    for name, world in worlds.items():
        cells = [forecast(world, origin, members, total=False) for origin in ORIGINS]
        print(f"{name}: " + "; ".join(f"{one:.3f} {band:.0%}" for one, band in cells))


if __name__ == "__main__":
    main()
