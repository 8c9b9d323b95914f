"""Scenario folders: find, read, write and list them.

A folder holds ``scenario.toml`` and the tables ``places.csv`` and ``links.csv``, and may hold ``events.csv``,
``observations.csv``, ``claims.csv``, ``sources.csv`` and ``series-<kind>.csv``.  One that takes a packaged road
(:mod:`caravana.scenario.packaged_roads`) may leave out places and links.
Other files in it are left alone.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.atomic import new_folder_beside, replace_folder
from caravana.errors import ScenarioError, UsageError
from caravana.scenario.canonical import same_scenario
from caravana.scenario.checks.whole import check_absent, check_draft
from caravana.scenario.model import Scenario
from caravana.scenario.packaged_roads import add_road
from caravana.scenario.reading.document import read_document
from caravana.scenario.reading.draft import CSV_TABLES, DOCUMENT, TOML_TABLES, Draft
from caravana.scenario.reading.faults import Fault, FaultList
from caravana.scenario.reading.series import read_series
from caravana.scenario.reading.tables import read_table
from caravana.scenario.writing import (
    as_caravana_error,
    is_ours,
    refuse_foreign,
    write_files,
)
from caravana.spelling import did_you_mean
from caravana.summaries import Summarised

if TYPE_CHECKING:
    from collections.abc import Callable

    from caravana.scenario.declared import DeclaredBy

__all__ = [
    "Bundled", "Fault", "bundled", "find_scenario", "load_scenario", "read_scenario", "same_scenario",
    "write_scenario",
]  # fmt: skip

#: Tables that every scenario has, unless it takes a packaged road; a folder without the others has no rows of them.
ALWAYS = ("places", "links")
#: What tells another kind of folder, what it is, and the next step.
OTHER_FOLDERS = (
    ("manifest.json", "this is a run folder, whose scenario is {folder}/scenario"),
    ("input_csv", "this is a Flee instance: `caravana import flee {folder} SCENARIO` makes a scenario of it"),
    ("posterior.npz", "this is a calibration's folder: `caravana run SCENARIO --posterior {folder}` uses it"),
)
NOTHING_THERE = "a scenario folder; there is nothing of this name"
LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True, repr=False)
class Bundled(Summarised):
    """A scenario that comes with the package: the name it is called by, its titles and its folder."""

    name: str
    title: str
    title_es: str
    path: Path


def bundled() -> list[Bundled]:
    """List the scenarios that come with the package, by name.

    Returns
    -------
    list of Bundled
        Name, titles and folder of each.

    Examples
    --------
    >>> import caravana as cv
    >>> [one.name for one in cv.bundled()][-1]
    'tapachula-2021-11-18'
    """
    return [_describe(LIBRARY / name) for name in _library()]


def _library() -> list[str]:
    folders = LIBRARY.iterdir() if LIBRARY.is_dir() else ()
    return sorted(folder.name for folder in folders if (folder / DOCUMENT).is_file())


def _describe(folder: Path) -> Bundled:
    try:
        document = tomllib.loads((folder / DOCUMENT).read_text("utf-8"))
    except (OSError, ValueError):
        document = {}  # its faults are told by whoever reads it
    return Bundled(folder.name, str(document.get("title", "")), str(document.get("title_es", "")), folder)


def find_scenario(name_or_path: str | os.PathLike[str]) -> Path:
    """Folder of a scenario: of the bundled one of that name, else the path itself.

    For a folder that has the name of a bundled scenario write ``./name``, or give a
    :class:`~pathlib.Path` (which drops the ``./``): it is the folder where there is one.

    Parameters
    ----------
    name_or_path
        Name of a bundled scenario, or path of a folder (which need not be there).

    Raises
    ------
    UsageError
        If it is neither text nor a path.
    """
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise UsageError(f"{name_or_path!r}: expected a scenario, the name of a bundled one, or the path of a folder")
    name = str(name_or_path)
    if name not in _library() or (isinstance(name_or_path, Path) and name_or_path.is_dir()):
        return Path(name_or_path)
    return LIBRARY / name


def read_scenario(path: str | Path, *, declared_by: DeclaredBy) -> tuple[Scenario | None, list[Fault]]:
    """Read a scenario folder and list every fault of every file.

    Parameters
    ----------
    path
        The folder.
    declared_by
        What rules declare; where nothing is, the folder must say everything itself.

    Returns
    -------
    tuple
        The scenario, or None where there are faults; and the faults, file by file, at most
        :data:`~caravana.scenario.reading.faults.MOST_FAULTS` of each.
    """
    folder = Path(path)
    draft = Draft(FaultList())
    if problem := _folder_problem(folder):
        draft.faults.add(str(path), None, "", None, problem)
        return None, draft.faults.listed()
    units = read_document(folder / DOCUMENT, draft)
    needed = ALWAYS if draft.road is None else ()
    absent = {table for table in CSV_TABLES if table not in needed and not (folder / f"{table}.csv").exists()}
    for table, model in CSV_TABLES.items():
        draft.tables[table] = [] if table in absent else read_table(folder / f"{table}.csv", model, draft.faults)
    add_road(draft)
    check_absent(draft, absent if draft.road is None else absent - set(ALWAYS))
    read_series(folder, units, draft)
    as_written = {table: draft.entries(table) for table in TOML_TABLES}
    check_draft(draft, declared_by)
    if draft.faults:
        return None, draft.faults.listed()
    entries = {table: draft.entries(table) for table in CSV_TABLES} | as_written
    rows = {table: tuple(entry.row for entry in of_table) for table, of_table in entries.items()}
    return Scenario(**draft.header, **rows, series=tuple(draft.series)), []


def _folder_problem(folder: Path) -> str | None:
    try:
        if not folder.exists():
            return NOTHING_THERE
        if not folder.is_dir():
            return "a scenario folder, not a file"
        next(folder.iterdir(), None)
        if not (folder / DOCUMENT).exists():
            for name, what in OTHER_FOLDERS:
                if (folder / name).exists():
                    return f"a scenario folder; {what.format(folder=folder)}"
    except PermissionError:
        return "a folder that may be read; permission is denied"
    except (OSError, ValueError) as error:
        return f"a folder that can be read; the system says: {error}"
    return None


def load_scenario(name_or_path: str | os.PathLike[str], *, declared_by: DeclaredBy) -> Scenario:
    """Load a scenario: a bundled one by name, or a folder.

    Parameters
    ----------
    name_or_path
        Name of a bundled scenario, or path of a folder.
    declared_by
        What rules declare.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or it has faults; the message lists them all, one a line.
    """
    scenario, faults = read_scenario(find_scenario(name_or_path), declared_by=declared_by)
    if faults and faults[0].expected == NOTHING_THERE:
        names = ", ".join(_library()) or "none"
        meant = did_you_mean(str(name_or_path), _library())
        raise ScenarioError(f"no scenario '{name_or_path}'{meant}: no such folder, nor one bundled (bundled: {names})")
    if scenario is None:
        raise ScenarioError("\n".join([f"scenario '{name_or_path}' has faults:", *map(str, faults)]))
    return scenario


def write_scenario(
    scenario: Scenario, path: str | Path, *, declared_by: DeclaredBy, complete: Callable[[Path], object] | None = None
) -> None:
    """Write a scenario as a folder, whole or not at all.

    What was written is read back and compared before it takes its place, so a folder that stands
    there is a scenario, and the same one.  A scenario folder that is there is replaced; its files
    that are not a scenario's are kept.

    Parameters
    ----------
    scenario
        The scenario.
    path
        The folder; folders above it are made where missing.
    declared_by
        What rules declare.
    complete
        Called with the folder before it takes its place, to write what is to lie in it beside the scenario.

    Raises
    ------
    ScenarioError
        If the scenario has faults, or holds what its files cannot carry.
    UsageError
        If something stands at the path that is neither a scenario folder nor an empty one, or
        the path cannot name a folder.
    CaravanaError
        If the system refuses (no permission, disk full).
    """
    try:
        target = Path(path).resolve()
    except ValueError as error:
        raise UsageError(f"{str(path)!r} cannot be the name of a folder: {error}") from None
    part: Path | None = None
    try:
        refuse_foreign(target)
        part = new_folder_beside(target)
        write_files(scenario, part)
        written, faults = read_scenario(part, declared_by=declared_by)
        if written is None:
            raise ScenarioError("\n".join(["the scenario cannot be written:", *map(str, faults)]))
        if not same_scenario(written, scenario):
            raise ScenarioError("the scenario cannot be written: it would not read back the same")
        if complete is not None:
            complete(part)
        fresh = {one.name for one in part.iterdir()}
        # Notes and licences that lie beside an older scenario stay.
        replace_folder(part, target, keeps=lambda name: not is_ours(name) and name not in fresh)
    except OSError as error:
        raise as_caravana_error(error, target) from error
    finally:
        if part is not None and part.exists():
            shutil.rmtree(part, ignore_errors=True)
