"""Flee's rules of 2025 and 2026, worked out by hand from the rules as they are written; defects by their numbers."""

import datetime as dt

import numpy as np
import pytest
from tests.made.displacement import compile_world, simulate_block
from tests.made.instances import CLOSURES, write_instance

import caravana as cv
from caravana.errors import UsageError
from caravana.importers.flee.instance import import_flee
from caravana.models.displacement.walk.people import power_of
from caravana.scenario.settings import DisplacementSettings

NAMES = "#name,region,country,latitude,longitude,location_type,conflict_date,population"
ROADS = "#name1,name2,distance\nA,B,90\nB,Near,100\nB,Far,190\n"
PLACES = ("A,R1,Here,1,1,conflict_zone,0,1000", "B,R1,Here,1,2,town,,3000", "Near,R2,There,1,3,camp,,100",
          "Far,R2,There,2,3,idpcamp,,500")  # fmt: skip
A, B, NEAR, FAR = range(4)
WALK = "spawn_rules:\n  insert_day0: true\n"


def scenario(folder, *, columns="", cells=("", "", "", ""), places=PLACES, settings="", files=None, **parts):
    """Import an instance with further columns."""
    rows = [f"{row},{cell}" if columns else row for row, cell in zip(places, cells, strict=True)]
    head = f"{NAMES},{columns}" if columns else NAMES
    given = {"locations": "\n".join([head, *rows]) + "\n", "routes": ROADS, "days": 8} | parts
    write_instance(folder, settings=settings, **given)
    for name, text in (files or {}).items():
        (folder / "input_csv" / name).write_text(text)
    found = import_flee(folder, folder / "simsetting.yml")
    assert not found.faults, [str(one) for one in found.faults]
    return found.require()


def worlds(one, **settings):
    return [compile_world(one, rules=rules, settings=settings) for rules in ("flee", "walk")]


# ---------------------------------------------------------------- displaced from the first day, capacity


def test_displaced_people_are_there_before_the_first_day(tmp_path):
    counts = {"Near": [(0, 40), (8, 80)], "Far": [(0, 0), (8, 0)]}
    one = scenario(tmp_path / "x", columns="initial_idps", cells=("0", "70", "7.9", "50"), camps=counts)
    assert [place.displaced for place in one.places] == [None, 70, 7, 50]
    flee, walk = worlds(one)
    assert flee.day0.tolist() == [0, 0, 40 + 7, 50]  # camps only (quirk 15)
    assert walk.day0.tolist() == [0, 70, 47, 50]
    assert flee.capacity[2:].tolist() == [60, 500]  # those counted are taken off, those given are not (quirk 5)
    for world in (flee, walk):
        block = simulate_block(world, seed=1, block=0, members=4)
        everybody = block.people.sum(axis=2) + block.under_way
        assert (everybody == world.day0.sum() + block.displaced.sum(axis=2).cumsum(axis=1)).all()


def test_displaced_people_and_one_person_that_stands_for_many(tmp_path):
    counts = {"Near": [(0, 40), (8, 80)], "Far": [(0, 0), (8, 0)]}
    one = scenario(tmp_path / "x", columns="initial_idps", cells=("0", "0", "0", "50"), camps=counts)
    flee, walk = worlds(one, hasten=10)
    assert flee.day0.tolist() == [0, 0, 4, 50]  # 50 people who each stand for ten (quirk 14)
    assert walk.day0.tolist() == [0, 0, 4, 5]
    flee, walk = worlds(one, empty_camps_on_day0=True)
    assert flee.day0.sum() == walk.day0.sum() == 0
    assert flee.capacity[NEAR] == 60  # day 0 is taken off all the same
    flee, walk = worlds(one, insert_day0=False)
    assert flee.day0.tolist() == walk.day0.tolist() == [0, 0, 0, 50]


@pytest.mark.parametrize(("day0", "room"), [(99, 1), (150, -50)])
def test_16_who_is_there_on_day_0_makes_a_camp_full_or_without_a_limit(tmp_path, day0, room):
    one = scenario(tmp_path / "x", camps={"Near": [(0, day0), (8, day0)], "Far": [(0, 0), (8, 0)]})
    flee, walk = worlds(one)
    assert flee.capacity[NEAR] == room
    assert walk.capacity[NEAR] == 100
    # below 1 there is no limit
    assert (NEAR in flee.choice.limited) == (room >= 1)
    assert NEAR in walk.choice.limited


