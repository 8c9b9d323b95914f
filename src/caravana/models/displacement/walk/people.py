"""Classes of people who see destinations differently (demographics)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Floats = NDArray[np.float64]

#: What a class does with a place's score.
AS_IT_IS, SQUARED, IGNORED = 1.0, 2.0, 0.0


@dataclass(frozen=True, slots=True)
class PeopleClasses:
    """Classes of people.

    Attributes
    ----------
    names
        One a class.
    power
        Exponent that a class puts on the score of a destination, [class].
    share
        Share of each class among people displaced from each place, [place, class].
    """

    names: tuple[str, ...]
    power: Floats
    share: Floats

    def see(self, score: Floats) -> Floats:
        """Score of each place as each class sees it, [class, place]."""
        return np.asarray(score[None, :] ** self.power[:, None])


def compile_classes(scenario: Scenario, settings: DisplacementSettings) -> PeopleClasses:
    """Work out the classes from the demographics of a scenario.

    Children (under 19) square the score where ``children_avoid_hazards``; with it,
    ``boys_take_risk`` makes men and boys over 14 blind to it.  Age and gender are drawn
    independently of each other, as in Flee.  Without these rules everybody is alike.

    Raises
    ------
    UsageError
        If a rule is set whose ages or genders the scenario does not have; Flee stops there as well.
    """
    n = len(scenario.places)
    if not settings.children_avoid_hazards:
        return PeopleClasses(("person",), np.array([AS_IT_IS]), np.ones((n, 1)))
    _require(scenario, settings)
    share = np.zeros((n, 3))
    for row, place in enumerate(scenario.places):
        ages, age_weight = _distribution(scenario, "age", place.id)
        genders, gender_weight = _distribution(scenario, "gender", place.id)
        male = sum(weight for value, weight in zip(genders, gender_weight, strict=True) if value == "male")
        for age, weight in zip(ages, age_weight, strict=True):
            years = float(age)
            blind = weight * male if settings.boys_take_risk and years > 14 else 0.0
            share[row, 2] += blind
            share[row, 1 if years < 19 else 0] += weight - blind
    return PeopleClasses(("adult", "child", "man_or_boy"), np.array([AS_IT_IS, SQUARED, IGNORED]), share)


def _require(scenario: Scenario, settings: DisplacementSettings) -> None:
    """Check that the scenario knows what the rules ask of people."""
    ages = scenario.settings.get("demographics.age.values")
    if not isinstance(ages, tuple):
        raise UsageError("children_avoid_hazards: this scenario has no ages in numbers (demographics_age.csv)")
    if settings.boys_take_risk and "demographics.gender.values" not in scenario.settings:
        raise UsageError("boys_take_risk: this scenario has no genders (demographics_gender.csv)")


def _distribution(scenario: Scenario, attribute: str, place_id: str) -> tuple[list[str], Floats]:
    """Values of an attribute and their shares among people from a place; one unknown value without data."""
    values = scenario.settings.get(f"demographics.{attribute}.values")
    weights = scenario.settings.get(
        f"demographics.{attribute}.{place_id}", scenario.settings.get(f"demographics.{attribute}.default")
    )
    if values is None or not isinstance(weights, tuple) or sum(weights) <= 0:
        return ["-1"], np.ones(1)
    names = values.split(";") if isinstance(values, str) else [str(value) for value in values]  # type: ignore[union-attr]
    share = np.asarray(weights, dtype=float)
    return names, share / share.sum()
