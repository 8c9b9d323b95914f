"""One world against another: paired, reproducible, harm first, and the same people in both."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest
from tests.made.disputed import disputed_scenario

from caravana.errors import RunError, UsageError
from caravana.evidence.taken import take
from caravana.language.language import load_language
from caravana.reporting.pages.comparison import LETTERS, NOT_DRAWN, as_json, effects_figure, name_beside, render
from caravana.reporting.pages.comparison_words import about_outcomes, about_receipts, unsettled_claim
from caravana.results.outcomes import COMPARED, compared_outcomes, reached_places
from caravana.simulation import simulate
from caravana.studies.compare import compare
from caravana.studies.money import ledger_rows, organisers_receipts, smugglers_receipts, who_pays_whom
from caravana.studies.rank_correlation import noise_of, rank_correlations


@pytest.fixture(scope="module")
def scenario():
    return disputed_scenario()


@pytest.fixture(scope="module")
def found(scenario):
    return compare(take(scenario, {}), ["no-caravan"], members=64, workers=1)


def test_harm_stands_first(found):
    harm = [e.outcome.harm for e in found.effects("set_out")]
    assert harm == sorted(harm, reverse=True)
    assert [o.key for o in COMPARED[:3]] == ["deaths", "injuries", "detentions"]


def test_the_same_people_are_counted_in_both_worlds(found):
    worlds = found.values["set_out"]
    assert np.array_equal(worlds["base"]["people"], worlds["policy"]["people"])
    people = next(e for e in found.effects("set_out") if e.outcome.key == "people")
    assert people.difference == {"low": 0, "median": 0, "high": 0}
    assert people.share_lower == people.share_higher == 0


def test_the_base_run_is_the_plain_run_of_that_seed(found, scenario):
    plain = simulate(scenario, members=64, workers=1)
    for table in ("flows", "payments"):
        mine, theirs = (r.query(f"SELECT * FROM {table} ORDER BY ALL") for r in (found.base, plain))
        pd.testing.assert_frame_equal(mine, theirs)


def test_receipts_are_of_the_people_who_set_out(found):
    told = smugglers_receipts(found)
    base = found.values["set_out"]["base"]
    usd = found.base.query(
        "SELECT member, sum(cohort_usd) AS usd FROM ledger WHERE payee = 'smugglers' GROUP BY member"
    ).set_index("member")["usd"]
    each = usd.reindex(base.index).fillna(0) / base["people"] * 1000
    assert told["with_caravan"]["median"] == pytest.approx(float(each.median()))
    assert told["difference_is"] == "with the caravan less without it"


def test_the_difference_and_its_share_go_together(found):
    told = smugglers_receipts(found)
    worlds = found.values["set_out"]
    gap = worlds["base"]["smugglers_per_1000"] - worlds["policy"]["smugglers_per_1000"]
    assert told["difference"]["low"] <= told["difference"]["median"] <= told["difference"]["high"]
    assert told["difference"]["median"] == pytest.approx(float(gap.median()))
    assert told["share_lower"] == pytest.approx(float((gap < 0).mean()))


@pytest.mark.parametrize("code", ["en", "es"])
def test_noise_is_said_first_and_has_no_bar(found, code):
    words = load_language(code)
    said = words.text("whatif.page.no_difference")
    noise = {"low": -5.0, "median": 0.1, "high": 5.0}
    told = {**smugglers_receipts(found), "difference": noise, "share_lower": 0.48}
    assert about_receipts(found, told, words)[0] == said
    firm = {**told, "difference": {"low": 1.0, "median": 2.0, "high": 5.0}, "share_lower": 0.0}
    assert said not in about_receipts(found, firm, words)
    effect = next(e for e in found.effects("set_out") if e.outcome.key not in NOT_DRAWN)
    chance = dataclasses.replace(effect, difference=noise, share_lower=0.48, share_higher=0.49)
    drawn = [str(effects_figure([one], found, words)) for one in (chance, dataclasses.replace(chance, share_lower=0.9))]
    assert [said in page for page in drawn] == [True, False]
    assert ["<rect" in page for page in drawn] == [False, True]


def test_no_name_beside_the_bars_is_longer_than_its_room():
    name = "In Basílica de Guadalupe (Ciudad de México) or beyond, on the last day"
    lines = re.findall(r">([^<]+)<", "".join(name_beside(name, 0)))
    assert " ".join(lines) == name
    assert max(map(len, lines)) <= LETTERS < len(name)


def test_three_parameters_decide_and_are_among_those_drawn(found):
    told = smugglers_receipts(found)["decided_by"]
    assert {d["parameter"] for d in told} == {"turnout", "seat_hazard", "seat_price"}
    rho = [abs(d["rank_correlation"]) for d in told]
    assert rho == sorted(rho, reverse=True)
    assert told[0]["parameter"] == "seat_hazard"
    assert told[0]["beyond_chance"]


def test_it_is_the_same_again_and_other_with_another_seed(found, scenario):
    again = compare(take(scenario, {}), ["no-caravan"], members=64, workers=1)
    other = compare(take(scenario, {}), ["no-caravan"], members=64, seed=2, workers=1)
    assert as_json(again) == as_json(found)
    assert as_json(other)["smugglers_receipts"] != as_json(found)["smugglers_receipts"]


def test_json_is_whole(found):
    told = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert told["members"] == 64
    assert len(told["outcomes"]["set_out"]) == len(told["outcomes"]["everyone"]) == len(COMPARED)
    assert told["money"]["organisers_receipts"]["usd"] is None
    assert set(told["headline"]) == {"en", "es"}
    assert told["headline"]["en"]["not_settled"]["claim"] == "money"


def test_organisers_receipts_are_told_only_if_a_claim_gives_them(found, scenario):
    told = organisers_receipts(found)
    assert told["usd"] is None
    assert "no source quantifies them" in told["why"]
    taken = compare(take(scenario, {"fees": "true"}), ["no-caravan"], members=64, workers=1, taken={"fees": "true"})
    told = organisers_receipts(taken)
    # Who left and joins again pays again.
    people = taken.values["set_out"]["base"]["people"]
    assert float(people.median()) <= told["usd"]["base"]["median"] / 100 <= 1.2 * float(people.median())
    assert told["usd"]["policy"]["median"] == 0
    assert "because fees is taken as true" in told["why"]


def test_a_claim_about_a_count_keeps_only_the_runs_that_meet_it(scenario, found):
    taken = compare(take(scenario, {"count": "true"}), ["stricter"], members=64, workers=1)
    assert 0 < len(taken.members) < len(found.members)


def test_a_count_that_no_run_meets_is_refused(scenario):
    rows = tuple(r.model_copy(update={"low": 1e6} if r.claim == "count" else {}) for r in scenario.readings)
    with pytest.raises(RunError, match="none of them meets the claims"):
        compare(take(scenario.model_copy(update={"readings": rows}), {"count": "true"}), ["stricter"], members=64)


def test_the_ledger_names_payer_payee_mode_and_leg(found):
    table = who_pays_whom(found.base)
    assert set(table["leg"]) <= {"Home", "Beyond"}
    assert set(table["mode"]) <= {"vehicle off the route", "bus", "on foot"}
    rows = ledger_rows(found)
    # Without a caravan nobody pays from within one.
    assert all(r["policy"]["high"] == 0 for r in rows if r["payer"] == "caravan")


def test_enforcement_moves_detentions_and_lets_no_one_pay_more_for_it(scenario):
    strict = compare(take(scenario, {}), ["strictest"], members=64, workers=1)
    effect = next(e for e in strict.effects("set_out") if e.outcome.key == "detentions")
    assert effect.share_higher > 0.9
    told = smugglers_receipts(strict)
    assert told["difference_is"] == "with the policy less without it"


def test_a_policy_is_told_in_words_where_runs_agree(scenario):
    words = load_language("en")
    strict = compare(take(scenario, {}), ["strictest"], members=64, workers=1)
    told = about_outcomes(strict, words)
    assert told[0] == "Of those who set out:"
    assert any(line.startswith("Detentions: more in ") for line in told)
    nothing = scenario.model_copy(
        update={"policies": tuple(p.model_copy(update={"value": 1.0}) for p in scenario.policies)}
    )
    same = compare(take(nothing, {}), ["stricter"], members=64, workers=1)
    assert about_outcomes(same, words) == ["No outcome differs clearly: runs do not agree on a direction."]


def test_outcomes_of_those_who_set_out_need_a_run_that_followed_them(scenario):
    with pytest.raises(RunError, match="did not follow"):
        compared_outcomes(simulate(scenario, members=64, workers=1), "set_out")


def test_the_destination_and_all_beyond_count_as_reached(scenario):
    assert reached_places(scenario) == ("p7",)


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_page_stands_alone_and_says_what_is_not_settled(found, code):
    page = render(found, language=code)
    words = load_language(code)
    assert words.text("whatif.caravan.question") in page
    assert words.text("whatif.unset.organisers").replace("'", "&#39;") in page
    assert 'class="open"' in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_the_unsettled_claim_of_the_bundled_caravan_is_the_ambassadors():
    from caravana.models.scenarios import load_scenario

    claim = unsettled_claim(load_scenario("tapachula-2021"))
    assert claim is not None
    assert claim.id == "seed-03"


def test_an_unknown_language_is_refused(found):
    with pytest.raises(UsageError, match="'fr'"):
        render(found, language="fr")


def test_rank_correlation_is_spearmans():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.standard_normal((50, 3)), columns=list("abc"))
    answer = pd.Series(np.exp(frame["b"] + rng.standard_normal(50)))
    found = rank_correlations(frame, answer)
    for name in frame:
        assert found[name] == pytest.approx(spearmanr(frame[name], answer).statistic)
    assert found.index[0] == "b"


def test_chance_gives_no_stronger_correlation_than_is_allowed_for():
    rng = np.random.default_rng(2)
    strongest = [
        rank_correlations(pd.DataFrame(rng.random((64, 20))), pd.Series(rng.random(64))).abs().max() for _ in range(200)
    ]
    assert np.mean(np.array(strongest) > noise_of(64, 20)) < 0.1


def test_the_bundled_caravan_answers_the_headline():
    from caravana.models.scenarios import load_scenario

    found = compare(take(load_scenario("tapachula-2021"), {}), ["no-caravan"], members=64)
    told = as_json(found)
    receipts = told["smugglers_receipts"]
    assert receipts["difference"]["low"] < 0 < receipts["difference"]["high"]
    assert 0.3 < receipts["share_lower"] < 0.8
    assert {"seat_logodds", "seat_hazard"} & {d["parameter"] for d in receipts["decided_by"]}
    assert told["headline"]["en"]["not_settled"]["claim"] == "seed-03"
    # Those who set out are 1,000 to 5,000, and more of them are detained on their own than together.
    effects = {e["outcome"]: e for e in told["outcomes"]["set_out"]}
    assert 1000 < effects["people"]["base"]["median"] < 5000
    assert effects["detentions"]["share_higher"] > 0.7
