"""Checks of priors: the figures each needs, and whether its bounds leave it any chance."""

from __future__ import annotations

import math
from collections.abc import Mapping

from caravana.scenario.model import Prior

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
