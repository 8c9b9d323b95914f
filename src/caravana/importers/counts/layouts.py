"""Tables of any layout turned into one row a count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from caravana.importers.counts.headers import CountTable
from caravana.importers.counts.mapping import CountMapping
from caravana.importers.counts.proposing import columns_of_dates, columns_of_parts, place_columns
from caravana.importers.tables.cells import EXCEL_EPOCH
from caravana.importers.tables.totals import sum_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.tables.cells import Cell
    from caravana.importers.tables.dates import Order


@dataclass(frozen=True, slots=True)
class Melted:
    """A table as a row a count: parallel columns."""

    places: list[Cell]
    codes: list[Cell]
    dates: list[Cell]
    persons: list[Cell]
    lines: list[int]
    names: tuple[str, str]
    order: Order | None = None
    epoch: dt.date = EXCEL_EPOCH


def melt(table: CountTable, mapping: CountMapping) -> Melted:
    """Turn any layout into one row a count."""
    return replace(_melt(table, mapping), epoch=table.epoch)


def _melt(table: CountTable, mapping: CountMapping) -> Melted:
    blank: list[Cell] = [None] * len(table.rows)
    places: list[Cell] = [mapping.one_place] * len(table.rows)
    if mapping.place:
        places = [
            _sum_named(row) if place is None else place
            for place, row in zip(table.column(mapping.place), table.rows, strict=True)
        ]
    codes = table.column(mapping.code) if mapping.code else blank
    lines = list(table.lines)
    if mapping.layout == "long":
        dates, persons = table.column(mapping.date), table.column(mapping.persons)
        return Melted(list(places), codes, dates, persons, lines, (mapping.date, mapping.persons))
    if mapping.layout == "dates":
        columns, days = columns_of_dates(table, mapping)
        heads: list[Cell] = list(days.dates) if days.undecided is None else [days.undecided] * len(columns)
        return Melted(
            [p for p in places for _ in columns], [c for c in codes for _ in columns], heads * len(table.rows),
            _by_rows(table, columns), [line for line in lines for _ in columns],
            ("the header", "the columns of dates"), days.order,
        )  # fmt: skip
    named = place_columns(table, mapping.date)
    columns = [*named, *(n for n in table.columns if sum_of(n) == "all"), *columns_of_parts(table)]
    return Melted(
        [n for _ in table.rows for n in columns], [None for _ in table.rows for _ in columns],
        [d for d in table.column(mapping.date) for _ in columns], _by_rows(table, columns),
        [line for line in lines for _ in columns], (mapping.date, "the columns of places"),
    )  # fmt: skip


def _sum_named(row: Sequence[Cell]) -> str | None:
    """What a row without a place is called that adds up others, in whichever column that stands; None for no such."""
    return next((cell for cell in row if isinstance(cell, str) and sum_of(cell) is not None), None)


def _by_rows(table: CountTable, columns: Sequence[str]) -> list[Cell]:
    at = [table.columns.index(name) for name in columns]
    return [row[i] for row in table.rows for i in at]
