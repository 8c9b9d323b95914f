"""Measure a big network: 2,500 places, 10,000 links, 10 million people, 100 days.

    python benchmarks/dispersal_scale.py [--members 8] [--days 100] [--pairs 1] [--before SRC] [--hundred] [--json]

Prints the processor time of a member in a run (``member_s``: what as many further members cost), and what a run costs
besides its members (``run_s``: the scenario checked, written and read again); with ``--before`` those of an older one,
in a process of its own right after, and the ratio to it (``against_before``); what a run of one member costs besides
(``one_member_s``) and its share of a block of 64 (``one_of_64``; of 64 of the older one's with ``--before``,
``one_of_64_before``; at most .125 is asked); with ``--hundred`` the wall of a hundred
members on this machine's cores (``hundred_members_s``).  All go through ``caravana.simulate``, tables written, compiled
loops loaded beforehand; of several pairs the middle ratio is told.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

PLACES, LINKS, PEOPLE, DAYS, CAMPS, ZONES = 2_500, 10_000, 10_000_000, 100, 100, 250
BLOCK = 8
SOURCE = Path(__file__).parents[1] / "src"


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


def spent() -> float:
    """Processor time of this process and of its workers that have ended, in seconds."""
    who = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in who)


def simulate(members: int, days: int) -> dict[str, float]:
    """Simulate runs of one block and of two: what a member of the second took; peak memory, and people at the end."""
    import caravana as cv

    big = scenario()
    until = big.start + dt.timedelta(days=days - 1)
    cv.simulate(big, members=1, until=big.start, workers=1)  # loads what is compiled; compiles it, the first time
    took = []
    for size in (members, 2 * members):
        began = spent()
        run = cv.simulate(big, members=size, until=until, workers=1)
        took.append(spent() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = spent()
    cv.simulate(big, members=1, until=until, workers=1)
    member, besides = (took[1] - took[0]) / members, 2 * took[0] - took[1]
    one = spent() - began - besides
    there = run.query(f"SELECT sum(persons) AS persons FROM people WHERE day = DATE '{until}'")["persons"][0]
    return {
        "member_s": round(member, 3), "run_s": round(besides, 2),
        "one_member_s": round(one, 3), "one_of_64": round(one / (64 * member), 3),
        "peak_mb": round(peak), "people": int(there / (2 * members)),
    }  # fmt: skip


def elsewhere(members: int, days: int, source: Path) -> dict[str, float]:
    """Do the same with the package as it stands in another source tree, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--block", str(members), "--days", str(days)],
        env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def hundred() -> float:
    """Wall of a hundred members through the front door, on all cores, in seconds."""
    import caravana as cv

    began = time.perf_counter()
    cv.simulate(scenario(), members=100)
    return round(time.perf_counter() - began, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--members", type=int, default=BLOCK, help="members of the run that is timed")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--pairs", type=int, default=1, help="so many times, now and before in turn")
    parser.add_argument("--before", type=Path, help="folder src of an older commit's worktree, to be timed beside")
    parser.add_argument("--hundred", action="store_true", help="time a hundred members as well")
    parser.add_argument("--block", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.block:
        print(json.dumps(simulate(asked.block, asked.days)))
        return
    pairs: list[tuple[float, float]] = []
    told: dict[str, float | None] = {}
    for _ in range(asked.pairs):
        told = {**elsewhere(asked.members, asked.days, SOURCE)}
        now = float(told["member_s"] or 0.0)
        before = math.nan
        if asked.before is not None:
            before = elsewhere(asked.members, asked.days, asked.before)["member_s"]
        pairs.append((now, before))
    now, before = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
    told |= {
        "member_s": now,
        "hundred_members_s": None,
        "before_member_s": None,
        "against_before": None,
        "one_of_64_before": None,
    }
    if asked.before is not None:
        told |= {"before_member_s": before, "against_before": round(now / before, 3)}
        told["one_of_64_before"] = round(float(told["one_member_s"] or 0.0) / (64 * before), 3)
    if asked.hundred:
        told["hundred_members_s"] = hundred()
    print(json.dumps(told) if asked.json else "\n".join(f"{key}: {value}" for key, value in told.items()))


if __name__ == "__main__":
    main()
