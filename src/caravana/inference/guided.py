"""Members of the full simulator along ways that fit the reported nights, and how well they fit the counts.

The likelihood of the nights is exact (:mod:`caravana.inference.positions`), so
the ways are drawn from their posterior and the simulator is led along them:
what remains to be weighed is how many walk.  No member is wasted on a wrong
road, and none is weighed by a distance and a tolerance.

The biases of the sides and the noise of reports change nothing on the road, so
each member is weighed by the average over many draws of them, and keeps one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.advance import advance
from caravana.dynamics.order import ORDER
from caravana.dynamics.state import Mode, Phase
from caravana.engine import Task, simulate_block
from caravana.inference.headcounts import CARDS_NOISE, log_above, log_student
from caravana.record import Coded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.dynamics.calendar import Draws, Today
    from caravana.dynamics.state import Outcome, State
    from caravana.inference.headcounts import Report
    from caravana.record import Table
    from caravana.scenario.model import Policy, Scenario
    from caravana.streams import Stream
    from caravana.world import World

    Floats = NDArray[np.float64]

# Processes that move nobody into, out of or within a caravan: left out while calibrating.
NOT_NEEDED = frozenset({"observation", "accounts", "revocation", "traffic"})
BIAS_DRAWS = 128
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
class Lead:
    """One block to simulate along given ways: all that a worker needs."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    draws: Mapping[str, Floats]
    path: NDArray[np.int64]
    seed: int
    block: int
    days: int


@dataclass(frozen=True)
class Led:
    """What came of a block: persons in the first caravan and cards accepted so far, shape (members, days)."""

    persons: Floats
    cards: Floats


def simulate_led(lead: Lead) -> Led:
    """Simulate one block with the first caravan led along its members' ways.

    It cannot break up before the end of its way (it is known that it did not): the chance that it would not
    have is a weight, from :func:`log_together`.
    """
    order = tuple(
        replace(p, act=Guide(lead.path)) if p.name == "advance" else p for p in ORDER if p.name not in NOT_NEEDED
    )
    never = np.zeros(len(lead.path))
    draws = {**lead.draws, "dissolution_chiapas": never, "dissolution_beyond": never}
    task = Task(lead.scenario, lead.policies, draws, lead.seed, lead.block, lead.days, order)
    tables = simulate_block(task)
    members = len(lead.path)
    caravans, flows = tables["caravans"], tables["flows"]
    first = _coded(caravans, "caravan") == lead.scenario.caravans[0].id
    persons = np.zeros((members, lead.days))
    at = (_numbers(caravans, "member")[first], _numbers(caravans, "day")[first])
    persons[at] = _numbers(caravans, "persons")[first]
    taken = _coded(flows, "flow") == "accepted"
    cards = np.zeros((members, lead.days))
    np.add.at(
        cards, (_numbers(flows, "member")[taken], _numbers(flows, "day")[taken]), _numbers(flows, "persons")[taken]
    )
    return Led(persons, np.cumsum(cards, axis=1))


def _numbers(table: Table, name: str) -> NDArray[np.int64]:
    return np.asarray(table[name]).astype(np.int64)


def _coded(table: Table, name: str) -> NDArray[np.str_]:
    column = table[name]
    if isinstance(column, Coded):
        return np.asarray(np.asarray(column.labels, dtype=str)[column.codes])
    return np.asarray(column, dtype=str)


def log_together(draws: Mapping[str, Floats], path: NDArray[np.int64], chiapas: NDArray[np.bool_]) -> Floats:
    """Log chance that a caravan has not broken up on its way, shape (members,).

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (members,)
    path : ndarray, shape (members, days)
    chiapas : ndarray of bool, shape (stops,)
        Whether a stop is in the state that the caravan set out in.
    """
    home = chiapas[path].sum(axis=1)
    log_chance: Floats = -(home * draws["dissolution_chiapas"] + (path.shape[1] - home) * draws["dissolution_beyond"])
    return log_chance


def log_counts(
    led: Led, reports: Sequence[Report], draws: Mapping[str, Floats], rng: np.random.Generator
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Log likelihood of the reports in each member, averaged over biases and noise.

    Parameters
    ----------
    led : Led
    reports : sequence of Report
        With ``day`` counted from 1 on the day of the departure.
    draws : mapping of str to ndarray, shape (bias draws,)
        ``bias_<side>``, ``report_noise`` and ``copy_share``, from their priors.
    rng : numpy Generator
        To pick one of the draws for each member.

    Returns
    -------
    log_likelihood : ndarray, shape (members,)
    picked : ndarray of int, shape (members,)
        Index of the draw that each member keeps.
    nearest : ndarray, shape (reports,)
        Least log ratio of a report to what any member would have expected: how far out of reach it is.
    """
    members = len(led.persons)
    noise = draws["report_noise"]
    total = np.zeros((members, noise.size))
    nearest = np.zeros(len(reports))
    for i, report in enumerate(reports):
        day = min(report.day - 1, led.persons.shape[1] - 1)
        if report.cards:
            part, gap = _cards(led.cards[:, day], report)
            total += report.weight * part[:, None]
            nearest[i] = gap
            continue
        truth = np.log(np.maximum(led.persons[:, day], 0.5))[:, None]
        own = truth + np.log(draws[f"bias_{report.side}"])[None, :]
        part = _figure(report, own, noise[None, :])
        if report.side == "press":
            copied = _figure(report, truth + np.log(draws["bias_organisers"])[None, :], noise[None, :])
            share = draws["copy_share"][None, :]
            part = np.logaddexp(np.log(share) + copied, np.log1p(-share) + part)
        total += report.weight * part
        nearest[i] = _gap(report, own)
    top = total.max(axis=1, keepdims=True)
    weight = np.exp(total - top)
    level = rng.random((members, 1)) * weight.sum(axis=1, keepdims=True)
    picked = np.minimum((np.cumsum(weight, axis=1) <= level).sum(axis=1), noise.size - 1)
    return np.log(weight.mean(axis=1)) + top[:, 0], picked, nearest


def _figure(report: Report, expected: Floats, noise: Floats) -> Floats:
    middle = report.middle
    if middle is not None:
        half = 0.5 * abs(np.log((report.high or middle) / (report.low or middle)))
        return log_student(np.log(middle) - expected, np.hypot(noise, half) + 0.0 * expected)
    if report.low:
        return log_above((expected - np.log(report.low)) / noise)
    return log_above((np.log(report.high or 1.0) - expected) / noise)


def _gap(report: Report, expected: Floats) -> float:
    """Least distance on the log scale between a report and what is expected of it anywhere."""
    low = np.log(report.low) if report.low else -np.inf
    high = np.log(report.high) if report.high else np.inf
    return float(np.maximum(np.maximum(low - expected, expected - high), 0.0).min())


def _cards(given: Floats, report: Report) -> tuple[Floats, float]:
    log_given = np.log1p(given)
    low = np.log1p(report.low) if report.low is not None else -np.inf
    high = np.log1p(report.high) if report.high is not None else np.inf
    gap = float(np.maximum(np.maximum(low - log_given, log_given - high), 0.0).min())
    if np.isfinite(low) and np.isfinite(high):
        return log_student(0.5 * (low + high) - log_given, np.full(given.size, CARDS_NOISE)), gap
    edge, sign = (low, 1.0) if np.isfinite(low) else (high, -1.0)
    return log_above(sign * (log_given - edge) / CARDS_NOISE), gap
