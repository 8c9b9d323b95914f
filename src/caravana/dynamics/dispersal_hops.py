"""Departures and hops of a day, compiled: the loops in which dispersal spends its time.

A cell (post, km done today, recent distance) holds two or three people as often as thousands.
These loops go over the cells member by member and put everybody at once where her option leads.
The same rules as plain array operations stand in the tests as the reference
(``tests/reference/flee_counts.py``).

What is compiled is kept on disk until a file that it is made from changes.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
from numba import njit

from caravana.dynamics import dispersal_cells, dispersal_draws
from caravana.dynamics.dispersal_cells import Arrivals, Cells, Conditions, Crowd, Floats, Ints, Network
from caravana.dynamics.dispersal_draws import FEW, inlined, inner, leave, part, pick, spread, throttle, weigh

#: Hops of one day that are followed; who is on the way after so many rests where she is.
MOST_HOPS = 200
#: Expected at a camp in one go, for each that its throttle spans, above which people come in turns.
PRESSING = 1.0
#: Most turns of a day.
MOST_TURNS = 24


@njit(cache=True)
def make_cells(memories: int) -> Cells:
    """Make room for the cells of one post."""
    return Cells(np.empty(memories, np.int64), np.empty(memories, np.int64), np.empty(memories, np.int64))


@njit(cache=True)
def make_crowd(states: int, posts: int) -> Crowd:
    """Make room for a crowd of nobody yet."""
    return Crowd(np.zeros(states, np.int64), np.empty(states, np.int64), np.full(posts, -1), np.empty(posts, np.int64))


@inlined
def _join(net: Network, crowd: Crowd, number: int, state: int, people: int) -> int:
    """Add people to a state of a crowd; return how many posts are occupied."""
    if crowd.people[state] == 0:
        post = net.post[state]
        if crowd.head[post] < 0:
            crowd.posts[number] = post
            number += 1
        crowd.after[state] = crowd.head[post]
        crowd.head[post] = state
    crowd.people[state] += people
    return number


@njit(cache=True)
def _lengthen(values: Ints, least: int) -> Ints:
    """Copy a list to one twice as long as it must be."""
    longer = np.empty(2 * least, np.int64)
    longer[: len(values)] = values
    return longer


@njit(cache=True)
def _empty(net: Network, crowd: Crowd, number: int, state: Ints, people: Ints, end: int) -> tuple[Ints, Ints, int]:
    """Move a crowd to the end of a list of cells, which grows where it must."""
    memory = net.leads.shape[1]
    for post in crowd.posts[:number]:
        if end + memory > len(state):
            state, people = _lengthen(state, end + memory), _lengthen(people, end + memory)
        at = crowd.head[post]
        crowd.head[post] = -1
        while at >= 0:
            state[end], people[end] = at, crowd.people[at]
            crowd.people[at] = 0
            end += 1
            at = crowd.after[at]
    return state, people, end


@inlined
def _send(
    net: Network, now: Conditions, member: int, option: int, memory: int, people: int,
    next_rest: Ints, road: Ints, in_camps: Ints, crowd: Crowd, number: int,
) -> int:  # fmt: skip
    """Put people on the road: to where they arrive today, to their rest there, or into the calendar."""
    states = len(net.post)
    on_the_road = states + next_rest.shape[1]
    lead = net.leads[option, memory]
    if lead < states:
        return _join(net, crowd, number, lead, people)
    if lead < on_the_road:
        next_rest[member, lead - states] += people
        camp = net.room[(lead - states) // net.recent_levels]
        if camp >= 0:
            in_camps[member, camp] += people
    else:
        road[now.due[option], member, option, lead - on_the_road] += people
    return number


@inner
def _go(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, post: int, cells: Cells, number: int,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, reach: Floats, crowd: Crowd, occupied: int,
) -> int:  # fmt: skip
    """Let those who leave a post choose among its options; return how many posts are occupied then.

    A few choose one by one.  Many choose together, as what they remember does not bear on the
    choice; then those who took an option are spread over the memories in proportion.
    """
    first, last = net.first[post], net.first[post + 1]
    leaving, memory, taking = cells.leaving[:number], cells.memory, cells.taking[:number]
    left = leaving.sum()
    if net.room[post] >= 0:
        in_camps[member, net.room[post]] -= left
    if left <= FEW:
        for cell in range(number):
            for _ in range(leaving[cell]):
                option = pick(rng, reach, first, last)
                departures[net.link[option]] += 1
                occupied = _send(net, now, member, option, memory[cell], 1, next_rest, road, in_camps, crowd, occupied)
        return occupied
    for option in range(first, last):
        taken = part(rng, left, reach, first, last, option)
        if taken == 0:
            continue
        departures[net.link[option]] += taken
        spread(taken, left, int(rng.random() * left), leaving, taking)
        left -= taken
        for cell in range(number):
            if taking[cell] > 0:
                occupied = _send(
                    net, now, member, option, memory[cell], taking[cell], next_rest, road, in_camps, crowd, occupied
                )
        if left == 0:
            break
    return occupied


@njit(cache=True)
def set_out(
    rng: np.random.Generator, net: Network, now: Conditions,
    fresh: Ints, rest: Ints, next_rest: Ints, road: Ints, foot: Ints, in_camps: Ints, departures: Ints,
) -> tuple[Arrivals, Arrivals]:  # fmt: skip
    """Let those at places set out.

    Those in camps are the first of Flee's list, so others see camps after they have left: their
    expected number is taken off before anybody chooses.

    Parameters
    ----------
    fresh, rest, road, foot
        As in :class:`~caravana.dynamics.dispersal_state.DispersalState`; changed in place.
    next_rest
        Who is at rest tomorrow, [member, post * recent]; added to.
    in_camps
        People in each place that has a capacity, [member, camp]; changed in place.
    departures
        Persons who set out on each link, [link]; added to.

    Returns
    -------
    tuple of Arrivals
        Who arrives today with an earlier journey behind her, and who on her first link.
    """
    members, states = len(fresh), len(net.post)
    walkers, starters = make_crowd(states, len(net.room)), make_crowd(states, len(net.room))
    cells = make_cells(net.leads.shape[1])
    walker_start, starter_start = np.zeros(members + 1, np.int64), np.zeros(members + 1, np.int64)
    state, people = np.empty(256, np.int64), np.empty(256, np.int64)
    first_state, first_people = np.empty(256, np.int64), np.empty(256, np.int64)
    reach = np.empty(len(net.link))
    share = np.ones(len(now.capacity))
    weigh(net, now, np.arange(len(net.room)), share, reach)
    for member in range(members):
        if throttle(in_camps[member] * now.staying, now.capacity, now.buffer, share):
            weigh(net, now, net.throttled, share, reach)
        walking = _leave_again(
            rng, net, now, member, rest, next_rest, road, in_camps, departures, reach, walkers, cells
        )
        starting = _leave_first(rng, net, now, member, fresh, foot, in_camps, departures, reach, starters)
        state, people, end = _empty(net, walkers, walking, state, people, walker_start[member])
        walker_start[member + 1] = end
        first_state, first_people, end = _empty(
            net, starters, starting, first_state, first_people, starter_start[member]
        )
        starter_start[member + 1] = end
    return Arrivals(walker_start, state, people), Arrivals(starter_start, first_state, first_people)


@inner
def _leave_first(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, fresh: Ints, foot: Ints, in_camps: Ints,
    departures: Ints, reach: Floats, starters: Crowd,
) -> int:  # fmt: skip
    """Let those who were never on the road set out; return how many posts those who arrive today occupy."""
    starting = 0
    for post in range(fresh.shape[1]):
        first, last = net.first[post], net.first[post + 1]
        if fresh[member, post] == 0 or first == last:
            continue
        left = leave(rng, fresh[member, post], now.move[post] * reach[last - 1])
        fresh[member, post] -= left
        if net.room[post] >= 0:
            in_camps[member, net.room[post]] -= left
        for option in range(first, last):
            if left == 0:
                break
            taken = part(rng, left, reach, first, last, option)
            if taken == 0:
                continue
            left -= taken
            departures[net.link[option]] += taken
            if net.starts[option] >= 0:
                starting = _join(net, starters, starting, net.starts[option], taken)
            else:
                foot[now.due_on_foot[option], member, option] += taken
    return starting


@inner
def _leave_again(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, rest: Ints, next_rest: Ints, road: Ints,
    in_camps: Ints, departures: Ints, reach: Floats, walkers: Crowd, cells: Cells,
) -> int:  # fmt: skip
    """Let those with a journey behind them set out; return how many posts those who arrive today occupy."""
    walking = 0
    for post in range(rest.shape[1]):
        first, last = net.first[post], net.first[post + 1]
        chance = now.move[post] * reach[last - 1] if last > first else 0.0
        number = 0
        for recent in range(net.recent_levels):
            count = rest[member, post, recent]
            if count == 0:
                continue
            leaving = leave(rng, count, chance)
            next_rest[member, net.rests[post * net.recent_levels + recent]] += count - leaving
            if leaving > 0:
                cells.leaving[number], cells.memory[number] = leaving, recent
                number += 1
        if number > 0:
            walking = _go(
                rng, net, now, member, post, cells, number, next_rest, road, in_camps, departures, reach, walkers,
                walking,
            )  # fmt: skip
    return walking


@njit(cache=True)
def come_in(
    rng: np.random.Generator, net: Network, now: Conditions, arrivals: Arrivals, due: Ints, due_state: Ints,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints,
) -> None:  # fmt: skip
    """Let arrivals come in and go on, hop by hop, until each rests or is under way for the night.

    Parameters
    ----------
    arrivals
        Who arrives on the day of departure.
    due
        Who arrives from the calendar, [member, cell of the calendar]; emptied.
    due_state
        State on arrival of each cell of the calendar.
    next_rest, road, in_camps, departures
        As for :func:`set_out`.
    """
    states = len(net.post)
    crowd, onward = make_crowd(states, len(net.room)), make_crowd(states, len(net.room))
    cells = make_cells(net.leads.shape[1])
    state, people = np.empty(256, np.int64), np.empty(256, np.int64)
    reach = np.empty(len(net.link))
    share, seen = np.ones(len(now.capacity)), np.empty(len(now.capacity))
    weigh(net, now, np.arange(len(net.room)), share, reach)
    for member in range(len(in_camps)):
        number = _gather(net, member, arrivals, due, due_state, crowd)
        waiting, turns, hops = 0, 0, 0
        while number > 0 and hops < MOST_HOPS:
            at_once = _share_at_once(net, now, member, crowd, number, in_camps, reach, seen)
            if hops == 0 and at_once < 1.0 and turns < MOST_TURNS:
                state, people, waiting = _let_wait(rng, net, 1.0 - at_once, crowd, number, state, people, waiting)
                turns += 1
            _see_camps(net, member, crowd, number, in_camps, seen)
            if throttle(seen, now.capacity, now.buffer, share):
                weigh(net, now, net.throttled, share, reach)
            number = _hop(
                rng, net, now, member, crowd, number, onward, cells, next_rest, road, in_camps, departures, reach
            )
            crowd, onward, hops = onward, crowd, hops + 1
            if number == 0 and waiting > 0:
                for cell in range(waiting):
                    number = _join(net, crowd, number, state[cell], people[cell])
                waiting, hops = 0, 0
        # Who is still on the way stays where she is.
        state, people, waiting = _empty(net, crowd, number, state, people, waiting)
        for cell in range(waiting):
            next_rest[member, net.stays[state[cell]]] += people[cell]


@inner
def _gather(net: Network, member: int, arrivals: Arrivals, due: Ints, due_state: Ints, crowd: Crowd) -> int:
    """Gather a member's arrivals in a crowd; return the number of occupied posts."""
    number = 0
    for index in range(arrivals.start[member], arrivals.start[member + 1]):
        number = _join(net, crowd, number, arrivals.state[index], arrivals.people[index])
    for cell in range(due.shape[1]):
        if due[member, cell] > 0:
            number = _join(net, crowd, number, due_state[cell], due[member, cell])
            due[member, cell] = 0
    return number


