"""What is carried from day to day (``State``) and what happens in one (``Outcome``).

Parties of one kind, with one status, in one row, are exchangeable, so a cell holds their count.
Rows are the fixed places, then the caravans (places that move), then the road: people under way,
kept by destination and day of arrival.  A process never writes a count: it returns *moves*
from cell to cell, and :func:`apply` carries them out.  So people can be neither lost nor made by
a process, whoever wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from caravana.summaries import Summarised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.caravan.world import World

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


class Status(IntEnum):
    """What a party is now; ``by_vehicle`` and ``smuggled`` stay on after arrival.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.Status.on_foot.name, int(cv.Status.on_foot)
    ('on_foot', 1)
    """

    waiting = 0
    on_foot = 1
    applied = 2
    documented = 3
    detained = 4
    in_care = 5
    by_vehicle = 6
    smuggled = 7
    returned = 8
    settled = 9


STATUSES = tuple(s.name for s in Status)


class Phase(IntEnum):
    """Where a caravan is in its life."""

    gathering = 0
    under_way = 1
    arrived = 2
    dissolved = 3


class Mode(IntEnum):
    """How a caravan spent the day."""

    waiting = 0
    rest = 1
    walk = 2
    lift = 3
    held = 4
    arrived = 5
    dissolved = 6


@dataclass(frozen=True, slots=True)
class Caravans:
    """The caravans' own state; every array is [member, caravan].

    Attributes
    ----------
    phase, mode
        :class:`Phase` and :class:`Mode` as int8.
    itinerary, stop
        Which itinerary, and tonight's stop as an index into its stops.
    departs
        Day index of departure; a large number while it is not known.
    """

    phase: NDArray[np.int8]
    mode: NDArray[np.int8]
    itinerary: Ints
    stop: Ints
    departs: Ints


@dataclass(frozen=True, slots=True)
class State:
    """All that is carried.

    Attributes
    ----------
    cells
        Counts of parties, one number a cell; ``World.cells`` gives a cell's index.
    seen
        Which cells may hold anyone, one truth a cell: all that do, and some that did earlier today.
    shape
        Members, rows, kinds and statuses.
    dead
        Persons dead, [member, person kind].
    entered
        Persons who came in from outside the scenario so far, [member].
    caravans
        See :class:`Caravans`.
    drift
        Log-hazard of leaving the caravan, relative to its prior: a random walk, [member].
    """

    cells: Ints
    seen: Bools
    shape: tuple[int, int, int, int]
    dead: Ints
    entered: Ints
    caravans: Caravans
    drift: Floats

    @property
    def parties(self) -> Ints:
        """Counts of parties, [member, row, kind, status]: a view."""
        members, rows, kinds, statuses = self.shape
        return self.cells.reshape(statuses, members, rows, kinds).transpose(1, 2, 3, 0)

    def occupied(self, status: Status, rows: slice) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the cells of a status in some rows that hold anyone: cell, member, row and kind.

        Rows count from the slice's start; the cell indexes ``cells``.
        """
        members, n_rows, kinds, statuses = self.shape
        seen = self.seen.reshape(statuses, members, n_rows, kinds)[status, :, rows]
        n_here = seen.shape[1]
        at = find(seen.reshape(-1))
        row_at = at // kinds
        member = row_at // n_here
        # Cells between one member's last row of the slice and the next one's first are stepped over.
        cell = at + ((status * members * n_rows + rows.start) * kinds + member * ((n_rows - n_here) * kinds))
        holds = self.cells[cell] != 0
        if np.count_nonzero(holds) < holds.size:
            at, row_at, cell, member = at[holds], row_at[holds], cell[holds], member[holds]
        return cell, member, row_at - member * n_here, at - row_at * kinds


def find(flags: Bools) -> Ints:
    """Return where flags (one axis) are true, in order: of few that are, eight looked at as one."""
    if flags.size % 8:
        return flags.nonzero()[0]
    words = np.ascontiguousarray(flags).view(np.uint64)
    some = (words != 0).nonzero()[0]
    at: Ints = words[some].view(np.bool_).nonzero()[0]
    skipped = (some - np.arange(some.size)) << 3
    at += skipped[at >> 3]
    return at


@dataclass(frozen=True, slots=True, repr=False)
class Move(Summarised):
    """Parties that go from cells to cells; ``flow`` names why.

    ``source`` and ``target`` index ``State.cells``; ``source`` None means from outside the
    scenario.  The kind of party is the same at both ends.

    Examples
    --------
    >>> import caravana as cv
    >>> import numpy as np
    >>> move = cv.Move("joined", source=None, target=np.array([3]), parties=np.array([12]))
    >>> cv.Outcome(moves=(move,)).moves[0].flow
    'joined'
    """

    flow: str
    source: Ints | None
    target: Ints
    parties: Ints


