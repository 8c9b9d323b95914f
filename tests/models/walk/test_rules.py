import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, LOCATIONS, ROUTES, write_instance

from caravana.errors import UsageError
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.counts import interpolate

SETTINGS = "move_rules:\n  max_move_speed: 200.0\n  default_movechance: 0.5\n"


def compiled(folder, *, settings=SETTINGS, override=None, **parts):
    write_instance(folder, settings=settings, **parts)
    return compile_world(import_flee(folder, folder / "simsetting.yml").require(), settings=override)


def test_nobody_is_lost_and_the_spawned_are_those_of_the_counts(tmp_path):
    world = compiled(tmp_path / "x")
    block = simulate_block(world, seed=1, block=0, members=8)
    everybody = block.people.sum(axis=2) + block.under_way
    assert np.array_equal(everybody, block.displaced.sum(axis=2).cumsum(axis=1))
    # 600 and 300 people in 20 days, cut to whole persons camp by camp
    assert world.displaced.sum() == 570 + 285
    assert (block.people >= 0).all()
    assert block.people.dtype == np.int64


def test_a_fall_of_the_counts_is_a_debt_that_later_arrivals_pay(tmp_path):
    world = compiled(tmp_path / "x", camps={"Near": [(0, 0), (5, 50), (10, 20), (20, 120)]})
    assert world.displaced[1:6].tolist() == [10] * 5
    assert world.displaced[6:13].tolist() == [0] * 7
    assert world.displaced.sum() == world.counts.camps[19].sum()


def test_people_of_day_0_fill_camps_and_shrink_them_too(tmp_path):
    world = compiled(tmp_path / "x", camps={"Near": [(0, 400), (20, 500)]})
    assert world.day0.tolist() == [0, 0, 400, 0]
    assert world.capacity.tolist() == [0, 0, 9600, 10000]  # quirk 5
    mended = compile_world(
        import_flee(tmp_path / "x").require(), rules="walk"
    )  # fmt: skip
    assert mended.capacity[2] == 10000


def test_a_block_is_a_function_of_its_keys(tmp_path):
    world = compiled(tmp_path / "x")
    first = simulate_block(world, seed=3, block=2, members=4)
    again = simulate_block(world, seed=3, block=2, members=4)
    other = simulate_block(world, seed=3, block=1, members=4)
    assert np.array_equal(first.people, again.people)
    assert not np.array_equal(first.people, other.people)


def test_routes_by_awareness_pass_through_markers_without_a_step(tmp_path):
    locations = LOCATIONS + "M,R1,Here,1,1,marker,,\nEnd,R1,Here,1,1,town,,\n"
    routes = ROUTES + "A,M,10,\nM,End,15,\n"
    world = compiled(tmp_path / "x", locations=locations, routes=routes)
    names = world.place_ids
    from_a = [
        (names[world.routes.destination[i]], world.routes.km[i])
        for i in range(world.routes.first[0], world.routes.first[1])
    ]
    assert from_a == [("B", 90.0), ("End", 25.0)]
    seen = compile_world(import_flee(tmp_path / "x").require(), settings={"awareness_level": 2})
    from_a = {
        (names[seen.routes.destination[i]], seen.routes.km[i])
        for i in range(seen.routes.first[0], seen.routes.first[1])
    }
    assert from_a == {("B", 90.0), ("Near", 190.0), ("Far", 280.0), ("End", 25.0)}
    block = simulate_block(seen, seed=1, block=0, members=4)
    assert np.array_equal(block.people.sum(axis=2) + block.under_way, block.displaced.sum(axis=2).cumsum(axis=1))


def test_weights_fall_with_distance_and_camps_weigh_more(tmp_path):
    settings = SETTINGS + "  camp_weight: 2.0\n  foreign_weight: 3.0\n  conflict_weight: 0.25\n"
    world = compiled(tmp_path / "x", settings=settings)
    weight = world.option_weights(0)
    by_route = {
        (world.place_ids[world.routes.origin[r]], world.place_ids[world.routes.destination[r]]): weight[i]
        for i, r in enumerate(world.options.route)
    }
    assert by_route["B", "Near"] == pytest.approx(6.0 / 110.0)
    assert by_route["B", "Far"] == pytest.approx(6.0 / 200.0)
    assert by_route["B", "A"] == pytest.approx(0.25 / 100.0)


