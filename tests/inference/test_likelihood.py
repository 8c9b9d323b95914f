"""One likelihood of a report: the filter and the calibration rank the same truths alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from caravana.inference.caravan.headcounts import COLUMN, log_report_of, start
from caravana.inference.likelihood import CARDS_NOISE, OBSERVED, log_reports
from caravana.inference.reports import SIDES, ReportedFigure

TRUTHS = np.array([30.0, 500.0, 900.0, 1400.0, 2000.0, 3100.0, 9000.0])
ENDS = {"exact": (1500, 1500), "range": (800, 4000), "more_than": (2000, None), "less_than": (None, 700)}


def observers(particles):
    return {name: particles.parameter(name) for name in OBSERVED}


@pytest.mark.parametrize("of", ["persons", "cards"])
@pytest.mark.parametrize("qualifier", ENDS)
@pytest.mark.parametrize("side", SIDES)
def test_filter_and_calibration_say_the_same(of, qualifier, side):
    one = start(np.random.default_rng(3), particles=1)
    particles = replace(
        one, free=np.repeat(one.free, TRUTHS.size, axis=0), walking=TRUTHS, accepted=TRUTHS,
        drift=np.zeros((TRUTHS.size, 2)), log_weight=np.zeros(TRUTHS.size),
    )  # fmt: skip
    low, high = ENDS[qualifier]
    report = ReportedFigure(1, side, low, high, weight=0.5, of=of)
    filtered = log_report_of(particles, report)
    calibrated = log_reports(lambda _: TRUTHS[:, None], [report], observers(particles))
    assert filtered == pytest.approx(calibrated)
    assert np.argsort(filtered).tolist() == np.argsort(calibrated).tolist()
    assert np.ptp(filtered) > 0


def test_a_range_of_cards_stands_for_its_geometric_middle_and_its_width():
    """The two likelihoods of before took the middle of the cards, and of their logs: 300 and 95, of 10 to 900."""
    middle, mean = np.sqrt(11.0 * 901.0) - 1, 455.0
    truths = np.array([[middle], [mean]])
    particles = start(np.random.default_rng(1), particles=2)
    observed = observers(particles)
    wide = log_reports(lambda _: truths, [ReportedFigure(1, "authorities", 10, 900, of="cards")], observed)
    assert wide[0] > wide[1]
    exact = log_reports(lambda _: truths, [ReportedFigure(1, "authorities", middle, middle, of="cards")], observed)
    assert exact[0] - exact[1] > wide[0] - wide[1], "a wide range says less than an exact figure"
    assert exact[0] == pytest.approx(-np.log(CARDS_NOISE))


def test_the_press_repeats_the_organisers_with_the_share_of_copies():
    particles = start(np.random.default_rng(2), particles=2)
    particles.free[:, COLUMN["copy_share"]] = (-30.0, 30.0)
    truth = np.array([[2000.0], [2000.0]])
    observed = observers(particles)
    press, organisers = (
        log_reports(lambda _: truth, [ReportedFigure(1, side, 4000, 4000)], observed)
        for side in ("press", "organisers")
    )
    assert press[1] == pytest.approx(organisers[1])
    assert press[0] != pytest.approx(organisers[0])
