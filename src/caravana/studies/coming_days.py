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
import pandas as pd

from caravana.errors import UsageError
from caravana.results.caravan import main_caravan, nights, route_of
from caravana.results.groups import WAITING
from caravana.results.members import PLANNING_LEVELS, members_of
from caravana.results.supplies import Stock, Supply, usable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]

GROUPS = ("caravan", "other_caravans", "alone", "settlement")
"""The caravan asked about; other caravans; people on foot apart from any; people waiting."""
QUANTILES = ("low", "median", "high", "plan")
FEWEST = 20
"""Members below which quantiles are not worth giving."""
MOST_DAYS = 60


@dataclass(frozen=True)
class ComingDays:
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
            raise UsageError("--at is about a caravan; the scenario has none")
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
            raise UsageError(f"--at {place}: not a place on the caravan's way")
        kept = kept & (np.abs(where.km[:, day] - route.km[route.ids.index(place)]) <= within)
        words += f" within {within:g} km of {place}"
    if not kept.any():
        raise UsageError(f"in no member {words}: nothing to say about the days after it")
    return where.members[kept], True


def look_ahead(run: Run, *, origin: dt.date, days: int = 3, near: tuple[str, float] | None = None) -> ComingDays:
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

    Raises
    ------
    caravana.errors.UsageError
        If the days are not in the run, or no member is kept.
    """
    ahead = _horizon(run, origin, days)
    members, narrowed = _keep(run, origin, near)
    main = run.scenario.caravans[0].id if run.scenario.caravans else ""
    span = f"day BETWEEN DATE '{ahead[0]}' AND DATE '{ahead[-1]}'"
    frames = []
    if main:
        moving = run.query(
            "SELECT member, day, CAST(place AS VARCHAR) AS place, persons, CAST(caravan AS VARCHAR) AS caravan "
            f"FROM caravans WHERE {span} AND active AND persons > 0"
        )
        moving["group"] = np.where(moving["caravan"] == main, "caravan", "other_caravans")
        frames.append(moving.drop(columns="caravan"))
    known = pd.DataFrame({"place": [p.id for p in run.scenario.places]})
    waiting = ", ".join(repr(s) for s in WAITING)
    fixed = run.query(
        "SELECT member, day, CAST(place AS VARCHAR) AS place, SUM(persons) AS persons, "
        "CASE WHEN CAST(status AS VARCHAR) = 'on_foot' THEN 'alone' ELSE 'settlement' END AS \"group\" "
        f"FROM people WHERE {span} AND CAST(status AS VARCHAR) IN ('on_foot', {waiting}) GROUP BY ALL"
    )
    frames.append(fixed.merge(known, on="place"))
    cells = pd.concat(frames, ignore_index=True)
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


def group_of(group: str) -> str:
    """Whose standards a group goes by: ``moving`` or ``settlement``."""
    return "settlement" if group == "settlement" else "moving"


def supplies_of(profile: Sequence[Supply], group: str) -> list[Supply]:
    """The supplies of a profile that are for a group."""
    return [s for s in profile if group_of(group) in s.groups]


def _spread(need: Floats, *, sure: float) -> tuple[float, float, float, float]:
    """Quantiles of a need and the plan's level; each is a member's own figure, so whole things stay whole."""
    if not need.size:
        return (0.0, 0.0, 0.0, 0.0)
    low, middle, high, plan = np.quantile(need, (*PLANNING_LEVELS, sure), method="inverted_cdf")
    return float(low), float(middle), float(high), float(plan)


def people_by_day(ahead: ComingDays) -> dict[str, list[float]]:
    """People in the main caravan by coming day, where it is together: ``low``, ``median``, ``high``."""
    persons = ahead.persons("caravan")
    spread = [_spread(column[column > 0], sure=PLANNING_LEVELS[-1]) for column in persons.T]
    return {level: [s[n] for s in spread] for n, level in enumerate(("low", "median", "high"))}


def needs_by_day(
    ahead: ComingDays, profile: Sequence[Supply], *, stock: Sequence[Stock] = (), sure: float = 0.9
) -> pd.DataFrame:
    """What the main caravan needs each coming day, wherever it sleeps.

    Parameters
    ----------
    ahead
        Who is where.
    profile, stock
        What is needed, and what there is: stock that follows the caravan, and stock at the place
        where a member's caravan sleeps.  What is used up daily must cover the days together.
    sure
        The plan's level: so much stock suffices in this share of the members kept.

    Returns
    -------
    pandas.DataFrame
        One row an item and day: ``item``, ``day``, ``unit``, ``low``, ``median``, ``high`` (5, 50
        and 95% of that day's need where the caravan is together), ``so_far`` (what suffices with
        `sure`, from the first day till this one for what is used up), ``kit``, ``kits`` (whole kits
        for ``so_far``), ``stock`` (what follows the caravan and can be used), ``bring`` (whole kits
        beyond it), ``days_of_cover`` (stock over the median daily need; NaN for what is not used
        up) and ``chance_short`` (share of the members kept in which demand exceeds stock).
    """
    persons = ahead.persons("caravan")
    stops = _stops(ahead)
    rows = []
    for supply in supplies_of(profile, "caravan"):
        s = supply.standard
        need = supply.amounts(persons)
        demand = supply.amounts(np.cumsum(persons, axis=1)) if supply.use == "daily" else need
        for d, day in enumerate(ahead.days):
            low, median, high, _ = _spread(need[persons[:, d] > 0, d], sure=sure)
            so_far = float(np.quantile(demand[:, d], sure, method="inverted_cdf"))
            follows = usable(stock, s.item, origin=ahead.origin, day=day)
            there = {p: usable(stock, s.item, origin=ahead.origin, day=day, place=p) for p in set(stops[:, d]) if p}
            have = np.array([there.get(p, follows) for p in stops[:, d]])
            rows.append({
                "item": s.item, "day": day, "unit": s.unit, "low": low, "median": median, "high": high,
                "so_far": so_far, "kit": supply.kit, "kits": supply.kits(so_far), "stock": follows,
                "bring": supply.kits(so_far - follows),
                "days_of_cover": follows / median if supply.use == "daily" and median > 0 else np.nan,
                "chance_short": float((demand[:, d] > have + 1e-9).mean()),
            })  # fmt: skip
    names = ["item", "day", "unit", "low", "median", "high", "so_far", "kit", "kits", "stock", "bring"]
    return pd.DataFrame(rows, columns=[*names, "days_of_cover", "chance_short"])


def _stops(ahead: ComingDays) -> NDArray[np.object_]:
    """Where the main caravan sleeps, [member, day]; "" where it is not together."""
    out = np.full((len(ahead.members), len(ahead.days)), "", dtype=object)
    part = ahead.cells[ahead.cells["group"] == "caravan"]
    out[part["member"].to_numpy(), part["day"].to_numpy()] = part["place"].to_numpy()
    return out


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
    """
    rows = []
    for key, part in ahead.cells.groupby(["group", "place", "day"], sort=True):
        group, place, day = cast("tuple[str, str, int]", key)
        persons = part["persons"].to_numpy(dtype=float)
        persons = persons[persons > 0]
        chance = len(persons) / len(ahead.members)
        if len(persons) and chance >= least:
            rows.append((group, ahead.days[day], place, chance, *_spread(persons, sure=sure)))
    frame = pd.DataFrame(rows, columns=["group", "day", "place", "chance", *QUANTILES])
    order = frame["group"].map({g: i for i, g in enumerate(GROUPS)})
    frame = frame.assign(order=order).sort_values(
        ["order", "day", "chance", "median"], ascending=[True, True, False, False]
    )
    return frame.drop(columns="order").reset_index(drop=True)


