"""Needs and exports of a displacement: camps and no caravan."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.made.sealing import seal

from caravana.exports.public import public_export
from caravana.exports.supply_workbook import supply_workbook
from caravana.exports.tables import internal_export
from caravana.models.scenarios import write_scenario
from caravana.results.supplies import Stock, load_profile
from caravana.run import open_run
from caravana.scenario.model import Link, Observation, PartyKind, Place, Scenario
from caravana.studies.coming_days import look_ahead, people_by_place
from caravana.studies.coming_needs import Request, needs_by_place

START, DAYS, MEMBERS = dt.date(2012, 3, 1), 6, 20


@pytest.fixture(scope="module")
def camps(tmp_path_factory):
    """A run of two camps, one of them tiny, beside a town in conflict."""
    folder = tmp_path_factory.mktemp("camps")
    (folder / "blocks" / "00000").mkdir(parents=True)
    places = (
        Place(id="town", name="Town", state="North", country="ML", lat=16.0, lon=-3.0, kind="conflict_zone"),
        Place(id="large", name="Large Camp", state="East", country="NE", lat=15.0, lon=2.0, kind="camp", capacity=900),
        Place(
            id="tiny", name="Tiny Camp", state="East", country="NE", municipality="Hill", lat=15.5, lon=2.5, kind="camp"
        ),
    )
    scenario = Scenario(
        name="camps", title="Two camps", start=START, end=START + dt.timedelta(DAYS - 1), rules="flee",
        kinds=(PartyKind(id="person", men=1, share=1.0),), places=places,
        links=(Link(from_id="town", to_id="large", km=100), Link(from_id="large", to_id="tiny", km=40)),
        observations=(
            Observation(id="o1", date=START, known_on=START + dt.timedelta(3), place_id="large", kind="camp_count",
                        low=500, high=500, qualifier="exact", speaker_role="United Nations", speaker_side="observer"),
        ),
    )  # fmt: skip
    write_scenario(scenario, folder / "scenario")
    rng = np.random.default_rng(1)
    rows = [
        (m, START + dt.timedelta(d), place, "person", status, n, n)
        for m in range(MEMBERS)
        for d in range(DAYS)
        for place, status, n in (
            ("large", "displaced", int(500 + 50 * d + rng.integers(0, 30))),
            ("tiny", "displaced", int(rng.integers(3, 8))),
            ("road:large", "under_way", 12),
        )
    ]
    people = pd.DataFrame(rows, columns=["member", "day", "place", "kind", "status", "parties", "persons"])
    flows = pd.DataFrame(
        [(m, START + dt.timedelta(d), "displaced", "person", 60) for m in range(MEMBERS) for d in range(DAYS)],
        columns=["member", "day", "flow", "kind", "persons"],
    )
    with duckdb.connect() as connection:
        for name, frame in (("people", people), ("flows", flows)):
            connection.register("frame", frame)
            path = folder / "blocks" / "00000" / f"{name}.parquet"
            connection.execute(f"COPY (SELECT * REPLACE (CAST(day AS DATE) AS day) FROM frame) TO '{path}'")
            connection.unregister("frame")
    plan = {"scenario": "camps", "scenario_hash": "0" * 64, "rules": "flee", "family": "displacement",
            "seed": 1, "settings": {},
            "first": START.isoformat(), "last": scenario.end.isoformat()}  # fmt: skip
    manifest = {"caravana": "0", "complete": True, "members": MEMBERS, "block": MEMBERS, "blocks_done": [0],
                "blocks_failed": [], "wall_seconds": 1.0, "plan": plan}  # fmt: skip
    seal(folder, manifest)
    return open_run(folder)


def test_people_in_camps_are_a_settlement(camps):
    ahead = look_ahead(camps, origin=START + dt.timedelta(2), days=2)
    assert ahead.caravan == ""
    assert set(people_by_place(ahead)["group"]) == {"settlement"}
    assert (ahead.persons("settlement", "large") >= 600).all()


def test_a_camps_stock_is_set_against_its_own_needs(camps):
    ahead = look_ahead(camps, origin=START + dt.timedelta(2), days=2)
    stock = (Stock("water", "large", 1e6, 0), Stock("toilets", "large", 5, 0))
    frame = needs_by_place(ahead, load_profile(), stock=stock).set_index(["place", "item", "day"])
    day = ahead.days[0]
    assert frame.loc[("large", "water", day), "chance_short"] == 0
    assert frame.loc[("large", "toilets", day), "chance_short"] == 1
    assert frame.loc[("tiny", "water", day), "chance_short"] == 1


def test_the_spreadsheet_has_no_sheets_of_a_caravan(camps):
    ahead = look_ahead(camps, origin=START, days=2)
    content = supply_workbook(
        Request(camps.path, camps.scenario, camps.manifest, len(camps.member_ids), ahead, load_profile(), (), 0.9, "en")
    )
    assert content[:2] == b"PK"


def test_exports_of_camps(camps):
    tables = internal_export(camps).tables
    assert "caravans" not in tables
    assert set(tables["people"]["status"]) == {"displaced"}


def test_public_exports_of_camps_withhold_the_tiny_one_and_stop_at_what_is_known(camps):
    public = public_export(camps)
    people = public.tables["people"]
    assert people["reference_period_start"].max() == START + dt.timedelta(3)
    tiny = people[people["admin2_name"] == "Hill"]
    assert tiny["withheld"].all()
    # One other cell in the line, so it is withheld as well: nothing is left to subtract from.
    assert people["withheld"].all()
