"""Camps that people leave: what a fall that is under way does next, and how far people would go back.

A plan to fill and a rate of arrivals say nothing of a camp that shrinks.  Where one shrinks, the fall goes on at the
pace of the last week, fortnight, month or two, wanes, or has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.displacement.increments import weighted_quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.inference.displacement.increments import CampReports

    Floats = NDArray[np.float64]

#: A camp shrinks if it lost so much of its peak of so many days, more than so many persons, and so many times more
#: than it ever lost and made good again (counts that are off by a twentieth shrink and grow all the time).
LEAST, BACK_DAYS, FEWEST, BEYOND = 0.05, 60.0, 50.0, 1.5
#: Where camps with half of all who are counted shrink by so much, more than so many persons, each that does is taken
#: to shrink: people go back.  A camp not counted for so long says nothing of it.
LEAST_ALIKE, FEWEST_ALIKE, ALIKE, RECENT_DAYS = 0.01, 20.0, 0.5, 45.0
#: A fall last seen longer ago tells nothing any more.
SILENT_DAYS = 90.0
#: Days over which the pace of a fall is read; the standard deviation of its logarithm from then on.
WINDOWS, PACE_SPREAD = (7.0, 14.0, 30.0, 60.0), 1.0
#: Chance that a fall has ended: seen in several counts, and in one alone, which may be a camp counted anew.
ENDED, ENDED_ONE = 0.1, 0.5
#: Days in which a fall wanes.
WANES = 60.0
DRAWS, DRAWS_ENDED = 41, 21


def fall_of(reports: CampReports, *, least: float = LEAST, fewest: float = FEWEST) -> tuple[float, int] | None:
    """Return the day on which a camp began to shrink, and in how many counts that was seen; None where it does not.

    Parameters
    ----------
    least, fewest
        Share of the peak, and persons, that it must have lost.
    """
    if len(reports.days) < 2:
        return None
    begin = max(int(np.searchsorted(reports.days, reports.days[-1] - BACK_DAYS)) - 1, 0)
    days, persons = reports.days[begin:], reports.persons[begin:]
    top = len(persons) - 1 - int(np.argmax(persons[::-1]))
    lost = float(persons[top] - persons[-1])
    if top == len(persons) - 1 or lost <= max(least * persons[top], fewest) or persons[-1] > persons[-2]:
        return None
    if lost <= BEYOND * max(_made_good(reports.persons[: begin + top + 1]), _regained(persons[top:])):
        return None
    return float(days[top]), len(persons) - 1 - top


def falls(record: Sequence[CampReports], *, origin: int) -> tuple[list[tuple[float, int] | None], bool]:
    """Of each camp what :func:`fall_of` returns, and whether most people are in camps that shrink: then they go back.

    Where they do, small falls count too.  Else who leaves one camp is taken to go to others.
    """
    silent = [origin - one.last_day if one.persons.size > 1 else np.inf for one in record]
    own = [fall_of(one) if days <= SILENT_DAYS else None for one, days in zip(record, silent, strict=True)]
    alike = [
        fall_of(one, least=LEAST_ALIKE, fewest=FEWEST_ALIKE) if days <= RECENT_DAYS else None
        for one, days in zip(record, silent, strict=True)
    ]
    lately = [one.largest * (days <= RECENT_DAYS) for one, days in zip(record, silent, strict=True)]
    shrinking = sum(people for people, fall in zip(lately, alike, strict=True) if fall is not None)
    if shrinking <= ALIKE * sum(lately):
        return own, False
    return [mine or other for mine, other in zip(own, alike, strict=True)], True


def fall_forecast(reports: CampReports, fall: tuple[float, int], *, origin: int, ahead: int, size: int) -> Floats:
    """Forecast a camp that shrinks, as equally likely quantiles in rising order, [quantile, day ahead from 1].

    Parameters
    ----------
    fall
        From :func:`fall_of`.
    origin, ahead
        Day of the origin, and days to forecast.
    size
        How many quantiles.
    """
    from scipy.special import ndtri

    since, counts = fall
    back = np.clip(np.array(WINDOWS), 1.0, max(reports.last_day - since, 1.0))
    then = np.interp(reports.last_day - back, reports.days, reports.persons)
    paces = np.maximum((then - reports.last) / back, 0.0)
    spread = np.exp(PACE_SPREAD * ndtri((np.arange(DRAWS) + 0.5) / DRAWS))
    ended = ENDED_ONE if counts == 1 else ENDED
    values = np.concatenate([(paces[:, None] * spread).ravel(), np.linspace(-0.5, 0.5, DRAWS_ENDED) * paces.mean()])
    going = DRAWS * len(WINDOWS)
    weight = np.concatenate([np.full(going, (1.0 - ended) / going), np.full(DRAWS_ENDED, ended / DRAWS_ENDED)])
    pace = weighted_quantiles(values, weight, (np.arange(size) + 0.5) / size)[::-1]
    lead = origin + np.arange(1, ahead + 1) - reports.last_day
    return np.asarray(np.maximum(reports.last - pace[:, None] * WANES * -np.expm1(-lead / WANES), 0.0))


def gone_back(reports: CampReports, *, origin: int, ahead: int) -> Floats:
    """How many are left if all who came in the last days go back in as many, [day ahead from 1].

    A rise from a nought to the first count is no arrival: who was counted first may have been there for long.
    """
    lead = origin + np.arange(1, ahead + 1) - reports.last_day
    if not reports.persons.size:
        return np.zeros(ahead)
    before = np.interp(reports.last_day - lead, reports.days, reports.persons)
    some = np.flatnonzero(reports.persons > 0)
    if some.size and reports.persons[0] == 0:
        before = np.maximum(before, min(reports.persons[some[0]], reports.last))
    return np.asarray(np.minimum(before, reports.last))


def _made_good(persons: Floats) -> float:
    """The largest fall after which a count was as high again."""
    gone = np.maximum.accumulate(persons) - persons
    again = np.flatnonzero(gone == 0.0)
    return float(gone[: again[-1] + 1].max(initial=0.0)) if again.size else 0.0


def _regained(persons: Floats) -> float:
    """The largest rise within a fall."""
    return float((persons - np.minimum.accumulate(persons)).max(initial=0.0))
