"""Means and distributions that can be solved by hand, in blocks of many members at once."""

import math

import numpy as np
import pytest
from scipy import stats
from tests.made.cases import FIRST, NORTHERN, event, facility, policy
from tests.made.small import VALUES, small_scenario

from caravana.models.base import Task
from caravana.models.caravan.model import simulate_block
from caravana.models.caravan.order import ORDER
from caravana.scenario.model import Itinerary, PartyKind

pytestmark = pytest.mark.statistical

MEMBERS = 4000
SIGMAS = 5
"""How many standard errors a mean may be off: once in two million."""
ALONE = (PartyKind(id="one", men=1, share=1),)
WALKS = {"rest_chance": 0, "lift_chance": 0, "population_pull": 0}


def live(steps, *, days, towns=3, gap=15.0, kinds=ALONE, **changes):
    """Return the tables of one block in which only some processes act."""
    scenario = small_scenario(towns=towns, gap=gap, days=days, kinds=kinds, **changes)
    values = {p.name: np.full(MEMBERS, float(p.value)) for p in scenario.parameters}
    values |= {n: np.full(MEMBERS, v) for n, v in NORTHERN.items()}
    order = tuple(p for p in ORDER if p.name in steps)
    assert len(order) == len(steps)
    return simulate_block(Task(scenario, scenario.policies, values, 11, 0, days, order))


def flow(tables, name, *, day=None):
    """Return persons of a flow by member."""
    flows = tables["flows"]
    if name not in flows["flow"].labels:
        return np.zeros(MEMBERS)
    chosen = flows["flow"].codes == flows["flow"].labels.index(name)
    if day is not None:
        chosen &= flows["day"] == day
    return np.bincount(flows["member"][chosen], flows["persons"][chosen], MEMBERS)


def assert_mean(found, mean, variance):
    assert abs(found.mean() - mean) < SIGMAS * math.sqrt(variance / MEMBERS), (found.mean(), mean)


def assert_poisson(found, mean):
    assert_mean(found, mean, mean)
    # A Poisson's variance is its mean; the sample's is within its own error of it.
    assert abs(found.var() / mean - 1) < SIGMAS * math.sqrt(2 / MEMBERS + 1 / (mean * MEMBERS))


def test_competing_exits_have_the_means_of_competing_hazards():
    hazards = {"left": 0.3 * 0.6, "ahead": 0.3 * 0.4, "seat": 0.15, "accepted": 0.2}
    tables = live(
        ("calendar", "assembly", "attrition"), days=1, stuck_pool=1000, turnout=1000, leave_hazard=0.3, share_ahead=0.4,
        seat_hazard=0.15, accept_hazard=0.2, policies=(policy("cards_offered"),),
    )  # fmt: skip
    total = sum(hazards.values())
    for name, hazard in hazards.items():
        chance = hazard / total * (1 - math.exp(-total))
        assert_mean(flow(tables, name), 1000 * chance, 1000 * chance * (1 - chance))


def test_joiners_die_away_exponentially():
    tables = live(
        ("calendar", "assembly"), days=5, stuck_pool=100_000, turnout=50, joiners_start=40, joiners_decay=2.5
    )  # fmt: skip
    assert_mean(flow(tables, "assembled"), 50, 50)
    for day in range(1, 5):
        # Each of 100,000 is as likely to go, so the number is as good as Poisson.
        assert_poisson(flow(tables, "joined", day=day), 40 * math.exp(-day / 2.5))


def test_newcomers_are_poisson_and_shared_between_kinds_by_persons():
    kinds = (PartyKind(id="one", men=1, share=0.6), PartyKind(id="four", men=4, share=0.4))
    tables = live(("calendar", "assembly"), days=2, kinds=kinds, inflow=22, turnout=0)
    flows = tables["flows"]
    for kind, size, share in ((0, 1, 0.6), (1, 4, 0.4)):
        chosen = flows["kind"].codes == kind
        parties = np.bincount(flows["member"][chosen], flows["persons"][chosen], MEMBERS) / size
        assert_poisson(parties, 2 * 22 * share / (0.6 + 4 * 0.4))


def test_on_a_road_of_two_towns_arrival_is_a_matter_of_rests():
    """Walkers who do not rest arrive; nobody rests on the day of departure, so three towns take a day or more."""
    rest = 0.3
    tables = live(
        ("calendar", "assembly", "advance"), days=4, towns=3, gap=17.0, turnout=20, stuck_pool=20,
        **WALKS | {"rest_chance": rest, "walk_km": 17, "walk_spread": 1},
    )  # fmt: skip
    nights = tables["caravans"]
    mine = nights["caravan"].codes == 0
    km = np.zeros((MEMBERS, 4))
    km[nights["member"][mine], nights["day"][mine]] = nights["km"][mine]
    assert (km[:, 0] == 17).all()
    for day in (1, 2, 3):
        arrived = (km[:, day] == 34).astype(float)
        assert_mean(arrived, 1 - rest**day, rest**day * (1 - rest**day))


