"""Calibrate a caravan scenario: posterior draws of the full simulator's parameters.

Three steps, each exact where it can be.  The advance is fitted by the exact chain
over localities, and ways are drawn from its posterior.  Where on those ways the
numbers fit the reports is sought on their *expected* course
(:mod:`caravana.inference.caravan.proposal`), by several searches that know nothing of
each other.  At the points found the full simulator is run in blocks of 64 members
led along the ways (:mod:`caravana.inference.caravan.conditioned`), and each member is weighed
by how much better its own course fits than the expected one did: importance
sampling, with the expected course as the proposal only.

Every search and every block is written whole or not at all, and depends on the
plan and on the steps before it only, so a calibration that was killed goes on from
what is there and ends in the same draws, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from caravana.ensemble.parallel import spread
from caravana.errors import UsageError
from caravana.inference.caravan.conditioned import Lead, simulate_led
from caravana.inference.caravan.diagnostics import diagnose
from caravana.inference.caravan.expected import READS, SERIES, compile_setting
from caravana.inference.caravan.paths import draw_ways
from caravana.inference.caravan.prior import COMMON
from caravana.inference.caravan.proposal import GRID, Points, Target, log_together, search, tabulate
from caravana.inference.likelihood import OBSERVED, least_gap, log_reports
from caravana.inference.posterior.folder import PosteriorPlan, open_folder, read_array, write_array, write_posterior
from caravana.inference.reports import FLOWS, known_by, read_record
from caravana.inference.weights import systematic, truncated
from caravana.models.base import BLOCK
from caravana.models.scenarios import in_force, scenario_hash
from caravana.scenario.priors import check_priors, quantile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.inference.caravan.expected import Course
    from caravana.inference.reports import CaravanReports
    from caravana.scenario.model import Parameter, Scenario

    Floats = NDArray[np.float64]

POINTS = 2048
LEAST_POINTS = 512
POWER = 0.85
"""Power of the expected course's likelihood in the search: under one, as it is not the simulator's."""
PILOT_BLOCKS = 4
OUT_OF_REACH = 1.1
"""A report this far (log ratio, a factor of three) from what any member and any bias expects is out of reach."""
REACH_POINTS = 4096


@dataclass(frozen=True)
class Setup:
    """What all parts of a calibration share."""

    scenario: Scenario
    record: CaravanReports
    plan: PosteriorPlan
    free: tuple[Parameter, ...]
    ways: dict[str, Any]
    target: Target
    report_ids: tuple[str, ...]


@dataclass(frozen=True)
class Executor:
    """Where parts are computed, and what counts each part done."""

    workers: int | None
    scheduler: str | None
    count_part: Callable[[], None]

    def spread(self, function: Callable[..., Any], given: list[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Call a function on each, wherever; tell of each as it comes."""
        for at, result in spread(function, given, workers=self.workers, scheduler=self.scheduler):
            yield at, result
            self.count_part()


