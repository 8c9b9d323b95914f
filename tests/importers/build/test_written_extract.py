"""A land written by hand: every gate, checkpoint, ferry, island, one-way street and border becomes what it should."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.made.extracts import written_land
from tests.made.shortest import shortest_km

import caravana as cv
from caravana.importers.build.build import build
from caravana.scenario.writing import scenario_texts

CAMPS = """name,latitude,longitude,capacity,opens
Sigma camp,10.02,20.62,5000,
Isla camp,9.79,20.11,3000,
Delta camp,10.31,20.11,3000,2030-02-01
"""
CONFLICT = """event_id_cnty,event_date,event_type,latitude,longitude,fatalities
A1,2030-01-01,Battles,10.0,20.0,30
A2,2030-02-10,Battles,10.0,20.0,30
A3,2030-01-05,Protests,10.15,20.1,0
"""
COUNTS = """camp,date,persons
Sigma camp,2030-01-01,100
Sigma camp,2030-03-01,2100
Isla camp,2030-01-01,0
Isla camp,2030-03-01,1000
Delta camp,2030-02-01,0
Delta camp,2030-03-01,900
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("land")
    written_land().write(folder / "land.osm")
    for name, text in (("camps.csv", CAMPS), ("conflict.csv", CONFLICT), ("counts.csv", COUNTS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(files):
    return build(
        files / "built", osm=files / "land.osm", camps=files / "camps.csv", conflict=files / "conflict.csv",
        counts=files / "counts.csv",
    )  # fmt: skip


@pytest.fixture(scope="module")
def crossings(built):
    return {link.name: link for link in built.scenario.links if link.name}


def test_each_crossing_becomes_a_named_link_with_a_status(crossings):
    kinds = {name: link.kind for name, link in crossings.items()}
    assert kinds == {
        "Gate Alpha – Beta": "gate", "Checkpoint Kilo": "checkpoint", "Isla ferry": "ferry",
        "Post Nine": "border", "Border Beta – Omega": "border",
    }  # fmt: skip
    assert {link.status for link in crossings.values()} == {"open"}


def test_people_on_foot_pass_a_gate_that_vehicles_do_not(built, crossings):
    assert crossings["Gate Alpha – Beta"].modes == ("foot",)
    assert shortest_km(built.scenario, "Alpha", "Beta") == pytest.approx(21.9, abs=0.3)


@pytest.mark.parametrize(
    ("name", "pair"),
    [("Checkpoint Kilo", ("Gamma", "Delta")), ("Isla ferry", ("Alpha", "Isla"))],
)
def test_a_crossing_that_is_the_only_way_cuts_when_it_is_closed(built, crossings, name, pair):
    assert np.isfinite(shortest_km(built.scenario, *pair))
    assert np.isinf(shortest_km(_closed(built.scenario, name), *pair))


def test_what_is_left_when_a_crossing_is_closed_is_the_way_round(built):
    open_km = shortest_km(built.scenario, "Alpha", "Beta")
    shut = shortest_km(_closed(built.scenario, "Gate Alpha – Beta"), "Alpha", "Beta")
    assert shut == pytest.approx(2 * np.hypot(0.15 * 111.2, 0.1 * 109.5), rel=0.05)
    assert shut > open_km * 1.5


def test_one_of_two_borders_closed_leaves_the_other(built):
    both = _closed(_closed(built.scenario, "Post Nine"), "Border Beta – Omega")
    assert np.isfinite(shortest_km(_closed(built.scenario, "Post Nine"), "Epsilon", "Sigma"))
    assert np.isinf(shortest_km(both, "Epsilon", "Sigma"))


def test_one_way_is_for_vehicles_only(built):
    modes = {frozenset((link.from_id, link.to_id)): link.modes for link in built.scenario.links if link.kind == "main"}
    assert modes[frozenset(("Beta", "Epsilon"))] == ("foot",)
    assert modes[frozenset(("Beta", "Zeta"))] == ("foot", "vehicle")


def test_no_place_is_dropped_and_an_island_without_a_ferry_is_reported(built):
    assert built.report["unconnected"] == ["Solo"]
    assert built.report["components"] == 2
    assert {"Solo", "Isla", "Sigma_camp"} <= {place.id for place in built.scenario.places}
    assert any("Solo" in remark["text"] for remark in built.report["look_first"])


def test_journeys_are_hardly_longer_than_on_the_full_network(built):
    assert 0 <= built.report["detour"]["median"] <= built.report["detour"]["worst"] <= 0.05


def test_the_order_of_the_extract_and_of_tables_changes_nothing(built, files, tmp_path):
    land = written_land().write(tmp_path / "land.osm", shuffled=4)
    for name in ("camps.csv", "conflict.csv", "counts.csv"):
        head, *rows = (files / name).read_text(encoding="utf-8").splitlines()
        (tmp_path / name).write_text("\n".join([head, *rows[::-1]]), encoding="utf-8")
    other = build(
        tmp_path / "built", osm=land, camps=tmp_path / "camps.csv", conflict=tmp_path / "conflict.csv",
        counts=tmp_path / "counts.csv",
    )  # fmt: skip
    assert scenario_texts(other.scenario) == scenario_texts(built.scenario)


def test_the_scenario_says_its_licence_and_the_rows_of_the_conflict_stay_out(built):
    assert "Open Database License" in built.scenario.notes[0]
    sources = {source.id: source.publisher for source in built.scenario.sources}
    assert sources["osm"] == "OpenStreetMap contributors"
    assert sources["conflict"] == "ACLED"
    everything = "".join(scenario_texts(built.scenario).values()) + json.dumps(built.report)
    assert "A1" not in everything
    assert built.report["files"]["conflict"]["name"] == "conflict.csv"


def test_conflict_is_a_dated_graded_series_of_the_nearest_place(built):
    (series,) = built.scenario.series
    assert series.place_ids == ("Alpha",)
    by_day = dict(zip(series.days, series.values[:, 0].tolist(), strict=True))
    assert by_day[0] == 0.9 or by_day[0] == 1.0
    assert max(by_day.values()) == 1.0
    assert built.scenario.places[0].kind == "conflict_zone"


def test_a_camp_that_opens_later_is_shut_until_then(built):
    (event,) = (e for e in built.scenario.events if e.place_id == "Delta_camp")
    assert (event.kind, event.unit, str(event.date), str(event.end_date)) == (
        "closure", "location", "2030-01-01", "2030-02-01",
    )  # fmt: skip


def test_footpaths_are_roads_only_where_the_plan_says_so(files, tmp_path):
    land = written_land()
    land.place("Hill", 10.45, 20.1, "village")
    land.road("Delta", "Hill", highway="path")
    extract = land.write(tmp_path / "land.osm")
    (tmp_path / "build.toml").write_text('[roads]\nfile = "land.osm"\npaths = true\n', encoding="utf-8")
    without = build(tmp_path / "one", osm=extract)
    with_paths = build(tmp_path / "two", plan=tmp_path / "build.toml")
    assert set(without.report["unconnected"]) - set(with_paths.report["unconnected"]) == {"Hill"}
    assert with_paths.report["links_by_kind"]["path"]["links"] == 1


def test_closing_a_crossing_changes_who_arrives_where(built):
    from caravana.studies.closing import compare_closing

    compared = compare_closing(built.scenario, ["close-isla-ferry"], members=16, seed=3, workers=1)
    camps = {one.outcome.key: one for one in compared.differences}
    assert camps["at Isla_camp"].policy["median"] < camps["at Isla_camp"].base["median"]
    assert camps["at Sigma_camp"].policy["median"] > camps["at Sigma_camp"].base["median"]
    with pytest.raises(cv.UsageError, match="no policy"):
        compare_closing(built.scenario, ["close-nothing"], members=1)


def test_a_policy_that_shuts_no_crossing_is_a_fault(built):
    from caravana.models.scenarios import check_scenario

    policy = built.scenario.policies[0].model_copy(update={"place_ids": ("Alpha", "Gamma")})
    (fault,) = check_scenario(built.scenario.model_copy(update={"policies": (policy,)}))
    assert (fault.column, fault.value) == ("policies.place_ids", "'Alpha;Gamma'")


def _closed(scenario, name):
    links = tuple(
        link.model_copy(update={"status": "closed"}) if link.name == name else link for link in scenario.links
    )
    return scenario.model_copy(update={"links": links})
