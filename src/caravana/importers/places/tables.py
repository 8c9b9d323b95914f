"""Places and camps from any table with names and coordinates, and from GeoNames dumps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from caravana.importers.places.listed import ListedPlace
from caravana.importers.tables.cells import tidy
from caravana.importers.tables.columns import dates_of, in_degrees, people_of
from caravana.importers.tables.positions import CoordinateColumns, positions_of
from caravana.importers.tables.sheets import NamedSheet, SheetRow, read_sheet
from caravana.importers.tables.totals import sum_of
from caravana.scenario.vocabulary import MOST_PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader
    from caravana.lands.polygons import Window

NAME = (
    "name", "place", "location", "location name", "site", "site name", "camp", "camp name", "settlement", "nombre",
    "lugar", "localidad", "sitio", "campamento", "geomaster name", "nombre del sitio", "nombre del lugar",
    "nombre del campamento", "albergue", "refugio", "asentamiento", "nom", "nom du site", "nom du camp", "nom du lieu",
    "nom de la localite", "localite", "lieu", "village", "nome", "localidade", "centro", "acampamento", "abrigo",
    "assentamento", "nome do local", "nome do sitio", "nome do centro", "nome do campo", "nome da localidade",
)  # fmt: skip
LATITUDE = ("lat", "latitude", "latitud", "y", "centroid lat", "gps latitude")
LONGITUDE = ("lon", "lng", "long", "longitude", "longitud", "x", "centroid lon", "gps longitude")
PEOPLE = ("population", "pop", "inhabitants", "people", "poblacion", "habitantes", "habitants", "populacao")
DISPLACED = (
    "displaced",
    "idps",
    "initial idps",
    "displaced persons",
    "desplazados",
    "personas desplazadas",
    "pdi",
    "deplaces",
    "deslocados",
    "pessoas deslocadas",
    "deslocados internos",
)
CAPACITY = (
    "capacity", "capacidad", "capacite", "capacidade", "aforo", "max capacity", "planned capacity", "site capacity",
    "capacite d accueil", "capacite du site", "capacidad de acogida", "capacidad de alojamiento",
    "capacidad maxima", "capacite maximale", "capacidade de acolhimento",
)  # fmt: skip
OPENS = (
    "opens",
    "opened",
    "open",
    "opening date",
    "opening",
    "start",
    "abre",
    "apertura",
    "fecha de apertura",
    "ouverture",
    "date d ouverture",
    "abertura",
    "data de abertura",
)
CLOSES = (
    "closes",
    "closed",
    "close",
    "closing date",
    "closing",
    "end",
    "cierra",
    "cierre",
    "fecha de cierre",
    "fermeture",
    "date de fermeture",
    "fecho",
    "encerramento",
    "data de fecho",
    "data de encerramento",
)
STATE = (
    "state",
    "region",
    "admin1",
    "adm1",
    "adm1 en",
    "adm1 name",
    "admin1name",
    "province",
    "estado",
    "departamento",
    "provincia",
    "departement",
)
MUNICIPALITY = (
    "municipality",
    "district",
    "admin2",
    "adm2",
    "adm2 en",
    "adm2 name",
    "admin2name",
    "municipio",
    "distrito",
)
COUNTRY = ("country", "admin0", "admin0name", "adm0 en", "adm0 name", "pais", "pays")
PCODE = (
    "pcode",
    "p code",
    "code p",
    "codigo p",
    "admin3 pcode",
    "adm3 pcode",
    "admin2 pcode",
    "admin1 pcode",
    "adm2 pcode",
    "adm1 pcode",
)
KIND = ("kind", "type", "tipo")
GEONAMES = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation",
    "dem", "timezone", "modification date",
)  # fmt: skip
GEONAMES_SIZES = {"PPLC": "city", "PPLA": "city", "PPLA2": "town", "PPLA3": "town"}


KNOWN = frozenset((
    *NAME, *LATITUDE, *LONGITUDE, *PEOPLE, *DISPLACED, *CAPACITY, *OPENS, *CLOSES, *STATE, *MUNICIPALITY, *COUNTRY,
    *PCODE, *KIND,
))  # fmt: skip
_CAMPS = r"\b(?:camps?|sites?|sitios?|campamentos?|albergues?|refugios?|asentamientos?|accueil|abrigos?|shelters?)\b"
"""What a sheet of camps is called, or its column of names."""
_COORDINATES = CoordinateColumns(LATITUDE, LONGITUDE, COUNTRY)


def read_places(reader: Reader, path: Path, *, source: str, roads: Window | None = None) -> list[ListedPlace]:
    """Read places from a table, or a GeoNames dump (tab separated, no header); what is wrong are faults.

    Parameters
    ----------
    reader
        Takes the faults.
    path
        The file.
    source
        Id of the source.
    roads
        Where the roads of an extract lie, if there are any: coordinates are held against it.
    """
    if _is_geonames(path):
        return _read_geonames(reader, path, source)
    return _read_table(reader, path, "town", source, roads)


def read_camps(reader: Reader, path: Path, *, source: str, roads: Window | None = None) -> list[ListedPlace]:
    """Read camps from a table of names, coordinates and, where it has them, capacity and dates of opening."""
    return _read_table(reader, path, "camp", source, roads)


def _read_table(
    reader: Reader, path: Path, kind: Literal["town", "camp"], source: str, roads: Window | None
) -> list[ListedPlace]:
    of_camps = (*CAPACITY, *OPENS, *CLOSES)
    sheet = read_sheet(
        reader, path, known=KNOWN, telling=of_camps if kind == "camp" else PEOPLE,
        called=_CAMPS if kind == "camp" else "",
    )  # fmt: skip
    if sheet is None or not _has(reader, sheet, {"name": NAME, "latitude": LATITUDE, "longitude": LONGITUDE}):
        return []
    rows = _rows_of_places(reader, sheet)
    positions = positions_of(reader, sheet, rows, _COORDINATES, roads=roads)
    degrees = (*LATITUDE, *LONGITUDE)
    people = (
        people_of(reader, sheet, rows, PEOPLE, most=MOST_PEOPLE, beside=degrees)
        if kind == "town"
        else [None] * len(rows)
    )
    capacity = people_of(reader, sheet, rows, CAPACITY, most=MOST_PEOPLE, beside=degrees)
    displaced = people_of(reader, sheet, rows, DISPLACED, most=MOST_PEOPLE, beside=degrees)
    none: list[dt.date | None] = [None] * len(rows)
    opens, closes = dates_of(reader, sheet, rows, OPENS, CLOSES) if kind == "camp" else (none, none)
    places = []
    for at, (row, position) in enumerate(zip(rows, positions, strict=True)):
        first, last = opens[at], closes[at]
        if first and last and last <= first:
            reader.fault(path, row.line, sheet.column(CLOSES), str(last), f"a date after it opens, {first}")
        name = row.get(*NAME)
        if position is None or not name:
            continue
        idps: Literal["camp", "idpcamp"] = "idpcamp" if "idp" in row.get(*KIND).casefold() else "camp"
        places.append(ListedPlace(
            name=name, lat=position[0], lon=position[1], population=people[at], kind="town" if kind == "town" else idps,
            capacity=capacity[at], displaced=displaced[at], opens=first, closes=last, state=row.get(*STATE),
            municipality=row.get(*MUNICIPALITY), country=row.get(*COUNTRY), pcode=row.get(*PCODE), source=source,
        ))  # fmt: skip
    return places


def _rows_of_places(reader: Reader, sheet: NamedSheet) -> list[SheetRow]:
    """The rows that are of a place: rows of totals, and text below the table, have no coordinates and are none."""
    rows, nameless = [], []
    left_out = 0
    last = max((at for at, row in enumerate(sheet.rows) if _located(row)), default=len(sheet.rows) - 1)
    for at, row in enumerate(sheet.rows):
        total = sum_of(row.get(*NAME)) is not None
        if not _located(row) and (total or (at > last and sum(cell is not None for cell in row.cells) < 2)):
            left_out += 1
            continue
        if not row.get(*NAME):
            nameless.append(row)
        rows.append(row)
    if left_out:
        reader.notes.append(f"{sheet.path.name}: rows of totals or of text below the table are left out: {left_out}")
    if nameless:
        more = f" (and so on in {len(nameless) - 1:,} more)" if len(nameless) > 1 else ""
        reader.fault(sheet.path, nameless[0].line, sheet.column(NAME), None, f"a name{more}")
    return rows


def _located(row: SheetRow) -> bool:
    return bool(row.get(*LATITUDE) or row.get(*LONGITUDE))


def _has(reader: Reader, sheet: NamedSheet, needed: dict[str, tuple[str, ...]]) -> bool:
    """Whether a table has the columns needed; one fault names all that are missing."""
    missing = [name for name, keys in needed.items() if not any(key in sheet.columns for key in keys)]
    if missing:
        columns = ", ".join(sheet.columns.values())
        such = ", ".join(key for name in missing for key in (needed[name][0], *needed[name][-4:]))
        reader.fault(sheet.path, 1, "", columns, f"columns for {', '.join(missing)}, such as {such}")
    return not missing


def _is_geonames(path: Path) -> bool:
    """Whether a file's first line is a row of GeoNames: nineteen cells between tabs, a number first."""
    try:
        with path.open("rb") as file:
            first = file.readline(100_000).decode("utf-8", errors="replace")
    except OSError:
        return False
    cells = first.split("\t")
    return len(cells) == len(GEONAMES) and cells[0].isdigit()


