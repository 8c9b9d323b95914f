"""A changed world: a crossing shut or opened, a camp moved or new, its capacity, lifts blocked, an office more.

Changes are rows, in a TOML file of ``[[changes]]``; the world with them is a scenario like any other.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from caravana.errors import ScenarioError, UsageError
from caravana.importers.roads.sphere import great_circle
from caravana.models.displacement.series import CAPACITY
from caravana.models.registry import model_of
from caravana.models.scenarios import check_scenario
from caravana.received import read_ordinary
from caravana.scenario.model import Event, Facility, Link, Place, Policy, Series
from caravana.scenario.reading.document import read_list
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.row import Row
from caravana.scenario.vocabulary import Id
from caravana.scenario.writing import toml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from caravana.scenario.model import Scenario

LARGEST_FILE = 2**20
CAMPS = ("camp", "idpcamp")
AS_IN_ITS_ROW = -1.0
"""In the series of capacities: what the place's row says."""
ChangeKind = Literal["close", "open", "camp", "move", "capacity", "lifts", "office", "medical_post"]
Persons = Annotated[int, Field(ge=0, le=10**9)]


class Change(Row):
    """One change of the world.

    ``close`` and ``open`` shut and open a crossing between ``place_id`` and ``target_id`` (of a caravan, the road at
    ``place_id``); ``camp`` is a new camp at ``lon, lat``, on a straight road to ``target_id`` or the nearest place;
    ``move`` takes a camp there; ``capacity`` is what a camp holds, on all days or from ``start`` to ``end``; ``lifts``
    lets nobody ride; ``office`` and ``medical_post`` stand at ``place_id``.
    """

    change: ChangeKind
    place_id: Id | None = None
    target_id: Id | None = None
    name: Annotated[str, Field(max_length=120)] = ""
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    capacity: Persons | None = None
    start: dt.date | None = None
    end: dt.date | None = None


NEEDED: Mapping[ChangeKind, tuple[str, ...]] = {
    "close": ("place_id",), "open": ("place_id",), "camp": ("place_id", "lon", "lat", "capacity"),
    "move": ("place_id", "lon", "lat"), "capacity": ("place_id", "capacity"), "lifts": (), "office": ("place_id",),
    "medical_post": ("place_id",),
}  # fmt: skip
"""What each change has to say."""
OF_FAMILY: Mapping[str, tuple[ChangeKind, ...]] = {
    "caravan": ("close", "open", "lifts", "office", "medical_post"),
    "displacement": ("close", "open", "camp", "move", "capacity"),
}
"""Changes that act in a family's model; another would be drawn and change nothing, so it is refused."""
SHUT_AT_PLACES = ("caravan",)
"""Families whose road is shut at a place; of any other a crossing is, between its two ends."""


def is_of_changes(path: Path) -> bool:
    """Whether a TOML file holds ``[[changes]]``."""
    try:
        return "changes" in tomllib.loads(read_ordinary(path, most_bytes=LARGEST_FILE).decode("utf-8"))
    except (OSError, ValueError):
        return False


def read_changes(path: Path) -> tuple[Change, ...]:
    """Read a file of ``[[changes]]``.

    Raises
    ------
    UsageError
        If there is no such file.
    ScenarioError
        With every fault.
    """
    if not path.is_file():
        raise UsageError(f"{path} cannot be read: no such file")
    faults = FaultList()
    rows = read_list(path, "changes", Change, faults, most_bytes=LARGEST_FILE)
    if faults:
        raise ScenarioError("\n".join(map(str, faults.listed())))
    return tuple(rows)


def changes_text(changes: Sequence[Change]) -> str:
    """Write changes as the TOML that :func:`read_changes` reads."""
    lines = []
    for change in changes:
        lines.append("[[changes]]")
        for name, value in change.model_dump(exclude_none=True).items():
            if value != "":
                lines.append(f"{name} = {toml_text(value) if isinstance(value, str) else value}")
        lines.append("")
    return "\n".join(lines)


