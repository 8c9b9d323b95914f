"""The page of what was built: both languages, everything on the map, nothing that runs."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from tests.made.commands import quick_command
from tests.made.extracts import written_land

import caravana as cv
from caravana.importers.build.build import build
from caravana.language.language import load_language
from caravana.reporting.pages.build import render_build, write_build_page
from caravana.reporting.pages.build_map import draw_map, months_of

CONFLICT = """event_id_cnty,event_date,event_type,latitude,longitude,fatalities
A1,2030-01-01,Battles,10.0,20.0,30
A2,2030-03-10,Battles,10.15,20.1,2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    written_land().write(folder / "land.osm")
    (folder / "camps.csv").write_text(
        "name,latitude,longitude\n<b>Camp</b>,10.0,20.61\n", encoding="utf-8"
    )  # fmt: skip
    (folder / "conflict.csv").write_text(CONFLICT, encoding="utf-8")
    build(
        folder / "built", osm=folder / "land.osm", camps=folder / "camps.csv", conflict=folder / "conflict.csv"
    )  # fmt: skip
    return folder / "built"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Look at this first", "Crossings that can be shut",
            "not joined by road with most other places (1): Solo")),
     ("es", ("Mire esto primero", "Pasos que se pueden cerrar",
            "sin camino que los una con la mayoría de los lugares (1): Solo"))],
)  # fmt: skip
def test_the_page_shows_what_was_built_in_either_language(folder, language, words):
    page = write_build_page(folder, language=language).read_text(encoding="utf-8")
    for part in (*words, "Isla ferry", "Checkpoint Kilo", "close-isla-ferry", "Alpha", "Solo", "OpenStreetMap"):
        assert part in page
    assert "<b>Camp" not in page
    assert "&lt;b&gt;Camp&lt;/b&gt;" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)


def test_a_crossing_that_was_shut_by_hand_is_shut_on_the_page(folder):
    scenario = cv.load_scenario(folder)
    links = tuple(x.model_copy(update={"status": "closed"}) if x.kind == "ferry" else x for x in scenario.links)
    report = json.loads((folder / "build_report.json").read_text(encoding="utf-8"))
    page = render_build(scenario.model_copy(update={"links": links}), report)
    assert len(re.findall(r">closed</td>", page)) == 1


def test_conflict_by_month_is_the_mean_of_its_days(folder):
    months, places, table = months_of(cv.load_scenario(folder))
    assert [f"{month:%Y-%m}" for month in months] == ["2030-01", "2030-02", "2030-03"]
    assert places == ["Alpha", "Gamma"]
    assert table[1].tolist() == pytest.approx([0, 0, 0.06])


def test_guesses_are_dashed_and_places_left_out_are_ringed(folder, tmp_path):
    (tmp_path / "places.csv").write_text("name,lat,lon\nA,1,1\nB,1,2\nC,2,1\n", encoding="utf-8")
    built = build(tmp_path / "built", places=tmp_path / "places.csv")
    page = render_build(built.scenario, built.report)
    assert page.count('stroke-dasharray="5 5"') == len(built.scenario.links)
    assert 'stroke="#d00000" stroke-width="2.5"/><title>' not in page
    assert 'r="12" fill="none" stroke="#d00000"' in write_build_page(folder).read_text(encoding="utf-8")


def test_a_folder_that_was_not_built_is_refused(tmp_path):
    with pytest.raises(cv.UsageError, match="was this scenario built"):
        write_build_page(tmp_path)


def test_the_command_builds_tells_and_writes_the_page(folder, tmp_path):
    given = ("--osm", folder.parent / "land.osm", "--camps", folder.parent / "camps.csv")
    command = [quick_command(), "build", tmp_path / "built", *given, "--json", "--lang", "es"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["places"] == 11
    assert report == json.loads((tmp_path / "built" / "build_report.json").read_text(encoding="utf-8"))
    assert "Mire esto primero" in (tmp_path / "built" / "build.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_page_is_seen_whole_and_asks_for_nothing(browser, folder):
    page = write_build_page(folder)
    browser.get(page.as_uri())
    assert browser.find_element("css selector", "svg.build-map").size["width"] > 500
    wide = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_there_is_ground_under_the_map_where_outlines_can_show_it(folder):
    scenario = cv.load_scenario(folder)
    english = load_language("en")
    assert 'class="land"' in draw_map(scenario, set(), english)
    narrow = tuple(
        place.model_copy(update={"lat": place.lat / 100, "lon": place.lon / 100}) for place in scenario.places
    )  # fmt: skip
    assert 'class="land"' not in draw_map(scenario.model_copy(update={"places": narrow}), set(), english)
