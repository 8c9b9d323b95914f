"""Counts of people from any table: one function, that says what was read, from which row, and what it adds up to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.errors import CaravanaError, InputError
from caravana.importers.counts.headers import CountTable
from caravana.importers.counts.layouts import Melted, melt
from caravana.importers.counts.mapping import (
    CountMapping,
    mapping_of,
    mapping_path,
    read_mapping,
    write_mapping,
)
from caravana.importers.counts.repeats import without_repeats
from caravana.importers.counts.rounds import tables_of
from caravana.importers.counts.sums import CountRow, without_places
from caravana.importers.tables.dates import SWAPPED, date_in, read_dates
from caravana.importers.tables.grids import read_grids
from caravana.importers.tables.numbers import read_numbers
from caravana.importers.tables.sheets import cell_text
from caravana.importers.tables.totals import sum_of
from caravana.numerals import two_meanings
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from caravana.importers.tables.cells import Cell


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people at a place on a date.

    Attributes
    ----------
    place
        As the source spells it.
    date
        The date.
    persons
        People counted.
    row
        Line of the source's row; of several rows added up, the first.
    code
        P-code or other code of the place; empty where there is none.
    """

    place: str
    date: dt.date
    persons: float
    row: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class PeriodSum:
    """What the counts of one date add up to, and what the source says that they do (None where it says nothing)."""

    date: dt.date
    persons: float
    stated: float | None

    @property
    def difference(self) -> float | None:
        """What was read less what the source states; None where it states nothing."""
        return None if self.stated is None else self.persons - self.stated


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """Counts of people as they were read.

    Attributes
    ----------
    rows
        In order of place, code and date, one of each.
    sums
        What they add up to by date, against the source's own totals.
    mapping
        Which column held what.
    notes
        How the file was read, and what was left out, one line each.
    source
        Name of the file or folder.
    """

    rows: tuple[Count, ...]
    sums: tuple[PeriodSum, ...]
    mapping: CountMapping
    notes: tuple[str, ...]
    source: str

    def frame(self) -> pd.DataFrame:
        """The counts as a table: place, date, persons, row, code."""
        import pandas as pd

        columns = ("place", "date", "persons", "row", "code")
        return pd.DataFrame([[getattr(one, c) for c in columns] for one in self.rows], columns=list(columns))


def read_counts(
    path: str | Path, *, mapping: str | Path | Mapping[str, Any] | CountMapping | None = None, keep: bool = True
) -> PeopleCounts:
    """Read counts of people by place and date.

    A row a count, a column a date, or a column a place; header rows and a row of HXL tags are recognised.  What each
    column holds is proposed, and kept in a small file beside the data (``NAME.mapping.toml``), which is used the next
    time and may be changed by hand.

    Parameters
    ----------
    path
        A CSV file, a workbook (XLSX), JSON, or a folder of Flee's (``source_data`` with ``data_layout.csv``).
    mapping
        Which column holds what: a file, a table of the same entries, or None for the one kept beside the data, or
        else a proposal.
    keep
        Whether a proposal is kept beside the data.

    Returns
    -------
    PeopleCounts
        One a place and date.  Rows of one place and date are added up; totals of the source are taken out and
        compared.

    Raises
    ------
    InputError
        If the file cannot be read, or what a column holds cannot be decided; everything wrong is listed.
    """
    path = Path(path)
    if path.is_dir():
        return _read_layout(path)
    grids, notes = read_grids(path)
    kept = mapping_path(path)
    given: CountMapping | None = None
    called = "the mapping"
    if isinstance(mapping, CountMapping):
        given = mapping
    elif isinstance(mapping, Mapping):
        given = mapping_of(mapping, "the mapping")
    elif mapping is not None or kept.is_file():
        used = kept if mapping is None else Path(mapping)
        given = read_mapping(used)
        called = used.name
        notes.append(f"columns as {used.name} says")
    tables = tables_of(grids, given, path, notes, called=called)
    rows, stated, decided = _collect(tables, path.name, notes)
    if given is None and keep and len({table.columns for table, _ in tables}) == 1:
        _keep(kept, decided, path.name, notes)
    return _as_counts(rows, stated, decided, notes, path.name)


def _keep(kept: Path, mapping: CountMapping, about: str, notes: list[str]) -> None:
    try:
        write_mapping(kept, mapping, about)
    except (OSError, CaravanaError):
        notes.append(f"what the columns hold could not be kept in {kept.name}: the folder cannot be written")


def _collect(
    tables: list[tuple[CountTable, CountMapping]], name: str, notes: list[str]
) -> tuple[list[CountRow], dict[dt.date, float], CountMapping]:
    """Read the counts of all tables; what was decided over their columns goes into the mapping."""
    rows: list[CountRow] = []
    totals: list[CountRow] = []
    decided: dict[CountMapping, CountMapping] = {}
    faults: list[str] = []
    for table, given in tables:
        mapping = decided.get(given, given)
        where = f"{name}, sheet {table.sheet}" if len(tables) > 1 else name
        try:
            melted = melt(without_repeats(table, mapping, notes, where), mapping)
            decided[given] = _read_melted(melted, mapping, where, notes, rows, totals, sheet_date=date_in(table.sheet))
        except InputError as error:
            faults += [line for line in str(error).split("\n") if line not in faults]
    if faults:
        raise InputError("\n".join(faults))
    rows, totals = without_places(rows, totals, notes)
    return rows, _stated(totals, notes), decided[tables[0][1]]