def test_a_tiny_closure_splits_those_who_left_before_from_those_who_stay(tmp_path):
    closures = CLOSURES + "country,Here,There,3,20\n"
    world = compiled(tmp_path / "x", closures=closures)
    block = simulate_block(world, seed=1, block=0, members=16)
    camps = block.people[:, :, world.camps].sum(axis=2)
    # Nobody enters a camp once the border is shut: those under way turn back.
    assert (camps[:, 3:] == camps[:, 2:3]).all()
    assert (camps[:, 2] > 0).any()
    open_world = compiled(tmp_path / "y")
    assert simulate_block(open_world, seed=1, block=0, members=16).people[:, -1, world.camps].sum() > camps[:, -1].sum()


def test_a_closed_location_keeps_everybody_and_link_closures_never_act(tmp_path):
    world = compiled(tmp_path / "x", closures=CLOSURES + "location,A,nothing,0,50\n")
    assert simulate_block(world, seed=1, block=0, members=2).under_way.sum() == 0
    world = compiled(tmp_path / "y", closures=CLOSURES + "link,A,B,0,50\n")
    assert world.open_link.all()  # quirk 3
    mended = compile_world(import_flee(tmp_path / "y").require(), rules="walk")
    assert (~mended.open_link).sum(axis=1).tolist() == [2] * 20


def test_a_link_of_a_days_travel_takes_two_days_and_walkers_start_on_foot(tmp_path):
    world = compiled(tmp_path / "x", override={"max_move_speed": 90.0})
    option = world.options.first[0]
    assert world.options.legs.delay[option] == 1
    assert world.options.legs.last_km[option] == 0.0
    world = compile_world(import_flee(tmp_path / "x").require(), settings={"start_on_foot": True})
    assert world.options.foot.delay[option] == 2  # 90 km at 35 a day


def test_camps_that_are_full_take_nobody_and_those_half_throttled_turn_people_away(tmp_path):
    world = compiled(
        tmp_path / "x", days=60, locations=LOCATIONS.replace("10000", "100"),
        camps={"Near": [(0, 0), (60, 900)]},
    )  # fmt: skip
    last = simulate_block(world, seed=1, block=0, members=8).people[:, -1]
    # Those under way still arrive, so a camp may be somewhat over full, never much.
    assert (last[:, world.camps] <= 140).all()
    assert (last[:, world.camps] >= 90).all()


def test_capacity_grows_every_day_where_it_is_said_to(tmp_path):
    locations = LOCATIONS.replace("population\n", "population,capacity_per_day\n").replace("camp,,10000", "camp,,10,5")
    world = compiled(tmp_path / "x", days=60, locations=locations, camps={"Near": [(0, 0), (60, 2000)]})
    camps = simulate_block(world, seed=1, block=0, members=8).people[:, :, world.camps].mean(axis=0)
    assert (camps[-1] > 250).all()
    assert (camps[-1] < 520).all()


def test_counts_are_interpolated_and_cut_to_whole_persons():
    days, values = np.array([-3.0, 4.0, 10.0]), np.array([0.0, 7.0, 20.0])
    got = interpolate(days, values, np.arange(13.0))
    assert got.tolist() == [3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 20, 20, 20]


def test_conflicts_displace_by_themselves_where_so_set(tmp_path):
    settings = "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 40\n"
    world = compiled(tmp_path / "x", settings=settings)
    block = simulate_block(world, seed=1, block=0, members=2)
    assert (block.displaced.sum(axis=2) == 40).all()
    settings = settings.replace("spawning:\n", "spawning:\n    spawn_mode: pop_ratio\n").replace("40", "0.01")
    world = compiled(tmp_path / "y", settings=settings)
    assert (simulate_block(world, seed=1, block=0, members=2).displaced.sum(axis=2) == 10).all()
    settings = settings.replace("  conflict_driven", "  take_from_population: true\n  conflict_driven")
    world = compiled(tmp_path / "z", settings=settings)
    by_day = simulate_block(world, seed=1, block=0, members=2).displaced.sum(axis=2)
    assert by_day[0, :3].tolist() == [10, 9, 9]


