"""Counts of people in camps for a build: whatever :func:`~caravana.importers.counts.read_counts` reads."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.counts.reading import read_counts

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader


@dataclass(frozen=True, slots=True)
class CampCount:
    """Persons counted at a place of this name on a day."""

    name: str
    date: dt.date
    persons: int


def read_count_rows(reader: Reader, path: Path, *, mapping: Path | None = None) -> list[CampCount]:
    """Read counts; what is wrong are faults, and how the file was read are notes.

    Parameters
    ----------
    mapping
        Which columns are which, where a file of it is kept.
    """
    try:
        counts = read_counts(path, mapping=mapping)
    except InputError as error:
        for line in str(error).splitlines():
            _note_fault(reader, path, line)
        return []
    reader.notes += [f"{reader.name(path)}: {note}" for note in counts.notes]
    return [CampCount(row.place, row.date, round(row.persons)) for row in counts.rows]


_CELL = re.compile(
    r"(?:sheet (?P<sheet>.+?)(?= line \d|, column))?(?: ?line (?P<line>\d+))?(?:, )?column (?P<column>.+?):"
    r" '(?P<value>.*)' — expected (?P<expected>.+)"
)


def _note_fault(reader: Reader, path: Path, line: str) -> None:
    """Note one line of what the reader of counts says, at its cell where it names one."""
    said = line.removeprefix(str(path)).removeprefix(path.name).lstrip(":, ")
    if (cell := _CELL.fullmatch(said)) is None:
        # What is expected, in the words of a fault.
        sheet = re.match(r"sheet (.+?): (?=expected |(?:a|several) )", said)
        said = said[sheet.end() :] if sheet else said
        said = said.removeprefix("expected ").replace(" is not to be told by its name: ", " that its name tells; ")
        reader.fault(path, None, "", None, said, sheet=sheet[1] if sheet else "")
    else:
        line_number = int(cell["line"]) if cell["line"] else None
        reader.fault(path, line_number, cell["column"], cell["value"], cell["expected"], sheet=cell["sheet"] or "")