def apply_changes(scenario: Scenario, changes: Sequence[Change]) -> Scenario:
    """Return the world with some changes, in order.

    Raises
    ------
    UsageError
        If there are none, or one cannot be made in this world; the message names it.
    ScenarioError
        If the changed world has faults.
    """
    if not changes:
        raise UsageError("no change to compare with")
    family = model_of(scenario).family
    allowed = OF_FAMILY.get(family, ())
    world = scenario
    for number, change in enumerate(changes, start=1):
        where = f"change {number} ({change.change})"
        if change.change not in allowed:
            raise UsageError(f"{where}: expected one of {', '.join(allowed) or 'none'} in a world of {family}")
        missing = [name for name in NEEDED[change.change] if getattr(change, name) is None]
        if missing:
            raise UsageError(f"{where}: expected {', '.join(missing)}")
        if change.place_id is not None and change.change != "camp":
            _place(world, change.place_id, where)
        first, last = change.start or scenario.start, change.end or scenario.end
        if not scenario.start <= first <= last <= scenario.end:
            raise UsageError(
                f"{where}: expected days from {scenario.start} to {scenario.end}, the first not after the last"
            )
        world = MAKERS[change.change](world, change, where)
    faults = check_scenario(world)
    if faults:
        raise ScenarioError("\n".join(map(str, faults)))
    return world


def _place(world: Scenario, place_id: str, where: str) -> Place:
    place = next((one for one in world.places if one.id == place_id), None)
    if place is None:
        raise UsageError(f"{where}: no place {place_id!r}")
    return place


def _ends(world: Scenario, change: Change, where: str) -> tuple[str, str]:
    """The two ends of a change's crossing."""
    ends = {change.place_id, change.target_id}
    link = next((one for one in world.links if one.name and {one.from_id, one.to_id} == ends), None)
    if link is None:
        raise UsageError(f"{where}: no crossing between {change.place_id} and {change.target_id}")
    return link.from_id, link.to_id


def _close(world: Scenario, change: Change, where: str) -> Scenario:
    """Shut a crossing; of a caravan, the road at a place."""
    start, number = change.start or world.start, len(world.events)
    at_place = model_of(world).family in SHUT_AT_PLACES
    # Of a caravan's road a closure without an end is of one day.
    end = change.end or (world.end if at_place else None)
    given = {"date": start, "end_date": end, "kind": "closure", "description": change.name}
    if at_place:
        event = Event(id=f"change-{number}", place_id=change.place_id, **given)
    else:
        first, second = _ends(world, change, where)
        event = Event(id=f"change-{number}", place_id=first, target_id=second, unit="crossing", **given)
    return world.model_copy(update={"events": (*world.events, event)})


def _open(world: Scenario, change: Change, where: str) -> Scenario:
    """Open a crossing from a day on: what shut it ends there."""
    day = change.start or world.start
    at_place = model_of(world).family in SHUT_AT_PLACES
    ends = {change.place_id} if at_place else set(_ends(world, change, where))
    events: list[Event] = []
    shut = False
    for event in world.events:
        mine = event.kind in ("closure", "roadblock") and {event.place_id, event.target_id} - {None} == ends
        last = event.end_date or (event.date if at_place else None)
        if mine and (last is None or last >= day):
            shut = True
            if event.date < day:
                events.append(event.model_copy(update={"end_date": day - dt.timedelta(1) if at_place else day}))
        else:
            events.append(event)
    links = []
    for link in world.links:
        if {link.from_id, link.to_id} == ends and link.name and link.status == "closed":
            shut = True
            if day > world.start:
                events.append(Event(
                    id=f"change-{len(world.events)}", date=world.start, end_date=day, kind="closure",
                    place_id=link.from_id, target_id=link.to_id, unit="crossing",
                ))  # fmt: skip
            links.append(link.model_copy(update={"status": "open"}))
        else:
            links.append(link)
    if not shut:
        raise UsageError(f"{where}: it is open on {day} already")
    return world.model_copy(update={"events": tuple(events), "links": tuple(links)})


def _straight_link(world: Scenario, change: Change, where: str) -> Link:
    """A straight road from a camp to the place named, or else the nearest."""
    drawn = [one for one in world.places if one.lon is not None and one.lat is not None and one.id != change.place_id]
    lat, lon = np.array([one.lat for one in drawn], float), np.array([one.lon for one in drawn], float)
    km = great_circle(np.array(change.lat, float), np.array(change.lon, float), lat, lon)
    far = {one.id: float(k) for one, k in zip(drawn, km, strict=True)}
    if change.target_id is not None:
        _place(world, change.target_id, where)
    to = change.target_id or min(far, key=lambda name: far[name], default=None)
    if to is None or to not in far:
        raise UsageError(f"{where}: expected a place with coordinates to lead a road to")
    return Link(from_id=to, to_id=str(change.place_id), km=round(max(far[to], 0.1), 1), kind="straight")


