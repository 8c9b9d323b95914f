"""What the page of tonight is made from: a forecast, and an operation's record as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt

    from caravana.language.language import Language
    from caravana.results.supplies import Stock, Supply
    from caravana.scenario.model import Scenario

REPORTS = (
    "id", "date", "known_on", "kind", "place", "km_past", "low", "high", "qualifier", "side", "source", "note", "state",
)  # fmt: skip
"""Columns of the reports: ``place`` is an id, ``state`` is ``current``, ``corrected`` or ``withdrawn``.

A column ``speaker`` may be there: who said so.
"""
QUANTILES = (
    "forecast_id", "issued_on", "location", "target", "target_date", "horizon_days", "quantile", "value",
)  # fmt: skip
"""Columns of the quantiles of issued forecasts."""
SCORES = (
    "forecast_id", "location", "target", "target_date", "horizon_days", "observed_low", "observed_high", "crps",
    "naive_crps", "error", "inside_50", "inside_90",
)  # fmt: skip
"""Columns of the scores."""
CHANCES = ("forecast_id", "issued_on", "location", "target_date", "horizon_days", "stop", "km", "chance")
"""Columns of the chances of every stop on every night: ``stop`` is a place, or ``PLACE+20``, 20 km past it."""
OTHERS = (
    "model", "target", "horizon_days", "n", "score", "our_score", "ratio", "inside_90", "our_inside_90",
)  # fmt: skip
"""Columns of other teams' scores beside ours: mean scores over ``n`` tasks, and shares that the bands held."""
WITHDRAWN, PLANNED = "withdrawn", "planned"
Row = Mapping[Any, Any]
"""A row of a table, by column."""
COLUMNS = {"reports": REPORTS, "quantiles": QUANTILES, "scores": SCORES, "chances": CHANCES}


@dataclass(frozen=True)
class AskedCondition:
    """A part of a trigger's condition, with its answer.

    Attributes
    ----------
    words
        The office's own; "" where it gave none.
    kind, fields
        What is asked (``rising``, ``fallen``, ``above``, ``forecast-above``), and of what.
    met
        Whether it holds; None where it cannot be told.
    value
        The figure that decides; NaN where there is none.
    """

    words: str
    kind: str
    fields: Mapping[str, Any]
    met: bool | None
    value: float = math.nan


