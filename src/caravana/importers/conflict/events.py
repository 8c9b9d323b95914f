"""Reading conflict events: ACLED (old and new layout), UCDP GED (with and without a header), months of HDX HAPI.

Of a row only what a series needs is kept: day, where, how exactly that is known, how many died.  Actors and notes
are not read.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from caravana.importers.tables.columns import and_more, dates_of, people_of
from caravana.importers.tables.positions import CoordinateColumns, positions_of
from caravana.importers.tables.sheets import NamedSheet, SheetRow, name_key, read_sheet
from caravana.scenario.vocabulary import MOST_PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from caravana.importers.remarks import Remarks
    from caravana.importers.rows import Reader
    from caravana.lands.polygons import Window

Layout = Literal["acled", "ucdp", "hapi"]
UCDP_COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity",
    "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best",
    "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
PEACEFUL = ("protests", "strategic developments", "demonstration", "demonstrations")
"""Types of events that are no violence; riots count."""
ACLED_TYPES = re.compile(
    r"battles?( .*)?|(explosions )?remote violence|violence against civilians|riots?|protests?|riots protests"
    r"|strategic developments?|demonstrations?|headquarters or base established|non violent transfer of territory"
)
"""Types of events of ACLED, those before 2019 too."""
DAY_KNOWN = {"acled": 2, "ucdp": 4, "hapi": 9}
"""Largest code of precision in time that still dates an event: a week (ACLED 2) or a month (UCDP 4)."""
PLACE_KNOWN = {"acled": 2, "ucdp": 3, "hapi": 0}
"""Largest code of precision in space for coordinates to be of the place; above it they are the middle of a unit."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Keys of the columns of a layout, and who publishes it."""

    publisher: str
    needed: frozenset[str]
    date: str
    type: str
    deaths: str
    day_known: str
    place_known: str
    units: tuple[str, str]
    ids: tuple[str, ...]


LAYOUTS: Mapping[Layout, EventColumns] = {
    "hapi": EventColumns(
        "HDX HAPI", frozenset({"event type", "events", "fatalities", "reference period start"}),
        "reference period start", "event type", "fatalities", "", "", ("admin1 name", "admin2 name"), (),
    ),
    "ucdp": EventColumns(
        "UCDP GED", frozenset({"date start", "latitude", "longitude", "best"}), "date start", "", "best", "date prec",
        "where prec", ("adm 1", "adm 2"), ("id",),
    ),
    "acled": EventColumns(
        "ACLED", frozenset({"event date", "event type", "latitude", "longitude"}), "event date", "event type",
        "fatalities", "time precision", "geo precision", ("admin1", "admin2"), ("event id cnty", "data id"),
    ),
}  # fmt: skip
KNOWN = frozenset(key for columns in LAYOUTS.values() for key in columns.needed)
_COORDINATES = CoordinateColumns(("latitude",), ("longitude",), ("country",))
_EXPECTED = (
    "the columns of an ACLED export (event_date, event_type, latitude, longitude, fatalities), of UCDP GED (date_start,"
    " latitude, longitude, best) or of HDX HAPI (event_type, events, fatalities, reference_period_start)"
)


@dataclass(frozen=True, slots=True)
class ConflictEvent:
    """One event: its day, where, the admin units it lies in, deaths, and whether its coordinates are its own.

    Attributes
    ----------
    number
        How many events it stands for; its deaths are those of all of them.
    codes
        P-codes of its admin units, the smallest first, where the file has them.
    """

    date: dt.date
    lat: float | None
    lon: float | None
    admin1: str
    admin2: str
    deaths: float
    exact: bool
    number: float = 1.0
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventFile:
    """The events of a file, and whose dataset it is."""

    layout: Layout
    events: tuple[ConflictEvent, ...]

    @property
    def publisher(self) -> str:
        """Who publishes the dataset."""
        return LAYOUTS[self.layout].publisher


def read_events(reader: Reader, path: Path, remarks: Remarks, *, roads: Window | None = None) -> EventFile | None:
    """Read conflict events; None (and a fault) where the file has no layout that is known.

    What is left out is said: events that are no violence, and those whose day is not known to a month.

    Parameters
    ----------
    reader, remarks
        Take faults, and what was decided.
    path
        The file.
    roads
        Where the roads of an extract lie, if there are any: coordinates are held against it.
    """
    sheet = read_sheet(reader, path, known=KNOWN)
    if sheet is None:
        return None
    if _headless(sheet):
        sheet = read_sheet(reader, path, header=UCDP_COLUMNS)
        remarks.decide("ucdp_headless", file=path.name)
    layout = None if sheet is None else _layout(sheet)
    if sheet is None or layout is None:
        shown = ", ".join(list(sheet.columns.values())[:8]) if sheet else None
        reader.fault(path, 1, "", shown, _EXPECTED)
        return None
    columns = LAYOUTS[layout]
    if not sheet.rows:
        reader.fault(path, None, sheet.columns[columns.date], None, "at least one event")
        return None
    if layout == "acled":
        _refuse_unknown(reader, sheet)
    rows = _violent(sheet, layout, remarks)
    before = len(reader.faults)
    (dates,) = dates_of(reader, sheet, rows, (columns.date,))
    if len(reader.faults) > before:
        return None
    if layout == "hapi":
        return EventFile(layout, tuple(read_months(reader, sheet, rows, dates, remarks)))
    positions = positions_of(reader, sheet, rows, _COORDINATES, roads=roads)
    deaths = people_of(reader, sheet, rows, (columns.deaths,), most=MOST_PEOPLE)
    events: dict[str, ConflictEvent] = {}
    twice = 0
    for row, date, position, died in zip(rows, dates, positions, deaths, strict=True):
        key = row.get(*columns.ids) or f"line {row.line}"
        twice += key in events
        if date is not None and position is not None:
            exact = _code(row, columns.place_known) <= PLACE_KNOWN[layout]
            admin1, admin2 = (name_key(row.get(unit)) for unit in columns.units)
            # The last of an id holds: exports list corrections below.
            events[key] = ConflictEvent(date, *position, admin1, admin2, died or 0, exact)
    if twice:
        remarks.decide("events_twice", number=twice, file=path.name)
    return EventFile(layout, tuple(events.values()))


