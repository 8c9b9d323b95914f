"""Reads reports from a table, a row each: rows that cannot be used are kept apart, with their line and why.

A table is what offices pass around: CSV with any mark between cells and in any encoding, or a workbook.  As in every
other table, whole columns decide which number of a date is the day and what a dot between digits is.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError, ScenarioError
from caravana.importers.counts.rounds import note_left
from caravana.importers.tables.dates import ORDERS, read_dates
from caravana.importers.tables.grids import read_grids
from caravana.importers.tables.sheets import cell_text
from caravana.language.faults import fault_words
from caravana.numerals import COMMAED, dots_of_counts, two_meanings
from caravana.operation.drafts import Bounds, DraftReport, UnfitReportError, bounds_of, fill_in
from caravana.operation.figures import read_figure
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.reading.tables import AT_PATH, open_checked
from caravana.spelling import near_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from caravana.importers.tables.cells import Cell, Grid
    from caravana.importers.tables.dates import Dates
    from caravana.language.language import Language
    from caravana.numerals import Dots

#: Columns of a file of reports; those after `date` and `kind` may be left out.
COLUMNS = (
    "caravan", "date", "place_id", "place", "kind", "low", "high", "qualifier", "speaker_role", "speaker_side",
    "inferred", "source_url", "note", "known_on", "km_past", "id",
)  # fmt: skip
NEEDED, DATED = ("date", "kind"), ("date", "known_on")
TRUE, FALSE = ("true", "yes", "1", "sí", "si"), ("false", "no", "0", "")
MEASURED = frozenset({"km_day", "departure_hour", "temperature_c"})
"""Kinds whose figures are no numbers of people, and small: a dot in them is one of decimals."""
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass
class ReadRows:
    """Rows of a file: those that can be recorded, by line, what keeps the others from it, and how it was read."""

    taken: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    not_used: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Days:
    """A column of days, row by row, and which rows name a month alone."""

    dates: list[dt.date | None] = field(default_factory=list)
    by_month: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its cells by column, and what stands beyond the last column."""

    line: int
    cells: dict[str, Cell]
    beyond: str
    sheet: str
    """Empty where the file has one sheet of reports only."""

    def text(self, column: str) -> str:
        return cell_text(self.cells.get(column)).strip()


def read_rows(path: Path, bounds: Bounds, language: Language, *, caravan: str | None = None) -> ReadRows:
    """Read a file of reports.

    Parameters
    ----------
    caravan
        Whose rows are taken, as the column ``caravan`` has it, where the file is of several.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is no such table, or which number of its dates is the day cannot be told.
    UsageError
        If neither the scenario nor the file has such a caravan.
    """
    rows, epoch, notes = _rows(path)
    dates = _dates(path, rows, epoch)
    counted = [row.cells.get(end) for row in rows if row.text("kind") not in MEASURED for end in ("low", "high")]
    dots = dots_of_counts([cell for cell in counted if isinstance(cell, str)])
    named = {row.text("caravan") for row in rows} - {""}
    if caravan is not None and caravan not in named:
        bounds_of(bounds.scenario, today=bounds.today, caravan=caravan)  # a mistyped name is nobody's: it is refused
    chosen = caravan or _of_operation(named, bounds)
    mine = None if bounds.caravan is None else bounds.caravan.id
    others = {one.id for one in bounds.scenario.caravans} - {mine}
    out = ReadRows(notes=notes)
    for at, row in enumerate(rows):
        why, said = "", row.text("caravan")
        if (len(named) > 1 and said not in ("", chosen)) or said in others:
            why = language.text("observe.other_caravan", caravan=said)
        else:
            try:
                days = _days(row, at, dates, language)
                out.taken.append((row.line, fill_in(_draft(row, *days, dots, language), bounds, language)))
            except UnfitReportError as error:
                why = str(error)
        if why:
            why = language.text("observe.in_sheet", sheet=row.sheet, why=why) if row.sheet else why
            out.not_used.append((row.line, why))
    return out


def is_no_report_file(path: Path) -> bool:
    """Whether no sheet of a file has a column that only reports have; a file that cannot be read is none of those."""
    try:
        grids, _ = read_grids(path)
    except InputError:
        return False
    return not any({"kind", "low", "high", "place_id", "speaker_side"} & set(_header(grid)) for grid in grids)


