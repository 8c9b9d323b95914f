"""Flee's defects by their numbers: what the rule set ``flee`` follows, and what ``caravana`` mends."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, write_instance

import caravana as cv
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.world import WalkWorld

A_DAY = "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 1000\n"
PLACES = """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R,Here,1,1,conflict_zone,0,100000
N,R,Here,1,2,camp,,
F,R,There,2,1,camp,,
"""
ROADS = "#name1,name2,distance,forced_redirection\n"
EVEN = ROADS + "A,N,90,\nA,F,90,\n"


def scenario(folder, *, settings="", conflicts=None, **parts):
    """Import an instance in which nobody is counted: both rule sets run on the network."""
    given = {"locations": PLACES, "routes": EVEN, "days": 8} | parts
    write_instance(folder, settings=A_DAY + settings, camps={}, **given)
    if conflicts:
        (folder / "input_csv" / "conflicts.csv").write_text(conflicts)
    return import_flee(folder, folder / "simsetting.yml").require()


def world(one, rules):
    compiled = compile_world(one, rules=rules)
    assert isinstance(compiled, WalkWorld)
    return compiled


def share(one, rules, *, day=0, members=32):
    """Share of the people who are in each place, [place]."""
    people = simulate_block(world(one, rules), seed=1, block=0, members=members).people[:, day].sum(axis=0)
    return people / people.sum()


@pytest.mark.parametrize(
    ("road", "flee"),
    # a road redirects from its first place with 1 and from its second with 2; in Flee 1 doubles it (quirk 2)
    [("A,N,90,1", 2 / 3), ("N,A,90,2", 1 / 2), ("A,N,90,2", 1 / 2), ("N,A,90,1", 2 / 3)],
)
def test_1_a_place_that_redirects_sends_everybody_along_the_road_named(tmp_path, road, flee):
    one = scenario(tmp_path / "x", routes=ROADS + road + "\nA,F,90,\n")
    from_a = road in ("A,N,90,1", "N,A,90,2")
    # 32,000 people: two in a thousand is a standard error
    assert share(one, "flee")[1] == pytest.approx(flee, abs=0.012)
    assert share(one, "walk")[1] == pytest.approx(1.0 if from_a else 0.5, abs=0.012)


def test_1_roads_through_a_place_that_redirects_are_seen_along_the_one_named(tmp_path):
    locations = PLACES + "B,R,Here,1,3,town,,\n"
    one = scenario(
        tmp_path / "x", locations=locations, routes=ROADS + "A,B,10,\nB,N,10,1\nB,F,10,\n",
        settings="move_rules:\n  awareness_level: 2\n",
    )  # fmt: skip
    mended = world(one, "walk")
    weight = mended.option_weights(0)
    of = {
        (int(mended.option_post[i]), int(mended.choice.destination[i])): weight[i] > 0 for i in range(len(weight))
    }  # fmt: skip
    a, n, f, b = range(4)
    assert {pair: seen for pair, seen in of.items() if pair[0] == a} == {(a, b): True, (a, n): True, (a, f): False}
    assert {pair: seen for pair, seen in of.items() if pair[0] == b} == {(b, n): True, (b, f): False, (b, a): False}
    assert (world(one, "flee").option_weights(0) > 0).all()


@pytest.mark.parametrize("names", ["A,N", "N,A"])
def test_1_redirection_is_lifted_from_its_date_until_the_end_if_it_has_one(tmp_path, names):
    routes = ROADS + "A,N,90,1\nA,F,90,\n"
    one = scenario(tmp_path / "x", routes=routes, closures=f"{CLOSURES}remove_forced_redirection,{names},3,-1\n")
    offered = world(one, "walk").offered[:, 2].tolist()  # from A to F
    assert offered == [False] * 3 + [True] * 5
    people = simulate_block(world(one, "walk"), seed=1, block=0, members=16).people.mean(axis=0)
    assert people[2, 2] < 15  # but for the few who leave N
    assert people[7, 2] == pytest.approx(2500, rel=0.05)
    one = scenario(tmp_path / "y", routes=routes, closures=f"{CLOSURES}remove_forced_redirection,{names},3,5\n")
    assert world(one, "walk").offered[:, 2].tolist() == [False] * 3 + [True] * 2 + [False] * 3
    assert world(one, "flee").offered.all()


def test_1_where_the_road_named_is_shut_people_stay(tmp_path):
    one = scenario(
        tmp_path / "x", routes=ROADS + "A,N,90,\nA,F,90,1\n", closures=CLOSURES + "country,Here,There,0,-1\n"
    )
    assert share(one, "walk", day=7).tolist() == [1.0, 0.0, 0.0]
    assert share(one, "flee", day=7)[1] == pytest.approx(1.0, abs=0.001)


def test_2_a_road_that_redirects_stands_there_once(tmp_path):
    one = scenario(tmp_path / "x", routes=ROADS + "A,N,90,1\nA,F,90,\n")
    assert len(world(one, "flee").links.km) == 6
    assert len(world(one, "walk").links.km) == 4


def test_3_to_5_have_tests_of_their_own_and_link_closures_shut_both_ways(tmp_path):
    one = scenario(tmp_path / "x", closures=CLOSURES + "link,N,A,2,4\n")
    assert world(one, "flee").open_link.all()
    shut = ~world(one, "walk").open_link
    assert shut.sum(axis=1).tolist() == [0, 0, 2, 2, 0, 0, 0, 0]
    assert shut[2, :2].all()


def test_7_two_systems_are_refused_by_name(tmp_path):
    folder = write_instance(tmp_path / "x", settings="move_rules:\n  two_system_decision_making: True\n")
    found = import_flee(folder, folder / "simsetting.yml")
    assert any("two_system_decision_making not carried over" in note and "quirk 7" in note for note in found.notes)
    with pytest.raises(cv.UsageError, match="no setting two_system_decision_making"):
        cv.simulate(found.require(), members=1, set={"two_system_decision_making": 1})


def test_8_nobody_leaves_camps_that_are_to_be_sinks(tmp_path):
    rules = "move_rules:\n  camps_are_sinks: true\n  camp_movechance: 0.5\n  idpcamp_movechance: 0.4\n"
    # all come out on day 0
    one = scenario(
        tmp_path / "x", settings=rules, locations=PLACES.replace("There,2,1,camp", "There,2,1,idpcamp"),
        closures=CLOSURES + "camp,N,,6,-1\n", conflicts="#Day,A\n0,1\n" + "".join(f"{day},0\n" for day in range(1, 8)),
    )  # fmt: skip
    assert one.settings["camps_are_sinks"] is True
    chance = world(one, "walk").places.move_chance
    assert chance[0].tolist() == [1.0, 0.0, 0.0]
    assert chance[6].tolist() == [0.3, 0.3, 0.0]  # a camp that is closed is a town
    assert world(one, "flee").places.move_chance[0].tolist() == [1.0, 0.5, 0.4]
    people = simulate_block(world(one, "walk"), seed=1, block=0, members=4).people
    assert (people[:, 1:6] == people[:, :1]).all()
    people = simulate_block(world(one, "flee"), seed=1, block=0, members=4).people
    assert (people[:, 1, 0] > 0).all()


def test_8_hunger_and_floods_drive_nobody_out_of_a_sink(tmp_path):
    folder = tmp_path / "x"
    one = scenario(folder, settings="move_rules:\n  camps_are_sinks: true\n  flee_when_starving: true\n")
    (folder / "input_csv" / "region_attributes_IPC.csv").write_text("#Day,R\n0,50\n")
    one = import_flee(folder, folder / "simsetting.yml").require()
    assert world(one, "walk").places.move_chance[0].tolist() == [1.0, 0.0, 0.0]
    assert world(one, "flee").places.move_chance[0].tolist() == pytest.approx([1.0, 0.5005, 0.5005])


def test_9_with_no_awareness_people_see_where_their_roads_end(tmp_path):
    one = scenario(tmp_path / "x", settings="move_rules:\n  awareness_level: 0\n")
    assert share(one, "flee", day=7).tolist() == [1.0, 0.0, 0.0]
    assert share(one, "walk", day=7) == pytest.approx([0.0, 0.5, 0.5], abs=0.01)
    seen = scenario(tmp_path / "y", settings="move_rules:\n  awareness_level: 1\n")
    assert np.array_equal(share(one, "walk", day=7), share(seen, "walk", day=7))


@pytest.mark.parametrize(("kind", "calm"), [("camp", 0.002), ("idpcamp", 0.07)])
def test_12_a_camp_whose_conflict_ends_is_the_camp_that_it_was(tmp_path, kind, calm):
    one = scenario(
        tmp_path / "x", locations=PLACES.replace("Here,1,2,camp", f"Here,1,2,{kind}"),
        settings="move_rules:\n  camp_movechance: 0.002\n  idpcamp_movechance: 0.07\n  default_movechance: 0.3\n",
        conflicts="#Day,A,N\n" + "".join(f"{day},1,{int(2 <= day < 4)}\n" for day in range(8)),
    )  # fmt: skip
    flee, mended = (world(one, rules).places for rules in ("flee", "walk"))
    assert flee.move_chance[:, 1].tolist() == [calm] * 2 + [1.0] * 2 + [0.3] * 4
    assert mended.move_chance[:, 1].tolist() == [calm] * 2 + [1.0] * 2 + [calm] * 4
    # in Flee it is a camp and a town then
    assert flee.town[:, 1].tolist() == [False] * 4 + [True] * 4
    assert not mended.town[:, 1].any()
    assert flee.camp[:, 1].all()
    assert mended.camp[:, 1].all()


def test_people_listed_one_by_one_are_refused_by_name(tmp_path):
    folder = write_instance(tmp_path / "x", settings="spawn_rules:\n  read_from_agents_csv_file: true\n")
    found = import_flee(folder, folder / "simsetting.yml")
    assert any("read_from_agents_csv_file not carried over" in note for note in found.notes)
    with pytest.raises(cv.UsageError, match="no setting read_from_agents_csv_file"):
        cv.simulate(found.require(), members=1, set={"read_from_agents_csv_file": 1})


def test_the_docs_have_a_row_for_each_of_the_13():
    text = (Path(__file__).parents[3] / "docs" / "dispersal.md").read_text("utf-8")
    section = text.split("### Flee's defects, by number")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \|(.+)\|(.+)\|(.+)\|$", section, flags=re.MULTILINE)
    assert [int(row[0]) for row in rows] == list(range(1, 14))
    assert all(cell.strip() for row in rows for cell in row)
