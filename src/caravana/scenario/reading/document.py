"""Reads ``scenario.toml``: the scenario's own fields and its short tables."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from caravana.scenario.fields import FieldSpec, UnfitError, from_toml, setting_from_toml, specs_of
from caravana.scenario.model import Scenario
from caravana.scenario.reading.draft import (
    CSV_TABLES,
    DOCUMENT,
    TOML_TABLES,
    Draft,
    Entry,
    Spot,
    make_entry,
    report_refusal,
)
from caravana.scenario.reading.tables import StoppedError, decoded_lines, open_checked
from caravana.scenario.row import Row
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.scenario.reading.faults import FaultList

#: Largest ``scenario.toml`` read, in bytes: the parser is in Python, and the file is for hands.
MOST_DOCUMENT_BYTES = 8 * 2**20

#: Keys by which a scenario takes a packaged road, and what they hold.
ROAD_KEYS = {"road": "the name of a packaged road", "branches": "a list of names of branches of the road"}
R = TypeVar("R", bound=Row)

_HEADING = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\")(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*=(.*)")
_AROUND_DOT = re.compile(r"\s*\.\s*")
_ITEM = re.compile(r"\s*\{(.*)")
_INNER_KEY = re.compile(r"[{,]\s*([\w-]+)\s*=")
_PLACE_IN_ERROR = re.compile(r"\s*\(at line (\d+), column (\d+)\)$|\s*\(at end of document\)$")


@dataclass(slots=True)
class KeyLines:
    """Lines on which the keys of a TOML text stand.

    Attributes
    ----------
    top
        Line of each key or table heading at the top, and of keys within tables (``settings.x``).
    tables
        For each array of tables, the line of each item and the lines of its keys.
    """

    top: dict[str, int] = field(default_factory=dict)
    tables: dict[str, list[tuple[int, dict[str, int]]]] = field(default_factory=dict)


def find_keys(text: str) -> KeyLines:
    """Find the lines of headings and keys (``tomllib`` gives none).

    Text over several lines is skipped; what is missed falls back on the line of its table.  The
    items of a list of tables (``kinds = [``) are found where each begins a line.
    """
    key_lines = KeyLines()
    keys, prefix, fence, listed = key_lines.top, "", "", ""
    for number, line in enumerate(text.split("\n"), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if listed and (item := _ITEM.match(line)):
            within = dict.fromkeys(_INNER_KEY.findall("{" + item[1]), number)
            key_lines.tables.setdefault(listed, []).append((number, within))
        elif heading := _HEADING.match(line):
            listed = ""
            name = _AROUND_DOT.sub(".", heading[2])
            table, _, inner = name.partition(".")
            if heading[1] == "[[":
                keys, prefix = {}, ""
                key_lines.tables.setdefault(name, []).append((number, keys))
                key_lines.top.setdefault(name, number)
            elif table in key_lines.tables and inner:
                keys, prefix = key_lines.tables[table][-1][1], f"{inner}."
                keys[inner] = number
            else:
                keys, prefix = key_lines.top, f"{name}."
                keys[name] = number
        elif key := _KEY.match(line):
            name = prefix + _AROUND_DOT.sub(".", key[1]).replace('"', "")
            keys[name] = number
            keys |= {f"{name}.{inner}": number for inner in _INNER_KEY.findall(key[2])}
            listed = name if keys is key_lines.top and key[2].partition("#")[0].strip() == "[" else ""
            fence = next((mark for mark in ('"""', "'''") if key[2].count(mark) % 2), "")
    return key_lines


def read_document(path: Path, draft: Draft) -> Mapping[str, str]:
    """Read ``scenario.toml`` into a draft.

    Parameters
    ----------
    path
        The file.
    draft
        Takes header, tables and faults.

    Returns
    -------
    mapping
        Unit of each declared series, by its kind, in the order declared.
    """
    for table in TOML_TABLES:
        draft.tables[table] = None
    text = _read_text(path, draft.faults)
    values = None if text is None else _parse(text, draft.faults)
    if text is None or values is None:
        return {}
    lines = find_keys(text)
    draft.spot = Spot(DOCUMENT, lines=lines.top)
    for table, model in TOML_TABLES.items():
        items = _items(table, values.pop(table, []), lines, draft)
        draft.tables[table] = None if items is None else [
            read_item(model, item, Spot(DOCUMENT, line, f"{table}.", keys), draft.faults)
            for item, line, keys in items
        ]  # fmt: skip
    units = _read_series_units(values.pop("series", []), lines, draft)
    _read_header(values, draft)
    return units


def read_list(path: Path, table: str, model: type[R], faults: FaultList, *, most_bytes: int) -> list[R]:
    """Read a TOML file of one list of tables (``[[policies]]``) and nothing else.

    Parameters
    ----------
    path
        The file.
    table
        Name of the list.
    model
        The class of its rows.
    faults
        Takes every fault, by key and line.
    most_bytes
        Largest file read.

    Returns
    -------
    list
        The rows that are sound.
    """
    text = _read_text(path, faults, most_bytes=most_bytes)
    values = None if text is None else _parse(text, faults, file=path.name)
    if text is None or values is None:
        return []
    lines = find_keys(text)
    draft = Draft(faults, spot=Spot(path.name, lines=lines.top))
    only = f"[[{table}]] tables and nothing else"
    for key in values:
        if key != table:
            draft.spot.fault(faults, key, key, f"{only}{did_you_mean(key, [table])}")
    if not values.get(table):
        faults.add(path.name, None, "", None, only)
        return []
    items = _items(table, values[table], lines, draft) or []
    entries = [read_item(model, item, Spot(path.name, line, f"{table}.", keys), faults) for item, line, keys in items]
    return [entry.row for entry in entries if not entry.bad]


def _read_text(path: Path, faults: FaultList, *, most_bytes: int = MOST_DOCUMENT_BYTES) -> str | None:
    file = open_checked(path, faults, most_bytes=most_bytes)
    if file is None:
        return None
    with file:
        try:
            return "".join(decoded_lines(file, path.name, faults))
        except StoppedError:
            return None
        except OSError as error:
            faults.add(path.name, None, "", None, f"a file that can be read; the system says: {error.strerror}")
            return None


def _parse(text: str, faults: FaultList, *, file: str = DOCUMENT) -> dict[str, Any] | None:
    try:
        # A lone carriage return ends a line for an editor, but is refused by TOML: let it say where.
        return tomllib.loads(text)
    except RecursionError:
        faults.add(file, None, "", None, "TOML with lists nested less deeply")
    except ValueError as error:
        message = str(error)
        line: int | None = text.count("\n") + 1
        where = ""
        if place := _PLACE_IN_ERROR.search(message):
            message = message[: place.start()]
            if place[1]:
                line, where = int(place[1]), f" at character {place[2]}"
        faults.add(file, line, "", None, f"valid TOML{where}; found instead: {message[:1].lower()}{message[1:]}")
    return None


def _items(
    table: str, value: object, lines: KeyLines, draft: Draft
) -> list[tuple[dict[str, Any], int | None, dict[str, int]]] | None:
    """Items of an array of tables with their lines; None, with a fault, if it is something else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        draft.spot.fault(draft.faults, table, None, f"tables that each begin with [[{table}]]")
        return None
    spots = lines.tables.get(table, [])
    if len(spots) != len(value):  # written as one inline list
        spots = [(lines.top.get(table, 0), {})] * len(value)
    return [(item, line or None, keys) for item, (line, keys) in zip(value, spots, strict=True)]


def read_item(model: type[R], item: Mapping[str, Any], spot: Spot, faults: FaultList) -> Entry[R]:
    """Read one table as a row, reporting unknown keys and values that do not fit."""
    specs = specs_of(model)
    values: dict[str, object] = {}
    bad: list[str] = []
    for key, value in item.items():
        spec = specs.get(key)
        if spec is None:
            spot.fault(faults, key, key, f"one of the keys {', '.join(specs)}{did_you_mean(key, specs)}")
            continue
        try:
            values[key] = _read_inner(spec, from_toml(spec, value), spot, faults)
        except UnfitError as error:
            bad.append(key)
            if str(error):
                spot.fault(faults, key, value, str(error))
    for key, spec in specs.items():
        if spec.required and key not in item:
            bad.append(key)
            spot.fault(faults, key, None, f"this key, {spec.expected}; it is missing")
    return make_entry(model, values, bad, faults, spot)


def _read_inner(spec: FieldSpec, value: object, spot: Spot, faults: FaultList) -> object:
    """Convert the inner table of a field that holds one, and any other value as it is.

    Raises
    ------
    UnfitError
        If the table has faults; they are reported, and the message is empty.
    """
    if spec.model is None or not isinstance(value, dict):
        return value
    prefix = f"{spec.name}."
    inner_lines = {key.removeprefix(prefix): line for key, line in spot.lines.items() if key.startswith(prefix)}
    inside = Spot(spot.file, spot.line_of(spec.name), f"{spot.prefix}{prefix}", inner_lines)
    before = len(faults)
    entry = read_item(spec.model, value, inside, faults)
    if len(faults) > before:
        raise UnfitError
    return entry.row


def _read_series_units(value: object, lines: KeyLines, draft: Draft) -> dict[str, str]:
    units: dict[str, str] = {}
    for item, line, keys in _items("series", value, lines, draft) or []:
        spot = Spot(DOCUMENT, line, "series.", keys)
        kind, unit = item.get("kind"), item.get("unit", "")
        for key in item.keys() - {"kind", "unit"}:
            spot.fault(draft.faults, key, key, "one of the keys kind, unit")
        if not isinstance(kind, str) or kind in units:
            spot.fault(draft.faults, "kind", kind, "the kind of a series, each kind once")
        elif not isinstance(unit, str):
            spot.fault(draft.faults, "unit", unit, "text")
        else:
            units[kind] = unit
    return units


def _read_header(values: Mapping[str, Any], draft: Draft) -> None:
    """Read the scenario's own fields; the tables stay empty at this point."""
    specs = {
        name: spec for name, spec in specs_of(Scenario).items()
        if name not in CSV_TABLES and name not in TOML_TABLES and name != "series"
    }  # fmt: skip
    header: dict[str, Any] = {}
    bad: set[str] = set()
    for key, value in values.items():
        if key in ROAD_KEYS:
            _read_road(key, value, draft)
        elif key in CSV_TABLES:
            draft.spot.fault(draft.faults, key, None, f"this table in a file {key}.csv, not here")
        elif key not in specs:
            allowed = [*specs, *TOML_TABLES, "series", *ROAD_KEYS]
            expected = f"one of the keys {', '.join(allowed)}{did_you_mean(key, allowed)}"
            draft.spot.fault(draft.faults, key, key, expected)
        elif key == "settings":
            header[key] = _read_settings(value, draft)
        else:
            try:
                header[key] = from_toml(specs[key], value)
            except UnfitError as error:
                bad.add(key)
                draft.spot.fault(draft.faults, key, value, str(error))
    # A folder says which format it is in, although the model has a default: it may outlive this version.
    for key, spec in specs.items():
        if (spec.required or key == "format") and key not in values:
            bad.add(key)
            draft.faults.add(DOCUMENT, None, key, None, f"this key, {spec.expected}; it is missing")
    try:
        Scenario.model_validate(header | dict.fromkeys(("kinds", "places", "links"), ()))
    except ValidationError as error:
        bad |= report_refusal(error, Scenario, bad, draft.faults, draft.spot)
    draft.header = {key: value for key, value in header.items() if key not in bad}


def _read_road(key: str, value: object, draft: Draft) -> None:
    """Read which packaged road a scenario takes, and which of its branches."""
    if key == "road" and isinstance(value, str) and value:
        draft.road = value
    elif key == "branches" and isinstance(value, list) and all(isinstance(name, str) for name in value):
        draft.branches = tuple(value)
    else:
        draft.spot.fault(draft.faults, key, value, ROAD_KEYS[key])


def _read_settings(value: object, draft: Draft) -> dict[str, Any]:
    if not isinstance(value, dict):
        draft.spot.fault(draft.faults, "settings", value, "a table [settings]")
        return {}
    settings: dict[str, Any] = {}
    for key, setting in value.items():
        try:
            settings[key] = setting_from_toml(setting)
        except UnfitError as error:
            draft.spot.fault(draft.faults, f"settings.{key}", setting, str(error))
    return settings
