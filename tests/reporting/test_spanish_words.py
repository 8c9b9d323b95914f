"""No English word stands in the Spanish of a page but in proper names: by the words of the catalogues themselves."""

from __future__ import annotations

import html
import re

from tests.made.displacement_run import make_scenario
from tests.reporting.test_tonight import camps, part_of  # noqa: F401 - a fixture

from caravana.language.language import load_language
from caravana.reporting.tonight.page import render_tonight

#: What a fixture calls itself, and a country that Spanish texts of the catalogues do not name.
NEITHER = {"test", "mali"}
WORD = re.compile(r"[^\W\d_]{3,}")


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}


def english_words() -> set[str]:
    """Words that are in English texts of the catalogues, and in no Spanish one."""
    english, spanish = (
        words_of(" ".join(re.sub(r"\{[^}]*\}|<[^>]*>", " ", text) for text in load_language(code).texts.values()))
        for code in ("en", "es")
    )
    return english - spanish


def shown(part: str) -> str:
    """What a reader sees or hears of a part of a page: its text, and what marks say for those who do not see."""
    part = part.partition(">")[2]  # of the part's own mark
    spoken = re.findall(r'(?:aria-label|alt|title|placeholder|data-label)="([^"]*)"', part)
    plain = re.sub(r"<(style|script)\b.*?</\1>", " ", part, flags=re.DOTALL)
    return html.unescape(" ".join([re.sub(r"<[^>]+>", " ", plain), *spoken]))


def names_of(scenario) -> set[str]:
    """Words of proper names: places, sources, whoever spoke."""
    told = [scenario.name, scenario.title, *(place.name for place in scenario.places)]
    told += [f"{one.publisher} {getattr(one, 'title', '')}" for one in scenario.sources]
    told += [caravan.name for caravan in scenario.caravans]
    return words_of(" ".join(map(str, told))) | NEITHER


def test_words_of_one_language_are_known():
    assert {"tomorrow", "people", "night", "reported"} <= english_words()
    assert "personas" not in english_words()


def test_the_page_of_tonight(evening):
    kept = english_words() - names_of(evening.scenario)
    assert words_of(shown(part_of(render_tonight(evening, language="es"), "es"))) & kept == set()


def test_the_page_of_camps(camps):  # noqa: F811 - the fixture
    kept = english_words() - names_of(make_scenario()) - words_of(camps.name)
    assert words_of(shown(part_of(render_tonight(camps, language="es"), "es"))) & kept == set()


def test_an_english_word_is_seen():
    assert words_of("Tomorrow duerme en Huixtla") & english_words() == {"tomorrow"}
