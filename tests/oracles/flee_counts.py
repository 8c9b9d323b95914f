"""The day of the rule set ``flee`` in plain array operations: the reference of the compiled loops.

Slower, and drawn in another order, so it agrees in distribution; the chances of options agree to
the last digits.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tests.oracles.flee_chances import capacity_share, chances

from caravana.models.displacement.walk.order import carry_out
from caravana.models.displacement.walk.processes import displace, turn_back
from caravana.models.displacement.walk.state import people_at_places, start_state
from caravana.streams import Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.walk.state import WalkState
    from caravana.models.displacement.walk.world import WalkWorld

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Posts with fewer options than this are drawn apart from the others.
NARROW = 4
#: Hops of one day that are followed; who is on the way after so many rests where she is.
MOST_HOPS = 200
#: People on the way for each that a camp's throttle spans, above which they come in turns, and most turns.
PRESSING, MOST_TURNS = 8.0, 12


@dataclass(slots=True)
class Today:
    """What a day's processes share.

    Attributes
    ----------
    day
        Day index.
    weight
        Weight of options before capacity, [option].
    next_rest
        People at rest tomorrow morning, flattened [member, post, recent].
    walkers, first_walkers
        People who arrive somewhere today, as parts (cells, people) whose cells are flattened
        [member, state]: those with an earlier journey behind them, and those on their first link.
    in_camps
        People in each place that has a capacity, [member, camp].
    share, go
        The last throttle of camps and the chances that followed from it, kept while it holds.
    """

    day: int
    weight: Floats
    next_rest: Ints
    walkers: list[tuple[Ints, Ints]]
    first_walkers: list[tuple[Ints, Ints]]
    in_camps: Ints
    share: Floats | None = None
    go: Floats | None = None


@dataclass(frozen=True, slots=True)
class Departures:
    """Persons who set out on each link on a day, summed over members, [link]."""

    departures: Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """Occupied cells to draw for: arrays [cell]."""

    member: Ints
    post: Ints
    today: Ints
    recent: Ints
    people: Ints


def depart(state: WalkState, world: WalkWorld, today: Today, rng: np.random.Generator, flows: Departures) -> None:
    """Let those at places set out: a chance by place, then an option by weight.

    Those in camps are the first of Flee's list, so others see camps after they have left: their
    expected number is taken off before anybody chooses.
    """
    posts, recent = len(world.place), len(world.levels.recent)
    chance = world.places.move_chance[today.day]
    in_camps = today.in_camps * (1.0 - chance[world.choice.limited])
    go = _chances_now(world, today, in_camps)
    fresh = np.flatnonzero(state.fresh)
    rested = np.flatnonzero(state.rest)
    member = np.concatenate([fresh // posts, rested // (posts * recent)])
    post = np.concatenate([fresh % posts, (rested // recent) % posts])
    level = np.concatenate([np.zeros_like(fresh), rested % recent])
    people = np.concatenate([state.fresh.ravel()[fresh], state.rest.ravel()[rested]])
    move = np.where(world.choice.following[post], 1.0, chance[world.place[post]])
    cells = Cells(member, post, np.zeros_like(post), level, people)
    row, option, leaving, staying = draw(world, cells, move, go, rng)
    first = row < len(fresh)
    state.fresh.ravel()[fresh] = staying[: len(fresh)]
    home = member[len(fresh) :] * posts + world.drop_post[post[len(fresh) :]]
    np.add.at(today.next_rest, home * recent + world.moves.fade[level[len(fresh) :]], staying[len(fresh) :])
    _start_on_foot(state, world, today, cells.member[row[first]], option[first], leaving[first])
    _send(state, world, today, cells, row[~first], option[~first], leaving[~first], today.walkers)
    _count_out(world, today, cells, row, option, leaving, flows)


def _start_on_foot(state: WalkState, world: WalkWorld, today: Today, member: Ints, option: Ints, people: Ints) -> None:
    """Put people on their first link, or among today's arrivals if it is short."""
    target = world.moves.foot_same_day[option]
    now = target >= 0
    today.first_walkers.append((member[now] * states(world) + target[now], people[now]))
    later = ~now
    slots, members, options = state.foot.shape
    slot = (today.day + world.options.foot.delay[option[later]]) % slots
    np.add.at(state.foot.reshape(-1), (slot * members + member[later]) * options + option[later], people[later])


def _send(
    state: WalkState,
    world: WalkWorld,
    today: Today,
    cells: Cells,
    row: Ints,
    option: Ints,
    people: Ints,
    arrivals: list[tuple[Ints, Ints]],
) -> None:
    """Put people on the road: to where they arrive today, or into the calendar."""
    moves = world.moves
    member, km, level = cells.member[row], cells.today[row], cells.recent[row]
    recents, ends = len(world.levels.recent), moves.ends[moves.leg[option], km, level].astype(np.int64)
    cell_now = moves.same_day[option, km]
    now = cell_now >= 0
    arrivals.append((member[now] * states(world) + cell_now[now] * recents + level[now], people[now]))
    done = ~now & (ends >= 0)
    size, post = len(world.place) * recents, world.options.next_post[option[done]]
    np.add.at(today.next_rest, member[done] * size + post * recents + ends[done], people[done])
    _count_in(world, today, member[done], post, people[done])
    later = ~(now | done)
    slots, members, options, recent = state.road.shape
    slot = (today.day + world.options.legs.delay[option[later]]) % slots
    cell = (slot * members + member[later]) * options + option[later]
    np.add.at(state.road.reshape(-1), cell * recent - 1 - ends[later], people[later])


