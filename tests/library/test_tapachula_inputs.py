"""Inputs of `tapachula-2021`: parameters, policies, caravans and facilities, each with what it rests on."""

import datetime as dt

import pytest
from scipy import stats

from caravana.models.scenarios import check_scenario

PROCESSES = {
    "assembly": 8, "choice": 14, "advance": 15, "attrition": 7, "enforcement": 8, "health": 9, "papers": 3,
    "smuggling": 6, "accounts": 2, "observation": 6,
}  # fmt: skip


@pytest.fixture(scope="module")
def parameters(scenario):
    return {parameter.name: parameter for parameter in scenario.parameters}


def distribution(prior):
    match prior.dist:
        case "normal":
            return stats.norm(prior.mean, prior.sigma)
        case "lognormal":
            return stats.lognorm(prior.sigma, scale=prior.median)
        case "uniform":
            return stats.uniform(prior.low, prior.high - prior.low)
        case "beta":
            return stats.beta(prior.a, prior.b)
    return None


def test_no_fault_is_found(scenario):
    assert [str(fault) for fault in check_scenario(scenario)] == []


def test_every_process_has_its_parameters(parameters):
    counted = dict.fromkeys(PROCESSES, 0)
    for parameter in parameters.values():
        counted[parameter.process] += 1
    assert counted == PROCESSES


def test_every_parameter_has_unit_prior_bounds_description_and_basis(scenario, parameters):
    evidence = {"assumption", *(row.id for row in (*scenario.claims, *scenario.observations, *scenario.events,
                                                   *scenario.sources))}  # fmt: skip
    for name, parameter in parameters.items():
        assert parameter.unit, name
        assert parameter.prior is not None, name
        assert parameter.low < parameter.high, name
        assert parameter.basis, name
        assert set(parameter.basis) <= evidence, name
        assert parameter.description.endswith("."), name
        assert parameter.description.rstrip(".").count(". ") == 0, name


def test_bounds_cut_little_off_the_priors(parameters):
    for name, parameter in parameters.items():
        prior = distribution(parameter.prior)
        if prior is not None:
            kept = prior.cdf(parameter.high) - prior.cdf(parameter.low)
            # The reported most for a day on foot, 20 km, cuts the prior's upper third off on purpose.
            assert kept > (0.65 if name == "walk_km" else 0.95), name


def test_contested_claims_stand_behind_the_northern_switch(parameters):
    assert set(parameters["switch_north"].basis) == {"seed-10", "seed-11", "cc-17", "cc-18"}
    assert parameters["switch_north"].prior.p == 0.5


def test_nobody_invented_what_organisers_receive(parameters):
    assert not [name for name in parameters if "receipt" in name or "organiser" in name.removeprefix("bias_organisers")]


def test_priors_agree_with_the_record(parameters, record):
    rows = {row["name"]: row for row in record("parameters.csv")}

    def best(name):
        return float(rows[name]["best"])

    waiting = (best("comar_applications_2021_jan_oct") - best("comar_resolved_2021_jan_oct")) * best(
        "comar_share_tapachula_2021"
    )
    within = {
        "stuck_pool": waiting,
        "inflow": best("comar_received_per_month_2021") * best("comar_share_tapachula_2021") / 30,
        "office_per_day": best("comar_resolved_per_month_2021") * best("comar_share_tapachula_2021") / 30,
        "seat_price": best("smuggler_fee_crossing_mexico"),
        "walk_km": best("pace_to_arriaga"),
        "treated_rate": best("treated_rate_2024_07_escuintla"),
        "day_temperature": best("day_temperature"),
        "turnout": 2000,
        "joiners_start": best("joiners_per_town"),
    }
    for name, value in within.items():
        prior = distribution(parameters[name].prior)
        assert prior.ppf(0.05) < value < prior.ppf(0.95), name
    referral = stats.norm(parameters["referral_share"].prior.mean, parameters["referral_share"].prior.sigma)
    share = best("hospital_referral_share_2024_04")
    assert stats.logistic.cdf(referral.ppf(0.05)) < share < stats.logistic.cdf(referral.ppf(0.95))


def test_caravans_and_their_call(scenario):
    first, second = scenario.caravans
    assert (first.id, first.departs, first.itinerary) == (
        "caravan-2021-10-23", dt.date(2021, 10, 23), "to-mexico-city",
    )  # fmt: skip
    assert (second.id, second.departs, second.call) == ("northern-call", None, "call-10000")
    assert second.itinerary == "to-northern-border"
    assert scenario.calls[0].date == dt.date(2021, 11, 8)


def test_facilities(scenario):
    by_id = {facility.id: facility for facility in scenario.facilities}
    assert by_id["station-siglo-xxi"].capacity == 960
    assert by_id["station-huixtla"].capacity == 60
    assert by_id["asylum-office-tapachula"].per_day == "office_per_day"
    hospitals = [facility for facility in scenario.facilities if facility.kind == "hospital"]
    assert len(hospitals) >= 10
    assert all(facility.basis == ("assumption",) for facility in hospitals)


def test_policies_lie_within_the_scenario_and_say_what_was_so(scenario):
    policies = {policy.id: policy for policy in scenario.policies}
    assert {name for name, policy in policies.items() if policy.base} == {
        "cards-offered", "lifts-scarce", "lifts-blocked-oaxaca", "lifts-blocked-veracruz",
    }  # fmt: skip
    for policy in policies.values():
        # Cards may have been issued before the first day; all else acts within the scenario.
        assert policy.lever == "cards_issued" or scenario.start <= policy.start
        assert policy.start <= (policy.end or scenario.end) <= scenario.end
        assert policy.basis
        assert policy.title_es
        assert policy.base or policy.value is not None
    assert {policy.lever for policy in policies.values()} == {
        "cards_offered", "cards_credible", "cards_issued", "lifts", "enforcement", "medical_post", "no_caravan", "call",
    }  # fmt: skip


def test_lifts_are_scarce_until_trucks_carry_the_caravan(scenario):
    blocked = [policy for policy in scenario.policies if policy.base and policy.lever == "lifts"]
    days = {scenario.start + dt.timedelta(days=n) for n in range(scenario.days)}
    for policy in blocked:
        assert policy.parameter == "lifts_blocked"
        days -= {policy.start + dt.timedelta(days=n) for n in range((policy.end - policy.start).days + 1)}
    assert min(days) == dt.date(2021, 11, 12)  # four trucks carry people ahead, and are then stopped
    assert dt.date(2021, 12, 5) in days  # four trailers leave Rancho Trejo