@inner
def _share_at_once(
    net: Network, now: Conditions, member: int, crowd: Crowd, number: int, in_camps: Ints, reach: Floats,
    expected: Floats,
) -> float:  # fmt: skip
    """Share of a crowd that may go on at once: less than 1 where it would fill a camp at one go.

    Flee lets one person after the other make all her hops.  Where so many are about to choose a
    camp that its throttle would not be felt, the others wait for their turn.
    """
    expected[:] = 0.0
    for post in crowd.posts[:number]:
        movers, at = 0.0, crowd.head[post]
        while at >= 0:
            if net.room[post] >= 0:
                expected[net.room[post]] += crowd.people[at]
            movers += crowd.people[at] * (1.0 if net.unrested[at] and now.town[post] else now.move[post])
            at = crowd.after[at]
        below = 0.0
        for option in range(net.first[post], net.first[post + 1]):
            if net.slot[option] >= 0:
                expected[net.slot[option]] += movers * (reach[option] - below)
            below = reach[option]
    at_once = 1.0
    for camp in range(len(expected)):
        limit = PRESSING * max(now.capacity[camp] * (1.0 - now.buffer), 1.0)
        filling = in_camps[member, camp] + expected[camp] > now.buffer * now.capacity[camp]
        if expected[camp] > limit and filling and in_camps[member, camp] < now.capacity[camp]:
            at_once = min(at_once, limit / expected[camp])
    return at_once


