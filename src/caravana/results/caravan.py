"""A run's answers as arrays [member, day] and quantiles: whereabouts, headcount, arrivals, statuses.

Everything here is asked of the run's tables through DuckDB, summed before it leaves them.
Shares are shares of the members that finished; quantiles are over members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.results.members import LEVEL, grid, members_of
from caravana.scenario.roads import trace_itinerary
from caravana.sql import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


HUB_KM = 35.0
"""Road km between the towns that stand for an area: about two days on foot, half a day's round for a team."""

STATUSES = ("caravan", "accepted", "detained", "in_care", "ahead", "smuggled", "returned", "dead")
"""What can become of people, in the order the report shows it."""
_FLOWS = {"accepted": "accepted", "ahead": "ahead", "smuggled": "seat", "returned": "returned", "dead": "died"}
_STOCKS = {"detained": "detained", "in_care": "in_care"}


@dataclass(frozen=True)
class Route:
    """The way of a caravan: place ids in order and road km from its start."""

    ids: tuple[str, ...]
    km: Floats


@dataclass(frozen=True)
class Nights:
    """One caravan, night by night; every array is [member, day].

    Attributes
    ----------
    members
        Member numbers, [member].
    place
        Index into ``scenario.places``, -1 where the caravan is nowhere.
    km
        Road km along the caravan's own route; NaN where it is not on it.
    persons
        People in the caravan; 0 where it is not together.
    together
        It exists tonight: on the road or waiting, and not dissolved.
    arrived, dissolved
        It has come to the end of its road; it has fallen apart.
    """

    caravan: str
    route: Route
    members: Ints
    place: Ints
    km: Floats
    persons: Ints
    together: Bools
    arrived: Bools
    dissolved: Bools

    @property
    def somewhere(self) -> Bools:
        """Where there is a place to show: together, or at the end of the road."""
        return (self.together | self.arrived) & (self.place >= 0)


def main_caravan(scenario: Scenario) -> str:
    """The caravan a report is about: the scenario's first.

    Raises
    ------
    caravana.errors.UsageError
        If the scenario has none.
    """
    if not scenario.caravans:
        raise UsageError(f"scenario {scenario.name!r} has no caravan; this report is about one")
    return scenario.caravans[0].id


def route_of(scenario: Scenario, caravan: str) -> Route:
    """The places along a caravan's itinerary and their road km."""
    name = next(c.itinerary for c in scenario.caravans if c.id == caravan)
    itinerary = next(i for i in scenario.itineraries if i.id == name)
    ids, km = trace_itinerary(scenario, itinerary)
    return Route(ids=tuple(ids), km=np.asarray(km, dtype=np.float64))


def nights(run: Run) -> Nights:
    """Where the main caravan sleeps and how many it is, by member and day."""
    caravan = main_caravan(run.scenario)
    members = members_of(run)
    index = {p.id: i for i, p in enumerate(run.scenario.places)}
    frame = run.query(
        "SELECT member, day, active, CAST(place AS VARCHAR) AS place, CAST(mode AS VARCHAR) AS mode, persons "
        f"FROM caravans WHERE caravan = {quoted(caravan)}"
    )
    frame["index"] = frame["place"].map(index).fillna(-1)
    frame["is_arrived"] = (frame["mode"] == "arrived").astype(float)
    frame["is_over"] = (frame["mode"] == "dissolved").astype(float)
    frame["is_active"] = frame["active"].astype(float)
    place = grid(run, members, frame, "index", fill=-1).astype(np.int64)
    persons = grid(run, members, frame, "persons").astype(np.int64)
    active = grid(run, members, frame, "is_active") > 0
    arrived = np.maximum.accumulate(grid(run, members, frame, "is_arrived"), axis=1) > 0
    over = np.maximum.accumulate(grid(run, members, frame, "is_over"), axis=1) > 0
    # A caravan that was there and is there no more, and has not arrived, is dissolved however it is written.
    was = np.maximum.accumulate(active, axis=1)
    dissolved = (over | (was & ~active)) & ~arrived
    route = route_of(run.scenario, caravan)
    km_of = np.full(len(index) + 1, np.nan)
    km_of[[index[x] for x in route.ids]] = route.km
    return Nights(
        caravan=caravan,
        route=route,
        members=members,
        place=place,
        km=km_of[place],
        persons=np.where(active, persons, 0),
        together=active & (persons > 0),
        arrived=arrived,
        dissolved=dissolved,
    )


