"""People at places, by member and day: what the runs of every model can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caravana.run import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.run import Run


def people_at(run: Run, place_ids: Sequence[str], days: int) -> NDArray[np.float64]:
    """People at the named places in the first days of the scenario, [member, day, place].

    Parameters
    ----------
    run
        An opened run.
    place_ids
        Place ids.
    days
        Days from the scenario's first on; 0 people where the run has nobody, or no such day.
    """
    ids = run.member_ids
    first = pd.Timestamp(run.scenario.start)
    table = run.query(
        "SELECT member, day, place, sum(persons) AS persons FROM people "
        f"WHERE place IN ({listed(place_ids)}) GROUP BY ALL"
    )
    people = np.zeros((len(ids), days, len(place_ids)))
    member = np.searchsorted(ids, table["member"].to_numpy())
    day = (pd.to_datetime(table["day"]) - first).dt.days.to_numpy()
    place = pd.Index(place_ids).get_indexer(pd.Index(table["place"].astype(str)))
    inside = (day >= 0) & (day < days)
    people[member[inside], day[inside], place[inside]] = table["persons"].to_numpy()[inside]
    return people


def people_on(run: Run, day: Any) -> pd.DataFrame:
    """People on one day, [member, place]; every place at which there is anybody in some member."""
    frame = run.query(
        "SELECT member, CAST(place AS VARCHAR) AS place, sum(persons) AS persons FROM people"
        f" WHERE day = DATE '{day}' GROUP BY ALL"
    )
    wide = frame.pivot_table(index="member", columns="place", values="persons", aggfunc="sum", observed=True)
    return wide.reindex(run.member_ids).fillna(0.0)


def share_of_small_cells(run: Run, *, least: int) -> tuple[int, float]:
    """How many cells of the people table there are, and the share of them with fewer than so many persons."""
    row = run.query(f"SELECT count(*) AS n, avg(CAST(persons < {least} AS DOUBLE)) AS share FROM people").iloc[0]
    return int(row["n"]), float(row["share"])
