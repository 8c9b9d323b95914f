"""Every bundled scenario: no input without a basis; what a Spanish report needs is there in Spanish."""

import pytest

import caravana as cv

SCENARIOS = [found.name for found in cv.bundled()]


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_input_is_without_a_basis(name):
    ledger = cv.read_ledger(cv.load_scenario(name))
    assert ledger.without_basis == ()


def test_what_is_remembered_is_an_assumption():
    ledger = cv.read_ledger(cv.load_scenario("san-pedro-sula-2018"))
    (night,) = [n for n in ledger.numbers if n.id == "sps-012"]
    assert night.without_evidence
    assert night.sources == ()


def test_headcounts_without_a_link_rest_on_claims_that_are_disputed():
    ledger = cv.read_ledger(cv.load_scenario("tapachula-2021-11-18"))
    numbers = {n.id: n for n in ledger.numbers}
    assert numbers["nov-002"].disputed == ("nov-c2",)
    assert numbers["nov-003"].disputed == ("nov-c3",)


def test_claims_and_parameters_are_told_in_spanish_too():
    scenario = cv.load_scenario("tapachula-2021")
    assert all(p.description_es for p in scenario.parameters)
    assert all(c.claim_es for c in scenario.claims)
    assert all(p.title_es for p in scenario.policies)
