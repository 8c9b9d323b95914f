"""Claims taken as true or false: what becomes of the inputs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.made.disputed import disputed_scenario

from caravana.ensemble.design import draw_parameters
from caravana.errors import UsageError
from caravana.evidence.taken import parse_taken, take
from caravana.models.scenarios import check_scenario, load_scenario, scenario_hash, write_scenario
from caravana.scenario.model import Prior, Reading


@pytest.fixture
def scenario():
    return disputed_scenario()


def drawn(inputs):
    return draw_parameters(inputs.scenario, seed=1, block=0, settings=inputs.settings)


def test_a_claim_left_open_changes_nothing(scenario):
    inputs = take(scenario, {"many": "open"})
    assert inputs.scenario is scenario
    assert not inputs.simulates


@pytest.mark.parametrize("taken", ["true", "false"])
def test_other_parameters_keep_their_draws(scenario, taken):
    before, after = drawn(take(scenario, {})), drawn(take(scenario, {"many": taken}))
    for name in before:
        assert np.array_equal(before[name], after[name]) == (name != "turnout")


def test_a_prior_that_replaces_another_keeps_its_place_in_the_design(scenario):
    before, after = drawn(take(scenario, {})), drawn(take(scenario, {"many": "false"}))
    assert np.array_equal(np.argsort(before["turnout"]), np.argsort(after["turnout"]))
    assert np.median(after["turnout"]) == pytest.approx(60, rel=0.05)


def test_readings_put_policies_in_force_and_set_conditions(scenario):
    assert take(scenario, {"trusted": "true"}).policies == ("trust",)
    assert take(scenario, {"count": "false"}).counts[0].inside is False


def test_only_a_claim_taken_as_true_sets_what_organisers_receive(scenario):
    assert take(scenario, {}).organiser_fee is None
    taken = take(scenario, {"fees": "true"})
    assert taken.organiser_fee == 100
    assert taken.settings == {}


@pytest.mark.parametrize(
    ("taken", "message"),
    [
        ({"nobody": "true"}, "no claim nobody"),
        ({"age": "true"}, "nothing that is computed depends on claim age"),
        ({"trusted": "false"}, "nothing that is computed depends on claim trusted"),
    ],
)
def test_what_cannot_be_taken_is_refused(scenario, taken, message):
    with pytest.raises(UsageError, match=message):
        take(scenario, taken)


def test_claims_that_contradict_each_other_are_refused():
    bundled = load_scenario("tapachula-2021")
    with pytest.raises(UsageError, match="contradict each other: two of them set turnout"):
        take(bundled, {"seed-08": "true", "cc-08": "true"})
    both = take(bundled, {"seed-02": "true", "seed-03": "true"})
    assert list(both.priors) == ["seat_hazard"]


@pytest.mark.parametrize("pair", ["many", "many=perhaps", "=true"])
def test_a_pair_of_another_form_is_refused(pair):
    with pytest.raises(UsageError, match="expected CLAIM=true"):
        parse_taken([pair])


def test_a_claim_taken_both_ways_is_refused():
    with pytest.raises(UsageError, match="taken as true and as false"):
        parse_taken(["many=true", "many=false"])


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Reading(claim="many", taken="true"), "one of these keys"),
        (Reading(claim="many", taken="true", parameter="turnout", value=1, policy="trust"), "one of these keys"),
        (Reading(claim="many", taken="true", parameter="turnout"), "either a value or a prior"),
        (Reading(claim="many", taken="true", parameter="turn_out", value=1), "name of a parameter"),
        (Reading(claim="many", taken="true", parameter="turnout", value=-1), "within its parameter's bounds"),
        (Reading(claim="nobody", taken="true", parameter="turnout", value=1), "id of a claim"),
        (Reading(claim="many", taken="true", policy="nothing"), "id of a policy"),
        (Reading(claim="many", taken="true", date="2021-10-24"), "persons in the main caravan"),
        (Reading(claim="many", taken="true", date="2020-01-01", low=1), "a date within the scenario"),
        (Reading(claim="many", taken="true", date="2021-10-24", low=9, high=1), "not above high"),
        (Reading(claim="many", taken="true", parameter="organiser_fee", value=-5), "USD a person"),
        (
            Reading(claim="many", taken="true", parameter="rest_chance", prior=Prior(dist="beta", a=1, b=1)),
            "a value, as the parameter itself has no prior",
        ),
        (
            Reading(claim="many", taken="true", parameter="turnout", prior=Prior(dist="normal", mean=1)),
            "this key, a number",
        ),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_be_is_a_fault(scenario, reading, expected):
    faults = check_scenario(scenario.model_copy(update={"readings": (reading,)}))
    assert any(expected in str(f) for f in faults), faults


def test_readings_survive_writing_and_reading(scenario, tmp_path):
    write_scenario(scenario, tmp_path / "s")
    assert scenario_hash(load_scenario(tmp_path / "s")) == scenario_hash(scenario)


def test_every_reading_of_the_bundled_caravan_is_of_a_contested_claim_and_says_why():
    bundled = load_scenario("tapachula-2021")
    status = {c.id: c.status for c in bundled.claims}
    read = {(r.claim, r.taken) for r in bundled.readings}
    assert all(status[c] != "uncontested" for c, _ in read)
    for key in read:
        rows = [r for r in bundled.readings if (r.claim, r.taken) == key]
        assert rows[0].why, key
        assert rows[0].why_es, key
        take(bundled, {key[0]: key[1]})
