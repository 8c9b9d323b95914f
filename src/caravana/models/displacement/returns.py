"""Going home for good: a hazard by place and day, of everybody who rests there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.series import by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SERIES = "return"
"""Series of the hazard by day and place, which comes before the setting ``return_hazard``."""


def compile_returns(scenario: Scenario, settings: DisplacementSettings, days: int) -> Floats | None:
    """Return the chance of going home in a day from each place, 1 - exp(-hazard), [day, place]; None where nobody does.

    Flee has no such rule.
    """
    hazard = by_place(scenario, SERIES, days, missing=settings.return_hazard)
    if hazard is None:
        hazard = np.full((days, len(scenario.places)), settings.return_hazard)
    return -np.expm1(-np.maximum(hazard, 0.0)) if (hazard > 0).any() else None


def draw_returns(people: Ints | NDArray[np.int32], chance: Floats, rng: np.random.Generator) -> Ints:
    """Draw who goes home of those in each cell: binomial.

    Parameters
    ----------
    people
        Persons, of any shape.
    chance
        Broadcast against `people`.
    """
    return np.asarray(rng.binomial(people, np.broadcast_to(chance, people.shape)))
