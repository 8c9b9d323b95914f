"""The order of a day of the camps, and the loop that carries it out for a block of members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.base import Process
from caravana.models.displacement.block import DisplacementBlock
from caravana.models.displacement.camp_shares.outside import simulate_outside
from caravana.models.displacement.camp_shares.parameters import draw_pooled, values_from
from caravana.models.displacement.camp_shares.processes import (
    CampDay,
    CampOutcome,
    CampState,
    arrive,
    attract,
    flee,
    leave,
    move_on,
    set_out,
    transfer,
    wake,
)
from caravana.models.displacement.camp_shares.pull import last_rest
from caravana.streams import Stream, process_key, stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.displacement.camp_shares.world import CampWorld

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

ORDER: tuple[Process, ...] = (
    Process("waking", wake),  # idle camps wake, others doze off
    Process("pull", attract),  # nearness, size, room
    Process("leaving", leave),  # camps that shrank lately shrink on
    Process("arrivals", arrive),  # shared out by pull, present shares and what came lately
    Process("moving_on", move_on),  # a few move to where the pull is; counts wander and step
    Process("transfers", transfer),  # some are taken to other camps, as the scenario says
    Process("origins", flee),  # where those who arrived come from
)
"""The order of a day."""


def carry_out(state: CampState, today: CampDay, outcome: CampOutcome) -> None:
    """Write what a process says happens into the state, and into what the later processes of the day see."""
    for name in ("live", "room", "pull", "stay", "arrived"):
        value = getattr(outcome, name)
        if value is not None:
            setattr(today, name, value)
    for name in ("people", "awake", "rate", "shocked"):
        value = getattr(outcome, name)
        if value is not None:
            setattr(state, name, value)


def simulate_camps(
    world: CampWorld, *, seed: int, block: int, members: int = 64, days: int | None = None,
    order: tuple[Process, ...] = ORDER, draws: Mapping[str, Floats] | None = None,
) -> DisplacementBlock:  # fmt: skip
    """Simulate a block of members, a pure function of its arguments.

    Nobody is under way, as counts are of arrivals.

    Parameters
    ----------
    world
        From :func:`caravana.models.displacement.camp_shares.world.compile_camps`.
    seed, block
        Name the streams.
    members
        Size of the block.
    days
        Days to simulate; all by default.
    order
        The order of the day.
    draws
        Pooled parameters in place of those that the block draws, each [member].
    """
    path = run_camps(world, seed=seed, block=block, members=members, days=days, order=order, draws=draws, by_place=True)
    if world.outside is not None:
        return path
    people = np.zeros((members, path.people.shape[1], len(world.place_ids)), dtype=np.int64)
    people[:, :, world.camps] = path.people
    return replace(path, people=people)


def run_camps(
    world: CampWorld, *, seed: int, block: int, members: int, days: int | None, order: tuple[Process, ...],
    draws: Mapping[str, Floats] | None, by_place: bool,
) -> DisplacementBlock:  # fmt: skip
    """Simulate a block of members and return people by camp, [member, day, camp]; where some are outside, by place.

    Parameters
    ----------
    world, seed, block, members, days, order, draws
        As for :func:`simulate_camps`.
    by_place
        Whether the displaced are told by place of origin; in one sum, [member, day, 1], otherwise: of a country of
        sites an array of all origins would be the largest there is, and the run's tables have their sum alone.
    """
    days = len(world.total) if days is None else min(days, len(world.total))
    rng = stream(seed, block, "dispersal.parameters", 0)
    p = draw_pooled(members, rng, values=values_from(world.origin))
    p.update({name: values[:, None] for name, values in (draws or {}).items() if name in p})
    start, state = set_out(world, p, rng)
    counts, first = start.record.counts, int(start.record.known.min()) + 1
    path = np.repeat(counts[None, :days], members, axis=0)
    displaced = np.zeros((members, days, len(world.place_ids) if by_place else 1), dtype=np.int64)
    departures = np.zeros((days, world.use[0][0].shape[1]))
    empty = np.zeros(state.people.shape)
    for day in range(first, days):
        rng = stream(seed, block, "dispersal.camps", day)
        free = day > start.record.known
        today = CampDay(day, start, free, rng, state.awake, empty, empty, empty, np.zeros_like(state.people))
        for process in order:
            key = process_key(f"camp-shares.{process.name}")
            outcome = process.act(state, world, draws or {}, today, Stream(seed, block, key, day))
            carry_out(state, today, outcome)
            if outcome.displaced is not None:
                displaced[:, day] += outcome.displaced if by_place else outcome.displaced.sum(axis=1, keepdims=True)
        path[:, day] = state.people
        departures[day] = today.arrived.sum(axis=0) @ world.use[0][world.use[1][day]]
    returned = None
    if world.outside is not None:
        people, returned, came = simulate_outside(
            world.outside, drift=p["drift"], counted=world.camps, seed=seed, block=block, days=days
        )  # fmt: skip
        origins = origins_of(came, world.origin_share[:days], stream(seed, block, "dispersal.outside.origins", 0))
        displaced += origins if by_place else origins.sum(axis=2, keepdims=True)
        people[:, :, world.camps] = path
        path = people
    scale = world.settings.hasten
    under_way = np.zeros((members, days), dtype=np.int64)
    if scale != 1:
        path, displaced = path * scale, displaced * scale
        returned = None if returned is None else returned * scale
    return DisplacementBlock(path, under_way, displaced, np.rint(departures).astype(np.int64) * scale, returned)


def origins_of(came: Ints, share: Floats, rng: np.random.Generator) -> Ints:
    """Draw where newcomers come from, [member, day, place]; nobody where people flee from nowhere."""
    drawn = np.zeros((*came.shape, share.shape[1]), dtype=np.int64)
    for day in np.flatnonzero((share.sum(axis=1) > 0) & came.any(axis=0)):
        drawn[:, day] = rng.multinomial(came[:, day], last_rest(share[day]))
    return drawn
