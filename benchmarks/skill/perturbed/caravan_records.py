"""Caravans made out of given ones: reported more seldom, later, wrongly; and caravans that go otherwise.

Every operation takes a caravan's reports with what came of it and returns others.  What a forecaster shall not hear
but is held against is kept in the reports with a day of publication that never comes.  Sizes and days are round numbers
set down beforehand.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.skill.records import Given

    from caravana.inference.reports import CaravanReports, Night, ReportedCount

NEVER = dt.date(2100, 1, 1)
SEASON = dt.timedelta(days=182)
REST = 10
DAY = dt.timedelta(days=1)


def _with_nights(given: Given, change: Callable[[int, Night], Night]) -> Given:
    record = given.record
    nights = tuple(change(record.day(night.date), night) for night in record.nights)
    return replace(given, record=replace(record, nights=nights))


def _unheard(night: Night) -> Night:
    return replace(night, known_on=NEVER, until=None)


def every_third_night(given: Given) -> Given:
    """Nights of every third day are reported; of figures all."""
    days = sorted({given.record.day(n.date) for n in given.record.nights if not n.planned})
    kept = set(days[::3])
    return _with_nights(given, lambda day, night: night if night.planned or day in kept else _unheard(night))


def first_half_unheard(given: Given) -> Given:
    """Nobody reports anything of the first half of the way."""
    record = given.record
    days = [*given.truth, *(c.report.day for c in record.counts)]
    middle = max(days, default=0) // 2
    shorter = _with_nights(given, lambda day, night: night if day > middle else _unheard(night))
    counts = tuple(c for c in record.counts if c.report.day > middle)
    whereabouts = tuple(w for w in record.whereabouts if record.day(w.date) > middle)
    return replace(shorter, record=replace(shorter.record, counts=counts, whereabouts=whereabouts))


def published_late(given: Given, days: int) -> Given:
    """Whatever is reported is known some days later; plans as soon as they were."""
    lag = dt.timedelta(days=days)
    late = _with_nights(given, lambda _, n: n if n.planned else replace(n, known_on=n.known_on + lag, until=None))
    counts = tuple(replace(c, known_on=c.known_on + lag) for c in late.record.counts)
    return replace(late, record=replace(late.record, counts=counts))


def one_side(given: Given) -> Given:
    """Only the side that gave most figures gives any."""
    sides = Counter(c.report.side for c in given.record.counts)
    if not sides:
        return given
    first = sides.most_common(1)[0][0]
    counts = tuple(c for c in given.record.counts if c.report.side == first)
    return replace(given, record=replace(given.record, counts=counts))


def doubled(given: Given) -> Given:
    """Twice as many walk, whoever says so."""

    def twice(count: ReportedCount) -> ReportedCount:
        low, high = (None if end is None else 2.0 * end for end in (count.report.low, count.report.high))
        return replace(count, report=replace(count.report, low=low, high=high))

    return replace(given, record=replace(given.record, counts=tuple(twice(c) for c in given.record.counts)))


def a_stage_behind(given: Given) -> Given:
    """Of every third night reported, the place is that of the night reported before it; what came is as it was."""
    days = sorted(given.truth)
    wrong = {day: given.truth[before][0] for before, day in zip(days[1::3], days[2::3], strict=False)}
    return _with_nights(
        given, lambda day, night: replace(night, km=wrong[day]) if day in wrong and not night.planned else night
    )


def in_another_season(given: Given) -> Given:
    """The same half a year later."""
    return _moved(given, lambda date: date + SEASON)


def with_a_rest(given: Given) -> Given:
    """Ten days of rest in the middle of the way, reported every evening; the plans of that time are dropped."""
    if len(given.truth) < 2:
        return given
    days = sorted(given.truth)
    middle = days[len(days) // 2]
    date = given.record.date(middle)
    later = _moved(given, lambda day: day + REST * DAY if day > date else day)
    km = given.truth[middle][-1]
    example = next(n for n in given.record.nights if n.date == date and not n.planned)
    here = replace(example, km=km, spread=1.5, trust=0.97, firm=True, direct=True, until=None)
    rests = [replace(here, date=date + n * DAY, known_on=date + n * DAY) for n in range(1, REST + 1)]
    record = later.record
    nights = tuple(sorted((*record.nights, *rests), key=lambda night: night.date))
    truth = {**later.truth, **{middle + n: (km,) for n in range(1, REST + 1)}}
    return replace(later, record=replace(record, nights=nights), truth=dict(sorted(truth.items())))


def _moved(given: Given, moved: Callable[[dt.date], dt.date]) -> Given:
    """The same on other dates."""
    record = given.record
    departs = moved(record.departs)

    def count(one: ReportedCount) -> ReportedCount:
        date = moved(one.date)
        report = replace(one.report, day=(date - departs).days + 1)
        return replace(one, date=date, known_on=date + (one.known_on - one.date), report=report)

    other: CaravanReports = replace(
        record,
        departs=departs,
        nights=tuple(
            replace(n, date=moved(n.date), known_on=moved(n.date) + (n.known_on - n.date),
                    until=None if n.until is None else moved(n.until))
            for n in record.nights
        ),
        counts=tuple(count(one) for one in record.counts),
        others=tuple(count(one) for one in record.others),
        offers=tuple(moved(day) for day in record.offers),
        whereabouts=tuple(replace(w, date=moved(w.date), known_on=moved(w.known_on)) for w in record.whereabouts),
        last=moved(record.last),
    )  # fmt: skip
    truth = {other.day(moved(record.date(day))): km for day, km in given.truth.items()}
    return replace(given, record=other, truth=truth)


def turned_round(given: Given) -> Given:
    """Half way it turns and goes back as it came, night by night, all of it reported on its day; figures stay."""
    if len(given.truth) < 4:
        return given
    record = given.record
    days = sorted(given.truth)
    middle = days[len(days) // 2]
    at = record.date(middle)
    example = next(n for n in record.nights if not n.planned and n.direct)
    truth = {day: kms for day, kms in given.truth.items() if day <= middle}
    kept = [n for n in record.nights if n.date <= at and not n.planned]
    for day in [d for d in days if d < middle][::-1]:
        back = 2 * middle - day
        km, date = given.truth[day][-1], record.date(back)
        kept.append(replace(example, date=date, known_on=date, km=km, until=None))
        truth[back] = (km,)
    last = record.date(max(truth))
    nights = tuple(sorted(kept, key=lambda night: night.date))
    whereabouts = tuple(w for w in record.whereabouts if w.date <= at)
    other = replace(record, nights=nights, whereabouts=whereabouts, last=max(last, record.last))
    return replace(given, record=other, truth=truth)


def mirrored(given: Given) -> Given:
    """The way back: from where it came to last to where it set out, night by night in reverse, towns where they are."""
    if len(given.truth) < 2:
        return given
    record, stops = given.record, given.record.stops
    end, last = float(stops.km[-1]), max(given.truth)
    far = max(max(km) for km in given.truth.values())

    def back(day: int) -> int:
        return last - day

    truth = {back(day): tuple(end - km for km in kms) for day, kms in given.truth.items() if back(day) >= 1}
    truth |= {last: (end - given.start_km,)}
    nights = tuple(
        replace(
            night, date=record.date(back(record.day(night.date))), known_on=record.date(back(record.day(night.date))),
            km=end - night.km, until=None,
        )
        for night in record.nights
        if not night.planned and back(record.day(night.date)) >= 1
    )  # fmt: skip
    example = next(n for n in record.nights if not n.planned)
    home = replace(
        example, date=record.date(last), known_on=record.date(last), km=end - given.start_km, direct=True, until=None
    )
    at = end - far
    start = np.zeros(stops.km.size)
    km = end - stops.km[::-1]
    start[int(np.argmin(np.abs(km - at)))] = 1.0
    turned = replace(stops, ids=stops.ids[::-1], km=km, population=stops.population[::-1])
    other = replace(
        record, stops=turned, start=start, branches=(), whereabouts=(), offers=(),
        nights=tuple(sorted((*nights, home), key=lambda night: night.date)),
    )  # fmt: skip
    return replace(given, record=other, start_km=at, truth=dict(sorted(truth.items())))


#: Every operation by its name, in the order of the table.
OPERATIONS: dict[str, Callable[[Given], Given]] = {
    "as given": lambda given: given,
    "nights of every third day": every_third_night,
    "published 3 days late": lambda given: published_late(given, 3),
    "figures of one side": one_side,
    "half a year later": in_another_season,
    "first half unheard of": first_half_unheard,
    "twice as many": doubled,
    "every third night a stage behind": a_stage_behind,
    "a rest of ten days": with_a_rest,
    "the way back": mirrored,
    "turns round half way": turned_round,
}
