"""The rule set ``caravana`` of dispersal: camps share arrivals by nearness, size, room and record.

Counts of camps are counts of people who have *arrived*; so the rise of their sum on a day is
shared out among the camps that day (Flee takes it for departures).  A camp's pull is

    pull = capacity ^ size_power * nearness * room ^ room_power

(room: what is left of its capacity, as a share), and arrivals divide as

    recent * (what arrived lately) + (1 - recent) * (held * present shares + (1 - held) * pull),

each part adding up to 1 over the camps that are open and take people, *recent* fading by half in
``recent_fades`` days after the origin.  Camps shrink on at the rate they shrank lately; a small part
of the people in open camps moves on to where the pull is.

Where the total is forecast, a camp is known up to its last report and simulated from there on:
arrivals go on at the camps' own rates, which fade, and camps that take people fill.  Once counts
have been seen a camp may be idle, wake and doze off, its count wanders as irregularly as
it did, and may step.  Parameters are one pooled set for all instances, with a spread
over members; an instance adds only its counts up to the origin.  See docs/dispersal.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.camp_shares.history import (
    awake_chance,
    daily_rise,
    irregularity,
    read_record,
    robust_rate,
)
from caravana.models.displacement.camp_shares.nearness import link_shares, nearness, shortest_roads
from caravana.models.displacement.camp_shares.parameters import POOLED, draw_pooled
from caravana.models.displacement.camp_shares.pull import last_rest, over_camps, pull_of, room_left, sizes
from caravana.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.camp_shares.history import CampHistory
    from caravana.models.displacement.counts import DailyCounts
    from caravana.models.displacement.day_tables import PlaceDays
    from caravana.models.displacement.network import Links
    from caravana.scenario.settings import DispersalSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: A camp with less than this share of its capacity is nearly empty.
NEARLY_EMPTY = 0.03
#: At most this share of a camp leaves in a day.
MOST_LEAVE = 0.05
#: At most so many people arrive in a camp in a day.
MOST_ARRIVE = 1e7


@dataclass(frozen=True, slots=True)
class CampModel:
    """What the rule set sees of a scenario.

    Attributes
    ----------
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
    """

    camps: Ints
    capacity: Floats
    is_open: Bools
    near: Floats
    origin_share: Floats
    use: tuple[tuple[Floats, ...], Ints]
    counts: Ints
    reported: Bools
    total: Ints
    origin: int
    follow_total: bool
    unsized: Bools


def compile_camps(
    counts: DailyCounts,
    places: PlaceDays,
    links: Links,
    open_link: Bools,
    settings: DispersalSettings,
    *,
    camps: Ints,
    capacity: Floats,
    population: Ints,
) -> CampModel:
    """Compile the camps of a scenario.

    Raises
    ------
    UsageError
        If ``origin_day`` is no day of the run.
    """  # fmt: skip
    days, n = places.score.shape
    origin = settings.origin_day
    settings.check_origin(days)
    is_open = np.empty((days, len(camps)), dtype=bool)
    near = np.empty((days, len(camps)))
    tables: list[Floats] = []
    which = np.empty(days, dtype=np.int64)
    weight = places.origin_weight * population
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
    total_counts = counts.camps.sum(axis=1)
    size = sizes(capacity, counts.camps[: origin + 1])
    return CampModel(
        camps, size, is_open, near, share, (tuple(tables), which), counts.camps[:days], counts.reported[:days],
        total_counts[:days], origin, not settings.forecast_total, capacity <= 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Start:
    """What the members of a block begin with; each [member, camp] unless said otherwise.

    Attributes
    ----------
    record
        Known counts.
    p
        Pooled parameters, each [member, 1].
    capacity
        Persons each camp takes.
    surprise
        A camp's pull over what it should be.
    lately
        Shares in the rises up to the origin.
    gain, fall
        Persons a day by which a camp grew or shrank at its last report.
    filling
        A camp's rate of filling over the usual one.
    irregular
        How irregular its counts are over what is usual, [camp].
    seen
        Whether any count has been seen after the first day.
    """

    record: CampHistory
    p: dict[str, Floats]
    capacity: Floats
    surprise: Floats
    lately: Floats
    gain: Floats
    fall: Floats
    filling: Floats
    irregular: Floats
    seen: bool


@dataclass(slots=True)
class _Now:
    """What changes from day to day besides the counts: who takes people, the rate of all, shocks that wear off."""

    awake: Bools
    rate: Floats
    shocked: Floats


def simulate_camps(
    model: CampModel, *, seed: int, block: int, members: int, days: int, places: int
) -> tuple[Ints, Ints, Floats]:
    """Simulate a block of members.

    Returns
    -------
    tuple
        People at each place [member, day, place], newly displaced by origin [member, day, place],
        departures on links summed over members [day, link].
    """
    rng = stream(seed, block, "dispersal.parameters", 0)
    start, now = _set_out(model, draw_pooled(members, rng), rng)
    counts = start.record.counts
    path = np.repeat(counts[None, :days], members, axis=0)
    displaced = np.zeros((members, days, places), dtype=np.int64)
    departures = np.zeros((days, model.use[0][0].shape[1]))
    for day in range(int(start.record.known.min()) + 1, days):
        rng = stream(seed, block, "dispersal.camps", day)
        before = path[:, day - 1]
        free = day > start.record.known
        people, arrived = _day(model, start, now, day, before, free, rng)
        # Of a camp that is still known on this day the count is taken, and its rise for arrivals.
        path[:, day] = np.where(free, people, counts[day])
        arrived = np.where(free, arrived, np.maximum(counts[day] - before, 0))
        share = model.origin_share[day]
        if share.sum() > 0:
            displaced[:, day] = rng.multinomial(arrived.sum(axis=1), last_rest(share))
        departures[day] = arrived.sum(axis=0) @ model.use[0][model.use[1][day]]
    people = np.zeros((members, days, places), dtype=np.int64)
    people[:, :, model.camps] = path
    return people, displaced, departures


def _set_out(model: CampModel, p: dict[str, Floats], rng: np.random.Generator) -> tuple[_Start, _Now]:
    """Read the record and draw what each member begins with."""
    members, camps = len(p["recent"]), len(model.camps)
    record = read_record(model.counts, model.reported, model.origin, interpolated=model.follow_total)
    surprise = np.exp(p["surprise"] * rng.standard_normal((members, camps)))
    lately = np.maximum(daily_rise(record, p["recent_days"]), 0.0)
    batch = (rng.random((members, 1)) < p["batch"]) & (not model.follow_total)
    rate = robust_rate(record, p["rate_days"], batch=batch) * np.exp(
        p["own_rate"] * rng.standard_normal((members, camps))
    )
    filling = np.exp(p["fill_spread"] * rng.standard_normal((members, camps)))
    seen = model.origin > 0
    irregular, awake = np.ones(camps), np.ones((members, camps), dtype=bool)
    if seen:
        last = np.repeat(record.last[None, :], members, axis=0)
        room = room_left(model.capacity, model.unsized, p, last)
        pull = pull_of(model.capacity, room, model.near[model.origin], p)
        expected = (pull / pull.sum(axis=1, keepdims=True)).mean(axis=0)
        awake = rng.random((members, camps)) < awake_chance(record, expected, model.is_open, model.origin, p)
        irregular = irregularity(record, usual=POOLED["usual"].value, usual_days=POOLED["usual_days"].value)
    overall = p["total_rate"] * rng.standard_normal((members, 1))
    unsure = np.where(model.unsized, p["unsized"], 0.0) * rng.standard_normal((members, camps))
    capacity = np.maximum(model.capacity * np.exp(unsure), np.maximum(record.last, 1.0))
    start = _Start(record, p, capacity, surprise, over_camps(lately), np.maximum(rate, 0), np.maximum(-rate, 0),
                   filling, irregular, seen)  # fmt: skip
    return start, _Now(awake, overall, np.zeros((members, camps)))


def _day(
    model: CampModel, start: _Start, now: _Now, day: int, before: Ints, free: Bools, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return people in camps at the end of a day and arrivals on it, [member, camp]."""
    p = start.p
    live = _awake_today(model, start, now, day, free, rng)
    room = room_left(start.capacity, model.unsized, p, before)
    pull = pull_of(start.capacity, room, model.near[day], p) * start.surprise
    if start.seen:
        pull = pull * np.where(before < NEARLY_EMPTY * start.capacity, p["fresh"], 1.0)
    pull = over_camps(pull * live, live)
    leaving = np.zeros(before.shape)
    if start.seen:
        age = np.maximum(day - start.record.known, 0)
        leaving = np.minimum(start.fall * 0.5 ** (age / p["leaving_fades"]) * free, MOST_LEAVE * before)
    stay = before - leaving
    if model.follow_total:
        lately = start.lately * np.sqrt(start.surprise) * room**0.3
        chance = _divide(model, start, day, before, lately, pull, live)
        rise = np.rint(model.total[day] - stay.sum(axis=1)).astype(np.int64)
        arrived = rng.multinomial(np.maximum(rise, 0), chance)
    else:
        arrived = _arrivals_ahead(model, start, now, day, before, room, pull, live, rng)
    # Shocks wear off, so that a long run does not wander without end; steps stay.
    shock = start.irregular * p["drift"] * rng.standard_normal(before.shape) - now.shocked / p["drift_days"]
    now.shocked = now.shocked + shock
    if start.seen:
        shock = shock + (rng.random(before.shape) < p["jump"]) * p["jump_size"] * rng.standard_normal(before.shape)
    # People do not move on from a camp that is shut.
    mobile = stay * model.is_open[day]
    moving = p["moving_on"] * (p["settled"] if start.seen else 1.0)
    wanted = (stay + moving * (mobile.sum(axis=1, keepdims=True) * pull - mobile)) * np.exp(shock)
    if model.follow_total:
        return whole_to(wanted, model.total[day] - arrived.sum(axis=1)) + arrived, arrived
    return np.rint(wanted).astype(np.int64) + arrived, arrived


