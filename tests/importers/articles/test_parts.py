"""The parts of the reader: numbers, days, places, speakers, sentences, names, garbles."""

import datetime as dt

import pytest

from caravana.errors import UsageError
from caravana.importers.articles.anonymise import HIDDEN, hide_names
from caravana.importers.articles.days.dates import dateline, days
from caravana.importers.articles.drafts import draft
from caravana.importers.articles.figures import find_figures
from caravana.importers.articles.quantities import quantities, value_of
from caravana.importers.articles.speakers import attributions
from caravana.importers.articles.text import decode_article, fold, language_of, sentences
from caravana.importers.articles.words import load_words

EN, ES = load_words()
TUESDAY = dt.date(2021, 11, 9)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("1,250", EN, 1250), ("2.5", EN, 2.5), ("twenty-five", EN, 25), ("two hundred and fifty", EN, 250),
        ("four thousand", EN, 4000), ("10 thousand", EN, 10_000), ("a dozen", EN, 12), ("half a dozen", EN, 6),
        ("2.500", ES, 2500), ("2,500", ES, 2500), ("4 mil", ES, 4000), ("2 mil 500", ES, 2500), ("mil 680", ES, 1680),
        ("dos mil quinientos", ES, 2500), ("treinta y cinco", ES, 35), ("ciento veinte", ES, 120), ("mil", ES, 1000),
        ("un centenar", ES, 100), ("medio centenar", ES, 50), ("una veintena", ES, 20), ("37,5", ES, 37.5),
        ("people", EN, None),
    ],
)  # fmt: skip
def test_numbers_in_figures_and_words(text, words, value):
    assert value_of(text, words) == value


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("about 3,000 people walk", EN, [(3000, 3000, "about")]),
        ("no fewer than 3,000 people", EN, [(3000, None, "more_than")]),
        ("no more than 600 people", EN, [(None, 600, "less_than")]),
        ("between 4,000 and 5,000 migrants", EN, [(4000, 5000, "range")]),
        ("700 to 900 people", EN, [(700, 900, "range")]),
        ("dozens of migrants", EN, [(None, None, "more_than")]),
        ("entre 4 y 5 mil personas", ES, [(4000, 5000, "range")]),
        ("mas de mil 500 personas", ES, [(1500, None, "more_than")]),
        ("no quedan mas de 600 personas", ES, [(None, 600, "less_than")]),
        ("decenas de ninos", ES, [(None, None, "more_than")]),
        ("a 6-year-old boy", EN, [(1.0, 1.0, "exact")]),
        ("in 2018 a caravan", EN, []),
        ("highway 200, officials said", EN, []),
        ("el 30% de ellos", ES, []),
        ("a las 4:30 horas", ES, []),
        ("la carretera 200.", ES, []),
    ],
)
def test_quantities_with_their_qualifiers(text, words, wanted):
    found = [q for q in quantities(text, words) if q.noun or (q.low or q.high or 0) >= 100]
    assert [(q.low, q.high, q.qualifier) for q in found] == wanted


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("both were hurt, and the pair left; nobody died", EN, [(2, "people"), (2, "people"), (0, "nobody")]),
        ("ambas siguen; ninguno de ellos murio, nadie", ES, [(2, "people"), (0, "nobody"), (0, "nobody")]),
        ("a hundred and twelve pairs", EN, [(112, "other")]),
        ("two thousand, one hundred of them", EN, [(2100, "people")]),
        ("la caravana -mil 400, contados a la entrada- duerme", ES, [(1400, "other")]),
        ("veintiuna compañeras", ES, [(21, "people")]),
        ("en un hospital cuatro mujeres embarazadas", ES, [(4, "people")]),
        ("hace un dia, en un autobus", ES, [(1, "days"), (1, "vehicles")]),
        ("some 400 a day", EN, [(400, "days")]),
    ],
)
def test_figures_without_a_digit_and_beside_others(text, words, wanted):
    assert [(f.low, f.what) for f in find_figures(fold(text), words, [])] == wanted


