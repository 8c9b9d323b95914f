"""What the compiled loops of displacement are given: tuples of arrays, named."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Levels of recent distance: fixed, so that loops over them are unrolled.
RECENTS = 9

Codes = NDArray[np.int32]
Words = NDArray[np.uint32]
Levels = NDArray[np.int8]
Marks = NDArray[np.uint8]


class Network(NamedTuple):
    """What the loops see of a compiled scenario, the same on every day.

    A *cell* is a post with a level of km done today.  Cells are numbered by these km, so that journeys
    lead from cells to later ones.  A *state* is a cell with a level of recent distance, numbered
    cell * levels + recent.

    Attributes
    ----------
    first
        First option of each post, with their number at the end, [post + 1].
    chance, slot
        Share of those choosing the route who travel this way, destination among places with a
        capacity or -1, [option].
    following, room
        Whether a route half done, the post's place among those with a capacity or -1, [post].
    throttled
        Posts with an option towards a place that has a capacity.
    sees
        Whether a post is one of them, [post].
    start, entry
        Cell where a day starts, [post]; first entry of a cell in `leads`, one for each option of its post, [cell].
    leads
        Cell that an option leads to on the same day, or -1 where the journey ends for today, [entry].
    ends
        What becomes of those whose journey ends, by memory: the level of recent distance at which they
        rest where they come to, or -1 less that of those who arrive another day, [entry * recent].
    next_post
        Post that an option leads to, [option].
    starts
        State on arrival today of those on their first link, or -1, [option].
    due, due_on_foot
        State on arrival of those who arrive from the calendar, [option * recent] and [option].
    post
        Post of a cell, [cell].
    drop, stays
        Post of the rest of those who stay at a post, [post]; their level of recent distance, [state].
    rests
        Rest of those who stay where they are, [post * recent].
    unrested
        Whether memory says "too short a stint today", [state].
    """

    first: Ints
    chance: Floats
    slot: Ints
    following: Bools
    room: Ints
    throttled: Ints
    sees: Bools
    start: Ints
    entry: Ints
    leads: Codes
    ends: Levels
    next_post: Ints
    starts: Ints
    due: Ints
    due_on_foot: Ints
    post: Ints
    drop: Ints
    stays: Levels
    rests: Ints
    unrested: Bools


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
    """Room for the people of one member who are on the way today.

    Attributes
    ----------
    people
        Persons in each state, [state].
    mark
        Whether a cell may be occupied, [cell].
    counted
        Of the people of a cell of a camp, those whom its count has already, as they chose it today, [cell].
    edge
        First and last occupied cell, and the last of those behind the one that is being visited.
    """

    people: Codes
    mark: Marks
    counted: Codes
    edge: Ints


class Sight(NamedTuple):
    """What people see of the camps.

    Attributes
    ----------
    share
        Throttle of each camp, [camp].
    reach
        Running sum of the chances of each post's options, [option].
    weighed
        Which state of the camps a post's chances are of, [post].
    version
        Number of the present state of the camps, one value.
    """

    share: Floats
    reach: Floats
    weighed: Ints
    version: Ints


class Leavers(NamedTuple):
    """Room for those of one cell who leave, by recent distance.

    Attributes
    ----------
    here
        Persons of the cell whose turn it is, [recent].
    leaving, taking
        Those of them who leave, and who take one option, [recent].
    free, upto, words
        Scratch: who may stay, running sums over memories, [recent]; words of random bits.
    """

    here: Codes
    leaving: Codes
    taking: Codes
    free: Codes
    upto: Codes
    words: Words
