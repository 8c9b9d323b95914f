"""The stock that a person has typed into a spreadsheet of needs: read back, so that no new plan overwrites it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from caravana.errors import UsageError
from caravana.exports.supply_sheets import FIRST_STOCK
from caravana.language.language import LANGUAGES, load_language
from caravana.results.supplies import FOLLOWS, MOST_BYTES, Stock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

COLUMNS = 6
"""Columns of the stock sheet: item, place, quantity, unit, lead_days, note."""
LARGEST = 64 * MOST_BYTES


def read_kept(path: Path, *, items: Iterable[str], places: Mapping[str, str]) -> tuple[Stock, ...]:
    """Read the stock that a spreadsheet of needs holds; nothing where there is no such file, or none in it.

    Parameters
    ----------
    path
        A spreadsheet that ``caravana needs`` wrote, in whatever language.
    items
        Items of the profile.
    places
        Place id by lower-case name and id.

    Raises
    ------
    UsageError
        If it is none, or a line cannot be read: nothing of a person's is passed over in silence.
    """
    if not path.is_file():
        return ()
    if path.stat().st_size > LARGEST:
        raise UsageError(f"{path}: larger than any spreadsheet of needs; name another with --out")
    names = {load_language(code).text("supplies.stock_sheet") for code in LANGUAGES}
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheet = next((name for name in book.sheet_names if name in names), None)
        rows = [] if sheet is None else book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError(f"{path} is there and is no spreadsheet of needs ({error}); name another with --out") from None
    lines = []
    for number, row in enumerate(rows[FIRST_STOCK - 1 :], start=FIRST_STOCK):
        cells = [*row, *[""] * COLUMNS][:COLUMNS]
        if any(str(cell).strip() for cell in cells):
            lines.append(_line(cells, f"{path.name}, {sheet}, row {number}", frozenset(items), places))
    return tuple(lines)


def _line(cells: Sequence[object], where: str, items: frozenset[str], places: Mapping[str, str]) -> Stock:
    """A line of stock.

    Raises
    ------
    UsageError
        With the cell at fault.
    """
    item, place, quantity, _, lead, note = cells
    name, at = str(item).strip(), str(place).strip()
    if name not in items:
        raise UsageError(f"{where}, item: {name!r} is none of {', '.join(sorted(items))}")
    at = "" if at.casefold() == FOLLOWS else at
    if at and at.casefold() not in places:
        raise UsageError(f"{where}, place: the scenario has no place {at!r}")
    place_id = places[at.casefold()] if at else ""
    days = math.ceil(_number(lead or 0, f"{where}, lead_days"))
    return Stock(name, place_id, _number(quantity, f"{where}, quantity"), days, str(note))


def _number(cell: object, where: str) -> float:
    try:
        value = float(str(cell).strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise UsageError(f"{where}: {cell!r} is no number of at least 0")
    return value


def unused_name(path: Path) -> Path:
    """The path itself where nothing is there, else the first of ``NAME-2``, ``NAME-3`` and so on that is free."""
    free, number = path, 2
    while free.exists():
        free = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return free
