"""Every reader of ``caravana build`` given damaged inputs, as :mod:`benchmarks.attacks.fuzz` gives them.

Beside tracebacks, time and memory each try looks for silent thousandths: a number of people that has dots or commas
before three digits, and is read as anything but the number without them.

::

    python -m benchmarks.attacks.fuzz_build --tries 10000 --write
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.attacks.fuzz import attack
from benchmarks.attacks.fuzz_readers import Reader, Written, write_texts
from tests.made.extracts import written_land
from tests.made.workbooks import WRITERS, workbook

from caravana.importers.boundaries.units import read_units
from caravana.importers.build.build import build_scenario
from caravana.importers.build.plan import read_plan
from caravana.importers.conflict.assigning import EventRule, assign, series_of
from caravana.importers.conflict.events import read_events
from caravana.importers.osm.extract import read_extract
from caravana.importers.places.tables import CAPACITY, NAME, PEOPLE, read_camps, read_places
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader as Gathered
from caravana.importers.tables.sheets import read_sheet
from caravana.numerals import what_dots_are
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RESULTS = Path(__file__).with_name("build_readers.json")
GROUPED = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")
"""A number whose dots or commas may be those of thousands."""

TABLES = {
    "places.csv": (
        "List of places 2030\nname,latitude,longitude,population,country\n"
        '#loc+name,#geo+lat,#geo+lon,#population,#country\nMopti,14.49,-4.2,"114,296",Mali\n'
        "Douentza,15.0,-2.95,28000,Mali\nHombori,15.28,-1.69,6000,Mali\nTotal,,,148296,\n"
    ),
    "camps.csv": (
        "Campamento;Latitud;Longitud;Capacidad;Apertura;Cierre;País\nMberra;15,77;-5,78;70.000;13/01/2022;;Mauritania\n"
        "Goudoubo;13,87;-0,23;1.250.000;01/02/2022;31/12/2022;Burkina Faso\n"
    ),
    "geonames.txt": (
        "2453348\tMopti\tMopti\t\t14.49\t-4.2\tP\tPPLA\tML\t\t05\t\t\t\t114296\t\t276\tAfrica/Bamako\t2019-01-01\n"
        "2455999\tGao\tGao\t\t16.27\t-0.04\tP\tPPLA\tML\t\t09\t\t\t\t87000\t\t276\tAfrica/Bamako\t2019-01-01\n"
    ),
}
EVENTS = {
    "acled.csv": (
        "event_id_cnty,event_date,year,time_precision,event_type,country,admin1,admin2,latitude,longitude,"
        "geo_precision,fatalities\nMLI1,13 May 2022,2022,1,Battles,Mali,Mopti,Douentza,15.0,-2.95,1,3\n"
        "MLI2,20 May 2022,2022,1,Riots,Mali,Mopti,Mopti,14.49,-4.2,1,0\n"
        "MLI3,21 May 2022,2022,1,Protests,Mali,Mopti,Mopti,14.49,-4.2,1,0\n"
    ),
    "ucdp.csv": (
        "id,relid,where_prec,adm_1,adm_2,latitude,longitude,country,date_prec,date_start,date_end,best\n"
        "77,MLI-1,1,Mopti region,Douentza,15.0,-2.95,Mali,1,2022-05-13 00:00:00.000,2022-05-13 00:00:00.000,3\n"
    ),
    "hapi.csv": (
        "location_code,admin1_code,admin1_name,admin2_code,admin2_name,admin_level,event_type,events,fatalities,"
        "reference_period_start,reference_period_end\nMLI,ML05,Mopti,ML0502,Douentza,2,political_violence,3,9,2022-05-01,"
        "2022-05-31\nMLI,ML05,Mopti,ML0502,Douentza,2,civilian_targeting,2,5,2022-05-01,2022-05-31\n"
    ),
}
LIVED = (
    Place(
        id="Douentza", name="Douentza", lat=15.0, lon=-2.9, population=28000, municipality="Douentza", pcode="ML0502"
    ),
    Place(id="Mopti", name="Mopti", lat=14.49, lon=-4.2, population=114296, state="Mopti"),
)
COUNTS = {
    "counts.csv": (
        "Sitio,Código,Fecha,Individuos\n#loc+name,#loc+code,#date,#affected+ind\n"
        'Mberra,A1,28/02/2022,"12,500"\nGoudoubo,B1,28/02/2022,"1,200"\nTotal,,28/02/2022,"13,700"\n'
        'Mberra,A1,31/03/2022,"15,250"\nGoudoubo,B1,31/03/2022,"1,900"\n'
    ),
}
UNITS = {
    "units.geojson": json.dumps({"type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": {"adm1_name": "Mopti", "adm1_pcode": "ML05", "adm2_name": "Douentza",
                                          "adm2_pcode": "ML0502", "valid_on": "2020-01-01"},
        "geometry": {"type": "Polygon", "coordinates": [[[-4, 14], [-2, 14], [-2, 16], [-4, 16], [-4, 14]]]},
    }]}),
}  # fmt: skip
PLAN = {
    "build.toml": (
        'title = "Land"\nstart = 2022-01-01\nend = 2022-06-30\n\n[places]\nfile = "places.csv"\n\n[camps]\n'
        'file = "camps.csv"\n\n[conflict]\nfile = "acled.csv"\nwithin_km = 30\nlasts_days = 60\n\n[counts]\n'
        'file = "counts.csv"\n\n[boundaries]\nfile = "units.geojson"\n'
    ),
}


def _said(reader: Gathered, remarks: Remarks | None = None) -> str:
    """Faults and remarks as words: a remark that cannot be told is a fault of ours."""
    if remarks is not None:
        for one in remarks.all:
            one.as_json()
    return "\n".join(map(str, reader.listed()))


def _thousandths(path: Path, columns: Iterable[tuple[tuple[str, ...], Callable[[str], int | None]]]) -> None:
    """Raise where a grouped number was read as another one than its digits."""
    sheet = read_sheet(Gathered(path.parent), path, known=(*NAME, *PEOPLE, *CAPACITY, "latitude", "longitude"))
    for keys, read in columns if sheet is not None else ():
        cells = [row.get(*keys) for row in sheet.rows]
        if what_dots_are(cells) == "decimal":
            continue
        for row, cell in zip(sheet.rows, cells, strict=True):
            number = read(row.get(*NAME))
            if GROUPED.fullmatch(cell) and number not in {None, int(re.sub(r"\D", "", cell))}:
                raise AssertionError(f"{path.name} line {row.line}: {cell} was read as {number}")


def _read_tables(home: Path, names: tuple[str, ...]) -> str:
    said = []
    for name in names:
        path, reader = home / name, Gathered(home)
        listed = (read_camps if "camps" in name else read_places)(reader, path, source="s")
        said.append(_said(reader))
        if len({one.name for one in listed}) == len(listed) and path.suffix == ".csv" and not reader.faults:
            by_name = {one.name: one for one in listed}
            _thousandths(path, (
                (CAPACITY if "camps" in name else PEOPLE, lambda place, of=by_name: (
                    None if place not in of else of[place].capacity or of[place].population
                )),
            ))  # fmt: skip
    return "\n".join(filter(None, said))


def _read_events(home: Path, names: tuple[str, ...]) -> str:
    import datetime as dt

    said = []
    for name in names:
        reader, remarks = Gathered(home), Remarks()
        file = read_events(reader, home / name, remarks, roads=(-6.0, 13.0, 1.0, 17.0))
        if file is not None:
            assigned = assign(file.events, LIVED, remarks, rule=EventRule())
            order = [place.id for place in LIVED]
            series_of(assigned, order, start=dt.date(2022, 1, 1), days=181, rule=EventRule())
        said.append(_said(reader, remarks))
    return "\n".join(filter(None, said))


def _read_in_workbooks(home: Path, names: tuple[str, ...], read: Callable[[Path, tuple[str, ...]], str | None]) -> str:
    """Write the damaged text of tables into a workbook of each format, and read that."""
    said = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = home / name
            text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
            lines = text.replace("\0", " ").splitlines()
            mark = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
            rows = [[_cell(cell) for cell in row] for row in csv.reader(lines, delimiter=mark)]
            for kind in WRITERS:
                inside = Path(folder) / f"{path.stem}.{kind}"
                inside.write_bytes(workbook(kind, [row[:200] for row in rows[:200]]))
                said.append(read(Path(folder), (inside.name,)) or "")
    return "\n".join(filter(None, said))


def _cell(text: str) -> Any:
    """A cell as a spreadsheet would keep it: a number where it is one of ordinary size; letters that XML can hold."""
    if re.fullmatch(r"-?\d{1,12}(?:\.\d{1,6})?", text) and not GROUPED.fullmatch(text):
        return float(text)
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", " ", text)[:8000] or None


def _read_counts(home: Path, names: tuple[str, ...]) -> str:
    from benchmarks.attacks.fuzz_readers import read_count_files

    return read_count_files(home, names) or ""


def _read_boundaries(home: Path) -> str:
    reader = Gathered(home)
    read_units(reader, home / "units.geojson")
    return _said(reader)


def _make_extract(home: Path) -> None:
    home.mkdir()
    written_land().write(home / "land.osm")


def _read_extract(home: Path) -> str:
    read_extract(home / "land.osm")
    return ""


def _read_plan(home: Path) -> str:
    """Build from a plan, and everything it names."""
    try:
        build_scenario(read_plan(home / "build.toml"), name="land")
    finally:
        # What was proposed for the counts is kept beside them: that is meant.
        (home / "counts.csv.mapping.toml").unlink(missing_ok=True)
    return ""


def _of(name: str, texts: Written, read: Callable[[Path, tuple[str, ...]], str | None]) -> tuple[Reader, Reader]:
    """A reader of texts, and of the same in workbooks."""
    tables = tuple(texts)
    sheets = tuple(one for one in tables if one.endswith(".csv"))
    return (
        Reader(name, lambda home: write_texts(home, texts), lambda home: read(home, tables)),
        Reader(
            f"{name}-in-workbooks", lambda home: write_texts(home, {one: texts[one] for one in sheets}),
            lambda home: _read_in_workbooks(home, sheets, read),
        ),
    )  # fmt: skip


READERS: tuple[Reader, ...] = (
    *_of("tables", TABLES, _read_tables),
    *_of("events", EVENTS, _read_events),
    *_of("counts", COUNTS, _read_counts),
    Reader("boundaries", lambda home: write_texts(home, UNITS), _read_boundaries),
    Reader("extract", _make_extract, _read_extract),
    Reader(
        "plan", lambda home: write_texts(home, {**PLAN, **TABLES, **EVENTS, **COUNTS, **UNITS}), _read_plan
    ),
)  # fmt: skip


if __name__ == "__main__":
    attack(READERS, results=RESULTS, description=__doc__, tries=10_000)
