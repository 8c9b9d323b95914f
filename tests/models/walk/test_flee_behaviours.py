"""What Flee's own tests hold it to, written anew: exact routes, splits, weights, kinds of places, spawn counts."""

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, LOCATIONS, ROUTES, write_instance

from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.counts import interpolate

RULES = "move_rules:\n  max_move_speed: 200.0\n  default_movechance: 0.5\n"


def compiled(folder, *, settings=RULES, files=None, **parts):
    write_instance(folder, settings=settings, **parts)
    for name, text in (files or {}).items():
        (folder / "input_csv" / name).write_text(text)
    return compile_world(import_flee(folder, folder / "simsetting.yml").require())


def routes_from(world, place):
    first, last = world.routes.first[place : place + 2]
    chains = [
        "".join(world.place_ids[world.links.end[link]] for link in chain if link >= 0)
        for chain in world.routes.links[first:last]
    ]
    return dict(zip(chains, world.routes.km[first:last].tolist(), strict=True))


NET = """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R,Here,1,1,conflict_zone,0,100
B,R,Here,1,2,town,,
C,R,Here,1,3,town,,
D,R,There,1,4,camp,,1000
E,R,Here,2,1,town,,
M,R,Here,2,2,marker,,
"""
ROADS = "#name1,name2,distance\nA,B,10\nB,C,20\nA,C,50\nC,D,5\nA,M,3\nM,E,4\n"


@pytest.mark.parametrize(
    ("awareness", "more"),
    [
        (1, {"B": 10, "C": 50, "ME": 7}),
        (2, {"BC": 30, "CB": 70, "CD": 55}),
        (3, {"BCD": 35}),
        (4, {}),
    ],
)
def test_the_routes_that_are_seen_are_exactly_these(tmp_path, awareness, more):
    world = compiled(
        tmp_path / "x", settings=f"move_rules:\n  awareness_level: {awareness}\n", locations=NET, routes=ROADS,
        camps={"D": [(0, 0), (20, 500)]},
    )  # fmt: skip
    seen = {"B": 10, "C": 50, "ME": 7}
    if awareness > 1:
        seen |= {"BC": 30, "CB": 70, "CD": 55}
    if awareness > 2:
        seen |= {"BCD": 35}
    assert more.items() <= seen.items()
    assert routes_from(world, 0) == seen


def test_with_no_awareness_nobody_moves(tmp_path):
    world = compiled(tmp_path / "x", settings="move_rules:\n  awareness_level: 0\n")  # quirk 9
    block = simulate_block(world, seed=1, block=0, members=2)
    assert np.array_equal(block.people[:, -1, 0], block.displaced.sum(axis=(1, 2)))


def test_a_tiny_closure_splits_people_as_the_chance_of_leaving_says(tmp_path):
    """One town, one camp a day away.  Whoever left before the border shut is across, the others stay where they are."""
    locations = """#name,region,country,latitude,longitude,location_type,conflict_date,population
Town,R,Here,1,1,conflict_zone,0,100
Camp,R,There,1,2,camp,,1000000
"""
    people = 20_000
    # All come on day 1, and leave with a chance of .3 a day; the border shuts on the morning of day 4.
    world = compiled(
        tmp_path / "x", locations=locations, routes="#name1,name2,distance\nTown,Camp,50\n",
        settings="move_rules:\n  max_move_speed: 200.0\n  conflict_movechance: 0.3\n  camp_movechance: 0.0\n",
        closures=CLOSURES + "country,Here,There,4,-1\n", camps={"Camp": [(0, 0), (1, people), (20, people)]},
        files={"conflicts.csv": "#Day,Town\n" + "".join(f"{day},1\n" for day in range(20))},
    )  # fmt: skip
    block = simulate_block(world, seed=1, block=0, members=32)
    across = block.people[:, -1, 1] / people
    # three mornings on which one could leave: days 1, 2 and 3
    assert across.mean() == pytest.approx(1 - 0.7**3, abs=4 * np.sqrt(0.7**3 * (1 - 0.7**3) / people / 32))
    assert (block.people[:, 3:, 1] == block.people[:, 3:4, 1]).all()
    assert (block.people.sum(axis=2)[:, 1:] == people).all()


