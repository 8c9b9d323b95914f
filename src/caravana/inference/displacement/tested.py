"""Counts of camps on the days they are dated, held against the bands of a run that was not given them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.bands import widened
from caravana.models.displacement.counts import as_known, daily_counts
from caravana.results.acting import band_factors, origin_of, traits_of
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

#: Probability of the intervals over members.
LEVEL = 0.9


def in_band(
    people: Floats, low: Floats, high: Floats, *, level: float = LEVEL, factor: Floats | float = 1.0
) -> NDArray[np.bool_]:
    """Whether the central band of members, in whole people, meets the range of a count, [...].

    Parameters
    ----------
    factor
        Times which the ends of the band are further out, [...] or one for all.
    people
        [member, ...].
    low, high
        Ends of what was counted, equal for a single figure, [...].
    """
    least, most = widened(*np.quantile(people, [(1 - level) / 2, (1 + level) / 2], axis=0), factor=factor)
    return np.asarray((high >= np.floor(least)) & (low <= np.ceil(most)))


def first_tested(scenario: Scenario) -> int:
    """The first day whose counts put a run to the test: those until the origin, and on day 0 in camps, are given."""
    origin = origin_of(scenario)
    settings = DisplacementSettings.of(scenario.settings)
    # The mended rules begin with the counts of day 0 in any case, Flee's rules where they are told to.
    placed = traits_of(scenario).mended or (settings.insert_day0 and not settings.empty_camps_on_day0)
    return origin + 1 if origin or placed else 0


@dataclass(frozen=True)
class DatedCounts:
    """Counts of camps on the days they are dated, that a run was not given.

    Attributes
    ----------
    day, camp
        Day of the run, and position among the camps counted, [count].
    low, high
        Ends of what was counted, equal for a single figure, [count].
    factor
        How much wider than the members' the bands are (:func:`band_factors`), [count] or one for all.
    """

    day: NDArray[np.int64]
    camp: NDArray[np.int64]
    low: Floats
    high: Floats
    factor: Floats | float = 1.0

    def inside(self, people: Floats) -> NDArray[np.bool_]:
        """Which counts the central 90% of members [member, day, camp] hold, [count]."""
        return in_band(people[:, self.day, self.camp], self.low, self.high, factor=self.factor)

    def held(self, people: Floats) -> float | None:
        """Share of the counts that the central 90% of members hold; None where there is none."""
        return float(self.inside(people).mean()) if self.day.size else None


def dated_counts(scenario: Scenario, place_ids: tuple[str, ...], *, days: int) -> DatedCounts:
    """Gather the counts of camps that put the first days of a run to the test.

    What several sources said of one camp and day is one range; "more than" is open above.
    """
    first = first_tested(scenario)
    origin = origin_of(scenario)
    on = scenario.start + dt.timedelta(days=origin) if origin else None
    ranges: dict[tuple[int, int], tuple[float, float]] = {}
    for one in as_known(scenario.observations, on=on):
        day = scenario.day_of(one.date)
        known = one.kind == "camp_count" and one.place_id in place_ids and (one.low, one.high) != (None, None)
        if not known or not first <= day < days:
            continue
        at = day, place_ids.index(one.place_id or "")
        low, high = 0.0 if one.low is None else one.low, np.inf if one.high is None else one.high
        before = ranges.get(at, (low, high))
        ranges[at] = min(low, before[0]), max(high, before[1])
    keys = sorted(ranges)
    place = np.array(keys, dtype=np.int64).reshape(-1, 2)
    ends = np.array([ranges[key] for key in keys], dtype=np.float64).reshape(-1, 2)
    if DisplacementSettings.of(scenario.settings).empty_camps_on_day0:
        ends = np.maximum(ends - daily_counts(scenario, on=on).camps[0][place[:, 1], None], 0.0)
    factors = band_factors(scenario)
    by_camp = np.array([factors.get(place_id, 1.0) for place_id in place_ids])
    return DatedCounts(place[:, 0], place[:, 1], ends[:, 0], ends[:, 1], by_camp[place[:, 1]])
