"""One evening of an operation: forecast, verify, ask the triggers, write the pages.

Each step stands on the ledger alone and can be done again: what is there stays.  So an update that was killed is
completed by the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.errors import UsageError
from caravana.operation.folder import Operation
from caravana.operation.issuing import Issue, issue_forecast, write_frozen
from caravana.operation.known import KnownWorld, read_known, standing
from caravana.operation.ledger import OperationLedger
from caravana.operation.pages import headline_of, write_page
from caravana.operation.triggers.standing import watch_triggers
from caravana.operation.verification import verify_forecasts

if TYPE_CHECKING:
    from caravana.inference.past import PastForecasts
    from caravana.scenario.model import Scenario


@dataclass
class Update:
    """An update under way, and what came of it.

    Attributes
    ----------
    operation, ledger, world
        The operation, its ledger, and what was known that update.
    issued
        The forecast of the update.
    scored
        How many scores are new.
    triggers
        What each trigger says, as plain values.
    page
        The page that was written.
    headline
        Its first sentence: what is useful if nothing else is read.
    language
        That the page is shown in first.
    past
        What earlier evenings of a replay have left.
    between
        Whether it is an evening of a replay that another follows: no page is written then, and of the files of
        frozen forecasts only its own is looked at.
    """

    operation: Operation
    ledger: OperationLedger
    world: KnownWorld
    issued: Issue | None = None
    reason: str = ""
    scored: int = 0
    triggers: list[dict[str, Any]] = field(default_factory=list)
    page: Path | None = None
    headline: str = ""
    language: str = "en"
    past: PastForecasts | None = None
    between: bool = False

    @property
    def on(self) -> dt.date:
        """Which update."""
        return self.world.on

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        issued = None if self.issued is None else vars(self.issued)
        return {
            "on": self.on.isoformat(),
            "issued": None if issued is None else {"id": issued["forecast_id"], **_without(issued, "forecast_id")},
            "reason": self.reason or None,
            "scored": self.scored,
            "triggers": self.triggers,
            "page": None if self.page is None else str(self.page),
            "headline": self.headline or None,
        }


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def issue(update: Update) -> None:
    """Issue the forecast of the evening, and write what is frozen to its file."""
    try:
        update.issued = issue_forecast(update.operation, update.ledger, update.world, past=update.past)
    except UsageError as error:
        later = update.ledger.reports()["known_on"]
        if update.world.reports.empty and len(later):
            first = min(later)
            raise UsageError(
                f"no report was known on {update.on}; the first became known on {first} (`caravana observe --known-on` "
                "says when one was)"
            ) from None
        # On the last day nothing is left to forecast; earlier forecasts are verified all the same.  And of a replay
        # that begins too early the evenings that can be forecast are done all the same.
        if not update.between and not len(update.ledger.issued()):
            raise
        update.reason = str(error)
    write_frozen(update.operation, update.ledger, of_day=update.on if update.between else None)


def verify(update: Update) -> None:
    """Score all earlier forecasts."""
    update.scored = verify_forecasts(update.ledger, update.world)


def watch(update: Update) -> None:
    """Ask the triggers; whatever is raised waits for a person."""
    issued = "" if update.issued is None else update.issued.forecast_id
    update.triggers = watch_triggers(update.operation, update.ledger, on=update.on, forecast_id=issued)


def show(update: Update) -> None:
    """Write the page of the evening."""
    update.page = write_page(update.operation, update.ledger, update.on, language=update.language)
    update.headline = headline_of(update.page)


def first_evening(ledger: OperationLedger, since: dt.date, last: dt.date) -> dt.date:
    """The first evening of some on which a report stood; the last of them where none did."""
    known = sorted({since, *(day for day in ledger.history()["known_on"] if since < day <= last)})
    return next((day for day in known if len(standing(ledger.reports(day)))), last)


STEPS: tuple[Callable[[Update], None], ...] = (issue, verify, watch, show)
"""What is done of an evening, in order.

Each reads the ledger, may be done again, and says on the update what it did.
"""


def update_operation(
    operation: Operation, ledger: OperationLedger, *, on: dt.date, language: str = "en", page: bool = True,
    scenario: Scenario | None = None, past: PastForecasts | None = None,
) -> Update:  # fmt: skip
    """Do all that is to be done of an evening, with what was known then; the page is in a language first.

    Without `page` none is written, and of the frozen forecasts only the evening's own is looked at: of a replay the
    last evening's is enough.  A replay reads the operation's `scenario` once for all evenings, and hands the same
    `past` to each, so that forecasts from past days that one evening made are not made again by the next.

    Raises
    ------
    UsageError
        If nothing can be forecast from what was known.
    CaravanaError
        If something cannot be written; the next call completes it.
    """
    world = read_known(operation, ledger, on, scenario=scenario)
    update = Update(operation, ledger, world, language=language, past=past, between=not page)
    for step in STEPS:
        if page or step is not show:
            step(update)
    return update
