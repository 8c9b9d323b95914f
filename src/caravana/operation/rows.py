"""Reads reports from a CSV file, a row each: rows that cannot be used are kept apart, with their line and why."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caravana.errors import ScenarioError
from caravana.operation.drafts import Bounds, DraftReport, UnfitReportError, fill_in
from caravana.scenario.reading.faults import FaultList
from caravana.scenario.reading.tables import AT_PATH, StoppedError, numbered_rows, open_checked, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caravana.language.language import Language

#: Columns of a file of reports; those after `date` and `kind` may be left out.
COLUMNS = (
    "caravan", "date", "place_id", "place", "kind", "low", "high", "qualifier", "speaker_role", "speaker_side",
    "inferred", "source_url", "note", "known_on", "km_past", "id",
)  # fmt: skip
NEEDED = ("date", "kind")
TRUE, FALSE = ("true", "yes", "1", "sí", "si"), ("false", "no", "0", "")


@dataclass
class ReadRows:
    """Rows of a file: those that can be recorded, by line, and what keeps the others from it."""

    taken: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    not_used: list[tuple[int, str]] = field(default_factory=list)


def read_rows(path: Path, bounds: Bounds, language: Language, *, caravan: str | None = None) -> ReadRows:
    """Read a file of reports.

    Parameters
    ----------
    caravan
        Whose rows are taken, as the column ``caravan`` has it, where the file is of several.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or is no such table.
    """
    rows = list(_cells(path))
    named = {row.get("caravan", "") for _, row in rows} - {""}
    chosen = caravan or _of_operation(named, bounds)
    out = ReadRows()
    for line, row in rows:
        if len(named) > 1 and row.get("caravan", "") not in ("", chosen):
            out.not_used.append((line, language.text("observe.other_caravan", caravan=row["caravan"])))
            continue
        try:
            out.taken.append((line, fill_in(_draft(row, language), bounds, language)))
        except UnfitReportError as error:
            out.not_used.append((line, str(error)))
    return out


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of the file, cells by column, each with its line."""
    faults = FaultList()
    file = open_checked(path, faults, missing=AT_PATH)
    if file is not None:
        with file:
            try:
                numbered = numbered_rows(file, path.name, faults)
                line, columns = read_header(numbered, path.name, faults)
                for name in columns:
                    if name not in COLUMNS:
                        faults.add(path.name, line, name, None, f"one of the columns {', '.join(COLUMNS)}")
                for name in NEEDED:
                    if name not in columns:
                        faults.add(path.name, line, name, None, "this column in the header; it is missing")
                if not len(faults):
                    for line, cells in numbered:
                        padded = [*cells, *[""] * (len(columns) - len(cells))]
                        yield line, dict(zip(columns, (cell.strip() for cell in padded), strict=False))
            except (StoppedError, csv.Error):
                pass
    if len(faults):
        raise ScenarioError("\n".join(map(str, faults.listed())))


def _of_operation(named: set[str], bounds: Bounds) -> str | None:
    """Which of the caravans of a file is this operation's: by its id, or by the day on which it set out."""
    if len(named) <= 1 or bounds.caravan is None:
        return next(iter(named), None)
    mine = (bounds.caravan.id, str(bounds.caravan.departs), bounds.caravan.id.removeprefix("caravan-"))
    return next((name for name in mine if name in named), None)


def _draft(row: dict[str, str], language: Language) -> DraftReport:
    """One row as a draft.

    Raises
    ------
    UnfitReportError
        If a cell cannot be read.
    """
    inferred = row.get("inferred", "").lower()
    if inferred not in (*TRUE, *FALSE):
        raise UnfitReportError(language.text("observe.cell_flag", value=inferred))
    place = row.get("place_id") or row.get("place") or None
    return DraftReport(
        date=_date("date", row["date"], language),
        kind=row["kind"],
        place=place,
        km_past=_number("km_past", row.get("km_past", ""), language),
        low=_number("low", row.get("low", ""), language),
        high=_number("high", row.get("high", ""), language),
        qualifier=row.get("qualifier") or None,
        side=row.get("speaker_side") or "press",
        speaker=row.get("speaker_role", ""),
        known_on=_date("known_on", row["known_on"], language) if row.get("known_on") else None,
        inferred=inferred in TRUE,
        source=row.get("source_url") or None,
        note=row.get("note", ""),
        id=row.get("id") or None,
    )


def _date(column: str, text: str, language: Language) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UnfitReportError(language.text("observe.cell_date", column=column, value=text)) from None


def _number(column: str, text: str, language: Language) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise UnfitReportError(language.text("observe.cell_number", column=column, value=text)) from None
