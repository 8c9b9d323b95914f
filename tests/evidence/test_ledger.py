"""The ledger: every number with what it rests on, assumptions without evidence first."""

from __future__ import annotations

import json

import pytest
from tests.made.disputed import disputed_scenario

from caravana.evidence.ledger import as_json, contested, read_ledger
from caravana.models.scenarios import load_scenario


@pytest.fixture(scope="module")
def ledger():
    return read_ledger(load_scenario("tapachula-2021"))


def test_the_bundled_caravan_has_no_number_without_a_basis(ledger):
    assert ledger.without_basis == ()


def test_it_has_the_sixteen_claims_of_the_report(ledger):
    ids = {c.id for c in ledger.scenario.claims}
    assert {f"seed-{n:02}" for n in range(1, 17)} <= ids


def test_every_parameter_event_observation_and_policy_is_in_it(ledger):
    listed = {(n.table, n.id) for n in ledger.numbers}
    for table in ("parameters", "events", "observations", "policies"):
        assert {(table, getattr(r, "id", None) or r.name) for r in getattr(ledger.scenario, table)} <= listed


def test_assumptions_without_evidence_stand_first_and_then_what_is_disputed(ledger):
    order = [0 if n.without_evidence else 1 if n.disputed else 2 for n in ledger.numbers]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}


def test_a_number_rests_on_claims_through_its_events_and_observations():
    scenario = disputed_scenario()
    numbers = {n.id: n for n in read_ledger(scenario).numbers}
    assert numbers["obs"].claims == numbers["turnout"].claims == ("many",)
    assert numbers["turnout"].disputed == ("many",)
    assert numbers["rest_chance"].without_evidence


def test_a_number_that_rests_on_nothing_is_told_first():
    scenario = disputed_scenario()
    bare = scenario.observations[0].model_copy(update={"id": "bare", "claim_ids": (), "source_id": None})
    ledger = read_ledger(scenario.model_copy(update={"observations": (*scenario.observations, bare)}))
    assert [n.id for n in ledger.without_basis] == ["bare"]
    assert ledger.numbers[0].id == "bare"
    assert as_json(ledger)["without_basis"] == [{"table": "observations", "id": "bare"}]


def test_a_claim_knows_what_rests_on_it(ledger):
    assert "turnout" in ledger.rests["seed-08"]
    assert "seat_hazard" in ledger.rests["seed-03"]


def test_json_carries_claims_and_what_is_without_basis(ledger):
    told = json.loads(json.dumps(as_json(ledger)))
    assert told["without_basis"] == []
    by_id = {c["id"]: c for c in told["claims"]}
    assert by_id["seed-03"]["contested"]
    assert by_id["seed-03"]["readings"] == ["true", "false"]
    assert by_id["seed-15"]["readings"] == []
    assert told["assumptions"][0] in {n["id"] for n in told["numbers"]}


def test_an_uncontested_claim_is_not_to_be_weighed():
    claims = {c.id: c for c in disputed_scenario().claims}
    assert contested(claims["many"])
    assert not contested(claims["plain"])
