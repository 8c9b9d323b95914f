"""Whose words an article is, days told as so long before others, and figures held against each other."""

import datetime as dt

import pytest

from caravana.importers.articles.days.dates import days
from caravana.importers.articles.drafts import draft
from caravana.importers.articles.speakers import voice_of
from caravana.importers.articles.statements import read_statements
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

EN, ES = load_words()
DATE = dt.date(2021, 11, 3)


@pytest.mark.parametrize(
    ("head", "words", "side", "office"),
    [
        ("TONALA, Mexico, Nov 5, 2021 (AP) - Migrants", EN, "agency", False),
        ("Caravan rests\n\nTONALA, Nov. 5, 2021. The caravan", EN, "press", False),
        ("PRESS RELEASE\nMexico City, 17 November 2021\nGovernment reports on", EN, "authorities", True),
        ("Situation report 3, prepared by a network of aid organisations", EN, "observer", False),
        ("COMUNICADO No. 214/2021\nEl Instituto Nacional de Migración informa", ES, "authorities", True),
        ("Boletín de monitoreo. Colectivo de organizaciones de observación", ES, "observer", False),
        # A word of an office is not yet its own document.
        ("Tapachula.- El Instituto Nacional de Migración informó ayer", ES, "press", False),
    ],
)
def test_the_voice_of_an_article(head, words, side, office):
    voice = voice_of(fold(head), words)
    assert (voice.side, voice.office) == (side, office)


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("two days ago", "en", "2021-11-01"),
        ("four thousand a week earlier", "en", "2021-10-27"),
        ("on monday 45 were held, twice as many as a week earlier", "en", "2021-10-25"),
        ("hace dos dias", "es", "2021-11-01"),
        ("la vispera", "es", "2021-11-02"),
        ("una semana antes", "es", "2021-10-27"),
    ],
)
def test_days_told_as_so_long_before(text, code, day):
    assert days(text, code, DATE)[-1].date.isoformat() == day


def counted(text, gazetteer):
    article = read_statements(text, gazetteer, origin="tapachula")
    return [
        (s.count.kind, s.count.quantity.low, s.count.quantity.high, s.side, s.place, s.date.isoformat())
        for s in article.statements
        if s.count is not None
    ]


def test_the_other_sides_bare_figure_is_for_the_same_thing(gazetteer):
    text = (
        "MAPASTEPEC, Mexico, Oct. 31, 2021 (AP) - Activists said 58 people were detained near Escuintla on Tuesday. "
        "The migration institute acknowledged only 22.\n"
    )
    first, second = counted(text, gazetteer)
    assert first == ("detained", 58, 58, "organisers", "escuintla", "2021-10-26")
    assert second == ("detained", 22, 22, "authorities", "escuintla", "2021-10-26")


def test_a_figure_of_another_size_is_for_something_else(gazetteer):
    text = (
        "MAPASTEPEC, Mexico, Oct. 31, 2021 (AP) - Activists said 58 people were detained near Escuintla on Tuesday. "
        "Organisers speak of 4,000.\n"
    )
    assert [row[0] for row in counted(text, gazetteer)] == ["detained", "headcount"]


def test_a_part_of_those_detained_is_not_counted_again(gazetteer):
    text = "Mapastepec, 31 de octubre de 2021.- Detuvieron a 58 personas, entre ellas 14 menores, dicen activistas.\n"
    assert [row[:2] for row in counted(text, gazetteer)] == [("detained", 58)]


def test_shares_and_ages_are_nothing(gazetteer):
    text = "Mapastepec, 31 de octubre de 2021.- Tres de cada diez son niños. Un joven de 25 años murió atropellado.\n"
    assert [row[:2] for row in counted(text, gazetteer)] == [("dead", 1)]


@pytest.mark.parametrize(
    ("phrase", "low", "high"),
    [("two and a half thousand people", 2500, 2500), ("forty-odd people", 40, None), ("150 people or so", 150, 150)],
)
def test_loose_figures(gazetteer, phrase, low, high):
    text = f"MAPASTEPEC, Mexico, Oct. 31, 2021 (AP) - Organisers said {phrase} walked on Sunday.\n"
    assert [row[1:3] for row in counted(text, gazetteer)] == [(low, high)]


@pytest.mark.parametrize(
    ("head", "kind"),
    [("PRESS RELEASE\nThe Government of Mexico informs. ", "official"), ("", "news")],
)
def test_the_source_is_of_its_voices_kind(scenario, head, kind):
    drafts = draft(f"{head}\nTonala, 5 November 2021. About 900 people walk.\n", scenario, name="x")
    assert drafts.sources[0].kind == kind
