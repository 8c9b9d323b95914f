"""Forecasts of one caravan from an origin, on nothing but what was known by then.

Positions come from the exact chain over localities and naive rules, what each side will say of the numbers from their
level and naive rules: pools whose weights other caravans taught and this one's own scores move
(:mod:`caravana.inference.caravan.pooled`).  How many walk comes from the particle filter.  Positions and numbers are
joined only through the day: how many walk does not change how far they get.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.caravan import headcounts
from caravana.inference.caravan.pacing import DRAWS, MEMORY
from caravana.inference.caravan.pooled.branching import ways_ahead
from caravana.inference.caravan.pooled.figures import FigurePool
from caravana.inference.caravan.pooled.leads import leads
from caravana.inference.caravan.pooled.others import (
    hazard_of,
    learned_weights,
    plan_trust,
    share_broken,
    ways_of_others,
)
from caravana.inference.caravan.pooled.positions import PositionPool, generator
from caravana.inference.caravan.pooled.rosters import FIGURES, HORIZONS, POSITIONS
from caravana.inference.caravan.together import signs_of
from caravana.inference.reports import first_offer, known_by, report_dates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.headcounts import Particles
    from caravana.inference.caravan.pacing import AdvancePosterior
    from caravana.inference.caravan.pooled.branching import BranchChance
    from caravana.inference.caravan.pooled.rosters import OwnCase
    from caravana.inference.reports import CaravanReports, Stops

    Floats = NDArray[np.float64]

PARTICLES = 8000
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
        Localities along the itinerary, and stops between them on long stretches (``PLACE+20``: 20 km past it).
    km : ndarray, shape (stops,)
        Their km along it.
    position : ndarray, shape (days, stops)
        Chance of each on each night; rows sum to one.
    walking : ndarray, shape (days, particles)
        Persons walking, equally weighted.
    reported : dict of str to ndarray, shape (days, particles)
        What each side would report.
    posterior : AdvancePosterior
        Parameters of the advance at the origin.
    particles : Particles
        Parameters and state of the headcount at the origin.
    together : ndarray, shape (days,)
        Chance that it is still together; all else is given that it is.
    caravan : str
    way_back : float
        Chance that it is on its way back.
    weights : dict of str to dict of int to dict of str to float
        Of the forecasters that were pooled, by quantity (``position``, ``headcount``) and horizon.
    branches : tuple of BranchChance
        Roads that leave its road, and the chance that it takes each if it comes so far.
    useful_lead : dict of str to int
        Days ahead up to which a forecast beats the best naive rule, by quantity (``together`` too); beyond it there is
        no better forecast than today's number.
    """

    origin: dt.date
    dates: tuple[dt.date, ...]
    stop_ids: tuple[str, ...]
    km: Floats
    position: Floats
    walking: Floats
    reported: dict[str, Floats]
    posterior: AdvancePosterior
    particles: Particles
    together: Floats
    caravan: str
    way_back: float
    weights: Mapping[str, Mapping[int, Mapping[str, float]]]
    branches: tuple[BranchChance, ...]
    useful_lead: Mapping[str, int]

    def by_town(self, stops: Stops) -> Floats:
        """Chance of each of the itinerary's own stops, nights between them given to the nearer one, (days, stops)."""
        edges = 0.5 * (stops.km[1:] + stops.km[:-1])
        nearer = np.searchsorted(edges, self.km)
        # Two towns may share a km: a stop that has a name keeps it.
        listed = {stop: i for i, stop in enumerate(stops.ids)}
        nearest = [listed.get(stop, int(at)) for stop, at in zip(self.stop_ids, nearer, strict=True)]
        out = np.zeros((len(self.dates), len(stops.ids)))
        for day, row in enumerate(self.position):
            out[day] = np.bincount(nearest, row, minlength=len(stops.ids))
        return out


@dataclass
class Roller:
    """Forecasts one record from origin after origin, keeping what may be kept in between."""

    record: CaravanReports
    seed: int = 1
    draws: int = DRAWS
    particles: int = PARTICLES
    memory: float = MEMORY

    def __post_init__(self) -> None:
        self.positions = PositionPool(self.record, seed=self.seed, draws=self.draws, memory=self.memory)
        self.figures = FigurePool(self.record)

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
        nights = self.positions.ahead(today, days=days)
        particles, walking = self._count(known, today, days)
        figures = self.figures.ahead(today, days=days, size=walking.shape[1])
        signs = signs_of(known, today=today, broken=share_broken(known))
        return Forecast(
            origin=origin,
            dates=tuple(origin + dt.timedelta(days=i + 1) for i in range(days)),
            stop_ids=nights.stops.ids,
            km=nights.stops.km,
            position=nights.position,
            walking=walking,
            reported=dict(figures.reported),
            posterior=nights.posterior,
            particles=particles,
            together=hazard_of(known).together(signs, days=days),
            caravan=self.record.caravan,
            way_back=nights.back,
            weights={"position": nights.weights, "headcount": figures.weights},
            branches=ways_ahead(known, ways_of_others(self.record), trust=plan_trust(known)),
            useful_lead=self._leads(nights.cases, figures.cases),
        )

    def _leads(self, nights: Sequence[OwnCase], figures: Sequence[OwnCase]) -> dict[str, int]:
        """Days ahead for which each quantity's forecast is worth reading."""
        learned = {
            quantity: {h: learned_weights(self.record, quantity, h) for h in HORIZONS}
            for quantity in ("position", "headcount")
        }
        return leads(
            self.record,
            {
                "position": (POSITIONS, learned["position"], nights),
                "headcount": (FIGURES, learned["headcount"], figures),
            },
        )

    def _count(self, known: CaravanReports, today: int, days: int) -> tuple[Particles, Floats]:
        """Filter the headcount to today and carry it on; one stream whatever the origin."""
        rng = generator(self.seed, "headcount")
        reports = [count.report for count in known.counts]
        offered = headcounts.offered_by(reports, first_offer(known))
        particles = headcounts.filter_islands(reports, rng, particles=self.particles, until=today, offered=offered)
        walking, _ = headcounts.forecast_walking(particles, rng, days=days, offered=offered)
        return particles, walking


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
