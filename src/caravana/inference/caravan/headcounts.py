"""How many walk: a state-space model of the true headcount under contested reports.

The state of a particle is the number of people walking, the number who have
accepted cards, and slowly varying hazards of leaving and of accepting.  Each
day joiners are Poisson (dying away from the departure), exits and acceptances
binomial.  What a side reports is the truth times the side's bias times noise;
the press either looks for itself or repeats the organisers.  Nothing is
averaged across sides.

The filter is a bootstrap particle filter (Gordon, Salmond, Smith 1993) with
the parameters carried in the particles and freshened by kernel shrinkage (Liu
and West 2001).  All arrays have the particles as their first axis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from caravana.inference.likelihood import TAIL, Speakers, log_report
from caravana.inference.priors import HEADCOUNT_NAMES, headcount_priors
from caravana.inference.reports import ReportedFigure
from caravana.inference.weights import effective_size, systematic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAMES = HEADCOUNT_NAMES
COLUMN = {name: i for i, name in enumerate(NAMES)}
SHRINK = 0.9
KEEP = 0.5
MOST_STAGES = 40
ISLANDS = (4, 8)
ISLAND_DAYS = 160
"""Filters side by side, by days gone through: many early on, where that is cheap and few reports hold them together."""
# The hazards' departures from normal last about a week: those who stay after a bad week are not bound to leave.
RETURN = 0.9


@dataclass(frozen=True)
class Particles:
    """State of the filter on one evening.

    Attributes
    ----------
    day : int
        Days since the evening before the departure.
    free : ndarray, shape (particles, parameters)
        Parameters on their free scales, columns as :data:`NAMES`.
    walking, accepted : ndarray, shape (particles,)
        Persons.
    drift : ndarray, shape (particles, 2)
        Log change of the hazards of leaving and of accepting since the start.
    log_weight : ndarray, shape (particles,)
    log_likelihood : float
        Log chance of all reports so far.
    least_effective : float
        How few of the particles carried the weight at worst so far, as an effective number.
    """

    day: int
    free: Floats
    walking: Floats
    accepted: Floats
    drift: Floats
    log_weight: Floats
    log_likelihood: float = 0.0
    least_effective: float = float("inf")

    @property
    def weight(self) -> Floats:
        """Weights that sum to one."""
        weight: Floats = np.exp(self.log_weight - self.log_weight.max())
        weight /= weight.sum()
        return weight

    @property
    def effective(self) -> float:
        """Effective number of particles."""
        return effective_size(self.weight)

    def parameter(self, name: str) -> Floats:
        """Values of a parameter on its natural scale."""
        return natural_value(name, self.free[:, COLUMN[name]])


def natural_value(name: str, free: Floats) -> Floats:
    """Take a parameter of this module from its free scale to its natural one."""
    value: Floats = expit(free) if name == "copy_share" else np.exp(free)
    return value


def start(
    rng: np.random.Generator, *, particles: int, priors: Mapping[str, tuple[float, float]] | None = None
) -> Particles:
    """Draw particles on the evening before the departure.

    Parameters
    ----------
    rng : numpy Generator
    particles : int
    priors : mapping of str to (mean, spread), optional
        Replaces entries of :func:`~caravana.inference.priors.headcount_priors` (free scale).
    """
    table = {**headcount_priors(), **(priors or {})}
    mean, spread = np.array([table[name] for name in NAMES]).T
    free = mean + spread * rng.standard_normal((particles, len(NAMES)))
    zeros = np.zeros(particles)
    return Particles(0, free, np.exp(free[:, COLUMN["turnout"]]), zeros, np.zeros((particles, 2)), zeros)


def step(particles: Particles, rng: np.random.Generator, *, offered: int | None) -> Particles:
    """Move every particle one day on.

    Parameters
    ----------
    particles : Particles
    rng : numpy Generator
    offered : int or None
        Day on which cards were first offered, as far as is known; None if never.
    """
    day = particles.day + 1
    size = particles.walking.size
    jitter = particles.parameter("hazard_drift")[:, None] * rng.standard_normal((size, 2))
    drift = RETURN * particles.drift + jitter
    join = particles.parameter("joiners_start") * np.exp(-(day - 1) / particles.parameter("joiners_decay"))
    join += particles.parameter("joiners_later")
    joined = rng.poisson(np.minimum(join, 5000.0)) if day > 1 else np.zeros(size)
    here = np.rint(particles.walking).astype(np.int64)
    leave = 1.0 - np.exp(-particles.parameter("leave_hazard") * np.exp(drift[:, 0]))
    left = rng.binomial(here, np.clip(leave, 0.0, 0.7))
    took = np.zeros(size)
    if offered is not None:
        # Those most ready go first: the hazard fades from the day on which the offer is believed.
        age = day - offered - particles.parameter("offer_delay")
        hazard = particles.parameter("accept_hazard") * np.exp(drift[:, 1] - age / particles.parameter("offer_fade"))
        ready = np.where(age > 0.0, np.clip(1.0 - np.exp(-hazard), 0.0, 0.7), 0.0)
        took = rng.binomial(here - left, ready).astype(float)
    walking = here - left - took + joined
    return replace(
        particles, day=day, drift=drift, walking=np.maximum(walking, 1.0), accepted=particles.accepted + took
    )


def log_report_of(particles: Particles, report: ReportedFigure) -> Floats:
    """Log likelihood of one report in every particle, shape (particles,)."""
    speakers = Speakers(
        lambda side: particles.free[:, COLUMN[f"bias_{side}"]],
        particles.parameter("report_noise"),
        particles.parameter("copy_share"),
    )
    return log_report(report, particles.accepted if report.cards else particles.walking, speakers)


def assimilate(particles: Particles, reports: Sequence[ReportedFigure], rng: np.random.Generator) -> Particles:
    """Weigh the particles by one day's reports; resample and freshen when few would carry the weight.

    Reports that few particles agree with are taken in by powers under one (tempering, Neal 2001): never so much at a
    time that fewer than half of the particles are left, which are freshened in between.
    """
    if not reports:
        return particles
    done, stages = 0.0, 0
    while done < 1.0:
        gain = sum((log_report_of(particles, report) for report in reports), np.zeros(particles.walking.size))
        power = _next_power(particles.log_weight, gain, 1.0 - done) if stages < MOST_STAGES else 1.0 - done
        raised = power * gain
        evidence = float(np.log(np.sum(particles.weight * np.exp(raised - raised.max()))) + raised.max())
        particles = replace(
            particles,
            log_weight=particles.log_weight + raised,
            log_likelihood=particles.log_likelihood + evidence,
        )
        done, stages = done + power, stages + 1
        if done > 1.0 - 1e-9:
            done = 1.0
        particles = replace(particles, least_effective=min(particles.least_effective, particles.effective))
        if done < 1.0 or particles.effective < KEEP * particles.walking.size:
            particles = resample(particles, rng)
    return particles


def _next_power(log_weight: Floats, gain: Floats, most: float) -> float:
    """Highest power of the reports, up to ``most``, that leaves half of what the particles are worth now."""
    least = KEEP * _worth(log_weight)
    if _worth(log_weight + most * gain) >= least:
        return most
    low, high = 0.0, most
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _worth(log_weight + middle * gain) >= least else (low, middle)
    return max(low, 1e-3 * most)


def _worth(log_weight: Floats) -> float:
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / np.sum(weight**2))


def resample(particles: Particles, rng: np.random.Generator) -> Particles:
    """Systematic resampling, with parameters and numbers shrunk and jittered together.

    The jitter has the covariance of the particles: only the product of truth and bias is seen, and
    a jitter of each alone would wear that ridge away and leave the filter too sure of both.
    """
    size = particles.walking.size
    weight = particles.weight
    columns = particles.free.shape[1]
    whole = np.column_stack([particles.free, np.log(particles.walking), np.log1p(particles.accepted), particles.drift])
    # Sums and not products of matrices: for so little, threads of the linear algebra cost more than they save.
    mean = (weight[:, None] * whole).sum(axis=0)
    gap = whole - mean
    covariance = np.einsum("p,pi,pj->ij", weight, gap, gap)
    # Root by eigenvalues: it exists also where few particles are left. Of all roots the symmetric one: it does not ask
    # which way round a processor's linear algebra gives a direction, and so draws the same everywhere.
    scale, directions = np.linalg.eigh(covariance)
    root = np.einsum("ik,k,jk->ij", directions, np.sqrt(np.maximum(scale, 0.0)), directions)
    at = systematic(weight, rng, size)
    noise = np.einsum("pj,ij->pi", rng.standard_normal(whole.shape), root)
    moved = SHRINK * whole[at] + (1.0 - SHRINK) * mean + np.sqrt(1.0 - SHRINK**2) * noise
    # Who has none has none: only numbers of cards above zero are freshened.
    cards = np.where(particles.accepted[at] > 0.0, np.maximum(np.expm1(moved[:, columns + 1]), 1.0), 0.0)
    return replace(
        particles,
        free=moved[:, :columns],
        walking=np.exp(moved[:, columns]),
        accepted=cards,
        drift=moved[:, columns + 2 :],
        log_weight=np.zeros(size),
    )


def offered_by(reports: Sequence[ReportedFigure], offered: int | None) -> int | None:
    """Day by which cards were on offer: that of the offer, or the day before any were first counted."""
    counted = _first_cards(reports)
    if counted is None:
        return offered
    return counted - 1 if offered is None else min(offered, counted - 1)


def _first_cards(reports: Sequence[ReportedFigure]) -> int | None:
    return min((r.day for r in reports if r.cards and max(r.low or 0.0, r.high or 0.0) > 0.0), default=None)


def _believed(particles: Particles, days: float) -> Particles:
    """Cards that were counted show that the offer was believed by then: no longer a delay is possible."""
    free = particles.free.copy()
    column = COLUMN["offer_delay"]
    free[:, column] = np.minimum(free[:, column], np.log(days))
    return replace(particles, free=free)


def filter_headcount(
    particles: Particles,
    reports: Sequence[ReportedFigure],
    rng: np.random.Generator,
    *,
    until: int,
    offered: int | None,
) -> Particles:
    """Carry the particles to the evening of day ``until`` through the reports dated up to then.

    Cards that are counted count also where no offer is on record: there was one the day before at the latest.
    """
    by_day: dict[int, list[ReportedFigure]] = {}
    for report in reports:
        by_day.setdefault(report.day, []).append(report)
    dated = [report for report in reports if report.day <= until]
    offered, counted = offered_by(dated, offered), _first_cards(dated)
    while particles.day < until:
        if offered is not None and counted is not None and particles.day < counted:
            particles = _believed(particles, max(counted - offered - 0.5, 0.5))
        particles = step(particles, rng, offered=offered)
        particles = assimilate(particles, by_day.get(particles.day, []), rng)
    return particles


def filter_islands(
    reports: Sequence[ReportedFigure],
    rng: np.random.Generator,
    *,
    particles: int,
    until: int,
    offered: int | None,
) -> Particles:
    """Filter from the evening before the departure, by several filters apart where papers were counted, side by side.

    Papers that were taken soon after an offer fit few particles; what freshening them adds by chance differs from
    filter to filter and averages out over some.
    """
    fewest, most = ISLANDS
    count = 1
    if _first_cards([r for r in reports if r.day <= until]) is not None:
        count = min(most, max(fewest, ISLAND_DAYS // until))
    parts = [
        filter_headcount(start(each, particles=particles), reports, each, until=until, offered=offered)
        for each in rng.spawn(count)
    ]
    return replace(
        parts[0],
        free=np.concatenate([p.free for p in parts]),
        walking=np.concatenate([p.walking for p in parts]),
        accepted=np.concatenate([p.accepted for p in parts]),
        drift=np.concatenate([p.drift for p in parts]),
        log_weight=np.concatenate([np.log(np.maximum(p.weight, 1e-300)) for p in parts]),
        log_likelihood=float(np.mean([p.log_likelihood for p in parts])),
        least_effective=min(p.least_effective for p in parts),
    )


def forecast_walking(
    particles: Particles, rng: np.random.Generator, *, days: int, offered: int | None
) -> tuple[Floats, Particles]:
    """Carry the particles on without reports.

    Returns
    -------
    walking : ndarray, shape (days, particles)
        Persons walking on each evening to come, equally weighted.
    ahead : Particles
        The (resampled) particles on the last evening.
    """
    size = particles.walking.size
    at = systematic(particles.weight, rng, size)
    ahead = replace(
        particles,
        free=particles.free[at],
        walking=particles.walking[at],
        accepted=particles.accepted[at],
        drift=particles.drift[at],
        log_weight=np.zeros(size),
    )
    walking = np.empty((days, size))
    for day in range(days):
        ahead = step(ahead, rng, offered=offered)
        walking[day] = ahead.walking
    return walking, ahead


def simulate_reports(particles: Particles, walking: Floats, side: str, rng: np.random.Generator) -> Floats:
    """What a side would report of ``walking`` persons, shape (particles,)."""
    bias = particles.free[:, COLUMN[f"bias_{side}"]]
    if side == "press":
        copied = rng.random(walking.size) < particles.parameter("copy_share")
        bias = np.where(copied, particles.free[:, COLUMN["bias_organisers"]], bias)
    noise = particles.parameter("report_noise") * rng.standard_t(TAIL, walking.size)
    out: Floats = walking * np.exp(bias + np.clip(noise, -3.0, 3.0))
    return out
