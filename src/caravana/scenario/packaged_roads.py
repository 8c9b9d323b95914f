"""Roads that come with the package: places and links that scenarios share instead of copying.

``library/roads/NAME`` holds ``road.toml`` (ways along it, branches, other names of places), ``places.csv`` and
``links.csv``, whose column ``branch`` says what is no part of the road itself.  A scenario takes a road by
``road = "NAME"`` and may list the ``branches`` that it wants; a row of its own takes the place of the road's row of
the same id (or ends), and its other rows follow.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.scenario.model import Link, Place
from caravana.scenario.reading.draft import Draft, Entry
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.reading.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROADS = Path(__file__).parent / "library" / "roads"
DOCUMENT = "road.toml"


class RoadPlace(Place):
    """A place of a road, and the branch that it is on."""

    branch: str = ""


class RoadLink(Link):
    """A link of a road, and the branch that it is on."""

    branch: str = ""


@dataclass(frozen=True)
class Way:
    """A way along a road: the shortest through some places, in order."""

    id: str
    from_id: str
    to_id: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackagedRoad:
    """A road.

    Attributes
    ----------
    name, title, title_es
        What it is called.
    folder
        Where its tables are.
    ways
        Ways along it, the usual one first.
    branches
        What branches off it, by id.
    aliases
        Ids of places by other names of theirs.
    """

    name: str
    title: str
    title_es: str
    folder: Path
    ways: tuple[Way, ...]
    branches: Mapping[str, str]
    aliases: Mapping[str, str]


def road_names() -> list[str]:
    """Names of the roads that come with the package."""
    return sorted(folder.name for folder in ROADS.iterdir() if (folder / DOCUMENT).is_file()) if ROADS.is_dir() else []


def find_road(name: str) -> PackagedRoad | None:
    """Return the road of a name; None where there is none."""
    if name not in road_names():
        return None
    content = tomllib.loads((ROADS / name / DOCUMENT).read_text("utf-8"))
    ways = tuple(Way(way["id"], way["from_id"], way["to_id"], tuple(way["via"])) for way in content["ways"])
    return PackagedRoad(
        name, content["title"], content["title_es"], ROADS / name, ways, content["branches"], content["aliases"]
    )


def read_road(name: str) -> tuple[list[Place], list[Link]]:
    """Places and links of a road, those of all its branches too."""
    places = read_table(ROADS / name / "places.csv", RoadPlace, FaultList()) or []
    links = read_table(ROADS / name / "links.csv", RoadLink, FaultList()) or []
    return [entry.row for entry in places], [entry.row for entry in links]


def add_road(draft: Draft) -> None:
    """Put the rows of the road that a scenario names before its own; what cannot be is reported."""
    if draft.road is None:
        return
    road = find_road(draft.road)
    if road is None:
        expected = f"the name of a road that comes with the package: {', '.join(road_names())}"
        draft.spot.fault(draft.faults, "road", draft.road, expected)
        draft.tables["places"] = draft.tables["links"] = None
        return
    unknown = [name for name in draft.branches or () if name not in road.branches]
    for name in unknown:
        draft.spot.fault(draft.faults, "branches", name, f"branches of {road.name}: {', '.join(road.branches)}")
    wanted = {"", *(road.branches if draft.branches is None else draft.branches)}
    _add(draft, "places", RoadPlace, Place, road, wanted, lambda row: row.id)
    _add(draft, "links", RoadLink, Link, road, wanted, lambda row: (row.from_id, row.to_id))


def _add(
    draft: Draft, table: str, of_road: type[Any], plain: type[Any], road: PackagedRoad, wanted: set[str],
    key: Callable[[Any], Any],
) -> None:  # fmt: skip
    rows = read_table(road.folder / f"{table}.csv", of_road, draft.faults)
    own = draft.tables[table]
    if rows is None or own is None:
        draft.tables[table] = None
        return
    entries: dict[Any, Entry[Any]] = {}
    for entry in rows:
        if entry.row.branch in wanted:
            row = plain(**{name: getattr(entry.row, name) for name in plain.model_fields})
            spot = replace(entry.spot, file=f"roads/{road.name}/{entry.spot.file}")
            entries[key(entry.row)] = Entry(row, spot)
    mine = {key(entry.row): entry for entry in own}
    # A road's row that is replaced keeps its place; ids used twice in the scenario's own file are reported later.
    joined = [mine.get(name, entry) for name, entry in entries.items()]
    seen: set[Any] = set()
    for entry in own:
        name = key(entry.row)
        if name not in entries or name in seen:
            joined.append(entry)
        seen.add(name)
    draft.tables[table] = joined
