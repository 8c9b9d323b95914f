"""What a trigger's condition can ask of the world, and its answer: yes, no, or that it cannot be told.

A condition is asked on a day and sees only what was known by then.  Data that are not there make
the answer None, never no: the conditions of a trigger are joined by Kleene's strong logic of three
values (S. C. Kleene, Introduction to Metamathematics, 1952, section 64), so that "all" is False
as soon as one is False, True only where every one is True, and otherwise cannot be told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import pandas as pd

Period = Literal["day", "week", "month"]

#: Codes of pandas for the periods.
FREQUENCIES: dict[Period, str] = {"day": "D", "week": "W-SUN", "month": "M"}

#: Columns of a table of series, a row a report of a value; ``known_on`` is the day it was published.
SERIES = ("series", "date", "value", "known_on")

#: Columns of a table of forecasts, a row a quantile.
QUANTILES = ("issued_on", "location", "target", "target_date", "quantile", "value")


@dataclass(frozen=True)
class Known:
    """What is known on a day, the only thing that a condition sees.

    Attributes
    ----------
    on
        The day.
    series
        Rows of :data:`SERIES` with ``known_on`` up to the day.
    quantiles
        Rows of :data:`QUANTILES` issued up to the day.
    """

    on: dt.date
    series: pd.DataFrame
    quantiles: pd.DataFrame

    @classmethod
    def by(cls, on: dt.date, series: pd.DataFrame, quantiles: pd.DataFrame) -> Known:
        """Leave out whatever was published, or issued, after a day."""
        day = pd.Timestamp(on)
        return cls(
            on,
            series[pd.to_datetime(series["known_on"]) <= day],
            quantiles[pd.to_datetime(quantiles["issued_on"]) <= day],
        )


@dataclass(frozen=True)
class Answer:
    """A condition's answer on a day.

    Attributes
    ----------
    met
        Whether it holds; None where it cannot be told.
    value
        The figure that decides; NaN where there is none.
    threshold
        What the figure is held against.
    """

    met: bool | None
    value: float = float("nan")
    threshold: float = float("nan")


class Condition(Protocol):
    """A part of a trigger's condition."""

    def ask(self, known: Known) -> Answer:
        """Answer from what is known."""


def join_all(answers: Iterable[bool | None]) -> bool | None:
    """Join by "and" of three values: None where it cannot be told."""
    listed = list(answers)
    if any(answer is False for answer in listed):
        return False
    return True if all(answer is True for answer in listed) else None


def join_any(answers: Iterable[bool | None]) -> bool | None:
    """Join by "or" of three values: None where it cannot be told."""
    listed = list(answers)
    if any(answer is True for answer in listed):
        return True
    return False if all(answer is False for answer in listed) else None


def total_by_period(known: Known, series: str, period: Period) -> pd.Series[float]:
    """Sum a series over each period that is over on the day; the last value known of a date counts.

    Returns
    -------
    Sums by period, in order, without a gap; NaN in a period that nothing was reported for.
    """
    rows = known.series[known.series["series"] == series].sort_values("known_on", kind="stable")
    rows = rows.drop_duplicates("date", keep="last")
    if rows.empty:
        return pd.Series(dtype=float)
    periods = pd.PeriodIndex(pd.to_datetime(rows["date"]), freq=FREQUENCIES[period])
    sums = rows["value"].astype(float).groupby(np.asarray(periods)).sum()
    every = pd.period_range(periods.min(), periods.max(), freq=FREQUENCIES[period])
    over = every[every.end_time.normalize() <= pd.Timestamp(known.on)]
    return sums.reindex(over)


@dataclass(frozen=True)
class Rising:
    """A series that was higher in each of the last periods than in the one before.

    Attributes
    ----------
    series
        Its name.
    periods
        How many rises in a row.
    period
        Over what it is summed.
    """

    series: str
    periods: int
    period: Period = "month"

    def ask(self, known: Known) -> Answer:
        """Count the rises at the end of the series."""
        sums = total_by_period(known, self.series, self.period).iloc[-self.periods - 1 :]
        if len(sums) <= self.periods or sums.isna().any():
            return Answer(None, threshold=self.periods)
        rises = 0
        for step in np.diff(sums.to_numpy())[::-1]:
            if step <= 0:
                break
            rises += 1
        return Answer(rises >= self.periods, rises, self.periods)


