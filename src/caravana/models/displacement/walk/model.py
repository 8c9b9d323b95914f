"""Dispersal over a network, in counts: a block of members simulated together.

The order of a day is :data:`ORDER`, a readable table of named processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import InvariantError
from caravana.models.displacement.camp_shares.model import simulate_camps
from caravana.models.displacement.walk.kernels.hops import forget_stale, is_compiled
from caravana.models.displacement.walk.processes import (
    Today,
    arrive,
    arrive_first,
    begin_day,
    depart,
    displace,
    see_network,
    turn_back,
)
from caravana.models.displacement.walk.state import (
    DispersalFlows,
    DispersalState,
    people_at_places,
    people_under_way,
    start_state,
)
from caravana.models.displacement.walk.world import DispersalWorld, compile_dispersal
from caravana.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["ORDER", "DispersalBlock", "DispersalWorld", "compile_dispersal", "is_compiled", "simulate_block"]


# Before the first call: what an older state of the loops left must not be read.
forget_stale()


@dataclass(frozen=True, slots=True)
class DispersalBlock:
    """What a block of members did.

    Attributes
    ----------
    people
        Persons at each place at the end of each day, [member, day, place].
    under_way
        Persons between places at the end of each day, [member, day].
    displaced
        Persons newly displaced, by place of origin, [member, day, place].
    departures
        Persons who set out on each directed link, summed over the block's members, [day, link].
    """

    people: Ints
    under_way: Ints
    displaced: Ints
    departures: Ints


Process = Callable[[DispersalState, DispersalWorld, Today, "np.random.Generator", DispersalFlows], None]


def _closures(state: DispersalState, world: DispersalWorld, today: Today, rng: np.random.Generator,
              flows: DispersalFlows) -> None:  # fmt: skip
    turn_back(state, world, today.day)


def _displacement(state: DispersalState, world: DispersalWorld, today: Today, rng: np.random.Generator,
                  flows: DispersalFlows) -> None:  # fmt: skip
    displace(state, world, today.day, rng, flows)


def _departures(state: DispersalState, world: DispersalWorld, today: Today, rng: np.random.Generator,
                flows: DispersalFlows) -> None:  # fmt: skip
    depart(state, today, rng, flows)


def _returns(state: DispersalState, world: DispersalWorld, today: Today, rng: np.random.Generator,
             flows: DispersalFlows) -> None:  # fmt: skip
    back = state.turned[today.day % len(state.turned)]
    today.next_rest += back.reshape(today.next_rest.shape)
    back[...] = 0


#: The order of a day: name (which also names the process's stream), process.
ORDER: tuple[tuple[str, Process], ...] = (
    ("displacement", _displacement),  # conflict zones send people out
    ("closures", _closures),  # links that shut turn back those on them
    ("departures", _departures),  # those at places set out, camps first
    ("returns", _returns),  # those turned back are home again
    ("arrivals", arrive),  # those with a journey behind them arrive, and go on
    ("first_arrivals", arrive_first),  # then those on their first link
)


def simulate_block(
    world: DispersalWorld, *, seed: int, block: int, members: int = 64, days: int | None = None
) -> DispersalBlock:
    """Simulate a block of members, a pure function of (world, seed, block, members).

    Parameters
    ----------
    world
        From :func:`compile_dispersal`.
    seed, block
        Name the streams.
    members
        Size of the block.
    days
        Days to simulate; all by default.

    Raises
    ------
    InvariantError
        If a person was lost or made.
    """
    length = world.days if days is None else min(days, world.days)
    if world.camp_model is not None:
        return _simulate_camps(world, seed=seed, block=block, members=members, days=length)
    state = start_state(world, members)
    n, links = len(world.place_ids), len(world.links.km)
    people = np.empty((members, length, n), dtype=np.int64)
    under_way = np.empty((members, length), dtype=np.int64)
    displaced = np.empty((members, length, n), dtype=np.int64)
    departures = np.zeros((length, links), dtype=np.int64)
    at_places = people_at_places(state, world)
    everybody = at_places.sum(axis=1)
    network = see_network(world)
    first_link = world.routes.link[world.options.route]
    for day in range(length):
        flows = DispersalFlows(np.zeros(len(first_link), dtype=np.int64), np.zeros((members, n), dtype=np.int64))
        today = begin_day(state, world, network, at_places, day)
        for name, process in ORDER:
            process(state, world, today, stream(seed, block, f"dispersal.{name}", day), flows)
        state.rest = today.next_rest.reshape(state.rest.shape)
        at_places = people_at_places(state, world)
        people[:, day], displaced[:, day] = at_places, flows.displaced
        np.add.at(departures[day], first_link, flows.departures)
        under_way[:, day] = people_under_way(state)
        everybody = everybody + flows.displaced.sum(axis=1)
        if not np.array_equal(everybody, at_places.sum(axis=1) + under_way[:, day]):
            raise InvariantError(f"dispersal: persons not conserved on day {day}")
    scale = world.settings.hasten
    return DispersalBlock(people * scale, under_way * scale, displaced * scale, departures * scale)


def _simulate_camps(world: DispersalWorld, *, seed: int, block: int, members: int, days: int) -> DispersalBlock:
    """Simulate by the rule set ``caravana``: nobody is under way, as counts are of arrivals."""
    if world.camp_model is None:
        raise InvariantError("dispersal: no camps compiled")
    people, displaced, departures = simulate_camps(
        world.camp_model, seed=seed, block=block, members=members, days=days, places=len(world.place_ids)
    )
    scale = world.settings.hasten
    under_way = np.zeros((members, days), dtype=np.int64)
    return DispersalBlock(people * scale, under_way, displaced * scale, np.rint(departures).astype(np.int64) * scale)
