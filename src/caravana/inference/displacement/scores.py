"""Scores of displacement by the names and formulas of Flee's papers, with the baselines beside them.

Every function takes arrays: simulated people [member, day, camp], counts [day, camp].

References: Suleimenova, Bell and Groen, "A generalized simulation development approach for
predicting refugee destinations" (2017), for the averaged relative difference and MASE; Flee's
own validation scripts for the rescaled form and for how camps are weighed in MASE.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.displacement.areas import score_areas
from caravana.inference.displacement.tested import LEVEL, DatedCounts, dated_counts, in_band
from caravana.inference.scoring.baselines import HOLDING, OF_SHARES, camp_baselines, held_from
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import daily_counts
from caravana.models.registry import camps_are_counted
from caravana.results.acting import origin_of
from caravana.results.places import people_at
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

#: A camp is within a factor of its count if simulated / counted lies between 1 / FACTOR and FACTOR.
FACTOR = 2.0
#: What a run is scored by.
SCORES = (
    "err", "resc", "mase7", "mase30", "within_factor_2", "coverage_90", "counts_scored", "coverage_90_days", "middle",
)  # fmt: skip


def daily_error(people: Floats, counts: Floats) -> Floats:
    """Relative difference of each day: sum over camps of |simulated - counted| / people counted, [..., day]."""
    return np.asarray(np.abs(people - counts).sum(axis=-1) / np.maximum(counts.sum(axis=-1), 1.0))


def rescaled(people: Floats, counts: Floats) -> Floats:
    """People scaled so that each day's sum over camps is that of the counts; 0 where nobody is in a camp."""
    simulated = people.sum(axis=-1, keepdims=True)
    scale = np.divide(counts.sum(axis=-1)[..., None], simulated, out=np.zeros(simulated.shape), where=simulated > 0)
    return np.asarray(people * scale)


def err(people: Floats, counts: Floats) -> Floats:
    """Averaged relative difference: the mean over days of :func:`daily_error`, [...]."""
    return np.asarray(daily_error(people, counts).mean(axis=-1))


def resc(people: Floats, counts: Floats) -> Floats:
    """Averaged relative difference after rescaling to the counted total, [...]."""
    return err(rescaled(people, counts), counts)


def mase(people: Floats, counts: Floats, *, start: int) -> Floats:
    """Mean absolute scaled error against the counts of day `start` held flat, [...].

    Camp by camp the mean error of the rescaled simulation over that of the flat line, both from
    day `start` on; camps are weighed by their counted person-days.  Camps whose counts never
    leave the flat line are left out (Flee divides by 0 there).  NaN where no camp is left.
    """
    if counts.shape[0] <= start:
        return np.full(people.shape[:-2], np.nan)
    flat = np.abs(counts[start:] - counts[start]).mean(axis=0)
    model = np.abs(rescaled(people, counts)[..., start:, :] - counts[start:]).mean(axis=-2)
    weight = counts.sum(axis=0) * (flat > 0)
    if weight.sum() <= 0:
        return np.full(people.shape[:-2], np.nan)
    return np.asarray((model / np.where(flat > 0, flat, 1.0)) @ weight / weight.sum())


def within_factor(people: Floats, counts: Floats, *, factor: float = FACTOR) -> Floats:
    """Share of camp-days with people counted whose simulated number is within a factor, [...].

    NaN where nobody is counted on any day: nought has no factor, and a share of no days is no number.
    """
    counted = counts > 0
    if not counted.any():
        return np.full(people.shape[:-2], np.nan)
    inside = (people >= counts / factor) & (people <= counts * factor) & counted
    return np.asarray(inside.sum(axis=(-2, -1)) / int(counted.sum()))


def coverage(people: Floats, counts: Floats, *, level: float = LEVEL) -> float:
    """Share of camp-days whose count, or the line between two counts, lies in the central band of members."""
    return float(in_band(people, counts, counts, level=level).mean())


