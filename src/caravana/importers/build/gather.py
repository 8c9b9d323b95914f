"""The places of a build: from tables, dumps, extracts, camp lists; joined, named by admin unit, with ids."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from caravana.importers.boundaries.units import name_units, read_units
from caravana.importers.osm.tags import USUAL_PEOPLE
from caravana.importers.places.joining import join_places
from caravana.importers.places.settlements import settlements_of
from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.rows import identifiers
from caravana.importers.tables.cells import tidy
from caravana.importers.tables.sheets import name_key
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.build.plan import BuildPlan
    from caravana.importers.osm.extract import Extract
    from caravana.importers.places.listed import ListedPlace
    from caravana.importers.remarks import Remarks
    from caravana.importers.rows import Reader

USUAL_SIZE = "village"
"""What a place of no known size is taken for."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Places as listed and as rows of a scenario, one to one."""

    listed: tuple[ListedPlace, ...]
    places: tuple[Place, ...]


def gather_places(reader: Reader, plan: BuildPlan, extract: Extract | None, remarks: Remarks) -> Gathered:
    """Read every file of places, join what is one place, and make rows of a scenario of them.

    The order is that of inhabitants, then of names: it does not depend on the files' own.
    """
    land = None if extract is None else extract.window
    listed: list[ListedPlace] = []
    if "places" in plan.files:
        listed += read_places(reader, plan.files["places"], source="places", roads=land)
    if extract is not None and (plan.roads.settlements or (plan.roads.settlements is None and not listed)):
        listed += settlements_of(extract, remarks, source="osm", most=plan.places.most)
    camps = read_camps(reader, plan.files["camps"], source="camps", roads=land) if "camps" in plan.files else []
    listed = [*sorted(listed, key=_order), *sorted(camps, key=_order)]
    listed = sorted(join_places(listed, remarks), key=_order)
    if "boundaries" in plan.files:
        listed = name_units(listed, read_units(reader, plan.files["boundaries"]), remarks)
    _note_same_spots(listed, remarks)
    listed = _with_people(listed, remarks)
    ids = place_ids(listed)
    return Gathered(tuple(listed), tuple(_row(place, one) for place, one in zip(listed, ids, strict=True)))


def _order(place: ListedPlace) -> tuple[object, ...]:
    """Towns before camps, many people before few, then by name and position."""
    return (place.kind != "town", -(place.population or 0), name_key(place.name), place.lat, place.lon, place.source)


def _note_same_spots(listed: Sequence[ListedPlace], remarks: Remarks) -> None:
    """Say which places lie on the same coordinates to the last digit: one of them is mostly a copy."""
    at: dict[tuple[float, float], list[str]] = {}
    for place in listed:
        at.setdefault((place.lat, place.lon), []).append(place.name)
    for names in at.values():
        if len(names) > 1:
            remarks.look("same_coordinates", names=", ".join(names[:5]), number=len(names))


def _with_people(listed: Sequence[ListedPlace], remarks: Remarks) -> list[ListedPlace]:
    """Give towns without inhabitants those usual for what they are; it is an assumption."""
    without = [place for place in listed if place.kind == "town" and place.population is None]
    if without:
        of = len([place for place in listed if place.kind == "town"])
        remarks.assume("usual_people", number=len(without), total=of)
    return [
        replace(place, population=USUAL_PEOPLE[place.size or USUAL_SIZE])
        if place.kind == "town" and place.population is None
        else place
        for place in listed
    ]


def place_ids(listed: Sequence[ListedPlace]) -> list[str]:
    """An id for each place, of its name in Latin letters where it has one."""
    texts: list[str] = []
    for place in listed:
        latin = next((text for name in (place.name, *place.aliases) if (text := _latin(name))), "place")
        texts.append(latin)
    # Names that several places have are told apart by their number in the order of the places.
    count: dict[str, int] = {}
    keys = []
    for text in texts:
        count[text] = count.get(text, 0) + 1
        keys.append(text if count[text] == 1 else f"{text} {count[text]}")
    while len(set(keys)) < len(keys):
        keys = [f"{key} {at}" if keys.index(key) != at else key for at, key in enumerate(keys)]
    ids = identifiers(keys)
    return [ids[key] for key in keys]


def _latin(name: str) -> str:
    plain = unicodedata.normalize("NFKD", tidy(name)).encode("ascii", "ignore").decode()
    return plain if sum(letter.isalpha() for letter in plain) * 2 >= sum(letter.isalpha() for letter in name) else ""


def _row(place: ListedPlace, place_id: str) -> Place:
    return Place(
        id=place_id, name=place.name, municipality=place.municipality, state=place.state, country=place.country,
        lat=place.lat, lon=place.lon, population=place.population, kind=place.kind, capacity=place.capacity,
        displaced=place.displaced,
        pcode=place.pcode, source=place.source,
    )  # fmt: skip
