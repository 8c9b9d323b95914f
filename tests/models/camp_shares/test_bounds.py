"""Capacities are read for what they are, and sizes bounded by what has been counted."""

import numpy as np
import pytest
from tests.made.instances import write_instance

from caravana.importers.flee.instance import import_flee
from caravana.language.language import load_language
from caravana.models.displacement.camp_shares.bounds import bounded_sizes, says_no_limit, usual_sizes, whys_no_limit
from caravana.models.displacement.camp_shares.capacity import capacities_of
from caravana.reporting.capacities import capacity_words
from caravana.results.acting import band_factors


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ([1_000_000, 21_000, 21_000, 702], [True, False, False, False]),
        ([1_000_000] * 3, [True] * 3),
        ([195_215, 581_814, 1_016_892, 2_167_360], [False] * 4),  # countries that do take so many
        ([750_991, 740_859, 1_000_000, 1_000_000], [False, False, True, True]),
        ([750_991, 740_859, *[1_000_000] * 3], [True] * 5),  # most say that there is none
        ([250_000, 9_000, *[1_000_000] * 3], [False, False, True, True, True]),
        ([10_000, 10_000, 4_000], [False] * 3),  # plans may be alike
        ([0, 5_000], [True, False]),
        ([900_000, 8_000, 9_000], [True, False, False]),  # a town's inhabitants
        ([150_000, 150_000], [True, True]),
    ],
)
def test_which_capacities_are_no_limit(capacity, expected):
    assert says_no_limit(np.array(capacity, float)).tolist() == expected


def test_sizes_are_bounded_by_the_largest_count_so_far():
    size = np.array([1e6, 50_000.0, 3_000.0, 1e6])
    largest = np.array([4_000.0, 2_000.0, 3_500.0, 0.0])
    no_limit = np.array([True, False, False, True])
    bounded = bounded_sizes(size, largest, no_limit, without=2.0, limit=6.0)
    # Twice its own, six times its own, never less than it held, and room for one never counted.
    assert bounded.tolist() == [8_000, 12_000, 3_500, 8_000]


def test_before_any_count_a_camp_without_limit_takes_what_is_usual():
    size = np.array([1e6, 20_000.0, 10_000.0])
    assert usual_sizes(size, np.array([True, False, False])).tolist() == [30_000, 20_000, 10_000]
    assert usual_sizes(size, np.zeros(3, bool)).tolist() == size.tolist()


def test_each_reading_has_its_reason():
    capacity = np.array([0.0, 1e6, 150_000, 150_000, 900_000, 8_000, 9_000, 9_500])
    assert whys_no_limit(capacity) == (
        "not_given", "power_of_ten", "same_beside_others", "same_beside_others", "out_of_line", None, None, None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("capacities") / "x"
    write_instance(folder, camps={"Near": [(0, 0), (8, 300)], "Far": [(0, 0), (8, 10)]})
    made = import_flee(folder).require()
    capacity = {"Near": 1_000_000, "Far": 5_000}
    places = tuple(p.model_copy(update={"capacity": capacity.get(p.id, p.capacity)}) for p in made.places)
    return made.model_copy(update={"places": places, "rules": "camp-shares"})


def test_a_number_far_beyond_the_record_is_a_plan_once_there_is_one(scenario):
    whole, later = capacities_of(scenario), capacities_of(at(scenario, 10))
    assert (whole["Far"].reading, whole["Far"].size) == ("limit", 5_000)
    assert (later["Far"].reading, later["Far"].why, later["Far"].size) == ("plan", "beyond_record", 60)
    assert (later["Near"].reading, later["Near"].why, later["Near"].size) == ("none", "power_of_ten", 600)
    assert later["Near"].given == 1_000_000


@pytest.mark.parametrize(("language", "plan"), [("en", "Far: 5,000 is taken as a plan"), ("es", "Far: 5000 se toma")])
def test_readings_are_said_in_both_languages(scenario, language, plan):
    said = capacity_words(at(scenario, 10), load_language(language))
    assert len(said) == 2
    assert any(line.startswith(plan) for line in said)
    assert all("{" not in line for line in said)


def test_bands_of_a_whole_run_are_widest_where_no_size_is_known(scenario):
    factors = band_factors(scenario)
    assert factors["Near"] > factors["Far"] > 1
    assert band_factors(at(scenario, 10)) == {}
    assert band_factors(scenario.model_copy(update={"rules": "flee"})) == {}


def at(scenario, origin):
    """A scenario forecast from a day."""
    settings = {**scenario.settings, "origin_day": origin, "forecast_total": True}
    return scenario.model_copy(update={"settings": settings})
