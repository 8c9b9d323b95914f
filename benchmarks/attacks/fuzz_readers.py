"""The readers there are, each with a small sound input of its own and the way in which a command reads it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import caravana as cv
from caravana.importers.flee.instance import read_instance
from caravana.scenario.folders import LIBRARY, find_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from caravana.scenario.model import Scenario

SCENARIO = "tapachula-2021-11-18"


Written = dict[str, str]
"""Texts of an input, by the names of their files."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader under attack.

    Attributes
    ----------
    name
        What it is called.
    make
        Writes a sound input into a folder.
    read
        Reads it as a command does; gives the faults as text, nothing where there are none.
    """

    name: str
    make: Callable[[Path], None]
    read: Callable[[Path], str | None]


def _lines(faults: object) -> str:
    return "\n".join(map(str, faults))  # type: ignore[call-overload]


# ---------------------------------------------------------------- scenarios

INSTANCE = {
    "input_csv/locations.csv": (
        "#name,region,country,latitude,longitude,location_type,conflict_date,population,hdi\n"
        "Alpha,R1,Here,1.0,1.0,conflict_zone,0,12000,0.5\nBravo,R1,Here,1.0,2.0,town,,800,0.4\n"
        "Near,R2,There,1.0,3.0,camp,,10000,\nFar,R2,There,2.0,3.0,camp,,10000,\n"
    ),
    "input_csv/routes.csv": (
        "#name1,name2,distance,forced_redirection\nAlpha,Bravo,130,\nBravo,Near,120,\nBravo,Far,190,\n"
    ),
    "input_csv/closures.csv": (
        "#closure_type,name1,name2,closure_start,closure_end\nlocation,Far,,3,5\ncountry,Here,There,8,9\n"
    ),
    "input_csv/conflicts.csv": "#Day,Alpha\n" + "".join(f"{day},1\n" for day in range(12)),
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,12\n",
    "input_csv/location_changes.csv": "#name,type,day\nBravo,conflict_zone,6\n",
    "input_csv/registration_corrections.csv": "Near,2020-01-08,normalize\n",
    "input_csv/demographics_age.csv": "age,Default,Alpha\n10,0.4,0.5\n30,0.6,0.5\n",
    "input_csv/region_attributes_IPC.csv": "#Day,R1\n0,10\n5,20\n",
    "source_data/data_layout.csv": "total,refugees.csv\nNear,near.csv\nFar,far.csv\n",
    "source_data/refugees.csv": "Date,count\n2020-01-01,0\n2020-01-08,900\n2020-01-12,1500\n",
    "source_data/near.csv": "Date,count\n2020-01-01,10\n2020-01-08,600\n2020-01-12,900\n",
    "source_data/far.csv": "Date,count\n2020-01-01,10\n2020-01-08,300\n2020-01-12,600\n",
    "simsetting.yml": (
        "log_levels:\n  agent: 0\nspawn_rules:\n  take_from_population: false\n  insert_day0: true\n"
        "move_rules:\n  max_move_speed: 360.0\n  camp_movechance: 0.001\n  conflict_weight: 0.25\n"
        "optimisations:\n  hasten: 1\n"
    ),
}
"""A small Flee instance, with every file that is read."""


def write_texts(home: Path, texts: Written) -> None:
    """Write the files of an input."""
    for name, text in texts.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _make_displacement(home: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_texts(Path(folder) / "i", INSTANCE)
        cv.write_scenario(read_instance(Path(folder) / "i", None).require(), home)


def _make_caravan(home: Path) -> None:
    """Write the bundled scenario as it stands, and a copy of its longest tables cut to a few rows."""
    home.mkdir()
    for path in sorted((LIBRARY / SCENARIO).iterdir()):
        if path.is_file():
            (home / path.name).write_bytes(path.read_bytes())


def _read_scenario(home: Path) -> str | None:
    _, faults = cv.read_scenario(home)
    return _lines(faults)


def _read_flee(home: Path) -> str | None:
    return _lines(read_instance(home, home / "simsetting.yml").faults)


# ---------------------------------------------------------------- runs


@cache
def _run_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        _make_displacement(Path(folder) / "scenario")
        run = Path(folder) / "run"
        cv.simulate(Path(folder) / "scenario", members=64, seed=1, until="2020-01-03", out=run, workers=1)
        return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def _make_run(home: Path) -> None:
    for name, content in _run_files().items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)


def _make_old_run(home: Path) -> None:
    """Write a run as a version without digests did: nothing but its shape says what is wrong with it."""
    _make_run(home)
    manifest = json.loads((home / "manifest.json").read_text())
    (home / "manifest.json").write_text(json.dumps({k: v for k, v in manifest.items() if k not in {"digest", "files"}}))
    for path in home.rglob("digests.json"):
        path.unlink()


def _read_run(home: Path) -> str | None:
    from caravana.reporting.run_folder import look_beside

    run = cv.open_run(home)
    _ = run.days, run.family, run.model, run.failures, run.member_ids
    for name in ("people", "flows"):
        getattr(run, name).isel(day=0).load()
    look_beside(home, scenario_hash="")
    return None


# ---------------------------------------------------------------- what commands are given

POLICIES = """\
[[policies]]
id = "later"
title = "Cards later"
lever = "cards_issued"
start = 2021-11-20
end = 2021-11-25
place_ids = ["tapachula"]
value = 2.0
basis = ["assumption"]