def _awake_today(model: CampModel, start: _Start, now: _Now, day: int, free: Bools, rng: np.random.Generator) -> Bools:
    """Which camps take people today: open and awake; all that are open where none of them is awake, [member, camp]."""
    is_open = model.is_open[day]
    if start.seen:
        chance = rng.random(now.awake.shape)
        wake = ~now.awake & (chance < 1.0 / start.p["wake_days"]) & free
        doze = now.awake & (chance < 1.0 / start.p["doze_days"]) & free
        awake = (now.awake | wake) & ~doze
        opening = is_open & ~model.is_open[day - 1]
        now.awake = np.where(opening, chance < start.p["opened_awake"], awake)
    live = now.awake & is_open
    return np.asarray(np.where(live.any(axis=1, keepdims=True), live, is_open))


def _divide(
    model: CampModel, start: _Start, day: int, people: Ints, lately: Floats, pull: Floats, live: Bools
) -> Floats:
    """How arrivals divide over camps, [member, camp]."""
    p = start.p
    of_late = lately * live
    recent = p["recent"] * 0.5 ** (max(day - model.origin, 0) / p["recent_fades"]) * (of_late.sum(axis=1) > 0)[:, None]
    rest = p["held"] * over_camps(people * live.astype(float), live) + (1 - p["held"]) * pull
    return last_rest(recent * over_camps(of_late, live) + (1 - recent) * rest)


