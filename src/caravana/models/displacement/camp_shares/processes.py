"""The processes of a day of the camps: who takes people, what pulls, who leaves, arrives, moves on, and from where.

Each looks and says what happens (:class:`CampOutcome`), and the loop carries it out.  They draw from one stream a day,
in the order of the day, which is :attr:`CampDay.rng`.
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
from caravana.models.displacement.camp_shares.parameters import POOLED
from caravana.models.displacement.camp_shares.pull import last_rest, over_camps, pull_of, room_left
from caravana.models.displacement.transfers import draw_transfers, expected_net, net_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.base import Draws
    from caravana.models.displacement.camp_shares.history import CampHistory
    from caravana.models.displacement.camp_shares.world import CampWorld
    from caravana.streams import Stream

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: A camp with less than this share of its capacity is nearly empty.
NEARLY_EMPTY = 0.03
#: At most this share of a camp leaves in a day.
MOST_LEAVE = 0.05
#: Without counts, so many times more move on from a full camp than from an empty one, by this power of how full it is,
#: which counts up to so much.  Chosen leaving each record out (decision 0059).
FULL_MOVES, FULL_POWER, FULLEST = 10.0, 8.0, 1.5
#: At most so many people arrive in a camp in a day.
ROUNDING = 1e-9
"""Persons expected of whom there are none but by rounding."""
MOST_ARRIVE = 1e7


@dataclass(frozen=True, slots=True)
class CampStart:
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
class CampState:
    """What is carried from day to day.

    Attributes
    ----------
    people
        Persons in each camp, [member, camp].
    awake
        Whether a camp takes people, [member, camp].
    rate
        Logarithm of the rate of all arrivals over what is expected, [member, 1].
    shocked
        Shocks to a camp's count that have not worn off, [member, camp].
    """

    people: Ints
    awake: Bools
    rate: Floats
    shocked: Floats


@dataclass(slots=True)
class CampDay:
    """What the processes of a day share; each [member, camp] unless said otherwise.

    Attributes
    ----------
    day
        Day index.
    start
        What the members began with.
    free
        Whether a camp's count of the day is not known, [camp].
    rng
        The day's stream.
    live, room, pull, stay, arrived
        What the processes so far have said: which camps take people, the room left, their pull, who stays, who came.
    """

    day: int
    start: CampStart
    free: Bools
    rng: np.random.Generator
    live: Bools
    room: Floats
    pull: Floats
    stay: Floats
    arrived: Ints


@dataclass(frozen=True, slots=True)
class CampOutcome:
    """What a process says happens today; None where it has nothing to say of it.

    Attributes
    ----------
    live, room, pull, stay, arrived
        As in :class:`CampDay`, [member, camp].
    people, awake, rate, shocked
        As in :class:`CampState`.
    displaced
        Newly displaced, by the place they come from, [member, place].
    """

    live: Bools | None = None
    room: Floats | None = None
    pull: Floats | None = None
    stay: Floats | None = None
    arrived: Ints | None = None
    people: Ints | None = None
    awake: Bools | None = None
    rate: Floats | None = None
    shocked: Floats | None = None
    displaced: Ints | None = None


def set_out(world: CampWorld, p: dict[str, Floats], rng: np.random.Generator) -> tuple[CampStart, CampState]:
    """Read the record and draw what each member begins with."""
    from scipy.special import ndtri

    members, camps = len(p["recent"]), len(world.camps)
    record = read_record(world.counts, world.reported, world.origin, interpolated=world.follow_total)
    # Who was taken from camp to camp is no arrival and no departure of its own: transfers act by themselves.
    moved = expected_net(record.counts.astype(float), world.transfers) if world.transfers else None
    # In a whole run nothing is known of the size of a camp without a limit, nor of the share that it will take.
    unknown = world.unsized & (world.origin < 1)
    spread = np.where(unknown, np.hypot(p["surprise"], p["unknown_size"]), p["surprise"])
    surprise = np.exp(spread * rng.standard_normal((members, camps)))
    lately = np.maximum(daily_rise(record, p["recent_days"], moved), 0.0)
    batch = (rng.random((members, 1)) < p["batch"]) & (not world.follow_total)
    rate = robust_rate(record, p["rate_days"], moved, batch=batch) * np.exp(
        p["own_rate"] * rng.standard_normal((members, camps))
    )
    filling = np.exp(p["fill_spread"] * rng.standard_normal((members, camps)))
    seen = world.origin > 0
    irregular, awake = np.ones(camps), np.ones((members, camps), dtype=bool)
    if seen:
        last = np.repeat(record.last[None, :], members, axis=0)
        room = room_left(world.capacity, world.unsized, p, last)
        pull = pull_of(world.capacity, room, world.near[world.origin], p)
        expected = (pull / pull.sum(axis=1, keepdims=True)).mean(axis=0)
        awake = rng.random((members, camps)) < awake_chance(record, expected, world.is_open, world.origin, p)
        irregular = irregularity(record, usual=POOLED["usual"].value, usual_days=POOLED["usual_days"].value)
    overall = p["total_rate"] * ndtri((rng.permutation(members) + rng.random(members)) / members)[:, None]
    unsure = np.where(world.unsized, p["unsized"], 0.0) * rng.standard_normal((members, camps))
    capacity = np.maximum(world.capacity * np.exp(unsure), np.maximum(record.last, 1.0))
    start = CampStart(record, p, capacity, surprise, over_camps(lately), np.maximum(rate, 0), np.maximum(-rate, 0),
                   filling, irregular, seen)  # fmt: skip
    first = int(record.known.min())
    people = np.repeat(record.counts[None, first], members, axis=0)
    return start, CampState(people, awake, overall, np.zeros((members, camps)))


def wake(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say which camps take people today: open and awake; all that are open where none of them is awake."""
    start, day, awake_now = today.start, today.day, state.awake
    is_open = world.is_open[day]
    if start.seen:
        chance = today.rng.random(awake_now.shape)
        woken = ~awake_now & (chance < 1.0 / start.p["wake_days"]) & today.free
        doze = awake_now & (chance < 1.0 / start.p["doze_days"]) & today.free
        opening = is_open & ~world.is_open[day - 1]
        awake_now = np.where(opening, chance < start.p["opened_awake"], (awake_now | woken) & ~doze)
    live = awake_now & is_open
    return CampOutcome(awake=awake_now, live=np.where(live.any(axis=1, keepdims=True), live, is_open))


