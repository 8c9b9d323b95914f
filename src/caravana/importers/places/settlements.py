"""Settlements of an extract as listed places: which of them, and what is taken for their inhabitants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.importers.osm.tags import QUARTERS, SETTLEMENTS
from caravana.importers.places.listed import ListedPlace

if TYPE_CHECKING:
    from caravana.importers.osm.extract import Extract
    from caravana.importers.remarks import Remarks

MOST_PLACES = 3000
"""Settlements taken from an extract at most: the smallest kinds are left out beyond that."""


def settlements_of(extract: Extract, remarks: Remarks, *, source: str, most: int = MOST_PLACES) -> list[ListedPlace]:
    """Take the settlements of an extract; which kinds is decided by their number, and said."""
    kinds = list(SETTLEMENTS)
    count = {kind: sum(one.kind == kind for one in extract.settlements) for kind in (*SETTLEMENTS, *QUARTERS)}
    while len(kinds) > 1 and sum(count[kind] for kind in kinds) > most:
        left = kinds.pop()
        remarks.decide("left_out_kind", kind=left, number=count[left], most=most)
    if sum(count[kind] for kind in kinds) < 2 and any(count[kind] for kind in QUARTERS):
        kinds += QUARTERS
        remarks.decide("quarters", number=sum(count[kind] for kind in QUARTERS))
    return [
        ListedPlace(one.name, one.lat, one.lon, one.population, aliases=one.aliases, size=one.kind, source=source)
        for one in extract.settlements
        if one.kind in kinds
    ]
