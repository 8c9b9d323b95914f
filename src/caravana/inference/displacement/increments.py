"""Naive forecasts of a camp's count with the spread of their own past: how far counts moved over as many days before.

Changes are measured in shares of each camp's largest count so far.  Arrivals are counted, not grown: a camp that took
2,000 people a week takes some 2,000 a week, and a change that took all of a record fades by itself as a share of it.
A camp's own changes count most, those of the other camps of the record somewhat, and a few generic ones stand for
what a short record has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

#: Weight of a change in another camp, over one in the camp itself.
OF_OTHERS = 0.1
#: Weight of a rise from a nought to the first count: mostly a registration of those who were there already.
OF_FIRST = 0.2
#: Generic changes: their weight, and their scale as a share of the largest count per day to the power SPREADS.
GENERIC, GENERIC_SCALE, SPREADS = 0.5, 0.01, 0.6
_CHANCES = (np.arange(21) + 0.5) / 21
# Quantiles of the Laplace distribution; scipy.stats has them too, and takes longer to import than all else here.
GENERIC_DRAWS = np.where(_CHANCES > 0.5, -np.log(2 * (1 - _CHANCES)), np.log(2 * _CHANCES))
#: A camp never counted moves by this share of what the middle camp of the record had at most.
OF_MIDDLE, FEWEST = 0.3, 100.0
#: Windows of changes overlap: this many to a window.
OVERLAP = 6.0
#: A camp that in all counts of so many days, and in so many counts, held less than this share of the most it ever held
#: has become another: what went before tells nothing of its size.
SETTLED_DAYS, SETTLED_COUNTS, SETTLED = 60.0, 3, 0.5
#: Half of what is missing to a planned size comes in so many days at the start of a crisis, and in so many more for
#: each day of its age: a plan is for the first rush.
PLAN_DAYS, PLAN_SLOWS = 20.0, 1.5
#: Weight of how a camp came nearer to its size of late, and of how the others did, over that of the usual.
OF_OWN_PLAN, OF_OTHER_PLANS = 1.0, 0.3
#: Days that this is read from; LATELY_LEAST or fewer tell nothing, nor does a gap below a share of the size or FEWEST.
LATELY, LATELY_LEAST, GAP = 30, 5, 0.05
#: At most so much of the gap is left out of account: nobody comes nearer to a size for ever.
LEFT = 0.02
#: Shape of the chances between; least and most that has come.
PLAN_SHAPE, LEAST, MOST = 0.6, 0.02, 0.95


@dataclass(frozen=True, slots=True)
class Rule:
    """A naive rule: how much of the middle change it keeps, and how its past weighs.

    Attributes
    ----------
    kept
        1: the past goes on; 0: the last count stays, with the spread of past changes.
    half_life
        Days after which a change weighs half.
    stretch
        Power by which a change over a shorter window is stretched to a longer one.
    generic
        Weight of the generic changes.
    """

    kept: float
    half_life: float
    stretch: float
    generic: float


#: The last count stays, with the spread of its past errors.
PERSISTENCE = Rule(kept=0.0, half_life=60.0, stretch=0.7, generic=0.3)
#: What counts did over as many days in the past, they do again.
INCREMENTS = Rule(kept=1.0, half_life=30.0, stretch=0.5, generic=0.5)


@dataclass(frozen=True, slots=True)
class CampReports:
    """The dated counts of one camp, known by an origin; dates before the first day are put on it.

    Attributes
    ----------
    days
        Rising, [report].
    persons
        [report].
    """

    days: Floats
    persons: Floats

    @property
    def last(self) -> float:
        """The last count; 0 where there is none."""
        return float(self.persons[-1]) if self.persons.size else 0.0

    @property
    def last_day(self) -> float:
        """Its day; 0 where there is none."""
        return float(self.days[-1]) if self.days.size else 0.0

    @property
    def largest(self) -> float:
        """The largest count."""
        return float(self.persons.max(initial=0.0))

    @property
    def lately(self) -> CampReports:
        """The last counts of a camp that most people left long ago (:data:`SETTLED`); all of any other."""
        days, persons = self.days, self.persons
        if not persons.size:
            return self
        begin = min(int(np.searchsorted(days, days[-1] - SETTLED_DAYS)), max(persons.size - SETTLED_COUNTS, 0))
        settled = 0.0 < persons[begin:].max() < SETTLED * self.largest
        return CampReports(days[begin:], persons[begin:]) if settled else self


def past_changes(reports: CampReports, lead: float, rule: Rule) -> tuple[Floats, Floats]:
    """Changes over `lead` days in a camp's record, as shares of its largest count, and their weights, [change] each."""
    days, persons = reports.days, reports.persons
    nothing = np.zeros(0), np.zeros(0)
    if len(days) < 2 or reports.largest <= 0 or days[-1] <= days[0]:
        return nothing
    window = min(lead, (days[-1] - days[0]) / 2 + 0.5)
    step = max(1.0, window / OVERLAP)
    ends = np.arange(days[-1], days[0] + window - 1e-9, -step)
    begins = ends - window
    after, before = np.interp(ends, days, persons), np.interp(begins, days, persons)
    weight = 0.5 ** ((days[-1] - ends) / rule.half_life) * step / window
    if persons[0] == 0:
        first = int(np.flatnonzero(persons > 0)[0])
        at_first = begins < days[first]
        before = np.where(at_first, np.minimum(persons[first], after), before)
        weight = weight * np.where(at_first, OF_FIRST, 1.0) * (ends > days[first])
    return (after - before) / reports.largest * (lead / window) ** rule.stretch, weight


