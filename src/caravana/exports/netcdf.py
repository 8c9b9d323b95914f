"""Exports as labelled arrays: netCDF 3, by CF conventions, which every tool reads and SciPy writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.atomic import write_whole
from caravana.exports.disclosure import MEASURES
from caravana.exports.tables import provenance
from caravana.language.language import load_language

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from caravana.exports.tables import Export

_KEYS = {"internal": "place_code", "public": "admin2_name"}


def _codes(values: pd.Series[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    labels = sorted(values.unique())
    at = {label: n for n, label in enumerate(labels)}
    return values.map(at).to_numpy(dtype=np.int64), labels


def _cube(frame: pd.DataFrame, keys: dict[str, str], *, absent: float) -> xr.Dataset:
    """Quantiles as an array over `keys` (column to dimension): NaN where withheld, `absent` where no row is."""
    import pandas as pd
    import xarray as xr

    coded = {dim: _codes(frame[column]) for column, dim in keys.items()}
    shape = (len(MEASURES), *(len(labels) for _, labels in coded.values()))
    values = np.full(shape, absent, dtype=np.float32)
    for n, measure in enumerate(MEASURES):
        values[n][tuple(codes for codes, _ in coded.values())] = frame[measure].to_numpy(dtype=np.float32)
    labels: dict[str, Any] = {dim: labels for dim, (_, labels) in coded.items()}
    labels["day"] = pd.DatetimeIndex(pd.to_datetime(labels["day"]), name="day")
    data = {
        "persons": (
            ("quantile", *keys.values()),
            values,
            {"units": "persons", "long_name": "persons by quantile of the simulations"},
        )
    }
    return xr.Dataset(data, coords={"quantile": [0.05, 0.5, 0.95], **labels})


def netcdf(export: Export) -> bytes:
    """A netCDF 3 file: ``persons(quantile, place, day, status)``, points of the places, and flows.

    In public exports a place is a municipality (state and name), and withheld cells are NaN, as is what has
    no row; in internal ones what has no row is 0.
    """
    import pandas as pd

    people = export.tables["people"]
    key, absent = _KEYS[export.audience], 0.0 if export.audience == "internal" else float("nan")
    named = people[key] if export.audience == "internal" else people["admin1_name"] + ", " + people[key]
    people = people.assign(place=named)
    cube = _cube(people, {"place": "place", "reference_period_start": "day", "status": "status"}, absent=absent)
    points = people.drop_duplicates("place").set_index("place").reindex(cube["place"].to_numpy())
    for name, units, word in (("latitude", "degrees_north", "lat"), ("longitude", "degrees_east", "lon")):
        cube.coords[word] = ("place", points[name].to_numpy(dtype=np.float64), {"units": units, "standard_name": name})
    if "place_name" in points.columns:
        names = points["place_name"].fillna("").astype(str).to_numpy(dtype=object)
        cube.coords["place_name"] = ("place", names, {"long_name": "name of the place"})
    cube.coords["admin2_code"] = ("place", points["admin2_code"].fillna("").astype(str).to_numpy(dtype=object))
    if len(flows := export.tables.get("flows", pd.DataFrame())):
        happened = _cube(flows, {"reference_period_start": "day", "flow": "flow"}, absent=absent)
        cube["flow_persons"] = happened["persons"].reindex(day=cube["day"], fill_value=absent)
        cube["flow_persons"].attrs = {"units": "persons per day", "long_name": "what happened to how many, by quantile"}
    cube.attrs = {
        "Conventions": "CF-1.10",
        "title": export.run.scenario.title,
        "audience": export.audience,
        "comment": " ".join(export.notes),
        # Programs read it: the same in every language.
        "source": provenance(replace(export, words=load_language("en"))),
    }
    start = pd.Timestamp(str(cube["day"].to_numpy()[0])).date()
    encoding = {"day": {"units": f"days since {start}", "dtype": "int32", "calendar": "standard"}}
    written = cube.to_netcdf(format="NETCDF3_64BIT", engine="scipy", encoding=encoding)
    return bytes(written)


def write_netcdf(export: Export, path: Path) -> Path:
    """Write :func:`netcdf`; whole or not at all."""
    return write_whole(path, netcdf(export))
