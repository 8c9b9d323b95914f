"""Everybody a plan has to think of, day by day: in the caravan, on foot apart from it, waiting in places.

People on the move are kept apart from people in a settlement: they go by other standards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from caravana.results.members import PLANNING_LEVELS, grid, quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.results.caravan import Nights
    from caravana.results.supplies import Supply
    from caravana.run import Run

    Floats = NDArray[np.float64]

DayGroup = Literal["caravan", "apart", "waiting"]
DAY_GROUPS: tuple[DayGroup, ...] = get_args(DayGroup)
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
    known = ", ".join(repr(p.id) for p in run.scenario.places)
    waiting = ", ".join(repr(s) for s in WAITING)
    fixed = run.query(
        "SELECT member, day, CASE WHEN CAST(status AS VARCHAR) = 'on_foot' THEN 'apart' ELSE 'waiting' END AS who, "
        f"SUM(persons) AS persons FROM people WHERE CAST(place AS VARCHAR) IN ({known}) "
        f"AND CAST(status AS VARCHAR) IN ('on_foot', {waiting}) GROUP BY ALL"
    )
    others = run.query(
        "SELECT member, day, SUM(persons) AS persons FROM caravans "
        f"WHERE active AND CAST(caravan AS VARCHAR) <> '{where.caravan}' GROUP BY ALL"
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


WAITING = ("waiting", "applied", "documented", "displaced")
"""Statuses of people at a place who wait there (``displaced`` is that of the dispersal rules): a settlement."""
