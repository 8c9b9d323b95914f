"""What sensitivity is asked of: a run's inputs that were drawn, and its outcomes, one value a member."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run

DAY = 17
"""Day asked about unless another is given, counted from the first."""
FLOWS = ("accepted", "ahead", "seat", "detained", "returned", "treated", "injured", "died", "arrived")
"""Flows that are outcomes of a caravan run, summed over its days."""
CAMPS_SHOWN = 6


@dataclass(frozen=True)
class Outcome:
    """One number a member.

    Attributes
    ----------
    key, unit
        What it is.
    values
        By member; a member without a value has no row, or NaN.
    """

    key: str
    unit: str
    values: pd.Series[float]


def drawn_inputs(run: Run) -> pd.DataFrame:
    """Return the inputs that vary among the members, [member, input].

    Raises
    ------
    UsageError
        If none does.
    """
    if not run.scenario.parameters:
        raise UsageError("this run has no input that was drawn: the rules' settings are the same in every member")
    frame = run.query("SELECT member, CAST(name AS VARCHAR) AS name, value FROM parameters")
    wide = frame.pivot_table(index="member", columns="name", values="value", aggfunc="first", observed=True)
    wide = wide.loc[:, wide.max() > wide.min()].sort_index(axis=1)
    if wide.empty:
        raise UsageError("every input of this run is fixed: nothing to be sensitive to")
    return wide


def asked_day(run: Run, on: dt.date | None) -> dt.date:
    """Return the day asked about: day 17 of a caravan's run, the last of another, unless one is given.

    Raises
    ------
    UsageError
        If it is no day of the run.
    """
    first, last = run.days[0].date(), run.days[-1].date()
    if on is None:
        return min(first + dt.timedelta(days=DAY), last) if run.scenario.caravans else last
    if not first <= on <= last:
        raise UsageError(f"--on {on} is outside the run, {first} to {last}")
    return on


def _by_member(run: Run, sql: str, *, fill: float = np.nan) -> pd.Series[float]:
    frame = run.query(sql)
    return frame.set_index("member").iloc[:, 0].astype(float).reindex(run.member_ids).fillna(fill)


def outcomes_of(run: Run, *, on: dt.date | None = None) -> list[Outcome]:
    """Return what a run came to, one number a member.

    Parameters
    ----------
    run
        An opened run, of a caravan or of a dispersal.
    on
        The day of position and headcount, or of the people in camps; day 17 by default (the last
        day for dispersal).

    Raises
    ------
    UsageError
        If that is no day of the run.
    """
    day = asked_day(run, on)
    return _caravan(run, day) if run.scenario.caravans else _dispersal(run, day)


def _caravan(run: Run, day: dt.date) -> list[Outcome]:
    main = run.scenario.caravans[0].id
    here = f"FROM caravans WHERE caravan = '{main}' AND active"
    nights = _by_member(run, f"SELECT member, count(*) {here} GROUP BY member", fill=0.0)
    out = [
        Outcome("position", "km of road", _by_member(run, f"SELECT member, km {here} AND day = DATE '{day}'")),
        Outcome("headcount", "persons", _by_member(run, f"SELECT member, persons {here} AND day = DATE '{day}'")),
        Outcome("nights_together", "nights", nights),
    ]
    for flow in FLOWS:
        values = _by_member(
            run, f"SELECT member, sum(persons) FROM flows WHERE flow = '{flow}' GROUP BY member", fill=0.0
        )
        if values.any():
            out.append(Outcome(flow, "persons", values))
    paid = "SELECT member, sum(usd) FROM payments WHERE payee = 'smugglers' GROUP BY member"
    out.append(Outcome("to_smugglers", "USD", _by_member(run, paid, fill=0.0)))
    return out


def _dispersal(run: Run, day: dt.date) -> list[Outcome]:
    camps = [p.id for p in run.scenario.places if p.kind in ("camp", "idpcamp")]
    frame = run.query(
        "SELECT member, CAST(place AS VARCHAR) AS place, sum(persons) AS persons FROM people"
        f" WHERE day = DATE '{day}' GROUP BY ALL"
    )
    wide = frame.pivot_table(index="member", columns="place", values="persons", aggfunc="sum", observed=True)
    wide = wide.reindex(run.member_ids).fillna(0.0)
    known = [c for c in camps if c in wide.columns]
    largest = [str(c) for c in wide[known].mean().sort_values(ascending=False).index[:CAMPS_SHOWN]]
    road = [c for c in wide.columns if str(c).split(":")[0] == "road"]
    return [
        Outcome("in_camps", "persons", wide[known].sum(axis=1)),
        Outcome("on_the_road", "persons", wide[road].sum(axis=1)),
        *(Outcome(f"at {camp}", "persons", wide[camp]) for camp in largest),
    ]