[[policies]]
id = "posts"
title = "Medical posts"
lever = "medical_post"
start = "2021-11-20"
"""
STOCK = """\
item,place,quantity,unit,lead_days,note
water,,20000,litres,1,truck
water,Tapachula,500,litres,0,
"""
ARTICLES = {
    "en.txt": (
        "TAPACHULA, Mexico, Nov. 19, 2021 - About 2,500 migrants left Tapachula on Thursday, officials said. "
        "The caravan had reached Huixtla three days ago, organizers said, with some 3,000 people, many of them"
        " children. On November 17 the National Guard stopped 12 trucks near Escuintla.\n"
    ),
    "es.txt": (
        "Tapachula, 19 de noviembre de 2021. Unos 2.500 migrantes salieron el jueves de Tapachula, según autoridades. "
        "La caravana llegó a Huixtla hace dos días con 3 mil personas, dijo un organizador. El lunes pasado fueron"
        " detenidos 120 en Mapastepec.\n"
    ),
}


@cache
def _scenario() -> Scenario:
    return cv.load_scenario(SCENARIO)


def _read_policies(home: Path) -> str | None:
    from caravana.studies.policies import read_policies

    read_policies(home / "policies.toml")
    return None


def _read_supplies(home: Path) -> str | None:
    import datetime as dt

    from caravana.results.needs import load_standards
    from caravana.results.supplies import load_profile, load_stock, usable

    profile = load_profile(home / "profile.csv")
    stock = load_stock(home / "stock.csv", profile, {"tapachula": "tapachula"})
    for line in stock:
        usable(stock, line.item, origin=dt.date(2021, 11, 20), day=dt.date(2021, 11, 22))
    load_standards(home / "standards.csv")
    return None


def _make_supplies(home: Path) -> None:
    from importlib import resources

    home.mkdir()
    standards = resources.files("caravana.results") / "standards"
    (home / "stock.csv").write_text(STOCK)
    (home / "profile.csv").write_bytes((standards / "logistics.csv").read_bytes())
    (home / "standards.csv").write_bytes((standards / "sphere.csv").read_bytes())


def _read_articles(home: Path) -> str | None:
    from caravana.importers.articles.drafts import as_json, draft, draft_files
    from caravana.importers.articles.text import read_article

    said = []
    for name in ARTICLES:
        try:
            drafts = draft(read_article(home / name), _scenario(), name="a", published=None)
        except cv.CaravanaError as error:
            said.append(str(error))
            continue
        as_json(drafts)
        draft_files(drafts)
    return "\n".join(said)


def _make_posterior(home: Path) -> None:
    from caravana.inference.posterior.folder import PosteriorPlan, open_folder, write_posterior

    open_folder(home, PosteriorPlan("s", "h", "c", "2021-11-20", 4, 4, 1))
    write_posterior(home, {"a": np.arange(4.0), "persons": np.ones((4, 3))}, {"ess": 3.0, "days": ["2021-11-20"]})
    (home / "blocks").rmdir()


def _read_posterior(home: Path) -> str | None:
    from caravana.inference.posterior.folder import read_posterior

    read_posterior(home)
    return None


def _read_words(home: Path) -> str | None:
    """Read what stands in a file as the words of a command line: ``--set``, ``--take``, dates."""
    from caravana.cli.options import read_date, read_pairs, settings_with
    from caravana.evidence.taken import parse_taken, take
    from caravana.models.registry import model_of

    said: list[str] = []
    path = home / "words.txt"
    for line in (path.read_bytes() if path.is_file() else b"").decode("utf-8", "surrogateescape").splitlines():
        option, _, value = line.partition(" ")
        try:
            if option == "--set":
                read_pairs([value])
                settings = settings_with(_scenario(), None, [value])
                model_of(_scenario()).configure(_scenario(), settings)
            elif option == "--take":
                take(_scenario(), parse_taken([value]))
            else:
                read_date(value, option)
                find_scenario(value)
        except cv.CaravanaError as error:
            said.append(str(error).replace("\n", " "))
    return " ".join(said)


COUNTS = {
    "long.csv": (
        "id,admin1Name,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate\n"
        "#meta+id,#adm1+name,#adm2+name,#adm2+code,#affected+idps+ind,#date+reported\n"
        "1,North,Ford,LD0101,2500,2022-02-24\n2,North,Mill,LD0102,1200,2022-02-24\n3,North,Ford,LD0101,3100,2022-03-24\n"
    ),
    "dates.csv": "Sitio;24/02/2022;24/03/2022\nFord;2.500;1.250.000\nMill;1.200;300\nTotal;3.700;1.250.300\n",
    "places.csv": "date,Northcamp,Lakeside,Total\n13/02/2022,240,110,350\n24/03/2022,1500,900,2400\n",
    "data.json": json.dumps({"data": {"timeseries": [{"data_date": "2022-02-24", "individuals": 79209}] * 3}}),
    "source_data/data_layout.csv": "total,refugees.csv\nNear,near.csv\n",
    "source_data/refugees.csv": "2022-02-24,900\n2022-03-24,1500\n",
    "source_data/near.csv": "2022-02-24,900\n2022-03-24,1500\n",
    "long.csv.mapping.toml": (
        'layout = "long"\nheader_row = 1\nplace = "admin2Name"\ncode = "admin2Pcode"\ndate = "reportingDate"\n'
        'persons = "numPresentIdpInd"\n'
    ),
}


def _workbook() -> bytes:
    import io

    import xlsxwriter

    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True})
    for name in ("Round 1", "Round 2"):
        sheet = book.add_worksheet(name)
        for r, row in enumerate((("Camp", "Date", "Persons"), ("Ford", 44616, 2500), ("Mill", 44616, 1200))):
            sheet.write_row(r, 0, row)
    book.close()
    return packed.getvalue()


def _make_counts(home: Path) -> None:
    write_texts(home, COUNTS)
    (home / "book.xlsx").write_bytes(_workbook())


def read_count_files(home: Path, names: tuple[str, ...]) -> str | None:
    """Read tables of counts, and see that nobody is lost or split."""
    from caravana.importers.counts.reading import read_counts

    said = []
    for name in names:
        try:
            counts = read_counts(home / name, keep=False)
        except cv.CaravanaError as error:
            said.append(str(error))
            continue
        wrong = [row for row in counts.rows if row.persons != round(row.persons) or not 0 <= row.persons <= 10**12]
        if wrong or sum(row.persons for row in counts.rows) != sum(one.persons for one in counts.sums):
            raise AssertionError(f"{name}: people are lost or split: {wrong[:3]}")
    return " ".join(said)


UNITS = {
    "a.geojson": json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": None, "properties": {
            "adm1_name": name, "adm1_pcode": code, "iso2": "TD", "iso3": "TCD", "valid_on": "2022-01-01"}}
        for code, name in (("TD01", "Batha"), ("TD02", "Borkou"), ("TD05", "Guera"))
    ]}),
    "b.csv": (
        "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\nTCD,1,TD01,Batha,TD,2020-01-01\n"
        "TCD,1,TD02,Borkou,TD,2020-01-01\n"
    ),
}  # fmt: skip


def _read_units(home: Path) -> str | None:
    from caravana.importers.pcodes.reconciling import Given, reconcile
    from caravana.importers.pcodes.units import read_units

    said = []
    for name in UNITS:
        try:
            units = read_units(home / name)
        except cv.CaravanaError as error:
            said.append(str(error))
            continue
        rows = [Given(2, u.code[::-1], u.name, 5) for u in units] + [Given(3, "TCD1", "Batha", 7)]
        audit = reconcile(rows, units)
        audit.notes()
        if sum(audit.by_unit().values()) != audit.persons_taken:
            raise AssertionError(f"{name}: people are lost")
    return " ".join(said)


WORDS = "--set rest_chance=0.2\n--set turnout=2500\n--take claim-1=true\n--origin 2021-11-20\n--published 2021-11-19\n"

READERS: tuple[Reader, ...] = (
    Reader("displacement", _make_displacement, _read_scenario),
    Reader("caravan", _make_caravan, _read_scenario),
    Reader("flee", lambda home: write_texts(home, INSTANCE), _read_flee),
    Reader("run", _make_run, _read_run),
    Reader("old-run", _make_old_run, _read_run),
    Reader("policies", lambda home: write_texts(home, {"policies.toml": POLICIES}), _read_policies),
    Reader("supplies", _make_supplies, _read_supplies),
    Reader("articles", lambda home: write_texts(home, ARTICLES), _read_articles),
    Reader("posterior", _make_posterior, _read_posterior),
    Reader("counts", _make_counts, lambda home: read_count_files(home, ("long.csv", "dates.csv", "places.csv"))),
    Reader("count-books", _make_counts, lambda home: read_count_files(home, ("book.xlsx", "data.json", "source_data"))),
    Reader("pcodes", lambda home: write_texts(home, UNITS), _read_units),
    Reader("words", lambda home: write_texts(home, {"words.txt": WORDS}), _read_words),
)
"""All readers; an input is small, so that a try takes milliseconds."""
