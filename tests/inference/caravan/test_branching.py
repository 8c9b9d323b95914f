"""Branches of the road: where they are, what a caravan did there, and the chance that it takes one."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from caravana.inference.branches import OFF_ROUTE_KM, Whereabouts, beside, on_branches
from caravana.inference.caravan.forecast import Roller
from caravana.inference.caravan.pooled.branching import (
    WayTaken,
    decided,
    odds_aside,
    plain,
    seen_aside,
    share_leaving,
    ways_ahead,
)
from caravana.inference.caravan.pooled.others import same_caravans, ways_of_others
from caravana.inference.reports import known_by, nights_by_day, read_record
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import Observation, Place
from caravana.scenario.roads import trace_itinerary

DEPARTS = dt.date(2021, 10, 23)
GATE = ("juchitan", "tehuantepec")


@pytest.fixture(scope="module")
def record():
    return read_record(load_scenario("tapachula-2021"))


@pytest.fixture(scope="module")
def isthmus(record):
    return next(branch for branch in record.branches if branch.key == GATE)


def seen(*places, planned=False):
    """Whereabouts a day apart: km along the road, or the id of a place off it."""
    return tuple(
        Whereabouts(
            DEPARTS + dt.timedelta(n), DEPARTS + dt.timedelta(0 if planned else n),
            place if isinstance(place, str) else "somewhere", None if isinstance(place, str) else float(place), planned,
        )
        for n, place in enumerate(places)
    )  # fmt: skip


def at(record, *whereabouts):
    return dataclasses.replace(record, whereabouts=whereabouts)


def test_branches_of_the_bundled_road_are_those_of_the_package_though_the_scenario_lists_none(record):
    scenario = load_scenario("tapachula-2021")
    ids, km = trace_itinerary(scenario, scenario.caravans[0].itinerary)
    assert "tehuantepec" not in {place.id for place in scenario.places}
    keys = [branch.key for branch in record.branches]
    assert keys == [("arriaga", "cintalapa"), GATE, ("acultzingo", "tehuacan"), ("puebla", "apan")]
    for branch in record.branches:
        assert 0.0 < branch.km < float(km[-1])
        assert branch.back_km > branch.km > branch.since_km
        assert not set(branch.places) & set(ids)
    oaxaca, tehuacan = record.branches[1:3]
    assert set(oaxaca.places) == set(tehuacan.places)
    assert (oaxaca.back_km, tehuacan.since_km) == (tehuacan.km, oaxaca.km)


def test_what_is_beside_the_road_is_no_branch_and_what_is_far_off_is_not_beside_it():
    scenario = load_scenario("tapachula-2021")
    ids, km = trace_itinerary(scenario, scenario.caravans[0].itinerary)
    near = beside(scenario.places, ids, km)
    assert all(off <= OFF_ROUTE_KM for _, off in near.values())
    assert near[ids[0]][1] == 0.0
    assert "nogales" not in near


def test_a_place_on_a_branch_is_as_far_as_where_it_leaves_and_the_links_to_it(record, isthmus):
    km = {place: at for place, (at, _) in on_branches(record.branches).items()}
    assert km["tehuantepec"] == pytest.approx(isthmus.km + 31.4)
    assert km["salina-cruz"] == pytest.approx(isthmus.km + 31.4 + 22.4)
    assert km["oaxaca"] == pytest.approx(isthmus.km + 31.4 + 267.7)
    # Whoever is on the branch is not past where it comes back.
    assert km["tehuacan"] == pytest.approx(isthmus.back_km)


def test_a_night_on_a_branch_is_heard_once_it_is_reported():
    scenario = load_scenario("tapachula-2021")
    place = Place(id="tehuantepec", name="Santo Domingo Tehuantepec", lat=16.332058, lon=-95.232049)
    night = Observation(
        id="new", date=dt.date(2021, 11, 13), known_on=dt.date(2021, 11, 13), place_id="tehuantepec",
        kind="position", qualifier="exact", speaker_role="press", speaker_side="press",
    )  # fmt: skip
    kept = tuple(o for o in scenario.observations if o.known_on <= dt.date(2021, 11, 11))
    there = scenario.model_copy(update={"places": (*scenario.places, place), "observations": (*kept, night)})
    record = read_record(there)
    assert nights_by_day(record, direct=True)[record.day(night.date)] == pytest.approx(398.1 + 31.4)
    made = Roller(record, seed=1, draws=120, particles=400).forecast(night.date, days=3)
    assert made.km[made.position[0].argmax()] >= 425.0
    (way,) = [one for one in plain(made.branches, made.km, made.position) if one["seen"]]
    assert (way["towards"]["place"], way["chance"]) == ("tehuantepec", 1.0)


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ((300.0, "tehuantepec"), True),
        ((300.0, 398.0, "salina-cruz", 476.0), True),
        ((300.0, 444.0), False),
        ((300.0, 410.0), None),  # no further past it than a town is wide
        ((300.0, 1000.0), None),  # past where the branch comes back: by either
        (("tehuantepec", 444.0), None),  # it came from there
        ((), None),
    ],
)
def test_what_a_caravan_did_is_read_from_where_it_was_seen(record, isthmus, places, left):
    assert decided(at(record, *seen(*places)), isthmus) is left


def test_of_two_ways_onto_the_same_places_the_one_before_which_it_was_last_seen_was_taken(record):
    there = at(record, *seen(390.0, "oaxaca", 1010.0))
    done = {branch.key: decided(there, branch) for branch in there.branches}
    assert done[GATE] is True
    assert done["acultzingo", "tehuacan"] is None
    later = at(record, *seen(800.0, "tehuacan"))
    done = {branch.key: decided(later, branch) for branch in later.branches}
    assert done[GATE] is False
    assert done["acultzingo", "tehuacan"] is True


def test_a_plan_is_no_sighting(record, isthmus):
    assert decided(at(record, *seen("tehuantepec", planned=True)), isthmus) is None


def test_the_chance_is_the_mean_of_a_beta_distribution_drawn_to_the_share_everywhere():
    here = [WayTaken(DEPARTS, GATE, left) for left in (True, True, False)]
    other = [WayTaken(DEPARTS, ("arriaga", "cintalapa"), False)] * 5
    everywhere = (2 + 0.5) / (8 + 1)
    said = share_leaving([*here, *other], GATE, like=DEPARTS, worth=2.0)
    assert said == pytest.approx((2 + 2.0 * everywhere) / (3 + 2.0))
    assert share_leaving(other, GATE, like=DEPARTS) == pytest.approx(0.5 / 6)
    assert share_leaving([], GATE, like=DEPARTS) == pytest.approx(0.5)


def test_caravans_of_its_time_count_more():
    ways_taken = [WayTaken(dt.date(2018, 10, 1), GATE, False), WayTaken(dt.date(2024, 7, 1), GATE, True)]
    early, late = (share_leaving(ways_taken, GATE, like=dt.date(year, 6, 1)) for year in (2018, 2024))
    assert late > 0.6
    assert early < 0.4


def test_plans_move_the_chance_by_their_trust_and_sightings_settle_it(record, isthmus):
    others = [WayTaken(DEPARTS, GATE, left) for left in (True, False)]

    def chance(*whereabouts):
        ways = ways_ahead(at(record, *whereabouts), others, trust=0.7)
        return next(way for way in ways if way.branch == isthmus)

    base = chance(*seen(300.0))
    towards = chance(*seen(300.0), *seen("oaxaca", planned=True))
    onwards = chance(*seen(300.0), *seen(444.0, planned=True))
    assert towards.chance == pytest.approx(0.7 + 0.3 * base.chance)
    assert onwards.chance == pytest.approx(0.3 * base.chance)
    assert (base.announced, towards.announced) == (False, True)
    assert (chance(*seen(300.0, "tehuantepec")).chance, chance(*seen(300.0, 444.0)).chance) == (1.0, 0.0)
    assert (base.left, base.passed) == (1, 2)


def test_to_be_seen_beside_the_road_where_a_branch_leaves_makes_it_likelier_as_bayes_has_it(record, isthmus):
    took = [(True, True), (True, True), (True, False), (False, False), (False, False), (False, True)]
    others = [WayTaken(DEPARTS, GATE, left, aside) for left, aside in took]
    others += [WayTaken(DEPARTS, ("arriaga", "cintalapa"), False)] * 3
    ratio = ((2 + 0.5) / (3 + 1)) / ((1 + 0.5) / (3 + 1))
    assert odds_aside(others) == pytest.approx(ratio)
    assert odds_aside([]) == 1.0

    def chance(*whereabouts):
        ways = ways_ahead(at(record, *whereabouts), others, trust=0.7)
        return next(way.chance for way in ways if way.branch == isthmus)

    at_the_gate = Whereabouts(DEPARTS, DEPARTS, "juchitan", 398.1, planned=False)
    plain_chance, there = chance(*seen(380.0)), chance(*seen(380.0), at_the_gate)
    assert there / (1 - there) == pytest.approx(ratio * plain_chance / (1 - plain_chance))
    meant = dataclasses.replace(at_the_gate, planned=True)
    assert chance(*seen(380.0), meant) == plain_chance


def test_where_the_road_goes_by_the_gate_itself_nothing_is_aside():
    by_juchitan = read_record(load_scenario("san-pedro-sula-2018"))
    gate = next(branch for branch in by_juchitan.branches if branch.key == GATE)
    assert not gate.aside
    assert seen_aside(by_juchitan, gate) is None


def test_nothing_is_known_before_its_day(record):
    known = known_by(record, dt.date(2021, 11, 1))
    assert known.whereabouts
    assert all(one.known_on <= dt.date(2021, 11, 1) for one in known.whereabouts)
    assert len(known.whereabouts) < len(record.whereabouts)


def test_a_caravan_tells_nothing_of_itself(record):
    mine = {d.departs for d in ways_of_others(record)}
    assert "tapachula-2021" in same_caravans(record)
    assert record.departs not in mine
    assert len(ways_of_others(dataclasses.replace(record, departs=dt.date(2030, 1, 1)))) > len(ways_of_others(record))


def test_only_branches_that_it_may_come_to_are_told_and_one_that_it_took(record, isthmus):
    km = np.array([300.0, isthmus.km, 500.0])
    ways = ways_ahead(at(record, *seen(300.0)), [], trust=0.5)
    told = plain(ways, km, np.array([[0.5, 0.3, 0.2]]))
    # It is past Arriaga already.
    assert [one["towards"]["place"] for one in told] == ["tehuantepec"]
    assert told[0]["reached"] == pytest.approx(0.5)
    assert plain(ways, km, np.array([[1.0, 0.0, 0.0]])) == []
    took = plain(ways_ahead(at(record, *seen(300.0, "tehuantepec")), [], trust=0.5), km, np.array([[1.0, 0.0, 0.0]]))
    assert [(one["seen"], one["chance"], one["reached"]) for one in took] == [(True, 1.0, 1.0)]
