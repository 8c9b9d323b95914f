"""How many days ahead the forecasts of a caravan are worth reading: other caravans' scores, moved by its own.

How well all other caravans were forecast counts as :data:`OTHERS_WORTH` cases of this one; scores are in units of what
the best naive rule lost, so that large and small caravans count alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.inference import pool
from caravana.inference.caravan.pooled.others import scores_of_others
from caravana.inference.caravan.pooled.rosters import BLEND, HORIZONS, MODEL
from caravana.inference.scoring.useful_lead import useful_lead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.pooled.rosters import OwnCase, Roster
    from caravana.inference.reports import CaravanReports

    Floats = NDArray[np.float64]

OTHERS_WORTH = 10.0


def leads(
    record: CaravanReports, own: Mapping[str, tuple[Roster, Mapping[int, Floats], Sequence[OwnCase]]]
) -> dict[str, int]:
    """Days ahead up to which each quantity's forecast beats the best naive rule.

    Parameters
    ----------
    record : CaravanReports
    own : mapping of str to (Roster, mapping of int to ndarray, sequence of OwnCase)
        By quantity: its forecasters, their weights by horizon as other caravans taught them, and this caravan's past
        forecasts that have come true or not.

    Returns
    -------
    dict
        Quantity (``position``, ``headcount``, ``together``) to days; 0 where no horizon is known to be beaten.
    """
    rows = [
        (quantity, horizon, score / naive, 1.0, OTHERS_WORTH)
        for (quantity, horizon), (score, naive) in scores_of_others(record).items()
        if naive > 0.0
    ]
    for quantity, (roster, learned, cases) in own.items():
        for horizon in HORIZONS:
            some = [case for case in cases if case.horizon == horizon]
            if some:
                score, naive = _own_scores(roster, learned[horizon], some)
                rows.append((quantity, horizon, score / naive, 1.0, float(len(some))))
    return useful_lead(pd.DataFrame(rows, columns=["quantity", "horizon", "score", "naive", "weight"]))


def _own_scores(roster: Roster, weights: Floats, cases: Sequence[OwnCase]) -> tuple[float, float]:
    """Mean CRPS of the pool, and of the naive rule that was best on the same cases."""
    terms = pool.together([case.terms for case in cases])
    alone = terms.distance - 0.5 * np.diagonal(terms.apart, axis1=1, axis2=2)
    rules = [i for i, name in enumerate(roster.names) if name not in {MODEL, BLEND}]
    score = float(pool.pooled_crps(terms, weights).mean())
    return score, max(float(alone[:, rules].mean(axis=0).min()), 1e-9)
