"""Admin units of a country, from common operational datasets: GeoJSON of boundaries, or a list of codes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError
from caravana.importers.tables.grids import read_grids
from caravana.importers.tables.sheets import LIMITS, cell_text
from caravana.received import as_utf8, encoding_of, read_ordinary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES = 2**28
MOST_LEVEL = 4
LEVELS = tuple(str(level) for level in range(MOST_LEVEL + 1))
_CODE = re.compile(r"(?i)adm(?:in)?([0-4])_?p?code")
_NAME = re.compile(r"(?i)adm(?:in)?([0-4])_?(name|ref_name|[a-z]{2})")


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """An admin unit.

    Attributes
    ----------
    code, name, level
        Its p-code, its name, and its level: 0 for a country.
    parent
        Code of the unit that it is part of; empty where that is not known.
    iso2, iso3
        Codes of its country; empty where the file does not say.
    """

    code: str
    name: str
    level: int
    parent: str = ""
    iso2: str = ""
    iso3: str = ""


def read_units(path: Path) -> tuple[AdminUnit, ...]:
    """Read the admin units of a file, of every level that it names, each once.

    Parameters
    ----------
    path
        GeoJSON of COD-AB (``adm2_name``, ``adm2_pcode`` or ``ADM2_EN``, ``ADM2_PCODE``), or a table (CSV, a workbook)
        of the same columns, or of Location, Admin Level, P-Code, Name, Parent P-Code.

    Raises
    ------
    InputError
        If it is none of these, or one code has two names.
    """
    units: dict[str, AdminUnit] = {}
    for number, row in enumerate(_rows(path), start=1):
        for unit in _units_of(row):
            known = units.setdefault(unit.code, unit)
            if known.name != unit.name:
                raise InputError(
                    f"{path.name}, unit {number}: {unit.code} is {unit.name!r} here and {known.name!r} before:"
                    " expected one name a code"
                )
    if not units:
        raise InputError(
            f"{path.name}: expected admin units with adm1_name and adm1_pcode, ADM1_EN and ADM1_PCODE, or P-Code"
        )
    return tuple(units.values())


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        raw = read_ordinary(path, most_bytes=MOST_BYTES)
    except OSError as error:
        raise InputError(f"{path}: expected a file that can be read; the system says: {error.strerror}") from None
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return _rows_of_table(path)
    if encoding := encoding_of(raw):
        raise InputError(f"{path.name}: expected {as_utf8(encoding)}")
    try:
        return [_texts(one) for one in _properties(json.loads(raw.decode("utf-8-sig")))]
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:100]
        raise InputError(f"{path.name}: expected GeoJSON or a table; listed instead: {what}") from None


def _rows_of_table(path: Path) -> list[dict[str, str]]:
    """Rows of a table by its first row; of a workbook's sheets all that name codes, each unit of which counts once."""
    rows = []
    for grid in read_grids(path, LIMITS)[0]:
        names = [cell_text(cell) for cell in grid.rows[0]]
        rows += [
            {name: text for name, cell in zip(names, cells, strict=False) if name and (text := cell_text(cell))}
            for cells in grid.rows[1:]
        ]
    return rows


def _properties(content: Any) -> list[dict[str, Any]]:
    features = content.get("features") if isinstance(content, dict) else content
    listed = (
        [one.get("properties", one) for one in features if isinstance(one, dict)] if isinstance(features, list) else []
    )
    return [one for one in listed if isinstance(one, dict)]


def _texts(row: Mapping[Any, Any]) -> dict[str, str]:
    # A code that another program took for a number has lost its noughts: it is told apart when it is reconciled.
    return {str(k).strip(): str(v).strip() for k, v in row.items() if k and isinstance(v, str | int | float)}


def _units_of(row: Mapping[str, str]) -> list[AdminUnit]:
    """The units that a row names: its own and all above it."""
    if "P-Code" in row and "Name" in row:
        level = row.get("Admin Level", "")
        if not row["P-Code"] or level not in LEVELS:
            return []
        parent = row.get("Parent P-Code", "")
        return [AdminUnit(row["P-Code"], row["Name"], int(level), parent, iso3=row.get("Location", ""))]
    iso = {key.lower(): value for key, value in row.items() if key.lower() in {"iso2", "iso3"}}
    codes: dict[int, str] = {}
    names: dict[int, str] = {}
    for key, value in row.items():
        if (match := _CODE.fullmatch(key)) and value:
            codes[int(match[1])] = value
        elif (match := _NAME.fullmatch(key)) and value:
            # Of names in several languages the first one is the one that the file puts first.
            names.setdefault(int(match[1]), value)
    country = (iso.get("iso2", ""), iso.get("iso3", ""))
    return [
        AdminUnit(codes[number], names[number], number, codes.get(number - 1, ""), *country)
        for number in range(MOST_LEVEL + 1)
        if number in codes and number in names
    ]
