"""Tables of a text, entries of logs, days told alone: what stands over a figure or at the head of its line."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import caravana as cv
from caravana.importers.articles.days.dates import days, has_dotted_hours
from caravana.importers.articles.documents import page_text, read_documents
from caravana.importers.articles.gazetteer import build_gazetteer
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.quantities import quantities
from caravana.importers.articles.tables.rows import read_tables
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

if TYPE_CHECKING:
    from pathlib import Path

LOG = """Medical brigade, field log. Published 9 November 2021

7 November. Los Corazones, a crossroads and an orchard. We treated 143 patients.

8 November. Chahuites. Half a day's walk. We treated 77 patients.
"""


@pytest.fixture(scope="module")
def scenario() -> cv.Scenario:
    return cv.load_scenario("tapachula-2021")


def test_a_day_told_alone_is_of_the_month_named_before_it() -> None:
    text = fold("They left on Oct. 23; on the 28th they were in Escuintla.")
    assert [d.date for d in days(text, "en", dt.date(2021, 12, 12))] == [dt.date(2021, 10, 23), dt.date(2021, 10, 28)]


def test_hours_with_a_full_stop_are_no_days() -> None:
    text = fold("19.45 We are closing.\n18.10 A state official on the phone.")
    assert has_dotted_hours(text)
    assert not days("18.10 a state official", "en", dt.date(2021, 10, 23), dotted_hours=True)
    assert not has_dotted_hours(fold("07.11 Chahuites\n08.11 Tapanatepec"))


def test_the_place_that_heads_an_entry_is_that_of_its_figures(scenario: cv.Scenario) -> None:
    rows = [p for p in propose(LOG, scenario).as_json()["proposals"] if p["kind"] == "medical_consultations"]
    assert [(p["low"], p["place"], p["date"]) for p in rows] == [
        (143, "los-corazones", "2021-11-07"),
        (77, "chahuites", "2021-11-08"),
    ]


TABLE = """Situation report 4 of 12 November 2021

