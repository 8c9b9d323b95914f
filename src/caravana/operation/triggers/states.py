"""How each trigger stands on an evening, as the page of tonight shows it; nothing is recorded here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from caravana.operation.triggers.conditions import Known
from caravana.operation.triggers.declared import describe, kind_of
from caravana.operation.triggers.standing import (
    forecasts_known,
    is_on,
    last_backtest,
    read_series,
    standing_alert,
    triggers_of,
)
from caravana.reporting.tonight.facts import AskedCondition, TriggerState

if TYPE_CHECKING:
    from caravana.operation.folder import Operation
    from caravana.operation.ledger import OperationLedger
    from caravana.operation.triggers.declared import Trigger

AFTER_RAISED = {"activated": "signed", "declined": "declined", "lapsed": "lapsed"}
"""State of a trigger by the last step of its alert; one that was only raised is ``met``."""


def trigger_states(operation: Operation, ledger: OperationLedger, on: dt.date) -> tuple[TriggerState, ...]:
    """Ask every declared trigger what holds on an evening, by what was known and recorded then.

    Raises
    ------
    ScenarioError
        With every fault of the declarations or of the series.
    """
    triggers = triggers_of(operation)
    if not triggers:
        return ()
    known = Known.by(on, read_series(operation.folder), forecasts_known(ledger, on))
    return tuple(_state(ledger, trigger, known) for trigger in triggers.values())


def _state(ledger: OperationLedger, trigger: Trigger, known: Known) -> TriggerState:
    on = known.on
    answers = trigger.condition.ask_each(known)
    conditions = tuple(
        AskedCondition(
            words="" if words == describe(condition) else words, kind=kind_of(condition), fields=vars(condition),
            met=answers[words].met, value=answers[words].value,
        )
        for words, condition in trigger.condition.conditions.items()
    )  # fmt: skip
    met = trigger.condition.ask(known).met
    raised, step = _alert(ledger, trigger, on)
    return TriggerState(
        name=trigger.name, state=step or {True: "held", False: "quiet", None: "unknown"}[met], met=met,
        on=is_on(ledger, trigger, on=on), decided_by=trigger.decided_by, join=trigger.condition.join,
        conditions=conditions,
        raised_on=raised, readiness_days=trigger.readiness_days, action_days=trigger.action_days,
        backtest=last_backtest(ledger, trigger, on=on),
    )  # fmt: skip


def _alert(ledger: OperationLedger, trigger: Trigger, on: dt.date) -> tuple[dt.date | None, str]:
    """The day of the alert that stands, and what came of it by then; ``met`` while it waits for a person."""
    name = standing_alert(ledger, trigger, on=on)
    if name is None:
        return None, ""
    alerts = ledger.alerts()
    steps = alerts[(alerts["alert_id"] == name) & (alerts["on"] <= on)]
    return steps["on"].min(), next((AFTER_RAISED[s] for s in steps["step"] if s in AFTER_RAISED), "met")
