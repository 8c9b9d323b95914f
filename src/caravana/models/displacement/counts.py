"""Camp counts by day from observations: what drives arrivals, and what runs are scored against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from caravana.scenario.model import Observation, Scenario

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Kinds of observation whose note is a remark, not the name of what was counted.
SAID_OF_PLACE = ("camp_count", "displaced_count")


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Counts interpolated to days, in simulated persons (persons / ``hasten``).

    Attributes
    ----------
    place_ids
        Camps with counts, in the order of the scenario's places.
    camps
        Whole persons, [day, camp].
    elsewhere
        The sum over camps that are no places of the scenario, [day].
    total
        The count of everybody (``refugees.csv``), [day].
    reported
        Whether a count of the camp is dated that very day, not interpolated, [day, camp]; what is dated before the
        first day counts for it.
    """

    place_ids: tuple[str, ...]
    camps: Ints
    elsewhere: Ints
    total: Ints
    reported: Bools


def interpolate(days: Floats, values: Floats, at: Floats) -> Ints:
    """Interpolate linearly between dated counts, flat outside, cut to whole persons.

    Parameters
    ----------
    days, values
        Day and count of each row, days rising, [row].
    at
        Days wanted, [day].
    """
    after = np.clip(np.searchsorted(days, at, side="right"), 1, max(len(days) - 1, 1))
    if len(days) == 1:
        return np.full(len(at), int(values[0]), dtype=np.int64)
    before = after - 1
    # Of two counts of one day, of two speakers, the last is that day's: between them lies no line.
    fraction = (at - days[before]) / np.maximum(days[after] - days[before], 1e-9)
    inside = values[before] + fraction * (values[after] - values[before])
    inside = np.where(at <= days[0], values[0], np.where(at >= days[-1], values[-1], inside))
    return inside.astype(np.int64)


def as_known(observations: Iterable[Observation], *, on: dt.date | None = None) -> tuple[Observation, ...]:
    """Return observations without those that a later word of the same speaker on the same day replaced.

    Parameters
    ----------
    on
        A count dated by this day is taken as it was known on this day, a later one as it was first known, so that
        no correction is read before it was made.  None: all as they are known in the end.
    """
    rows = list(observations)

    def key(one: Observation) -> tuple[object, ...]:
        # What a count elsewhere is of stands in its note.
        what = one.note if one.kind not in SAID_OF_PLACE else ""
        return one.kind, one.place_id, one.area, one.caravan, what, one.date, one.speaker_role

    taken: dict[tuple[object, ...], dt.date] = {}
    for one in rows:
        if one.qualifier == "planned":  # known before its day, and no word on what came of it
            continue
        name = key(one)
        if on is not None and one.date > on:  # however late it came out
            taken[name] = min(taken.get(name, one.known_on), one.known_on)
        elif on is None or one.known_on <= on:
            taken[name] = max(taken.get(name, one.known_on), one.known_on)
    return tuple(one for one in rows if one.qualifier != "planned" and one.known_on == taken.get(key(one)))


def people_counted(one: Observation) -> float | None:
    """The people that a count is taken for: the middle of a range, its low end where it has no high; else None.

    *Fewer than 6,000* alone counts nobody: it is no count of nought.  Nor does what is only planned.
    """
    if one.low is None or one.qualifier == "planned":
        return None
    return one.low if one.high is None else 0.5 * (one.low + one.high)


def people_by_day(scenario: Scenario, rows: Iterable[Observation]) -> dict[int, float]:
    """People by day of a scenario, days rising, from counts of one camp.

    What several said of one day is one range, whoever said it first, and its middle counts.
    """
    said: dict[int, list[float]] = {}
    for one in sorted(rows, key=lambda one: one.date):
        people = people_counted(one)
        if people is not None:
            said.setdefault(scenario.day_of(one.date), []).append(people)
    return {day: 0.5 * (min(several) + max(several)) for day, several in said.items()}


def require_counts(scenario: Scenario) -> None:
    """Refuse a scenario in which no camp was ever counted.

    Raises
    ------
    UsageError
        With what to do instead.
    """
    if not any(one.kind == "camp_count" and one.place_id is not None for one in scenario.observations):
        raise UsageError(
            f"{scenario.name}: the rules camp-shares share arrivals out among camps by their counts, and no camp was"
            " ever counted: give counts in observations.csv (kind camp_count), or simulate by the rules walk what"
            " conflict displaces (--set rules=walk --set conflict_driven_spawning=true)"
        )


def daily_counts(
    scenario: Scenario, *, hasten: int = 1, start_empty: bool = False, on: dt.date | None = None
) -> DailyCounts:
    """Interpolate a scenario's camp counts to its days.

    Parameters
    ----------
    on
        Day on which they are read (:func:`as_known`); None for the counts as known in the end.
    hasten
        Counts are divided by this first, as in Flee.
    start_empty
        Take the counts of day 0 off (Flee's ``empty_camps_on_day0``).
    """
    at = np.arange(scenario.days, dtype=float)
    rows: dict[tuple[str, str], list[Observation]] = {}
    for one in as_known(scenario.observations, on=on):
        if people_counted(one) is None:
            continue
        if one.kind == "camp_count" and one.place_id is not None:
            rows.setdefault(("camp", one.place_id), []).append(one)
        elif one.kind in ("camp_count_elsewhere", "total_count"):
            rows.setdefault((one.kind, one.note), []).append(one)

    def series(key: tuple[str, str]) -> Ints:
        people = people_by_day(scenario, rows[key])
        days, values = np.array([*people], dtype=float), np.array([*people.values()]) / hasten
        if start_empty:
            values = np.maximum(values - interpolate(days, values, np.zeros(1))[0], 0.0)
        return interpolate(days, values, at)

    place_ids = tuple(place.id for place in scenario.places if ("camp", place.id) in rows)
    nothing = np.zeros(scenario.days, dtype=np.int64)
    camps = [series(("camp", place_id)) for place_id in place_ids]
    reported = np.zeros((scenario.days, len(place_ids)), dtype=bool)
    for column, place_id in enumerate(place_ids):
        dated = [scenario.day_of(one.date) for one in rows["camp", place_id]]
        reported[[max(day, 0) for day in dated if day < scenario.days], column] = True
    elsewhere = [series(key) for key in rows if key[0] == "camp_count_elsewhere"]
    totals = [series(key) for key in rows if key[0] == "total_count"]
    return DailyCounts(
        place_ids,
        np.stack(camps, axis=1) if camps else np.zeros((scenario.days, 0), dtype=np.int64),
        np.sum(elsewhere, axis=0) if elsewhere else nothing,
        np.sum(totals, axis=0) if totals else nothing,
        reported,
    )
