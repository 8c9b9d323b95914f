"""What each camp's capacity was taken for, and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.models.displacement.camp_shares.capacity import capacities_of
from caravana.results.displacement import plain_name
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario


def capacity_words(scenario: Scenario, language: Language) -> list[str]:
    """A sentence or two a camp that was ever counted: limit, plan or none, why, and how many it is taken to hold."""
    names = {place.id: plain_name(place) for place in scenario.places}
    origin = DisplacementSettings.of(scenario.settings).origin_day
    out = []
    for place_id, one in capacities_of(scenario).items():
        given = "" if one.given is None else language.number(one.given)
        said = language.text(f"displacement.capacity.{one.reading}.{one.why}", camp=names[place_id], given=given)
        if one.reading != "limit":
            key = "most" if origin else "guess"
            said += " " + language.text(f"displacement.capacity.{key}", size=language.rounded(one.size))
        out.append(said)
    return out