def _rows(path: Path) -> tuple[list[_Row], dt.date, list[str]]:
    """Rows of the file below its headers, from when its numbers count days, and how it was read."""
    faults = FaultList()
    file = open_checked(path, faults, missing=AT_PATH)
    if file is None:
        raise ScenarioError("\n".join(map(str, faults.listed())))
    file.close()
    try:
        grids, notes = read_grids(path)
    except InputError as error:
        raise ScenarioError(str(error)) from None
    # A workbook has notes and lists of places beside its reports: where no sheet is one of reports, the likest is told.
    of_reports = [grid for grid in grids if set(NEEDED) <= set(_header(grid))]
    of_reports = of_reports or [max(grids, key=lambda grid: len(set(COLUMNS) & set(_header(grid))))]
    # A log beside them may have a date and a kind too: besides the likest, only sheets with no other columns, or with
    # mistyped ones, which are refused and not passed over.
    likest = max(of_reports, key=_likeness)
    of_reports = [grid for grid in of_reports if grid is likest or all(map(_meant, _header(grid)))]
    note_left(notes, [grid.name for grid in grids if grid not in of_reports])
    rows = []
    for grid in of_reports:
        sheet = grid.name if len(of_reports) > 1 else ""
        names = _header(grid)
        _check_header(_file(path, sheet), names, grid.lines[0], faults)
        for number, cells in zip(grid.lines[1:], grid.rows[1:], strict=True):
            pairs = zip(names, cells, strict=False)
            by_name = {name: cell for name, cell in pairs if name}
            nameless = [cell for at, cell in enumerate(cells) if at >= len(names) or not names[at]]
            beyond = next((cell_text(cell) for cell in nameless if cell is not None), "")
            rows.append(_Row(number, by_name, beyond, sheet))
    if len(faults):
        raise ScenarioError("\n".join(map(str, faults.listed())))
    return rows, of_reports[0].epoch, notes


def _header(grid: Grid) -> list[str]:
    return [cell_text(cell).strip().casefold() for cell in grid.rows[0]]


def _likeness(grid: Grid) -> int:
    """How many columns of reports a sheet has more than others."""
    names = [name for name in _header(grid) if name]
    return 2 * len(set(COLUMNS) & set(names)) - len(names)


def _meant(name: str) -> bool:
    """Whether a column of this name is one of reports, or mistyped."""
    return not name or name in COLUMNS or bool(near_names(name, COLUMNS, most=1))


def _file(path: Path, sheet: str) -> str:
    """The file as a fault names it, with the sheet where it has several of reports."""
    return f"{path.name}, sheet {sheet}" if sheet else path.name


def _check_header(file: str, names: Sequence[str], line: int, faults: FaultList) -> None:
    for at, name in enumerate(names):
        if name and name not in COLUMNS:
            faults.add(file, line, name, None, f"one of the columns {', '.join(COLUMNS)}")
        elif name and name in names[:at]:
            faults.add(file, line, name, None, "this column once; it is there twice")
    for name in NEEDED:
        if name not in names:
            faults.add(file, line, name, None, "this column in the header; it is missing")


def _dates(path: Path, rows: Sequence[_Row], epoch: dt.date) -> dict[str, _Days]:
    """The columns of dates, each sheet's read by itself: another hand may have typed it.

    Raises
    ------
    ScenarioError
        If which number is the day cannot be told, of each column.
    """
    faults, out = FaultList(), {}
    sheets = [list(each) for _, each in groupby(rows, key=lambda row: row.sheet)]
    for column in DATED:
        days = out[column] = _Days()
        cells = [[row.cells.get(column) for row in sheet] for sheet in sheets]
        for sheet, dates in zip(sheets, _read_sheets(cells, epoch), strict=True):
            days.by_month.update(len(days.dates) + at for at in dates.by_month)
            days.dates += dates.dates
            if dates.undecided is not None:
                row = next(row for row in sheet if str(row.cells.get(column)) == dates.undecided)
                faults.add(_file(path, row.sheet), row.line, column, dates.undecided, dates.expected)
    if len(faults):
        raise ScenarioError("\n".join(map(str, faults.listed())))
    return out


