"""Nights of a caravan whose halts last: the chain over localities with the nights already stayed in its state.

A caravan that has stopped for a night is likelier to stop for another: people wait for papers, for the ill, for those
behind.  The state is the stop and how many nights running it has been the stop (up to :data:`HALTS`); the chance of
staying depends on that number.  A day under way is as in :mod:`~caravana.inference.caravan.nights`.  Sums remain exact.

Nights are spent between towns too: :func:`with_roadside` puts a possible stop every ten km on long empty stretches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from caravana.inference.caravan.nights import Advance
from caravana.inference.reports import UNKNOWN_POPULATION, Stops

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Kernel = NDArray[np.float32]

HALTS = 8
"""States of a halt: arrived tonight, one night more, two more, and so on; the last is that many or more."""
LONG_STRETCH_KM = 20.0
ROADSIDE_KM = 10.0
ROADSIDE_MARK = "+"
OPEN_ROAD_KM = 500.0
"""Beyond the checkpoints of the south (the Isthmus, on the bundled road) lifts are by lorry or bus on motorways."""
STAY_BEFORE_DEPARTURE = 0.02
REACH_KM = 400.0
ROWS = 16
CARRIED = 0.02
"""Chance that a night reported was come to by no day's walk or lift: two of 130 were (444 km on, 34 km back)."""
NEGLIGIBLE = 1e-9
SMALLEST = 1e-30


def with_roadside(stops: Stops) -> Stops:
    """Add a stop every :data:`ROADSIDE_KM` on stretches longer than :data:`LONG_STRETCH_KM`, by the town behind."""
    ids, km, population = [stops.ids[0]], [float(stops.km[0])], [float(stops.population[0])]
    for i in range(1, len(stops.ids)):
        here, there = float(stops.km[i - 1]), float(stops.km[i])
        if there - here > LONG_STRETCH_KM:
            for on in np.arange(ROADSIDE_KM, there - here - 0.5 * ROADSIDE_KM, ROADSIDE_KM):
                ids.append(f"{stops.ids[i - 1]}{ROADSIDE_MARK}{on:.0f}")
                km.append(here + float(on))
                population.append(UNKNOWN_POPULATION)
        ids.append(stops.ids[i])
        km.append(there)
        population.append(float(stops.population[i]))
    return Stops(tuple(ids), np.array(km), np.array(population))


def hosting(stops: Stops, hosted: Mapping[str, int]) -> Stops:
    """Let places where other caravans slept count as larger ones: a sports ground once opened is opened again.

    Parameters
    ----------
    stops : Stops
    hosted : mapping of str to int
        How many other caravans spent a night at a place, by its id; none where it is not listed.
    """
    nights = np.array([hosted.get(stop, 0) for stop in stops.ids], float)
    return Stops(stops.ids, stops.km, stops.population * (1.0 + nights))


def stay_chances(rest_chance: Floats, again: Floats, still: Floats) -> Floats:
    """Chance of staying by nights already stayed, shape (draws, HALTS).

    Parameters
    ----------
    rest_chance : ndarray, shape (draws,)
        Chance of staying where it arrived the evening before.
    again, still : ndarray, shape (draws,)
        What one and two nights already stayed add, on the logit scale; from then on each doubling of the nights after
        the first adds half as much as the second did, so that the odds of staying go on rising with the halt.
    """
    base = np.log(rest_chance) - np.log1p(-rest_chance)
    longer = [1.0 + 0.5 * np.log2(nights - 1.0) for nights in range(2, HALTS)]
    return np.asarray(expit(np.stack([base, base + again, *(base + again + more * still for more in longer)], axis=1)))


def moves(stops: Stops, advance: Advance, beyond: Floats, *, homewards: bool = False) -> Kernel:
    """Chance of each next stop after a day under way, shape (draws, stops, stops).

    As :func:`~caravana.inference.caravan.nights.transition` without rests, but for two things: lifts got beyond
    :data:`OPEN_ROAD_KM` carry ``beyond`` (draws,) times as far, and nobody comes further than :data:`REACH_KM` in a day
    where there is a stop within it, so that a long road costs no more than it must.  ``homewards`` the stops are those
    of the way back, from its first to its last (:func:`turned`).
    """
    size = stops.km.size
    open_road = (stops.km[-1] - stops.km if homewards else stops.km) >= OPEN_ROAD_KM
    out = np.zeros((advance.draws, size, size), np.float32)
    out[:, -1, -1] = 1.0
    for first in range(0, size - 1, ROWS):
        rows = np.arange(first, min(first + ROWS, size - 1))
        last = max(int(rows[-1]) + 2, int(np.searchsorted(stops.km, stops.km[rows[-1]] + REACH_KM)))
        columns = np.arange(first + 1, last)
        far = np.where(open_road[rows], beyond[:, None], 1.0)
        same = np.ones_like(far)
        pull = advance.population_pull
        lifts = _next_stops(
            stops, rows, columns, advance.lift_km[:, None] * far, advance.lift_spread[:, None] * far, pull
        )
        walks = _next_stops(
            stops, rows, columns, advance.walk_km[:, None] * same, advance.walk_spread[:, None] * same, pull
        )
        share = advance.lift_chance.astype(np.float32)[:, None, None]
        out[:, first : first + rows.size, first + 1 : last] = (1.0 - share) * walks + share * lifts
    return out


