"""A pool of forecasters: closed forms, weights that are weights, and never much worse than the best in the long run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravana.inference import pool
from caravana.inference.scoring.proper_scores import crps

RNG = np.random.default_rng(5)


def made_up_record(cases=400, seed=3):
    """Three forecasters of a number: one right, one with a bias, one too wide; (terms, truths)."""
    rng = np.random.default_rng(seed)
    truths = rng.normal(0.0, 1.0, cases)
    parts = []
    for truth in truths:
        hint = truth + rng.normal(0.0, 0.5)
        samples = [
            hint + 0.5 * rng.standard_normal(40),
            hint + 2.0 + 0.5 * rng.standard_normal(40),
            4.0 * rng.standard_normal(40),
        ]
        parts.append(pool.terms_of(samples, truth))
    return pool.together(parts)


def test_the_crps_of_a_mixture_is_that_of_its_weighted_points():
    samples = [RNG.normal(3.0, 1.0, 30), RNG.normal(0.0, 2.0, 17), np.array([4.0])]
    weights = np.array([0.5, 0.3, 0.2])
    points, share = pool.mixture(samples, weights)
    assert share.sum() == pytest.approx(1.0)
    assert pool.pooled_crps(pool.terms_of(samples, 1.7), weights)[0] == pytest.approx(crps(points, share, 1.7))


def test_distances_of_two_points_by_hand():
    terms = pool.terms_of([np.array([0.0]), np.array([2.0, 4.0])], 1.0)
    assert terms.distance[0] == pytest.approx([1.0, 2.0])
    assert terms.apart[0] == pytest.approx(np.array([[0.0, 3.0], [3.0, 1.0]]))


def test_two_single_points_are_weighted_as_the_programme_says():
    """Points 0 and 2 around a truth of .5: crps(w) = .5 w + 1.5 (1 - w) - 2 w (1 - w) is lowest at w = 3/4."""
    terms = pool.terms_of([np.array([0.0]), np.array([2.0])], 0.5)
    learned = pool.learn_weights(terms, prior=np.array([0.5, 0.5]), cases_of_prior=1e-6)
    assert learned[0] == pytest.approx(0.75, abs=1e-3)


def test_the_gradient_is_the_slope_of_the_score():
    terms, weights, step = made_up_record(5), np.array([0.2, 0.5, 0.3]), 1e-6
    for forecaster in range(3):
        moved = weights.copy()
        moved[forecaster] += step
        slope = (pool.pooled_crps(terms, moved) - pool.pooled_crps(terms, weights)) / step
        assert pool.gradient(terms, weights)[:, forecaster] == pytest.approx(slope, abs=1e-4)


def test_learned_weights_beat_the_prior_and_every_single_forecaster():
    terms, prior = made_up_record(), np.full(3, 1 / 3)
    learned = pool.learn_weights(terms, prior=prior, cases_of_prior=1.0)
    assert learned.sum() == pytest.approx(1.0)
    best = pool.pooled_crps(terms, learned).mean()
    assert best < pool.pooled_crps(terms, prior).mean()
    assert all(best <= pool.pooled_crps(terms, one).mean() + 1e-3 for one in np.eye(3))


def test_without_cases_the_prior_stands_and_with_many_of_its_own_it_hardly_moves():
    prior = np.array([0.7, 0.2, 0.1])
    terms = made_up_record(4)
    assert pool.learn_weights(terms.take(np.zeros(4, bool)), prior=prior, cases_of_prior=3.0) == pytest.approx(prior)
    assert pool.learn_weights(terms, prior=prior, cases_of_prior=1e6) == pytest.approx(prior, abs=1e-3)
    with pytest.raises(ValueError, match="given up"):
        pool.learn_weights(terms, prior=prior, cases_of_prior=0.0)


@pytest.mark.parametrize(("weights", "price"), [(np.full(3, 1 / 3), 1.05), (np.array([0.01, 0.01, 0.98]), 1.15)])
def test_in_the_long_run_the_pool_is_no_worse_than_its_best_forecaster(weights, price):
    """Also where the weights learned elsewhere point at the worst of them: that has a price, and an end."""
    terms = made_up_record(600)
    opened, scores = pool.open_pool(("right", "biased", "wide"), weights), []
    for case in range(terms.cases):
        one = terms.take(np.array([case]))
        scores.append(pool.pooled_crps(one, opened.weights)[0])
        opened = pool.observe(opened, one)
    best = min(pool.pooled_crps(terms, one).mean() for one in np.eye(3))
    assert np.mean(scores) <= price * best
    assert np.mean(scores[300:]) <= 1.01 * min(pool.pooled_crps(terms, one)[300:].mean() for one in np.eye(3))
    assert opened.by_name()["right"] > 0.8


def test_the_pool_turns_when_another_forecaster_becomes_the_better_one():
    first, second = np.array([0.0]), np.array([10.0])
    opened = pool.open_pool(("first", "second"))
    for truth in [0.0] * 5 + [10.0] * 30:
        opened = pool.observe(opened, pool.terms_of([first, second], truth), scale=5.0)
    assert opened.by_name()["second"] > 0.8


def test_a_pool_without_scores_has_the_weights_it_was_given():
    assert pool.open_pool(("a", "b"), np.array([3.0, 1.0])).weights == pytest.approx([0.75, 0.25])
    assert pool.open_pool(("a", "b")).weights == pytest.approx([0.5, 0.5])
    with pytest.raises(ValueError, match="one finite weight"):
        pool.open_pool(("a", "b"), np.ones(3))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20), st.floats(1e-3, 1e3))
def test_weights_are_weights_whatever_comes(truths, scale):
    opened = pool.open_pool(("low", "high", "wide"), np.array([0.6, 0.3, 0.1]))
    samples = [np.array([0.0]), np.array([100.0]), np.linspace(-50.0, 50.0, 11)]
    for truth in truths:
        opened = pool.observe(opened, pool.terms_of(samples, truth), scale=scale)
        assert opened.weights.sum() == pytest.approx(1.0)
        assert np.all(opened.weights > 0.0)


def test_chances_and_quantiles_are_pooled_by_weight():
    chances = np.array([[[1.0, 0.0]], [[0.5, 0.5]]])
    assert pool.mixture_chances(chances, np.array([0.4, 0.6])) == pytest.approx(np.array([[0.7, 0.3]]))
    samples = np.array([[2.0, 0.0, 1.0], [10.0, 12.0, 11.0]])
    assert pool.averaged_quantiles(samples, np.array([0.5, 0.5])) == pytest.approx([5.0, 6.0, 7.0])


def test_heavier_tails_move_the_ends_and_leave_the_middle():
    points, weight = pool.heavier_tails(np.arange(1000.0)[::-1], np.full(1000, 0.001))
    assert points.tolist() == sorted(points)
    assert weight.sum() == pytest.approx(1)
    reached = np.cumsum(weight)
    for at, level in ((25, 0.05), (100, 0.1), (500, 0.5), (900, 0.9), (975, 0.95)):
        assert reached[at - 1] == pytest.approx(level)


def test_a_pool_partly_averaged_lies_between_mixture_and_average():
    samples = [np.linspace(0.0, 10.0, 200), np.linspace(90.0, 100.0, 200)]
    weights = np.array([0.5, 0.5])
    points, share = pool.part_averaged(samples, weights)
    assert share.sum() == pytest.approx(1.0)
    averaged = pool.averaged_quantiles(np.stack(samples), weights)
    mixed = np.sort(np.concatenate(samples))[1::2]
    assert points == pytest.approx(mixed + (averaged - mixed) / 3.0, abs=0.1)
    alone, _ = pool.part_averaged(samples[:1], np.ones(1))
    assert alone == pytest.approx(samples[0], abs=0.1)


def test_pools_that_listen_together_move_as_each_would_alone():
    rng = np.random.default_rng(3)
    pools = [pool.open_pool(("a", "b"), weights) for weights in (np.array([0.5, 0.5]), np.array([0.9, 0.1]))]
    cases = pool.together(
        [pool.terms_of([rng.normal(0, 1, 9), rng.normal(3, 1, 9)], truth) for truth in (3.0, 2.0, 4.0)]
    )
    at_once = pool.observe_all(pools, cases, scale=2.0)
    for one, alone in zip(at_once, (pool.observe(p, cases, scale=2.0) for p in pools), strict=True):
        assert one.weights == pytest.approx(alone.weights)
        assert one.largest == pytest.approx(alone.largest)
    assert at_once[0].weights[1] > pools[0].weights[1]
