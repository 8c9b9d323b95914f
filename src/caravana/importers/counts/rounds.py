"""Which sheets of a file hold counts, and what the columns of each hold: a workbook has one a round, or a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.counts.headers import CountTable, find_table
from caravana.importers.counts.layouts import melt
from caravana.importers.counts.mapping import CountMapping, with_columns
from caravana.importers.counts.proposing import propose
from caravana.importers.identities import refuse_identities
from caravana.importers.tables.dates import read_dates

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from caravana.importers.tables.cells import Grid

MOST_NAMED = 5
"""Sheets, and faults of sheets, that a message names at most."""


def tables_of(
    grids: list[Grid], given: CountMapping | None, path: Path, notes: list[str]
) -> list[tuple[CountTable, CountMapping]]:
    """The tables that hold counts, and what the columns of each hold.

    Sheets of the same columns are read alike.  One of other columns is read as well where it is of days that no sheet
    before it is of, as a round whose header was changed; one of the same days may tell of the same people once more.

    Parameters
    ----------
    grids
        The sheets.
    given
        Which column holds what, where that is known.
    path
        The file.
    notes
        Takes what is worth knowing about the choice.

    Raises
    ------
    InputError
        If none holds counts, or a column is one of persons' names.
    """
    tables = [table for grid in grids if (table := _table_of(grid, given)).rows]
    if not tables:
        raise InputError(f"{path.name}: expected rows below the header; there are none")
    refuse_identities(dict.fromkeys(name for table in tables for name in table.columns), path.name)
    if given is not None:
        fitting = [t for t in tables if {given.place, given.date, given.persons} - {""} <= set(t.columns)] or tables[:1]
        note_left(notes, [t.sheet for t in tables if t not in fitting])
        checked = with_columns(given, fitting[0], "the mapping")
        return [(table, checked) for table in fitting]
    refusals: list[str] = []
    left: list[str] = []
    chosen: list[tuple[CountTable, CountMapping]] = []
    days: set[dt.date | None] = set()
    for table in tables:
        alike = next((mapping for other, mapping in chosen if other.columns == table.columns), None)
        said: list[str] = []
        try:
            mapping, said = (alike, said) if alike else propose(table, stem=path.stem)
        except InputError as error:
            refusals.append(f"{path.name}{f', sheet {table.sheet}' if table.sheet else ''}: {error}")
            left.append(table.sheet)
            continue
        of_table = set(read_dates(melt(table, mapping).dates, epoch=table.epoch).dates) - {None}
        if chosen and alike is None and (not of_table or of_table & days):
            left.append(table.sheet)
            continue
        notes.extend(said)
        days |= of_table
        chosen.append((table, mapping))
    if not chosen:
        raise InputError("\n".join(refusals[:MOST_NAMED]))
    note_left(notes, left)
    return chosen


def note_left(notes: list[str], sheets: list[str]) -> None:
    """Note which sheets are not read, if any."""
    if sheets:
        more = " ..." if len(sheets) > MOST_NAMED else ""
        notes.append(f"sheets of other columns are not read: {', '.join(sheets[:MOST_NAMED])}{more}")


def _table_of(grid: Grid, given: CountMapping | None) -> CountTable:
    """The table of a grid; where the header of another sheet stands on another line, it is looked for there."""
    usual = find_table(grid)
    if given is None:
        return usual
    there = find_table(grid, header_line=given.header_row)
    wanted = {given.place, given.date, given.persons} - {""}
    return usual if wanted <= set(usual.columns) and not wanted <= set(there.columns) else there
