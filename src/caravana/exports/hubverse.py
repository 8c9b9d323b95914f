"""Forecasts as rows of the hubverse's layout, so that they stand beside other teams' in a hub.

The layout (hubverse documentation, "Model output" and "Defining modeling tasks", schema 5.0.1): a
row a value of a forecast; ``origin_date``, ``horizon``, ``location`` and ``target`` are the task,
``output_type`` and ``output_type_id`` say which number of its distribution stands in ``value``.
What rows a file may have is in ``hub-config/tasks.json``, whose hub it is in ``hub-config/admin.json``
(without which the hubverse's own readers refuse the folder); the truth, with the day on which each value
was known, is in ``target-data/time-series.csv``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_folder_whole
from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

MODEL_OUTPUT = ("origin_date", "horizon", "location", "target", "output_type", "output_type_id", "value")
"""Columns of a file of forecasts."""
TRUTH = ("target_end_date", "location", "target", "observation", "as_of")
"""Columns of the file of truth; ``as_of`` is the day on which a value was known."""
TIMEZONE = "Africa/Abidjan"
"""UTC all the year, by a name that is in the hubverse's list of zones; "UTC" itself is not."""
SCHEMAS = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.0.1"
"""Where the hubverse keeps the schemas that our files of settings are written for; a name, never fetched."""


@dataclass(frozen=True)
class HubTarget:
    """A target as a hub describes it.

    Attributes
    ----------
    name
        In words.
    unit
        Unit of its values.
    kind
        The hub's word for the type of variable.
    """

    name: str
    unit: str
    kind: str = "continuous"


TARGETS: Mapping[str, HubTarget] = {
    "position_km": HubTarget("Where the caravan sleeps, in km along its road from its start", "km"),
    "persons": HubTarget("People with the caravan", "persons", "discrete"),
    "together": HubTarget("Whether the caravan is still together", "chance", "nominal"),
    "rest": HubTarget("Whether the caravan rests", "chance", "nominal"),
    "camp_persons": HubTarget("People in the camp", "persons", "discrete"),
    "total_persons": HubTarget("People in all camps", "persons", "discrete"),
}
"""The targets of our forecasts; a target of another team keeps its own name and has no unit."""
CHANCES = {"together": ("together", "ended"), "rest": ("rest", "walk")}
"""Targets whose forecast is a chance, with the two categories of its distribution."""


def tabulate_model_output(quantiles: pd.DataFrame) -> pd.DataFrame:
    """Lay issued forecasts out as a hub wants them.

    Parameters
    ----------
    quantiles
        A row a quantile: ``issued_on``, ``location``, ``target``, ``target_date``, ``horizon_days``,
        ``quantile``, ``value``.  The value of a target in :data:`CHANCES` is its chance, whatever
        the quantile.

    Returns
    -------
    Rows of :data:`MODEL_OUTPUT`, ordered.
    """
    import pandas as pd

    chances = quantiles["target"].isin(list(CHANCES))
    plain = quantiles[~chances]
    rows = _rows(plain, "quantile", plain["quantile"].map(_level), plain["value"])
    each = quantiles[chances].drop_duplicates(["issued_on", "location", "target", "target_date"])
    first, second = (each["target"].map({t: names[i] for t, names in CHANCES.items()}) for i in (0, 1))
    parts = [rows, _rows(each, "pmf", first, each["value"]), _rows(each, "pmf", second, 1 - each["value"])]
    whole = pd.concat([part for part in parts if len(part)] or [rows])
    return whole.sort_values(list(MODEL_OUTPUT[:-1]), kind="stable").reset_index(drop=True)


def _rows(
    forecasts: pd.DataFrame, output_type: str, output_type_id: pd.Series[str], value: pd.Series[float]
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "origin_date": pd.to_datetime(forecasts["issued_on"]).dt.strftime("%Y-%m-%d"),
            "horizon": forecasts["horizon_days"].astype(int),
            "location": forecasts["location"].astype(str),
            "target": forecasts["target"].astype(str),
            "output_type": output_type,
            "output_type_id": output_type_id.astype(str),
            "value": value.astype(float),
        },
        columns=list(MODEL_OUTPUT),
    )


def _level(quantile: float) -> str:
    """Write a quantile's level as a hub compares it: as text, without noughts behind."""
    return f"{quantile:.6f}".rstrip("0")


def describe_tasks(rows: pd.DataFrame) -> dict[str, Any]:
    """Describe what a file of forecasts holds, as a hub's ``tasks.json`` does.

    Parameters
    ----------
    rows
        Rows of :data:`MODEL_OUTPUT`.
    """
    tasks = [_task(str(target), part) for target, part in rows.groupby("target", sort=True)]
    return {
        "schema_version": f"{SCHEMAS}/tasks-schema.json",
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "origin_date",
                "model_tasks": tasks,
                "submissions_due": {"relative_to": "origin_date", "start": 0, "end": 1},
            }
        ],
        "output_type_id_datatype": "character",
    }


