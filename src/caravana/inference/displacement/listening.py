"""How forecasters of camps are weighed: learned on other records, moved by what came of this record's own past.

Weights, one set a horizon and phase of the crisis (:func:`phase_of`), are learned on other records
(``pool_weights.csv``) and moved by this record's own scores: forecasts are made again from its past days
(:func:`past_origins`), with what was known then, and scored on what has been counted since.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import numpy as np

from caravana.inference.displacement.forecast import FORECASTERS, NOBODY, cut, usual_lag
from caravana.inference.pool import (
    SMALLEST,
    OpenPool,
    heavier_tails,
    observe_all,
    open_pool,
    part_averaged,
    terms_of,
    together,
)
from caravana.inference.widths import stretched
from caravana.models.displacement.counts import daily_counts, people_counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.displacement.forecast import CampForecast
    from caravana.inference.pool import Terms
    from caravana.inference.widths import Halves
    from caravana.models.displacement.counts import DailyCounts
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Total = Literal["forecast", "given"]
Phase = Literal["growing", "levelling", "still"]

#: Horizons that have weights of their own, days; one between them has theirs in proportion.
HORIZONS = (7, 14, 30, 60)
#: Past origins a forecast listens to: every so many days, at most so many; records younger than two steps more often.
EVERY_DAYS, MOST_ORIGINS = 15, 12
#: A count may be dated a seventh of the horizon before it; counts further apart than a month have no line between them.
EARLY, LINE_DAYS = 7, 31
#: An error with the total given moves weights as if it were so many times smaller: it tells less of the next one.
CAUTION = {"forecast": 1.0, "given": 4.0}
#: Chance that who came of late goes back: so much of a camp's forecast reaches down to that.
GO_BACK = 0.07
#: A difference in score of fewer persons says nothing.
LEAST_SCALE = 50.0
#: Phases of a crisis, each with the least share of all who are counted that must have come in the last LATELY days.
PHASES: tuple[tuple[Phase, float], ...] = (("growing", 0.2), ("levelling", 0.02), ("still", -np.inf))
LATELY = 30


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


def published_days(scenario: Scenario) -> dict[str, dict[int, int]]:
    """Days on which each camp was counted, and from which day on each count was known; they may lie beyond the end."""
    published: dict[str, dict[int, int]] = {}
    for one in scenario.observations:
        if people_counted(one) is None:
            continue
        if one.kind == "camp_count" and one.place_id is not None and one.speaker_role != NOBODY:
            known = scenario.day_of(one.known_on)
            days = published.setdefault(one.place_id, {})
            day = scenario.day_of(one.date)
            days[day] = min(known, days.get(day, known))
    return published


def counted_days(scenario: Scenario) -> dict[str, Ints]:
    """Days on which each camp was counted, rising; they may lie beyond the scenario."""
    return {place: np.array(sorted(days), dtype=np.int64) for place, days in published_days(scenario).items()}


def camp_cases(
    scenario: Scenario, forecast: CampForecast, horizons: Iterable[int], *, line: int = LINE_DAYS
) -> list[CampCase]:
    """Hold a forecast against what a scenario has been counted at, as first known after the origin."""
    first = forecast.origin
    full = daily_counts(scenario, on=scenario.start + dt.timedelta(days=first))
    published = published_days(scenario)
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
            known = published[place][day if counted else int(days[np.searchsorted(days, day, side="right")])]
            terms = terms_of(forecast.samples(day - first, camp), truth)
            out.append(CampCase(camp, first, horizon, day, truth, counted, known, terms))
    return out


def past_origins(origin: int) -> list[int]:
    """Days before an origin from which forecasts are made again, to hear how they did, rising."""
    if origin >= 2 * EVERY_DAYS:
        return [*range(EVERY_DAYS, origin, EVERY_DAYS)][-MOST_ORIGINS:]
    return [*range(max(1, origin // 4), origin, max(1, origin // 4))]


def phase_of(sums: Floats) -> Phase:
    """Phase of a crisis: whether people still come, by how many of all who are counted came in the last month.

    Parameters
    ----------
    sums
        Of the counts until the origin, [day]; the origin is the last.
    """
    now, before = float(sums[-1]), float(sums[max(len(sums) - 1 - LATELY, 0)])
    come = (now - before) / max(now, 1.0)
    return next(phase for phase, least in PHASES if come > least)


def phase_at(counts: DailyCounts, origin: int, *, lag: int) -> Phase:
    """Phase on a day, from the counts known on it: of the month up to the last day of which counts are known by then.

    Counts that are published a month late would else say of every crisis that nobody comes any more.

    Parameters
    ----------
    lag
        Days until a count is known (:func:`~caravana.inference.displacement.forecast.usual_lag`).
    """
    return phase_of(counts.camps[: max(origin - lag, 0) + 1].sum(axis=1).astype(float))


def learned_weights(phase: Phase, *, total: Total = "forecast") -> dict[int, Floats]:
    """Weights learned on the records given in a phase of the crisis, by horizon, [forecaster] each."""
    text = files("caravana.inference.displacement").joinpath("pool_weights.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        int(row["horizon"]): np.array([float(row[name]) for name in FORECASTERS])
        for row in rows
        if row["total"] == total and row["phase"] == phase
    }


def learned_then(scenario: Scenario, origin: int, *, total: Total = "forecast") -> dict[int, Floats]:
    """Weights learned on the records given, of the phase that a scenario showed on a day, by horizon."""
    seen = cut(scenario, scenario.start + dt.timedelta(days=origin))
    return learned_weights(phase_at(daily_counts(seen), origin, lag=usual_lag(seen)), total=total)


def listen(
    cases: Sequence[CampCase], *, origin: int, weights: Mapping[int, Floats], total: Total = "forecast"
) -> dict[int, OpenPool]:
    """Move weights by what was known of past forecasts on a day.

    Every case moves the pools of all horizons: forecasts far ahead are heard late, and who does well nearby mostly
    does well further on.

    Parameters
    ----------
    cases
        Of forecasts from past days; those whose truth is not known by `origin` are passed over.
    weights
        Learned elsewhere, by horizon.
    total
        Whether the sum over camps was forecast or given (:data:`CAUTION`).
    """
    pools = {horizon: open_pool(FORECASTERS, weights[horizon]) for horizon in HORIZONS}
    heard = sorted((c for c in cases if c.known <= origin and c.origin < origin), key=lambda c: (c.known, c.origin))
    usual = {
        horizon: max(
            float(np.median([c.terms.distance.min() for c in heard if c.horizon == horizon] or [0.0])), LEAST_SCALE
        )
        for horizon in {c.horizon for c in heard}
    }
    if not heard:
        return pools
    scales = CAUTION[total] * np.array([usual[case.horizon] for case in heard])
    moved = observe_all(list(pools.values()), together([case.terms for case in heard]), scale=scales)
    return dict(zip(pools, moved, strict=True))


def weights_at(pools: Mapping[int, OpenPool], ahead: int) -> Floats:
    """Weights so many days ahead, on straight lines between the horizons, [forecaster]."""
    horizons = sorted(pools)
    each = np.array([pools[h].weights for h in horizons])
    return np.array([np.interp(ahead, horizons, each[:, f]) for f in range(each.shape[1])])


def plain_points(
    forecast: CampForecast, pools: Mapping[int, OpenPool], *, ahead: int, camp: int
) -> tuple[Floats, Floats]:
    """The pool's forecast of one camp on one day before a record's own misses: rising points and their weights."""
    return heavier_tails(*part_averaged(forecast.samples(ahead, camp), weights_at(pools, ahead)))


def pooled_points(
    forecast: CampForecast, pools: Mapping[int, OpenPool], *, ahead: int, camp: int, halves: Halves | None = None
) -> tuple[Floats, Floats]:
    """The pool's forecast of one camp on one day: rising points and their weights, its tails made heavier.

    The lowest points go down to where the camp was if who came of late goes back (:data:`GO_BACK`).

    Parameters
    ----------
    halves
        How wide bands should be by the record's own misses; as they are by default.
    """
    points, share = plain_points(forecast, pools, ahead=ahead, camp=camp)
    if halves is not None:
        points = np.maximum(stretched(points, share, halves), 0.0)
    if forecast.back is None:
        return points, share
    lowest = int(np.searchsorted(np.cumsum(share), GO_BACK + SMALLEST, side="right"))
    last, back = forecast.back[0, camp], forecast.back[ahead, camp]
    low = points.copy()
    low[:lowest] = np.minimum(low[:lowest], back + (last - back) * (np.arange(lowest) + 0.5) / max(lowest, 1))
    return low, share
