"""A scenario compiled for the shares of camps: everything known before the first day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.camp_shares.bounds import (
    TIMES_WITH,
    TIMES_WITHOUT,
    bounded_sizes,
    says_no_limit,
    usual_sizes,
)
from caravana.models.displacement.camp_shares.nearness import link_shares, nearness, shortest_roads
from caravana.models.displacement.camp_shares.outside import OutsideWorld, compile_outside
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.models.displacement.camp_shares.pull import sizes
from caravana.models.displacement.camp_shares.shut import closings_of, openings_of, shut_days
from caravana.models.displacement.counts import require_counts
from caravana.models.displacement.inputs import read_inputs
from caravana.models.displacement.series import dated_capacity
from caravana.models.displacement.transfers import compile_transfers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from caravana.models.displacement.camp_shares.shut import Closing
    from caravana.models.displacement.inputs import Inputs
    from caravana.models.displacement.network import Links
    from caravana.models.displacement.transfers import Transfer
    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CampWorld:
    """What the shares of camps see of a scenario.

    Attributes
    ----------
    settings
        Settings of the rules.
    place_ids, links
        Places and directed links of the scenario.
    camps
        Places with counts, as place indices, [camp].
    capacity
        Persons each takes, [camp].
    is_open
        Whether it can be reached and takes people, [day, camp].
    near
        From :func:`nearness`, [day, camp].
    origin_share
        Where people come from, [day, place].
    use
        From :func:`link_shares`, one table for each stretch of days, and which each day has.
    counts
        Counts by day, [day, camp].
    reported
        Whether a count is dated that day, [day, camp].
    total
        Their sum, [day].
    origin
        Day of the origin: counts after it are not looked at.
    follow_total
        Whether the sum after the origin is taken from the counts (as in Flee) or forecast.
    unsized
        Whether the capacity of a camp is not given but a guess, [camp].
    no_limit
        Whether what the file gives is no limit (:func:`says_no_limit`), [camp].
    size
        Persons each takes as the file has it or as is usual, not bounded by its record, [camp].
    age
        Days since the crisis began, on the first day (below 0: it begins so many days later).
    dated
        Persons each takes where that is dated, bounded as the others are, [day, camp]; NaN where it is not; None
        where it is nowhere.
    outside
        The displaced in no counted camp; None where there are none.
    transfers
        People taken from camp to camp, by position in `camps`.
    closings
        Camps that are shut for a time (:func:`closings_of`).
    openings
        Places that are no camps yet (:func:`openings_of`).
    shut
        Whether each is shut, [day, camp]; None where none ever is.
    """

    settings: DisplacementSettings
    place_ids: tuple[str, ...]
    links: Links
    camps: Ints
    capacity: Floats
    is_open: Bools
    near: Floats
    origin_share: Floats
    use: tuple[tuple[csr_matrix, ...], Ints]
    counts: Ints
    reported: Bools
    total: Ints
    origin: int
    follow_total: bool
    unsized: Bools
    no_limit: Bools
    size: Floats
    age: int
    outside: OutsideWorld | None = None
    dated: Floats | None = None
    transfers: tuple[Transfer, ...] = ()
    closings: tuple[Closing, ...] = ()
    openings: tuple[Closing, ...] = ()
    shut: Bools | None = None

    def bounded(self, *, without: float, limit: float) -> CampWorld:
        """The same with sizes bounded by the record up to the origin (:func:`bounded_sizes`), if there is one."""
        if self.origin < 1:
            return self
        largest = self.counts[: self.origin + 1].max(axis=0).astype(float)
        size = bounded_sizes(self.size, largest, self.no_limit, without=without, limit=limit)
        return replace(self, capacity=size)


def compile_camps(
    scenario: Scenario, *, settings: Mapping[str, object] | None = None, days: int | None = None
) -> CampWorld:
    """Compile a scenario for the shares of camps.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        Values that override the scenario's settings.
    days
        Simulate only so many days.

    Raises
    ------
    UsageError
        If no camp was ever counted, or ``origin_day`` is no day of the run.
    """
    require_counts(scenario)
    given = read_inputs(scenario, settings=settings, days=days, mended=True)
    counts, places, links, open_link = given.counts, given.places, given.links, given.open_link
    camps = np.array([given.index[place_id] for place_id in counts.place_ids])
    capacity = np.array([float((scenario.places[i].capacity or 0) // given.settings.hasten) for i in camps])
    given.settings.check_origin(given.days)
    days, n = places.score.shape
    origin = given.settings.origin_day
    is_open = np.empty((days, len(camps)), dtype=bool)
    near = np.empty((days, len(camps)))
    tables: list[csr_matrix] = []
    which = np.empty(days, dtype=np.int64)
    weight = places.origin_weight * given.population
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    softening = POOLED["softening"].value
    seen: dict[bytes, tuple[int, Floats]] = {}
    roads_of = {}
    entering = [np.flatnonzero(links.end == camp) for camp in camps]
    for day in range(days):
        key = open_link[day].tobytes()
        if key not in roads_of:
            roads_of[key] = shortest_roads(links, open_link[day], camps, places=n)
        whole = key + share[day].tobytes()
        if whole not in seen:
            roads = roads_of[key]
            tables.append(link_shares(roads, links, share[day], camps, softening=softening))
            seen[whole] = (len(tables) - 1, nearness(roads, share[day], softening=softening))
        which[day], near[day] = seen[whole]
        is_open[day] = [open_link[day][into].any() for into in entering] & places.camp[day, camps]
    closings = tuple(closings_of(scenario, counts, origin=origin))
    shut = shut_days(closings, days=days, camps=len(camps))
    is_open = is_open if shut is None else is_open & ~shut
    total_counts = counts.camps.sum(axis=1)
    no_limit = says_no_limit(capacity)
    size, unsized = sizes(capacity, counts.camps[: origin + 1]), capacity <= 0
    if origin < 1:
        # Nothing has been counted that could bound them: sizes without a limit are a guess, like those not given.
        size, unsized = usual_sizes(size, no_limit), no_limit
    return CampWorld(
        given.settings, given.place_ids, links, camps, size, is_open, near, share, (tuple(tables), which),
        counts.camps[:days], counts.reported[:days], total_counts[:days], origin,
        not given.settings.forecast_total, unsized, no_limit, size, given.settings.crisis_age(scenario.start),
        compile_outside(given, camps, origin=origin), _dated(given, camps, counts.camps[: origin + 1]),
        compile_transfers(scenario, counts.place_ids, days=days, hasten=given.settings.hasten),
        closings, tuple(openings_of(scenario, counts, origin=origin)), shut,
    ).bounded(without=TIMES_WITHOUT, limit=TIMES_WITH)  # fmt: skip


def _dated(given: Inputs, camps: Ints, seen: Ints) -> Floats | None:
    """Persons each camp takes where that is dated: at least what it has held, bounded by its record, [day, camp]."""
    table = dated_capacity(given.scenario, given.days, hasten=given.settings.hasten)
    if table is None:
        return None
    largest = seen.max(axis=0).astype(float)
    size: Floats = np.maximum(table[:, camps], np.maximum(largest, 1.0))
    if len(seen) == 1:
        return size
    given_all = np.zeros(len(camps), dtype=bool)
    return bounded_sizes(size, largest, given_all, without=TIMES_WITHOUT, limit=TIMES_WITH)
