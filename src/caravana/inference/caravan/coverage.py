"""How a run stands against the record: coverage of night positions and of reported headcounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    import datetime as dt

    from caravana.run import Run

LEVEL = 0.9
"""Probability that a band is meant to hold."""


def position_bands(run: Run, *, caravan: str, level: float = LEVEL) -> pd.DataFrame:
    """Return the band of road km by day of a caravan, given that it is still together.

    Returns
    -------
    DataFrame
        day, low, median, high (km along the itinerary), members (in which it is together).
    """
    tail = (1 - level) / 2
    return run.query(
        f"SELECT day, quantile_cont(km, {tail}) AS low, median(km) AS median, quantile_cont(km, {1 - tail}) AS high,"
        f" count(*) AS members FROM caravans WHERE caravan = '{caravan}' AND active GROUP BY day ORDER BY day"
    )


def report_bands(run: Run, *, caravan: str, level: float = LEVEL) -> pd.DataFrame:
    """Return the band of what a source of each side would have reported, by day and side."""
    tail = (1 - level) / 2
    return run.query(
        f"SELECT day, side, quantile_cont(r.persons, {tail}) AS low, median(r.persons) AS median,"
        f" quantile_cont(r.persons, {1 - tail}) AS high FROM reports r JOIN caravans c USING (member, day, caravan)"
        f" WHERE caravan = '{caravan}' AND c.active GROUP BY day, side ORDER BY day, side"
    )


def score_positions(run: Run, *, until: dt.date | None = None) -> pd.DataFrame:
    """Return recorded night positions beside the run's bands, one row a date.

    A date is covered when the 90% band holds the road km of the recorded place (of any of
    them, where two are given for one night).
    """
    scenario = run.scenario
    first = scenario.caravans[0]
    itinerary = next(x for x in scenario.itineraries if x.id == first.itinerary)
    km_of = dict(zip(*trace_itinerary(scenario, itinerary), strict=True))
    rows = [
        {"day": pd.Timestamp(o.date), "place": o.place_id, "recorded_km": float(km_of[o.place_id])}
        for o in scenario.observations
        if o.kind == "position" and o.place_id in km_of and o.caravan in (None, first.id)
        and (until is None or o.date <= until)
    ]  # fmt: skip
    # Without a row, and without a day on which the caravan was together, there is still a column of dates.
    table = pd.DataFrame(rows, columns=["day", "place", "recorded_km"]).astype({"day": "datetime64[us]"})
    table = table.merge(position_bands(run, caravan=first.id), on="day")
    table["covered"] = (table["low"] <= table["recorded_km"]) & (table["recorded_km"] <= table["high"])
    return table


def score_headcounts(run: Run, *, until: dt.date | None = None) -> pd.DataFrame:
    """Return reported headcounts beside what a source of that side would have reported.

    A figure is covered when the 90% band meets its span from low to high; a span with one end
    (more than, fewer than) is open at the other.
    """
    scenario = run.scenario
    first = scenario.caravans[0]
    rows = [
        {
            "day": pd.Timestamp(o.date), "id": o.id, "side": o.speaker_side,
            "reported_low": o.low if o.low is not None else -np.inf,
            "reported_high": o.high if o.high is not None else np.inf,
        }
        for o in scenario.observations
        if o.kind == "headcount" and o.caravan in (None, first.id) and (o.low is not None or o.high is not None)
        and (until is None or o.date <= until)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["day", "id", "side", "reported_low", "reported_high"])
    table = table.astype({"day": "datetime64[us]"})
    table = table.merge(report_bands(run, caravan=first.id), on=["day", "side"])
    table["covered"] = (table["low"] <= table["reported_high"]) & (table["high"] >= table["reported_low"])
    return table
