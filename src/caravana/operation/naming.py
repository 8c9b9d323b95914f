"""Finds a place by what people call it: accents and case do not count, and near misses are offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.articles.text import fold
from caravana.scenario.packaged_roads import find_road, road_names
from caravana.spelling import likeness_of_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.scenario.model import Place, Scenario

NEAR = 72.0
"""Likeness in 100 from which a name is offered as a near miss."""
MOST_OFFERED = 3


@dataclass(frozen=True)
class PlaceNames:
    """What the places of a scenario are called.

    Attributes
    ----------
    places
        By id.
    ids
        Id by folded id, name, or other name; None where two places share it.
    """

    places: Mapping[str, Place]
    ids: Mapping[str, str | None]

    def find(self, text: str) -> str | None:
        """Id of the place of a name; None where there is none, or more than one."""
        return self.ids.get(_plain(text))

    def near(self, text: str) -> list[str]:
        """Names and ids of the places that are called most like it, ``Name (id)``, the likest first."""
        plain = _plain(text)
        scored = [(likeness_of_parts(plain, name, least=NEAR), name) for name in self.ids]
        close = [self.ids[name] for score, name in sorted(scored, key=lambda one: -one[0]) if score]
        shared = [place.id for place in self.places.values() if _plain(place.name) == _plain(text)]
        chosen = dict.fromkeys(one for one in (*shared, *close) if one is not None)
        return [f"{self.places[one].name} ({one})" for one in list(chosen)[:MOST_OFFERED]]


def names_of(scenario: Scenario) -> PlaceNames:
    """Collect what a scenario's places are called: ids, names, and the other names that packaged roads know."""
    places = {place.id: place for place in scenario.places}
    ids: dict[str, str | None] = {}
    for place in scenario.places:
        for name in (place.name, place.name.split(" de ")[0]):
            key = _plain(name)
            ids[key] = place.id if ids.get(key, place.id) == place.id else None
    for road in filter(None, map(find_road, road_names())):
        ids |= {_plain(name): place for name, place in road.aliases.items() if place in places}
    ids |= {_plain(place): place for place in places}
    return PlaceNames(places, ids)


def _plain(text: str) -> str:
    """A name as it is compared: no accents, no capitals, words apart by one space."""
    return " ".join(fold(text).replace("-", " ").replace("_", " ").split())
