"""Process 4, advance: each caravan rests, walks or gets lifts, and picks the next night's stop.

The next stop is a choice among all localities ahead, with weight
``exp(-(d - D)^2 / (2 s^2)) * population^b`` at distance d, with its own D and s for days of
walking and days of lifts.  Recorded stops get no favour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.state import Mode, Outcome, Phase

if TYPE_CHECKING:
    from caravana.dynamics.calendar import Draws, Today
    from caravana.dynamics.state import Bools, Floats, Ints, State
    from caravana.streams import Stream
    from caravana.world import World


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
    with np.errstate(invalid="ignore"):
        weight = -0.5 * ((km_ahead - reach) / spread) ** 2 + pull * np.log(10.0) * log_population
    return np.where((km_ahead > 0) & np.isfinite(km_ahead), weight, -np.inf)


def choose_stop(weight: Floats, uniform: Floats) -> Ints:
    """Return an index a row drawn with these log weights, or -1 where no stop is ahead."""
    top = weight.max(axis=1, keepdims=True)
    open_ = np.isfinite(top[:, 0])
    density = np.exp(weight - np.where(np.isfinite(top), top, 0.0))
    reached = np.cumsum(density, axis=1)
    chosen = (reached <= uniform[:, None] * reached[:, -1:]).sum(axis=1)
    return np.where(open_, np.minimum(chosen, weight.shape[1] - 1), -1)


def choose_mode(draws: Draws, lifts: Floats, uniform: Floats) -> Ints:
    """Return rest, lift or walk for each member from one uniform each."""
    rest = draws["rest_chance"]
    lift = (1 - rest) * draws["lift_chance"] * lifts
    return np.where(uniform < rest, Mode.rest, np.where(uniform < rest + lift, Mode.lift, Mode.walk)).astype(np.int64)


def _barrier(world: World, draws: Draws, today: Today, itinerary: Ints, here: Floats, uniform: Floats) -> Floats:
    """Return the km that each member's caravan cannot pass today because the road is blocked."""
    barrier = np.full(here.shape, np.inf)
    index = {x: i for i, x in enumerate(world.place_ids)}
    for event in (*today.of("roadblock"), *today.of("closure")):
        if event.place_id is None:
            continue
        at = world.itineraries.place_km[itinerary, index[event.place_id]]
        holds = (uniform < draws["roadblock_hold"]) | (event.kind == "closure")
        barrier = np.where(holds & (here <= at), np.minimum(barrier, at), barrier)
    return barrier


def _step(
    state: State, world: World, draws: Draws, today: Today, stream: Stream, c: int
) -> tuple[Ints, Ints]:
    """Return tonight's stop and today's mode of caravan ``c``, each [member]."""
    roads = world.itineraries
    itinerary, stop = state.caravans.itinerary[:, c], state.caravans.stop[:, c]
    uniform = stream.at(c).random((3, world.members))
    km, here = roads.km[itinerary], roads.km[itinerary, stop]
    mode = choose_mode(draws, today.lifts, uniform[0])
    # A caravan that sets out today does not rest today.
    mode = np.where((state.caravans.departs[:, c] == today.day) & (mode == Mode.rest), Mode.walk, mode)
    lift = mode == Mode.lift
    reach = np.where(lift, draws["lift_km"], draws["walk_km"])
    spread = np.where(lift, draws["lift_spread"], draws["walk_spread"])
    pull = draws["population_pull"]
    weight = log_weights(
        km - here[:, None], roads.log_population[itinerary], reach[:, None], spread[:, None], pull[:, None]
    )
    on_foot = np.arange(km.shape[1])[None, :] <= roads.foot_limit[itinerary, stop][:, None]
    open_ = (on_foot | lift[:, None]) & (km <= _barrier(world, draws, today, itinerary, here, uniform[2])[:, None])
    chosen = choose_stop(np.where(open_, weight, -np.inf), uniform[1])
    mode = np.where((chosen < 0) & (mode != Mode.rest), Mode.held, mode)
    moves = np.isin(mode, (Mode.walk, Mode.lift))
    return np.where(moves, chosen, stop), mode


def advance(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Move every caravan under way to tonight's stop; one at its itinerary's end has arrived."""
    caravans = state.caravans
    phase, mode, stops = caravans.phase.copy(), caravans.mode.copy(), caravans.stop.copy()
    for c in range(world.caravans):
        under_way: Bools = phase[:, c] == Phase.under_way
        if not under_way.any():
            continue
        stop, how = _step(state, world, draws, today, stream, c)
        stops[:, c] = np.where(under_way, stop, stops[:, c])
        mode[:, c] = np.where(under_way, how, mode[:, c])
        ends = world.itineraries.n_stops[caravans.itinerary[:, c]] - 1
        phase[under_way & (stops[:, c] == ends), c] = Phase.arrived
    mode[caravans.phase == Phase.arrived] = Mode.arrived
    return Outcome(caravans=replace(caravans, phase=phase, mode=mode, stop=stops))
