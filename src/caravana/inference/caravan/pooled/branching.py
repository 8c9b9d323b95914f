"""Which way a caravan goes where roads leave its own: a chance by branch, from what others did there.

The chance that a caravan leaves its road at a branch is a beta distribution's mean: how many of the others that came so
far left it there, those of its time before all, drawn to how often any left at any branch.  To be seen beside the road
where a branch leaves makes it likelier, by how much more often those who left had been.  Announced nights move it by
the trust in plans; where the caravan has been seen past the place, on the branch or on its road, it is one or nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.inference.branches import OFF_ROUTE_KM

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from caravana.inference.branches import Branch, Whereabouts
    from caravana.inference.reports import CaravanReports
    from caravana.scenario.model import Place

    Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.25
YEARS = 1.0
"""Caravans that set out so far apart count for each other by a factor of e less."""
WORTH = 0.5
"""How many caravans at this branch the share at all branches is worth."""
WORTH_SAYING = 0.01
NEAR_KM = 2.0
BEHIND_KM, SURELY = 60.0, 0.95
"""A branch that lies more than a day's march behind the next night, with this chance, is no longer ahead."""


@dataclass(frozen=True)
class WayTaken:
    """What one caravan did at one branch: left its road there, or went on along it.

    ``aside`` is whether it had been seen beside the road where the branch leaves; None where that is on the road.
    """

    departs: dt.date
    key: tuple[str, str]
    left: bool
    aside: bool | None = None


@dataclass(frozen=True)
class BranchChance:
    """A branch ahead of a caravan.

    Attributes
    ----------
    branch : Branch
    chance : float
        That it takes it, if it comes to where it leaves.
    left, passed : int
        How many of the other caravans left there, of how many of which that is known.
    announced : bool
        Whether it has announced a night past the place, on the branch or on its road.
    seen : bool or None
        Whether it has been seen to take it (True) or to go on (False); None where neither.
    """

    branch: Branch
    chance: float
    left: int
    passed: int
    announced: bool
    seen: bool | None


def decided(record: CaravanReports, branch: Branch) -> bool | None:
    """Whether a caravan left its road at a branch, as far as it has been seen; None where that is not known."""
    start_km = _start_km(record)
    seen = [one for one in record.whereabouts if not one.planned]
    # One that is first seen on the branch came from there.
    if start_km > branch.km or (seen and seen[0].place_id in branch.places):
        return None
    return _way(seen, branch, from_km=start_km)


def _start_km(record: CaravanReports) -> float:
    return float(record.stops.km[int(np.argmax(record.start))])


def _way(where: Sequence[Whereabouts], branch: Branch, *, from_km: float) -> bool | None:
    """Whether a caravan at some places, one after the other, took a branch or went on along its road past it."""
    for one in where:
        if one.place_id in branch.places:
            # By whichever way it came onto those places: it was last seen on the road between that and the one before.
            return True if branch.since_km + OFF_ROUTE_KM < from_km <= branch.km + OFF_ROUTE_KM else None
        if one.km is not None and branch.km + OFF_ROUTE_KM < one.km < branch.back_km:
            return False
        from_km = one.km if one.km is not None else from_km
    return None


def ways_taken(record: CaravanReports) -> list[WayTaken]:
    """What is known of one caravan at every branch of its road."""
    known = [(branch, decided(record, branch)) for branch in record.branches]
    return [
        WayTaken(record.departs, branch.key, left, seen_aside(record, branch))
        for branch, left in known
        if left is not None
    ]


def seen_aside(record: CaravanReports, branch: Branch) -> bool | None:
    """Whether a caravan was seen beside its road where a branch leaves; None where that is on the road."""
    if not branch.aside:
        return None
    return any(one.place_id == branch.leaves.id and not one.planned for one in record.whereabouts)


def odds_aside(others: Sequence[WayTaken]) -> float:
    """How much likelier those who left were to be seen beside the road first than those who went on.

    From the other caravans at all branches that leave from beside the road, half a caravan each way beforehand.
    """
    seen = {left: [one.aside for one in others if one.aside is not None and one.left is left] for left in (True, False)}
    of_left, of_on = ((sum(seen[left]) + 0.5) / (len(seen[left]) + 1.0) for left in (True, False))
    return of_left / of_on


