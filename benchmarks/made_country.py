"""A made-up country at the level of its sites, and what a run of it costs.

    python benchmarks/made_country.py --folder FOLDER            write it as a scenario folder
    python benchmarks/made_country.py [--rules flee] [--members 64] [--workers 2] [--json]
    python benchmarks/made_country.py --slopes [--rules flee]    cost against places and against links

The shape is that of the largest public instance: 780 places, 1,488 links, 365 days, awareness 2; of the
inhabitants of places in conflict 1% are displaced a day, 28 million persons by the last.  The numbers are made
up, and so is the country.  Each run goes through ``caravana.simulate``; processor time is that of this process and
of its workers, beside the wall.  ``--slopes`` measures members of countries with as many people spread over a half,
one and two times the places (and links with them), and over the same places with more links, and prints log-log slopes
of the middle of ``--repeats`` runs each, taken in turn.  Before them a short run loads what a process loads once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import Delaunay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PLACES, LINKS, DAYS, DISPLACED = 780, 1_488, 365, 28_000_000
#: Shares of the places that are ever in conflict, and that are camps; the country's side in km; days between counts.
IN_CONFLICT, CAMPS, SIDE, EVERY = 0.3, 0.2, 950.0, 30
#: Share of the inhabitants of a place in conflict displaced a day.
RATE = 0.01
#: Km by road of a km as the crow flies.
DETOUR = 1.3


def roads(at: Floats, links: int) -> Ints:
    """Pairs of neighbours: those of a Delaunay triangulation, a shortest tree first, then short ones."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    corners = Delaunay(at).simplices
    pairs = np.unique(
        np.sort(np.concatenate([corners[:, (0, 1)], corners[:, (1, 2)], corners[:, (0, 2)]]), axis=1), axis=0
    )
    km = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    tree = minimum_spanning_tree(coo_array((km, (pairs[:, 0], pairs[:, 1])), shape=(len(at), len(at)))).tocoo()
    in_tree = {(min(a, b), max(a, b)) for a, b in zip(tree.row.tolist(), tree.col.tolist(), strict=True)}
    first = np.array([tuple(pair) not in in_tree for pair in pairs.tolist()])
    return pairs[np.lexsort((km, first))[:links]]


def made_country(*, places: int = PLACES, links: int = LINKS, days: int = DAYS, rules: str = "flee") -> Scenario:
    """Return the country: towns, camps, and places to which conflict comes one after the other."""
    from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario, Series

    rng = np.random.default_rng(20260101)
    at = rng.random((places, 2)) * SIDE
    pairs = roads(at, links)
    rank = rng.permutation(places)
    zones, camps = np.sort(rank[: int(places * IN_CONFLICT)]), np.sort(rank[-int(places * CAMPS) :])
    people = rng.lognormal(10.5, 1.0, places)
    # Each day 1% of those in conflict, so that the sum over days is what it is to be by the last of a year.
    share = DISPLACED / (RATE * people[zones].sum() * DAYS)
    people = np.maximum(np.rint(people * share), 100).astype(int)
    capacity = np.where(rng.random(places) < 0.7, np.rint(rng.lognormal(7.8, 0.8, places) / 100) * 100, 0).astype(int)
    is_camp = np.isin(np.arange(places), camps)
    is_zone = np.isin(np.arange(places), zones)
    start = dt.date(2030, 1, 1)
    return Scenario(
        name="made-country", title="A made-up country", start=start, end=start + dt.timedelta(days=days - 1),
        rules=rules,
        settings={
            "awareness_level": 2, "conflict_driven_spawning": True, "spawn_mode": "pop_ratio",
            "displaced_per_conflict_day": RATE, "insert_day0": False,
        },
        kinds=(PartyKind(id="person", men=1, share=1.0),),
        places=tuple(
            Place(
                id=f"p{i}", name=f"Place {i}", country="Madeup", lat=round(float(4 + at[i, 1] / 111.2), 4),
                lon=round(float(4 + at[i, 0] / 110.0), 4),
                kind="idpcamp" if is_camp[i] else "conflict_zone" if is_zone[i] else "town",
                population=None if is_camp[i] else int(people[i]),
                capacity=int(capacity[i]) or None if is_camp[i] else None,
            )
            for i in range(places)
        ),
        links=tuple(
            Link(from_id=f"p{a}", to_id=f"p{b}", km=round(float(np.hypot(*(at[a] - at[b])) * DETOUR) + 1, 1))
            for a, b in pairs.tolist()
        ),
        observations=tuple(
            Observation(
                id=f"o{camp}-{day}", date=start + dt.timedelta(days=day), known_on=start + dt.timedelta(days=day),
                place_id=f"p{camp}", low=float(count), high=float(count), kind="camp_count", qualifier="exact",
                speaker_role="made up", speaker_side="agency",
            )
            for camp in camps.tolist()
            for day, count in _counts(rng, int(capacity[camp]) or 3_000, days)
        ),
        series=(
            Series(
                kind="conflict", days=(0,), place_ids=tuple(f"p{i}" for i in zones.tolist()),
                values=np.ones((1, len(zones))),
            ),
        ),
    )  # fmt: skip


