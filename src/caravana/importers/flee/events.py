"""What happens by date in a Flee instance: closures, conflicts, changes of kind.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.flee.headers import in_order
from caravana.importers.flee.places import KINDS, PlaceTable, place_kind
from caravana.importers.rows import day_date
from caravana.scenario.model import Event, Place, Series

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from caravana.importers.rows import Line, Reader

#: Stands in for the first date where that is not known: everything is read, nothing is written.
EPOCH = dt.date(2000, 1, 1)
CLOSURE_COLUMNS = ("closure_type", "name1", "name2", "closure_start", "closure_end")
CLOSURE_NAMES = ("closure_type", "type")
CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")


def read_closures(reader: Reader, path: Path, table: PlaceTable, start: dt.date | None) -> list[Event]:
    """Read ``closures.csv`` into events of kind ``closure``; ``unit`` is the type of closure.

    A border between two countries is named by one place of each (the first in the file); which
    countries they are stands in the description.  A closure whose end is not after its start
    never ends (Flee acts on the two days one by one).
    """
    events: list[Event] = []
    if not in_order(reader, path, CLOSURE_COLUMNS, named=CLOSURE_NAMES):
        return events
    countries: dict[str, str] = {}
    for place in reversed(table.places):
        countries[place.country] = place.id
    for row in reader.rows(path, columns=5, read=5, named=CLOSURE_NAMES, heads=_heads_closures):
        kind, first, second, begin, end = row.cells[:5]
        kind = kind.lower()
        if kind not in CLOSURES:
            reader.fault(path, row.number, "closure_type", kind, f"one of {', '.join(CLOSURES)}", known=CLOSURES)
        names = countries if kind == "country" else table.ids
        needed = [("name1", first)] if kind in CLOSURES else []
        if kind in ("country", "link", "remove_forced_redirection"):
            needed.append(("name2", second))
        unknown = [(column, name) for column, name in needed if name not in names]
        for column, name in unknown:
            _unknown_name(reader, path, row, column, name, names)
        days = [_closure_day(reader, path, row, *one) for one in (("closure_start", begin), ("closure_end", end))]
        if kind not in CLOSURES or unknown or None in days or start is None:
            continue
        event = _closure(reader, path, row, [int(day or 0) for day in days], start)
        if event is not None:
            target = names[second] if len(needed) > 1 else None
            events.append(event.model_copy(update={"place_id": names[first], "target_id": target}))
    return events


def _heads_closures(cells: tuple[str, ...]) -> bool:
    """Whether the cells of a first line name columns: text where days stand, and no type of closure."""
    days = cells[3:5]
    return cells[0].lower() not in CLOSURES and len(days) == 2 and all(
        cell and not any(letter.isdigit() for letter in cell) for cell in days
    )  # fmt: skip


def _unknown_name(reader: Reader, path: Path, row: Line, column: str, name: str, known: Iterable[str]) -> None:
    """Note or refuse a name in a closure that nothing has."""
    if row.cells[0].lower() == "country" and name:
        reader.notes.append(
            f"{path.name} line {row.number}: not carried over: no place is in {name!r}, so nothing shuts"
        )
    else:
        what = "country" if row.cells[0].lower() == "country" else "name"
        reader.fault(path, row.number, column, name or None, f"a {what} in locations.csv", known=known)


def _closure_day(reader: Reader, path: Path, row: Line, column: str, cell: str) -> int | None:
    """Read the day on which a closure starts or ends; nothing is a fault, as Flee stops there."""
    if cell:
        return reader.whole(path, row.number, column, cell)
    hint = "; -1 stands for an end that never comes" if column == "closure_end" else ""
    reader.fault(path, row.number, column, "", f"a whole number (Flee stops where there is nothing{hint})")
    return None


def _closure(reader: Reader, path: Path, row: Line, days: list[int], start: dt.date) -> Event | None:
    """Make the event of one row, places still to be filled in; None where it begins beyond the calendar."""
    kind, first, second = row.cells[0].lower(), *row.cells[1:3]
    begin, end = days
    date = day_date(start, begin)
    if date is None:
        reader.notes.append(f"{path.name} line {row.number}: not carried over: no calendar holds day {begin}")
        return None
    if begin < 0:
        reader.notes.append(f"{path.name} line {row.number}: starts before day 0, so Flee never acts on it")
    if kind == "location" and second:
        reader.notes.append(
            f"{path.name} line {row.number}: shuts every link of {first}; {second!r} is ignored, as in Flee"
        )
    if kind in ("camp", "idpcamp") and second:
        reader.notes.append(
            f"{path.name} line {row.number}: shuts the camp {first}; {second!r} is not carried over, as Flee ignores it"
        )
    if kind == "link":
        reader.notes.append(
            f"{path.name} line {row.number}: under the rule set flee, link closures never act (quirk 3)"
        )
    if kind == "remove_forced_redirection":
        reader.notes.append(
            f"{path.name} line {row.number}: under the rule set flee, forced redirection has no effect (quirk 1)"
        )
    ends = day_date(start, end) if end > begin else None
    if end <= begin and kind != "remove_forced_redirection":
        reader.notes.append(f"{path.name} line {row.number}: the end is not after the start, so it never ends")
    return Event(
        id=f"closure-{row.number}",
        date=date,
        end_date=ends,
        kind="closure",
        unit=kind,
        description=f"{kind} closure: {first}" + (f" and {second}" if second else ""),
    )


def read_conflicts(
    reader: Reader, path: Path, table: PlaceTable, length: int | None, start: dt.date | None, *, required: bool
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
        if required:
            return []
        if table.conflict_days:
            reader.notes.append(
                f"{path.name}: there is none; conflict dates of locations.csv are used, at intensity 1"
                " (Flee looks for them in the wrong column: quirk 11)"
            )
        return _conflicts_from_dates(table, length)
    header = lines[0].cells[1:]
    names = [name for name in header if name]
    if not names:
        reader.fault(path, lines[0].number, "", ",".join(lines[0].cells), "at least one column of a place after #Day")
        return []
    for name in names:
        if names.count(name) > 1:
            reader.fault(path, lines[0].number, name, name, "a name that no other column has")
    rows: list[list[float]] = []
    last = max(at for at, name in enumerate(header) if name)
    for line in lines[1:]:
        cells = line.cells[1:]
        unnamed = any(cell for at, cell in enumerate(cells) if at >= len(header) or not header[at])
        if len(cells) <= last or unnamed:
            given = sum(map(bool, cells)) if unnamed else len(cells)
            what = f"{len(names)} values, not {given}" + (", each under a column with a name" if unnamed else "")
            reader.fault(path, line.number, "", None, what)
            continue
        rows.append([
            reader.number(path, line.number, name, cell, low=0)
            for name, cell in zip(header, cells, strict=False) if name
        ])  # fmt: skip
    _check_days(reader, path, lines[1:], start, enough=None if length is None else len(rows) >= length)
    if length is not None and len(rows) < length and len(reader.faults) == before:
        reader.fault(path, None, "", None, f"the {length} days of sim_period.csv, not {len(rows)}")
    values = np.asarray(rows, dtype=float).reshape(-1, len(names)) if len(reader.faults) == before else np.zeros((0, 0))
    values = values[: length or len(values)]
    known = _known_columns(reader, path, lines[0].number, names, values, table)
    if len(reader.faults) > before:
        return []
    ids = tuple(table.ids[names[column]] for column in known)
    return [compress("conflict", "intensity", ids, values[:, known])] if ids else []


def _known_columns(
    reader: Reader, path: Path, line: int, names: list[str], values: np.ndarray, table: PlaceTable
) -> list[int]:
    """Columns of places; others are faults, or notes where all is 0, as then Flee never asks for them."""
    known: list[int] = []
    for column, name in enumerate(names):
        if name in table.ids:
            known.append(column)
        elif values.size and not values[:, column].any():
            reader.notes.append(f"{path.name}: column {name!r} not carried over: no such place, and 0 throughout")
        else:
            reader.fault(path, line, name, name, "a name in locations.csv", known=table.ids)
    return known


def _check_days(reader: Reader, path: Path, lines: list[Line], start: dt.date | None, *, enough: bool | None) -> None:
    """Check the first column, which Flee never reads: it takes one row a day.

    Days that fall are faults; days that rise otherwise than by one from 0, and dates, are noted.

    Parameters
    ----------
    enough
        Whether there are rows for all days; None where it is not known how many days there are.
    """
    days: list[float] = []
    before, sound = -math.inf, True
    for line in lines:
        if "-" in line.cells[0][1:]:
            date = reader.date(path, line.number, "#Day", line.cells[0])
            day = math.nan if date is None else float((date - (start or EPOCH)).days)
        else:
            day = reader.number(path, line.number, "#Day", line.cells[0])
        days.append(day)
        if math.isnan(day):
            sound = False
            continue
        if not day > before:
            reader.fault(path, line.number, "#Day", line.cells[0], f"days that rise; {before:g} stands before")
            sound = False
        before = day
    due = [float(day) for day in range(len(days))]
    if not sound or enough is None or days == due:
        return
    odd = next(i for i, (day, wanted) in enumerate(zip(days, due, strict=True)) if day != wanted)
    if enough:
        reader.notes.append(
            f"{path.name} line {lines[odd].number}: day {lines[odd].cells[0]} where {odd} is due;"
            " one row a day is read, whatever its number, as in Flee"
        )
    else:
        reader.fault(path, lines[odd].number, "#Day", lines[odd].cells[0], f"days that rise by one; {odd} is due")


def _conflicts_from_dates(table: PlaceTable, length: int | None) -> list[Series]:
    """Intensity 1 from each place's conflict date on."""
    if not table.conflict_days or length is None:
        return []
    days = np.arange(length)[:, None]
    onset = np.array(list(table.conflict_days.values()))[None, :]
    ids = tuple(table.ids[name] for name in table.conflict_days)
    return [compress("conflict", "intensity", ids, (days >= onset).astype(float))]