def test_a_camp_that_closes_is_a_town_till_it_opens(tmp_path):
    world = compiled(tmp_path / "x", closures=CLOSURES + "camp,Near,,3,7\nidpcamp,Far,,5,6\n")
    near, far = world.places.move_chance[:, 2].tolist(), world.places.move_chance[:, 3].tolist()
    assert near == [0.001] * 3 + [0.5] * 4 + [0.001] * 13
    assert far == [0.001] * 5 + [0.5] + [0.1] * 14
    assert world.places.camp[:, 2].tolist() == [True] * 3 + [False] * 4 + [True] * 13


def test_kinds_of_places_have_their_chances_and_the_calm_are_camps(tmp_path):
    locations = LOCATIONS + (
        "I,R2,There,1,1,idpcamp,,50\nF,R1,Here,1,1,forwarding_hub,,\nM,R1,Here,1,1,marker,,\nZ,R1,Here,1,1,flood_zone,,9\n"
    )
    routes = ROUTES + "B,I,10,\nB,F,10,\nB,M,10,\nB,Z,10,\n"
    world = compiled(tmp_path / "x", locations=locations, routes=routes)
    assert world.places.move_chance[0].tolist() == [1.0, 0.5, 0.001, 0.001, 0.1, 1.0, 1.0, 0.5]
    assert world.places.camp[0].tolist() == [False, False, True, True, True, False, False, False]
    calm = compiled(tmp_path / "y", settings="move_rules:\n  default_movechance: 0.004\n")
    assert calm.places.camp[0].tolist() == [False, True, True, True]  # a chance below .005 makes a camp


def test_a_place_changes_its_kind_on_the_day(tmp_path):
    world = compiled(tmp_path / "x", files={"location_changes.csv": "B,camp,7\nB,town,9\n"})
    assert world.places.camp[5:11, 1].tolist() == [False, False, True, True, False, False]
    assert world.places.move_chance[7, 1] == 0.001


def test_weights_have_their_softenings_and_powers(tmp_path):
    settings = """move_rules:
  softening: 10.0
  weight_softening: 0.5
  distance_power: 2.0
  weight_power: 1.5
  foreign_weight: 3.0
  camp_weight: 2.0
  conflict_weight: 0.25
"""
    world = compiled(tmp_path / "x", settings=settings)
    weight = world.option_weights(0)
    of = {
        (int(world.option_post[i]), int(world.choice.destination[i])): float(weight[i])
        for i in range(len(weight))
    }  # fmt: skip
    assert of[1, 0] == pytest.approx(((0.5 + 0.25) / (10 + 90) ** 2) ** 1.5)  # from B to A, in conflict
    assert of[0, 1] == pytest.approx(((0.5 + 1.0) / (10 + 90) ** 2) ** 1.5)
    assert of[1, 2] == pytest.approx(((0.5 + 6.0) / (10 + 100) ** 2) ** 1.5)  # a camp abroad
    assert of[1, 3] == pytest.approx(((0.5 + 6.0) / (10 + 190) ** 2) ** 1.5)


def test_conflicts_fade_as_a_reason_to_leave_and_to_stay_away(tmp_path):
    settings = RULES + "  conflict_weight: 0.25\nspawn_rules:\n  conflict_spawn_decay: [1.0, 0.5, 0.1]\n"
    world = compiled(tmp_path / "x", days=100, settings=settings)
    # a step every 30 days since the conflict began, the last one for good; origins see the day before
    assert world.places.score[[0, 29, 30, 60, 99], 0].tolist() == pytest.approx(
        [0.25, 0.25, 0.25**0.5, 0.25**0.1, 0.25**0.1]
    )
    assert world.places.origin_weight[[0, 30, 31, 61, 99], 0].tolist() == pytest.approx([1.0, 1.0, 0.5, 0.1, 0.1])


def test_the_intensity_of_a_conflict_stays_that_of_its_first_day(tmp_path):
    conflicts = "#Day,A\n" + "".join(f"{day},{0.2 if day < 5 else 0.9}\n" for day in range(20))
    world = compiled(tmp_path / "x", files={"conflicts.csv": conflicts})
    assert world.places.conflict[:, 0].tolist() == [0.2] * 20  # quirk 4
    mended = compile_world(import_flee(tmp_path / "x").require(), rules="walk")
    assert mended.places.conflict[[0, 4, 5, 19], 0].tolist() == [0.2, 0.2, 0.9, 0.9]


