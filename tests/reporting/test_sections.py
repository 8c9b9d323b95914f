"""Sections: one macro prints any of them, in a page and in a card; a page takes one more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from markupsafe import Markup
from tests.made.outline import Outline, data_of

from caravana.reporting import html, svg
from caravana.reporting.charts import fan, readouts
from caravana.reporting.report import render_report, report_of
from caravana.reporting.sections import Chart, Section, Table
from caravana.results.members import quantiles

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.answers import Answers
    from caravana.run import Run


def mine(answers: ReportAnswers[Answers], language: Language) -> Section:
    """A section of somebody else's."""
    days = answers.results.days
    levels = quantiles(np.arange(len(answers.results.members) * days, dtype=float).reshape(-1, days))
    spec = {"label": "Mine", "q": fan(levels), "top": 1000.0, "readout": readouts(levels, language, nothing="")}
    return Section(
        "mine", "A section of mine", ("Of `code` and <b>text</b>.",), ("one",), "Before the table:",
        Table("Caption", ("A", "B"), (("x", "1"),)), ("last",), charts=(Chart("mine", spec, head="Panel"),),
        contents="Mine", data={"own": 7},
    )  # fmt: skip


@pytest.mark.parametrize("family", ["run", "displaced"])
def test_a_page_takes_one_more_section_from_outside(family: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(family)
    sections = report_of(run).sections
    page = render_report(run, sections=(*sections[:2], mine, *sections[2:]))
    plain = render_report(run)
    assert '<h2 id="mine-head">A section of mine</h2>' in page
    assert "Of <code>code</code> and &lt;b&gt;text&lt;/b&gt;." in page
    assert '<a href="#mine-head">Mine</a>' in page
    assert '<div class="chart" id="mine"' in page
    assert '<th scope="row">x</th><td class="num">1</td>' in page
    data = data_of(page)
    assert data["own"] == 7
    assert set(data["charts"]) - set(data_of(plain)["charts"]) == {"mine"}
    heads = Outline(page).text
    assert heads.index("A section of mine") < heads.index(Outline(plain).text[-40:])


def test_a_section_that_has_nothing_to_say_is_left_out(run: Run) -> None:
    def silent(answers: ReportAnswers[Answers], language: Language) -> Section | None:
        return None

    sections = report_of(run).sections
    assert render_report(run, sections=(*sections, silent)) == render_report(run)


def test_a_table_can_be_folded_away() -> None:
    section = Section("k", "Head", table=Table("C", ("A",), (("x",),)), table_fold="All of it")
    body = html.environment().get_template("sections.html.j2").module.of_page(section)  # type: ignore[attr-defined]
    assert "<details><summary>All of it</summary>" in body
    assert 'class="panels' not in body


def test_pictures_escape_words_and_refuse_text() -> None:
    parts = [svg.words("a < b", 1, 2.25, title="t & u"), svg.bar(3, 3.2, 4, thick=5, class_="x")]
    picture = svg.picture(parts, wide=10, high=20.0, label='say "so"')
    assert isinstance(picture, Markup)
    assert "<title>t &amp; u</title>a &lt; b</text>" in picture
    assert 'x="3" y="4" width="1" height="5" class="x"' in picture
    assert picture.startswith('<svg viewBox="0 0 10 20" role="img" aria-label="say &#34;so&#34;">')
    with pytest.raises(TypeError, match="elements, not of text"):
        svg.picture(["<script>"], wide=1, high=1, label="x")


def test_each_side_has_a_mark_of_its_own() -> None:
    marks = [svg.side_mark(side, 10, 10) for side in svg.SIDES]
    assert len({mark.split(" ")[0] for mark in marks}) >= 4
    assert len(set(marks)) == len(svg.SIDES)
