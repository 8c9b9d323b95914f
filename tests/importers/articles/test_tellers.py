"""Common nouns that name whoever tells, the first lines of a text, and days that are named in short or not alone."""

import datetime as dt

import pytest

from caravana.importers.articles.days.dates import days
from caravana.importers.articles.linking.text_cues import voice_decision
from caravana.importers.articles.linking.whole import weigh_text
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.speakers import tellers
from caravana.importers.articles.words import load_words

EN, ES = load_words()
DAY = dt.date(2021, 11, 13)


@pytest.mark.parametrize(
    ("words", "folded", "side"),
    [
        (EN, "the church, which owns nothing but a louder bell, says 1,400.", "observer"),
        (EN, "there were 340, said a shelter coordinator in rio frio.", "observer"),
        (EN, "by the marchers' own list they are 2,000.", "organisers"),
        (EN, "he counted 1,200 (2,400 from the state).", "authorities"),
        (ES, "los vecinos del barrio cuentan 900.", "observer"),
        (ES, "los coordinadores la subieron a 5 mil.", "organisers"),
        (ES, "las hermanas curaron a setenta y siete.", "observer"),
        (ES, "son 900, segun el padron de los caminantes.", "organisers"),
        (ES, "un oficial de guardia, que no dio su nombre, dijo que eran 600.", "authorities"),
    ],
)
def test_a_noun_beside_a_word_of_saying_tells(words, folded, side):
    assert side in [s.side for _, _, s in tellers(folded, words)]


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        (EN, "some 400 slept in the church and in the school."),
        (ES, "unos 400 durmieron en la iglesia del pueblo."),
        (ES, "la guardia nacional disparo contra una camioneta: cuatro heridos."),
        (ES, "se acompano al contingente migrante, 570 personas."),
    ],
)
def test_a_noun_alone_tells_nothing(words, folded):
    assert tellers(folded, words) == []


def test_a_private_name_is_hidden_though_a_common_noun_tells(scenario):
    text = "TONALA, Mexico, Nov. 3, 2021 (AP) - The teacher Marvin Zelaya Pineda said 900 people slept in Tonala."
    assert "Zelaya" not in str(propose(text, scenario).as_json()["proposals"])


def test_first_lines_and_a_we_on_the_road_are_cues_of_a_voice(scenario):
    text = "La caravana en @CaravanaPorLaVida · 5 nov 2021\n\nLlegamos a Arriaga. Dormimos en el puente. Somos 2.700.\n"
    seen = []

    def choose(decision, passage, span):
        seen.append(decision)
        return [(decision.values[0], 1.0)]

    article = propose(text, scenario, published=dt.date(2021, 11, 5)).article
    passages = _passages(text, article, scenario)
    weigh_text(passages, article, ES, choose)
    cues = voice_decision(passages, article, ES).shared
    assert {"handle=True", "travels=True&short=True", "h0=organisers"} <= set(cues)
    assert seen[0].shared == cues


def _passages(text, article, scenario):
    from caravana.importers.articles.gazetteer import build_gazetteer
    from caravana.importers.articles.linking.marks import all_days, mark_text
    from caravana.importers.articles.text import fold

    folded = fold(text)
    return mark_text(text, folded, article, build_gazetteer(scenario), ES, all_days(folded, article, ES))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("La caravana llegó el miércoles a Niltepec y permanecerá hasta el lunes: son 1.300.", "2021-11-10"),
        ("El primer día, al salir de Tapachula, eran 4.000, dijo un líder.", "2021-10-23"),
    ],
)
def test_a_weekday_behind_one_to_come_and_the_first_day_may_be_chosen(text, day, scenario, monkeypatch):
    from caravana.importers.articles.linking import rows

    offered = []
    decide = rows.date_decision

    def noted(*given):
        out = decide(*given)
        offered.extend(out.values)
        return out

    monkeypatch.setattr(rows, "date_decision", noted)
    propose(f"Redacción. 13 de noviembre de 2021\n\n{text}\n", scenario)
    assert dt.date.fromisoformat(day) in offered


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("fri 12. acacoyagua.", "en", dt.date(2021, 11, 12)),
        ("mie 10, sayula: 870", "es", dt.date(2021, 11, 10)),
        ("07.11 oaxaca. arrives at chahuites.", "en", dt.date(2021, 11, 7)),
    ],
)
def test_short_weekdays_and_days_that_head_a_line(text, code, day):
    assert [d.date for d in days(text, code, DAY)] == [day]


def test_a_number_with_a_point_is_no_day():
    assert days("they walked 12.10 km and 07.11 of them", "en", DAY) == []
    for said in ("08.10 am salimos", "09.12 de la mañana", "10.10 pesos cuesta", "03.10 millones", "8.10 salimos"):
        assert days(said, "es", DAY) == [], said
    # Of the two days that these may be one is four months ago.
    assert [d.date for d in days("11/07 arriaga", "en", DAY)] == [dt.date(2021, 11, 7)]
