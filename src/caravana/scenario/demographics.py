"""Rules about people: what each asks the demographics of a scenario for.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES_OF_AGE: dict[str, tuple[str, ...]] = {
    "children_avoid_hazards": ("age",), "boys_take_risk": ("age", "gender"),
    "elderly_avoid_hazards": ("age",), "women_avoid_hazards": ("gender",),
}  # fmt: skip
"""Rules about ages and genders, and what each asks for."""
RULES_OF_LIKENESS: dict[str, str] = {
    "match_camp_ethnicity": "ethnicity", "match_town_ethnicity": "ethnicity",
    "match_conflict_ethnicity": "ethnicity", "match_camp_religion": "religion",
}  # fmt: skip
"""Rules about whom people find in a place, and what each asks for."""


def rules_in_force(given: Mapping[str, object], *, mended: bool) -> dict[str, tuple[str, ...]]:
    """Return the rules about people that act, and what each asks for.

    Parameters
    ----------
    given
        Settings of a scenario.
    mended
        Without the defects of Flee: boys take risks without children who avoid them (quirk 19), and people
        look for those who are like them (quirks 21 to 23).
    """
    settings = DisplacementSettings.of(given)
    rules = {name: needed for name, needed in RULES_OF_AGE.items() if getattr(settings, name)}
    if not mended:
        if not settings.children_avoid_hazards:
            rules.pop("boys_take_risk", None)
        return rules
    return rules | {name: (needed,) for name, needed in RULES_OF_LIKENESS.items() if getattr(settings, name)}


def traits_needed(given: Mapping[str, object], *, mended: bool) -> tuple[str, ...]:
    """Return what the rules in force ask for: ``age``, ``gender``, ``ethnicity``, ``religion``."""
    rules = rules_in_force(given, mended=mended)
    return tuple(dict.fromkeys(trait for needed in rules.values() for trait in needed))


def missing_traits(given: Mapping[str, object]) -> dict[str, str]:
    """Return what rules about people ask for and a scenario does not have, by rule."""
    lacking: dict[str, str] = {}
    for rule, needed in rules_in_force(given, mended=True).items():
        if "age" in needed and not isinstance(given.get("demographics.age.values"), tuple):
            lacking[rule] = "no ages in numbers (demographics_age.csv)"
            continue
        for trait in needed:
            if trait != "age" and f"demographics.{trait}.values" not in given:
                named = {"gender": "no genders", "ethnicity": "no ethnicities", "religion": "no religions"}[trait]
                lacking[rule] = f"{named} (demographics_{trait}.csv)"
    return lacking
