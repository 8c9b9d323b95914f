"""Those who set out together, followed wherever they go: where they are and what befalls them.

Parties in one cell are exchangeable, so of a cell's parties that make a move, those who set out
are expected to be the same share as of the cell.  Carried through every move, that gives the
expected number of them in each cell *given all the counts*: it is exact, draws nothing, and leaves
the run as it is to the bit.  It is what lets two worlds be compared for the same people, who would
otherwise be lost among tens of thousands that wait in the same towns.

Injuries are not moves: they are shared out over people on foot in the member's caravans (or under
way by vehicle), which is exact where one caravan is on the road and an approximation where more are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.processes.accounts import FARES, fares, place_tonight
from caravana.models.caravan.state import Status
from caravana.models.caravan.world import ROAD_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.caravan.calendar import Draws
    from caravana.models.caravan.state import Loss, Move, Outcome, State
    from caravana.models.caravan.world import World

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Column = NDArray[np.generic] | list[str]

ENTRANCES = ("assembled", "set_out_alone")
"""Flows by which people come to be of those who set out, on the day of the first caravan's departure."""
LEAST = 1e-6
"""Expected persons below this are not recorded."""
PAYERS = ("caravan", "alone")
PAYEES = ("smugglers", "transport", "shops")


def _total(at: Ints, amounts: Floats, size: int) -> Floats:
    """Return sums of amounts by index."""
    return np.bincount(at, weights=amounts, minlength=size).astype(np.float64)