def _arrivals_ahead(
    model: CampModel, start: _Start, now: _Now, day: int, people: Ints, room: Floats, pull: Floats,
    live: Bools, rng: np.random.Generator,
) -> Ints:  # fmt: skip
    """Arrivals where the total is forecast: rates that fade from the last report on, and camps that fill."""
    p, known = start.p, start.record.known
    if day > model.origin:
        now.rate = now.rate + p["total_walk"] * rng.standard_normal(now.rate.shape)
    room_then = room_left(start.capacity, model.unsized, p, start.record.last[None, :])
    filled = np.minimum(room / room_then, 1.0)
    # A rate seen for a few days is not trusted for many.
    fades = p["total_fades"] * known / (p["total_fades"] + known) + 1.0
    rate = start.gain * 0.5 ** (np.maximum(day - known, 0) / fades) * filled
    chance = _divide(model, start, day, people, rate, pull, live)
    fill = live * room * start.capacity * start.filling / (p["fill_days"] + p["fill_slows"] * day)
    if start.seen:
        fill = fill * np.where(people < NEARLY_EMPTY * start.capacity, np.sqrt(p["fresh"]), 1.0)
    expected = (rate.sum(axis=1, keepdims=True) * chance + fill) * np.exp(now.rate)
    return np.asarray(rng.poisson(np.minimum(expected, MOST_ARRIVE)), np.int64)


def whole_to(wanted: Floats, total: Ints) -> Ints:
    """Whole numbers in proportion to `wanted` that add up to `total`, [member, camp].

    Rounded down, then the largest remainders up.
    """
    share = np.maximum(wanted, 0.0)
    summed = share.sum(axis=1, keepdims=True)
    even = np.full_like(share, 1.0 / share.shape[1])
    exact = np.where(summed > 0, share / np.where(summed > 0, summed, 1.0), even) * total[:, None]
    whole = np.floor(exact).astype(np.int64)
    missing = total - whole.sum(axis=1)
    rank = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(whole + (rank < missing[:, None]))
