"""The world of an operation as it was known on a day: the scenario with the reports of the ledger, cut there.

Whatever carries a date after that day is taken out of every table, so that what is computed from it cannot peek.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from caravana.inference.cut import cut
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import Event, Observation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.scenario.model import Scenario

ENDED = "ended"
"""Kind of report that a caravan broke up; in a scenario that is an event."""


@dataclass(frozen=True)
class KnownWorld:
    """What was known on a day.

    Attributes
    ----------
    on
        The evening.
    scenario
        The scenario, with the reports known by then as its observations and nothing dated later.
    reports
        Those reports, as :meth:`~caravana.operation.ledger.frames.LedgerFrames.reports` gives them, withdrawn ones
        left out.
    """

    on: dt.date
    scenario: Scenario
    reports: pd.DataFrame


def read_known(
    operation: Operation, ledger: OperationLedger, on: dt.date, *, scenario: Scenario | None = None,
    reports: pd.DataFrame | None = None,
) -> KnownWorld:  # fmt: skip
    """Read the world of an operation as it was known on a day.

    Parameters
    ----------
    operation, ledger, on
        Whose, and which day.
    scenario
        The operation's scenario as its folder has it, where it was read already.
    reports
        The ledger's reports as known on that day, where they were read already.

    Raises
    ------
    ScenarioError
        If its scenario has faults.
    """
    stand = standing(ledger.reports(on) if reports is None else reports)
    world = scenario or load_scenario(operation.scenario)
    return KnownWorld(on, cut(with_reports(world, stand), on), stand)


def read_current(operation: Operation, ledger: OperationLedger) -> Scenario:
    """Read an operation's scenario with all reports that stand, each with the day on which it was known."""
    return with_reports(load_scenario(operation.scenario), standing(ledger.reports()))


def standing(reports: pd.DataFrame) -> pd.DataFrame:
    """Return the reports that are not withdrawn."""
    return reports[reports["state"] != "withdrawn"].reset_index(drop=True)


def followed(operation: Operation, scenario: Scenario) -> str | None:
    """Id of the caravan that is forecast: that of the settings, else the scenario's first; None where there is none."""
    if not scenario.caravans:
        return None
    return operation.forecast.caravan or scenario.caravans[0].id


def is_of(reports: pd.DataFrame, scenario: Scenario, caravan: str | None) -> pd.Series[bool]:
    """Whether each report is of a caravan; one that names none is of the scenario's first.

    What a scenario without caravans is told is all of one displacement.
    """
    if caravan is None:
        return pd.Series(data=True, index=reports.index, dtype=bool)
    named = reports["caravan"]
    return (named == caravan) | (named.isna() & (caravan == scenario.caravans[0].id))


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as plain values by column, None where there is nothing."""
    held = frame.astype(object)
    return [
        {str(name): each for name, each in row.items()} for row in held.where(held.notna(), None).to_dict("records")
    ]


def with_reports(scenario: Scenario, reports: pd.DataFrame) -> Scenario:
    """Return a scenario that has reports for its observations, and for ends that were reported their events.

    Events name no caravan and are taken to be of the first: the end of another is no event.
    """
    first = scenario.caravans[0].id if scenario.caravans else None
    # Column by column: pandas asks each value of a row what it is, which of many reports takes longer than all else.
    names = [str(name) for name in reports]
    columns = (reports[name].tolist() for name in names)
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    sources = {source.id for source in scenario.sources}
    observations = tuple(_observation(row, sources) for row in rows if row["kind"] != ENDED)
    ends = tuple(
        Event(id=row["id"], date=row["date"], kind="dissolution", place_id=row["place"], description=row["note"])
        for row in rows
        if row["kind"] == ENDED and row["caravan"] in (first, None)
    )
    return scenario.model_copy(update={"observations": observations, "events": scenario.events + ends})


def _observation(row: Mapping[str, Any], sources: AbstractSet[str]) -> Observation:
    """One report as an observation of a scenario."""
    return Observation(
        id=row["id"],
        date=row["date"],
        known_on=row["known_on"],
        caravan=row["caravan"],
        place_id=row["place"],
        kind=row["kind"],
        low=_number(row["low"]),
        high=_number(row["high"]),
        qualifier=row["qualifier"],
        speaker_role=row["speaker"],
        speaker_side=row["side"],
        inferred=bool(row["inferred"]),
        source_id=row["source"] if row["source"] in sources else None,
        claim_ids=tuple(filter(None, (row["claims"] or "").split(";"))),
        note=row["note"],
        km_past=_number(row["km_past"]),
    )


def _number(value: float) -> float | None:
    """A figure of a frame; None where there is none."""
    return None if math.isnan(value) else float(value)
