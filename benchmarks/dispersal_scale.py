"""Measure a big network: 2,500 places, 10,000 links, 10 million people, 100 days.

    python benchmarks/dispersal_scale.py [--members 1] [--json]

Members are simulated in blocks of 8 on this machine's cores (that many people fill every cell, so
larger blocks gain nothing and need more memory).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

PLACES, LINKS, PEOPLE, DAYS, CAMPS, ZONES = 2_500, 10_000, 10_000_000, 100, 100, 250
BLOCK = 8


def scenario() -> Scenario:
    """A random geometric network: each place linked to near ones, camps at the edge, conflict zones inside."""
    from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series

    rng = np.random.default_rng(1)
    at = rng.random((PLACES, 2)) * 10
    centre = np.argsort(((at - 5) ** 2).sum(axis=1))
    zones, camps = set(centre[:ZONES].tolist()), set(centre[-CAMPS:].tolist())
    pairs = set()
    for near in range(1, 40):
        for place in range(PLACES):
            if len(pairs) == LINKS:
                break
            gap = np.argpartition(((at - at[place]) ** 2).sum(axis=1), near)[: near + 1]
            other = int(gap[np.argmax(((at[gap] - at[place]) ** 2).sum(axis=1))])
            pairs.add((min(place, other), max(place, other)))
    start = dt.date(2020, 1, 1)
    places = tuple(
        Place(
            id=f"p{i}", name=f"p{i}", country="There" if i in camps else "Here",
            lat=float(at[i, 0]), lon=float(at[i, 1]),
            kind="camp" if i in camps else "conflict_zone" if i in zones else "town",
            population=None if i in camps else 100_000, capacity=PEOPLE // CAMPS if i in camps else None,
        )
        for i in range(PLACES)
    )  # fmt: skip
    links = tuple(
        Link(from_id=f"p{a}", to_id=f"p{b}", km=round(float(np.hypot(*(at[a] - at[b])) * 111) + 5, 1)) for a, b in pairs
    )
    counts = [
        Observation(
            id=f"o{camp}-{day}", date=start + dt.timedelta(days=day), known_on=start + dt.timedelta(days=day),
            place_id=f"p{camp}", low=people,
            high=people, kind="camp_count", qualifier="exact", speaker_role="made up", speaker_side="agency",
        )
        for camp in sorted(camps)
        for day, people in ((0, 0), (DAYS - 1, PEOPLE // CAMPS))
    ]  # fmt: skip
    zone_ids = tuple(f"p{i}" for i in sorted(zones))
    return Scenario(
        name="big", title="big", start=start, end=start + dt.timedelta(days=DAYS - 1), rules="flee",
        settings={"max_move_speed": 200.0, "camp_weight": 2.0, "default_movechance": 0.5, "start_on_foot": True,
                  "avoid_short_stints": True},
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places, links=links, observations=tuple(counts),
        series=(Series(kind="conflict", days=(0,), place_ids=zone_ids, values=np.ones((1, len(zone_ids)))),),
    )  # fmt: skip


def simulate(block: int, members: int) -> tuple[float, float, int]:
    """Simulate one block; the wall time and the people in camps at the end."""
    from caravana.models.displacement.walk.order import simulate_walk
    from caravana.models.displacement.walk.world import compile_walk

    world = compile_walk(scenario(), mended=False)
    began = time.perf_counter()
    done = simulate_walk(world, seed=1, block=block, members=members)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, peak, int(done.people[:, -1].sum(axis=1).mean() + done.under_way[:, -1].mean())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    sizes = [min(BLOCK, asked.members - first) for first in range(0, asked.members, BLOCK)]
    began = time.perf_counter()
    if len(sizes) == 1:
        found = [simulate(0, sizes[0])]
    else:
        with ProcessPoolExecutor(min(len(sizes), os.cpu_count() or 1)) as pool:
            found = list(pool.map(simulate, range(len(sizes)), sizes))
    told = {
        "members": asked.members, "wall_s": round(time.perf_counter() - began, 1),
        "simulation_s_per_member": round(sum(one[0] for one in found) / asked.members, 2),
        "peak_mb": round(max(one[1] for one in found)), "people": found[0][2],
    }  # fmt: skip
    print(json.dumps(told) if asked.json else "\n".join(f"{key}: {value}" for key, value in told.items()))


if __name__ == "__main__":
    main()