@dataclass(frozen=True, slots=True, repr=False)
class Loss(Summarised):
    """Parties that each lose one person, who dies: cells, person kind, parties (1-d, aligned).

    Examples
    --------
    >>> import caravana as cv
    >>> import numpy as np
    >>> loss = cv.Loss("died", source=np.array([3]), person=np.array([0]), parties=np.array([1]))
    >>> cv.Outcome(losses=(loss,)).losses[0].flow
    'died'
    """

    flow: str
    source: Ints
    person: Ints
    parties: Ints


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Summarised):
    """What a process did today.

    Attributes
    ----------
    moves, losses
        Carried out by :func:`apply`, in order.
    counts
        Persons by [member, kind] that something happened to without moving them.
    payments
        USD by (payer, payee), each [member].
    reports
        Persons that a source of a side would have reported, by side, each [member, caravan].
    caravans, drift
        New values, where the process changes them.

    Examples
    --------
    >>> import caravana as cv
    >>> cv.Outcome().moves
    ()
    """

    moves: tuple[Move, ...] = ()
    losses: tuple[Loss, ...] = ()
    counts: Mapping[str, Ints] = field(default_factory=dict)
    payments: Mapping[tuple[str, str], Floats] = field(default_factory=dict)
    reports: Mapping[str, Floats] = field(default_factory=dict)
    caravans: Caravans | None = None
    drift: Floats | None = None


@dataclass(slots=True)
class Flows:
    """What happened today, for the record.

    Attributes
    ----------
    moved
        Flow, cells that parties came to, and parties, move by move.
    persons
        Persons by flow, [member, kind], of what happened without a move.
    payments, reports
        As in :class:`Outcome`, summed over the day.
    """

    moved: list[tuple[str, Ints, Ints]] = field(default_factory=list)
    persons: dict[str, Ints] = field(default_factory=dict)
    payments: dict[tuple[str, str], Floats] = field(default_factory=dict)
    reports: dict[str, Floats] = field(default_factory=dict)

    def tally(self, world: World) -> dict[str, Ints]:
        """Return persons by flow, [member, kind]: all of today's moves counted at once."""
        names = list(dict.fromkeys(flow for flow, _, _ in self.moved))
        shape = (len(names), world.members, len(world.size))
        if names:
            number = {name: i * shape[1] * shape[2] for i, name in enumerate(names)}
            at = world.member_kind[np.concatenate([cells for _, cells, _ in self.moved])]
            at += np.repeat([number[flow] for flow, _, _ in self.moved], [len(x) for _, x, _ in self.moved])
            parties = np.concatenate([parties for _, _, parties in self.moved])
            table = np.bincount(at, weights=parties, minlength=shape[0] * shape[1] * shape[2])
            moved = table.astype(np.int64).reshape(shape) * world.size
        out = {name: moved[i] for i, name in enumerate(names)}
        for name, persons in self.persons.items():
            out[name] = out[name] + persons if name in out else persons
        return out


def _carry_out(state: State, move: Move) -> None:
    if move.source is not None:
        np.subtract.at(state.cells, move.source, move.parties)
        # A source that held nobody is a fault: seen, so that the evening's check finds it.
        state.seen[move.source] = True
    np.add.at(state.cells, move.target, move.parties)
    state.seen[move.target] = True


def _add(persons: dict[str, Ints], flow: str, table: Ints) -> None:
    persons[flow] = persons[flow] + table if flow in persons else table


def _suffer(state: State, world: World, loss: Loss) -> None:
    """Take one person from each party; those left regroup into kinds that they can form."""
    flat = state.cells
    kinds = world.kinds_of(loss.source)
    members = world.members_of(loss.source)
    np.subtract.at(flat, loss.source, loss.parties)
    np.add.at(state.dead, (members, loss.person), loss.parties)
    rest = world.remainder[kinds, loss.person]
    for kind in np.flatnonzero(rest.any(axis=0)):
        target = world.with_kind(loss.source, int(kind))
        np.add.at(flat, target, rest[:, kind] * loss.parties)
        state.seen[target] = True


def apply(state: State, world: World, outcome: Outcome, flows: Flows) -> State:
    """Carry an outcome out on the state (in place) and add it to the day's flows.

    Parameters
    ----------
    state
        The engine's own copy: its ``cells``, ``seen``, ``dead`` and ``entered`` are written to.
    world, outcome, flows
        What the outcome's indices refer to; what to do; where to note it.

    Returns
    -------
    State
        The state after the process.
    """
    for move in outcome.moves:
        if move.parties.size == 0:
            continue
        _carry_out(state, move)
        flows.moved.append((move.flow, move.target, move.parties))
        if move.source is None:
            member, kind = np.divmod(world.member_kind[move.target], len(world.size))
            np.add.at(state.entered, member, move.parties * world.size[kind])
    for loss in outcome.losses:
        if loss.parties.size:
            _suffer(state, world, loss)
            lost = np.zeros((world.members, len(world.size)), dtype=np.int64)
            np.add.at(lost.reshape(-1), world.member_kind[loss.source], loss.parties)
            _add(flows.persons, loss.flow, lost)
    for name, table in outcome.counts.items():
        _add(flows.persons, name, table)
    for pair, usd in outcome.payments.items():
        flows.payments[pair] = flows.payments[pair] + usd if pair in flows.payments else usd
    flows.reports.update(outcome.reports)
    if outcome.caravans is None and outcome.drift is None:
        return state
    return replace(
        state,
        caravans=state.caravans if outcome.caravans is None else outcome.caravans,
        drift=state.drift if outcome.drift is None else outcome.drift,
    )


def headcount(state: State, world: World) -> Ints:
    """Return persons with each caravan tonight, [member, caravan]."""
    rows = state.parties[:, world.caravan_rows, :, Status.on_foot]
    return np.asarray(rows @ world.size, dtype=np.int64)
