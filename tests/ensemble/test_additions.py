"""What is added beside it leaves a member as it was, to the last bit: documented here, as far as it is so.

A process of one's own and a parameter with a value change no other number.  A parameter with a prior
is one more dimension of the design: all parameters are drawn anew then.
"""

from __future__ import annotations

import numpy as np
from tests.ensemble.conftest import SEED, assert_same, one_member
from tests.made.own_processes import look_on, own

import caravana as cv
from caravana.ensemble.design import draw_parameters

MEMBER = 37


def test_a_process_of_ones_own_leaves_the_others_draws_alone(sixty_four, simulate):
    """Its streams are its own: where it does nothing, nothing else changes, wherever in the day it stands."""
    for after in ("calendar", "observation"):
        run = simulate(members=64, order=cv.insert(cv.ORDER, own(look_on), after=after))
        assert_same(one_member(sixty_four, MEMBER), one_member(run, MEMBER))


def test_a_parameter_set_to_a_number_leaves_the_others_as_they_were(sixty_four):
    scenario = sixty_four.scenario
    usual = draw_parameters(scenario, seed=SEED, block=3)
    changed = draw_parameters(scenario, seed=SEED, block=3, settings={"leave_hazard": 0.1})
    assert (changed.pop("leave_hazard") == 0.1).all()
    assert all(np.array_equal(values, usual[name]) for name, values in changed.items())


def test_one_more_parameter_with_a_value_leaves_every_number_as_it_was(sixty_four, simulate):
    more = cv.Parameter(
        name="extra", unit="1/day", value=0.5, low=0, high=1, basis=("assumption",), description="not read by anything"
    )
    scenario = sixty_four.scenario
    run = simulate(scenario=scenario.model_copy(update={"parameters": (*scenario.parameters, more)}), members=64)
    base, found = one_member(sixty_four, MEMBER), one_member(run, MEMBER)
    found["parameters"] = found["parameters"].query("name != 'extra'").reset_index(drop=True)
    assert_same(base, found)


def test_following_those_who_set_out_changes_no_number(sixty_four, simulate):
    assert_same(one_member(sixty_four, MEMBER), one_member(simulate(members=64, follow=True), MEMBER))
