"""The tables of an export that may be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from caravana.errors import UsageError
from caravana.exports.disclosure import MEASURES, PUBLIC_FLOWS, PUBLIC_GROUPS, totals, withhold
from caravana.exports.tables import (
    DATES,
    PLACED,
    Export,
    dated,
    last_known,
    place_table,
)
from caravana.results.cells import persons_by_area, persons_by_flow

if TYPE_CHECKING:
    import datetime as dt

    from caravana.run import Run


def _areas(run: Run) -> tuple[dict[str, str], pd.DataFrame]:
    """The municipality of each place, and the municipalities with a point to a tenth of a degree."""
    places = place_table(run)
    named = places["admin2_name"].where(places["admin2_name"] != "", "(municipality not stated)")
    key = places["location_code"] + "|" + places["admin1_name"] + "|" + named
    frame = places.assign(area=key, admin2_name=named)
    first = frame.groupby("area", sort=True).agg(
        location_code=("location_code", "first"), admin1_name=("admin1_name", "first"),
        admin2_code=("admin2_code", "max"), admin2_name=("admin2_name", "first"),
        latitude=("latitude", "mean"), longitude=("longitude", "mean"),
    )  # fmt: skip
    first[["latitude", "longitude"]] = first[["latitude", "longitude"]].round(1)
    return dict(zip(places["place_code"], key, strict=True)), first.reset_index()


def _past(frame: pd.DataFrame, last: dt.date) -> pd.DataFrame:
    return frame[pd.to_datetime(frame["day"]).dt.date <= last]


def _public_people(run: Run, last: dt.date) -> pd.DataFrame:
    """Persons by municipality, past day and group."""
    area, places = _areas(run)
    cells = _past(persons_by_area(run, area, PUBLIC_GROUPS), last)
    keys = ["area", "location_code", "admin1_name"]
    placed = cells.drop(columns=["probability", "persons_mean"]).merge(places[keys], on="area")
    lines = (["day", "status", "location_code", "admin1_name"], ["day", "status"], ["day", "area"])
    cells = withhold(placed, lines=lines).drop(columns=["location_code", "admin1_name"])
    people = dated(cells.merge(places, on="area"))
    people = people[[*PLACED[:4], *PLACED[6:], *DATES, "status", *MEASURES, "withheld"]]
    return people.sort_values(["reference_period_start", *PLACED[:2], "admin2_name", "status"]).reset_index(drop=True)


def _public_flows(run: Run, last: dt.date) -> pd.DataFrame:
    """What happened to how many on past days; empty if nothing that may be told."""
    if "flows" not in run.tables:
        return pd.DataFrame()
    cells = persons_by_flow(run, PUBLIC_FLOWS)
    happened = _past(cells, last).drop(columns=["probability", "persons_mean"])
    flows = dated(withhold(happened, lines=()))[[*DATES, "flow", *MEASURES, "withheld"]]
    return flows.sort_values(["reference_period_start", "flow"]).reset_index(drop=True)


def public_export(run: Run, *, origin: dt.date | None = None) -> Export:
    """The tables that may be published: past days, municipalities, no small cells, nobody who walks apart.

    Parameters
    ----------
    run
        An opened run.
    origin
        Last day to publish, if earlier than the last that is known.

    Raises
    ------
    caravana.errors.UsageError
        If it cannot be told which days are past, or `origin` is later than what is known.
    """
    known = last_known(run)
    if known is None:
        raise UsageError(
            "nothing can be published: the run has no origin and no observations, so no day of it is known to be past"
        )
    if origin is not None and origin > known:
        raise UsageError(f"origin {origin}: what is known ends on {known}, and days after it may not be published")
    last = origin or known
    people, flows = _public_people(run, last), _public_flows(run, last)
    tables = {
        "people": people,
        "totals": totals(people, by=["location_code", "admin1_name", *DATES, "status"]),
        "flows": flows,
    }
    notes = (
        f"PUBLIC: days up to {last} only, by municipality.",
        "Cells with a number from 1 to 9 are withheld, and as many others as it takes that they cannot be worked out.",
        "Numbers are rounded to tens. Totals are sums of the cells shown, and say how many are not in them.",
        "People who travel apart from a caravan, by vehicle or with smugglers are not in these tables.",
        "Points are the mean of the places of a municipality, to a tenth of a degree: not where anybody is.",
    )
    return Export("public", last, {k: v for k, v in tables.items() if len(v)}, notes, run)
