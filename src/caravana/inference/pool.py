"""A pool of forecasters that listens: rivals side by side, weighted by how they have done.

Every forecaster gives a sample of what it expects.  The pool is their mixture (a linear pool), so that its CRPS is a
quadratic form of the weights::

    crps(w) = sum_f w_f distance_f - 1/2 sum_fg w_f w_g apart_fg

with ``distance_f = E|X_f - y|`` and ``apart_fg = E|X_f - X_g|``.  It is convex: weights learned from other records are
the solution of one small programme (:func:`learn_weights`), and no sample is needed once the distances are known.
Weights then move as truth comes in (:func:`observe`), by Bernstein online aggregation on the gradient of the CRPS
(Wintenberger 2017; for CRPS: Berrisch and Ziel 2023).  What the pool loses to any fixed mixture of its forecasters, the
best one alone included, grows more slowly than the number of cases: whoever reads the pool for long does no worse than
with the best of its rivals.

Forecasters are the first axis of every array.  Nothing here knows what is forecast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS = 2000
STEP_RATE = 0.5
SMALLEST = 1e-12
#: How far a pool of camps goes from the mixture's quantiles to the mean of its forecasters' quantiles, and at which
#: levels both are taken.
AVERAGED, BETWEEN = 1.0 / 3.0, (np.arange(200) + 0.5) / 200
#: Chances not to be above a point, by a pool of camps, and what they are once its ends weigh more: leaving each record
#: out, its central 90% held 88% of counts, 64% on the worst record.  Chosen looking at those scores.
TAIL_KNOTS, TAIL_LEVELS = (0.0, 0.025, 0.1, 0.9, 0.975, 1.0), (0.0, 0.05, 0.1, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Terms:
    """What the CRPS of any mixture is made of, case by case.

    Attributes
    ----------
    distance : ndarray, shape (cases, forecasters)
        Mean distance of each forecaster's sample from what happened, in the unit of the forecast.
    apart : ndarray, shape (cases, forecasters, forecasters)
        Mean distance of two forecasters' draws from each other; on the diagonal, of one forecaster's own draws.
    """

    distance: Floats
    apart: Floats

    @property
    def cases(self) -> int:
        """Number of cases."""
        return int(self.distance.shape[0])

    def divided(self, scale: Floats) -> Terms:
        """The same in units of ``scale`` (cases,): cases of different size then weigh the same."""
        return Terms(self.distance / scale[:, None], self.apart / scale[:, None, None])

    def take(self, index: NDArray[np.bool_] | NDArray[np.int64]) -> Terms:
        """The cases at ``index``."""
        return Terms(self.distance[index], self.apart[index])

    def among(self, forecasters: Sequence[int]) -> Terms:
        """The same with some of the forecasters only."""
        keep = np.asarray(forecasters)
        return Terms(self.distance[:, keep], self.apart[:, keep][:, :, keep])


def terms_of(samples: Sequence[Floats], truth: float) -> Terms:
    """Distances of one case.

    Parameters
    ----------
    samples : sequence of ndarray
        An equally weighted sample a forecaster, each of shape (n,); the numbers of draws may differ.
    truth : float

    Returns
    -------
    Terms
        Of one case.
    """
    ordered = [np.sort(np.asarray(sample, float)) for sample in samples]
    distance = np.array([np.abs(sample - truth).mean() for sample in ordered])
    size = len(ordered)
    apart = np.empty((size, size))
    for one in range(size):
        for other in range(one, size):
            apart[one, other] = apart[other, one] = _mean_distance(ordered[one], ordered[other])
    return Terms(distance[None], apart[None])


def together(parts: Sequence[Terms]) -> Terms:
    """Put the cases of several parts one after the other."""
    return Terms(np.concatenate([p.distance for p in parts]), np.concatenate([p.apart for p in parts]))


def pooled_crps(terms: Terms, weights: Floats) -> Floats:
    """CRPS of the mixture, shape (cases,); ``weights`` has shape (forecasters,) or (cases, forecasters)."""
    each = np.broadcast_to(weights, terms.distance.shape)
    spread = np.einsum("cf,cfg,cg->c", each, terms.apart, each)
    out: Floats = (each * terms.distance).sum(axis=1) - 0.5 * spread
    return out


def gradient(terms: Terms, weights: Floats) -> Floats:
    """Derivative of the CRPS by each weight, shape (cases, forecasters)."""
    each = np.broadcast_to(weights, terms.distance.shape)
    out: Floats = terms.distance - np.einsum("cfg,cg->cf", terms.apart, each)
    return out


def learn_weights(terms: Terms, *, prior: Floats, cases_of_prior: float, counts: Floats | None = None) -> Floats:
    """Weights with the lowest total CRPS, drawn towards ``prior``.

    Minimises ``sum_c counts_c crps_c(w) + cases_of_prior * KL(prior || w)`` over weights that sum to one, by
    exponentiated gradient.  Scale the cases first (:meth:`Terms.divided`), or the largest decide alone.

    Parameters
    ----------
    terms : Terms
        Of other records than the one to be forecast.
    prior : ndarray, shape (forecasters,)
        Above zero, sums to one; returned where there is no case.
    cases_of_prior : float
        How many cases the prior is worth; above zero, so that no forecaster is ever given up.
    counts : ndarray, shape (cases,), optional
        Weight of each case (default 1): one long record need not drown ten short ones.

    Returns
    -------
    ndarray, shape (forecasters,)
    """
    if cases_of_prior <= 0.0:
        raise ValueError("a prior that is worth no case would let a forecaster be given up for ever")
    prior = np.asarray(prior, float) / np.sum(prior)
    if not terms.cases:
        return prior
    each = np.ones(terms.cases) if counts is None else np.asarray(counts, float)
    distance = each @ terms.distance
    apart = np.einsum("c,cfg->fg", each, terms.apart)
    weights = prior.copy()
    total = float(each.sum()) + cases_of_prior
    for step in range(STEPS):
        slope = (distance - apart @ weights - cases_of_prior * prior / weights) / total
        slope -= weights @ slope
        rate = STEP_RATE / (1.0 + 0.01 * step) / max(1.0, float(np.abs(slope).max()))
        weights = weights * np.exp(-rate * slope)
        weights = np.maximum(weights / weights.sum(), SMALLEST)
    out: Floats = weights / weights.sum()
    return out


@dataclass(frozen=True)
class OpenPool:
    """Weights of some forecasters, and what they are made of.

    Attributes
    ----------
    names : tuple of str
    prior : ndarray, shape (forecasters,)
        Weights before this record's own scores, above zero, sum to one.
    regret : ndarray, shape (forecasters,)
        By how much each has done better than the pool so far, in units of the scale, less its own variance.
    variance : ndarray, shape (forecasters,)
        Sum of squares of the same.
    largest : float
        Largest single difference seen.
    """

    names: tuple[str, ...]
    prior: Floats
    regret: Floats
    variance: Floats
    largest: float = 0.0

    @property
    def rate(self) -> Floats:
        """Rate at which each forecaster's score moves its weight: it falls as scores come in, (forecasters,).

        Differences far below one move little: a handful of lucky days must not undo what many records taught.
        """
        return _rate(self.prior, self.variance, np.array(self.largest))

    @property
    def weights(self) -> Floats:
        """Weights now, shape (forecasters,), above zero; they sum to one."""
        rows = (self.prior[None], self.regret[None], self.variance[None])
        return np.asarray(_weights(*rows, np.array([[self.largest]]))[0], float)

    def by_name(self) -> dict[str, float]:
        """The weights now, by forecaster."""
        return dict(zip(self.names, (float(w) for w in self.weights), strict=True))


def open_pool(names: Sequence[str], weights: Floats | None = None) -> OpenPool:
    """Begin with the weights learned elsewhere, or with equal ones."""
    size = len(names)
    prior = np.full(size, 1.0 / size) if weights is None else np.maximum(np.asarray(weights, float), SMALLEST)
    if prior.size != size or not np.isfinite(prior).all():
        raise ValueError("a pool needs one finite weight a forecaster")
    return OpenPool(tuple(names), prior / prior.sum(), np.zeros(size), np.zeros(size))


def observe(pool: OpenPool, terms: Terms, *, scale: Floats | float = 1.0) -> OpenPool:
    """Take in what has happened: each case moves the weights, one after the other.

    Parameters
    ----------
    pool : OpenPool
    terms : Terms
        Of this record's own cases, in order of the day on which the truth was known.
    scale : float or ndarray, shape (cases,)
        What a plain error is worth (the spread of the record's own increments, say): the pool learns from
        differences of about one, too slowly from differences far below it.
    """
    return observe_all([pool], terms, scale=scale)[0]


def observe_all(pools: Sequence[OpenPool], terms: Terms, *, scale: Floats | float = 1.0) -> list[OpenPool]:
    """Let several pools of the same forecasters take in the same cases, as :func:`observe` does."""
    terms = terms.divided(np.broadcast_to(np.asarray(scale, float), terms.cases))
    prior = np.stack([pool.prior for pool in pools])
    regret = np.stack([pool.regret for pool in pools])
    variance = np.stack([pool.variance for pool in pools])
    largest = np.array([[pool.largest] for pool in pools])
    for distance, apart in zip(terms.distance, terms.apart, strict=True):
        weights = _weights(prior, regret, variance, largest)
        slope = distance - weights @ apart
        gain = (weights * slope).sum(axis=1, keepdims=True) - slope
        regret = regret + gain
        variance = variance + gain**2
        largest = np.maximum(largest, np.abs(gain).max(axis=1, keepdims=True))
    return [
        replace(pool, regret=regret[i], variance=variance[i], largest=float(largest[i, 0]))
        for i, pool in enumerate(pools)
    ]


def _rate(prior: Floats, variance: Floats, largest: Floats) -> Floats:
    wanted = np.log(1.0 / prior) + 1.0
    return np.asarray(np.minimum(0.5 / np.maximum(largest, 1.0), np.sqrt(wanted / (1.0 + variance))), float)


def _weights(prior: Floats, regret: Floats, variance: Floats, largest: Floats) -> Floats:
    """Weights of pools, (pools, forecasters); those of one that has seen nothing are its prior."""
    rate = _rate(prior, variance, largest)
    score = np.log(prior) + rate * (regret - rate * variance) + np.log(rate / rate.max(axis=1, keepdims=True))
    weights = np.maximum(np.exp(score - score.max(axis=1, keepdims=True)), SMALLEST)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.where(largest == 0.0, prior, weights), float)


def mixture(samples: Sequence[Floats], weights: Floats) -> tuple[Floats, Floats]:
    """Pool one case's samples: points of shape (all draws,) and their weights, which sum to one."""
    points = np.concatenate([np.asarray(sample, float) for sample in samples])
    share = np.concatenate([np.full(len(s), w / len(s)) for s, w in zip(samples, weights, strict=True)])
    return points, share


def part_averaged(samples: Sequence[Floats], weights: Floats) -> tuple[Floats, Floats]:
    """The mixture with its quantiles drawn a third of the way to the mean of the forecasters' (:data:`AVERAGED`).

    A mixture of forecasters who are each about right is too wide in the middle; their averaged quantiles alone are too
    sure.  Equally weighted points in rising order, and their weights.
    """
    points, share = mixture(samples, weights)
    order = np.argsort(points, kind="stable")
    reached = np.cumsum(share[order])
    mixed = points[order][np.minimum(np.searchsorted(reached, BETWEEN * reached[-1]), points.size - 1)]
    each = np.stack([np.interp(BETWEEN, (np.arange(len(s)) + 0.5) / len(s), np.sort(s)) for s in samples])
    averaged = averaged_quantiles(each, weights / weights.sum())
    return mixed + AVERAGED * (averaged - mixed), np.full(BETWEEN.size, 1.0 / BETWEEN.size)


def heavier_tails(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Points in rising order and their weights, the outermost fortieth at either end weighing twice.

    A pool's middle is right and its ends are too sure: what lies between a fortieth and a tenth gives them the weight,
    and the middle four fifths stay as they are (:data:`TAIL_KNOTS`).
    """
    order = np.argsort(points, kind="stable")
    reached = np.interp(np.cumsum(weights[order]), TAIL_KNOTS, TAIL_LEVELS)
    return points[order], np.diff(reached, prepend=0.0)


def mixture_chances(chances: Floats, weights: Floats) -> Floats:
    """Pool chances or densities on one grid: (forecasters, ...) to (...)."""
    out: Floats = np.tensordot(weights, chances, axes=1)
    return out


def averaged_quantiles(samples: Floats, weights: Floats) -> Floats:
    """Average quantile by quantile: (forecasters, draws) to (draws,).

    It keeps the forecasters' mean width where the mixture is wider; use it where all are too wide already.
    """
    out: Floats = np.tensordot(weights, np.sort(samples, axis=-1), axes=1)
    return out


def _mean_distance(one: Floats, other: Floats) -> float:
    """``E|X - Y|`` of two sorted equally weighted samples."""
    at = np.searchsorted(other, one)
    total = np.concatenate([[0.0], np.cumsum(other)])
    below = one * at - total[at]
    above = (total[-1] - total[at]) - one * (other.size - at)
    return float((below + above).mean() / other.size)
