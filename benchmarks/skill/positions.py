"""Positions of every given caravan, forecast from every day: samples of the chain and of the naive rules, the truth."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.skill import naive

from caravana.errors import UsageError
from caravana.inference import reports
from caravana.inference.caravan import pacing
from caravana.inference.caravan.halts import with_roadside
from caravana.inference.caravan.hierarchy import CaravanPrior, fit_hierarchy, summarise, vague_prior
from caravana.inference.caravan.nights import plans, sightings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.skill.records import Given
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reading = tuple[Floats, Floats]

HORIZONS = (1, 3, 7, 14)
NARROWEST = 0.6
READING_DRAWS = 800
ROOM_KM = 350.0
PLAN_TRUST = 0.6
CHAIN = "caravana"
# What was true of the caravans of one year is less so of another's: by so much of the spread between caravans a year.
YEAR_DRIFT = 0.6
DAYS_A_YEAR = 365.25
BETWEEN = np.array([common.between for common in pacing.COMMON.values()])


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


def prepared(given: Given) -> reports.CaravanReports:
    """The record with stops wherever people can sleep."""
    stops = with_roadside(given.record.stops)
    start = np.zeros(stops.km.size)
    start[int(np.argmin(np.abs(stops.km - given.start_km)))] = 1.0
    return replace(given.record, stops=stops, start=start)


def seed_of(*key: str | int) -> list[int]:
    """Numbers that depend on the key only."""
    return [zlib.crc32(k.encode()) if isinstance(k, str) else k for k in key]


def read(given: Given) -> Reading:
    """What this record alone says of each parameter, with its error."""
    if not given.truth:
        return np.zeros(len(pacing.NAMES)), np.full(len(pacing.NAMES), np.inf)
    record = _cut(prepared(given), max(max(km) for km in given.truth.values()) + ROOM_KM)
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


def prior_without(readings: Mapping[str, Reading], *names: str, like: Given | None = None) -> CaravanPrior:
    """The prior from all caravans but these; the further in time from ``like``, the less a caravan tells of it."""
    kept = []
    for name, (reading, error) in readings.items():
        if name in names:
            continue
        years = 0.0 if like is None else abs((_year(name) - like.record.departs).days) / DAYS_A_YEAR
        kept.append((reading, np.sqrt(error**2 + years * (YEAR_DRIFT * BETWEEN) ** 2)))
    return fit_hierarchy(pacing.COMMON, kept, narrowest=NARROWEST)


def _year(name: str) -> dt.date:
    """Day (or month) in a caravan's name."""
    digits = [int(part) for part in re.findall(r"\d+", name)][:3]
    return dt.date(*(digits + [10, 15][len(digits) - 1 :] if len(digits) < 3 else digits))


def cases_of(given: Given, readings: Mapping[str, Reading], *, also_without: Sequence[str]) -> list[Case]:
    """Every case of one caravan: each day an origin, the chain with the prior that has not seen it."""
    record = prepared(given)
    if not given.truth:
        return []
    own = prior_without(readings, given.name, like=given)
    second = {
        name: prior_without(readings, given.name, name, like=given) for name in also_without if name != given.name
    }
    rng = np.random.default_rng(seed_of("pacer", given.name))
    pacer = pacing.Pacer(own, record.stops, record.start, rng)
    end, out = float(record.stops.km[-1]), []
    known_on = _known_days(record)
    for today in range(1, max(given.truth)):
        wanted = [h for h in HORIZONS if today + h in given.truth]
        try:
            known = reports.known_by(record, record.date(today))
        except UsageError:
            continue
        nights = {d: km for d, km in reports.nights_by_day(known, direct=False).items() if 1 <= d <= today}
        if not wanted or not nights or max(nights.values()) >= end - 0.5:
            continue
        outlook = pacer.tonight(sightings(known, until=today), until=today)
        announced = {d - today: plan for d, plan in plans(known, after=today).items()}
        by_draw = outlook.nights(days=max(wanted), plans=announced, trust=PLAN_TRUST)
        weights = {"": outlook.under(own), **{name: outlook.under(prior) for name, prior in second.items()}}
        for horizon in wanted:
            chances = {name: w @ by_draw[horizon - 1] for name, w in weights.items()}
            each = {name: quantile_sample(record.stops.km, chance) for name, chance in chances.items()}
            made = np.random.default_rng(seed_of("naive", given.name, today, horizon))
            rules = naive.positions(nights, start=given.start_km, target=today + horizon, end=end, rng=made)
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


def quantile_sample(km: Floats, chance: Floats) -> Floats:
    """A discrete distribution over ordered points as an equally weighted sample."""
    at = np.searchsorted(np.cumsum(chance / chance.sum()), naive.LEVELS)
    out: Floats = km[np.minimum(at, km.size - 1)]
    return out


def _known_days(record: reports.CaravanReports) -> dict[int, int]:
    out: dict[int, int] = {}
    for night in record.nights:
        if night.direct and not night.planned:
            day = record.day(night.date)
            out[day] = min(out.get(day, 10**6), record.day(night.known_on))
    return out
