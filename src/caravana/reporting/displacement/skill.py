"""The error of a displacement run day by day, beside rules of thumb, for its report.

The formulas are those of :mod:`caravana.inference.displacement.scores`; here they are kept by day,
to be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.displacement import scores as formulas
from caravana.inference.scoring import baselines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.results.displacement import Displaced

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
        Of each rule of thumb that is scored, [day]; NaN on days that the run was given, and before
        the day whose counts or shares it holds.
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


def skill_of(sheet: formulas.Sheet | None) -> Skill | None:
    """Errors of a run by day, and its scores over the days after its origin; None where nothing was counted.

    The scores are those of :func:`caravana.inference.displacement.scores.score_displacement`: where
    counts were given up to a later day than the first, the days before, and the rules of
    thumb's, do not count, and the rules hold what they know of the origin.
    """
    if sheet is None or not sheet.counts.any():
        return None
    by_day = {
        name: formulas.daily_error(values, sheet.counts)
        for name, values in sheet.rules.items() if sheet.since(name) < sheet.days
    }  # fmt: skip
    middle = formulas.daily_error(np.median(sheet.people, axis=0), sheet.counts)
    middle[: sheet.first] = np.nan
    for name, values in by_day.items():
        values[: sheet.since(name)] = np.nan
    return Skill(
        err=formulas.daily_error(sheet.people, sheet.counts), middle=middle, rules=by_day,
        scores=formulas.score_sheet(sheet),
    )  # fmt: skip


def held_from(displaced: Displaced) -> int:
    """The day whose counts the rules of thumb hold."""
    return baselines.held_from(displaced.origin)


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
    days
        On how many days both are scored; None where it is not told.
    """

    kind: str
    low: float
    mean: float
    high: float
    middle: float
    rule: str
    theirs: float
    days: int | None = None


def standing(scores: Mapping[str, Any]) -> Standing | None:
    """How a run stands by its scores; None where nothing was scored.

    Rules that know the true total are compared with the rescaled error, the others with the plain
    one; rules that are scored from a later day with the error from that day on.
    """
    judged = []
    for rule, given in (scores.get("baselines") or {}).items():
        name = "resc" if rule in OF_THE_TOTAL else "err"
        there = given.get("run") or scores
        ours = there[name]
        if given["err"] is not None and ours and ours["mean"] is not None:
            middle = (there.get("middle") or {}).get(name, ours["mean"])
            judged.append((given["err"] - middle, rule, given["err"], ours, middle, given.get("days")))
    if not judged:
        return None
    lead, rule, theirs, ours, middle, days = min(judged, key=lambda x: x[0])
    kind = "even"
    if lead < 0:
        kind = "loses"
    elif theirs > ours["high"]:
        kind = "wins"
    elif theirs < ours["mean"]:
        kind = "middle"
    return Standing(
        kind=kind, low=ours["low"], mean=ours["mean"], high=ours["high"], middle=middle, rule=rule, theirs=theirs,
        days=days,
    )  # fmt: skip
