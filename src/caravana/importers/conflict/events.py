"""Reading conflict events: ACLED (old and new layout) and UCDP GED (with and without a header).

Of a row only what a series needs is kept: day, where, how exactly that is known, how many died.  Actors and notes
are not read.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from caravana.importers.tables.sheets import NamedSheet, SheetRow, name_key, read_degrees, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.remarks import Remarks
    from caravana.importers.rows import Reader

Layout = Literal["acled", "ucdp"]
UCDP_COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity",
    "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best",
    "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
PEACEFUL = ("protests", "strategic developments")
"""Types of ACLED events that are no violence; riots count."""
DAY_KNOWN = {"acled": 2, "ucdp": 4}
"""Largest code of precision in time that still dates an event: a week (ACLED 2) or a month (UCDP 4)."""
PLACE_KNOWN = {"acled": 2, "ucdp": 3}
"""Largest code of precision in space for coordinates to be of the place; above it they are the middle of a unit."""
DATES = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d/%m/%Y", "%m/%d/%Y")


@dataclass(frozen=True, slots=True)
class ConflictEvent:
    """One event: its day, where, the admin units it lies in, deaths, and whether its coordinates are its own."""

    date: dt.date
    lat: float
    lon: float
    admin1: str
    admin2: str
    deaths: int
    exact: bool


@dataclass(frozen=True, slots=True)
class EventFile:
    """The events of a file, and whose dataset it is."""

    layout: Layout
    events: tuple[ConflictEvent, ...]

    @property
    def publisher(self) -> str:
        """Who publishes the dataset."""
        return "ACLED" if self.layout == "acled" else "UCDP GED"


def read_events(reader: Reader, path: Path, remarks: Remarks) -> EventFile | None:
    """Read conflict events; None (and a fault) where the file has neither layout.

    What is left out is said: events that are no violence, and those whose day is not known to a month.
    """
    sheet = read_sheet(reader, path)
    if sheet is None:
        return None
    if _headless(sheet):
        sheet = read_sheet(reader, path, header=UCDP_COLUMNS)
        remarks.decide("ucdp_headless", file=path.name)
    layout = None if sheet is None else _layout(sheet)
    if sheet is None or layout is None:
        reader.fault(
            path, 1, "", ", ".join(list(sheet.columns.values())[:8]) if sheet else None,
            "the columns of an ACLED export (event_date, event_type, latitude, longitude, fatalities) or of UCDP GED"
            " (date_start, latitude, longitude, best)",
        )  # fmt: skip
        return None
    dates = _date_form(sheet, "event date" if layout == "acled" else "date start")
    if dates is None:
        _say_undated(reader, sheet, layout)
        return None
    events: dict[str, ConflictEvent] = {}
    left_out = {"peaceful": 0, "undated": 0, "twice": 0}
    for row in sheet.rows:
        if layout == "acled" and row.get("event type").casefold() in PEACEFUL:
            left_out["peaceful"] += 1
            continue
        if _code(row, "time precision" if layout == "acled" else "date prec") > DAY_KNOWN[layout]:
            left_out["undated"] += 1
            continue
        key = row.get("event id cnty", "data id", "id") or f"line {row.line}"
        left_out["twice"] += key in events
        event = _event(reader, sheet, row, layout, dates)
        if event is not None:
            events[key] = event  # the last of an id holds: exports list corrections below
    for what, number in left_out.items():
        if number:
            remarks.decide(f"events_{what}", number=number, file=path.name)
    return EventFile(layout, tuple(events.values()))


def _headless(sheet: NamedSheet) -> bool:
    """Whether the first line is already an event of UCDP: its 49 cells (or nearly), the first a number."""
    return "date start" not in sheet.columns and len(sheet.header) >= 45 and sheet.header[0].isdigit()


def _layout(sheet: NamedSheet) -> Layout | None:
    if {"date start", "latitude", "longitude", "best"} <= set(sheet.columns):
        return "ucdp"
    if {"event date", "event type", "latitude", "longitude"} <= set(sheet.columns):
        return "acled"
    return None


def _date_form(sheet: NamedSheet, column: str) -> str | None:
    """The one form that every date of the column has; of day first and month first the one that fits them all."""
    cells = {_day_of(row.get(column)) for row in sheet.rows} - {""}
    fitting = [form for form in DATES if cells and all(_parsed(cell, form) for cell in cells)]
    return fitting[0] if len(fitting) == 1 or (fitting and not fitting[0].startswith("%d/")) else None


def _say_undated(reader: Reader, sheet: NamedSheet, layout: Layout) -> None:
    """Say why the dates of a column cannot be read: one message, not one a row."""
    column = "event date" if layout == "acled" else "date start"
    cells = [(row.line, _day_of(row.get(column))) for row in sheet.rows]
    wrong = next(((line, c) for line, c in cells if not any(_parsed(c, form) for form in DATES)), None)
    if not cells:
        reader.fault(sheet.path, None, sheet.columns[column], None, "at least one event")
    elif wrong is not None:
        reader.fault(
            sheet.path, wrong[0], sheet.columns[column], wrong[1] or None, "a date such as 2022-05-13 or 13 May 2022"
        )
    else:
        reader.fault(
            sheet.path, cells[0][0], sheet.columns[column], cells[0][1],
            "dates of one form in the whole column, of which it is plain whether the day or the month stands first",
        )  # fmt: skip


def _day_of(cell: str) -> str:
    """A date without the time of day that follows it."""
    return cell[:10] if len(cell) > 10 and cell[10] in " T" and cell[4:5] == "-" else cell


def _parsed(cell: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day, no hour
    except ValueError:
        return None


def _code(row: SheetRow, name: str) -> int:
    cell = row.get(name)
    return int(cell) if cell.isdigit() else 1


def _event(reader: Reader, sheet: NamedSheet, row: SheetRow, layout: Layout, form: str) -> ConflictEvent | None:
    lat = read_degrees(reader, sheet.path, row.line, sheet.columns["latitude"], row.get("latitude"), most=90)
    lon = read_degrees(reader, sheet.path, row.line, sheet.columns["longitude"], row.get("longitude"), most=180)
    date = _parsed(_day_of(row.get("event date" if layout == "acled" else "date start")), form)
    if date is None or lat is None or lon is None:
        return None
    deaths = row.get("fatalities") if layout == "acled" else row.get("best")
    if deaths and not deaths.isdigit():
        name = sheet.columns.get("fatalities" if layout == "acled" else "best", "fatalities")
        reader.fault(sheet.path, row.line, name, deaths, "a whole number")
        return None
    units = ("admin1", "admin2") if layout == "acled" else ("adm 1", "adm 2")
    exact = _code(row, "geo precision" if layout == "acled" else "where prec") <= PLACE_KNOWN[layout]
    admin1, admin2 = (name_key(row.get(unit)) for unit in units)
    return ConflictEvent(date, lat, lon, admin1, admin2, int(deaths or 0), exact)


def weight_of(event: ConflictEvent) -> float:
    """What an event counts for: one, and more the more people died, by the logarithm."""
    return 1.0 + math.log1p(event.deaths)
