"""Process 4, advance: each caravan rests, walks or gets lifts, and picks the next night's stop.

The next stop is a choice among all localities ahead, with weight
``exp(-(d - D)^2 / (2 s^2)) * population^b`` at distance d, with its own D and s for days of
walking and days of lifts.  Recorded stops get no favour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Mode, Outcome, Phase

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Bools, Floats, Ints, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


def log_weights(km_ahead: Floats, log_population: Floats, reach: Floats, spread: Floats, pull: Floats) -> Floats:
    """Return the log weight of each stop as tonight's, -inf for stops not ahead.

    Parameters
    ----------
    km_ahead
        Road km from here to each stop; stops not ahead have 0 or less, or inf.
    log_population
        log10 inhabitants of each stop.
    reach, spread
        D and s in km, and ``pull`` b per log10 of inhabitants; all broadcast.
    """
    weight: Floats = (km_ahead - reach) / spread
    weight *= weight
    weight *= -0.5
    weight = weight + pull * np.log(10.0) * log_population
    # Padding past the last stop is infinitely far: its weight is -inf of itself.
    np.copyto(weight, -np.inf, where=~(km_ahead > 0))
    return weight


def choose_stop(weight: Floats, uniform: Floats) -> Ints:
    """Return an index a row drawn with these log weights, or -1 where no stop is ahead."""
    if weight.shape[1] == 0:
        # A destination announced today may be where a caravan stands already.
        return np.full(len(weight), -1, dtype=np.int64)
    top = weight.max(axis=1, keepdims=True)
    open_ = np.isfinite(top[:, 0])
    density = weight - np.where(np.isfinite(top), top, 0.0)
    np.exp(density, out=density)
    reached = density.cumsum(axis=1)
    chosen = np.count_nonzero(reached <= uniform[:, None] * reached[:, -1:], axis=1)
    return np.where(open_, np.minimum(chosen, weight.shape[1] - 1), -1)


def choose_mode(draws: Draws, lifts: Floats, uniform: Floats) -> Ints:
    """Return rest, lift or walk for each member from one uniform each."""
    rest = draws["rest_chance"]
    lift = (1 - rest) * draws["lift_chance"] * lifts
    return np.where(uniform < rest, Mode.rest, np.where(uniform < rest + lift, Mode.lift, Mode.walk)).astype(np.int64)


def _barrier(world: World, draws: Draws, today: Today, under_way: CaravansUnderWay, uniform: Floats) -> Floats:
    """Return the km that each caravan cannot pass today because the road is blocked."""
    barrier = np.full(under_way.here.shape, np.inf)
    for event in (*today.of("roadblock"), *today.of("closure")):
        if event.place_id is None:
            continue
        at = world.itineraries.place_km[under_way.itinerary, world.place_ids.index(event.place_id)]
        holds = (uniform < draws["roadblock_hold"][under_way.member]) | (event.kind == "closure")
        barrier = np.where(holds & (under_way.here <= at), np.minimum(barrier, at), barrier)
    return barrier


@dataclass(frozen=True, slots=True)
class CaravansUnderWay:
    """Caravans under way, as rows: whose they are and where they stand."""

    member: Ints
    caravan: Ints
    itinerary: Ints
    stop: Ints
    here: Floats

    def part(self, rows: Ints) -> CaravansUnderWay:
        """Return some of them."""
        return CaravansUnderWay(
            self.member[rows], self.caravan[rows], self.itinerary[rows], self.stop[rows], self.here[rows]
        )


def _step(
    world: World, draws: Draws, today: Today, under_way: CaravansUnderWay, uniform: Floats, leaves: Bools
) -> tuple[Ints, Ints]:
    """Return tonight's stop and today's mode of each caravan under way.

    Parameters
    ----------
    under_way
        The caravans.
    uniform
        Three uniforms each, [3, caravan]: for the mode, the stop, a road block.
    leaves
        Whether a caravan sets out today: it does not rest then.
    """
    mine = {name: draws[name][under_way.member] for name in ("rest_chance", "lift_chance")}
    mode = choose_mode(mine, today.lifts[under_way.member], uniform[0])
    mode = np.where(leaves & (mode == Mode.rest), Mode.walk, mode)
    stop = under_way.stop.copy()
    # Those who rest have nothing to choose.
    moves = ((mode == Mode.walk) | (mode == Mode.lift)).nonzero()[0]
    if moves.size:
        chosen = _next_stop(world, draws, today, under_way.part(moves), uniform[1:, moves], mode[moves] == Mode.lift)
        mode[moves[chosen < 0]] = Mode.held
        stop[moves] = np.where(chosen >= 0, chosen, stop[moves])
    return stop, mode


def _next_stop(
    world: World, draws: Draws, today: Today, under_way: CaravansUnderWay, uniform: Floats, lift: Bools
) -> Ints:
    """Return the stop that each caravan on the move chooses, -1 where none is open to it.

    Parameters
    ----------
    under_way
        The caravans on the move.
    uniform
        Two uniforms each, [2, caravan]: for the stop, a road block.
    lift
        Whether it gets lifts today.
    """
    road, member, itinerary = world.itineraries, under_way.member, under_way.itinerary
    reach = np.where(lift, draws["lift_km"][member], draws["walk_km"][member])
    spread = np.where(lift, draws["lift_spread"][member], draws["walk_spread"][member])
    # Stops that are behind everyone, and padding, are left out: their weight is zero.
    first = int(under_way.stop.min()) + 1
    ahead = slice(first, int(road.n_stops[itinerary].max()))
    km = road.km[:, ahead].take(itinerary, axis=0)
    weight = log_weights(
        km - under_way.here[:, None], road.log_population[:, ahead].take(itinerary, axis=0), reach[:, None],
        spread[:, None], draws["population_pull"][member][:, None],
    )  # fmt: skip
    limit = np.where(lift, ahead.stop, road.foot_limit[itinerary, under_way.stop])
    if limit.size and limit.min() < ahead.stop - 1:
        weight[np.arange(ahead.start, ahead.stop) > limit[:, None]] = -np.inf
    if today.of("roadblock") or today.of("closure"):
        weight[km > _barrier(world, draws, today, under_way, uniform[1])[:, None]] = -np.inf
    chosen = choose_stop(weight, uniform[0])
    return np.where(chosen >= 0, chosen + first, -1)


def advance(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Move every caravan under way to tonight's stop; one at its itinerary's end has arrived."""
    caravans = state.caravans
    phase, mode, stop = caravans.phase.copy(), caravans.mode.copy(), caravans.stop.copy()
    mode[phase == Phase.arrived] = Mode.arrived
    member, c = np.nonzero(phase == Phase.under_way)
    if member.size:
        itinerary, at = caravans.itinerary[member, c], stop[member, c]
        under_way = CaravansUnderWay(member, c, itinerary, at, world.itineraries.km[itinerary, at])
        uniform = stream.at(0).random((3, world.members, world.caravans))[:, member, c]
        leaves = caravans.departs[member, c] == today.day
        stop[member, c], mode[member, c] = _step(world, draws, today, under_way, uniform, leaves)
        there = stop[member, c] == world.itineraries.n_stops[itinerary] - 1
        phase[member[there], c[there]] = Phase.arrived
    return Outcome(caravans=replace(caravans, phase=phase, mode=mode, stop=stop))
