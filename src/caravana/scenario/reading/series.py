"""Reads series: wide tables of values by day and place, decided outside the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import ScenarioError
from caravana.scenario.fields import FieldSpec, UnfitError, from_cell, specs_of
from caravana.scenario.model import Place, Series
from caravana.scenario.reading.draft import Draft, Spot
from caravana.scenario.reading.tables import StoppedError, numbered_rows, open_checked, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.scenario.reading.faults import FaultList

DAY = FieldSpec(
    "day", "whole", expected="a whole number of days since the start, 0 or more", required=True, default=None
)
VALUE = FieldSpec("value", "number", expected="a number", required=True, default=None)


def series_file(kind: str) -> str:
    """Name of the file that holds a series."""
    return f"series-{kind}.csv"


def read_series(folder: Path, units: Mapping[str, str], draft: Draft) -> None:
    """Read every ``series-<kind>.csv`` of a folder into a draft.

    Parameters
    ----------
    folder
        The scenario folder.
    units
        Units of the series declared in ``scenario.toml``, by kind; these files must be there.
    draft
        Takes series and faults.  Series not declared follow the declared ones, by name.
    """
    names = sorted(path.name for path in folder.glob(series_file("*")))
    kinds = [name.removeprefix("series-").removesuffix(".csv") for name in names]
    for kind in dict.fromkeys([*units, *kinds]):
        if series := _read_one(folder / series_file(kind), kind, units.get(kind, ""), draft.faults):
            draft.series.append(series)


def _read_one(path: Path, kind: str, unit: str, faults: FaultList) -> Series | None:
    file = open_checked(path, faults)
    if file is None:
        return None
    before = len(faults)
    with file:
        try:
            rows = numbered_rows(file, path.name, faults)
            line, columns = read_header(rows, path.name, faults)
            if columns[0] != "day" or len(columns) == 1:
                faults.add(path.name, line, columns[0], None, "a column day, then one for each place id")
                return None
            days, values = _read_values(rows, columns, path.name, faults)
        except StoppedError:
            return None
    if len(faults) > before:
        return None
    if not days:
        faults.add(path.name, None, "", None, "at least one row")
        return None
    try:
        return Series(kind=kind, unit=unit, days=tuple(days), place_ids=tuple(columns[1:]), values=np.stack(values))
    except ScenarioError:
        expected = f"a kind that is {specs_of(Place)['id'].expected}"
        faults.add(path.name, None, "", None, expected)
        return None


def _read_values(
    rows: Iterator[tuple[int, list[str]]], columns: list[str], name: str, faults: FaultList
) -> tuple[list[int], list[NDArray[np.float64]]]:
    days: list[int] = []
    values: list[NDArray[np.float64]] = []
    for line, cells in rows:
        spot = Spot(name, line)
        if len(cells) != len(columns):
            size = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            faults.add(name, line, "", size, f"{len(columns)} cells, as in the header")
            continue
        numbers: list[float] = []
        for column, cell in zip(columns, cells, strict=True):
            try:
                numbers.append(float(str(from_cell(VALUE if numbers else DAY, cell))))
            except UnfitError as error:
                numbers.append(-1.0)
                spot.fault(faults, column, cell, str(error))
        day = int(numbers[0])
        if day < 0 and cells[0].strip().startswith("-"):
            spot.fault(faults, "day", cells[0], DAY.expected)
        elif days and 0 <= day <= days[-1]:
            spot.fault(faults, "day", cells[0], f"a day after that of the row before ({days[-1]})")
        days.append(day)
        values.append(np.array(numbers[1:], dtype=np.float64))
    return days, values
