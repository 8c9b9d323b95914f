"""Counts of people in camps for a build: a table of place, date and persons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.sheets import read_people, read_sheet
from caravana.scenario.model import MOST_PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader

PLACE = ("camp", "place", "site", "name", "location", "camp name", "site name", "campamento", "lugar", "sitio")
DATE = ("date", "fecha", "data date", "reporting date", "reportingdate", "snapshot date")
PERSONS = ("persons", "people", "individuals", "count", "personas", "total", "refugees", "idps", "numpresentidpind")


@dataclass(frozen=True, slots=True)
class CampCount:
    """Persons counted at a place of this name on a day."""

    name: str
    date: dt.date
    persons: int


def read_count_rows(reader: Reader, path: Path, *, mapping: Path | None = None) -> list[CampCount]:
    """Read counts; what is wrong are faults.

    Parameters
    ----------
    mapping
        Which columns are which, where a file of it is kept.
    """
    sheet = read_sheet(reader, path)
    if sheet is None:
        return []
    if mapping is not None:
        reader.fault(mapping, None, "", None, "no mapping: columns named place, date and persons are read as they are")
    columns = {
        what: next((key for key in keys if key in sheet.columns), None)
        for what, keys in (("place", PLACE), ("date", DATE), ("persons", PERSONS))
    }
    missing = [what for what, key in columns.items() if key is None]
    if missing:
        listed = ", ".join(sheet.columns.values())
        reader.fault(path, 1, "", listed, f"columns for {', '.join(missing)}")
        return []
    place, date, persons = (str(columns[what]) for what in ("place", "date", "persons"))
    counts: list[CampCount] = []
    for row in sheet.rows:
        number = read_people(
            reader, path, row.line, sheet.columns[persons], row.get(persons), most=MOST_PEOPLE
        )  # fmt: skip
        day = reader.date(path, row.line, sheet.columns[date], row.get(date)[:10])
        if not row.get(place):
            reader.fault(path, row.line, sheet.columns[place], None, "the name of a place")
        elif day is not None and number is not None:
            counts.append(CampCount(row.get(place), day, number))
    return sorted(counts, key=lambda one: (one.name, one.date))
