"""Every fault of an operation: of its settings, its scenario, and the reports in its ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.models.scenarios import check_scenario, load_scenario, read_scenario
from caravana.operation.folder import open_operation
from caravana.operation.known import standing, with_reports
from caravana.operation.ledger import open_ledger

if TYPE_CHECKING:
    from caravana.scenario.reading.faults import Fault

OBSERVATIONS = "observations.csv"


@dataclass(frozen=True)
class CheckedOperation:
    """What a check came to.

    Attributes
    ----------
    name
        What the operation is called.
    faults
        All that is wrong; a report's stand under ``ledger``, with the number of the report among those that stand.
    notes
        What an import could not carry over.
    reports, forecasts
        How many stand, and how many were issued.
    """

    name: str
    faults: list[Fault]
    notes: tuple[str, ...]
    reports: int
    forecasts: int


def check_operation(folder: Path) -> CheckedOperation:
    """Check an operation.

    Raises
    ------
    ScenarioError
        If its settings have faults.
    UsageError
        If there is no operation, or no ledger.
    """
    operation = open_operation(folder)
    scenario, faults = read_scenario(operation.scenario)
    with open_ledger(operation, make=False) as ledger:
        reports, issued = standing(ledger.reports()), len(ledger.issued())
    if scenario is None:
        return CheckedOperation(operation.name, faults, (), len(reports), issued)
    ids = [row["id"] for row in reports.to_dict("records") if row["kind"] != "ended"]
    wrong = check_scenario(with_reports(load_scenario(operation.scenario), reports))
    of_reports = [_of_ledger(fault, ids) for fault in wrong if fault.file == OBSERVATIONS]
    return CheckedOperation(operation.name, of_reports, scenario.notes, len(reports), issued)


def _of_ledger(fault: Fault, ids: list[str]) -> Fault:
    """A fault of an observation, told of the report that it comes from."""
    number = None if fault.row is None else fault.row - 2
    if number is None or number >= len(ids):
        return replace(fault, file="ledger", row=None)
    return replace(fault, file=f"ledger, report {ids[number]}", row=None)