def _next_stops(
    stops: Stops, rows: NDArray[np.int64], columns: NDArray[np.int64], reach: Floats, spread: Floats, pull: Floats
) -> Kernel:
    """Chance of each of some stops from each of others, ``reach`` and ``spread`` of shape (draws, rows)."""
    gap = (stops.km[columns] - stops.km[rows, None]).astype(np.float32)
    narrow = (1.0 / spread).astype(np.float32)[:, :, None]
    weight = gap[None] * narrow
    weight -= (reach / spread).astype(np.float32)[:, :, None]
    weight *= weight
    weight *= np.float32(-0.5)
    weight += (pull[:, None] * np.log(stops.population[columns])).astype(np.float32)[:, None, :]
    weight += np.where(columns > rows[:, None], np.float32(0.0), np.float32(-np.inf))
    # The largest is taken out first: where the next locality is far beyond a day's reach every weight would underflow.
    weight -= weight.max(axis=2, keepdims=True)
    np.exp(weight, out=weight)
    weight /= weight.sum(axis=2, keepdims=True)
    return weight


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


def past_the_town(stop_id: str) -> tuple[str, int]:
    """The town behind a stop of :func:`with_roadside` and how many km past it that is (0: the town itself)."""
    town, mark, km = stop_id.rpartition(ROADSIDE_MARK)
    return (town, int(km)) if mark else (stop_id, 0)


def one_day(state: Kernel, kernel: Kernel, stay: Floats) -> Kernel:
    """Move every draw one day on."""
    chance = stay.astype(np.float32)[:, :, None]
    stays = state * chance
    leaves = (state * (1.0 - chance)).sum(axis=1)
    out = np.zeros_like(state)
    # Where nobody is, nobody leaves; nobody comes further than the furthest of those who do.
    there = np.flatnonzero(leaves.max(axis=0) > NEGLIGIBLE)
    if there.size:
        first, last = int(there[0]), int(there[-1])
        reached = int(np.flatnonzero(kernel[:, last].max(axis=0))[-1]) + 1
        part = kernel[:, first : last + 1, first:reached]
        out[:, 0, first:reached] = np.matmul(leaves[:, None, first : last + 1], part)[:, 0]
    out[:, 1:] = stays[:, :-1]
    out[:, -1] += stays[:, -1]
    return out


def turned(stops: Stops) -> Stops:
    """The stops of the way back, by the km gone of it."""
    return Stops(stops.ids[::-1], stops.km[-1] - stops.km[::-1], stops.population[::-1])


def carry(
    before: Filtered,
    kernel: Kernel,
    stay: Floats,
    evidence: Mapping[int, Floats],
    *,
    until: int,
    back: Mapping[int, float] | None = None,
    homewards: Kernel | None = None,
) -> Filtered:
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
    back : mapping of int to float, optional
        Chance that it goes back on a day, of days on which it may.
    homewards : ndarray of float32, shape (draws, stops, stops), optional
        The kernel of the way back, of the stops :func:`turned`; needed where there is a chance of it.
    """
    state, rows = before.state, [before.log_likelihood]
    for day in range(len(before.log_likelihood) + 1, until + 1):
        leaving = np.full_like(stay, STAY_BEFORE_DEPARTURE) if day == 1 else stay
        chance = (back or {}).get(day, 0.0)
        onwards = one_day(state, kernel, leaving)
        if chance and homewards is not None:
            returned = one_day(state[:, :, ::-1], homewards, leaving)[:, :, ::-1]
            onwards = (1.0 - np.float32(chance)) * onwards + np.float32(chance) * returned
        state = onwards
        row = np.zeros(state.shape[0])
        seen = evidence.get(day)
        if seen is not None:
            state = _or_carried(state) * seen.astype(np.float32)
            mass = np.maximum(state.sum(axis=(1, 2), dtype=float), SMALLEST)
            state = state / mass.astype(np.float32)[:, None, None]
            row = np.log(mass)
        rows.append(row[None])
    return Filtered(np.concatenate(rows), state)


def _or_carried(state: Kernel) -> Kernel:
    """The same, or anywhere on the road: by lorry in a day, or back, which no day's walk or lift explains."""
    whole = state.sum(axis=(1, 2))
    out: Kernel = (1.0 - CARRIED) * state
    out[:, 0] += (CARRIED / state.shape[2] * whole)[:, None]
    return out


def ahead(
    filtered: Filtered,
    kernel: Kernel,
    stay: Floats,
    *,
    days: int,
    plans: Mapping[int, tuple[Floats, float]],
    lasting: Floats | None = None,
) -> Kernel:
    """Chance of each stop on the nights to come, a draw at a time, shape (days, draws, stops).

    Parameters
    ----------
    filtered : Filtered
    kernel, stay
        From :func:`moves` and :func:`stay_chances`.
    days : int
    plans : mapping of int to (ndarray, float)
        Announced nights by day ahead (1, 2, ...): the likelihood at each stop, and the chance of being kept.
    lasting : ndarray, shape (days, HALTS, stops), optional
        Chance not to end on each day to come, by where the caravan is in the evening before and since when.  With it a
        draw's row sums to its chance to be still together: over all draws, what is said is of caravans that are.
    """
    state = filtered.state
    out = np.empty((days, state.shape[0], state.shape[2]), np.float32)
    for day in range(1, days + 1):
        if lasting is not None:
            state = state * lasting[day - 1].astype(np.float32)
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
    whole = state.sum(axis=(1, 2), keepdims=True)
    out: Kernel = ((1.0 - share) * state + share * whole * kept / np.maximum(mass, 1e-9)).astype(np.float32)
    return out
