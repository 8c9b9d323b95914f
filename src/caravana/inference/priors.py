"""What a forecast begins from: the priors of the declared parameters, on free scales.

Each is in ``models/caravan/parameters.csv``: the column ``prior_for_forecast`` where it must differ
from the default, else the default prior.  docs/forecasting.md says why where it differs.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.parameters import CARAVAN, declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.models.parameters import Law

#: Parameters of the filter of headcounts.  Their order is that of its columns, and so of its draws.
HEADCOUNT_NAMES = (
    "turnout", "joiners_start", "joiners_decay", "joiners_later", "leave_hazard", "accept_hazard", "offer_delay",
    "offer_fade", "hazard_drift", "bias_authorities", "bias_organisers", "bias_press", "bias_agency", "bias_observer",
    "report_noise", "copy_share",
)  # fmt: skip


def free_scale(law: Law) -> tuple[float, float]:
    """Mean and spread of a law on its free scale: the log, the logit, or the parameter's own.

    Raises
    ------
    ValueError
        If it is normal on none of them.
    """
    if law.dist == "lognormal":
        return float(np.log(law.figures["median"])), law.sigma
    if law.dist in ("normal", "logitnormal"):
        return law.figures["mean"], law.sigma
    raise ValueError(f"a forecast begins from normal, lognormal or logitnormal priors, not {law.dist}")


@cache
def headcount_priors() -> Mapping[str, tuple[float, float]]:
    """Mean and spread of each of :data:`HEADCOUNT_NAMES` on its free scale."""
    table = declared(CARAVAN)
    return {name: free_scale(table[name].forecast_law) for name in HEADCOUNT_NAMES}