def test_origins_weigh_by_inhabitants_and_intensity(tmp_path):
    locations = LOCATIONS.replace("town,,\n", "town,,3000\n", 1)
    conflicts = "#Day,A,B\n" + "".join(f"{day},1,0.5\n" for day in range(20))
    world = compiled(tmp_path / "x", locations=locations, files={"conflicts.csv": conflicts})
    came = simulate_block(world, seed=1, block=0, members=64).displaced.sum(axis=1)
    # 1000 x 1 against 3000 x .5
    share = came[:, 1] / came.sum(axis=1)
    assert share.mean() == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / came.sum()))


def test_capacity_per_day_is_added_before_the_first_evening(tmp_path):
    locations = LOCATIONS.replace("population\n", "population,capacity_per_day\n").replace("camp,,10000", "camp,,100,7")
    settings = RULES + "  capacity_scaling: 2.0\n"
    world = compiled(tmp_path / "x", locations=locations, settings=settings)
    assert world.capacity[2:].tolist() == [200, 200]
    assert world.capacity_per_day.tolist() == [0, 0, 14, 14]


def test_tables_are_interpolated_to_exactly_these():
    days, values = np.array([0.0, 4.0, 9.0]), np.array([10.0, 20.0, 11.0])
    at = np.arange(-2.0, 12.0)
    assert interpolate(days, values, at).tolist() == [10, 10, 10, 12, 15, 17, 20, 18, 16, 14, 12, 11, 11, 11]


def test_spawned_are_the_rises_of_the_camps_counts_less_the_debt(tmp_path):
    camps = {"Near": [(0, 40), (2, 60), (4, 50), (6, 90)], "Far": [(0, 0), (4, 0), (6, 10)]}
    world = compiled(tmp_path / "x", camps=camps)
    # sums: 40 50 60 55 50 75 100, then flat; the fall of 10 is taken off the next rise
    assert world.displaced[:8].tolist() == [0, 10, 10, 0, 0, 15, 25, 0]
    assert world.day0.tolist() == [0, 0, 40, 0]
    block = simulate_block(world, seed=1, block=0, members=4)
    everybody = block.people.sum(axis=2) + block.under_way
    assert everybody[:, :8].tolist() == [[40, 50, 60, 60, 60, 75, 100, 100]] * 4


def test_spawned_follow_the_total_where_so_set_and_camps_start_empty_where_so_set(tmp_path):
    settings = RULES + "spawn_rules:\n  sum_from_camps: false\n"
    world = compiled(tmp_path / "x", settings=settings)
    assert world.displaced.tolist() == [0] + [45] * 19  # refugees.csv rises by 900 in 20 days
    settings = RULES + "spawn_rules:\n  empty_camps_on_day0: true\n"
    camps = {"Near": [(0, 40), (20, 240)], "Far": [(0, 0), (20, 0)]}
    world = compiled(tmp_path / "y", settings=settings, camps=camps)
    assert world.day0.sum() == 0
    assert world.displaced.tolist() == [0] + [10] * 19


def test_home_is_near_where_so_set(tmp_path):
    settings = RULES + "  stay_close_to_home: true\n  home_distance_power: 0.5\n"
    world, plain = compiled(tmp_path / "x", settings=settings), compiled(tmp_path / "y")
    ratio = world.option_weights(0) / plain.option_weights(0)
    of = {
        (int(world.option_post[i]), int(world.choice.destination[i])): float(ratio[i]) for i in range(len(ratio))
    }  # fmt: skip
    # B and Near lie a degree apart in the fourth column, which Flee takes for the latitude
    degree = 6371.0 * np.pi / 180
    assert of[1, 2] == pytest.approx(degree**-0.5, rel=1e-3)
    assert of[1, 3] < of[1, 2]


def test_two_systems_never_act_from_a_settings_file(tmp_path):
    folder = write_instance(tmp_path / "x", settings=RULES + "  two_system_decision_making: true\n")
    found = import_flee(folder, folder / "simsetting.yml")
    assert any("two_system_decision_making" in note and "quirk 7" in note for note in found.notes)


def test_camps_without_a_capacity_take_everybody(tmp_path):
    world = compiled(tmp_path / "x", locations=LOCATIONS.replace("10000", ""))
    block = simulate_block(world, seed=1, block=0, members=4)
    assert world.capacity.tolist() == [0.0] * 4
    assert np.array_equal(block.people.sum(axis=2) + block.under_way, block.displaced.sum(axis=2).cumsum(axis=1))
    assert (block.people[:, -1, world.camps] > 0).all()
