"""The plan of a build: which files there are, and what was chosen; ``build.toml``."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caravana.errors import ScenarioError, UsageError
from caravana.importers.conflict.assigning import LASTS_DAYS, WITHIN_KM
from caravana.importers.places.settlements import MOST_PLACES
from caravana.importers.roads.pruning import STRETCH
from caravana.received import read_ordinary_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_PLAN = 2**20
PARTS = ("osm", "places", "camps", "conflict", "counts", "boundaries")
"""The files that a build may take, by the name of their flag."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    file: str | None = None


class RoadsPart(_Part):
    """How roads are read and drawn."""

    paths: bool = False
    stretch: Annotated[float, Field(ge=1.0, le=2.0)] = STRETCH
    settlements: bool | None = None


class PlacesPart(_Part):
    """How many settlements an extract may give, and from which places people flee, where that is known."""

    most: Annotated[int, Field(ge=1, le=20_000)] = MOST_PLACES
    fled_from: tuple[str, ...] = ()


class ConflictPart(_Part):
    """How events become a series."""

    within_km: Annotated[float, Field(gt=0, le=1000)] = WITHIN_KM
    lasts_days: Annotated[int, Field(ge=1, le=3660)] = LASTS_DAYS


class CountsPart(_Part):
    """How counts are read: a file that maps their columns, where one is kept."""

    mapping: str | None = None


class _Plan(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str | None = None
    title: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    roads: RoadsPart = RoadsPart()
    places: PlacesPart = PlacesPart()
    camps: _Part = _Part()
    conflict: ConflictPart = ConflictPart()
    counts: CountsPart = CountsPart()
    boundaries: _Part = _Part()


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What is built from.

    Attributes
    ----------
    files
        Path by part (:data:`PARTS`); parts that there is no file for are not in it.
    name, title, start, end
        Of the scenario, where given.
    roads, places, conflict
        What was chosen for each part.
    mapping
        File that says which columns of the counts are which.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    name: str | None = None
    title: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    roads: RoadsPart = field(default_factory=RoadsPart)
    places: PlacesPart = field(default_factory=PlacesPart)
    conflict: ConflictPart = field(default_factory=ConflictPart)
    mapping: Path | None = None

    def with_files(self, files: Mapping[str, Path | str | None], **given: Any) -> BuildPlan:
        """The plan with other files, and name, title, start or end, where they are given."""
        named = {part: Path(path) for part, path in files.items() if path is not None}
        return replace(
            self, files={**self.files, **named}, **{k: value for k, value in given.items() if value is not None}
        )


def read_plan(path: Path) -> BuildPlan:
    """Read ``build.toml``; its files are named from its own folder.

    Raises
    ------
    UsageError
        If there is no such file.
    ScenarioError
        If it is no such plan; every fault is listed.
    """
    try:
        if path.stat().st_size > LARGEST_PLAN:
            raise ScenarioError(f"{path}: expected a plan of at most 1 MB, written by hand")
        content = tomllib.loads(read_ordinary_text(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path}: expected TOML in UTF-8; found {error}") from None
    try:
        plan = _Plan.model_validate(content)
    except ValidationError as error:
        faults = [
            f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_url=False, include_context=False)
        ]
        raise ScenarioError("\n".join(faults)) from None
    parts = {
        "osm": plan.roads, "places": plan.places, "camps": plan.camps, "conflict": plan.conflict,
        "counts": plan.counts, "boundaries": plan.boundaries,
    }  # fmt: skip
    files = {name: path.parent / part.file for name, part in parts.items() if part.file}
    mapping = None if plan.counts.mapping is None else path.parent / plan.counts.mapping
    return BuildPlan(
        files, plan.name, plan.title, plan.start, plan.end, plan.roads, plan.places, plan.conflict, mapping
    )  # fmt: skip