class Cohort:
    """Expected parties, by cell, of those who set out on the first caravan's day.

    Parameters
    ----------
    world
        The compiled scenario.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._cells: Floats = np.zeros(int(np.prod(world.shape)))
        states = [p.state for p in world.scenario.places]
        self._legs = tuple(dict.fromkeys(states))
        self._leg = np.array([self._legs.index(s) for s in states], dtype=np.int64)
        self._flows: dict[str, Floats] = {}
        self._paid: Floats = np.zeros((2, world.members, len(PAYERS), len(PAYEES), len(self._legs)))
        self._rows: dict[str, list[dict[str, NDArray[np.generic]]]] = {"cohort": [], "cohort_flows": [], "ledger": []}
        self._names: list[str] = []

    @property
    def persons(self) -> Floats:
        """Expected persons of those who set out that are alive, [member]."""
        cells = np.flatnonzero(self._cells)
        return self._by_member(cells, self._cells[cells])

    def _by_member(self, cells: Ints, parties: Floats) -> Floats:
        persons = parties * self._world.size[self._world.kinds_of(cells)]
        return _total(self._world.members_of(cells), persons, self._world.members)

    def _note(self, flow: str, persons: Floats) -> None:
        self._flows[flow] = self._flows[flow] + persons if flow in self._flows else persons

    def follow(self, state: State, draws: Draws, outcome: Outcome, *, day: int, process: str) -> None:
        """Follow one process's outcome, before it is carried out on the state.

        Parameters
        ----------
        state
            The state that the process saw.
        draws
            Parameters by name.
        outcome
            What it returned.
        day, process
            The day, and the process's name.
        """
        # Shares are taken from one moment, so that nobody who moves is met again at the far end.
        moving = [(move, self._share(state, move.source)) for move in outcome.moves if move.parties.size]
        losing = [(loss, self._share(state, loss.source)) for loss in outcome.losses if loss.parties.size]
        self._injuries(state, outcome.counts, process)
        for move, share in moving:
            self._pay(state, draws, move, share)
        for move, share in moving:
            self._move(state, move, share, day)
        for loss, share in losing:
            self._lose(loss, share)

    def _share(self, state: State, source: Ints | None) -> Floats:
        if source is None:
            return np.zeros(1)
        return self._cells[source] / np.maximum(state.cells[source], 1)

    def _move(self, state: State, move: Move, share: Floats, day: int) -> None:
        world = self._world
        gone = share * move.parties
        if move.flow in ENTRANCES:
            leaves = state.caravans.departs[world.members_of(move.target), 0] == day
            first = (world.rows_of(move.target) == world.places) | (move.flow != "assembled")
            entering = np.where(leaves & first, move.parties - gone, 0.0)
            np.add.at(self._cells, move.target, entering)
            self._note("set_out", self._by_member(move.target, entering))
        if move.source is None or not gone.any():
            return
        np.subtract.at(self._cells, move.source, gone)
        np.add.at(self._cells, move.target, gone)
        self._note(move.flow, self._by_member(move.target, gone))

    def _lose(self, loss: Loss, share: Floats) -> None:
        world = self._world
        gone = share * loss.parties
        if not gone.any():
            return
        np.subtract.at(self._cells, loss.source, gone)
        rest = world.remainder[world.kinds_of(loss.source), loss.person]
        for kind in np.flatnonzero(rest.any(axis=0)):
            np.add.at(self._cells, world.with_kind(loss.source, int(kind)), rest[:, kind] * gone)
        self._note(loss.flow, _total(world.members_of(loss.source), gone, world.members))

    def _injuries(self, state: State, counts: Mapping[str, Ints], process: str) -> None:
        """Share what happened to people without moving them over those it can have happened to."""
        if not counts:
            return
        world = self._world
        by_vehicle = process == "smuggling"
        rows = slice(world.places + world.caravans, world.rows) if by_vehicle else world.caravan_rows
        status = Status.smuggled if by_vehicle else Status.on_foot
        mine = self._grid()[:, rows, :, status].sum(axis=1)
        share = mine / np.maximum(state.parties[:, rows, :, status].sum(axis=1), 1)
        for flow, persons in counts.items():
            if persons.any():
                self._note(flow, (persons * share).sum(axis=1))

    def _grid(self) -> Floats:
        members, rows, kinds, statuses = self._world.shape
        return self._cells.reshape(statuses, members, rows, kinds).transpose(1, 2, 3, 0)

    def _pay(self, state: State, draws: Draws, move: Move, share: Floats) -> None:
        if move.flow not in FARES or move.source is None:
            return
        world = self._world
        usd = fares(state, world, draws, move)
        member = world.members_of(move.source)
        payer = np.where(world.rows_of(move.source) >= world.places, 0, 1)
        leg = self._leg[place_tonight(state, world, member, world.rows_of(move.source))]
        self._enter(member, payer, FARES[move.flow], leg, usd, usd * share)

    def _enter(self, member: Ints, payer: Ints, payee: str, leg: Ints, usd: Floats, theirs: Floats) -> None:
        """Add payments to the day's ledger: of everyone, and of those who set out."""
        shape = self._paid.shape[1:]
        at = np.ravel_multi_index((member, payer, np.full_like(leg, PAYEES.index(payee)), leg), shape)
        for book, amounts in zip(self._paid, (usd, theirs), strict=True):
            np.add(book, _total(at, amounts, book.size).reshape(shape), out=book)

    def _eat(self, state: State, draws: Draws) -> None:
        """Enter what people on foot spend on food, as ``keep_accounts`` does."""
        world = self._world
        rows = slice(0, world.places + world.caravans)
        cells, member, row, kind = state.occupied(Status.on_foot, rows)
        spend = draws["food_spend"][member] * world.size[kind]
        leg = self._leg[place_tonight(state, world, member, row)]
        payer = np.where(row >= world.places, 0, 1)
        self._enter(member, payer, "shops", leg, spend * state.cells[cells], spend * self._cells[cells])

    def close_day(self, state: State, draws: Draws, *, day: int) -> None:
        """Record the evening: where those who set out are, what befell them, who paid whom where."""
        world = self._world
        self._eat(state, draws)
        cells = np.flatnonzero(np.abs(self._cells) > LEAST)
        row = world.rows_of(cells)
        first = world.places + world.caravans
        place = np.where(row >= first, first + (row - first) // ROAD_DAYS, row)
        key = (world.members_of(cells) * (world.rows + 1) + place) * len(Status) + world.statuses_of(cells)
        merged, inverse = np.unique(key, return_inverse=True)
        persons = np.bincount(inverse, weights=self._cells[cells] * world.size[world.kinds_of(cells)])
        status = merged % len(Status)
        at = merged // len(Status)
        self._add(
            "cohort", day, member=at // (world.rows + 1), place=at % (world.rows + 1), status=status, persons=persons
        )
        for flow, total in self._flows.items():
            if flow not in self._names:
                self._names.append(flow)
            who = np.flatnonzero(total)
            named = np.full(who.size, self._names.index(flow))
            self._add("cohort_flows", day, member=who, flow=named, persons=total[who])
        where = np.nonzero(self._paid[0])
        member, payer, payee, leg = where
        self._add(
            "ledger", day, member=member, payer=payer, payee=payee, leg=leg, usd=self._paid[0][where],
            cohort_usd=self._paid[1][where],
        )  # fmt: skip
        self._flows = {}
        self._paid[:] = 0.0

    def _add(self, table: str, day: int, **columns: NDArray[np.generic]) -> None:
        length = len(next(iter(columns.values())))
        self._rows[table].append({"day": np.full(length, day, dtype=np.int32), **columns})

    def finish(self) -> dict[str, tuple[dict[str, NDArray[np.generic]], dict[str, tuple[str, ...]]]]:
        """Return tables ``cohort``, ``cohort_flows`` and ``ledger``: columns, and labels of coded ones."""
        world = self._world
        rows = (*world.place_ids, *world.caravan_ids, *(f"road:{x}" for x in world.destination_ids))
        labels = {
            "cohort": {"place": rows, "status": tuple(s.name for s in Status)},
            "cohort_flows": {"flow": tuple(self._names)},
            "ledger": {"payer": PAYERS, "payee": PAYEES, "leg": self._legs},
        }
        return {
            name: ({key: np.concatenate([part[key] for part in parts]) for key in parts[0]}, labels[name])
            for name, parts in self._rows.items()
            if parts
        }