@pytest.mark.parametrize("code", ["2021-11-05", "MX-200-4"])
def test_a_dash_within_a_code_begins_no_figure(code):
    assert 5 not in {f.low for f in find_figures(code.lower(), EN, [])}
    assert 4 not in {f.low for f in find_figures(code.lower(), EN, [])}


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("on monday", "en", dt.date(2021, 11, 8)), ("on tuesday", "en", TUESDAY),
        ("last tuesday", "en", dt.date(2021, 11, 2)),
        ("yesterday", "en", dt.date(2021, 11, 8)), ("next friday", "en", dt.date(2021, 11, 12)),
        ("will leave on thursday", "en", dt.date(2021, 11, 11)), ("oct. 23", "en", dt.date(2021, 10, 23)),
        ("23 october", "en", dt.date(2021, 10, 23)), ("december 24", "en", dt.date(2021, 12, 24)),
        ("february 3", "en", dt.date(2021, 2, 3)), ("el lunes", "es", dt.date(2021, 11, 8)),
        ("el martes pasado", "es", dt.date(2021, 11, 2)), ("ayer", "es", dt.date(2021, 11, 8)),
        ("el proximo viernes", "es", dt.date(2021, 11, 12)), ("el 23 de octubre", "es", dt.date(2021, 10, 23)),
        ("el 1 de noviembre de 2020", "es", dt.date(2020, 11, 1)), ("manana", "es", dt.date(2021, 11, 10)),
        ("2021-10-31", "en", dt.date(2021, 10, 31)), ("31/10/2021", "es", dt.date(2021, 10, 31)),
    ],
)  # fmt: skip
def test_days_against_the_dateline(text, code, day):
    assert [d.date for d in days(text, code, TUESDAY)] == [day]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("por la manana", "es"), ("en una manana", "es"), ("the 30th of february 2021", "en"), ("it may be", "en"),
        ("13/13/2021", "en"),
    ],
)  # fmt: skip
def test_what_is_no_day(text, code):
    assert days(text, code, TUESDAY) == []


def test_the_dateline_wants_a_year():
    assert dateline("mapastepec, oct. 31, 2021 (ap)", "en").date == dt.date(2021, 10, 31)
    assert dateline("mapastepec, oct. 31 (ap)", "en") is None


@pytest.mark.parametrize(
    ("text", "words", "role", "side"),
    [
        ("the national guard said on monday", EN, "National Guard", "authorities"),
        ("about 40, according to organizers", EN, "organiser", "organisers"),
        ("a nurse with doctors without borders said", EN, "Doctors Without Borders", "observer"),
        ("dijo el activista juan perez", ES, "activists", "organisers"),
        ("informo la guardia nacional", ES, "National Guard", "authorities"),
        ("segun la fiscalia del estado", ES, "state prosecutor", "authorities"),
        ("he said", EN, "", ""),
    ],
)
def test_speakers_are_roles(text, words, role, side):
    found = attributions(text, words)[0]
    assert (found.role, found.side) == (role, side)


def test_names_of_towns_with_or_without_accents(gazetteer):
    text = "De Tonalá a Tapanatepec, por Matías Romero y la CDMX; Juchitan no, Huixtla si; isla no."
    assert [m.place for m in gazetteer.mentions(text, fold(text))] == [
        "tonala", "tapanatepec", "matias-romero", "mexico-city-basilica", "huixtla",
    ]  # fmt: skip


def test_folding_moves_no_character():
    text = "Ñandú, ¿qué? — “İstanbul” ﬁn ß Œ 北"
    assert len(fold(text)) == len(text)
    assert fold("Mogoñé") == "mogone"


def test_sentences_keep_their_offsets_and_abbreviations():
    text = "On Oct. 23 they left. The U.S. border is far! “Is it?” he asked.\n\nIn EE.UU. 2.500 wait."
    cut = sentences(text, EN)
    assert [text[s.start : s.end] for s in cut] == [
        "On Oct. 23 they left.", "The U.S. border is far!", "“Is it?” he asked.", "In EE.UU. 2.500 wait.",
    ]  # fmt: skip
    assert cut[-1].paragraph > cut[0].paragraph


def test_language():
    assert language_of(fold("Los migrantes que salieron de la ciudad")).code == "es"
    assert language_of(fold("The migrants who left the city")).code == "en"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("“We walk,” said Luis Antonio Perales, one of the organizers.", "Luis Antonio Perales"),
        ("dijo el activista Ramiro Cárdenas Solís.", "Ramiro Cárdenas Solís"),
        ("María del Carmen Robles, migrante hondureña, habló.", "María del Carmen Robles"),
        ("said Yosselin, 24, from Tegucigalpa", "Yosselin"),
        ("Mr. Smith added.", "Smith"),
    ],
)
def test_names_of_people_are_taken_out(text, hidden, gazetteer):
    words = ES if "migrante" in text or "dijo" in text else EN
    out = hide_names(text, gazetteer, words)
    assert HIDDEN in out
    assert hidden not in out


