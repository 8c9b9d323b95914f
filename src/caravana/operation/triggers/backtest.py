"""What a trigger would have done: each past activation, how early it came, what it missed, how often it cries wolf."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.errors import UsageError
from caravana.operation.triggers.conditions import Known, total_by_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.operation.triggers.declared import Trigger

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class TriggerBacktest:
    """A trigger held against the past.

    Attributes
    ----------
    trigger
        Its identifier.
    first, last
        Days it was asked on, from and to.
    activations
        A row an activation: ``on``, ``event`` (first day of the event that it announced; NaT where
        none came), ``lead_days``, ``hit``.
    events
        A row an event: ``on``, ``announced``.
    unknown
        Share of the days on which the condition could not be told.
    """

    trigger: str
    first: dt.date
    last: dt.date
    activations: pd.DataFrame
    events: pd.DataFrame
    unknown: float

    @property
    def hits(self) -> int:
        """Activations that an event followed within the action window."""
        return int(self.activations["hit"].sum())

    @property
    def false_alarms(self) -> int:
        """Activations that nothing followed."""
        return len(self.activations) - self.hits

    @property
    def misses(self) -> int:
        """Events that no activation announced."""
        return int((~self.events["announced"].astype(bool)).sum())

    @property
    def lead_days(self) -> float:
        """Days between an activation and its event, in the middle of the hits; NaN without one."""
        leads = self.activations.loc[self.activations["hit"], "lead_days"].astype(float)
        return float(leads.median()) if len(leads) else float("nan")

    @property
    def return_period_years(self) -> float:
        """Years between activations, over the whole of the days asked; infinite without any."""
        years = ((self.last - self.first).days + 1) / DAYS_A_YEAR
        return years / len(self.activations) if len(self.activations) else float("inf")


def backtest_trigger(
    trigger: Trigger, series: pd.DataFrame, quantiles: pd.DataFrame, *, days: Sequence[dt.date]
) -> TriggerBacktest:
    """Ask a trigger on each of some days what it would have said from what was known then.

    An activation is the first day on which the whole condition holds; it stands until the end of
    the action window, in which no other begins.  An event is the first day of a stretch of periods
    in which the trigger's outcome was passed.

    Parameters
    ----------
    trigger
        The trigger, with the outcome that it is to announce.
    series, quantiles
        All that is on record, with the days on which it was known.
    days
        The days, in order.

    Raises
    ------
    UsageError
        Without a day to ask on.
    """
    if not days:
        message = f"trigger '{trigger.id}' has no day to be tested on: nothing is on record before today"
        raise UsageError(message)
    events = find_events(trigger, series)
    activated: list[dt.date] = []
    unknown = 0
    for day in days:
        standing = activated and day <= activated[-1] + dt.timedelta(days=trigger.action_days)
        met = trigger.condition.ask(Known.by(day, series, quantiles)).met
        unknown += met is None
        if met and not standing:
            activated.append(day)
    first, last = days[0], days[-1]
    inside = [event for event in events if first <= event <= last + dt.timedelta(days=trigger.action_days)]
    return TriggerBacktest(
        trigger=trigger.id,
        first=first,
        last=last,
        activations=_judge(activated, inside, trigger.action_days),
        events=_announced(activated, inside, trigger.action_days),
        unknown=unknown / len(days),
    )


def find_events(trigger: Trigger, series: pd.DataFrame) -> list[dt.date]:
    """First days of the stretches in which the outcome was passed, by all that is on record now."""
    outcome = trigger.outcome
    newest = pd.to_datetime(series["date"]).max() if len(series) else pd.NaT
    if pd.isna(newest):
        return []
    over = (newest + pd.Timedelta(days=31)).date()
    sums = total_by_period(Known(over, series, pd.DataFrame()), outcome.series, outcome.period)
    passed = (sums > outcome.figure).to_numpy(bool)
    begins = passed & ~np.concatenate([[False], passed[:-1]]) if len(passed) else passed
    return [period.start_time.date() for period in sums.index[begins]]


def _judge(activated: Sequence[dt.date], events: Sequence[dt.date], window: int) -> pd.DataFrame:
    """Give each activation the first event from its day to the end of its window."""
    rows = []
    for day in activated:
        event = next((e for e in events if day <= e <= day + dt.timedelta(days=window)), None)
        lead = (event - day).days if event else None
        rows.append({"on": day, "event": event, "lead_days": lead, "hit": event is not None})
    return pd.DataFrame(rows, columns=["on", "event", "lead_days", "hit"]).astype({"hit": bool})


def _announced(activated: Sequence[dt.date], events: Sequence[dt.date], window: int) -> pd.DataFrame:
    """Say of each event whether an activation stood before it."""
    rows = [
        {"on": event, "announced": any(day <= event <= day + dt.timedelta(days=window) for day in activated)}
        for event in events
    ]
    return pd.DataFrame(rows, columns=["on", "announced"]).astype({"announced": bool})
