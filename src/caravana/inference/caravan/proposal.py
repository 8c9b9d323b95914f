"""Where members of the full simulator will fit: draws from the posterior of the expected course.

Every uncertain parameter is a standard normal score pushed through its prior,
and so are the biases of the sides, the days until a part splits off, and the
daily steps of the hazard's drift.
Particles are taken from the prior to the posterior in stages (sequential Monte
Carlo samplers, Del Moral, Doucet and Jasra 2006): at each the likelihood of
the *expected* course (:mod:`caravana.inference.caravan.expected`) counts a little more,
particles are resampled, and moved by Metropolis steps that leave the stage's
distribution as it is.  The steps keep to the particles' own mean and covariance
(preconditioned Crank-Nicolson steps around that normal; Cotter and others 2013), so
they work as well in eighty dimensions as in eight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from caravana.inference.caravan.expected import expect
from caravana.inference.likelihood import OBSERVED, log_reports, observed_values
from caravana.inference.weights import systematic, tempered
from caravana.models.caravan.world import SPLIT_SLOTS
from caravana.scenario.priors import quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.expected import Course, Setting
    from caravana.inference.reports import ReportedFigure
    from caravana.scenario.model import Parameter

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

GRID = np.linspace(-6.0, 6.0, 2401)
KEEP = 0.5
MOVES = 6
LAST_MOVES = 24
NEW_WAY = 0.3
FROM_PRIOR = 4
"""Every fourth move keeps to the prior's normal instead: the particles' own may be too light in a tail."""


@dataclass(frozen=True)
class Points:
    """Points of a block or a population.

    Attributes
    ----------
    scores : ndarray, shape (points, columns)
        Normal scores: the parameters searched, those who report, the waits for splits, the drift's daily steps.
    way : ndarray of int, shape (points,)
    log_fit : ndarray, shape (points,)
        Log likelihood of the expected course.
    """

    scores: Floats
    way: Ints
    log_fit: Floats


@dataclass(frozen=True)
class Target:
    """What is searched.

    Attributes
    ----------
    setting : Setting
    names : tuple of str
        Parameters searched: the first columns of the scores.
    tables : dict of str to ndarray, shape (grid,)
        Values of each at :data:`GRID`.
    fixed : dict of str to float
        All other parameters, at their middles.
    path : ndarray, shape (ways, days)
    home : ndarray of bool, shape (stops,)
        Whether a stop is in the state that the caravan set out in.
    reports : tuple of ReportedFigure
    offset : dict of str to ndarray, shape (days,)
        Log ratio of simulated over expected courses, by series, as far as it is known.
    """

    setting: Setting
    names: tuple[str, ...]
    tables: Mapping[str, Floats]
    fixed: Mapping[str, float]
    path: Ints
    home: NDArray[np.bool_]
    reports: tuple[ReportedFigure, ...]
    offset: Mapping[str, Floats]

    @property
    def columns(self) -> int:
        """Scores a point has."""
        return self.free + SPLIT_SLOTS + int(self.path.shape[1])

    @property
    def free(self) -> int:
        """Scores that are parameters."""
        return len(self.names) + len(OBSERVED)

    def values(self, scores: Floats) -> dict[str, Floats]:
        """Parameters of the course at some points."""
        out = {name: np.full(len(scores), value) for name, value in self.fixed.items()}
        for i, name in enumerate(self.names):
            out[name] = np.interp(scores[:, i], GRID, self.tables[name])
        return out

    def observed(self, scores: Floats) -> dict[str, Floats]:
        """Parameters of those who report, at some points."""
        return observed_values(scores[:, len(self.names) : self.free])

    def drift(self, scores: Floats, values: Mapping[str, Floats]) -> Floats:
        """Log change of the hazard of leaving by day, shape (points, days)."""
        out: Floats = np.cumsum(scores[:, self.free + SPLIT_SLOTS :], axis=1) * values["hazard_drift"][:, None]
        return out

    def splits(self, scores: Floats, values: Mapping[str, Floats]) -> NDArray[np.bool_]:
        """Nights on which a part splits off, shape (points, days): waits with a chance of its own every night."""
        out = np.zeros((len(scores), self.path.shape[1]), bool)
        never = np.log1p(-np.minimum(values["split_chance"], 0.999))
        day = np.full(len(scores), -1.0)
        for slot in range(SPLIT_SLOTS):
            # Geometric: the chance of no split in n nights is that of a score above this one.
            nights = np.log(ndtr(-scores[:, self.free + slot])) / np.minimum(never, -1e-12)
            day = day + 1.0 + np.floor(nights)
            within = np.flatnonzero(day < out.shape[1])
            out[within, day[within].astype(int)] = True
        return out

    def course(self, scores: Floats, way: Ints) -> Course:
        """Expected courses at some points, with what is known of their error taken off."""
        return self._course(scores, way, self.values(scores))

    def _course(self, scores: Floats, way: Ints, values: Mapping[str, Floats]) -> Course:
        drift, splits = self.drift(scores, values), self.splits(scores, values)
        course = expect(self.setting, values, self.path[way], drift, splits)
        return replace(course, **{name: course.of(name) * np.exp(gap) for name, gap in self.offset.items()})

    def log_fit(self, scores: Floats, way: Ints) -> Floats:
        """Log likelihood of the reports, and of having stayed together, at some points."""
        values = self.values(scores)
        fit = log_reports(self._course(scores, way, values).of, self.reports, self.observed(scores))
        return fit + log_together(values, self.path[way], self.home)


def tabulate(parameters: Sequence[Parameter]) -> dict[str, Floats]:
    """Values of parameters at :data:`GRID`: a look-up in place of thousands of quantiles."""
    u = np.clip(ndtr(GRID), 1e-9, 1.0 - 1e-9)
    return {p.name: quantile(p.prior, p.low, p.high, u) for p in parameters if p.prior is not None}


def log_together(values: Mapping[str, Floats], path: Ints, home: NDArray[np.bool_]) -> Floats:
    """Log chance that a caravan has not broken up on its way, shape (members,).

    Parameters
    ----------
    values : mapping of str to ndarray, shape (members,)
    path : ndarray, shape (members, days)
    home : ndarray of bool, shape (stops,)
        Whether a stop is in the state that the caravan set out in.
    """
    # One that has arrived at the last stop does not break up any more.
    under_way = path < home.size - 1
    at_home = (home[path] & under_way).sum(axis=1)
    beyond = under_way.sum(axis=1) - at_home
    log_chance: Floats = -(at_home * values["dissolution_at_home"] + beyond * values["dissolution_beyond"])
    return log_chance


def search(
    target: Target, rng: np.random.Generator, *, points: int, power: float, start: Points | None = None
) -> Points:
    """Draw from the posterior of the expected course, its likelihood taken to a power.

    Parameters
    ----------
    target : Target
    rng : numpy Generator
    points : int
        Particles.
    power : float
        At most one: a little under one leaves room for what the expected course gets wrong.
    start : Points, optional
        A population to go on from, for which ``log_fit`` was another target's; the prior where left out.
    """
    step = 0.5
    if start is not None:
        # The other target is close by: one step of resampling, and moves enough to forget it.
        fit = target.log_fit(start.scores, start.way)
        gain = power * (fit - start.log_fit)
        weight = np.exp(gain - gain.max())
        at = systematic(weight / weight.sum(), rng, points)
        moved = _move(target, rng, Points(start.scores[at], start.way[at], fit[at]), power, LAST_MOVES, step)
        return moved[0]
    scores = rng.standard_normal((points, target.columns))
    way = rng.integers(0, len(target.path), points)
    population, held = Points(scores, way, target.log_fit(scores, way)), 0.0
    while held < 1.0:
        weight, share = tempered((1.0 - held) * power * population.log_fit, least=KEEP * points)
        held = 1.0 if share >= 1.0 else held + share * (1.0 - held)
        at = systematic(weight, rng, points)
        population = Points(population.scores[at], population.way[at], population.log_fit[at])
        population, step = _move(target, rng, population, power * held, LAST_MOVES if held >= 1.0 else MOVES, step)
    return population


def roots(gap: Floats) -> tuple[Floats, Floats]:
    """Lower triangular root of a population's covariance, and its inverse, by sums alone.

    A linear algebra library sums in an order that hangs on its threads; a search is to be the same to the bit on
    a machine with two cores and on a cluster's worker with one.

    Parameters
    ----------
    gap : ndarray, shape (points, columns)
        Differences from the mean.
    """
    columns = gap.shape[1]
    covariance = np.einsum("pi,pj->ij", gap, gap) / max(len(gap) - 1, 1) + 1e-6 * np.eye(columns)
    root, inverse = np.zeros((columns, columns)), np.eye(columns)
    for j in range(columns):
        rest = covariance[j:, j] - (root[j:, :j] * root[j, :j]).sum(axis=1)
        root[j:, j] = rest / np.sqrt(rest[0])
    for i in range(columns):
        inverse[i] = (inverse[i] - (root[i, :i, None] * inverse[:i]).sum(axis=0)) / root[i, i]
    return root, inverse


def _move(
    target: Target, rng: np.random.Generator, points: Points, power: float, moves: int, step: float
) -> tuple[Points, float]:
    """Move every point by Metropolis steps that leave ``prior * likelihood**power`` as it is."""
    scores, way, fit = points.scores, points.way, points.log_fit
    mean = scores.mean(axis=0)
    root, inverse = roots(scores - mean)
    own = np.einsum("pj,ij->pi", scores - mean, inverse)
    for move in range(moves):
        around_prior = move % FROM_PRIOR == FROM_PRIOR - 1
        length = 0.4 * step if around_prior else step
        keep, noise = np.sqrt(1.0 - length**2), rng.standard_normal(scores.shape)
        other = np.where(rng.random(way.size) < NEW_WAY, rng.integers(0, len(target.path), way.size), way)
        if around_prior:
            moved = keep * scores + length * noise
            moved_own = np.einsum("pj,ij->pi", moved - mean, inverse)
        else:
            moved = mean + keep * (scores - mean) + length * np.einsum("pj,ij->pi", noise, root)
            moved_own = keep * own + length * noise
        moved_fit = target.log_fit(moved, other)
        gain = power * (moved_fit - fit)
        if not around_prior:
            # The step leaves the particles' normal as it is: what is sought over that normal decides.
            gain += 0.5 * ((scores**2).sum(axis=1) - (moved**2).sum(axis=1))
            gain -= 0.5 * ((own**2).sum(axis=1) - (moved_own**2).sum(axis=1))
        accepted = np.log(rng.random(way.size)) < gain
        scores, own = (np.where(accepted[:, None], a, b) for a, b in ((moved, scores), (moved_own, own)))
        way, fit = np.where(accepted, other, way), np.where(accepted, moved_fit, fit)
        if not around_prior:
            step = float(np.clip(step * np.exp(accepted.mean() - 0.3), 0.05, 0.95))
    return Points(scores, way, fit), step
