"""What is carried from day to day by the walk, and what a process says happens today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.walk.kernels.crowd import count_members

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.walk.world import WalkWorld

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]


@dataclass(slots=True)
class WalkState:
    """People by where they are; every array is persons, never people one by one.

    Those that the compiled loops change lie with the members last, so that eight members are read at once
    (:func:`members_last`); they are seen with the members where they are expected.

    Attributes
    ----------
    fresh
        At a place and never yet on the road, [member, post].
    rest
        At a place after some journey, by recent distance, [member, post, recent].
    road
        Under way, by day of arrival (a ring), option and recent distance on that morning,
        [slot, member, option, recent].
    foot
        On their first link of all, [slot, member, option].
    turned
        Under way on a link that was shut behind them: back where they came from on the day they
        would have arrived, [slot, member, post, recent].
    inhabitants
        Inhabitants left, where the displaced are taken from them, [member, place].
    waiting
        Displaced in number but not yet in place, as there was no place to come from, [member].
    counted
        Members whose departures are counted; further ones only make up a group of eight.
    """

    fresh: Codes
    rest: Codes
    road: Codes
    foot: Codes
    turned: Ints
    inhabitants: Ints
    waiting: Ints
    counted: int


def nobody(*shape: int, axis: int = 0) -> Codes:
    """Return zeros that lie with one axis last, that of the members."""
    rest = shape[:axis] + shape[axis + 1 :]
    return np.moveaxis(np.zeros((*rest, shape[axis]), dtype=np.int32), -1, axis)


def members_last(people: Codes, axis: int = 0) -> Codes:
    """Return such an array flat, as it lies, [... * member].

    Raises
    ------
    ValueError
        If it lies otherwise: what the loops wrote into a copy would be lost.
    """
    lying = np.moveaxis(people, axis, -1)
    if not lying.flags.c_contiguous:
        raise ValueError("people must lie with the members last")
    return lying.reshape(-1)


@dataclass(frozen=True, slots=True)
class WalkOutcome:
    """What a process says happens today; None where it has nothing to say of it.

    Attributes
    ----------
    displaced
        Newly displaced, by the place they come from, [member, place].
    fresh
        The same where they stand now, [member, post].
    waiting
        Displaced in number who have no place to come from yet, [member].
    back
        Turned back on the road and home again, [member, post, recent].
    departures
        Persons who took each option, summed over members, [option]; they have been moved already.
    gone_fresh, gone_rest
        Gone home for good of those never yet on the road, [member, post], and of the others, [member, post, recent].
    returned
        The same by the place that they leave, [member, place].
    taken_fresh, taken_rest
        Taken to other places, what each post gains (losses negative): of those never yet on the road, [member, post],
        and of the others, [member, post, recent].
    """

    displaced: Ints | None = None
    fresh: Ints | None = None
    waiting: Ints | None = None
    back: Ints | None = None
    departures: Ints | None = None
    gone_fresh: Ints | None = None
    gone_rest: Ints | None = None
    returned: Ints | None = None
    taken_fresh: Ints | None = None
    taken_rest: Ints | None = None


def start_state(world: WalkWorld, members: int, *, counted: int | None = None) -> WalkState:
    """Return the state before day 0: people in camps by the counts of that day."""
    posts, options, recent = len(world.place), len(world.options.route), len(world.levels.recent)
    road_days = int(world.options.legs.delay.max(initial=0)) + 1
    foot_days = int(world.options.foot.delay.max(initial=0)) + 1
    fresh = nobody(members, posts)
    split = whole_shares(world.day0, world.classes.share)
    per_class = posts // len(world.classes.names)
    for index in range(len(world.classes.names)):
        fresh[:, index * per_class : index * per_class + len(world.place_ids)] = split[:, index]
    return WalkState(
        fresh=fresh,
        rest=nobody(members, posts, recent),
        road=nobody(road_days, members, options, recent, axis=1),
        foot=nobody(foot_days, members, options, axis=1),
        turned=np.zeros((max(road_days, foot_days), members, posts, recent), dtype=np.int64),
        inhabitants=np.repeat(world.population[None, :], members, axis=0),
        waiting=np.zeros(members, dtype=np.int64),
        counted=members if counted is None else counted,
    )


def whole_shares(people: Ints, share: NDArray[np.float64]) -> Ints:
    """Split whole persons by shares, the largest remainders rounded up, [place, class]."""
    exact = people[:, None] * share
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = people - whole.sum(axis=1)
    order = np.argsort(-(exact - whole), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    return np.asarray(whole + (ranks < missing[:, None]))


def people_at_places(state: WalkState, world: WalkWorld, day: int) -> Ints:
    """People at each place on a day, [member, place]; who is at home for the harvest is there."""
    by_post = state.fresh + state.rest.sum(axis=2)
    place = world.place
    if world.harvesting is not None and world.harvesting[day].any():
        home = world.classes.home[world.people_class]
        place = np.where(world.harvesting[day][world.people_class], home, place)
    return by_place_of(by_post, place, places=len(world.place_ids))


def by_place_of(by_post: Ints, place: Ints, *, places: int) -> Ints:
    """Sum people over the posts of each place, [member, place]."""
    if by_post.shape[1] == places and np.array_equal(place, np.arange(places)):
        return np.asarray(by_post)
    people = np.zeros((len(by_post), places), dtype=np.int64)
    np.add.at(people.T, place, by_post.T)
    return people


def people_under_way(state: WalkState) -> Ints:
    """People between places, [member]."""
    people = np.asarray(state.turned.sum(axis=(0, 2, 3)))
    count_members(members_last(state.road, 1), len(people), people)
    count_members(members_last(state.foot, 1), len(people), people)
    return people
