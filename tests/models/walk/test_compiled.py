"""What is worked out before the first day, against figures worked out by hand."""

import datetime as dt

import numpy as np
import pytest
from tests.made.cases import CALL, FIRST, NORTHERN, SECOND, event, facility, policy
from tests.made.small import small_scenario

import caravana as cv
from caravana.models.caravan.calendar import compile_days, look_up
from caravana.models.caravan.order import ORDER, Process
from caravana.models.caravan.world import compile_world, regroup
from caravana.scenario.model import Itinerary, Link, Parameter, PartyKind, Place

LONE = tuple(PartyKind(id=x, share=0, **{x: 1}) for x in ("men", "women", "children"))


def draws(members=3, **values):
    found = {p.name: np.full(members, float(p.value)) for p in small_scenario().parameters}
    return found | {n: np.full(members, v) for n, v in NORTHERN.items()} | {n: np.array(v) for n, v in values.items()}


def tables(scenario, **values):
    found = draws(**values)
    return compile_days(compile_world(scenario, members=3), found, scenario.policies)


def test_stops_of_an_itinerary_and_where_walkers_end():
    links = tuple(
        Link(from_id=f"p{i}", to_id=f"p{i + 1}", km=km, modes=("vehicle",) if i == 2 else ("foot", "vehicle"))
        for i, km in enumerate([10, 25, 40, 5])
    )
    world = compile_world(small_scenario(towns=5, links=links), members=2)
    way = world.itineraries
    assert way.km[0].tolist() == [0, 10, 35, 75, 80]
    assert way.foot_limit[0].tolist() == [2, 2, 2, 4, 4]
    assert np.allclose(way.log_population[0], np.log10([1000, 2000, 3000, 1000, 2000]))
    # A lone walker sleeps where it is nearest to 20 km: 10 or 35 km on from the first, none on from the third.
    assert world.walk_to.tolist() == [1, 2, -1, 4, -1]
    assert world.km_left[:, 0].tolist() == [80, 70, 45, 5, 0]


def test_only_places_marked_as_stops_are_stops_but_ends_always_are():
    places = tuple(p.model_copy(update={"stop": p.id == "p2"}) for p in small_scenario(towns=4).places)
    way = compile_world(small_scenario(towns=4, places=places), members=1).itineraries
    assert way.n_stops.tolist() == [3]
    assert way.place[0].tolist() == [0, 2, 3]


def test_a_caravan_may_assemble_where_nobody_would_spend_a_night():
    places = tuple(p.model_copy(update={"stop": False}) for p in small_scenario(towns=4).places)
    elsewhere = SECOND.model_copy(update={"assembles_at": "p2"})
    scenario = small_scenario(towns=4, places=places, caravans=(FIRST, elsewhere), calls=(CALL,))
    assert compile_world(scenario, members=1).itineraries.place[0].tolist() == [0, 2, 3]


def test_where_one_way_leaves_another():
    side = Place(id="side", name="Side", lat=16, lon=-93, stop=True)
    plain = small_scenario(towns=4)
    world = compile_world(small_scenario(
        towns=4, places=(*plain.places, side), links=(*plain.links, Link(from_id="p2", to_id="side", km=7)),
        itineraries=(Itinerary(id="way", from_id="p0", to_id="p3"), Itinerary(id="aside", from_id="p1", to_id="side")),
    ), members=1)  # fmt: skip
    assert world.itineraries.switch[0, 1].tolist() == [-1, 0, 1, -1]
    assert world.itineraries.switch[1, 0, :3].tolist() == [1, 2, -1]
    assert world.destination_ids == ("p3", "side")


def test_a_family_that_loses_a_member_stays_together_as_far_as_it_can():
    family = PartyKind(id="family", men=1, women=1, children=2, share=0)
    mother = PartyKind(id="mother", women=1, children=2, share=0)
    left = regroup(np.array([k.composition for k in (*LONE, family, mother)]))
    man, woman, child = 0, 1, 3
    assert left[3, man].tolist() == [0, 0, 0, 0, 1]
    assert left[3, woman].tolist() == [1, 0, 2, 0, 0]
    assert left[3, child].tolist() == [1, 1, 1, 0, 0]
    assert left[4, child].tolist() == [0, 1, 1, 0, 0]
    assert left[0, man].tolist() == [0, 0, 0, 0, 0]


def test_kinds_that_cannot_regroup_are_refused():
    with pytest.raises(cv.ScenarioError, match="no party kind can be formed by children left alone"):
        regroup(np.array([(1, 0, 0, 0, 0), (1, 0, 0, 1, 0)]))


def test_a_later_policy_on_one_lever_wins_and_ends_when_it_ends():
    later = policy("lifts", 4, value=0.1).model_copy(update={"id": "later", "end": dt.date(2021, 10, 28)})
    found = tables(small_scenario(days=8, policies=(policy("lifts", 2, value=0.5), later)))
    assert found.lifts[:, 0].tolist() == [1, 1, 0.5, 0.5, 0.1, 0.1, 0.5, 0.5]


