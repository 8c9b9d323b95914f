"""Kinds of errors met on texts by others' habits: who gives a figure, of which day it is, and where the caravan is."""

import datetime as dt

import pytest

from caravana.importers.articles.days.dates import dateline
from caravana.importers.articles.linking import rows
from caravana.importers.articles.linking.place_cues import along
from caravana.importers.articles.linking.trail import Trail
from caravana.importers.articles.linking.whole import _likeliest
from caravana.importers.articles.proposals import propose

AP = "TONALA, Mexico, Nov. 3, 2021 (AP) - The caravan rested in Tonala on Wednesday. "
ES = "TONALÁ, Chis., 3 de noviembre de 2021.- La caravana durmió en Tonalá. "
BULLETIN = "GOVERNMENT OF THE STATE OF CHIAPAS\nCivil Protection\nReport 1 November 2021\n\n"
# A text; a figure of it; the side, place and day it has.
MET = {
    "those who walk, without a verb": (
        AP + "The mayor counted 1,700 people. The walkers themselves: 2,900.", 2900, "organisers", "tonala", "11-03"),
    "representatives of the group": (
        ES + "Son 1,800 personas según el ayuntamiento; los representantes del grupo manifiestan que son 3,100.",
        3100, "organisers", "tonala", "11-03"),
    "a man on the loudspeaker": (
        AP + "Police say 1,600. The man on the loudspeaker says 4,400.", 4400, "organisers", "tonala", "11-03"),
    "a day of the month alone": (
        ("Nota de campo, Red de Albergues\nTonalá, 4 de noviembre de 2021\n\n"
        "Detuvieron a 21 personas en Pijijiapan el día 2."), 21, "observer", "pijijiapan", "11-02"),
    "from one town to the next": (
        BULLETIN + "The contingent left Mapastepec at dawn and is spending the night at Pijijiapan. "
        "Number of persons: 1,930.", 1930, "authorities", "pijijiapan", "11-01"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MET)
def test_kinds_of_errors_met(kind, scenario):
    text, figure, side, place, day = MET[kind]
    first = next(p.readings[0] for p in propose(text, scenario).proposals if p.readings[0].low == figure)
    assert (first.side, first.place, str(first.date)) == (side, place, f"2021-{day}")


@pytest.mark.parametrize("written", ["9.11.2021", "09.11.21"])
def test_days_with_points(written):
    day = dateline(f"nota de campo, {written}, tapanatepec", "es")
    assert day is not None
    assert day.date == dt.date(2021, 11, 9)


def test_versions_are_no_days():
    assert dateline("version 1.2.3 of the bulletin, 192.168.11.21", "en") is None


def test_a_place_ahead_on_the_road(scenario):
    article = propose(AP + "They walk.", scenario).article
    assert along(article, "tonala", "tonala") == "="
    assert along(article, "arriaga", "tonala") == "+"
    assert along(article, "huixtla", "tonala") == "---"
    assert along(article, "nowhere", "tonala") == "?"


def test_the_second_place_counts_only_where_it_may_be():
    assert _likeliest([("a", 0.9), ("b", 0.05), ("c", 0.05)]) == [("a", 1.0)]
    assert _likeliest([("a", 0.6), ("b", 0.2), ("c", 0.2)]) == [("a", pytest.approx(0.75)), ("b", pytest.approx(0.25))]


# A text's first lines, and whose own words it is.
HEADS = {
    "observer": "Protection Working Group\nSnapshot as of 4 November 2021\n\nPartners estimate 2,100 people in Tonalá.",
    "authorities": "Secretaría de Salud de Chiapas\nTarjeta informativa, 4 de noviembre de 2021\n\nTonalá. Se "
    "brindaron 40 consultas. El contingente suma 2,100 personas.",
    "organisers": "Colectivo de Caminantes\nA la opinión pública, 4 de noviembre de 2021\n\nCompañeros: entramos "
    "a Tonalá. Venimos 2,100 personas. Exigimos médicos.",
    "press": "Costa Courier, Nov. 4, 2021\n\nThis newspaper counted 2,100 people in Tonalá.",
    "agency": "TONALA, Mexico, Nov. 4, 2021 (Xinhua) -- Some 2,100 people rested in Tonalá.",
}


@pytest.mark.parametrize("side", HEADS)
def test_whose_own_words_a_text_is(side, scenario):
    first = next(p.readings[0] for p in propose(HEADS[side], scenario).proposals if p.readings[0].low == 2100)
    assert first.side == side


def test_a_dash_parts_two_numbers(scenario):
    text = AP + "Lost since then: fifty - thirty of them children. Forty-five people left."
    assert [f.low for f, _, _ in propose(text, scenario).figures][-3:] == [50, 30, 45]


def test_what_is_not_likely_enough_is_told_of_among_the_figures(scenario, monkeypatch):
    text = AP + "Police counted 1,600 people."
    assert propose(text, scenario).as_json()["figures"][-1]["became"].startswith("proposal")
    monkeypatch.setattr(rows, "LEAST_ROW", 1.01)
    read = propose(text, scenario).as_json()
    assert [p for p in read["proposals"] if p["kind"] != "position"] == []
    assert read["figures"][-1]["became"] == "unlikely headcount"


def test_a_headcount_is_ranked_among_those_of_its_text():
    trail = Trail(sizes=(900.0, 1_500.0, 4_000.0))
    assert [trail.rank_of(size) for size in (900.0, 1_500.0, 4_000.0, None)] == ["least", "between", "most", "-"]
    assert Trail(sizes=(900.0,)).rank_of(900.0) == "-"


def test_entries_of_a_chronology_are_of_the_day_that_heads_their_line(scenario):
    text = (
        "La caravana, día por día\nRedacción. 24 de noviembre de 2021\n\n"
        "9 de noviembre. Entra a Oaxaca. Treinta y dos detenidos en Tapanatepec.\n"
        "13 de noviembre. Asamblea en Matías Romero: van mil 500, según el conteo de este diario.\n"
    )
    days = {p.readings[0].low: str(p.readings[0].date) for p in propose(text, scenario).proposals}
    assert (days[32], days[1500]) == ("2021-11-09", "2021-11-13")