def _read_sheets(sheets: Sequence[Sequence[Cell]], epoch: dt.date) -> list[Dates]:
    """A column's cells, sheet by sheet; what one sheet leaves open is read as the others are, where these agree."""
    read = [read_dates(cells, epoch=epoch) for cells in sheets]
    if len(sheets) == 1:
        return read
    # Where both orders give the same days (05/05/2021), nothing was decided.
    both = [[read_dates(cells, order=order, epoch=epoch) for order in ORDERS[1:]] for cells in sheets]
    orders = {one.order for one, (day, month) in zip(read, both, strict=True) if one.order and day.dates != month.dates}
    if len(orders) != 1:
        return read
    chosen = ORDERS[1:].index(orders.pop())
    # Dates that contradict each other are read whole by neither order: they stay open.
    return [
        two[chosen] if one.undecided is not None and two[0].unread == two[1].unread else one
        for one, two in zip(read, both, strict=True)
    ]


def _days(row: _Row, at: int, dates: Mapping[str, _Days], language: Language) -> tuple[dt.date, dt.date | None]:
    """The days of a row, the one at a position in its columns of dates.

    Raises
    ------
    UnfitReportError
        If a cell is no day; a month alone is none, though a count of people may be of one.
    """
    days = {column: each.dates[at] for column, each in dates.items()}
    wrong = []
    for column, day in days.items():
        if at in dates[column].by_month:
            wrong.append(language.text("observe.cell_month", column=column, value=row.text(column)))
        elif day is None and (row.text(column) or column == "date"):
            wrong.append(language.text("observe.cell_date", column=column, value=row.text(column)))
    if wrong or days["date"] is None:
        raise UnfitReportError("; ".join(wrong))
    return days["date"], days["known_on"]


def _of_operation(named: set[str], bounds: Bounds) -> str | None:
    """Which of the caravans of a file is this operation's: by its id, or by the day on which it set out."""
    if len(named) <= 1 or bounds.caravan is None:
        return next(iter(named), None)
    mine = (bounds.caravan.id, str(bounds.caravan.departs), bounds.caravan.id.removeprefix("caravan-"))
    return next((name for name in mine if name in named), None)


def _draft(row: _Row, date: dt.date, known_on: dt.date | None, dots: Dots, language: Language) -> DraftReport:
    """One row as a draft.

    Raises
    ------
    UnfitReportError
        If a cell cannot be read.
    """
    if row.beyond:
        raise UnfitReportError(language.text("observe.cell_beyond", value=row.beyond))
    inferred = row.text("inferred").lower()
    if inferred not in (*TRUE, *FALSE):
        raise UnfitReportError(language.text("observe.cell_flag", value=inferred))
    kind = row.text("kind")
    low, high = (
        _measured(end, row, language) if kind in MEASURED else _people(end, row, dots, language)
        for end in ("low", "high")
    )
    return DraftReport(
        date=date, kind=kind, place=row.text("place_id") or row.text("place") or None,
        km_past=_measured("km_past", row, language), low=low, high=high, qualifier=row.text("qualifier") or None,
        side=row.text("speaker_side") or "press", speaker=row.text("speaker_role"), known_on=known_on,
        inferred=inferred in TRUE, source=row.text("source_url") or None, note=row.text("note"),
        id=row.text("id") or None,
    )  # fmt: skip


def _people(column: str, row: _Row, dots: Dots, language: Language) -> float | None:
    """A cell that counts people (or, of ``km_cumulative``, may be as large)."""
    cell, text = row.cells.get(column), row.text(column)
    if not text:
        return None
    value = cell if isinstance(cell, float) else None
    if value is None and (meanings := two_meanings(text)) is not None and dots != "decimal":
        if dots != "thousands":
            what = fault_words(meanings, language)
            raise UnfitReportError(language.text("observe.cell_expected", column=column, value=text, what=what))
        value = float(text.replace(".", ""))
    elif value is None and _DECIMAL.fullmatch(text) and not COMMAED.fullmatch(text):
        value = float(text.replace(",", "."))
    elif value is None:
        low, high = read_figure(text) or (None, None)
        value = low if low == high else None
    if value is None:
        raise UnfitReportError(language.text("observe.cell_number", column=column, value=text))
    if row.text("kind") != "km_cumulative" and value % 1:
        what = fault_words("a number of people", language)
        raise UnfitReportError(language.text("observe.cell_expected", column=column, value=text, what=what))
    return value


def _measured(column: str, row: _Row, language: Language) -> float | None:
    """A cell with km, degrees or an hour: a dot and a comma are those of decimals."""
    cell, text = row.cells.get(column), row.text(column)
    if isinstance(cell, float) or not text:
        return cell if isinstance(cell, float) else None
    if not _DECIMAL.fullmatch(text):
        raise UnfitReportError(language.text("observe.cell_number", column=column, value=text))
    return float(text.replace(",", "."))
