"""Persons by cell (day, area, status; day, flow; day, caravan, stop): quantiles over the members.

Members in which a cell is empty have no row and count as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.results.members import INTERVAL
from caravana.sql import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from caravana.run import Run


def _quantile_columns(members: int) -> str:
    """Quantiles (inverted distribution function) of sums by member, absent members counting as 0."""
    parts = []
    for name, level in INTERVAL.items():
        rank = max(1, int(np.ceil(round(level * members, 9))))
        at = f"{rank} - ({members} - len(sorted))"
        parts.append(f"CASE WHEN {at} > 0 THEN sorted[{at}] ELSE 0 END AS persons_{name}")
    return ", ".join(parts)


def quantiles_by_cell(run: Run, cells: str, keys: str, *, drawn: Sequence[int] | None = None) -> pd.DataFrame:
    """Quantiles by cell of a query that gives persons by member and `keys`.

    Parameters
    ----------
    run
        An opened run.
    cells
        The query.
    keys
        Columns that name a cell.
    drawn
        Members to take instead of every one once; one that is named twice counts twice.

    Returns
    -------
    pandas.DataFrame
        The keys, ``probability`` (share of the members in which anybody is in the cell),
        ``persons_low``, ``persons_median``, ``persons_high`` (5, 50, 95%) and ``persons_mean``.
    """
    import pandas as pd

    taken = run.member_ids if drawn is None else drawn
    members = len(taken)
    if drawn is not None:
        run.connection.register("drawn_members", pd.DataFrame({"member": list(drawn)}))
        cells = f"SELECT c.* FROM ({cells}) c JOIN drawn_members d ON c.member = d.member"
    return run.query(
        f"WITH cells AS ({cells}), lists AS (SELECT {keys}, list_sort(list(persons)) AS sorted, SUM(persons) AS total "
        f"FROM cells WHERE persons > 0 GROUP BY ALL) SELECT {keys}, "
        f"CAST(len(sorted) AS DOUBLE) / {members} AS probability, {_quantile_columns(members)}, "
        f"CAST(total AS DOUBLE) / {members} AS persons_mean FROM lists"
    )


def located(run: Run, area: Mapping[str, str], groups: Mapping[str, str] | None) -> str:
    """A query for persons by member, day, area and status: at fixed places, and in caravans at their stops."""
    import pandas as pd

    areas = pd.DataFrame({"place": list(area), "area": list(area.values())})
    run.connection.register("export_areas", areas)
    status = "CAST(p.status AS VARCHAR)"
    only = ""
    if groups is not None:
        fixed = {k: v for k, v in groups.items() if k != "in_caravan"}
        cases = " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in fixed.items())
        only = f"WHERE {status} IN ({listed(fixed)})"
        status = f"CASE {status} {cases} END"
    fixed_places = (
        f"SELECT p.member, p.day, a.area, {status} AS status, p.persons FROM people p "
        f"JOIN export_areas a ON CAST(p.place AS VARCHAR) = a.place {only}"
    )
    parts = [fixed_places]
    if has_caravans(run):
        parts.append("SELECT c.member, c.day, a.area, 'in_caravan' AS status, c.persons FROM caravans c "
                     "JOIN export_areas a ON CAST(c.place AS VARCHAR) = a.place WHERE c.active")  # fmt: skip
    return f"SELECT member, day, area, status, SUM(persons) AS persons FROM ({' UNION ALL '.join(parts)}) GROUP BY ALL"


def has_caravans(run: Run) -> bool:
    """Whether there is a caravan in the scenario, and the run says where it is."""
    return bool(run.scenario.caravans) and "caravans" in run.tables


def persons_by_area(
    run: Run, area: Mapping[str, str], groups: Mapping[str, str] | None = None, *, drawn: Sequence[int] | None = None
) -> pd.DataFrame:
    """Persons by day, area and status, as :func:`quantiles_by_cell` has them.

    Parameters
    ----------
    run
        An opened run.
    area
        The area of each place by id; other places are left out.
    groups
        What statuses are told as, by status; those that are not named are left out.  All, as they
        are, by default.  People in caravans have the status ``in_caravan``.
    drawn
        Members to take, as :func:`quantiles_by_cell` has them.
    """
    return quantiles_by_cell(run, located(run, area, groups), "day, area, status", drawn=drawn)


def persons_by_flow(
    run: Run, flows: Sequence[str] | None = None, *, drawn: Sequence[int] | None = None
) -> pd.DataFrame:
    """Persons by day and flow, as :func:`quantiles_by_cell` has them; all flows, or those named.

    Raises
    ------
    caravana.errors.UsageError
        If the run's model writes no flows.
    """
    run.require("flows")
    only = "" if flows is None else f"WHERE CAST(flow AS VARCHAR) IN ({listed(flows)}) "
    sql = f"SELECT member, day, CAST(flow AS VARCHAR) AS flow, SUM(persons) AS persons FROM flows {only}GROUP BY ALL"
    return quantiles_by_cell(run, sql, "day, flow", drawn=drawn)


def caravans_by_stop(run: Run) -> pd.DataFrame:
    """Where each caravan may sleep, by day.

    Returns
    -------
    pandas.DataFrame
        ``day``, ``caravan_code``, ``place_code``, ``probability`` (share of the members in which it
        sleeps there), ``persons_low``, ``persons_median``, ``persons_high`` (5, 50, 95%, where it
        does) and ``km_median``.
    """
    quantiles = ", ".join(f"quantile_disc(persons, {level}) AS persons_{name}" for name, level in INTERVAL.items())
    return run.query(
        "SELECT day, CAST(caravan AS VARCHAR) AS caravan_code, CAST(place AS VARCHAR) AS place_code, "
        f"COUNT(*) / {len(run.member_ids)} AS probability, {quantiles}, "
        "median(km) AS km_median FROM caravans WHERE active AND persons > 0 GROUP BY ALL"
    )
