"""What came of a run, one number a member: one catalogue of quantities, by the family of its model.

Every run can be asked what it came to (:func:`outcomes_of`).  A run of caravans has further
quantities, by which two worlds are compared (:func:`compared_outcomes`): harm first, then where
people got to, then money, in two scopes.  *Set out*: those who set out with the first caravan,
wherever they went (the run must have followed them).  *Everyone*: all in the scenario, those who
wait at the origin included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from caravana.errors import RunError, UsageError
from caravana.results.members import by_member
from caravana.results.places import people_on
from caravana.scenario.roads import trace_itinerary
from caravana.sql import listed, quoted

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run
    from caravana.scenario.model import Scenario

Scope = Literal["set_out", "everyone"]
SCOPES: tuple[Scope, ...] = ("set_out", "everyone")
GONE = ("detained", "returned")
"""Statuses that do not count as having got anywhere."""
DAYS_ON: Mapping[str, int] = {"caravan": 17}
"""Day of a caravan's run that is asked about unless another is given, counted from the first."""
PLACES_SHOWN = 6
"""How many places are outcomes of their own: those with most people."""
CAMP_KINDS = ("camp", "idpcamp")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An entry of the catalogue: its key, unit, and whether it is harm."""

    key: str
    unit: str
    harm: bool = False


COMPARED = (
    Quantity("deaths", "persons", harm=True),
    Quantity("injuries", "persons", harm=True),
    Quantity("detentions", "times a person is detained", harm=True),
    Quantity("returned", "persons", harm=True),
    Quantity("in_care", "persons"),
    Quantity("people", "persons"),
    Quantity("arrivals", "persons"),
    Quantity("accepted_cards", "persons"),
    Quantity("seats", "persons"),
    Quantity("days_on_road", "days a person"),
    Quantity("to_smugglers", "USD"),
    Quantity("to_transport", "USD"),
    Quantity("to_shops", "USD"),
    Quantity("smugglers_per_1000", "USD per 1,000 people who set out"),
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


def _arrivals(run: Run, table: str) -> pd.Series[float]:
    reached = listed(reached_places(run.scenario))
    last = run.days[-1].date()
    return by_member(
        run,
        f"""
        SELECT p.member, sum(p.persons) FROM {table} p
        LEFT JOIN caravans c ON c.member = p.member AND c.day = p.day AND c.caravan = p.place
        WHERE p.day = DATE '{last}' AND p.status NOT IN ({listed(GONE)})
          AND (CASE WHEN c.caravan IS NULL THEN p.place ELSE c.place END) IN ({reached})
        GROUP BY p.member""",
    )


def _road_days(run: Run, table: str) -> pd.Series[float]:
    """Return person-days under way: in a caravan that has not arrived, walking alone, or in a vehicle."""
    scenario = run.scenario
    settled = listed((*reached_places(scenario), scenario.caravans[0].assembles_at))
    over = listed(("arrived", "dissolved"))
    return by_member(
        run,
        f"""
        SELECT p.member, sum(p.persons) FROM {table} p
        LEFT JOIN caravans c ON c.member = p.member AND c.day = p.day AND c.caravan = p.place
        WHERE (p.status = 'on_foot' AND p.place NOT IN ({settled}) AND coalesce(c.mode, '') NOT IN ({over}))
           OR (p.status IN ('by_vehicle', 'smuggled') AND starts_with(p.place, 'road:'))
        GROUP BY p.member""",
    )


def compared_outcomes(run: Run, scope: Scope) -> pd.DataFrame:
    """Return every quantity by which two worlds are compared, one row a member.

    Parameters
    ----------
    run
        An opened run.
    scope
        ``set_out`` or ``everyone``.

    Returns
    -------
    pandas.DataFrame
        Indexed by member; a column for each of :data:`COMPARED`.

    Raises
    ------
    RunError
        If those who set out are asked for and the run did not follow them.
    """
    import pandas as pd

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
    columns["returned"] = by_member(run, f"{tonight} AND status = 'returned' GROUP BY member")
    set_out = _set_out(run, by_flow, scope)
    if scope == "set_out":
        columns["people"] = set_out
    else:
        columns["people"] = by_member(run, f"{tonight} GROUP BY member") + columns["deaths"]
    columns["arrivals"] = _arrivals(run, people)
    columns["days_on_road"] = _road_days(run, people) / columns["people"].clip(lower=1.0)
    for key, payee in _PAYEES.items():
        table, amount = ("ledger", "cohort_usd") if scope == "set_out" else ("payments", "usd")
        columns[key] = by_member(
            run, f"SELECT member, sum({amount}) FROM {table} WHERE payee = '{payee}' GROUP BY member"
        )
    columns["smugglers_per_1000"] = columns["to_smugglers"] / set_out.clip(lower=1.0) * 1000
    return pd.DataFrame({o.key: columns[o.key] for o in COMPARED})


def _set_out(run: Run, by_flow: pd.DataFrame, scope: Scope) -> pd.Series[float]:
    """Return persons who set out: with the first caravan, or (everyone) with any."""
    import pandas as pd

    names = ("set_out",) if scope == "set_out" else ("assembled", "set_out_alone")
    written = [n for n in names if n in by_flow.columns]
    if not written:
        return pd.Series(0.0, index=run.member_ids)
    total: pd.Series[float] = by_flow[written].sum(axis=1)
    return total


def headcount_on(run: Run, date: dt.date) -> pd.Series[float]:
    """Return persons in the main caravan on a date, one number a member; NaN where it is no more."""
    main = run.scenario.caravans[0].id
    here = f"caravan = {quoted(main)} AND day = DATE '{date}' AND active"
    return by_member(run, f"SELECT member, persons FROM caravans WHERE {here}", fill=float("nan"))


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
        SELECT member, place, max(persons) AS persons FROM nights WHERE place <> {quoted(origin)} GROUP BY ALL""")
    wide = frame.pivot_table(index="member", columns="place", values="persons", aggfunc="max", observed=True)
    return wide.reindex(run.member_ids).fillna(0.0)


