"""What people remember of their travel, to a few levels, and where departures lead.

A person remembers her *recent* distance (an average halved every day, in full days' travel) and
the km done *today*.  Both are lumped: the first to evenly spaced levels, the second to levels that
are chosen for each post from the distances people can come by, so that few levels err little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.walk.kernels.arrivals import carry_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Links, Routes
    from caravana.models.displacement.walk.travel import Legs, Options
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Largest recent distance kept, in full days: hops within a day can add up to nearly two.
MOST_RECENT = 1.5
#: Hops within a day that are followed to find out which distances people come by.
HOPS_FOLLOWED = 6
#: Posts whose levels are chosen at a time.
AT_ONCE = 64
#: Steps of this fill the range from 0 to 1 evenly.
GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of memory.

    Attributes
    ----------
    recent
        Values of recent distance, in full days, from 0, [level].
    today
        Values of km done today at each post, rising from 0 (where a day starts), [post, level].
    """

    recent: Floats
    today: Floats

    def nearest_recent(self, value: Floats) -> Ints:
        """Level of a recent distance; halfway goes to the even level, so that errors cancel."""
        steps = len(self.recent) - 1
        return np.asarray(np.clip(np.rint(value * (steps / self.recent[-1])), 0, steps), dtype=np.int64)

    def today_level(self, post: Ints, km: Floats, turn: Floats) -> Ints:
        """Level of km done today on arrival at a post: the one below or the one above.

        Parameters
        ----------
        post, km
            Broadcast together.
        turn
            From 0 to 1: the level above is taken where the km have come further than this share of
            the way to it.  Spread evenly over journeys, so that no distance is lost or won on the
            whole and short hops add up.
        """
        post, km, turn = np.broadcast_arrays(post, km, turn)
        last = self.today.shape[1] - 1
        # Levels rise, so the last one that is not above is found by halves.
        below, step = np.zeros(km.shape, dtype=np.int64), 1 << last.bit_length() >> 1
        while step:
            further = below + step
            reached = self.today[post, np.minimum(further, last)] <= km
            below = np.where(reached & (further <= last), further, below)
            step >>= 1
        above = np.minimum(below + 1, last)
        low, high = self.today[post, below], self.today[post, above]
        share = np.divide(km - low, high - low, out=np.zeros(km.shape), where=high > low)
        return np.asarray(np.where(share > turn, above, below))


def make_levels(links: Links, routes: Routes, options: Options, *, camps: Bools, recent: int, today: int) -> Levels:
    """Choose the levels of a network.

    The km done today that people arrive with at each post are followed for a few hops, each
    option weighed by 1 / (10 + km), and lumped to `today` levels of equal weight; a post that
    is reached with few different distances keeps them exactly.  In camps hardly anybody goes on,
    so there one level does.

    Parameters
    ----------
    camps
        Posts that are camps throughout, [post].
    """
    posts = len(camps)
    mass = _km_on_arrival(links, routes, options, posts)
    today -= 2  # besides 0 km, where every day starts, and a full day
    # Some posts at a time, so that what is worked out of them stays in the processor's cache.
    parts = [slice(begin, begin + AT_ONCE) for begin in range(0, posts, AT_ONCE)]
    values = np.concatenate([_lump(mass[part], camps[part], today) for part in parts] or [np.zeros((0, today))])
    values.sort(axis=1)
    values[~np.isfinite(values[:, 0]), 0] = 0.0
    # Levels that are not needed repeat the last one; nobody is ever put there.
    values = np.where(np.isinf(values), _last(values), values)
    # Above all others a level just short of a full day, so that further hops end the day.
    short = np.where(camps[:, None], values[:, -1:], links.speed.max(initial=1.0) * 0.995)
    values = np.concatenate([np.zeros((posts, 1)), values, np.maximum(short, values[:, -1:])], axis=1)
    return Levels(np.linspace(0.0, MOST_RECENT, recent), np.asarray(values))


