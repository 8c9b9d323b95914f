"""What is needed on the days after an origin date, by item, and whether the stock suffices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.results.supplies import Stock, Supply, usable
from caravana.studies.coming_days import QUANTILES, people_by_place, spread_and_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.studies.coming_days import ComingDays


def group_of(group: str) -> str:
    """Whose standards a group goes by: ``moving`` or ``settlement``."""
    return "settlement" if group == "settlement" else "moving"


def supplies_of(profile: Sequence[Supply], group: str) -> list[Supply]:
    """The supplies of a profile that are for a group."""
    return [s for s in profile if group_of(group) in s.groups]


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

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> import datetime as dt
    >>> ahead = cv.look_ahead(run, origin=dt.date(2021, 10, 23), days=1)
    >>> "water" in set(cv.needs_by_day(ahead, cv.load_profile())["item"])
    True
    """
    import pandas as pd

    persons = ahead.persons("caravan")
    stops = _stops(ahead)
    rows = []
    for supply in supplies_of(profile, "caravan"):
        s = supply.standard
        need = supply.amounts(persons)
        demand = supply.amounts(np.cumsum(persons, axis=1)) if supply.use == "daily" else need
        for d, day in enumerate(ahead.days):
            low, median, high, _ = spread_and_plan(need[persons[:, d] > 0, d], sure=sure)
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


def needs_by_place(
    ahead: ComingDays,
    profile: Sequence[Supply],
    *,
    stock: Sequence[Stock] = (),
    sure: float = 0.9,
    least: float = 0.02,
) -> pd.DataFrame:
    """What each group needs at each place each coming day, if it is there.

    Parameters
    ----------
    ahead : ComingDays
        Who is where.
    profile, stock : sequence
        What is needed, and what there is.
    sure : float
        The plan's level: so much suffices in this share of the members with anybody there.
    least : float
        Places with a smaller chance are left out.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`caravana.studies.coming_days.people_by_place` with ``persons_`` before the quantiles, then
        ``item``, ``unit``, ``low``, ``median``, ``high``, ``plan`` (suffices with `sure` where
        anybody is there), ``kit``, ``kits``, ``stock`` (usable there that day), ``bring`` (whole kits beyond
        it) and ``chance_short`` (share of the members with anybody there in which that day's demand exceeds it).

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> import datetime as dt
    >>> ahead = cv.look_ahead(run, origin=dt.date(2021, 10, 23), days=1)
    >>> "water" in set(cv.needs_by_place(ahead, cv.load_profile())["item"])
    True
    """
    import pandas as pd

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
            low, median, high, plan = spread_and_plan(need, sure=sure)
            have = usable(here, supply.standard.item, origin=ahead.origin, day=row["day"], place=row["place"])
            rows.append({
                **row, "item": supply.standard.item, "unit": supply.standard.unit, "low": low, "median": median,
                "high": high, "plan": plan, "kit": supply.kit, "kits": supply.kits(plan), "stock": have,
                "bring": supply.kits(plan - have), "chance_short": float((need > have + 1e-9).mean()),
            })  # fmt: skip
    names = ["item", "unit", "low", "median", "high", "plan", "kit", "kits", "stock", "bring", "chance_short"]
    return pd.DataFrame(rows, columns=[*people.columns, *names])


@dataclass(frozen=True)
class Request:
    """What the page and the spreadsheet of needs are made from.

    Attributes
    ----------
    folder, scenario, manifest, members
        The run folder, its scenario and manifest, and how many members the run has.
    ahead
        The coming days.
    profile, stock, sure
        What is needed, what there is, and how sure to be that it suffices.
    language
        Of page and spreadsheet.
    """

    folder: Path
    scenario: Scenario
    manifest: Mapping[str, Any]
    members: int
    ahead: ComingDays
    profile: Sequence[Supply]
    stock: Sequence[Stock]
    sure: float
    language: str
