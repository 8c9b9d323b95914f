"""Building a scenario from files that people have: an extract, places, camps, conflict, counts, boundaries.

Each of them is optional.  What stands in for one that is missing is an assumption, written into the scenario.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_json
from caravana.errors import ScenarioError, UsageError
from caravana.importers.base import refuse_taken
from caravana.importers.build.gather import gather_places
from caravana.importers.build.movement import (
    CAMPS,
    Moved,
    camp_events,
    choose_days,
    conflict_series,
    observations_of,
    opened_by_counts,
    read_movement,
)
from caravana.importers.build.plan import PARTS, BuildPlan, read_plan
from caravana.importers.build.report import REPORT, report_of
from caravana.importers.build.roads import BuiltRoads, roads_by_neighbours, roads_of_extract
from caravana.importers.conflict.assigning import EventRule
from caravana.importers.osm.lines import read_roads
from caravana.importers.remarks import Remarks, named
from caravana.importers.rows import Reader, identifiers
from caravana.language.language import load_language
from caravana.received import is_there, open_ordinary
from caravana.scenario.checks.whole import check_scenario
from caravana.scenario.declared import PERSON
from caravana.scenario.folders import write_scenario
from caravana.scenario.model import Place, Policy, Scenario, Source
from caravana.spelling import did_you_mean, plain_name
from caravana.summaries import Summarised
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from caravana.importers.build.gather import Gathered
    from caravana.importers.osm.extract import Extract
    from caravana.scenario.model import Series
    from caravana.scenario.reading.faults import Fault

SHARE_DISPLACED = 0.001
"""Share of the inhabitants of a place at full conflict who leave in a day, where nothing was counted."""
ODBL = (
    "roads © OpenStreetMap contributors, Open Database License 1.0: this network is derived from them, and whoever"
    " passes it on says so and passes it on under the same licence"
)
_NOTES = {
    "ACLED": "the user's own export: its rows may not be passed on, and are not here; the series is derived from them",
    "HDX HAPI": "events by month and admin unit: ACLED by way of the Humanitarian API of OCHA; its rows are not here",
    "UCDP GED": "Uppsala Conflict Data Program, CC BY 4.0; the series is derived from its rows, which are not here",
}


@dataclass(frozen=True, slots=True, repr=False)
class Built(Summarised):
    """What a build gave.

    Attributes
    ----------
    scenario
        The scenario.
    report
        What ``build_report.json`` holds.
    folder
        Where both were written.
    """

    scenario: Scenario
    report: dict[str, Any]
    folder: Path


def build(
    folder: str | Path,
    *,
    plan: str | Path | None = None,
    osm: str | Path | None = None,
    places: str | Path | None = None,
    camps: str | Path | None = None,
    conflict: str | Path | None = None,
    counts: str | Path | None = None,
    boundaries: str | Path | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    fled_from: Sequence[str] = (),
    overwrite: bool = False,
    complete: Callable[[Path], object] | None = None,
) -> Built:
    """Build a scenario from files that people have, and write it with its ``build_report.json``.

    Parameters
    ----------
    folder
        Scenario folder to write.
    plan
        A ``build.toml`` that names the files and says what was chosen; what is given here comes before it.
    osm
        An OpenStreetMap extract (``.osm.pbf``, ``.osm``): roads, crossings and, without `places`, settlements; or a
        GeoJSON file of roads as lines.
    places
        A table of places (name, latitude, longitude, population), or a GeoNames dump.
    camps
        A table of camps (name, latitude, longitude; capacity, opens, closes).
    conflict
        An export of ACLED or UCDP GED.
    counts
        A table of people counted (place, date, persons).
    boundaries
        Admin units as COD-AB GeoJSON.
    start, end
        First and last day (default: those of the counts, or of the conflict).
    fled_from
        Names of the places that people flee from, where that is known and no file of conflict says it.
    overwrite
        Whether a scenario that is in `folder` already gives way.
    complete
        Called with the folder of scenario and report before it takes its place, to write a page into it.

    Returns
    -------
    Built
        The scenario and its report.

    Raises
    ------
    ScenarioError
        If the files have faults; all are listed.
    UsageError
        If `folder` is there and not empty, or neither an extract nor places nor camps are given.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.build("new-scenario")
    Traceback (most recent call last):
    ...
    caravana.errors.UsageError: ...
    """
    target = Path(folder)
    if not overwrite:
        refuse_taken(target)
    chosen = (BuildPlan() if plan is None else read_plan(Path(plan))).with_files(
        {
            "osm": osm, "places": places, "camps": camps, "conflict": conflict, "counts": counts,
            "boundaries": boundaries,
        },
        start=start, end=end,
    )  # fmt: skip
    if fled_from:
        named_from = (fled_from,) if isinstance(fled_from, str) else tuple(fled_from)
        chosen = replace(chosen, places=chosen.places.model_copy(update={"fled_from": named_from}))
    scenario, report = build_scenario(chosen, name=chosen.name or target.resolve().name)

    def add_report(part: Path) -> None:
        write_json(part / REPORT, report)
        if complete is not None:
            complete(part)

    # All at once: of a build that was killed nothing is there, and the same command is not refused.
    write_scenario(scenario, target, declared_by={}, complete=add_report)
    return Built(scenario, report, target)


def build_scenario(plan: BuildPlan, *, name: str) -> tuple[Scenario, dict[str, Any]]:
    """Build a scenario and its report, and write nothing (see :func:`build`)."""
    if not {"osm", "places", "camps"} & set(plan.files):
        raise UsageError("nothing to build from: give an extract (osm), a table of places or one of camps")
    missing = [f"{path}: expected a file; there is none" for path in plan.files.values() if not is_there(path)]
    if missing:
        raise ScenarioError("\n".join(missing))
    remarks, reader = Remarks(), Reader(Path())
    files = {part: (plan.files[part], _digest(plan.files[part])) for part in PARTS if part in plan.files}
    extract = read_roads(plan.files["osm"], paths=plan.roads.paths) if "osm" in plan.files else None
    gathered = gather_places(reader, plan, extract, remarks)
    moved = read_movement(reader, plan, remarks, roads=None if extract is None else extract.window)
    for note in reader.notes:
        remarks.decide("note", text=note)
    _refuse_faults(reader.listed())
    if len(gathered.places) < 2:
        raise ScenarioError(
            f"{len(gathered.places)} places in these files: expected two at least, or nobody could move"
        )
    roads = _roads(plan, extract, gathered, remarks)
    if not roads.links:
        raise ScenarioError("no road joins any two of the places: is the extract of this land, and does it hold roads?")
    scenario = _assemble(plan, name, gathered, roads, moved, remarks, extract)
    _refuse_faults(tuple(check_scenario(scenario, declared_by={})))
    return scenario, report_of(scenario, roads, remarks, files, version=__version__)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with open_ordinary(path) as file:
        while part := file.read(2**20):
            digest.update(part)
    return digest.hexdigest()


def _refuse_faults(faults: tuple[Fault, ...]) -> None:
    if faults:
        number = sum(max(1, fault.more) for fault in faults)
        word = "fault" if number == 1 else "faults"
        raise ScenarioError("\n".join([*map(str, faults), f"{number} {word} in the files of this build"]))


def _roads(plan: BuildPlan, extract: Extract | None, gathered: Gathered, remarks: Remarks) -> BuiltRoads:
    if extract is None:
        return roads_by_neighbours(gathered.places, remarks)
    roads = roads_of_extract(extract, gathered.places, remarks, stretch=plan.roads.stretch)
    largest = max(range(int(roads.part.max()) + 1), key=lambda part: int((roads.part == part).sum()))
    apart = [p.name for p, part in zip(gathered.places, roads.part.tolist(), strict=False) if part != largest]
    if extract.closed:
        remarks.look("roads_closed", number=len(extract.closed), names=named(extract.closed))
    if apart:
        remarks.look("unconnected", number=len(apart), names=named(apart))
    if roads.crossings:
        remarks.look("crossings", number=len(roads.crossings))
    return roads


def _assemble(
    plan: BuildPlan, name: str, gathered: Gathered, roads: BuiltRoads, moved: Moved, remarks: Remarks,
    extract: Extract | None,
) -> Scenario:  # fmt: skip
    """Put the scenario together."""
    start, end = choose_days(plan, moved, gathered, remarks)
    rule = EventRule(plan.conflict.within_km, plan.conflict.lasts_days)
    fled = _fled_from(plan.places.fled_from, gathered.places)
    series = conflict_series(moved, gathered.places, remarks, start=start, end=end, rule=rule, fled=fled)
    observations, counted = observations_of(moved.counts, gathered.places, remarks)
    places = _kinds(gathered.places, series, counted, remarks, fled)
    _look_at_camps(places, roads, counted, remarks)
    said = {place.id for place, listed in zip(gathered.places, gathered.listed, strict=True) if listed.opens}
    inferred = opened_by_counts(observations, start=start, known=said)
    if inferred:
        opened = {event.place_id for event in inferred}
        names = [place.name for place in places if place.id in opened]
        remarks.assume("opens_when_counted", number=len(names), names=named(names))
    # Home is the country of the first place: that of the largest place in conflict.
    rank = {place.id: (place.kind != "conflict_zone", at) for at, place in enumerate(places)}
    order = sorted(places, key=lambda place: rank[place.id])
    settings: dict[str, Any] = {}
    if not observations or all(one.kind == "camp_count_elsewhere" for one in observations):
        settings = {
            "conflict_driven_spawning": True,
            "spawn_mode": "pop_ratio",
            "displaced_per_conflict_day": SHARE_DISPLACED,
        }
        remarks.fall_back("no_counts", share=f"{SHARE_DISPLACED:g}")
    english = load_language("en")
    return Scenario(
        name=identifiers([plan.name or name])[plan.name or name], title=plan.title or plan.name or name,
        description="Built by caravana build; build_report.json says of what, and what was assumed.",
        start=start, end=end, rules="camp-shares" if counted else "walk", settings=settings,
        notes=(*([ODBL] if extract is not None and extract.source == "osm" else []),
               *(one.text(english) for one in remarks.of("assumption", "fallback"))),
        kinds=(PERSON,), places=(*order, *roads.ends), links=roads.links,
        events=(*camp_events(gathered, start=start), *inferred), observations=tuple(observations),
        policies=_closings(roads, start), sources=_sources(plan, moved, extract),
        series=() if series is None else (series,),
    )  # fmt: skip


def _fled_from(names: Sequence[str], places: Sequence[Place]) -> set[str]:
    """Ids of the places that people are said to flee from."""
    known = {plain_name(name): place.id for place in places for name in (place.id, place.name)}
    unknown = [name for name in names if plain_name(name) not in known]
    if unknown:
        raise ScenarioError("\n".join(
            f"fled_from: {name[:60]!r} — expected the name of a place in these files"
            f"{did_you_mean(name, [place.name for place in places])}"
            for name in unknown
        ))  # fmt: skip
    return {known[plain_name(name)] for name in names}


def _kinds(
    places: tuple[Place, ...], series: Series | None, counted: set[str], remarks: Remarks, fled: set[str]
) -> list[Place]:
    """Places with their kinds: those in conflict, and those where people are counted, which are camps."""
    # Where nobody says where people flee from, it is from everywhere.
    if fled:
        remarks.decide("fled_from", names=named([p.name for p in places if p.id in fled]))
    fought = fled | set(series.place_ids if series else ()) or {
        p.id for p in places if p.kind == "town" and p.id not in counted
    }
    kinds: list[Place] = []
    for place in places:
        kind = place.kind
        if place.id in counted and kind not in CAMPS:
            remarks.decide("counted_is_camp", name=place.name)
            kind = "camp"
        elif place.id in fought:
            kind = "conflict_zone"
        kinds.append(place.model_copy(update={"kind": kind}))
    return kinds


def _look_at_camps(places: list[Place], roads: BuiltRoads, counted: set[str], remarks: Remarks) -> None:
    """Say which camps no road leads to from a conflict, which have no size, which were never counted."""
    camps = [place for place in places if place.kind in CAMPS]
    part = {place.id: int(roads.part[at]) for at, place in enumerate(places)}
    reached = {part[place.id] for place in places if place.kind == "conflict_zone"}
    unreached = [place for place in camps if part[place.id] not in reached]
    for key, listed in (
        ("camps_unreached_counted", [place.name for place in unreached if place.id in counted]),
        ("camps_unreached", [place.name for place in unreached if place.id not in counted]),
    ):
        if listed:
            remarks.look(key, number=len(listed), names=named(listed))
    if not camps:
        remarks.fall_back("no_camps")
        remarks.look("no_camp_list")
    unsized = [place.name for place in camps if place.capacity is None]
    if unsized:
        remarks.assume("no_capacity", number=len(unsized), names=named(unsized))
    uncounted = [place.name for place in camps if place.id not in counted]
    if counted and uncounted:
        remarks.look("camps_uncounted", number=len(uncounted), names=named(uncounted))


def _closings(roads: BuiltRoads, start: dt.date) -> tuple[Policy, ...]:
    """A policy a crossing, to compare with: it is shut from the first day."""
    slugs = [re.sub(r"[^\w]+|_", "-", link.name.casefold()).strip("-") for link in roads.crossings]
    ids = identifiers(slugs)
    return tuple(
        Policy(
            id=f"close-{ids[slug]}", title=f"{link.name} is shut", title_es=f"{link.name}, cerrado", lever="close",
            start=start, place_ids=(link.from_id, link.to_id), base=False, basis=("assumption",),
        )
        for slug, link in zip(slugs, roads.crossings, strict=True)
    )  # fmt: skip


def _sources(plan: BuildPlan, moved: Moved, extract: Extract | None) -> tuple[Source, ...]:
    """A source for each file."""
    publisher = moved.events.publisher if moved.events else ""
    known = {
        "osm": ("OpenStreetMap contributors", ODBL),
        "places": (_file_name(plan, "places"), "a table of places; a GeoNames dump is CC BY 4.0"),
        "camps": (_file_name(plan, "camps"), "a list of camps"),
        "conflict": (publisher, _NOTES.get(publisher, "")),
        "counts": (_file_name(plan, "counts"), "people counted in camps"),
        "boundaries": (_file_name(plan, "boundaries"), "common operational dataset of administrative boundaries"),
    }
    if extract is not None and extract.source != "osm":
        known["osm"] = (_file_name(plan, "osm"), "roads as lines, drawn by whoever made the file")
    ids = {"osm": "osm" if extract is None else extract.source}
    return tuple(
        Source(id=ids.get(part, part), kind="dataset", publisher=known[part][0], note=known[part][1])
        for part in PARTS
        if part in plan.files
    )


def _file_name(plan: BuildPlan, part: str) -> str:
    return plan.files[part].name if part in plan.files else part
