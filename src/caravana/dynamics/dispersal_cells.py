"""What the compiled loops of dispersal are given: tuples of arrays, named."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Network(NamedTuple):
    """What the loops see of a compiled scenario, the same on every day.

    Attributes
    ----------
    first
        First option of each post, with their number at the end, [post + 1].
    chance, slot, link
        Share of those choosing the route who travel this way, destination among places with a
        capacity or -1, first link, [option].
    following, room
        Whether a route half done, the post's place among those with a capacity or -1, [post].
    throttled
        Posts with an option towards a place that has a capacity.
    leads
        Where an option leads those with a memory (km today, recent): below the number of states,
        the state on arrival today; below that and the number of rests, the rest (post, recent);
        from there on the recent level of those under way, [option, memory].
    starts
        State on arrival today of those on their first link, or -1, [option].
    post
        Post of a state, [state].
    stays
        Rest of those who stay where they arrived, [state].
    rests
        Rest of those who stay where they are, [post * recent].
    unrested
        Whether memory says "too short a stint today", [state].
    recent_levels
        Number of levels of recent distance.
    """

    first: Ints
    chance: Floats
    slot: Ints
    link: Ints
    following: Bools
    room: Ints
    throttled: Ints
    leads: Ints
    starts: Ints
    post: Ints
    stays: Ints
    rests: Ints
    unrested: Bools
    recent_levels: int


class Conditions(NamedTuple):
    """What holds on one day.

    Attributes
    ----------
    weight, first_open, to_camp
        Weight before capacity (-1: no candidate), whether the option's own link is open, whether
        its destination counts as a camp, [option].
    due, due_on_foot
        Slot of the calendar in which those who set out today arrive, [option].
    move, town
        Chance of moving, whether a town, [post].
    staying, capacity
        Chance of not moving, persons taken, [camp].
    buffer, power, pruning
        Share of the capacity from which a camp throttles, power of weights, pruning threshold.
    """

    weight: Floats
    first_open: Bools
    to_camp: Bools
    due: Ints
    due_on_foot: Ints
    move: Floats
    town: Bools
    staying: Floats
    capacity: Floats
    buffer: float
    power: float
    pruning: float


class Arrivals(NamedTuple):
    """People who arrive somewhere today, a list of cells for each member.

    Attributes
    ----------
    start
        Index of the first cell of each member, with their number at the end, [member + 1].
    state
        Post, km today and recent distance of a cell, flattened, [cell].
    people
        Persons, [cell].
    """

    start: Ints
    state: Ints
    people: Ints


class Crowd(NamedTuple):
    """Room for one member's cells, chained by post.

    Attributes
    ----------
    people
        Persons in each state, [state].
    after
        The next occupied state of the same post, or -1, [state].
    head
        The first occupied state of each post, or -1, [post].
    posts
        List of the posts with occupied states, of which a number kept beside it are in use.
    """

    people: Ints
    after: Ints
    head: Ints
    posts: Ints


class Cells(NamedTuple):
    """Room for those of one post who leave, by what they remember.

    Attributes
    ----------
    leaving, memory
        Persons, and their memory (km today, recent), [cell].
    taking
        Those of them who take one option, [cell].
    """

    leaving: Ints
    memory: Ints
    taking: Ints
