"""Process 8, papers: the queue at the asylum office, its daily capacity, outcomes, revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.processes.enforcement import draw_without_replacement
from caravana.models.caravan.state import Move, Outcome, Status

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


def work_offices(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Decide on as many applications as the office can today; the refused wait on.

    Who is served is drawn at random from the queue (no record says in which order cases are
    taken), so kinds share the day's capacity by a multivariate hypergeometric.  Cards issued by
    a policy are given out on top and are never refused.
    """
    offices = world.office_places
    if offices.size == 0:
        return Outcome()
    queue = state.parties[..., Status.applied][:, offices]
    waiting = queue.sum(axis=-1)
    # A fractional capacity is met on average: its fraction is a coin tossed each day.
    wanted = draws["office_per_day"][:, None] + stream.at(0).random(waiting.shape)
    served = draw_without_replacement(stream.at(1), queue, np.minimum(np.floor(wanted).astype(np.int64), waiting))
    granted = stream.at(2).binomial(served, draws["recognition_share"][:, None, None])
    issued = np.zeros_like(served)
    if today.cards_per_day > 0:
        cards = np.minimum(np.int64(today.cards_per_day), waiting - served.sum(axis=-1))
        issued = draw_without_replacement(stream.at(3), queue - served, cards)
    member = np.arange(world.members)[:, None, None]
    kind = np.arange(len(world.size))[None, None, :]
    at = offices[None, :, None]
    source = np.broadcast_to(world.cells(member, at, kind, Status.applied), queue.shape)
    moves = []
    for flow, parties, status in (
        ("documented", granted + issued, Status.documented),
        ("denied", served - granted, Status.waiting),
    ):
        some = parties > 0
        target = np.broadcast_to(world.cells(member, at, kind, status), queue.shape)
        moves.append(Move(flow, source[some], target[some], parties[some]))
    return Outcome(moves=tuple(moves))


def revoke(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Let cards lapse or be taken away: the party waits again where it is."""
    del today
    source, member, place, kind = state.occupied(Status.documented, slice(0, world.places))
    if member.size == 0:
        return Outcome()
    lapse = -np.expm1(-draws["revoke_hazard"])[member]
    drawn = stream.at(0).binomial(state.cells[source], lapse)
    some = (drawn != 0).nonzero()[0]
    target = world.cells(member[some], place[some], kind[some], Status.waiting)
    return Outcome(moves=(Move("revoked", source[some], target, drawn[some]),))
