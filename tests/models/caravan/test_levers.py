"""Every lever of the bundled policies acts, and none changes a draw before it does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from tests.made.small import parameters, small_scenario

from caravana.ensemble.design import draw_parameters
from caravana.models.base import Task
from caravana.models.caravan.model import simulate_block
from caravana.scenario.model import Call, Caravan, Event, Policy

START = dt.date(2021, 10, 23)


def policy(lever, **fields):
    return Policy(id="lever", title="x", lever=lever, **{"start": START, **fields})


def run(scenario, *policies, **options):
    draws = draw_parameters(scenario, seed=3, block=0)
    return simulate_block(Task(scenario, policies, draws, 3, 0, scenario.days, **options))


def flow(tables, name):
    """Persons by member that a flow moved."""
    table = tables["flows"]
    labels = table["flow"].labels
    code = labels.index(name) if name in labels else -1
    chosen = table["flow"].codes == code
    return np.bincount(table["member"][chosen], weights=table["persons"][chosen], minlength=64)


def persons(tables, *, day, status):
    table = tables["people"]
    chosen = (table["day"] == day) & (table["status"].codes == table["status"].labels.index(status))
    return np.bincount(table["member"][chosen], weights=table["persons"][chosen], minlength=64)


@pytest.fixture(scope="module")
def road():
    return small_scenario(towns=8, days=10)


@pytest.fixture(scope="module")
def base(road):
    return run(road)


def test_a_card_that_is_trusted_is_taken(road, base):
    trusted = run(road, policy("cards_credible"))
    assert flow(base, "accepted").sum() == 0
    assert flow(trusted, "accepted").sum() > 0


def test_an_offer_is_believed_after_its_delay():
    late = small_scenario(days=8, offer_delay=4)
    tables = run(late, policy("cards_offered"))
    table = tables["flows"]
    accepted = table["flow"].codes == table["flow"].labels.index("accepted")
    assert table["day"][accepted].min() == 4


def test_lifts_carry_the_caravan_further_than_none(road):
    free = run(road, policy("lifts", value=1.0))["caravans"]
    none = run(road, policy("lifts", value=0.0))["caravans"]
    assert none["mode"].codes.tolist().count(none["mode"].labels.index("lift")) == 0
    assert free["km"].sum() > none["km"].sum()


def test_enforcement_detains_more(road, base):
    assert flow(run(road, policy("enforcement", value=5.0)), "detained").sum() > flow(base, "detained").sum()


def test_a_medical_post_keeps_people_out_of_hospital():
    road = small_scenario(towns=6, days=8, treated_rate=0.2, referral_share=0.2)
    posts = policy("medical_post", place_ids=tuple(p.id for p in road.places))
    assert flow(run(road, posts), "in_care").sum() < 0.7 * flow(run(road), "in_care").sum()


def test_a_medical_post_halves_deaths_in_care():
    road = small_scenario(towns=6, days=12, treated_rate=0.5, referral_share=0.5, care_death=0.1, recovery_rate=0.05)
    posts = policy("medical_post", place_ids=tuple(p.id for p in road.places))
    rates = []
    for policies in ((), (posts,)):
        tables = run(road, *policies)
        rates.append(flow(tables, "died").sum() / flow(tables, "in_care").sum())
    assert rates[1] < 0.75 * rates[0]


def test_cards_issued_at_the_office_document_people(road, base):
    issued = run(road, policy("cards_issued", value=50.0))
    assert flow(issued, "documented").sum() > flow(base, "documented").sum()


def test_cards_issued_before_the_first_day_keep_people_at_home(road, base):
    before = policy("cards_issued", value=5.0, start=START - dt.timedelta(days=20), end=START - dt.timedelta(days=1))
    assembled = flow(run(road, before), "assembled").sum(), flow(base, "assembled").sum()
    # 100 parties of 1.9 persons hold cards, of a pool of 500 persons.
    assert assembled[0] / assembled[1] == pytest.approx(1 - 100 * 1.9 / 500, abs=0.06)


def test_a_call_sets_how_many_answer_it():
    call = Call(id="video", date=START + dt.timedelta(days=1), place_id="p0", delay="offer_delay")
    caravans = (
        *small_scenario().caravans,
        Caravan(id="called", name="Called", itinerary="way", assembles_at="p0", turnout="turnout", call="video"),
    )
    road = small_scenario(days=6, calls=(call,), caravans=caravans, stuck_pool=5000, offer_delay=2, inflow=0)
    called = policy("call", value=1500.0, place_ids=("p0",))
    with_call, without = (flow(run(road, *p), "assembled").mean() for p in ((called,), ()))
    assert without == pytest.approx(240, rel=0.1)
    assert with_call == pytest.approx(120 + 1500, rel=0.05)


def test_without_a_caravan_the_same_people_set_out_alone(road, base):
    alone = run(road, policy("no_caravan"))
    assert np.array_equal(flow(alone, "set_out_alone"), flow(base, "assembled"))
    assert flow(alone, "assembled").sum() == 0
    assert flow(alone, "joined").sum() == 0
    assert not alone["caravans"]["active"].any()
    assert flow(alone, "walked_alone").sum() > 0
    assert flow(alone, "applied").sum() > 0


def test_people_who_have_not_left_the_origin_are_not_detained_as_stragglers():
    road = small_scenario(days=5, walk_logodds=-60, seat_logodds=-60, go_back_logodds=-60, detention_alone=5.0)
    alone = run(road, policy("no_caravan"))
    assert flow(alone, "set_out_alone").sum() > 0
    assert flow(alone, "detained").sum() == 0


def test_without_a_caravan_nobody_walks_in_company():
    road = small_scenario(days=8, company_exponent=1.5, detention_alone=0.5, walk_logodds=2)
    assert flow(run(road, policy("no_caravan")), "detained").sum() > 5 * flow(run(road), "detained").sum()


def test_a_policy_changes_nothing_before_it_begins():
    road = small_scenario(towns=8, days=10, parameters=parameters(hazard_drift=0.1))
    late = policy("enforcement", value=9.0, start=START + dt.timedelta(days=6))
    before, after = run(road), run(road, late)
    same = [t["people"]["day"] < 6 for t in (before, after)]
    for column in ("parties", "member"):
        assert np.array_equal(before["people"][column][same[0]], after["people"][column][same[1]])
    assert not np.array_equal(before["people"]["parties"], after["people"]["parties"])


def test_events_still_meet_the_caravan_with_policies_in_force():
    clash = Event(id="clash", date=START + dt.timedelta(days=2), kind="clash")
    road = small_scenario(days=6, events=(clash,), clash_injured=300)
    assert flow(run(road, policy("lifts", value=0.0)), "injured").sum() > 0
