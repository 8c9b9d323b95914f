from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.made.caravan_run import by_hand, make_run, make_scenario, make_tables, write_run
from tests.made.outline import Outline, data_of

from caravana.errors import CaravanaError, UsageError
from caravana.language.language import LANGUAGES
from caravana.models.scenarios import load_scenario
from caravana.reporting.report import render_report, write_report
from caravana.simulation import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

LIMIT = 8_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_file_that_asks_for_nothing(run: Run, tmp_path: Path, language: Any) -> None:
    path = write_report(run, path=tmp_path / "r.html", language=language)
    page = path.read_text("utf-8")
    assert path.stat().st_size < LIMIT
    outline = Outline(page)
    asked = [(t, a) for t, a in outline.elements if {"src", "href"} & set(a)]
    assert all((a.get("href") or "").startswith(("#", "data:")) for _, a in asked)
    assert "default-src 'none'" in page
    # The only address in it is the SVG namespace, which nobody fetches.
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert list(tmp_path.iterdir()) == [path]


def test_it_stands_in_the_run_folder_unless_told_otherwise(tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", members=3, days=5)
    assert write_report(made) == tmp_path / "run" / "report.html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_can_be_read_aloud(run: Run, language: Any) -> None:
    page = render_report(run, language=language)
    outline = Outline(page)
    tables = page.count("<table")
    assert tables >= 6
    assert page.count("<caption>") == tables
    heads = [a for t, a in outline.elements if t == "th" and a.get("aria-hidden") != "true"]
    assert all(a.get("scope") in {"col", "row"} for a in heads)
    assert outline.elements[0] == ("html", {"lang": language})
    assert ("a", {"class": "skip", "href": "#answers"}) in outline.elements
    ids = [a["id"] for _, a in outline.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_what_the_first_screen_says(run: Run) -> None:
    data = data_of(render_report(run))
    assert len(data["answers"]) == len(data["days"]) == 54
    assert data["days_long"][18] == "Wednesday 10 November 2021"
    assert re.search(r"Between <strong>\w+.*with <strong>[\d,]+–[\d,]+</strong> people", data["answers"][18])
    assert "The caravan is still together in" in data["answers"][18]
    assert "It has fallen apart in" in data["answers"][40]


def test_the_same_in_spanish(run: Run) -> None:
    page = render_report(run, language="es")
    data = data_of(page)
    text = Outline(page).text
    assert data["days_long"][18] == "miércoles 10 de noviembre de 2021"
    assert re.search(r"Entre <strong>.*con <strong>[\d\u202f]+–[\d\u202f]+</strong> personas", data["answers"][18])
    assert "7,5 litros al día por persona (de 2,5 a 15)" in text
    assert "La caravana de octubre de 2021 <inventada>" in text
    assert "Uso interno" in text


def test_bands_are_shown_by_day_and_hold_the_stops(run: Run) -> None:
    data = data_of(render_report(run))
    road = [p[2] for p in data["map"]["road"]]
    for night in data["map"]["nights"]:
        (low, high), (inner_low, inner_high) = night["band90"], night["band50"]
        assert low <= inner_low <= inner_high <= high
        assert {low, high} <= set(road)
        assert 0.999 < sum(share for _, share in night["stops"]) < 1.001
    widths = [n["band90"][1] - n["band90"][0] for n in data["map"]["nights"]]
    assert widths[0] < widths[10]


def test_open_ranges_and_sides_reach_the_chart(run: Run) -> None:
    observed = data_of(render_report(run))["charts"]["headcount"]["observed"]
    assert [o["open"] for o in observed].count("up") == 1
    assert [o["open"] for o in observed].count("down") == 1
    assert {(o["low"], o["high"]) for o in observed} >= {(2000, 3000), (1200, 1200), (4000, 4000)}
    assert len(observed) == 8


def test_what_was_assumed(run: Run) -> None:
    text = Outline(render_report(run)).text
    assert "40 runs of the scenario “The caravan of October 2021 <made up>”" in text
    assert "Of 3 inputs, 2 rest on nothing but our assumption" in text
    assert "2 of the 3 claims on record are disputed" in text
    assert re.search(r"lies within the band of 9 in 10 runs on \d of 5 dates", text)
    assert re.search(r"meet the band of their own side in \d of 8", text)
    assert "Do not publish where people may be in the coming days" in text
    assert "No run failed." in text


def test_scores_given_are_the_scores_told(run: Run) -> None:
    scores = {"coverage": {"position": 0.75, "position_of": 4, "headcount": 1.0, "headcount_of": 7}}
    assert "on 3 of 4 dates" in Outline(render_report(run, scores=scores)).text
    nothing = {"coverage": {"position": None, "position_of": 0, "headcount": None, "headcount_of": 0}}
    assert "Held against the record" not in Outline(render_report(run, scores=nothing)).text


def test_texts_of_a_scenario_are_never_markup(tmp_path: Path) -> None:
    scenario = make_scenario(days=4)
    evil = '</script><img src="x" onerror="alert(1)">'
    places = tuple(p.model_copy(update={"name": evil}) if p.id == "huehuetan" else p for p in scenario.places)
    claims = tuple(c.model_copy(update={"claim": evil}) for c in scenario.claims)
    scenario = scenario.model_copy(update={"places": places, "claims": claims, "title": evil})
    page = render_report(write_run(tmp_path / "run", scenario, make_tables(scenario, 5, 1)))
    outline = Outline(page)
    assert not [t for t, _ in outline.elements if t == "img"]
    assert page.count("</script>") == 2
    data = data_of(page)
    assert "<img" not in "".join([*data["answers"], *data["stops"]])


def test_failed_blocks_and_open_runs_are_told_first(run: Run, tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", members=3, days=5)
    made.manifest |= {"blocks_failed": [4, 7], "complete": False}
    text = Outline(render_report(made)).text
    assert "2 blocks of runs failed and are not in these figures" in text
    assert "The run is not complete" in text
    assert "failed" not in Outline(render_report(run)).text.split("Play")[0]


def test_one_run_of_one_day(tmp_path: Path) -> None:
    made = by_hand(tmp_path / "run", [[("tapachula", "rest", 100)]])
    data = data_of(render_report(made))
    assert "At <strong>Tapachula</strong>, with <strong>100</strong> people" in data["answers"][0]
    assert data["map"]["nights"][0]["band90"] == [0.0, 0.0]


def test_a_caravan_that_never_was(tmp_path: Path) -> None:
    made = by_hand(tmp_path / "run", [[("tapachula", "waiting", 0)] * 3] * 2)
    for frame in ("en", "es"):
        data = data_of(render_report(made, language=frame))  # type: ignore[arg-type]
        assert data["map"]["nights"][1]["band90"] is None
        assert data["charts"]["headcount"]["q"][2] == [None] * 3
    assert "There is no caravan on the road" in data_of(render_report(made))["answers"][0]


def test_a_caravan_that_all_runs_lose(tmp_path: Path) -> None:
    over = ("", "dissolved", 0)
    made = by_hand(tmp_path / "run", [[("tapachula", "rest", 10), over, over]] * 3)
    data = data_of(render_report(made))
    assert "It has fallen apart in all runs." in data["answers"][2]
    assert data["needs"]["water"][2] is None
    assert "No run has a caravan on this day" in data["stops"][2]


def test_a_caravan_off_its_road(tmp_path: Path) -> None:
    made = by_hand(tmp_path / "run", [[("tecun-uman", "rest", 10)], [("tapachula", "rest", 30)]])
    answer = data_of(render_report(made))["answers"][0]
    assert "It is off this road in 5 in 10 runs." in answer
    made = by_hand(tmp_path / "all", [[("tecun-uman", "rest", 10)]])
    assert "Off the planned road, with <strong>10</strong> people" in data_of(render_report(made))["answers"][0]


def test_places_without_coordinates_are_not_drawn(tmp_path: Path) -> None:
    made = by_hand(tmp_path / "run", [[("nowhere", "rest", 10)]])
    data = data_of(render_report(made))
    assert data["map"]["nights"][0]["stops"] == []
    assert "Nowhere known" in data["stops"][0]


def test_a_report_that_cannot_be_written_leaves_nothing(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CaravanaError, match="cannot be written"):
        write_report(run, path=tmp_path / "no" / "such" / "r.html")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_language_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="'fr'"):
        render_report(run, language="fr")  # type: ignore[arg-type]


def test_the_bundled_scenario(tmp_path: Path) -> None:
    """The real thing, small: whatever the engine writes, the report reads."""
    made = simulate(load_scenario("tapachula-2021"), members=12, until="2021-11-02", out=tmp_path / "run", workers=1)
    path = write_report(made, language="es")
    data = data_of(path.read_text("utf-8"))
    assert path == tmp_path / "run" / "report.html"
    assert len(data["days"]) == 11
    assert "Tapachula" in data["answers"][0]
    assert data["map"]["nights"][3]["recorded"]
    assert data["charts"]["status-ahead"]["q"][4][-1] >= 0
    assert {"side-authorities", "side-press", "headcount", "track"} <= set(data["charts"])
