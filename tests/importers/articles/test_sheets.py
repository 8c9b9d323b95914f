"""Sheets, logs and texts as others lay them out: where days, hours and places stand that are of no row themselves."""

import datetime as dt

import pytest

from caravana.importers.articles.dates import days, days_named
from caravana.importers.articles.figures import find_figures, is_log
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.speakers import tellers
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

EN, ES = load_words()
ANCHOR = dt.date(2021, 11, 7)
LOG = "0500 Sale de Zanatepec.\n0915 Pasan 1320 personas.\n1340 Detienen a 22.\n"


def first_readings(text, scenario):
    return [p.readings[0] for p in propose(text, scenario).proposals]


def numbered_days(text, gazetteer):
    return [d.date.day for d in days_named(fold(text), "es", ANCHOR, None, gazetteer.mentions(text, fold(text)))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Pasó por Mapastepec (30 y 31), Pijijiapan (1 a 3), Tonalá (4) y Arriaga (5 y 6).", [30, 31, 1, 3, 4, 5, 6]),
        ("Durmió en Huehuetán (24), Huixtla (25 y 26).", [24, 25, 26]),
        ("Huixtla (25).", []),  # one alone may be a count
        ("Detenidos: Huixtla (26), Mapastepec (12).", []),  # no day after the other
        ("Detenidos: Huixtla (12), Mapastepec (12).", []),
    ],
)
def test_days_in_brackets_after_places_go_on_from_day_to_day(gazetteer, text, wanted):
    assert numbered_days(text, gazetteer) == wanted


def test_a_night_is_of_the_day_in_brackets_after_its_place(scenario):
    text = "7 de noviembre de 2021\n\nLa caravana durmió en Pijijiapan (1 a 3), Tonalá (4), Arriaga (5 y 6)."
    nights = {p.place: p.date for p in first_readings(text, scenario) if p.kind == "position"}
    assert nights["tonala"] == dt.date(2021, 11, 4)


def test_four_digits_at_the_head_of_a_log_are_an_hour():
    assert is_log(LOG)
    assert not is_log("1500 personas en Huixtla.\n0915 Salen.\n1340 Llegan.\n")
    assert next((f.what, f.low) for f in find_figures("1340 detienen a 22.", ES, [], log=True)) == ("hour", None)
    assert find_figures("1340 migrantes llegaron.", ES, [])[0].low == 1340


@pytest.mark.parametrize(
    ("text", "words", "what"),
    [
        ("Con rachas de 90 kilómetros por hora.", ES, "other"),
        ("Gusts of 55 miles per hour.", EN, "other"),
        ("Caminaron 22 kilómetros.", ES, "distance"),
        ("Un bebé de siete meses con bronquitis.", ES, "age"),
        ("Llevan siete meses de espera.", ES, "days"),
    ],
)
def test_a_speed_is_no_way_and_an_age_no_time(text, words, what):
    assert what in {f.what for f in find_figures(fold(text), words, []) if f.low in {90, 55, 22, 7}}


def test_whoever_is_told_says_nothing():
    said = fold("La guardia le dijo a la prensa que eran unas 500.")
    assert "press" not in {s.side for _, _, s in tellers(said, ES)}
    assert "press" in {s.side for _, _, s in tellers(fold("La prensa dijo que eran unas 500."), ES)}


def test_a_sheet_goes_on_where_it_is_and_not_where_the_caravan_was(scenario):
    text = (
        "PARTE DIARIO\nMartes 2 de noviembre de 2021\n\nDónde: Pijijiapan.\nAyer: Mapastepec.\n"
        "Cuántos: 1,050.\nEmbarazadas: 14.\nMañana: Tonalá.\n"
    )
    rows = [p for p in first_readings(text, scenario) if p.kind in {"headcount", "pregnant"}]
    assert {(p.place, p.date) for p in rows} == {("pijijiapan", dt.date(2021, 11, 2))}


def test_the_place_that_heads_a_paragraph_is_where_a_text_was_written(scenario):
    body = "Bajo la lona de la feria pasaron la noche los integrantes de la caravana migrante, unos 400 según vecinos."
    text = f"La Crónica de Córdoba | 5 de diciembre de 2021\n\nAMATLÁN DE LOS REYES, Ver.- {body}"
    assert propose(text, scenario).article.place == "amatlan"


def test_a_newsroom_far_ahead_of_what_is_told_is_no_place_of_the_caravan(scenario):
    body = "Agentes detuvieron el miércoles 17 de noviembre de 2021 a 60 personas cerca de Jesús Carranza."
    article = propose(f"CIUDAD DE MÉXICO (AP) — {body}", scenario).article
    assert (article.place, article.newsroom) == ("", "mexico-city-basilica")
    there = "La caravana llegó a la Ciudad de México el domingo 12 de diciembre de 2021; de Río Frío salieron 400."
    assert propose(f"CIUDAD DE MÉXICO (AP) — {there}", scenario).article.newsroom == ""


@pytest.mark.parametrize("text", ["zapatos talla 10/12 para niño", "shoes, size 10/12"])
def test_a_size_of_shoes_is_no_day(text):
    assert days(text, "es", ANCHOR) == []


def test_a_day_of_a_closed_clause_is_of_what_began_on_it_alone(scenario):
    text = (
        "Tegucigalpa, 2 nov 2021 (EFE).- La caravana, que partió el 23 de octubre de Tapachula con unas 4.000 "
        "personas, se encuentra en Pijijiapan."
    )
    nights = {(p.place, p.date) for p in first_readings(text, scenario) if p.kind == "position"}
    assert ("pijijiapan", dt.date(2021, 11, 2)) in nights
    assert ("pijijiapan", dt.date(2021, 10, 23)) not in nights