def calibrate_scenario(
    scenario: Scenario,
    folder: Path,
    *,
    until: dt.date | None = None,
    budget: int = 16384,
    draws: int = 1000,
    seed: int = 1,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Fit a scenario's parameters to what was published by a date.

    Parameters
    ----------
    scenario : Scenario
    folder : Path
        Where blocks and draws are kept; a folder that holds part of the same calibration is completed.
    until : date, optional
        Nothing published later is used; the scenario's last day where left out.
    budget : int
        Members to simulate, rounded up to blocks of 64.
    draws : int
        Posterior draws to keep.
    seed : int
    workers : int or None
        Processes; None for the machine's cores.
    scheduler : str, optional
        A Dask scheduler's address or file, in place of workers.
    progress : callable, optional
        Told parts done (searches and blocks) and parts in all.

    Returns
    -------
    dict
        Diagnostics, as in ``diagnostics.json`` of the folder; ``summary`` holds lines for people.

    Raises
    ------
    UsageError
        If nothing was known by then, a prior has no mass, or a report is out of reach of all parameters.
    RunError
        If the folder holds another calibration, or a block in it is corrupt.
    """
    scenario = in_force(scenario)
    blocks = -(-budget // BLOCK)
    pilot = max(1, min(PILOT_BLOCKS, blocks // 8))
    rest = max(1, blocks - pilot)
    islands = -(-rest * BLOCK // POINTS)
    parts = [0]

    def count_part() -> None:
        parts[0] += 1
        if progress is not None:
            progress(parts[0], 1 + pilot + islands + rest)

    where = Executor(workers, scheduler, count_part)
    setup = _set_up(scenario, folder, until=until, budget=budget, draws=draws, seed=seed, where=where)
    _refuse_out_of_reach(setup)
    points = min(POINTS, max(LEAST_POINTS, BLOCK * rest))
    first = _search(setup, folder, [0], points, where)
    pilot_blocks = _blocks(setup, folder, first, [(0, block) for block in range(pilot)], where)
    setup = replace(setup, target=replace(setup.target, offset=_offset(setup, first[0], pilot_blocks)))
    later = _search(setup, folder, list(range(1, islands + 1)), points, where)
    each = points // BLOCK
    at = [(1 + block // each, block % each) for block in range(rest)]
    return _finish(setup, folder, _blocks(setup, folder, later, at, where))


def _set_up(
    scenario: Scenario, folder: Path, *, until: dt.date | None, budget: int, draws: int, seed: int, where: Executor
) -> Setup:
    if budget < 2 * BLOCK or draws < 1:
        raise UsageError(f"a calibration needs a budget of {2 * BLOCK} members or more and a draw or more to keep")
    check_priors(scenario)
    full = read_record(scenario)
    last = min(until or scenario.end, scenario.end)
    record = known_by(full, last)
    counts = [*record.counts, *record.others]
    dates = [night.date for night in record.nights if not night.planned] + [count.date for count in counts]
    if not dates:
        raise UsageError(f"nothing but plans was known of {record.caravan} on {last}; choose a later date")
    if full.departs != scenario.start:
        raise UsageError(f"{scenario.name}: the first caravan must leave on the scenario's first day to be calibrated")
    plan = PosteriorPlan(
        scenario=scenario.name,
        scenario_hash=scenario_hash(scenario),
        caravan=record.caravan,
        until=last.isoformat(),
        budget=budget,
        draws=draws,
        seed=seed,
    )
    open_folder(folder, plan)
    days = min(scenario.day_of(max(dates)), scenario.day_of(last)) + 1
    taken = {*COMMON, *OBSERVED}
    free = tuple(p for p in scenario.parameters if p.prior is not None and p.name not in taken)
    ways = read_array(folder / "ways.npz")
    if ways is None:
        ways = draw_ways(record, days=days, seed=seed, workers=where.workers, scheduler=where.scheduler)
        write_array(folder / "ways.npz", ways)
    used = [c for c in counts if c.report.low is not None or c.report.high is not None]
    return Setup(
        scenario=scenario,
        record=record,
        plan=plan,
        free=free,
        ways=ways,
        target=_target(scenario, record, free, ways, tuple(c.report for c in used)),
        report_ids=tuple(c.id for c in used),
    )


def _target(
    scenario: Scenario,
    record: CaravanReports,
    free: tuple[Parameter, ...],
    ways: dict[str, Any],
    reports: tuple[Any, ...],
) -> Target:
    """What is sought, on the expected course as it is before any member was simulated."""
    tables = tabulate(free)
    fixed = {p.name: float(p.value or 0.0) for p in scenario.parameters if p.prior is None}
    fixed |= {name: float(np.interp(0.0, GRID, table)) for name, table in tables.items() if name not in READS}
    states = {p.id: p.state for p in scenario.places}
    home = states[scenario.caravans[0].assembles_at]
    return Target(
        setting=compile_setting(scenario, [p for p in scenario.policies if p.base]),
        names=tuple(p.name for p in free if p.name in READS),
        tables={name: table for name, table in tables.items() if name in READS},
        fixed=fixed,
        path=ways["path"],
        home=np.array([states[place] == home for place in record.stops.ids]),
        reports=reports,
        offset={},
    )


def _refuse_out_of_reach(setup: Setup) -> None:
    """Name the reports that the expected course comes near at no parameters of the prior and no bias.

    Raises
    ------
    UsageError
    """
    target, rng = setup.target, np.random.default_rng([setup.plan.seed, 29])
    scores = rng.standard_normal((REACH_POINTS, target.columns))
    course = target.course(scores, rng.integers(0, len(target.path), REACH_POINTS))
    observed = target.observed(scores)
    gaps = [least_gap(course.of, report, observed) for report in target.reports]
    far = [
        f"{name} (off by a factor of {np.exp(gap):.1f})"
        for name, gap, report in zip(setup.report_ids, gaps, target.reports, strict=True)
        if gap > OUT_OF_REACH and report.weight > 0 and not report.cards
    ]
    if far:
        raise UsageError(f"no parameters can reach these observations: {', '.join(far)}; correct them or widen priors")


def search_island(target: Target, seed: int, island: int, points: int) -> Points:
    """Search for points that fit, as one of several searches: a pure function of what it is given."""
    rng = np.random.default_rng([seed, 31, island])
    fitted = search(target, rng, points=points, power=POWER)
    # In no order: the first blocks of an island are a sample of it like any other.
    mixed = rng.permutation(points)
    return Points(fitted.scores[mixed], fitted.way[mixed], fitted.log_fit[mixed])


def _search(setup: Setup, folder: Path, islands: list[int], points: int, where: Executor) -> dict[int, Points]:
    """Search on the islands that are not on disk yet."""
    names = {island: folder / "searches" / f"{island:03d}.npz" for island in islands}
    kept = {island: read_array(name) for island, name in names.items()}
    todo = [island for island in islands if kept[island] is None]
    given = [(setup.target, setup.plan.seed, island, points) for island in todo]
    for _ in range(len(islands) - len(todo)):
        where.count_part()
    for at, fitted in where.spread(search_island, given):
        kept[todo[at]] = {"scores": fitted.scores, "way": fitted.way, "log_fit": fitted.log_fit}
        write_array(names[todo[at]], kept[todo[at]] or {})
    return {island: Points(**part) for island, part in kept.items() if part is not None}


def _blocks(
    setup: Setup, folder: Path, islands: dict[int, Points], at: list[tuple[int, int]], where: Executor
) -> list[dict[str, Any]]:
    """Simulate the blocks that are not on disk yet, and weigh them all."""
    names = [folder / "blocks" / f"{island:03d}-{block:03d}.npz" for island, block in at]
    kept = [read_array(name) for name in names]
    todo = [i for i, part in enumerate(kept) if part is None]
    leads = {i: _lead(setup, islands[at[i][0]], *at[i]) for i in todo}
    for _ in range(len(at) - len(todo)):
        where.count_part()
    for done, course in where.spread(simulate_led, [(leads[i][0],) for i in todo]):
        i = todo[done]
        result = _weigh(setup, islands[at[i][0]], at[i][1], leads[i], course)
        write_array(names[i], result)
        kept[i] = result
    return [part for part in kept if part is not None]


def _lead(setup: Setup, points: Points, island: int, block: int) -> tuple[Lead, Floats]:
    """One block to simulate, and its normal scores for all free parameters, shape (64, parameters)."""
    mine = slice(BLOCK * block, BLOCK * (block + 1))
    scores, way, target = points.scores[mine], points.way[mine], setup.target
    z = np.random.default_rng([setup.plan.seed, 13, island, block]).standard_normal((BLOCK, len(setup.free)))
    values = target.values(scores)
    draws = {p.name: np.full(BLOCK, float(p.value or 0.0)) for p in setup.scenario.parameters if p.prior is None}
    for column, parameter in enumerate(setup.free):
        if parameter.name in target.names:
            z[:, column] = scores[:, target.names.index(parameter.name)]
            draws[parameter.name] = values[parameter.name]
        elif parameter.prior is not None:
            u = np.clip(ndtr(z[:, column]), 1e-9, 1 - 1e-9)
            draws[parameter.name] = quantile(parameter.prior, parameter.low, parameter.high, u)
    for parameter in setup.scenario.parameters:
        if parameter.name in COMMON:
            draws[parameter.name] = np.clip(setup.ways[parameter.name][way], parameter.low, parameter.high)
        elif parameter.name in OBSERVED:
            draws[parameter.name] = np.ones(BLOCK)
    lead = Lead(
        scenario=setup.scenario,
        policies=tuple(p for p in setup.scenario.policies if p.base),
        draws=draws,
        path=target.path[way],
        drift=target.drift(scores, values),
        splits=target.splits(scores, values),
        seed=setup.plan.seed,
        block=island * 100_000 + block,
        days=target.path.shape[1],
    )
    return lead, z


def _weigh(setup: Setup, points: Points, block: int, drawn: tuple[Lead, Floats], course: Course) -> dict[str, Any]:
    mine = slice(BLOCK * block, BLOCK * (block + 1))
    lead, z = drawn
    target, observed = setup.target, setup.target.observed(points.scores[mine])
    likely = _likely_flows(course, target.course(points.scores[mine], points.way[mine]))
    fit = log_reports(likely.of, target.reports, observed) + log_together(lead.draws, lead.path, target.home)
    values = {name: v for name, v in lead.draws.items() if name not in OBSERVED} | observed
    return {
        "z": z,
        "log": fit - POWER * points.log_fit[mine],
        "way": points.way[mine],
        "drift": lead.drift,
        "splits": lead.splits,
        **{name: course.of(name) for name in SERIES},
        **{f"value_{name}": v for name, v in values.items()},
    }


def _likely_flows(course: Course, expected: Course) -> Course:
    """The course with what happened on a day as expected of its own numbers: the chance of a day is averaged out.

    Of a dozen people detained it matters little for the way on whether there were nine; reported are a hundred.
    """
    share = (course.persons + 1.0) / (expected.persons + 1.0)
    return replace(course, **{name: expected.of(name) * share for name in FLOWS})


def _offset(setup: Setup, points: Points, blocks: list[dict[str, Any]]) -> dict[str, Floats]:
    """How far the simulated courses are from the expected ones on the whole, by day: the next searches allow for it."""
    members = BLOCK * len(blocks)
    expected = setup.target.course(points.scores[:members], points.way[:members])
    # The middle: a caravan that merged or emptied says nothing of the others.
    return {
        name: np.median(np.log((np.concatenate([p[name] for p in blocks]) + 5.0) / (expected.of(name) + 5.0)), axis=0)
        for name in ("persons", "cards", "minors")
    }


def _finish(setup: Setup, folder: Path, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Weigh all blocks together, keep draws, and say what was learned."""
    joined = {key: np.concatenate([part[key] for part in blocks]) for key in blocks[0]}
    raw = np.exp(joined["log"] - joined["log"].max())
    weight = truncated(raw)
    at = systematic(weight, np.random.default_rng([setup.plan.seed, 23]), setup.plan.draws)
    posterior = {
        key.removeprefix("value_"): value[at] for key, value in joined.items() if key not in {"z", "log", "way"}
    }
    posterior["path"] = setup.target.path[joined["way"][at]]
    report = diagnose(
        setup.scenario,
        setup.record,
        posterior,
        prior_z=joined["z"],
        weight=weight,
        names=[p.name for p in setup.free],
        effective_ways=float(setup.ways["effective"]),
    )
    report["effective_before_truncation"] = round(float(raw.sum() ** 2 / np.sum(raw**2)), 1)
    write_posterior(folder, posterior, report)
    return report
