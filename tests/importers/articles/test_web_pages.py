"""Pages as a browser saves them: the article is read; menus, comments and other articles are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import caravana as cv
from caravana.errors import CaravanaWarning
from caravana.importers.articles.documents import page_text, read_documents
from caravana.importers.articles.proposals import propose

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = (
    "<p>SANTIAGO NILTEPEC, Oax., 12 de noviembre de 2021.- La caravana que salió de Tapachula el 23 de octubre llegó "
    "la tarde del jueves a Niltepec, donde pasó la noche en el domo municipal.</p><p>El Instituto Nacional de "
    "Migración informó que suma 1,300 personas, mientras que los organizadores aseguran que son 3,500.</p>"
)
BESIDE = {
    "menu": "<div class='menu'><ul><li>Oaxaca</li><li>Detienen a 300 en Tapachula</li></ul></div>",
    "comments": "<div id='comments'><ol><li><div><p>Yo vi como 6 mil en Zanatepec.<p>Mienten</div></li></ol></div>",
    "others": "<h4>Te puede interesar</h4><ul><li><a href='/2'>Nueva caravana de 5 mil saldrá</a></li></ul>",
    "sidebar": "<div class='widget-area sidebar'><section><p>Mueren 2 migrantes</p></section></div>",
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_an_article_is_left_out_and_said(name: str) -> None:
    with pytest.warns(CaravanaWarning, match="menus, comments and other articles are left out"):
        text = page_text(
            f"<body class='has-sidebar'><h1>Llegan</h1>{ARTICLE}{BESIDE[name]}<p>Fin.</p></body>", "n"
        ).text
    assert text.startswith("Llegan\n\nSANTIAGO NILTEPEC")
    assert text.endswith("Fin.")
    assert not any(words in text for words in ("a 300", "6 mil", "5 mil", "2 migrantes"))


def test_links_within_a_sentence_and_the_title_stay() -> None:
    page = f"<h1><a href='/1'>Llegan a Niltepec</a></h1>{ARTICLE.replace('3,500', '<a href=2>3,500</a>')}"
    text = page_text(page, "n").text
    assert text.startswith("Llegan a Niltepec")
    assert text.endswith("son 3,500.")


@pytest.mark.parametrize(
    "page",
    [
        f"<div class='sidebar'>{ARTICLE}",
        f"<div class='widget'>{ARTICLE}</div><p>Corto.</p>",
        f"<a href='/'>{ARTICLE}</a>",
    ],
)  # fmt: skip
def test_a_page_of_which_hardly_anything_would_stay_is_read_as_a_whole(page: str) -> None:
    assert "1,300 personas" in page_text(page, "n").text


def test_a_saved_page_gives_the_rows_of_its_article_alone(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text(f"<body>{BESIDE['menu']}{ARTICLE}{BESIDE['comments']}</body>", encoding="utf-8")
    with pytest.warns(CaravanaWarning):
        (document,) = read_documents(tmp_path / "p.html")
    read = propose(document.text, cv.load_scenario("tapachula-2021")).as_json()["proposals"]
    assert [p["low"] for p in read if p["kind"] != "position"] == [1300, 3500]
