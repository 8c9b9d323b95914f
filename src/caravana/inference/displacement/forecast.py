"""A forecast of the people in every camp: a pool of the model and of naive rules, that listens to its own past.

The forecasters, each with as many members as asked for:

``filling``
    camp-shares, sizes bounded by the record (:mod:`caravana.models.displacement.camp_shares.bounds`).
``calm``
    The same with closer bounds and half the noise: crises that have calmed down.
``steady``
    ``calm``, its sum over camps half way to what the sum did over as many days before.
``eased``
    ``filling``, its sum drawn half way in the same manner.
``persistence``
    The last count of each camp, with the spread of its past errors.
``increments``
    What counts did over as many days before, they do again.
``plan``
    Camps go to the size the file has for them, soon, late or never: the later the older the crisis, and as they came
    nearer to it in the last month.

Where a camp shrinks, ``filling``, ``eased`` and ``plan`` say how the fall goes on
(:mod:`caravana.inference.displacement.receding`); where nobody was counted anywhere yet, the models say what the plan
says.

How they are weighed: :mod:`caravana.inference.displacement.listening`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.inference.cut import known_events
from caravana.inference.displacement.closed import (
    closed_camps,
    opening_days,
    passed_on,
    record_of_closed,
    with_closed,
    world_of_closed,
)
from caravana.inference.displacement.increments import (
    INCREMENTS,
    PERSISTENCE,
    CampReports,
    age_at_first,
    plan_forecast,
    plan_hazards,
    quantile_forecast,
)
from caravana.inference.displacement.receding import fall_forecast, falls, gone_back
from caravana.models.base import BLOCK
from caravana.models.displacement.camp_shares.bounds import TIMES_WITHOUT, usual_sizes
from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.parameters import POOLED, draw_pooled
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import as_known, daily_counts, people_by_day, people_counted
from caravana.models.displacement.inputs import CAMP_KINDS
from caravana.scenario.model import Observation
from caravana.scenario.settings import DisplacementSettings
from caravana.streams import stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.inference.displacement.closed import ClosedCamp
    from caravana.models.displacement.camp_shares.world import CampWorld
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FORECASTERS = ("filling", "calm", "steady", "eased", "persistence", "increments", "plan")
#: Forecasters that go by the fall where a camp shrinks.
OF_FALLS = ("filling", "eased", "plan")
#: Who speaks where nobody has counted yet.
NOBODY = "caravana"
#: Bound and pooled values of ``calm``.
CALM_TIMES = 1.6
CALM = {"total_rate": 0.3, "drift": 0.008, "jump": 0.003}
#: Variance that every camp has, persons squared; rounds in which what is missing to a given total is shared out.
LEAST_VARIANCE, ROUNDS = 1e-6, 4


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
    back
        How many are left if who came of late goes back, the last count first, [day ahead from 0, camp]; None where the
        sum is given, which says whether they do.
    sums
        Of all camps, [forecaster, member, day ahead]; None where they are those of `people`.  Where single camps
        shrink, those who leave them are taken to go to the others.
    closed
        Camps of which it is known that nobody is or will be there.
    """

    place_ids: tuple[str, ...]
    origin: int
    people: Floats
    back: Floats | None = None
    sums: Floats | None = None
    closed: tuple[ClosedCamp, ...] = ()

    @property
    def ahead(self) -> int:
        """Days ahead."""
        return int(self.people.shape[2])

    def given(self, total: Floats) -> CampForecast:
        """The same with each day's sum over camps as given, [day ahead].

        What is missing to the sum goes to camps in proportion to how unsure a forecaster is of each (its variance over
        members), as for independent normal forecasts: camps at rest stay where they are.
        """
        return replace(self, people=drawn_to(self.people, total[None, None, : self.ahead]), back=None, sums=None)

    def samples(self, ahead: int, camp: int) -> list[Floats]:
        """Of one camp on one day, a sample a forecaster."""
        return list(self.people[:, :, ahead - 1, camp])


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
    to_forecast = {o.place_id for o in filter(_counts_a_camp, scenario.observations) if o.place_id is not None}
    counted = {o.place_id for o in filter(_counts_a_camp, kept)}
    kept += tuple(_not_counted(scenario, place) for place in sorted(to_forecast - counted))
    settings = {**scenario.settings, "origin_day": scenario.day_of(origin), "forecast_total": True}
    return scenario.model_copy(
        update={"observations": kept, "events": known_events(scenario, origin), "settings": settings}
    )


def with_uncounted(scenario: Scenario) -> Scenario:
    """Return a scenario in which every camp that has not been counted yet is one to forecast, as :func:`cut` has it."""
    counted = {o.place_id for o in filter(_counts_a_camp, scenario.observations)}
    empty = [place.id for place in scenario.places if place.kind in CAMP_KINDS and place.id not in counted]
    added = tuple(_not_counted(scenario, place) for place in sorted(empty))
    return scenario.model_copy(update={"observations": scenario.observations + added})


