"""Classes of people who see destinations differently, or who go home in some months.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.models.displacement.series import by_place
from caravana.scenario.demographics import RULES_OF_AGE, RULES_OF_LIKENESS, missing_traits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: What a class does with a place's score.
AS_IT_IS, SQUARED, IGNORED = 1.0, 2.0, 0.0
#: Age below which a person is a child, and those above which boys take risks and people are elderly.
CHILD, BOY, ELDERLY = 19, 14, 59
#: Weight of a place of which a tenth is of one's own ethnicity is 1.
ETHNICITY_FACTOR = 10.0
#: Most posts (places for each class of people): more would not fit a computer.
MOST_POSTS = 20_000


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
    home
        Place that a class is at home in, -1 where that is not kept, [class].
    farmer
        Whether it is of farmers, [class].
    ethnicity, religion
        Share of its own people in each place, NaN where nothing is known, [class, place]; None where no rule asks.
    """

    names: tuple[str, ...]
    power: Floats
    share: Floats
    home: Ints
    farmer: Bools
    ethnicity: Floats | None = None
    religion: Floats | None = None

    def see(self, score: Floats) -> Floats:
        """Score of each place as each class sees it, [class, place]."""
        return np.asarray(score[None, :] ** self.power[:, None])

    def liking(self, camp: Bools, conflict: Floats, settings: DisplacementSettings) -> Floats | None:
        """What each class multiplies a place by for those who are like it there, [class, place]; None without a rule.

        Of a camp 10 r for ethnicity and r / ``avg_religion_fraction`` for religion; of a conflict zone or
        another place 10 r for ethnicity, r being the share of people like oneself; 1 where nothing is known of that.
        """
        s = settings
        factor = np.ones((len(self.names), len(camp)))
        if self.ethnicity is not None:
            fighting = (conflict > 0) & ~camp
            acts = (
                (camp & s.match_camp_ethnicity)
                | (fighting & s.match_conflict_ethnicity)
                | (~camp & ~fighting & s.match_town_ethnicity)
            )
            factor = np.where(acts & ~np.isnan(self.ethnicity), ETHNICITY_FACTOR * self.ethnicity, factor)
        if self.religion is not None:
            acts = camp & s.match_camp_religion
            factor = factor * np.where(acts & ~np.isnan(self.religion), self.religion / s.avg_religion_fraction, 1.0)
        return None if self.ethnicity is None and self.religion is None else factor


def compile_classes(
    scenario: Scenario, settings: DisplacementSettings, *, mended: bool, homes: Ints | None = None
) -> PeopleClasses:
    """Work out the classes from the demographics of a scenario.

    Children (under 19) square the score where ``children_avoid_hazards``, people over 59 where
    ``elderly_avoid_hazards``, women who have not squared it yet where ``women_avoid_hazards``; ``boys_take_risk``
    makes men and boys over 14 blind to it, in Flee of any age and with ``children_avoid_hazards`` only (quirk
    19).  All attributes are drawn independently of each other, as in Flee.  Without a rule everybody is alike.

    Parameters
    ----------
    mended
        Without the defects of Flee.
    homes
        Places that people come from, where a rule asks for that.

    Raises
    ------
    UsageError
        If a rule is set for which the scenario does not say what it asks for; Flee stops there as well.  If there
        are too many classes.
    """
    require(scenario, settings)
    names, power, share = _by_age(scenario, settings, mended=mended)
    n = len(scenario.places)
    one = PeopleClasses(names, power, share, np.full(len(names), -1), np.zeros(len(names), bool))
    for trait in ("ethnicity", "religion"):
        # quirks 21 to 23: Flee takes those who happen to be there now for inhabitants, and stops on the first journey
        if mended and any(getattr(settings, rule) for rule, needed in RULES_OF_LIKENESS.items() if needed == trait):
            one = _by_likeness(one, scenario, trait)
    if homes is not None:
        one = _by_home(one, homes)
    if settings.harvest_months and mended:
        # quirk 24: in Flee everybody goes home for the harvest, farmers or not
        one = _by_farming(one, scenario)
    if len(one.names) > 1 and len(one.names) * n > MOST_POSTS:
        raise UsageError(
            f"{len(one.names):,} classes of people in {n:,} places: expected at most {MOST_POSTS:,} in all; these rules"
            " keep where everybody is at home, or what she is"
        )
    return one


def require(scenario: Scenario, settings: DisplacementSettings) -> None:
    """Check that the scenario knows what the rules ask of people.

    Raises
    ------
    UsageError
        If it does not.
    """
    given = {**scenario.settings, **{name: getattr(settings, name) for name in (*RULES_OF_AGE, *RULES_OF_LIKENESS)}}
    for rule, what in missing_traits(given).items():
        raise UsageError(f"{rule}: this scenario has {what}")


