"""What happens by date in a Flee instance: closures, conflicts, changes of kind."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.flee_places import PlaceTable, place_kind
from caravana.scenario.model import Event, Place, Series

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.scenario.flee_tables import Line, Reader

CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")


def read_closures(reader: Reader, path: Path, table: PlaceTable, start: dt.date | None) -> list[Event]:
    """Read ``closures.csv`` into events of kind ``closure``; ``unit`` is the type of closure.

    A border between two countries is named by one place of each (the first in the file); which
    countries they are stands in the description.  A closure whose end is not after its start
    never ends (Flee acts on the two days one by one).
    """
    events: list[Event] = []
    countries: dict[str, str] = {}
    for place in reversed(table.places):
        countries[place.country] = place.id
    for row in reader.rows(path, columns=5):
        kind, first, second, begin, end = row.cells[:5]
        if kind not in CLOSURES:
            reader.fault(path, row.number, "closure_type", kind, f"one of {', '.join(CLOSURES)}")
            continue
        names = countries if kind == "country" else table.ids
        needed = [("name1", first)]
        if kind in ("country", "link", "remove_forced_redirection"):
            needed.append(("name2", second))
        unknown = [(column, name) for column, name in needed if name not in names]
        for column, name in unknown:
            what = "country" if kind == "country" else "name"
            reader.fault(path, row.number, column, name, f"a {what} in locations.csv")
        days = [
            reader.whole(path, row.number, column, cell)
            for column, cell in (("closure_start", begin), ("closure_end", end))
        ]
        if unknown or None in days or start is None:
            continue
        event = _closure(reader, path, row, [int(day or 0) for day in days], start)
        target = names[second] if len(needed) > 1 else None
        events.append(event.model_copy(update={"place_id": names[first], "target_id": target}))
    return events


def _closure(reader: Reader, path: Path, row: Line, days: list[int], start: dt.date) -> Event:
    """Make the event of one row, places still to be filled in."""
    kind, first, second = row.cells[:3]
    begin, end = days
    if begin < 0:
        reader.notes.append(f"{path.name} line {row.number}: starts before day 0, so Flee never acts on it")
    if kind == "location" and second:
        reader.notes.append(
            f"{path.name} line {row.number}: shuts every link of {first}; {second!r} is ignored, as in Flee"
        )
    if kind == "link":
        reader.notes.append(f"{path.name} line {row.number}: link closures never act in Flee (quirk 3)")
    if kind == "remove_forced_redirection":
        reader.notes.append(f"{path.name} line {row.number}: forced redirection has no effect in Flee (quirk 1)")
    ends = start + dt.timedelta(days=end) if end > begin else None
    if end <= begin and kind != "remove_forced_redirection":
        reader.notes.append(f"{path.name} line {row.number}: the end is not after the start, so it never ends")
    return Event(
        id=f"closure-{row.number}",
        date=start + dt.timedelta(days=begin),
        end_date=ends,
        kind="closure",
        unit=kind,
        description=f"{kind} closure: {first}" + (f" and {second}" if second else ""),
    )


def read_conflicts(
    reader: Reader, path: Path, table: PlaceTable, length: int | None, *, required: bool
) -> list[Series]:
    """Read ``conflicts.csv`` into the series ``conflict`` (intensity by day and place).

    Where the file is not required and missing, the conflict dates of ``locations.csv`` are used
    with intensity 1 (Flee looks in the wrong column for them: quirk 11).
    """
    before = len(reader.faults)
    lines = reader.lines(path, required=required)
    if not lines:
        if path.is_file() and len(reader.faults) == before:
            reader.fault(path, None, "", None, "a header and a row a day (this file is empty)")
        return [] if required else _conflicts_from_dates(table, length)
    header = [name for name in lines[0].cells[1:] if name]
    for name in header:
        if name not in table.ids:
            reader.fault(path, lines[0].number, name, name, "a name in locations.csv")
    values: list[list[float]] = []
    for line in lines[1:]:
        cells = line.cells[1:]
        if len(cells) < len(header):
            reader.fault(path, line.number, "", None, f"{len(header)} values, not {len(cells)}")
            continue
        day = reader.whole(path, line.number, "#Day", line.cells[0])
        if day is not None and day != len(values):
            reader.fault(path, line.number, "#Day", line.cells[0], f"days that rise by one; {len(values)} is due")
            break
        values.append(
            [reader.number(path, line.number, name, cell, low=0) for name, cell in zip(header, cells, strict=False)]
        )
    if length is not None and len(values) < length and len(reader.faults) == before:
        reader.fault(path, None, "", None, f"the {length} days of sim_period.csv, not {len(values)}")
    if len(reader.faults) > before:
        return []
    ids = tuple(table.ids[name] for name in header)
    return [compress("conflict", "intensity", ids, np.asarray(values, dtype=float).reshape(-1, len(header)))]


def _conflicts_from_dates(table: PlaceTable, length: int | None) -> list[Series]:
    """Intensity 1 from each place's conflict date on."""
    if not table.conflict_days or length is None:
        return []
    days = np.arange(length)[:, None]
    onset = np.array(list(table.conflict_days.values()))[None, :]
    ids = tuple(table.ids[name] for name in table.conflict_days)
    return [compress("conflict", "intensity", ids, (days >= onset).astype(float))]


def compress(kind: str, unit: str, place_ids: tuple[str, ...], values: np.ndarray) -> Series:
    """Make a series of a row a day, keeping only rows that differ from the row before.

    Parameters
    ----------
    values
        Shape (days, places).
    """
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = (values[1:] != values[:-1]).any(axis=1)
    days = np.flatnonzero(changed)
    return Series(kind=kind, unit=unit, days=tuple(int(day) for day in days), place_ids=place_ids, values=values[days])


def read_location_changes(reader: Reader, folders: list[Path], table: PlaceTable, start: dt.date | None) -> list[Event]:
    """Read ``location_changes.csv`` (name, new type, day) into events of kind ``location_change``.

    Flee reads this file from the directory it happens to run in; here the instance's own
    folders are searched.
    """
    path = next(
        (folder / "location_changes.csv" for folder in folders if (folder / "location_changes.csv").is_file()), None
    )
    if path is None or start is None:
        return []
    events: list[Event] = []
    for row in reader.rows(path, columns=3):
        name, text, day_text = row.cells[:3]
        kind = place_kind(text)
        day = reader.number(path, row.number, "day", day_text)
        if name not in table.ids:
            reader.fault(path, row.number, "name", name, "a name in locations.csv")
        elif kind is None:
            reader.fault(path, row.number, "type", text, "a kind of place")
        elif not math.isnan(day):
            events.append(Event(
                id=f"change-{row.number}", date=start + dt.timedelta(days=int(day)), kind="location_change",
                place_id=table.ids[name], unit=kind, description=f"{name} becomes {text}",
            ))  # fmt: skip
    return events


def places_of_region(places: list[Place], region: str) -> list[Place]:
    """Places whose region (``state``) is `region`."""
    return [place for place in places if place.state == region]