@pytest.mark.parametrize(
    "text",
    [
        "The National Guard detained 15 migrants near Pijijiapan on Monday.",
        "El Instituto Nacional de Migración habló en San Pedro Tapanatepec.",
        "Médicos Sin Fronteras y la Cruz Roja atendieron a 20 personas.",
        "Doctors Without Borders left for Matías Romero in November.",
        "They are bound for the United States, from Central America.",
    ],
)
def test_institutions_and_places_keep_theirs(text, gazetteer):
    assert hide_names(text, gazetteer, ES if "El " in text or "Méd" in text else EN) == text


GARBLES = [
    ("Thousands came to Mexico fleeing poverty and violence in the United States.", "swapped"),
    ("The road from Tapachula to Huixtla is 150 km, officials said.", "distance"),
    ("The caravan has walked 900 km since it left Tapachula.", "distance"),
    ("They left Arriaga for Huixtla at dawn, an activist said.", "order"),
    ("The march passed through Tonala, Huixtla and Mapastepec.", "order"),
    ("The column slept in Pijijiapan, Oaxaca.", "place"),
    ("About 3,000 people left on Monday 7 November 2021.", "date"),
    ("About 3,000 people left on October 2.", "date"),
    ("Miles llegaron huyendo de la pobreza y la violencia en Estados Unidos.", "swapped"),
    ("De Tapanatepec a Zanatepec hay 90 kilómetros.", "distance"),
    ("Salieron de Arriaga rumbo a Mapastepec, dijo un activista.", "order"),
]
SOUND = [
    "Thousands came to Mexico fleeing poverty and violence, bound for the United States.",
    "The road from Tapachula to Huixtla is 42 km, officials said.",
    "They left Huixtla for Arriaga at dawn, an activist said.",
    "The march passed through Huixtla, Mapastepec and Tonala.",
    "The column slept in Pijijiapan, Chiapas.",
    "About 3,000 people left on Monday 8 November 2021.",
    "They were sent back from Arriaga to Tapachula, an activist said.",
    "Llegaron a México huyendo de la pobreza y la violencia.",
]


def read_line(line, scenario):
    spanish = language_of(fold(line)).code == "es"
    head = "TONALÁ, 9 de noviembre de 2021.- " if spanish else "TONALA, 9 November 2021 - "
    return draft(f"Title\n\n{head}{line}", scenario, name="x")


@pytest.mark.parametrize(("line", "told"), GARBLES)
def test_what_the_geography_contradicts_is_marked(line, told, scenario):
    drafts = read_line(line, scenario)
    doubts = [d for row in drafts.sentences for d in row["doubts"]]
    assert any(told in d for d in doubts), doubts
    assert any(c.status == "garbled" for c in drafts.claims)


@pytest.mark.parametrize("line", SOUND)
def test_what_fits_is_not(line, scenario):
    drafts = read_line(line, scenario)
    assert [d for row in drafts.sentences for d in row["doubts"]] == []
    assert all(c.status == "uncontested" for c in drafts.claims)


def test_text_in_other_encodings_and_line_ends():
    assert decode_article("Tonalá\r\nniño".encode("cp1252"), "a") == "Tonalá\nniño"
    assert decode_article("Tonalá".encode("utf-16"), "a") == "Tonalá"
    assert decode_article(b"\xef\xbb\xbfTonal\xc3\xa1", "a") == "Tonalá"


@pytest.mark.parametrize(
    "raw", [b"", b" \n\t ", b"%PDF-1.4\x00\x01\x02\x03" * 50, bytes(range(256)) * 40, b"123 456 -- 7"]
)
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(UsageError):
        decode_article(raw, "a")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("- Talavera said that 200 people slept here.", "- [name] said that 200 people slept here."),
        ("• Talavera told us that 200 slept.", "• [name] told us that 200 slept."),
        ("• Partners reported 14 cases of dengue.", "• Partners reported 14 cases of dengue."),
    ],
)
def test_who_speaks_in_an_entry_of_a_list_is_hidden(gazetteer, text, hidden):
    assert hide_names(text, gazetteer, EN) == hidden
