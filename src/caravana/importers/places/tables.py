"""Places and camps from any table with names and coordinates, and from GeoNames dumps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from caravana.importers.places.listed import ListedPlace
from caravana.importers.tables.sheets import NamedSheet, SheetRow, read_degrees, read_people, read_sheet, tidy
from caravana.scenario.model import MOST_PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.importers.rows import Reader

NAME = (
    "name", "place", "location", "location name", "site", "site name", "camp", "camp name", "settlement", "nombre",
    "lugar", "localidad", "sitio", "campamento", "geomaster name",
)  # fmt: skip
LATITUDE = ("lat", "latitude", "latitud", "y", "centroid lat")
LONGITUDE = ("lon", "lng", "long", "longitude", "longitud", "x", "centroid lon")
PEOPLE = ("population", "pop", "inhabitants", "people", "poblacion", "habitantes")
DISPLACED = ("displaced", "idps", "initial idps", "displaced persons", "desplazados", "personas desplazadas")
CAPACITY = ("capacity", "capacidad", "max capacity", "planned capacity")
OPENS = ("opens", "opened", "open", "opening date", "opening", "start", "abre", "apertura")
CLOSES = ("closes", "closed", "close", "closing date", "closing", "end", "cierra", "cierre")
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
COUNTRY = ("country", "admin0", "admin0name", "adm0 en", "adm0 name", "pais")
PCODE = ("pcode", "p code", "adm2 pcode", "adm1 pcode")
KIND = ("kind", "type", "tipo")
GEONAMES = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature class", "feature code",
    "country code", "cc2", "admin1 code", "admin2 code", "admin3 code", "admin4 code", "population", "elevation",
    "dem", "timezone", "modification date",
)  # fmt: skip
GEONAMES_SIZES = {"PPLC": "city", "PPLA": "city", "PPLA2": "town", "PPLA3": "town"}


def read_places(reader: Reader, path: Path, *, source: str) -> list[ListedPlace]:
    """Read places from a table, or a GeoNames dump (tab separated, no header); what is wrong are faults."""
    if _is_geonames(path):
        return _read_geonames(reader, path, source)
    sheet = read_sheet(reader, path)
    if sheet is None or not _has(reader, sheet, {"name": NAME, "latitude": LATITUDE, "longitude": LONGITUDE}):
        return []
    return [place for row in sheet.rows if (place := _read_row(reader, sheet, row, "town", source)) is not None]


def read_camps(reader: Reader, path: Path, *, source: str) -> list[ListedPlace]:
    """Read camps from a table of names, coordinates and, where it has them, capacity and dates of opening."""
    sheet = read_sheet(reader, path)
    if sheet is None or not _has(reader, sheet, {"name": NAME, "latitude": LATITUDE, "longitude": LONGITUDE}):
        return []
    return [place for row in sheet.rows if (place := _read_row(reader, sheet, row, "camp", source)) is not None]


def _has(reader: Reader, sheet: NamedSheet, needed: dict[str, tuple[str, ...]]) -> bool:
    """Whether a table has the columns needed; one fault names all that are missing."""
    missing = [name for name, keys in needed.items() if not any(key in sheet.columns for key in keys)]
    if missing:
        columns = ", ".join(sheet.columns.values())
        reader.fault(sheet.path, 1, "", columns, f"columns for {', '.join(missing)}")
    return not missing


def _column(sheet: NamedSheet, keys: tuple[str, ...]) -> str:
    return next((sheet.columns[key] for key in keys if key in sheet.columns), keys[0])


def _read_row(
    reader: Reader, sheet: NamedSheet, row: SheetRow, kind: Literal["town", "camp"], source: str
) -> ListedPlace | None:
    name = row.get(*NAME)
    if not name:
        reader.fault(sheet.path, row.line, _column(sheet, NAME), None, "a name")
    lat = read_degrees(reader, sheet.path, row.line, _column(sheet, LATITUDE), row.get(*LATITUDE), most=90)
    lon = read_degrees(reader, sheet.path, row.line, _column(sheet, LONGITUDE), row.get(*LONGITUDE), most=180)
    if lat == 0 and lon == 0:
        reader.fault(sheet.path, row.line, _column(sheet, LATITUDE), "0, 0", "coordinates; zero and zero are none")
    if not name or lat is None or lon is None:
        return None
    people = _people(reader, sheet, row, PEOPLE)
    camp_kind: Literal["camp", "idpcamp"] = "idpcamp" if "idp" in row.get(*KIND).casefold() else "camp"
    opens, closes = (_date(reader, sheet, row, keys) for keys in (OPENS, CLOSES)) if kind == "camp" else (None, None)
    if opens and closes and closes <= opens:
        reader.fault(sheet.path, row.line, _column(sheet, CLOSES), str(closes), f"a date after it opens, {opens}")
    return ListedPlace(
        name=name, lat=lat, lon=lon, population=people if kind == "town" else None,
        kind=camp_kind if kind == "camp" else "town", capacity=_people(reader, sheet, row, CAPACITY),
        displaced=_people(reader, sheet, row, DISPLACED), opens=opens,
        closes=closes, state=row.get(*STATE), municipality=row.get(*MUNICIPALITY), country=row.get(*COUNTRY),
        pcode=row.get(*PCODE), source=source,
    )  # fmt: skip


def _people(reader: Reader, sheet: NamedSheet, row: SheetRow, keys: tuple[str, ...]) -> int | None:
    return read_people(reader, sheet.path, row.line, _column(sheet, keys), row.get(*keys), most=MOST_PEOPLE)


def _date(reader: Reader, sheet: NamedSheet, row: SheetRow, keys: tuple[str, ...]) -> dt.date | None:
    cell = row.get(*keys)
    if not cell:
        return None
    try:
        return dt.date.fromisoformat(cell[:10])
    except ValueError:
        reader.fault(sheet.path, row.line, _column(sheet, keys), cell, "a date such as 2012-02-29")
        return None


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
            lat = read_degrees(reader, path, line, "latitude", row["latitude"], most=90)
            lon = read_degrees(reader, path, line, "longitude", row["longitude"], most=180)
            if lat is None or lon is None:
                continue
            people = read_people(reader, path, line, "population", row["population"], most=MOST_PEOPLE)
            size = GEONAMES_SIZES.get(row["feature code"], "village")
            places.append(ListedPlace(
                name=row["name"], lat=lat, lon=lon, population=people or None, aliases=(row["asciiname"],), size=size,
                country=row["country code"], source=source,
            ))  # fmt: skip
    return places
