"""What a run came to, by the family of its model."""

from __future__ import annotations

import pytest
from tests.made.displacement_run import make_run

import caravana as cv
from caravana.results.members import drawn_parameters
from caravana.results.outcomes import Quantity, day_of_outcomes, outcomes_of, place_outcomes


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("camps") / "run")


def test_a_run_of_another_family_is_asked_for_people_at_places(run):
    outcomes = outcomes_of(run, catalogue={})
    last = run.people.persons.isel(day=-1).sum(["kind", "status"])
    assert outcomes[Quantity("people", "persons")].to_list() == last.sum("place").to_numpy().tolist()
    at = {q.key.removeprefix("at "): values for q, values in outcomes.items() if q.key.startswith("at ")}
    assert 0 < len(at) <= 6
    means = [float(values.mean()) for values in at.values()]
    assert means == sorted(means, reverse=True)
    for place, values in at.items():
        assert values.to_list() == last.sel(place=place).to_numpy().tolist()


def test_the_family_has_its_own_catalogue(run):
    outcomes = outcomes_of(run)
    assert {q.key for q in outcomes} > {"in_camps", "on_the_road", "at West_Camp"}
    mine = outcomes_of(run, catalogue={"displacement": lambda run, day: {Quantity("mine", "persons"): day}})
    assert mine == {Quantity("mine", "persons"): run.days[-1].date()}


def test_a_day_of_the_run_may_be_asked_for(run):
    first = run.days[0].date()
    assert day_of_outcomes(run, first) == first
    assert (
        outcomes_of(run, on=first)[Quantity("in_camps", "persons")].sum()
        < outcomes_of(run)[Quantity("in_camps", "persons")].sum()
    )
    assert place_outcomes(run, first)[Quantity("people", "persons")].sum() > 0


def test_a_run_that_drew_nothing_says_so(run):
    with pytest.raises(cv.UsageError, match="no input that was drawn"):
        drawn_parameters(run)