Date | Place of overnight stay | Estimated persons | Children | Treated
10 Nov | Zanatepec | 1,600 | 320 | 55
11 Nov | Niltepec | 1,450 | 305 | 70
"""


def test_what_stands_over_a_cell_of_a_table_says_what_it_counts(scenario: cv.Scenario) -> None:
    rows = [p for p in propose(TABLE, scenario).as_json()["proposals"] if p["kind"] != "position"]
    assert [(p["kind"], p["low"], p["place"], p["date"][-2:]) for p in rows] == [
        ("headcount", 1600, "zanatepec", "10"), ("minors", 320, "zanatepec", "10"),
        ("medical_consultations", 55, "zanatepec", "10"), ("headcount", 1450, "niltepec", "11"),
        ("minors", 305, "niltepec", "11"), ("medical_consultations", 70, "niltepec", "11"),
    ]  # fmt: skip


def test_a_municipality_beside_its_town_is_not_a_place_of_its_own(scenario: cv.Scenario) -> None:
    gazetteer = build_gazetteer(scenario)
    for text in ("La Lima, municipality of Juan Rodríguez Clara", "La Lima, municipio de Juan Rodríguez Clara"):
        assert [m.place for m in gazetteer.mentions(text, fold(text))] == ["la-lima"]
    text = "Last night in Rodríguez Clara"
    assert [m.place for m in gazetteer.mentions(text, fold(text))] == ["juan-rodriguez-clara"]


def test_who_is_run_over_is_counted_exactly() -> None:
    words = next(w for w in load_words() if w.code == "en")
    (found,) = quantities("a motorcycle ran over two walkers", words)
    assert found.qualifier == "exact"
    (found,) = quantities("over two thousand walkers came", words)
    assert found.qualifier == "more_than"


def test_rows_of_a_table_are_lines_and_those_of_a_layout_are_not() -> None:
    long = "A paragraph of a newsletter that lays out its page by a table, and so is no row of counts at all."
    page = (
        "<table><tr><th>Date</th><th>Place</th></tr><tr><td><p>9 Nov</p></td><td>Zanatepec</td></tr></table>"
        f"<table><tr><td>{long}</td><td>x</td></tr></table>"
    )
    assert page_text(page, "page").text.split("\n\n") == ["Date | Place", "9 Nov | Zanatepec", long, "x"]


def test_a_table_of_a_word_document_has_a_line_a_row(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:t>{cell}</w:t></w:p></w:tc>' for cell in row)}</w:tr>"
        for row in (("Day", "Place", "Persons"), ("9 Nov", "Zanatepec", "1,600"))
    )
    words = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(tmp_path / "report.docx", "w") as archive:
        body = f"<w:p><w:t>Title</w:t></w:p><w:tbl>{rows}</w:tbl>"
        archive.writestr("word/document.xml", f"<w:document {words}><w:body>{body}</w:body></w:document>")
    (document,) = read_documents(tmp_path / "report.docx")
    assert document.text.split("\n\n") == ["Title", "Day | Place | Persons", "9 Nov | Zanatepec | 1,600"]


@pytest.mark.parametrize("page", ["<tr><td>x<td>y", "<table><tr><td>x<td>y<tr>", "</table></tr>x | y"])
def test_tables_without_their_marks_are_read(page: str) -> None:
    assert page_text(page, "page").text == "x | y"


def _rows(text: str, scenario: cv.Scenario) -> list[tuple[object, ...]]:
    """Kind, size, place, day and side of what is proposed, nights apart."""
    read = propose(text, scenario).as_json()["proposals"]
    return [(p["kind"], p["low"], p["place"], p["date"][-2:], p["side"]) for p in read if p["kind"] != "position"]


@pytest.mark.parametrize("between", [" | ", "\t", "      "])
def test_days_that_head_columns_are_those_of_their_counts(between: str, scenario: cv.Scenario) -> None:
    lines = [("Place    ", "10 Nov", "11 Nov"), ("Zanatepec", "1,600 ", "200"), ("Niltepec ", "0     ", "1,250")]
    text = "Situation update, 12 November 2021\n\n" + "\n".join(between.join(line) for line in lines)
    rows = [row[:4] for row in _rows(text, scenario)]
    assert ("headcount", 1600, "zanatepec", "10") in rows
    assert ("headcount", 1250, "niltepec", "11") in rows


def test_each_side_of_a_table_says_its_own_number(scenario: cv.Scenario) -> None:
    text = (
        "Situation update, 12 November 2021\n\nSource\tPersons\tPlace\nINM\t1,200\tNiltepec\n"
        "Organisers\t3,000\tNiltepec\nPueblo Sin Fronteras\t2,800\tNiltepec\nTotal\t7,000\t\n"
    )
    assert _rows(text, scenario) == [
        ("headcount", 1200, "niltepec", "12", "authorities"),
        ("headcount", 3000, "niltepec", "12", "organisers"),
        ("headcount", 2800, "niltepec", "12", "organisers"),
    ]


def test_rows_say_what_they_count_where_the_head_does_not(scenario: cv.Scenario) -> None:
    text = (
        "Situation update, 12 November 2021\n\n| Indicator | Value |\n|---|---|\n"
        "| People in the caravan in Niltepec | 1,450 |\n| Children under 5 | 120 |\n| Detained | 1,105 |\n"
        "| Humanitarian cards issued | 800 |\n| Deaths | 2 |\n| Families | 310 |\n"
    )
    kinds = [row[:2] for row in _rows(text, scenario)]
    assert kinds == [
        ("headcount", 1450), ("minors", 120), ("detained", 1105), ("accepted_papers_cumulative", 800), ("dead", 2),
    ]  # fmt: skip


def test_parts_of_a_total_are_no_headcounts(scenario: cv.Scenario) -> None:
    text = (
        "Reporte, 12 de noviembre de 2021\n\nLa caravana está en Niltepec.\n\n"
        "Grupo | Hombres | Mujeres | Niñas y niños | Total\nHonduras | 400 | 200 | 150 | 750\n"
        "Haití | 300 | 150 | 100 | 550\nTotal | 700 | 350 | 250 | 1,300\n"
    )
    assert [row[:2] for row in _rows(text, scenario)] == [
        ("headcount_part", 700), ("headcount_part", 350), ("minors", 250), ("headcount", 1300),
    ]  # fmt: skip


def test_columns_apart_by_spaces_are_found_by_where_they_stand(scenario: cv.Scenario) -> None:
    text = (
        "SITREP 5 - 12 November 2021\n\n"
        "Location            Date        Persons   Children   Consultations\n"
        "Zanatepec           10 Nov        1,600        320              55\n"
        "Niltepec            11 Nov        1,450                         70\n"
        "TOTAL                             3,050        320             125\n"
    )
    assert [row[:4] for row in _rows(text, scenario)] == [
        ("headcount", 1600, "zanatepec", "10"), ("minors", 320, "zanatepec", "10"),
        ("medical_consultations", 55, "zanatepec", "10"), ("headcount", 1450, "niltepec", "11"),
        ("medical_consultations", 70, "niltepec", "11"),
    ]  # fmt: skip


def test_a_sentence_in_a_cell_is_read_as_prose(scenario: cv.Scenario) -> None:
    text = (
        "Situation update, 12 November 2021\n\nDay | What happened\n"
        "11 Nov | About 1,300 people slept in Niltepec, the INM said.\n10 Nov | They rested.\n"
    )
    assert ("headcount", 1300, "niltepec", "11", "authorities") in _rows(text, scenario)


@given(
    st.lists(
        st.lists(st.sampled_from(["", "-", "1,600", "10 Nov", "Total", "Niltepec", "|", "a\tb", "Men"]), max_size=5),
        max_size=6,
    )
)
def test_any_lines_are_read_as_tables_or_not(lines: list[list[str]]) -> None:
    texts = [" | ".join(line) for line in lines]
    for n, counts in read_tables(texts, lambda cell: frozenset({"place"} if cell == "Niltepec" else ())).items():
        for count in counts:
            assert any(c.isdigit() for c in texts[n][count.start : count.end])