def needs_by_place(
    ahead: ComingDays,
    profile: Sequence[Supply],
    *,
    stock: Sequence[Stock] = (),
    sure: float = 0.9,
    least: float = 0.02,
) -> pd.DataFrame:
    """What each group needs at each place each coming day, if it is there.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`people_by_place` with ``persons_`` before the quantiles, then
        ``item``, ``unit``, ``low``, ``median``, ``high``, ``plan`` (suffices with `sure` where
        anybody is there), ``kit``, ``kits``, ``stock`` (usable there that day), ``bring`` (whole kits beyond
        it) and ``chance_short`` (share of the members with anybody there in which that day's demand exceeds it).
    """
    people = people_by_place(ahead, sure=sure, least=least).rename(columns={c: f"persons_{c}" for c in QUANTILES})
    by_cell = {
        key: part["persons"].to_numpy(dtype=float) for key, part in ahead.cells.groupby(["group", "place", "day"])
    }
    rows = []
    for row in people.to_dict("records"):
        persons = by_cell[row["group"], row["place"], ahead.days.index(row["day"])]
        persons = persons[persons > 0]
        # Stock that follows the caravan is not for those who wait elsewhere.
        here = [s for s in stock if row["group"] != "settlement" or s.place]
        for supply in supplies_of(profile, row["group"]):
            need = supply.amounts(persons)
            low, median, high, plan = _spread(need, sure=sure)
            have = usable(here, supply.standard.item, origin=ahead.origin, day=row["day"], place=row["place"])
            rows.append({
                **row, "item": supply.standard.item, "unit": supply.standard.unit, "low": low, "median": median,
                "high": high, "plan": plan, "kit": supply.kit, "kits": supply.kits(plan), "stock": have,
                "bring": supply.kits(plan - have), "chance_short": float((need > have + 1e-9).mean()),
            })  # fmt: skip
    names = [
        *people.columns,
        "item",
        "unit",
        "low",
        "median",
        "high",
        "plan",
        "kit",
        "kits",
        "stock",
        "bring",
        "chance_short",
    ]
    return pd.DataFrame(rows, columns=names)


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
    from caravana.inference.caravan.forecast import Roller
    from caravana.inference.reports import read_record

    seed = int(run.manifest["plan"]["seed"])
    record = read_record(run.scenario, caravan=ahead.caravan)
    made = Roller(record, seed=seed).forecast(ahead.origin, days=len(ahead.days))
    size = len(ahead.members)
    generator = np.random.default_rng([seed, ahead.origin.toordinal()])
    levels = (np.arange(size) + 0.5) / size
    particle = generator.permutation(np.floor(levels * made.walking.shape[1]).astype(np.int64))
    order = np.argsort(made.km, kind="stable")
    rows = []
    for d in range(len(ahead.days)):
        along = np.cumsum(made.position[d][order])
        stop = order[np.minimum(np.searchsorted(along, levels * along[-1]), len(order) - 1)]
        persons = np.rint(made.walking[d, particle]).astype(np.int64)
        night = {"place": [made.stop_ids[s] for s in stop], "persons": persons}
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


@dataclass(frozen=True)
class Request:
    """What the spreadsheet is made from."""

    run: Run
    ahead: ComingDays
    profile: Sequence[Supply]
    stock: Sequence[Stock]
    sure: float
    language: str
