"""Camps of which it is known that nobody is there: shut by an event, counted empty again and again, or not open yet.

- A camp that is shut by an event (:mod:`caravana.models.displacement.camp_shares.shut`) holds nobody until a reopening
  is known.  What is only in the record may not have been carried out (:data:`NOT_CARRIED_OUT`); what is announced may
  be put off (:data:`PUT_OFF`).
- A camp in which nobody was found twice in a row, after people had been, holds nobody, but for the chance that it has
  opened again: so many a day, learned from the record's own camps beside a prior (:data:`AGAIN`, :data:`AGAIN_DAYS`).
- A camp that is no camp yet and in which nobody was ever counted holds nobody until the day on which it opens.

Of those who leave a camp that is shut a part goes to other camps (the pooled parameter ``transferred``), so far as
these were not counted since: the models share them out by pull, the naive rules by the last counts.

All forecasters say the same of such a camp, so that none gains or loses by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from caravana.inference.displacement.increments import PERSISTENCE, CampReports, quantile_forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.models.displacement.camp_shares.shut import Closing
    from caravana.models.displacement.camp_shares.world import CampWorld

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Why = Literal["shut", "to_be_shut", "counted_empty", "not_open"]

#: Chance that a camp that is shut in the record is not, though no count since says so; and that an announced closing
#: is put off.  Round numbers: no record given has either.
NOT_CARRIED_OUT, PUT_OFF = 0.02, 0.1
#: In how many counts in a row nobody must be found.
EMPTY_COUNTS = 2
#: Camps that opened again before any record is read, and in how many days.  Round numbers: in none of the records
#: given was a camp ever counted empty after people had been there.
AGAIN, AGAIN_DAYS = 0.5, 300.0


@dataclass(frozen=True, slots=True)
class ClosedCamp:
    """Why nobody is expected in a camp, and when.

    Attributes
    ----------
    camp
        Its position.
    why
        ``shut`` or ``to_be_shut`` by an event, ``counted_empty``, or ``not_open`` yet.
    since
        First day of it.
    until
        First day on which it is open again; None where that is not known.
    empty
        Chance that nobody is there, [day ahead from 1].
    """

    camp: int
    why: Why
    since: int
    until: int | None
    empty: Floats


def closed_camps(world: CampWorld, record: Sequence[CampReports], *, origin: int, ahead: int) -> list[ClosedCamp]:
    """The camps of which it is known, on a day, that nobody is or will be there, by camp and day.

    Parameters
    ----------
    world
        Compiled from a scenario that was cut at the origin.
    record
        Dated counts of each camp, known by then.
    origin, ahead
        Day of the origin, and days after it.
    """
    days = origin + np.arange(1, ahead + 1)
    again = daily_chance_again(record, origin=origin)
    out: dict[int, ClosedCamp] = {}
    for camp, one in enumerate(record):
        since = empty_since(one)
        if since is not None:
            out[camp] = ClosedCamp(camp, "counted_empty", int(since), None, np.exp(-again * (days - one.last_day)))
    for opening in world.openings:
        if opening.end is not None and opening.end > origin + 1 and not record[opening.camp].largest:
            empty = _within(days, 0, opening.end).astype(float)
            out[opening.camp] = ClosedCamp(opening.camp, "not_open", 0, opening.end, empty)
    for closing in world.closings:
        if (closing.end is None or closing.end > origin + 1) and closing.start <= days[-1]:
            out[closing.camp] = _by_event(closing, record[closing.camp], out.get(closing.camp), days)
    return [out[camp] for camp in sorted(out)]


def _by_event(closing: Closing, reports: CampReports, other: ClosedCamp | None, days: Ints) -> ClosedCamp:
    """A camp that is shut by an event, whatever else is known of it."""
    begun = closing.start < days[0]
    counted_since = reports.last == 0.0 and reports.last_day >= closing.start
    chance = 1.0 if begun and counted_since else 1.0 - (NOT_CARRIED_OUT if begun else PUT_OFF)
    empty = np.where(_within(days, closing.start, closing.end), chance, 0.0 if other is None else other.empty)
    return ClosedCamp(closing.camp, "shut" if begun else "to_be_shut", closing.start, closing.end, empty)


def _within(days: Ints, start: int, end: int | None) -> NDArray[np.bool_]:
    return np.asarray((days >= start) & (days < (np.inf if end is None else end)))


def empty_since(reports: CampReports) -> float | None:
    """Day of the first of the counts at the record's end in which nobody was found; None where they are too few."""
    people = np.flatnonzero(reports.persons > 0)
    if not people.size or len(reports.persons) - 1 - people[-1] < EMPTY_COUNTS:
        return None
    return float(reports.days[people[-1] + 1])