@njit(cache=True)
def _let_wait(
    rng: np.random.Generator, net: Network, share: float, crowd: Crowd, number: int,
    state: Ints, people: Ints, waiting: int,
) -> tuple[Ints, Ints, int]:  # fmt: skip
    """Move a random share of a crowd to the end of the list of those who wait for their turn."""
    memory = net.leads.shape[1]
    for post in crowd.posts[:number]:
        if waiting + memory > len(state):
            state, people = _lengthen(state, waiting + memory), _lengthen(people, waiting + memory)
        at = crowd.head[post]
        while at >= 0:
            state[waiting], people[waiting] = at, rng.binomial(crowd.people[at], share)
            crowd.people[at] -= people[waiting]
            waiting += 1
            at = crowd.after[at]
    return state, people, waiting


@inner
def _see_camps(net: Network, member: int, crowd: Crowd, number: int, in_camps: Ints, seen: Floats) -> None:
    """Let a crowd come in; set `seen` to people in camps before plus half of those who come in."""
    for camp in range(len(seen)):
        seen[camp] = in_camps[member, camp] / 2.0
    for post in crowd.posts[:number]:
        at, camp = crowd.head[post], net.room[post]
        while camp >= 0 and at >= 0:
            in_camps[member, camp] += crowd.people[at]
            at = crowd.after[at]
    for camp in range(len(seen)):
        seen[camp] += in_camps[member, camp] / 2.0