def test_14_and_17_capacity_that_grows(tmp_path):
    places = (*PLACES[:2], "Near,R2,There,1,3,camp,,", "Far,R2,There,2,3,idpcamp,,500")
    one = scenario(tmp_path / "x", columns="capacity_per_day", cells=("0", "7", "20", "-3"), places=places)
    flee, walk = worlds(one)
    assert flee.capacity.tolist() == [0, -1, 0, 500]
    assert flee.capacity_per_day.tolist() == [0, 7, 20, 0]  # a fall is no growth
    assert flee.choice.limited.tolist() == [B, NEAR, FAR]  # a limit where there was none (quirk 17)
    assert walk.choice.limited.tolist() == [FAR]
    assert walk.capacity_per_day.tolist() == [0, 0, 0, 0]
    one = scenario(tmp_path / "y", columns="capacity_per_day", cells=("0", "0", "20", "0"))
    flee, walk = worlds(one, hasten=10)
    assert (flee.capacity[NEAR], flee.capacity_per_day[NEAR]) == (10, 20)
    assert (walk.capacity[NEAR], walk.capacity_per_day[NEAR]) == (10, 2)


def test_where_conflicts_displace_people_no_capacity_is_taken_off(tmp_path):
    counts = {"Near": [(0, 40), (8, 80)], "Far": [(0, 0), (8, 0)]}
    one = scenario(tmp_path / "x", camps=counts)
    assert worlds(one, conflict_driven_spawning=True)[0].capacity[NEAR] == 100


# ---------------------------------------------------------------- conflicts

CALM = "#Day,A\n" + "0,0\n" * 0 + "".join(f"{day},{int(5 <= day < 6)}\n" for day in range(8))


def test_51_a_zone_typed_as_one_stays_in_conflict_at_its_intensity(tmp_path):
    rules = "move_rules:\n  conflict_weight: 0.25\n  default_movechance: 0.3\n"
    one = scenario(
        tmp_path / "x", columns="conflict_intensity", cells=("0.5", "", "", ""), settings=rules,
        files={"conflicts.csv": CALM},
    )  # fmt: skip
    flee, walk = (world.places for world in worlds(one))
    # on day 5 conflicts.csv sets it to 1, on day 6 it ends
    assert flee.conflict[:, A].tolist() == [0.5] * 5 + [1.0, 0.0, 0.0]
    assert flee.score[0, A] == pytest.approx(0.25**0.5)
    assert flee.move_chance[:, A].tolist() == [1.0] * 6 + [0.3] * 2  # whatever the intensity
    assert walk.conflict[:, A].tolist() == [0.0] * 5 + [1.0, 0.0, 0.0]


def test_intensity_weighs_origins_and_conflicts_csv_overwrites_it(tmp_path):
    fought = "#Day,A\n" + "".join(f"{day},0.75\n" for day in range(8))
    one = scenario(
        tmp_path / "x", columns="conflict_intensity", cells=("0.5", "", "", ""), files={"conflicts.csv": fought}
    )  # fmt: skip
    assert [world.places.conflict[0, A] for world in worlds(one)] == [0.75, 0.75]
    # a zone that conflicts.csv does not name keeps what locations.csv says, under both
    places = (*PLACES[:1], "B,R1,Here,1,2,conflict_zone,0,3000", *PLACES[2:])
    one = scenario(
        tmp_path / "y", columns="conflict_intensity", cells=("", "0.5", "", ""), places=places,
        files={"conflicts.csv": fought},
    )  # fmt: skip
    for world in worlds(one):
        assert world.places.origin_weight[3, :2].tolist() == [0.75, 0.5]
        assert world.places.move_chance[3, B] == 1.0


