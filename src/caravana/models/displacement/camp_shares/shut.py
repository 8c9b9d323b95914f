"""Camps that are shut: by an event of kind ``closure`` whose unit is a kind of camp, unless people are counted there.

Such a camp takes nobody, and those in it leave.  A count of anybody that is dated after the closing says that the camp
was not shut, or not yet: then the counts speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.inputs import CAMP_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.models.displacement.counts import DailyCounts
    from caravana.scenario.model import Scenario

    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing of a counted camp.

    Attributes
    ----------
    camp
        Position among the counted camps.
    start, end
        First day on which it is shut, and first on which it is not any more; None where that is not known.  The first
        may lie before the scenario's.
    """

    camp: int
    start: int
    end: int | None


def closings_of(scenario: Scenario, counts: DailyCounts, *, origin: int) -> list[Closing]:
    """The closings of counted camps that no count known by a day speaks against, in the order of the events.

    Parameters
    ----------
    origin
        Day of the origin of a forecast; of a whole run 0: there no count is looked at.
    """
    at = {place: camp for camp, place in enumerate(counts.place_ids)}
    there = counts.reported[: origin + 1] & (counts.camps[: origin + 1] > 0)
    out = []
    for event in scenario.events:
        camp = at.get(event.place_id or "")
        if event.kind != "closure" or event.unit not in CAMP_KINDS or camp is None:
            continue
        start = scenario.day_of(event.date)
        end = None if event.end_date is None else max(scenario.day_of(event.end_date), 0)
        if not there[max(start + 1, 1) : end, camp].any():
            out.append(Closing(camp, start, end))
    return out


def openings_of(scenario: Scenario, counts: DailyCounts, *, origin: int) -> list[Closing]:
    """Counted places that are no camps until an event makes them one, unless people are counted there before it."""
    at = {place: camp for camp, place in enumerate(counts.place_ids)}
    kinds = {place.id: place.kind for place in scenario.places}
    there = counts.reported[: origin + 1] & (counts.camps[: origin + 1] > 0)
    out: dict[int, Closing] = {}
    for event in sorted(scenario.events, key=lambda event: event.date):
        camp = at.get(event.place_id or "")
        if event.kind != "location_change" or event.unit not in CAMP_KINDS or camp is None or camp in out:
            continue
        opens = max(scenario.day_of(event.date), 0)
        if kinds[event.place_id or ""] not in CAMP_KINDS and not there[:opens, camp].any():
            out[camp] = Closing(camp, 0, opens)
    return list(out.values())


def shut_days(closings: Sequence[Closing], *, days: int, camps: int) -> Bools | None:
    """Whether each camp is shut, [day, camp]; None where none ever is."""
    if not closings:
        return None
    shut = np.zeros((days, camps), dtype=bool)
    for one in closings:
        shut[max(one.start, 0) : one.end, one.camp] = True
    return shut
