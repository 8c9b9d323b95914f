"""Where one caravan will sleep, evening by evening: the chain and the naive rules pooled, weights moved by own scores.

Every evening from the first on is gone through in turn, on what was known that evening, so that a forecast depends on
the record and its origin only, and the scores of past evenings are those of forecasts that could have been made.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference import pool
from caravana.inference.caravan.halts import HALTS
from caravana.inference.caravan.nights import first_known, parts_by_day, plans, sightings
from caravana.inference.caravan.pacing import Pacer, beside_the_road
from caravana.inference.caravan.pooled.others import (
    hazard_of,
    hosted,
    learned_weights,
    learned_widths,
    pacer_prior,
    plan_trust,
    share_broken,
)
from caravana.inference.caravan.pooled.rivals import rival_positions
from caravana.inference.caravan.pooled.rosters import (
    BLEND,
    HORIZONS,
    MODEL,
    PACE,
    POSITIONS,
    OwnCase,
    half_way,
    halves_at,
    moved_weights,
    nearest_horizon,
    own_errors,
    quantile_sample,
    stretched_on_stops,
    terms_of_parts,
)
from caravana.inference.caravan.together import signs_of
from caravana.inference.heading import LIKELY, chance_of_way_back
from caravana.inference.reports import known_by, nights_by_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.caravan.hierarchy import CaravanPrior
    from caravana.inference.caravan.pacing import AdvancePosterior, Outlook
    from caravana.inference.caravan.together import Hazard
    from caravana.inference.reports import CaravanReports, Stops
    from caravana.inference.widths import Halves

    Floats = NDArray[np.float64]
    Samples = tuple[Floats, ...]

ARRIVED_KM = 0.5


def generator(seed: int, *key: int | str) -> np.random.Generator:
    """A generator that depends on the seed and the key only."""
    return np.random.default_rng([seed, *(zlib.crc32(k.encode()) if isinstance(k, str) else k for k in key)])


@dataclass(frozen=True)
class NightsAhead:
    """Positions forecast on one evening.

    Attributes
    ----------
    stops : Stops
        Where a night may be spent, between towns too.
    position : ndarray, shape (days, stops)
        Chance of each on each night; rows sum to one.
    weights : dict of int to dict of str to float
        Of the forecasters, by horizon.
    posterior : AdvancePosterior
        Parameters of the chain at the origin.
    back : float
        Chance that it is on its way back.
    cases : sequence of OwnCase
        Past forecasts whose nights are known by now.
    """

    stops: Stops
    position: Floats
    weights: Mapping[int, Mapping[str, float]]
    posterior: AdvancePosterior
    back: float
    cases: Sequence[OwnCase] = field(repr=False)


@dataclass
class PositionPool:
    """Goes through a record evening by evening."""

    given: CaravanReports
    seed: int
    draws: int
    memory: float
    record: CaravanReports = field(init=False)
    prior: CaravanPrior = field(init=False)
    hazard: Hazard = field(init=False)
    broken: float = field(init=False)

    def __post_init__(self) -> None:
        self.start_km = float(self.given.stops.km[int(np.argmax(self.given.start))])
        self.record = beside_the_road(self.given, start_km=self.start_km, hosted=hosted(self.given))
        self.prior = pacer_prior(self.given)
        self.hazard, self.broken = hazard_of(self.given), share_broken(self.given)
        self._begin()

    def _begin(self) -> None:
        rng = generator(self.seed, "pacer")
        self.pacer = Pacer(self.prior, self.record.stops, self.record.start, rng, draws=self.draws, memory=self.memory)
        self.done = 0
        self.outlook: Outlook | None = None
        self.past: dict[tuple[int, int], Samples] = {}
        self.terms: dict[tuple[int, int, tuple[float, ...]], pool.Terms] = {}

    def ahead(self, today: int, *, days: int) -> NightsAhead:
        """Forecast from the evening of day ``today``.

        Raises
        ------
        UsageError
            If nothing was known by then.
        """
        known = known_by(self.record, self.record.date(today))
        if today < self.done:
            self._begin()
        for day in range(self.done + 1, today + 1):
            self._pass(day)
        if self.outlook is None:
            raise UsageError(f"nothing was known of {self.record.caravan} on {self.record.date(today)}")
        announced = {d - today: plan for d, plan in plans(known, after=today).items()}
        lasting = self._lasting(known, today, days)
        chain = self.outlook.expected(self.prior, days=days, plans=announced, trust=plan_trust(known), lasting=lasting)
        cases = self._own_cases(known, today)
        learned = {h: learned_weights(self.given, "position", h) for h in HORIZONS}
        by_horizon = {h: moved_weights(POSITIONS, learned[h], cases, horizon=h) for h in HORIZONS}
        errors = own_errors(POSITIONS, learned, cases)
        halves = {h: halves_at(learned_widths(self.given, "position", h), errors, horizon=h) for h in HORIZONS}
        position = chain
        nights = self._nights(known, today)
        if nights is not None:
            position = np.stack([
                self._mixed(chain[d], self._samples(chain[d], nights, today, d + 1), by_horizon[h], halves[h])
                for d in range(days)
                for h in (nearest_horizon(d + 1),)
            ])  # fmt: skip
        shown = {h: w for h, w in by_horizon.items() if h <= max(days, HORIZONS[0])}
        weights = {h: dict(zip(POSITIONS.names, (float(x) for x in w), strict=True)) for h, w in shown.items()}
        if nights is None:
            weights = {h: {name: float(name == MODEL) for name in POSITIONS.names} for h in shown}
        posterior = self.outlook.posterior(self.prior)
        return NightsAhead(self.record.stops, position, weights, posterior, self.outlook.back, cases)

    def _pass(self, day: int) -> None:
        """Filter to the evening of a day and keep what would have been forecast."""
        self.done = day
        try:
            known = known_by(self.record, self.record.date(day))
        except UsageError:
            return
        seen = nights_by_day(known, direct=False)
        back = chance_of_way_back(seen, until=day + 1)
        self.outlook = self.pacer.tonight(sightings(known, until=day), until=day, back=back)
        nights = self._nights(known, day)
        if nights is None:
            return
        announced = {d - day: plan for d, plan in plans(known, after=day).items()}
        km = self.record.stops.km
        days, trust = max(HORIZONS), plan_trust(known)
        lasting = self._lasting(known, day, days)
        chain = self.outlook.sketch(self.prior, km, days=days, plans=announced, trust=trust, lasting=lasting)
        for horizon in HORIZONS:
            self.past[day, horizon] = self._samples(chain[horizon - 1], nights, day, horizon)

    def _lasting(self, known: CaravanReports, today: int, days: int) -> Floats:
        """Chance not to end on each day, wherever it is: a position is asked for of a caravan still together."""
        signs = signs_of(known, today=today, broken=self.broken, start_km=self.start_km)
        return self.hazard.lasting(signs, self.record.stops.km, days=days, halts=HALTS)

    def _nights(self, known: CaravanReports, today: int) -> dict[int, float] | None:
        """Nights known; None before the first and after the arrival, where no rule has anything to go by."""
        nights = {d: km for d, km in nights_by_day(known, direct=False).items() if 1 <= d <= today}
        arrived = bool(nights) and max(nights.values()) >= float(self.record.stops.km[-1]) - ARRIVED_KM
        return nights if nights and not arrived else None

    def _samples(self, chain: Floats, nights: Mapping[int, float], today: int, ahead: int) -> Samples:
        """What each forecaster of :data:`POSITIONS` expects, as samples in km."""
        rng = generator(self.seed, "rules", today, ahead)
        end = float(self.record.stops.km[-1])
        returning = chance_of_way_back(nights, until=today + 1).get(today + 1, 0.0) >= LIKELY
        rules = rival_positions(
            nights, start=self.start_km, target=today + ahead, end=end, rng=rng, returning=returning
        )
        own = quantile_sample(self.record.stops.km, chain)
        every = {MODEL: own, BLEND: half_way(own, rules[PACE]), **rules}
        return tuple(every[name] for name in POSITIONS.names)

    def _own_cases(self, known: CaravanReports, today: int) -> list[OwnCase]:
        """Past forecasts whose nights are known by now."""
        truths, when = parts_by_day(known), first_known(known)
        return [
            OwnCase(
                h,
                when[day + h],
                day,
                self._terms(day, h, truths[day + h]),
                POSITIONS.scale(samples, h),
                samples,
                truths[day + h],
            )
            for (day, h), samples in self.past.items()
            if day < today and day + h <= today and day + h in truths
        ]

    def _terms(self, day: int, horizon: int, truth: tuple[float, ...]) -> pool.Terms:
        key = (day, horizon, truth)
        if key not in self.terms:
            self.terms[key] = terms_of_parts(self.past[day, horizon], truth)
        return self.terms[key]

    def _mixed(self, chain: Floats, samples: Samples, weights: Floats, halves: Halves) -> Floats:
        """The mixture on the stops, as wide as it should be: the chain as it is, a sample at the nearest stops."""
        km = self.record.stops.km
        edges = 0.5 * (km[1:] + km[:-1])
        rows = [chain, *(np.bincount(np.searchsorted(edges, s), minlength=km.size) / s.size for s in samples[1:])]
        return stretched_on_stops(km, pool.mixture_chances(np.stack(rows), weights), halves)
