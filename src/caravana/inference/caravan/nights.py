"""Where a caravan spends the night: an exact hidden Markov chain over localities.

Each day a caravan rests, walks or gets lifts.  After a day under way the next
stop is one of *all* the localities ahead, with weight
``exp(-(d - D)^2 / (2 s^2)) * population^b`` normalised over them,
with its own ``D`` and ``s`` for walking and for lifts.  The last locality
absorbs.  Because that is a Markov chain over a few hundred localities, the
likelihood of what was reported and the forecast are sums, not simulations:
nights without a report are summed over, nothing is sampled.

Everything is vectorised over parameter draws; nothing here reads files.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import CaravanReports, Night, Stops

    Floats = NDArray[np.float64]

ROWS = 16
"""Stops that are looked ahead from at a time: none farther than any of them can matter for is weighed."""
LOST = 105.0
"""Log of how much less a weight is than another beside which it is zero in single precision."""
PLAN_KM = 5.0
"""A night so near to where it was announced was spent there."""


@dataclass(frozen=True)
class Advance:
    """Draws of the parameters of the daily advance; every array has shape (draws,).

    ``rest_chance`` and ``lift_chance`` are chances a day (the second among days
    under way); ``walk_km``, ``walk_spread``, ``lift_km`` and ``lift_spread`` are
    km; ``population_pull`` is the power of the number of inhabitants.
    """

    rest_chance: Floats
    walk_km: Floats
    walk_spread: Floats
    lift_chance: Floats
    lift_km: Floats
    lift_spread: Floats
    population_pull: Floats

    @property
    def draws(self) -> int:
        """Number of parameter draws."""
        return int(self.rest_chance.size)

    def take(self, index: NDArray[np.intp]) -> Advance:
        """The draws at ``index``, in that order."""
        return Advance(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    @classmethod
    def from_columns(cls, columns: Mapping[str, Floats]) -> Advance:
        """Read the seven parameters from a table of draws that may hold others."""
        return cls(**{field.name: np.asarray(columns[field.name], float) for field in fields(cls)})


@dataclass(frozen=True)
class Sighting:
    """One report of where the caravan spent a night.

    ``spread`` is the km by which the report may be off; ``trust`` the chance that
    it is about this caravan's night at all (a plan may be dropped, a date misread).
    """

    day: int
    km: float
    spread: float
    trust: float


@dataclass(frozen=True)
class Announced:
    """Where a caravan said it would spend a night: likelihood of each stop, and the chance that it is kept."""

    likelihood: Floats
    trust: float


@dataclass(frozen=True)
class NightFilter:
    """What the filter found, up to and with the last day it was given.

    Attributes
    ----------
    log_likelihood : ndarray, shape (days, draws)
        Log chance of each day's reports given those of the days before (0 without a report).
    night : ndarray, shape (days, draws, stops)
        Chance of each stop on each night, given the reports up to that day.
    """

    log_likelihood: Floats
    night: NDArray[np.float32]


def move_weights(stops: Stops, reach: Floats, spread: Floats, pull: Floats) -> Floats:
    """Chance of each next stop after a day under way.

    Parameters
    ----------
    stops : Stops
    reach, spread : ndarray, shape (draws,)
        ``D`` and ``s`` of the module's formula, km.
    pull : ndarray, shape (draws,)
        ``b`` of the module's formula.

    Returns
    -------
    ndarray, shape (draws, stops, stops)
        Rows sum to one; only localities strictly ahead have a chance; the last stop keeps all of its own.
    """
    size = stops.km.size
    out = np.zeros((reach.size, size, size))
    out[:, -1, -1] = 1.0
    log_population = np.log(stops.population)
    liked = np.abs(pull) * np.ptp(log_population)
    for first in range(0, size - 1, ROWS):
        rows = np.arange(first, min(first + ROWS, size - 1))
        # The nearest stop ahead weighs no less than this many deviations off make it; one so much farther off than
        # that its weight is lost beside it, even were it as large as the largest, is not looked at.
        nearest = np.abs(float(np.diff(stops.km[first : rows[-1] + 2]).max()) - reach)
        off = np.maximum(nearest, reach) / spread
        far = float((reach + spread * np.sqrt(off**2 + 2.0 * (liked + LOST))).max())
        columns = np.arange(first + 1, max(int(rows[-1]) + 2, int(np.searchsorted(stops.km, stops.km[rows[-1]] + far))))
        weight = (stops.km[columns] - stops.km[rows, None])[None] - reach[:, None, None]
        weight /= spread[:, None, None]
        weight *= weight
        weight *= -0.5
        weight += (pull[:, None] * log_population[columns])[:, None, :]
        weight += np.where(columns > rows[:, None], 0.0, -np.inf)
        # The largest is taken out first: where the next locality is far beyond D every weight would underflow.
        weight -= weight.max(axis=2, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=2, keepdims=True)
        out[:, first : first + rows.size, first + 1 : columns[-1] + 1] = weight
    return out


def transition(stops: Stops, advance: Advance, *, chunk: int = 32) -> NDArray[np.float32]:
    """Chance of tomorrow night's stop given tonight's.

    Parameters
    ----------
    stops : Stops
    advance : Advance
    chunk : int
        Draws built at a time: bounds the memory in double precision.

    Returns
    -------
    ndarray of float32, shape (draws, stops, stops)
        From the stop of the second axis to that of the third; rows sum to one.
    """
    size = stops.km.size
    out = np.empty((advance.draws, size, size), np.float32)
    diagonal = np.arange(size)
    for first in range(0, advance.draws, chunk):
        part = advance.take(np.arange(first, min(first + chunk, advance.draws)))
        walk = move_weights(stops, part.walk_km, part.walk_spread, part.population_pull)
        lift = move_weights(stops, part.lift_km, part.lift_spread, part.population_pull)
        lift *= part.lift_chance[:, None, None]
        walk *= 1.0 - part.lift_chance[:, None, None]
        walk += lift
        walk *= 1.0 - part.rest_chance[:, None, None]
        walk[:, diagonal, diagonal] += part.rest_chance[:, None]
        out[first : first + part.draws] = walk
    return out


def emission(stops: Stops, sightings: Sequence[Sighting]) -> Floats:
    """Likelihood of one night's reports at each stop.

    Reports that disagree are a mixture, not a product: a caravan in fragments is
    seen in two places.  A report between two localities counts for the nearest.

    Returns
    -------
    ndarray, shape (stops,)
        Between zero and one.
    """
    total = np.zeros(stops.km.size)
    for sighting in sightings:
        gap = np.abs(stops.km - sighting.km)
        spread = max(sighting.spread, float(gap.min()))
        total += sighting.trust * np.exp(-0.5 * (gap / spread) ** 2) + (1.0 - sighting.trust) * 0.02
    return total / len(sightings)


def filter_nights(
    kernel: NDArray[np.float32],
    start: Floats | NDArray[np.float32],
    evidence: Mapping[int, Floats],
    *,
    days: int,
    rest: Floats | None = None,
) -> NightFilter:
    """Filter the hidden night position through dated evidence.

    Parameters
    ----------
    kernel : ndarray, shape (draws, stops, stops)
        From :func:`transition`.
    start : ndarray, shape (stops,) or (draws, stops)
        Chance of each stop on the evening of day 0.
    evidence : mapping of int to ndarray of shape (stops,)
        Day (1, 2, ...) to :func:`emission`; days without a report are left out.
    days : int
        Last day to filter to, at least 1.
    rest : ndarray, shape (draws,), optional
        Rest chances, if day 1 is that of the departure: nobody rests on it.

    Returns
    -------
    NightFilter
        Row ``i`` is day ``i + 1``.
    """
    draws, size, _ = kernel.shape
    night = np.empty((days, draws, size), np.float32)
    log_likelihood = np.zeros((days, draws))
    now = np.broadcast_to(start.astype(np.float32), (draws, size))
    for day in range(1, days + 1):
        before = now
        now = np.matmul(now[:, None, :], kernel)[:, 0, :]
        if day == 1 and rest is not None:
            stayed = rest[:, None].astype(np.float32)
            now = (now - stayed * before) / (1.0 - stayed)
        if day in evidence:
            now = now * evidence[day].astype(np.float32)
            mass = now.sum(axis=1)
            # A report that no path of this draw can explain: the draw is out, its night is kept proper.
            lost = mass <= 1e-30
            now[lost] = (evidence[day] / evidence[day].sum()).astype(np.float32)
            log_likelihood[day - 1] = np.where(lost, -80.0, np.log(np.maximum(mass, 1e-30), dtype=float))
            now /= now.sum(axis=1, keepdims=True)
        night[day - 1] = now
    return NightFilter(log_likelihood=log_likelihood, night=night)


def forecast_nights(
    kernel: NDArray[np.float32],
    night: NDArray[np.float32],
    weight: Floats,
    *,
    days: int,
    plans: Mapping[int, Announced] | None = None,
) -> Floats:
    """Chance of each stop on the nights to come, averaged over the weighted draws.

    Parameters
    ----------
    kernel : ndarray, shape (draws, stops, stops)
    night : ndarray, shape (draws, stops)
        Where each draw has the caravan tonight.
    weight : ndarray, shape (draws,)
        Posterior weight of each draw; need not sum to one.
    days : int
        How far to go.
    plans : mapping of int to Announced, optional
        Days from tonight (1, 2, ...) to what was announced for them by now.

    Returns
    -------
    ndarray, shape (days, stops)
        Row ``i`` is ``i + 1`` nights from tonight; rows sum to one.
    """
    share = (weight / weight.sum()).astype(np.float32)
    now = night * share[:, None]
    out = np.empty((days, kernel.shape[1]))
    for day in range(1, days + 1):
        now = np.matmul(now[:, None, :], kernel)[:, 0, :]
        if plans and day in plans:
            now = follow_plan(now, plans[day])
        out[day - 1] = now.sum(axis=0)
    out /= out.sum(axis=1, keepdims=True)
    return out


def follow_plan(night: NDArray[np.float32], plan: Announced) -> NDArray[np.float32]:
    """Let a plan be kept with its trust, and otherwise change nothing.

    A plan is no sighting: it says nothing of how fast the caravan can be, so it
    moves the night and never the weights of the draws.

    Parameters
    ----------
    night : ndarray, shape (draws, stops)
        Joint weight of draw and stop; kept in total.
    plan : Announced

    Returns
    -------
    ndarray, shape (draws, stops)
    """
    kept = night * plan.likelihood.astype(np.float32)
    mass = kept.sum()
    if mass <= 0.0:
        return night
    moved: NDArray[np.float32] = (plan.trust * (night.sum() / mass)) * kept + (1.0 - plan.trust) * night
    return moved


def sightings(record: CaravanReports, *, until: int) -> dict[int, Floats]:
    """Evidence of each night up to day ``until``: :func:`emission` by day.

    A plan for a past night that nobody confirmed is no sighting and is left out.
    """
    by_day: dict[int, list[Sighting]] = {}
    for night in record.nights:
        day = record.day(night.date)
        if not night.planned and 1 <= day <= until:
            by_day.setdefault(day, []).append(Sighting(day, night.km, night.spread, night.trust))
    return {day: emission(record.stops, seen) for day, seen in by_day.items()}


def plans(record: CaravanReports, *, after: int) -> dict[int, Announced]:
    """Plans for nights after day ``after`` that no sighting has replaced, by day."""
    seen = {record.day(n.date) for n in record.nights if not n.planned}
    by_day: dict[int, list[Night]] = {}
    for night in record.nights:
        day = record.day(night.date)
        if night.planned and day > after and day not in seen:
            by_day.setdefault(day, []).append(night)
    return {
        day: Announced(
            likelihood=emission(record.stops, [Sighting(day, n.km, n.spread, 1.0) for n in planned]),
            trust=max(n.trust for n in planned),
        )
        for day, planned in by_day.items()
    }


def plans_kept(record: CaravanReports) -> tuple[int, int]:
    """How many announced nights were spent where they were announced, of how many of which a night is known."""
    slept = parts_by_day(record)
    announced: dict[int, list[float]] = {}
    for night in record.nights:
        day = record.day(night.date)
        if night.planned and day in slept:
            announced.setdefault(day, []).append(night.km)
    kept = sum(
        any(abs(km - where) <= PLAN_KM for km in planned for where in slept[day]) for day, planned in announced.items()
    )
    return kept, len(announced)


def parts_by_day(record: CaravanReports) -> dict[int, tuple[float, ...]]:
    """Km of each night as reported, by day; equally exact reports of different places are parts of a split body."""
    best: dict[int, list[tuple[float, float]]] = {}
    for night in record.nights:
        if not night.planned and night.direct:
            best.setdefault(record.day(night.date), []).append((night.spread, night.km))
    out = {}
    for day, seen in sorted(best.items()):
        finest = min(spread for spread, _ in seen)
        out[day] = tuple(sorted({km for spread, km in seen if spread == finest}))
    return out


def first_known(record: CaravanReports) -> dict[int, int]:
    """Day on which a report of each night was first known, by day."""
    out: dict[int, int] = {}
    for night in record.nights:
        if night.direct and not night.planned:
            day = record.day(night.date)
            known = record.day(night.known_on)
            out[day] = min(out.get(day, known), known)
    return out