def _counts_a_camp(one: Observation) -> bool:
    """Whether it says how many are in a camp."""
    return one.kind == "camp_count" and people_counted(one) is not None


def _not_counted(scenario: Scenario, place: str) -> Observation:
    return Observation(
        id=f"{place}-not-counted-yet", date=scenario.start, known_on=scenario.start, place_id=place, kind="camp_count",
        low=0.0, high=0.0, qualifier="exact", speaker_role=NOBODY, speaker_side="observer", inferred=True,
    )  # fmt: skip


def camp_reports(seen: Scenario, place_ids: Sequence[str]) -> list[CampReports]:
    """Dated counts of each camp in a scenario that was cut at an origin."""
    said: dict[str, list[Observation]] = {place: [] for place in place_ids}
    for one in as_known(seen.observations):
        if one.kind == "camp_count" and one.place_id in said and one.speaker_role != NOBODY:
            said[one.place_id].append(one)
    out = []
    for several in said.values():
        # Counts from before the first day stand for it, the last of them.
        rows = {max(day, 0): people for day, people in people_by_day(seen, several).items()}
        out.append(CampReports(np.array(list(rows), float), np.array(list(rows.values()), float)))
    return out


def usual_lag(seen: Scenario) -> int:
    """Days from the date of a count until it is known, the middle of those in a scenario that was cut at an origin.

    No more than have gone by since the last count: where old counts were all taken in at once, they came late, not new
    ones.
    """
    counts = [one for one in seen.observations if _counts_a_camp(one) and one.speaker_role != NOBODY]
    if not counts:
        return 0
    usual = float(np.median([(one.known_on - one.date).days for one in counts]))
    silent = DisplacementSettings.of(seen.settings).origin_day - max(seen.day_of(one.date) for one in counts)
    return int(max(min(usual, silent), 0))


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
    on = scenario.start + dt.timedelta(days=origin)
    seen = cut(scenario, on)
    days = min(scenario.days, origin + ahead + 1)
    world = compile_camps(seen, days=days)
    place_ids = tuple(world.place_ids[camp] for camp in world.camps)
    reports = camp_reports(seen, place_ids)
    closed = closed_camps(world, reports, origin=origin, ahead=days - origin - 1)
    world, record = world_of_closed(world, closed), record_of_closed(reports, closed, origin=origin)
    size = _held_lately(world.bounded(without=TIMES_WITHOUT, limit=np.inf), record).capacity
    calm = _held_lately(world.bounded(without=CALM_TIMES, limit=CALM_TIMES), record)
    world = _held_lately(world, record)
    older = max(float(world.age), age_at_first(record, size))
    filling = _simulated(world, members, days, seed, values or {})
    rng = stream(seed, 0, "dispersal.naive", origin)
    order = np.argsort(rng.random((members, len(record))), axis=0, kind="stable")
    naive = np.empty((2, members, days - origin - 1, len(record)))
    for day in range(1, days - origin):
        for at, rule in enumerate((PERSISTENCE, INCREMENTS)):
            said = quantile_forecast(record, origin=origin, ahead=day, rule=rule, size=members)
            naive[at, :, day - 1] = np.take_along_axis(said, order, axis=0)
    clock: dict[str, Any] = {
        "origin": origin,
        "age": older + origin,
        "lag": usual_lag(seen),
        "ahead": days - origin - 1,
    }
    clock["opened"] = opening_days(closed, camps=len(record))
    plan = _planned(record, size, order, **clock)
    calmer = _simulated(calm, members, days, seed, {**(values or {}), **CALM})
    sums = daily_counts(seen).camps[: origin + 1].sum(axis=1).astype(float)
    models = np.stack([filling, calmer, steadied(calmer, sums), steadied(filling, sums)])
    if not any(one.largest for one in record):
        # Sizes bounded by nought say little more than it; by what the file says, or what is usual, they may be far out.
        roomy = _planned(record, usual_sizes(world.size, world.no_limit), order, **clock)
        models = np.stack([roomy, plan, plan, roomy])
    share = (values or {}).get("transferred", POOLED["transferred"].value)
    more = passed_on(reports, closed, origin=origin, ahead=days - origin - 1, share=share)
    people = np.concatenate([models, naive + more, plan[None] + more])
    # Before falls, for what is said of the sum: that a camp has not opened yet makes nobody stay at home.  And after
    # them, as a camp that is shut is no camp that shrinks.
    left = [one for one in closed if reports[one.camp].largest]
    people = with_closed(people, reports, left, order, origin=origin)
    forecast = _with_falls(CampForecast(place_ids, origin, people, closed=tuple(closed)), record, order)
    return replace(forecast, people=with_closed(forecast.people, reports, closed, order, origin=origin))