def _camp(world: Scenario, change: Change, where: str) -> Scenario:
    if any(one.id == change.place_id for one in world.places):
        raise UsageError(f"{where}: there is a place {change.place_id!r} already")
    link = _straight_link(world, change, where)
    beside = _place(world, link.from_id, where)
    place = Place(
        id=str(change.place_id), name=change.name or str(change.place_id), country=beside.country, lon=change.lon,
        lat=change.lat, kind="camp", capacity=change.capacity,
    )  # fmt: skip
    return world.model_copy(update={"places": (*world.places, place), "links": (*world.links, link)})


def _move(world: Scenario, change: Change, where: str) -> Scenario:
    camp = _camp_of(world, change, where)
    link = _straight_link(world, change, where)
    places = [
        one.model_copy(update={"lon": change.lon, "lat": change.lat}) if one is camp else one for one in world.places
    ]  # fmt: skip
    links = [one for one in world.links if camp.id not in (one.from_id, one.to_id)]
    return world.model_copy(update={"places": tuple(places), "links": (*links, link)})


def _capacity(world: Scenario, change: Change, where: str) -> Scenario:
    """What a camp holds: for all days in its row, from one day to another as the series that says so by day."""
    camp = _camp_of(world, change, where)
    first, last = world.day_of(change.start or world.start), world.day_of(change.end or world.end)
    if first > 0 or last < world.day_of(world.end):
        return _dated_capacity(world, camp.id, float(change.capacity or 0), first, last)
    places = [one.model_copy(update={"capacity": change.capacity}) if one is camp else one for one in world.places]
    return world.model_copy(update={"places": tuple(places)})


def _dated_capacity(world: Scenario, camp: str, persons: float, first: int, last: int) -> Scenario:
    """A camp holds so many from one day to another; on the others as many as before."""
    held = next((one for one in world.series if one.kind == CAPACITY), None)
    ids = dict.fromkeys([*(held.place_ids if held else ()), camp])
    days = sorted({0, first, last + 1, *(held.days if held else ())})
    values = np.full((len(days), len(ids)), AS_IN_ITS_ROW)
    if held is not None:
        row = np.searchsorted(held.days, days, side="right") - 1
        there = row >= 0
        values[there, : len(held.place_ids)] = np.asarray(held.values)[row[there]]
    on = [n for n, day in enumerate(days) if first <= day <= last]
    values[on, list(ids).index(camp)] = persons
    series = Series(kind=CAPACITY, unit="persons", days=tuple(days), place_ids=tuple(ids), values=values)
    return world.model_copy(update={"series": (*(one for one in world.series if one is not held), series)})


def _camp_of(world: Scenario, change: Change, where: str) -> Place:
    camp = _place(world, str(change.place_id), where)
    if camp.kind not in CAMPS:
        raise UsageError(f"{where}: {camp.name} is a {camp.kind}, no camp")
    return camp


def _policy(world: Scenario, change: Change, _where: str) -> Scenario:
    """Lifts and medical posts are levers that the model has."""
    lifts = change.change == "lifts"
    policy = Policy(
        id=f"change-{len(world.policies)}", title=change.name or change.change, base=True,
        lever="lifts" if lifts else "medical_post", start=change.start or world.start, end=change.end,
        place_ids=() if lifts else (str(change.place_id),), value=0.0 if lifts else None, basis=("assumption",),
    )  # fmt: skip
    return world.model_copy(update={"policies": (*world.policies, policy)})


def _office(world: Scenario, change: Change, where: str) -> Scenario:
    if any(one.kind == "office" and one.place_id == change.place_id for one in world.facilities):
        raise UsageError(f"{where}: there is an office at {change.place_id} already")
    office = Facility(
        id=f"change-{len(world.facilities)}", kind="office", place_id=str(change.place_id), capacity=change.capacity,
        basis=("assumption",),
    )  # fmt: skip
    return world.model_copy(update={"facilities": (*world.facilities, office)})


MAKERS: Mapping[ChangeKind, Callable[[Scenario, Change, str], Scenario]] = {
    "close": _close, "open": _open, "camp": _camp, "move": _move, "capacity": _capacity, "lifts": _policy,
    "medical_post": _policy, "office": _office,
}  # fmt: skip
"""How each change is made."""
