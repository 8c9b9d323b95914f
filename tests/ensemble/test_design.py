"""Parameters of members: scrambled Sobol points through priors, against SciPy's own quantiles."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc
from tests.made.small import small_scenario

import caravana as cv
from caravana.ensemble.design import draw_parameters
from caravana.models.base import BLOCK
from caravana.scenario.model import Parameter, Prior
from caravana.scenario.priors import quantile

ANYWHERE = (-1e300, 1e300)
PRIORS = {
    "normal": (Prior(dist="normal", mean=-1.5, sigma=0.8), stats.norm(-1.5, 0.8)),
    "lognormal": (Prior(dist="lognormal", median=40000, sigma=0.35), stats.lognorm(0.35, scale=40000)),
    "uniform": (Prior(dist="uniform", low=2, high=5), stats.uniform(2, 3)),
    "beta": (Prior(dist="beta", a=2, b=5), stats.beta(2, 5)),
}
U = np.array([1e-9, 1e-4, 0.05, 0.3, 0.5, 0.77, 0.95, 1 - 1e-4, 1 - 1e-9])


@pytest.mark.parametrize("dist", PRIORS)
def test_quantiles_are_scipys(dist):
    prior, law = PRIORS[dist]
    assert np.allclose(quantile(prior, *ANYWHERE, U), law.ppf(U), rtol=1e-9)


@pytest.mark.parametrize(
    ("dist", "low", "high"),
    [("normal", -2, -1.4), ("normal", 3, 4), ("lognormal", 30000, 50000), ("lognormal", 0, 20000), ("beta", 0.5, 1),
     ("uniform", 3, 10)],
)  # fmt: skip
def test_bounds_cut_the_prior_and_rescale_what_is_left(dist, low, high):
    prior, law = PRIORS[dist]
    found = quantile(prior, low, high, U)
    assert ((found >= low) & (found <= high)).all()
    mass = law.cdf(high) - law.cdf(low)
    assert np.allclose((law.cdf(found) - law.cdf(low)) / mass, U, atol=1e-7)


def test_a_truncated_normal_is_scipys():
    expected = stats.truncnorm(-0.625, 1.25, loc=-1.5, scale=0.8).ppf(U)
    assert np.allclose(quantile(PRIORS["normal"][0], -2, -0.5, U), expected, rtol=1e-9)


def test_a_logitnormal_is_a_normal_of_the_logit():
    found = quantile(Prior(dist="logitnormal", mean=-1.52, sigma=0.5), 0.0, 1.0, U)
    assert np.allclose(np.log(found / (1 - found)), stats.norm(-1.52, 0.5).ppf(U), rtol=1e-6)
    assert quantile(Prior(dist="logitnormal", mean=0, sigma=1), 0, 1, np.array([0.5])) == pytest.approx(0.5)


def test_a_bernoulli_is_true_as_often_as_it_says():
    u = (np.arange(1000) + 0.5) / 1000
    assert quantile(Prior(dist="bernoulli", p=0.25), 0, 1, u).mean() == 0.25
    assert set(quantile(Prior(dist="bernoulli", p=0.25), 0, 1, u)) == {0.0, 1.0}


def priors(number):
    prior = Prior(dist="uniform", low=0, high=1)
    return tuple(
        Parameter(name=f"u{i}", unit="1", prior=prior, low=0, high=1, basis=("assumption",), description="uniform")
        for i in range(number)
    )


def test_members_get_the_points_of_one_sobol_sequence():
    scenario = small_scenario().model_copy(update={"parameters": priors(5)})
    blocks = [draw_parameters(scenario, seed=3, block=b) for b in range(4)]
    found = np.stack([np.concatenate([b[f"u{i}"] for b in blocks]) for i in range(5)], axis=1)
    expected = qmc.Sobol(5, scramble=True, rng=np.random.default_rng(3)).random(4 * BLOCK)
    assert np.array_equal(found, np.clip(expected, 2.0**-31, 1 - 2.0**-31))
    # A net in base 2: every interval of length 1/256 holds exactly one member, in each dimension.
    assert (np.sort(np.floor(found * 256), axis=0) == np.arange(256)[:, None]).all()


def test_blocks_may_be_drawn_in_any_order():
    scenario = cv.load_scenario("tapachula-2021")
    late, first = (draw_parameters(scenario, seed=1, block=b) for b in (9, 0))
    assert all(np.array_equal(late[n], v) for n, v in draw_parameters(scenario, seed=1, block=9).items())
    assert not np.array_equal(late["leave_hazard"], first["leave_hazard"])


def test_a_thousand_members_have_the_medians_that_the_scenario_says():
    scenario = cv.load_scenario("tapachula-2021")
    drawn = [draw_parameters(scenario, seed=1, block=b) for b in range(16)]
    for p in scenario.parameters:
        values = np.concatenate([d[p.name] for d in drawn])
        assert ((values >= p.low) & (values <= p.high)).all(), p.name
        if p.prior is not None and p.prior.dist == "lognormal":
            inside = [max(stats.norm.cdf(math.log(x / p.prior.median) / p.prior.sigma), 0) if x > 0 else 0
                      for x in (p.low, p.high)]  # fmt: skip
            middle = stats.norm.ppf(sum(inside) / 2) * p.prior.sigma
            assert math.log(np.median(values) / p.prior.median) == pytest.approx(middle, abs=0.01 * p.prior.sigma), (
                p.name
            )


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"leave": 0.1}, "leave is no parameter of tapachula-2021"),
     ({"leave_hazard": 7}, "leave_hazard=7 is outside its bounds 0 to 0.5 1/day"),
     ({"leave_hazard": float("nan")}, "outside its bounds")],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(settings, told):
    with pytest.raises(cv.UsageError, match=told):
        draw_parameters(cv.load_scenario("tapachula-2021"), seed=1, block=0, settings=settings)
