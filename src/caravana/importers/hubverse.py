"""Other teams' forecasts, from a file in the hubverse's layout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.errors import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("origin_date", "horizon", "location", "target", "output_type", "output_type_id", "value")
"""Columns that a file must have; ``reference_date`` is read as ``origin_date``."""
MOST_BYTES = 50_000_000
"""A larger file is no team's forecast."""
MOST_FAULTS = 50
_NAME = re.compile(r"(?:\d{4}-\d{2}-\d{2}-)?(?P<model>[A-Za-z0-9_]+-[A-Za-z0-9_]+)$")


def model_of_file(path: Path) -> str | None:
    """``team-model`` of a file named as a hub names them, ``2021-11-01-team-model.csv``; None of another."""
    named = _NAME.match(path.stem)
    return named.group("model") if named else None


def read_model_output(path: Path) -> pd.DataFrame:
    """Read a file of forecasts.

    Rows of type ``quantile`` are read, and ``median`` as the quantile 0.5; chances (``pmf``) of a
    category named as the target, or ``yes``, become the value of the quantile 0.5 of a target that
    is a chance.  Means and samples are left out: they are no quantiles, and ``left_out`` in the
    frame's ``attrs`` counts them.

    Parameters
    ----------
    path
        The file, a CSV of at most 50 MB.

    Returns
    -------
    ``issued_on``, ``location``, ``target``, ``target_date``, ``horizon_days``, ``quantile``, ``value``;
    dates as datetime64, ordered.

    Raises
    ------
    ScenarioError
        With every fault at once: columns, dates, levels, values, quantiles that cross or stand twice.
    """
    rows = _read_rows(path)
    faults: list[str] = []
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        message = f"{path}: no column {', '.join(missing)}; expected {', '.join(COLUMNS)}"
        raise ScenarioError(message)
    kinds = rows["output_type"].str.strip().str.lower()
    used = rows[kinds.isin(["quantile", "median"]) | ((kinds == "pmf") & _is_yes(rows))]
    frame = _read_values(used, path, faults)
    if not faults:
        faults += _order_faults(frame, path)
    if faults:
        more = [f"{path}: and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise ScenarioError("\n".join(faults[:MOST_FAULTS] + more))
    if frame.empty:
        message = f"{path}: no row of type quantile, median or pmf: nothing that can be scored"
        raise ScenarioError(message)
    keys = ["issued_on", "location", "target", "target_date", "horizon_days", "quantile"]
    ordered = frame.drop(columns="line").sort_values(keys, kind="stable").reset_index(drop=True)
    ordered.attrs["left_out"] = len(rows) - len(used)
    return ordered


def _read_rows(path: Path) -> pd.DataFrame:
    """Read the table as text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path}: larger than {MOST_BYTES // 1_000_000} MB; expected a file of one team's forecasts"
            raise ScenarioError(message)
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        message = f"{path}: no such file"
        raise ScenarioError(message) from None
    except UnicodeDecodeError:
        message = f"{path}: not UTF-8; expected a CSV file in UTF-8"
        raise ScenarioError(message) from None
    except (OSError, ValueError) as error:
        message = f"{path}: cannot be read as a table: {str(error).splitlines()[0]}"
        raise ScenarioError(message) from None
    return rows.rename(columns={"reference_date": "origin_date"})


def _is_yes(rows: pd.DataFrame) -> pd.Series[bool]:
    category = rows["output_type_id"].str.strip().str.lower()
    return (category == rows["target"].str.strip().str.lower()) | (category == "yes")


def _read_values(used: pd.DataFrame, path: Path, faults: list[str]) -> pd.DataFrame:
    """Turn text into dates and numbers; a fault names its line, column and value."""
    line = np.asarray(used.index) + 2
    origin = pd.to_datetime(used["origin_date"], format="%Y-%m-%d", errors="coerce")
    horizon = pd.to_numeric(used["horizon"], errors="coerce")
    level = pd.to_numeric(used["output_type_id"].where(used["output_type"] == "quantile", "0.5"), errors="coerce")
    value = pd.to_numeric(used["value"], errors="coerce")
    sound = {
        "origin_date": (origin.notna(), "a date such as 2021-11-01"),
        "horizon": (horizon.between(0, 3660) & (horizon % 1 == 0), "a whole number of days, 0 to 3660"),
        "output_type_id": (level.between(0, 1), "a level between 0 and 1"),
        "value": (np.isfinite(value), "a number"),
        "location": (used["location"].str.strip() != "", "a place"),
        "target": (used["target"].str.strip() != "", "a target"),
    }
    for column, (fine, expected) in sound.items():
        wrong = np.flatnonzero(~np.asarray(fine, dtype=bool))
        given = used[column]
        faults += [f"{path}: line {line[i]}, {column}: '{given.iloc[i][:60]}'; expected {expected}" for i in wrong]
    days = pd.to_timedelta(horizon.where(sound["horizon"][0], 0), unit="D")
    return pd.DataFrame(
        {
            "line": line,
            "issued_on": origin,
            "location": used["location"].str.strip(),
            "target": used["target"].str.strip(),
            "target_date": origin + days,
            "horizon_days": horizon,
            "quantile": level,
            "value": value,
        }
    )


def _order_faults(frame: pd.DataFrame, path: Path) -> list[str]:
    """Say which quantiles stand twice, and which fall as their level rises."""
    keys = ["issued_on", "location", "target", "target_date"]
    ordered = frame.sort_values([*keys, "quantile"], kind="stable")
    same = (ordered[keys] == ordered[keys].shift()).all(axis=1)
    rise = ordered["quantile"].diff()
    beside = ordered.join(ordered.shift().add_suffix("_before"))
    twice = beside[same & (rise == 0)]
    crossing = beside[same & (rise > 0) & (ordered["value"].diff() < 0)]
    return [
        f"{path}: line {row.line}, output_type_id: {row.quantile:g} stands twice, first in line {row.line_before:g}"
        for row in twice.itertuples()
    ] + [
        f"{path}: line {row.line}, value: {row.value:g} at level {row.quantile:g}, below {row.value_before:g} at "
        f"level {row.quantile_before:g}; expected quantiles that do not cross"
        for row in crossing.itertuples()
    ]
