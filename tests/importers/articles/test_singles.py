"""Persons told of alone, nobody at all, and other figures that have no digits or odd ones; what is none stays none."""

import datetime as dt

import pytest
from benchmarks.reader.scoring import Tally, score_text

from caravana.importers.articles.days.dates import days
from caravana.importers.articles.figures import find_figures
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

EN, ES = load_words()


def people_in(text, words):
    return [(f.low, f.high) for f in find_figures(fold(text), words, []) if f.what == "people"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A 16-year-old fell from the train.", EN),
        ("A six-year-old Honduran boy was treated.", EN),
        ("A comrade from Haiti died under a trailer.", EN),
        ("Another was taken to hospital.", EN),
        ("My wife fainted on the bridge.", EN),
        ("A local journalist was beaten.", EN),
        ("Honduran migrant dies after being hit", EN),
        ("Three-year-old dies of dehydration", EN),
        ("We buried the man from El Salvador who was killed.", EN),
        ("An eight-months-pregnant woman left by ambulance.", EN),
        ("Una lactante con neumonía.", ES),
        ("Uno fallece en el hospital.", ES),
        ("A otro lo llevaron al hospital.", ES),
        ("Se desmayó mi mujer.", ES),
        ("Uno de los organizadores fue detenido.", ES),
        ("Un solo caso de dengue.", ES),
        ("Muere migrante en la carretera.", ES),
        ("Masculino, 34 años, con fractura.", ES),
        ("Hubo un herido.", ES),
    ],
)
def test_somebody_told_of_alone_is_a_figure(text, words):
    assert people_in(text, words) == [(1, 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A journalist said so.", EN), ("An officer watched them.", EN), ("The man walked on.", EN),
        ("My wife cooks.", EN), ("It was a 12-hour day.", EN), ("Another day on the road.", EN),
        ("Un periodista preguntó.", ES), ("Un policía miraba.", ES), ("El hombre caminaba.", ES), ("Otra vez.", ES),
    ],
)  # fmt: skip
def test_who_only_acts_is_none(text, words):
    assert people_in(text, words) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No one was arrested.", EN), ("No arrests were seen.", EN), ("There were no serious injuries.", EN),
        ("Not one accepted.", EN), ("Sin un solo detenido.", ES), ("No se registraron detenciones.", ES),
        ("No hubo un herido.", ES), ("Ni un detenido.", ES),
    ],
)  # fmt: skip
def test_nobody_is_nobody_and_not_one(text, words):
    found = find_figures(fold(text), words, [])
    assert [(f.low, f.what) for f in found] == [(0, "nobody")]


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("North of 2,000 people", EN, (2000, None)), ("200+ people", EN, (200, None)),
        (">3,000 people", EN, (3000, None)),
        ("1,800-plus people", EN, (1800, None)), ("some 40-odd people", EN, (40, None)),
        ("3K+ people", EN, (3000, None)),
        ("three-hundred-odd people", EN, (300, None)), ("two-hundred-and-ten people", EN, (210, 210)),
        ("twenty-five hundred people", EN, (2500, 2500)), ("a hundred fifty people", EN, (150, 150)),
        ("one-and-a-half thousand people", EN, (1500, 1500)), ("a couple of dozen people", EN, (24, 24)),
        ("twelve to fifteen hundred people", EN, (1200, 1500)), ("at minimum 60 people", EN, (60, None)),
        ("a thousand five hundred people", EN, (1500, 1500)), ("two or three dozen people", EN, (24, 36)),
        ("half-a-dozen people", EN, (6, 6)), ("between a dozen and twenty people", EN, (12, 20)),
        ("2,000-to-3,000 people", EN, (2000, 3000)), ("<500 people", EN, (None, 500)),
        ("dos o tres centenares de personas", ES, (200, 300)), ("otro centenar de personas", ES, (100, 100)),
        ("eight hundred, nine hundred people", EN, (800, 900)), ("twins", EN, (2, 2)),
        ("un ciento de personas", ES, (100, 100)), ("mil cuatrocientos, mil quinientos migrantes", ES, (1400, 1500)),
        ("setecientas u ochocientas personas", ES, (700, 800)), ("veintitantos migrantes", ES, (20, None)),
        ("+3,000 personas", ES, (3000, None)), ("cuando menos 40 personas", ES, (40, None)),
        ("una pareja", ES, (2, 2)), ("(del pueblo) + 41 personas", ES, (41, 41)),
    ],
)  # fmt: skip
def test_numbers_written_in_other_ways(text, words, wanted):
    assert people_in(text, words) == [wanted]


def test_a_list_of_numbers_is_no_range():
    assert [f.low for f in find_figures("five, six and seven people", EN, [])] == [5, 6, 7]
    assert [f.low for f in find_figures("seis y siete personas", ES, [])] == [6, 7]


def test_what_grew_from_one_number_to_another_is_two_figures():
    assert [f.low for f in find_figures("it grew from 1,000 to 1,200 people", EN, [])] == [1000, 1200]
    assert [f.high for f in find_figures("from 1,000 to 1,200 people", EN, [])] == [1200]


def test_a_boys_age_is_found_beside_him():
    found = find_figures("a 16-year-old honduran boy", EN, [])
    assert [(f.low, f.what) for f in found] == [(1, "people"), (16, "age")]


@pytest.mark.parametrize(("kind", "low", "found"), [("km_day", "32", 1), ("km_day", "20", 1), ("km_day", "40", 0)])
def test_a_figure_in_miles_is_the_one_in_km(kind, low, found):
    row = {
        "what": "figure",
        "find": "20 miles",
        "kind": kind,
        "low": low,
        "high": low,
        "row": "no",
        "start": 0,
        "end": 8,
    }
    figure = {"start": 0, "end": 8, "low": 20.0, "high": 20.0}
    tally = Tally()
    reading = {"figures": [figure], "places": [], "dates": [], "proposals": []}
    score_text(reading, [row | {"older": False}], tally, "x")
    assert tally.counts["figures_found"] == found


@pytest.mark.parametrize(
    ("text", "words", "lows"),
    [
        ("in march 3,000 people had passed", EN, [3000]),
        ("in november 2,000 migrants left", EN, [2000]),
        ("detained: mon 12, tue 31, wed 7.", EN, [12, 31, 7]),
        ("at six 1,140 had passed", EN, [6, 1140]),
        ("en noviembre 2 mil migrantes salieron", ES, [2000]),
        ("el viernes 12, 300 personas", ES, [300]),
    ],
)
def test_what_stands_beside_a_month_or_a_weekday_is_no_day_unless_it_can_be_one(text, words, lows):
    named = [(d.start, d.end) for d in days(text, words.code, dt.date(2021, 11, 13)) if not d.back]
    assert [f.low for f in find_figures(text, words, named)] == lows
