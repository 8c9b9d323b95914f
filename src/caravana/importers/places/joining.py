"""Places that several files list, or one lists twice: one place each, and what was decided written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.sphere import along_sphere, on_sphere
from caravana.importers.tables.sheets import name_key
from caravana.spelling import likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.places.listed import ListedPlace
    from caravana.importers.remarks import Remarks

SAME_KM = 10.0
"""Two places of one name, or nearly, are one place if they are no further from each other."""
NEAR_NAME = 88.0
"""How alike two names are, of 100, for them to be one (the share of letters in order)."""
SHORT = 5
"""Names of so few letters must be the same."""


def alike(one: ListedPlace, other: ListedPlace) -> float:
    """How alike the names of two places are, 0 to 100, and 0 if too little; other names that they go by count."""
    names = [[key for key in map(name_key, (p.name, *p.aliases)) if key] for p in (one, other)]
    best = 0.0
    for a in names[0]:
        for b in names[1]:
            if a == b:
                return 100.0
            if min(len(a), len(b)) > SHORT and not _numbered(a, b):
                best = max(best, likeness(a, b, least=NEAR_NAME))
    return best


def _numbered(one: str, other: str) -> bool:
    """Whether two names differ in a number: camp 1 and camp 2 are two."""
    return [w for w in one.split() if w.isdigit()] != [w for w in other.split() if w.isdigit()]


def join_places(listed: Sequence[ListedPlace], remarks: Remarks) -> list[ListedPlace]:
    """Join places of near-identical names that lie near each other.

    The first listed keeps its name and coordinates; what it does not say it takes from the others.  A town and a
    camp of one name stay two places.  Places of one name far apart stay apart, which is said.
    """
    from scipy.spatial import cKDTree

    if not listed:
        return []
    points = on_sphere(np.array([p.lat for p in listed]), np.array([p.lon for p in listed]))
    joined_to = list(range(len(listed)))
    for a, b in sorted(cKDTree(points).query_pairs(SAME_KM)):
        one, other = listed[joined_to[a]], listed[b]
        if joined_to[b] != b or (one.kind == "town") != (other.kind == "town") or alike(one, other) < NEAR_NAME:
            continue
        joined_to[b] = joined_to[a]
    kept: dict[int, ListedPlace] = {}
    for at, place in enumerate(listed):
        to = joined_to[at]
        if to == at:
            kept[at] = place
            continue
        km = float(along_sphere(np.array(np.linalg.norm(points[at] - points[to]))))
        remarks.decide("joined", first=kept[to].name, second=place.name, km=round(km, 1))
        kept[to] = _with(kept[to], place)
    _note_apart(list(kept.values()), remarks)
    return list(kept.values())


def _with(one: ListedPlace, other: ListedPlace) -> ListedPlace:
    """A place with what another says of it and it does not say itself."""
    given = {
        name: getattr(other, name)
        for name in (
            "population",
            "displaced",
            "capacity",
            "opens",
            "closes",
            "state",
            "municipality",
            "country",
            "pcode",
            "size",
        )
        if not getattr(one, name) and getattr(other, name)
    }
    return replace(one, **given, aliases=tuple(dict.fromkeys((*one.aliases, other.name, *other.aliases))))


def _note_apart(places: Sequence[ListedPlace], remarks: Remarks) -> None:
    """Say which names stand for several places."""
    by_key: dict[str, list[ListedPlace]] = {}
    for place in places:
        by_key.setdefault(name_key(place.name), []).append(place)
    for same in by_key.values():
        if len(same) > 1:
            remarks.decide("one_name", name=same[0].name, number=len(same))


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Which place a name of another file is taken for."""

    place_id: str
    name: str
    alike: float


def match_name(text: str, names: Sequence[tuple[str, str]]) -> NameMatch | None:
    """Find the place that a name is of, the same spelling first; None where no name is near, or two are alike.

    Parameters
    ----------
    text
        The name.
    names
        Name and id of each place.
    """
    key = name_key(text)
    scored = sorted(
        ((100.0 if key == (k := name_key(name)) else 0.0 if _numbered(key, k) else likeness(key, k, least=NEAR_NAME),
          name, place_id)
         for name, place_id in names),
        key=lambda one: (-one[0], one[2]),
    )  # fmt: skip
    if not scored or scored[0][0] < (NEAR_NAME if len(key) > SHORT else 100.0):
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0] and scored[1][2] != scored[0][2]:
        return None
    return NameMatch(scored[0][2], scored[0][1], scored[0][0])