def _lump(mass: Floats, camps: Bools, number: int) -> Floats:
    """Lump the km done today to so many levels, [post, level]; infinite where there are not so many distances."""
    cumulative = np.cumsum(mass, axis=1)
    total = cumulative[:, -1:]
    middle = (cumulative - mass / 2) / np.where(total > 0, total, 1.0)
    group = np.minimum((middle * number).astype(np.int64), number - 1)
    distinct = (mass > 0).cumsum(axis=1) - 1
    few = (distinct[:, -1] < number)[:, None]
    group = np.where(few, np.maximum(distinct, 0), group)
    group[camps] = 0
    rows = (np.arange(len(mass))[:, None] * number + group).ravel()
    weight = np.bincount(rows, weights=mass.ravel(), minlength=mass.shape[0] * number)
    moment = np.bincount(rows, weights=(mass * np.arange(mass.shape[1])).ravel(), minlength=len(weight))
    there = weight > 0
    return np.asarray(np.divide(moment, weight, out=np.full(len(weight), np.inf), where=there)).reshape(-1, number)


def _last(values: Floats) -> Floats:
    """Largest finite value of each row, as a column."""
    return np.asarray(np.where(np.isinf(values), -1.0, values).max(axis=1, keepdims=True))


def _km_on_arrival(links: Links, routes: Routes, options: Options, posts: int) -> Floats:
    """How often people arrive at each post with how many km behind them today, [post, km]."""
    km = links.km[routes.link[options.route]]
    post = np.repeat(np.arange(posts), np.diff(options.first))
    pull = options.chance / (10.0 + routes.km[options.route])
    share = pull / np.bincount(post, weights=pull, minlength=posts)[post]
    width = int(np.ceil(links.speed.max(initial=1.0))) + 1
    mass = np.zeros((posts, width))
    at_once = options.legs.delay == 0
    first_km = np.where(at_once, km, options.legs.last_km)
    for reached in (first_km, np.where(options.foot.delay == 0, km, options.foot.last_km)):
        inside = reached < width
        _add_at(mass, options.next_post[inside], np.rint(reached[inside]).astype(np.int64), share[inside])
    moving, came, going = mass.copy(), np.zeros_like(mass), np.zeros(mass.shape[1])
    hop = np.flatnonzero(at_once)
    first = np.searchsorted(post[hop], np.arange(posts + 1))
    within = np.minimum(options.legs.first_km[hop], width)
    for _ in range(HOPS_FOLLOWED):
        carry_on(moving, first, options.next_post[hop], km[hop], within, share[hop], came, going)
        mass += came
        moving, came = came, moving
        came[...] = 0.0
    return mass


def _add_at(table: Floats, row: Ints, column: Ints, values: Floats) -> None:
    """Add values to a table, one after the other."""
    cells, which = np.unique(row * table.shape[1] + column, return_inverse=True)
    table.reshape(-1)[cells] += np.bincount(which, weights=values, minlength=len(cells))


@dataclass(frozen=True, slots=True)
class Moves:
    """Where departures lead, by option and memory; codes say which table they point into.

    Attributes
    ----------
    same_day
        Arrives today and may go on with what she remembers: cell (post, today) on arrival, flattened; -1 otherwise,
        [option, today].
    leg
        First link of each option and how it is done, which many options of a post share, [option].
    ends
        Where the day ends: level of recent distance at which she rests who arrives today with a full day done, or -1
        less that on the morning of a later arrival, [leg, today, recent].
    arrival
        State on arrival from the calendar, [option, recent].
    foot_same_day, foot_arrival
        The same for those on their first link, [option].
    back, foot_back
        Rest state of those turned back, [option, recent] and [option].
    rest_after
        Recent level on the next morning of those who stay where they arrived, [post, today, recent].
    fade
        Recent level after a day without travel, [recent].
    unrested
        Whether memory says "too short a stint today" (only towns heed it), [post, today, recent].
    """

    same_day: Ints
    leg: Ints
    ends: NDArray[np.int8]
    arrival: Ints
    foot_same_day: Ints
    foot_arrival: Ints
    back: Ints
    foot_back: Ints
    rest_after: Ints
    fade: Ints
    unrested: Bools


