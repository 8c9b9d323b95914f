"""Datelines: dates without a year, dates that stand otherwise than agencies write them, and what they are no day of."""

import datetime as dt

import pytest
from tests.importers.articles.test_reading import caravana

from caravana.errors import UsageError
from caravana.importers.articles.days.dates import days
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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2.350 personas (31/10), frente a 2.600 el 28/10.", ["2021-10-31", "2021-10-28"]),
        ("34 detained on 5/11; 24/7 care for 3/4 of them.", ["2021-11-05"]),
        ("9/10 of those who walk, 95% / 5%, y 1/2 kilo.", []),
    ],
)
def test_days_with_a_stroke_are_those_near_publication_and_shares_are_none(text, named):
    language = "es" if "personas" in text else "en"
    assert [d.date.isoformat() for d in days(text.lower(), language, dt.date(2021, 11, 8))] == named


def test_the_night_before_something_is_no_day():
    assert days("they stay the night before continuing to arriaga", "en", dt.date(2021, 11, 6)) == []


def test_who_is_named_at_a_quotations_end_says_all_of_it(scenario):
    text = (
        'Juchitan, Nov 14, 2021 - The caravan slept in Zanatepec. "We fed 1,200 of them. There were 800 in the hall," '
        'the mayor said. "It is hot." It rained.'
    )
    reading = propose(text, scenario)
    said = [p.readings[0].side for p in reading.proposals if p.readings[0].low in {1_200, 800}]
    assert said == ["authorities", "authorities"]


def test_accepting_that_something_is_so_is_no_acceptance_of_papers(scenario):
    text = 'Arriaga, 9 de noviembre de 2021. Uno de los dirigentes aceptó que "quedamos como mil 800" en la caravana.'
    assert [p.readings[0].kind for p in propose(text, scenario).proposals if p.readings[0].low == 1_800] == [
        "headcount"
    ]


def test_a_total_since_a_day_is_not_of_that_day(scenario):
    text = (
        "Boletín. Tuxtla Gutiérrez, 28 de octubre de 2021. La caravana pernocta en Escuintla. "
        "Se han acumulado 612 atenciones médicas desde el día 24."
    )
    days_of = [p.readings[0].date for p in propose(text, scenario).proposals if p.readings[0].low == 612]
    assert days_of == [dt.date(2021, 10, 28)]


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("8/10 women said they had no water", "en", []),
        ("unas 8/10 mujeres y 7/10 ninos", "es", []),
        ("desde el 9/10 y hasta el 31/10 durmieron", "es", ["2021-10-09", "2021-10-31"]),
        ("el 2 de noviembre 2000 caminantes salieron", "es", ["2021-11-02"]),
    ],
)
def test_a_mark_out_of_ten_and_a_number_of_walkers_are_no_days(text, code, named):
    read = days("they said that " + text, code, dt.date(2021, 11, 3))
    assert [day.date.isoformat() for day in read] == named


def test_open_all_week_is_no_day_of_july():
    assert days("the clinic is open 24/7 and treated 40", "en", dt.date(2021, 8, 3)) == []


@pytest.mark.parametrize(
    "text",
    [
        "About 3,000 people left on Nov 7\nand walked to the north. ",
        "Unas 3 mil personas salieron el 23 de octubre\nde la ciudad con sus familias. ",
        "They have walked since Oct 30 -- with no rest. ",
    ],
)
def test_a_date_that_a_sentence_tells_is_no_dateline(scenario, text):
    with pytest.raises(UsageError):
        propose(text + BODY, scenario)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("MEXICO CITY (AP) — The caravan has dwindled to fewer than 2,000, officials said Thursday, Nov. 4, 2021.", ""),
        (
            "Few accept visas\n\nMEXICO CITY (Reuters) - The caravan, in Pijijiapan, has some 2,000 people, they said.",
            "",
        ),
        ("CIUDAD DE MÉXICO (EFE).- Unas dos mil personas siguen en la caravana, informaron las autoridades.", ""),
        (
            "ESCUINTLA, Mexico (Reuters) - Officials offered visas on Friday; some 2,000 people are in the caravan.",
            "escuintla",
        ),
    ],
)
def test_a_newsroom_at_the_head_is_no_place_of_the_caravan(scenario, text, place):
    reading = propose(text, scenario, published=dt.date(2021, 11, 4))
    assert reading.article.place == place
    assert not any((p.readings[0].place or "").startswith("mexico-city") for p in reading.proposals)
    assert [
        p.readings[0].low or p.readings[0].high for p in reading.proposals if p.readings[0].kind == "headcount"
    ] == [2_000]


def test_an_entry_with_brackets_and_a_dash_is_no_dateline(scenario):
    text = (
        "Report of 4 November 2021, about the caravan\nDetained (INM) - 34\nHeadcount (shelter) - 1,800 in Pijijiapan"
    )
    lows = [p.readings[0].low for p in propose(text, scenario).proposals]
    assert 34 in lows
    assert 1_800 in lows
