"""The prior over caravans that ships with caravana: fitted figures, one set for each caravan left out.

``python tools/fit_caravan_prior.py`` prints the table below from the bundled
scenarios; a test fits it again.  A forecast of one of the fitted caravans uses
the set that has not seen it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.hierarchy import CaravanPrior, Common

if TYPE_CHECKING:
    from caravana.inference.observation import Record

# What is assumed before any caravan is looked at.  People walk 15 to 40 km on a day under way, one day in five is a
# rest, lifts are got on some days and carry some 70 km, larger towns are likelier stops; all of it wide.
COMMON: dict[str, Common] = {
    "rest_chance": Common("logit", -1.4, 0.6, 0.5),
    "walk_km": Common("log", float(np.log(25.0)), 0.4, 0.4),
    "walk_spread": Common("log", float(np.log(8.0)), 0.4, 0.3),
    "lift_chance": Common("logit", -1.5, 1.0, 0.9),
    "lift_km": Common("log", float(np.log(70.0)), 0.4, 0.3),
    "lift_spread": Common("log", float(np.log(35.0)), 0.4, 0.3),
    "population_pull": Common("plain", 0.6, 0.35, 0.25),
}

# Departures (first and last day that may be given for them) of the caravans fitted.
FITTED: dict[str, tuple[dt.date, dt.date]] = {
    "san-pedro-sula-2018": (dt.date(2018, 10, 12), dt.date(2018, 10, 24)),
    "tapachula-2021": (dt.date(2021, 10, 20), dt.date(2021, 10, 26)),
    "tapachula-2021-11-18": (dt.date(2021, 11, 15), dt.date(2021, 11, 21)),
}

# Mean and spread on the free scale, in the order of COMMON, by the caravan left out.
TABLE: dict[str, tuple[tuple[float, float], ...]] = {
    "none": (
        (-1.624, 0.536), (3.257, 0.602), (1.908, 0.389), (-1.438, 1.241), (4.256, 0.398), (3.746, 0.379), (1.265, 0.367),
    ),
    "san-pedro-sula-2018": (
        (-1.636, 0.603), (2.953, 0.376), (1.855, 0.398), (-2.040, 1.026), (4.163, 0.422), (3.553, 0.416), (1.072, 0.387),
    ),
    "tapachula-2021": (
        (-1.446, 0.619), (3.429, 0.572), (2.144, 0.444), (-0.962, 1.298), (4.364, 0.453), (3.787, 0.416), (1.103, 0.401),
    ),
    "tapachula-2021-11-18": (
        (-1.646, 0.560), (3.306, 0.641), (1.894, 0.404), (-1.273, 1.234), (4.256, 0.398), (3.764, 0.386), (1.228, 0.392),
    ),
}  # fmt: skip


def left_out(record: Record) -> str:
    """Which fitted caravan this is, or ``none``."""
    for name, (first, last) in FITTED.items():
        if first <= record.departs <= last:
            return name
    return "none"


def caravan_prior(record: Record) -> CaravanPrior:
    """Prior of a caravan's advance, fitted to the other caravans only."""
    mean, spread = np.array(TABLE[left_out(record)]).T
    return CaravanPrior(tuple(COMMON), tuple(c.scale for c in COMMON.values()), mean, spread)
