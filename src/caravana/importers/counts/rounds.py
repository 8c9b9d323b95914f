"""Which sheets of a file hold counts, and what the columns of each hold: a workbook has one a round, or a summary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.counts.headers import (
    DISPLACED,
    OF_PEOPLE,
    OTHERS,
    CountTable,
    find_table,
    people_of,
    rank,
    squashed,
)
from caravana.importers.counts.layouts import melt
from caravana.importers.counts.mapping import CountMapping, with_columns, with_reading
from caravana.importers.counts.proposing import propose
from caravana.importers.identities import refuse_identities
from caravana.importers.tables.dates import Dates, read_dates

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from caravana.importers.tables.cells import Grid
    from caravana.importers.tables.dates import Order

MOST_NAMED = 5
"""Sheets, and faults of sheets, that a message names at most."""


def tables_of(
    grids: list[Grid], given: CountMapping | None, path: Path, notes: list[str], *, called: str = "the mapping"
) -> list[tuple[CountTable, CountMapping]]:
    """The tables that hold counts, and what the columns of each hold.

    Sheets of the same columns are read alike.  One of other columns is read as well where it counts the same and is of
    days that no sheet before it is of, as a round whose header was changed; one of the same days may tell of the same
    people once more, and one that counts others (returnees, inhabitants) is no later count of those displaced.

    Parameters
    ----------
    grids
        The sheets.
    given
        Which column holds what, where that is known; what it leaves out is proposed.
    path
        The file.
    notes
        Takes what is worth knowing about the choice.
    called
        What messages call the mapping that is given.

    Raises
    ------
    InputError
        If none holds counts, or a column is one of persons' names.
    """
    tables = [table for grid in grids if (table := _table_of(grid, given)).rows]
    if not tables:
        raise InputError(f"{path.name}: expected rows below the header; there are none")
    refuse_identities(dict.fromkeys(name for table in tables for name in table.columns), path.name)
    if given is not None and given.names_columns:
        fitting = [t for t in tables if {given.place, given.date, given.persons} - {""} <= set(t.columns)] or tables[:1]
        filled = _filled_all(given, fitting, path, called)
        note_left(notes, [t.sheet for t in tables if not any(t is table for table, _ in filled)])
        return _with_order(filled)
    proposed, said = _proposed(tables, path)
    if given is not None:
        proposed = [(table, with_reading(mapping, given)) for table, mapping in proposed]
    return _join(_with_order(proposed), [t.sheet for t in tables if t.sheet not in said], said, notes)


def _filled_all(
    given: CountMapping, tables: list[CountTable], path: Path, called: str
) -> list[tuple[CountTable, CountMapping]]:
    """Each table with its mapping; what the mapping leaves out may be called otherwise in each.

    Raises
    ------
    InputError
        If of no table all is known that is needed; what is said is of the first.
    """
    # Of one header alone, so that tables of the same columns are read alike.
    headed = replace(given, header_row=tables[0].header_line if given.header_row is None else given.header_row)
    out, refused = [], []
    for table in tables:
        try:
            out.append((table, with_columns(_filled(headed, table, path), table, called)))
        except InputError as error:
            refused.append(error)
    if not out:
        raise refused[0]
    return out


def _filled(given: CountMapping, table: CountTable, path: Path) -> CountMapping:
    """A mapping with the columns that it leaves out, where they can be told."""
    if given.layout != "long" or (given.date and given.persons):
        return given
    try:
        proposed, _ = propose(table, stem=path.stem)
    except InputError:
        return given
    if proposed.layout != "long":
        return given
    placed = given.place or given.one_place
    return replace(
        given,
        place=given.place if placed else proposed.place,
        code=given.code if placed else proposed.code,
        date=given.date or proposed.date,
        persons=given.persons or proposed.persons,
    )


def _proposed(
    tables: list[CountTable], path: Path
) -> tuple[list[tuple[CountTable, CountMapping]], dict[str, list[str]]]:
    """What the columns of each table hold, where that can be told, and what is worth knowing of each sheet."""
    refusals: list[str] = []
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], CountMapping] = {}
    proposed: list[tuple[CountTable, CountMapping]] = []
    said: dict[str, list[str]] = {}
    for table in tables:
        said_of: list[str] = []
        mapping = known.get((table.columns, table.tags))
        if mapping is None:
            try:
                mapping, said_of = propose(table, stem=path.stem)
            except InputError as error:
                refusals.append(f"{path.name}{f', sheet {table.sheet}' if table.sheet else ''}: {error}")
                continue
        said[table.sheet] = said_of
        known[table.columns, table.tags] = mapping
        proposed.append((table, mapping))
    if not proposed:
        raise InputError("\n".join(refusals[:MOST_NAMED]))
    return proposed, said


def _join(
    proposed: list[tuple[CountTable, CountMapping]], left: list[str], said: dict[str, list[str]], notes: list[str]
) -> list[tuple[CountTable, CountMapping]]:
    """The tables that are read as one series; notes say which are joined, and which are not."""
    first, its_mapping = _leading(proposed)
    chosen: list[tuple[CountTable, CountMapping]] = []
    heads: list[str] = []
    others: list[str] = []
    days: set[dt.date | None] = set()
    for table, mapping in proposed:
        if not _counts_the_same(first, its_mapping, table, mapping):
            others.append(_shown(table, mapping))
            continue
        alike = any(other.columns == table.columns for other, _ in chosen)
        read = _dates(table, mapping)
        of_table = set(read.dates) - {None}
        # One whose days are undecided is refused by that reason, and not left.
        if chosen and not alike and read.undecided is None and (not of_table or of_table & days):
            left.append(table.sheet)
            continue
        if not alike:
            heads.append(_shown(table, mapping))
        notes.extend(said[table.sheet])
        days |= of_table
        chosen.append((table, mapping))
    if len(heads) > 1:
        notes.append(f"sheets of other columns are read as one series: {_listed(heads)}")
    if others:
        notes.append(
            f"sheets that count something else than {_shown(first, its_mapping)} are not read: {_listed(others)}"
        )
    note_left(notes, left)
    return chosen


def _leading(proposed: list[tuple[CountTable, CountMapping]]) -> tuple[CountTable, CountMapping]:
    """The table that says what is counted: the first one, or of inhabitants and others the first of the displaced."""
    if rank(proposed[0][1].persons, OTHERS) is None:
        return proposed[0]
    return next((one for one in proposed if rank(one[1].persons, DISPLACED) is not None), proposed[0])


def _with_order(tables: list[tuple[CountTable, CountMapping]]) -> list[tuple[CountTable, CountMapping]]:
    """The tables; where one leaves open which number is the day, the order that the others decide is taken."""
    if len(tables) < 2 or all(_dates(*one).undecided is None for one in tables):
        return tables
    orders = {order for table, mapping in tables if (order := _decided_order(table, mapping))}
    if len(orders) != 1:
        return tables
    return [(table, replace(mapping, date_order=mapping.date_order or min(orders))) for table, mapping in tables]


def _decided_order(table: CountTable, mapping: CountMapping) -> Order | None:
    """The only order in which every date of a table can be read; None where both can, or none had to be decided."""
    orders: tuple[Order, ...] = ("day first", "month first")
    if _dates(table, mapping).undecided is not None:
        return None
    one, other = (_dates(table, replace(mapping, date_order=order)) for order in orders)
    if one.dates == other.dates:
        return None
    read = melt(table, mapping)
    return read.order or read_dates(read.dates, order=mapping.date_order, epoch=table.epoch).order


def _dates(table: CountTable, mapping: CountMapping) -> Dates:
    return read_dates(melt(table, mapping).dates, order=mapping.date_order, epoch=table.epoch)


def _counts_the_same(one: CountTable, its: CountMapping, other: CountTable, others: CountMapping) -> bool:
    """Whether two tables count the same people: their columns do, and neither sheet's name says another kind."""
    meanings = []
    kinds = []
    tags = []
    for table, mapping in ((one, its), (other, others)):
        name = mapping.persons or mapping.measure
        meanings.append(people_of(name) or squashed(name))
        # A sheet that is named Returnees counts them, though its column says individuals.
        kinds.append(people_of(table.sheet, OF_PEOPLE) or people_of(name))
        tags.append(table.tags[table.columns.index(name)] if name in table.columns else "")
    if None not in kinds and kinds[0] != kinds[1]:
        return False
    if all(tags):
        return set(tags[0].split("+")) == set(tags[1].split("+"))
    # Without a word for what is counted, a column a date and a column a place are no more alike than that.
    return meanings[0] == meanings[1] and (bool(meanings[0]) or its.layout == others.layout)


def _shown(table: CountTable, mapping: CountMapping) -> str:
    """A sheet and its columns, as notes name them."""
    columns = [name for name in (mapping.place, mapping.date, mapping.persons or mapping.measure) if name]
    return f"{table.sheet} ({', '.join(columns)})" if columns else table.sheet


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" ..." if len(names) > MOST_NAMED else "")


def note_left(notes: list[str], sheets: list[str]) -> None:
    """Note which sheets are not read, if any."""
    if sheets:
        notes.append(f"sheets of other columns are not read: {_listed(sheets)}")


def _table_of(grid: Grid, given: CountMapping | None) -> CountTable:
    """The table of a grid; where the header of another sheet stands on another line, it is looked for there."""
    usual = find_table(grid)
    if given is None:
        return usual
    there = find_table(grid, header_line=given.header_row)
    wanted = {given.place, given.date, given.persons} - {""}
    # Of a sheet that ends above that line there is no row, and it is still a sheet that is not read.
    elsewhere = wanted <= set(usual.columns) and not wanted <= set(there.columns)
    return usual if elsewhere or not there.rows else there
