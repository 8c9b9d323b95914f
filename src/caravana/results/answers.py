"""What every page asks of a run, whatever its model: read once, handed on as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.results.members import as_simulated, members_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

LEAST = 10
"""Persons under which a cell is withheld from anything for the public."""


@dataclass(frozen=True)
class Answers:
    """What any run says of itself.

    Attributes
    ----------
    folder
        Where the run lies.
    scenario
        As simulated: up to the last day of the run.
    manifest
        Plan, versions, blocks done and failed.
    dates
        Days simulated.
    members
        Member numbers, [member].
    requested
        Members requested; more than there are where blocks failed.
    drawn
        Range of 9 in 10 members of each parameter drawn: ``low``, ``high``, by name.
    small_cells
        Cells of people in the run, and the share of them under :data:`LEAST` persons.
    """

    folder: Path
    scenario: Scenario
    manifest: Mapping[str, Any]
    dates: pd.DatetimeIndex
    members: NDArray[np.int64]
    requested: int
    drawn: pd.DataFrame
    small_cells: tuple[int, float]

    @property
    def plan(self) -> Mapping[str, Any]:
        """What was asked for: seed, policies, settings, claims taken."""
        plan: Mapping[str, Any] = self.manifest["plan"]
        return plan

    @property
    def version(self) -> str:
        """Version of the program that made the run."""
        return str(self.manifest["caravana"])

    @property
    def days(self) -> int:
        """Days simulated."""
        return len(self.dates)

    @property
    def first(self) -> dt.date:
        """The first day simulated."""
        return self.date(0)

    @property
    def last(self) -> dt.date:
        """The last day simulated."""
        return self.date(self.days - 1)

    def date(self, day: int) -> dt.date:
        """The date of a day of the run."""
        date: dt.date = self.dates[day].date()
        return date

    @property
    def failed_blocks(self) -> int:
        """Blocks of members that failed."""
        return len(self.manifest.get("blocks_failed", ()))

    @property
    def complete(self) -> bool:
        """Whether every block asked for is done or has failed."""
        return self.manifest.get("complete") is not False


def _spoken(folder: Path) -> Path:
    """A run folder as pages name it: not where on a machine it lies, which tells whose it is."""
    return Path(folder.name) if folder.is_absolute() else folder


def about(run: Run) -> dict[str, Any]:
    """The fields of :class:`Answers`, for the answers of any family.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no finished member.
    """
    import pandas as pd

    members, tables = members_of(run), run.tables
    drawn = pd.DataFrame(columns=["low", "high"])
    if "parameters" in tables:
        drawn = run.query(
            "SELECT CAST(name AS VARCHAR) AS name, quantile_cont(value, 0.05) AS low, "
            "quantile_cont(value, 0.95) AS high FROM parameters GROUP BY 1"
        ).set_index("name")
    cells = run.query(f"SELECT count(*) AS n, avg(CAST(persons < {LEAST} AS DOUBLE)) AS share FROM people").iloc[0]
    return {
        "folder": _spoken(run.path), "scenario": as_simulated(run), "manifest": run.manifest, "dates": run.days,
        "members": members, "requested": run.members, "drawn": drawn,
        "small_cells": (int(cells["n"]), float(cells["share"]) if cells["n"] else 0.0),
    }  # fmt: skip


def read_answers(run: Run) -> Answers:
    """Read what any run says of itself.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no finished member.
    """
    return Answers(**about(run))