def test_18_and_53_a_place_that_becomes_a_zone(tmp_path):
    one = scenario(
        tmp_path / "x", settings="default_conflict_intensity: 0.5\nmove_rules:\n  conflict_weight: 0.25\n",
        files={"location_changes.csv": "B,conflict_zone,3\n"},
    )  # fmt: skip
    flee, walk = (world.places for world in worlds(one))
    assert flee.move_chance[:, B].tolist() == walk.move_chance[:, B].tolist() == [0.3] * 3 + [1.0] * 5
    # int(.5) is 0: no displacement and no penalty; and whole ones act a day late
    assert flee.conflict[:, B].sum() == 0
    assert flee.score[5, B] == 1.0
    assert walk.conflict[:, B].tolist() == [0.0] * 3 + [0.5] * 5
    assert walk.score[5, B] == pytest.approx(0.25**0.5)
    flee, walk = (world.places for world in worlds(one, default_conflict_intensity=1))
    assert flee.origin_weight[:, B].tolist() == [0.0] * 4 + [1.0] * 4
    assert walk.origin_weight[:, B].tolist() == [0.0] * 3 + [1.0] * 5


def test_46_a_camp_opens_as_the_camp_that_it_was(tmp_path):
    one = scenario(tmp_path / "x", closures=CLOSURES + "camp,Far,,2,4\n")
    flee, walk = (world.places for world in worlds(one))
    assert flee.move_chance[:, FAR].tolist() == [0.1] * 2 + [0.3] * 2 + [0.001] * 4
    assert walk.move_chance[:, FAR].tolist() == [0.1] * 2 + [0.3] * 2 + [0.1] * 4
    assert walk.camp[:, FAR].tolist() == flee.camp[:, FAR].tolist() == [True] * 2 + [False] * 2 + [True] * 4


# ---------------------------------------------------------------- people

ALL = dict.fromkeys(("children_avoid_hazards", "boys_take_risk", "elderly_avoid_hazards", "women_avoid_hazards"), True)


@pytest.mark.parametrize(
    ("gender", "age", "flee", "walk"),
    # what a person makes of a score of .5 with all four rules on; in Flee men of all ages are boys (quirk 19)
    [("male", 10, 0.25, 0.25), ("male", 16, 1.0, 1.0), ("male", 30, 1.0, 0.5), ("male", 65, 1.0, 0.25),
     ("female", 10, 0.25, 0.25), ("female", 30, 0.25, 0.25), ("female", 65, 0.25, 0.25)],
)  # fmt: skip
def test_19_who_avoids_hazards_and_who_takes_risks(gender, age, flee, walk):
    rules = DisplacementSettings(**ALL)
    assert 0.5 ** power_of(age, gender, rules, mended=False) == flee
    assert 0.5 ** power_of(age, gender, rules, mended=True) == walk
    # alone it does nothing in Flee
    boys = DisplacementSettings(boys_take_risk=True)
    assert power_of(16, "male", boys, mended=False) == 1.0
    assert power_of(16, "male", boys, mended=True) == 0.0


AGES = {"demographics_age.csv": "age,Default\n10,1\n30,2\n65,1\n",
        "demographics_gender.csv": "gender,Default\nmale,1\nfemale,1\n"}  # fmt: skip


def test_the_elderly_and_women_square_scores(tmp_path):
    rules = "move_rules:\n  ElderlyAvoidHazards: true\n  WomenAvoidHazards: true\n  camp_weight: 2\n"
    one = scenario(tmp_path / "x", settings=rules, files=AGES)
    for world in worlds(one):
        # women are a half; of the men a quarter is elderly
        assert world.classes.share[A].tolist() == pytest.approx([3 / 8, 5 / 8, 0.0])
        assert world.classes.see(np.array([2.0, 0.5])).tolist() == [[2.0, 0.5], [4.0, 0.25], [1.0, 1.0]]


def test_rules_about_people_need_their_demographics(tmp_path):
    folder = write_instance(tmp_path / "x", settings="move_rules:\n  WomenAvoidHazards: true\n")
    (fault,) = import_flee(folder, folder / "simsetting.yml").faults
    assert "demographics_gender.csv" in str(fault)
    assert "women_avoid_hazards" in str(fault)
    one = scenario(tmp_path / "y")
    with pytest.raises(UsageError, match="elderly_avoid_hazards: this scenario has no ages"):
        compile_world(one, settings={"elderly_avoid_hazards": True})


