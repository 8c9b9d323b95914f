"""Whether a caravan will still be together: a hazard a day, from how others ended.

Caravans end: by papers, by force, on buses, by melting away; most of them before they have left the first state.  The
chance that one ends on a day is a logistic function of what is known in the evening (:class:`Signs`), fitted to other
caravans by penalised likelihood; the chance to be together so many days on is the product.  Signs are held as they are
today: a forecast a week ahead knows no better.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from caravana.inference.reports import nights_by_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.inference.reports import CaravanReports
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

NEAR_KM = 120.0
LONG_HALT = 2
LONGEST_HALT = 3
"""No caravan is known to have ended after longer: one that has outlived so long a halt is of those that do."""
USUAL_PERSONS = 1500.0
SAME_PLACE_KM = 1.0
UNKNOWN_SHARE = 0.5
PENALTY = 0.5
USUAL = -2.5
STEPS = 50


@dataclass(frozen=True)
class Signs:
    """What is known of a caravan one evening.

    Attributes
    ----------
    day : int
        Days since it set out, 1 on the first.
    km : float
        How far along the road it was last seen.
    halted : int
        Nights running that it was last seen at one place, less one.
    persons : float
        The last figure that anybody gave; as many as walk in a usual one where there is none.
    broken : float
        Share of the caravans before it (the last five that are known) that were broken up within a week.
    """

    day: int
    km: float
    halted: int
    persons: float
    broken: float

    def row(self) -> Floats:
        """The covariates: a constant, and what each sign adds."""
        return np.array(
            [
                1.0,
                float(self.km < NEAR_KM),
                min(1.0, LONGEST_HALT / self.halted) if self.halted >= LONG_HALT else 0.0,
                float(np.log(max(self.persons, 1.0) / USUAL_PERSONS)),
                float(np.log(max(self.day, 1))) - 1.5,
                self.broken - 0.5,
            ]
        )


@dataclass(frozen=True)
class Hazard:
    """Log odds of ending on a day, by covariate."""

    constant: float
    near: float
    halted: float
    persons: float
    age: float
    broken: float

    def chance(self, signs: Signs) -> float:
        """Chance that it ends on the next day."""
        weights = np.array([getattr(self, f.name) for f in fields(self)])
        return float(expit(weights @ signs.row()))

    def together(self, signs: Signs, *, days: int) -> Floats:
        """Chance to be together on each of the days to come, shape (days,): it grows older, all else is held."""
        chances = [self.chance(replace(signs, day=signs.day + ahead)) for ahead in range(days)]
        return np.asarray(np.cumprod(1.0 - np.array(chances)))

    def lasting(self, signs: Signs, km: Floats, *, days: int, halts: int) -> Floats:
        """Chance not to end on each of the days to come, by where it is in the evening before and since when.

        Parameters
        ----------
        signs : Signs
            Of today: what is known of it besides its place.
        km : ndarray, shape (stops,)
        days : int
        halts : int
            States of a halt: arrived tonight, one night more, and so on.

        Returns
        -------
        ndarray, shape (days, halts, stops)
        """
        out = np.empty((days, halts, km.size))
        for ahead in range(days):
            for halted in range(halts):
                near, far = (
                    1.0 - self.chance(replace(signs, day=signs.day + ahead, km=at, halted=halted))
                    for at in (0.0, 2.0 * NEAR_KM)
                )
                out[ahead, halted] = np.where(km < NEAR_KM, near, far)
        return out


def signs_of(known: CaravanReports, *, today: int, broken: float = UNKNOWN_SHARE, start_km: float = 0.0) -> Signs:
    """Read the signs from what is known of a caravan today.

    Parameters
    ----------
    known : CaravanReports
        Cut to what had been published.
    today : int
    broken : float
        See :class:`Signs`; one in two where nothing is known of the caravans before it.
    start_km : float
        Where it set out, for as long as it has not been seen.
    """
    nights = {day: km for day, km in nights_by_day(known, direct=False).items() if day <= today}
    figures = [(c.report.day, c.report.middle) for c in known.counts if c.report.of == "persons" and c.report.middle]
    persons = max(figures, key=itemgetter(0))[1] if figures else USUAL_PERSONS
    if not nights:
        return Signs(today + 1, start_km, 0, persons, broken)
    last = max(nights)
    halted = 0
    while last - halted - 1 in nights and abs(nights[last - halted - 1] - nights[last]) < SAME_PLACE_KM:
        halted += 1
    return Signs(today + 1, nights[last], halted, persons, broken)


def ended_on(scenario: Scenario, record: CaravanReports) -> dt.date | None:
    """Day on which a caravan broke up, as the scenario's first event of it says; to arrive is no end.

    Events name no caravan: they are of the one that set out first, or of any that has a scenario of its own.
    """
    if record.caravan != scenario.caravans[0].id:
        return None
    ends = [
        e.date
        for e in scenario.events
        if e.kind == "dissolution" and e.place_id != record.stops.ids[-1] and e.date >= record.departs
    ]
    return min(ends, default=None)


def fit(signs: Sequence[Signs], ended: Sequence[bool], weight: Sequence[float] | None = None) -> Hazard:
    """Fit the hazard to days of other caravans.

    Parameters
    ----------
    signs : sequence of Signs
        Of each evening of each caravan.
    ended : sequence of bool
        Whether it ended on the day after.
    weight : sequence of float, optional
        Weight of each evening.

    Notes
    -----
    Newton's method on the penalised log likelihood; all but the constant are drawn towards zero as by a normal prior of
    precision :data:`PENALTY`.
    """
    rows = np.array([s.row() for s in signs])
    happened = np.asarray(ended, float)
    each = np.ones(len(rows)) if weight is None else np.asarray(weight, float)
    penalty = PENALTY * np.ones(rows.shape[1])
    penalty[0] = 0.05
    at = np.zeros(rows.shape[1])
    centre = np.zeros(rows.shape[1])
    centre[0] = USUAL
    for _ in range(STEPS):
        chance = expit(rows @ at)
        slope = rows.T @ (each * (happened - chance)) - penalty * (at - centre)
        bend = (rows * (each * chance * (1.0 - chance))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        at = at + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-8:
            break
    return Hazard(*(float(a) for a in at))
