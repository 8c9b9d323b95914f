"""One evening of an operation: forecast, verify, ask the triggers, write the pages.

Each step stands on the ledger alone and can be done again: what is there stays.  So an update that was killed is
completed by the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caravana.operation.folder import Operation
from caravana.operation.issuing import Issue, issue_forecast, write_frozen
from caravana.operation.known import KnownWorld, read_known
from caravana.operation.ledger import OperationLedger
from caravana.operation.triggers.standing import watch_triggers
from caravana.operation.verification import verify_forecasts


@dataclass
class Evening:
    """An update under way, and what came of it.

    Attributes
    ----------
    operation, ledger, world
        The operation, its ledger, and what was known that evening.
    issued
        The forecast of the evening.
    scored
        How many scores are new.
    triggers
        What each trigger says, as plain values.
    page
        The page that was written.
    """

    operation: Operation
    ledger: OperationLedger
    world: KnownWorld
    issued: Issue | None = None
    scored: int = 0
    triggers: list[dict[str, Any]] = field(default_factory=list)
    page: Path | None = None

    @property
    def on(self) -> dt.date:
        """Which evening."""
        return self.world.on

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        issued = None if self.issued is None else vars(self.issued)
        return {
            "on": self.on.isoformat(),
            "issued": None if issued is None else {"id": issued["forecast_id"], **_without(issued, "forecast_id")},
            "scored": self.scored,
            "triggers": self.triggers,
            "page": None if self.page is None else str(self.page),
        }


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def issue(evening: Evening) -> None:
    """Issue the forecast of the evening, and write what is frozen to its file."""
    evening.issued = issue_forecast(evening.operation, evening.ledger, evening.world)
    write_frozen(evening.operation, evening.ledger)


def verify(evening: Evening) -> None:
    """Score all earlier forecasts."""
    evening.scored = verify_forecasts(evening.ledger, evening.world)


def watch(evening: Evening) -> None:
    """Ask the triggers; whatever is raised waits for a person."""
    issued = "" if evening.issued is None else evening.issued.forecast_id
    evening.triggers = watch_triggers(evening.operation, evening.ledger, on=evening.on, forecast_id=issued)


STEPS: tuple[Callable[[Evening], None], ...] = (issue, verify, watch)
"""What is done of an evening, in order.

Each reads the ledger, may be done again, and says on the evening what it did.
"""


def update_operation(operation: Operation, ledger: OperationLedger, *, on: dt.date) -> Evening:
    """Do all that is to be done of an evening, with what was known then.

    Raises
    ------
    UsageError
        If nothing can be forecast from what was known.
    CaravanaError
        If something cannot be written; the next call completes it.
    """
    evening = Evening(operation, ledger, read_known(operation, ledger, on))
    for step in STEPS:
        step(evening)
    return evening