def describe_hub(name: str) -> dict[str, Any]:
    """Describe whose hub it is, as its ``admin.json`` does.

    Parameters
    ----------
    name
        What the hub is called.

    Notes
    -----
    The schema wants a contact and a repository, and neither with anything in it.  Both stay empty: a folder on a
    laptop has no repository, and whose address it should carry is for whoever hands it on to say.
    """
    return {
        "schema_version": f"{SCHEMAS}/admin-schema.json",
        "name": name,
        "maintainer": "caravana",
        "contact": {},
        "repository": {},
        "file_format": ["csv"],
        "timezone": TIMEZONE,
    }


def _task(target: str, rows: pd.DataFrame) -> dict[str, Any]:
    described = TARGETS.get(target, HubTarget(target, "unknown"))
    step = {"is_step_ahead": True, "time_unit": "day"}
    return {
        "task_ids": {
            "origin_date": {"required": None, "optional": sorted(set(rows["origin_date"]))},
            "horizon": {"required": None, "optional": sorted({int(h) for h in rows["horizon"]})},
            "location": {"required": None, "optional": sorted(set(rows["location"]))},
            "target": {"required": [target], "optional": None},
        },
        "output_type": {str(kind): _output(str(kind), part) for kind, part in rows.groupby("output_type")},
        "target_metadata": [
            {
                "target_id": target,
                "target_name": described.name,
                "target_units": described.unit,
                "target_keys": {"target": target},
                "description": f"{described.name} ({described.unit}), on the day of the origin and horizon days after.",
                "target_type": described.kind,
                **step,
            }
        ],
    }


def _output(kind: str, rows: pd.DataFrame) -> dict[str, Any]:
    levels = sorted(set(rows["output_type_id"]))
    values: dict[str, Any] = {"type": "double", "minimum": 0}
    if kind == "pmf":
        values["maximum"] = 1
    identifiers: list[Any] = [float(level) for level in levels] if kind == "quantile" else levels
    return {"output_type_id": {"required": identifiers}, "is_required": True, "value": values}


def tabulate_truth(observed: pd.DataFrame) -> pd.DataFrame:
    """Lay observed values out as a hub's target data.

    Parameters
    ----------
    observed
        A row a value: ``target_date``, ``location``, ``target``, ``value``, ``known_on``.

    Returns
    -------
    Rows of :data:`TRUTH`.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "target_end_date": pd.to_datetime(observed["target_date"]).dt.strftime("%Y-%m-%d"),
            "location": observed["location"].astype(str),
            "target": observed["target"].astype(str),
            "observation": observed["value"].astype(float),
            "as_of": pd.to_datetime(observed["known_on"]).dt.strftime("%Y-%m-%d"),
        },
        columns=list(TRUTH),
    ).sort_values(["as_of", "target_end_date", "target", "location"], kind="stable")


def write_hub(
    folder: Path, quantiles: pd.DataFrame, observed: pd.DataFrame, *, name: str, model: str = "caravana-pool"
) -> Path:
    """Write forecasts and truth as a folder in the layout of a hub; whole or not at all.

    Parameters
    ----------
    folder
        Where; it must not exist yet, or hold nothing but an earlier one of these.
    quantiles
        As :func:`tabulate_model_output` takes them.
    observed
        As :func:`tabulate_truth` takes them.
    name
        What the hub is called.
    model
        ``team-model``, two words of letters, digits and underscores.

    Raises
    ------
    UsageError
        If nothing was forecast yet, or the model's name is no ``team-model``.
    """
    parts = model.split("-")
    if len(parts) != 2 or not all(part.replace("_", "").isalnum() for part in parts):
        message = f"model '{model}': expected team-model, such as caravana-pool"
        raise UsageError(message)
    rows = tabulate_model_output(quantiles)
    if rows.empty:
        message = "there is no forecast to hand on yet: caravana update makes one"
        raise UsageError(message)
    files = {
        "hub-config/admin.json": json.dumps(describe_hub(name), indent=2).encode(),
        "hub-config/tasks.json": json.dumps(describe_tasks(rows), indent=2).encode(),
        "target-data/time-series.csv": _csv(tabulate_truth(observed)),
    }
    for origin, part in rows.groupby("origin_date"):
        files[f"model-output/{model}/{origin}-{model}.csv"] = _csv(part)
    return write_folder_whole(folder, files)


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
