"""Simulate a scenario as an ensemble: draw, execute, keep, open."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
import warnings
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from caravana.accessors import bound
from caravana.arguments import as_date, as_seed, as_workers, by_name, names_in, several, whole_number
from caravana.ensemble.crate import CRATE, write_crate
from caravana.ensemble.executors import run_tasks
from caravana.ensemble.integrity import read_manifest
from caravana.ensemble.pieces import begin_piece, read_piece
from caravana.ensemble.storage import open_storage
from caravana.ensemble.store import (
    FAILURES,
    Failure,
    Plan,
    blocks_done,
    finish,
    prepare,
    refuse_other_size,
    write_failures,
)
from caravana.ensemble.tasks import BlockTasks
from caravana.ensemble.worker import WRITE_FAILED
from caravana.errors import IntegrityWarning, RunError, UnusedInputWarning, UsageError, WriteError
from caravana.models.registry import model_of
from caravana.models.scenarios import load_as_written
from caravana.processors import cores
from caravana.progress import progress_shown
from caravana.scenario.canonical import scenario_hash
from caravana.scenario.declared import scenario_in_force
from caravana.scenario.model import Scenario
from caravana.scenario.priors import settle
from caravana.spelling import did_you_mean
from caravana.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from caravana.ensemble.design import Design
    from caravana.ensemble.pieces import Piece
    from caravana.ensemble.storage import Storage
    from caravana.models.base import Model, Process
    from caravana.run import Run
    from caravana.scenario.model import Policy


def choose_policies(scenario: Scenario, names: Sequence[str] | None) -> tuple[Policy, ...]:
    """Return the policies in force: those that were so in fact, then the named ones.

    Raises
    ------
    UsageError
        If they are no list, or a name is no policy of the scenario.
    """
    known = {p.id: p for p in scenario.policies}
    example = "['no-caravan']"
    names = names_in(several(names or (), name="policies", example=example), name="policies", example=example)
    unknown = [n for n in names if n not in known]
    if unknown:
        offered = ", ".join(f"{name}{did_you_mean(name, known)}" for name in unknown)
        raise UsageError(f"no policy {offered} in {scenario.name}; it has {', '.join(known) or 'none'}")
    added = [known[n] for n in names]
    return (*(p for p in scenario.policies if p.base and p not in added), *added)


def last_day(scenario: Scenario, until: dt.date | str | None) -> dt.date:
    """Return the last day to simulate.

    Raises
    ------
    UsageError
        If it is no date, or outside the scenario.
    """
    if until is None:
        return scenario.end
    last = as_date(until, name="until")
    if not scenario.start <= last <= scenario.end:
        raise UsageError(f"until {last} is outside the scenario, {scenario.start} to {scenario.end}")
    return last


def configure(
    scenario: Scenario, model: Model, values: Mapping[str, object], *, seed: int
) -> tuple[Scenario, dict[str, float]]:
    """Return a scenario with values set by hand, and those of its parameters that replace priors.

    Parameters
    ----------
    scenario
        With every parameter in force.
    model
        Of which the values are.
    values
        By name.
    seed
        Of what the model draws by itself.

    Raises
    ------
    UsageError
        If a name is neither a parameter nor a setting, or a value is none that it can have.
    """
    chosen, numbers = model.configure(scenario, values)
    drawn_by_itself = model.draw(chosen, seed=seed, block=0)
    settle(chosen, {name: value for name, value in numbers.items() if name not in drawn_by_itself})
    return chosen, numbers


def _refuse(workers: int | None, *, scheduler: object, storage: object, piece: object, out: object) -> None:
    """Refuse options that do not go together; the message names the argument."""
    if scheduler is not None and workers is not None:
        raise UsageError("workers are processes of this machine: give workers or a scheduler, not both")
    if storage is not None and scheduler is None:
        raise UsageError("storage is where the workers of a scheduler write: give a scheduler as well")
    if piece is not None and out is None:
        raise UsageError("a piece needs the run folder that it is a piece of: give out")


def simulate(
    scenario: Scenario | str | os.PathLike[str],
    *,
    members: int = 200,
    seed: int = 1,
    until: dt.date | str | None = None,
    set: Mapping[str, object] | None = None,  # noqa: A002 - the command line's own word
    rules: str | None = None,
    model: Model | None = None,
    policies: Sequence[str] | None = None,
    taken: Mapping[str, str] | None = None,
    design: Design | None = None,
    order: tuple[Process, ...] | None = None,
    follow: bool = False,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    storage: str | os.PathLike[str] | None = None,
    piece: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Simulate a scenario as an ensemble and open the result.

    Parameters
    ----------
    scenario
        A scenario, a bundled name, or a scenario folder.
    members
        Ensemble size.  Member *m* of a seed is the same whatever the size.
    seed
        Of all randomness: parameters and chance.
    until
        Last day to simulate (default: the scenario's last).
    set
        Values set by hand, by name, as ``--set`` takes them on the command line: of parameters in place of their
        priors, of the model's settings, or ``rules``.
    rules
        Name of a model in place of the scenario's own, of the same family: ``flee``, ``walk`` or ``camp-shares`` for
        a displacement.
    model
        A model of your own in place of the one that the scenario names.
    policies
        Ids of policies to put in force besides those that were so in fact.
    taken
        Claims taken as ``true``, as ``false`` or left ``open``, for the record: what they make of
        the scenario, the settings and the policies is :func:`caravana.evidence.taken.take`'s to say.
    design
        Parameters in place of the priors' draws, and ways along which members are led: see
        :class:`caravana.inference.posterior.design.PosteriorDesign`.
    order
        The order of the day, for processes of your own (default: the model's own).
    follow
        Whether to follow those who set out with the first caravan wherever they go: tables
        ``cohort``, ``cohort_flows`` and ``ledger`` of the run.  It changes no other number.
    out
        Run folder (default: a temporary one that goes with the returned run).  A folder that
        holds part of the same run is completed.
    workers
        Processes to use (default: this machine's cores).
    scheduler
        Address (``tcp://host:port``) or scheduler file of a Dask cluster to simulate on in place
        of this machine; the results are the same to the bit.
    storage
        With a scheduler: where its workers write blocks themselves, so that none passes through here.  The run
        folder, if workers share its disk, or an address that ``fsspec`` knows, such as ``s3://bucket/run``.
    piece
        A share of the run's blocks, such as ``3/40`` for the third of 40: it goes to a folder of its own in the run
        folder, and :func:`caravana.ensemble.pieces.merge_pieces` puts pieces together.
    progress
        Called with blocks done and blocks in all (default: a bar in a notebook, a line on a terminal at work by hand).

    Returns
    -------
    Run
        The opened run; ``run.failures`` lists blocks that failed.

    Raises
    ------
    UsageError, ScenarioError, RunError
        With a message for the user.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> run.days[-1].date().isoformat()
    '2021-10-24'
    >>> cv.simulate("tapachula-2021", set={"walk_kn": 18})
    Traceback (most recent call last):
    ...
    caravana.errors.UsageError: ...walk_kn... (did you mean 'walk_km'?)...
    """
    from caravana.run import open_run

    members, seed = whole_number(members, name="members", least=1), as_seed(seed)
    _refuse(as_workers(workers), scheduler=scheduler, storage=storage, piece=piece, out=out)
    share = None if piece is None else read_piece(piece)
    chosen = scenario if isinstance(scenario, Scenario) else load_as_written(scenario)
    values = by_name(set or {}, name="set", example="{'walk_km': 18}")
    named = values.pop("rules", rules)
    mover = model or model_of(chosen, rules=None if named is None else str(named))
    if design is not None and design.family != mover.family:
        raise UsageError(f"{chosen.name} has the rules {mover.name}: posterior draws lead a {design.family} only")
    chosen = scenario_in_force(chosen.model_copy(update={"rules": mover.name}), mover.declared)
    chosen, numbers = configure(chosen, mover, values, seed=seed)
    last = last_day(chosen, until)
    mover.check(chosen, days=chosen.day_of(last) + 1)
    if share is not None:
        share.blocks(range(-(-members // mover.block_size(chosen))))
    order = mover.order if order is None else order
    plan = Plan(
        scenario=chosen.name,
        scenario_hash=scenario_hash(chosen),
        rules=mover.name,
        family=mover.family,
        seed=seed,
        first=chosen.start.isoformat(),
        last=last.isoformat(),
        settings=numbers,
        policies=tuple(p.id for p in choose_policies(chosen, policies)),
        order=tuple(p.name for p in order),
        follow=follow,
        taken=dict(taken or {}),
        posterior="" if design is None else design.name,
    )
    folder = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="caravana-"))
    folder = folder if share is None else share.folder(folder)
    try:
        execute(
            chosen, plan, folder, members=members, model=mover, order=order, design=design, workers=workers or cores(),
            scheduler=scheduler, storage=None if storage is None else str(storage), piece=share,
            progress=progress or progress_shown("Blocks of members", first=mover.notice),
        )  # fmt: skip
        run = open_run(folder)
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    for remark in bound("Run.remarks")(run, values):
        warnings.warn(remark, UnusedInputWarning, stacklevel=2)
    if out is None:
        # The folder goes when the run does, or at exit.
        weakref.finalize(run, shutil.rmtree, folder, ignore_errors=True)
    return run


def execute(
    scenario: Scenario,
    plan: Plan,
    folder: Path,
    *,
    members: int,
    model: Model,
    order: tuple[Process, ...],
    design: Design | None = None,
    workers: int,
    scheduler: str | None = None,
    storage: str | None = None,
    piece: Piece | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Simulate the blocks of a plan that are not on disk yet, and keep what came of each.

    Raises
    ------
    RunError
        If the folder is another run's, or every block failed.
    """
    started = time.perf_counter()
    damaged = prepare(folder, plan, scenario, version=__version__)
    size = model.block_size(scenario)
    blocks: Sequence[int] = range(-(-members // size))
    refuse_other_size(folder, size)
    before = blocks_done(folder).difference(damaged)
    if piece is not None:
        begin_piece(folder, piece, members=members, size=size)
        blocks = piece.blocks(blocks)
        # What was merged meanwhile is done.
        before |= blocks_done(folder.parents[1])
    depot = None if storage is None else open_storage(storage, folder, read_manifest(folder)["plan"])
    stored = set() if depot is None else depot.blocks().intersection(blocks) - before
    for damage in (one for block in blocks for one in damaged.get(block, ())):
        warnings.warn(f"{folder}: {damage}; the block is simulated again", IntegrityWarning, stacklevel=2)
    todo = [b for b in blocks if b not in before and b not in stored]
    tasks = BlockTasks(scenario, plan, todo, model, order, design)
    if progress is not None:
        progress(len(blocks) - len(todo), len(blocks))
    if tasks and scheduler is None:
        # Once, not by each worker at the same time.
        model.prepare()
    failures = _simulate_blocks(
        tasks, folder, of=len(blocks), workers=workers, scheduler=scheduler, storage=depot, progress=progress
    )
    if depot is not None:
        depot.fetch(folder, depot.blocks().intersection(blocks) - before)
    write_failures(folder, failures)
    if tasks or stored or damaged or read_manifest(folder).get("members") != members or piece is not None:
        wall = time.perf_counter() - started
        finish(folder, members=members, block=size, failures=failures, wall_seconds=wall, blocks=blocks)
        write_crate(folder)
    elif not (folder / CRATE).exists():
        write_crate(folder)
    if len(failures) == len(blocks):
        raise RunError(f"every block failed; the first one: {failures[0].error} (all in {folder / FAILURES})")


def _simulate_blocks(
    tasks: BlockTasks, folder: Path, *, of: int, workers: int, scheduler: str | None, storage: Storage | None,
    progress: Callable[[int, int], None] | None,
) -> list[Failure]:  # fmt: skip
    """Simulate what is left of so many blocks; return those that failed, noted in the folder as they fail."""
    failures: list[Failure] = []
    done = of - len(tasks)
    for block, error, trace in run_tasks(tasks, folder, workers=workers, scheduler=scheduler, storage=storage):
        done += 1
        if error.startswith(WRITE_FAILED):
            raise WriteError(f"{error.removeprefix(WRITE_FAILED)} The same command goes on from the blocks done.")
        if error:
            failures.append(Failure(block, error, trace, dt.datetime.now(dt.UTC).isoformat(timespec="seconds")))
            write_failures(folder, failures)
        if progress is not None:
            progress(done, of)
    return failures
