"""What came of a run, one number a member: harm first, then where people got to, then money.

Two scopes.  *Set out*: those who set out with the first caravan, wherever they went (the run
must have followed them).  *Everyone*: all in the scenario, those who wait at the origin included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from caravana.errors import RunError, UsageError
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from caravana.run import Run
    from caravana.scenario.model import Scenario

Scope = Literal["set_out", "everyone"]
SCOPES: tuple[Scope, ...] = ("set_out", "everyone")
GONE = ("detained", "returned")
"""Statuses that do not count as having got anywhere."""
HEADCOUNT_DAY = 17
"""Day of the headline headcount: 9 November for the caravan of 2021, when sides' counts differed most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: its key, unit, and whether it is harm."""

    key: str
    unit: str
    harm: bool = False


OUTCOMES = (
    Outcome("deaths", "persons", harm=True),
    Outcome("injuries", "persons", harm=True),
    Outcome("detentions", "times a person is detained", harm=True),
    Outcome("returned", "persons", harm=True),
    Outcome("in_care", "persons"),
    Outcome("people", "persons"),
    Outcome("arrivals", "persons"),
    Outcome("accepted_cards", "persons"),
    Outcome("seats", "persons"),
    Outcome("days_on_road", "days a person"),
    Outcome("to_smugglers", "USD"),
    Outcome("to_transport", "USD"),
    Outcome("to_shops", "USD"),
    Outcome("smugglers_per_1000", "USD per 1,000 people who set out"),
)
"""Harm stands first.  ``in_care`` is who is taken to hospital with the party that stays behind;
``people`` is who set out, or who was in the scenario at all."""

_FLOWS = {
    "deaths": ("died",),
    "injuries": ("injured",),
    "detentions": ("detained", "intercepted"),
    "in_care": ("in_care",),
    "accepted_cards": ("accepted",),
    "seats": ("seat",),
}
_PAYEES = {"to_smugglers": "smugglers", "to_transport": "transport", "to_shops": "shops"}


def destination(scenario: Scenario) -> str:
    """Return the place that the first caravan set out for."""
    first = scenario.caravans[0].itinerary
    return next(x.to_id for x in scenario.itineraries if x.id == first)


def reached_places(scenario: Scenario) -> tuple[str, ...]:
    """Return the destination of the first caravan and every place that lies beyond it on some itinerary."""
    end = destination(scenario)
    beyond = [end]
    for itinerary in scenario.itineraries:
        ids, _ = trace_itinerary(scenario, itinerary)
        if end in ids:
            beyond += ids[ids.index(end) :]
    return tuple(dict.fromkeys(beyond))


def _listed(ids: tuple[str, ...]) -> str:
    return ", ".join("'" + x.replace("'", "''") + "'" for x in ids)


def _by_member(run: Run, sql: str) -> pd.Series[float]:
    """Return one number a member, 0 where the query has none."""
    frame = run.query(sql)
    return frame.set_index("member").iloc[:, 0].astype(float).reindex(run.member_ids, fill_value=0.0)


def _arrivals(run: Run, table: str) -> pd.Series[float]:
    reached = _listed(reached_places(run.scenario))
    last = run.days[-1].date()
    return _by_member(
        run,
        f"""
        SELECT p.member, sum(p.persons) FROM {table} p
        LEFT JOIN caravans c ON c.member = p.member AND c.day = p.day AND c.caravan = p.place
        WHERE p.day = DATE '{last}' AND p.status NOT IN ({_listed(GONE)})
          AND (CASE WHEN c.caravan IS NULL THEN p.place ELSE c.place END) IN ({reached})
        GROUP BY p.member""",
    )


def _road_days(run: Run, table: str) -> pd.Series[float]:
    """Return person-days under way: in a caravan that has not arrived, walking alone, or in a vehicle."""
    scenario = run.scenario
    settled = _listed((*reached_places(scenario), scenario.caravans[0].assembles_at))
    over = _listed(("arrived", "dissolved"))
    return _by_member(
        run,
        f"""
        SELECT p.member, sum(p.persons) FROM {table} p
        LEFT JOIN caravans c ON c.member = p.member AND c.day = p.day AND c.caravan = p.place
        WHERE (p.status = 'on_foot' AND p.place NOT IN ({settled}) AND coalesce(c.mode, '') NOT IN ({over}))
           OR (p.status IN ('by_vehicle', 'smuggled') AND starts_with(p.place, 'road:'))
        GROUP BY p.member""",
    )


