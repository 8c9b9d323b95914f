"""Travel along a link, compiled: how long each option takes, and what people remember of it.

Nothing that others do changes a journey once it has begun, so the day of arrival is known at
departure and people under way wait in a calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Links, Routes
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Legs:
    """One way (on foot or not) of doing each option's link; arrays [option].

    Attributes
    ----------
    delay
        Days until the day of arrival (0: the same day).
    last_km
        Km done on the day of arrival, where that is a later day.
    first_km, mid_km
        Km done on the day of departure and on each day between, where arrival is later.
    """

    delay: Ints
    last_km: Floats
    first_km: Floats
    mid_km: Floats


def legs_at(km: Floats, speed: Floats) -> Legs:
    """Legs at a constant speed: one arrives once the km done are *more* than the link's length.

    So a link of exactly one day's travel takes two days, as in Flee.
    """
    delay = np.floor(km / speed).astype(np.int64)
    return Legs(delay, km - delay * speed, speed.astype(float), speed.astype(float))


@dataclass(frozen=True, slots=True)
class Options:
    """What can be done from each post; options of a post are contiguous.

    Attributes
    ----------
    first
        Index of each post's first option, with their number at the end, [post + 1].
    route
        The route whose first link is taken, [option].
    chance
        Share of those choosing the route that travel this way (links with a chance of walking), [option].
    next_post
        Post on arrival: the place, or the place with the rest of the route, [option].
    back_post
        Post of those who are turned back: the place of origin, [option].
    legs, foot
        Journeys by vehicle and on the first link of all, [option].
    """

    first: Ints
    route: Ints
    chance: Floats
    next_post: Ints
    back_post: Ints
    legs: Legs
    foot: Legs


def compile_options(
    links: Links, routes: Routes, settings: DisplacementSettings, *, places: int, classes: int
) -> tuple[Options, Ints, Ints]:
    """Compile posts and options.

    Posts are the places once for each class of people, then the routes that may be met half done
    (one option each, or one for each way of travelling), again for each class.

    Returns
    -------
    tuple
        Options, place of each post, class of each post.
    """
    half_done = np.unique(routes.rest[routes.rest >= 0])
    follow = np.full(len(routes.km) + 1, -1, dtype=np.int64)
    follow[half_done] = np.arange(len(half_done)) + places
    per_class = places + len(half_done)
    base_route = np.concatenate([np.arange(len(routes.km)), half_done])
    base_post = np.concatenate([routes.origin, follow[half_done]])
    order = np.argsort(base_post, kind="stable")
    base_route, base_post = base_route[order], base_post[order]
    ways, chance, legs = _ways(links, routes.link[base_route], settings)
    base_route, base_post = base_route[ways], base_post[ways]
    link = routes.link[base_route]
    rest = routes.rest[base_route]
    arrive = np.where(rest >= 0, follow[rest], links.end[link])
    shift = np.repeat(np.arange(classes), len(base_route)) * per_class
    post = np.tile(base_post, classes) + shift
    first = np.searchsorted(post, np.arange(per_class * classes + 1))
    foot_speed = np.full(len(link), settings.max_walk_speed) if settings.start_on_foot else links.speed[link]
    foot = legs_at(links.km[link], foot_speed) if settings.start_on_foot else legs
    options = Options(
        first, np.tile(base_route, classes), np.tile(chance, classes),
        np.tile(arrive, classes) + shift, np.tile(links.start[link], classes) + shift,
        _tile(legs, classes), _tile(foot, classes),
    )  # fmt: skip
    place = np.tile(np.concatenate([np.arange(places), routes.origin[half_done]]), classes)
    return options, place.astype(np.int64), np.repeat(np.arange(classes), per_class)


def _tile(legs: Legs, classes: int) -> Legs:
    """Repeat legs for each class of people."""
    delay = np.tile(legs.delay, classes)
    last, first, mid = (np.tile(one, classes) for one in (legs.last_km, legs.first_km, legs.mid_km))
    return Legs(delay, last, first, mid)


def _ways(links: Links, link: Ints, settings: DisplacementSettings) -> tuple[Ints, Floats, Legs]:
    """Ways of travelling each option's link: one, or several where each day may be on foot.

    Each day is on foot with the link's ``walk_chance``, so the day of arrival is random; as
    nothing else happens under way, its distribution is worked out here and drawn at departure.
    Km on the days between are kept as their mean.
    """
    plain = legs_at(links.km[link], links.speed[link])
    if not (links.walk_chance[link] > 0).any():
        return np.arange(len(link)), np.ones(len(link)), plain
    index: list[int] = []
    rows: list[tuple[float, int, float, float, float]] = []
    for i, one in enumerate(link):
        walk = float(links.walk_chance[one])
        ways = (
            journeys(float(links.km[one]), float(links.speed[one]), settings.max_walk_speed, walk)
            if walk > 0
            else [(1.0, int(plain.delay[i]), float(plain.last_km[i]), float(plain.first_km[i]), float(plain.mid_km[i]))]
        )
        index += [i] * len(ways)
        rows += ways
    table = np.array(rows)
    return (
        np.array(index), table[:, 0],
        Legs(table[:, 1].astype(np.int64), table[:, 2], table[:, 3], table[:, 4]),
    )  # fmt: skip


def journeys(km: float, speed: float, walk_speed: float, walk: float) -> list[tuple[float, int, float, float, float]]:
    """List (chance, delay, km of the last day, of the first, of a day between) of a link with walking days."""
    done: list[tuple[float, int, float, float, float]] = []
    # state: chance, days gone, km so far, km of the first day
    live = [(1.0, 0, 0.0, 0.0)]
    while live:
        following: dict[tuple[int, float, float], float] = {}
        for chance, days, so_far, first in live:
            for part, pace in ((walk, walk_speed), (1.0 - walk, speed)):
                if part <= 0:
                    continue
                now = so_far + pace
                if now > km:
                    between = (so_far - first) / (days - 1) if days > 1 else pace
                    done.append((chance * part, days, km - so_far, first or pace, between))
                else:
                    key = (days + 1, now, first or pace)
                    following[key] = following.get(key, 0.0) + chance * part
        live = [(chance, *key) for key, chance in following.items() if chance > 1e-9]
    total = sum(row[0] for row in done)
    return [(row[0] / total, *row[1:]) for row in done]
