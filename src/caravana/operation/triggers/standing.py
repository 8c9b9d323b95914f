"""How a trigger stands: tested, looked at, switched on; what it raised, and who signed it.

Nothing here acts by itself.  A trigger is switched on only after its backtest was made and looked
at, both of the very declaration that stands; what it raises is an alert that waits for a person.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from caravana.errors import ScenarioError, UsageError
from caravana.operation.triggers.backtest import TriggerBacktest, backtest_trigger
from caravana.operation.triggers.conditions import QUANTILES, SERIES, Known
from caravana.operation.triggers.declared import Trigger, read_triggers

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.operation.folder import Operation
    from caravana.operation.ledger.ledger import OperationLedger

SERIES_FILE = "series.csv"
"""Series that conditions ask for, in the operation's folder; columns :data:`SERIES`."""


def triggers_of(operation: Operation) -> dict[str, Trigger]:
    """Triggers that an operation declares, by id.

    Raises
    ------
    ScenarioError
        With every fault of the declarations.
    """
    declared = read_triggers(operation.triggers, file=str(operation.folder / "operation.toml"))
    return {trigger.id: trigger for trigger in declared}


def read_series(folder: Path) -> pd.DataFrame:
    """Read the series of an operation; none where there is no file.

    Raises
    ------
    ScenarioError
        With every fault at once: columns, dates, values, values known before their date.
    """
    path = folder / SERIES_FILE
    if not path.exists():
        return pd.DataFrame(columns=list(SERIES))
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        message = f"{path}: cannot be read as a table in UTF-8: {str(error).splitlines()[0]}"
        raise ScenarioError(message) from None
    if list(rows.columns) != list(SERIES):
        message = f"{path}: columns {', '.join(map(str, rows.columns))}; expected {', '.join(SERIES)}"
        raise ScenarioError(message)
    frame = pd.DataFrame(
        {
            "series": rows["series"].str.strip(),
            "date": pd.to_datetime(rows["date"], format="%Y-%m-%d", errors="coerce"),
            "value": pd.to_numeric(rows["value"], errors="coerce"),
            "known_on": pd.to_datetime(rows["known_on"], format="%Y-%m-%d", errors="coerce"),
        }
    )
    faults = [
        f"{path}: line {line + 2}, {column}: '{rows[column].iloc[line][:60]}'; expected {expected}"
        for column, expected in (("date", "a date such as 2022-01-31"), ("value", "a number"), ("known_on", "a date"))
        for line in frame.index[frame[column].isna()]
    ]
    faults += [f"{path}: line {line + 2}, series: expected a name" for line in frame.index[frame["series"] == ""]]
    faults += [
        f"{path}: line {line + 2}, known_on: {rows['known_on'].iloc[line]}; "
        f"expected the date, {rows['date'].iloc[line]}, or later"
        for line in frame.index[frame["known_on"] < frame["date"]]
    ]
    if faults:
        raise ScenarioError("\n".join(faults))
    return frame


def forecasts_known(ledger: OperationLedger, on: dt.date) -> pd.DataFrame:
    """Quantiles that conditions may listen to: our own forecasts, and those of other teams taken in by a day.

    Returns
    -------
    Columns :data:`~caravana.operation.triggers.conditions.QUANTILES`; where a task was forecast on
    one day by several, ours stands.
    """
    ours, others = ledger.quantiles(), ledger.others(on)
    columns = list(QUANTILES)
    whole = pd.concat([frame[columns] for frame in (ours, others) if len(frame)] or [ours[columns]])
    task = [name for name in columns if name != "value"]
    return whole.drop_duplicates(task, keep="first").reset_index(drop=True)


def hold_against_past(
    operation: Operation, ledger: OperationLedger, trigger: Trigger, *, on: dt.date
) -> TriggerBacktest:
    """Hold a trigger against all days on record before one, and record that it was done.

    Raises
    ------
    UsageError
        If nothing is on record before the day.
    """
    series = read_series(operation.folder)
    known = Known.by(on, series, forecasts_known(ledger, on))
    first = min(known.series["date"], default=pd.Timestamp(on)).date()
    days = [day.date() for day in pd.date_range(first, on - dt.timedelta(days=1))]
    tested = backtest_trigger(trigger, known.series, known.quantiles, days=days)
    _record(ledger, trigger, "backtested", on, summarise(tested))
    return tested


