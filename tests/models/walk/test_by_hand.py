"""Who goes where, by hand: throttled camps, floods, inhabitants, classes of people, links that shut, speeds."""

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, write_instance

from caravana.importers.flee.instance import import_flee
from caravana.inference.displacement.scores import mase

HEADER = "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"
ROADS = "#name1,name2,distance\nA,N,90\nA,F,90\n"
A_DAY = "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 1000\n"
MEMBERS = 32
MALE = "gender,Default\nmale,1\n"
BOTH = pytest.mark.parametrize("rules", ["flee", "walk"])


def imported(folder, *, near="camp,,", far="camp,,", routes=ROADS, files=None, days=8, more="", **parts):
    """Import an instance: A sends people out to N and F, two like roads away."""
    locations = f"{HEADER}A,R,Here,1,1,conflict_zone,0,100000\nN,R,Here,1,2,{near}\nF,R,There,2,1,{far}\n{more}"
    given = {"camps": {}, "locations": locations, "routes": routes, "days": days} | parts
    write_instance(folder, **given)
    for name, text in (files or {}).items():
        (folder / "input_csv" / name).write_text(text)
    return import_flee(folder, folder / "simsetting.yml").require()


def simulated(scenario, *, rules="flee", members=MEMBERS):
    world = compile_world(scenario, rules=rules)
    return simulate_block(world, seed=1, block=0, members=members)


def share_near(scenario, *, rules="flee"):
    """Share to N of those who reached N or F on the first day."""
    to = simulated(scenario, rules=rules).people[:, 0, 1:3].sum(axis=0)
    return to[0] / to.sum()


def throttled(folder, *, held, capacity, settings=""):
    """Where a thousand people go who meet a camp N that holds many already, of a million; shares of N, F and A."""
    # the day's capacity is what is left of it after those of day 0 (quirk 5)
    scenario = imported(
        folder, near=f"camp,,{capacity + held}", settings="move_rules:\n  camp_movechance: 0.0\n" + settings,
        camps={"N": [(0, held), (1, held + 1000), (8, held + 1000)]},
    )  # fmt: skip
    block = simulated(scenario)
    assert (block.displaced[:, 1].sum(axis=1) == 1000).all()
    people = block.people[:, 1].sum(axis=0) - np.array([0, held * MEMBERS, 0])
    return (people / people.sum())[[1, 2, 0]]


def test_the_room_that_throttles_begins_where_the_buffer_says(tmp_path):
    # .6 full and a buffer of .5: throttled to .8; a standard error is three in a thousand
    expected = [0.8 / 1.8, 1 / 1.8, 0.0]
    got = throttled(tmp_path / "x", held=600_000, capacity=10**6, settings="  capacity_buffer: 0.5\n")
    assert got == pytest.approx(expected, abs=0.012)
    assert throttled(tmp_path / "y", held=600_000, capacity=10**6) == pytest.approx([0.5, 0.5, 0.0], abs=0.012)
    # .96 full and a buffer of .9: throttled to .4, but whoever chooses such a camp stays where she is
    held = throttled(tmp_path / "z", held=960_000, capacity=10**6)
    assert held == pytest.approx([0.0, 1 / 1.4, 0.4 / 1.4], abs=0.012)


def test_the_power_of_weights_is_put_on_the_throttle_too(tmp_path):
    settings = "  capacity_buffer: 0.5\n  weight_power: 2.0\n"
    got = throttled(tmp_path / "x", held=600_000, capacity=10**6, settings=settings)
    assert got == pytest.approx([0.64 / 1.64, 1 / 1.64, 0.0], abs=0.012)


@pytest.mark.parametrize(("held", "go"), [(956_000, False), (944_000, True)])
def test_whoever_chose_a_camp_throttled_below_a_half_stays_where_she_is(tmp_path, held, go):
    # throttled to .44 and to .56; there is no other place to go
    scenario = imported(
        tmp_path / "x", near=f"camp,,{10**6 + held}", settings="move_rules:\n  camp_movechance: 0.0\n",
        routes="#name1,name2,distance\nA,N,90\nN,F,9000\n",
        camps={"N": [(0, held), (1, held + 1000), (8, held + 1000)]},
    )  # fmt: skip
    people = simulated(scenario, members=4).people[:, 1]
    assert people[:, 0].tolist() == [0 if go else 1000] * 4
    assert people[:, 1].tolist() == [held + (1000 if go else 0)] * 4


