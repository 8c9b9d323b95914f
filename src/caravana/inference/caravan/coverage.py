"""How a run stands against the record: coverage of night positions and of reported headcounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.results.caravan import position_bands, report_bands
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from caravana.run import Run


def score_positions(run: Run, *, until: dt.date | None = None) -> pd.DataFrame:
    """Return recorded night positions beside the run's bands, one row a date.

    A date is covered when the 90% band holds the road km of the recorded place (of any of
    them, where two are given for one night).
    """
    import pandas as pd

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
    import pandas as pd

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


def score_caravan(run: Run, *, until: dt.date | None = None) -> dict[str, Any]:
    """Return how the 90% bands of a run of caravans stand against the record.

    Parameters
    ----------
    run
        A run of a scenario with a caravan.
    until
        Last date scored (default: all simulated days).

    Returns
    -------
    dict
        ``coverage`` (``position``: share of recorded dates; ``headcount``: share of reported
        figures; with ``*_of`` the numbers they are shares of), ``band_km`` (width by date), and
        ``together`` (share of members in which the caravan is together, by date).
    """
    positions, headcounts = score_positions(run, until=until), score_headcounts(run, until=until)
    bands = position_bands(run, caravan=run.scenario.caravans[0].id)
    dates = positions.groupby("day")["covered"].any()
    days = bands["day"].dt.strftime("%Y-%m-%d")
    return {
        "coverage": {
            "position": float(dates.mean()) if len(dates) else None,
            "position_of": len(dates),
            "headcount": float(headcounts["covered"].mean()) if len(headcounts) else None,
            "headcount_of": len(headcounts),
        },
        "band_km": {d: round(float(w), 1) for d, w in zip(days, bands["high"] - bands["low"], strict=True)},
        "together": {d: round(float(n) / len(run.member_ids), 3) for d, n in zip(days, bands["members"], strict=True)},
    }
