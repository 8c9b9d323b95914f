"""Cases of a backtest: what a forecast said, and what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.inference.scoring.proper_scores import (
    crps,
    interval,
    likeliest,
    probability_transform,
    quantiles,
    weighted_interval_score,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


MODEL = "caravana"


NEAR_KM = 10.0


@dataclass(frozen=True)
class Scored:
    """One forecast against one report: proper scores and what the table is made of."""

    crps: float
    wis: float
    error: float
    pit: float
    inside: tuple[bool, bool, bool]
    width90: float
    near: bool
    days: float = float("nan")


@dataclass(frozen=True)
class Case:
    """One report forecast from one origin by the model and by every baseline."""

    caravan: str
    quantity: str
    origin: int
    horizon: int
    truth: float
    firm: bool
    scores: Mapping[str, Scored] = field(repr=False)


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
