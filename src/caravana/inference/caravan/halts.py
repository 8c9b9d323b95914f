"""Nights of a caravan whose halts last: the chain over localities with the nights already stayed in its state.

A caravan that has stopped for a night is likelier to stop for another: people wait for papers, for the ill, for those
behind.  The state is the stop and how many nights running it has been the stop (up to :data:`HALTS`); the chance of
staying depends on that number.  A day under way is as in :mod:`~caravana.inference.caravan.nights`.  Sums remain exact.

Nights are spent between towns too: :func:`with_roadside` puts a possible stop every ten km on long empty stretches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from caravana.inference.caravan.nights import Advance, transition
from caravana.inference.reports import UNKNOWN_POPULATION, Stops

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Kernel = NDArray[np.float32]

HALTS = 4
"""States of a halt: arrived tonight, one night more, two more, three or more."""
LONG_STRETCH_KM = 20.0
ROADSIDE_KM = 10.0
OPEN_ROAD_KM = 500.0
"""Beyond the checkpoints of the south (the Isthmus, on the bundled road) lifts are by lorry or bus on motorways."""
STAY_BEFORE_DEPARTURE = 0.02
SMALLEST = 1e-30


def with_roadside(stops: Stops) -> Stops:
    """Add a stop every :data:`ROADSIDE_KM` on stretches longer than :data:`LONG_STRETCH_KM`, by the town behind."""
    ids, km, population = [stops.ids[0]], [float(stops.km[0])], [float(stops.population[0])]
    for i in range(1, len(stops.ids)):
        here, there = float(stops.km[i - 1]), float(stops.km[i])
        if there - here > LONG_STRETCH_KM:
            for on in np.arange(ROADSIDE_KM, there - here - 0.5 * ROADSIDE_KM, ROADSIDE_KM):
                ids.append(f"{stops.ids[i - 1]}+{on:.0f}")
                km.append(here + float(on))
                population.append(UNKNOWN_POPULATION)
        ids.append(stops.ids[i])
        km.append(there)
        population.append(float(stops.population[i]))
    return Stops(tuple(ids), np.array(km), np.array(population))


def stay_chances(rest_chance: Floats, again: Floats, still: Floats) -> Floats:
    """Chance of staying by nights already stayed, shape (draws, HALTS).

    Parameters
    ----------
    rest_chance : ndarray, shape (draws,)
        Chance of staying where it arrived the evening before.
    again, still : ndarray, shape (draws,)
        What one and two nights already stayed add, on the logit scale; the third adds half as much once more.
    """
    base = np.log(rest_chance) - np.log1p(-rest_chance)
    return np.asarray(expit(np.stack([base, base + again, base + again + still, base + again + 1.5 * still], axis=1)))


def moves(stops: Stops, advance: Advance, beyond: Floats) -> Kernel:
    """Chance of each next stop after a day under way, shape (draws, stops, stops).

    Lifts got beyond :data:`OPEN_ROAD_KM` carry ``beyond`` (draws,) times as far.
    """
    plain = replace(advance, rest_chance=np.zeros(advance.draws))
    out = transition(stops, plain)
    far = stops.km >= OPEN_ROAD_KM
    if far[:-1].any():
        first = int(np.argmax(far))
        rest = Stops(stops.ids[first:], stops.km[first:], stops.population[first:])
        longer = replace(plain, lift_km=plain.lift_km * beyond, lift_spread=plain.lift_spread * beyond)
        out[:, first:, first:] = transition(rest, longer)
    return out


@dataclass(frozen=True)
class Filtered:
    """What is known of the nights up to one day, given the reports of those days.

    Attributes
    ----------
    log_likelihood : ndarray, shape (days, draws)
        Log chance of each day's reports given those before.
    state : ndarray of float32, shape (draws, HALTS, stops)
        Chance of stop and nights stayed on the last evening.
    """

    log_likelihood: Floats
    state: Kernel


def begin(start: Floats, draws: int) -> Filtered:
    """On the evening before the departure, shape of ``start`` (stops,)."""
    state = np.zeros((draws, HALTS, start.size), np.float32)
    state[:, 0] = start
    return Filtered(np.zeros((0, draws)), state)


def one_day(state: Kernel, kernel: Kernel, stay: Floats) -> Kernel:
    """Move every draw one day on."""
    chance = stay.astype(np.float32)[:, :, None]
    stays = state * chance
    leaves = (state * (1.0 - chance)).sum(axis=1)
    out = np.empty_like(state)
    out[:, 0] = np.matmul(leaves[:, None, :], kernel)[:, 0]
    out[:, 1:] = stays[:, :-1]
    out[:, -1] += stays[:, -1]
    return out


def carry(before: Filtered, kernel: Kernel, stay: Floats, evidence: Mapping[int, Floats], *, until: int) -> Filtered:
    """Filter on to the evening of day ``until``.

    Parameters
    ----------
    before : Filtered
        As many days as its likelihood has.
    kernel, stay
        From :func:`moves` and :func:`stay_chances`.
    evidence : mapping of int to ndarray, shape (stops,)
        Likelihood of each day's reports at each stop.
    until : int
    """
    state, rows = before.state, [before.log_likelihood]
    for day in range(len(before.log_likelihood) + 1, until + 1):
        leaving = np.full_like(stay, STAY_BEFORE_DEPARTURE) if day == 1 else stay
        state = one_day(state, kernel, leaving)
        row = np.zeros(state.shape[0])
        seen = evidence.get(day)
        if seen is not None:
            state = state * seen.astype(np.float32)
            mass = np.maximum(state.sum(axis=(1, 2), dtype=float), SMALLEST)
            state = state / mass.astype(np.float32)[:, None, None]
            row = np.log(mass)
        rows.append(row[None])
    return Filtered(np.concatenate(rows), state)


def ahead(
    filtered: Filtered, kernel: Kernel, stay: Floats, *, days: int, plans: Mapping[int, tuple[Floats, float]]
) -> Kernel:
    """Chance of each stop on the nights to come, a draw at a time, shape (days, draws, stops).

    ``plans`` are announced nights by day ahead (1, 2, ...): the likelihood at each stop, and the chance of being kept.
    """
    state = filtered.state
    out = np.empty((days, state.shape[0], state.shape[2]), np.float32)
    for day in range(1, days + 1):
        state = one_day(state, kernel, stay)
        if day in plans:
            state = _kept(state, *plans[day])
        out[day - 1] = state.sum(axis=1)
    return out


def _kept(state: Kernel, likelihood: Floats, trust: float) -> Kernel:
    """Mix the nights in which the plan is kept with those in which it is not."""
    kept = state * likelihood.astype(np.float32)
    mass = kept.sum(axis=(1, 2), keepdims=True)
    # Where a draw cannot reach the place, the plan is dropped by it.
    share = trust * (mass > 1e-9)
    out: Kernel = ((1.0 - share) * state + share * kept / np.maximum(mass, 1e-9)).astype(np.float32)
    return out
