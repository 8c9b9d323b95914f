"""The prior that knows of eras: near in time counts most, and the closed form is what drawing gives."""

import numpy as np
import pytest

from caravana.inference.caravan.hierarchy import Common, vague_prior
from caravana.inference.caravan.pooled import eras

ONE = {"lift_chance": Common("logit", -1.9, 0.6, 0.9)}


def reading(value, error=0.3):
    return np.array([value]), np.array([error])


def test_without_others_nothing_is_known_but_what_is_assumed():
    prior = eras.fit_eras(ONE, [], [], narrowest=0.6)
    assert prior.mean == pytest.approx(vague_prior(ONE).mean)
    assert prior.spread[0] > 0.6 * vague_prior(ONE).spread[0]


def test_a_record_that_says_nothing_changes_nothing():
    silent = eras.fit_eras(ONE, [reading(9.0, np.inf)], [0.1], narrowest=0.6)
    assert silent.mean == pytest.approx(eras.fit_eras(ONE, [], [], narrowest=0.6).mean)


def test_a_caravan_is_like_those_of_its_time():
    readings = [reading(2.5), reading(3.0), reading(2.8), reading(-4.0), reading(-3.5), reading(-4.2)]
    then = eras.fit_eras(ONE, readings, [-0.2, 0.0, 0.1, 3.0, 5.0, 6.0], narrowest=0.6)
    now = eras.fit_eras(ONE, readings, [-6.0, -5.8, -5.7, -3.0, -0.5, 0.2], narrowest=0.6)
    assert then.mean[0] > 1.0
    assert now.mean[0] < -2.0


def test_the_closed_form_is_what_weighed_draws_give():
    """Two readings; parameters drawn from the model and weighed by the likelihood of both."""
    common, rng, size = ONE["lift_chance"], np.random.default_rng(5), 400_000
    when = np.array([0.0, -0.5, 2.0])
    steps = eras.SPREADS * common.between
    spread = rng.choice(steps, size, p=_normal(steps / common.between))
    shared = eras.SHARED
    mean = common.mean + common.mean_spread * rng.standard_normal(size)
    alike = np.linalg.cholesky(np.exp(-np.abs(when[:, None] - when) / eras.LASTING_YEARS))
    era = alike @ rng.standard_normal((3, size))
    own = rng.standard_normal((3, size))
    each = mean + spread * (np.sqrt(shared) * era + np.sqrt(1.0 - shared) * own)
    said = np.array([1.0, -3.0])
    weight = np.exp(-0.5 * (((each[1:] - said[:, None]) / 0.5) ** 2).sum(axis=0))
    middle = np.average(each[0], weights=weight)
    prior = eras.fit_eras(ONE, [reading(1.0, 0.5), reading(-3.0, 0.5)], [-0.5, 2.0], narrowest=0.0)
    assert prior.mean[0] == pytest.approx(middle, abs=0.03)
    assert prior.spread[0] == pytest.approx(np.sqrt(np.average((each[0] - middle) ** 2, weights=weight)), rel=0.03)


def _normal(units):
    weight = np.exp(-0.5 * units**2)
    return weight / weight.sum()
