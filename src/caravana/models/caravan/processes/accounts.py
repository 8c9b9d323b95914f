"""Process 10, accounts: who pays whom for what happened today, in USD.

Organisers' receipts are not modelled: no source quantifies them, so there is nothing to set them
by.  Fares are entered by the process that makes the move; living costs at the end of the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.processes.smuggling import trip_price
from caravana.models.caravan.state import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Floats, Ints, Move, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


def place_tonight(state: State, world: World, member: Ints, row: Ints) -> Ints:
    """Return the place that rows (places or caravans) are at: a caravan is at tonight's stop."""
    in_caravan = row >= world.places
    if not in_caravan.any():
        return row
    c = np.where(in_caravan, row - world.places, 0)
    stop = world.itineraries.place[state.caravans.itinerary[member, c], state.caravans.stop[member, c]]
    return np.where(in_caravan, stop, row)


FARES = {"seat": "smugglers", "ahead": "transport"}
"""Who is paid by those who make a move of each flow; other moves cost nothing."""


def fares(state: State, world: World, draws: Draws, move: Move) -> Floats:
    """Return what a move costs those who make it, USD by entry of the move.

    ``state`` is the state before the move: a caravan's people pay from tonight's stop.
    """
    if move.source is None or move.flow not in FARES:
        return np.zeros(move.parties.shape)
    _, member, row, kind = world.split(move.source)
    return _fares(world, draws, move, member, place_tonight(state, world, member, row), kind)


def _fares(world: World, draws: Draws, move: Move, member: Ints, place: Ints, kind: Ints) -> Floats:
    """Return what a move costs, USD by entry, of whose source it is known what it is."""
    persons = move.parties * world.size[kind]
    if move.flow == "seat":
        return trip_price(world, draws, member, place) * persons
    return np.asarray(draws["bus_fare"][member] * world.km_left[place, 0] / 100 * persons, dtype=np.float64)


def pay(state: State, world: World, draws: Draws, moves: Iterable[Move]) -> dict[tuple[str, str], Floats]:
    """Return what moves cost those who make them: USD by (payer, payee), each [member].

    Only seats off the route and rides ahead are paid for; ``state`` is the state before the moves.
    """
    paid: dict[tuple[str, str], Floats] = {}
    for move in moves:
        if move.flow not in FARES or move.source is None:
            continue
        _, member, row, kind = world.split(move.source)
        usd = _fares(world, draws, move, member, place_tonight(state, world, member, row), kind)
        code = member + world.members * (row < world.places)
        by_payer = np.bincount(code, weights=usd, minlength=2 * world.members).astype(np.float64)
        for payer, share in zip(("caravan", "alone"), by_payer.reshape(2, world.members), strict=True):
            pair = (payer, FARES[move.flow])
            paid[pair] = paid[pair] + share if pair in paid else share
    return paid


def keep_accounts(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Enter what people in caravans and stragglers spend on food along the road today."""
    del today, stream
    cells, member, row, kind = state.occupied(Status.on_foot, slice(0, world.places + world.caravans))
    code = member + world.members * (row < world.places)
    persons = np.bincount(code, weights=state.cells[cells] * world.size[kind], minlength=2 * world.members)
    walking, alone = persons.reshape(2, world.members)
    spend = draws["food_spend"]
    return Outcome(payments={("caravan", "shops"): walking * spend, ("alone", "shops"): alone * spend})