def share_leaving(
    others: Sequence[WayTaken], key: tuple[str, str], *, like: dt.date, years: float = YEARS, worth: float = WORTH
) -> float:
    """Chance to leave at a branch, from other caravans.

    Parameters
    ----------
    others : sequence of WayTaken
    key : tuple of str
        Of the branch.
    like : date
        When the caravan in question set out.
    years, worth
        See :data:`YEARS` and :data:`WORTH`.
    """
    weight = np.array([np.exp(-abs((one.departs - like).days) / DAYS_A_YEAR / years) for one in others])
    left = np.array([one.left for one in others], float)
    here = np.array([one.key == key for one in others], float)
    anywhere = (float(weight @ left) + 0.5) / (float(weight.sum()) + 1.0)
    return float(((weight * here) @ left + worth * anywhere) / (weight @ here + worth))


def ways_ahead(known: CaravanReports, others: Sequence[WayTaken], *, trust: float) -> tuple[BranchChance, ...]:
    """Every branch of the road that is, or was, ahead of a caravan, in order along it.

    Parameters
    ----------
    known : CaravanReports
        Cut to what had been published.
    others : sequence of WayTaken
        Of other caravans.
    trust : float
        Chance that an announced night is spent where it was announced.
    """
    last_km = max([_start_km(known), *(w.km for w in known.whereabouts if w.km is not None and not w.planned)])
    planned = sorted((w for w in known.whereabouts if w.planned), key=lambda w: (w.known_on, w.date))[::-1]
    out = []
    for branch in known.branches:
        if _start_km(known) > branch.km:
            continue
        seen, meant = decided(known, branch), _way(planned, branch, from_km=last_km)
        chance = share_leaving(others, branch.key, like=known.departs)
        if seen_aside(known, branch):
            odds = odds_aside(others) * chance / (1.0 - chance)
            chance = odds / (1.0 + odds)
        if meant is not None:
            chance = trust * float(meant) + (1.0 - trust) * chance
        if seen is not None:
            chance = float(seen)
        here = [one.left for one in others if one.key == branch.key]
        out.append(BranchChance(branch, chance, sum(here), len(here), meant is not None, seen))
    return tuple(out)


def plain(ways: Sequence[BranchChance], km: Floats, position: Floats) -> list[dict[str, Any]]:
    """Branches that a caravan may come to within a forecast's days, or has taken, as plain objects.

    What lies behind it is none of them, even if nobody said which way it went there.

    Parameters
    ----------
    ways : sequence of BranchChance
    km : ndarray, shape (stops,)
    position : ndarray, shape (days, stops)
        Chance of each stop on each night.

    Returns
    -------
    list of dict
        ``leaves`` and ``towards`` (``place``, ``name``, ``municipality``), ``km``, ``back_km`` (None where it does not
        come back), ``places`` on it, ``reached`` (the chance by the last night to have come to where it leaves),
        ``chance`` (that it then takes it), ``others_left`` of ``others_passed``, ``announced``, ``seen``.
    """
    out = []
    for way in ways:
        branch = way.branch
        reached = float(position[-1][km >= branch.km - NEAR_KM].sum())
        behind = float(position[0][km > branch.km + BEHIND_KM].sum()) >= SURELY
        if way.seen is False or (way.seen is None and (behind or reached < WORTH_SAYING)):
            continue
        out.append(
            {
                "leaves": _plain_place(branch.leaves),
                "towards": _plain_place(branch.towards),
                "km": round(branch.km, 1),
                "back_km": round(branch.back_km, 1) if np.isfinite(branch.back_km) else None,
                "places": sorted(branch.places),
                "reached": round(1.0 if way.seen else reached, 3),
                "chance": round(way.chance, 3),
                "others_left": way.left,
                "others_passed": way.passed,
                "announced": way.announced,
                "seen": bool(way.seen),
            }
        )
    return out


def _plain_place(place: Place) -> dict[str, str]:
    return {"place": place.id, "name": place.name, "municipality": place.municipality}