def _read_geonames(reader: Reader, path: Path, source: str) -> list[ListedPlace]:
    """Read the populated places (class P) of a dump, of any size of file line by line."""
    places: list[ListedPlace] = []
    with path.open(encoding="utf-8", errors="replace") as file:
        for line, text in enumerate(file, start=1):
            cells = [tidy(cell) for cell in text.rstrip("\n").split("\t")]
            if len(cells) != len(GEONAMES):
                reader.fault(path, line, "", text[:40], f"{len(GEONAMES)} cells between tabs, as a GeoNames dump has")
                continue
            row = dict(zip(GEONAMES, cells, strict=True))
            if row["feature class"] != "P" or row["feature code"] in ("PPLX", "PPLQ", "PPLH", "PPLW"):
                continue
            lat, lon = in_degrees(row["latitude"], most=90.0), in_degrees(row["longitude"], most=180.0)
            if not (abs(lat) <= 90 and abs(lon) <= 180):
                shown = f"{row['latitude']}, {row['longitude']}"
                reader.fault(path, line, "latitude", shown, "degrees: latitude to 90, longitude to 180")
                continue
            said = row["population"]
            people = min(int(said[:12]), int(MOST_PEOPLE)) if said.isdecimal() else 0
            size = GEONAMES_SIZES.get(row["feature code"], "village")
            places.append(ListedPlace(
                name=row["name"], lat=lat, lon=lon, population=people or None, aliases=(row["asciiname"],), size=size,
                country=row["country code"], source=source,
            ))  # fmt: skip
    return places
