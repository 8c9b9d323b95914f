"""Still together, and staying: chances of both against the plain shares of the other caravans."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.inference import reports
from caravana.inference.caravan import together
from caravana.inference.caravan.pooled.others import BEFORE, NONE, WEEK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.skill.records import Given

HORIZONS = (1, 3, 7)


@dataclass(frozen=True)
class Life:
    """What is known of how long a caravan was together: signs by day, the day it ended, the last day it was seen."""

    name: str
    departs: dt.date
    signs: dict[int, together.Signs]
    ended: int | None
    seen: int

    def outcome(self, day: int) -> bool | None:
        """Whether it was together on a day; None where nobody knows."""
        if self.ended is not None:
            return day < self.ended
        return True if day <= self.seen else None

    @property
    def broken(self) -> bool | None:
        """Whether it was broken up within a week; None where that is not known."""
        return None if self.outcome(WEEK) is None else not self.outcome(WEEK)


def lives(given: Sequence[Given]) -> list[Life]:
    """Every caravan that anything is known of, in order of departure."""
    out: list[Life] = []
    for one in sorted(given, key=lambda g: g.record.departs):
        record = one.record
        days = [*one.truth, *(c.report.day for c in record.counts if c.report.day >= 1)]
        if not days and one.ending is None:
            continue
        ended = None
        if one.ending is not None and one.ending.date is not None and one.ending.how != "arrived":
            ended = max(1, record.day(one.ending.date))
        seen = max(days, default=0) if ended is None else min(max(days, default=0), ended - 1)
        last = seen if ended is None else ended - 1
        # Fates are known to later caravans: those that set out before, and whose week was over.
        fates = [b for b in (o.broken for o in out if (record.departs - o.departs).days > WEEK) if b is not None]
        broken = (sum(fates[-BEFORE:]) + 1.0) / (len(fates[-BEFORE:]) + 2.0)
        signs = {day: _signs(one, day, broken) for day in range(max(last, 0) + 1)}
        out.append(Life(one.name, record.departs, signs, ended, seen))
    return out


def _signs(one: Given, day: int, broken: float) -> together.Signs:
    try:
        known = reports.known_by(one.record, one.record.date(day))
    except UsageError:
        return together.Signs(day + 1, one.start_km, 0, together.USUAL_PERSONS, broken)
    return together.signs_of(known, today=day, broken=broken, start_km=one.start_km)


@dataclass(frozen=True)
class Chance:
    """One chance said, the plain share beside it, and what came."""

    caravan: str
    horizon: int
    said: float
    base: float
    happened: bool


def still_together(given: Sequence[Given]) -> list[Chance]:
    """Chance to be together from every evening on which it was, the caravan left out of the fit."""
    known = lives(given)
    out = []
    for one in known:
        others = [life for life in known if life.name != one.name]
        hazard = fitted(others)
        for horizon in HORIZONS:
            base = _share(others, horizon)
            for day, signs in one.signs.items():
                happened = one.outcome(day + horizon)
                if day < 1 or happened is None:
                    continue
                said = float(hazard.together(signs, days=horizon)[-1])
                out.append(Chance(one.name, horizon, said, base, happened))
    return out


def fitted(known: Sequence[Life]) -> together.Hazard:
    """Fit the hazard to every evening after which it is known whether a caravan was together."""
    rows = [
        (signs, not life.outcome(day + 1))
        for life in known
        for day, signs in life.signs.items()
        if life.outcome(day + 1) is not None
    ]
    return together.fit([r[0] for r in rows], [r[1] for r in rows])


def hazards(given: Sequence[Given]) -> dict[str, together.Hazard]:
    """Fit the hazard with each caravan left out, and with none."""
    known = lives(given)
    return {name: fitted([life for life in known if life.name != name]) for name in (NONE, *(o.name for o in known))}


def prospects(given: Sequence[Given]) -> dict[str, tuple[together.Hazard, float]]:
    """Hazard of ending of each caravan, fitted to the others, and the share of those before it that were broken up."""
    known = lives(given)
    return {one.name: (fitted([life for life in known if life.name != one.name]), one.signs[0].broken) for one in known}


def shares_together(given: Sequence[Given]) -> dict[tuple[str, int], float]:
    """Plain share of evenings on which a caravan was still together so many days later, each left out, and none."""
    known = lives(given)
    return {
        (name, horizon): _share([life for life in known if life.name != name], horizon)
        for name in (NONE, *(life.name for life in known))
        for horizon in (*HORIZONS, 14)
    }


def _share(known: Sequence[Life], horizon: int) -> float:
    return float(
        np.mean(
            [
                life.outcome(day + horizon)
                for life in known
                for day in life.signs
                if day >= 1 and life.outcome(day + horizon) is not None
            ]
        )
    )
