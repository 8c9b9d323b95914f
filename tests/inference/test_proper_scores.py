"""Scores against their definitions and against scoringrules."""

import numpy as np
import pytest

from caravana.inference.proper_scores import (
    crps,
    interval,
    likeliest,
    probability_transform,
    quantiles,
    weighted_interval_score,
)


def cloud(n=40, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(50, 20, n), rng.uniform(0.1, 1, n)


def test_a_point_is_scored_by_its_absolute_error():
    assert crps(np.array([12.0]), np.ones(1), 20.0) == pytest.approx(8.0)
    assert weighted_interval_score(np.array([12.0]), np.ones(1), 20.0) == pytest.approx(8.0)


def test_crps_equals_its_definition_by_pairs():
    x, w = cloud()
    p = w / w.sum()
    pairs = p @ np.abs(x - 33.0) - 0.5 * p @ np.abs(x[:, None] - x[None, :]) @ p
    assert crps(x, w, 33.0) == pytest.approx(pairs)


def test_crps_agrees_with_scoringrules():
    sr = pytest.importorskip("scoringrules")
    x, _ = cloud(200)
    theirs = float(sr.crps_ensemble(41.0, x, estimator="nrg", backend="numpy"))
    assert crps(x, np.ones(200), 41.0) == pytest.approx(theirs, rel=1e-6)


def test_crps_is_proper():
    x, w = cloud(400)
    rng = np.random.default_rng(2)
    happened = rng.choice(x, 600, p=w / w.sum())
    honest = np.mean([crps(x, w, y) for y in happened])
    for other in (x + 8, 50 + 0.6 * (x - 50), 50 + 1.5 * (x - 50)):
        assert honest < np.mean([crps(other, w, y) for y in happened])


def test_intervals_hold_at_least_their_share():
    x, w = cloud()
    for level in (0.5, 0.8, 0.9):
        low, high = interval(x, w, level)
        assert w[(x >= low) & (x <= high)].sum() / w.sum() >= level - 1e-9
    assert quantiles(x, np.ones(40), [0.5])[0] == np.sort(x)[19]


def test_pit_is_the_middle_of_the_step():
    x = np.array([0.0, 10.0, 20.0])
    assert probability_transform(x, np.ones(3), 10.0) == pytest.approx(0.5)
    assert probability_transform(x, np.ones(3), -1.0) == 0.0
    assert probability_transform(x, np.ones(3), 99.0) == pytest.approx(1.0)


def test_the_likeliest_place_is_the_centre_of_the_fullest_window():
    x = np.array([0.0, 100.0, 106.0, 112.0, 300.0])
    w = np.array([0.3, 0.2, 0.1, 0.2, 0.2])
    assert likeliest(x, w, within=10.0) == 106.0
    assert likeliest(x, w, within=1.0) == 0.0