def quantile_forecast(record: Sequence[CampReports], *, origin: int, ahead: int, rule: Rule, size: int) -> Floats:
    """Forecast every camp, as equally likely quantiles in rising order, [quantile, camp].

    Parameters
    ----------
    record
        Of each camp, known by the origin.
    origin, ahead
        Day of the origin, and days after it.
    size
        How many quantiles.
    """
    record = [one.lately for one in record]
    largest = np.array([one.largest for one in record])
    middle = float(np.median(largest[largest > 0])) if (largest > 0).any() else FEWEST
    levels = (np.arange(size) + 0.5) / size
    out = np.empty((size, len(record)))
    changes: dict[float, list[tuple[Floats, Floats]]] = {}
    for camp, one in enumerate(record):
        lead = origin + ahead - one.last_day
        if lead not in changes:
            changes[lead] = [past_changes(each, lead, rule) for each in record]
        share = np.where(np.arange(len(record)) == camp, 1.0, OF_OTHERS)
        values = np.concatenate([c for c, _ in changes[lead]] + [GENERIC_DRAWS * GENERIC_SCALE * lead**SPREADS])
        weight = np.concatenate(
            [w * s for (_, w), s in zip(changes[lead], share, strict=True)]
            + [np.full(GENERIC_DRAWS.size, rule.generic / GENERIC_DRAWS.size)]
        )
        spread = weighted_quantiles(values, weight, levels)
        spread -= (1.0 - rule.kept) * weighted_median(values, weight)
        unit = largest[camp] if largest[camp] > 0 else OF_MIDDLE * middle
        out[:, camp] = np.maximum(one.last + spread * unit, 0.0)
    return out


def age_at_first(record: Sequence[CampReports], size: Floats) -> float:
    """How old a crisis was on the first day of a record, by those who were in camps on it, days.

    As old as it takes to fill so much of all sizes at the usual pace.  The fewer they are of those who are there now,
    the less: most have come since, and the crisis is as young as the record.

    Parameters
    ----------
    size
        That each is planned to hold, [camp].
    """
    there = sum(float(one.persons[0]) for one in record if one.persons.size and one.days[0] <= 0)
    now = sum(one.last for one in record)
    share = min(there / max(float(size.sum()), 1.0), MOST)
    age = PLAN_DAYS / PLAN_SLOWS * ((1.0 - share) ** (-PLAN_SLOWS / np.log(2.0)) - 1.0)
    return float(age * min(there / max(now, 1.0), 1.0))


