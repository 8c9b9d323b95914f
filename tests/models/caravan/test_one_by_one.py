"""Moving counts follows the law of moving parties one by one: 100,000 draws of each, compared cell by cell.

Fixed seeds, so a case passes or fails for good; where the streams change, one in ten thousand
cases would fail by chance alone (``FALSE_ALARM``, shared evenly by the comparisons of a case).
"""

import pytest
from tests.made.cases import CASES, Case
from tests.made.comparing import DRAWS, draw_engine, draw_reference, unlike
from tests.oracles.party_inputs import FLOWS

pytestmark = [pytest.mark.statistical, pytest.mark.slow]


@pytest.mark.parametrize("name", CASES)
def test_counts_follow_the_law_of_parties_moved_one_by_one(name):
    case = CASES[name]
    engine, reference = draw_engine(case), draw_reference(case)
    assert len(engine.columns["flow left"]) == DRAWS
    assert unlike(engine, reference) == {}


def test_whatever_can_happen_happens_in_some_case():
    samples = [draw_reference(case, runs=500) for case in CASES.values()]
    assert [name for name in FLOWS if not any(s.columns[f"flow {name}"].any() for s in samples)] == []


def test_a_change_by_a_twentieth_is_seen():
    case = CASES["attrition: competing exits with drift and an offer"]
    more = {"leave_hazard": case.numbers["leave_hazard"] * 1.05}
    changed = Case(case.steps, case.days, {**case.numbers, **more}, case.changes)
    found = unlike(draw_engine(case), draw_reference(changed))
    assert "flow left" in found
    assert "flow ahead" in found
