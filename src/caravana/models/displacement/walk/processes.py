"""The processes of a day of the walk: displacement, links that shut, departures, journeys.

Each looks and says what happens (:class:`WalkOutcome`), and the loop carries it out: who is displaced, who is back.
Departures and journeys, where the time goes, are the compiled loops of
:mod:`caravana.models.displacement.walk.kernels.hops`.  These write people in place for speed, and so does
``turn_back``: into the state, which is the walk's own and seen by nobody else, and into today's arrays.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.returns import draw_returns
from caravana.models.displacement.transfers import draw_leavers, draw_transfers
from caravana.models.displacement.walk.kernels.arrays import (
    RECENTS,
    Block,
    Conditions,
    Crowd,
    Due,
    Leavers,
    Levels,
    Network,
    Sight,
    Urns,
)
from caravana.models.displacement.walk.kernels.crowd import make_crowds
from caravana.models.displacement.walk.kernels.hops import come_in, set_out
from caravana.models.displacement.walk.kernels.journeys import make_leavers, make_sight
from caravana.models.displacement.walk.kernels.lanes import LANES
from caravana.models.displacement.walk.kernels.random import draw_bits
from caravana.models.displacement.walk.kernels.urns import make_urns
from caravana.models.displacement.walk.pushes import displace_by_pushes
from caravana.models.displacement.walk.state import WalkOutcome, by_place_of, members_last, nobody, people_under_way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.base import Draws
    from caravana.models.displacement.walk.state import WalkState
    from caravana.models.displacement.walk.world import WalkWorld
    from caravana.streams import Stream

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]


@dataclass(slots=True)
class WalkDay:
    """What a day's processes share.

    Attributes
    ----------
    day
        Day index.
    network, conditions
        What holds on every day, and on this one.
    next_rest
        People at rest tomorrow morning, [member, post * recent].
    in_camps
        People in each place that has a capacity, [member, camp].
    crowds
        People on the way.
    """

    day: int
    network: Network
    conditions: Conditions
    next_rest: Codes
    in_camps: Codes
    crowds: Crowds


@dataclass(frozen=True, slots=True)
class Crowds:
    """Room for the people on the way, made once a block; it is empty between the days.

    Attributes
    ----------
    walkers, first_walkers
        People who arrive on the day they set out: those with an earlier journey behind them, and
        those on their first link; of each group of eight members.
    waiting
        Those of one group who wait for their turn.
    sight, urns, who
        What people see, the urns of posts, and those of one cell: room that each loop fills anew.
    """

    walkers: Crowd
    first_walkers: Crowd
    waiting: Crowd
    sight: Sight
    urns: Urns
    who: Leavers

    @classmethod
    def for_members(cls, members: int, network: Network) -> Crowds:
        """Make room for so many members."""
        groups, cells = members // LANES, network.cells
        return cls(
            walkers=make_crowds(groups, cells), first_walkers=make_crowds(groups, cells),
            waiting=make_crowds(1, cells),
            sight=make_sight(network.posts, network.options, int(network.room.max(initial=-1)) + 1),
            urns=make_urns(network.posts, network.options, len(network.seen), network.most),
            who=make_leavers(network.most),
        )  # fmt: skip


def begin_day(
    state: WalkState, world: WalkWorld, network: Network, crowds: Crowds, at_places: Ints, day: int
) -> WalkDay:
    """Return what the processes of a day share, before the first of them.

    Parameters
    ----------
    network
        From :func:`see_network`.
    crowds
        Room for those on the way.
    at_places
        People at each place, [member, place].
    """
    s, limited, place = world.settings, world.choice.limited, world.place
    chance = world.places.move_chance[day]
    away = False if world.harvesting is None else world.harvesting[day][world.people_class]
    conditions = Conditions(
        camps=len(limited),
        weight=world.option_weights(day),
        first_open=world.open_link[day][world.routes.link[world.options.route]],
        to_camp=world.places.camp[day][world.choice.destination],
        due=(day + world.options.legs.delay) % len(state.road),
        due_on_foot=(day + world.options.foot.delay) % len(state.foot),
        # Whoever is on a route half done goes on.
        move=np.where(away, 0.0, np.where(world.choice.following, 1.0, chance[place])),
        town=world.places.town[day][place] & ~np.asarray(away),
        staying=1.0 - chance[limited],
        everybody=np.ones(len(limited)),
        capacity=world.capacity_on(day)[limited],
        turns_away=world.places.camp[day][limited],
        buffer=float(s.capacity_buffer),
        power=float(s.weight_power),
        pruning=float(s.pruning_threshold),
    )
    next_rest, in_camps = nobody(len(at_places), state.rest[0].size), nobody(len(at_places), len(limited))
    in_camps[...] = at_places[:, limited]
    return WalkDay(day, network, conditions, next_rest, in_camps, crowds)


def see_network(world: WalkWorld) -> Network:
    """Return what the compiled loops see of a world on every day."""
    options, choice, moves, recent = world.options, world.choice, world.moves, len(world.levels.recent)
    order = np.argsort(world.levels.today, axis=None, kind="stable")
    cell = np.empty_like(order)
    cell[order] = np.arange(len(order))

    def state(index: Ints) -> Ints:
        """State of the same post, km today and recent distance, or -1."""
        return np.where(index >= 0, cell[index // recent] * recent + index % recent, -1)

    by_cell = order[:, None] * recent + np.arange(recent)
    post, today = np.divmod(order, world.levels.today.shape[1])
    number = np.diff(options.first)[post]
    entry = np.concatenate([[0], np.cumsum(number)])
    option = np.arange(entry[-1]) + np.repeat(options.first[post] - entry[:-1], number)
    level = np.repeat(today, number)
    lead = moves.same_day[option, level]
    leads = np.where(lead >= 0, cell[lead], -1)
    onward = _onward(world)
    hops, last = _follow_routes(leads, entry, onward[option])
    seeing = choice.slot >= 0
    pairs = np.unique(np.stack([world.option_post[seeing], choice.slot[seeing]]), axis=1)
    first_seen = np.searchsorted(pairs[0], np.arange(len(world.place) + 1))
    sees = np.diff(first_seen) > 0
    return Network(
        posts=len(world.place), options=len(options.route), cells=len(order),
        first=options.first, most=int(np.diff(options.first).max(initial=0)), chance=options.chance,
        slot=choice.slot, following=choice.following,
        room=choice.place_slot[world.place], sees=sees,
        first_seen=first_seen, seen=np.ascontiguousarray(pairs[1]),
        start=cell[np.arange(len(world.place)) * world.levels.today.shape[1]], entry=entry[:-1],
        leads=leads.astype(np.int32), hops=hops, comes=leads[last].astype(np.int32),
        ends=moves.ends[moves.leg[option[last]], level[last]].ravel(),
        next_post=options.next_post, onward=onward,
        starts=state(moves.foot_same_day), due=state(moves.arrival.ravel()), due_on_foot=state(moves.foot_arrival),
        post=post, drop=world.drop_post, stays=moves.rest_after.ravel()[by_cell].astype(np.int8).ravel(),
        rests=(world.drop_post[:, None] * recent + moves.fade).ravel(),
        may_stay=((~moves.unrested.ravel()[by_cell]) @ (1 << np.arange(RECENTS))).astype(np.int32),
    )  # fmt: skip


def _onward(world: WalkWorld) -> Ints:
    """Option that all take who come to a route half done by each option, or -1 where they choose, [option]."""
    options, following = world.options, world.choice.following
    one = following & (np.diff(options.first) == 1)
    return np.where(one[options.next_post], options.first[options.next_post], -1)


def _follow_routes(leads: Ints, entry: Ints, onward: Ints) -> tuple[Levels, Ints]:
    """Follow what all do who go on along their routes today.

    Parameters
    ----------
    leads
        Cell that is come to today or -1, [entry].
    entry
        First entry of each cell, [cell + 1].
    onward
        Whether all who come there take one option (not -1), [entry].

    Returns
    -------
    tuple
        Number of further hops today, and entry of the last of them, [entry].
    """
    hops, last = np.zeros(len(leads), dtype=np.int8), np.arange(len(leads))
    while True:
        going = np.flatnonzero((leads[last] >= 0) & (onward[last] >= 0))
        if not len(going):
            return hops, last
        last[going] = entry[leads[last[going]]]
        hops[going] += 1


def go_home(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Let some of those who rest at places go home for good, by the hazard of the place and day."""
    if world.returning is None or not world.returning[today.day].any():
        return WalkOutcome()
    rng, chance = stream.at(0), world.returning[today.day][world.place]
    fresh, rest = draw_returns(state.fresh, chance, rng), draw_returns(state.rest, chance[:, None], rng)
    returned = by_place_of(fresh + rest.sum(axis=2), world.place, places=len(world.place_ids))
    return WalkOutcome(gone_fresh=fresh, gone_rest=rest, returned=returned)


