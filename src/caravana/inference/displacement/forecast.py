"""A forecast of the people in every camp: a pool of the model and of naive rules, that listens to its own past.

The forecasters, each with as many members as asked for:

``filling``
    camp-shares, sizes bounded by the record (:mod:`caravana.models.displacement.camp_shares.bounds`).
``calm``
    The same with closer bounds and half the noise: crises that have calmed down.
``persistence``
    The last count of each camp, with the spread of its past errors.
``increments``
    What counts did over as many days before, they do again.
``plan``
    Camps go to the size the file has for them, soon, late or never.

Weights, one set a horizon, are learned on other records (``pool_weights.csv``) and moved by this record's own scores:
forecasts are made again from its past days (:func:`past_origins`), with what was known then, and scored on what has
been counted since.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference.displacement.increments import (
    INCREMENTS,
    PERSISTENCE,
    CampReports,
    plan_forecast,
    quantile_forecast,
)
from caravana.inference.pool import OpenPool, mixture, observe, open_pool, terms_of
from caravana.models.base import BLOCK
from caravana.models.displacement.camp_shares.bounds import TIMES_WITHOUT
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.parameters import draw_pooled
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import as_known, daily_counts
from caravana.models.displacement.inputs import CAMP_KINDS
from caravana.scenario.model import Observation
from caravana.streams import stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.pool import Terms
    from caravana.models.displacement.camp_shares.world import CampWorld
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FORECASTERS = ("filling", "calm", "persistence", "increments", "plan")
#: Who speaks where nobody has counted yet.
NOBODY = "caravana"
#: Horizons that have weights of their own, days; one between them has theirs in proportion.
HORIZONS = (7, 14, 30, 60)
#: Bound and pooled values of ``calm``.
CALM_TIMES = 1.6
CALM = {"total_rate": 0.3, "drift": 0.008, "jump": 0.003}
#: Past origins a forecast listens to: every so many days, at most so many; records younger than two steps more often.
EVERY_DAYS, MOST_ORIGINS = 15, 12
#: A count may be dated a seventh of the horizon before it; counts further apart than a month have no line between them.
EARLY, LINE_DAYS = 7, 31
#: Variance that every camp has, persons squared; rounds in which what is missing to a given total is shared out.
LEAST_VARIANCE, ROUNDS = 1e-6, 4
#: A difference in score of fewer persons says nothing.
LEAST_SCALE = 50.0


@dataclass(frozen=True)
class CampForecast:
    """What every forecaster says of every camp on the days after an origin.

    Attributes
    ----------
    place_ids
        Camps.
    origin
        Day of the scenario.
    people
        By forecaster, [forecaster, member, day ahead from 1, camp].
    """

    place_ids: tuple[str, ...]
    origin: int
    people: Floats

    @property
    def ahead(self) -> int:
        """Days ahead."""
        return int(self.people.shape[2])

    def given(self, total: Floats) -> CampForecast:
        """The same with each day's sum over camps as given, [day ahead].

        What is missing to the sum goes to camps in proportion to how unsure a forecaster is of each (its variance over
        members), as for independent normal forecasts: camps at rest stay where they are.
        """
        aim = total[None, None, : self.ahead]
        unsure = self.people.var(axis=1, keepdims=True) + LEAST_VARIANCE
        part = unsure / unsure.sum(axis=-1, keepdims=True)
        people = self.people
        for _ in range(ROUNDS):  # nobody is negative, so what is cut off goes round again
            people = np.maximum(people + (aim - people.sum(axis=-1))[..., None] * part, 0.0)
        summed = people.sum(axis=-1, keepdims=True)
        even = np.full(people.shape, 1.0 / people.shape[-1])
        share = np.divide(people, summed, out=even, where=summed > 0)
        return replace(self, people=share * aim[..., None])

    def samples(self, ahead: int, camp: int) -> list[Floats]:
        """Of one camp on one day, a sample a forecaster."""
        return list(self.people[:, :, ahead - 1, camp])


@dataclass(frozen=True)
class CampCase:
    """A count held against a forecast.

    Attributes
    ----------
    camp, origin, horizon, day
        Position of the camp; day of the origin, days asked ahead, day scored.
    truth
        Persons, as first counted.
    counted
        Whether it was counted on that very day, not between two counts.
    known
        Day from which the truth is known.
    terms
        Distances that make up the pool's score.
    """

    camp: int
    origin: int
    horizon: int
    day: int
    truth: float
    counted: bool
    known: int
    terms: Terms = field(repr=False)


def cut(scenario: Scenario, origin: dt.date) -> Scenario:
    """Return a scenario without what was counted or published after an origin, and without a day that depends on it.

    A camp that is to be forecast but has not been counted yet is put down as empty on the first day, as Flee's files
    do: the rules read that as a camp of which nothing is known.

    Raises
    ------
    UsageError
        If no count is left.
    """
    kept = tuple(o for o in scenario.observations if o.date <= origin and o.known_on <= origin)
    if not kept:
        raise UsageError(f"nothing had been counted in {scenario.name} by {origin}")
    to_forecast = {o.place_id for o in scenario.observations if o.kind == "camp_count" and o.place_id is not None}
    counted = {o.place_id for o in kept if o.kind == "camp_count"}
    kept += tuple(_not_counted(scenario, place) for place in sorted(to_forecast - counted))
    settings = {**scenario.settings, "origin_day": scenario.day_of(origin), "forecast_total": True}
    return scenario.model_copy(update={"observations": kept, "settings": settings})


def with_uncounted(scenario: Scenario) -> Scenario:
    """Return a scenario in which every camp that has not been counted yet is one to forecast, as :func:`cut` has it."""
    counted = {o.place_id for o in scenario.observations if o.kind == "camp_count"}
    empty = [place.id for place in scenario.places if place.kind in CAMP_KINDS and place.id not in counted]
    added = tuple(_not_counted(scenario, place) for place in sorted(empty))
    return scenario.model_copy(update={"observations": scenario.observations + added})


def _not_counted(scenario: Scenario, place: str) -> Observation:
    return Observation(
        id=f"{place}-not-counted-yet", date=scenario.start, known_on=scenario.start, place_id=place, kind="camp_count",
        low=0.0, high=0.0, qualifier="exact", speaker_role=NOBODY, speaker_side="observer", inferred=True,
    )  # fmt: skip


def camp_reports(seen: Scenario, place_ids: Sequence[str]) -> list[CampReports]:
    """Dated counts of each camp in a scenario that was cut at an origin."""
    rows: dict[str, dict[int, float]] = {place: {} for place in place_ids}
    for one in sorted(as_known(seen.observations), key=lambda o: o.date):
        if one.kind == "camp_count" and one.place_id in rows and one.speaker_role != NOBODY:
            rows[one.place_id][max(seen.day_of(one.date), 0)] = float(one.low or 0.0)
    return [CampReports(np.array(list(of), float), np.array(list(of.values()), float)) for of in rows.values()]


def forecast_camps(
    scenario: Scenario, origin: int, *, ahead: int, members: int, seed: int, values: Mapping[str, float] | None = None
) -> CampForecast:
    """Forecast every camp by every forecaster from what was known on a day.

    Parameters
    ----------
    origin
        Day of the scenario.
    ahead
        Days to forecast; no further than the scenario goes.
    members
        Of each forecaster.
    values
        Of pooled parameters other than the package's (to leave a record out).

    Raises
    ------
    UsageError
        If nothing had been counted by then.
    """
    seen = cut(scenario, scenario.start + dt.timedelta(days=origin))
    days = min(scenario.days, origin + ahead + 1)
    world = compile_camps(seen, days=days)
    place_ids = tuple(world.place_ids[camp] for camp in world.camps)
    calm = world.bounded(without=CALM_TIMES, limit=CALM_TIMES)
    filling = _simulated(world, members, days, seed, values or {})
    record = camp_reports(seen, place_ids)
    size = world.bounded(without=TIMES_WITHOUT, limit=np.inf).capacity
    rng = stream(seed, 0, "dispersal.naive", origin)
    order = np.argsort(rng.random((members, len(record))), axis=0)
    naive = np.empty((3, members, days - origin - 1, len(record)))
    for day in range(1, days - origin):
        for at, rule in enumerate((PERSISTENCE, INCREMENTS)):
            said = quantile_forecast(record, origin=origin, ahead=day, rule=rule, size=members)
            naive[at, :, day - 1] = np.take_along_axis(said, order, axis=0)
        said = plan_forecast(record, size, origin=origin, ahead=day, quantiles=members)
        naive[2, :, day - 1] = np.take_along_axis(said, order, axis=0)
    calmer = _simulated(calm, members, days, seed, {**(values or {}), **CALM})
    return CampForecast(place_ids, origin, np.concatenate([filling[None], calmer[None], naive]))


def _simulated(world: CampWorld, members: int, days: int, seed: int, values: Mapping[str, float]) -> Floats:
    """People in camps on the days after the origin, [member, day, camp]."""
    blocks = []
    for block in range(-(-members // BLOCK)):
        drawn = draw_pooled(BLOCK, stream(seed, block, "dispersal.parameters", 0), values=values)
        draws = {name: column[:, 0] for name, column in drawn.items()}
        simulated = simulate_camps(world, seed=seed, block=block, members=BLOCK, days=days, draws=draws)
        blocks.append(simulated.people[:, world.origin + 1 :, world.camps])
    return np.concatenate(blocks)[:members].astype(float)


def scored_day(dated: Ints, first: int, horizon: int, *, line: int = LINE_DAYS) -> tuple[int, bool] | None:
    """Return the day on which a camp is scored, and whether it was counted on that very day; None where it cannot be.

    Parameters
    ----------
    dated
        Days of the camp's counts, rising; they may lie beyond the scenario.
    first, horizon
        Day of the origin, and days ahead.
    line
        How many days counts may be apart for a day between them to be scored.
    """
    day = first + horizon
    after = int(np.searchsorted(dated, day, side="right"))
    if after and dated[after - 1] >= day - horizon // EARLY and dated[after - 1] > first:
        return int(dated[after - 1]), True
    if 0 < after < len(dated) and dated[after] - dated[after - 1] <= line:
        return day, False
    return None


def counted_days(scenario: Scenario) -> dict[str, Ints]:
    """Days on which each camp was counted, rising; they may lie beyond the scenario."""
    dated: dict[str, set[int]] = {}
    for one in scenario.observations:
        if one.kind == "camp_count" and one.place_id is not None and one.speaker_role != NOBODY:
            dated.setdefault(one.place_id, set()).add(scenario.day_of(one.date))
    return {place: np.array(sorted(days), dtype=np.int64) for place, days in dated.items()}


def camp_cases(
    scenario: Scenario, forecast: CampForecast, horizons: Iterable[int], *, line: int = LINE_DAYS
) -> list[CampCase]:
    """Hold a forecast against what a scenario has been counted at, as first known after the origin."""
    first = forecast.origin
    full = daily_counts(scenario, on=scenario.start + dt.timedelta(days=first))
    dated = counted_days(scenario)
    out = []
    for horizon in horizons:
        if first + horizon >= len(full.camps) or horizon > forecast.ahead:
            continue
        for camp, place in enumerate(forecast.place_ids):
            days = dated.get(place, np.zeros(0, dtype=np.int64))
            scored = scored_day(days, first, horizon, line=line)
            if scored is None or place not in full.place_ids:
                continue
            day, counted = scored
            truth = float(full.camps[day, full.place_ids.index(place)])
            known = day if counted else int(days[np.searchsorted(days, day, side="right")])
            terms = terms_of(forecast.samples(day - first, camp), truth)
            out.append(CampCase(camp, first, horizon, day, truth, counted, known, terms))
    return out


def past_origins(origin: int) -> list[int]:
    """Days before an origin from which forecasts are made again, to hear how they did, rising."""
    if origin >= 2 * EVERY_DAYS:
        return [*range(EVERY_DAYS, origin, EVERY_DAYS)][-MOST_ORIGINS:]
    return [*range(max(1, origin // 4), origin, max(1, origin // 4))]


def learned_weights(*, total: str = "forecast") -> dict[int, Floats]:
    """Weights learned on the records given, by horizon, [forecaster] each; `total` is ``forecast`` or ``given``."""
    text = files("caravana.inference.displacement").joinpath("pool_weights.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        int(row["horizon"]): np.array([float(row[name]) for name in FORECASTERS])
        for row in rows
        if row["total"] == total
    }


def listen(cases: Sequence[CampCase], *, origin: int, weights: Mapping[int, Floats]) -> dict[int, OpenPool]:
    """Move weights by what was known of past forecasts on a day.

    Every case moves the pools of all horizons: forecasts far ahead are heard late, and who does well nearby mostly
    does well further on.

    Parameters
    ----------
    cases
        Of forecasts from past days; those whose truth is not known by `origin` are passed over.
    weights
        Learned elsewhere, by horizon.
    """
    pools = {horizon: open_pool(FORECASTERS, weights[horizon]) for horizon in HORIZONS}
    heard = sorted((c for c in cases if c.known <= origin and c.origin < origin), key=lambda c: (c.known, c.origin))
    usual = {
        horizon: max(
            float(np.median([c.terms.distance.min() for c in heard if c.horizon == horizon] or [0.0])), LEAST_SCALE
        )
        for horizon in {c.horizon for c in heard}
    }
    for case in heard:
        pools = {h: observe(pool, case.terms, scale=usual[case.horizon]) for h, pool in pools.items()}
    return pools


def weights_at(pools: Mapping[int, OpenPool], ahead: int) -> Floats:
    """Weights so many days ahead, on straight lines between the horizons, [forecaster]."""
    horizons = sorted(pools)
    each = np.array([pools[h].weights for h in horizons])
    return np.array([np.interp(ahead, horizons, each[:, f]) for f in range(each.shape[1])])


def pooled_points(
    forecast: CampForecast, pools: Mapping[int, OpenPool], *, ahead: int, camp: int
) -> tuple[Floats, Floats]:
    """The pool's forecast of one camp on one day: points and their weights."""
    return mixture(forecast.samples(ahead, camp), weights_at(pools, ahead))
