"""Counts of a table put into a scenario as assessments of the displaced: of its states, its country, its places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.rows import identifiers
from caravana.importers.tables.sheets import name_key
from caravana.scenario.model import Observation, Source

if TYPE_CHECKING:
    from caravana.importers.counts.reading import PeopleCounts
    from caravana.scenario.model import Scenario

ROLE = "displacement tracking"
"""Whose word an assessment is, unless somebody else's is named."""


def with_assessments(scenario: Scenario, counts: PeopleCounts, *, role: str = ROLE) -> tuple[Scenario, tuple[str, ...]]:
    """Add counts to a scenario as observations of the kind ``displaced_count``.

    A name is looked for among states, then countries, then places (p-codes first); case, accents and kinds of space do
    not count.

    Parameters
    ----------
    scenario
        The scenario, which is not changed.
    counts
        From :func:`caravana.importers.counts.reading.read_counts`.
    role
        Whose word they are.

    Returns
    -------
    tuple
        The scenario with them, and the names that are of no area and no place, whose counts are left out.
    """
    source = next(iter(identifiers([counts.source]).values()))
    taken = {one.id for one in scenario.observations}
    rows: list[Observation] = []
    unknown: dict[str, None] = {}
    for count in counts.rows:
        where = _place_or_area(scenario, count.place, count.code)
        if where is None:
            unknown[count.place] = None
            continue
        place_id, area = where
        base = f"displaced-{re.sub(r'[^A-Za-z0-9_-]+', '-', place_id or area)[:50]}-{count.date:%Y%m%d}"
        key, number = base, 2
        while key in taken:
            key, number = f"{base}-{number}", number + 1
        taken.add(key)
        rows.append(Observation(
            id=key, date=count.date, known_on=count.date, place_id=place_id or None, area=area, kind="displaced_count",
            low=count.persons, high=count.persons, qualifier="exact", speaker_role=role, speaker_side="agency",
            source_id=source,
        ))  # fmt: skip
    known = any(one.id == source for one in scenario.sources)
    sources = scenario.sources if known else (*scenario.sources, Source(id=source, kind="dataset", publisher=role))
    changed = {"observations": (*scenario.observations, *rows), "sources": sources}
    return scenario.model_copy(update=changed) if rows else scenario, tuple(unknown)


def _place_or_area(scenario: Scenario, name: str, code: str) -> tuple[str, str] | None:
    """Id of a place and empty, or empty and the name of an area; None where it is neither."""
    of_code = [place.id for place in scenario.places if code and place.pcode == code]
    if len(of_code) == 1:
        return of_code[0], ""
    key = name_key(name)
    for field in ("state", "country"):
        area = next((text for place in scenario.places if name_key(text := getattr(place, field)) == key and text), "")
        if area:
            return "", area
    place_id = next((place.id for place in scenario.places if name_key(place.name) == key), "")
    return (place_id, "") if place_id else None