def summarise(tested: TriggerBacktest) -> dict[str, Any]:
    """Sum a backtest up, as the ledger and ``--json`` have it."""
    return {
        "trigger": tested.trigger,
        "first": tested.first,
        "last": tested.last,
        "hits": tested.hits,
        "misses": tested.misses,
        "false_alarms": tested.false_alarms,
        "lead_days": _plain(tested.lead_days),
        "return_period_years": _plain(tested.return_period_years),
        "cannot_be_told": tested.unknown,
        "activations": tested.activations.to_dict("records"),
        "events": tested.events.to_dict("records"),
    }


def look_at_backtest(ledger: OperationLedger, trigger: Trigger, *, on: dt.date) -> dict[str, Any]:
    """Give the last backtest of what is declared now, and record that it was looked at.

    Raises
    ------
    UsageError
        If there is none.
    """
    content = last_backtest(ledger, trigger, on=on)
    if content is None:
        message = f"trigger '{trigger.id}' has no backtest of what it declares now; make one first"
        raise UsageError(message)
    _record(ledger, trigger, "looked_at", on, {"hits": content["hits"], "misses": content["misses"]})
    return content


def last_backtest(ledger: OperationLedger, trigger: Trigger, *, on: dt.date) -> dict[str, Any] | None:
    """The last backtest by a day of what is declared now, summed up; None where none was made."""
    steps = _steps(ledger, trigger, on)
    tested = steps[steps["step"] == "backtested"]
    content: dict[str, Any] | None = None if tested.empty else json.loads(str(tested["content"].iloc[-1]))
    return content


def switch(ledger: OperationLedger, trigger: Trigger, *, on: dt.date, to: bool) -> None:
    """Switch a trigger on or off.

    Raises
    ------
    UsageError
        If it is to be on and the backtest of what it declares now was not made, or not looked at.
    """
    steps = _steps(ledger, trigger, on)["step"].tolist()
    if to and "looked_at" not in steps:
        missing = "was not looked at" if "backtested" in steps else "was not made"
        message = f"trigger '{trigger.id}' stays off: the backtest of what it declares now {missing}"
        raise UsageError(message)
    _record(ledger, trigger, "switched_on" if to else "switched_off", on, {})


def is_on(ledger: OperationLedger, trigger: Trigger, *, on: dt.date) -> bool:
    """Whether a trigger is on, on a day; one whose declaration was changed since is off."""
    switches = [step for step in _steps(ledger, trigger, on)["step"] if step in ("switched_on", "switched_off")]
    return bool(switches) and switches[-1] == "switched_on"


def watch_triggers(
    operation: Operation, ledger: OperationLedger, *, on: dt.date, forecast_id: str
) -> list[dict[str, Any]]:
    """Ask every trigger that is on, raise what is to be raised, and let lapse what nobody signed.

    Called twice on a day it adds nothing.

    Returns
    -------
    A row a trigger: ``trigger``, ``on`` (whether it is switched on), ``met`` (None where it cannot be told),
    ``answers`` by condition and ``alert``, the identifier of the alert that stands, or None.
    """
    triggers = triggers_of(operation)
    if not triggers:
        return []
    known = Known.by(on, read_series(operation.folder), forecasts_known(ledger, on))
    rows = []
    for trigger in triggers.values():
        answers = {
            name: {"met": answer.met, "value": _plain(answer.value), "threshold": answer.threshold}
            for name, answer in trigger.condition.ask_each(known).items()
        }
        met = trigger.condition.ask(known).met
        switched = is_on(ledger, trigger, on=on)
        _lapse(ledger, trigger, on)
        alert = standing_alert(ledger, trigger, on=on)
        if switched and met and alert is None:
            alert = f"{trigger.id}-{on}"
            ledger.add_alert(_step(trigger, alert, "raised", on, forecast_id, {"answers": answers}))
        rows.append({"trigger": trigger.id, "on": switched, "met": met, "answers": answers, "alert": alert})
    return rows


