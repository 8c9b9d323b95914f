"""A run of many sites asked by unit: summed once in the database, beyond memory if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.results.by_unit.scenario import by_unit, units_of
from caravana.run import Run
from caravana.sql import open_connection, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.scenario.model import Scenario

MEMORY = "1GB"
"""What the database keeps in memory; the rest goes to a temporary file."""


class UnitRun(Run):
    """A run whose places are units of administration.

    Attributes
    ----------
    sites
        The run of the sites.
    units
        Unit of each site, by id.
    """

    def __init__(self, sites: Run, units: Mapping[str, str], scenario: Scenario) -> None:
        import pandas as pd

        self.sites, self.units = sites, units
        self.path, self.manifest, self.scenario = sites.path, sites.manifest, scenario
        self.connection = open_connection()
        self.connection.execute(f"SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
        self._make_views(read_through=False)
        frame = pd.DataFrame({"site": list(units), "unit": list(units.values())})
        self.connection.register("units", frame)
        self._sum("people", ("member", "day", "place", "kind", "status"), ("parties", "persons"), ("place",))
        if "links" in self.tables:
            self._sum("links", ("day", "from_id", "to_id"), ("persons",), ("from_id", "to_id"))

    def _sum(self, table: str, keys: tuple[str, ...], sums: tuple[str, ...], places: tuple[str, ...]) -> None:
        """Put a table of sums by unit in the place of a view by site."""
        columns = [
            f"coalesce(u{places.index(key)}.unit, CAST(t.{key} AS VARCHAR)) AS {key}" if key in places else f"t.{key}"
            for key in keys
        ]
        joins = " ".join(
            f"LEFT JOIN units u{number} ON u{number}.site = CAST(t.{key} AS VARCHAR)"
            for number, key in enumerate(places)
        )
        apart = f" WHERE coalesce(u0.unit, {quoted('')}) <> coalesce(u1.unit, {quoted('')})" if len(places) > 1 else ""
        added = ", ".join(f"CAST(sum(t.{one}) AS BIGINT) AS {one}" for one in sums)
        query = f"SELECT {', '.join(columns)}, {added} FROM {table} t {joins}{apart} GROUP BY ALL"
        self.connection.execute(
            f"CREATE TABLE summed AS {query}; DROP VIEW {table}; ALTER TABLE summed RENAME TO {table}"
        )


def in_units(run: Run) -> Run:
    """Return a run as a page can show it: by unit of administration where it has too many sites to show each."""
    # Only who moves along links disperses over sites; what follows a caravan shows the places on its road.
    if isinstance(run, UnitRun) or "links" not in run.tables:
        return run
    units = units_of(run.scenario)
    return UnitRun(run, units, by_unit(run.scenario, units)) if units else run