def compile_moves(
    links: Links, routes: Routes, options: Options, levels: Levels, settings: DisplacementSettings
) -> Moves:
    """Compile where each departure leads."""
    full = settings.max_move_speed
    n_today, n_recent = levels.today.shape[1], len(levels.recent)
    post = np.repeat(np.arange(len(levels.today)), np.diff(options.first))
    km = links.km[routes.link[options.route]]
    # What is remembered depends on the first link of a route, which many share, so it is worked out once for each.
    one, leg = _alike(post, routes.link[options.route], options.legs)
    legs, km_now, recent = _some(options.legs, one), levels.today[post[one]] + km[one][:, None], levels.recent
    at_once, stops = legs.delay[:, None] == 0, km_now >= legs.first_km[:, None]
    rested = levels.nearest_recent((recent + (km_now / full)[:, :, None]) / 2)
    later = levels.nearest_recent(_memory_on_arrival(legs, levels.today[post[one]][:, :, None], recent, full))
    who, today = np.nonzero((at_once & ~stops)[leg])
    same_day = np.full((len(km), n_today), -1)
    same_day[who, today] = options.next_post[who] * n_today + levels.today_level(
        options.next_post[who], km_now[leg[who], today], _turn(who, today)
    )
    turn = _turn(np.arange(len(km)), np.zeros(1, dtype=np.int64))
    arrival_level = levels.today_level(options.next_post, options.legs.last_km, turn)
    arrival = (options.next_post[:, None] * n_today + arrival_level[:, None]) * n_recent + np.arange(n_recent)
    foot_recent = _memory_on_arrival(options.foot, np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), full)[:, 0, 0]
    foot_km = np.where(options.foot.delay == 0, km, options.foot.last_km)
    foot_level = np.where(options.foot.delay == 0, 0, levels.nearest_recent(foot_recent))
    foot_state = (
        options.next_post * n_today + levels.today_level(options.next_post, foot_km, turn)
    ) * n_recent + foot_level
    back_recent = (levels.recent[None, :] + options.legs.last_km[:, None] / full) / 2
    foot_back = (foot_recent + options.foot.last_km / full) / 2
    grid = levels.recent[None, None, :] + levels.today[:, :, None] / full
    return Moves(
        same_day=same_day,
        leg=leg,
        ends=np.where((at_once & stops)[:, :, None], rested, -1 - later).astype(np.int8),
        arrival=arrival,
        foot_same_day=np.where(options.foot.delay == 0, foot_state, -1),
        foot_arrival=foot_state,
        back=options.back_post[:, None] * n_recent + levels.nearest_recent(back_recent),
        foot_back=options.back_post * n_recent + levels.nearest_recent(foot_back),
        rest_after=levels.nearest_recent(grid / 2),
        fade=levels.nearest_recent(levels.recent / 2),
        unrested=(grid < 1.0) & settings.avoid_short_stints,
    )


def _turn(option: Ints, today: Ints) -> Floats:
    """Whose turn it is to be taken for further than she came, from 0 to 1, spread evenly over options and levels."""
    return np.asarray(np.modf((option * 17 + today) * GOLDEN + 0.5)[0])


def _alike(post: Ints, link: Ints, legs: Legs) -> tuple[Ints, Ints]:
    """One of each run of options that leave a post by the same link in the same way, and the run of each option."""
    columns = (post, link, legs.delay, legs.last_km, legs.first_km, legs.mid_km)
    differs = np.ones(len(post), dtype=np.bool_)
    differs[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.flatnonzero(differs), np.cumsum(differs) - 1


def _some(legs: Legs, index: Ints) -> Legs:
    """The legs of some options."""
    return replace(
        legs, delay=legs.delay[index], last_km=legs.last_km[index], first_km=legs.first_km[index],
        mid_km=legs.mid_km[index],
    )  # fmt: skip


def _memory_on_arrival(legs: Legs, today: Floats, recent: Floats, full: float) -> Floats:
    """Recent distance on the morning of arrival: halved and topped up each day under way."""
    first = legs.first_km[:, None, None]
    memory = (recent + (today + first) / full) / 2
    mid = legs.mid_km[:, None, None] / full
    # n further days of the same km: the average closes in on it by halves
    further = np.maximum(legs.delay - 1, 0)[:, None, None]
    return np.asarray(mid + (memory - mid) * 0.5**further)
