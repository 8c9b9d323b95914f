"""Every command that writes, as it is attacked: its words, and what must lie in the folder that it is given in.

A command of another part of the program is added here, and every campaign attacks it.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.attacks.children import run_command
from benchmarks.attacks.damage import SCENARIO, UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command that writes: its name in the table, its words, and what of :func:`lay_out` it needs."""

    name: str
    words: tuple[str, ...]
    needs: tuple[str, ...] = ()


def _run(scenario: str, out: str, *options: str) -> tuple[str, ...]:
    return ("run", scenario, "--members", "128", "--until", UNTIL, "--workers", "1", "--quiet", "--out", out, *options)


def _calibrate(scenario: str, out: str) -> tuple[str, ...]:
    sizes = ("--budget", "128", "--draws", "50", "--workers", "1")
    return ("calibrate", scenario, *sizes, "--quiet", "--out", out)


_WORLDS = ("--members", "64", "--workers", "1", "--quiet")
_CAMPS = ("run", "camps", "--members", "64", "--workers", "1", "--quiet", "--out", "there")
_NEEDS = ("needs", "run", "--origin", SCENARIO[-10:], "--as-run")
_ROAD = ("--road", "tapachula-mexico-city", "--departs", "2021-11-18", "--until", "2021-12-18")
EVENING, NEXT = "2021-11-22", "2021-11-23"
_OBSERVE = ("observe", "evening", "huixtla", "--on", EVENING, "--known-on", EVENING, "--persons", "900")
_UPDATE = ("update", "evening", "--on")
THEIRS = f"{EVENING}-other-model.csv"
"""A file of another team's forecasts."""
COMMANDS = (
    Command("run", _run(SCENARIO, "new")),
    Command("run, damaged", _run(SCENARIO, "broken"), ("broken",)),
    Command("run, posterior", _run(SCENARIO, "led", "--posterior", "posterior"), ("posterior",)),
    Command("run, displacement", _CAMPS, ("camps",)),
    Command("merge", ("merge", "pieced", "--quiet"), ("pieced",)),
    Command("calibrate", _calibrate(SCENARIO, "fitted")),
    Command("calibrate, displacement", _calibrate("camps", "fitted"), ("camps",)),
    Command("compare", ("compare", SCENARIO, "no-caravan", *_WORLDS, "--out", "compared")),
    Command("evidence", ("evidence", SCENARIO, "--weigh", *_WORLDS, "--out", "weighed")),
    Command("report", ("report", "run", "--lang", "es"), ("run",)),
    Command("report, elsewhere", ("report", "run", "--out", "page.html"), ("run",)),
    Command("sensitivity", ("sensitivity", "run"), ("run",)),
    Command("needs", (*_NEEDS, "--lang", "es"), ("run",)),
    Command("export, xlsx", ("export", "run", "--format", "xlsx"), ("run",)),
    Command("export, csv", ("export", "run", "--format", "csv", "--out", "tables"), ("run", "tables")),
    Command("export, geojson", ("export", "run", "--format", "geojson"), ("run",)),
    Command("export, geoparquet", ("export", "run", "--format", "geoparquet"), ("run",)),
    Command("export, netcdf", ("export", "run", "--format", "netcdf"), ("run",)),
    Command("read", ("read", "article.txt", SCENARIO, "--out", "drafts"), ("article.txt",)),
    Command("read, proposals", ("read", "report.txt", SCENARIO, "--proposals", "proposed.json"), ("report.txt",)),
    Command("import", ("import", "flee", "instance", "camps"), ("instance",)),
    Command("build", ("build", "built", "--plan", "land/build.toml"), ("land",)),
    Command("build, again", ("build", "earlier", "--plan", "land/build.toml", "--overwrite"), ("land", "earlier")),
    Command("build, template", ("build", "begun", "--template")),
    Command("new", ("new", "begun", *_ROAD)),
    Command("new, scenario", ("new", "begun", "--scenario", SCENARIO)),
    Command("observe", _OBSERVE, ("evening",)),
    Command("observe, file", ("observe", "evening", "--from", "reports.csv"), ("evening", "reports.csv")),
    Command("accept", ("accept", "evening", "decided.json"), ("evening", "decided.json")),
    Command("update", (*_UPDATE, NEXT, "--quiet"), ("evening",)),
    Command("brief", ("brief", "evening", "--lang", "es"), ("evening",)),
    Command("brief, public", ("brief", "evening", "--audience", "public", "--out", "shown"), ("evening",)),
    Command("exchange, write", ("exchange", "evening", "--write", "hub", "--on", NEXT), ("evening", "hub")),
    Command("exchange, take", ("exchange", "evening", "--take", THEIRS, "--on", NEXT), ("evening", THEIRS)),
    Command("triggers", ("triggers", "evening", "grown", "--test", "--on", NEXT), ("evening",)),
)
OFTEN = (
    "run", "run, damaged", "calibrate", "report", "export, csv", "import", "build", "new", "observe", "update",
    "exchange, write",
)  # fmt: skip
"""Those that between them write in every way: the short campaigns attack these."""

