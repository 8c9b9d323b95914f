"""A prior over caravans: what the others did, and how far one may differ from them.

Each caravan ``c`` has its own parameters, normal around a common mean on the
parameter's free scale (log, logit or as it is)::

    z[c, k] ~ N(mean[k], spread[k])      mean[k] ~ N(m0[k], s0[k])      spread[k] ~ half-N(t0[k])

A new caravan's prior is the predictive distribution of ``z``.  The fit leaves
out the caravan that is to be forecast: its own record must not have shaped the
prior it is tried on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Scale = Literal["log", "logit", "plain"]
SPREAD_GRID = 40


@dataclass(frozen=True)
class Common:
    """What is assumed of one parameter before any caravan is looked at, on its free scale.

    ``mean`` and ``mean_spread`` describe where caravans may centre, ``between``
    how far (half-normal scale) one may be from another.
    """

    scale: Scale
    mean: float
    mean_spread: float
    between: float


@dataclass(frozen=True)
class CaravanPrior:
    """Independent normals on the free scales: a prior for one caravan.

    Attributes
    ----------
    names : tuple of str
        Parameter names.
    scales : tuple of {"log", "logit", "plain"}
    mean, spread : ndarray, shape (parameters,)
        On the free scale.
    """

    names: tuple[str, ...]
    scales: tuple[Scale, ...]
    mean: Floats
    spread: Floats

    def draw(self, rng: np.random.Generator, draws: int) -> dict[str, Floats]:
        """Draw parameters on their natural scale; each array has shape (draws,)."""
        free = self.mean + self.spread * rng.standard_normal((draws, len(self.names)))
        return natural(free, self.names, self.scales)

    def log_density(self, free: Floats) -> Floats:
        """Log density of free-scale values of shape (draws, parameters), up to a constant."""
        score: Floats = -0.5 * (((free - self.mean) / self.spread) ** 2).sum(axis=1)
        return score - float(np.log(self.spread).sum())


def natural(free: Floats, names: Sequence[str], scales: Sequence[Scale]) -> dict[str, Floats]:
    """Take free-scale columns back to the parameters' natural scales."""
    back = {"log": np.exp, "logit": expit, "plain": np.asarray}
    return {
        name: np.asarray(back[scale](free[:, column]), float)
        for column, (name, scale) in enumerate(zip(names, scales, strict=True))
    }


def free_scale(values: Mapping[str, Floats], names: Sequence[str], scales: Sequence[Scale]) -> Floats:
    """Put natural-scale columns side by side on their free scales, shape (draws, parameters)."""
    forth = {"log": np.log, "logit": logit, "plain": np.asarray}
    return np.stack([forth[s](np.asarray(values[n], float)) for n, s in zip(names, scales, strict=True)], axis=1)


def vague_prior(common: Mapping[str, Common]) -> CaravanPrior:
    """Build the prior of a caravan when no other has been seen."""
    return CaravanPrior(
        names=tuple(common),
        scales=tuple(c.scale for c in common.values()),
        mean=np.array([c.mean for c in common.values()]),
        spread=np.array([np.hypot(c.mean_spread, c.between) for c in common.values()]),
    )


def summarise(common: Mapping[str, Common], free: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Turn one caravan's posterior under the vague prior into one normal reading a parameter.

    Parameters
    ----------
    common : mapping of str to Common
    free : ndarray, shape (draws, parameters)
        Draws on the free scale.
    weight : ndarray, shape (draws,)
        Their weights in the posterior under ``vague_prior(common)``.

    Returns
    -------
    reading, error : ndarray, shape (parameters,)
        The value the record alone points to and its standard error; the error is infinite where the
        record says nothing (posterior no narrower than the prior).
    """
    vague = vague_prior(common)
    weight = weight / weight.sum()
    mean = weight @ free
    variance = weight @ (free - mean) ** 2
    gain = np.maximum(1.0 / np.maximum(variance, 1e-6) - 1.0 / vague.spread**2, 0.0)
    informed = gain > 1e-3 / vague.spread**2
    safe = np.where(informed, gain, 1.0)
    reading = np.where(informed, (mean / np.maximum(variance, 1e-6) - vague.mean / vague.spread**2) / safe, vague.mean)
    return reading, np.where(informed, 1.0 / np.sqrt(safe), np.inf)


def fit_hierarchy(
    common: Mapping[str, Common], readings: Sequence[tuple[Floats, Floats]], *, narrowest: float = 1.0
) -> CaravanPrior:
    """Learn the prior of the next caravan from the readings of others.

    A random-effects model for each parameter, summed over a grid of the spread between
    caravans; the common mean is integrated in closed form.  Correlations between parameters
    are left out: three caravans cannot tell them.

    Parameters
    ----------
    common : mapping of str to Common
        What is assumed beforehand, by parameter.
    readings : sequence of (ndarray, ndarray)
        From :func:`summarise`, one a caravan; may be empty.
    narrowest : float
        Smallest spread, as a share of that assumed beforehand.

    Returns
    -------
    CaravanPrior
        Mean and standard deviation of the predictive of a new caravan's parameters.
    """
    vague = vague_prior(common)
    fitted = [
        _predictive(c, [(float(r[0][k]), float(r[1][k])) for r in readings]) for k, c in enumerate(common.values())
    ]
    mean, spread = np.array(fitted).T
    # Two or three caravans may move the prior; that they happened to be alike is no reason to narrow it.
    return CaravanPrior(vague.names, vague.scales, mean, np.maximum(spread, narrowest * vague.spread))


def _predictive(common: Common, readings: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Mean and standard deviation of the next caravan's parameter (one parameter)."""
    spread = np.linspace(0.05, 3.0, SPREAD_GRID) * common.between
    log_weight = -0.5 * (spread / common.between) ** 2
    centre = np.full(SPREAD_GRID, common.mean)
    variance = np.full(SPREAD_GRID, common.mean_spread**2)
    for reading, error in readings:
        if not np.isfinite(error):
            continue
        # The marginal of each reading given those before it, the common mean being integrated out.
        noise = spread**2 + error**2
        log_weight -= 0.5 * (np.log(variance + noise) + (reading - centre) ** 2 / (variance + noise))
        gain = variance / (variance + noise)
        centre = centre + gain * (reading - centre)
        variance = variance * (1.0 - gain)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = float(weight @ centre)
    total = weight @ (spread**2 + variance + (centre - mean) ** 2)
    return mean, float(np.sqrt(total))
