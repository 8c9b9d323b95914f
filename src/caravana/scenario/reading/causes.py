"""Causes that make many cells of a column wrong at once: each is one message, not a message a row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.numerals import two_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.scenario.fields import FieldSpec
    from caravana.scenario.reading.draft import Spot
    from caravana.scenario.reading.faults import FaultList

#: Columns that count people: a dot before three digits may be one of thousands there.
COUNTING = frozenset({"population", "capacity", "displaced", "low", "high", "quantity_low", "quantity_high"})
#: What programs call the column of row numbers that they put before all others.
INDEX_NAMES = ("", "unnamed: 0", "index")
NO_ROW_NUMBERS = (
    "no column of row numbers before the others, as pandas writes one: save the table without it (index=False)"
)
NO_TAGS = "no row of HXL tags (#...) below the header: take it out"
_YEAR_LAST = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}(?:[T ].*)?")
_SLASHED = re.compile(r"\d{4}[/.]\d{1,2}[/.]\d{1,2}(?:[T ].*)?|\d{4}-\d{2}-\d{2}[T ].*")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_NAMED = re.compile(r"(?=.*[A-Za-z]{3})(?=.*\d{2})[\w ,.\-/áéíóúñ]{6,30}")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_TAG = re.compile(r"#[A-Za-z][\w]*(?:\s*\+\w+)*")


def why_no_date(cell: str) -> str | None:
    """Say what dates like one that is refused have in common; None where it is no date in any form that is known."""
    text = cell.strip()
    for pattern, words in (
        (_YEAR_LAST, "these have the year last"),
        (_SLASHED, "these have other marks, or an hour"),
        (_SERIAL, "these are days as a spreadsheet counts them: show the column as yyyy-mm-dd before it is saved"),
        (_NAMED, "these have the month in letters"),
    ):
        if pattern.fullmatch(text):
            return words
    return None


def why_no_cell(spec: FieldSpec, cell: str) -> str | None:
    """Say what a cell should be that is wrong for a cause of its whole column; None where the cause is its own."""
    if spec.name in COUNTING and (meanings := two_meanings(cell)):
        return meanings
    if spec.sort == "date" and (words := why_no_date(cell)):
        return f"a date like 2021-10-23, year, month and day; {words}"
    if spec.sort in ("whole", "number") and _COMMA.fullmatch(cell.strip()):
        return "numbers with a dot before decimals and nothing between thousands; these have a comma"
    return None


def are_tags(cells: Sequence[str]) -> bool:
    """Whether a row is one of HXL tags."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return sum(bool(_TAG.fullmatch(cell)) for cell in filled) > max(1, len(filled) // 2 - 1)


def is_numbering(cells: Sequence[str]) -> bool:
    """Whether cells are the numbers of their rows, from 0 or from 1 on."""
    return list(cells) in ([str(n) for n in range(len(cells))], [str(n) for n in range(1, len(cells) + 1)])


@dataclass(slots=True)
class Causes:
    """Collects cells that are wrong for a cause of their column; each cause is reported once, at its first cell."""

    first: dict[tuple[str, str], tuple[Spot, str]] = field(default_factory=dict)
    times: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, spec: FieldSpec, cell: str, spot: Spot) -> bool:
        """Keep a cell, if it is wrong for such a cause."""
        expected = why_no_cell(spec, cell)
        if expected is None:
            return False
        cause = expected.rpartition("; ")[2] if spec.name not in COUNTING else "dots"
        self.first.setdefault((spec.name, cause), (spot, cell))
        self.times[spec.name, cause] = self.times.get((spec.name, cause), 0) + 1
        return True

    def report(self, specs: dict[str, FieldSpec], faults: FaultList) -> None:
        """Report every cause."""
        for (column, cause), (spot, cell) in self.first.items():
            more = self.times[column, cause] - 1
            so_on = f" (and so on in {more:,} more)" if more else ""
            spot.fault(faults, column, cell, f"{why_no_cell(specs[column], cell)}{so_on}")
