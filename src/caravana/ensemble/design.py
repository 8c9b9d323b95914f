"""The ensemble's design: parameters of every member, by scrambled Sobol points through priors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.caravan.order import Process
    from caravana.scenario.model import Parameter, Prior, Scenario

    Floats = NDArray[np.float64]

BLOCK = 64
"""Members in a block: more gains nothing (measured), and it is a power of two, as Sobol likes."""


class Design(Protocol):
    """Where an ensemble's parameters come from if not from the priors, and how its members are led.

    Attributes
    ----------
    name : str
        Tells designs apart: two runs of different designs are different runs.
    """

    @property
    def name(self) -> str:
        """What the manifest calls it."""

    def draw(self, block: int, *, seed: int) -> Mapping[str, Floats]:
        """Return the parameters of one block's members, each float64 [64]."""

    def lead(self, order: tuple[Process, ...], block: int, *, seed: int) -> tuple[Process, ...]:
        """Return the order of the day of one block."""


def quantile(prior: Prior, low: float, high: float, u: Floats) -> Floats:
    """Return quantiles of a prior truncated to its parameter's bounds.

    Parameters
    ----------
    prior
        The prior.
    low, high
        Bounds; the prior's mass outside is cut off and the rest rescaled.
    u
        Probabilities in (0, 1).

    Returns
    -------
    ndarray
        ``F^-1(F(low) + u (F(high) - F(low)))``, within the bounds.
    """
    from scipy import special, stats

    if prior.dist == "bernoulli":
        return (u < (prior.p or 0.0)).astype(np.float64)
    if prior.dist == "uniform":
        a, b = max(prior.low or 0.0, low), min(prior.high or 0.0, high)
        return a + u * (b - a)
    if prior.dist == "beta":
        law = stats.beta(prior.a, prior.b)
        return np.asarray(np.clip(law.ppf(law.cdf(low) + u * (law.cdf(high) - law.cdf(low))), low, high))
    # The others are a normal under a transform; bounds are carried to the normal's scale.
    centre = math.log(prior.median or 1.0) if prior.dist == "lognormal" else (prior.mean or 0.0)
    scale = prior.sigma or 1.0
    if prior.dist == "lognormal":
        edges = [math.log(x) if x > 0 else -math.inf for x in (low, high)]
    elif prior.dist == "logitnormal":
        edges = [special.logit(min(max(x, 0.0), 1.0)) for x in (low, high)]
    else:
        edges = [low, high]
    mass = [float(special.ndtr((x - centre) / scale)) for x in edges]
    normal = centre + scale * special.ndtri(mass[0] + u * (mass[1] - mass[0]))
    back = {"lognormal": np.exp, "logitnormal": special.expit}.get(prior.dist, np.asarray)
    return np.asarray(np.clip(back(normal), low, high))


def settle(scenario: Scenario, settings: Mapping[str, float]) -> dict[str, Parameter]:
    """Return the scenario's parameters by name, with values set by the user in place of priors.

    Raises
    ------
    UsageError
        If a setting names no parameter, or its value is outside the parameter's bounds.
    """
    parameters = {p.name: p for p in scenario.parameters}
    faults = []
    for name, value in settings.items():
        if name not in parameters:
            faults.append(f"{name} is no parameter of {scenario.name}")
        elif not parameters[name].low <= value <= parameters[name].high:
            p = parameters[name]
            faults.append(f"{name}={value:g} is outside its bounds {p.low:g} to {p.high:g} {p.unit}")
        else:
            parameters[name] = parameters[name].model_copy(update={"value": float(value), "prior": None})
    if faults:
        raise UsageError("; ".join(faults))
    return parameters


def draw_parameters(
    scenario: Scenario, *, seed: int, block: int, settings: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Return the parameters of one block's members.

    Member *m* gets point *m* of one scrambled Sobol sequence, so its parameters depend on the
    seed and *m* alone.  A parameter set by the user keeps its dimension: the others keep theirs.

    Parameters
    ----------
    scenario
        The scenario.
    seed
        Scrambles the sequence.
    block
        Block index; members ``64 * block`` to ``64 * block + 63``.
    settings
        Values that replace priors.

    Returns
    -------
    dict
        Values by name, each float64 [64].
    """
    from scipy.stats import qmc

    uncertain = [p.name for p in scenario.parameters if p.prior is not None]
    parameters = settle(scenario, settings or {})
    points = np.empty((BLOCK, 0))
    if uncertain:
        sobol = qmc.Sobol(len(uncertain), scramble=True, rng=np.random.default_rng(seed))
        if block:
            sobol.fast_forward(BLOCK * block)
        points = sobol.random(BLOCK)
    # A point on the edge of the unit cube would be an infinite quantile.
    points = np.clip(points, 2.0**-31, 1 - 2.0**-31)
    out = {}
    for name, parameter in parameters.items():
        if parameter.prior is None:
            out[name] = np.full(BLOCK, float(parameter.value or 0.0))
        else:
            u = points[:, uncertain.index(name)]
            out[name] = quantile(parameter.prior, parameter.low, parameter.high, u)
    return out