def _stated(totals: list[CountRow], notes: list[str]) -> dict[dt.date, float]:
    """The total of each day; none where several differ, of which one may be that of a part, or a place's name."""
    of_days: dict[dt.date, dict[float, CountRow]] = defaultdict(dict)
    for one in totals:
        of_days[one[2]].setdefault(one[3], one)
    several = [list(numbers.values()) for numbers in of_days.values() if len(numbers) > 1]
    if several:
        listed = "; ".join(f"{name}, line {line}: {number:,.0f}" for name, _, _, number, line in several[0][:2])
        notes.append(
            f"{len(several):,} dates have totals that differ; none of them is compared, and none is taken for a place"
            f" (first: {several[0][0][2]}, {listed})"
        )
    return {date: next(iter(numbers)) for date, numbers in of_days.items() if len(numbers) == 1}


def _read_melted(
    melted: Melted, mapping: CountMapping, where: str, notes: list[str], rows: list[CountRow],
    totals: list[CountRow], *, sheet_date: dt.date | None,
) -> CountMapping:  # fmt: skip
    """Read the columns of one table into `rows`, and its totals into `totals`."""
    cells: list[Cell] = list(melted.dates)
    if sheet_date is not None and all(cell is None for cell in cells):
        cells = [sheet_date] * len(cells)
    dates = read_dates(cells, order=mapping.date_order, epoch=melted.epoch)
    numbers = read_numbers(melted.persons, thousands=mapping.thousands)
    faults = []
    kept = mapping_path(Path(where.split(", sheet ", maxsplit=1)[0])).name
    if dates.undecided is not None:
        hint = "" if dates.expected == SWAPPED else f'; say so in {kept}: date_order = "day first" (or "month first")'
        faults.append(f"{where}, column {melted.names[0]}: {dates.undecided!r} — expected {dates.expected}{hint}")
    if numbers.fault is not None:
        at, expected = numbers.fault
        if two_meanings(str(melted.persons[at]).strip()):
            expected += f'; say so in {kept}: thousands = "." (or "" for none)'
        faults.append(
            f"{where} line {melted.lines[at]}, column {melted.names[1]}: {str(melted.persons[at])[:40]!r}"
            f" — expected {expected}"
        )
    faults += _unread(where, melted, melted.names[0], dates.unread, melted.dates, "a date")
    if numbers.fault is None:
        faults += _unread(where, melted, melted.names[1], numbers.unread, melted.persons, "a number of people")
    if faults:
        raise InputError("\n".join(faults))
    _note(notes, numbers.withheld, "cells withhold a small number, or have none; they are left out, and are no zeros")
    _note(notes, numbers.ranges, "cells give a range; its middle is taken")
    _note(notes, numbers.rounded, "numbers with fractions are rounded to whole people")
    _note(notes, len(dates.by_month), "dates name a month and no day; its first day is taken")
    named = bool(mapping.place) or mapping.layout == "places"
    _take(where, melted, dates.dates, numbers.numbers, notes, rows, totals, named=named)
    return replace(
        mapping,
        date_order=mapping.date_order or dates.order or melted.order,
        thousands=numbers.thousands if mapping.thousands is None else mapping.thousands,
    )


def _note(notes: list[str], number: int, what: str) -> None:
    if number:
        notes.append(f"{number:,} {what}")


def _unread(
    where: str, melted: Melted, column: str, unread: Sequence[int], cells: Sequence[Cell], expected: str
) -> list[str]:
    """One line for a column's cells that are not what they should be; rows of totals and footnotes have no place."""
    real = [i for i in unread if not _is_footnote(melted, i)]
    if not real:
        return []
    more = f" (and so on in {len(real) - 1:,} more)" if len(real) > 1 else ""
    first = real[0]
    return [
        f"{where} line {melted.lines[first]}, column {column}: {str(cells[first])[:40]!r} — expected {expected}{more}"
    ]


def _is_footnote(melted: Melted, index: int) -> bool:
    """Whether a row is text below the table: it has no number, or no date."""
    return melted.persons[index] is None or melted.dates[index] is None


