"""A prior over caravans that knows of eras: what was true of one caravan is true of those of its time.

In 2018 a caravan got lifts on most days, from 2019 on hardly any did: what is let happen on a road changes from year to
year, and one common mean stands between two kinds of caravans of which neither is like it.  Each parameter of a caravan
that set out at time ``t`` is, on its free scale::

    z[c, k] = m[k] + era[k](t) + own[c, k]
    m[k] ~ N(m0[k], s0[k])       era[k] ~ GP(0, shared * spread[k]^2 * exp(-|t - t'| / lasting))
    own[c, k] ~ N(0, (1 - shared) * spread[k]^2)       spread[k] ~ half-N(t0[k])

(a Gaussian process over departures; exponential covariance).  The spread is summed over a grid by the marginal
likelihood of the other caravans' readings, all else is in closed form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan.hierarchy import CaravanPrior, vague_prior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.hierarchy import Common

    Floats = NDArray[np.float64]

#: After so many years two eras have e^-1 in common.
LASTING_YEARS = 1.0
#: Share of the variance between caravans that is their era's.
SHARED = 0.9
#: Spreads between caravans, in units of what is assumed beforehand.
SPREADS = np.linspace(0.1, 4.0, 20)


def fit_eras(
    common: Mapping[str, Common],
    readings: Sequence[tuple[Floats, Floats]],
    years: Sequence[float],
    *,
    narrowest: float,
) -> CaravanPrior:
    """Learn the prior of a caravan from the readings of others, the nearer in time the more.

    Parameters
    ----------
    common : mapping of str to Common
        What is assumed beforehand, by parameter.
    readings : sequence of (ndarray, ndarray)
        From :func:`~caravana.inference.caravan.hierarchy.summarise`, one a caravan; may be empty.
    years : sequence of float
        From the departure of the caravan in question to theirs, below zero before it.
    narrowest : float
        Smallest spread, as a share of that assumed beforehand.

    Returns
    -------
    CaravanPrior
        Mean and standard deviation of the predictive of the caravan's parameters.
    """
    vague = vague_prior(common)
    when = np.asarray(years, float)
    fitted = []
    for k, assumed in enumerate(common.values()):
        said = [i for i, (_, error) in enumerate(readings) if np.isfinite(error[k])]
        value = np.array([readings[i][0][k] for i in said], float)
        error = np.array([readings[i][1][k] for i in said], float)
        fitted.append(_predictive(assumed, value, error, when[said] if said else np.zeros(0)))
    mean, spread = np.array(fitted).T
    return CaravanPrior(vague.names, vague.scales, mean, np.maximum(spread, narrowest * vague.spread))


def _predictive(common: Common, value: Floats, error: Floats, when: Floats) -> tuple[float, float]:
    """Mean and standard deviation of one parameter of the caravan at time 0."""
    spread = SPREADS * common.between
    log_weight = -0.5 * (spread / common.between) ** 2
    variance, centre = spread**2, common.mean_spread**2
    alike = np.exp(-np.abs(when[:, None] - when) / LASTING_YEARS)
    near = np.exp(-np.abs(when) / LASTING_YEARS)
    own, era = (variance * (1.0 - SHARED))[:, None], (variance * SHARED)[:, None]
    between = era[:, :, None] * alike + centre
    at = np.arange(value.size)
    between[:, at, at] += own + error**2
    towards = era * near + centre
    off = value - common.mean
    lower = np.linalg.cholesky(between)
    right = np.stack([np.broadcast_to(off, towards.shape), towards], axis=2)
    half = np.linalg.solve(lower, right)
    log_weight -= 0.5 * (half[:, :, 0] ** 2).sum(axis=1)
    log_weight -= np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    each = common.mean + (half[:, :, 0] * half[:, :, 1]).sum(axis=1)
    left = variance + centre - (half[:, :, 1] ** 2).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = float(weight @ each)
    return mean, float(np.sqrt(weight @ (left + (each - mean) ** 2)))
