"""Forecasts as they are issued: a form that is kept for good, and scored when the truth comes in.

Beside quantiles for people, an issued forecast keeps its distributions in full, so that it is scored later to the
bit as a backtest scores the same forecast made again.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.scoring.proper_scores import quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVELS = (0.01, 0.025, *(round(0.05 * i, 2) for i in range(1, 20)), 0.975, 0.99)
"""Quantiles kept: the 23 that forecast hubs ask for."""


@dataclass(frozen=True)
class KeptQuantile:
    """One quantile of one target; ``quantile`` 0.5 alone where the target is a chance."""

    location: str
    target: str
    target_date: dt.date
    horizon_days: int
    quantile: float
    value: float


@dataclass(frozen=True)
class KeptChance:
    """Chance that a night is spent at a stop, so many km along the road."""

    location: str
    target_date: dt.date
    horizon_days: int
    stop: str
    km: float
    chance: float


@dataclass(frozen=True)
class IssuedForecast:
    """What was forecast on an evening.

    Attributes
    ----------
    subject
        Of whom: the caravan's id, or ``all camps``.
    origin
        Nothing published after it was used.
    horizon
        Days ahead.
    seed
        Of all randomness.
    quantiles, chances
        What people and programs read.
    exact
        Its distributions in full, as plain values that JSON can hold.
    """

    subject: str
    origin: dt.date
    horizon: int
    seed: int
    quantiles: tuple[KeptQuantile, ...]
    chances: tuple[KeptChance, ...]
    exact: Mapping[str, Any]

    def date(self, ahead: int) -> dt.date:
        """Date so many days ahead."""
        return self.origin + dt.timedelta(days=ahead)


@dataclass(frozen=True)
class ScoredTarget:
    """One target of an issued forecast, held against one truth.

    Attributes
    ----------
    truth
        Id of the report, or ``night`` where several make up one truth, or ``record``.
    observed_low, observed_high
        What was reported, in the target's unit.
    naive, naive_crps
        A naive rule, and its CRPS; None where it can say nothing.
    crps, error
        Of the forecast, in the target's unit; the error is median less middle of what was reported.
    inside_50, inside_90
        1 where the band held it, 0 where not; a share of its parts where a body is in parts.
    """

    location: str
    target: str
    target_date: dt.date
    horizon_days: int
    truth: str
    observed_low: float
    observed_high: float
    crps: float
    naive: str
    naive_crps: float | None
    error: float
    inside_50: float
    inside_90: float


def keep_quantiles(
    points: Floats, weight: Floats, *, location: str, target: str, date: dt.date, ahead: int
) -> list[KeptQuantile]:
    """Quantiles of weighted points at :data:`LEVELS`."""
    values = quantiles(points, weight, LEVELS)
    return [
        KeptQuantile(location, target, date, ahead, level, float(value))
        for level, value in zip(LEVELS, values, strict=True)
    ]


def as_base64(values: Floats) -> str:
    """Numbers as little-endian doubles in base64: to the bit, in half the room that their digits take."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")


def from_base64(text: str) -> Floats:
    """The numbers that :func:`as_base64` wrote, in one row."""
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8").astype(float)


def in_runs(values: Floats) -> list[list[float]]:
    """An ordered sample as values and how often each stands in it: ``[value, times]``."""
    unique, times = np.unique(values, return_counts=True)
    return [[float(value), int(number)] for value, number in zip(unique, times, strict=True)]


def from_runs(runs: Sequence[Sequence[float]]) -> Floats:
    """The ordered sample that :func:`in_runs` wrote."""
    values = np.array([value for value, _ in runs], float)
    return np.repeat(values, np.array([int(times) for _, times in runs]))