def test_a_town_within_reach_is_chosen_by_distance_and_size():
    """Two towns ahead at 10 and 20 km with D = 15: equally far off, so their size decides."""
    plain = small_scenario(towns=3, gap=10.0)
    places = tuple(p.model_copy(update={"population": n}) for p, n in zip(plain.places, (1, 1000, 8000), strict=True))
    tables = live(
        ("calendar", "assembly", "advance"), days=1, gap=10.0, places=places, turnout=20, stuck_pool=20,
        **WALKS | {"walk_km": 15, "walk_spread": 6, "population_pull": 0.5},
    )  # fmt: skip
    nights = tables["caravans"]
    far = (nights["km"][nights["caravan"].codes == 0] == 20).astype(float)
    chance = math.sqrt(8) / (1 + math.sqrt(8))
    assert_mean(far, chance, chance * (1 - chance))


def test_a_caravan_that_stands_where_it_is_now_to_go_has_arrived():
    """The destination announced on the second day is the town where everyone slept."""
    ways = (Itinerary(id="way", from_id="p0", to_id="p2"), Itinerary(id="short", from_id="p0", to_id="p1"))
    tables = live(
        ("calendar", "assembly", "advance"), days=2, gap=17.0, itineraries=ways, turnout=20, stuck_pool=20,
        events=(event("destination", 1, target="p1"),), **WALKS | {"walk_spread": 1, "switch_north": 1},
    )  # fmt: skip
    nights = tables["caravans"]
    mine = (nights["caravan"].codes == 0) & (nights["day"] == 1)
    assert (nights["km"][mine] == 17).all()
    assert set(np.array(nights["mode"].labels)[nights["mode"].codes[mine]]) == {"held"}


def test_choices_at_a_place_are_the_multinomial_logit():
    numbers = {
        "stuck_inertia": 0.5, "walk_logodds": -1, "seat_logodds": -2, "apply_logodds": -0.7, "go_back_logodds": -3,
        "settle_logodds": -2.2, "price_response": 0.8, "seat_price": 5000, "perceived_risk": 0.5,
        "interception_chance": 0.2, "accident_chance": 0.0,
    }  # fmt: skip
    tables = live(("calendar", "assembly", "choice"), days=1, stuck_pool=500, turnout=0, **numbers)
    harm = math.log(0.2 / 0.8) - math.log(0.1 / 0.9)
    utility = {
        "walked_alone": -1 - 0.5, "seat": -2 - 0.5 - 0.8 * math.log(5000 / 3500) - 0.5 * harm, "applied": -0.7,
        "returned": -3 - 0.5, "settled": -2.2 - 0.5, "accepted": -math.inf, "joined": -math.inf,
    }  # fmt: skip
    total = 1 + sum(math.exp(u) for u in utility.values())
    for name, u in utility.items():
        chance = math.exp(u) / total
        assert_mean(flow(tables, name), 500 * chance, 500 * chance * (1 - chance) + 1e-12)


def test_an_office_decides_on_a_fractional_number_on_average():
    tables = live(
        ("calendar", "assembly", "choice", "papers"), days=2, stuck_pool=300, turnout=0, stuck_inertia=0,
        apply_logodds=2, office_per_day=3.25, recognition_share=0.8,
    )  # fmt: skip
    decided = flow(tables, "documented", day=1) + flow(tables, "denied", day=1)
    assert set(np.unique(decided)) == {3, 4}
    assert_mean(decided, 3.25, 0.25 * 0.75)
    assert_mean(flow(tables, "documented", day=1), 0.8 * 3.25, 4)


def test_a_station_keeps_to_its_room():
    tables = live(
        ("calendar", "assembly", "detention", "stations"), days=1, stuck_pool=100, turnout=100, detention_caravan=50,
        return_rate=0, release_rate=0, facilities=(facility("station", "p1", 37),),
    )  # fmt: skip
    assert (flow(tables, "detained") == flow(tables, "returned") + 37).all()
    held = tables["people"]["status"].codes == 4
    assert (tables["people"]["persons"][held] == 37).all()


def test_reports_are_lognormal_about_the_biased_count():
    tables = live(
        ("calendar", "assembly", "observation"), days=1, stuck_pool=100, turnout=1e6, bias_press=1.2, report_noise=0.3
    )  # fmt: skip
    reports = tables["reports"]
    press = reports["persons"][reports["side"].codes == reports["side"].labels.index("press")]
    assert stats.kstest(np.log(press / 120) / 0.3, "norm").pvalue > 1e-5


def test_food_and_seats_are_paid_for():
    tables = live(
        ("calendar", "assembly", "attrition", "accounts"), days=1, gap=50.0, stuck_pool=100, turnout=1e6,
        seat_hazard=0.4, leave_hazard=0.6, share_ahead=1, seat_price=4000, bus_fare=6, food_spend=3, caravans=(FIRST,),
    )  # fmt: skip
    paid = tables["payments"]
    usd = {
        payee: np.bincount(paid["member"], paid["usd"] * (paid["payee"].codes == i), MEMBERS)
        for i, payee in enumerate(paid["payee"].labels)
    }
    # All 100 km lie ahead, so a seat costs the whole crossing's price, and a bus six dollars.
    assert np.allclose(usd["smugglers"], 4000 * flow(tables, "seat"))
    assert np.allclose(usd["transport"], 6 * flow(tables, "ahead"))
    left = 100 - flow(tables, "seat") - flow(tables, "ahead")
    assert np.allclose(usd["shops"], 3 * left)


def test_usual_values_cover_every_parameter_of_the_rules():
    assert {name for p in ORDER for name in p.parameters} <= set(VALUES)
