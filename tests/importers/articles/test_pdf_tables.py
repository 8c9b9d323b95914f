"""Tables on pages of a PDF: pieces of text that stand apart in lines one under the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PageObject, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

import caravana as cv
from caravana.importers.articles.documents import read_documents
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.tables.pdf_pages import text_of_page

if TYPE_CHECKING:
    from pathlib import Path


def _page(writer: PdfWriter, pieces: list[tuple[float, float, str]]) -> PageObject:
    """A page with texts in Helvetica of ten points, each from its left and its base line."""
    page = writer.add_blank_page(612, 792)
    drawn = "".join(f"BT /F1 10 Tf 1 0 0 1 {x:f} {y:f} Tm ({text}) Tj ET\n" for x, y, text in pieces)
    content = DecodedStreamObject()
    content.set_data(drawn.encode("latin-1"))
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = content
    return page


TABLE = [
    (72, 700, "Situation report of 12 November 2021"),
    (72, 660, "Day"), (150, 660, "Place"), (300, 660, "Persons"), (400, 660, "Children"),
    (72, 640, "10 Nov"), (150, 640, "Zanatepec"), (300, 640, "1,600"), (400, 640, "320"),
    (72, 620, "11 Nov"), (150, 620, "Niltepec"), (400, 620, "305"),
    (72, 580, "The caravan goes on to Ixtepec."),
]  # fmt: skip


def test_rows_of_a_table_are_lines_with_their_cells_under_their_heads() -> None:
    lines = [line for line in text_of_page(_page(PdfWriter(), TABLE)).split("\n") if line.strip()]
    assert [line.strip() for line in lines] == [
        "Situation report of 12 November 2021", "Day | Place | Persons | Children", "10 Nov | Zanatepec | 1,600 | 320",
        "11 Nov | Niltepec |  | 305", "The caravan goes on to Ixtepec.",
    ]  # fmt: skip


def test_counts_of_a_pdf_are_proposed_with_their_place_and_day(tmp_path: Path) -> None:
    writer = PdfWriter()
    _page(writer, TABLE)
    writer.write(tmp_path / "report.pdf")
    (document,) = read_documents(tmp_path / "report.pdf")
    read = propose(document.text, cv.load_scenario("tapachula-2021")).as_json()["proposals"]
    assert [(p["kind"], p["low"], p["place"], p["date"]) for p in read if p["kind"] != "position"] == [
        ("headcount", 1600, "zanatepec", "2021-11-10"), ("minors", 320, "zanatepec", "2021-11-10"),
        ("minors", 305, "niltepec", "2021-11-11"),
    ]  # fmt: skip


@pytest.mark.parametrize("left", ["walked on in the heat of noon,", "2,000"])
def test_two_columns_of_prose_are_no_table(left: str) -> None:
    prose = [(72, 700 - 14 * n, left if n == 1 else "they left the town behind and") for n in range(4)]
    beside = [(320, 700 - 14 * n, "the mayor of the next one said so") for n in range(4)]
    assert "|" not in text_of_page(_page(PdfWriter(), [*prose, *beside]))


@given(
    st.lists(
        st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(["", "12", "Day", "1,600", "a b"])),
        max_size=8,
    )
)
def test_no_word_is_lost_wherever_pieces_stand(pieces: list[tuple[float, float, str]]) -> None:
    page = _page(PdfWriter(), pieces)
    assert "".join(text_of_page(page).replace("|", "").split()) == "".join(page.extract_text().split())
