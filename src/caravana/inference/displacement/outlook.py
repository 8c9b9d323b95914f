"""An outlook on camps: the forecast as it is given out, pooled, from what was known on a day.

Nothing later than the day is looked at: the scenario is cut there (:func:`.cut`)
before forecasts are made again from its past days and held against what had come by then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caravana.errors import UsageError
from caravana.inference.displacement.forecast import (
    FORECASTERS,
    CampForecast,
    camp_reports,
    cut,
    forecast_camps,
)
from caravana.inference.displacement.increments import INCREMENTS, PERSISTENCE, CampReports, quantile_forecast
from caravana.inference.displacement.listening import (
    HORIZONS,
    CampCase,
    learned_then,
    listen,
    plain_points,
    pooled_points,
    weights_at,
)
from caravana.inference.displacement.memory import Memory
from caravana.inference.displacement.own_misses import OwnMisses
from caravana.inference.pool import BETWEEN, heavier_tails, part_averaged, pooled_crps, terms_of
from caravana.inference.scoring.baselines import naive
from caravana.inference.scoring.useful_lead import useful_lead
from caravana.models.displacement.camp_shares.capacity import Capacity, capacities_of
from caravana.models.displacement.counts import daily_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.past import PastForecasts
    from caravana.inference.pool import OpenPool
    from caravana.inference.widths import Halves
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Points = tuple[Floats, Floats]

AHEAD, MEMBERS = 60, 64
#: Share of the forecast of the sum in which all camps lie at the same quantile of their own forecasts.
ALL_ALIKE = 0.25
#: A sum over camps of which so much or less was counted is not scored.
LEAST_COUNTED = 0.5
#: Names of what a forecast is of, besides single camps.
CAMPS, TOTAL = "camps", "total"
#: So many forecasts must have come true, or not, before a horizon says how useful they are.
ENOUGH = 4


@dataclass(frozen=True)
class CampOutlook:
    """People in camps on the days after an origin.

    Attributes
    ----------
    scenario
        As it was known on the day, its end so far out as the forecast goes.
    origin
        The day.
    camps
        By every forecaster.
    sums
        Of all camps, by every forecaster, [forecaster, member, day ahead from 1].
    pools
        Weights of camps and of their sum, by horizon.
    capacity
        What the capacity of each camp was taken for.
    useful_lead
        Days ahead up to which past forecasts of this record beat the best naive rule: of all camps, of their sum, of
        each camp (by its id).  None where too few have come true.
    heard
        How many past forecasts have.
    reports
        Dated counts of each camp.
    halves
        How wide bands of camps are, by the record's own misses, over as wide as they were.
    """

    scenario: Scenario
    origin: dt.date
    camps: CampForecast
    sums: Floats
    pools: Mapping[str, Mapping[int, OpenPool]]
    capacity: Mapping[str, Capacity]
    useful_lead: Mapping[str, int | None]
    heard: int
    reports: Sequence[CampReports]
    halves: Halves

    @property
    def ahead(self) -> int:
        """Days ahead."""
        return self.camps.ahead

    def camp(self, camp: int, ahead: int) -> Points:
        """Points and weights of one camp's people so many days ahead; `camp` is a position among the camps."""
        return pooled_points(self.camps, self.pools[CAMPS], ahead=ahead, camp=camp, halves=self.halves)

    def total(self, ahead: int) -> Points:
        """Points and weights of the people in all camps together so many days ahead."""
        # Misses of camps, and camps that people leave for others, cancel out in part: they say little of the sum.
        camps = [
            plain_points(self.camps, self.pools[CAMPS], ahead=ahead, camp=camp)
            for camp in range(len(self.camps.place_ids))
        ]
        return pooled_sum(self.sums[:, :, ahead - 1], self.pools[TOTAL], ahead, camps)


