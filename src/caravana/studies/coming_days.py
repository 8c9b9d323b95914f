"""The days after an origin date: who is where, what they need, and whether the stock suffices.

People on the move (the caravan at tonight's stop, and those who walk apart from it) are kept
apart from people who wait at places.  Quantiles are over the members of the ensemble in which
the caravan is together on the origin date, since that much is known then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from caravana.arguments import as_date
from caravana.errors import UsageError
from caravana.results.caravan import main_caravan, nights, route_of
from caravana.results.groups import people_by_stop
from caravana.results.members import PLANNING_LEVELS, members_of
from caravana.spelling import did_you_mean
from caravana.summaries import Summarised

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]

GROUPS = ("caravan", "other_caravans", "alone", "settlement")
"""The caravan asked about; other caravans; people on foot apart from any; people waiting."""
QUANTILES = ("low", "median", "high", "plan")
FEWEST = 20
"""Members below which quantiles are not worth giving."""
MOST_DAYS = 60


@dataclass(frozen=True, repr=False)
class ComingDays(Summarised):
    """Who is where on the days after an origin, member by member.

    Attributes
    ----------
    origin
        The date from which the days are ahead.
    days
        The days, origin + 1 and on.
    caravan
        The main caravan's id; "" in a scenario without one.
    members
        Members kept, [member].
    narrowed
        Whether only members in which the caravan is together on the origin date were kept.
    near
        The place and km they were kept by as well, if any.
    cells
        Rows member (index into `members`), day (index into `days`), place (id), group, persons.
    seen
        Whether the caravan's people and stops are from what was known on the origin date.
    forecast
        Whether they are from a forecast (:mod:`caravana.inference.caravan.forecast`), and not the run's own.
    """

    origin: dt.date
    days: tuple[dt.date, ...]
    caravan: str
    members: NDArray[np.int64]
    narrowed: bool
    near: tuple[str, float] | None
    cells: pd.DataFrame
    seen: bool
    forecast: bool = False

    def persons(self, group: str, place: str | None = None) -> Floats:
        """People of a group, everywhere or at one place: [member, day]."""
        part = self.cells[self.cells["group"] == group]
        if place is not None:
            part = part[part["place"] == place]
        out = np.zeros((len(self.members), len(self.days)))
        np.add.at(out, (part["member"].to_numpy(), part["day"].to_numpy()), part["persons"].to_numpy(dtype=float))
        return out

    @property
    def together(self) -> Floats:
        """Share of the members kept in which the caravan is together, [day]."""
        return np.asarray((self.persons("caravan") > 0).mean(axis=0), dtype=np.float64)


def _horizon(run: Run, origin: dt.date, days: int) -> tuple[dt.date, ...]:
    first, last = run.days[0].date(), run.days[-1].date()
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"days must be from 1 to {MOST_DAYS}, not {days}")
    if not first - dt.timedelta(1) <= origin < last:
        raise UsageError(
            f"origin {origin}: the run has the days {first} to {last}, so the origin must be a day before the last"
        )
    return tuple(origin + dt.timedelta(n) for n in range(1, days + 1) if origin + dt.timedelta(n) <= last)


def _keep(run: Run, origin: dt.date, near: tuple[str, float] | None) -> tuple[NDArray[np.int64], bool]:
    """Members that agree with what is known on the origin date."""
    members = members_of(run)
    if not run.scenario.caravans:
        if near is not None:
            raise UsageError("where the caravan was seen can be given of a caravan only; the scenario has none")
        return members, False
    where = nights(run)
    day = (origin - run.days[0].date()).days
    if day < 0:
        return members, False
    kept = where.together[:, day]
    words = f"the caravan is together on {origin}"
    if near is not None:
        place, within = near
        route = route_of(run.scenario, main_caravan(run.scenario))
        if place not in route.ids:
            raise UsageError(f"{place}{did_you_mean(place, route.ids)}: not a place on the caravan's way")
        kept = kept & (np.abs(where.km[:, day] - route.km[route.ids.index(place)]) <= within)
        words += f" within {within:g} km of {place}"
    if not kept.any():
        raise UsageError(f"in no member {words}: nothing to say about the days after it")
    return where.members[kept], True


def look_ahead(run: Run, *, origin: dt.date | str, days: int = 3, near: tuple[str, float] | None = None) -> ComingDays:
    """Who is where on the days after an origin date.

    Parameters
    ----------
    run
        An opened run.
    origin
        The date from which the days are ahead.
    days
        How many; those after the run's last are left out.
    near
        A place id and km of road: keep only the members in which the caravan sleeps within that
        distance of the place on the origin date (rejection, Tavaré et al. 1997).

    Returns
    -------
    ComingDays
        Who is where, member by member.

    Raises
    ------
    caravana.errors.UsageError
        If the days are not in the run, or no member is kept.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> cv.look_ahead(run, origin="2021-10-23", days=1).days
    (datetime.date(2021, 10, 24),)
    """
    import pandas as pd

    origin = as_date(origin, name="origin")
    ahead = _horizon(run, origin, days)
    members, narrowed = _keep(run, origin, near)
    main = run.scenario.caravans[0].id if run.scenario.caravans else ""
    cells = people_by_stop(run, first=ahead[0], last=ahead[-1])
    cells = cells[cells["member"].isin(members)]
    cells = cells.assign(
        member=np.searchsorted(members, cells["member"].to_numpy()),
        day=(pd.to_datetime(cells["day"]) - pd.Timestamp(ahead[0])).dt.days.to_numpy(),
        persons=cells["persons"].astype(np.int64),
    )
    summed: pd.DataFrame = (
        cells.groupby(["member", "day", "place", "group"], sort=True)[["persons"]].sum().reset_index()
    )
    started = dt.date.fromisoformat(run.manifest["plan"]["first"])
    seen = str(run.manifest["plan"].get("origin", "")) == origin.isoformat() or started > origin
    return ComingDays(origin, ahead, main, members, narrowed, near, summed, seen)


def spread_and_plan(need: Floats, *, sure: float) -> tuple[float, float, float, float]:
    """Quantiles of a need and the plan's level; each is a member's own figure, so whole things stay whole."""
    if not need.size:
        return (0.0, 0.0, 0.0, 0.0)
    low, middle, high, plan = np.quantile(need, (*PLANNING_LEVELS, sure), method="inverted_cdf")
    return float(low), float(middle), float(high), float(plan)


def people_by_day(ahead: ComingDays) -> dict[str, list[float]]:
    """People in the main caravan by coming day, where it is together: ``low``, ``median``, ``high``."""
    persons = ahead.persons("caravan")
    spread = [spread_and_plan(column[column > 0], sure=PLANNING_LEVELS[-1]) for column in persons.T]
    return {level: [s[n] for s in spread] for n, level in enumerate(("low", "median", "high"))}


def people_by_place(ahead: ComingDays, *, sure: float = 0.9, least: float = 0.02) -> pd.DataFrame:
    """People by group, place and coming day.

    Parameters
    ----------
    ahead
        Who is where.
    sure
        The plan's level: so many people or fewer in this share of the members with anybody there.
    least
        Places with a smaller chance are left out.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``day``, ``place`` (id), ``chance`` (share of the members kept in which anybody
        of the group is there), ``low``, ``median``, ``high``, ``plan`` (persons where anybody is:
        5, 50 and 95%, and the plan's level).

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> import datetime as dt
    >>> ahead = cv.look_ahead(run, origin=dt.date(2021, 10, 23), days=1)
    >>> set(cv.people_by_place(ahead)["group"]) >= {"caravan"}
    True
    """
    import pandas as pd

    rows = []
    for key, part in ahead.cells.groupby(["group", "place", "day"], sort=True):
        group, place, day = cast("tuple[str, str, int]", key)
        persons = part["persons"].to_numpy(dtype=float)
        persons = persons[persons > 0]
        chance = len(persons) / len(ahead.members)
        if len(persons) and chance >= least:
            rows.append((group, ahead.days[day], place, chance, *spread_and_plan(persons, sure=sure)))
    frame = pd.DataFrame(rows, columns=["group", "day", "place", "chance", *QUANTILES])
    order = frame["group"].map({g: i for i, g in enumerate(GROUPS)})
    frame = frame.assign(order=order).sort_values(
        ["order", "day", "chance", "median"], ascending=[True, True, False, False]
    )
    return frame.drop(columns="order").reset_index(drop=True)


def with_forecast(run: Run, ahead: ComingDays) -> ComingDays:
    """The coming days with the main caravan as forecast on what was published by the origin date.

    Each member kept takes one of the forecast's headcounts over the days, evenly spaced among them,
    and sleeps each night at the same quantile of the forecast position, so that it goes forwards.
    Everybody else is as the run has them.

    Parameters
    ----------
    run
        The run: its scenario's observations are what was published.
    ahead
        The coming days as the run has them.

    Raises
    ------
    caravana.errors.UsageError
        If nothing was known of the caravan by the origin date.
    """
    import pandas as pd

    from caravana.inference.caravan.forecast import Roller
    from caravana.inference.reports import read_record

    seed = int(run.manifest["plan"]["seed"])
    record = read_record(run.scenario, caravan=ahead.caravan)
    forecast = Roller(record, seed=seed).forecast(ahead.origin, days=len(ahead.days))
    size = len(ahead.members)
    generator = np.random.default_rng([seed, ahead.origin.toordinal()])
    levels = (np.arange(size) + 0.5) / size
    particle = generator.permutation(np.floor(levels * forecast.walking.shape[1]).astype(np.int64))
    position = forecast.by_town(record.stops)
    order = np.argsort(record.stops.km, kind="stable")
    rows = []
    for d in range(len(ahead.days)):
        along = np.cumsum(position[d][order])
        stop = order[np.minimum(np.searchsorted(along, levels * along[-1]), len(order) - 1)]
        persons = np.rint(forecast.walking[d, particle]).astype(np.int64)
        night = {"place": [record.stops.ids[s] for s in stop], "persons": persons}
        rows.append(pd.DataFrame({"member": np.arange(size), "day": d, "group": "caravan", **night}))
    others = ahead.cells[ahead.cells["group"] != "caravan"]
    cells = pd.concat([*rows, others], ignore_index=True)
    return replace(ahead, cells=cells[cells["persons"] > 0].reset_index(drop=True), seen=True, forecast=True)


def given_words(ahead: ComingDays, w: Mapping[str, Any], *, origin: str = "") -> str:
    """What the members were kept by, in the words of a catalogue; with the origin date written as given."""
    given: Mapping[str, str] = w["given"]
    day = origin or ahead.origin.isoformat()
    if not ahead.caravan or not ahead.narrowed:
        return given["all"]
    if ahead.forecast:
        return given["forecast"].format(day=day)
    if ahead.near is None:
        return given["together"].format(day=day)
    place, within = ahead.near
    return given["near"].format(day=day, place=place, km=f"{within:g}")