def conflicts_begun(reader: Reader, series: list[Series], table: PlaceTable) -> list[Series]:
    """Conflict zones of ``locations.csv`` that are in conflict though ``conflicts.csv`` has 0, or nothing, of day 0.

    Flee leaves them in conflict for good (quirk 51); mended, what ``conflicts.csv`` says of a place holds.
    """
    known = {place: values for one in series for place, values in zip(one.place_ids, one.values[0], strict=True)}
    waiting = [table.ids[name] for name in table.begun if not known.get(table.ids[name], 0.0) > 0]
    if not series or not waiting:
        return []
    named = [name for name in table.begun if table.ids[name] in waiting]
    shown = ", ".join(named[:5]) + (" ..." if len(named) > 5 else "")
    reader.notes.append(
        f"locations.csv: conflict zones without a conflict on day 0 in conflicts.csv ({shown}): in conflict from the"
        " first day on under flee, as in Flee (quirk 51)"
    )
    values = np.ones((1, len(waiting)))
    return [Series(kind="attribute-conflict_begun", days=(0,), place_ids=tuple(waiting), values=values)]


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
    if path is None:
        return []
    reader.notes.append(f"{path.name}: read from the instance; Flee reads it from the directory it happens to run in")
    events: list[Event] = []
    if not in_order(reader, path, ("name", "type", "day"), named=("name", "location")):
        return events
    for row in reader.rows(path, columns=3, read=3, named=("name", "location")):
        name, text, day_text = row.cells[:3]
        kind = place_kind(text)
        day = reader.whole(path, row.number, "day", day_text)
        if name not in table.ids:
            reader.fault(path, row.number, "name", name, "a name in locations.csv", known=table.ids)
        if kind is None:
            reader.fault(path, row.number, "type", text, KINDS)
        if name not in table.ids or kind is None or day is None or start is None:
            continue
        date = day_date(start, day)
        if day < 0 or date is None:
            why = "before day 0, so Flee never acts on it" if day < 0 else f"no calendar holds day {day}"
            reader.notes.append(f"{path.name} line {row.number}: not carried over: {why}")
            continue
        events.append(Event(
            id=f"change-{row.number}", date=date, kind="location_change",
            place_id=table.ids[name], unit=kind, description=f"{name} becomes {text}",
        ))  # fmt: skip
    return events


def places_of_region(places: list[Place], region: str) -> list[Place]:
    """Places whose region (``state``) is `region`."""
    return [place for place in places if place.state == region]