@dataclass(frozen=True)
class TriggerState:
    """How a trigger stands tonight.

    Attributes
    ----------
    name
        As the office calls it.
    state
        ``quiet``, ``unknown``, ``held`` (the condition holds, and no alert is raised), ``met`` (an alert waits for
        a person), ``signed``, ``declined`` or ``lapsed``.
    met
        Whether the whole condition holds; None where it cannot be told.
    on
        Whether it is switched on.
    decided_by
        Role of whoever signs.
    join
        Whether ``all`` of its conditions have to hold, or ``any``.
    conditions
        Its conditions.
    raised_on
        Day of the alert that stands.
    readiness_days, action_days
        The windows, from that day on.
    backtest
        What is kept of its last one (``first``, ``last``, ``hits``, ``misses``, ``false_alarms``, ``lead_days``,
        ``return_period_years``, ``cannot_be_told``); None where none was made of what is declared now.
    """

    name: str
    state: str
    met: bool | None
    on: bool
    decided_by: str
    join: str
    conditions: tuple[AskedCondition, ...]
    raised_on: dt.date | None = None
    readiness_days: int = 0
    action_days: int = 0
    backtest: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Tonight:
    """Everything that the page of one evening says, of an operation of any family.

    Attributes
    ----------
    name
        Of the operation, as people call it.
    scenario
        The world it stands in: places, roads, caravans.
    origin
        The evening: nothing published after it is in here.
    reports, quantiles, scores
        Tables with the columns :data:`REPORTS`, :data:`QUANTILES` and :data:`SCORES`; dates are dates.  Of a caravan
        ``persons`` are how many walk (its own location) and what each side would say (``CARAVAN:SIDE``).
    supplies
        What people need, by an editable profile.
    chances
        Of every stop on every night, of a caravan's forecasts: columns :data:`CHANCES`; empty for a displacement.
    stock
        The office's own.
    weights
        Of the forecasters that were pooled, by quantity.
    branches
        Roads that leave a caravan's road within the forecast's days, as
        :func:`~caravana.inference.caravan.pooled.branching.plain` has them.
    useful
        How many days ahead this record is worth forecasting, by target; what is not known is not in it.
    triggers
        How each stands.
    links
        Pages behind this one, by what they are (``report``, ``compare``, ``evidence``, ``needs``): relative addresses.
    aside
        How many reports stand of other caravans, by their ids: they are of no part of the page.
    others
        How forecasts of other teams did beside ours, on what both forecast: columns :data:`OTHERS`.
    version
        Of the package that made it.
    """

    name: str
    scenario: Scenario
    origin: dt.date
    reports: pd.DataFrame
    quantiles: pd.DataFrame
    scores: pd.DataFrame
    supplies: tuple[Supply, ...]
    chances: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CHANCES)))
    stock: tuple[Stock, ...] = ()
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    branches: tuple[Row, ...] = ()
    useful: Mapping[str, int] = field(default_factory=dict)
    triggers: tuple[TriggerState, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[str, int] = field(default_factory=dict)
    others: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(OTHERS)))
    version: str = ""

    def __post_init__(self) -> None:
        for name, columns in COLUMNS.items():
            missing = sorted(set(columns) - set(getattr(self, name).columns))
            if missing:
                raise ValueError(f"{name} lack the columns {', '.join(missing)}")

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Reports that stand, published by tonight, oldest first."""
        kept = (self.reports["state"] != WITHDRAWN) & (self.reports["known_on"] <= self.origin)
        return self.reports[kept].sort_values(["date", "id"]).reset_index(drop=True)

    @property
    def counts(self) -> pd.DataFrame:
        """How many walked by each side's count, of reports that stand: what was only announced is none."""
        rows = self.standing
        return rows[(rows["kind"] == "headcount") & (rows["qualifier"] != PLANNED)]

    @property
    def caravan(self) -> str:
        """Id of the caravan whose positions are forecast; "" where there is none."""
        q = self.quantiles
        of = q.loc[q["target"] == "position_km", "location"]
        return str(of.iloc[-1]) if len(of) else ""

    def levels(
        self, target: str, *, issued_on: dt.date | None = None, location: str | None = None
    ) -> pd.DataFrame:  # fmt: skip
        """Quantiles of one target as a table.

        Parameters
        ----------
        target
            ``position_km``, ``persons``, ``camp_persons`` and so on.
        issued_on
            Only what was issued on that day; every day's forecasts where left out.  Of several of one day the last.
        location
            Only of that place, caravan or side of a caravan.

        Returns
        -------
        pandas.DataFrame
            A row a forecast, location and target date, with a column for each quantile (a number).
        """
        if target not in self._tables:
            self._tables[target] = self._wide(target)
        table = self._tables[target]
        if issued_on is not None:
            table = table[table["issued_on"] == issued_on]
        return table if location is None else table[table["location"] == location]

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        """Tables of :meth:`levels` by target, each made once."""
        return {}

    def _wide(self, target: str) -> pd.DataFrame:
        q = self.quantiles
        kept = q[(q["target"] == target) & (q["issued_on"] <= self.origin)]
        last = q.groupby("issued_on")["forecast_id"].last()
        kept = kept[kept["forecast_id"] == kept["issued_on"].map(last)]
        keys = ["forecast_id", "issued_on", "location", "target_date", "horizon_days"]
        if kept.empty:
            return pd.DataFrame(columns=keys)
        return kept.pivot_table(index=keys, columns="quantile", values="value", aggfunc="last").reset_index()


def is_known(value: object) -> bool:
    """Whether a cell holds a number."""
    return isinstance(value, float) and not math.isnan(value)


def figure_ends(row: Row) -> tuple[float, float]:
    """The lowest and highest figure of a report; twice the one that it gives where it gives one."""
    low, high = row["low"], row["high"]
    return float(low if is_known(low) else high), float(high if is_known(high) else low)


def figure_words(row: Row, language: Language) -> str:
    """What a report says, in words; "" where it gives no figure."""
    if not (is_known(row["low"]) or is_known(row["high"])):
        return ""
    low, high = figure_ends(row)
    said = language.number(low) if low == high else language.span(low, high)
    key = f"tonight.qualifier.{row['qualifier']}"
    return language.text(key, figure=said) if key in language.texts else said


def middle_figure(row: Row) -> float:
    """The geometric middle of what a report says."""
    low, high = figure_ends(row)
    return float((max(low, 1.0) * max(high, 1.0)) ** 0.5)
