"""Positions of every given caravan, forecast from every day: samples of the chain and of the naive rules, the truth."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference import reports
from caravana.inference.caravan import pacing, together
from caravana.inference.caravan.halts import HALTS
from caravana.inference.caravan.hierarchy import CaravanPrior, summarise, vague_prior
from caravana.inference.caravan.nights import first_known, plans, plans_kept, sightings
from caravana.inference.caravan.pooled.others import advance_prior, trust_in_plans
from caravana.inference.caravan.pooled.rivals import rival_positions
from caravana.inference.caravan.pooled.rosters import HORIZONS, MODEL, quantile_sample
from caravana.inference.heading import LIKELY, chance_of_way_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.skill.records import Given
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reading = tuple[Floats, Floats]

READING_DRAWS = 800
ROOM_KM = 350.0
HOST_KM = 3.0
CHAIN = MODEL


@dataclass(frozen=True)
class Case:
    """One night to be forecast from one evening.

    Attributes
    ----------
    caravan : str
    origin, horizon : int
        Days.
    known_day : int
        Day on which the truth was known.
    truth : tuple of float
        Km; several where the body was in parts.
    samples : dict of str to ndarray
        An equally weighted sample by forecaster.
    under : dict of str to ndarray
        The chain's sample when this other caravan is left out as well.
    blend_under : dict of str to ndarray
        The same of the blend of chain and pace, where there is one.
    """

    caravan: str
    origin: int
    horizon: int
    known_day: int
    truth: tuple[float, ...]
    samples: Mapping[str, Floats]
    under: Mapping[str, Floats] = field(repr=False)
    blend_under: Mapping[str, Floats] = field(default_factory=dict, repr=False)


def seed_of(*key: str | int) -> list[int]:
    """Numbers that depend on the key only."""
    return [zlib.crc32(k.encode()) if isinstance(k, str) else k for k in key]


def hosts(given: Sequence[Given]) -> dict[str, frozenset[str]]:
    """Places at which each caravan spent a night, by caravan: of the road's own, the nearest within a few km."""
    out = {}
    for one in given:
        stops = one.record.stops
        at = [int(np.argmin(np.abs(stops.km - km))) for kms in one.truth.values() for km in kms]
        kms = [km for kms in one.truth.values() for km in kms]
        out[one.name] = frozenset(
            stops.ids[i] for i, km in zip(at, kms, strict=True) if abs(stops.km[i] - km) <= HOST_KM
        )
    return out


def hosted_by(places: Mapping[str, frozenset[str]], *, without: str) -> dict[str, int]:
    """How many caravans but one slept at each place."""
    return dict(Counter(place for name, where in places.items() if name != without for place in where))


def read(given: Given, hosted: Mapping[str, int]) -> Reading:
    """What this record alone says of each parameter, with its error."""
    if not given.truth:
        return np.zeros(len(pacing.NAMES)), np.full(len(pacing.NAMES), np.inf)
    record = _cut(
        pacing.beside_the_road(given.record, start_km=given.start_km, hosted=hosted),
        max(max(km) for km in given.truth.values()) + ROOM_KM,
    )
    until = max(given.truth)
    rng = np.random.default_rng(seed_of("reading", given.name))
    pacer = pacing.Pacer(vague_prior(pacing.COMMON), record.stops, record.start, rng, draws=READING_DRAWS, memory=1.0)
    outlook = pacer.tonight(sightings(record, until=until), until=until)
    return summarise(pacing.COMMON, outlook.draws.free, outlook.under(pacer.prior))


def _cut(record: reports.CaravanReports, km: float) -> reports.CaravanReports:
    """Leave out stops beyond ``km``, where it never came: what is not needed costs time."""
    size = max(2, int(np.searchsorted(record.stops.km, km)))
    stops = replace(
        record.stops,
        ids=record.stops.ids[:size],
        km=record.stops.km[:size],
        population=record.stops.population[:size],
    )
    return replace(record, stops=stops, start=record.start[:size])


def cases_of(
    given: Given,
    readings: Mapping[str, Reading],
    departures: Mapping[str, dt.date],
    hosted: Mapping[str, int],
    *,
    also_without: Sequence[str],
    ends: tuple[together.Hazard, float],
    kept: Sequence[tuple[int, int]],
) -> list[Case]:
    """Every case of one caravan: each day an origin, the chain with the prior that has not seen it.

    ``ends`` is its hazard of ending, fitted to the others, and the share of those before it that were broken up;
    ``kept`` how many of their plans the others kept, of how many.
    """
    record = pacing.beside_the_road(given.record, start_km=given.start_km, hosted=hosted)
    if not given.truth:
        return []
    departed = record.departs

    def without(*names: str) -> CaravanPrior:
        return advance_prior(readings, departures, without=(given.name, *names), like=departed)

    own = without()
    second = {name: without(name) for name in also_without if name != given.name}
    rng = np.random.default_rng(seed_of("pacer", given.name))
    pacer = pacing.Pacer(own, record.stops, record.start, rng)
    end, out = float(record.stops.km[-1]), []
    known_on = first_known(record)
    for today in range(1, max(given.truth)):
        wanted = [h for h in HORIZONS if today + h in given.truth]
        try:
            known = reports.known_by(record, record.date(today))
        except UsageError:
            continue
        nights = {d: km for d, km in reports.nights_by_day(known, direct=False).items() if 1 <= d <= today}
        if not wanted or not nights or max(nights.values()) >= end - 0.5:
            continue
        back = chance_of_way_back(nights, until=today + 1)
        outlook = pacer.tonight(sightings(known, until=today), until=today, back=back)
        announced = {d - today: plan for d, plan in plans(known, after=today).items()}
        signs = together.signs_of(known, today=today, broken=ends[1], start_km=given.start_km)
        lasting = ends[0].lasting(signs, record.stops.km, days=max(wanted), halts=HALTS)
        by_draw = outlook.nights(
            days=max(wanted), plans=announced, trust=trust_in_plans([*kept, plans_kept(known)]), lasting=lasting
        )
        weights = {"": outlook.under(own), **{name: outlook.under(prior) for name, prior in second.items()}}
        for horizon in wanted:
            chances = {name: w @ by_draw[horizon - 1] for name, w in weights.items()}
            each = {name: quantile_sample(record.stops.km, chance) for name, chance in chances.items()}
            rng_of_rules = np.random.default_rng(seed_of("naive", given.name, today, horizon))
            rules = rival_positions(
                nights,
                start=given.start_km,
                target=today + horizon,
                end=end,
                rng=rng_of_rules,
                returning=back.get(today + 1, 0.0) >= LIKELY,
            )
            out.append(
                Case(
                    caravan=given.name,
                    origin=today,
                    horizon=horizon,
                    known_day=known_on[today + horizon],
                    truth=given.truth[today + horizon],
                    samples={CHAIN: each.pop(""), **rules},
                    under=each,
                )
            )
    return out
