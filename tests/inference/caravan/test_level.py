"""The level on the log scale: exact, keeps sides apart, learns how much caravans shrink."""

import numpy as np
import pytest

from caravana.inference.caravan import level
from caravana.inference.priors import headcount_priors
from caravana.inference.reports import ReportedFigure

ASSUMED = level.Assumed(change=-0.02, drift=0.1, noise=0.2, apart=1.0)
MIDDLE = np.array([0.5])
LEVELS = (np.arange(99) + 1) / 100


def test_one_report_by_the_formula_of_the_normal():
    """Two normals of which the sum is seen with noise."""
    after = level.follow((ASSUMED,), [ReportedFigure(0, "agency", 3000, 3000)], until=0)
    mean, spread = (float(x) for x in headcount_priors()["bias_agency"])
    seen = np.log(3000)
    variance = level.START[1] ** 2 + spread**2 + ASSUMED.noise**2
    gap = seen - level.START[0] - mean
    assert after.mean[0, 0] == pytest.approx(level.START[0] + level.START[1] ** 2 / variance * gap)
    assert after.covariance[0, 0, 0] == pytest.approx(level.START[1] ** 2 * (1 - level.START[1] ** 2 / variance))
    assert after.log_likelihood[0] == pytest.approx(-0.5 * (gap**2 / variance + np.log(variance)))


def test_days_without_reports_widen_and_shrink():
    figures = [ReportedFigure(1, "press", 2000, 2000)]
    near, far = (level.follow((ASSUMED,), figures, until=day) for day in (1, 8))
    assert far.covariance[0, 0, 0] > near.covariance[0, 0, 0]
    assert far.mean[0, 0] < near.mean[0, 0]


def test_more_than_pulls_up_less_than_a_figure_does():
    plain, figure, open_end = (
        level.follow((ASSUMED,), figures, until=1).mean[0, 0]
        for figures in ([], [ReportedFigure(1, "press", 6000, 6000)], [ReportedFigure(1, "press", 6000, None)])
    )
    assert plain < open_end < figure


def test_sides_keep_their_biases():
    figures = [ReportedFigure(day, "organisers", 4000, 4000) for day in range(1, 6)]
    figures += [ReportedFigure(day, "authorities", 2000, 2000) for day in range(1, 6)]
    says = {
        side: level.saying(figures, today=5, target=6, side=side).quantiles(np.zeros(len(level.GRID)), MIDDLE)[0]
        for side in ("organisers", "authorities", "agency")
    }
    assert says["authorities"] < says["agency"] < says["organisers"]
    assert says["organisers"] == pytest.approx(4000, rel=0.25)


def test_other_caravans_that_shrink_make_this_one_shrink():
    shrinking = [
        [ReportedFigure(d, "agency", 4000 * np.exp(-0.07 * d), 4000 * np.exp(-0.07 * d)) for d in range(1, 15)]
    ]
    steady = [[ReportedFigure(d, "agency", 4000, 4000) for d in range(1, 15)]]
    figures, middles = [ReportedFigure(1, "agency", 3000, 3000)], []
    for others in (shrinking, steady):
        prior = level.learned(others * 5).sum(axis=0)
        says = level.saying(figures, today=1, target=10, side="agency")
        middles.append(says.quantiles(prior, np.array([0.5]))[0])
    assert middles[0] < 0.8 * middles[1]


def test_quantiles_rise_and_cards_are_no_headcount():
    figures = [ReportedFigure(1, "press", 2000, 2500), ReportedFigure(2, "authorities", 300, 300, of="cards")]
    says = level.saying(figures, today=2, target=5, side="press")
    assert np.all(np.diff(says.quantiles(np.zeros(len(level.GRID)), LEVELS)) > 0)
    without = level.saying(figures[:1], today=2, target=5, side="press")
    assert says.mean == pytest.approx(without.mean)