def test_a_half_throttled_camp_is_given_up_on_the_way_as_well(tmp_path):
    # N lies beyond a bend of the road, two hops on one day: who is at the bend when N is too full rests there
    scenario = imported(
        tmp_path / "x", near="camp,,1000", days=3, more="B,R,Here,3,3,marker,,\n",
        settings="move_rules:\n  camp_movechance: 0.0\n", routes="#name1,name2,distance\nA,B,300\nB,N,300\nN,F,9000\n",
        camps={"N": [(0, 0), (1, 3000), (3, 3000)]},
    )  # fmt: skip
    people = simulated(scenario, members=8).people
    # half throttled from 950 on, give or take those who come in together
    assert ((people[:, 1, 1] > 900) & (people[:, 1, 1] < 1100)).all()
    assert (people[:, 1].sum(axis=1) == 3000).all()
    assert (people[:, 1, 3] == 3000 - people[:, 1, 1]).all()


def test_floods_weigh_by_their_level(tmp_path):
    flood = "#Day,N\n" + "".join(f"{day},1.5\n" for day in range(8))
    settings = A_DAY + "flood_rules:\n  flood_loc_weights: [1.0, 0.6, 0.4]\n"
    scenario = imported(tmp_path / "x", settings=settings, files={"flood_level.csv": flood})
    assert share_near(scenario, rules="walk") == pytest.approx(0.5 / 1.5, abs=0.012)
    # in Flee floods are looked at only where they displace people (quirk 55)
    assert share_near(scenario, rules="flee") == pytest.approx(0.5, abs=0.012)


@pytest.mark.parametrize(
    ("who", "files"),
    [
        ("children", {"demographics_age.csv": "age,Default\n10,1\n"}),
        (
            "boys",
            {"demographics_age.csv": "age,Default\n16,1\n", "demographics_gender.csv": "gender,Default\nmale,1\n"},
        ),
    ],
)
def test_classes_see_the_location_and_floods_weigh_on_what_they_see(tmp_path, who, files):
    # N is in flood and F abroad: children square what is abroad, boys are blind to it; nobody squares the flood
    flood = "#Day,N\n" + "".join(f"{day},1\n" for day in range(8))
    rule = f"move_rules:\n  foreign_weight: 3.0\n  children_avoid_hazards: true\n  boys_take_risk: {who == 'boys'}\n"
    settings = A_DAY + rule + "flood_rules:\n  flood_loc_weights: [1.0, 0.5]\n"
    scenario = imported(tmp_path / "x", settings=settings, files=files | {"flood_level.csv": flood})
    abroad = {"children": 9.0, "boys": 1.0}[who]
    assert share_near(scenario, rules="walk") == pytest.approx(0.5 / (0.5 + abroad), abs=0.012)


POPULOUS = "move_rules:\n  use_pop_for_loc_weight: true\n  pop_power_for_loc_weight: 0.5\n"


@BOTH
def test_places_weigh_by_the_power_of_their_inhabitants_and_camps_do_not(tmp_path, rules):
    more = "E,R,Here,1,1,town,,\nC,R,Here,1,1,camp,,400\n"
    roads = "#name1,name2,distance\nA,N,90\nA,F,90\nA,E,90\nA,C,90\n"
    scenario = imported(
        tmp_path / "x", near="town,,100", far="town,,25", more=more, routes=roads, settings=A_DAY + POPULOUS
    )
    people = simulated(scenario, rules=rules).departures[0]
    # sqrt(100), sqrt(25), 1 where nothing is said of the inhabitants, 1 for a camp
    out = people[[0, 2, 4, 6]] / people[[0, 2, 4, 6]].sum()
    assert out == pytest.approx(np.array([10, 5, 1, 1]) / 17, abs=0.012)


def test_a_town_that_turns_camp_no_longer_weighs_by_its_inhabitants_nor_a_camp_that_shuts(tmp_path):
    scenario = imported(
        tmp_path / "x", near="town,,100", far="town,,400", settings=A_DAY + POPULOUS,
        files={"location_changes.csv": "N,camp,3\n"}, closures=CLOSURES + "camp,N,,5,7\n",
    )  # fmt: skip
    world = compile_world(scenario)
    assert world.places.factor[:, 1].tolist() == [10.0] * 3 + [1.0] * 2 + [10.0] * 2 + [1.0]
    assert world.places.factor[:, 2].tolist() == [20.0] * 8


