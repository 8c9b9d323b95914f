"""Population Monte Carlo on normal scores: where to draw next, and what each draw weighs.

Every uncertain parameter is a standard normal ``z`` pushed through its prior.
A proposal moves and narrows only the few ``z`` that the weights say something
about; the others stay at the prior, because estimating sixty means from a few
dozen effective members would cost more than it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FROM_PRIOR = 0.15
MOST_MOVED = 12
WIDEN = 1.2
TOWARDS_DIAGONAL = 0.3
TEMPERED_SHARE = 0.01
LEAST_EFFECTIVE = 25.0


@dataclass(frozen=True)
class Proposal:
    """A mixture of the prior and a normal that differs from it in a few columns.

    Attributes
    ----------
    columns : tuple of int
    mean : ndarray, shape (columns,)
    root : ndarray, shape (columns, columns)
        Lower triangular root of the covariance.
    """

    columns: tuple[int, ...]
    mean: Floats
    root: Floats

    def draw(self, rng: np.random.Generator, draws: int, width: int) -> Floats:
        """Draw normal scores, shape (draws, width)."""
        z = rng.standard_normal((draws, width))
        moved = rng.random((draws,)) >= FROM_PRIOR
        if self.columns:
            at = np.array(self.columns)
            z[:, at] = np.where(moved[:, None], self.mean + z[:, at] @ self.root.T, z[:, at])
        return z

    def log_density(self, z: Floats) -> Floats:
        """Log density of scores of shape (draws, width), up to a constant shared by all proposals."""
        log_prior: Floats = -0.5 * (z**2).sum(axis=1)
        if not self.columns:
            return log_prior
        at = np.array(self.columns)
        score = np.linalg.solve(self.root, (z[:, at] - self.mean).T)
        shift = -0.5 * (score**2).sum(axis=0) - np.log(np.diag(self.root)).sum()
        moved = log_prior + 0.5 * (z[:, at] ** 2).sum(axis=1) + shift
        out: Floats = np.logaddexp(np.log(FROM_PRIOR) + log_prior, np.log(1.0 - FROM_PRIOR) + moved)
        return out


PRIOR = Proposal((), np.zeros(0), np.zeros((0, 0)))


def log_mixture(proposals: Sequence[Proposal], sizes: Sequence[int], z: Floats) -> Floats:
    """Log density of the mixture that all draws came from, proposals weighed by their blocks."""
    share = np.array(sizes[: len(proposals)], float)
    terms = np.stack([p.log_density(z) + np.log(s) for p, s in zip(proposals, share / share.sum(), strict=True)])
    out: Floats = logsumexp(terms, axis=0)
    return out


def next_proposal(
    proposals: Sequence[Proposal], sizes: Sequence[int], z: Sequence[Floats], log: Sequence[Floats]
) -> Proposal:
    """Where to draw next, from all draws so far.

    Parameters
    ----------
    proposals : sequence of Proposal
        Of the rounds done; none before the first.
    sizes : sequence of int
        Blocks by round.
    z, log : sequence of ndarray
        Scores and log likelihoods of the draws so far, a block each.
    """
    if not proposals:
        return PRIOR
    points = np.concatenate(z)
    log_weight = np.concatenate(log) - 0.5 * (points**2).sum(axis=1) - log_mixture(proposals, sizes, points)
    weight, _ = tempered(log_weight, least=max(LEAST_EFFECTIVE, TEMPERED_SHARE * log_weight.size))
    effective = 1.0 / float(np.sum(weight**2))
    mean = weight @ points
    spread = np.sqrt(weight @ (points - mean) ** 2)
    told = 0.5 * (mean**2 + spread**2 - 1.0) - np.log(np.maximum(spread, 1e-3))
    # A column the weights say nothing of still shows a divergence of about one over the effective number.
    columns = sorted(int(c) for c in np.argsort(-told)[:MOST_MOVED] if told[c] > 3.0 / effective)
    gap = points[:, columns] - mean[columns]
    covariance = (weight[:, None] * gap).T @ gap
    covariance = (1.0 - TOWARDS_DIAGONAL) * covariance + TOWARDS_DIAGONAL * np.diag(np.diag(covariance))
    root = np.asarray(np.linalg.cholesky(WIDEN**2 * covariance + 1e-6 * np.eye(len(columns))), float)
    return Proposal(tuple(columns), mean[columns], root)


def tempered(log_weight: Floats, *, least: float) -> tuple[Floats, float]:
    """Weights to the highest power (at most one) that leaves at least this many effective draws, and the power."""
    low, high = 0.0, 1.0
    if _effective(log_weight) >= least:
        low = 1.0
    for _ in range(40 if low < 1.0 else 0):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _effective(middle * log_weight) >= least else (low, middle)
    weight: Floats = np.exp(low * (log_weight - log_weight.max()))
    weight /= weight.sum()
    return weight, low


def _effective(log_weight: Floats) -> float:
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / np.sum(weight**2))


def systematic(weight: Floats, rng: np.random.Generator, draws: int) -> NDArray[np.int64]:
    """Systematic resampling: indices of ``draws`` draws in proportion to their weights."""
    levels = (rng.random() + np.arange(draws)) / draws * weight.sum()
    at = np.minimum(np.searchsorted(np.cumsum(weight), levels), weight.size - 1)
    return np.asarray(at, np.int64)