def test_a_policy_that_began_before_the_first_day_is_in_force():
    early = policy("enforcement", -30, value=2.5).model_copy(update={"end": dt.date(2021, 10, 24)})
    assert tables(small_scenario(days=4, policies=(early,))).enforcement.tolist() == [2.5, 2.5, 1, 1]


def test_a_policy_set_by_a_parameter_is_each_members_own():
    own = policy("lifts").model_copy(update={"parameter": "share_ahead"})
    found = tables(small_scenario(days=2, policies=(own,)), share_ahead=[0.1, 0.2, 0.3])
    assert found.lifts.tolist() == [[0.1, 0.2, 0.3]] * 2


def test_an_offer_is_believed_after_its_delay():
    found = tables(small_scenario(days=6, policies=(policy("cards_offered", 1),)), offer_delay=[0.0, 1.4, 2.6])
    assert [np.flatnonzero(found.offer[:, m])[0] for m in range(3)] == [1, 2, 4]
    assert tables(small_scenario(days=4, policies=(policy("cards_credible", 2),))).offer[:, 0].tolist() == [0, 0, 1, 1]


def test_caravans_leave_on_their_date_or_some_days_after_the_call():
    scenario = small_scenario(days=9, caravans=(FIRST, SECOND), calls=(CALL,))
    found = tables(scenario, northern_delay=[0.0, 2.4, 2.6])
    assert found.departs[:, 0].tolist() == [0, 0, 0]
    assert found.departs[:, 1].tolist() == [0, 2, 3]
    assert found.departs[:, 2].min() > 10_000


def test_a_call_reaches_whom_it_reaches_and_cards_keep_their_share_at_home():
    reach = policy("call", 1, value=900)
    cards = policy("cards_issued", 0, value=10)
    scenario = small_scenario(days=9, caravans=(FIRST, SECOND), calls=(CALL,), policies=(reach, cards))
    found = tables(scenario, northern_delay=[0.0, 4.0, 4.0], inflow=[0.0, 0.0, 50.0])
    # Mean size of a party: .7 alone, .3 of four. Two people in fifty hold a card after a day of ten cards.
    size = 0.7 + 0.3 * 4
    assert found.turnout[:, 0].tolist() == [120, 120, 120]
    # On the day of the call nothing has been issued; the policy starts the day after the call itself.
    assert found.turnout[0, 1] == 12
    assert found.turnout[1, 1] == pytest.approx(900 * (1 - 4 * 10 * size / 500))
    assert found.turnout[2, 1] == pytest.approx(900 * (1 - 4 * 10 * size / (500 + 4 * 50)))


def test_events_are_on_from_their_first_to_their_last_day():
    found = tables(small_scenario(days=6, events=(event("roadblock", 1, "p1", last=3), event("roadblock", 3, "p2"))))
    assert [len(look_up(found, d).of("roadblock")) for d in range(6)] == [0, 1, 1, 2, 0, 0]
    assert look_up(found, 1).of("clash") == ()


def test_stations_are_the_nearest_and_rooms_at_one_place_add_up():
    rooms = (facility("station", "p1", 30), facility("station", "p4", 4), facility("station", "p4", 6))
    rooms = (*rooms[:2], rooms[2].model_copy(update={"id": "annexe"}))
    world = compile_world(small_scenario(towns=6, facilities=rooms), members=1)
    assert world.station_capacity.tolist() == [30, 10]
    assert world.station_of.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_parameter_that_a_process_reads_must_be_there():
    mine = Process("mine", ORDER[0].act, parameters=("mine_alone", "walk_km", "mine_too"))
    with pytest.raises(cv.UsageError, match=r"mine_alone \(process mine\), mine_too \(process mine\)"):
        cv.simulate(small_scenario(), members=1, order=(*ORDER, mine))


def test_a_parameter_that_is_left_out_is_inherited():
    scenario = small_scenario(days=2)
    less = tuple(p for p in scenario.parameters if p.name not in {"walk_km", "inflow"})
    run = cv.simulate(scenario.model_copy(update={"parameters": less}), members=2, workers=1)
    walk_km = next(p for p in run.scenario.parameters if p.name == "walk_km")
    assert walk_km.prior is not None
    assert walk_km.low <= float(run.parameters["walk_km"][0]) <= walk_km.high


def test_an_unread_parameter_is_no_fault():
    more = Parameter(name="extra", unit="1", value=1, low=0, high=1, basis=("assumption",), description="unread")
    scenario = small_scenario(days=2)
    changed = scenario.model_copy(update={"parameters": (*scenario.parameters, more)})
    assert float(cv.simulate(changed, members=2, workers=1).parameters["extra"][0]) == 1
