"""Attributes of people in a Flee instance (``demographics_X.csv``), and what rules about them need.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.flee.attributes import header_of
from caravana.scenario.demographics import RULES_OF_AGE, RULES_OF_LIKENESS, missing_traits, traits_needed
from caravana.scenario.model import Series

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.importers.flee.places import PlaceTable
    from caravana.importers.rows import Reader
    from caravana.scenario.settings import Value

#: Rules that ask for each attribute.
RULES_BY_TRAIT = {
    "age": ("children_avoid_hazards", "elderly_avoid_hazards", "boys_take_risk"),
    "gender": tuple(rule for rule, needed in RULES_OF_AGE.items() if "gender" in needed),
    "ethnicity": tuple(rule for rule, trait in RULES_OF_LIKENESS.items() if trait == "ethnicity"),
    "religion": tuple(rule for rule, trait in RULES_OF_LIKENESS.items() if trait == "religion"),
}


def read_demographics(reader: Reader, folder: Path, table: PlaceTable, chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Read ``demographics_X.csv`` into settings ``demographics.X.values``, ``.default`` and one a place.

    Values that are numbers are kept as numbers, others as text separated by ``;``.  What acts on nobody, as no
    rule that is set asks for it, is noted; a rule without the file it needs is a fault, as Flee stops there.
    """
    settings: dict[str, Value] = {}
    needed = traits_needed(chosen, mended=True)
    for path in sorted(folder.glob("demographics_*.csv")):
        name = path.stem.removeprefix("demographics_")
        before = len(reader.faults)
        read = _demographic(reader, path, name, table)
        if name not in RULES_BY_TRAIT and len(reader.faults) > before:
            reader.forgive(path, before, f"no rule acts on {name}")
            continue
        settings |= read
        if name not in RULES_BY_TRAIT:
            reader.notes.append(f"{path.name}: kept, but no rule acts on {name}")
        elif name not in needed:
            rules = RULES_BY_TRAIT[name]
            listed = f"{', '.join(rules[:-1])} or {rules[-1]}" if len(rules) > 1 else rules[0]
            reader.notes.append(f"{path.name}: kept, but acts on nobody without the setting {listed}")
    _check_rules(reader, folder, settings, chosen)
    return settings


def read_likeness(settings: Mapping[str, Value], chosen: Mapping[str, Value], table: PlaceTable) -> list[Series]:
    """Return inhabitants of each place by ethnicity and religion, where a rule asks: series ``ethnicity-1`` and so on.

    Flee has them in columns of ``locations.csv`` that are called as the values of the demographics are.
    """
    series: list[Series] = []
    for trait in ("ethnicity", "religion"):
        values = settings.get(f"demographics.{trait}.values")
        if trait not in traits_needed(chosen, mended=True) or values is None:
            continue
        names = values.split(";") if isinstance(values, str) else [f"{value:g}" for value in values]  # type: ignore[union-attr]
        for at, name in enumerate(names, start=1):
            column = table.attributes.get(name, {})
            if column:
                ids = tuple(table.ids[place] for place in column)
                row = np.array([list(column.values())], dtype=float)
                series.append(Series(kind=f"{trait}-{at}", unit="persons", days=(0,), place_ids=ids, values=row))
    return series


def _demographic(reader: Reader, path: Path, name: str, table: PlaceTable) -> dict[str, Value]:
    """Read the file of one attribute."""
    lines = reader.lines(path)
    settings: dict[str, Value] = {}
    if len(lines) < 2:
        if not reader.faulty(path):
            reader.fault(path, None, "", None, "a header and at least one row of a value and its weights")
        return settings
    header, rows = [lines[0].cells[0], *header_of(reader, path, lines[0])], lines[1:]
    for line in rows:
        if len(line.cells) < len(header):
            reader.fault(path, line.number, "", None, f"{len(header)} cells, not {len(line.cells)}")
    reader.note_beyond(path, rows, len(header))
    values = [row.cells[0] for row in rows]
    settings[f"demographics.{name}.values"] = _numbers(values) or ";".join(values)
    for index, column in enumerate(header[1:], start=1):
        weights = [
            reader.number(path, row.number, column, row.cells[index], low=0) for row in rows if index < len(row.cells)
        ]
        if column.lower() != "default" and column not in table.ids:
            reader.fault(path, lines[0].number, column, column, "a name in locations.csv", known=table.ids)
        elif any(math.isnan(weight) for weight in weights):
            continue
        elif not sum(weights) > 0:
            reader.fault(path, lines[0].number, column, None, "weights of which at least one is above 0")
        else:
            key = "default" if column.lower() == "default" else table.ids[column]
            settings[f"demographics.{name}.{key}"] = tuple(weights)
    if "default" not in [column.lower() for column in header[1:]]:
        reader.fault(path, lines[0].number, "Default", None, "a column Default")
    return settings


def _check_rules(reader: Reader, folder: Path, settings: Mapping[str, Value], chosen: Mapping[str, Value]) -> None:
    """Check that the rules about people have what they need."""
    if chosen.get("boys_take_risk") and not chosen.get("children_avoid_hazards"):
        reader.notes.append(
            "boys_take_risk: acts under walk; in Flee only together with children_avoid_hazards (quirk 19)"
        )
    for rule, what in missing_traits({**settings, **chosen}).items():
        trait = what.rsplit("demographics_", 1)[1].removesuffix(".csv)")
        path = folder / f"demographics_{trait}.csv"
        values = settings.get(f"demographics.{trait}.values")
        if values is None and not path.is_file():
            reader.fault(path, None, "", None, f"this file, which the setting {rule} needs")
        elif trait == "age" and isinstance(values, str):
            reader.fault(
                path, None, "age", values.split(";")[0], f"ages that are numbers, as the setting {rule} asks for them"
            )


def _numbers(values: list[str]) -> tuple[float, ...]:
    """Return the values as finite numbers, or nothing where one is none."""
    try:
        numbers = tuple(float(value) for value in values)
    except ValueError:
        return ()
    return numbers if all(math.isfinite(number) for number in numbers) else ()
