"""Tables in memory as the tables of a scenario: frames of pandas, or rows as mappings, read with every fault."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from caravana.scenario.fields import UnfitError, from_cell, from_toml, setting_from_toml, specs_of
from caravana.scenario.model import Scenario, Series
from caravana.scenario.reading.document import read_item
from caravana.scenario.reading.draft import CSV_TABLES, TOML_TABLES, Draft, Entry, Spot, make_entry, report_refusal
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.row import Row
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = "scenario"
"""What faults call the scenario's own fields by, as a table's by its name."""
R = TypeVar("R", bound=Row)


def read_frames(tables: Mapping[str, Any], series: Mapping[str, Any], header: Mapping[str, Any]) -> Draft:
    """Read tables in memory into a draft.

    Parameters
    ----------
    tables
        By the name that a scenario's table has: a frame of pandas (or of geopandas), an iterable of mappings, or
        rows; None where there is none.
    series
        Frames of values by day (index) and place (columns), by kind.
    header
        The scenario's own fields: ``name``, ``start``, ``end``, ``rules``, ``settings``, ...

    Returns
    -------
    Draft
        With every fault: the table's name stands for the file, and rows count from 0, as ``iloc`` does.
    """
    draft = Draft(FaultList(), spot=Spot(HEADER))
    _read_header(header, draft)
    every: Mapping[str, type[Row]] = {**CSV_TABLES, **TOML_TABLES}
    for name, table in tables.items():
        model = every.get(name)
        if model is None:
            draft.faults.add(name, None, "", None, f"one of the tables {', '.join(every)}{did_you_mean(name, every)}")
        else:
            draft.tables[name] = _read_table(name, model, table, draft.faults)
    for name in every:
        draft.tables.setdefault(name, [])
    for kind, frame in series.items():
        if (one := _read_series(kind, frame, draft)) is not None:
            draft.series.append(one)
    return draft


def rows_of(table: Any) -> tuple[list[str], list[Any]]:
    """Return the columns of a table in the order they stand in, and its rows: mappings, or rows of the model."""
    if table is None:
        return [], []
    for as_rows in ("to_pylist", "to_dicts"):  # of pyarrow, of polars
        if hasattr(table, as_rows):
            table = getattr(table, as_rows)()
    if hasattr(table, "columns"):
        outline = getattr(table, "active_geometry_name", None) or "geometry"
        whole = table.loc[:, [column != outline for column in table.columns]]
        columns = [str(column) for column in whole.columns]
        return columns, [dict(zip(columns, values, strict=True)) for values in whole.itertuples(index=False, name=None)]
    rows = list(table)
    named = dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row)
    return list(named), rows


def _read_table(name: str, model: type[R], table: Any, faults: FaultList) -> list[Entry[R]] | None:
    """Read one table; None, with a fault, where it is none."""
    try:
        columns, rows = rows_of(table)
    except TypeError:
        rows, columns = [table], []
    if any(not isinstance(row, (Mapping, model)) for row in rows):
        faults.add(name, None, "", type(table).__name__, "a frame of pandas, or a list of mappings, one a row")
        return None
    specs = specs_of(model)
    for column in dict.fromkeys(one for one in columns if columns.count(one) > 1):
        faults.add(name, None, column, None, f"this column once; it is there {columns.count(column)} times")
    tops = {column.partition(".")[0]: column for column in columns}
    for top, column in tops.items():
        if top not in specs:
            faults.add(
                name, None, column, repr(column), f"one of the columns {', '.join(specs)}{did_you_mean(top, specs)}"
            )
    absent = [one for one, spec in specs.items() if spec.required and one not in tops]
    if columns:
        index = [str(one) for one in getattr(getattr(table, "index", None), "names", ())]
        for one in absent:
            where = "it is the index: give the frame's reset_index()" if one in index else "it is missing"
            faults.add(name, None, one, None, f"this column; {where}")
    entries: list[Entry[R]] = []
    for at, row in enumerate(rows):
        spot = Spot(name, at)
        if isinstance(row, model):
            entries.append(Entry(row, spot))
        else:
            entries.append(_read_row(model, row, absent, faults, spot))
    return entries


def _read_row(model: type[R], row: Mapping[Any, Any], absent: Iterable[str], faults: FaultList, spot: Spot) -> Entry[R]:
    specs = specs_of(model)
    values: dict[str, object] = {}
    nested: dict[str, dict[str, Any]] = {}
    bad = list(absent)
    for key, cell in row.items():
        top, _, inner = str(key).partition(".")
        spec = specs.get(top)
        if spec is None or is_missing(cell):
            if spec is not None and spec.required and not inner:
                bad.append(top)
                spot.fault(faults, top, None, f"{spec.expected}; the cell is empty")
            continue
        if spec.model is not None:
            content = plain(cell)
            nested.setdefault(top, {}).update({inner: content} if inner else _fields_of(content))
            continue
        try:
            values[top] = convert(spec, cell)
        except UnfitError as error:
            bad.append(top)
            spot.fault(faults, top, _as_shown(cell), str(error))
    for top, content in nested.items():
        inside = specs[top].model
        before = len(faults)
        entry = read_item(inside, content, Spot(spot.file, spot.line, f"{top}."), faults) if inside else None
        if entry is None or len(faults) > before:
            bad.append(top)
        else:
            values[top] = entry.row
    return make_entry(model, values, bad, faults, spot)


def convert(spec: Any, cell: object) -> object:
    """Turn a value of a frame into the sort of value its field holds.

    Raises
    ------
    UnfitError
        If it is none; the message says what was expected.
    """
    value = plain(cell)
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise UnfitError(f"{spec.expected}, without an hour")
        value = value.date()
    if spec.sort == "list":
        if isinstance(value, str):
            return from_cell(spec, value) if value else ()
        if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise UnfitError(spec.expected)
    if spec.sort == "text" and isinstance(value, (int, float)) and not isinstance(value, bool):
        # Ids that are numbers come out of a frame as numbers, and out of one with gaps as floats.
        return f"{value:.0f}" if float(value).is_integer() else str(value)
    if spec.sort == "whole" and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and spec.sort != "text":
        return from_cell(spec, value)
    return from_toml(spec, value)


def plain(value: Any) -> Any:
    """Return a value of NumPy or pandas as Python's own; any other as it is."""
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if getattr(value, "freqstr", "") == "D":  # a period of a day
        return value.to_timestamp().to_pydatetime()
    if type(value).__module__.partition(".")[0] == "numpy":
        return plain(value.item()) if value.ndim == 0 else [plain(one) for one in value]
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def is_missing(value: Any) -> bool:
    """Whether a cell of a frame is empty: None, NaN, NaT, ``pandas.NA``, or no text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 and bool(value != value)  # noqa: PLR0124


def _fields_of(value: object) -> dict[str, Any]:
    """The fields of an inner table that are given, from a mapping or a row."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items() if not is_missing(one)}
    return {"": value}