def daily_chance_again(record: Sequence[CampReports], *, origin: int) -> float:
    """Hazard at which camps in which nobody was found twice in a row are found with people again, 1/day.

    From all such times of the record, beside those of :data:`AGAIN`.
    """
    again, days = AGAIN, AGAIN_DAYS
    for one in record:
        empty = 0
        for at, persons in enumerate(one.persons):
            if persons > 0:
                again += empty >= EMPTY_COUNTS
                days += one.days[at] - one.days[at - 1] if empty >= EMPTY_COUNTS else 0.0
                empty = 0
            elif at and (empty or one.persons[at - 1] > 0):
                days += one.days[at] - one.days[at - 1] if empty >= EMPTY_COUNTS else 0.0
                empty += 1
        if empty >= EMPTY_COUNTS:
            days += max(origin - one.last_day, 0.0)
    return again / days


def world_of_closed(world: CampWorld, closed: Sequence[ClosedCamp]) -> CampWorld:
    """The same in which nobody comes to a camp that was counted empty, so that who might goes to others."""
    empty = [one.camp for one in closed if one.why == "counted_empty"]
    if not empty:
        return world
    is_open = world.is_open.copy()
    is_open[world.origin + 1 :, empty] = False
    return replace(world, is_open=is_open)


def record_of_closed(record: Sequence[CampReports], closed: Sequence[ClosedCamp], *, origin: int) -> list[CampReports]:
    """The same with a nought for each camp that is shut by an event and was not counted since: all have left."""
    out = list(record)
    for one in closed:
        reports = record[one.camp]
        day = max(float(one.since), reports.last_day + 1.0)
        if one.why == "shut" and reports.last > 0 and day <= origin:
            out[one.camp] = CampReports(np.append(reports.days, day), np.append(reports.persons, 0.0))
    return out


def opening_days(closed: Sequence[ClosedCamp], *, camps: int) -> Floats:
    """Day on which each camp opens, or opens again; 0 where it is open, [camp]."""
    opened = np.zeros(camps)
    for one in closed:
        if one.until is not None:
            opened[one.camp] = one.until
    return opened


def with_closed(
    people: Floats, record: Sequence[CampReports], closed: Sequence[ClosedCamp], order: Ints, *, origin: int
) -> Floats:
    """The same with nobody in camps that are closed, as surely as that is known.

    If one is not, it has, in all that forecasters say: where it was counted empty, any number up to the most it ever
    had; where it is shut by an event, its last count with the spread of its past errors.

    Parameters
    ----------
    people
        [forecaster, member, day ahead, camp]
    record
        Dated counts of each camp as they are.
    order
        Quantile that each member has, [member, camp].
    """
    out, members = people.copy(), people.shape[1]
    for one in closed:
        for at in map(int, np.flatnonzero(one.empty > 0)):
            there = round((1.0 - float(one.empty[at])) * members)
            said = np.zeros(members)
            if there and one.why == "counted_empty":
                said[members - there :] = record[one.camp].largest * (np.arange(there) + 0.5) / there
            elif there:
                mine = quantile_forecast(record, origin=origin, ahead=at + 1, rule=PERSISTENCE, size=there)
                said[members - there :] = mine[:, one.camp]
            out[:, :, at, one.camp] = said[order[:, one.camp]]
    return out


def passed_on(
    record: Sequence[CampReports], closed: Sequence[ClosedCamp], *, origin: int, ahead: int, share: float
) -> Floats:
    """How many more naive rules expect in each camp, of those who leave camps that are shut, [day ahead, camp].

    Parameters
    ----------
    record
        Dated counts of each camp as they are.
    share
        Of those who leave a camp, that goes to other camps.
    """
    more = np.zeros((ahead, len(record)))
    shut = [one for one in closed if one.why in ("shut", "to_be_shut") and record[one.camp].last > 0]
    last = np.array([each.last for each in record])
    last[[one.camp for one in closed]] = 0.0
    for one in shut:
        gone = (origin + np.arange(1, ahead + 1) >= one.since) * share * record[one.camp].last
        since = np.array([each.last_day > one.since for each in record])
        if last.sum() > 0:
            more += gone[:, None] * last / last.sum() * ~since
    return more
