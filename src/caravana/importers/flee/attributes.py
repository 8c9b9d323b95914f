"""Attributes of places in a Flee instance: floods and food insecurity by day, further columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.flee.events import compress, places_of_region
from caravana.importers.flee.places import attribute_id
from caravana.scenario.model import Series

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.flee.places import PlaceTable
    from caravana.importers.rows import Line, Reader


def read_attributes(reader: Reader, folder: Path, table: PlaceTable, length: int | None) -> list[Series]:
    """Read what places have besides their row: one series an attribute.

    ``flood_level.csv`` becomes the series ``flood``, ``region_attributes_IPC.csv`` the series
    ``ipc`` (percent, for every place of a region), ``location_attributes_X.csv`` and columns past
    the eighth of ``locations.csv`` the series ``attribute-X``.
    """
    series: list[Series] = []
    length = length or 1  # where it is not known, files are read for their faults alone
    if (folder / "flood_level.csv").is_file():
        series += _by_day(reader, folder / "flood_level.csv", "flood", "level", table, length)
    for path in sorted(folder.glob("region_attributes_*.csv")):
        name = path.stem.removeprefix("region_attributes_")
        kind = "ipc" if name.startswith("IPC") else f"attribute-region-{attribute_id(name)}"
        before = len(reader.faults)
        series += _by_day(reader, path, kind, "percent" if kind == "ipc" else "", table, length, regions=True)
        if kind != "ipc":
            reader.forgive(path, before, "no rule reads it")
    for path in sorted(folder.glob("location_attributes_*.csv")):
        name = path.stem.removeprefix("location_attributes_")
        before = len(reader.faults)
        series += _by_day(reader, path, f"attribute-{attribute_id(name)}", "", table, length)
        reader.forgive(path, before, "no rule follows it by day")
    for name, values in table.attributes.items():
        ids = tuple(table.ids[place] for place in values)
        row = np.array([list(values.values())], dtype=float)
        series.append(Series(kind=f"attribute-{attribute_id(name)}", days=(0,), place_ids=ids, values=row))
    return _each_once(reader, series)


def _each_once(reader: Reader, series: list[Series]) -> list[Series]:
    """Keep the first series of each kind; a second one is noted."""
    kept: dict[str, Series] = {}
    for one in series:
        if one.kind in kept:
            reader.notes.append(f"the series {one.kind} is given twice; the second one is not carried over")
        else:
            kept[one.kind] = one
    return list(kept.values())


def _by_day(
    reader: Reader, path: Path, kind: str, unit: str, table: PlaceTable, length: int, *, regions: bool = False
) -> list[Series]:
    """Read a table of days by names, interpolated to every day as Flee does."""
    lines = reader.lines(path)
    before = len(reader.faults)
    if len(lines) < 2:
        if not reader.faulty(path):
            reader.fault(path, None, "", None, "a header and at least one row of a day")
        return []
    header = header_of(reader, path, lines[0])
    high = 100.0 if kind == "ipc" else math.inf
    low = -math.inf if kind.startswith("attribute-") else 0.0
    days: list[float] = []
    values: list[list[float]] = []
    for line in lines[1:]:
        if len(line.cells) < len(header) + 1:
            reader.fault(path, line.number, "", None, f"{len(header) + 1} cells, not {len(line.cells)}")
            continue
        day = reader.number(path, line.number, "#Day", line.cells[0])
        if days and day <= days[-1]:
            reader.fault(path, line.number, "#Day", line.cells[0], f"days that rise; {days[-1]:g} stands before")
        days += [] if math.isnan(day) else [day]
        values.append([
            reader.number(path, line.number, name, cell, low=low, high=high) if name else 0.0
            for name, cell in zip(header, line.cells[1:], strict=False)
        ])  # fmt: skip
    table_of = np.asarray(values).reshape(len(values), len(header))
    known = _known(reader, path, header, table_of, table, regions=regions)
    if len(reader.faults) > before or not known:
        return []
    reader.note_beyond(path, lines[1:], len(header) + 1)
    if kind == "flood" and days != [float(day) for day in range(len(days))]:
        reader.notes.append(f"{path.name}: days between its rows are interpolated; Flee takes one row a day")
    if kind.startswith("attribute-"):
        reader.notes.append(f"{path.name}: kept as the series {kind}; no rule follows it by day")
    columns: dict[str, np.ndarray] = {}
    for index in known:
        by_day = np.interp(np.arange(length), days, table_of[:, index])
        places = [place.name for place in places_of_region(table.places, header[index])] if regions else [header[index]]
        columns |= dict.fromkeys(places, by_day)
    ids = tuple(table.ids[name] for name in columns)
    return [compress(kind, unit, ids, np.column_stack(list(columns.values())))]


def header_of(reader: Reader, path: Path, line: Line) -> list[str]:
    """Names of the columns after the first, without empty ones at the end; one given twice is a fault."""
    header = list(line.cells[1:])
    while header and not header[-1]:
        header.pop()
    for name in dict.fromkeys(header):
        if name and header.count(name) > 1:
            reader.fault(path, line.number, name, name, "a name that no other column has")
    return header


def _known(
    reader: Reader, path: Path, header: list[str], values: np.ndarray, table: PlaceTable, *, regions: bool
) -> list[int]:
    """Columns about places there are; others are faults, or notes where they change nothing."""
    names = {place.state for place in table.places} if regions else set(table.ids)
    known: list[int] = []
    for index, name in enumerate(header):
        if name in names and name:
            known.append(index)
        elif regions or not name or (values.size and not values[:, index].any()):
            # A region without places changes nothing; nor does a place that is none, at 0 throughout.
            what = "no place is in this region" if regions else "no such place, and 0 throughout"
            reader.notes += [f"{path.name}: column {name!r} not carried over: {what}"] if name else []
        else:
            reader.fault(path, 1, name, name, "a name in locations.csv", known=table.ids)
    return known