def _counts(rng: np.random.Generator, size: int, days: int) -> list[tuple[int, int]]:
    """Counts of a camp that fills: day and persons."""
    when = sorted({*range(0, days, EVERY), days - 1})
    slow = rng.uniform(60, 300)
    return [(day, round(size * (1 - np.exp(-day / slow)) * rng.uniform(0.9, 1.05))) for day in when]


def spent() -> float:
    """Processor time of this process and of those of its workers that have ended, in seconds."""
    return sum(
        one.ru_utime + one.ru_stime
        for one in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def measure(scenario: Scenario, *, members: int, workers: int, rules: str) -> dict[str, Any]:
    """Simulate, and return what it took."""
    import caravana as cv

    began, before = time.perf_counter(), spent()
    with tempfile.TemporaryDirectory(prefix="made-country-") as folder:
        run = cv.simulate(scenario, members=members, workers=workers, rules=rules, out=Path(folder) / "run")
        if len(run.failures):
            raise SystemExit(f"blocks failed: {run.failures}")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {
        "rules": rules, "members": members, "workers": workers, "days": scenario.days, "places": len(scenario.places),
        "links": len(scenario.links), "wall_s": round(time.perf_counter() - began, 1),
        "processor_s": round(spent() - before, 2), "peak_mb": round(peak),
    }  # fmt: skip


def slopes(rules: str, members: int, days: int, repeats: int) -> dict[str, Any]:
    """Cost against places (with links in proportion), and against links of as many places."""
    sizes = [(places, round(places * LINKS / PLACES)) for places in (PLACES // 2, PLACES, PLACES * 2)]
    denser = [(PLACES, links) for links in (LINKS * 3 // 4, LINKS, LINKS * 3 // 2)]
    countries = {
        shape: made_country(places=shape[0], links=shape[1], days=days, rules=rules) for shape in {*sizes, *denser}
    }
    cost: dict[tuple[int, int], list[float]] = {shape: [] for shape in countries}
    measure(made_country(days=1, rules=rules), members=members, workers=1, rules=rules)
    for _ in range(repeats):
        for shape, scenario in countries.items():
            cost[shape].append(measure(scenario, members=members, workers=1, rules=rules)["processor_s"])
    told: dict[str, Any] = {"rules": rules, "members": members, "days": days, "repeats": repeats}
    for name, shapes, axis in (("places", sizes, 0), ("links", denser, 1)):
        middle = [statistics.median(cost[shape]) for shape in shapes]
        x = np.log([shape[axis] for shape in shapes])
        told[name] = {
            "shapes": shapes,
            "processor_s": middle,
            "slope": round(float(np.polyfit(x, np.log(middle), 1)[0]), 2),
        }
    return told


def main() -> None:
    """Write the country, or measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rules", default="flee")
    parser.add_argument("--members", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--slopes", action="store_true")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each country, of which the middle one is told")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.folder is not None:
        from caravana.models.scenarios import write_scenario

        write_scenario(made_country(days=asked.days, rules=asked.rules), asked.folder)
        return
    if asked.slopes:
        told = slopes(asked.rules, asked.members, asked.days, asked.repeats)
    else:
        scenario = made_country(days=asked.days, rules=asked.rules)
        told = measure(scenario, members=asked.members, workers=asked.workers, rules=asked.rules)
    print(json.dumps(told) if asked.json else "\n".join(f"{key}: {value}" for key, value in told.items()))


if __name__ == "__main__":
    main()
