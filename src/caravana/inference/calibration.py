"""Calibrate a caravan scenario: posterior draws of the full simulator's parameters.

Two steps, each exact where it can be.  The advance is fitted by the exact chain
over localities, and ways are drawn from its posterior.  The other parameters
are fitted by population Monte Carlo in blocks of 64 members led along those
ways (:mod:`caravana.inference.guided`): each round draws from where the last
ones carried weight, and all rounds are weighed together against the mixture
they came from (adaptive multiple importance sampling, Cornuet and others 2012).

Every block is written whole or not at all and depends on the plan and on the
rounds before it only, so a calibration that was killed goes on from its blocks
and ends in the same draws, to the bit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from caravana.ensemble.design import BLOCK, quantile
from caravana.errors import UsageError
from caravana.inference.diagnostics import diagnose
from caravana.inference.guided import Lead, log_counts, log_together, simulate_led
from caravana.inference.headcounts import PRIORS, SIDES, natural_value
from caravana.inference.observation import known_by, nights_by_day, read_record, sightings
from caravana.inference.parallel import spread
from caravana.inference.population import Proposal, log_mixture, next_proposal, systematic
from caravana.inference.positions import sample_paths
from caravana.inference.posterior import PosteriorPlan, open_folder, read_array, write_array, write_posterior
from caravana.inference.priors import COMMON, caravan_prior
from caravana.inference.tracking import follow, start_tracker
from caravana.scenario.files import scenario_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.inference.guided import Led
    from caravana.inference.headcounts import Report
    from caravana.inference.observation import Record
    from caravana.scenario.model import Parameter, Scenario

    Floats = NDArray[np.float64]

WAYS = 1024
ROUND_SHARES = (0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2)
OBSERVED = (*(f"bias_{side}" for side in SIDES), "report_noise", "copy_share")
BIAS_DRAWS = 128
OUT_OF_REACH = 1.1
"""A report this far (log ratio, a factor of three) from what any member and any bias expects is out of reach."""


@dataclass(frozen=True)
class Setup:
    """What all blocks of a calibration share."""

    scenario: Scenario
    record: Record
    plan: PosteriorPlan
    days: int
    free: tuple[Parameter, ...]
    ways: dict[str, Any]
    biases: dict[str, Floats]
    reports: tuple[Report, ...]
    report_ids: tuple[str, ...]
    home: NDArray[np.bool_]


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
        Told blocks done and blocks in all.

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
    setup = _set_up(scenario, folder, until=until, budget=budget, draws=draws, seed=seed)
    blocks = -(-budget // BLOCK)
    sizes = [max(1, round(share * blocks)) for share in ROUND_SHARES]
    proposals: list[Proposal] = []
    results: list[dict[str, Any]] = []
    for turn, size in enumerate(sizes):
        proposals.append(next_proposal(proposals, sizes, [r["z"] for r in results], [r["log"] for r in results]))
        for result in _round(setup, folder, turn, size, proposals[-1], workers=workers, scheduler=scheduler):
            results.append(result)
            if progress is not None:
                progress(len(results), sum(sizes))
        if turn == 0:
            _refuse_out_of_reach(setup, results)
    return _finish(setup, folder, results, proposals, sizes)


def _set_up(scenario: Scenario, folder: Path, *, until: dt.date | None, budget: int, draws: int, seed: int) -> Setup:
    if budget < 2 * BLOCK or draws < 1:
        raise UsageError(f"a calibration needs a budget of {2 * BLOCK} members or more and a draw or more to keep")
    check_priors(scenario)
    full = read_record(scenario)
    last = min(until or scenario.end, scenario.end)
    record = known_by(full, last)
    told = [night.date for night in record.nights if not night.planned] + [count.date for count in record.counts]
    days = min(scenario.day_of(max(told)), scenario.day_of(last)) + 1
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
    counts = [c for c in record.counts if c.report.low is not None or c.report.high is not None]
    taken = {*COMMON, *OBSERVED}
    rng = np.random.default_rng([seed, 7])
    biases = {
        name: natural_value(name, PRIORS[name][0] + PRIORS[name][1] * rng.standard_normal(BIAS_DRAWS))
        for name in OBSERVED
    }
    states = {p.id: p.state for p in scenario.places}
    home = states[scenario.caravans[0].assembles_at]
    return Setup(
        scenario=scenario,
        record=record,
        plan=plan,
        days=days,
        free=tuple(p for p in scenario.parameters if p.prior is not None and p.name not in taken),
        ways=_draw_ways(record, folder, days, seed),
        biases=biases,
        reports=tuple(c.report for c in counts),
        report_ids=tuple(c.id for c in counts),
        home=np.array([states[place] == home for place in record.stops.ids]),
    )


def check_priors(scenario: Scenario) -> None:
    """Refuse priors that have no mass within their bounds, naming each.

    Raises
    ------
    UsageError
    """
    empty = []
    for parameter in scenario.parameters:
        prior = parameter.prior
        if prior is None or prior.dist == "bernoulli":
            continue
        with np.errstate(all="ignore"):
            values = quantile(prior, parameter.low, parameter.high, np.array([0.05, 0.5, 0.95]))
        if not np.all(np.isfinite(values)) or values[2] <= values[0]:
            empty.append(f"{parameter.name} ({prior.dist}, bounds {parameter.low:g} to {parameter.high:g})")
    if empty:
        raise UsageError(f"priors without mass within their bounds: {'; '.join(empty)}")


def _draw_ways(record: Record, folder: Path, days: int, seed: int) -> dict[str, Any]:
    """Draw parameters of the advance and ways from their exact posterior, or read those drawn before."""
    kept = read_array(folder / "ways.npz")
    if kept is not None:
        return kept
    rng = np.random.default_rng([seed, 11])
    tracker = start_tracker(caravan_prior(record), record.stops, record.start, rng, draws=WAYS // 2)
    evidence = sightings(record, until=days)
    if not evidence and not nights_by_day(record, direct=False):
        evidence = {}
    _, posterior = follow(tracker, evidence, rng, until=days, memory=1.0)
    at = systematic(posterior.weight, rng, WAYS)
    path = np.empty((WAYS, days), np.int64)
    for first in range(0, WAYS, 128):
        part = at[first : first + 128]
        path[first : first + 128] = sample_paths(posterior.kernel[part], posterior.nights[:, part], rng)
    ways: dict[str, Any] = {name: values[at] for name, values in posterior.parameters.items()}
    ways |= {"path": path, "effective": np.array(posterior.effective)}
    write_array(folder / "ways.npz", ways)
    return ways


def _round(
    setup: Setup,
    folder: Path,
    turn: int,
    size: int,
    proposal: Proposal,
    *,
    workers: int | None,
    scheduler: str | None,
) -> list[dict[str, Any]]:
    """Simulate the blocks of one round that are not on disk yet, and weigh them all."""
    names = [folder / "blocks" / f"{turn}-{block:04d}.npz" for block in range(size)]
    kept = [read_array(name) for name in names]
    todo = [block for block in range(size) if kept[block] is None]
    leads = [_lead(setup, turn, block, proposal) for block in todo]
    for at, led in spread(simulate_led, [(lead,) for lead in leads], workers=workers, scheduler=scheduler):
        block = todo[at]
        result = _weigh(setup, turn, block, proposal, leads[at], led)
        write_array(names[block], result)
        kept[block] = result
    return [result for result in kept if result is not None]


def _points(setup: Setup, turn: int, block: int, proposal: Proposal) -> Floats:
    rng = np.random.default_rng([setup.plan.seed, 13, turn, block])
    return proposal.draw(rng, BLOCK, len(setup.free))


def _lead(setup: Setup, turn: int, block: int, proposal: Proposal) -> Lead:
    z = _points(setup, turn, block, proposal)
    number = turn * 100_000 + block
    ways = np.random.default_rng([setup.plan.seed, 17, number]).integers(0, WAYS, BLOCK)
    draws = {p.name: np.full(BLOCK, float(p.value or 0.0)) for p in setup.scenario.parameters if p.prior is None}
    for column, parameter in enumerate(setup.free):
        if parameter.prior is not None:
            u = np.clip(ndtr(z[:, column]), 1e-9, 1 - 1e-9)
            draws[parameter.name] = quantile(parameter.prior, parameter.low, parameter.high, u)
    for parameter in setup.scenario.parameters:
        if parameter.name in COMMON:
            draws[parameter.name] = np.clip(setup.ways[parameter.name][ways], parameter.low, parameter.high)
        elif parameter.name in OBSERVED:
            draws[parameter.name] = np.ones(BLOCK)
    policies = tuple(p for p in setup.scenario.policies if p.base)
    path = setup.ways["path"][ways]
    return Lead(setup.scenario, policies, draws, path, setup.plan.seed, number, setup.days)


def _weigh(setup: Setup, turn: int, block: int, proposal: Proposal, lead: Lead, led: Led) -> dict[str, Any]:
    rng = np.random.default_rng([setup.plan.seed, 19, turn, block])
    log, picked, nearest = log_counts(led, setup.reports, setup.biases, rng)
    log = log + log_together(lead.draws, lead.path, setup.home)
    return {
        "z": _points(setup, turn, block, proposal),
        "log": log,
        "picked": picked,
        "nearest": nearest,
        "persons": led.persons,
        "cards": led.cards,
        "path": lead.path,
        **{f"value_{name}": values for name, values in lead.draws.items() if name not in OBSERVED},
    }


def _refuse_out_of_reach(setup: Setup, results: list[dict[str, Any]]) -> None:
    """Name the reports that no member under any bias comes near.

    Raises
    ------
    UsageError
    """
    nearest = np.min([result["nearest"] for result in results], axis=0)
    far = [
        f"{name} (off by a factor of {np.exp(gap):.1f})"
        for name, gap, report in zip(setup.report_ids, nearest, setup.reports, strict=True)
        if gap > OUT_OF_REACH and report.weight > 0 and not report.cards
    ]
    if far:
        raise UsageError(f"no parameters can reach these observations: {', '.join(far)}; correct them or widen priors")


def _finish(
    setup: Setup, folder: Path, results: list[dict[str, Any]], proposals: list[Proposal], sizes: list[int]
) -> dict[str, Any]:
    """Weigh all rounds together, keep draws, and say what was learned."""
    joined = {key: np.concatenate([r[key] for r in results]) for key in results[0] if key != "nearest"}
    z = joined["z"]
    log_prior = -0.5 * (z**2).sum(axis=1)
    log_weight = joined["log"] + log_prior - log_mixture(proposals, sizes, z)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    at = systematic(weight, np.random.default_rng([setup.plan.seed, 23]), setup.plan.draws)
    posterior = {key.removeprefix("value_"): value[at] for key, value in joined.items() if key.startswith("value_")}
    for name in OBSERVED:
        posterior[name] = setup.biases[name][joined["picked"][at]]
    posterior |= {"path": joined["path"][at], "persons": joined["persons"][at], "cards": joined["cards"][at]}
    report = diagnose(
        setup.scenario,
        setup.record,
        posterior,
        prior_z=z,
        weight=weight,
        names=[p.name for p in setup.free],
        effective_ways=float(setup.ways["effective"]),
    )
    write_posterior(folder, posterior, report)
    return report
