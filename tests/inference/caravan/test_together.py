"""The chance to be still together: chances, signs read from what was known, and a fit that finds what made the data."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from caravana.inference import reports
from caravana.inference.caravan import together
from caravana.inference.caravan.together import Hazard, Signs
from caravana.models.scenarios import load_scenario

CALM = Signs(day=20, km=600.0, halted=0, silent=0, broken=0.2)


@pytest.mark.parametrize("hazard", together.FITTED.values(), ids=together.FITTED)
def test_chances_fall_day_by_day_and_a_young_caravan_near_the_border_is_at_risk(hazard):
    chances = hazard.together(CALM, days=14)
    assert np.all(np.diff(chances) < 0)
    assert np.all((chances > 0) & (chances < 1))
    young = hazard.together(Signs(day=2, km=40.0, halted=0, silent=0, broken=0.8), days=14)
    assert young[6] < chances[6]
    halted = hazard.together(replace(CALM, halted=3), days=14)
    assert halted[6] < chances[6]


def test_the_fit_finds_the_hazard_that_made_the_days():
    rng = np.random.default_rng(4)
    made = Hazard(-3.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0)
    signs = [Signs(int(rng.integers(1, 30)), float(rng.uniform(0, 300)), 0, 0, 0.5) for _ in range(6000)]
    ended = [bool(rng.random() < made.chance(s)) for s in signs]
    fitted = together.fit(signs, ended)
    for where in (50.0, 280.0):
        one = Signs(10, where, 0, 0, 0.5)
        assert fitted.chance(one) == pytest.approx(made.chance(one), rel=0.25)


def test_signs_are_what_was_known_that_evening():
    record = reports.read_record(load_scenario("tapachula-2021"))
    known = reports.known_by(record, dt.date(2021, 10, 31))
    signs = together.signs_of(known, today=record.day(dt.date(2021, 10, 31)))
    assert signs.day == 10
    assert signs.km == pytest.approx(107.0, abs=1.0)
    assert (signs.halted, signs.silent) == (1, 0)


def test_a_bundled_caravan_is_judged_by_the_fit_that_has_not_seen_it():
    record = reports.read_record(load_scenario("tapachula-2021-11-18"))
    known = reports.known_by(record, dt.date(2021, 11, 22))
    signs = together.signs_of(known, today=record.day(dt.date(2021, 11, 22)))
    expected = together.FITTED["tapachula-2021-11-18"].together(signs, days=3)
    assert together.chance_together(known, today=5, days=3) == pytest.approx(expected)
