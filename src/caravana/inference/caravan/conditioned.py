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
from caravana.models.base import Coded, Task
from caravana.models.caravan.conditioned import lead_order
from caravana.models.caravan.model import simulate_block
from caravana.models.caravan.processes.health import CHILDREN
from caravana.models.caravan.state import Move

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.models.base import Table
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.order import Act
    from caravana.models.caravan.state import Outcome, State
    from caravana.models.caravan.world import World
    from caravana.scenario.model import Policy, Scenario
    from caravana.streams import Stream

    Floats = NDArray[np.float64]

# Processes that move nobody into, out of or within a caravan: left out while calibrating.
NOT_NEEDED = frozenset({"observation", "accounts", "revocation", "traffic"})
REPORTED = ("attrition", "detention")
FIRST = "first caravan: "


@dataclass(frozen=True)
class OutOfFirstCaravan:
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
        replace(p, act=OutOfFirstCaravan(p.act)) if p.name in REPORTED else p
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
    parties, kind_of = _numbers(people, "parties")[inside], _coded(people, "kind")[inside]
    size = np.array([kinds[k] for k in kind_of]).reshape(len(kind_of), -1)
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