@inner
def _hop(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, crowd: Crowd, number: int, onward: Crowd,
    cells: Cells, next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, reach: Floats,
) -> int:  # fmt: skip
    """Let a crowd that came in go on once; return how many posts those who do occupy."""
    going_on = 0
    for post in crowd.posts[:number]:
        first, last = net.first[post], net.first[post + 1]
        chance = reach[last - 1] if last > first else 0.0
        leavers = 0
        at = crowd.head[post]
        crowd.head[post] = -1
        while at >= 0:
            count = crowd.people[at]
            crowd.people[at] = 0
            move = 1.0 if net.unrested[at] and now.town[post] else now.move[post]
            leaving = leave(rng, count, move * chance)
            next_rest[member, net.stays[at]] += count - leaving
            if leaving > 0:
                cells.leaving[leavers], cells.memory[leavers] = leaving, at - post * net.leads.shape[1]
                leavers += 1
            at = crowd.after[at]
        if leavers > 0:
            going_on = _go(
                rng, net, now, member, post, cells, leavers, next_rest, road, in_camps, departures, reach, onward,
                going_on,
            )  # fmt: skip
    return going_on


def is_compiled() -> bool:
    """Return whether what was compiled is kept on this machine, so that a run begins at once."""
    return any(Path(come_in.stats.cache_path or "").glob("dispersal_hops.come_in-*.nbi"))


def forget_stale() -> None:
    """Delete what was compiled from an older state of the loops, the draws or the tuples they are given.

    Numba looks at the file of the compiled function alone, and reads what it kept before that.
    """
    sources = (__file__, str(dispersal_draws.__file__), str(dispersal_cells.__file__))
    changed = max(Path(source).stat().st_mtime for source in sources)
    for kept in Path(set_out.stats.cache_path or "").glob("dispersal_*.nb?"):
        with contextlib.suppress(OSError):  # another process was quicker, or it is not ours to delete
            if kept.stat().st_mtime < changed:
                kept.unlink()


forget_stale()
