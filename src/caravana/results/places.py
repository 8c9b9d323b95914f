"""People at places, by member and day: what the runs of every model can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.results.members import grid, members_of
from caravana.spelling import did_you_mean
from caravana.sql import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
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
    import pandas as pd

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


def sleepers_at(run: Run, ids: Sequence[str], *, status: str | None = None) -> NDArray[np.float64]:
    """Return people at places summed, those in caravans that sleep there included, [member, day].

    Raises
    ------
    UsageError
        If the run has no such status.
    """
    if status is not None:
        known = run.query("SELECT DISTINCT CAST(status AS VARCHAR) AS status FROM people")["status"].tolist()
        if status not in known:
            raise UsageError(
                f"no status {status!r}{did_you_mean(status, known)} in this run: {', '.join(sorted(known))}"
            )
    only = f"AND status = {quoted(status)}" if status else ""
    members = members_of(run)
    frame = run.query(
        f"SELECT member, day, SUM(persons) AS n FROM people WHERE CAST(place AS VARCHAR) IN ({listed(ids)}) {only}"
        " GROUP BY ALL"
    )
    out = grid(run, members, frame, "n")
    if "caravans" in run.tables:
        inside = run.query(
            "SELECT p.member, p.day, SUM(p.persons) AS n FROM people p JOIN caravans c ON c.member = p.member"
            f" AND c.day = p.day AND c.caravan = p.place WHERE CAST(c.place AS VARCHAR) IN ({listed(ids)})"
            f" {only.replace('status', 'p.status')} GROUP BY ALL"
        )
        out = out + grid(run, members, inside, "n")
    return out


def slept_at(run: Run, day: Any) -> set[str]:
    """Ids of the places at which there is anybody on a day in some member, or a caravan sleeps."""
    seen = set(run.query(f"SELECT DISTINCT CAST(place AS VARCHAR) AS id FROM people WHERE day = DATE '{day}'")["id"])
    if "caravans" in run.tables:
        there = f"SELECT DISTINCT CAST(place AS VARCHAR) AS id FROM caravans WHERE active AND day = DATE '{day}'"
        seen |= set(run.query(there)["id"])
    return seen