def outcomes(run: Run, scope: Scope) -> pd.DataFrame:
    """Return every outcome of a run, one row a member.

    Parameters
    ----------
    run
        An opened run.
    scope
        ``set_out`` or ``everyone``.

    Returns
    -------
    pandas.DataFrame
        Indexed by member; a column for each of :data:`OUTCOMES`.

    Raises
    ------
    RunError
        If those who set out are asked for and the run did not follow them.
    """
    if scope == "set_out" and not run.manifest["plan"].get("follow", False):
        raise RunError(f"{run.path} did not follow those who set out; simulate it again with follow=True")
    flows, people = ("cohort_flows", "cohort") if scope == "set_out" else ("flows", "people")
    columns: dict[str, pd.Series[float]] = {}
    wide = run.query(f"SELECT member, flow, sum(persons) AS n FROM {flows} GROUP BY ALL")
    by_flow = wide.pivot_table(index="member", columns="flow", values="n", aggfunc="sum", observed=True)
    by_flow = by_flow.reindex(run.member_ids).fillna(0.0)
    for key, names in _FLOWS.items():
        columns[key] = by_flow[[n for n in names if n in by_flow.columns]].sum(axis=1)
    last = run.days[-1].date()
    tonight = f"SELECT member, sum(persons) FROM {people} WHERE day = DATE '{last}'"
    columns["returned"] = _by_member(run, f"{tonight} AND status = 'returned' GROUP BY member")
    set_out = _set_out(run, by_flow, scope)
    if scope == "set_out":
        columns["people"] = set_out
    else:
        columns["people"] = _by_member(run, f"{tonight} GROUP BY member") + columns["deaths"]
    columns["arrivals"] = _arrivals(run, people)
    columns["days_on_road"] = _road_days(run, people) / columns["people"].clip(lower=1.0)
    for key, payee in _PAYEES.items():
        table, amount = ("ledger", "cohort_usd") if scope == "set_out" else ("payments", "usd")
        columns[key] = _by_member(
            run, f"SELECT member, sum({amount}) FROM {table} WHERE payee = '{payee}' GROUP BY member"
        )
    columns["smugglers_per_1000"] = columns["to_smugglers"] / set_out.clip(lower=1.0) * 1000
    return pd.DataFrame({o.key: columns[o.key] for o in OUTCOMES})


def _set_out(run: Run, by_flow: pd.DataFrame, scope: Scope) -> pd.Series[float]:
    """Return persons who set out: with the first caravan, or (everyone) with any."""
    names = ("set_out",) if scope == "set_out" else ("assembled", "set_out_alone")
    found = [n for n in names if n in by_flow.columns]
    if not found:
        return pd.Series(0.0, index=run.member_ids)
    total: pd.Series[float] = by_flow[found].sum(axis=1)
    return total


def headcount_on(run: Run, date: dt.date) -> pd.Series[float]:
    """Return persons in the main caravan on a date, one number a member; NaN where it is no more."""
    main = run.scenario.caravans[0].id
    here = f"caravan = '{main}' AND day = DATE '{date}' AND active"
    frame = run.query(f"SELECT member, persons FROM caravans WHERE {here}")
    return frame.set_index("member")["persons"].astype(float).reindex(run.member_ids)


def headline_day(run: Run, on: dt.date | None = None) -> dt.date:
    """Return the day of the headline headcount.

    Raises
    ------
    UsageError
        If ``on`` is no day of the run.
    """
    first, last = run.days[0].date(), run.days[-1].date()
    if on is None:
        return min(first + dt.timedelta(days=HEADCOUNT_DAY), last)
    if not first <= on <= last:
        raise UsageError(f"{on} is outside the run, {first} to {last}")
    return on


def nights_by_place(run: Run) -> pd.DataFrame:
    """Return the most people on the move on one night at each place, [member, place].

    They are people in caravans, on foot or waiting there, and in care: who may need water, food,
    a bed or a doctor.  The origin is left out: tens of thousands wait there in any case.
    """
    origin = run.scenario.caravans[0].assembles_at
    frame = run.query(f"""
        WITH here AS (
            SELECT p.member, p.day, coalesce(c.place, p.place) AS place, p.persons FROM people p
            LEFT JOIN caravans c ON c.member = p.member AND c.day = p.day AND c.caravan = p.place
            WHERE p.status IN ('waiting', 'on_foot', 'in_care')
        ), nights AS (SELECT member, day, place, sum(persons) AS persons FROM here GROUP BY ALL)
        SELECT member, place, max(persons) AS persons FROM nights WHERE place <> '{origin}' GROUP BY ALL""")
    wide = frame.pivot_table(index="member", columns="place", values="persons", aggfunc="max", observed=True)
    return wide.reindex(run.member_ids).fillna(0.0)
