from __future__ import annotations

import datetime as dt

import pytest

from caravana.errors import UsageError
from caravana.language.language import LANGUAGES, load_language, significant

EN, ES = load_language("en"), load_language("es")
THIN = "\u202f"


def test_catalogues_have_the_same_keys() -> None:
    assert set(EN.texts) == set(ES.texts)


def test_no_text_is_empty_or_left_in_the_other_language() -> None:
    same = {k for k in EN.texts if EN.texts[k] == ES.texts[k]}
    assert all(EN.texts.values())
    assert all(ES.texts.values())
    # What is alike in both: a name, a sign, a pattern.
    assert same <= {
        "unit.m2", "answer.stop", "learned.part.said_by", "card.assumptions.group", "card.skill.crps",
        "pooled.unit.none", "pooled.unit.km", "pooled.unit.log", "supplies.plan_sheet", "supplies.columns.kit",
        "supplies.columns.kits", "supplies.columns.pcode", "supplies.pages.read", "tonight.trigger_answer.no",
        "trigger.answer.no", "exchangecolumn.n",
        "web.script.no",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "digits", "english", "spanish"),
    [
        (0, 0, "0", "0"),
        (1234, 0, "1,234", "1234"),
        (12500, 0, "12,500", f"12{THIN}500"),
        (1234567, 0, "1,234,567", f"1{THIN}234{THIN}567"),
        (3.5, 1, "3.5", "3,5"),
        (12345.67, 1, "12,345.7", f"12{THIN}345,7"),
        (-1234, 0, "−1,234", "−1234"),
    ],
)
def test_numbers(value: float, digits: int, english: str, spanish: str) -> None:
    assert EN.number(value, digits=digits) == english
    assert ES.number(value, digits=digits) == spanish


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0, 0), (7, 7), (44, 44), (387, 390), (1234, 1200), (1250, 1300), (0.0234, 0.023), (3.14159, 3.1), (99.6, 100)],
)
def test_two_figures(value: float, kept: float) -> None:
    assert significant(value) == pytest.approx(kept)


def test_rounded_shows_no_more_than_is_known() -> None:
    assert EN.rounded(1234) == "1,200"
    assert EN.rounded(3.14159) == "3.1"
    assert EN.rounded(0.0234) == "0.023"
    assert ES.rounded(0.0234) == "0,023"
    assert EN.rounded(58_123_456) == "58 million"
    assert ES.rounded(2_540_000) == "2,5 millones"
    assert ES.rounded(999_900) == "1 millón"


def test_spans() -> None:
    assert EN.span(1234, 4071) == "1,200–4,100"
    assert EN.span(101, 99.8) == "100"
    assert EN.span(1_134_000, 8_190_000) == "1.1–8.2 million"
    assert ES.span(812_000, 8_190_000) == f"810{THIN}000–8,2 millones"
    assert EN.span(-2.8, -0.2) == "−2.8 to −0.20"
    assert ES.span(-2.8, 0.2) == "de −2,8 a 0,20"


def test_dates() -> None:
    day = dt.date(2021, 11, 9)
    assert EN.day_long(day) == "Tuesday 9 November 2021"
    assert ES.day_long(day) == "martes 9 de noviembre de 2021"
    assert (EN.day_short(day), ES.day_short(day)) == ("9 Nov", "9 nov")
    assert (EN.day(day), ES.day(day)) == ("9 November", "9 de noviembre")
    assert ES.day_year(day) == "9 de noviembre de 2021"


@pytest.mark.parametrize(
    ("share", "english", "spanish"),
    [
        (0, "none of the runs", "ninguna simulación"),
        (0.01, "fewer than 1 in 20 runs", "menos de 1 de cada 20 simulaciones"),
        (0.05, "1 in 20 runs", "1 de cada 20 simulaciones"),
        (0.8, "8 in 10 runs", "8 de cada 10 simulaciones"),
        (0.95, "19 in 20 runs", "19 de cada 20 simulaciones"),
        (0.99, "more than 19 in 20 runs", "más de 19 de cada 20 simulaciones"),
        (1, "all runs", "todas las simulaciones"),
    ],
)
def test_natural_frequencies(share: float, english: str, spanish: str) -> None:
    assert EN.chance(share) == english
    assert ES.chance(share) == spanish


def test_a_share_and_its_complement_add_to_ten() -> None:
    for percent in range(8, 93):
        tenths = [int(EN.chance(p / 100, short=True).split()[0]) for p in (percent, 100 - percent)]
        assert sum(tenths) == 10, percent


def test_lists() -> None:
    assert EN.listed([]) == ""
    assert EN.listed(["a"]) == "a"
    assert EN.listed(["a", "b", "c"]) == "a, b and c"
    assert ES.listed(["Arriaga", "Isla"]) == "Arriaga e Isla"
    assert ES.listed(["Isla", "Arriaga"]) == "Isla y Arriaga"


def test_the_scenario_speaks_the_language_it_has() -> None:
    assert ES.choose("Mexico", "México") == "México"
    assert ES.choose("Mexico", "") == "Mexico"
    assert EN.choose("", "México") == "México"


def test_unknown_language() -> None:
    with pytest.raises(UsageError, match=r"'fr'; there are: en, es"):
        load_language("fr")
    assert LANGUAGES == ("en", "es")
