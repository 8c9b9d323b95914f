"""Hunger, floods and economic pull against chances and scores worked out by hand from the rules as they are written."""

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import ROUTES, write_instance

from caravana.importers.flee.instance import import_flee

LOCATIONS = """#name,region,country,latitude,longitude,location_type,conflict_date,population,trade_volume,hdi
A,R1,Here,1.0,1.0,conflict_zone,0,1000,0.2,0.9
B,R1,Here,1.0,2.0,town,,,0.7,0.4
Near,R2,There,1.0,3.0,camp,,10000,0.1,0.6
Far,R2,There,2.0,3.0,town,,,0.3,0.5
"""
HUNGER = "#Day,R1,R2\n0,20,40\n10,60,40\n"
FLOOD = "#Day,B,Far\n0,0,0\n10,2,0\n12,3,1.5\n"
A, B, NEAR, FAR = range(4)


def compiled(folder, settings, *, files=None, locations=LOCATIONS, override=None, rules=None, **parts):
    write_instance(folder, settings=settings, locations=locations, camps={"Near": [(0, 0), (20, 9000)]}, **parts)
    for name, text in (files or {}).items():
        (folder / "input_csv" / name).write_text(text)
    return compile_world(import_flee(folder, folder / "simsetting.yml").require(), settings=override, rules=rules)


def test_hunger_adds_its_share_to_every_chance_of_moving(tmp_path):
    # m = ipc + (1 - ipc) m, ipc a share of people, between two dated values on the line between them
    settings = "move_rules:\n  flee_when_starving: true\n  default_movechance: 0.3\n  camp_movechance: 0.001\n"
    world = compiled(tmp_path / "x", settings, files={"region_attributes_IPC.csv": HUNGER})
    chance = world.places.move_chance
    assert chance[0].tolist() == pytest.approx([1.0, 0.2 + 0.8 * 0.3, 0.4 + 0.6 * 0.001, 0.4 + 0.6 * 0.3])
    assert chance[5, B] == pytest.approx(0.4 + 0.6 * 0.3)
    assert chance[15, B] == pytest.approx(0.6 + 0.4 * 0.3)  # flat after the last row


def test_hunger_is_added_after_the_power_of_the_population(tmp_path):
    settings = """move_rules:
  flee_when_starving: true
  default_movechance: 0.3
  movechance_pop_base: 10000
  movechance_pop_scale_factor: 0.5
"""
    locations = LOCATIONS.replace("B,R1,Here,1.0,2.0,town,,,", "B,R1,Here,1.0,2.0,town,,2500,")
    world = compiled(
        tmp_path / "x", settings, locations=locations, files={"region_attributes_IPC.csv": HUNGER}
    )  # fmt: skip
    assert world.places.move_chance[0, B] == pytest.approx(0.2 + 0.8 * 0.3 * 0.5)


def test_without_the_setting_hunger_changes_nothing(tmp_path):
    world = compiled(tmp_path / "x", "", files={"region_attributes_IPC.csv": HUNGER})
    assert world.places.move_chance[5].tolist() == pytest.approx([1.0, 0.3, 0.001, 0.3])


def test_floods_replace_the_chance_of_moving_by_that_of_the_level(tmp_path):
    settings = "move_rules:\n  flood_rules:\n    flood_movechances: [0.0, 0.2, 0.6, 0.9]\n"
    world = compiled(tmp_path / "x", settings, files={"flood_level.csv": FLOOD}, rules="walk")
    chance = world.places.move_chance
    assert chance[0].tolist() == pytest.approx([1.0, 0.3, 0.001, 0.3])  # no flood: as ever
    assert chance[5, B] == pytest.approx(0.2)  # level 1
    assert chance[10, B] == pytest.approx(0.6)
    assert chance[11, B] == pytest.approx(0.75)  # level 2.5
    assert chance[12, B] == pytest.approx(0.9)  # the last of the list, where Flee fails (quirk 10)
    assert chance[12, FAR] == pytest.approx(0.4)  # level 1.5
    assert chance[19, B] == pytest.approx(0.9)


def test_floods_prevail_over_hunger(tmp_path):
    settings = "move_rules:\n  flee_when_starving: true\n  flood_rules:\n    flood_movechances: [0.0, 0.2, 0.6, 0.9]\n"
    world = compiled(
        tmp_path / "x", settings, files={"flood_level.csv": FLOOD, "region_attributes_IPC.csv": HUNGER}, rules="walk"
    )  # fmt: skip
    assert world.places.move_chance[10, B] == pytest.approx(0.6)
    assert world.places.move_chance[10, FAR] == pytest.approx(0.4 + 0.6 * 0.3)


def test_places_abroad_pull_by_trade_and_development(tmp_path):
    # abroad 1 + trade + hdi^2, then the foreign weight; at home 1; camps and conflicts as ever
    settings = "move_rules:\n  economic_pull: true\n  foreign_weight: 3\n  camp_weight: 2\n  conflict_weight: 0.25\n"
    score = compiled(tmp_path / "x", settings).places.score
    near, far = (1 + 0.1 + 0.6**2) * 3 * 2, (1 + 0.3 + 0.5**2) * 3
    assert score[3].tolist() == pytest.approx([0.25, 1.0, near, far])
    plain = compiled(tmp_path / "y", settings.replace("true", "false")).places.score
    assert plain[3].tolist() == pytest.approx([0.25, 1.0, 6.0, 3.0])


def test_hungry_places_at_home_pull_less(tmp_path):
    settings = "move_rules:\n  avoid_food_deprived_locations: true\n  foreign_weight: 3\n  conflict_weight: 0.25\n"
    score = compiled(tmp_path / "x", settings, files={"region_attributes_IPC.csv": HUNGER}).places.score
    assert score[0].tolist() == pytest.approx([0.25, 1.0, 3.0, 3.0])  # from the second day on
    assert score[1].tolist() == pytest.approx([0.25 * (1 - 0.24**2), 1 - 0.24**2, 3.0, 3.0])
    assert score[5, B] == pytest.approx(1 - 0.4**2)


def test_those_who_stay_are_as_many_as_the_chances_say(tmp_path):
    """Everybody starts in B on day 0; those who never left are binomial with the product of the chances of staying."""
    settings = "move_rules:\n  flood_rules:\n    flood_movechances: [0.0, 0.2, 0.6, 0.9]\n"
    flood = "#Day,A,B\n0,1,1\n20,1,1\n"
    world = compiled(
        tmp_path / "x", settings, files={"flood_level.csv": flood}, routes=ROUTES.replace("90", "9000"), rules="walk"
    )  # fmt: skip
    block = simulate_block(world, seed=1, block=0, members=32)
    came = block.displaced[:, :, A].astype(float)
    left = np.array([0.8 ** (day + 1) for day in range(world.days)])
    for day in (3, 12):
        expected = (came[:, : day + 1] * left[day::-1]).sum(axis=1)
        # 450 people a day come out of A, 20% of those there leave each day, nobody comes back in time
        there = block.people[:, day, A]
        noise = np.sqrt(expected.mean() / len(there))
        assert abs(there.mean() - expected.mean()) < 4 * noise
