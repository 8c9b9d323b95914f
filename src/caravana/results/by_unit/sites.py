"""People at each site of a run on one day: quantiles over members, worked out in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.results.by_unit.scenario import SITES
from caravana.results.cells import quantiles_by_cell

if TYPE_CHECKING:
    import datetime as dt

    from caravana.results.by_unit.run import UnitRun


@dataclass(frozen=True, slots=True)
class Site:
    """What a run says of a site on a day: 9 in 10 members lie from `low` to `high`."""

    name: str
    unit: str
    capacity: int | None
    low: int
    middle: int
    high: int


def sites_on(run: UnitRun, day: dt.date) -> tuple[Site, ...]:
    """Return all sites of a run on a day, by unit, those with most people first.

    Parameters
    ----------
    run
        The run by unit.
    day
        One of its days.
    """
    scenario = run.sites.scenario
    names = {place.id: place.name for place in run.scenario.places}
    cells = (
        "SELECT member, CAST(place AS VARCHAR) AS place, sum(persons) AS persons FROM people"
        f" WHERE day = DATE '{day.isoformat()}' AND status = 'displaced' GROUP BY ALL"
    )
    frame = quantiles_by_cell(run.sites, cells, "place").set_index("place")
    rows = {}
    for one in ("low", "median", "high"):
        rows[one] = frame[f"persons_{one}"].to_dict()
    sites = [
        Site(
            place.name, names[run.units[place.id]], place.capacity,
            *(int(rows[one].get(place.id, 0)) for one in ("low", "median", "high")),
        )
        for place in scenario.places
        if place.kind in SITES or run.units[place.id].endswith("_sites")
    ]  # fmt: skip
    return tuple(sorted(sites, key=lambda site: (site.unit, -site.middle, site.name)))
