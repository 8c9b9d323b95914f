"""Cases of a backtest: what a forecast said, and what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.scoring.proper_scores import (
    crps,
    interval,
    likeliest,
    probability_transform,
    quantiles,
    weighted_interval_score,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


MODEL = "caravana"


NEAR_KM = 10.0


@dataclass(frozen=True)
class Scored:
    """One forecast against one report: proper scores and what the table is made of.

    Of a body in parts every figure is the mean over its parts: ``inside`` and ``near`` are then shares.
    """

    crps: float
    wis: float
    error: float
    pit: float
    inside: tuple[float, float, float]
    width90: float
    near: float
    days: float = float("nan")


@dataclass(frozen=True)
class Case:
    """One report forecast from one origin by the model and by every baseline; ``report`` is its id, if it is one."""

    caravan: str
    quantity: str
    origin: int
    horizon: int
    truth: float
    firm: bool
    scores: Mapping[str, Scored] = field(repr=False)
    report: str = ""


def score_points(points: Floats, weight: Floats, truth: float) -> Scored:
    """Score one forecast given as weighted points."""
    inside = []
    for level in (0.5, 0.8, 0.9):
        low, high = interval(points, weight, level)
        inside.append(low <= truth <= high)
    low, high = interval(points, weight, 0.9)
    return Scored(
        crps=crps(points, weight, truth),
        wis=weighted_interval_score(points, weight, truth),
        error=float(quantiles(points, weight, [0.5])[0]) - truth,
        pit=probability_transform(points, weight, truth),
        inside=(inside[0], inside[1], inside[2]),
        width90=high - low,
        near=abs(likeliest(points, weight, within=NEAR_KM) - truth) <= NEAR_KM,
    )


def score_parts(points: Floats, weight: Floats, truths: Sequence[float]) -> Scored:
    """Score one forecast against a body in parts of equal share: the mean of the scores over its parts."""
    each = [score_points(points, weight, truth) for truth in truths]
    if len(each) == 1:
        return each[0]
    mean = {
        name: sum(getattr(scored, name) for scored in each) / len(each)
        for name in ("crps", "wis", "error", "pit", "width90", "near")
    }
    inside = [sum(scored.inside[level] for scored in each) / len(each) for level in range(3)]
    return Scored(inside=(inside[0], inside[1], inside[2]), **mean)


def score_chance(chance: float, *, happened: bool) -> Scored:
    """Score the chance of an event: its CRPS is the Brier score."""
    return score_points(np.array([0.0, 1.0]), np.array([1.0 - chance, chance]), float(happened))
