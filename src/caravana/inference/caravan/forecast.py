"""Forecasts of one caravan from an origin, on nothing but what was known by then.

Positions come from the exact chain over localities, with some weight on the caravan's
own days so far; headcounts from the particle filter.  The two are joined only through
the day: how many walk does not change how far they get.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.caravan import headcounts
from caravana.inference.caravan.nights import plans, sightings
from caravana.inference.caravan.prior import caravan_prior
from caravana.inference.caravan.together import chance_together
from caravana.inference.caravan.tracking import DRAWS, MEMORY, follow, look_ahead, start_tracker
from caravana.inference.reports import SIDES, first_offer, known_by, nights_by_day, report_dates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.caravan.headcounts import Particles
    from caravana.inference.caravan.nights import Announced
    from caravana.inference.caravan.tracking import Posterior, Tracker
    from caravana.inference.reports import CaravanReports

    Floats = NDArray[np.float64]

PARTICLES = 8000
OWN_DAYS = 0.2
"""Weight of the caravan's own days so far, drawn again as they were, beside the chain (decision 0010)."""
RESAMPLES = 4000
LONGEST = 60


@dataclass(frozen=True)
class Forecast:
    """Where a caravan will be and how many walk, day by day.

    Attributes
    ----------
    origin : date
        Nothing published after it was used.
    dates : tuple of date
        The days forecast.
    stop_ids : tuple of str
        Localities along the itinerary.
    km : ndarray, shape (stops,)
        Their km along it.
    position : ndarray, shape (days, stops)
        Chance of each on each night; rows sum to one.
    walking : ndarray, shape (days, particles)
        Persons walking, equally weighted.
    reported : dict of str to ndarray, shape (days, particles)
        What each side would report.
    posterior : Posterior
        Parameters of the advance at the origin.
    particles : Particles
        Parameters and state of the headcount at the origin.
    together : ndarray, shape (days,)
        Chance that it is still together; all else is given that it is.
    """

    origin: dt.date
    dates: tuple[dt.date, ...]
    stop_ids: tuple[str, ...]
    km: Floats
    position: Floats
    walking: Floats
    reported: dict[str, Floats]
    posterior: Posterior
    particles: Particles
    together: Floats


@dataclass
class Roller:
    """Forecasts one record from origin after origin, keeping what may be kept in between."""

    record: CaravanReports
    seed: int = 1
    draws: int = DRAWS
    particles: int = PARTICLES
    memory: float = MEMORY
    tracker: Tracker | None = None

    def generator(self, *key: int | str) -> np.random.Generator:
        """Return a generator that depends on the seed and the key only."""
        numbers = [zlib.crc32(k.encode()) if isinstance(k, str) else k for k in key]
        return np.random.default_rng([self.seed, *numbers])

    def forecast(self, origin: dt.date, *, days: int) -> Forecast:
        """Forecast ``days`` nights from an origin.

        Raises
        ------
        UsageError
            If the horizon or the origin makes no sense, or nothing was known by then.
        """
        check_request(self.record, origin, days)
        known = known_by(self.record, origin)
        today = self.record.day(origin)
        if self.tracker is None:
            stops, start = self.record.stops, self.record.start
            rng = self.generator("tracker")
            self.tracker = start_tracker(caravan_prior(self.record), stops, start, rng, draws=self.draws)
        self.tracker, posterior = follow(
            self.tracker,
            sightings(known, until=today),
            self.generator("follow", today),
            until=today,
            memory=self.memory,
        )
        announced = {day - today: plan for day, plan in plans(known, after=today).items()}
        position = look_ahead(posterior, days=days, plans=announced)
        position = self._pool(position, known, today, announced)
        particles, walking, reported = self._count(known, today, days)
        return Forecast(
            origin=origin,
            dates=tuple(origin + dt.timedelta(days=i + 1) for i in range(days)),
            stop_ids=self.record.stops.ids,
            km=self.record.stops.km,
            position=position,
            walking=walking,
            reported=reported,
            posterior=posterior,
            particles=particles,
            together=chance_together(known, today=today, days=days),
        )

    def _pool(self, position: Floats, known: CaravanReports, today: int, announced: Mapping[int, Announced]) -> Floats:
        """Give the caravan's own days some weight, up to the first night announced: of that it has said more."""
        own = as_so_far(known, today=today, days=len(position), rng=self.generator("own days", today))
        pooled = position.copy()
        if own is not None:
            until = min([day - 1 for day in announced], default=len(position))
            pooled[:until] = (1.0 - OWN_DAYS) * position[:until] + OWN_DAYS * own[:until]
        return pooled

    def _count(self, known: CaravanReports, today: int, days: int) -> tuple[Particles, Floats, dict[str, Floats]]:
        """Filter the headcount to today and carry it on; one stream whatever the origin."""
        rng = self.generator("headcount")
        reports = [count.report for count in known.counts]
        offered = headcounts.offered_by(reports, first_offer(known))
        particles = headcounts.filter_islands(reports, rng, particles=self.particles, until=today, offered=offered)
        walking, ahead = headcounts.forecast_walking(particles, rng, days=days, offered=offered)
        reported = {
            side: np.stack([headcounts.simulate_reports(ahead, persons, side, rng) for persons in walking])
            for side in SIDES
        }
        return particles, walking, reported


def as_so_far(known: CaravanReports, *, today: int, days: int, rng: np.random.Generator) -> Floats | None:
    """Where a caravan would sleep if every day to come were one of its days so far, shape (days, stops).

    It knows nothing of towns and of other caravans, and all of how this one has gone about it: two forecasts with
    different faults are better together than the better one (Bates and Granger 1969).  None before any night is known.
    """
    nights = {day: km for day, km in nights_by_day(known, direct=False).items() if day <= today}
    if not nights:
        return None
    known_days = np.array([0, *sorted(nights)])
    last = int(known_days[-1])
    path = np.interp(np.arange(last + 1), known_days, [0.0, *(nights[day] for day in known_days[1:])])
    km = known.stops.km
    out = np.empty((days, km.size))
    for day in range(days):
        ahead = rng.choice(np.diff(path), (RESAMPLES, today + day + 1 - last)).sum(axis=1)
        at = np.searchsorted(0.5 * (km[1:] + km[:-1]), path[-1] + ahead)
        out[day] = np.bincount(at, minlength=km.size) / RESAMPLES
    return out


def check_request(record: CaravanReports, origin: dt.date, days: int) -> None:
    """Refuse an origin outside the data, and a horizon that is none.

    Raises
    ------
    UsageError
        With what was asked and what is possible.
    """
    if days < 1:
        raise UsageError(f"a horizon of {days} days is no forecast; choose 1 or more")
    if days > LONGEST:
        raise UsageError(f"a horizon of {days} days is beyond what a caravan's record can support; at most {LONGEST}")
    first = record.departs
    last = max([record.last, *report_dates(record)])
    if not first <= origin <= last:
        raise UsageError(f"origin {origin} is outside the record of {record.caravan}, {first} to {last}")
