"""Departures and hops of a day, compiled: the loops in which dispersal spends its time.

A cell (post, km done today, recent distance) holds two or three people as often as thousands.
These loops go over the cells member by member and put everybody at once where her option leads.
The same rules as plain array operations stand in the tests as the reference
(``tests/reference/flee_counts.py``).

All that is compiled stands in this one file: what is compiled is kept on disk until the file it
is from changes.  Inner loops are compiled without reference counting (``_nrt=False``): they make no arrays, and
counting references to those they are given took a third of their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np
from numba import njit

from caravana.dynamics.dispersal_cells import Arrivals, Conditions, Crowd, Floats, Ints, Network

#: Cells of up to so many people are drawn person by person, which is quicker than by binomials.
FEW = 24
#: Hops of one day that are followed; who is on the way after so many rests where she is.
MOST_HOPS = 200
#: People on the way for each that a camp's throttle spans, above which they come in turns.
PRESSING = 8.0
#: Most turns of a day.
MOST_TURNS = 12


P = ParamSpec("P")
R = TypeVar("R")


def inner(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays."""
    return njit(cache=True, _nrt=False)(loop)  # type: ignore[call-overload,no-any-return]


def inlined(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile what stands inside such loops."""
    return njit(cache=True, _nrt=False, forceinline=True)(loop)  # type: ignore[call-overload,no-any-return]


@inner
def throttle(people: Floats, capacity: Floats, buffer: float, share: Floats) -> bool:
    """Set the throttle of camps, and return whether that changed any.

    It is 1 up to `buffer` of the capacity, 0 from full on, linear between.
    """
    changed = False
    for camp in range(len(capacity)):
        room = max(capacity[camp] * (1.0 - buffer), 1e-12)
        value = min(max((capacity[camp] - people[camp]) / room, 0.0), 1.0)
        if capacity[camp] < 1.0:
            value = 1.0
        changed = changed or value != share[camp]
        share[camp] = value
    return changed


@inner
def weigh(net: Network, now: Conditions, posts: Ints, share: Floats, reach: Floats) -> None:
    """Set the running sum of the chances of each post's options; what is missing to 1 stays.

    Parameters
    ----------
    posts
        Posts to do it for, [post].
    share
        Throttle of each camp, [camp].
    reach
        Where the running sums go, [option].
    """
    for post in posts:
        first, last = net.first[post], net.first[post + 1]
        total, number, best = 0.0, 0.0, 0.0
        for option in range(first, last):
            value = 0.0
            if now.weight[option] >= 0.0:
                value = now.weight[option]
                if net.slot[option] >= 0:
                    pull = share[net.slot[option]]
                    value *= pull if now.power == 1.0 else pull**now.power
                number += net.chance[option]
            best = max(best, value)
            reach[option] = value
        for option in range(first, last):
            if now.pruning >= 1.001 and reach[option] < best / now.pruning:
                reach[option] = 0.0
            reach[option] *= net.chance[option]
            total += reach[option]
        summed = 0.0
        for option in range(first, last):
            chance = 0.0
            if net.following[post]:
                chance = net.chance[option] if now.first_open[option] else 0.0
            elif total > 0.0:
                chance = reach[option] / total
            elif now.weight[option] >= 0.0:
                # All candidates full: everybody chooses one of them at random, and finds it full.
                chance = net.chance[option] / number
            # A camp more than half throttled turns those who chose it away: they stay where they are.
            if now.to_camp[option] and net.slot[option] >= 0 and share[net.slot[option]] < 0.5:
                chance = 0.0
            summed += chance
            reach[option] = summed


@inlined
def share_out(
    rng: np.random.Generator, people: int, move: float, reach: Floats, first: int, last: int, going: Ints,
) -> int:  # fmt: skip
    """Draw how many of a cell take each option, and return how many stay: a multinomial, exactly.

    A cell of few people is drawn person by person, a cell of many by binomials, one option after
    the other.

    Parameters
    ----------
    move
        Chance of moving at all.
    reach
        Running sum of the chances of options for those who move, [option].
    first, last
        The post's options.
    going
        Where the numbers go, from index 0, [option of the post]; not set if nobody could move.
    """
    total = reach[last - 1] if last > first else 0.0
    if move <= 0.0 or total <= 0.0:
        return people
    if total > 1.0 - 1e-12:
        total = 1.0
    for column in range(last - first):
        going[column] = 0
    leaving = 0
    if people <= FEW:
        for _ in range(people):
            target = rng.random()
            if target < move * total:
                _step(target / move, reach, first, last, going)
                leaving += 1
        return people - leaving
    leaving = people if move * total >= 1.0 else rng.binomial(people, move * total)
    if leaving <= FEW:
        for _ in range(leaving):
            _step(rng.random() * total, reach, first, last, going)
        return people - leaving
    left, below = leaving, 0.0
    for option in range(first, last):
        if reach[option] > below:
            chance = (reach[option] - below) / (reach[last - 1] - below)
            taken = left if chance >= 1.0 else rng.binomial(left, chance)
            going[option - first] = taken
            left -= taken
            if left == 0:
                break
            below = reach[option]
    return people - leaving


@inlined
def _step(target: float, reach: Floats, first: int, last: int, going: Ints) -> None:
    """Let one person take the option in whose part of the running sum `target` falls."""
    option = first
    while option < last - 1 and target >= reach[option]:
        option += 1
    # Rounding at the very end must not choose an option that nobody may take.
    while option > first and reach[option] == reach[option - 1]:
        option -= 1
    going[option - first] += 1


@inlined
def _join(crowd: Crowd, number: int, state: int, people: int) -> int:
    """Add people to a state of a crowd; return how many states are occupied."""
    if crowd.people[state] == 0:
        crowd.occupied[number] = state
        number += 1
    crowd.people[state] += people
    return number


@njit(cache=True)
def _empty(crowd: Crowd, number: int, state: Ints, people: Ints, end: int) -> tuple[Ints, Ints, int]:
    """Move a crowd to the end of a list of cells, which grows where it must."""
    if end + number > len(state):
        more = 2 * (end + number)
        longer, fuller = np.empty(more, np.int64), np.empty(more, np.int64)
        longer[:end], fuller[:end] = state[:end], people[:end]
        state, people = longer, fuller
    for index in range(number):
        one = crowd.occupied[index]
        state[end + index], people[end + index] = one, crowd.people[one]
        crowd.people[one] = 0
    return state, people, end + number


@inlined
def _send(
    net: Network, now: Conditions, member: int, post: int, memory: int, going: Ints,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, crowd: Crowd, number: int,
) -> int:  # fmt: skip
    """Put those going on the road: to where they arrive today, to their rest there, or into the calendar."""
    states = len(net.post)
    on_the_road = states + next_rest.shape[1]
    for option in range(net.first[post], net.first[post + 1]):
        gone = going[option - net.first[post]]
        if gone == 0:
            continue
        departures[net.link[option]] += gone
        lead = net.leads[option, memory]
        if lead < states:
            number = _join(crowd, number, lead, gone)
        elif lead < on_the_road:
            next_rest[member, lead - states] += gone
            camp = net.room[(lead - states) // net.recent_levels]
            if camp >= 0:
                in_camps[member, camp] += gone
        else:
            road[now.due[option], member, option, lead - on_the_road] += gone
    return number


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
    walkers = Crowd(np.zeros(states, np.int64), np.empty(states, np.int64))
    starters = Crowd(np.zeros(states, np.int64), np.empty(states, np.int64))
    walker_start, starter_start = np.zeros(members + 1, np.int64), np.zeros(members + 1, np.int64)
    state, people = np.empty(256, np.int64), np.empty(256, np.int64)
    first_state, first_people = np.empty(256, np.int64), np.empty(256, np.int64)
    reach, going = np.empty(len(net.link)), np.empty(len(net.link), np.int64)
    share = np.ones(len(now.capacity))
    weigh(net, now, np.arange(len(net.room)), share, reach)
    for member in range(members):
        if throttle(in_camps[member] * now.staying, now.capacity, now.buffer, share):
            weigh(net, now, net.throttled, share, reach)
        walking = _leave_again(
            rng, net, now, member, rest, next_rest, road, in_camps, departures, reach, going, walkers
        )
        starting = _leave_first(rng, net, now, member, fresh, foot, in_camps, departures, reach, going, starters)
        state, people, end = _empty(walkers, walking, state, people, walker_start[member])
        walker_start[member + 1] = end
        first_state, first_people, end = _empty(starters, starting, first_state, first_people, starter_start[member])
        starter_start[member + 1] = end
    return Arrivals(walker_start, state, people), Arrivals(starter_start, first_state, first_people)


@inner
def _leave_first(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, fresh: Ints, foot: Ints, in_camps: Ints,
    departures: Ints, reach: Floats, going: Ints, starters: Crowd,
) -> int:  # fmt: skip
    """Let those who were never on the road set out; return how many states those who arrive today occupy."""
    starting = 0
    for post in range(fresh.shape[1]):
        count = fresh[member, post]
        if count == 0:
            continue
        first, last = net.first[post], net.first[post + 1]
        staying = share_out(rng, count, now.move[post], reach, first, last, going)
        fresh[member, post] = staying
        if staying == count:
            continue
        if net.room[post] >= 0:
            in_camps[member, net.room[post]] -= count - staying
        for option in range(first, last):
            gone = going[option - first]
            if gone == 0:
                continue
            departures[net.link[option]] += gone
            if net.starts[option] >= 0:
                starting = _join(starters, starting, net.starts[option], gone)
            else:
                foot[now.due_on_foot[option], member, option] += gone
    return starting


@inner
def _leave_again(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, rest: Ints, next_rest: Ints, road: Ints,
    in_camps: Ints, departures: Ints, reach: Floats, going: Ints, walkers: Crowd,
) -> int:  # fmt: skip
    """Let those with a journey behind them set out; return how many states those who arrive today occupy."""
    walking = 0
    for post in range(rest.shape[1]):
        first, last = net.first[post], net.first[post + 1]
        for recent in range(net.recent_levels):
            count = rest[member, post, recent]
            if count == 0:
                continue
            staying = share_out(rng, count, now.move[post], reach, first, last, going)
            next_rest[member, net.rests[post * net.recent_levels + recent]] += staying
            if staying == count:
                continue
            if net.room[post] >= 0:
                in_camps[member, net.room[post]] -= count - staying
            walking = _send(
                net, now, member, post, recent, going, next_rest, road, in_camps, departures, walkers, walking
            )
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
    crowd = Crowd(np.zeros(states, np.int64), np.empty(states, np.int64))
    onward = Crowd(np.zeros(states, np.int64), np.empty(states, np.int64))
    state, people = np.empty(256, np.int64), np.empty(256, np.int64)
    reach, going = np.empty(len(net.link)), np.empty(len(net.link), np.int64)
    share, seen = np.ones(len(now.capacity)), np.empty(len(now.capacity))
    weigh(net, now, np.arange(len(net.room)), share, reach)
    for member in range(len(in_camps)):
        number, coming = _gather(member, arrivals, due, due_state, crowd)
        turns = _turns(now, in_camps[member], coming)
        cells = number
        if turns > 1:
            state, people, _ = _empty(crowd, number, state, people, 0)
        for left in range(turns, 0, -1):
            if turns > 1:
                number = _take_turn(rng, left, state[:cells], people[:cells], crowd)
            for _ in range(MOST_HOPS):
                if number == 0:
                    break
                _see_camps(net, member, crowd, number, in_camps, seen)
                if throttle(seen, now.capacity, now.buffer, share):
                    weigh(net, now, net.throttled, share, reach)
                number = _hop(
                    rng, net, now, member, crowd, number, onward, next_rest, road, in_camps, departures, reach, going
                )
                crowd, onward = onward, crowd
            for at in crowd.occupied[:number]:
                next_rest[member, net.stays[at]] += crowd.people[at]
                crowd.people[at] = 0


@inner
def _gather(member: int, arrivals: Arrivals, due: Ints, due_state: Ints, crowd: Crowd) -> tuple[int, int]:
    """Gather a member's arrivals in a crowd; return the number of occupied states, and of people."""
    number, coming = 0, 0
    for index in range(arrivals.start[member], arrivals.start[member + 1]):
        number = _join(crowd, number, arrivals.state[index], arrivals.people[index])
        coming += arrivals.people[index]
    for cell in range(due.shape[1]):
        if due[member, cell] > 0:
            number = _join(crowd, number, due_state[cell], due[member, cell])
            coming += due[member, cell]
            due[member, cell] = 0
    return number, coming


@inner
def _turns(now: Conditions, in_camps: Ints, coming: int) -> int:
    """In how many turns a day's arrivals come in: more than one where they would fill a camp at one go.

    Flee lets one person after the other make all her hops.  Where those on the way are many for
    the room that is left in some camp, they come in several turns, each a random part of them,
    so that the later ones see what the earlier ones did.
    """
    pressure = 0.0
    for camp in range(len(in_camps)):
        capacity = now.capacity[camp]
        # Anybody on the way today might end in the camp: count all, as a bound.
        if in_camps[camp] < capacity and in_camps[camp] + coming > now.buffer * capacity:
            pressure = max(pressure, coming / max(capacity * (1.0 - now.buffer), 1.0))
    return int(min(max(np.ceil(pressure / PRESSING), 1.0), float(MOST_TURNS)))


@inner
def _take_turn(rng: np.random.Generator, left: int, state: Ints, people: Ints, crowd: Crowd) -> int:
    """Let a random part of the waiting come in, one of the turns that are left; return the occupied states."""
    number = 0
    for cell in range(len(state)):
        part = rng.binomial(people[cell], 1.0 / left) if left > 1 else people[cell]
        if part > 0:
            number = _join(crowd, number, state[cell], part)
            people[cell] -= part
    return number


@inner
def _see_camps(net: Network, member: int, crowd: Crowd, number: int, in_camps: Ints, seen: Floats) -> None:
    """Let a crowd come in; set `seen` to people in camps before plus half of those who come in."""
    for camp in range(len(seen)):
        seen[camp] = in_camps[member, camp] / 2.0
    for index in range(number):
        camp = net.room[net.post[crowd.occupied[index]]]
        if camp >= 0:
            in_camps[member, camp] += crowd.people[crowd.occupied[index]]
    for camp in range(len(seen)):
        seen[camp] += in_camps[member, camp] / 2.0


@inner
def _hop(
    rng: np.random.Generator, net: Network, now: Conditions, member: int, crowd: Crowd, number: int, onward: Crowd,
    next_rest: Ints, road: Ints, in_camps: Ints, departures: Ints, reach: Floats, going: Ints,
) -> int:  # fmt: skip
    """Let a crowd that came in go on once; return how many states those who do occupy."""
    going_on = 0
    for index in range(number):
        at = crowd.occupied[index]
        count = crowd.people[at]
        crowd.people[at] = 0
        post = net.post[at]
        move = 1.0 if net.unrested[at] and now.town[post] else now.move[post]
        staying = share_out(rng, count, move, reach, net.first[post], net.first[post + 1], going)
        next_rest[member, net.stays[at]] += staying
        if staying == count:
            continue
        if net.room[post] >= 0:
            in_camps[member, net.room[post]] -= count - staying
        memory = at - post * net.leads.shape[1]
        going_on = _send(net, now, member, post, memory, going, next_rest, road, in_camps, departures, onward, going_on)
    return going_on
