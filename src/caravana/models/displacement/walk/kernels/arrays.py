"""What the compiled loops of displacement are given: arrays, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from caravana.models.displacement.walk.kernels.bundles import Bundle

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Levels of recent distance: fixed, so that loops over them are unrolled.
RECENTS = 9
#: All of them, a bit each.  Of numba's whole type, as is what follows: for a literal number it would compile every loop
#: that is given it once more.
ALL_RECENTS: Any = np.int64((1 << RECENTS) - 1)
#: In place of a cell that is being visited: there is none.
NOT_VISITED: Any = np.int64(-1)
#: Where an array begins.
BEGINNING: Any = np.int64(0)

Codes = NDArray[np.int32]
Words = NDArray[np.uint32]
Words64 = NDArray[np.uint64]
Levels = NDArray[np.int8]
Marks = NDArray[np.uint8]


@dataclass(frozen=True)
class Network(Bundle):
    """What the loops see of a compiled scenario, the same on every day.

    A *cell* is a post with a level of km done today.  Cells are numbered by these km, so that journeys
    lead from cells to later ones.  A *state* is a cell with a level of recent distance, numbered
    cell * levels + recent.

    Attributes
    ----------
    posts, options, cells
        How many there are.
    first, most
        First option of each post, with their number at the end, [post + 1]; most options of a post.
    chance, slot
        Share of those choosing the route who travel this way, destination among places with a
        capacity or -1, [option].
    following, room
        Whether a route half done, the post's place among those with a capacity or -1, [post].
    sees, first_seen, seen
        Whether a post has an option towards a place that has a capacity, [post]; where these places of a post begin,
        with their number at the end, [post + 1]; and which they are, [pair].
    start, entry
        Cell where a day starts, [post]; first entry of a cell in `leads`, one for each option of its post, [cell].
    leads
        Cell that an option leads to on the same day, or -1 where the journey ends for today, [entry].
    hops, comes
        How many more hops those who take an option make today along their route, if its links are open, and where the
        last of them leads, as in `leads`, [entry].
    ends
        After the last of these hops what becomes of those whose journey ends, by memory: the level of recent distance
        at which they rest where they come to, or -1 less that of those who arrive another day, [entry * recent].
    next_post
        Post that an option leads to, [option].
    onward
        Option that all take who come to a route half done by an option and go on, or -1 where people choose, [option].
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
    may_stay
        Levels of recent distance at which memory does not say "too short a stint today", a bit each, [cell].
    """

    posts: int
    options: int
    cells: int
    first: Ints
    most: int
    chance: Floats
    slot: Ints
    following: Bools
    room: Ints
    sees: Bools
    first_seen: Ints
    seen: Ints
    start: Ints
    entry: Ints
    leads: Codes
    hops: Levels
    comes: Codes
    ends: Levels
    next_post: Ints
    onward: Ints
    starts: Ints
    due: Ints
    due_on_foot: Ints
    post: Ints
    drop: Ints
    stays: Levels
    rests: Ints
    may_stay: Codes


@dataclass(frozen=True)
class Conditions(Bundle):
    """What holds on one day.

    Attributes
    ----------
    camps
        How many places have a capacity.
    weight, first_open, to_camp
        Weight before capacity (-1: no candidate), whether the option's own link is open, whether
        its destination counts as a camp, [option].
    due, due_on_foot
        Slot of the calendar in which those who set out today arrive, [option].
    move, town
        Chance of moving, whether a town, [post].
    staying, everybody, capacity
        Chance of not moving, 1, persons taken, [camp].
    turns_away
        Whether it is a camp, which turns people away once it is more than half throttled, [camp].
    buffer, power, pruning
        Share of the capacity from which a camp throttles, power of weights, pruning threshold.
    """

    camps: int
    weight: Floats
    first_open: Bools
    to_camp: Bools
    due: Ints
    due_on_foot: Ints
    move: Floats
    town: Bools
    staying: Floats
    everybody: Floats
    capacity: Floats
    turns_away: Bools
    buffer: float
    power: float
    pruning: float


@dataclass(frozen=True)
class Block(Bundle):
    """The people of a block of members; members lie side by side, so that eight of them are read at once.

    Each array is flat, and its last axis is that of the members.  The loops change them in place.

    Attributes
    ----------
    fresh, rest, road, foot
        As in :class:`~caravana.models.displacement.walk.state.WalkState`: [post], [post * recent],
        [slot * option * recent] and [slot * option] with the member.
    next_rest
        Who is at rest tomorrow, [post * recent * member]; added to.
    in_camps
        People in each place that has a capacity, [camp * member].
    departures
        Persons who take each option, summed over those members that count, [option]; added to.
    counts
        -1 for members that count, 0 for those that only make up a group, [member].
    members
        How many there are, a multiple of eight.
    bits
        What each group draws from, [group, word * member].
    """

    fresh: Codes
    rest: Codes
    road: Codes
    foot: Codes
    next_rest: Codes
    in_camps: Codes
    departures: Ints
    counts: Codes
    members: int
    bits: Words64


@dataclass(frozen=True)
class Crowd(Bundle):
    """Room for the people of groups of eight members who are on the way today; the first axis is that of groups.

    Attributes
    ----------
    cells
        How many there are.
    people
        Persons in each state, [state * member].
    mark
        Whether a cell may be occupied, [cell].
    counted
        Of the people of a cell of a camp, those whom its count has already, as they chose it today, [cell * member].
    edge
        First and last occupied cell, and the last of those behind the one that is being visited.
    """

    GROUPED = True
    cells: int
    people: Codes
    mark: Marks
    counted: Codes
    edge: Ints


@dataclass(frozen=True)
class Due(Bundle):
    """Who arrives from the calendar.

    Attributes
    ----------
    cells
        Cells of the calendar.
    people
        Persons in each, [cell * member]; emptied.
    state
        State on arrival, [cell].
    """

    cells: int
    people: Codes
    state: Ints


@dataclass(frozen=True)
class Sight(Bundle):
    """What people see of the camps.

    Attributes
    ----------
    share, pull
        Throttle of each camp, and what it is among weights, [camp * member].
    reach, edge
        Running sum of the chances of each post's options; edge of the chance of each among itself and those after it,
        [option * member].
    weighed
        Which state of the camps a post's chances are of, -1 where nobody has looked round from it yet, [post].
    version
        Number of the present state of the camps, one value.
    changed
        Since which state a camp has been throttled as it is, [camp].
    expected
        Room for those expected at each camp, [camp * member].
    """

    share: Floats
    pull: Floats
    reach: Floats
    edge: Words
    weighed: Ints
    version: Ints
    changed: Ints
    expected: Floats


@dataclass(frozen=True)
class Urns(Bundle):
    """The options of posts that have many, as urns to draw from.

    Attributes
    ----------
    keep, other
        Of each place in an urn, the word below which its own option is drawn, and the option above, [option].
    of_camp
        Weight of the options of a post towards a place with a capacity before it throttles, as in `seen`, [pair].
    elsewhere, whole
        The same towards all other places; of all together, 0 where there is no urn, [post].
    version
        Which state of the camps what follows is of, [post].
    total, leaves
        Weight of all options as camps throttle now; chance of those who would leave to find what they choose open,
        [post * member].
    part, order
        Room for as many numbers as any post has options.
    """

    keep: Words
    other: Codes
    of_camp: Floats
    elsewhere: Floats
    whole: Floats
    version: Ints
    total: Floats
    leaves: Floats
    part: Floats
    order: Ints


@dataclass(frozen=True)
class Leavers(Bundle):
    """Room for those of one cell, by recent distance; each [recent * member].

    Attributes
    ----------
    here, acting
        Persons of the cell who have not acted yet, and those whose turn it is.
    leaving, upto
        Those of them who leave, and the running sums of those who have not chosen yet.
    taking
        Those who take one option.
    taken, hits
        Those of all levels who take each option that anybody takes, [hit * member], and the last option that they take
        on the same journey, [hit].
    entries, leads, whose
        The entry of each of these, and the cell that it leads to today or -1, [hit]; where people are drawn one by one,
        recent distance and member of each, recent * member.
    """

    here: Codes
    acting: Codes
    leaving: Codes
    upto: Codes
    taking: Codes
    taken: Codes
    hits: Ints
    entries: Ints
    leads: Ints
    whose: Ints
