"""The run's summary: quantiles over members by day, in one small Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.atomic import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

# Members in which nobody is in a status have no row: they count as 0, so quantiles of stocks and
# flows are taken over all members on disk.
STOCKS = """
    SELECT d.day, 'status' AS what, s.status AS name, m.member, coalesce(sum(p.persons), 0) AS value
    FROM (SELECT DISTINCT day FROM people) d CROSS JOIN (SELECT DISTINCT status FROM people) s
    CROSS JOIN (SELECT DISTINCT member FROM people) m
    LEFT JOIN (SELECT member, day, status, sum(persons) AS persons FROM people GROUP BY ALL) p
    ON p.day = d.day AND p.status = s.status AND p.member = m.member GROUP BY ALL"""
FLOWS = """
    SELECT d.day, 'flow' AS what, s.flow AS name, m.member, coalesce(sum(p.persons), 0) AS value
    FROM (SELECT DISTINCT day FROM people) d CROSS JOIN (SELECT DISTINCT flow FROM flows) s
    CROSS JOIN (SELECT DISTINCT member FROM people) m
    LEFT JOIN (SELECT member, day, flow, sum(persons) AS persons FROM flows GROUP BY ALL) p
    ON p.day = d.day AND p.flow = s.flow AND p.member = m.member GROUP BY ALL"""
CARAVANS = """
    SELECT day, 'headcount' AS what, caravan AS name, member, persons AS value FROM caravans WHERE active
    UNION ALL
    SELECT day, 'km' AS what, caravan AS name, member, km AS value FROM caravans WHERE active"""


def write_summary(run: Run) -> Path:
    """Write ``summary.parquet`` into a run folder: whole or not at all.

    Columns: ``day``, ``what`` (status, flow: persons over all places; headcount in persons and km
    of each caravan while it is together), ``name``, ``members`` (in which there was a value) and
    quantiles ``q05`` to ``q95``.

    Returns
    -------
    Path
        The file.
    """
    views = set(run.query("SELECT view_name FROM duckdb_views() WHERE NOT internal")["view_name"])
    parts = [STOCKS, FLOWS]
    if "caravans" in views:
        parts.append(CARAVANS)
    quantiles = ", ".join(f"quantile_cont(value, {q}) AS q{round(q * 100):02d}" for q in LEVELS)
    path = run.path / "summary.parquet"
    union = " UNION ALL ".join(f"({p})" for p in parts)

    def write(part: Path) -> None:
        target = str(part).replace("'", "''")
        run.query(
            f"COPY (SELECT day, what, name, count(*) AS members, {quantiles} FROM ({union})"
            f" GROUP BY day, what, name ORDER BY what, name, day) TO '{target}' (FORMAT parquet)"
        )

    return write_whole(path, write)
