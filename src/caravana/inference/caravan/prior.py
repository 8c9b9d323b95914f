"""The prior over caravans that ships with caravana: fitted figures, one set for each caravan left out.

``python tools/fit_caravan_prior.py`` prints the table below from the bundled
scenarios; a test fits the set that has not seen `tapachula-2021` again.  A forecast of one of the fitted caravans uses
the set that has not seen it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan.hierarchy import CaravanPrior, Common
from caravana.inference.priors import free_scale
from caravana.models.parameters import CARAVAN, declared

if TYPE_CHECKING:
    from caravana.inference.reports import CaravanReports

# What is assumed before any caravan is looked at.  People walk 15 to 40 km on a day under way, one day in five is a
# rest, lifts are got on some days and carry some 70 km, larger towns are likelier stops; all of it wide.
COMMON: dict[str, Common] = {
    "rest_chance": Common("logit", -1.5, 0.35, 0.5),
    "walk_km": Common("log", float(np.log(22.0)), 0.25, 0.4),
    "walk_spread": Common("log", float(np.log(7.0)), 0.3, 0.3),
    "lift_chance": Common("logit", -1.7, 0.6, 1.0),
    "lift_km": Common("log", float(np.log(65.0)), 0.25, 0.3),
    "lift_spread": Common("log", float(np.log(38.0)), 0.25, 0.3),
    "population_pull": Common("plain", 0.9, 0.25, 0.3),
}

# Departures (first and last day that may be given for them) of the caravans fitted.
FITTED: dict[str, tuple[dt.date, dt.date]] = {
    "san-pedro-sula-2018": (dt.date(2018, 10, 12), dt.date(2018, 10, 24)),
    "tapachula-2021": (dt.date(2021, 10, 20), dt.date(2021, 10, 26)),
    "tapachula-2021-11-18": (dt.date(2021, 11, 15), dt.date(2021, 11, 21)),
}

# Mean and spread on the free scale, in the order of COMMON, by the caravan left out.  The set that has seen all is
# what the table of parameters has for forecasts.
TABLE: dict[str, tuple[tuple[float, float], ...]] = {
    "none": tuple(free_scale(declared(CARAVAN)[name].forecast_law) for name in COMMON),
    "san-pedro-sula-2018": (
        (-1.570, 0.610), (2.968, 0.472), (1.827, 0.424), (-1.933, 1.166),
        (4.109, 0.391), (3.627, 0.391), (1.105, 0.391),
    ),
    "tapachula-2021": (
        (-1.462, 0.610), (3.252, 0.579), (1.993, 0.424), (-1.392, 1.424),
        (4.211, 0.391), (3.820, 0.391), (1.130, 0.406),
    ),
    "tapachula-2021-11-18": (
        (-1.591, 0.610), (3.185, 0.616), (1.839, 0.424), (-1.446, 1.312),
        (4.183, 0.391), (3.793, 0.391), (1.201, 0.403),
    ),
}  # fmt: skip


def left_out(record: CaravanReports) -> str:
    """Which fitted caravan this is, or ``none``."""
    for name, (first, last) in FITTED.items():
        if first <= record.departs <= last:
            return name
    return "none"


def caravan_prior(record: CaravanReports) -> CaravanPrior:
    """Prior of a caravan's advance, fitted to the other caravans only."""
    mean, spread = np.array(TABLE[left_out(record)]).T
    return CaravanPrior(tuple(COMMON), tuple(c.scale for c in COMMON.values()), mean, spread)