_ARTICLE = "Tapachula, 18 November 2021. Some 2,000 people left Tapachula on Thursday, police said.\n"
_INSTANCE = {
    "input_csv/locations.csv": "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"
    "A,R1,Here,1.0,1.0,conflict_zone,0,1000\nB,R1,Here,1.0,2.0,town,,\nNear,R2,There,1.0,3.0,camp,,10000\n",
    "input_csv/routes.csv": "#name1,name2,distance,forced_redirection\nA,B,90,\nB,Near,100,\n",
    "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
    "input_csv/conflicts.csv": "#Day,A\n" + "".join(f"{day},1\n" for day in range(20)),
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,20\n",
    "source_data/data_layout.csv": "total,refugees.csv\nNear,Near.csv\n",
    "simsetting.yml": "",
}


_SETTINGS = """
[forecast]
horizon = 2
members = 50

[triggers.grown]
name = "Counts have grown"
all = [{ kind = "rising", series = "counted", periods = 2, name = "two months of more" }]
outcome = { series = "counted", figure = 15 }
readiness_days = 14
action_days = 45
decided_by = "head of delegation"
"""
_SERIES = "series,date,value,known_on\n" + "".join(
    f"counted,2021-{month:02}-28,{2 * month},2021-{month:02}-28\n" for month in range(7, 11)
)
_REPORT = "Huixtla, 19 de noviembre de 2021. Unos 3 mil migrantes, según los organizadores, descansan en Huixtla.\n"
_REPORTS = "date,place,kind,low,high,known_on\n" + "".join(
    f"2021-11-{day},huixtla,headcount,{day}00,{day}00,2021-11-{day}\n" for day in (22, 23)
)


def _write_instance(folder: Path) -> None:
    counts = "".join(f"{dt.date(2020, 1, 1) + dt.timedelta(days=day)},{45 * day}\n" for day in (0, 10, 20))
    for name, text in {**_INSTANCE, "source_data/refugees.csv": counts, "source_data/Near.csv": counts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def lay_out(home: Path, *, posterior: bool = True) -> Path:
    """Make what commands need, each by the command that makes it; `posterior`: a calibration too.

    Returns
    -------
    pathlib.Path
        The folder that holds it.

    Raises
    ------
    RuntimeError
        If one of these commands fails.
    """
    work = home / "work"
    work.mkdir(parents=True)
    (work / "article.txt").write_text(_ARTICLE, encoding="utf-8")
    _write_instance(work / "instance")
    fitted = (_calibrate(SCENARIO, "posterior"),) if posterior else ()
    _give_all(home, (
        _run(SCENARIO, "run"), *((*_run(SCENARIO, "pieced"), "--piece", f"{one}/2") for one in (1, 2)),
        ("export", "run", "--format", "csv", "--out", "tables"), _NEEDS,
        ("import", "flee", "instance", "camps"), ("build", "land", "--template"), *fitted,
    ))  # fmt: skip
    _lay_out_operation(home)
    # An older state of each, beside which its owner keeps something.
    (work / "camps" / "notes.txt").write_text("mine", encoding="utf-8")
    (work / "camps" / "places.csv").write_bytes((work / "camps" / "places.csv").read_bytes() + b"\n")
    for path in (work / "tables").glob("*.csv"):
        path.write_text("older\n", encoding="utf-8")
    shutil.copytree(work / "run", work / "broken")
    table = work / "broken" / "blocks" / "00001" / "flows.parquet"
    table.write_bytes(table.read_bytes()[:-9])
    (work / "broken" / "scenario" / "places.csv").write_text("lost\n", encoding="utf-8")
    (work / "broken" / "scenario" / "LICENCE").write_text("mine", encoding="utf-8")
    return work


def _give_all(home: Path, commands: Iterable[tuple[str, ...]]) -> None:
    for words in commands:
        done = run_command(list(words), home)
        if done.status:
            raise RuntimeError(f"{' '.join(words)}: {done.err}")


def _lay_out_operation(home: Path) -> None:
    """Make an operation with one evening forecast, a hub of it, another team's file, and a folder built earlier."""
    work = home / "work"
    _give_all(home, [("new", "evening", *_ROAD)])
    with (work / "evening" / "operation.toml").open("a", encoding="utf-8") as file:
        file.write(_SETTINGS)
    (work / "evening" / "series.csv").write_text(_SERIES, encoding="utf-8")
    (work / "reports.csv").write_text(_REPORTS, encoding="utf-8")
    _give_all(home, [
        ("observe", "evening", "huehuetan", "--on", "2021-11-18", "--known-on", "2021-11-18", "--persons", "2000"),
        (*_UPDATE, EVENING, "--quiet"), ("exchange", "evening", "--write", "hub", "--on", EVENING),
        ("build", "earlier", "--plan", "land/build.toml"),
    ])  # fmt: skip
    (work / "report.txt").write_text(_REPORT, encoding="utf-8")
    _give_all(home, [("read", "report.txt", "evening", "--proposals", "decided.json")])
    decided = json.loads((work / "decided.json").read_text("utf-8"))
    for proposal in decided["texts"][0]["proposals"]:
        proposal["accepted"] = True
    (work / "decided.json").write_text(json.dumps(decided), encoding="utf-8")
    (ours,) = (work / "hub" / "model-output").rglob("*.csv")
    shutil.copy(ours, work / THEIRS)
    (work / "earlier" / "notes.txt").write_text("mine", encoding="utf-8")


def give(command: Command, source: Path, home: Path) -> None:
    """Lay out for one try what a command needs."""
    (home / "work").mkdir(parents=True)
    for name in command.needs:
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy
        copy(source / name, home / "work" / name)