def test_children_see_places_twice_as_sharply_and_nobody_is_lost_between_classes(tmp_path):
    folder = write_instance(tmp_path / "x", settings=SETTINGS + "  ChildrenAvoidHazards: true\n")
    (folder / "input_csv" / "demographics_age.csv").write_text("age,Default\n10,1\n30,3\n")
    world = compile_world(import_flee(folder, folder / "simsetting.yml").require())
    assert world.classes.share[0].tolist() == [0.75, 0.25, 0.0]
    block = simulate_block(world, seed=1, block=0, members=4)
    assert np.array_equal(block.people.sum(axis=2) + block.under_way, block.displaced.sum(axis=2).cumsum(axis=1))


def test_rules_about_people_ask_for_their_ages_and_genders(tmp_path):
    folder = write_instance(tmp_path / "x", settings=SETTINGS)
    (folder / "input_csv" / "demographics_age.csv").write_text("age,Default\n0-4,1\n5-99,3\n")
    scenario = import_flee(folder, folder / "simsetting.yml").require()
    with pytest.raises(UsageError, match="no ages in numbers"):
        compile_world(scenario, settings={"children_avoid_hazards": True})
    (folder / "input_csv" / "demographics_age.csv").write_text("age,Default\n10,1\n30,3\n")
    scenario = import_flee(folder, folder / "simsetting.yml").require()
    with pytest.raises(UsageError, match="no genders"):
        compile_world(scenario, settings={"children_avoid_hazards": True, "boys_take_risk": True})


def test_boys_and_men_over_14_are_blind_to_scores_and_children_square_them(tmp_path):
    settings = SETTINGS + "  ChildrenAvoidHazards: true\n  BoysTakeRisk: true\n  camp_weight: 3.0\n"
    folder = write_instance(tmp_path / "x", settings=settings)
    inputs = folder / "input_csv"
    inputs.joinpath("demographics_age.csv").write_text("age,Default,B\n10,1,0\n16,1,1\n30,2,1\n")
    inputs.joinpath("demographics_gender.csv").write_text("gender,Default\nmale,1\nfemale,3\n")
    world = compile_world(import_flee(folder, folder / "simsetting.yml").require())
    # of those from A: 10 years 1/4, 16 years 1/4, 30 years 1/2; a quarter of those over 14 are male
    assert world.classes.share[0].tolist() == pytest.approx([0.5 * 0.75, 0.25 + 0.25 * 0.75, 0.75 * 0.25])
    assert world.classes.share[1].tolist() == pytest.approx([0.5 * 0.75, 0.5 * 0.75, 0.25])
    assert world.classes.see(np.array([3.0, 1.0])).tolist() == [[3.0, 1.0], [9.0, 1.0], [1.0, 1.0]]


def test_a_share_of_the_inhabitants_is_a_hundredth_where_none_is_given(tmp_path):
    settings = "spawn_rules:\n  conflict_driven_spawning:\n    spawn_mode: pop_ratio\n"
    assert compiled(tmp_path / "x", settings=settings).settings.displaced_per_conflict_day == 0.01


def test_links_with_a_chance_of_walking_take_longer_and_lose_nobody(tmp_path):
    routes = ROUTES.replace("forced_redirection", "forced_redirection,walk_probability").replace("90,", "90,,0.5")
    world = compiled(tmp_path / "x", routes=routes)
    plain = compiled(tmp_path / "y")
    ways = world.options.chance[world.options.first[0] : world.options.first[1]]
    assert ways.sum() == pytest.approx(1.0)
    assert len(ways) > 1
    block = simulate_block(world, seed=1, block=0, members=16)
    other = simulate_block(plain, seed=1, block=0, members=16)
    assert block.under_way.mean() > other.under_way.mean()


def test_redirects_double_links_as_in_flee(tmp_path):
    world = compiled(tmp_path / "x", routes=ROUTES.replace("100,", "100,1"))
    assert len(world.links.km) == 8  # quirk 2
