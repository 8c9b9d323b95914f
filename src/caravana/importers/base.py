"""What an importer is, and what it gives: a scenario or every fault of the files, and what was not carried over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.errors import ScenarioError, UsageError
from caravana.scenario.checks.whole import check_scenario
from caravana.summaries import Summarised, counted

MOST_SHOWN = 10
"""Faults that ``repr`` shows at most; the message of :meth:`ImportResult.require` has all."""

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caravana.importers.rows import Reader
    from caravana.scenario.model import Scenario
    from caravana.scenario.reading.faults import Fault


@dataclass(frozen=True, slots=True, repr=False)
class ImportResult(Summarised):
    """What an import gave.

    Attributes
    ----------
    scenario
        The scenario; None where there are faults.
    notes
        What was not carried over or was read in a way worth knowing, one line each.
    faults
        Everything wrong in the files.
    """

    scenario: Scenario | None
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows: the scenario, or the first faults."""
        shown = [("notes", counted(len(self.notes), "note"))]
        if self.scenario is not None:
            return "Import", [("scenario", repr(self.scenario).partition("\n")[0]), *shown]
        more = self.number_of_faults - len(self.faults[:MOST_SHOWN])
        faults = [("fault", str(fault)) for fault in self.faults[:MOST_SHOWN]]
        return "Import without a scenario", [*faults, *([("", f"and {more:,} more")] if more > 0 else []), *shown]

    @property
    def number_of_faults(self) -> int:
        """Number of faults, with those that are counted and not listed."""
        return sum(max(1, fault.more) for fault in self.faults)

    def require(self) -> Scenario:
        """Return the scenario.

        Raises
        ------
        ScenarioError
            If there are faults; all are listed.
        """
        if self.scenario is None:
            lines = "\n".join(str(fault) for fault in self.faults)
            raise ScenarioError(f"{self.number_of_faults} faults in this instance:\n{lines}")
        return self.scenario


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of files that become a scenario: a row of the table in :mod:`caravana.importers.registry`.

    Attributes
    ----------
    name
        What ``caravana import NAME`` calls it.
    summary
        One line of help.
    source
        What it reads, as the help of its argument.
    read
        Reads a folder or file, with a file of settings or None, and never raises for what is wrong in them.
    """

    name: str
    summary: str
    source: str
    read: Callable[[Path, Path | None], ImportResult]


def finish_import(reader: Reader, scenario: Scenario | None) -> ImportResult:
    """Check a scenario that was read as any other is checked, and gather every fault.

    Parameters
    ----------
    reader
        What read the files, with their faults and notes.
    scenario
        The scenario; None where the files have faults.

    Returns
    -------
    ImportResult
        The scenario where nothing is wrong, else the faults: of the files, or of the scenario.
    """
    notes = tuple(dict.fromkeys(reader.notes))
    if reader.faults or scenario is None:
        return ImportResult(None, notes, reader.listed())
    faults = tuple(check_scenario(scenario, declared_by={}))
    return ImportResult(None if faults else scenario, notes, faults)


def refuse_taken(out: Path) -> None:
    """Refuse to write where something stands.

    Raises
    ------
    UsageError
        If there is a file, or a folder that is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} exists and is not empty; give another folder")
