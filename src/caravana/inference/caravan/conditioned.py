"""Members of the full simulator along ways that fit the reported nights, and how well they fit the counts.

The likelihood of the nights is exact (:mod:`caravana.inference.caravan.nights`), so
the ways are drawn from their posterior and the simulator is led along them:
what remains to be weighed is how many walk.  No member is wasted on a wrong
road, and none is weighed by a distance and a tolerance.

The drift of the hazard of leaving is given too: it is a parameter a day, and what
is known of it is found before anything is simulated (:mod:`caravana.inference.caravan.proposal`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference.caravan.expected import PREGNANT, Course
from caravana.models.caravan.model import Task, simulate_block
from caravana.models.caravan.order import ORDER
from caravana.models.caravan.processes.advance import advance
from caravana.models.caravan.processes.attrition import leave, leave_at, reshape
from caravana.models.caravan.processes.health import CHILDREN
from caravana.models.caravan.record import Coded
from caravana.models.caravan.state import Mode, Move, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.order import Act, Process
    from caravana.models.caravan.record import Table
    from caravana.models.caravan.state import Outcome, State
    from caravana.models.caravan.world import World
    from caravana.scenario.model import Policy, Scenario
    from caravana.streams import Stream

    Floats = NDArray[np.float64]

# Processes that move nobody into, out of or within a caravan: left out while calibrating.
NOT_NEEDED = frozenset({"observation", "accounts", "revocation", "traffic"})
TOLD = ("attrition", "detention")
FIRST = "first caravan: "
LIFT_KM = 40.0


@dataclass(frozen=True)
class Guide:
    """An advance that leads the first caravan along given stops, and leaves every other as it is.

    ``path`` has shape (members, days): the stop on each night, counted along the itinerary; after its end the
    caravan goes on by itself.
    """

    path: NDArray[np.int64]

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Advance all caravans, then put the first where its path has it tonight."""
        outcome = advance(state, world, draws, today, stream)
        if today.day >= self.path.shape[1] or outcome.caravans is None:
            return outcome
        under_way = state.caravans.phase[:, 0] == Phase.under_way
        tonight = self.path[:, today.day]
        gone = world.itineraries.km[state.caravans.itinerary[:, 0]][np.arange(tonight.size), tonight]
        gone = gone - world.itineraries.km[state.caravans.itinerary[:, 0], state.caravans.stop[:, 0]]
        how = np.where(gone <= 0, Mode.rest, np.where(gone > LIFT_KM, Mode.lift, Mode.walk))
        end = tonight == world.itineraries.n_stops[state.caravans.itinerary[:, 0]] - 1
        caravans = outcome.caravans
        stop, mode, phase = caravans.stop.copy(), caravans.mode.copy(), caravans.phase.copy()
        stop[:, 0] = np.where(under_way, tonight, stop[:, 0])
        mode[:, 0] = np.where(under_way, how, mode[:, 0])
        phase[:, 0] = np.where(under_way, np.where(end, Phase.arrived, Phase.under_way), phase[:, 0])
        return replace(outcome, caravans=replace(caravans, stop=stop, mode=mode, phase=phase))


@dataclass(frozen=True)
class Drifting:
    """Exits from caravans at a given drift of the hazard of leaving, shape (members, days); after it, by chance."""

    drift: Floats

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Draw who leaves each caravan today."""
        if today.day >= self.drift.shape[1]:
            return leave(state, world, draws, today, stream)
        return leave_at(state, world, draws, today, stream, self.drift[:, today.day])


@dataclass(frozen=True)
class Together:
    """Caravans that split on given nights and do not break up, as long as these are given; then, by chance.

    ``splits`` has shape (members, days); it is known of those days that the first caravan stayed together.
    """

    splits: NDArray[np.bool_]

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Merge, dissolve and split caravans tonight."""
        if today.day < self.splits.shape[1]:
            never, split = np.zeros(world.members), self.splits[:, today.day].astype(float)
            draws = {**draws, "dissolution_chiapas": never, "dissolution_beyond": never, "split_chance": split}
        return reshape(state, world, draws, today, stream)


