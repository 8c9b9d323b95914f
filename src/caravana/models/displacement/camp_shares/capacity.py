"""What the file's capacity of each camp is taken for, and why: a limit, a plan, or none.

A number of its own is a *limit*.  From an origin on it is a *plan* where it is more than so many times what the camp
has held (:data:`~caravana.models.displacement.camp_shares.bounds.TIMES_WITH`): the camp is not taken to reach it.
Where nothing is given, or what is given says that there is no limit, it is *none*.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from caravana.models.displacement.camp_shares.bounds import (
    TIMES_WITH,
    TIMES_WITHOUT,
    Why,
    bounded_sizes,
    usual_sizes,
    whys_no_limit,
)
from caravana.models.displacement.camp_shares.pull import sizes
from caravana.models.displacement.counts import daily_counts
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario

Reading = Literal["limit", "plan", "none"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one camp's capacity was taken for.

    Attributes
    ----------
    given
        What the file says, persons; None where it says nothing.
    reading
        ``limit``, ``plan`` or ``none``.
    why
        For ``none`` what says so (``not_given``, ``power_of_ten``, ``same_beside_others``, ``out_of_line``,
        ``among_no_limits``), for the others ``beyond_record`` or ``own_number``.
    size
        Most persons that the camp is taken to hold.
    """

    given: int | None
    reading: Reading
    why: Why | Literal["beyond_record", "own_number"]
    size: float


def capacities_of(scenario: Scenario) -> dict[str, Capacity]:
    """Return what the capacity of each camp that was ever counted is taken for, by its id.

    From the counts known by the scenario's ``origin_day``, as the rules ``camp-shares`` do.
    """
    settings = DisplacementSettings.of(scenario.settings)
    origin = settings.origin_day
    on = scenario.start + dt.timedelta(days=origin) if origin else None
    counts = daily_counts(scenario, start_empty=settings.empty_camps_on_day0, on=on)
    if not counts.place_ids:
        return {}
    stated = {place.id: place.capacity for place in scenario.places}
    given = [stated[place_id] for place_id in counts.place_ids]
    capacity = np.array([float(one or 0) for one in given])
    whys = whys_no_limit(capacity)
    none = np.array([why is not None for why in whys])
    seen = counts.camps[: origin + 1]
    largest = seen.max(axis=0).astype(float)
    size = sizes(capacity, seen)
    if origin < 1:
        size = usual_sizes(size, none)
    else:
        size = bounded_sizes(size, largest, none, without=TIMES_WITHOUT, limit=TIMES_WITH)
    out = {}
    for camp, place_id in enumerate(counts.place_ids):
        why = whys[camp]
        if why is not None:
            out[place_id] = Capacity(given[camp], "none", why, float(size[camp]))
        elif size[camp] < capacity[camp]:
            out[place_id] = Capacity(given[camp], "plan", "beyond_record", float(size[camp]))
        else:
            out[place_id] = Capacity(given[camp], "limit", "own_number", float(size[camp]))
    return out
