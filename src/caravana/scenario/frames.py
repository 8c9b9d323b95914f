"""A scenario's tables as frames of pandas, and back with every check that a folder's tables go through."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from caravana.errors import ScenarioError
from caravana.scenario.checks.whole import check_draft
from caravana.scenario.declared import NOTHING, PERSON
from caravana.scenario.model import Scenario
from caravana.scenario.reading.draft import CSV_TABLES, DOCUMENT, TOML_TABLES, Entry, Spot
from caravana.scenario.reading.frames import HEADER, read_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from caravana.scenario.declared import DeclaredBy
    from caravana.scenario.reading.draft import Draft
    from caravana.scenario.reading.faults import Fault
    from caravana.scenario.row import Row

_FILE = re.compile(r"\b(" + "|".join(CSV_TABLES) + r")\.csv\b")


def make_scenario(
    tables: Mapping[str, Any], series: Mapping[str, Any], header: Mapping[str, Any], *, declared_by: DeclaredBy
) -> Scenario:
    """Make a scenario of tables in memory, checked as one read from a folder is.

    Parameters
    ----------
    tables, series, header
        As :func:`caravana.scenario.reading.frames.read_frames` takes them.
    declared_by
        What rules declare.

    Returns
    -------
    Scenario
        With no more in it than was given.

    Raises
    ------
    ScenarioError
        If there are faults; the message lists them all, one a line.
    """
    draft = read_frames(tables, series, header)
    if not draft.of_caravans and not draft.tables["kinds"] and not _declared_kinds(draft, declared_by):
        draft.tables["kinds"] = [Entry(PERSON, Spot("kinds", 0))]
    as_given = {table: draft.entries(table) for table in TOML_TABLES}
    check_draft(draft, declared_by)
    if draft.faults:
        faults = [str(_of_frames(fault)) for fault in draft.faults.listed()]
        raise ScenarioError("\n".join(["the scenario has faults:", *faults]))
    entries = {table: draft.entries(table) for table in CSV_TABLES} | as_given
    rows = {table: tuple(entry.row for entry in of_table) for table, of_table in entries.items()}
    return Scenario(**draft.header, **rows, series=tuple(draft.series))


def _declared_kinds(draft: Draft, declared_by: DeclaredBy) -> bool:
    """Whether the scenario inherits kinds of party from its rules."""
    return bool(declared_by.get(draft.header.get("rules", ""), NOTHING).kinds)


def _of_frames(fault: Fault) -> Fault:
    """Say of a table in memory what is said of a file: here there is none."""
    file = HEADER if fault.file == DOCUMENT else fault.file.removesuffix(".csv")
    expected = _FILE.sub(r"\1", fault.expected).replace(f" in {DOCUMENT}", "").replace(" below the header", "")
    return replace(fault, file=file, expected=expected.replace("this key, ", "this column, "))


def frames_of(scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the tables of a scenario as frames, by name; those without rows are left out.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    dict of pandas.DataFrame
        A column a field that any row fills, and those that every row needs; dates are datetime64, and what holds
        several values a tuple.
    """
    frames = {}
    for name, model in {**CSV_TABLES, **TOML_TABLES}.items():
        rows: tuple[Row, ...] = getattr(scenario, name)
        if rows:
            frames[name] = _frame(rows, model)
    return frames


def _frame(rows: tuple[Row, ...], model: type[Row]) -> pd.DataFrame:
    import pandas as pd

    fields = {
        name for name, info in model.model_fields.items()
        if info.is_required() or any(getattr(row, name) != info.default for row in rows)
    }  # fmt: skip
    columns = [name for name in model.model_fields if name in fields]
    frame = pd.DataFrame([{name: getattr(row, name) for name in columns} for row in rows], columns=columns)
    for name in columns:
        if name.startswith("date") or name in ("end_date", "known_on", "start", "end", "departs"):
            frame[name] = pd.to_datetime(frame[name])
    return frame