def _by_age(
    scenario: Scenario, settings: DisplacementSettings, *, mended: bool
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Classes by what they do with scores: their names, powers and shares, [place, class]."""
    n = len(scenario.places)
    if not any(getattr(settings, rule) for rule in RULES_OF_AGE):
        return ("person",), np.array([AS_IT_IS]), np.ones((n, 1))
    powers = [AS_IT_IS, SQUARED, IGNORED]
    share = np.zeros((n, 3))
    for row, place in enumerate(scenario.places):
        for age, of_age in zip(*distribution(scenario, "age", place.id), strict=True):
            for gender, of_gender in zip(*distribution(scenario, "gender", place.id), strict=True):
                power = power_of(float(age), gender, settings, mended=mended)
                share[row, powers.index(power)] += of_age * of_gender
    return ("as it is", "squared", "blind"), np.array(powers), share


def power_of(age: float, gender: str, settings: DisplacementSettings, *, mended: bool) -> float:
    """Exponent that a person puts on scores: 2 who avoids hazards, 0 who is blind to them, else 1."""
    s = settings
    power, squared = AS_IT_IS, False
    if s.children_avoid_hazards and age < CHILD:
        power, squared = SQUARED, True
    bold = s.boys_take_risk and gender == "male" and age > BOY
    if bold and (age < CHILD if mended else s.children_avoid_hazards):
        power = IGNORED
    if s.elderly_avoid_hazards and age > ELDERLY:
        power, squared = power * 2, True
    if s.women_avoid_hazards and gender == "female" and not squared:
        power *= 2
    return power


def _by_likeness(classes: PeopleClasses, scenario: Scenario, trait: str) -> PeopleClasses:
    """Divide classes by their ethnicity or religion."""
    values, _ = distribution(scenario, trait, "")
    n = len(scenario.places)
    share = np.stack([distribution(scenario, trait, place.id)[1] for place in scenario.places])
    people = [by_place(scenario, f"{trait}-{at}", 1) for at in range(1, len(values) + 1)]
    table = np.stack([np.zeros(n) if one is None else one[0] for one in people])
    listed = table.sum(axis=0)
    # Camps have no inhabitants: there it is a share of all that are listed.
    whole = np.array([float(place.population or 0) for place in scenario.places])
    whole = np.where(whole >= 1, np.maximum(whole, listed), listed)
    own = np.where(listed > 0, table / np.where(whole > 0, whole, 1.0), np.nan)
    divided = _divide(classes, values, share)
    own = np.tile(own, (len(classes.names), 1))
    if trait == "ethnicity":
        return PeopleClasses(*divided, ethnicity=own)
    ethnicity = None if classes.ethnicity is None else np.repeat(classes.ethnicity, len(values), axis=0)
    return PeopleClasses(*divided, ethnicity=ethnicity, religion=own)


def _divide(
    classes: PeopleClasses, values: list[str], share: Floats
) -> tuple[tuple[str, ...], Floats, Floats, Ints, Bools]:
    """Divide every class by the values of a trait, of given shares [place, value]."""
    k = len(values)
    return (
        tuple(f"{name}, {value}" for name in classes.names for value in values), np.repeat(classes.power, k),
        (classes.share[:, :, None] * share[:, None, :]).reshape(len(share), -1),
        np.repeat(classes.home, k), np.repeat(classes.farmer, k),
    )  # fmt: skip


def _again(classes: PeopleClasses, times: int) -> tuple[Floats | None, Floats | None]:
    """What a class finds of its own in places, each so many times."""
    both = (classes.ethnicity, classes.religion)
    first, second = (None if one is None else np.repeat(one, times, axis=0) for one in both)
    return first, second


def _by_home(classes: PeopleClasses, homes: Ints) -> PeopleClasses:
    """Divide every class by where its people are at home."""
    n = len(classes.share)
    share = np.zeros((n, len(homes)))
    share[homes, np.arange(len(homes))] = 1.0
    # Nobody comes from elsewhere; who did would pass for one of the first home.
    share[share.sum(axis=1) == 0, 0] = 1.0
    names, power, split, _, farmer = _divide(classes, [str(home) for home in homes], share)
    return PeopleClasses(
        names, power, split, np.tile(homes, len(classes.names)), farmer, *_again(classes, len(homes))
    )  # fmt: skip


def _by_farming(classes: PeopleClasses, scenario: Scenario) -> PeopleClasses:
    """Divide every class into farmers, as many as a place has of them, and others."""
    fraction = by_place(scenario, "attribute-farmer_fraction", 1)
    farmers = np.zeros(len(scenario.places)) if fraction is None else np.clip(fraction[0], 0.0, 1.0)
    share = np.stack([1.0 - farmers, farmers], axis=1)
    names, power, split, home, _ = _divide(classes, ["no farmer", "farmer"], share)
    return PeopleClasses(
        names, power, split, home, np.tile([False, True], len(classes.names)), *_again(classes, 2)
    )  # fmt: skip


def months_of_harvest(scenario: Scenario, settings: DisplacementSettings, days: int) -> Bools:
    """Whether each day is in a month of harvest, [day]."""
    months = {int(month) for month in settings.harvest_months}
    return np.array([(scenario.start + dt.timedelta(days=day)).month in months for day in range(days)], dtype=bool)


def distribution(scenario: Scenario, attribute: str, place_id: str) -> tuple[list[str], Floats]:
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
