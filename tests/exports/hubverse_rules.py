"""What the hubverse's published schemas (5.0.1) ask of the files that we write, put down here in our own words.

Read on 29 November 2026 in the repository ``hubverse-org/schemas``: ``v5.0.1/tasks-schema.json`` (commit 65e0d225) and
``v5.0.1/admin-schema.json`` (commit 4efcc5e7).  It is not the published text: that is 125,000 characters long, and no
licence was found beside it.  Here stands every rule that a file of ours could break: each key that we write, its type,
bounds and lengths, the keys that are wanted and those that are not known.  Left out are the task ids and output types
that we never write (``mean``, ``median``, ``cdf``, ``sample``, ``scenario_id``, ``age_group`` and the like): here they
are refused, there they are allowed.  What is valid here is therefore valid there, and not the other way round.

Whoever has the published files names their folder in ``CARAVANA_HUB_SCHEMAS`` (it holds ``tasks-schema.json`` and
``admin-schema.json``); then what we write is held against them as well (:func:`published`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from jsonschema import Draft202012Validator, FormatChecker

from caravana.exports.hubverse import MODEL_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping


def exactly(properties: dict[str, Any], *more: str) -> dict[str, Any]:
    """An object of these keys and no others; those named besides may be left out."""
    required = [name for name in properties if name not in more]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def values(items: dict[str, Any]) -> dict[str, Any]:
    """The values of a task id: those that a file must have, and those that it may have."""
    each = {"type": ["array", "null"], "uniqueItems": True, "items": items}
    return exactly({"required": each, "optional": each})


TEXT, DAY = {"type": "string"}, {"type": "string", "format": "date"}


def output(identifier: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """An output type: its identifiers, all of them required, and its values."""
    identifiers = exactly({"required": {"type": "array", "uniqueItems": True, "items": identifier}})
    return exactly({"output_type_id": identifiers, "value": value, "is_required": {"type": "boolean"}})


QUANTILE = output(
    {"type": "number", "minimum": 0, "maximum": 1},
    exactly(
        {"type": {"enum": ["double", "integer"]}, "minimum": {"type": "number"}, "maximum": {"type": "number"}},
        "minimum", "maximum",
    ),
)  # fmt: skip
PMF = output(TEXT, exactly({"type": {"const": "double"}, "minimum": {"const": 0}, "maximum": {"const": 1}}))
TARGET_KINDS = ["continuous", "discrete", "date", "binary", "nominal", "ordinal", "compositional"]
TARGET = {
    **exactly(
        {
            "target_id": {"type": "string", "maxLength": 30},
            "target_name": {"type": "string", "maxLength": 100},
            "target_units": {"type": "string", "maxLength": 100},
            "target_keys": {
                "type": ["object", "null"], "minProperties": 1, "maxProperties": 1, "additionalProperties": TEXT,
            },
            "description": TEXT,
            "target_type": {"enum": TARGET_KINDS},
            "is_step_ahead": {"type": "boolean"},
            "time_unit": {"enum": ["day", "week", "month"]},
        },
        "description", "time_unit",
    ),
    "if": {"properties": {"is_step_ahead": {"const": True}}},
    "then": {"required": ["time_unit"]},
}  # fmt: skip
TASK_IDS = exactly(
    {
        "origin_date": values(DAY),
        "horizon": values({"type": ["integer", "string"]}),
        "location": values(TEXT),
        "target": values(TEXT),
    }
)
ROUND = exactly(
    {
        # The hubverse leaves it free; a round that is read from a task id must name one of each group of tasks.
        "round_id_from_variable": {"const": True},
        "round_id": {"enum": sorted(TASK_IDS["properties"])},
        "model_tasks": {
            "type": "array",
            "items": exactly(
                {
                    "task_ids": TASK_IDS,
                    "output_type": exactly({"quantile": QUANTILE, "pmf": PMF}, "quantile", "pmf"),
                    "target_metadata": {"type": "array", "items": TARGET},
                }
            ),
        },
        "submissions_due": exactly(
            {"relative_to": TEXT, "start": {"type": "integer"}, "end": {"type": "integer"}},
        ),
    }
)
TASKS = exactly(
    {
        "schema_version": {"type": "string", "pattern": "^https://.+/v5[.]0[.]1/tasks-schema[.]json$"},
        "rounds": {"type": "array", "items": ROUND},
        "output_type_id_datatype": {"enum": ["auto", "character", "double", "integer", "logical", "Date"]},
    },
    "output_type_id_datatype",
)
ADMIN = exactly(
    {
        "schema_version": {"type": "string", "pattern": "^https://.+/v5[.]0[.]1/admin-schema[.]json$"},
        "name": TEXT,
        "maintainer": TEXT,
        "contact": {"type": "object", "properties": {"name": TEXT, "email": {"type": "string", "format": "email"}}},
        "repository": {
            "type": "object", "properties": {"host": {"enum": ["github"]}, "owner": TEXT, "name": TEXT},
        },
        "file_format": {"type": "array", "items": {"enum": ["csv", "parquet", "arrow"]}},
        # Of the zones listed there, all of them of a region and a place, the one that we write; "UTC" is not listed.
        "timezone": {"const": "Africa/Abidjan"},
    }
)  # fmt: skip


IN_OUR_WORDS = {"tasks": TASKS, "admin": ADMIN}


def published() -> dict[str, Any] | None:
    """The published schemas, where a folder of them is named in the environment; None where it is not."""
    folder = os.environ.get("CARAVANA_HUB_SCHEMAS")
    if not folder:
        return None
    return {name: json.loads((Path(folder) / f"{name}-schema.json").read_text()) for name in IN_OUR_WORDS}


def invalid(folder: Path, schemas: Mapping[str, Any] | None = None) -> list[str]:
    """What schemas refuse in the settings of a hub: those in our own words, where no others are given."""
    wrong = []
    for name, rules in (IN_OUR_WORDS if schemas is None else schemas).items():
        content = json.loads((folder / "hub-config" / f"{name}.json").read_text())
        validator = Draft202012Validator(rules, format_checker=FormatChecker())
        wrong += [f"{name}.json: {error.json_path}: {error.message}" for error in validator.iter_errors(content)]
    return wrong


def misfits(folder: Path) -> list[str]:
    """Hold each file of forecasts of a hub against its settings; return what does not fit."""
    tasks = json.loads((folder / "hub-config" / "tasks.json").read_text())
    wrong = []
    for path in sorted((folder / "model-output").rglob("*.csv")):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        wrong += [f"{path.name}: {one}" for one in fits(rows, tasks)]
        wrong += [] if set(rows["origin_date"]) == {path.name[:10]} else [f"{path.name}: of another round"]
    return wrong


def fits(rows: pd.DataFrame, tasks: dict[str, Any]) -> list[str]:
    """Hold rows, as text, against a tasks.json: every rule of the layout's documentation that a file can break."""
    broken = [] if tuple(rows.columns) == MODEL_OUTPUT else ["columns"]
    groups = [group for a_round in tasks["rounds"] for group in a_round["model_tasks"]]
    for target, part in rows.groupby("target"):
        group = next(g for g in groups if target in g["task_ids"]["target"]["required"])
        for name, rule in group["task_ids"].items():
            allowed = {str(one) for one in (rule["required"] or []) + (rule["optional"] or [])}
            broken += [] if set(part[name]) <= allowed else [f"{target}: {name}"]
        missing = {kind for kind, rule in group["output_type"].items() if rule["is_required"]}
        for (origin, horizon, location), one in part.groupby(["origin_date", "horizon", "location"]):
            here = f"{target}, {origin}, {horizon}, {location}"
            broken += [] if missing <= set(one["output_type"]) else [f"{here}: an output type is missing"]
            for kind, typed in one.groupby("output_type"):
                rule = group["output_type"].get(kind)
                broken += [f"{here}: {kind}"] if rule is None else [f"{here}: {e}" for e in unlike(typed, rule)]
    return broken


def unlike(rows: pd.DataFrame, rule: dict[str, Any]) -> list[str]:
    """What of one forecast, as text, is not as its output type wants it."""
    kind, broken = rows["output_type"].iloc[0], []
    wanted = sorted(rule["output_type_id"]["required"])
    got = sorted(float(i) if kind == "quantile" else i for i in rows["output_type_id"])
    broken += [] if got == wanted else [f"{kind}: levels"]
    numeral = r"-?\d+" if rule["value"]["type"] == "integer" else r"-?\d+(\.\d+)?(e[+-]?\d+)?"
    if not rows["value"].str.fullmatch(numeral).all():
        return [*broken, f"{kind}: no {rule['value']['type']}"]
    values = rows["value"].astype(float)
    within = values.between(rule["value"].get("minimum", -np.inf), rule["value"].get("maximum", np.inf))
    broken += [] if within.all() else [f"{kind}: out of bounds"]
    if kind == "pmf":
        return broken + ([] if np.isclose(values.sum(), 1) else ["chances"])
    order = values.iloc[np.argsort(rows["output_type_id"].astype(float), kind="stable")]
    return broken + ([] if order.is_monotonic_increasing else ["quantiles cross"])