def summarise(values: Floats, *, level: float = LEVEL) -> dict[str, float | None]:
    """Mean and central interval over members; None where there is no number."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"mean": None, "low": None, "high": None}
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return {"mean": float(known.mean()), "low": float(low), "high": float(high)}


def score_arrays(people: Floats, counts: Floats) -> dict[str, Any]:
    """All scores of a simulation against counts of every day, each with mean and 90% interval over members."""
    return {
        "err": summarise(err(people, counts)),
        "resc": summarise(resc(people, counts)),
        "mase7": summarise(mase(people, counts, start=7)),
        "mase30": summarise(mase(people, counts, start=30)),
        "within_factor_2": summarise(within_factor(people, counts)),
        "coverage_90_days": coverage(people, counts),
    }


def camp_nearness(scenario: Scenario, place_ids: tuple[str, ...], days: int) -> Floats:
    """Nearness of each camp to where people come from, by day, [day, camp]."""
    if not camps_are_counted(scenario):
        return np.ones((days, len(place_ids)))
    # Nearness is of roads, not of counts: the origin has no part in it, and may lie after these days.
    return compile_camps(scenario, settings={"hasten": 1, "origin_day": 0}, days=days).near


@dataclass(frozen=True)
class Sheet:
    """A run beside the counts and the baselines, with the day from which it is scored.

    Attributes
    ----------
    people
        Of the run, [member, day, camp].
    counts
        [day, camp].
    rules
        The baselines by name, [day, camp].
    first
        First day scored: that after the origin of a forecast, whose counts until then were
        given; 0 for a whole run.
    held
        Day whose counts or shares are held by the baselines of :data:`~caravana.inference.scoring.baselines.HOLDING`.
    dated
        The counts that put the run to the test, on the days they are dated.
    """

    people: Floats
    counts: Floats
    rules: Mapping[str, Floats]
    first: int
    held: int
    dated: DatedCounts

    @property
    def days(self) -> int:
        """Days in all, scored or not."""
        return len(self.counts)

    def since(self, rule: str) -> int:
        """First day on which a baseline is scored: none is held against days before the one that it holds."""
        return max(self.first, self.held) if rule in HOLDING else self.first


def known_on(scenario: Scenario, place_ids: tuple[str, ...], counts: Floats, *, day: int) -> Floats:
    """Counts of a day as they could be known on it, [camp]: of each camp the last that is dated no later.

    Neither the line to a later count is known yet, nor a count that came out later; before its first count a camp has
    nobody.  Where no camp has been counted by then, the line is taken: there is nothing else to hold.
    """
    today = scenario.start + dt.timedelta(days=day)
    heard = [o for o in scenario.observations if o.date <= today and o.known_on <= today]
    empty = DisplacementSettings.of(scenario.settings).empty_camps_on_day0
    last = daily_counts(scenario.model_copy(update={"observations": tuple(heard)}), start_empty=empty)
    by_place = dict(zip(last.place_ids, last.camps[day], strict=True))
    known = np.array([float(by_place.get(place_id, 0.0)) for place_id in place_ids])
    return known if known.any() else counts[day]


def read_sheet(run: Run, *, days: int) -> Sheet | None:
    """Read the first days of a run for scoring; None where no camp is counted or there is no day."""
    scenario = run.scenario
    origin = origin_of(scenario)
    on = scenario.start + dt.timedelta(days=origin) if origin else None
    empty = DisplacementSettings.of(scenario.settings).empty_camps_on_day0
    daily = daily_counts(scenario, start_empty=empty, on=on)
    if not daily.place_ids or days < 1:
        return None
    counts = np.asarray(daily.camps[:days], dtype=np.float64)
    capacity = {place.id: float(place.capacity or 0) for place in scenario.places}
    held = held_from(origin)
    return Sheet(
        people=people_at(run, daily.place_ids, days), counts=counts, held=held, first=origin + 1 if origin else 0,
        dated=dated_counts(scenario, daily.place_ids, days=days),
        rules=camp_baselines(
            counts, capacity=np.array([capacity[place_id] for place_id in daily.place_ids]),
            near=camp_nearness(scenario, daily.place_ids, days), held=held,
            known=known_on(scenario, daily.place_ids, counts, day=min(held, days - 1)),
        ),
    )  # fmt: skip


def middle_scores(people: Floats, counts: Floats) -> dict[str, float]:
    """``err`` and ``resc`` of the middle of all members, camp by camp and day by day."""
    middle = np.median(people, axis=0)
    return {"err": float(err(middle, counts)), "resc": float(resc(middle, counts))}


def score_sheet(sheet: Sheet) -> dict[str, Any]:
    """The scores of a run and of the baselines over the days scored; None and empty where there is none."""
    if sheet.first >= sheet.days:
        return dict.fromkeys(SCORES) | {"baselines": {}}
    people, counts = sheet.people[:, sheet.first :], sheet.counts[sheet.first :]
    scores = {
        **score_arrays(people, counts), "coverage_90": sheet.dated.held(sheet.people),
        "counts_scored": len(sheet.dated.day), "middle": middle_scores(people, counts),
    }  # fmt: skip
    if sheet.first:
        # What is scored begins after the origin, so it has no day 7 or 30 of its own to hold.
        scores |= {name: summarise(np.empty(0)) for name in ("mase7", "mase30")}
    return {**scores, "baselines": {name: score_baseline(sheet, name) for name in sheet.rules}}


def score_baseline(sheet: Sheet, rule: str) -> dict[str, Any]:
    """``err`` of a baseline over the ``days`` on which it is scored, ``first_day`` to the last.

    Where it is scored later than the run, ``run`` has the run's own ``err``, ``resc`` and
    ``middle`` over the same days, to be held against it, and ``whole`` is the baseline's error
    over all the days of the run (beside the run's own ``resc``).  Counts held, unlike shares, have
    errors without measure on near-empty first days: they have no ``whole``.  None where there is no such day.
    """
    first = sheet.since(rule)
    if first >= sheet.days:
        return {"err": None, "first_day": first, "days": 0}
    people, counts = sheet.people[:, first:], sheet.counts[first:]
    score = {"err": float(err(sheet.rules[rule][first:], counts)), "first_day": first, "days": len(counts)}
    if first == sheet.first:
        return score
    run = {"err": summarise(err(people, counts)), "resc": summarise(resc(people, counts))}
    if rule in OF_SHARES:
        score["whole"] = float(err(sheet.rules[rule][sheet.first :], sheet.counts[sheet.first :]))
    return {**score, "run": {**run, "middle": middle_scores(people, counts)}}


def score_displacement(run: Run, *, until: dt.date | None = None) -> dict[str, Any]:
    """Score a displacement run against the camp counts of its scenario.

    A run of the rules ``camp-shares`` with an ``origin_day`` was given the counts up to it: it is
    scored on the days after, and the baselines hold the counts or shares of the origin.  In a
    whole run, ``share_held`` and ``persistence`` hold those of day 30 and are scored from day 30
    on: the near-empty first days have errors without measure against a later day's counts.
    ``share_held`` has its error over all days beside it (``whole``), as Flee's references have it.

    Returns
    -------
    dict
        ``err``, ``resc``, ``mase7``, ``mase30``, ``within_factor_2`` (each mean, low, high over
        members; the two MASE have no number after an origin), ``coverage_90`` (share of the counts
        that the central 90% of members hold on the days they are dated, those that the run was
        given left out), ``counts_scored`` (how many), ``coverage_90_days`` (share of camp-days, against the
        lines between counts), ``middle`` (``err`` and ``resc`` of the middle of all members),
        ``camps``, ``scored_from`` (the first date scored), ``days`` (scored), ``areas`` (by admin unit and
        assessed area: :func:`~caravana.inference.displacement.areas.score_areas`) and ``baselines`` (of
        each what :func:`score_baseline` gives).
        The scores are None where the scenario has no counts, or no day is left to score; then
        ``scored_from`` is None too.
    """
    scenario = run.scenario
    days = len(run.days) if until is None else min(len(run.days), scenario.day_of(until) + 1)
    sheet = read_sheet(run, days=days)
    first = sheet.first if sheet else 0
    ids = daily_counts(scenario).place_ids
    about: dict[str, Any] = {
        "rules": scenario.rules, "members": len(run.member_ids), "days": max(0, days - first), "camps": list(ids),
        "areas": score_areas(run, days=days),
        "scored_from": (scenario.start + dt.timedelta(first)).isoformat() if sheet and first < days else None,
    }  # fmt: skip
    return about | (score_sheet(sheet) if sheet else dict.fromkeys(SCORES) | {"baselines": {}})
