"""The random scenarios are sound, and everything that can happen happens in some of them."""

from hypothesis import HealthCheck, given, seed, settings
from tests.made.random_scenarios import cases

from caravana.models.caravan.model import simulate_block
from caravana.models.scenarios import check_scenario

FLOWS = {
    "accepted", "ahead", "applied", "arrived", "assembled", "denied", "detained", "died", "dissolved", "documented",
    "entered", "in_care", "injured", "intercepted", "joined", "left", "merged", "recovered", "refused", "released",
    "returned", "revoked", "seat", "set_out_alone", "settled", "split", "treated", "walked_alone",
}  # fmt: skip
few = settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def test_random_scenarios_are_sound():
    @seed(1)
    @few
    @given(cases)
    def check(case):
        assert check_scenario(case.task.scenario) == []

    check()


def test_everything_that_can_happen_happens():
    seen = set()

    @seed(1)
    @few
    @given(cases)
    def collect(case):
        flows = simulate_block(case.task)["flows"]
        seen.update(name for i, name in enumerate(flows["flow"].labels) if (flows["flow"].codes == i).any())

    collect()
    assert seen == FLOWS