def joined(run: Run) -> pd.Series[float]:
    """Return persons who ever joined a caravan, one number a member."""
    names = listed(("assembled", "joined"))
    return by_member(run, f"SELECT member, sum(persons) FROM flows WHERE flow IN ({names}) GROUP BY member")


def day_of_outcomes(run: Run, on: dt.date | None = None) -> dt.date:
    """Return the day that outcomes are of: :data:`DAYS_ON` of a caravan's run, the last of another; or one given.

    Parameters
    ----------
    run
        An opened run.
    on
        The day asked for.

    Raises
    ------
    caravana.errors.UsageError
        If ``on`` is no day of the run.
    """
    first, last = run.days[0].date(), run.days[-1].date()
    if on is None:
        on = last if run.family not in DAYS_ON else first + dt.timedelta(days=DAYS_ON[run.family])
        return min(on, last)
    if not first <= on <= last:
        raise UsageError(f"{on} is outside the run, {first} to {last}")
    return on


SUMMED_FLOWS = ("accepted", "ahead", "seat", "detained", "returned", "treated", "injured", "died", "arrived")
"""Flows that are outcomes of a caravan's run, summed over its days."""


def caravan_outcomes(run: Run, day: dt.date) -> dict[Quantity, pd.Series[float]]:
    """Return where the main caravan is on a day and how large, what happened to whom, and what smugglers received."""
    here = f"FROM caravans WHERE caravan = {quoted(run.scenario.caravans[0].id)} AND active"
    tonight = f"{here} AND day = DATE '{day}'"
    out = {
        Quantity("position", "km of road"): by_member(run, f"SELECT member, km {tonight}", fill=float("nan")),
        Quantity("headcount", "persons"): headcount_on(run, day),
        Quantity("nights_together", "nights"): by_member(run, f"SELECT member, count(*) {here} GROUP BY member"),
    }
    for flow in SUMMED_FLOWS:
        values = by_member(run, f"SELECT member, sum(persons) FROM flows WHERE flow = {quoted(flow)} GROUP BY member")
        if values.any():
            out[Quantity(flow, "persons")] = values
    paid = "SELECT member, sum(usd) FROM payments WHERE payee = 'smugglers' GROUP BY member"
    return out | {Quantity("to_smugglers", "USD"): by_member(run, paid)}


def displacement_outcomes(run: Run, day: dt.date) -> dict[Quantity, pd.Series[float]]:
    """Return people in all camps, on the road, and in each of the largest camps, on a day."""
    people = people_on(run, day)
    camps = [p.id for p in run.scenario.places if p.kind in CAMP_KINDS and p.id in people.columns]
    road = [c for c in people.columns if str(c).split(":")[0] == "road"]
    return {
        Quantity("in_camps", "persons"): people[camps].sum(axis=1),
        Quantity("on_the_road", "persons"): people[road].sum(axis=1),
        **_largest(people[camps]),
    }


def place_outcomes(run: Run, day: dt.date) -> dict[Quantity, pd.Series[float]]:
    """Return all people on a day, and those at each of the places with most of them: what any run can be asked."""
    people = people_on(run, day)
    places = [p.id for p in run.scenario.places if p.id in people.columns]
    return {Quantity("people", "persons"): people.sum(axis=1), **_largest(people[places])}


def _largest(people: pd.DataFrame) -> dict[Quantity, pd.Series[float]]:
    """People at each of the places with most of them on average, the largest first."""
    largest = people.mean().sort_values(ascending=False).index[:PLACES_SHOWN]
    return {Quantity(f"at {place}", "persons"): people[place] for place in largest}


OutcomesOfDay = Callable[["Run", dt.date], "dict[Quantity, pd.Series[float]]"]
OUTCOMES: Mapping[str, OutcomesOfDay] = {"caravan": caravan_outcomes, "displacement": displacement_outcomes}
"""What a run came to, by the family of its model; of any other family :func:`place_outcomes`."""


def outcomes_of(
    run: Run, *, on: dt.date | None = None, catalogue: Mapping[str, OutcomesOfDay] = OUTCOMES
) -> dict[Quantity, pd.Series[float]]:
    """Return what a run came to, one number a member; a member without a value has NaN.

    Parameters
    ----------
    run
        An opened run.
    on
        The day of position and headcount, or of people at places; :func:`day_of_outcomes` by default.
    catalogue
        What is asked of a run, by the family of its model.

    Raises
    ------
    caravana.errors.UsageError
        If that is no day of the run.
    """
    day = day_of_outcomes(run, on)
    return catalogue.get(run.family, place_outcomes)(run, day)
