"""The headcount filter: recovers what made the data, keeps sides apart, treats open figures as open."""

import numpy as np
import pytest

from caravana.inference.caravan.headcounts import (
    NAMES,
    assimilate,
    filter_headcount,
    filter_islands,
    forecast_walking,
    log_report_of,
    offered_by,
    resample,
    simulate_reports,
    start,
    step,
)
from caravana.inference.priors import headcount_priors
from caravana.inference.reports import ReportedFigure


def rng(seed=1):
    return np.random.default_rng(seed)


def test_nobody_is_made_but_joiners_and_nobody_lost_but_leavers():
    particles = start(rng(), particles=500, priors={"joiners_start": (-20.0, 0.01), "joiners_later": (-20.0, 0.01)})
    before = particles.walking
    after = step(step(particles, rng(2), offered=None), rng(3), offered=None)
    assert (after.walking <= before + 1.0).all()
    assert (after.accepted == 0).all()


def test_no_card_is_taken_before_an_offer_is_known():
    particles = start(rng(), particles=300)
    offered = filter_headcount(particles, [], rng(2), until=25, offered=3)
    never = filter_headcount(particles, [], rng(2), until=25, offered=None)
    assert offered.accepted.mean() > 10
    assert (never.accepted == 0).all()


def test_one_side_moves_the_truth_and_its_own_bias_only():
    particles = start(rng(), particles=6000)
    moved = assimilate(step(particles, rng(2), offered=None), [ReportedFigure(1, "authorities", 500, 500)], rng(3))
    weight = moved.weight
    for side in ("organisers", "agency", "observer"):
        mean, spread = headcount_priors()[f"bias_{side}"]
        column = moved.free[:, NAMES.index(f"bias_{side}")]
        assert weight @ column == pytest.approx(mean, abs=0.25 * spread)
    assert weight @ np.log(moved.walking) < np.log(2000)


def test_more_than_is_open_upwards_and_less_than_downwards():
    particles = step(start(rng(), particles=2000), rng(2), offered=None)
    log_truth = np.log(particles.walking)
    more = log_report_of(particles, ReportedFigure(1, "agency", 3000, None))
    less = log_report_of(particles, ReportedFigure(1, "agency", None, 3000))
    assert np.corrcoef(more, log_truth)[0, 1] > 0.5
    assert np.corrcoef(less, log_truth)[0, 1] < -0.5
    exact = log_report_of(particles, ReportedFigure(1, "agency", 3000, 3000))
    top = particles.walking[np.argmax(exact)] * particles.parameter("bias_agency")[np.argmax(exact)]
    assert top == pytest.approx(3000, rel=0.2)


def test_words_without_a_figure_say_nothing():
    particles = step(start(rng(), particles=50), rng(2), offered=None)
    words = ReportedFigure(1, "agency", None, None)
    assert (log_report_of(particles, words) == 0).all()
    assert words.middle is None


def test_inferred_rows_weigh_less():
    particles = step(start(rng(), particles=200), rng(2), offered=None)
    whole, half = ReportedFigure(1, "agency", 2000, 2000), ReportedFigure(1, "agency", 2000, 2000, weight=0.5)
    assert log_report_of(particles, half) == pytest.approx(0.5 * log_report_of(particles, whole))


def test_the_press_may_repeat_the_organisers():
    particles = step(start(rng(), particles=4000, priors={"copy_share": (3.0, 0.01)}), rng(2), offered=None)
    copied = log_report_of(particles, ReportedFigure(1, "press", 4000, 4000))
    theirs = log_report_of(particles, ReportedFigure(1, "organisers", 4000, 4000))
    assert np.corrcoef(copied, theirs)[0, 1] > 0.8


@pytest.mark.statistical
def test_biases_and_numbers_come_back_from_made_up_reports():
    """Forty made-up caravans: the true number is within the 90% band about nine times in ten."""
    inside = {"walking": 0, "bias_organisers": 0}
    runs = 40
    for seed in range(runs):
        made = start(rng(100 + seed), particles=1)
        draws, reports = rng(200 + seed), []
        for day in range(1, 16):
            made = step(made, draws, offered=None)
            for side in ("authorities", "organisers", "agency"):
                figures = float(simulate_reports(made, made.walking, side, draws)[0])
                reports.append(ReportedFigure(day, side, figures, figures))
        found = filter_headcount(
            start(rng(300 + seed), particles=1500), reports, rng(400 + seed), until=15, offered=None
        )
        order = rng(7).choice(1500, 1500, p=found.weight)
        for name in inside:
            values = found.walking if name == "walking" else found.parameter(name)
            truth = made.walking[0] if name == "walking" else made.parameter(name)[0]
            low, high = np.quantile(values[order], [0.05, 0.95])
            inside[name] += low <= truth <= high
    # A binomial of 40 at .9 is 31 or more 98 times in 100; a filter that has lost its spread falls far below.
    assert inside["walking"] >= 30
    assert inside["bias_organisers"] >= 30


def test_forecasts_start_where_the_filter_ends_and_are_reproducible():
    reports = [ReportedFigure(d, "agency", 2000, 2000) for d in range(1, 6)]
    found = filter_headcount(start(rng(), particles=800), reports, rng(2), until=5, offered=None)
    one, _ = forecast_walking(found, rng(3), days=4, offered=None)
    two, _ = forecast_walking(found, rng(3), days=4, offered=None)
    assert np.array_equal(one, two)
    assert np.median(one[0]) == pytest.approx(found.weight @ found.walking, rel=0.3)


def test_freshened_particles_do_not_hang_on_which_way_round_a_processor_gives_a_direction(monkeypatch):
    particles = start(rng(), particles=300)
    given = resample(particles, rng(4))
    eigh = np.linalg.eigh

    def turned(matrix):
        scale, directions = eigh(matrix)
        return scale, directions * np.where(np.arange(scale.size) % 2, -1.0, 1.0)

    monkeypatch.setattr(np.linalg, "eigh", turned)
    other = resample(particles, rng(4))
    np.testing.assert_allclose(other.walking, given.walking, rtol=1e-9)
    np.testing.assert_allclose(other.free, given.free, rtol=1e-9, atol=1e-12)


SOON = (
    ReportedFigure(1, "press", 3000, 3000),
    ReportedFigure(1, "authorities", 2000, 2000),
    ReportedFigure(3, "press", 2500, 2500),
    ReportedFigure(4, "authorities", 800, 800, of="cards"),
    ReportedFigure(6, "authorities", 1500, 1500, of="cards"),
)


@pytest.mark.parametrize("offered", [3, None])
def test_papers_the_day_after_an_offer_leave_an_answer_that_does_not_hang_on_the_seed(offered):
    bands = []
    for seed in range(1, 9):
        particles = filter_islands(SOON, rng(seed), particles=8000, until=6, offered=offered)
        assert particles.least_effective >= 200
        assert particles.weight @ particles.accepted == pytest.approx(1500, rel=0.15)
        order = np.argsort(particles.walking)
        bands.append(np.interp([0.05, 0.5, 0.95], np.cumsum(particles.weight[order]), particles.walking[order]))
    assert np.all(np.max(bands, axis=0) / np.min(bands, axis=0) < 1.10)


def test_papers_count_where_no_offer_is_on_record():
    with_papers, without = (
        filter_headcount(start(rng(), particles=2000), figures, rng(2), until=6, offered=None)
        for figures in (SOON, [report for report in SOON if not report.cards])
    )
    assert np.median(with_papers.walking) < 0.8 * np.median(without.walking)
    assert offered_by(SOON, None) == 3
    assert offered_by(SOON, 2) == 2
    assert offered_by([], None) is None