def _held_lately(world: CampWorld, record: Sequence[CampReports]) -> CampWorld:
    """The same in which camps that most people left long ago are as large as what they held of late."""
    lately = np.array([one.lately.largest for one in record])
    left = lately < np.array([one.largest for one in record])
    if not left.any():
        return world
    return replace(world, capacity=np.where(left, np.minimum(lately, world.capacity), world.capacity))


def _planned(
    record: Sequence[CampReports], size: Floats, order: Ints, *, origin: int, age: float, lag: int, ahead: int,
    opened: Floats,
) -> Floats:  # fmt: skip
    """That camps go to their sizes, [member, day ahead, camp]."""
    hazard = plan_hazards(record, size, origin=origin, age=age, lag=lag)
    days = [
        plan_forecast(record, size, hazard, origin=origin, ahead=day, quantiles=len(order), opened=opened)
        for day in range(1, ahead + 1)
    ]
    return np.stack([np.take_along_axis(said, order, axis=0) for said in days], axis=1)


def _with_falls(forecast: CampForecast, record: Sequence[CampReports], order: Ints) -> CampForecast:
    """The same where camps shrink, and how many are left if who came of late goes back."""
    people, origin = forecast.people, forecast.origin
    fallen, go_back = falls(record, origin=origin)
    sums = None if go_back else people.sum(axis=-1)
    for camp, (one, fall) in enumerate(zip(record, fallen, strict=True)):
        if fall is not None:
            said = fall_forecast(one, fall, origin=origin, ahead=people.shape[2], size=people.shape[1])
            people[[FORECASTERS.index(name) for name in OF_FALLS], :, :, camp] = said[order[:, camp]]
    back = np.stack([gone_back(one, origin=origin, ahead=people.shape[2]) for one in record], axis=1)
    return replace(forecast, back=np.concatenate([[[one.last for one in record]], back]), sums=sums)


def steadied(people: Floats, sums: Floats) -> Floats:
    """Draw the sum over camps half way to what it did over as many days before, [member, day ahead, camp].

    Member by member in order of their sums, so that who expects much goes on expecting much.

    Parameters
    ----------
    people
        [member, day ahead, camp]
    sums
        Of the counts until the origin, [day].
    """
    members, ahead, _ = people.shape
    record = [CampReports(np.arange(len(sums), dtype=float), sums)]
    said = [
        quantile_forecast(record, origin=len(sums) - 1, ahead=day, rule=INCREMENTS, size=members)[:, 0]
        for day in range(1, ahead + 1)
    ]
    own = people.sum(axis=-1)
    rank = np.argsort(np.argsort(own, axis=0, kind="stable"), axis=0, kind="stable")
    aim = 0.5 * (own + np.take_along_axis(np.stack(said, axis=1), rank, axis=0))
    steady: Floats = drawn_to(people[None], aim[None])[0]
    return steady


def drawn_to(people: Floats, aim: Floats) -> Floats:
    """The same with sums over camps as given, [forecaster, member, day ahead, camp].

    What is missing to a sum goes to camps in proportion to how unsure a forecaster is of each (its variance over
    members), as for independent normal forecasts: camps at rest stay where they are.

    Parameters
    ----------
    aim
        Sums, [forecaster, member, day ahead], or 1 in place of an axis along which they are the same.
    """
    unsure = people.var(axis=1, keepdims=True) + LEAST_VARIANCE
    part = unsure / unsure.sum(axis=-1, keepdims=True)
    for _ in range(ROUNDS):  # nobody is negative, so what is cut off goes round again
        people = np.maximum(people + (aim - people.sum(axis=-1))[..., None] * part, 0.0)
    summed = people.sum(axis=-1, keepdims=True)
    even = np.full(people.shape, 1.0 / people.shape[-1])
    share = np.divide(people, summed, out=even, where=summed > 0)
    return np.asarray(share * aim[..., None])


def _simulated(world: CampWorld, members: int, days: int, seed: int, values: Mapping[str, float]) -> Floats:
    """People in camps on the days after the origin, [member, day, camp]."""
    blocks = []
    for block in range(-(-members // BLOCK)):
        drawn = draw_pooled(BLOCK, stream(seed, block, "dispersal.parameters", 0), values=values)
        draws = {name: column[:, 0] for name, column in drawn.items()}
        simulated = simulate_camps(world, seed=seed, block=block, members=BLOCK, days=days, draws=draws)
        blocks.append(simulated.people[:, world.origin + 1 :, world.camps])
    return np.concatenate(blocks)[:members].astype(float)
