"""A run held against what was counted, by the family of its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.inference.caravan.coverage import position_bands, score_headcounts, score_positions
from caravana.inference.displacement.scores import score_dispersal

if TYPE_CHECKING:
    import datetime as dt

    from caravana.run import Run


def score_run(run: Run, *, until: dt.date | None = None) -> dict[str, Any]:
    """Return how a run's 90% bands stand against the record.

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
        figures; with ``*_of`` the numbers they are shares of), ``band_km`` (width by date),
        and ``active`` (share of members in which the caravan is together, by date).  A dispersal
        run has the scores of :func:`caravana.inference.displacement.scores.score_dispersal` instead.
    """
    if run.scenario.rules != "caravan":
        return {"until": str(until) if until else None, **score_dispersal(run, until=until)}
    positions, headcounts = score_positions(run, until=until), score_headcounts(run, until=until)
    bands = position_bands(run, caravan=run.scenario.caravans[0].id)
    dates = positions.groupby("day")["covered"].any()
    days = bands["day"].dt.strftime("%Y-%m-%d")
    return {
        "until": str(until) if until else None,
        "coverage": {
            "position": float(dates.mean()) if len(dates) else None,
            "position_of": len(dates),
            "headcount": float(headcounts["covered"].mean()) if len(headcounts) else None,
            "headcount_of": len(headcounts),
        },
        "band_km": {d: round(float(w), 1) for d, w in zip(days, bands["high"] - bands["low"], strict=True)},
        "together": {d: round(float(n) / len(run.member_ids), 3) for d, n in zip(days, bands["members"], strict=True)},
    }
