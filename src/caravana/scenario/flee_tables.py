"""Reading the files of a Flee instance: rows with their line numbers, and every fault met on the way."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.scenario.faults import Fault, shown

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number as an editor counts it, and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Reader:
    """Reads the files of one instance and gathers faults and notes.

    Attributes
    ----------
    root
        The instance's folder; files are named relative to it.
    faults
        What is wrong, in the order met.
    notes
        What was not carried over, and why, one line each.
    """

    root: Path
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """Name of a file as faults show it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def fault(self, path: Path, line: int | None, column: str, value: str | None, expected: str) -> None:
        """Note one fault."""
        text = None if value is None else shown(value)
        self.faults.append(Fault(self.name(path), line, column, text, expected))

    def lines(self, path: Path, *, required: bool = True) -> list[Line]:
        """Read every line that is not empty, comments (``#``) included.

        A missing file, text that is not UTF-8 and cells separated by semicolons are faults;
        the lines of such a file are not returned, as whatever they held would be misread.
        """
        if not path.is_file():
            if required:
                self.fault(path, None, "", None, "this file, which is missing")
            return []
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            found = raw.splitlines()[line - 1].decode("latin-1")
            self.fault(path, line, "", found, "text in UTF-8 (this looks like Latin-1)")
            return []
        if text.count(";") > text.count(","):
            self.fault(path, 1, "", text.splitlines()[0], "commas between the cells, not semicolons")
            return []
        reader = csv.reader(text.splitlines())
        lines = [Line(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
        return [line for line in lines if any(line.cells)]

    def rows(self, path: Path, *, columns: int, required: bool = True) -> list[Line]:
        """Read the rows that hold data, each with at least `columns` cells."""
        rows = [line for line in self.lines(path, required=required) if not line.cells[0].startswith("#")]
        for row in rows:
            if len(row.cells) < columns:
                self.fault(
                    path, row.number, "", ",".join(row.cells),
                    f"at least {columns} cells, not {len(row.cells)}",
                )  # fmt: skip
        return [row for row in rows if len(row.cells) >= columns]

    def header(self, path: Path) -> tuple[str, ...]:
        """Read the names of the columns from the first line, where it is a ``#`` line."""
        first = next(iter(self.lines(path, required=False)), None)
        if first is None or not first.cells[0].startswith("#"):
            return ()
        return (first.cells[0].lstrip("#").strip(), *first.cells[1:])

    def number(
        self, path: Path, line: int, column: str, cell: str, *, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Return a cell as a finite number within bounds; NaN (and a fault) where it is not one."""
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(path, line, column, cell, "a number")
            return math.nan
        if not low <= value <= high:
            bound = f"at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
            self.fault(path, line, column, cell, f"a number {bound}")
            return math.nan
        return value

    def whole(self, path: Path, line: int, column: str, cell: str, *, low: float = -math.inf) -> int | None:
        """Return a cell as a whole number; None (and a fault) where it is not one."""
        value = self.number(path, line, column, cell, low=low)
        if math.isnan(value):
            return None
        if value != int(value):
            self.fault(path, line, column, cell, "a whole number")
            return None
        return int(value)

    def date(self, path: Path, line: int, column: str, cell: str) -> dt.date | None:
        """Return a cell as an ISO date; None (and a fault) where it is not one."""
        try:
            return dt.datetime.strptime(cell, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no hour
        except ValueError:
            self.fault(path, line, column, cell, "a date such as 2012-02-29")
            return None


def identifiers(names: list[str]) -> dict[str, str]:
    """Turn names into ids of letters, digits, ``_``, ``.`` and ``-``, each its own."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-")[:70] or "place"
        candidate, suffix = plain, 2
        while candidate in taken:
            candidate, suffix = f"{plain}-{suffix}", suffix + 1
        taken.add(candidate)
        ids[name] = candidate
    return ids
