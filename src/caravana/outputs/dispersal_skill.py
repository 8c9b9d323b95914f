"""The error of a dispersal run day by day, beside rules of thumb, for its report.

The formulas are those of :mod:`caravana.inference.dispersal_scores`; here they are kept by day,
to be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.dynamics.dispersal_counts import daily_counts
from caravana.inference import dispersal_scores as formulas
from caravana.scenario.flee_settings import DispersalSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.outputs.dispersal_summaries import Displaced

    Floats = NDArray[np.float64]

OF_THE_TOTAL = ("uniform_split", "share_held", "gravity")
"""Rules of thumb that are given the true total: they stand beside the rescaled error (resc)."""

SPREAD = 0.005
"""Errors that differ by less are drawn as one line."""


@dataclass(frozen=True)
class Skill:
    """Errors by day, as shares of the people counted.

    Attributes
    ----------
    err
        Of the run, [member, day].
    middle
        Of the middle of all runs, camp by camp: the one figure that the run would be asked for,
        [day]; NaN on days that the run was given.
    rules
        Of each rule of thumb, [day]; NaN on days that the run was given.
    scores
        Over all days that are forecast.
    """

    err: Floats
    middle: Floats
    rules: Mapping[str, Floats]
    scores: Mapping[str, Any]

    @property
    def spreads(self) -> bool:
        """Whether single runs are so far from their middle that its error is another one: more than one in 200."""
        gap = self.err.mean(axis=0) - self.middle
        return bool((~np.isnan(gap)).any()) and float(np.nanmean(gap)) > SPREAD


def skill_of(found: Displaced) -> Skill | None:
    """Errors of a run by day, and its scores over the days after its origin; None where nothing was counted.

    The scores are those of :func:`caravana.inference.dispersal_scores.score_dispersal`, but for
    a run that was given counts up to a later day than the first: its days before, and the rules
    of thumb's, do not count, and the rules hold what they know of the origin.
    """
    scenario = found.run.scenario
    daily = daily_counts(scenario, start_empty=DispersalSettings.of(scenario.settings).empty_camps_on_day0)
    counts = np.asarray(daily.camps[: found.days], dtype=np.float64)
    if not daily.place_ids or not counts.any():
        return None
    people = formulas.people_in_camps(found.run, daily.place_ids, found.days)
    capacity = {p.id: float(p.capacity or 0) for p in scenario.places}
    rules = formulas.baselines(
        counts, capacity=np.array([capacity[x] for x in daily.place_ids]),
        near=formulas.camp_nearness(scenario, daily.place_ids, found.days),
    )  # fmt: skip
    held = held_from(found)
    if found.origin:
        rules |= {
            "share_held": formulas.share_held(counts, day=held), "persistence": formulas.persistence(counts, day=held),
        }  # fmt: skip
    first = found.origin + 1 if found.origin else 0
    by_day = {name: formulas.daily_error(values, counts) for name, values in rules.items()}
    middle = np.median(people, axis=0)
    middle_by_day = formulas.daily_error(middle, counts)
    scores: dict[str, Any] = {}
    if first < found.days:
        ahead, seen = middle[first:], counts[first:]
        scores = {
            **formulas.score_arrays(people[:, first:], seen),
            "middle": {"err": float(formulas.err(ahead, seen)), "resc": float(formulas.resc(ahead, seen))},
        }
    if first:
        # What is scored begins after the origin, so it has no day 7 or 30 of its own to hold.
        scores.update(mase7=None, mase30=None)
        for values in (*by_day.values(), middle_by_day):
            values[:first] = np.nan
    told = {name: {"err": float(values[first:].mean())} for name, values in by_day.items() if first < found.days}
    return Skill(
        err=formulas.daily_error(people, counts), middle=middle_by_day, rules=by_day,
        scores={**scores, "baselines": told},
    )  # fmt: skip


def held_from(found: Displaced) -> int:
    """The day whose counts the rules of thumb hold."""
    return found.origin or formulas.HELD_FROM


@dataclass(frozen=True)
class Standing:
    """The run beside the rule of thumb that does best against it.

    Attributes
    ----------
    kind
        ``loses`` (the rule is better than the middle of all runs), ``middle`` (better than single
        runs on average, not than their middle), ``even`` (worse than single runs on average) or
        ``wins`` (worse than 9 in 10 runs and more).
    low, mean, high
        The error of single runs, in 9 in 10 of them and on average, of the kind that the rule is measured by.
    middle
        The error of their middle.
    rule, theirs
        The rule and its error.
    """

    kind: str
    low: float
    mean: float
    high: float
    middle: float
    rule: str
    theirs: float


def standing(scores: Mapping[str, Any]) -> Standing | None:
    """How a run stands by its scores; None where nothing was scored.

    Rules that know the true total are compared with the rescaled error, the others with the plain one.
    """
    judged = []
    middles = scores.get("middle") or {}
    for rule, given in (scores.get("baselines") or {}).items():
        name = "resc" if rule in OF_THE_TOTAL else "err"
        ours = scores[name]
        if ours and ours["mean"] is not None:
            middle = middles.get(name, ours["mean"])
            judged.append((given["err"] - middle, rule, given["err"], ours, middle))
    if not judged:
        return None
    lead, rule, theirs, ours, middle = min(judged, key=lambda x: x[0])
    kind = "even"
    if lead < 0:
        kind = "loses"
    elif theirs > ours["high"]:
        kind = "wins"
    elif theirs < ours["mean"]:
        kind = "middle"
    return Standing(
        kind=kind, low=ours["low"], mean=ours["mean"], high=ours["high"], middle=middle, rule=rule, theirs=theirs
    )  # fmt: skip
