"""A run's summary: quantiles over members by day, of people by status, flows and caravans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.sql import quoted

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from caravana.run import Run

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

# Members in which nobody is in a status have no row: they count as 0, so quantiles of stocks and
# flows are taken over all members on disk.
_STOCKS = """
    SELECT d.day, 'status' AS what, s.status AS name, m.member, coalesce(sum(p.persons), 0) AS value
    FROM (SELECT DISTINCT day FROM people) d CROSS JOIN (SELECT DISTINCT status FROM people) s
    CROSS JOIN (SELECT DISTINCT member FROM people) m
    LEFT JOIN (SELECT member, day, status, sum(persons) AS persons FROM people GROUP BY ALL) p
    ON p.day = d.day AND p.status = s.status AND p.member = m.member GROUP BY ALL"""
_FLOWS = """
    SELECT d.day, 'flow' AS what, s.flow AS name, m.member, coalesce(sum(p.persons), 0) AS value
    FROM (SELECT DISTINCT day FROM people) d CROSS JOIN (SELECT DISTINCT flow FROM flows) s
    CROSS JOIN (SELECT DISTINCT member FROM people) m
    LEFT JOIN (SELECT member, day, flow, sum(persons) AS persons FROM flows GROUP BY ALL) p
    ON p.day = d.day AND p.flow = s.flow AND p.member = m.member GROUP BY ALL"""
_CARAVANS = """
    SELECT day, 'headcount' AS what, caravan AS name, member, persons AS value FROM caravans WHERE active
    UNION ALL
    SELECT day, 'km' AS what, caravan AS name, member, km AS value FROM caravans WHERE active"""
_PARTS = {"people": _STOCKS, "flows": _FLOWS, "caravans": _CARAVANS}
"""What is asked of each table that the run has."""


def _query(run: Run) -> str:
    quantiles = ", ".join(f"quantile_cont(value, {q}) AS q{round(q * 100):02d}" for q in LEVELS)
    union = " UNION ALL ".join(f"({part})" for table, part in _PARTS.items() if table in run.tables)
    return (
        f"SELECT day, what, name, count(*) AS members, {quantiles} FROM ({union})"
        " GROUP BY day, what, name ORDER BY what, name, day"
    )


def summary(run: Run) -> pd.DataFrame:
    """Return quantiles over members by day.

    Returns
    -------
    pandas.DataFrame
        ``day``, ``what`` (status, flow: persons over all places; headcount in persons and km of each
        caravan while it is together), ``name``, ``members`` (in which there was a value) and
        quantiles ``q05`` to ``q95``.
    """
    return run.query(_query(run))


def copy_summary(run: Run, path: Path) -> None:
    """Write the rows of :func:`summary` as Parquet.

    Raises
    ------
    duckdb.Error, OSError
        If it cannot be written.
    """
    run.query(f"COPY ({_query(run)}) TO {quoted(str(path))} (FORMAT parquet)")