def capacity_of(world: CampWorld, today: CampDay) -> tuple[Floats, Bools]:
    """Persons each camp takes today, [member, camp], and whether that is a guess, [camp]."""
    if world.dated is None:
        return today.start.capacity, world.unsized
    given = world.dated[today.day]
    return np.where(np.isnan(given), today.start.capacity, given), world.unsized & np.isnan(given)


def attract(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say how much room is left and how much each camp pulls, as shares of all that take people."""
    start = today.start
    capacity, guessed = capacity_of(world, today)
    room = room_left(capacity, guessed, start.p, state.people)
    pull = pull_of(capacity, room, world.near[today.day], start.p) * start.surprise
    if start.seen:
        pull = pull * np.where(state.people < NEARLY_EMPTY * capacity, start.p["fresh"], 1.0)
    return CampOutcome(room=room, pull=over_camps(pull * today.live, today.live))


def leave(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say who stays: camps shrink on at the rate they shrank lately, which fades; from one that is shut all leave."""
    start = today.start
    leaving = np.zeros(state.people.shape)
    if start.seen:
        age = np.maximum(today.day - start.record.known, 0)
        fading = start.fall * 0.5 ** (age / start.p["leaving_fades"]) * today.free
        leaving = np.minimum(fading, MOST_LEAVE * state.people)
    if world.shut is not None:
        leaving = np.where(world.shut[today.day] & today.free, state.people, leaving)
    return CampOutcome(stay=state.people - leaving)


def arrive(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Share out the day's arrivals: the rise of the total where that is known, else what is expected of each camp."""
    if not world.follow_total:
        return _arrive_ahead(state, world, today)
    start, day = today.start, today.day
    lately = start.lately * np.sqrt(start.surprise) * today.room**0.3
    chance = _divide(world, today, state.people, lately)
    rise = np.rint(world.total[day] - today.stay.sum(axis=1)).astype(np.int64)
    return CampOutcome(arrived=today.rng.multinomial(np.maximum(rise, 0), chance))


def _divide(world: CampWorld, today: CampDay, people: Ints, lately: Floats) -> Floats:
    """How arrivals divide over camps, [member, camp]."""
    p, live = today.start.p, today.live
    of_late = lately * live
    age = max(today.day - world.origin, 0)
    recent = p["recent"] * 0.5 ** (age / p["recent_fades"]) * (of_late.sum(axis=1) > 0)[:, None]
    rest = p["held"] * over_camps(people * live.astype(float), live) + (1 - p["held"]) * today.pull
    return last_rest(recent * over_camps(of_late, live) + (1 - recent) * rest)


def _arrive_ahead(state: CampState, world: CampWorld, today: CampDay) -> CampOutcome:
    """Arrivals where the total is forecast: rates that fade from the last report on, and camps that fill."""
    start, day, people, room = today.start, today.day, state.people, today.room
    p, known, overall = start.p, start.record.known, state.rate
    if day > world.origin:
        overall = overall + p["total_walk"] * today.rng.standard_normal(overall.shape)
    capacity, guessed = capacity_of(world, today)
    room_then = room_left(capacity, guessed, p, start.record.last[None, :])
    filled = np.minimum(room / room_then, 1.0)
    # A rate seen for a few days is not trusted for many.
    fades = p["total_fades"] * known / (p["total_fades"] + known) + 1.0
    rate = start.gain * 0.5 ** (np.maximum(day - known, 0) / fades) * filled
    chance = _divide(world, today, people, rate)
    age = max(day + world.age, 0)
    fill = today.live * room * capacity * start.filling / (p["fill_days"] + p["fill_slows"] * age)
    if start.seen:
        fill = fill * np.where(people < NEARLY_EMPTY * capacity, np.sqrt(p["fresh"]), 1.0)
    # Who leaves a camp that empties goes, in part, to other camps: it was a place of transit.
    passed_on = p["transferred"] * (people - today.stay).sum(axis=1, keepdims=True) * today.pull
    expected = (rate.sum(axis=1, keepdims=True) * chance + fill) * np.exp(overall) + passed_on
    # What rounding leaves to a camp that takes nobody is nobody: else a draw more or less is made for it on another
    # processor, and all that follow are others.
    expected = np.where(expected < ROUNDING, 0.0, np.minimum(expected, MOST_ARRIVE))
    arrived = np.asarray(today.rng.poisson(expected), np.int64)
    return CampOutcome(arrived=arrived, rate=overall)


def move_on(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say how many are in each camp tonight: who stays and came, some moved on to where the pull is, and shocks.

    Of a camp that is still known on the day the count is taken, and its rise for arrivals.
    """
    start, p, rng, day, before, arrived = today.start, today.start.p, today.rng, today.day, state.people, today.arrived
    # Shocks wear off, so that a long run does not wander without end; steps stay.
    shock = start.irregular * p["drift"] * rng.standard_normal(before.shape) - state.shocked / p["drift_days"]
    shocked = state.shocked + shock
    if start.seen:
        shock = shock + (rng.random(before.shape) < p["jump"]) * p["jump_size"] * rng.standard_normal(before.shape)
    # People do not move on from a camp that is shut, and the more from one that is full: it was a place of transit.
    mobile = today.stay * world.is_open[day]
    if not start.seen:
        mobile = mobile * (1.0 + FULL_MOVES * np.clip(before / start.capacity, 0.0, FULLEST) ** FULL_POWER)
    moving = p["moving_on"] * (p["settled"] if start.seen else 1.0)
    wanted = (today.stay + moving * (mobile.sum(axis=1, keepdims=True) * today.pull - mobile)) * np.exp(shock)
    if world.follow_total:
        people = whole_to(wanted, world.total[day] - arrived.sum(axis=1)) + arrived
    else:
        people = np.rint(wanted).astype(np.int64) + arrived
    counts = start.record.counts[day]
    return CampOutcome(
        people=np.where(today.free, people, counts),
        arrived=np.where(today.free, arrived, np.maximum(counts - before, 0)), shocked=shocked,
    )  # fmt: skip


def transfer(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say how many are in each camp after today's transfers; of a camp still known on the day the count holds."""
    if not any(today.day in one.days for one in world.transfers):
        return CampOutcome()
    taken = draw_transfers(state.people, world.transfers, today.day, stream.at(0))
    moved = net_of(taken, world.transfers, places=len(world.camps))
    return CampOutcome(people=state.people + np.where(today.free, moved, 0))


def flee(state: CampState, world: CampWorld, draws: Draws, today: CampDay, stream: Stream, /) -> CampOutcome:
    """Say from where those come who arrived today."""
    share = world.origin_share[today.day]
    if share.sum() <= 0:
        return CampOutcome()
    return CampOutcome(displaced=today.rng.multinomial(today.arrived.sum(axis=1), last_rest(share)))


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