def look_ahead(
    scenario: Scenario, on: dt.date, *, ahead: int = AHEAD, members: int = MEMBERS, seed: int = 1,
    values: Mapping[str, float] | None = None, past: PastForecasts | None = None,
) -> CampOutlook:  # fmt: skip
    """Forecast the people in every camp that was ever counted, and in all together, from what was known on a day.

    Parameters
    ----------
    scenario
        Of a displacement.
    on
        The day; the forecast may go beyond the scenario's end, things staying as they are on its last day.
    ahead
        Days ahead.
    members, seed
        Of each forecaster.
    values
        Pooled values in place of the package's, such as those that were chosen without this record.
    past
        Forecasts from past days that earlier evenings of a replay have left.

    Raises
    ------
    UsageError
        If the day is not after the scenario's first, or no camp had been counted by then.
    """
    origin = scenario.day_of(on)
    if origin < 1:
        raise UsageError(f"{on} is not after the first day of {scenario.name}, {scenario.start}")
    if ahead < 1:
        raise UsageError(f"a horizon of {ahead} days is no forecast; 1 or more were expected")
    seen = cut(scenario.model_copy(update={"end": on + dt.timedelta(days=ahead)}), on)
    if not any(report.persons.size for report in camp_reports(seen, daily_counts(seen).place_ids)):
        raise UsageError(f"no camp of {scenario.name} had been counted by {on}")
    forecast = forecast_camps(seen, origin, ahead=ahead, members=members, seed=seed, values=values)
    # To the record's own end, as a backtest: which past forecasts are heard does not depend on how far this one goes.
    known = cut(scenario.model_copy(update={"end": max(scenario.end, on)}), on)
    memory = Memory(known, ahead=max(HORIZONS), members=members, seed=seed, values=values, past=past)
    heard = memory.heard(origin)
    cases = [case for each in heard.values() for case in each]
    sums = [case for day, each in heard.items() for case in _sum_cases(known, memory, day, each, on=origin)]
    misses = OwnMisses(memory.forecast, lambda day: learned_then(known, day))
    weights = learned_then(known, origin)
    return CampOutlook(
        scenario=seen, origin=on, camps=forecast, sums=sums_of(seen, forecast),
        pools={what: listen(each, origin=origin, weights=weights) for what, each in ((CAMPS, cases), (TOTAL, sums))},
        capacity=capacities_of(seen), heard=len(cases), reports=camp_reports(seen, forecast.place_ids),
        useful_lead=_leads(seen, forecast.place_ids, cases, sums), halves=misses.halves(cases, origin=origin),
    )  # fmt: skip


def sums_of(scenario: Scenario, forecast: CampForecast) -> Floats:
    """What every forecaster says of the sum over camps, [forecaster, member, day ahead].

    The naive rules go by the record of the sum itself: camp by camp they know nothing of what camps have in common.
    """
    origin, members = forecast.origin, forecast.people.shape[1]
    known = daily_counts(cut(scenario, scenario.start + dt.timedelta(days=origin))).camps[: origin + 1].sum(axis=1)
    record = [CampReports(np.arange(origin + 1, dtype=float), known.astype(float))]
    sums: Floats = forecast.people.sum(axis=-1) if forecast.sums is None else forecast.sums.copy()
    for name, rule in (("persistence", PERSISTENCE), ("increments", INCREMENTS)):
        for day in range(1, forecast.ahead + 1):
            said = quantile_forecast(record, origin=origin, ahead=day, rule=rule, size=members)
            sums[FORECASTERS.index(name), :, day - 1] = said[:, 0]
    return sums


def pooled_sum(samples: Floats, pools: Mapping[int, OpenPool], ahead: int, camps: Sequence[Points]) -> Points:
    """The pool's forecast of the sum over camps on one day: points and their weights.

    What the forecasters say of the sum is too sure where all camps do better or worse together, which a forecaster's
    members hardly know: a quarter (:data:`ALL_ALIKE`) goes to the camps' own forecasts, all at the same quantile.

    Parameters
    ----------
    samples
        Of the sum, [forecaster, member].
    camps
        The pooled forecast of each camp.
    """
    points, weights = heavier_tails(*part_averaged(list(samples), weights_at(pools, ahead)))
    alike = np.sum([np.interp(BETWEEN, np.cumsum(share) - 0.5 * share, each) for each, share in camps], axis=0)
    every = np.concatenate([points, alike])
    return every, np.concatenate([(1.0 - ALL_ALIKE) * weights, np.full(BETWEEN.size, ALL_ALIKE / BETWEEN.size)])


