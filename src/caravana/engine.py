"""The loop over days: look up the day, let each process act, check that nobody was lost, record.

The engine knows nothing of caravans' rules beyond the order of the day it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.attrition import tonight
from caravana.dynamics.calendar import compile_days, look_up
from caravana.dynamics.order import ORDER
from caravana.dynamics.state import Caravans, Flows, Mode, Phase, State, Status, apply, headcount
from caravana.errors import InvariantError, UsageError
from caravana.record import Coded, Record, Table
from caravana.streams import Stream, process_key
from caravana.world import compile_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.dynamics.order import Process
    from caravana.scenario.model import Policy, Scenario
    from caravana.world import World

    Floats = NDArray[np.float64]


def check_parameters(order: Sequence[Process], draws: Mapping[str, Floats]) -> None:
    """Raise one error that names every parameter that the order of the day needs and lacks.

    Raises
    ------
    UsageError
        If any is missing.
    """
    missing = [f"{name} (process {p.name})" for p in order for name in p.parameters if name not in draws]
    if missing:
        raise UsageError("the scenario lacks parameters: " + ", ".join(missing))


def begin(world: World, draws: Mapping[str, Floats], *, departs: NDArray[np.int64], seed: int, block: int) -> State:
    """Return the state before day 0: everyone waits at the origin, caravans gather."""
    parties = np.zeros(world.shape, dtype=np.int64)
    pool = np.rint(draws["stuck_pool"] / (world.share @ world.size)).astype(np.int64)
    rng = Stream(seed, block, process_key("begin"), 0).at(0)
    share = world.share / world.share.sum()
    parties[:, world.origin, :, Status.waiting] = rng.multinomial(pool, share)
    shape = (world.members, world.caravans)
    itinerary = np.zeros(shape, dtype=np.int64)
    stop = np.zeros(shape, dtype=np.int64)
    for c, caravan in enumerate(world.scenario.caravans):
        itinerary[:, c] = world.caravan_itinerary[c]
        stops = world.itineraries.place[world.caravan_itinerary[c]]
        stop[:, c] = int(np.flatnonzero(stops == world.place_ids.index(caravan.assembles_at))[0])
    return State(
        parties=parties,
        dead=np.zeros((world.members, world.composition.shape[1]), dtype=np.int64),
        entered=np.zeros(world.members, dtype=np.int64),
        caravans=Caravans(
            phase=np.full(shape, Phase.gathering, dtype=np.int8),
            mode=np.full(shape, Mode.waiting, dtype=np.int8),
            itinerary=itinerary,
            stop=stop,
            departs=departs,
        ),
        drift=np.zeros(world.members),
    )


def count_persons(state: State, world: World) -> NDArray[np.int64]:
    """Return all persons of each member, the dead included, [member]."""
    by_kind = state.parties.sum(axis=(1, 3))
    return np.asarray(by_kind @ world.size + state.dead.sum(axis=1), dtype=np.int64)


def check_invariants(state: State, world: World, start: NDArray[np.int64], *, day: int, process: str = "") -> None:
    """Check that persons are conserved to the unit in every member and that no count is negative.

    Raises
    ------
    InvariantError
        With the day, the member and the difference.
    """
    where = f"on day {day}" + (f", after {process}" if process else "")
    if state.parties.min() < 0:
        cell = np.unravel_index(int(state.parties.argmin()), state.parties.shape)
        raise InvariantError(f"a count fell below zero {where}: member {cell[0]}, row {cell[1]}, kind {cell[2]}")
    gap = count_persons(state, world) - start - state.entered
    if gap.any():
        member = int(np.flatnonzero(gap)[0])
        raise InvariantError(f"persons were not conserved {where}: member {member} differs by {int(gap[member]):+d}")


def record_day(record: Record, state: State, world: World, flows: Flows, *, day: int) -> None:
    """Add the evening's counts, the caravans and the day's flows to the record."""
    flat = state.parties.reshape(-1)
    cells = np.flatnonzero(flat)
    row = world.rows_of(cells)
    road = row >= world.places + world.caravans
    # Rows of the road are one label a destination: its days of arrival are summed.
    first = world.places + world.caravans
    label = np.where(road, first + (row - first) // max((world.rows - first) // max(len(world.destinations), 1), 1), row)
    record.people(day, world.members_of(cells), label, world.kinds_of(cells), cells % len(Status), flat[cells], road)
    caravans = state.caravans
    record.caravans(
        day,
        active=(caravans.phase == Phase.under_way) | (caravans.phase == Phase.arrived),
        place=tonight(world, caravans),
        km=world.itineraries.km[caravans.itinerary, caravans.stop],
        mode=caravans.mode,
        parties=state.parties[:, world.caravan_rows, :, Status.on_foot].sum(axis=2),
        persons=headcount(state, world),
    )
    record.flows(day, flows.persons)
    record.payments(day, flows.payments)
    record.reports(day, flows.reports)


@dataclass(frozen=True, slots=True)
class Task:
    """One block to simulate: everything a worker needs, and nothing else.

    Attributes
    ----------
    scenario, policies
        What to simulate, and the policies in force.
    draws
        Parameters by name, each [member].
    seed, block
        Keys of the random streams.
    days
        Days to simulate, from the scenario's first.
    order
        The order of the day.
    """

    scenario: Scenario
    policies: tuple[Policy, ...]
    draws: Mapping[str, Floats]
    seed: int
    block: int
    days: int
    order: tuple[Process, ...] = ORDER


def simulate_block(task: Task) -> dict[str, Table]:
    """Simulate one block of members, day by day.

    Returns
    -------
    dict
        Tables ``people``, ``caravans``, ``flows``, ``payments``, ``reports`` and ``parameters``,
        as columns; see the run folder's description.

    Raises
    ------
    InvariantError
        If a process loses or makes people; the block is then of no use.
    UsageError
        If a process needs a parameter that the scenario has not.
    """
    check_parameters(task.order, task.draws)
    members = len(next(iter(task.draws.values())))
    world = compile_world(task.scenario, members=members)
    tables = compile_days(world, task.draws, task.policies)
    state = begin(world, task.draws, departs=tables.departs, seed=task.seed, block=task.block)
    start = count_persons(state, world)
    record = Record(world)
    keys = [process_key(p.name) for p in task.order]
    for day in range(task.days):
        today = look_up(tables, day)
        flows = Flows()
        for process, key in zip(task.order, keys, strict=True):
            outcome = process.act(state, world, task.draws, today, Stream(task.seed, task.block, key, day))
            state = apply(state, world, outcome, flows)
        check_invariants(state, world, start, day=day)
        record_day(record, state, world, flows, day=day)
    finished = record.finish()
    names = sorted(task.draws)
    finished["parameters"] = {
        "member": np.repeat(np.arange(members), len(names)),
        "name": Coded(np.tile(np.arange(len(names)), members), tuple(names)),
        "value": np.stack([task.draws[n] for n in names], axis=1).reshape(-1),
    }
    return finished
