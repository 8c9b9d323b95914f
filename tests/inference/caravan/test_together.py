"""The chance to be still together: chances, signs read from what was known, and a fit that finds what made the data."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from caravana.inference import reports
from caravana.inference.caravan import together
from caravana.inference.caravan.pooled.others import hazard_of, share_broken
from caravana.inference.caravan.together import Hazard, Signs
from caravana.models.scenarios import load_scenario


def read(name):
    return reports.read_record(load_scenario(name))


CALM = Signs(day=20, km=600.0, halted=0, persons=1500.0, broken=0.2)


@pytest.mark.parametrize("hazard", [hazard_of(read("tapachula-2021")), hazard_of(read("tapachula-2021-11-18"))])
def test_chances_fall_day_by_day_and_a_young_caravan_near_the_border_is_at_risk(hazard):
    chances = hazard.together(CALM, days=14)
    assert np.all(np.diff(chances) < 0)
    assert np.all((chances > 0) & (chances < 1))
    young = hazard.together(Signs(day=2, km=40.0, halted=0, persons=1500.0, broken=0.8), days=14)
    assert young[6] < chances[6]
    halted = hazard.together(replace(CALM, halted=3), days=14)
    assert halted[6] < chances[6]
    outlived = hazard.together(replace(CALM, halted=9), days=14)
    assert halted[6] < outlived[6] < chances[6]


def test_the_fit_finds_the_hazard_that_made_the_days():
    rng = np.random.default_rng(4)
    made = Hazard(-3.0, 1.5, 0.0, 0.0, 0.0, 0.0)
    signs = [Signs(int(rng.integers(1, 30)), float(rng.uniform(0, 300)), 0, 1500.0, 0.5) for _ in range(6000)]
    ended = [bool(rng.random() < made.chance(s)) for s in signs]
    fitted = together.fit(signs, ended)
    for where in (50.0, 280.0):
        one = Signs(10, where, 0, 1500.0, 0.5)
        assert fitted.chance(one) == pytest.approx(made.chance(one), rel=0.25)


def test_signs_are_what_was_known_that_evening():
    record = reports.read_record(load_scenario("tapachula-2021"))
    known = reports.known_by(record, dt.date(2021, 10, 31))
    signs = together.signs_of(known, today=record.day(dt.date(2021, 10, 31)))
    assert signs.day == 10
    assert signs.km == pytest.approx(107.0, abs=1.0)
    assert signs.halted == 1
    last = max((c.report.day, c.report.middle) for c in known.counts if c.report.of == "persons" and c.report.middle)
    assert signs.persons == pytest.approx(last[1], rel=1.0)


def test_a_bundled_caravan_is_judged_by_the_fit_that_has_not_seen_it():
    record = reports.read_record(load_scenario("tapachula-2021-11-18"))
    known = reports.known_by(record, dt.date(2021, 11, 22))
    signs = together.signs_of(known, today=record.day(dt.date(2021, 11, 22)), broken=share_broken(known))
    elsewhen = replace(known, departs=dt.date(2030, 1, 1), caravan="of another year")
    assert hazard_of(known) != hazard_of(elsewhen)
    assert 0.0 < hazard_of(known).together(signs, days=3)[-1] < 1.0


def test_a_large_caravan_is_likelier_to_last_than_a_small_one():
    hazard = hazard_of(read("tapachula-2021"))
    small, large = (hazard.together(replace(CALM, persons=n), days=7)[-1] for n in (200.0, 5000.0))
    assert small < large


def test_how_caravans_before_fared_is_known_only_a_week_after_they_set_out():
    record = read("tapachula-2021")
    early = replace(record, departs=dt.date(2018, 1, 1))
    assert share_broken(early) == 0.5
    assert {share_broken(replace(record, departs=dt.date(year, 6, 1))) for year in (2019, 2022, 2025)} != {0.5}


def test_the_chance_not_to_end_is_that_of_the_same_signs():
    hazard = hazard_of(read("tapachula-2021"))
    lasting = hazard.lasting(CALM, np.array([20.0, 600.0]), days=3, halts=4)
    for day, halted, stop, km in ((0, 0, 1, 600.0), (2, 3, 0, 20.0)):
        signs = replace(CALM, day=CALM.day + day, halted=halted, km=km)
        assert lasting[day, halted, stop] == pytest.approx(1.0 - hazard.chance(signs))
    assert (lasting[:, 2] < lasting[:, 1]).all()
