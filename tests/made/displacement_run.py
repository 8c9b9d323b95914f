"""A made-up displacement in the run folder's format: four towns, three camps, counts that differ."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
from tests.made.sealing import seal

from caravana.models.scenarios import write_scenario
from caravana.run import Run, open_run
from caravana.scenario.model import Event, Link, Observation, PartyKind, Place, Scenario, Series, Source

if TYPE_CHECKING:
    from pathlib import Path

START = dt.date(2012, 3, 1)
# Id, country, latitude, longitude, kind, inhabitants or capacity.
PLACES = [
    ("Old_Town", "Homeland", 16.8, -3.0, "conflict_zone", 50_000),
    ("River", "Homeland", 16.3, 0.0, "conflict_zone", 9_000),
    ("Crossroads", "Homeland", 15.0, -2.0, "town", 4_000), ("Ferry", "Homeland", 14.5, -4.2, "town", 2_000),
    ("West_Camp", "Westland", 15.6, -5.7, "camp", 3_000), ("South_Camp", "Southland", 13.9, -1.7, "camp", 900),
    ("Far_Camp", "Eastland", 13.5, 2.1, "camp", None),
]  # fmt: skip
LINKS = [
    ("Old_Town", "Crossroads", 220), ("River", "Crossroads", 260), ("Crossroads", "Ferry", 240),
    ("Ferry", "West_Camp", 200),
    ("Crossroads", "South_Camp", 130), ("River", "Far_Camp", 380),
]  # fmt: skip
COUNTS = {
    "West_Camp": [(0, 200), (20, 900), (45, 2100), (90, 2600)],
    "South_Camp": [(0, 50), (30, 700), (70, 1100)],
}


def make_scenario(*, days: int = 80, rules: str = "flee", counted: bool = True, **changes: Any) -> Scenario:
    places = tuple(
        Place(id=name, name=name, country=country, lat=lat, lon=lon, kind=kind,  # type: ignore[arg-type]
              population=None if kind == "camp" else size, capacity=size if kind == "camp" else None)
        for name, country, lat, lon, kind, size in PLACES
    )  # fmt: skip
    rows = [("camp_count", place, day, n) for place, found in COUNTS.items() for day, n in found]
    rows += [("total_count", None, day, 2 * n) for day, n in ((0, 250), (40, 3300), (80, 3600))]
    observations = tuple(
        Observation(
            id=f"un-{k}", date=START + dt.timedelta(day), known_on=START + dt.timedelta(day), place_id=place, kind=kind,
            low=n, high=n, qualifier="exact", speaker_role="UN refugee agency", speaker_side="observer", source_id="un",
            note="registration correction applied" if place == "West_Camp" and day < 45 else "",
        )
        for k, (kind, place, day, n) in enumerate(rows)
    )  # fmt: skip
    return Scenario(**{
        "name": "made-up", "title": "Homeland <made up>", "start": START, "end": START + dt.timedelta(days - 1),
        "rules": rules,
        "settings": {"max_move_speed": 200.0, "start_on_foot": True, "conflict_spawn_decay": (1.0, 0.5)},
        "kinds": (PartyKind(id="person", men=1, share=1.0),), "places": places,
        "links": tuple(Link(from_id=a, to_id=b, km=km) for a, b, km in LINKS),
        "events": (
            Event(id="shut", date=START, end_date=START + dt.timedelta(10), kind="closure", unit="country",
                  place_id="Old_Town", target_id="South_Camp"),
            Event(id="inert", date=START, kind="closure", unit="link", place_id="River", target_id="Far_Camp"),
        ),
        "series": (
            Series(kind="conflict", days=(0, 12, 40), place_ids=("Old_Town", "River"),
                   values=np.array([[1.0, 0.0], [1.0, 0.4], [0.0, 0.4]])),
        ),
        "observations": observations if counted else (), "sources": (Source(id="un", kind="dataset", publisher="UN"),),
        **changes,
    })  # fmt: skip


def make_tables(scenario: Scenario, members: int, seed: int, *, block: int) -> dict[str, pd.DataFrame]:
    """People who gather in camps along curves of their own, with chance; flows that feed them."""
    rng = np.random.default_rng(seed)
    people: list[tuple[Any, ...]] = []
    links: list[tuple[Any, ...]] = []
    for d in range(scenario.days):
        date = START + dt.timedelta(d)
        middle = {
            "West_Camp": 200 + 28 * d, "South_Camp": 50 + 14 * d, "Far_Camp": 4 * max(0, d - 20), "Crossroads": 300,
        }  # fmt: skip
        for m in range(members):
            for place, n in middle.items():
                k = int(n * rng.lognormal(0, 0.15))
                if k:
                    people.append((m, date, place, "person", "displaced", k, k))
            people.append((m, date, "road", "person", "under_way", 40 + m, 40 + m))
        links.append((date, "Old_Town", "Crossroads", block * (30 + d)))
        links.append((date, "Crossroads", "West_Camp", block * 12))
        if d > 5:
            links.append((date, "River", "Far_Camp", block * 3))
    return {
        "people": pd.DataFrame(people, columns=["member", "day", "place", "kind", "status", "parties", "persons"]),
        "links": pd.DataFrame(links, columns=["day", "from_id", "to_id", "persons"]),
        "flows": pd.DataFrame(
            [(m, START, "displaced", "person", 500) for m in range(members)],
            columns=["member", "day", "flow", "kind", "persons"],
        ),
    }


def write_run(folder: Path, scenario: Scenario, tables: dict[str, pd.DataFrame], *, members: int, block: int) -> Run:
    home = folder / "blocks" / "00000"
    home.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register("frame", frame)
            query = "SELECT * REPLACE (CAST(day AS DATE) AS day) FROM frame"
            connection.execute(f"COPY ({query}) TO '{home / name}.parquet' (FORMAT parquet)")
            connection.unregister("frame")
    manifest = {
        "caravana": "0.1.0", "complete": True, "members": members, "block": block, "blocks_done": [0],
        "blocks_failed": [], "wall_seconds": 1.5,
        "plan": {
            "scenario": scenario.name, "scenario_hash": "0" * 64, "rules": scenario.rules,
            "family": "displacement", "seed": 1, "settings": {},
            "first": scenario.start.isoformat(), "last": scenario.end.isoformat(),
        },
    }  # fmt: skip
    write_scenario(scenario, folder / "scenario")
    seal(folder, manifest)
    return open_run(folder)


def make_run(folder: Path, *, members: int = 20, block: int = 64, seed: int = 1, **changes: Any) -> Run:
    """Write a made-up run and open it; fewer members than a block has, as in a small run."""
    scenario = make_scenario(**changes)
    return write_run(folder, scenario, make_tables(scenario, members, seed, block=block), members=members, block=block)


def make_people_run(folder: Path, *, members: int = 20, **changes: Any) -> Run:
    """Write a made-up run of a model that writes people and nothing else, and open it."""
    scenario = make_scenario(**changes)
    tables = make_tables(scenario, members, 1, block=64)
    return write_run(folder, scenario, {"people": tables["people"]}, members=members, block=64)
