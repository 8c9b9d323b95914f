"""Series of a scenario as arrays by day and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario, Series

    Floats = NDArray[np.float64]


CAPACITY = "capacity"
"""Kind of the series that says what places hold from a day on; below 0 what ``places.csv`` says."""


def by_place(scenario: Scenario, kind: str, days: int, *, missing: float = 0.0) -> Floats | None:
    """Return a series as an array [day, place]; None where there is no such series.

    Parameters
    ----------
    missing
        What holds where a place has no column, and before the first row.
    """
    series: Series | None = next((one for one in scenario.series if one.kind == kind), None)
    if series is None:
        return None
    index = {place.id: i for i, place in enumerate(scenario.places)}
    table = np.full((days, len(scenario.places)), missing)
    rows = np.searchsorted(np.asarray(series.days), np.arange(days), side="right") - 1
    columns = [index[place_id] for place_id in series.place_ids]
    table[:, columns] = np.where(rows[:, None] >= 0, series.values[np.maximum(rows, 0)], missing)
    return table


def dated_capacity(scenario: Scenario, days: int, *, hasten: float) -> Floats | None:
    """Persons that places hold by day, [day, place], NaN where what ``places.csv`` says holds; None where all do.

    Parameters
    ----------
    hasten
        Persons whom one of the run stands for.
    """
    table = by_place(scenario, CAPACITY, days, missing=np.nan)
    if table is None or not (table >= 0).any():
        return None
    return np.where(table >= 0, table // hasten, np.nan)