def test_21_to_23_people_go_where_those_like_them_are(tmp_path):
    rules = "move_rules:\n  MatchCampEthnicity: true\n  MatchTownEthnicity: true\n  MatchCampReligion: true\n"
    files = {"demographics_ethnicity.csv": "ethnicity,Default,A\nred,1,1\nblue,1,3\n",
             "demographics_religion.csv": "religion,Default\nsun,1\n"}  # fmt: skip
    one = scenario(
        tmp_path / "x", settings=rules, files=files, columns="red,blue,sun",
        cells=("500,500,0", "2700,300,0", "90,10,100", "0,0,"),
    )  # fmt: skip
    flee, walk = worlds(one)
    assert len(flee.classes.names) == 1
    assert walk.classes.share[A].tolist() == [0.25, 0.75]
    liking = walk.classes.liking(walk.places.camp[0], walk.places.conflict[0], walk.settings)
    # town B: 10 x 2700/3000; camp Near: 10 x 90/100 x 1 / .25; nothing is known of Far, and no rule is about A
    assert liking.tolist() == [[1.0, 9.0, 36.0, 1.0], [1.0, 1.0, 4.0, 1.0]]
    plain = compile_world(one, rules="walk", settings={"match_camp_religion": False})
    ratio = walk.option_weights(0) / plain.option_weights(0)
    assert sorted(set(ratio.round(9).tolist())) == [1.0, 4.0]
    block = simulate_block(walk, seed=1, block=0, members=4)
    assert (block.people.sum(axis=2) + block.under_way == block.displaced.sum(axis=2).cumsum(axis=1)).all()


# ---------------------------------------------------------------- hunger


def test_25_27_and_54_hunger_weighs_origins_and_places(tmp_path):
    rules = "spawn_rules:\n  starvation_driven_spawning: true\nmove_rules:\n  avoid_food_deprived_locations: true\n"
    one = scenario(
        tmp_path / "x", settings=rules, files={"region_attributes_IPC.csv": "#Day,R1,R2\n0,20,40\n9,20,40\n"}
    )  # fmt: skip
    flee, walk = (world.places for world in worlds(one))
    assert flee.origin_weight[:2, A].tolist() == [1.0, 1.2]  # 1000 weigh as 1200, from the second day on
    assert walk.origin_weight[:2, A].tolist() == [1.0, 1.0]  # no more than all
    assert flee.score[:2, B].tolist() == pytest.approx([1.0, 0.96])
    assert walk.score[:2, B].tolist() == pytest.approx([0.96, 0.96])
    places = ("A,A,Here,1,1,conflict_zone,0,1000", "B,A,Here,1,2,town,,3000", *PLACES[2:])
    one = scenario(
        tmp_path / "y", settings=rules, places=places, files={"region_attributes_IPC.csv": "#Day,A\n0,20\n9,20\n"}
    )  # fmt: skip
    flee, walk = (world.places for world in worlds(one, flee_when_starving=True))
    assert flee.origin_weight[2, A] == 1.0  # called as a region is
    assert flee.move_chance[2, :2].tolist() == pytest.approx([1.0, 0.2 + 0.8 * 0.3])
    assert walk.move_chance[2, :2].tolist() == pytest.approx([1.0, 0.2 + 0.8 * 0.3])


def test_26_places_at_peace_are_origins_where_so_set(tmp_path):
    one = scenario(tmp_path / "x", settings="spawn_rules:\n  conflict_zone_spawning_only: false\n")
    flee, walk = (world.places for world in worlds(one))
    assert flee.origin_weight[2].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert walk.origin_weight[2, :2].tolist() == [1.0, 1.0]


# ---------------------------------------------------------------- floods, numbers displaced


def flooded(tmp_path, *, more=""):
    places = ("A,R1,Here,1,1,flood_zone,,1000", *PLACES[1:])
    rules = f"""spawn_rules:
  conflict_zone_spawning_only: false
  flood_zone_spawning_only: true
  take_from_population: true
  flood_driven_spawn_mode:
    displaced_per_flood_day: [0.0, 10, 25, 50]
{more}move_rules:
  flood_rules:
    flood_movechances: [0.0, 0.2, 0.6]
    flood_loc_weights: [0.9, 0.5, 0.1]
"""
    flood = "#Day,A,B\n" + "".join(f"{day},{(0, 0.5, 1, 1.7)[day % 4]},1.7\n" for day in range(8))
    folder = write_instance(
        tmp_path, locations="\n".join([NAMES, *places]) + "\n", routes=ROADS, days=8, settings=rules
    )  # fmt: skip
    (folder / "input_csv" / "conflicts.csv").unlink()
    (folder / "input_csv" / "flood_level.csv").write_text(flood)
    return import_flee(folder, folder / "simsetting.yml").require()


