"""Places and links of a Flee instance (``locations.csv``, ``routes.csv``).

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.importers.flee.headers import in_order
from caravana.importers.rows import Line, Reader, identifiers
from caravana.scenario.model import Link, Place
from caravana.scenario.vocabulary import MOST_PEOPLE
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.scenario.vocabulary import PlaceKind

COLUMNS = ("name", "region", "country", "latitude", "longitude", "location_type", "conflict_date", "population")
LINK_COLUMNS = ("name1", "name2", "distance", "forced_redirection")


#: Columns past the eighth that a rule reads, as series; ``initial_idps`` becomes a column of places.
READ_COLUMNS = ("capacity_per_day", "trade_volume", "hdi", "conflict_intensity", "farmer_fraction")
INITIAL_IDPS = "initial_idps"
#: The kinds of places, as a fault names them.
KINDS = "camp, idpcamp, conflict_zone, forwarding_hub, marker, flood_zone, town or default"
#: What the first column of a header may be called where the header has no ``#``.
NAMES = ("name", "location", "location_name")
FIRST_NAMES = ("name1", "name", "startpoint", "start")


@dataclass(slots=True)
class PlaceTable:
    """The places of an instance and what Flee keeps beside them.

    Attributes
    ----------
    places
        In the order of the file; the first one's country is home.
    ids
        Place id by name.
    conflict_days
        Day of the first conflict by name, where ``conflict_date`` gives one.
    begun
        Names of the conflict zones whose conflict has begun by day 0.
    attributes
        Columns past the eighth: numbers by attribute and place name.
    lines, link_lines
        Line of each place in ``locations.csv``, and of each link in ``routes.csv``.
    """

    places: list[Place] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    conflict_days: dict[str, int] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    attributes: dict[str, dict[str, float]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    link_lines: list[int] = field(default_factory=list)


def place_kind(text: str) -> PlaceKind | None:
    """Return the kind Flee takes a ``location_type`` for: it looks for words within it, in this order."""
    lower = text.lower()
    words: list[tuple[str, PlaceKind]] = [
        ("idp", "idpcamp"), ("camp", "camp"), ("conflict", "conflict_zone"), ("forward", "forward_hub"),
        ("marker", "marker"), ("flood_zone", "flood_zone"), ("town", "town"), ("default", "town"),
    ]  # fmt: skip
    for word, kind in words:
        if word in lower and (word != "idp" or "camp" in lower):
            return kind
    return None


def read_places(reader: Reader, path: Path, table: PlaceTable, *, located: bool = False) -> None:
    """Read ``locations.csv`` into `table`.

    Parameters
    ----------
    located
        Whether a rule needs to know where places are; otherwise coordinates that are none are noted, not refused.
    """
    ordered = in_order(reader, path, COLUMNS, named=NAMES, either=("latitude", "longitude"))
    rows = reader.rows(path, columns=len(COLUMNS), named=NAMES, heads=_heads_places) if ordered else []
    if path.is_file() and not rows and not reader.faulty(path):
        reader.fault(path, None, "", None, "at least one place")
    header = reader.header(path, named=NAMES)
    # Rows that are too short name a place too: what names it elsewhere is no fault of its own.
    names = [line.cells[0] for line in reader.data_lines(path, named=NAMES, required=False)]
    table.ids = identifiers(list(dict.fromkeys(names)))
    rows = _latitude_first(reader, path, header, _plain_people(reader, path, rows))
    extra = header[len(COLUMNS) :]
    seen: dict[str, Line] = {}
    for row in rows:
        name = row.cells[0]
        if name in seen and row.cells == seen[name].cells:
            reader.notes.append(
                f"{path.name} line {row.number}: not carried over: {name} stands on line {seen[name].number},"
                " with the same in every column"
            )
            continue
        place = _read_place(reader, path, row, table, located=located)
        if not name or name in seen:
            what = "a name"
            if name:
                what = (
                    f"a name that no other place has; line {seen[name].number} has it, and says something else:"
                    " which of the two is meant cannot be known"
                )
            reader.fault(path, row.number, "name", name or None, what)
            continue
        seen[name] = row
        table.places.append(place)
        table.lines.append(row.number)
        _read_extra(reader, path, row, extra, table)
    _take_initial(reader, path, rows, table)
    _keep_intensities(reader, path, table)
    _note_columns(reader, path, extra, rows, table)
    _note_conflict_dates(reader, path, rows)


def _plain_people(reader: Reader, path: Path, rows: list[Line]) -> list[Line]:
    """Rows with populations and capacities as plain numbers (see :meth:`Reader.written_counts`)."""
    at = len(COLUMNS) - 1
    plain = reader.written_counts(path, "population", {row.number: row.cells[at] for row in rows})
    return [Line(row.number, (*row.cells[:at], plain[row.number], *row.cells[at + 1 :])) for row in rows]


def _heads_places(cells: tuple[str, ...]) -> bool:
    """Whether the cells of a first line name columns: text where coordinates and numbers stand, no kind of place."""
    numbers = (*cells[3:5], *cells[6:8])
    text = all(cell and not any(letter.isdigit() for letter in cell) for cell in numbers)
    return len(cells) >= len(COLUMNS) and text and place_kind(cells[5]) is None


def _note_conflict_dates(reader: Reader, path: Path, rows: list[Line]) -> None:
    """Note conflict dates of places that are no conflict zones, which Flee does not read either."""
    odd = [row for row in rows if row.cells[6] not in ("", "0") and place_kind(row.cells[5]) != "conflict_zone"]
    if odd:
        more = f" (and so on in {len(odd) - 1:,} more)" if len(odd) > 1 else ""
        reader.notes.append(
            f"{path.name} line {odd[0].number}: conflict_date {odd[0].cells[6]!r} not carried over:"
            f" only those of conflict zones are read{more}"
        )


def _latitude_first(reader: Reader, path: Path, header: tuple[str, ...], rows: list[Line]) -> list[Line]:
    """Put latitude first where the header, or what the columns hold, says that it is second."""
    third, fourth = (header[3].lower(), header[4].lower()) if len(header) > 4 else ("", "")
    swapped = third.startswith("lon") and fourth.startswith("lat")
    if not swapped and not (third.startswith("lat") or fourth.startswith("lon")):
        pairs = [_plain_pair(row) for row in rows]
        swapped = any(abs(a) > 90 for a, _ in pairs) and all(abs(a) <= 180 and abs(b) <= 90 for a, b in pairs)
    if not swapped:
        return rows
    reader.notes.append(f"{path.name}: longitude stands before latitude; read as such")
    return [
        Line(row.number, (*row.cells[:3], row.cells[4], row.cells[3], *row.cells[5:])) for row in rows
    ]  # fmt: skip


def _plain_pair(row: Line) -> tuple[float, float]:
    """The two coordinates of a row; 0 where a cell is no number (a fault is noted elsewhere)."""
    values = []
    for cell in row.cells[3:5]:
        try:
            values.append(float(cell))
        except ValueError:
            values.append(0.0)
    return values[0], values[1]


def _note_columns(reader: Reader, path: Path, extra: tuple[str, ...], rows: list[Line], table: PlaceTable) -> None:
    """Note the columns past the eighth that are kept for nothing, have no name, or one that another has."""
    named = [name for name in extra if name]
    reader.notes.extend(
        f"{path.name}: column {name} stands there {named.count(name)} times; the last one counts, as in Flee"
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    )
    blank = [len(COLUMNS) + index for index, name in enumerate(extra) if not name]
    unnamed = next((row for row in rows if any(row.cells[at] for at in blank if at < len(row.cells))), None)
    if unnamed is not None:
        reader.notes.append(f"{path.name} line {unnamed.number}: cells under a column without a name not carried over")
    for name in dict.fromkeys(extra):
        if name in table.attributes and name not in READ_COLUMNS:
            near = did_you_mean(name, (*READ_COLUMNS, INITIAL_IDPS))
            reader.notes.append(
                f"{path.name}: column {name} is kept as the series attribute-{attribute_id(name)};"
                f" no rule reads it{near}"
            )
    beyond = next((row for row in rows if any(row.cells[len(COLUMNS) + len(extra) :])), None)
    if beyond is not None:
        reader.notes.append(f"{path.name} line {beyond.number}: cells past the last named column are not carried over")


def _take_initial(reader: Reader, path: Path, rows: list[Line], table: PlaceTable) -> None:
    """Take the people who are displaced before the first day into the places, from the column ``initial_idps``."""
    given = table.attributes.pop(INITIAL_IDPS, {})
    line_of = {row.cells[0]: row.number for row in rows}
    outside: list[str] = []
    for at, place in enumerate(table.places):
        number = given.get(place.name, 0.0)
        if number < 0 or number > MOST_PEOPLE:
            reader.fault(path, line_of[place.name], INITIAL_IDPS, f"{number:g}", f"a number from 0 to {MOST_PEOPLE:g}")
        elif number:
            table.places[at] = place.model_copy(update={"displaced": int(number)})
            outside += [] if place.kind in ("camp", "idpcamp") else [place.name]
    if people := [place.displaced for place in table.places if place.displaced]:
        reader.notes.append(
            f"{path.name}: {INITIAL_IDPS}: {sum(people):,} people displaced before the first day,"
            f" in {len(people):,} places"
        )
    if outside:
        shown = ", ".join(outside[:5]) + (" ..." if len(outside) > 5 else "")
        reader.notes.append(
            f"{path.name}: {INITIAL_IDPS} outside camps ({len(outside):,} of the places: {shown}) acts under walk and"
            " camp-shares; Flee puts people into camps only (quirk 15)"
        )


def _keep_intensities(reader: Reader, path: Path, table: PlaceTable) -> None:
    """Keep the intensities of the zones that are in conflict on day 0: Flee looks at no others."""
    given = table.attributes.get("conflict_intensity")
    if given is None:
        return
    others = [name for name in given if name not in table.begun]
    if any(given[name] not in (0.0, 1.0) for name in others):
        reader.notes.append(
            f"{path.name}: conflict_intensity of {others[0]} not carried over: only that of zones in conflict on day 0"
            " is read, as in Flee"
        )
    kept = {name: value for name, value in given.items() if name in table.begun}
    table.attributes["conflict_intensity"] = kept
    if not kept:
        del table.attributes["conflict_intensity"]


def attribute_id(name: str) -> str:
    """Name of an attribute as part of the name of a series."""
    return identifiers([name])[name]


def _read_place(reader: Reader, path: Path, row: Line, table: PlaceTable, *, located: bool) -> Place:
    """Read one row; where its kind is not known, a fault is noted and it passes for a town."""
    name, region, country, _, _, kind_text, conflict_date, people = row.cells[: len(COLUMNS)]
    kind = place_kind(kind_text)
    if kind is None:
        reader.fault(
            path,
            row.number,
            "location_type",
            kind_text,
            KINDS,
            known=("camp", "idpcamp", "conflict_zone", "forwarding_hub", "marker", "flood_zone", "town", "default"),
        )
    if kind == "conflict_zone" and conflict_date:
        day = reader.whole(path, row.number, "conflict_date", conflict_date)
        if day is not None:
            table.conflict_days[name] = day
    if kind == "conflict_zone" and table.conflict_days.get(name, 0) <= 0:
        table.begun.append(name)
    is_camp = kind in ("camp", "idpcamp")
    column, most = ("capacity", {}) if is_camp else ("population", {"high": MOST_PEOPLE})
    number = reader.whole(path, row.number, column, people, low=0, **most) if people else None
    lat, lon = _coordinates(reader, path, row, located=located)
    return Place(
        id=table.ids[name], name=name, state=region, country=country or "unknown", lat=lat, lon=lon,
        population=None if is_camp else number, capacity=number if is_camp else None, kind=kind or "town",
        source="flee-instance",
    )  # fmt: skip


def _coordinates(reader: Reader, path: Path, row: Line, *, located: bool) -> tuple[float | None, float | None]:
    """Read latitude and longitude; both may be empty, as in Flee, and nothing but a map needs them as a rule."""
    degrees: list[float] = []
    cells = dict(zip(("latitude", "longitude"), row.cells[3:5], strict=True))
    for column, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if cells[column]:
            degrees.append(reader.number(path, row.number, column, cells[column]))
        elif cells[other]:
            reader.fault(path, row.number, column, "", f"a number, as {other} is given (Flee takes 0 for nothing)")
    if len(degrees) < 2 or any(math.isnan(one) for one in degrees):
        return None, None
    outside = [name for name, one, most in zip(cells, degrees, (90.0, 180.0), strict=True) if abs(one) > most]
    for column in outside if located else ():
        bound = 90 if column == "latitude" else 180
        needed = "as the setting stay_close_to_home needs it"
        reader.fault(path, row.number, column, cells[column], f"a number from -{bound} to {bound}, {needed}")
    if outside and not located:
        reader.notes.append(
            f"{path.name} line {row.number}: coordinates {degrees[0]:g}, {degrees[1]:g} of {row.cells[0]}"
            " not carried over: no such place on earth; no rule needs them here"
        )
    return (None, None) if outside else (degrees[0], degrees[1])


def _read_extra(reader: Reader, path: Path, row: Line, names: tuple[str, ...], table: PlaceTable) -> None:
    """Keep the columns past the eighth that hold numbers; note the others once."""
    for name, cell in zip(names, row.cells[len(COLUMNS) :], strict=False):
        if not name or not cell:
            continue
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            table.attributes.setdefault(name, {})[row.cells[0]] = value
        else:
            note = f"{path.name}: column {name} not carried over: it holds text ({cell!r}, line {row.number})"
            if not any(one.startswith(f"{path.name}: column {name} ") for one in reader.notes):
                reader.notes.append(note)


def read_links(reader: Reader, path: Path, table: PlaceTable) -> list[Link]:
    """Read ``routes.csv``; every row is a road both ways.

    ``redirect`` is kept as the file has it; its effect (quirks 1 and 2) is the rules' business.
    """
    extra = reader.header(path, named=FIRST_NAMES)[4:]
    carried = {"max_move_speed", "walk_probability"}
    reader.notes.extend(
        f"{path.name}: column {name} not carried over: no rule reads it"
        for name in extra
        if name and name not in carried
    )
    links: list[Link] = []
    if not in_order(reader, path, LINK_COLUMNS, named=FIRST_NAMES):
        return links
    roads: dict[frozenset[str], int] = {}
    rows = reader.rows(path, columns=3, named=FIRST_NAMES, heads=lambda cells: _heads_links(cells, table))
    if path.is_file() and not rows and not reader.faulty(path):
        reader.fault(path, None, "", None, "at least one link")
    beyond = next((row for row in rows if any(row.cells[4 + len(extra) :])), None)
    if beyond is not None:
        reader.notes.append(f"{path.name} line {beyond.number}: cells past the last named column are not carried over")
    for row in rows:
        known = True
        for column, name in zip(("name1", "name2"), row.cells[:2], strict=True):
            if name not in table.ids:
                reader.fault(path, row.number, column, name, "a name in locations.csv", known=table.ids)
                known = False
        km = reader.number(path, row.number, "distance", row.cells[2], low=0)
        if known and row.cells[0] == row.cells[1]:
            reader.notes.append(
                f"{path.name} line {row.number}: not carried over: a road from {row.cells[0]} to itself leads nowhere"
                " (in Flee people may choose it, and come back)"
            )
            known = False
        pair = frozenset(row.cells[:2])
        if known and pair in roads:
            reader.notes.append(
                f"{path.name} line {row.number}: a second road between {row.cells[0]} and {row.cells[1]}"
                f" (line {roads[pair]} has one); both count in choices, as in Flee"
            )
        roads.setdefault(pair, row.number)
        redirect = 0
        if len(row.cells) > 3 and row.cells[3]:
            redirect = reader.whole(path, row.number, "forced_redirection", row.cells[3]) or 0
            if redirect not in (0, 1, 2):
                reader.fault(path, row.number, "forced_redirection", row.cells[3], "blank, 0, 1 or 2")
                redirect = 0
        values = dict(zip(extra, row.cells[4:], strict=False))
        speed, walk = _link_attributes(reader, path, row.number, values)
        if known and not math.isnan(km):
            links.append(Link(
                from_id=table.ids[row.cells[0]], to_id=table.ids[row.cells[1]], km=km, redirect=redirect,
                max_move_speed=speed, walk_probability=walk, source="flee-instance",
            ))  # fmt: skip
            table.link_lines.append(row.number)
    return links


def _heads_links(cells: tuple[str, ...], table: PlaceTable) -> bool:
    """Whether the cells of a first line name columns: text for the distance, and no place by either name."""
    km = cells[2] if len(cells) > 2 else ""
    return bool(km) and not any(letter.isdigit() for letter in km) and not any(name in table.ids for name in cells[:2])


def _link_attributes(
    reader: Reader, path: Path, line: int, values: dict[str, str]
) -> tuple[float | None, float | None]:
    """Speed and chance of walking of a link, where its row gives them."""
    speed = walk = math.nan
    if values.get("max_move_speed"):
        speed = reader.number(path, line, "max_move_speed", values["max_move_speed"], low=1e-6)
    if values.get("walk_probability"):
        walk = reader.number(path, line, "walk_probability", values["walk_probability"], low=0, high=1)
    return (None if math.isnan(speed) else speed, None if math.isnan(walk) else walk)
