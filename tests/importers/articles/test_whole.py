"""What a text is as a whole, and that a person who knows it settles it for every row."""

import datetime as dt
import json
import re
import subprocess
from typing import get_args

import pytest
from tests.made.commands import quick_command

from caravana.cli.articles.page import decision_page
from caravana.cli.articles.shown import unsure_lines
from caravana.cli.articles.whole import read_known
from caravana.cli.articles.words import RowWords, words_of
from caravana.errors import UsageError
from caravana.importers.articles.linking.whole import KnownText
from caravana.importers.articles.proposals import propose
from caravana.language.faults import message_words
from caravana.language.language import load_language
from caravana.scenario.vocabulary import ObservationKind, Qualifier, Side

DAY = dt.date(2021, 10, 26)
EVE = DAY - dt.timedelta(days=1)
TEXT = """Huixtla, Chiapas. Oct. 26, 2021

Some 2,500 people slept on the courts. There were 140 with sore feet and 61 children. Police counted 1,900.
"""


def read(*more, cwd):
    words = [quick_command(), "read", "nota.txt", "tapachula-2021", *more]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def rows(scenario, **known):
    return [p.readings[0] for p in propose(TEXT, scenario, published=DAY, known=KnownText(**known)).proposals]


def test_a_text_says_what_it_is_as_a_whole_with_shares(scenario):
    whole = propose(TEXT, scenario, published=DAY).whole
    assert whole is not None
    assert {side for side, _ in whole.voices} == {"press", "agency", "observer", "organisers", "authorities"}
    for some in (whole.voices, whole.days, whole.seats):
        assert sum(share for _, share in some) == pytest.approx(1.0)
        assert [share for _, share in some] == sorted((share for _, share in some), reverse=True)
    assert whole.seats[0][0] == "huixtla"


@pytest.mark.parametrize("voice", ["observer", "organisers", "agency"])
def test_whose_words_it_is_holds_for_every_figure_that_nobody_else_gives(scenario, voice):
    counted = {row.low: row.side for row in rows(scenario, voice=voice)}
    assert counted[2500] == voice
    assert counted[1900] == "authorities"


@pytest.mark.parametrize("day", [DAY, EVE])
def test_the_day_it_tells_of_moves_what_has_no_day_of_its_own(scenario, day):
    assert {row.date for row in rows(scenario, day=day) if row.low == 2500} == {day}


def test_where_the_caravan_is_moves_what_has_no_place_of_its_own(scenario):
    text = "Oct. 26, 2021\n\nSome 2,500 people slept on the courts. Police counted 1,900.\n"
    at = {p.readings[0].place for p in propose(text, scenario, published=DAY, known=KnownText(seat="isla")).proposals}
    assert at == {"isla"}


def test_what_is_open_is_asked_in_both_languages_and_what_is_sure_is_not():
    shares = [{"value": "press", "share": 0.6}, {"value": "observer", "share": 0.3}]
    contents = {"whole": {"voice": shares, "at": [{"value": "huixtla", "share": 1.0}]}}
    english, spanish = (RowWords(load_language(code), {}) for code in ("en", "es"))
    (line,) = unsure_lines(contents, english)
    assert "--voice observer" in line
    assert unsure_lines(contents, spanish) == [
        "¿De quién son las palabras: prensa o observador? Para decirlo de todo el texto: --voice observer"
    ]
    assert unsure_lines({"whole": {"voice": [shares[0] | {"share": 0.9}, shares[1]]}}, english) == []


def test_a_row_is_shown_in_words(scenario):
    words = words_of(scenario, load_language("es"))
    row = {
        "kind": "headcount", "low": 4000.0, "high": None, "qualifier": "more_than",
        "place": "huixtla", "date": "2021-10-26", "side": "organisers",
    }  # fmt: skip
    assert words.line(row) == "Personas: más de 4000 · Huixtla · 26 de octubre de 2021 · organizadores"
    night = row | {"kind": "position", "low": None, "qualifier": "exact", "place": None, "date": None, "side": "press"}
    assert words.line(night) == "Dónde durmió · sin lugar · sin día · prensa"
    typed = RowWords(load_language("en"), {}).line(row | {"date": "tomorrow"})
    assert typed == "People: more than 4,000 · huixtla · tomorrow · organisers"


def test_every_kind_qualifier_and_side_has_words():
    for code in ("en", "es"):
        words = RowWords(load_language(code), {})
        for kind in get_args(ObservationKind):
            assert f"tonight.kind.{kind}" in words.language.texts
        assert all(words.qualifier(one) for one in get_args(Qualifier))
        assert all(f"observe.by.{side}" in words.language.texts for side in get_args(Side))


def test_the_page_asks_it_too(scenario):
    contents = propose(TEXT, scenario, published=DAY).as_json() | {"name": "nota"}
    contents["whole"] = {"tells_of": [{"value": "2021-10-26", "share": 0.5}, {"value": "2021-10-25", "share": 0.5}]}
    page = decision_page([contents], [TEXT], scenario, load_language("es"))
    assert '<p class="ask">' in page
    assert '<option value="headcount"' in page
    assert not re.search(r">(kind|low|high|qualifier|side|headcount|more_than|organisers)<", page)
    assert "--tells-of 2021-10-25" in page


def test_the_command_takes_it_and_refuses_what_is_none_all_at_once(tmp_path):
    (tmp_path / "nota.txt").write_text(TEXT)
    told = json.loads(read("--json", "--voice", "observer", cwd=tmp_path).stdout)
    assert told["whole"]["voice"] == [{"value": "observer", "share": 1.0}]
    done = read("--voice", "pres", "--at", "huixlta", "--tells-of", "ayer", cwd=tmp_path)
    assert done.returncode == 2
    assert "--tells-of" in done.stderr
    assert "'press'" in done.stderr
    assert "'huixtla'" in done.stderr
    assert "Traceback" not in done.stderr


def test_refusals_have_spanish_words_line_by_line(scenario):
    with pytest.raises(UsageError) as refused:
        read_known(scenario, "pres", None, "huixlta")
    side, place = message_words(str(refused.value), load_language("es")).split("\n")
    assert "no es ninguno de authorities" in side
    assert "el escenario no tiene ningún lugar 'huixlta' (¿quiso decir 'huixtla'?)" in place


def test_where_people_live_in_camps_nobody_is_asked_where_the_caravan_is(scenario):
    text = "Oct. 26, 2021\n\nSome 2,500 people are in Huixtla. Others went on from Escuintla to Mapastepec.\n"
    whole = propose(text, scenario.model_copy(update={"caravans": ()}), published=DAY).whole
    assert whole is not None
    assert len(whole.seats) == 1


@pytest.mark.parametrize(
    ("figure", "spanish", "english"),
    [
        ({"low": 250.0, "high": 300.0, "qualifier": "range"}, "250\N{EN DASH}300", "250\N{EN DASH}300"),
        ({"low": 190.0, "high": 190.0, "qualifier": "about"}, "cerca de 190", "about 190"),
        ({"low": 900.0, "high": None, "qualifier": "more_than"}, "más de 900", "more than 900"),
    ],
)
def test_a_figure_reads_as_a_sentence_would_have_it(figure, spanish, english):
    for words, said in ((RowWords(load_language("es"), {}), spanish), (RowWords(load_language("en"), {}), english)):
        assert words.figure({"kind": "headcount", **figure}) == said