def _take(
    where: str, melted: Melted, dates: Sequence[dt.date | None], numbers: Sequence[float | None], notes: list[str],
    rows: list[CountRow], totals: list[CountRow], *, named: bool,
) -> None:  # fmt: skip
    """Take the counts with a place and a date; where the table names no place, none of them is a sum of others."""
    without_date = without_place = 0
    parts: list[tuple[str, int]] = []
    for index, (date, number) in enumerate(zip(dates, numbers, strict=True)):
        place = melted.places[index]
        name = "" if place is None else place.isoformat() if isinstance(place, dt.date) else str(place)
        total = sum_of(name) if named else None
        if number is None:
            continue
        if date is None:
            without_date += not total
        elif total == "all":
            totals.append((name, cell_text(melted.codes[index]), date, number, melted.lines[index]))
        elif total == "part":
            parts.append((name, melted.lines[index]))
        elif not name:
            without_place += 1
        else:
            rows.append((name, cell_text(melted.codes[index]), date, number, melted.lines[index]))
    if parts:
        notes.append(
            f"{len(parts):,} numbers that add up others are left out (first: {parts[0][0]}, line {parts[0][1]})"
        )
    taken = sum(date is not None and number is not None for date, number in zip(dates, numbers, strict=True))
    if 2 * without_place >= taken > 2:
        # As where cells were merged: which place they are of stands in another row, or nowhere.
        raise InputError(
            f"{where}, column {melted.names[1]}: expected a place in each row; {without_place:,} of {taken:,} rows with"
            " a number and a date have none"
        )
    _note(notes, without_date, "rows have a number and no date; they are left out")
    _note(notes, without_place, "rows have a number and no place; they are left out")


def _as_counts(
    counted: list[CountRow], stated: Mapping[dt.date, float], mapping: CountMapping, notes: list[str], source: str
) -> PeopleCounts:
    """Add up rows of one place and date, sort, and compare sums with the source's totals."""
    if not counted:
        raise InputError(f"{source}: expected at least one count with a place and a date")
    spelled: dict[str, str] = {}
    codes: dict[str, set[str]] = defaultdict(set)
    for one in counted:
        codes[spelled.setdefault(plain_name(one[0]), one[0])].add(_code_key(one[1]))
    together: dict[tuple[str, str, dt.date], list[CountRow]] = defaultdict(list)
    for one in counted:
        name = spelled[plain_name(one[0])]
        # Places of one name and different codes are different places; without a code it is the one there is.
        known = codes[name] - {""}
        together[name, _code_key(one[1]) or (next(iter(known)) if len(known) == 1 else ""), one[2]].append(one)
    several = [group for group in together.values() if len(group) > 1]
    if several:
        notes.append(
            f"{sum(map(len, several)):,} rows are of {len(several):,} places and dates, and are added up"
            f" (first: {several[0][0][0]} on {several[0][0][2]}, lines {', '.join(str(r[4]) for r in several[0][:4])})"
        )
    rows = tuple(
        Count(place, date, sum(r[3] for r in group), group[0][4], max((r[1] for r in group), key=len) or code)
        for (place, code, date), group in sorted(together.items())
    )
    by_date: dict[dt.date, float] = defaultdict(float)
    for row in rows:
        by_date[row.date] += row.persons
    sums = tuple(PeriodSum(date, by_date[date], stated.get(date)) for date in sorted(by_date))
    off = [one for one in sums if one.difference]
    if off:
        worst = max(off, key=lambda one: abs(one.difference or 0.0))
        notes.append(
            f"sums are not the totals that the source states on {len(off):,} of {len(sums):,} dates; at most on"
            f" {worst.date}: {worst.persons:,.0f} read, {worst.stated:,.0f} stated ({worst.difference:+,.0f})"
        )
    return PeopleCounts(rows, sums, mapping, tuple(dict.fromkeys(notes)), source)


def _code_key(code: str) -> str:
    """A code without its first noughts, which a spreadsheet loses of numbers; of noughts alone one is left."""
    return (code.lstrip("0") or "0") if code.isdigit() else code


def _read_layout(folder: Path) -> PeopleCounts:
    """Read a folder of Flee's counts: ``data_layout.csv`` names a file a place, the first one the total."""
    home = next((one for one in (folder, folder / "source_data") if (one / "data_layout.csv").is_file()), None)
    if home is None:
        raise InputError(f"{folder}: expected a file of counts, or a folder with data_layout.csv")
    grids, notes = read_grids(home / "data_layout.csv")
    rows: list[CountRow] = []
    stated: dict[dt.date, float] = {}
    listed = [[str(cell) for cell in row if cell is not None] for row in grids[0].rows]
    for place, *files in (row for row in listed if row and not row[0].startswith("#")):
        for file in files:
            inside = (home / file.replace("\\", "/")).resolve()
            if not inside.is_relative_to(home.resolve()) or len(file) > 200:
                raise InputError(f"data_layout.csv: {file[:60]!r} — expected the name of a file in {home.name}")
            one = read_counts(inside, keep=False, mapping=None)
            if place.lower() == "total":
                stated |= {row.date: stated.get(row.date, 0.0) + row.persons for row in one.rows}
            else:
                rows += [(place, "", row.date, row.persons, row.row) for row in one.rows]
    return _as_counts(rows, stated, CountMapping(one_place="by file"), notes, folder.name)
