"""The model of caravans: the loop over days looks up the day, lets each process act, checks that nobody was lost.

The loop knows nothing of caravans' rules beyond the order of the day it is given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import InvariantError, ProcessError
from caravana.models.base import BLOCK, Coded, Model, Table, Task, check_parameters, tabulate_parameters
from caravana.models.caravan.calendar import compile_days, look_up
from caravana.models.caravan.cohort import Cohort
from caravana.models.caravan.order import ORDER
from caravana.models.caravan.processes.attrition import tonight
from caravana.models.caravan.record import BlockRecord
from caravana.models.caravan.state import Caravans, Flows, Mode, Phase, State, Status, apply, find, headcount
from caravana.models.caravan.world import compile_world
from caravana.models.parameters import CARAVAN as DECLARED
from caravana.models.parameters import declared_for_scenarios
from caravana.streams import Pool, Stream, process_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.models.base import Process
    from caravana.models.caravan.calendar import DayTables
    from caravana.models.caravan.world import World
    from caravana.scenario.declared import Declared
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]


def begin(world: World, draws: Mapping[str, Floats], *, departs: NDArray[np.int64], seed: int, block: int) -> State:
    """Return the state before day 0: everyone waits at the origin, caravans gather."""
    cells = np.zeros(math.prod(world.shape), dtype=np.int64)
    pool = np.rint(draws["stuck_pool"] / (world.share @ world.size)).astype(np.int64)
    rng = Stream(seed, block, process_key("begin"), 0).at(0)
    share = world.share / world.share.sum()
    waiting = world.cells(
        np.arange(world.members)[:, None], world.origin, np.arange(len(share))[None, :], Status.waiting
    )
    cells[waiting] = rng.multinomial(pool, share)
    shape = (world.members, world.caravans)
    itinerary = np.zeros(shape, dtype=np.int64)
    stop = np.zeros(shape, dtype=np.int64)
    for c, caravan in enumerate(world.scenario.caravans):
        itinerary[:, c] = world.caravan_itinerary[c]
        stops = world.itineraries.place[world.caravan_itinerary[c]]
        stop[:, c] = int(np.flatnonzero(stops == world.place_ids.index(caravan.assembles_at))[0])
    return State(
        cells=cells,
        seen=cells != 0,
        shape=world.shape,
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


@dataclass(frozen=True, slots=True)
class Evening:
    """The cells that hold anyone at the end of a day, and their counts: looked up once."""

    cells: NDArray[np.int64]
    parties: NDArray[np.int64]


def look_around(state: State) -> Evening:
    """Return the occupied cells (a negative count among them), and forget those left empty."""
    cells = find(state.seen)
    parties = state.cells[cells]
    holds = parties != 0
    if np.count_nonzero(holds) < holds.size:
        state.seen[cells[~holds]] = False
        cells, parties = cells[holds], parties[holds]
    return Evening(cells, parties)


def count_persons(state: State, world: World, evening: Evening) -> NDArray[np.int64]:
    """Return all persons of each member, the dead included, [member]."""
    shape = (world.members, len(world.size))
    parties = np.bincount(world.member_kind[evening.cells], weights=evening.parties, minlength=shape[0] * shape[1])
    alive = parties.astype(np.int64).reshape(shape) @ world.size
    return np.asarray(alive + state.dead.sum(axis=1), dtype=np.int64)


def check_invariants(
    state: State, world: World, evening: Evening, start: NDArray[np.int64], *, day: int, who: Sequence[str]
) -> None:
    """Check that persons are conserved to the unit in every member and that no count is negative.

    Raises
    ------
    InvariantError
        With the day, the member and the difference, and the processes that ``who`` names.
    """
    where = f"on day {day} ({'process' if len(who) == 1 else 'processes'} {', '.join(who)})"
    if evening.parties.size and evening.parties.min() < 0:
        cell = evening.cells[evening.parties.argmin()]
        _, member, row, kind = (int(x) for x in world.split(cell))
        raise InvariantError(f"a count fell below zero {where}: member {member}, row {row}, {world.kind_ids[kind]}")
    gap = count_persons(state, world, evening) - start - state.entered
    if gap.any():
        member = int(np.flatnonzero(gap)[0])
        raise InvariantError(f"persons were not conserved {where}: member {member} differs by {int(gap[member]):+d}")


def record_day(record: BlockRecord, state: State, world: World, evening: Evening, flows: Flows, *, day: int) -> None:
    """Add the evening's counts, the caravans and the day's flows to the record."""
    record.people(day, evening.cells, evening.parties)
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
    record.flows(day, flows.tally(world))
    record.payments(day, flows.payments)
    record.reports(day, flows.reports)


@dataclass(frozen=True, slots=True)
class Start:
    """All that is compiled before the first day: the world, its day tables, the state."""

    world: World
    tables: DayTables
    state: State


def order_of(task: Task) -> tuple[Process, ...]:
    """Return the order of the day of a task."""
    return ORDER if task.order is None else task.order


def set_up(task: Task, world: World | None = None) -> Start:
    """Compile a task's scenario and policies to arrays, and put everyone where they start.

    Raises
    ------
    UsageError
        If a process needs a parameter that the scenario has not.
    """
    members = len(next(iter(task.draws.values())))
    check_parameters(order_of(task), task.draws)
    if world is None or world.members != members:
        world = compile_world(task.scenario, members=members)
    tables = compile_days(world, task.draws, task.policies)
    state = begin(world, task.draws, departs=tables.departs, seed=task.seed, block=task.block)
    return Start(world, tables, state)


def run_days(task: Task, start: Start, *, careful: bool = False) -> tuple[BlockRecord, Cohort | None]:
    """Run the days of a block: each process acts, nobody is lost, the evening is recorded.

    Where ``careful``, it is checked after every process, not only in the evening, that nobody is lost.

    Raises
    ------
    InvariantError
        If a process loses or makes people; the block is then of no use.
    ProcessError
        If a process fails.
    """
    world, state = start.world, start.state
    persons = count_persons(state, world, look_around(state))
    record = BlockRecord(world)
    cohort = Cohort(world) if task.follow else None
    order = order_of(task)
    keys = [process_key(p.name) for p in order]
    pool = Pool()
    for day in range(task.days):
        today = look_up(start.tables, day)
        flows = Flows()
        for process, key in zip(order, keys, strict=True):
            # A process looks and says; it is the engine that writes.
            state.cells.setflags(write=False)
            pool.put_back()
            try:
                outcome = process.act(state, world, task.draws, today, Stream(task.seed, task.block, key, day, pool))
            except Exception as error:
                cause = f"{type(error).__name__}: {error}"
                raise ProcessError(f"process {process.name!r} failed on day {day}: {cause}") from error
            state.cells.setflags(write=True)
            if cohort is not None:
                cohort.follow(state, task.draws, outcome, day=day, process=process.name)
            state = apply(state, world, outcome, flows)
            if careful:
                check_invariants(state, world, look_around(state), persons, day=day, who=[process.name])
        evening = look_around(state)
        check_invariants(state, world, evening, persons, day=day, who=[p.name for p in order])
        record_day(record, state, world, evening, flows, day=day)
        if cohort is not None:
            cohort.close_day(state, task.draws, day=day)
    return record, cohort


def simulate_block(task: Task, world: World | None = None) -> dict[str, Table]:
    """Simulate one block of members, day by day.

    Returns
    -------
    dict
        Tables ``people``, ``caravans``, ``flows``, ``payments``, ``reports`` and ``parameters``,
        as columns; see the run folder's description.  With ``follow`` also ``cohort``,
        ``cohort_flows`` and ``ledger``.

    Raises
    ------
    InvariantError
        If a process loses or makes people; the block is then of no use.
    UsageError
        If a process needs a parameter that the scenario has not.
    """
    start = set_up(task, world)
    try:
        record, cohort = run_days(task, start)
    except InvariantError:
        # The same once more, looking after every process, to say which one it was.
        run_days(task, set_up(task, world), careful=True)
        raise
    finished = record.finish()
    for name, (columns, labels) in (cohort.finish() if cohort is not None else {}).items():
        finished[name] = {k: Coded(v.astype(np.int64), labels[k]) if k in labels else v for k, v in columns.items()}
    finished["parameters"] = tabulate_parameters(task.draws)
    return finished


class CaravanModel(Model):
    """Caravans that move as one body, and all that happens to those in and around them."""

    name = "caravan"
    family = "caravan"

    @property
    def declared(self) -> Declared:
        """Parameters and kinds of party that its scenarios inherit."""
        return declared_for_scenarios(DECLARED)

    @property
    def order(self) -> tuple[Process, ...]:
        """The order of the day."""
        return ORDER

    def memory(self, scenario: Scenario, *, days: int) -> float:
        """Return what a block takes: its record, a row for each place that people can be at."""
        return 150.0 * BLOCK * days * len(scenario.places)

    def compile(self, scenario: Scenario, *, days: int) -> World:
        """Return the scenario as arrays; its days are compiled with the draws."""
        del days
        return compile_world(scenario, members=BLOCK)

    def simulate(self, world: World, task: Task) -> dict[str, Table]:
        """Return the tables of one block: see :func:`simulate_block`."""
        return simulate_block(task, world)


CARAVAN = CaravanModel()
"""The model of caravans."""