def plan_hazards(record: Sequence[CampReports], size: Floats, *, origin: int, age: float, lag: int = 0) -> Floats:
    """Hazard at which the rest of each camp's planned size is filled, 1/day, [camp].

    The usual one, which slows with the age of the crisis, averaged with what the last month showed: how much of what
    was missing to the size then has come since.

    Parameters
    ----------
    size
        That each is planned to hold, [camp].
    origin
        Day of the origin.
    age
        Days since the crisis began, on that day.
    lag
        Days until a count is known.
    """
    usual = np.log(2.0) / (PLAN_DAYS + PLAN_SLOWS * max(age, 0.0))
    shown = np.full(len(record), np.nan)
    # Where counts are published late, nobody knows what came since; silence beyond that says that nobody came.
    until = max(origin - lag, 0)
    back = min(LATELY, until)
    for camp, one in enumerate(record):
        before = float(np.interp(until - back, one.days, one.persons)) if one.persons.size else 0.0
        gap = size[camp] - before
        if back > LATELY_LEAST and gap > max(GAP * size[camp], FEWEST):
            shown[camp] = max(-np.log(max((size[camp] - one.last) / gap, LEFT)), 0.0) / back
    showing = ~np.isnan(shown)
    own = np.where(showing, shown, 0.0)
    others = showing.sum() - showing
    mean = np.divide(own.sum() - own, others, out=np.zeros(len(record)), where=others > 0)
    weight = 1.0 + OF_OWN_PLAN * showing + OF_OTHER_PLANS * (others > 0)
    return np.asarray((usual + OF_OWN_PLAN * own + OF_OTHER_PLANS * mean) / weight)


def plan_forecast(
    record: Sequence[CampReports], size: Floats, hazard: Floats, *, origin: int, ahead: int, quantiles: int,
    opened: Floats | None = None,
) -> Floats:  # fmt: skip
    """Forecast that camps go from their last count to a size, soon or late or never, [quantile, camp].

    Parameters
    ----------
    size
        That each is planned to hold, [camp].
    hazard
        From :func:`plan_hazards`, [camp].
    opened
        Day on which each opens, [camp]: before it nobody comes.
    """
    from scipy.stats import beta

    levels = (np.arange(quantiles)[:, None] + 0.5) / quantiles
    last, last_day = np.array([one.last for one in record]), np.array([one.last_day for one in record])
    seen = np.array([one.largest > 0 for one in record])
    # Had one in which nobody was ever counted been filling for longer, somebody would have counted it.
    since = np.where(seen, last_day, np.maximum(last_day, origin - LATELY))
    since = since if opened is None else np.maximum(since, opened)
    gone = np.clip(-np.expm1(-hazard * (origin + ahead - since)), LEAST, MOST)
    odds = gone / (1.0 - gone)
    soon = gone > 0.5
    come = beta.ppf(
        levels, np.where(soon, PLAN_SHAPE * odds, PLAN_SHAPE), np.where(soon, PLAN_SHAPE, PLAN_SHAPE / odds)
    )
    return np.asarray(last + np.maximum(size - last, 0.0) * come)


def weighted_quantiles(values: Floats, weight: Floats, levels: Floats) -> Floats:
    """Quantiles of weighted points, on straight lines between them."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order]) - 0.5 * weight[order]
    return np.asarray(np.interp(levels, share / weight.sum(), values[order]))


def weighted_median(values: Floats, weight: Floats) -> float:
    """The point at which half of the weight is reached: no change, where most are none."""
    order = np.argsort(values, kind="stable")
    at = int(np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2))
    return float(values[order][min(at, values.size - 1)])
