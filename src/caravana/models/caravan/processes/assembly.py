"""Process 2, assembly: a call or a date gathers people at the origin; latecomers catch up.

Where a policy lets no caravan set out, those who would have gone with it on its day go all the
same, each on their own: they are no longer among those who hold back, and choose day by day what
everybody on the road chooses from (:mod:`caravana.models.caravan.processes.choice`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Mode, Move, Outcome, Phase, Status

TOWN_JOINERS_MOST = 300.0
"""Persons who join at one town at most (the organisers' figure of 29 October 2021)."""

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Caravans, Floats, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


def _set_out(world: World, today: Today, caravans: Caravans) -> Caravans:
    """Return the caravans with those whose day has come under way from their first stop."""
    leaves = (caravans.departs == today.day) & (caravans.phase == Phase.gathering)
    if not today.walking_allowed or not leaves.any():
        return caravans
    return replace(caravans, phase=np.where(leaves, Phase.under_way, caravans.phase).astype(np.int8))


def _wanted(draws: Draws, today: Today, caravans: Caravans) -> Floats:
    """Return persons who would join each caravan at the origin today, [member, caravan].

    On the day of departure that is its turnout; afterwards latecomers from the origin, whose
    number dies away: ``joiners_start * exp(-days since departure / joiners_decay)``.  A caravan
    that a policy keeps from setting out has its turnout all the same, and no latecomers.
    """
    since = today.day - caravans.departs
    late = draws["joiners_start"][:, None] * np.exp(-np.maximum(since, 0) / draws["joiners_decay"][:, None])
    wanted = np.where(since == 0, today.turnout, np.where(since > 0, late, 0.0))
    kept = (caravans.phase == Phase.gathering) & (since == 0)
    return np.where((caravans.phase == Phase.under_way) | kept, wanted, 0.0)


def assemble(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Gather the turnout of caravans that leave today, and let latecomers catch up.

    Of a caravan that is not let go, the same people (the same draws) set out alone: flow
    ``set_out_alone``, and they are on foot at the origin tonight.
    Everyone waiting at the origin is as likely to go as everyone else: a multinomial over the
    caravans, with chances that give the wanted numbers on average.  People who arrive at the
    origin from outside the scenario are Poisson, shared between kinds as at the start.
    """
    caravans = _set_out(world, today, state.caravans)
    waiting = state.parties[:, world.origin, :, Status.waiting]
    persons = np.maximum(waiting @ world.size, 1)
    chance = _wanted(draws, today, caravans) / persons[:, None]
    chance /= np.maximum(chance.sum(axis=1, keepdims=True), 1.0)
    moves = []
    member = np.arange(world.members)[:, None]
    kind = np.arange(len(world.size))[None, :]
    if chance.any():
        going = np.append(chance, np.maximum(1 - chance.sum(axis=1, keepdims=True), 0.0), axis=1)
        joined = stream.at(0).multinomial(waiting, going[:, None, :])[:, :, :-1]
        source = world.cells(member, world.origin, kind, Status.waiting)
        alone = world.cells(member, world.origin, kind, Status.on_foot)
        for c in np.flatnonzero(joined.any(axis=(0, 1))):
            together = world.cells(member, world.places + int(c), kind, Status.on_foot)
            m, k = np.nonzero(joined[:, :, c])
            kept = caravans.phase[m, c] == Phase.gathering
            first = (state.caravans.phase[m, c] == Phase.gathering) & ~kept
            late = ~first & ~kept
            for flow, chosen, target in (
                ("assembled", first, together), ("set_out_alone", kept, alone), ("joined", late, together),
            ):  # fmt: skip
                at = (m[chosen], k[chosen])
                moves.append(Move(flow, source[at], target[at], joined[:, :, c][at]))
    arrivals = draws["inflow"][:, None] * world.share / (world.share @ world.size)
    came = stream.at(1).poisson(arrivals)
    target = world.cells(member, world.origin, kind, Status.waiting)
    moves.append(Move("entered", None, target[came > 0], came[came > 0]))
    return Outcome(moves=tuple(moves), caravans=caravans)


def meet_town(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let people stuck in tonight's town join the caravan that came in today: Poisson.

    They come from outside the scenario's stocks: nobody has counted who is stuck in small towns.
    ``town_stuck_per_1000`` persons per 1,000 inhabitants join, 300 at most.
    """
    del today
    caravans = state.caravans
    came = (caravans.phase == Phase.under_way) & ((caravans.mode == Mode.walk) | (caravans.mode == Mode.lift))
    member, c = np.nonzero(came)
    if member.size == 0:
        return Outcome()
    inhabitants = 10.0 ** world.itineraries.log_population[caravans.itinerary[member, c], caravans.stop[member, c]]
    persons = np.minimum(draws["town_stuck_per_1000"][member] * inhabitants / 1000, TOWN_JOINERS_MOST)
    mean = persons[:, None] * world.share[None, :] / (world.share @ world.size)
    drawn = stream.at(0).poisson(mean)
    row, kind = np.nonzero(drawn)
    target = world.cells(member[row], world.places + c[row], kind, Status.on_foot)
    return Outcome(moves=(Move("joined", None, target, drawn[row, kind]),))