def test_28_and_29_levels_of_floods(tmp_path):
    one = flooded(tmp_path / "x")
    flee, walk = worlds(one)
    # levels 0, .5, 1, 1.7: in Flee 0, 0, 1, 1
    assert flee.places.move_chance[:4, A].tolist() == pytest.approx([0.3, 0.3, 0.2, 0.2])
    assert walk.places.move_chance[:4, A].tolist() == pytest.approx([0.3, 0.1, 0.2, 0.48])
    assert flee.places.score[:4, A].tolist() == pytest.approx([0.9, 0.9, 0.5, 0.5])  # twice, and when dry
    assert flee.places.factor[:4, A].tolist() == pytest.approx([1.0, 1.0, 0.5, 0.5])
    assert walk.places.score[:4, A].tolist() == [1.0] * 4
    assert walk.places.factor[:4, A].tolist() == pytest.approx([1.0, 0.7, 0.5, 0.22])
    rng = np.random.default_rng(1)
    there = np.full((4000, 4), 1000)
    assert [int(flee.pushes[0].displaced(there, day, rng)[0, A]) for day in range(4)] == [0, 0, 10, 10]
    drawn = [walk.pushes[0].displaced(there, day, rng)[:, A] for day in range(4)]
    assert [float(one.mean()) for one in drawn] == pytest.approx([0, 5, 10, 20.5], abs=0.05)


def test_55_floods_alone_are_not_looked_at(tmp_path):
    one = flooded(tmp_path / "x")
    flee, walk = worlds(one, flood_driven_spawning=False)
    assert flee.places.move_chance[2, A] == 0.3
    assert walk.places.move_chance[2, A] == pytest.approx(0.2)


def test_the_rates_of_floods_hang_on_the_mode(tmp_path):
    for mode, rates in (("pop_ratio", (0.0, 0.1, 0.2, 0.5, 0.9)), ("Poisson", (0.0, 100.0, 200.0, 300.0, 500.0))):
        rules = f"spawn_rules:\n  flood_driven_spawn_mode:\n    spawn_mode: {mode}\n"
        folder = write_instance(tmp_path / mode, settings=rules)
        (folder / "input_csv" / "flood_level.csv").write_text("#Day,A\n" + "".join(f"{d},1\n" for d in range(20)))
        one = import_flee(folder, folder / "simsetting.yml").require()
        assert DisplacementSettings.of(one.settings).displaced_per_flood_day == rates


def test_45_and_57_parts_of_a_person_and_more_people_than_there_are(tmp_path):
    rules = "spawn_rules:\n  conflict_driven_spawning:\n    displaced_per_conflict_day: 0.9\n"
    one = scenario(tmp_path / "x", settings=rules, places=(PLACES[0].replace("1000", "30"), *PLACES[1:]))
    flee, walk = worlds(one)
    assert simulate_block(flee, seed=1, block=0, members=64).displaced.sum() == 0
    assert simulate_block(walk, seed=1, block=0, members=256).displaced.mean(axis=0)[:, A] == pytest.approx(
        [0.9] * 8, abs=0.08
    )
    flee, walk = worlds(one, displaced_per_conflict_day=10, take_from_population=True)
    assert simulate_block(flee, seed=1, block=0, members=2).displaced[0, :, A].tolist() == [10] * 8
    assert simulate_block(walk, seed=1, block=0, members=2).displaced[0, :, A].tolist() == [10] * 3 + [0] * 5


# ---------------------------------------------------------------- home


