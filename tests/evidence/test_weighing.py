"""Contested claims weighed: both readings on the same streams, ranked, in one sentence each."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.made.disputed import disputed_scenario

from caravana.errors import UsageError
from caravana.evidence.weighing import ANSWERS, as_json, weigh
from caravana.language.language import load_language
from caravana.reporting.pages.claims import figure, render, rows, sentence


@pytest.fixture(scope="module")
def weighing():
    return weigh(disputed_scenario(), members=64, workers=1)


def by_claim(weighing):
    return {w.claim.id: w for w in weighing.weights}


def test_every_contested_claim_is_weighed_strongest_first(weighing):
    strengths = [w.strength for w in weighing.weights]
    assert strengths == sorted(strengths, reverse=True)
    assert set(by_claim(weighing)) == {"many", "money", "trusted", "age", "count", "fees"}


def test_a_claim_on_which_nothing_depends_is_told_so(weighing):
    assert by_claim(weighing)["age"].how == "none"
    words = load_language("en")
    assert sentence(weighing, by_claim(weighing)["age"], words) == "Nothing we can compute depends on this claim."


def test_readings_move_the_answers_that_they_should(weighing):
    money = by_claim(weighing)["money"]
    assert money.strongest == "smugglers_per_1000"
    assert money.shifts["smugglers_per_1000"].share_higher > 0.9
    many = by_claim(weighing)["many"].shifts["headcount"]
    assert many.true > 2 * many.false


def test_a_reading_that_is_missing_leaves_the_claim_open(weighing):
    trusted = by_claim(weighing)["trusted"]
    assert trusted.how == "runs"
    assert trusted.shifts["accepted_cards"].false == 0
    assert trusted.shifts["accepted_cards"].true > 0


def test_a_claim_about_a_count_picks_among_runs(weighing):
    count = by_claim(weighing)["count"]
    assert count.how == "picked"
    assert min(count.members) >= 10
    assert sum(count.members) <= 64
    assert count.shifts["headcount"].true > count.shifts["headcount"].false


def test_it_is_the_same_again(weighing):
    again = weigh(disputed_scenario(), members=64, workers=1)
    assert as_json(again) == as_json(weighing)


def test_json_is_whole(weighing):
    told = json.loads(json.dumps(as_json(weighing), allow_nan=False))
    assert set(told["open"]) == set(ANSWERS)
    assert {c["how"] for c in told["claims"]} == {"none", "picked", "runs"}


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_page_tells_every_claim_in_one_sentence(weighing, code):
    words = load_language(code)
    told = rows(weighing, words)
    assert all(r["does"].endswith(".") for r in told)
    page = render(weighing, version="0", language=code)
    assert page.count("<circle") == figure(weighing, words).count("<circle") >= 2 * len(ANSWERS)
    assert "http://" not in page
    assert "https://" not in page


def test_a_claim_about_the_very_count_asked_for_is_not_held_against_it():
    on = dt.date(2021, 10, 25)
    weighing = weigh(disputed_scenario(), members=64, workers=1, on=on)
    assert "headcount" not in by_claim(weighing)["count"].shifts
    assert "headcount" in by_claim(weighing)["many"].shifts
    assert render(weighing, version="0")


def test_a_scenario_without_contested_claims_is_refused():
    with pytest.raises(UsageError, match="no contested claim"):
        weigh(disputed_scenario(claims=(), readings=(), observations=()), members=64)