@BOTH
def test_people_on_a_link_that_shuts_are_back_where_they_came_from(tmp_path, rules):
    # two days' travel; all set out on day 0, and the border to F shuts on day 1
    conflicts = "#Day,A\n0,1\n" + "".join(f"{day},0\n" for day in range(1, 8))
    settings = A_DAY + "move_rules:\n  default_movechance: 0.0\n  camp_movechance: 0.0\n"
    roads = "#name1,name2,distance\nA,N,500\nA,F,500\n"
    scenario = imported(
        tmp_path / "x", routes=roads, settings=settings, closures=CLOSURES + "country,Here,There,1,-1\n",
        files={"conflicts.csv": conflicts},
    )  # fmt: skip
    block = simulated(scenario, rules=rules)
    assert (block.under_way[:, 0] == 1000).all()
    assert (block.under_way[:, 1:] == 0).all()
    assert (block.people[:, 1:, 2] == 0).all()
    assert (block.people[:, 1:, 0] + block.people[:, 1:, 1] == 1000).all()
    assert block.people[:, 1, 0].mean() == pytest.approx(500, abs=12)


def test_they_come_back_even_if_the_link_opens_before_they_would_have_arrived(tmp_path):
    conflicts = "#Day,A\n0,1\n" + "".join(f"{day},0\n" for day in range(1, 8))
    settings = A_DAY + "move_rules:\n  default_movechance: 0.0\n  camp_movechance: 0.0\n"
    roads = "#name1,name2,distance\nA,N,1200\nA,F,1200\n"
    scenario = imported(
        tmp_path / "x", routes=roads, settings=settings, closures=CLOSURES + "country,Here,There,1,2\n",
        files={"conflicts.csv": conflicts},
    )  # fmt: skip
    block = simulated(scenario)
    assert (block.under_way[:, :3] == 1000).all()
    assert (block.people[:, 3:, 2] == 0).all()
    assert block.people[:, 3, 0].mean() == pytest.approx(500, abs=12)


@BOTH
def test_a_link_has_a_speed_of_its_own(tmp_path, rules):
    roads = "#name1,name2,distance,forced_redirection,max_move_speed\nA,N,90,,40\nA,F,90,,\n"
    block = simulated(imported(tmp_path / "x", routes=roads, settings=A_DAY), rules=rules)
    # 90 km at 40 a day: on the road for two nights; F is reached on the day itself
    assert (block.people[:, :2, 1] == 0).all()
    assert (block.people[:, 2, 1] > 400).all()
    assert (block.people[:, 0, 2] > 400).all()


def test_a_conflict_zone_whose_conflict_comes_later_is_a_town_until_then(tmp_path):
    conflicts = "#Day,A,B\n" + "".join(f"{day},1,{int(day >= 3)}\n" for day in range(8))
    scenario = imported(
        tmp_path / "x", more="B,R,Here,1,1,conflict_zone,3,1000\n", routes=ROADS + "A,B,90\n",
        files={"conflicts.csv": conflicts}, settings=A_DAY + "move_rules:\n  conflict_weight: 0.25\n",
    )  # fmt: skip
    places = compile_world(scenario).places
    assert places.town[:, 3].tolist() == [True] * 3 + [False] * 5
    assert places.move_chance[:, 3].tolist() == [0.3] * 3 + [1.0] * 5
    assert places.score[:, 3].tolist() == [1.0] * 3 + [0.25] * 5
    assert places.conflict[:, 3].tolist() == [0.0] * 3 + [1.0] * 5


@pytest.mark.parametrize(
    # hunger is added to the intensity, up to 1; without a conflict only where others may be origins too
    ("only_zones", "expected"), [("true", [0.9, 0.0, 0.0]), ("false", [0.9, 0.4, 1.0])],
)  # fmt: skip
def test_hunger_weighs_as_an_origin(tmp_path, only_zones, expected):
    rules = f"  starvation_driven_spawning: true\n  conflict_zone_spawning_only: {only_zones}\n"
    more = "B,R2,Here,1,1,town,,10\n"
    conflicts = "#Day,A\n" + "".join(f"{day},0.5\n" for day in range(8))
    scenario = imported(
        tmp_path / "x", more=more, near="town,,", routes=ROADS + "A,B,90\n", settings="spawn_rules:\n" + rules,
        files={"conflicts.csv": conflicts, "region_attributes_IPC.csv": "#Day,R,R2\n0,40,100\n"},
    )  # fmt: skip
    weight = compile_world(scenario).places.origin_weight[4]
    assert weight[[0, 1, 3]].tolist() == pytest.approx(expected)


def test_mase_weighs_camps_by_their_person_days():
    counts = np.array([[100.0, 10.0], [200.0, 10.0], [100.0, 20.0]])
    people = np.array([[[100.0, 10.0], [190.0, 20.0], [90.0, 30.0]]])
    # errors of 20/3 in both camps over 100/3 and 10/3 of the flat line: .2 of 400 and 2 of 40 person-days
    assert mase(people, counts, start=0) == pytest.approx([(0.2 * 400 + 2 * 40) / 440])
