"""Everybody a plan has to think of, day by day: in the caravan, on foot apart from it, waiting in places.

People on the move are kept apart from people in a settlement: they go by other standards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from caravana.results.members import PLANNING_LEVELS, grid, quantiles
from caravana.sql import listed, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from caravana.results.caravan import Nights
    from caravana.results.supplies import Supply
    from caravana.run import Run

    Floats = NDArray[np.float64]

DayGroup = Literal["caravan", "apart", "waiting"]
DAY_GROUPS: tuple[DayGroup, ...] = get_args(DayGroup)
WAITING = ("waiting", "applied", "documented", "displaced")
"""Statuses of people at a place who wait there (``displaced`` is that of the displacement models): a settlement."""
SEEN = ("on_foot", *WAITING)
"""Statuses of people at a place whom a plan has to think of."""
STANDARDS_OF = {"caravan": "moving", "apart": "moving", "waiting": "settlement"}
"""Whose standards a group goes by."""


def people_by_group(run: Run, where: Nights) -> dict[DayGroup, Floats]:
    """People by group: arrays [member, day] of persons.

    Parameters
    ----------
    run
        An opened run.
    where
        The main caravan's nights.

    Returns
    -------
    dict
        ``caravan``: in the main caravan, NaN where it is not together; ``apart``: on foot in
        other caravans or apart from any; ``waiting``: waiting, with papers applied for or in hand,
        at fixed places.
    """
    known = listed(p.id for p in run.scenario.places)
    fixed = run.query(
        "SELECT member, day, CASE WHEN CAST(status AS VARCHAR) = 'on_foot' THEN 'apart' ELSE 'waiting' END AS who, "
        f"SUM(persons) AS persons FROM people WHERE CAST(place AS VARCHAR) IN ({known}) "
        f"AND CAST(status AS VARCHAR) IN ({listed(SEEN)}) GROUP BY ALL"
    )
    others = run.query(
        "SELECT member, day, SUM(persons) AS persons FROM caravans "
        f"WHERE active AND CAST(caravan AS VARCHAR) <> {quoted(where.caravan)} GROUP BY ALL"
    )
    alone, settled = (grid(run, where.members, fixed[fixed["who"] == who], "persons") for who in ("apart", "waiting"))
    return {
        "caravan": np.where(where.together, where.persons.astype(np.float64), np.nan),
        "apart": alone + grid(run, where.members, others, "persons"),
        "waiting": settled,
    }


def spread(values: Floats) -> Floats:
    """Low, middle and high of each day over the members that count (5, 50, 95%): [level, day]; NaN where none does."""
    return quantiles(values, given=~np.isnan(values), levels=PLANNING_LEVELS)


def needs_of(group: DayGroup, people: Floats, profile: Sequence[Supply]) -> dict[str, Floats]:
    """What a group needs by item: [level, day], from its people [level, day].

    An amount never falls when people are more, so the need's quantile is that of the people.
    """
    return {s.standard.item: s.amounts(people) for s in profile if STANDARDS_OF[group] in s.groups}


def people_by_stop(run: Run, *, first: dt.date, last: dt.date) -> pd.DataFrame:
    """People on the move and waiting, by the place where they are, from one day to another.

    Returns
    -------
    pandas.DataFrame
        ``member``, ``day``, ``place`` (id), ``persons`` and ``group``: ``caravan`` (the scenario's
        first), ``other_caravans``, ``alone`` (on foot apart from any) and ``settlement`` (waiting).
        A group may have several rows for one place.
    """
    import pandas as pd

    span = f"day BETWEEN DATE '{first}' AND DATE '{last}'"
    frames = []
    if run.scenario.caravans:
        moving = run.query(
            "SELECT member, day, CAST(place AS VARCHAR) AS place, persons, CAST(caravan AS VARCHAR) AS caravan "
            f"FROM caravans WHERE {span} AND active AND persons > 0"
        )
        moving["group"] = np.where(moving["caravan"] == run.scenario.caravans[0].id, "caravan", "other_caravans")
        frames.append(moving.drop(columns="caravan"))
    known = pd.DataFrame({"place": [p.id for p in run.scenario.places]})
    fixed = run.query(
        "SELECT member, day, CAST(place AS VARCHAR) AS place, SUM(persons) AS persons, "
        "CASE WHEN CAST(status AS VARCHAR) = 'on_foot' THEN 'alone' ELSE 'settlement' END AS \"group\" "
        f"FROM people WHERE {span} AND CAST(status AS VARCHAR) IN ({listed(SEEN)}) GROUP BY ALL"
    )
    frames.append(fixed.merge(known, on="place"))
    return pd.concat(frames, ignore_index=True)
