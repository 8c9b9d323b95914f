"""The report of a run whose model nobody has heard of: people at places, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.made.gravity_run import FAMILY, RISE, make_gravity_run
from tests.made.outline import Outline, data_of

import caravana as cv
from caravana.language.language import LANGUAGES, load_language
from caravana.reporting.model_card.card import make_card
from caravana.reporting.places.sections import SECTIONS
from caravana.reporting.report import REPORTS, render_report, report_of
from caravana.results.place_answers import EVERYWHERE, read_places

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.language.language import Code
    from caravana.results.place_answers import PeopleAtPlaces
    from caravana.run import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_gravity_run(tmp_path_factory.mktemp("strange") / "run")


@pytest.fixture(scope="module")
def results(run: Run) -> PeopleAtPlaces:
    return read_places(run)


def test_no_part_of_the_package_knows_the_family(run: Run) -> None:
    assert run.family == FAMILY
    assert FAMILY not in REPORTS
    assert report_of(run).sections is SECTIONS


def test_places_come_with_the_fullest_first_and_the_road_is_none_of_them(results: PeopleAtPlaces) -> None:
    assert results.places == ("West_Camp", "South_Camp", "Crossroads", "Old_Town")
    fullest = results.people.mean(axis=1).max(axis=1)
    assert (np.diff(fullest) <= 0).all()
    # Whoever is on the road is among everybody.
    np.testing.assert_array_equal(
        results.total[:, 0] - results.people[:, :, 0].sum(axis=0), 10 + np.arange(len(results.members))
    )


def test_people_are_those_of_the_table(results: PeopleAtPlaces, run: Run) -> None:
    for k, place in enumerate(results.places):
        asked = run.query(f"SELECT member, persons FROM people WHERE place = '{place}' AND day = '2012-03-21'")
        expected = np.zeros(len(results.members))
        expected[asked["member"]] = asked["persons"]
        np.testing.assert_array_equal(results.people[k, :, 20], expected)
    assert RISE["Old_Town"] < 0 < results.people[-1, :, 0].min()


def test_counts_stand_beside_their_places_on_their_days(results: PeopleAtPlaces) -> None:
    assert [(c.day, c.low, c.high) for c in results.counts["West_Camp"]] == [
        (0, 200, 200), (20, 900, 900), (45, 2100, 2100),
    ]  # fmt: skip
    # Counts of everybody name no place; those after the run are not its to show.
    assert [c.day for c in results.counts[EVERYWHERE]] == [0, 40]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_who_is_where_in_either_language(run: Run, language: Code) -> None:
    page = render_report(run, language=language)
    words, text = load_language(language), " ".join(Outline(page).text.split())
    assert words.text("places.total.head") in text
    assert words.text("places.parameters.head") in text
    assert words.text("places.by_place.lead", n=4, of=4) in text
    assert words.text("places.by_place.uncounted") in text
    for name in ("West Camp", "South Camp", "Crossroads", "Old Town"):
        assert name in text
    assert "gravity" not in text
    assert "<made up>" not in page
    assert page.count("<h2") >= 6


def test_the_script_is_given_every_day(run: Run, results: PeopleAtPlaces) -> None:
    data = data_of(render_report(run))
    assert set(data["charts"]) == {"total", "place-0", "place-1", "place-2", "place-3"}
    assert len(data["answers"]) == len(data["spans"][0]) == results.days
    low, high = (np.quantile(results.people[0][:, 30], q) for q in (0.05, 0.95))
    assert data["spans"][0][30] == load_language("en").span(round(low), round(high))
    marks = data["charts"]["place-0"]["observed"]
    assert [(m["day"], m["low"]) for m in marks] == [(0, 200), (20, 900), (45, 2100)]


def test_parameters_drawn_have_the_range_that_was_drawn(run: Run, results: PeopleAtPlaces) -> None:
    low, high = results.drawn.loc["pull"]
    assert load_language("en").span(low, high) in Outline(render_report(run)).text
    assert 1 <= low < high <= 3


def test_its_card_has_every_section(run: Run) -> None:
    keys = [section.key for section in make_card(run).sections]
    assert keys == ["purpose", "data", "assumptions", "skill", "coverage", "limits", "misuse"]


def test_failed_blocks_are_told_first(tmp_path: Path) -> None:
    run = make_gravity_run(tmp_path / "run", members=3, days=5)
    run.manifest |= {"blocks_failed": [1], "complete": False}
    text = Outline(cv.write_report(run, path=tmp_path / "r.html").read_text("utf-8")).text
    assert "1 blocks of runs failed" in text.split("Play")[0]
    assert "of the 3 runs that are done" in text.split("Play")[0]


def test_a_run_with_nobody_anywhere_has_a_page_all_the_same(tmp_path: Path) -> None:
    run = make_gravity_run(tmp_path / "run", members=2, days=3, rise={})
    text = Outline(render_report(run)).text
    assert "Everybody" in text
    assert "People at each place" not in text
