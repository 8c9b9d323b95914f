"""How well a report fits a truth: low and high ends, qualifiers, sides and their biases.

The one likelihood of a report: the filter of headcounts weighs its particles by it, and the
calibration its members.  A headcount is the truth times the side's bias times heavy-tailed noise;
the press counts for itself or repeats the organisers.  Minors and pregnant women are counted by
the same speakers, with the same bias.  Flows (people detained or treated on a day) have a wide
noise of their own, and no bias of a side: there are too few to learn one.  Running totals of cards
have little noise: they are counted by those who give them out.  A figure with two ends stands for
its geometric middle, with half its width added to the noise, whatever it is of; one end alone is
censored.  A day nobody reported of says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.priors import headcount_priors
from caravana.inference.reports import SIDES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import ReportedFigure

    Floats = NDArray[np.float64]

OBSERVED = (*(f"bias_{side}" for side in SIDES), "report_noise", "copy_share")
"""Parameters of those who report: they change nothing on the road."""
FLOW_NOISE = 0.6
"""Log-sd of a reported flow of a day (assumption: speakers of one event differ by half and more)."""
FEW = 2.0
"""Added to flows before their logs are taken: none and one are not worlds apart."""
CARDS_NOISE = 0.12
"""Log-sd of a reported running total of cards."""
TAIL = 4.0
"""Degrees of freedom of the noise."""


@dataclass(frozen=True)
class Speakers:
    """How those who report do so, for each member (or particle).

    Attributes
    ----------
    log_bias : callable
        Log of a side's bias, shape (members,), by the side.
    noise : ndarray, shape (members,)
        Log-sd of a headcount about its side's bias.
    copy_share : ndarray, shape (members,)
        Chance that the press repeats the organisers.
    """

    log_bias: Callable[[str], Floats]
    noise: Floats
    copy_share: Floats


def speakers_of(observed: Mapping[str, Floats]) -> Speakers:
    """Return the speakers of :data:`OBSERVED` parameters on their natural scales."""
    return Speakers(
        lambda side: np.asarray(np.log(observed[f"bias_{side}"]), float),
        observed["report_noise"],
        observed["copy_share"],
    )


def observed_values(scores: Floats) -> dict[str, Floats]:
    """Take normal scores, shape (members, 7), to the parameters of those who report."""
    from scipy.special import expit

    priors = headcount_priors()
    free = [priors[name][0] + priors[name][1] * scores[:, i] for i, name in enumerate(OBSERVED)]
    return {
        name: np.asarray(expit(values) if name == "copy_share" else np.exp(values), float)
        for name, values in zip(OBSERVED, free, strict=True)
    }


def log_report(report: ReportedFigure, truth: Floats, speakers: Speakers) -> Floats:
    """Log likelihood of a report, shape (members,), up to a constant of the report.

    Parameters
    ----------
    report : ReportedFigure
    truth : ndarray, shape (members,)
        What it is of, persons (or cards).
    speakers : Speakers
    """
    return report.weight * _log_likelihood(report, truth, speakers)


def log_reports(
    series: Callable[[str], Floats], reports: Sequence[ReportedFigure], observed: Mapping[str, Floats]
) -> Floats:
    """Log likelihood of all reports in each member, shape (members,).

    Parameters
    ----------
    series : callable
        What reports of a kind are of, shape (members, days), by the kind.
    reports : sequence of ReportedFigure
        With ``day`` counted from 1 on the day of the departure.
    observed : mapping of str to ndarray, shape (members,)
        :data:`OBSERVED` on their natural scales.
    """
    speakers = speakers_of(observed)
    total = np.zeros(speakers.noise.size)
    for report in reports:
        total += log_report(report, _on_day(series(report.of), report.day), speakers)
    return total


def _on_day(series: Floats, day: int) -> Floats:
    """Return a series on a day counted from 1, or on its last if that is past it."""
    on_day: Floats = series[:, min(day - 1, series.shape[1] - 1)]
    return on_day


def _log_likelihood(report: ReportedFigure, truth: Floats, speakers: Speakers) -> Floats:
    if report.cards:
        return _log_cards(report, truth)
    if report.is_flow:
        return _log_figure(report, np.log(truth + FEW), np.full(truth.size, FLOW_NOISE), FEW)
    log_truth = np.log(np.maximum(truth, 0.5))
    own = _log_figure(report, log_truth + speakers.log_bias(report.side), speakers.noise)
    if report.side != "press":
        return own
    copied = _log_figure(report, log_truth + speakers.log_bias("organisers"), speakers.noise)
    share = speakers.copy_share
    out: Floats = np.logaddexp(np.log(share) + copied, np.log1p(-share) + own)
    return out


def _log_figure(report: ReportedFigure, expected: Floats, noise: Floats, few: float = 0.0) -> Floats:
    """Log likelihood of a figure whose log is expected at ``expected``."""
    if report.low is not None and report.high is not None and min(report.low, report.high) + few > 0:
        return _log_between(np.log(report.low + few), np.log(report.high + few), expected, noise)
    if report.low:
        return log_above((expected - np.log(report.low + few)) / noise)
    if report.high:
        return log_above((np.log(report.high + few) - expected) / noise)
    return np.zeros(expected.size)


def _log_cards(report: ReportedFigure, given: Floats) -> Floats:
    """Log likelihood of a running total; none may be given before the offer, so that 0 is a figure too."""
    expected, noise = np.log1p(given), np.full(given.size, CARDS_NOISE)
    if report.low is not None and report.high is not None:
        return _log_between(np.log1p(report.low), np.log1p(report.high), expected, noise)
    if report.low is not None:
        return log_above((expected - np.log1p(report.low)) / noise)
    if report.high is not None:
        return log_above((np.log1p(report.high) - expected) / noise)
    return np.zeros(given.size)


def _log_between(low: float, high: float, expected: Floats, noise: Floats) -> Floats:
    """Log likelihood of a figure with two ends, given as logs: the wider they are apart the less it says."""
    return log_student(0.5 * (low + high) - expected, np.hypot(noise, 0.5 * abs(high - low)))


def least_gap(series: Callable[[str], Floats], report: ReportedFigure, observed: Mapping[str, Floats]) -> float:
    """Least distance on the log scale between a report and what any member and its bias expect of it.

    Parameters
    ----------
    series : callable
        What reports of a kind are of, shape (members, days), by the kind.
    report : ReportedFigure
    observed : mapping of str to ndarray, shape (members,)
        :data:`OBSERVED` on their natural scales.
    """
    truth = np.log(np.maximum(_on_day(series(report.of), report.day), 0.5) + FEW * report.is_flow)
    if not (report.cards or report.is_flow):
        truth = truth + np.log(observed[f"bias_{report.side}"])
    low = np.log(report.low) if report.low else -np.inf
    high = np.log(report.high) if report.high else np.inf
    return float(np.maximum(np.maximum(low - truth, truth - high), 0.0).min())


def log_student(gap: Floats, scale: Floats) -> Floats:
    """Log density of Student's t with :data:`TAIL` degrees of freedom, up to a constant."""
    out: Floats = -np.log(scale) - 0.5 * (TAIL + 1.0) * np.log1p((gap / scale) ** 2 / TAIL)
    return out


def log_above(gap: Floats) -> Floats:
    """Log chance of being on the right side of one end; a floor, so that no speaker rules a particle out alone."""
    from scipy.special import ndtr

    out: Floats = np.log(ndtr(gap) + 1e-6)
    return out
