"""Priors: the figures each needs, whether its bounds leave it any chance, its quantiles within them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Parameter, Prior, Scenario

    Floats = NDArray[np.float64]

#: The figures each distribution takes.
TAKES: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "sigma"),
    "lognormal": ("median", "sigma"),
    "logitnormal": ("mean", "sigma"),
    "uniform": ("low", "high"),
    "beta": ("a", "b"),
    "bernoulli": ("p",),
}
#: A prior with less chance than this of falling within its bounds counts as having none: drawing
#: from so far a tail, by inverting its distribution function, is rounding error.
LEAST_MASS = 1e-9


def prior_wants(prior: Prior) -> dict[str, str]:
    """What is wrong with the figures of a prior, by key: missing, foreign, or out of order."""
    takes = TAKES[prior.dist]
    wants: dict[str, str] = {}
    for name in type(prior).model_fields:
        value = getattr(prior, name)
        if name in takes and value is None:
            wants[name] = f"this key, a number, as a {prior.dist} prior takes {' and '.join(takes)}"
        elif name != "dist" and name not in takes and value is not None:
            wants[name] = f"no such key, as a {prior.dist} prior takes {' and '.join(takes)}"
    if prior.dist == "uniform" and prior.low is not None and prior.high is not None and prior.low >= prior.high:
        wants["low"] = f"a number below high ({prior.high:g})"
    return wants


def prior_has_mass(prior: Prior, low: float, high: float) -> bool:
    """Whether a prior falls between bounds (both included) with a chance worth the name.

    Parameters
    ----------
    prior
        A prior that has the figures it takes (see :func:`prior_wants`).
    low, high
        Bounds, on the parameter's own scale.
    """
    figures = [float(getattr(prior, name)) for name in TAKES[prior.dist]]
    match prior.dist, figures:
        case "bernoulli", [p]:
            return (low <= 0 <= high and p < 1) or (low <= 1 <= high and p > 0)
        case "uniform", [start, stop]:
            return min(high, stop) - max(low, start) > LEAST_MASS * (stop - start)
        case "beta", [a, b]:
            return _beta_mass(a, b, max(low, 0.0), min(high, 1.0)) > LEAST_MASS
        case "lognormal", [middle, sigma]:
            return _normal_mass(math.log(middle), sigma, _log(low), _log(high)) > LEAST_MASS
        case "logitnormal", [mean, sigma]:
            return _normal_mass(mean, sigma, _logit(low), _logit(high)) > LEAST_MASS
        case _, [mean, sigma]:
            return _normal_mass(mean, sigma, low, high) > LEAST_MASS
    return False


def _normal_mass(mean: float, sigma: float, low: float, high: float) -> float:
    """Chance that a normal variable falls between bounds, exact in both tails."""
    left, right = (low - mean) / sigma / math.sqrt(2), (high - mean) / sigma / math.sqrt(2)
    if left > 0:
        return (math.erfc(left) - math.erfc(right)) / 2
    return (math.erfc(-right) - math.erfc(-left)) / 2


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _logit(value: float) -> float:
    if value <= 0:
        return -math.inf
    return math.log(value) - math.log1p(-value) if value < 1 else math.inf


def _beta_mass(a: float, b: float, low: float, high: float) -> float:
    """Chance that a beta variable falls between bounds within [0, 1]; 1 where its mean does."""
    if low >= high:
        return 0.0
    mean = a / (a + b)
    if low <= mean <= high:
        return 1.0
    # Seldom needed, and slow to import: checking a sound file does without.
    from scipy.special import betainc

    if low > mean:
        a, b, low, high = b, a, 1 - high, 1 - low
    return float(betainc(a, b, high) - betainc(a, b, low))


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
        # Not a frozen law: SciPy compiles one anew each time.
        below, above = (stats.beta.cdf(x, prior.a, prior.b) for x in (low, high))
        return np.asarray(np.clip(stats.beta.ppf(below + u * (above - below), prior.a, prior.b), low, high))
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
            faults.append(f"{name} is no parameter of {scenario.name}{did_you_mean(name, parameters)}")
        elif not parameters[name].low <= value <= parameters[name].high:
            p = parameters[name]
            faults.append(f"{name}={value:g} is outside its bounds {p.low:g} to {p.high:g} {p.unit}")
        else:
            parameters[name] = parameters[name].model_copy(update={"value": float(value), "prior": None})
    if faults:
        raise UsageError("; ".join(faults))
    return parameters


def check_priors(scenario: Scenario) -> None:
    """Refuse priors that have no mass within their bounds, naming each.

    Raises
    ------
    UsageError
    """
    empty = []
    for parameter in scenario.parameters:
        prior = parameter.prior
        if prior is None or prior.dist == "bernoulli":
            continue
        with np.errstate(all="ignore"):
            values = quantile(prior, parameter.low, parameter.high, np.array([0.05, 0.5, 0.95]))
        if not np.all(np.isfinite(values)) or values[2] <= values[0]:
            empty.append(f"{parameter.name} ({prior.dist}, bounds {parameter.low:g} to {parameter.high:g})")
    if empty:
        raise UsageError(f"priors without mass within their bounds: {'; '.join(empty)}")
