"""How many walk, from contested reports alone: a level on the log scale that drifts, and a bias of each side.

The plain companion of the particle filter of :mod:`~caravana.inference.caravan.headcounts`: it knows nothing of joiners
and cards, and is exact, so that its few assumptions (how fast caravans shrink, how far a day may take the number, how
noisy reports are) are learned from other caravans by their likelihood on a grid, the one forecast being left out.

The state is ``(log persons, change a day, bias of each side)``; a report is the first and a bias, with noise.
"More than" and "less than" are taken as vague reports a little beyond the figure.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from caravana.inference.priors import headcount_priors
from caravana.inference.reports import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import ReportedFigure

    Floats = NDArray[np.float64]

START = (float(np.log(1500.0)), 1.0)
CHANGE_SPREAD = 0.01
BEYOND = 0.15
VAGUE = 0.5
WORTH_KEEPING = 1e-3
SIDE = {side: i + 2 for i, side in enumerate(SIDES)}


@dataclass(frozen=True)
class Assumed:
    """What is assumed of all caravans.

    ``change`` is the usual change of the log number a day, ``drift`` the spread of a day's surprise, ``noise`` that
    of a report, ``apart`` how far sides differ, as a share of the prior spread of their biases.
    """

    change: float
    drift: float
    noise: float
    apart: float


GRID: tuple[Assumed, ...] = tuple(
    Assumed(*values)
    for values in itertools.product((0.0, -0.02, -0.04, -0.07), (0.02, 0.06, 0.12, 0.2), (0.12, 0.22, 0.35), (0.4, 1.0))
)


GRID_NAMES = tuple(f"{a.change:g}|{a.drift:g}|{a.noise:g}|{a.apart:g}" for a in GRID)
"""Names of the assumptions, as the tables of other caravans have them."""


@dataclass(frozen=True)
class Level:
    """Normal belief on the evening of one day, under each of some assumptions.

    Attributes
    ----------
    mean : ndarray, shape (assumptions, state)
    covariance : ndarray, shape (assumptions, state, state)
    log_likelihood : ndarray, shape (assumptions,)
        Log chance of the reports.
    day : int
    """

    mean: Floats
    covariance: Floats
    log_likelihood: Floats
    day: int


def begin(assumed: Sequence[Assumed]) -> Level:
    """What is believed before anything was said."""
    priors = headcount_priors()
    bias, apart = np.array([priors[f"bias_{side}"] for side in SIDES], float).T
    mean = np.array([[START[0], each.change, *bias] for each in assumed])
    spread = np.array([[START[1], CHANGE_SPREAD, *(each.apart * apart)] for each in assumed])
    return Level(mean, (spread**2)[:, :, None] * np.eye(mean.shape[1]), np.zeros(len(assumed)), 0)


def follow(assumed: Sequence[Assumed], reports: Iterable[ReportedFigure], *, until: int) -> Level:
    """Take in the reports of persons up to day ``until``, in order of day."""
    level = begin(assumed)
    for report in sorted((r for r in reports if r.of == "persons" and r.day <= until), key=lambda r: r.day):
        level = after_report(carried(level, assumed, to=report.day), report, assumed)
    return carried(level, assumed, to=until)


def carried(level: Level, assumed: Sequence[Assumed], *, to: int) -> Level:
    """Carry the belief on to a later day (an earlier one leaves it as it is)."""
    days = to - level.day
    if days <= 0:
        return level
    move = np.eye(level.mean.shape[1])
    move[0, 1] = float(days)
    covariance = move @ level.covariance @ move.T
    covariance[:, 0, 0] += days * np.array([each.drift for each in assumed]) ** 2
    return Level(level.mean @ move.T, covariance, level.log_likelihood, to)


def after_report(level: Level, report: ReportedFigure, assumed: Sequence[Assumed]) -> Level:
    """Take in one report."""
    value, spread = _figure(report)
    if value is None:
        return level
    at = [0, SIDE[report.side]]
    noise = (np.array([each.noise for each in assumed]) ** 2 + spread**2) / max(report.weight, 0.1)
    against = level.covariance[:, :, at].sum(axis=2)
    variance = against[:, at].sum(axis=1) + noise
    gap = value - level.mean[:, at].sum(axis=1)
    gain = against / variance[:, None]
    return Level(
        level.mean + gain * gap[:, None],
        level.covariance - gain[:, :, None] * against[:, None, :],
        level.log_likelihood - 0.5 * (gap**2 / variance + np.log(variance)),
        level.day,
    )


def learned(records: Sequence[Sequence[ReportedFigure]]) -> Floats:
    """Log likelihood of each record under each assumption of the grid, shape (records, grid)."""
    return np.array(
        [follow(GRID, figures, until=max((r.day for r in figures), default=0)).log_likelihood for figures in records]
    ).reshape(len(records), len(GRID))


@dataclass(frozen=True)
class Saying:
    """What a side will say on a day, under each assumption of the grid: normals on the log scale.

    Attributes
    ----------
    mean, spread : ndarray, shape (grid,)
    log_likelihood : ndarray, shape (grid,)
        Of what was said so far.
    """

    mean: Floats
    spread: Floats
    log_likelihood: Floats

    def quantiles(self, log_prior: Floats, levels: Floats) -> Floats:
        """Quantiles in persons, the assumptions weighed by ``log_prior`` (grid,), from other caravans."""
        weight = np.exp(log_prior + self.log_likelihood - np.max(log_prior + self.log_likelihood))
        keep = weight > WORTH_KEEPING * weight.sum()
        share = weight[keep] / weight[keep].sum()
        return np.exp(_mixed(self.mean[keep], self.spread[keep], share, levels))


def saying(reports: Sequence[ReportedFigure], *, today: int, target: int, side: str) -> Saying:
    """Say what ``side`` will report on day ``target``, from the reports known today."""
    return said_by(follow(GRID, reports, until=today), target=target, side=side)


def said_by(level: Level, *, target: int, side: str) -> Saying:
    """Say what ``side`` will report on day ``target``, from what is believed of the whole grid today."""
    later = carried(level, GRID, to=target)
    at = np.array([0, SIDE[side]])
    variance = later.covariance[:, at[:, None], at].sum(axis=(1, 2)) + np.array([each.noise for each in GRID]) ** 2
    return Saying(later.mean[:, at].sum(axis=1), np.sqrt(variance), level.log_likelihood)


def _mixed(mean: Floats, spread: Floats, weight: Floats, levels: Floats) -> Floats:
    """Quantiles of a mixture of normals, by its distribution function on a fine grid."""
    middle = float(weight @ mean)
    wide = float(np.sqrt(weight @ (spread**2 + (mean - middle) ** 2)))
    grid = middle + wide * np.linspace(-6.0, 6.0, 600)
    below = ndtr((grid[:, None] - mean) / spread) @ weight
    below = np.maximum.accumulate(below) + np.linspace(0.0, 1e-9, grid.size)
    return np.asarray(np.interp(levels, below, grid))


def _figure(report: ReportedFigure) -> tuple[float | None, float]:
    """Log figure of a report and its own spread; None where there is none."""
    if report.middle is not None and report.low is not None and report.high is not None:
        return float(np.log(report.middle)), 0.5 * abs(float(np.log(report.high / report.low)))
    if report.low:
        return float(np.log(report.low)) + BEYOND, VAGUE
    if report.high:
        return float(np.log(report.high)) - BEYOND, VAGUE
    return None, 0.0
