"""How many days ahead a forecast is worth reading: for as long as it beats the best naive rule where it was scored.

Beyond that lead nothing speaks for the forecast over keeping today's number.  A lead is held to every horizon up to it:
a forecast that loses at seven days and wins at fourteen is useful for as long as it wins in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.scoring.scorecard import ROUNDING

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("quantity", "horizon", "score", "naive")


def useful_lead(cases: pd.DataFrame) -> dict[str, int]:
    """Days ahead up to which a forecast beat the best naive rule, by quantity.

    Parameters
    ----------
    cases : DataFrame
        A row a forecast that came true or not, or a summary of several:

        ``quantity``
            What was forecast, of any hashable name (a place in it where there are places).
        ``horizon``
            Days ahead, 1 or more.
        ``score``, ``naive``
            Of the forecast and of the best naive rule, in one unit, lower is better (CRPS, Brier score).
        ``weight``, optional
            How many cases the row is worth; 1 where the column is missing.

        Rows with a score that is not finite are passed over.

    Returns
    -------
    dict
        Quantity to days: the last horizon with cases before the first at which the forecast does not beat the rule;
        0 where it does not at the nearest.  Quantities in the order of the rows.

    Raises
    ------
    ValueError
        If a column is missing, or a horizon is under a day.
    """
    missing = [name for name in COLUMNS if name not in cases.columns]
    if missing:
        raise ValueError(f"a useful lead needs columns {', '.join(COLUMNS)}; there is no {', '.join(missing)}")
    if (cases["horizon"] < 1).any():
        raise ValueError(f"a horizon of {cases['horizon'].min()} days is no forecast; 1 or more were expected")
    weight = cases["weight"] if "weight" in cases.columns else 1.0
    rows = cases.assign(score=cases["score"] * weight, naive=cases["naive"] * weight, weight=weight)
    rows = rows[np.isfinite(rows["score"]) & np.isfinite(rows["naive"])]
    leads = dict.fromkeys(cases["quantity"], 0)
    for quantity, of_one in rows.groupby("quantity", sort=False):
        for horizon, total in of_one.groupby("horizon")[["score", "naive", "weight"]].sum().iterrows():
            if total["naive"] <= ROUNDING * total["weight"] or total["score"] >= total["naive"]:
                break
            leads[quantity] = int(horizon)
    return leads
