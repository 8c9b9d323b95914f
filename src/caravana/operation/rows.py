"""Reads reports from a table, a row each: rows that cannot be used are kept apart, with their line and why.

A table is what offices pass around: CSV with any mark between cells and in any encoding, or a workbook.  As in every
other table, whole columns decide which number of a date is the day and what a dot between digits is.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caravana.errors import InputError, ScenarioError
from caravana.importers.tables.dates import read_dates
from caravana.importers.tables.grids import read_grids
from caravana.importers.tables.sheets import cell_text
from caravana.language.faults import fault_words
from caravana.numerals import COMMAED, dots_of_counts, two_meanings
from caravana.operation.drafts import Bounds, DraftReport, UnfitReportError, fill_in
from caravana.operation.figures import read_figure
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.reading.tables import AT_PATH, open_checked

if TYPE_CHECKING:
    from collections.abc import Sequence
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
NEEDED = ("date", "kind")
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


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its cells by column, and what stands beyond the last column."""

    line: int
    cells: dict[str, Cell]
    beyond: str

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
    """
    rows, grid, notes = _rows(path)
    dates = {column: _dates(path, rows, column, grid.epoch) for column in ("date", "known_on")}
    counted = [row.cells.get(end) for row in rows if row.text("kind") not in MEASURED for end in ("low", "high")]
    dots = dots_of_counts([cell for cell in counted if isinstance(cell, str)])
    named = {row.text("caravan") for row in rows} - {""}
    chosen = caravan or _of_operation(named, bounds)
    mine = None if bounds.caravan is None else bounds.caravan.id
    others = {one.id for one in bounds.scenario.caravans} - {mine}
    out = ReadRows(notes=notes)
    for at, row in enumerate(rows):
        said = row.text("caravan")
        if (len(named) > 1 and said not in ("", chosen)) or said in others:
            out.not_used.append((row.line, language.text("observe.other_caravan", caravan=row.text("caravan"))))
            continue
        days = {column: each.dates[at] for column, each in dates.items()}
        try:
            out.taken.append((row.line, fill_in(_draft(row, days, dots, language), bounds, language)))
        except UnfitReportError as error:
            out.not_used.append((row.line, str(error)))
    return out


def _rows(path: Path) -> tuple[list[_Row], Grid, list[str]]:
    """Rows of the file below its header, the grid they stand in, and how it was read."""
    faults = FaultList()
    file = open_checked(path, faults, missing=AT_PATH)
    if file is None:
        raise ScenarioError("\n".join(map(str, faults.listed())))
    file.close()
    try:
        (grid, *_), notes = read_grids(path)
    except InputError as error:
        raise ScenarioError(str(error)) from None
    names = [cell_text(cell).strip().casefold() for cell in grid.rows[0]]
    line = grid.lines[0]
    for at, name in enumerate(names):
        if name and name not in COLUMNS:
            faults.add(path.name, line, name, None, f"one of the columns {', '.join(COLUMNS)}")
        elif name and name in names[:at]:
            faults.add(path.name, line, name, None, "this column once; it is there twice")
    for name in NEEDED:
        if name not in names:
            faults.add(path.name, line, name, None, "this column in the header; it is missing")
    if len(faults):
        raise ScenarioError("\n".join(map(str, faults.listed())))
    rows = []
    for number, cells in zip(grid.lines[1:], grid.rows[1:], strict=True):
        pairs = zip(names, cells, strict=False)
        by_name = {name: cell for name, cell in pairs if name}
        nameless = [cell for at, cell in enumerate(cells) if at >= len(names) or not names[at]]
        rows.append(_Row(number, by_name, next((cell_text(cell) for cell in nameless if cell is not None), "")))
    return rows, grid, notes


def _dates(path: Path, rows: Sequence[_Row], column: str, epoch: dt.date) -> Dates:
    """A whole column of dates.

    Raises
    ------
    ScenarioError
        If which number is the day cannot be told.
    """
    cells = [row.cells.get(column) for row in rows]
    dates = read_dates(cells, epoch=epoch)
    if dates.undecided is not None:
        faults = FaultList()
        line = next(row.line for row in rows if str(row.cells.get(column)) == dates.undecided)
        faults.add(path.name, line, column, dates.undecided, dates.expected)
        raise ScenarioError("\n".join(map(str, faults.listed())))
    return dates


def _of_operation(named: set[str], bounds: Bounds) -> str | None:
    """Which of the caravans of a file is this operation's: by its id, or by the day on which it set out."""
    if len(named) <= 1 or bounds.caravan is None:
        return next(iter(named), None)
    mine = (bounds.caravan.id, str(bounds.caravan.departs), bounds.caravan.id.removeprefix("caravan-"))
    return next((name for name in mine if name in named), None)


def _draft(row: _Row, days: dict[str, dt.date | None], dots: Dots, language: Language) -> DraftReport:
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
    date = days["date"]
    wrong = "date" if date is None else "known_on" if row.text("known_on") and days["known_on"] is None else None
    if date is None or wrong:
        column = wrong or "date"
        raise UnfitReportError(language.text("observe.cell_date", column=column, value=row.text(column)))
    kind = row.text("kind")
    low, high = (
        _measured(end, row, language) if kind in MEASURED else _people(end, row, dots, language)
        for end in ("low", "high")
    )
    return DraftReport(
        date=date, kind=kind, place=row.text("place_id") or row.text("place") or None,
        km_past=_measured("km_past", row, language), low=low, high=high, qualifier=row.text("qualifier") or None,
        side=row.text("speaker_side") or "press", speaker=row.text("speaker_role"), known_on=days["known_on"],
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
