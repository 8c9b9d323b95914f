"""The order of a day of the walk, and the loop that carries it out for a block of members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import InvariantError
from caravana.models.base import Process
from caravana.models.displacement.block import DisplacementBlock
from caravana.models.displacement.walk.kernels.lanes import LANES
from caravana.models.displacement.walk.processes import (
    Crowds,
    WalkDay,
    arrive,
    arrive_first,
    begin_day,
    come_back,
    depart,
    displace,
    go_home,
    see_network,
    transfer,
    turn_back,
)
from caravana.models.displacement.walk.state import by_place_of, people_at_places, people_under_way, start_state
from caravana.streams import Pool, Stream, process_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.displacement.walk.state import WalkOutcome, WalkState
    from caravana.models.displacement.walk.world import WalkWorld

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

ORDER: tuple[Process, ...] = (
    Process("going_home", go_home),  # some of those at places return for good
    Process("transfers", transfer),  # some are taken to other places, as the scenario says
    Process("displacement", displace),  # conflict zones send people out
    Process("closures", turn_back),  # links that shut turn back those on them
    Process("departures", depart),  # those at places set out, camps first
    Process("returns", come_back),  # those turned back are home again
    Process("arrivals", arrive),  # those with a journey behind them arrive, and go on
    Process("first_arrivals", arrive_first),  # then those on their first link
)
"""The order of a day; a name also names the process's stream."""


def carry_out(state: WalkState, world: WalkWorld, today: WalkDay, outcome: WalkOutcome) -> None:
    """Write into the state what a process says happens."""
    if outcome.displaced is not None and world.settings.take_from_population:
        state.inhabitants = np.maximum(state.inhabitants - outcome.displaced, 0)
    if outcome.gone_fresh is not None and outcome.gone_rest is not None and outcome.returned is not None:
        state.fresh -= outcome.gone_fresh
        state.rest -= outcome.gone_rest
        today.in_camps -= outcome.returned[:, world.choice.limited]
    if outcome.taken_fresh is not None and outcome.taken_rest is not None:
        state.fresh += outcome.taken_fresh
        state.rest += outcome.taken_rest
        by_post = outcome.taken_fresh + outcome.taken_rest.sum(axis=2)
        today.in_camps += by_place_of(by_post, world.place, places=len(world.place_ids))[:, world.choice.limited]
    if outcome.fresh is not None:
        state.fresh += outcome.fresh
    if outcome.waiting is not None:
        state.waiting = outcome.waiting
    if outcome.back is not None:
        today.next_rest += outcome.back.reshape(today.next_rest.shape)
        outcome.back[...] = 0


def simulate_walk(
    world: WalkWorld, *, seed: int, block: int, members: int = 64, days: int | None = None,
    order: tuple[Process, ...] = ORDER, draws: Mapping[str, Floats] | None = None,
) -> DisplacementBlock:  # fmt: skip
    """Simulate a block of members, a pure function of its arguments.

    Parameters
    ----------
    world
        From :func:`caravana.models.displacement.walk.world.compile_walk`.
    seed, block
        Name the streams.
    members
        Size of the block.
    days
        Days to simulate; all by default.
    order
        The order of the day.
    draws
        Parameters by name, each [member], for processes that look at any.

    Raises
    ------
    InvariantError
        If a person was lost or made.
    """
    length = world.days if days is None else min(days, world.days)
    # Whole groups of eight are simulated, as the members of one share their coins: a member is the same in any block.
    size, kept = -(-members // LANES) * LANES, members
    draws = {name: np.resize(values, size) for name, values in (draws or {}).items()}
    state = start_state(world, size, counted=kept)
    members = size
    n, links = len(world.place_ids), len(world.links.km)
    people = np.empty((members, length, n), dtype=np.int64)
    under_way = np.empty((members, length), dtype=np.int64)
    displaced = np.zeros((members, length, n), dtype=np.int64)
    returned = None if world.returning is None else np.zeros((members, length, n), dtype=np.int64)
    departures = np.zeros((length, links), dtype=np.int64)
    at_places = people_at_places(state, world, 0)
    everybody = at_places.sum(axis=1)
    network = see_network(world)
    crowds = Crowds.for_members(members, network)
    first_link = world.routes.link[world.options.route]
    keys = [process_key(f"dispersal.{process.name}") for process in order]
    pool = Pool()
    for day in range(length):
        if world.harvesting is not None:  # who went home for the harvest yesterday may be back
            at_places = people_at_places(state, world, day)
        today = begin_day(state, world, network, crowds, at_places, day)
        left = np.zeros(len(first_link), dtype=np.int64)
        for process, key in zip(order, keys, strict=True):
            pool.put_back()
            outcome = process.act(state, world, draws, today, Stream(seed, block, key, day, pool))
            carry_out(state, world, today, outcome)
            if outcome.displaced is not None:
                displaced[:, day] += outcome.displaced
            if outcome.returned is not None and returned is not None:
                returned[:, day] += outcome.returned
                everybody = everybody - outcome.returned.sum(axis=1)
            if outcome.departures is not None:
                left += outcome.departures
        np.add.at(departures[day], first_link, left)
        state.rest = today.next_rest.reshape(state.rest.shape)
        at_places = people_at_places(state, world, day)
        people[:, day] = at_places
        under_way[:, day] = people_under_way(state)
        everybody = everybody + displaced[:, day].sum(axis=1)
        if not np.array_equal(everybody, at_places.sum(axis=1) + under_way[:, day]):
            raise InvariantError(f"displacement: persons not conserved on day {day}")
    scale = world.settings.hasten
    home = None if returned is None else returned[:kept] * scale
    return DisplacementBlock(
        people[:kept] * scale, under_way[:kept] * scale, displaced[:kept] * scale, departures * scale, home
    )
