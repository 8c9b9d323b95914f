"""Records of camps made out of a given one: counted more seldom, later, otherwise; and crises that go otherwise.

Every operation takes a scenario and returns what a forecaster sees of it and what it is held against.  Nothing is
chosen by any score: sizes and days are round numbers set down beforehand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.counts import daily_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from caravana.scenario.model import Event, Observation, Scenario, Series

MONTH = 30
#: Day on which a crisis turns, stops, is counted anew, or a camp opens.
TURN, STOP, ANEW, LATE = 90, 60, 100, 75
STANDSTILL = 120
LOST = 0.6
NOISE = 0.05


@dataclass(frozen=True)
class MadeRecord:
    """A record as a forecaster sees it, and the record that it is held against."""

    seen: Scenario
    came: Scenario


def is_count(one: Observation) -> bool:
    """Whether it is a count of people, of a camp or of all."""
    return one.kind in ("camp_count", "camp_count_elsewhere", "total_count")


def _of(one: Observation) -> tuple[str, str | None, str]:
    return one.kind, one.place_id, one.note if one.place_id is None else ""


def with_counts(scenario: Scenario, change: Callable[[Observation], Observation | None]) -> Scenario:
    """The scenario with each count changed, or left out where the change says None."""
    changed = [change(one) if is_count(one) else one for one in scenario.observations]
    return scenario.model_copy(update={"observations": tuple(one for one in changed if one is not None)})


def times(one: Observation, factor: float, *, less: float = 0.0) -> Observation:
    """A count so many times as large, after so many are taken off."""
    low, high = (None if end is None else max(round((end - less) * factor), 0) for end in (one.low, one.high))
    return one.model_copy(update={"low": low, "high": high})


def thinned(scenario: Scenario, every: int, *, apart: bool = False) -> MadeRecord:
    """Every second or fourth count kept, the first among them; ``apart``: each camp begins with another one."""
    days: dict[object, list[dt.date]] = {}
    for one in filter(is_count, scenario.observations):
        days.setdefault(_of(one), []).append(one.date)
    kept = {
        key: {date for n, date in enumerate(sorted(set(dates))) if n % every == (at % every if apart else 0)}
        for at, (key, dates) in enumerate(days.items())
    }
    seen = with_counts(scenario, lambda one: one if one.date in kept[_of(one)] else None)
    return MadeRecord(seen, scenario)


def monthly(scenario: Scenario) -> MadeRecord:
    """The first count of each month kept."""
    first: dict[object, dt.date] = {}

    def month(one: Observation) -> object:
        return (*_of(one), scenario.day_of(one.date) // MONTH)

    for one in filter(is_count, scenario.observations):
        first[month(one)] = min(one.date, first.get(month(one), one.date))
    return MadeRecord(with_counts(scenario, lambda one: one if one.date == first[month(one)] else None), scenario)


def published_late(scenario: Scenario, days: int) -> MadeRecord:
    """Every count known so many days after its date."""
    lag = dt.timedelta(days=days)
    return _alike(
        with_counts(scenario, lambda one: one.model_copy(update={"known_on": max(one.known_on, one.date + lag)}))
    )


def scaled(scenario: Scenario, factor: float) -> MadeRecord:
    """So many times the people, and the capacity."""
    sized = with_capacity(scenario, lambda old: None if old is None else max(round(old * factor), 1))
    return _alike(with_counts(sized, lambda one: times(one, factor)))


def begun_later(scenario: Scenario, days: int) -> MadeRecord:
    """The first days cut off; nobody says that the crisis is older."""
    start = scenario.start + dt.timedelta(days=days)
    return _alike(
        scenario.model_copy(
            update={
                "start": start,
                "observations": tuple(o for o in scenario.observations if o.date >= start),
                "events": tuple(e for e in scenario.events if e.end_date is None or e.end_date >= start),
                "series": tuple(_shifted(one, lambda day: day - days) for one in scenario.series),
            }
        )
    )


def turned(scenario: Scenario) -> MadeRecord:
    """From a day on counts run back: as many return as had come, at the pace at which they came."""
    turn = scenario.start + dt.timedelta(days=min(TURN, scenario.days // 2))
    before = [one for one in scenario.observations if not is_count(one) or one.date <= turn]
    back = [
        one.model_copy(
            update={"id": f"{one.id}-back", "date": turn + (turn - one.date), "known_on": turn + (turn - one.date)}
        )
        for one in before
        if is_count(one) and one.date < turn and one.known_on <= turn
    ]
    return _alike(scenario.model_copy(update={"observations": (*before, *back)}))


def stopped(scenario: Scenario) -> MadeRecord:
    """Nothing changes for four months, and then the crisis goes on as it went."""
    stop = scenario.start + dt.timedelta(days=STOP)
    pause = dt.timedelta(days=STANDSTILL)

    def moved(date: dt.date) -> dt.date:
        return date + pause if date > stop else date

    rows = [
        one.model_copy(update={"date": moved(one.date), "known_on": moved(one.known_on)})
        for one in scenario.observations
    ]
    counts = daily_counts(scenario)
    example = {o.place_id: o for o in scenario.observations if o.kind == "camp_count"}
    for at, place in enumerate(counts.place_ids):
        if not any(o.place_id == place and o.date <= stop for o in scenario.observations):
            continue
        people = float(counts.camps[STOP, at])
        for day in range(0, STANDSTILL + 1, STANDSTILL // 8):
            date = stop + dt.timedelta(days=day)
            if any(o.place_id == place and o.date == date for o in rows):
                continue
            rows.append(_count(example[place], date, people, "still"))
    return _alike(
        scenario.model_copy(
            update={
                "end": scenario.end + pause,
                "observations": tuple(rows),
                "events": tuple(_moved_event(e, moved) for e in scenario.events),
                "series": tuple(
                    _shifted(one, lambda day: day + STANDSTILL if day > STOP else day) for one in scenario.series
                ),
            }
        )
    )


def counted_anew(scenario: Scenario) -> MadeRecord:
    """A new registration drops the largest camp by two in five, from a day on."""
    day = scenario.start + dt.timedelta(days=min(ANEW, scenario.days // 2))
    camp = largest(scenario)[0]
    return _alike(
        with_counts(scenario, lambda one: times(one, LOST) if one.place_id == camp and one.date >= day else one)
    )


def noisy(scenario: Scenario) -> MadeRecord:
    """Each count off by a twentieth."""
    rng = np.random.default_rng(80)
    return _alike(with_counts(scenario, lambda one: times(one, float(np.exp(NOISE * rng.standard_normal())))))


def rounded(scenario: Scenario) -> MadeRecord:
    """Counts to the nearest thousand."""
    return _alike(
        with_counts(
            scenario,
            lambda one: one.model_copy(
                update={end: None if (n := getattr(one, end)) is None else 1000.0 * round(n / 1000) for end in ENDS}
            ),
        )
    )


ENDS = ("low", "high")


def begun_empty(scenario: Scenario) -> MadeRecord:
    """Who was there at first is not counted."""
    first = daily_counts(scenario)
    there = dict(zip(first.place_ids, first.camps[0].tolist(), strict=True))
    less = {**there, None: float(sum(there.values()))}
    return _alike(with_counts(scenario, lambda one: times(one, 1.0, less=less.get(one.place_id, 0.0))))


def opened_late(scenario: Scenario) -> MadeRecord:
    """Nobody hears of the second largest camp before a day; then it begins with nobody."""
    camp = largest(scenario)[1]
    counts = daily_counts(scenario)
    day = min(LATE, scenario.days // 2)
    before = float(counts.camps[day, counts.place_ids.index(camp)])
    opens = scenario.start + dt.timedelta(days=day)

    def late(one: Observation) -> Observation | None:
        if one.place_id != camp:
            return one
        return None if one.date < opens else times(one, 1.0, less=before)

    return _alike(with_counts(scenario, late))


def with_capacity(scenario: Scenario, change: Callable[[int | None], int | None]) -> Scenario:
    """The scenario with other capacities."""
    places = tuple(
        p.model_copy(update={"capacity": change(p.capacity)}) if p.kind == "camp" else p for p in scenario.places
    )
    return scenario.model_copy(update={"places": places})


def capacities(scenario: Scenario, change: Callable[[int | None], int | None]) -> MadeRecord:
    """The same crisis with other figures of how many each camp takes."""
    return _alike(with_capacity(scenario, change))


def conflict(scenario: Scenario, *, doubled: bool) -> MadeRecord:
    """No conflict told, or every other place in conflict from the start as well."""
    series = tuple(one for one in scenario.series if one.kind != "conflict")
    if doubled:
        series = tuple(
            one if one.kind != "conflict" else one.model_copy(update={"values": _twice(one.values)})
            for one in scenario.series
        )
    return _alike(scenario.model_copy(update={"series": series}))


def _twice(values: np.ndarray) -> np.ndarray:
    """As many places more in conflict as there are, those next to them in the table."""
    return np.maximum(values, np.roll(values, 1, axis=1))


def split(scenario: Scenario) -> MadeRecord:
    """The largest camp counted as two, three in five and two in five."""
    camp = largest(scenario)[0]
    other = f"{camp}-second"
    place = next(p for p in scenario.places if p.id == camp)
    parts = {camp: 0.6, other: 0.4}

    def part(name: str) -> object:
        capacity = None if place.capacity is None else max(round(place.capacity * parts[name]), 1)
        return place.model_copy(update={"id": name, "name": name, "capacity": capacity})

    places = [part(camp) if p.id == camp else p for p in scenario.places]
    links = [
        link.model_copy(update={end: other})
        for link in scenario.links
        for end in ("from_id", "to_id")
        if getattr(link, end) == camp
    ]
    events = [
        e.model_copy(update={"id": f"{e.id}-{end}", end: other})
        for e in scenario.events
        for end in ("place_id", "target_id")
        if getattr(e, end) == camp
    ]
    rows = []
    for one in scenario.observations:
        if one.place_id != camp or one.kind != "camp_count":
            rows.append(one)
            continue
        rows += [
            times(one, share).model_copy(update={"id": f"{one.id}-{at}", "place_id": name})
            for at, (name, share) in enumerate(parts.items())
        ]
    series = [
        one if camp not in one.place_ids else one.model_copy(
            update={
                "place_ids": (*one.place_ids, other),
                "values": np.concatenate([one.values, one.values[:, [one.place_ids.index(camp)]]], axis=1),
            }
        )
        for one in scenario.series
    ]  # fmt: skip
    update = {
        "places": (*places, part(other)), "links": scenario.links + tuple(links), "observations": tuple(rows),
        "events": scenario.events + tuple(events), "series": tuple(series),
    }  # fmt: skip
    return _alike(scenario.model_copy(update=update))


def merged(scenario: Scenario, camps: Iterable[str]) -> MadeRecord:
    """Some camps counted as one, at the first of them; counted when any of them was."""
    camps = tuple(camps)
    into = camps[0]
    counts = daily_counts(scenario)
    at = [counts.place_ids.index(camp) for camp in camps]
    summed = counts.camps[:, at].sum(axis=1)
    of_them = [o for o in scenario.observations if o.kind == "camp_count" and o.place_id in camps]
    example = next(o for o in of_them if o.place_id == into)
    dates = sorted({o.date for o in of_them if 0 <= scenario.day_of(o.date) < scenario.days})
    rows = [o for o in scenario.observations if o not in of_them]
    rows += [_count(example, date, float(summed[scenario.day_of(date)]), "merged") for date in dates]
    sizes = {p.id: p.capacity for p in scenario.places}
    every = [sizes[camp] or 0 for camp in camps]
    places = tuple(
        p.model_copy(update={"capacity": sum(every) or None}) if p.id == into
        else p.model_copy(update={"kind": "town", "capacity": None}) if p.id in camps else p
        for p in scenario.places
    )  # fmt: skip
    return _alike(scenario.model_copy(update={"observations": tuple(rows), "places": places}))


def largest(scenario: Scenario) -> list[str]:
    """Camps that were counted, the largest in the end first."""
    counts = daily_counts(scenario)
    order = np.argsort(-counts.camps.max(axis=0), kind="stable")
    return [counts.place_ids[at] for at in order]


def _alike(scenario: Scenario) -> MadeRecord:
    return MadeRecord(scenario, scenario)


def _count(example: Observation, date: dt.date, people: float, word: str) -> Observation:
    update = {"id": f"{example.place_id}-{word}-{date:%Y%m%d}", "date": date, "known_on": date}
    return example.model_copy(update=update | {"low": people, "high": people})


def _moved_event(event: Event, moved: Callable[[dt.date], dt.date]) -> Event:
    end = None if event.end_date is None else moved(event.end_date)
    return event.model_copy(update={"date": moved(event.date), "end_date": end})


def _shifted(series: Series, moved: Callable[[int], int]) -> Series:
    """The rows of a series on other days; what was in force before the first day is in force on it."""
    days = [moved(day) for day in series.days]
    past = max([at for at, day in enumerate(days) if day <= 0], default=0)
    return series.model_copy(update={"days": (0, *days[past + 1 :]), "values": np.asarray(series.values)[past:]})


#: Every operation by its name, in the order of the table.
OPERATIONS: dict[str, Callable[[Scenario], MadeRecord]] = {
    "as given": _alike,
    "every 2nd count": lambda s: thinned(s, 2),
    "every 4th count": lambda s: thinned(s, 4),
    "monthly counts": monthly,
    "camps counted on different days": lambda s: thinned(s, 3, apart=True),
    "published 14 days late": lambda s: published_late(s, 14),
    "published 30 days late": lambda s: published_late(s, 30),
    "a tenth of the people": lambda s: scaled(s, 0.1),
    "ten times the people": lambda s: scaled(s, 10.0),
    "first 30 days cut off": lambda s: begun_later(s, 30),
    "first 60 days cut off": lambda s: begun_later(s, 60),
    "people return from day 90": turned,
    "largest camp split": split,
    "two largest camps merged": lambda s: merged(s, largest(s)[:2]),
    "all camps in one": lambda s: merged(s, largest(s)),
    "no capacities": lambda s: capacities(s, lambda _: None),
    "capacities all 1,000,000": lambda s: capacities(s, lambda _: 1_000_000),
    "capacities three times": lambda s: capacities(s, lambda old: None if old is None else 3 * old),
    "capacities a third": lambda s: capacities(s, lambda old: None if old is None else max(old // 3, 1)),
    "largest camp counted anew, 40% less": counted_anew,
    "counts off by 5%": noisy,
    "counts in thousands": rounded,
    "nobody there at first": begun_empty,
    "no conflict told": lambda s: conflict(s, doubled=False),
    "conflict doubled": lambda s: conflict(s, doubled=True),
    "a large camp opens late": opened_late,
    "stops for 120 days": stopped,
}