def standing_triggers(operation: Operation, ledger: OperationLedger, *, on: dt.date) -> list[dict[str, Any]]:
    """How each trigger stands on a day, and what its conditions answer; nothing is recorded.

    Returns
    -------
    A row a trigger: ``trigger``, ``name``, ``on``, ``met``, ``answers`` by condition, ``alert`` and ``decided_by``.
    """
    known = Known.by(on, read_series(operation.folder), forecasts_known(ledger, on))
    return [
        {
            "trigger": trigger.id,
            "name": trigger.name,
            "on": is_on(ledger, trigger, on=on),
            "met": trigger.condition.ask(known).met,
            "answers": {name: answer.met for name, answer in trigger.condition.ask_each(known).items()},
            "alert": standing_alert(ledger, trigger, on=on),
            "decided_by": trigger.decided_by,
        }
        for trigger in triggers_of(operation).values()
    ]


def standing_alert(ledger: OperationLedger, trigger: Trigger, *, on: dt.date) -> str | None:
    """The alert of a trigger whose action window a day lies in; None without one."""
    alerts = ledger.alerts()
    since = on - dt.timedelta(days=trigger.action_days)
    mine = (alerts["trigger"] == trigger.id) & (alerts["step"] == "raised")
    standing = alerts[mine & (alerts["on"] <= on) & (alerts["on"] >= since)]
    return None if standing.empty else str(standing["alert_id"].iloc[-1])


def decide(ledger: OperationLedger, trigger: Trigger, alert_id: str, *, on: dt.date, sign: bool, role: str) -> None:
    """Sign an alert, which activates it, or decline it.

    Parameters
    ----------
    role
        Of whoever decides; it has to be the one that the trigger names.

    Raises
    ------
    UsageError
        If there is no such alert, it is decided or lapsed already, or another role has to decide.
    """
    alerts = ledger.alerts()
    steps = alerts[(alerts["alert_id"] == alert_id) & (alerts["trigger"] == trigger.id)]
    if steps.empty:
        message = f"no alert '{alert_id}' of trigger '{trigger.id}'"
        raise UsageError(message)
    done = [step for step in steps["step"] if step != "raised"]
    if done:
        message = f"alert '{alert_id}' is {done[-1]} already"
        raise UsageError(message)
    if role != trigger.decided_by:
        message = f"alert '{alert_id}' is decided by: {trigger.decided_by}; given: {role}"
        raise UsageError(message)
    forecast_id = str(steps["forecast_id"].iloc[0])
    step = "activated" if sign else "declined"
    ledger.add_alert(_step(trigger, alert_id, step, on, forecast_id, {"role": role}))


def _lapse(ledger: OperationLedger, trigger: Trigger, on: dt.date) -> None:
    """Record that the action window of an alert went by and nobody decided."""
    alerts = ledger.alerts()
    own = alerts[alerts["trigger"] == trigger.id]
    for alert_id, steps in own.groupby("alert_id"):
        over = steps["on"].min() + dt.timedelta(days=trigger.action_days) < on
        if over and set(steps["step"]) == {"raised"}:
            ledger.add_alert(_step(trigger, str(alert_id), "lapsed", on, str(steps["forecast_id"].iloc[0]), {}))


def _steps(ledger: OperationLedger, trigger: Trigger, on: dt.date) -> pd.DataFrame:
    """Steps taken with what a trigger declares now, by a day."""
    steps = ledger.trigger_steps()
    mine = (steps["trigger"] == trigger.id) & (steps["declaration"] == trigger.declaration)
    return steps[mine & (steps["on"] <= on)]


def _record(ledger: OperationLedger, trigger: Trigger, step: str, on: dt.date, content: dict[str, Any]) -> None:
    row = {"trigger": trigger.id, "declaration": trigger.declaration, "step": step, "on": on}
    ledger.add_trigger_step({**row, "content": _json(content)})


def _step(
    trigger: Trigger, alert_id: str, step: str, on: dt.date, forecast_id: str, content: dict[str, Any]
) -> dict[str, Any]:
    row = {"alert_id": alert_id, "trigger": trigger.id, "forecast_id": forecast_id, "step": step, "on": on}
    return {**row, "content": _json(content)}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
