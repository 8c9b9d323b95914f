"""Datelines: dates without a year, dates that stand otherwise than agencies write them, and what they are no day of."""

import datetime as dt

import pytest
from tests.importers.articles.test_reading import caravana

from caravana.errors import UsageError
from caravana.importers.articles.proposals import propose

BODY = "Around 3,000 people remain, down from the roughly 4,000 who left on Oct. 23. The institute counted 1,500."
CUERPO = "Unas 2 mil 500 personas de la caravana que salió el sábado pasado de Tapachula durmieron en el parque."


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("MAPASTEPEC, Mexico, Nov 3 (Wire) - ", BODY, "2021-11-03"),
        ("MAPASTEPEC, Nov. 3 -- ", BODY, "2021-11-03"),
        ("Mapastepec, 3 November\n\n", BODY, "2021-11-03"),
        ("Escuintla, Chis., 30 oct.- ", CUERPO, "2021-10-30"),
        ("ESCUINTLA, Chiapas, 30 de octubre (EFE).- ", CUERPO, "2021-10-30"),
        ("Por la redacción\n30 de octubre 2021\n\n", CUERPO, "2021-10-30"),
        ("Escuintla, a 30 de octubre del año 2021. ", CUERPO, "2021-10-30"),
        ("1º de noviembre de 2021, Mapastepec. ", CUERPO, "2021-11-01"),
        ("Mapastepec, 3-nov-2021. ", CUERPO, "2021-11-03"),
        ("Mapastepec, 03-Nov-2021. ", BODY, "2021-11-03"),
        ("MAPASTEPEC, Nov 3 -- They left on October 23, 2021. ", BODY, "2021-11-03"),
    ],
)
def test_a_dateline_is_read_however_it_stands(scenario, head, body, published):
    assert propose(head + body, scenario).article.published == dt.date.fromisoformat(published)


@pytest.mark.parametrize(
    "text",
    [
        "The caravan left on Oct. 23 with some 3,000 people.",
        "El 23 de octubre 2000 migrantes salieron de Tapachula.",
        "MAPASTEPEC, March 3 - Some 3,000 people rested.",
    ],
)
def test_a_date_in_the_text_or_outside_the_days_read_against_is_no_dateline(scenario, text):
    with pytest.raises(UsageError, match="no dateline"):
        propose(text, scenario)


def test_the_year_that_was_taken_is_said(tmp_path):
    (tmp_path / "a.txt").write_text("MAPASTEPEC, Nov 3 - " + BODY, encoding="utf-8")
    done = caravana("read", tmp_path / "a.txt", "tapachula-2021", "--json", "--lang", "en")
    assert "a: its dateline names no year; taken for 3 November 2021" in done.stderr
    done = caravana("read", tmp_path / "a.txt", "tapachula-2021", "--json", "--published", "2021-11-04")
    assert "no year" not in done.stderr


def test_a_day_on_which_something_began_is_of_nothing_that_is_told_after_it(scenario):
    rows = propose("MAPASTEPEC, Nov 3, 2021 - " + BODY, scenario).proposals
    days = {
        p.readings[0].low or p.readings[0].high: p.readings[0].date for p in rows if p.readings[0].kind != "position"
    }
    assert days == {3_000: dt.date(2021, 11, 3), 4_000: dt.date(2021, 10, 23), 1_500: dt.date(2021, 11, 3)}


def test_an_abbreviation_ends_no_sentence_and_an_article_is_nobodys_name(scenario):
    reading = propose(
        "Update, 5 Nov 2021\n• An estimated 1,800 people (approx. 600 families) are in Pijijiapan.\n"
        "• Partners reported 14 cases of dengue.",
        scenario,
    )
    sentences = [p.sentence for p in reading.proposals]
    assert any("An estimated 1,800 people (approx. 600 families) are in Pijijiapan." in one for one in sentences)
    assert not any("[name]" in one for one in sentences)
