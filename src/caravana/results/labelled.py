"""A run's tables as others take them: long frames with small types, and labelled arrays by CF conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.spelling import did_you_mean
from caravana.version import __version__

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from caravana.run import Run

ARRAYS = ("people", "flows", "payments", "reports", "parameters", "caravans")
"""Tables that a run has as labelled arrays."""
LONG_NAMES = {
    "member": "member of the ensemble",
    "day": "day, its evening",
    "place": "id of the place; road:<destination> for people under way",
    "kind": "kind of party",
    "status": "what the party is now",
    "flow": "what happened",
    "payer": "who paid",
    "payee": "who was paid",
    "caravan": "id of the caravan",
    "side": "side that reports",
    "persons": "persons",
    "parties": "parties: people who decide together",
    "usd": "money paid",
    "active": "whether the caravan is together",
    "km": "distance along the road from its start",
    "mode": "what the caravan does",
}
"""What each variable and coordinate is, in words."""


def to_dataframe(run: Run, table: str) -> pd.DataFrame:
    """Return a table of a run as a long frame: names as categories, counts as int32.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no such table.
    """
    import pandas as pd

    run.require(table)
    quoted = '"' + table.replace('"', '""') + '"'
    frame = run.query(f"SELECT * FROM {quoted}")
    for name in frame.columns:
        column = frame[name]
        if name == "day":
            frame[name] = pd.to_datetime(column).astype("datetime64[s]")
        elif pd.api.types.is_integer_dtype(column):
            frame[name] = column.astype(np.int32)
        elif not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            frame[name] = column.astype(str).astype("category")
    return frame


def to_xarray(run: Run, table: str) -> xr.Dataset:
    """Return a table of a run as labelled arrays, read when they are asked for.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no such table, or not as arrays.
    """
    if table not in ARRAYS:
        meant = did_you_mean(table, ARRAYS)
        raise UsageError(f"{table!r} is none of the arrays of a run{meant}: {', '.join(ARRAYS)}")
    run.require(table)
    data: xr.Dataset = getattr(run, table).copy()
    if "place" in data.dims:
        data = data.assign_coords(_place_coordinates(run, data["place"].to_numpy()))
    if "kind" in data.dims:
        labels = {one.id: one.label or one.id for one in run.scenario.kinds}
        sizes = {one.id: sum(one.composition) for one in run.scenario.kinds}
        kinds = list(map(str, data["kind"].to_numpy()))
        data = data.assign_coords(
            kind_label=(
                "kind",
                np.array([labels.get(k, k) for k in kinds], dtype=object),
                {"long_name": "kind in words"},
            ),
            kind_persons=(
                "kind",
                np.array([sizes.get(k, 0) for k in kinds], dtype=np.int16),
                {"long_name": "persons in a party", "units": "persons"},
            ),
        )
    for name in (*data.coords, *data.data_vars):
        data[name].attrs.setdefault("long_name", LONG_NAMES.get(str(name), str(name).replace("_", " ")))
    plan = run.manifest["plan"]
    data.attrs = {
        "Conventions": "CF-1.10",
        "title": run.scenario.title,
        "source": f"caravana {__version__}",
        "scenario": run.scenario.name,
        "scenario_hash": plan.get("scenario_hash", ""),
        "seed": plan["seed"],
        "comment": "simulated; internal unless exported for the public",
    }
    return data


def _place_coordinates(run: Run, ids: Any) -> dict[str, Any]:
    """Where each place is and what it is, beside its id; nothing of what moves."""
    by_id = {one.id: one for one in run.scenario.places}
    places = [by_id.get(str(one)) for one in ids]

    def numbers(field: str) -> Any:
        held = [None if one is None else getattr(one, field) for one in places]
        return np.array([np.nan if value is None else value for value in held], dtype=np.float64)

    def texts(field: str) -> Any:
        return np.array(["" if one is None else getattr(one, field) for one in places], dtype=object)

    degrees = {"latitude": "degrees_north", "longitude": "degrees_east"}
    return {
        **{
            name: ("place", numbers(name[:3]), {"standard_name": name, "long_name": name, "units": unit})
            for name, unit in degrees.items()
        },
        "place_name": ("place", texts("name"), {"long_name": "name of the place"}),
        "place_kind": ("place", texts("kind"), {"long_name": "kind of the place"}),
        "pcode": ("place", texts("pcode"), {"long_name": "p-code of the place"}),
        "capacity": ("place", numbers("capacity"), {"long_name": "capacity of the place", "units": "persons"}),
    }
