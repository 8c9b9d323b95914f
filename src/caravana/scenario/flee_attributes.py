"""Attributes of places by day (floods, food insecurity) and of people (demographics) in a Flee instance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.flee_events import compress, places_of_region
from caravana.scenario.model import Series

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.scenario.flee_places import PlaceTable
    from caravana.scenario.flee_settings import Value
    from caravana.scenario.flee_tables import Reader


def read_attributes(reader: Reader, folder: Path, table: PlaceTable, length: int | None) -> list[Series]:
    """Read what places have besides their row: one series an attribute.

    ``flood_level.csv`` becomes the series ``flood``, ``region_attributes_IPC.csv`` the series
    ``ipc`` (percent, for every place of a region), ``location_attributes_X.csv`` and columns past
    the eighth of ``locations.csv`` the series ``attribute-X``.
    """
    series: list[Series] = []
    if length is None:
        return series
    if (folder / "flood_level.csv").is_file():
        series += _by_day(reader, folder / "flood_level.csv", "flood", "level", table, length)
    for path in sorted(folder.glob("region_attributes_*.csv")):
        name = path.stem.removeprefix("region_attributes_")
        kind = "ipc" if name.startswith("IPC") else f"attribute-region-{name}"
        series += _by_day(reader, path, kind, "percent" if kind == "ipc" else "", table, length, regions=True)
    for path in sorted(folder.glob("location_attributes_*.csv")):
        name = path.stem.removeprefix("location_attributes_")
        series += _by_day(reader, path, f"attribute-{name}", "", table, length)
    for name, values in table.attributes.items():
        ids = tuple(table.ids[place] for place in values)
        row = np.array([list(values.values())], dtype=float)
        series.append(Series(kind=f"attribute-{name}", days=(0,), place_ids=ids, values=row))
    return series


def _by_day(
    reader: Reader, path: Path, kind: str, unit: str, table: PlaceTable, length: int, *, regions: bool = False
) -> list[Series]:
    """Read a table of days by names, interpolated to every day as Flee does."""
    lines = reader.lines(path)
    if not lines:
        return []
    before = len(reader.faults)
    header = list(lines[0].cells[1:])
    known = {place.state for place in table.places} if regions else set(table.ids)
    for name in header:
        if name and name not in known:
            reader.fault(path, lines[0].number, name, name, f"a {'region' if regions else 'name'} in locations.csv")
    days: list[float] = []
    values: list[list[float]] = []
    for line in lines[1:]:
        if len(line.cells) < len(header) + 1:
            reader.fault(path, line.number, "", None, f"{len(header) + 1} cells, not {len(line.cells)}")
            continue
        day = reader.number(path, line.number, "#Day", line.cells[0])
        if days and not day > days[-1]:
            reader.fault(path, line.number, "#Day", line.cells[0], "days that rise")
            continue
        days.append(day)
        values.append(
            [reader.number(path, line.number, name, cell) for name, cell in zip(header, line.cells[1:], strict=False)]
        )
    if len(reader.faults) > before or not days:
        return []
    columns: dict[str, np.ndarray] = {}
    table_values = np.asarray(values)
    for index, name in enumerate(header):
        if not name:
            continue
        by_day = np.interp(np.arange(length), days, table_values[:, index])
        for place in places_of_region(table.places, name) if regions else [name]:
            columns[place if isinstance(place, str) else place.name] = by_day
    ids = tuple(table.ids[name] for name in columns)
    return [compress(kind, unit, ids, np.column_stack(list(columns.values())))] if columns else []


def read_demographics(reader: Reader, folder: Path, table: PlaceTable) -> dict[str, Value]:
    """Read ``demographics_X.csv`` into settings ``demographics.X.values``, ``.default`` and one a place.

    Values that are numbers are kept as numbers, others as text separated by ``;``.
    """
    settings: dict[str, Value] = {}
    for path in sorted(folder.glob("demographics_*.csv")):
        name = path.stem.removeprefix("demographics_")
        lines = reader.lines(path)
        if not lines:
            continue
        header, rows = lines[0].cells, reader.rows(path, columns=len(lines[0].cells))[1:]
        values = [row.cells[0] for row in rows]
        settings[f"demographics.{name}.values"] = _numbers(values) or ";".join(values)
        for index, column in enumerate(header[1:], start=1):
            weights = [reader.number(path, row.number, column, row.cells[index], low=0) for row in rows]
            if column.lower() != "default" and column not in table.ids:
                reader.fault(path, lines[0].number, column, column, "a name in locations.csv")
            elif not any(math.isnan(weight) for weight in weights):
                key = "default" if column.lower() == "default" else table.ids[column]
                settings[f"demographics.{name}.{key}"] = tuple(weights)
    return settings


def _numbers(values: list[str]) -> tuple[float, ...]:
    """Return the values as numbers, or nothing where one is not a number."""
    try:
        return tuple(float(value) for value in values)
    except ValueError:
        return ()
