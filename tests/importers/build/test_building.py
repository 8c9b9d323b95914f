"""Building from some of the files, from a plan, from a template; fallbacks are said, faults are one message."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
import random
from pathlib import Path

import numpy as np
import pytest
from tests.made.extracts import written_land

import caravana as cv
from caravana.importers.build.build import build
from caravana.importers.build.template import write_template
from caravana.inference.cut import cut, known_events
from caravana.inference.displacement.forecast import cut as cut_at

SHARED = Path(__file__).parents[4] / "shared" / "data" / "osm"
PLACES = """name,latitude,longitude,population,country
Capital,12.5,-1.5,250000,Home
Mill,12.9,-0.8,18000,Home
Ford,12.2,-0.9,,Home
"""
CAMPS = "name,latitude,longitude,capacity,country\nLakeside,12.1,0.4,8000,North\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    (tmp_path / "camps.csv").write_text(CAMPS, encoding="utf-8")
    return tmp_path


def keys(report, group):
    return {remark["key"] for remark in report[group]}


def test_without_an_extract_every_link_is_a_guess_and_says_so(folder):
    built = build(folder / "built", places=folder / "places.csv", camps=folder / "camps.csv")
    for link in built.scenario.links:
        assert (link.kind, link.source) == ("straight", "assumption")
        assert link.km_low < link.km < link.km_high
    assert {"straight_roads", "no_conflict", "no_counts", "no_dates"} <= keys(built.report, "fallbacks")
    assert keys(built.report, "fallbacks") <= keys(built.report, "assumptions")
    assert "usual_people" in keys(built.report, "assumptions")
    assert "check_straight" in keys(built.report, "look_first")
    assert built.report["detour"] == {"median": None, "worst": None, "pairs": 0}
    said = " ".join(built.scenario.notes)
    assert all(remark["text"] in said for remark in built.report["assumptions"])


def test_the_folder_is_checked_and_run_as_any_other(folder):
    build(folder / "built", places=folder / "places.csv", camps=folder / "camps.csv", end=dt.date(2000, 1, 20))
    scenario, faults = cv.read_scenario(folder / "built")
    assert faults == []
    assert scenario.days == 20
    run = cv.simulate(scenario, members=2, seed=1, out=folder / "run", workers=1)
    assert int(run.people["persons"].isel(day=-1).sum()) > 0


def test_a_plan_names_files_from_its_own_folder_and_options_come_before_it(folder):
    (folder / "plan.toml").write_text(
        'title = "My land"\nstart = 2030-01-01\n[places]\nfile = "places.csv"\n[camps]\nfile = "camps.csv"\n'
        "[conflict]\nlasts_days = 30\n", encoding="utf-8",
    )  # fmt: skip
    built = build(folder / "built", plan=folder / "plan.toml", end=dt.date(2030, 2, 1))
    assert (built.scenario.title, str(built.scenario.start), str(built.scenario.end)) == (
        "My land", "2030-01-01", "2030-02-01",
    )  # fmt: skip


def test_a_table_that_was_read_leaves_the_limits_of_other_readers_as_they_were(folder):
    before = csv.field_size_limit()
    build(folder / "built", places=folder / "places.csv")
    assert csv.field_size_limit() == before


def test_every_fault_of_a_plan_is_listed(folder):
    (folder / "plan.toml").write_text('colour = "red"\nstart = "soon"\n[roads]\nstretch = 9\n', encoding="utf-8")
    with pytest.raises(cv.ScenarioError) as error:
        build(folder / "built", plan=folder / "plan.toml")
    assert {"colour", "start", "roads.stretch"} <= {line.split(": ")[1] for line in str(error.value).splitlines()}


def test_faults_of_all_files_come_in_one_message_and_nothing_is_written(folder):
    (folder / "places.csv").write_text(PLACES.replace("18000", "18.000"), encoding="utf-8")
    (folder / "camps.csv").write_text(CAMPS.replace("12.1", "112.1"), encoding="utf-8")
    (folder / "counts.csv").write_text("camp,date,persons\nLakeside,soon,5\n", encoding="utf-8")
    with pytest.raises(cv.ScenarioError) as error:
        build(folder / "built", **{name: folder / f"{name}.csv" for name in ("places", "camps", "counts")})
    for part in ("places.csv line 3", "18000 if the dot", "camps.csv line 2", "counts.csv line 2", "3 faults"):
        assert part in str(error.value)
    assert not (folder / "built").exists()


def test_nothing_to_build_from_missing_files_and_taken_folders_are_refused(folder):
    with pytest.raises(cv.UsageError, match="nothing to build from"):
        build(folder / "built")
    with pytest.raises(cv.ScenarioError, match=r"none\.csv: expected a file"):
        build(folder / "built", places=folder / "none.csv")
    with pytest.raises(cv.UsageError, match="not empty"):
        build(folder, places=folder / "places.csv")
    (folder / "land.osm").write_text("<osm", encoding="utf-8")
    with pytest.raises(cv.ScenarioError, match="expected an OpenStreetMap extract"):
        build(folder / "built", osm=folder / "land.osm")


def test_a_template_builds_as_it_is(tmp_path):
    write_template(tmp_path / "start")
    built = build(tmp_path / "built", plan=tmp_path / "start" / "build.toml")
    assert built.report["places"] == 3
    assert built.report["counts"] == 2


def test_counts_are_of_the_camp_nearest_in_name_and_others_are_said(folder):
    (folder / "counts.csv").write_text(
        'camp,date,persons\nLakeside,2030-01-01,5\nLakeside,2030-02-01,700\nElsewhere,2030-02-01,"1,200"\n'
        "Ford,2030-02-01,40\nAfar,2030-02-01,3\n", encoding="utf-8",
    )  # fmt: skip
    built = build(folder / "built", **{name: folder / f"{name}.csv" for name in ("places", "camps", "counts")})
    rows = {(one.kind, one.place_id, one.note): one.high for one in built.scenario.observations}
    assert rows[("camp_count_elsewhere", None, "Elsewhere")] == 1200
    assert rows[("camp_count", "Ford", "")] == 40
    assert next(p.kind for p in built.scenario.places if p.id == "Ford") == "camp"
    (said,) = [one["text"] for one in built.report["look_first"] if one["key"] == "counts_elsewhere"]
    assert said.endswith("(2), whose counts (2) count in the sum alone: Afar, Elsewhere")
    assert (str(built.scenario.start), str(built.scenario.end)) == ("2030-01-01", "2030-03-01")
    assert "end_after_counts" in keys(built.report, "decisions")
    assert sum(one.high for one in built.scenario.observations) == 5 + 700 + 1200 + 40 + 3


def test_a_camp_of_which_no_list_says_when_it_opened_is_shut_until_somebody_was_counted(folder):
    (folder / "camps.csv").write_text(
        "name,lat,lon,opens\nLakeside,12.1,0.4,\nListed,12.3,0.5,2029-06-01\nLater,12.2,0.6,\n", encoding="utf-8"
    )
    rows = [("Lakeside", "01-01", 5), ("Later", "01-01", 0), ("Later", "02-01", 0), ("Later", "03-01", 40),
            ("Later", "04-01", 60), ("Listed", "03-01", 9), ("Lakeside", "04-01", 800)]  # fmt: skip
    (folder / "counts.csv").write_text(
        "camp,date,persons\n" + "".join(f"{name},2030-{day},{n}\n" for name, day, n in rows), encoding="utf-8"
    )
    built = build(folder / "built", **{name: folder / f"{name}.csv" for name in ("places", "camps", "counts")})
    (event,) = built.scenario.events
    assert (event.place_id, str(event.date), str(event.end_date)) == ("Later", "2030-01-01", "2030-03-01")
    assert event.inferred_from_counts
    (said,) = [one["text"] for one in built.report["assumptions"] if one["key"] == "opens_when_counted"]
    assert "(1): Later" in said
    # Who looks from a day before that count does not know when the camp opens, nor that it was shut.
    for on, events in ((dt.date(2030, 2, 15), ()), (dt.date(2030, 3, 1), (event,))):
        assert known_events(built.scenario, on) == events
        assert cut(built.scenario, on).events == events
        assert cut_at(built.scenario, on).events == events


def test_dates_of_counts_that_may_be_either_are_a_fault_of_their_column(folder):
    (folder / "counts.csv").write_text("camp;date;persons\nLakeside;01/02/2030;5\n", encoding="utf-8")
    with pytest.raises(cv.ScenarioError) as error:
        build(folder / "built", **{name: folder / f"{name}.csv" for name in ("places", "counts")})
    assert "counts.csv, column date: '01/02/2030' — expected dates of which it is plain" in str(error.value)


def test_camps_without_a_road_are_one_message(folder):
    written_land().write(folder / "land.osm")
    rows = "".join(f"Far {k},40,{60 + k}\n" for k in range(9)) + "Near,10.0,20.61\n"
    (folder / "camps.csv").write_text(f"name,lat,lon\n{rows}", encoding="utf-8")
    (folder / "counts.csv").write_text("camp,date,persons\nFar 3,2030-01-01,5\nNear,2030-01-01,7\n", encoding="utf-8")
    built = build(folder / "built", **{k: folder / f"{k}.csv" for k in ("camps", "counts")}, osm=folder / "land.osm")
    said = {one["key"]: one["text"] for one in built.report["look_first"]}
    assert said["camps_unreached"].endswith("(8): Far 0, Far 1, Far 2, Far 4, Far 5, Far 6, Far 7, Far 8")
    assert said["camps_unreached_counted"].endswith("(1): Far 3")


@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_give_a_message_and_never_another_error(folder, seed):
    rng = random.Random(seed)
    written_land().write(folder / "land.osm")
    (folder / "conflict.csv").write_text(
        "event_id_cnty,event_date,event_type,latitude,longitude,fatalities\nA1,2030-01-03,Battles,12.51,-1.49,4\n",
        encoding="utf-8",
    )
    (folder / "counts.csv").write_text("camp,date,persons\nLakeside,2030-01-01,5\n", encoding="utf-8")
    (folder / "boundaries.json").write_text(json.dumps({"features": [{
        "properties": {"adm1_name": "North", "adm1_pcode": "N1"},
        "geometry": {"type": "Polygon", "coordinates": [[[-2, 12], [1, 12], [1, 13], [-2, 12]]]},
    }]}), encoding="utf-8")  # fmt: skip
    parts = {"places": "places.csv", "camps": "camps.csv", "conflict": "conflict.csv", "counts": "counts.csv",
             "boundaries": "boundaries.json", "osm": "land.osm"}  # fmt: skip
    for number in range(40):
        part, name = rng.choice(list(parts.items()))
        sound = (folder / name).read_bytes()
        damaged = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(damaged))
            damaged[at : at + rng.randint(0, 3)] = bytes(
                rng.choices(b'0123456789.,;\t"\n\r-{}[]<>x\xff\x00', k=rng.randint(0, 4))
            )
        (folder / name).write_bytes(bytes(damaged))
        asked = {one: folder / other for one, other in parts.items() if one != "osm" or part == "osm"}
        # Anything but an error of our own is the test's failure.
        with contextlib.suppress(cv.CaravanaError):
            built = build(folder / f"built-{number}", **asked)
            assert cv.read_scenario(built.folder)[1] == []
        (folder / name).write_bytes(sound)


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/osm beside the project")
def test_roads_of_liechtenstein_are_drawn_as_a_person_would(tmp_path):
    built = build(tmp_path / "built", osm=SHARED / "liechtenstein.osm.pbf")
    assert built.report["places"] == 33
    assert built.report["unconnected"] == []
    assert built.report["detour"]["pairs"] == 33 * 32
    assert built.report["detour"]["median"] <= 0.03
    assert built.report["detour"]["worst"] <= 0.07
    assert len(built.scenario.links) <= 120


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/osm beside the project")
def test_the_ferry_of_helsinki_is_said_to_leave_the_extract(tmp_path):
    built = build(tmp_path / "built", osm=SHARED / "helsinki.osm.pbf")
    assert built.report["places"] == 7
    assert built.report["unconnected"] == []
    assert any("Kuninkaanportti" in remark["text"] for remark in built.report["look_first"])
    assert np.isfinite(built.report["detour"]["worst"])


@pytest.mark.parametrize(("names", "area"), [(("Norte", "Sur"), True), (("Norte", "Mill", "Ford"), False)])
def test_counts_of_admin_units_are_assessments_of_areas(folder, names, area):
    places = PLACES.replace("country\n", "country,state\n").replace("Home\nMill", "Home,Norte\nMill")
    places = places.replace("Home\nFord", "Home,Sur\nFord").replace(",,Home\n", ",,Home,Sur\n")
    head, *others = places.splitlines()
    places = "\n".join([f"{head},idps", *(f"{row},{120 * at}" for at, row in enumerate(others))]) + "\n"
    # a town that is called as its unit is
    (folder / "places.csv").write_text(places.replace("Capital", "Norte"), encoding="utf-8")
    rows = [f"{name},2030-01-0{day},{900 + day}" for name in names for day in (1, 9)]
    (folder / "counts.csv").write_text("\n".join(["place,date,persons", *rows]) + "\n", encoding="utf-8")
    built = build(folder / "built", **{name: folder / f"{name}.csv" for name in ("places", "camps", "counts")})
    assert {place.name: place.displaced for place in built.scenario.places if place.displaced} == {
        "Mill": 120,
        "Ford": 240,
    }
    kinds = {(one.area, one.kind) for one in built.scenario.observations}
    if area:
        # most names are units: what a town is called like is the unit
        assert kinds == {("Norte", "displaced_count"), ("Sur", "displaced_count")}
        assert built.scenario.rules == "walk"
        assert not built.scenario.settings
        assert "counts_of_area" in keys(built.report, "decisions")
    else:
        assert kinds == {("", "camp_count")}