def transfer(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Say who is taken to other places: of those at a place each is as likely as any other.

    They keep what they are and what they remember of the road; a route half done is forgotten.
    """
    if not any(today.day in one.days for one in world.transfers):
        return WalkOutcome()
    rng, places = stream.at(0), len(world.place_ids)
    left = np.concatenate([state.fresh[:, :, None], state.rest], axis=2).astype(np.int64)
    taken = draw_transfers(by_place_of(left.sum(axis=2), world.place, places=places), world.transfers, today.day, rng)
    net = np.zeros_like(left)
    for at, one in enumerate(world.transfers):
        posts = np.flatnonzero(world.place == one.start)
        cells = left[:, posts]
        gone = draw_leavers(taken[:, at], cells.reshape(len(cells), -1), rng).reshape(cells.shape)
        left[:, posts] -= gone
        net[:, posts] -= gone
        for column, post in enumerate(posts):
            net[:, world.drop_post[post] - one.start + one.end] += gone[:, column]
    return WalkOutcome(taken_fresh=net[:, :, 0], taken_rest=net[:, :, 1:])


def turn_back(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Mark those under way on a link that shuts today: they will be back where they came from.

    They stay marked if the link opens again before their day of arrival, as in Flee.
    """
    nothing = WalkOutcome()
    day = today.day
    if not world.shutting[day].any():
        return nothing
    hit = np.flatnonzero(world.shutting[day][world.routes.link[world.options.route]])
    recent = len(world.levels.recent)
    turned = state.turned.reshape(*state.turned.shape[:2], -1)
    slots = len(state.turned)
    for ahead in range(slots):
        target = turned[(day + ahead) % slots]
        if ahead < len(state.road):
            caught = state.road[(day + ahead) % len(state.road)]
            for option in hit:
                for level in range(recent):
                    target[:, world.moves.back[option, level]] += caught[:, option, level]
            caught[:, hit] = 0
        if ahead < len(state.foot):
            walking = state.foot[(day + ahead) % len(state.foot)]
            for option in hit:
                target[:, world.moves.foot_back[option]] += walking[:, option]
            walking[:, hit] = 0
    return nothing


def displace(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Displace people: so many in all, their origins drawn by inhabitants and conflict."""
    rng = stream.at(0)
    new, waiting = displaced_by_place(state, world, today.day, rng)
    members, places = new.shape
    fresh = np.zeros(state.fresh.shape, dtype=np.int64)
    per_class = len(world.place) // len(world.classes.names)
    if len(world.classes.names) == 1:
        fresh[:, :places] = new
    else:
        split = rng.multinomial(new, np.broadcast_to(world.classes.share, (members, *world.classes.share.shape)))
        for index in range(len(world.classes.names)):
            fresh[:, index * per_class : index * per_class + places] = split[:, :, index]
    return WalkOutcome(displaced=new, fresh=fresh, waiting=waiting)


def displaced_by_place(state: WalkState, world: WalkWorld, day: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Newly displaced by place, [member, place], and those that wait for a place to come from, [member]."""
    s = world.settings
    members, places = len(state.fresh), len(world.place_ids)
    if world.pushes:
        pushed = displace_by_pushes(
            world.pushes, state.inhabitants, day, rng, no_more_than_there=s.take_from_population and world.mended
        )
        return pushed, state.waiting
    inhabitants = state.inhabitants if s.take_from_population else state.inhabitants[:1]
    weight = world.places.origin_weight[day] * inhabitants
    total = weight.sum(axis=1, keepdims=True)
    due = world.displaced[day] + state.waiting
    if world.assessed is not None:  # as many as are missing to what was assessed; those too many go home by themselves
        now = state.fresh.sum(axis=1) + state.rest.sum(axis=(1, 2)) + people_under_way(state)
        due = np.maximum(world.assessed[day] - now, 0)
    # Nowhere to come from today: they are displaced on the first day that there is.
    waiting = np.where(total[:, 0] > 0, 0, due) + np.zeros(members, dtype=np.int64)
    chance = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    if not (due > 0).any() or not (total > 0).any():
        return np.zeros((members, places), dtype=np.int64), waiting
    chance[:, -1] = np.maximum(1.0 - chance[:, :-1].sum(axis=1), 0.0)
    drawn = rng.multinomial(np.where(total[:, 0] > 0, due, 0), np.broadcast_to(chance, (members, places)))
    # quirk 57: in Flee more people leave a place than live there
    return (np.minimum(drawn, state.inhabitants) if s.take_from_population and world.mended else drawn), waiting


def block_of(state: WalkState, today: WalkDay, departures: Ints, stream: Stream) -> Block:
    """Return what the compiled loops change; they are told which of the members count."""
    members = len(state.fresh)
    return Block(
        fresh=members_last(state.fresh), rest=members_last(state.rest), road=members_last(state.road, 1),
        foot=members_last(state.foot, 1), next_rest=members_last(today.next_rest),
        in_camps=members_last(today.in_camps), departures=departures,
        counts=-(np.arange(members) < state.counted).astype(np.int32), members=members,
        bits=draw_bits(stream.at(0), members // LANES),
    )  # fmt: skip


def depart(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Let those at places set out: a chance by place, then an option by weight."""
    departures = np.zeros(len(world.options.route), dtype=np.int64)
    room = today.crowds
    set_out(
        today.network, today.conditions, block_of(state, today, departures, stream), room.walkers, room.first_walkers,
        room.sight, room.who,
    )  # fmt: skip
    return WalkOutcome(departures=departures)


def come_back(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Bring home those that were turned back and would have arrived today."""
    back = state.turned[today.day % len(state.turned)]
    return WalkOutcome(back=back)


def arrive(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Let those with a journey behind them arrive, and go on."""
    due = members_last(state.road[today.day % len(state.road)])
    return _come_in(state, world, today, stream, today.crowds.walkers, due, today.network.due)


def arrive_first(state: WalkState, world: WalkWorld, draws: Draws, today: WalkDay, stream: Stream, /) -> WalkOutcome:
    """Let those on their first link arrive, and go on."""
    due = members_last(state.foot[today.day % len(state.foot)])
    return _come_in(state, world, today, stream, today.crowds.first_walkers, due, today.network.due_on_foot)


def _come_in(
    state: WalkState, world: WalkWorld, today: WalkDay, stream: Stream, crowd: Crowd, due: Codes, due_state: Ints
) -> WalkOutcome:
    """Let a crowd and those who are due from the calendar come in, and go on."""
    departures, room = np.zeros(len(world.options.route), dtype=np.int64), today.crowds
    come_in(
        today.network, today.conditions, block_of(state, today, departures, stream), crowd, room.waiting,
        Due(len(due_state), due, due_state), room.sight, room.urns, room.who,
    )  # fmt: skip
    return WalkOutcome(departures=departures)