def sum_cases(scenario: Scenario, forecast: CampForecast, scored: Sequence[CampCase]) -> list[CampCase]:
    """Hold the sum over camps against what was counted, at the horizons at which most of it was.

    Camps that are not scored enter with the line between their counts, months apart; where they hold half of the sum
    and more it is nobody's count and no case.
    """
    first = forecast.origin
    full = daily_counts(scenario, on=scenario.start + dt.timedelta(days=first))
    at = [full.place_ids.index(place) for place in forecast.place_ids if place in full.place_ids]
    sums = sums_of(scenario, forecast)
    out = []
    for horizon in dict.fromkeys(case.horizon for case in scored):
        day, mine = first + horizon, [case for case in scored if case.horizon == horizon]
        truth = float(full.camps[day, at].sum())
        if sum(case.truth for case in mine) <= LEAST_COUNTED * truth:
            continue
        known = max(case.known for case in mine)
        terms = terms_of(list(sums[:, :, horizon - 1]), truth)
        out.append(CampCase(-1, first, horizon, day, truth, counted=False, known=max(known, day), terms=terms))
    return out


def _sum_cases(scenario: Scenario, memory: Memory, day: int, heard: Sequence[CampCase], *, on: int) -> list[CampCase]:
    """How the sum over camps did, from one past day, on days that have come."""
    scored = [case for case in heard if day + case.horizon <= on]
    return sum_cases(scenario, memory.forecast(day), scored) if scored else []


def _leads(
    seen: Scenario, place_ids: Sequence[str], cases: Sequence[CampCase], sums: Sequence[CampCase]
) -> dict[str, int | None]:
    """How far ahead past forecasts were of use, as they were weighed then."""
    rows = [(CAMPS, *row) for row in _scored(seen, place_ids, cases)]
    rows += [(place_ids[case.camp], *row) for case, row in zip(cases, _scored(seen, place_ids, cases), strict=True)]
    rows += [(TOTAL, *row) for row in _scored(seen, place_ids, sums)]
    leads: dict[str, int | None] = dict.fromkeys((CAMPS, TOTAL, *place_ids))
    if not rows:
        return leads
    table = pd.DataFrame([row[:3] for row in rows], columns=["quantity", "horizon", "score"])
    rules = pd.DataFrame([row[3] for row in rows])
    by = [table["quantity"], table["horizon"]]
    # The rule that did best at a horizon, by its own mean there.
    table["naive"] = rules.groupby(by).transform("mean").min(axis=1)
    table = table[table.groupby(["quantity", "horizon"])["score"].transform("size") >= ENOUGH]
    return {**leads, **(useful_lead(table) if len(table) else {})}


def _scored(
    seen: Scenario, place_ids: Sequence[str], cases: Sequence[CampCase]
) -> list[tuple[int, float, dict[str, float]]]:
    """Horizon, score of the pool as weighed then, and errors of the naive rules, of each case."""
    pools, known = {}, {}
    for origin in dict.fromkeys(case.origin for case in cases):
        then = cut(seen, seen.start + dt.timedelta(days=origin))
        counts = daily_counts(then)
        pools[origin] = listen(cases, origin=origin, weights=learned_then(seen, origin))
        at = [counts.place_ids.index(place) for place in place_ids]
        known[origin] = counts.camps[: origin + 1, at].astype(float)
    out = []
    for case in cases:
        ahead, so_far = case.day - case.origin, known[case.origin]
        score = float(pooled_crps(case.terms, weights_at(pools[case.origin], ahead))[0])
        if case.camp < 0:
            so_far = so_far.sum(axis=1, keepdims=True)
        rules = naive(so_far, ahead=ahead)
        column = max(case.camp, 0)
        out.append((case.horizon, score, {name: abs(float(said[column]) - case.truth) for name, said in rules.items()}))
    return out