def whereabouts(where: Nights, day: int, *, area: Ints | None = None) -> dict[int, float]:
    """Share of the runs that have a caravan to place on a day, by place index, largest first.

    Parameters
    ----------
    where
        The caravan's nights.
    day
        Day index.
    area
        What to count places as, [place], such as :func:`area_of` gives; themselves by default.
    """
    given = where.somewhere[:, day]
    if not given.any():
        return {}
    tonight = where.place[given, day]
    places, counts = np.unique(tonight if area is None else area[tonight], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {int(places[i]): float(counts[i] / given.sum()) for i in order}


def hubs(scenario: Scenario, route: Route, *, spacing: float = HUB_KM) -> list[int]:
    """The larger towns along a route, none nearer to another than ``spacing`` km of road.

    Returns
    -------
    list of int
        Indices into ``scenario.places``, in order of the road: its ends, then the most
        populous places first, as long as they keep their distance.  A bend in the road or a
        river crossing, where nobody is counted, is none.
    """
    index = {p.id: i for i, p in enumerate(scenario.places)}
    ends = [0, len(route.ids) - 1]
    people = [scenario.places[index[x]].population or 0 for x in route.ids]
    by_size = sorted((k for k, n in enumerate(people) if n), key=lambda k: -people[k])
    chosen: list[int] = []
    for k in dict.fromkeys([*ends, *by_size]):
        if k in ends or all(abs(route.km[k] - route.km[j]) >= spacing for j in chosen):
            chosen.append(k)
    return [index[route.ids[k]] for k in sorted(chosen)]


def area_of(scenario: Scenario, route: Route, centres: Sequence[int]) -> Ints:
    """The hub each place belongs to, [place]: the nearest by road km; itself off the route."""
    index = {p.id: i for i, p in enumerate(scenario.places)}
    out = np.arange(len(scenario.places))
    on_route = dict(zip(route.ids, route.km, strict=True))
    km = np.array([on_route[scenario.places[c].id] for c in centres])
    for place_id, here in on_route.items():
        out[index[place_id]] = centres[int(np.argmin(np.abs(km - here)))]
    return out


def arrivals(run: Run, where: Nights) -> pd.DataFrame:
    """When the main caravan comes to, or past, each place.

    A place on its route is reached on the first night spent at it or beyond it; a place off its
    route on the first night spent there.

    Returns
    -------
    pandas.DataFrame
        One row a place reached in some run, in order of the road: ``place`` (id), ``km`` (NaN
        off the route), ``passes`` and ``sleeps`` (shares of all runs), ``low``, ``median``,
        ``high`` (dates: 10, 50, 90% of the runs that pass).
    """
    import pandas as pd

    reached = np.fmax.accumulate(np.where(where.somewhere, where.km, np.nan), axis=1)
    rows = []
    on_route = dict(zip(where.route.ids, where.route.km, strict=True))
    for i, place in enumerate(run.scenario.places):
        here = (where.place == i) & where.somewhere
        slept = here.any(axis=1)
        km = on_route.get(place.id, np.nan)
        past = here if np.isnan(km) else np.nan_to_num(reached, nan=-1.0) >= km
        comes = past.any(axis=1)
        if not comes.any():
            continue
        first = np.argmax(past, axis=1)[comes]
        low, median, high = (run.days[int(d)] for d in np.quantile(first, (0.1, 0.5, 0.9), method="inverted_cdf"))
        rows.append((place.id, km, comes.mean(), slept.mean(), low, median, high))
    names = ["place", "km", "passes", "sleeps", "low", "median", "high"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.sort_values(["km", "median"], kind="stable", na_position="last").reset_index(drop=True)


def statuses(run: Run, where: Nights) -> dict[str, Floats]:
    """People by what has become of them, by status: arrays [member, day] of persons.

    ``caravan`` counts everybody in any caravan tonight; ``detained`` and ``in_care`` those held
    or cared for tonight; the others everybody to whom it has happened so far.
    """
    out: dict[str, Floats] = {}
    frame = run.query("SELECT member, day, SUM(persons) AS persons FROM caravans WHERE active GROUP BY member, day")
    out["caravan"] = grid(run, where.members, frame, "persons")
    stock = run.query(
        "SELECT member, day, CAST(status AS VARCHAR) AS status, SUM(persons) AS persons FROM people "
        "WHERE status IN ('detained', 'in_care') GROUP BY ALL"
    )
    for name, status in _STOCKS.items():
        out[name] = grid(run, where.members, stock[stock["status"] == status], "persons")
    moved = run.query(
        "SELECT member, day, CAST(flow AS VARCHAR) AS flow, SUM(persons) AS persons FROM flows "
        f"WHERE flow IN ({listed(_FLOWS.values())}) GROUP BY ALL"
    )
    for name, flow in _FLOWS.items():
        out[name] = np.cumsum(grid(run, where.members, moved[moved["flow"] == flow], "persons"), axis=1)
    return {name: out[name] for name in STATUSES}


def reported(run: Run, where: Nights) -> dict[str, Floats]:
    """What a source of each side would have reported of the main caravan: [member, day], NaN for nothing."""
    frame = run.query(
        "SELECT member, day, CAST(side AS VARCHAR) AS side, persons FROM reports "
        f"WHERE caravan = {quoted(where.caravan)}"
    )
    return {
        str(side): grid(run, where.members, part, "persons", fill=np.nan)
        for side, part in frame.groupby("side", sort=True)
    }


def position_bands(run: Run, *, caravan: str, level: float = LEVEL) -> pd.DataFrame:
    """Return the band of road km by day of a caravan, given that it is still together.

    Returns
    -------
    DataFrame
        day, low, median, high (km along the itinerary), members (in which it is together).
    """
    tail = (1 - level) / 2
    return run.query(
        f"SELECT day, quantile_cont(km, {tail}) AS low, median(km) AS median, quantile_cont(km, {1 - tail}) AS high,"
        f" count(*) AS members FROM caravans WHERE caravan = {quoted(caravan)} AND active GROUP BY day ORDER BY day"
    )


def report_bands(run: Run, *, caravan: str, level: float = LEVEL) -> pd.DataFrame:
    """Return the band of what a source of each side would have reported, by day and side."""
    tail = (1 - level) / 2
    return run.query(
        f"SELECT day, side, quantile_cont(r.persons, {tail}) AS low, median(r.persons) AS median,"
        f" quantile_cont(r.persons, {1 - tail}) AS high FROM reports r JOIN caravans c USING (member, day, caravan)"
        f" WHERE caravan = {quoted(caravan)} AND c.active GROUP BY day, side ORDER BY day, side"
    )