def _headless(sheet: NamedSheet) -> bool:
    """Whether the first line is already an event of UCDP: its 49 cells (or nearly), the first a number."""
    return "date start" not in sheet.columns and len(sheet.header) >= 45 and sheet.header[0].isdigit()


def _layout(sheet: NamedSheet) -> Layout | None:
    return next((layout for layout, columns in LAYOUTS.items() if columns.needed <= set(sheet.columns)), None)


def _refuse_unknown(reader: Reader, sheet: NamedSheet) -> None:
    """Refuse kinds of events that ACLED has not, as a translated file would hold: a protest must not be a battle."""
    unknown = [row for row in sheet.rows if not ACLED_TYPES.fullmatch(name_key(row.get("event type")))]
    if unknown:
        first = unknown[0]
        expected = "one of Battles, Explosions/Remote violence, Violence against civilians, Riots, Protests,"
        expected += f" Strategic developments{and_more(unknown)}"
        reader.fault(sheet.path, first.line, sheet.columns["event type"], first.get("event type") or None, expected)


def _violent(sheet: NamedSheet, layout: Layout, remarks: Remarks) -> list[SheetRow]:
    """The rows that are of violence and dated; what is left out is said."""
    columns = LAYOUTS[layout]
    left_out = {"peaceful": 0, "undated": 0}
    rows = []
    for row in sheet.rows:
        if columns.type and name_key(row.get(columns.type)) in PEACEFUL:
            left_out["peaceful"] += 1
        elif columns.day_known and _code(row, columns.day_known) > DAY_KNOWN[layout]:
            left_out["undated"] += 1
        else:
            rows.append(row)
    for what, number in left_out.items():
        if number:
            remarks.decide(f"events_{what}", number=number, file=sheet.path.name)
    return rows


def _code(row: SheetRow, name: str) -> int:
    cell = row.get(name)
    return int(cell) if re.fullmatch(r"[0-9]{1,2}", cell) else 1


def weight_of(event: ConflictEvent) -> float:
    """What an event counts for: one, and more the more people died, by the logarithm."""
    return event.number * (1.0 + math.log1p(event.deaths / event.number))


# ---------------------------------------------------------------- months


def read_months(
    reader: Reader, sheet: NamedSheet, rows: Sequence[SheetRow], dates: Sequence[dt.date | None], remarks: Remarks
) -> list[ConflictEvent]:
    """Read rows of HDX HAPI: events and deaths of a month in an admin unit, spread evenly over its days.

    Of rows of several levels the lowest of each country count.  Violence against civilians is part of political
    violence there, so that it counts only where a file has nothing else.
    """
    numbers = people_of(reader, sheet, rows, ("events",), most=MOST_PEOPLE)
    deaths = people_of(reader, sheet, rows, ("fatalities",), most=MOST_PEOPLE)
    (ends,) = dates_of(reader, sheet, rows, ("reference period end",))
    whole = any(name_key(row.get("event type")) == "political violence" for row in rows)
    levels = [_level(row) for row in rows]
    lowest: dict[str, int] = {}
    for row, level in zip(rows, levels, strict=True):
        land = row.get("location code")
        lowest[land] = max(level, lowest.get(land, 0))
    parts = above = 0
    events: list[ConflictEvent] = []
    for at, row in enumerate(rows):
        if whole and name_key(row.get("event type")) == "civilian targeting":
            parts += 1
        elif levels[at] < lowest[row.get("location code")]:
            above += 1
        elif (begin := dates[at]) is not None and (number := numbers[at] or 0):
            end = ends[at] or begin + dt.timedelta(days=MONTH - 1)
            events += _spread(row, begin, (end - begin).days + 1, number, deaths[at] or 0)
    for key, left_out in (("events_of_civilians", parts), ("events_above", above)):
        if left_out:
            remarks.decide(key, number=left_out, file=sheet.path.name)
    return events


MONTH = 30


def _level(row: SheetRow) -> int:
    """Level of the admin unit that a row is of."""
    said = row.get("admin level")
    if re.fullmatch("[0-9]", said):
        return int(said)
    return 2 if row.get("admin2 name", "admin2 code") else 1 if row.get("admin1 name", "admin1 code") else 0


def _spread(row: SheetRow, begin: dt.date, days: int, number: int, deaths: int) -> list[ConflictEvent]:
    """Events of a period, one on each of as many days as there are events, or all days."""
    days = max(days, 1)
    parts = min(number, days)
    units = [name_key(row.get(f"admin{level} name", f"provider admin{level} name")) for level in (1, 2)]
    codes = tuple(code for level in (2, 1) if (code := row.get(f"admin{level} code")))
    return [
        ConflictEvent(
            begin + dt.timedelta(days=(2 * part + 1) * days // (2 * parts)), None, None, units[0], units[1],
            deaths / parts, exact=False, number=number / parts, codes=codes,
        )
        for part in range(parts)
    ]  # fmt: skip