def travel(
    state: WalkState,
    world: WalkWorld,
    today: Today,
    arrivals: list[tuple[Ints, Ints]],
    rng: np.random.Generator,
    flows: Departures,
) -> None:
    """Let arrivals come in and go on, hop by hop, until each rests or is under way for the night.

    In each round people choose at once, seeing camps as they were plus half of those who come in
    with them.
    """
    n_recent = len(world.levels.recent)
    memory = world.levels.today.shape[1] * n_recent
    chance, town = world.places.move_chance[today.day], world.places.town[today.day]
    unrested = world.moves.unrested.ravel()
    for _ in range(MOST_HOPS):
        occupied, people = merge(arrivals)
        arrivals = []
        if not len(occupied):
            return
        member, at = occupied // states(world), occupied % states(world)
        post, memory_level = at // memory, at % memory
        before = today.in_camps.copy()
        _count_in(world, today, member, post, people)
        go = _chances_now(world, today, (before + today.in_camps) / 2.0)
        place = world.place[post]
        forced = world.choice.following[post] | (unrested[at] & town[place])
        cells = Cells(member, post, memory_level // n_recent, memory_level % n_recent, people)
        row, option, leaving, staying = draw(world, cells, np.where(forced, 1.0, chance[place]), go, rng)
        home = member * len(world.place) + world.drop_post[post]
        np.add.at(today.next_rest, home * n_recent + world.moves.rest_after.ravel()[at], staying)
        _send(state, world, today, cells, row, option, leaving, arrivals)
        _count_out(world, today, cells, row, option, leaving, flows)
    occupied, people = merge(arrivals)
    member, at = occupied // states(world), occupied % states(world)
    home = member * len(world.place) + world.drop_post[at // memory]
    np.add.at(today.next_rest, home * n_recent + world.moves.rest_after.ravel()[at], people)


def in_turns(
    world: WalkWorld, today: Today, arrivals: list[tuple[Ints, Ints]], rng: np.random.Generator
) -> list[list[tuple[Ints, Ints]]]:
    """Split a day's arrivals into turns where they would fill a camp at one go.

    Flee lets one person after the other make all her hops.  Where those who come in are many for
    the room that is left in some camp, they come in several turns, each a random part of them,
    so that the later ones see what the earlier ones did.
    """
    cells, people = merge(arrivals)
    if not len(cells):
        return []
    limited = world.choice.limited
    capacity = world.capacity[limited] + world.capacity_per_day[limited] * (today.day + 1)
    throttled = np.maximum(capacity * (1.0 - world.settings.capacity_buffer), 1.0)
    # Anybody on the way today might end in the camp: count all, as a bound.
    coming = np.bincount(cells // states(world), weights=people, minlength=len(today.in_camps))[:, None]
    open_yet = (today.in_camps < capacity) & (today.in_camps + coming > world.settings.capacity_buffer * capacity)
    pressure = float((np.where(open_yet, coming / throttled, 0.0)).mean(axis=0).max(initial=0.0))
    turns = int(np.clip(np.ceil(pressure / PRESSING), 1, MOST_TURNS))
    parts = []
    for left in range(turns, 1, -1):
        part = rng.binomial(people, 1.0 / left)
        some = part > 0
        parts.append([(cells[some], part[some])])
        people = people - part
    some = people > 0
    parts.append([(cells[some], people[some])])
    return parts


def merge(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Sum parts (cells, people) to one list of occupied cells, cells rising."""
    cells = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, dtype=np.int64)
    if not len(cells):
        return cells, cells
    people = np.concatenate([part[1] for part in parts])
    order = np.argsort(cells)
    cells = cells[order]
    first = np.flatnonzero(np.concatenate([[True], cells[1:] != cells[:-1]]))
    return cells[first], np.add.reduceat(people[order], first)


def draw(
    world: WalkWorld, cells: Cells, move: Floats, go: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Draw what the people of each cell do.

    Parameters
    ----------
    move
        Chance of moving, [cell].
    go
        Chance of each option for those who move, [member, option + 1] (the last is padding).

    Returns
    -------
    tuple
        Cell, option and persons of each departure that took place, and who stays, [cell].
    """
    # Posts with few options are drawn apart from those with many: less padding.
    narrow = min(NARROW, padded(world).shape[1])
    wide = padded(world)[cells.post, narrow - 1] < len(world.options.route)
    rows: list[Ints] = []
    options: list[Ints] = []
    people: list[Ints] = []
    staying = np.empty(len(move), dtype=np.int64)
    for group, width in ((np.flatnonzero(~wide), narrow), (np.flatnonzero(wide), padded(world).shape[1])):
        if not len(group):
            continue
        columns = padded(world)[cells.post[group], :width]
        chance = np.empty((len(group), width + 1))
        np.multiply(go[cells.member[group][:, None], columns], move[group][:, None], out=chance[:, :width])
        chance[:, width] = np.maximum(1.0 - chance[:, :width].sum(axis=1), 0.0)
        drawn = rng.multinomial(cells.people[group], chance)
        row, column = np.nonzero(drawn[:, :width])
        rows.append(group[row])
        options.append(columns[row, column])
        people.append(drawn[row, column])
        staying[group] = drawn[:, width]
    if not rows:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, staying
    return np.concatenate(rows), np.concatenate(options), np.concatenate(people), staying


def _chances_now(world: WalkWorld, today: Today, in_camps: Floats) -> Floats:
    """Chance of each option given how full camps are, with a column of padding, [member, option + 1]."""
    limited = world.choice.limited
    capacity = world.capacity[limited] + world.capacity_per_day[limited] * (today.day + 1)
    share = capacity_share(in_camps, capacity, world.settings.capacity_buffer)
    if today.go is not None and today.share is not None and np.array_equal(share, today.share):
        return today.go
    first_open = world.open_link[today.day][world.routes.link[world.options.route]]
    camp = world.places.camp[today.day][world.choice.destination]
    go = chances(world.choice, world.options, today.weight, first_open, share, camp, world.settings)
    today.share, today.go = share, np.concatenate([go, np.zeros((len(go), 1))], axis=1)
    return today.go


def _count_in(world: WalkWorld, today: Today, member: Ints, post: Ints, people: Ints) -> None:
    """Add arrivals to the count of people in places with a capacity."""
    _count(world, today, member, world.place[post], people)


def _count_out(
    world: WalkWorld, today: Today, cells: Cells, row: Ints, option: Ints, people: Ints, flows: Departures
) -> None:
    """Take departures off the count of people in places with a capacity; count them on links."""
    _count(world, today, cells.member[row], world.place[cells.post[row]], -people)
    link = world.routes.link[world.options.route[option]]
    flows.departures[:] += np.bincount(link, weights=people, minlength=len(flows.departures)).astype(np.int64)


def _count(world: WalkWorld, today: Today, member: Ints, place: Ints, people: Ints) -> None:
    """Change the count of people in places with a capacity."""
    where = world.choice.place_slot[place]
    inside = where >= 0
    np.add.at(today.in_camps, (member[inside], where[inside]), people[inside])


def states(world: WalkWorld) -> int:
    """Number of states on arrival: posts x km done today x recent distance."""
    return world.levels.today.size * len(world.levels.recent)


def padded(world):
    """Option of each (post, column), padded with the number of options, [post, column]."""
    number = np.diff(world.options.first)
    width = max(int(number.max(initial=0)), 1)
    columns = world.options.first[:-1, None] + np.arange(width)[None, :]
    return np.where(np.arange(width)[None, :] < number[:, None], columns, len(world.options.route))


#: Arrays of the state that lie with the members last, for the compiled loops.
FIELDS = ("fresh", "rest", "road", "foot")


def lying_by_member(state):
    """The state with its people in the order of members, as the operations here take them."""
    people = {name: np.array(getattr(state, name), dtype=np.int64, order="C") for name in FIELDS}
    return dataclasses.replace(state, **people)


def simulate_by_arrays(world, *, seed, members):
    """People at each place at the end of each day, [member, day, place]."""
    state = lying_by_member(start_state(world, members))
    rng = np.random.default_rng(seed)
    people = np.empty((members, world.days, len(world.place_ids)), dtype=np.int64)
    at_places = people_at_places(state, world, 0)
    for day in range(world.days):
        flows = Departures(np.zeros(len(world.links.km), dtype=np.int64))
        today = Today(
            day, world.option_weights(day), np.zeros(state.rest.size, dtype=np.int64), [], [],
            at_places[:, world.choice.limited].copy(),
        )  # fmt: skip
        named = Stream(seed, 0, 0, day)
        for process in (displace, turn_back):
            carry_out(state, world, today, process(state, world, {}, today, named))
        depart(state, world, today, rng, flows)
        back = state.turned[day % len(state.turned)]
        today.next_rest += back.reshape(-1)
        back[...] = 0
        for due, arrival, parts in (
            (state.road[day % len(state.road)], world.moves.arrival.reshape(-1), today.walkers),
            (state.foot[day % len(state.foot)], world.moves.foot_arrival, today.first_walkers),
        ):
            cells = np.flatnonzero(due)
            per_member = due[0].size
            target = arrival[cells % per_member]
            parts.append((cells // per_member * states(world) + target, due.reshape(-1)[cells]))
            due[...] = 0
            for part in in_turns(world, today, parts, rng):
                travel(state, world, today, part, rng, flows)
        state.rest = today.next_rest.reshape(state.rest.shape)
        at_places = people_at_places(state, world, day)
        people[:, day] = at_places
    return people
