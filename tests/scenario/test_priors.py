"""Priors: the figures each takes, and whether its bounds leave it any chance."""

from __future__ import annotations

import math

import pytest

from caravana.scenario.model import Prior
from caravana.scenario.priors import LEAST_MASS, TAKES, prior_has_mass, prior_wants

FIGURES = {"mean": 0.5, "median": 2.0, "sigma": 0.5, "low": 1.0, "high": 2.0, "a": 2.0, "b": 3.0, "p": 0.5}


@pytest.mark.parametrize("dist", TAKES)
def test_each_takes_its_own_figures(dist):
    sound = {name: FIGURES[name] for name in TAKES[dist]}
    assert prior_wants(Prior(dist=dist, **sound)) == {}
    for name, figure in FIGURES.items():
        if name in sound:
            without = {key: value for key, value in sound.items() if key != name}
            assert list(prior_wants(Prior(dist=dist, **without))) == [name]
        else:
            assert list(prior_wants(Prior(dist=dist, **sound, **{name: figure}))) == [name]


@pytest.mark.parametrize(
    ("prior", "low", "high", "has"),
    [
        (Prior(dist="normal", mean=0, sigma=1), -1, 1, True),
        (Prior(dist="normal", mean=0, sigma=1), 5, 6, True),
        (Prior(dist="normal", mean=0, sigma=1), 7, 8, False),
        (Prior(dist="normal", mean=0, sigma=1), -8, -7, False),
        (Prior(dist="normal", mean=0, sigma=1), 1, 1, False),
        (Prior(dist="lognormal", median=100, sigma=0.5), -50, 0, False),
        (Prior(dist="lognormal", median=100, sigma=0.5), -50, 90, True),
        (Prior(dist="logitnormal", mean=-1.5, sigma=0.5), 1, 2, False),
        (Prior(dist="logitnormal", mean=-1.5, sigma=0.5), 0.01, 0.8, True),
        (Prior(dist="uniform", low=0, high=1), 1, 2, False),
        (Prior(dist="uniform", low=0, high=1), 0.5, 2, True),
        (Prior(dist="beta", a=2, b=10), 0, 1, True),
        (Prior(dist="beta", a=2, b=10), 1, 2, False),
        (Prior(dist="beta", a=2, b=10), 0.6, 1, True),
        (Prior(dist="beta", a=200, b=10), 0, 0.1, False),
        (Prior(dist="beta", a=10, b=200), 0.9, 1, False),
        (Prior(dist="beta", a=1e10, b=1e10), 0.4, 0.6, True),
        (Prior(dist="bernoulli", p=0.5), 0, 1, True),
        (Prior(dist="bernoulli", p=1), 0, 0.5, False),
        (Prior(dist="bernoulli", p=0), 0.5, 1, False),
        (Prior(dist="bernoulli", p=0.5), 0.2, 0.8, False),
    ],
)
def test_mass_within_bounds(prior, low, high, has):
    assert prior_has_mass(prior, low, high) is has


def test_mass_agrees_with_scipy():
    from scipy import stats

    bounds = [(-math.inf, -6.5), (-6.5, -5.5), (0.05, 0.1), (0.3, 0.35), (5.5, 6.5), (6.5, math.inf)]
    pairs = [
        (Prior(dist="normal", mean=0.2, sigma=1), stats.norm(0.2, 1)),
        (Prior(dist="lognormal", median=2, sigma=0.25), stats.lognorm(0.25, scale=2)),
        (Prior(dist="beta", a=30, b=5), stats.beta(30, 5)),
    ]
    for prior, exact in pairs:
        for low, high in bounds:
            mass = exact.sf(low) - exact.sf(high) if low > exact.mean() else exact.cdf(high) - exact.cdf(low)
            assert prior_has_mass(prior, low, high) == (mass > LEAST_MASS), (prior, low, high, mass)