@dataclass(frozen=True)
class Fallen:
    """A series that is lower by a share than it was some periods before.

    Attributes
    ----------
    series
        Its name.
    share
        By how much, between 0 and 1.
    periods
        Against how many periods before.
    period
        Over what it is summed.
    """

    series: str
    share: float
    periods: int = 1
    period: Period = "month"

    def ask(self, known: Known) -> Answer:
        """Compare the last period that is over with the one before."""
        sums = total_by_period(known, self.series, self.period)
        if len(sums) <= self.periods:
            return Answer(None, threshold=self.share)
        before, now = float(sums.iloc[-self.periods - 1]), float(sums.iloc[-1])
        if not np.isfinite(before) or not np.isfinite(now) or before <= 0:
            return Answer(None, threshold=self.share)
        fall = 1 - now / before
        # Shares are compared as people write them: 40% of 1,000 is 600 and not 599.9999.
        return Answer(round(fall, 9) >= self.share, fall, self.share)


@dataclass(frozen=True)
class Above:
    """A series whose last period is above a figure."""

    series: str
    figure: float
    period: Period = "month"

    def ask(self, known: Known) -> Answer:
        """Compare the last period that is over with the figure."""
        sums = total_by_period(known, self.series, self.period)
        value = float(sums.iloc[-1]) if len(sums) else float("nan")
        return Answer(None if np.isnan(value) else value > self.figure, value, self.figure)


@dataclass(frozen=True)
class ForecastAbove:
    """A forecast that puts at least a chance on a figure being passed.

    Attributes
    ----------
    target
        What is forecast, such as ``total_persons``.
    figure
        What is to be passed.
    chance
        From which chance on.
    location
        Where; empty for a target that has one place only.
    ahead
        ``next-month``, ``next-week`` or ``next-day``: when the target date has to lie.
    old
        Days after which a forecast is no longer listened to.
    """

    target: str
    figure: float
    chance: float = 0.5
    location: str = ""
    ahead: Literal["next-day", "next-week", "next-month"] = "next-month"
    old: int = 31

    def ask(self, known: Known) -> Answer:
        """Read the chance off the latest forecast, the highest of its target dates."""
        period = pd.Period(pd.Timestamp(known.on), freq=FREQUENCIES[_PERIODS[self.ahead]]) + 1
        rows = known.quantiles[known.quantiles["target"] == self.target]
        if self.location:
            rows = rows[rows["location"] == self.location]
        issued, dates = pd.to_datetime(rows["issued_on"]), pd.to_datetime(rows["target_date"])
        inside = (dates >= period.start_time) & (dates <= period.end_time)
        rows = rows[inside & (issued >= pd.Timestamp(known.on) - pd.Timedelta(days=self.old))]
        if rows.empty:
            return Answer(None, threshold=self.chance)
        rows = rows[rows["issued_on"] == rows["issued_on"].max()]
        chances = [chance_above(each, self.figure) for _, each in rows.groupby(["location", "target_date"])]
        return Answer(round(max(chances), 9) >= self.chance, max(chances), self.chance)


_PERIODS: dict[str, Period] = {"next-day": "day", "next-week": "week", "next-month": "month"}


def chance_above(quantiles: pd.DataFrame, figure: float) -> float:
    """Chance that a figure is passed, linear between the quantiles that are given.

    Beyond the outermost quantile nothing is known but its level: the chance is then that level's.
    """
    ordered = quantiles.sort_values("quantile")
    levels, values = ordered["quantile"].to_numpy(float), ordered["value"].to_numpy(float)
    return float(1 - np.interp(figure, values, levels))


@dataclass(frozen=True)
class Every:
    """Conditions that have to hold together, or one of which suffices.

    Attributes
    ----------
    conditions
        By the words that a page shows them with.
    join
        ``all`` or ``any``.
    """

    conditions: dict[str, Condition] = field(default_factory=dict)
    join: Literal["all", "any"] = "all"

    def ask_each(self, known: Known) -> dict[str, Answer]:
        """Answer each of them."""
        return {name: condition.ask(known) for name, condition in self.conditions.items()}

    def ask(self, known: Known) -> Answer:
        """Join their answers."""
        answers = [answer.met for answer in self.ask_each(known).values()]
        return Answer(join_all(answers) if self.join == "all" else join_any(answers))
