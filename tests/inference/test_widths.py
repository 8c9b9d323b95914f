"""How wide forecasts should be: standardised errors, and the halves that hold what they should."""

import numpy as np
import pytest

from caravana.inference.scoring.proper_scores import interval
from caravana.inference.widths import LEAST, MOST, Believed, Halves, standardised, stretched

EVEN = np.full(1001, 1.0 / 1001)
POINTS = np.linspace(0.0, 100.0, 1001)


def test_an_error_of_one_lies_at_the_end_of_the_band():
    low, high = interval(POINTS, EVEN, 0.9)
    assert standardised(POINTS, EVEN, (low, 50.0, high)) == pytest.approx([-1.0, 0.0, 1.0])


def test_halves_are_stretched_apart_from_each_other():
    wider = stretched(POINTS, EVEN, Halves(0.5, 1.2))
    assert np.quantile(wider, [0.0, 0.5, 1.0]) == pytest.approx([25.0, 50.0, 110.0])
    assert stretched(POINTS, EVEN, Halves(1.0, 1.0)) is POINTS


@pytest.mark.parametrize("easing", [0.5, 1.0])
@pytest.mark.parametrize("end", [LEAST, MOST])
def test_a_change_eases_off_towards_the_median_and_no_point_overtakes_another(easing, end):
    eased = stretched(POINTS, EVEN, Halves(end, end, easing))
    assert interval(eased, EVEN, 0.9) == pytest.approx([50 - 45 * end, 50 + 45 * end], abs=0.2)
    assert (np.diff(eased) >= 0).all()
    half_way = np.interp(50 + 22.5, POINTS, eased) - 50
    assert half_way == pytest.approx(22.5 * (1 + (end - 1) * 0.5**easing))
    assert eased[-1] == pytest.approx(50 + 50 * end)


def test_halves_hold_a_twentieth_of_the_errors_on_either_side():
    right = np.linspace(-1.0, 1.0, 20) / 0.9
    believed = Believed(right * 1.1, worth=10.0, own=2.0)
    below, above, _ = believed.halves(np.zeros(0), np.zeros(0))
    assert 1.0 < below <= 1.25
    assert 1.0 < above <= 1.25
    calm = believed.halves(np.full(200, 0.1), np.ones(200))
    assert calm == Halves(LEAST, LEAST)
    assert believed.halves(np.full(200, 5.0), np.ones(200)) == Halves(LEAST, MOST)


def test_own_errors_count_by_their_weight():
    believed = Believed(np.linspace(-0.8, 0.8, 41), worth=20.0, own=1.0)
    before = believed.halves(np.zeros(0), np.zeros(0))
    assert believed.halves(np.full(4, 3.0), np.zeros(4)) == before
    assert believed.halves(np.full(4, 3.0), np.ones(4)).above == MOST
