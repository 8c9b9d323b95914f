"""Floods that displace people: numbers worked out by hand."""

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import write_instance
from tests.oracles.flee_loop import run_loop

from caravana.errors import UsageError
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.pushes import displace_by_pushes

LOCATIONS = """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R1,Here,1.0,1.0,flood_zone,,1000
B,R1,Here,1.0,2.0,town,,40
Near,R2,There,1.0,3.0,camp,,10000
Far,R2,There,2.0,3.0,camp,,10000
"""
FLOOD = "#Day,A,B\n0,0,0\n1,1,0\n2,2,3\n3,1.5,4\n" + "".join(f"{day},0,0\n" for day in range(4, 20))
RATES = "    displaced_per_flood_day: [0.0, 10, 25, 50, 90]\n"


def compiled(folder, rules, *, flood=FLOOD, under=None):
    settings = "spawn_rules:\n  conflict_zone_spawning_only: false\n  insert_day0: false\n" + rules
    write_instance(folder, locations=LOCATIONS, settings=settings)
    (folder / "input_csv" / "conflicts.csv").unlink()
    (folder / "input_csv" / "flood_level.csv").write_text(flood)
    return compile_world(import_flee(folder, folder / "simsetting.yml").require(), rules=under)


def displaced(world, day, *, members=2, seed=1):
    there = np.repeat(world.population[None, :], members, axis=0)
    rng = np.random.default_rng(seed)
    only_those_there = world.settings.take_from_population and world.mended
    return displace_by_pushes(world.pushes, there, day, rng, no_more_than_there=only_those_there)


def test_so_many_people_a_day_by_the_level_of_the_flood(tmp_path):
    world = compiled(tmp_path / "x", "  flood_driven_spawning:\n" + RATES)
    # level 0: nobody; 1: 10; 2: 25; between 1 and 2 as at 1 (quirk 28); 4, the last of the list: 90
    expected = [[0, 0], [10, 0], [25, 50], [10, 90], [0, 0]]
    assert [displaced(world, day)[0, :2].tolist() for day in range(5)] == expected
    assert displaced(world, 2)[:, 2:].sum() == 0


def test_a_share_of_the_inhabitants_by_the_level_of_the_flood(tmp_path):
    world = compiled(tmp_path / "x", "  flood_driven_spawning:\n    flood_spawn_mode: pop_ratio\n")
    # Flee's own list: 0, .1, .2, .5, .9
    expected = [[0, 0], [100, 0], [200, 20], [100, 36]]
    assert [displaced(world, day)[0, :2].tolist() for day in range(4)] == expected


def test_numbers_by_chance_have_the_mean_of_the_level(tmp_path):
    world = compiled(tmp_path / "x", "  flood_driven_spawning:\n    spawn_mode: Poisson\n" + RATES)
    drawn = displaced(world, 2, members=4000)[:, :2]
    assert drawn.mean(axis=0) == pytest.approx([25.0, 50.0], abs=0.5)
    assert drawn.var(axis=0) == pytest.approx([25.0, 50.0], rel=0.1)


def test_only_flood_zones_are_left_where_so_set_and_nobody_who_is_not_there(tmp_path):
    world = compiled(tmp_path / "x", "  flood_zone_spawning_only: true\n  flood_driven_spawning:\n" + RATES)
    assert displaced(world, 2)[0].tolist() == [25, 0, 0, 0]
    rules = "  take_from_population: true\n  flood_driven_spawning:\n" + RATES
    assert displaced(compiled(tmp_path / "y", rules), 3)[0, :2].tolist() == [10, 90]  # quirk 57
    mended = displaced(compiled(tmp_path / "z", rules, under="walk"), 3)[0, :2]
    assert mended[0] in (17, 18)  # 17.5
    assert mended[1] == 40


def test_where_counts_say_how_many_floods_say_whence(tmp_path):
    world = compiled(tmp_path / "x", "  flood_zone_spawning_only: true\n")
    assert world.pushes == ()
    # as with conflicts: intensity, here the level, for each inhabitant of a flood zone
    assert world.places.origin_weight[2].tolist() == [2.0, 0.0, 0.0, 0.0]


def test_floods_are_asked_for_where_they_are_to_displace_people(tmp_path):
    scenario = import_flee(write_instance(tmp_path / "x")).require()
    with pytest.raises(UsageError, match="no floods"):
        compile_world(scenario, settings={"flood_driven_spawning": True})


def test_conflicts_and_floods_add_up(tmp_path):
    rules = "  conflict_driven_spawning:\n    displaced_per_conflict_day: 7\n  flood_driven_spawning:\n" + RATES
    folder = write_instance(tmp_path / "x", settings="spawn_rules:\n" + rules)
    (folder / "input_csv" / "flood_level.csv").write_text("#Day,A\n" + "".join(f"{day},1\n" for day in range(20)))
    found = import_flee(folder, folder / "simsetting.yml")
    assert any("numbers are added" in note for note in found.notes)
    assert displaced(compile_world(found.require()), 5)[0].tolist() == [17, 0, 0, 0]


def test_a_run_displaces_the_flooded_and_them_only(tmp_path):
    world = compiled(tmp_path / "x", "  flood_driven_spawning:\n" + RATES)
    block = simulate_block(world, seed=1, block=0, members=4)
    expected = np.zeros((20, 4), dtype=int)
    expected[1:4, :2] = [[10, 0], [25, 50], [10, 90]]
    assert (block.displaced == expected).all()
    assert (block.people.sum(axis=2) + block.under_way == expected.sum(axis=1).cumsum()).all()


@pytest.mark.statistical
def test_floods_move_people_as_a_loop_over_single_people_does(tmp_path):
    flood = "#Day,A,B\n" + "".join(f"{day},{1 + day % 3},{day % 2}\n" for day in range(20))
    rules = "  flood_driven_spawning:\n    displaced_per_flood_day: [0.0, 100, 250, 500]\n"
    rules += "move_rules:\n  max_move_speed: 200.0\n  start_on_foot: true\n  avoid_short_stints: true\n"
    rules += (
        "  flood_rules:\n    flood_movechances: [0.0, 0.3, 0.6, 0.9]\n    flood_loc_weights: [1.0, 0.7, 0.4, 0.1]\n"
    )
    world = compiled(tmp_path / "x", rules, flood=flood)
    counts = simulate_block(world, seed=1, block=0, members=256).people
    loop = np.array([run_loop(world, seed=seed) for seed in range(200)])
    total = loop.mean(axis=0).sum(axis=1)[:, None]
    bias = np.abs(counts.mean(axis=0) - loop.mean(axis=0)) / total
    noise = np.sqrt(counts.var(axis=0) / 256 + loop.var(axis=0) / 200) / total
    assert (bias <= 0.002 + 4 * noise).all()
    ratio = counts[:, 5:].std(axis=0).mean() / loop[:, 5:].std(axis=0).mean()
    assert 0.9 < ratio < 1.1