def _as_shown(cell: object) -> object:
    value = plain(cell)
    return tuple(value) if isinstance(value, list) else value


def _read_header(header: Mapping[str, Any], draft: Draft) -> None:
    tables = {*CSV_TABLES, *TOML_TABLES, "series"}
    specs = {name: spec for name, spec in specs_of(Scenario).items() if name not in tables}
    values: dict[str, Any] = {}
    bad: set[str] = set()
    for name, given in header.items():
        if given is None:
            continue
        if name not in specs:
            known = [*specs, *sorted(tables)]
            draft.spot.fault(draft.faults, name, None, f"one of {', '.join(known)}{did_you_mean(name, known)}")
        elif name == "settings":
            values[name] = _read_settings(given, draft)
        else:
            try:
                values[name] = tuple(given) if specs[name].sort == "list" else convert(specs[name], given)
            except UnfitError as error:
                bad.add(name)
                draft.spot.fault(draft.faults, name, _as_shown(given), str(error))
    for name, spec in specs.items():
        if spec.required and name not in values and name not in bad:
            bad.add(name)
            draft.faults.add(HEADER, None, name, None, f"this argument, {spec.expected}; it is missing")
    try:
        Scenario.model_validate(values | dict.fromkeys(("kinds", "places", "links"), ()))
    except ValidationError as error:
        bad |= report_refusal(error, Scenario, bad, draft.faults, draft.spot)
    draft.header = {name: value for name, value in values.items() if name not in bad}


def _read_settings(given: object, draft: Draft) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        draft.spot.fault(draft.faults, "settings", None, "a mapping of names to values")
        return {}
    settings = {}
    for name, setting in given.items():
        value = plain(setting)
        try:
            settings[str(name)] = setting_from_toml(list(value) if isinstance(value, tuple) else value)
        except UnfitError as error:
            draft.spot.fault(draft.faults, f"settings.{name}", _as_shown(setting), str(error))
    return settings


def _read_series(kind: str, frame: Any, draft: Draft) -> Series | None:
    """Read values by day and place: days are dates, or numbers from the scenario's first day on."""
    name = f"series.{kind}"
    if isinstance(frame, Series):
        return frame
    if not hasattr(frame, "columns") or draft.start is None:
        if draft.start is not None:
            draft.faults.add(name, None, "", type(frame).__name__, "a frame: a row a day, a column a place")
        return None
    days: list[int] = []
    for at, label in enumerate(frame.index):
        day = plain(label)
        day = day.date() if isinstance(day, dt.datetime) else day
        number = (day - draft.start).days if isinstance(day, dt.date) else day
        if not isinstance(number, int) or number < 0 or (days and number <= days[-1]):
            draft.faults.add(
                name, at, "", str(day), "days of the scenario in the index, dates or numbers from 0, rising"
            )
            return None
        days.append(number)
    values = frame.to_numpy(dtype=float)
    if not days or days[0] != 0 or not (values == values).all():  # noqa: PLR0124 - NaN is not itself
        draft.faults.add(name, 0, "", None, "a number in every cell, from the scenario's first day on")
        return None
    return Series(kind=kind, days=tuple(days), place_ids=tuple(map(str, frame.columns)), values=values)
