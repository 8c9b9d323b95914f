"""The caravans that are there to learn from: sound, whole, in roles only, and fit to be simulated."""

import re

import pytest

from caravana.inference.reports import nights_by_day, read_record
from caravana.models.scenarios import check_scenario, load_scenario
from caravana.scenario.folders import find_scenario
from caravana.simulation import simulate

OTHERS = ("san-pedro-sula-2018", "tapachula-2021-11-18")
ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(com|mx|org|net|tv)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", OTHERS)
def test_they_are_sound_and_carry_no_address(name):
    assert check_scenario(load_scenario(name)) == []
    for path in find_scenario(name).iterdir():
        assert not ADDRESS.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("name", OTHERS)
def test_they_have_every_parameter_of_the_main_scenario(name):
    ours = {p.name for p in load_scenario(name).parameters}
    assert ours == {p.name for p in load_scenario("tapachula-2021").parameters}


@pytest.mark.parametrize("name", OTHERS)
def test_they_can_be_simulated(name):
    run = simulate(load_scenario(name), members=8, seed=1, until=load_scenario(name).start, workers=1)
    assert len(run.member_ids) == 8


def test_the_night_at_tapanatepec_and_the_rest_at_juchitan():
    record = read_record(load_scenario("san-pedro-sula-2018"))
    nights = nights_by_day(record, direct=True)
    assert nights[6] == nights[7] == pytest.approx(307.0, abs=0.5)
    assert nights[9] == nights[10] > nights[8]


def test_parts_of_a_caravan_are_no_headcount():
    record = read_record(load_scenario("san-pedro-sula-2018"))
    assert min(c.report.middle for c in record.counts if c.report.middle) >= 4000
