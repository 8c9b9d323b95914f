"""What moves people in a build: conflict by place, camps that open and close, counts in camps."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.build.counts import CampCount, read_count_rows
from caravana.importers.conflict.assigning import EventRule, assign, series_of
from caravana.importers.conflict.events import EventFile, read_events
from caravana.importers.places.joining import match_name
from caravana.importers.remarks import named
from caravana.importers.tables.sheets import name_key
from caravana.scenario.model import Event, Observation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from caravana.importers.build.gather import Gathered
    from caravana.importers.build.plan import BuildPlan
    from caravana.importers.remarks import Remarks
    from caravana.importers.rows import Reader
    from caravana.lands.polygons import Window
    from caravana.scenario.model import Place, Series

DAYS_WITHOUT = 90
"""Days simulated where no file and no option says when it begins or ends."""
ROOM = 28
"""Days beyond the last count, where no end is given: a forecast looks so far ahead."""
FIRST_WITHOUT = dt.date(2000, 1, 1)
MOST_DAYS = 36_525
CAMPS = ("camp", "idpcamp")


@dataclass(frozen=True, slots=True)
class Moved:
    """What the files say that happens, before the days are chosen."""

    events: EventFile | None
    counts: tuple[CampCount, ...]


def read_movement(reader: Reader, plan: BuildPlan, remarks: Remarks, *, roads: Window | None = None) -> Moved:
    """Read conflict events and counts."""
    events = read_events(reader, plan.files["conflict"], remarks, roads=roads) if "conflict" in plan.files else None
    counts = (
        read_count_rows(reader, plan.files["counts"], mapping=plan.mapping) if "counts" in plan.files else []
    )  # fmt: skip
    return Moved(events, tuple(counts))


def choose_days(plan: BuildPlan, moved: Moved, gathered: Gathered, remarks: Remarks) -> tuple[dt.date, dt.date]:
    """The first and last day: as given, else from the first count or event to the last, and on beyond a count."""
    counted = [count.date for count in moved.counts]
    fought = [event.date for event in moved.events.events] if moved.events else []
    opened = [day for place in gathered.listed for day in (place.opens, place.closes) if day is not None]
    dated = counted or fought or opened
    if not dated and plan.start is None and plan.end is None:
        remarks.fall_back("no_dates", day=FIRST_WITHOUT.isoformat(), days=DAYS_WITHOUT)
        remarks.look("no_dates", day=FIRST_WITHOUT.isoformat(), days=DAYS_WITHOUT)
        return FIRST_WITHOUT, FIRST_WITHOUT + dt.timedelta(days=DAYS_WITHOUT - 1)
    start = plan.start
    if start is None:
        first = min(dated) if dated else FIRST_WITHOUT
        start = first if plan.end is None or first <= plan.end else plan.end - dt.timedelta(days=DAYS_WITHOUT - 1)
        remarks.decide("start", day=start.isoformat(), of=_of(counted, fought, opened))
    end = plan.end
    if end is None:
        end = max([*counted, *(fought if not counted else []), start])
        if end == start:
            end = start + dt.timedelta(days=DAYS_WITHOUT - 1)
        elif counted:
            end += dt.timedelta(days=ROOM)
        end = min(end, start + dt.timedelta(days=MOST_DAYS - 1))
        if counted and end > max(counted):
            room = (end - max(counted)).days
            remarks.decide("end_after_counts", day=end.isoformat(), last=max(counted).isoformat(), days=room)
        else:
            remarks.decide("end", day=end.isoformat(), of=_of(counted, fought, opened))
    return start, end


def _of(counted: Sequence[dt.date], fought: Sequence[dt.date], opened: Sequence[dt.date]) -> str:
    return "counts" if counted else "conflict" if fought else "camps" if opened else "nothing"


def conflict_series(
    moved: Moved, places: Sequence[Place], remarks: Remarks, *, start: dt.date, end: dt.date, rule: EventRule,
    fled: AbstractSet[str] = frozenset(),
) -> Series | None:  # fmt: skip
    """The series of conflict; None where there are no events on these days.

    Where it is said from which places people flee (`fled`), no file of conflict is missed.
    """
    if moved.events is None and fled:
        return None
    if moved.events is None:
        remarks.fall_back("no_conflict")
        remarks.look("no_conflict_file")
        return None
    felt = dt.timedelta(days=rule.lasts_days)
    events = [event for event in moved.events.events if start - felt < event.date <= end]
    beyond = len(moved.events.events) - len(events)
    if beyond:
        remarks.decide("events_beyond", number=beyond, start=start.isoformat(), end=end.isoformat())
    assigned = assign(events, places, remarks, rule=rule)
    series = series_of(
        assigned, [place.id for place in places], start=start, days=(end - start).days + 1, rule=rule
    )  # fmt: skip
    if series is None:
        remarks.fall_back("no_conflict")
        remarks.look("no_events_here", total=len(moved.events.events))
        return None
    remarks.assume("conflict_rule", km=rule.within_km, days=rule.lasts_days, number=len(assigned),
                   places=len(series.place_ids))  # fmt: skip
    return series


def camp_events(gathered: Gathered, *, start: dt.date) -> list[Event]:
    """Camps that open after the first day, or close: until then, and from then on, nobody gets in."""
    events: list[Event] = []
    for listed, place in zip(gathered.listed, gathered.places, strict=True):
        spans = ((start, listed.opens, "opens"), (listed.closes, None, "closes"))
        for begin, stop, what in spans:
            if begin is None or (what == "opens" and (stop is None or stop <= start)):
                continue
            day = stop or begin
            events.append(Event(
                id=f"{place.id[:60]}-{what}", date=begin, end_date=stop, kind="closure", place_id=place.id,
                unit="location",
                basis=("camps",), description=f"{place.name} {what} on {day}",
            ))  # fmt: skip
    return events


def opened_by_counts(
    observations: Sequence[Observation], *, start: dt.date, known: AbstractSet[str] = frozenset()
) -> list[Event]:
    """Camps of which no list says when they opened: shut until the first count that found anybody in them.

    Parameters
    ----------
    observations
        Counts.
    start
        First day.
    known
        Ids of the camps whose opening a list says.
    """
    first: dict[str, dt.date] = {}
    for one in observations:
        if one.kind == "camp_count" and one.place_id and one.low and one.place_id not in known:
            first[one.place_id] = min(one.date, first.get(one.place_id, one.date))
    return [
        Event(
            id=f"{place[:60]}-counted", date=start, end_date=day, kind="closure", place_id=place, unit="location",
            basis=("counts",), description=f"nobody was counted in {place} before {day}: it is taken to open then",
        )
        for place, day in sorted(first.items())
        if day > start
    ]  # fmt: skip


def observations_of(
    counts: Sequence[CampCount], places: Sequence[Place], remarks: Remarks
) -> tuple[list[Observation], set[str]]:
    """Counts as observations, by the place that each name is of; and the ids of the places counted.

    A name of a state or country is an area: what is counted there are all its displaced, in camps or not.  Where
    most names are, those that a town has as well are areas too.  A name that is of neither is kept as
    counted elsewhere, and said.
    """
    areas = _areas_by_name(places)
    of_areas = 2 * len({name_key(count.name) for count in counts} & set(areas)) > len({count.name for count in counts})
    camps = [(place.name, place.id) for place in places if place.kind in CAMPS]
    others = [(place.name, place.id) for place in places if place.kind not in (*CAMPS, "marker")]
    matches = {}
    elsewhere: list[str] = []
    for name in sorted({count.name for count in counts}):
        area = areas.get(name_key(name), "")
        match = match_name(name, camps) or (None if area and of_areas else match_name(name, others))
        matches[name] = match
        if match is None and area:
            remarks.decide("counts_of_area", name=name, area=area)
        elif match is None:
            elsewhere.append(name)
        elif match.name != name:
            remarks.decide("counts_joined", name=name, place=match.name)
    if elsewhere:
        number = sum(count.name in elsewhere for count in counts)
        remarks.look("counts_elsewhere", names=named(elsewhere), places=len(elsewhere), number=number)
    ids: dict[str, int] = {}
    rows: list[Observation] = []
    for count in counts:
        match = matches[count.name]
        area = "" if match else areas.get(name_key(count.name), "")
        where = match.place_id if match else re.sub(r"[^A-Za-z0-9_-]+", "-", area).strip("-") or "elsewhere"
        base = f"count-{where[:50]}-{count.date:%Y%m%d}"
        ids[base] = ids.get(base, 0) + 1
        rows.append(Observation(
            id=base if ids[base] == 1 else f"{base}-{ids[base]}", date=count.date, known_on=count.date,
            place_id=match.place_id if match else None,
            kind="camp_count" if match else "displaced_count" if area else "camp_count_elsewhere",
            low=count.persons, high=count.persons, qualifier="exact",
            speaker_role="displacement tracking" if area else "camp registration",
            speaker_side="agency", source_id="counts", note="" if match or area else count.name, area=area,
        ))  # fmt: skip
    return rows, {match.place_id for match in matches.values() if match}


def _areas_by_name(places: Sequence[Place]) -> dict[str, str]:
    """States, else countries, that places lie in, by the form in which names are compared."""
    areas = {name_key(place.country): place.country for place in places if place.country}
    return areas | {name_key(place.state): place.state for place in places if place.state}
