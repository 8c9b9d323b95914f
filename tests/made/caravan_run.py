"""A made-up run in the run folder's format: a small scenario and random walks of a caravan."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
from tests.made.sealing import seal

from caravana.models.scenarios import write_scenario
from caravana.run import Run, open_run
from caravana.scenario.model import (
    Caravan,
    Claim,
    Itinerary,
    Link,
    Observation,
    Parameter,
    PartyKind,
    Place,
    Prior,
    Scenario,
)

if TYPE_CHECKING:
    from pathlib import Path

START = dt.date(2021, 10, 23)
VIEWS = ("people", "caravans", "flows", "payments", "reports", "parameters")
COLUMNS = {
    "people": ["member", "day", "place", "kind", "status", "parties", "persons"],
    "caravans": ["member", "day", "caravan", "active", "place", "km", "mode", "parties", "persons"],
    "flows": ["member", "day", "flow", "kind", "persons"],
    "payments": ["member", "day", "payer", "payee", "usd"],
    "reports": ["member", "day", "caravan", "side", "persons"],
    "parameters": ["member", "name", "value"],
}
SIDES = {"authorities": 0.75, "organisers": 1.5, "press": 1.2, "agency": 1.1, "observer": 1.0}
# Name, latitude, longitude (rounded), inhabitants (rounded), km of road from the one before.
TOWNS = [
    ("Tapachula", 14.91, -92.26, 217_000, 0), ("Huehuetán", 15.02, -92.38, 8_000, 26),
    ("Huixtla", 15.14, -92.47, 32_000, 16), ("Escuintla", 15.32, -92.66, 10_600, 31),
    ("Mapastepec", 15.44, -92.89, 19_000, 30), ("Pijijiapan", 15.69, -93.21, 18_000, 48),
    ("Tonalá", 16.09, -93.75, 38_000, 75), ("Arriaga", 16.24, -93.90, 25_000, 24),
    ("Tapanatepec", 16.37, -94.19, 8_000, 47), ("Niltepec", 16.57, -94.61, 4_000, 55),
    ("Matías Romero", 16.88, -95.04, 17_500, 80), ("Sayula", 17.88, -94.96, 15_000, 130),
    ("Isla", 18.03, -95.53, 25_600, 75), ("Tierra Blanca", 18.45, -96.36, 47_000, 115),
    ("Córdoba", 18.89, -96.94, 139_000, 90), ("Puebla", 19.04, -98.20, 1_542_000, 155),
    ("Mexico City", 19.43, -99.13, 9_200_000, 135),
]  # fmt: skip


def town_id(name: str) -> str:
    return name.lower().replace(" ", "-").translate(str.maketrans("áéíóúñ", "aeioun"))


def make_scenario(*, days: int = 54) -> Scenario:
    ids = [town_id(t[0]) for t in TOWNS]
    places = [
        Place(
            id=i, name=name, lat=lat, lon=lon, population=n, stop=True,
            kind="origin" if k == 0 else "destination" if k == len(TOWNS) - 1 else "town",
        )
        for k, (i, (name, lat, lon, n, _)) in enumerate(zip(ids, TOWNS, strict=True))
    ]  # fmt: skip
    places.append(Place(id="tecun-uman", name="Tecún Umán", lat=14.68, lon=-92.14, kind="border_crossing"))
    places.append(Place(id="nowhere", name="Nowhere known", kind="clash_site"))
    links = [Link(from_id=a, to_id=b, km=TOWNS[k + 1][4]) for k, (a, b) in enumerate(itertools.pairwise(ids))]
    links.append(Link(from_id="tecun-uman", to_id=ids[0], km=38))
    return Scenario(
        name="made-up", title="The caravan of October 2021 <made up>",
        title_es="La caravana de octubre de 2021 <inventada>",
        description="A made-up run for tests.", start=START, end=START + dt.timedelta(days - 1), rules="caravan",
        kinds=(PartyKind(id="adult", men=1, share=0.7), PartyKind(id="family", men=1, women=1, children=1, share=0.3)),
        places=tuple(places), links=tuple(links),
        itineraries=(Itinerary(id="to-mexico-city", from_id=ids[0], to_id=ids[-1]),),
        caravans=(Caravan(id="october", name="October caravan", itinerary="to-mexico-city", assembles_at=ids[0],
                          departs=START, turnout="turnout"),),
        parameters=(
            Parameter(name="turnout", unit="persons", prior=Prior(dist="lognormal", median=2500, sigma=0.35),
                      low=300, high=9000, basis=("c-1",), description="people who set out on the first day"),
            Parameter(name="rest_chance", unit="1/day", prior=Prior(dist="logitnormal", mean=-1.5, sigma=0.5),
                      low=0.01, high=0.8, basis=("assumption",), description="chance of a day of rest"),
            Parameter(name="bus_fare", unit="USD per 100 km", value=6, low=0, high=50, basis=("assumption",),
                      description="fare of a bus"),
        ),
        observations=make_observations(days), claims=make_claims(),
    )  # fmt: skip


def make_observations(days: int) -> tuple[Observation, ...]:
    def row(n: int, day: int, kind: str, **given: Any) -> Observation:
        date = START + dt.timedelta(day)
        return Observation(id=f"o-{n}", date=date, known_on=date, kind=kind, **given)

    heads = [
        (0, 2000, 2000, "about", "agency", "news agency"), (0, 3000, None, "more_than", "press", "local press"),
        (0, 4000, 4000, "about", "organisers", "organiser"),
        (8, 1200, 1200, "about", "authorities", "migration institute"),
        (8, 2000, 3000, "range", "press", "local press"),
        (17, 4000, 4000, "about", "organisers", "organiser"),
        (29, None, 700, "less_than", "press", "local press"), (50, 387, 387, "exact", "observer", "rights commission"),
    ]  # fmt: skip
    rows = [
        row(n, d, "headcount", low=lo, high=hi, qualifier=q, speaker_side=s, speaker_role=r)
        for n, (d, lo, hi, q, s, r) in enumerate(heads)
    ]
    nights = [(1, "huehuetan"), (2, "huixtla"), (8, "mapastepec"), (13, "arriaga"), (17, "tapanatepec")]
    for n, (d, place) in enumerate(nights, start=len(rows)):
        rows.append(
            row(n, d, "position", place_id=place, qualifier="exact", speaker_side="press", speaker_role="press")
        )
    return tuple(r for r in rows if (r.date - START).days < days)


def make_claims() -> tuple[Claim, ...]:
    return (
        Claim(id="c-1", speaker_role="organiser", speaker_side="organisers", topic="headcount",
              claim="Four thousand people set out.", disputed_by=("c-2",), status="disputed"),
        Claim(id="c-2", speaker_role="migration institute", speaker_side="authorities", topic="headcount",
              claim="Some 1,200 people walk.", disputed_by=("c-1",), status="disputed"),
        Claim(id="c-3", speaker_role="news agency", speaker_side="agency", topic="date",
              claim="They left on Saturday."),
    )  # fmt: skip


def walk(rng: np.random.Generator, days: int) -> list[tuple[int, str]]:
    """Town index and mode by night of one member."""
    km = np.cumsum([t[4] for t in TOWNS])
    at, out, over = 0, [], False
    for day in range(days):
        over = over or (day > 3 and rng.random() < 0.012)
        if over:
            out.append((-1, "dissolved"))
        elif at == len(TOWNS) - 1:
            out.append((at, "arrived"))
        else:
            rest = day == 0 or rng.random() < 0.3
            want = km[at] + (0 if rest else rng.lognormal(3.3, 0.7))
            now = int(np.argmin(np.abs(km - want)))
            now = at if rest else max(now, at)
            out.append((now, "rest" if now == at else "walk"))
            at = now
    return out


def make_tables(scenario: Scenario, members: int, seed: int) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = [town_id(t[0]) for t in TOWNS]
    rows: dict[str, list[tuple[Any, ...]]] = {v: [] for v in VIEWS}
    km = np.cumsum([t[4] for t in TOWNS])
    for m in range(members):
        persons = rng.lognormal(np.log(2500), 0.35)
        rows["parameters"].append((m, "turnout", persons))
        for d, (at, mode) in enumerate(walk(rng, scenario.days)):
            date = scenario.start + dt.timedelta(d)
            persons *= np.exp(rng.normal(-0.02, 0.05))
            n = int(persons)
            active = mode not in ("dissolved", "arrived")
            place = ids[at] if at >= 0 else ""
            rows["caravans"].append(
                (m, date, "october", active, place, float(km[at]), mode, n // 2 * active, n * active)
            )
            rows["people"] += [
                (m, date, "october" if active else "tapachula", "adult", "on_foot", n, n),
                (m, date, "tapachula", "adult", "waiting", 40_000, 40_000),
                (m, date, "tapachula", "adult", "detained", 20 + d, 20 + d),
                (m, date, place or "tapachula", "family", "in_care", 2, 6),
            ]  # fmt: skip
            for flow, mean in (("accepted", 25 * (d > 5)), ("ahead", 8), ("seat", 3), ("returned", 5), ("died", 0.01)):
                if k := int(rng.poisson(mean)):
                    rows["flows"].append((m, date, flow, "adult", k))
            rows["payments"].append((m, date, "families", "bus companies", 12.5))
            for side, bias in SIDES.items():
                if active:
                    rows["reports"].append((m, date, "october", side, int(n * bias * rng.lognormal(0, 0.3))))
    return {v: pd.DataFrame(rows[v], columns=COLUMNS[v]) for v in VIEWS}


def by_hand(folder: Path, nights: list[list[tuple[str, str, int]]], **more: list[tuple[Any, ...]]) -> Run:
    """A run of the made-up scenario in which members sleep where they are told.

    ``nights`` is by member and day: place, mode, persons; ``more`` gives rows of other tables.
    """
    scenario = make_scenario(days=len(nights[0]))
    km = dict(zip((town_id(t[0]) for t in TOWNS), np.cumsum([t[4] for t in TOWNS]).tolist(), strict=True))
    caravans = [
        (m, START + dt.timedelta(d), "october", mode not in ("dissolved", "arrived"), place, km.get(place, 0.0), mode,
         persons, persons)
        for m, nightly in enumerate(nights)
        for d, (place, mode, persons) in enumerate(nightly)
    ]  # fmt: skip
    rows = {"caravans": caravans, "parameters": [(m, "turnout", 1.0 + m) for m in range(len(nights))], **more}
    return write_run(folder, scenario, {v: pd.DataFrame(rows.get(v, []), columns=COLUMNS[v]) for v in VIEWS})


def write_run(folder: Path, scenario: Scenario, tables: dict[str, pd.DataFrame]) -> Run:
    """Write blocks of a run and open them."""
    block = folder / "blocks" / "00000"
    block.mkdir(parents=True)
    with duckdb.connect() as connection:
        for view, frame in tables.items():
            connection.register("frame", frame)
            cast = "* REPLACE (CAST(day AS DATE) AS day)" if "day" in frame else "*"
            connection.execute(f"COPY (SELECT {cast} FROM frame) TO '{block / view}.parquet' (FORMAT parquet)")
            connection.unregister("frame")
    members = int(tables["parameters"]["member"].nunique())
    manifest = {
        "caravana": "0.1.0", "complete": True, "members": members, "block": members, "blocks_done": [0],
        "blocks_failed": [], "wall_seconds": 1.5,
        "plan": {
            "scenario": scenario.name, "scenario_hash": "0" * 64, "rules": scenario.rules,
            "family": "caravan" if scenario.caravans else "displacement",
            "seed": 1, "settings": {},
            "first": scenario.start.isoformat(), "last": scenario.end.isoformat(),
        },
    }  # fmt: skip
    write_scenario(scenario, folder / "scenario")
    seal(folder, manifest)
    return open_run(folder)


def make_run(folder: Path, *, members: int = 40, days: int = 54, seed: int = 1) -> Run:
    """Write a made-up run and open it."""
    scenario = make_scenario(days=days)
    return write_run(folder, scenario, make_tables(scenario, members, seed))