@dataclass(frozen=True)
class Told:
    """A process whose moves out of the first caravan go by a name of their own: reports are of its people."""

    act: Act

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Do what the process does, and say of each move whether it is out of the first caravan."""
        outcome = self.act(state, world, draws, today, stream)
        moves = []
        for move in outcome.moves:
            first = world.rows_of(move.source) == world.places if move.source is not None else np.zeros(0, bool)
            if move.source is None or not first.any():
                moves.append(move)
                continue
            for flow, some in ((move.flow, ~first), (FIRST + move.flow, first)):
                moves.append(Move(flow, move.source[some], move.target[some], move.parties[some]))
        return replace(outcome, moves=tuple(moves))


def lead_order(
    path: NDArray[np.int64], drift: Floats, splits: NDArray[np.bool_], *, order: tuple[Process, ...] = ORDER
) -> tuple[Process, ...]:
    """Return an order of the day with the first caravan led along ways, and together to their end."""
    acts: dict[str, Act] = {"advance": Guide(path), "attrition": Drifting(drift), "reshape": Together(splits)}
    return tuple(replace(p, act=acts[p.name]) if p.name in acts else p for p in order)


@dataclass(frozen=True)
class Lead:
    """One block to simulate along given ways, at a given drift of the hazard of leaving: all that a worker needs."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    draws: Mapping[str, Floats]
    path: NDArray[np.int64]
    drift: Floats
    splits: NDArray[np.bool_]
    seed: int
    block: int
    days: int


def simulate_led(lead: Lead) -> Course:
    """Simulate one block with the first caravan led along its members' ways.

    It cannot break up before the end of its way (it is known that it did not): the chance that it would not
    have is a weight, from :func:`log_together`.
    """
    order = tuple(
        replace(p, act=Told(p.act)) if p.name in TOLD else p
        for p in lead_order(lead.path, lead.drift, lead.splits)
        if p.name not in NOT_NEEDED
    )
    task = Task(lead.scenario, lead.policies, lead.draws, lead.seed, lead.block, lead.days, order)
    tables = simulate_block(task)
    shape = (len(lead.path), lead.days)
    first = lead.scenario.caravans[0].id
    kinds = {k.id: k.composition for k in lead.scenario.kinds}
    people = tables["people"]
    inside = _coded(people, "place") == first
    at = (_numbers(people, "member")[inside], _numbers(people, "day")[inside])
    parties, made_of = _numbers(people, "parties")[inside], _coded(people, "kind")[inside]
    size = np.array([kinds[k] for k in made_of]).reshape(len(made_of), -1)
    flows = tables["flows"]
    return Course(
        persons=_added(shape, at, parties * size.sum(axis=1)),
        cards=np.cumsum(_flow(flows, FIRST + "accepted", shape), axis=1),
        minors=_added(shape, at, parties * size[:, CHILDREN]),
        pregnant=_added(shape, at, parties * size[:, PREGNANT]),
        detained=_flow(flows, FIRST + "detained", shape),
        treated=_flow(flows, "treated", shape),
    )


def _flow(flows: Table, name: str, shape: tuple[int, int]) -> Floats:
    """Persons of a flow by member and day."""
    chosen = _coded(flows, "flow") == name
    at = (_numbers(flows, "member")[chosen], _numbers(flows, "day")[chosen])
    return _added(shape, at, _numbers(flows, "persons")[chosen])


def _added(shape: tuple[int, int], at: tuple[NDArray[np.int64], ...], persons: NDArray[np.int64]) -> Floats:
    out = np.zeros(shape)
    np.add.at(out, at, persons)
    return out


def _numbers(table: Table, name: str) -> NDArray[np.int64]:
    return np.asarray(table[name]).astype(np.int64)


def _coded(table: Table, name: str) -> NDArray[np.str_]:
    column = table[name]
    if isinstance(column, Coded):
        return np.asarray(np.asarray(column.labels, dtype=str)[column.codes])
    return np.asarray(column, dtype=str)