def test_24_in_the_months_of_harvest_people_are_at_home(tmp_path):
    """January and February; nobody leaves camps otherwise.  All of 400 have reached the camp before the harvest."""
    rules = "harvest_months: [2]\nmove_rules:\n  camp_movechance: 0.0\n  default_movechance: 1.0\n"
    one = scenario(
        tmp_path / "x", settings=rules, days=70, columns="farmer_fraction", cells=("0.25", "0", "0", "0"),
        routes="#name1,name2,distance\nA,Near,90\n", places=(*PLACES[:2], "Near,R2,There,1,3,camp,,", PLACES[3]),
        camps={"Near": [(0, 0), (1, 400), (70, 400)]},
        files={"conflicts.csv": "#Day,A\n" + "".join(f"{day},{int(day < 20)}\n" for day in range(70))},
    )  # fmt: skip
    february = [(one.start + dt.timedelta(day)).month == 2 for day in range(70)]
    assert sum(february) == 29
    before, during, after = 30, 40, 61
    flee, walk = (simulate_block(world, seed=1, block=0, members=64).people for world in worlds(one))
    assert (flee[:, [before, after], NEAR] == 400).all()
    assert (flee[:, during, A] == 400).all()  # farmers or not
    assert (walk[:, [before, after], NEAR] == 400).all()
    assert (walk[:, during].sum(axis=1) == 400).all()
    assert walk[:, during, A].mean() == pytest.approx(100, abs=4 * np.sqrt(75 / 64))


def test_42_and_56_near_home_is_near_where_people_come_from(tmp_path):
    rules = "move_rules:\n  stay_close_to_home: true\n"
    one = scenario(tmp_path / "x", settings=rules)
    flee, walk = worlds(one)
    assert len(flee.classes.names) == 1
    assert walk.classes.home.tolist() == [A]
    of = {(int(walk.option_post[i]), int(walk.choice.destination[i])): walk.closeness[i]
          for i in range(len(walk.closeness))}  # fmt: skip
    degree = 6371.0 * np.pi / 180
    assert of[B, A] == 1.0  # home
    # Near lies two degrees of longitude from A, a degree north of the equator
    assert of[B, NEAR] == pytest.approx((2 * degree * np.cos(np.pi / 180)) ** -0.5, rel=1e-3)


def test_more_classes_than_fit_are_refused_before_a_run(tmp_path, monkeypatch):
    one = scenario(tmp_path / "x", settings="move_rules:\n  stay_close_to_home: true\n", columns="initial_idps",
                   cells=("5", "5", "5", "5"))  # fmt: skip
    monkeypatch.setattr("caravana.models.displacement.walk.people.MOST_POSTS", 8)
    with pytest.raises(UsageError, match="4 classes of people in 4 places"):
        cv.simulate(one.model_copy(update={"rules": "walk"}), members=1)


def test_people_go_home_for_good_at_their_own_hazard(tmp_path):
    rules = "move_rules:\n  camp_movechance: 0.0\n  conflict_movechance: 0.0\n"
    one = scenario(
        tmp_path / "x", settings=rules, days=20, columns="initial_idps", cells=("0", "0", "40000", "10000"),
        camps={"Near": [(0, 0), (20, 0)]}, closures=CLOSURES,
    )  # fmt: skip
    one = one.model_copy(update={"settings": {**one.settings, "idpcamp_movechance": 0.0, "return_hazard": 0.05}})
    flee, walk = worlds(one)
    assert flee.returning is None
    block = simulate_block(walk, seed=1, block=0, members=16)
    left = block.people[:, :, NEAR].mean(axis=0)
    assert left == pytest.approx(40_000 * np.exp(-0.05 * np.arange(1, 21)), abs=4 * 100 / 4)
    gone = block.returned.sum(axis=2).cumsum(axis=1)
    assert (block.people.sum(axis=2) + gone == 50_000).all()
    # by place and day: nobody goes home from Far until day 10
    from caravana.scenario.model import Series

    hazard = Series(kind="return", unit="1/day", days=(0, 10), place_ids=("Far",), values=np.array([[0.0], [0.2]]))
    one = one.model_copy(update={"series": (*one.series, hazard)})
    block = simulate_block(worlds(one)[1], seed=1, block=0, members=16)
    assert (block.people[:, :10, FAR] == 10_000).all()
    assert block.people[:, 19, FAR].mean() == pytest.approx(10_000 * np.exp(-2.0), rel=0.02)
    assert block.people[:, 19, NEAR].mean() == pytest.approx(40_000 * np.exp(-1.0), rel=0.01)
