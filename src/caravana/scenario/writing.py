"""Writes scenario folders: whole or not at all, and without loss."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

from pydantic import BaseModel

from caravana.errors import CaravanaError, ScenarioError, UsageError
from caravana.numerals import two_meanings
from caravana.scenario.cells import csv_line
from caravana.scenario.fields import specs_of
from caravana.scenario.model import Scenario, Series
from caravana.scenario.reading.causes import COUNTING
from caravana.scenario.reading.draft import CSV_TABLES, DOCUMENT, TOML_TABLES
from caravana.scenario.reading.series import series_file
from caravana.scenario.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_CONTROL = {code: f"\\u{code:04X}" for code in (*range(32), 127)} | _ESCAPED


def scenario_texts(scenario: Scenario) -> dict[str, str]:
    """Files of a scenario folder, as text by file name.

    Raises
    ------
    ScenarioError
        If a list in a table holds a ``;`` or an empty item, which its cell could not carry.
    """
    texts = {DOCUMENT: _document_text(scenario)}
    for table, model in CSV_TABLES.items():
        texts[f"{table}.csv"] = _table_text(table, model, getattr(scenario, table))
    for series in scenario.series:
        texts[series_file(series.kind)] = _series_text(series)
    return texts


def write_files(scenario: Scenario, folder: Path) -> None:
    """Write the files of a scenario into a folder that is there, and empty."""
    for name, text in scenario_texts(scenario).items():
        try:
            (folder / name).write_bytes(text.encode())
        except UnicodeEncodeError as error:
            raise ScenarioError(f"{name}: text that UTF-8 cannot hold: {error.object[error.start]!a}") from None


def refuse_foreign(target: Path) -> None:
    """Refuse to write where something else stands.

    Raises
    ------
    UsageError
        If the target is a file, or a folder that has files but is no scenario folder.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target} is a file; a scenario is written as a folder")
    if any(target.iterdir()) and not (target / DOCUMENT).is_file():
        raise UsageError(f"{target} is not empty and is no scenario folder (no {DOCUMENT}); it is left as it is")


def as_caravana_error(error: OSError, target: Path) -> CaravanaError:
    """Say in one line why a folder could not be written."""
    return CaravanaError(f"cannot write {target}: {os.strerror(error.errno) if error.errno else error}")


def is_ours(name: str) -> bool:
    """Whether a file of this name is one that a scenario is written to, and none of notes or licences beside it."""
    return name == DOCUMENT or name.removesuffix(".csv") in CSV_TABLES or bool(re.fullmatch(r"series-.*\.csv", name))


def _table_text(table: str, model: type[Row], rows: Iterable[Row]) -> str:
    columns = list(model.model_fields)
    lines = [csv_line(columns)]
    specs = specs_of(model)
    for number, row in enumerate(rows, start=2):
        cells = []
        for name in columns:
            value = getattr(row, name)
            where = f"{table}.csv line {number}, column {name}"
            if value in ((), None) and specs[name].default not in ((), None):
                raise ScenarioError(f"{where}: nothing cannot be written, as an empty cell stands for the default")
            cell = _cell(value, where)
            # A count with three decimals would be read as one whose dot is of thousands.
            cells.append(f"{cell}0" if name in COUNTING and two_meanings(cell) else cell)
        lines.append(csv_line(cells))
    return "".join(lines)


def _series_text(series: Series) -> str:
    lines = [csv_line(["day", *series.place_ids])]
    for day, values in zip(series.days, series.values.tolist(), strict=True):
        lines.append(csv_line([str(day), *map(_number, values)]))
    return "".join(lines)


def _cell(value: object, where: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            for item in value:
                if not item or ";" in item or item != item.strip():
                    raise ScenarioError(
                        f"{where}: {item!r} cannot be an item of a list (empty, ';' within, or spaces around)"
                    )
            return ";".join(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    """Shortest text that reads back as the same number, whole numbers without a point."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    # A float of NumPy is written as one of Python's.
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def _document_text(scenario: Scenario) -> str:
    lines: list[str] = [f"format = {scenario.format}"]
    tables = {*CSV_TABLES, *TOML_TABLES, "series", "settings", "format"}
    specs = specs_of(Scenario)
    for name, spec in specs.items():
        value = getattr(scenario, name)
        if name not in tables and (spec.required or value != spec.default):
            # Notes are sentences: a line each.
            text = "[\n" + "".join(f"  {_toml(note)},\n" for note in value) + "]" if name == "notes" else _toml(value)
            lines.append(f"{name} = {text}")
    if scenario.settings:
        lines += ["", "[settings]"]
        lines += [f"{_toml_key(key)} = {_toml(value, typed=False)}" for key, value in scenario.settings.items()]
    for table in TOML_TABLES:
        for row in getattr(scenario, table):
            lines += ["", f"[[{table}]]", *_toml_lines(row)]
    for series in scenario.series:
        lines += ["", "[[series]]", f"kind = {_toml(series.kind)}"]
        if series.unit:
            lines.append(f"unit = {_toml(series.unit)}")
    return "\n".join(lines) + "\n"


def _toml_lines(row: BaseModel) -> Iterator[str]:
    for name, spec in specs_of(type(row)).items():
        value = getattr(row, name)
        if spec.required or value != spec.default:
            yield f"{name} = {_toml(value)}"


def toml_text(text: str) -> str:
    """Write a text as TOML has it, quotes around it."""
    return _toml(text)


def _toml(value: object, *, typed: bool = True) -> str:
    """Write a value; one that has no type but that of its text (a setting, 1.0) keeps its point."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value) if typed or isinstance(value, int) else repr(float(value))
        case dt.date():
            return value.isoformat()
        case str():
            return '"' + value.translate(_CONTROL) + '"'
        case BaseModel():
            return "{" + ", ".join(_toml_lines(value)) + "}"
        case tuple():
            return "[" + ", ".join(_toml(item, typed=typed) for item in value) + "]"
        case _:
            return _toml(str(value))


def _toml_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml(key)
