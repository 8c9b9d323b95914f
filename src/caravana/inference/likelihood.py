"""How well reports fit a course: low and high ends, qualifiers, sides and their biases, events told by many.

A headcount is the truth times the side's bias times heavy-tailed noise; the
press counts for itself or repeats the organisers.  Minors and pregnant women
are counted by the same speakers, with the same bias.  Flows (people detained or
treated on a day) have a wide noise of their own, and no bias of a side: there
are too few to learn one.  Running totals of cards have little noise.  A day
nobody reported of says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, ndtr

from caravana.inference.reports import PRIORS, SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.expected import Course
    from caravana.inference.reports import Report

    Floats = NDArray[np.float64]

OBSERVED = (*(f"bias_{side}" for side in SIDES), "report_noise", "copy_share")
"""Parameters of those who report: they change nothing on the road."""
FLOW_NOISE = 0.6
"""Log-sd of a reported flow of a day (assumption: tellers of one event differ by half and more)."""
FEW = 2.0
"""Added to flows before their logs are taken: none and one are not worlds apart."""


def observed_values(scores: Floats) -> dict[str, Floats]:
    """Take normal scores, shape (members, 7), to the parameters of those who report."""
    free = [PRIORS[name][0] + PRIORS[name][1] * scores[:, i] for i, name in enumerate(OBSERVED)]
    return {
        name: np.asarray(expit(values) if name == "copy_share" else np.exp(values), float)
        for name, values in zip(OBSERVED, free, strict=True)
    }


def log_reports(course: Course, reports: Sequence[Report], observed: Mapping[str, Floats]) -> Floats:
    """Log likelihood of all reports in each member, shape (members,).

    Parameters
    ----------
    course : Course
    reports : sequence of Report
        With ``day`` counted from 1 on the day of the departure.
    observed : mapping of str to ndarray, shape (members,)
        :data:`OBSERVED` on their natural scales.
    """
    total = np.zeros(len(course.persons))
    for report in reports:
        series = course.of(report.of)
        truth = series[:, min(report.day - 1, series.shape[1] - 1)]
        total += report.weight * _log_report(report, truth, observed)
    return total


def _log_report(report: Report, truth: Floats, observed: Mapping[str, Floats]) -> Floats:
    if report.cards:
        return _log_cards(report, truth)
    if report.is_flow:
        expected = np.log(truth + FEW)
        return _log_figure(report, expected, np.full(truth.size, FLOW_NOISE), FEW)
    log_truth = np.log(np.maximum(truth, 0.5))
    noise = observed["report_noise"]
    own = _log_figure(report, log_truth + np.log(observed[f"bias_{report.side}"]), noise)
    if report.side != "press":
        return own
    copied = _log_figure(report, log_truth + np.log(observed["bias_organisers"]), noise)
    share = observed["copy_share"]
    out: Floats = np.logaddexp(np.log(share) + copied, np.log1p(-share) + own)
    return out


def _log_figure(report: Report, expected: Floats, noise: Floats, few: float = 0.0) -> Floats:
    """Log likelihood of a figure whose log is expected at ``expected``; one end alone is censored."""
    if report.low is not None and report.high is not None and min(report.low, report.high) + few > 0:
        low, high = np.log(report.low + few), np.log(report.high + few)
        return log_student(0.5 * (low + high) - expected, np.hypot(noise, 0.5 * abs(high - low)))
    if report.low:
        return log_above((expected - np.log(report.low + few)) / noise)
    if report.high:
        return log_above((np.log(report.high + few) - expected) / noise)
    return np.zeros(expected.size)


def _log_cards(report: Report, given: Floats) -> Floats:
    log_given = np.log1p(given)
    if report.low is not None and report.high is not None:
        middle = 0.5 * (np.log1p(report.low) + np.log1p(report.high))
        return log_student(middle - log_given, np.full(given.size, CARDS_NOISE))
    edge, sign = (report.low, 1.0) if report.low is not None else (report.high or 0.0, -1.0)
    return log_above(sign * (log_given - np.log1p(edge)) / CARDS_NOISE)


def least_gap(course: Course, report: Report, observed: Mapping[str, Floats]) -> float:
    """Least distance on the log scale between a report and what any member and its bias expect of it."""
    series = course.of(report.of)
    truth = np.log(np.maximum(series[:, min(report.day - 1, series.shape[1] - 1)], 0.5) + FEW * report.is_flow)
    if not (report.cards or report.is_flow):
        truth = truth + np.log(observed[f"bias_{report.side}"])
    low = np.log(report.low) if report.low else -np.inf
    high = np.log(report.high) if report.high else np.inf
    return float(np.maximum(np.maximum(low - truth, truth - high), 0.0).min())


CARDS_NOISE = 0.12


TAIL = 4.0


def log_student(gap: Floats, scale: Floats) -> Floats:
    """Log density of Student's t with :data:`TAIL` degrees of freedom, up to a constant."""
    out: Floats = -np.log(scale) - 0.5 * (TAIL + 1.0) * np.log1p((gap / scale) ** 2 / TAIL)
    return out


def log_above(gap: Floats) -> Floats:
    """Log chance of being on the right side of one end; a floor, so that no speaker rules a particle out alone."""
    out: Floats = np.log(ndtr(gap) + 1e-6)
    return out
