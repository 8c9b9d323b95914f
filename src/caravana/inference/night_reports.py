"""Reports of nights: where one caravan slept, or would sleep, as km along its road, with how far off that may be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Observation, Scenario

    Floats = NDArray[np.float64]

# How far off a report of a night may be (km), and the chance that it is of this caravan's night at all.  Assumptions:
# towns are some km across, "about" is said of the nearest town, an inferred row may have the wrong evening.
SPREAD = {"exact": 1.5, "about": 6.0, "range": 6.0, "planned": 1.5, "more_than": 10.0, "less_than": 10.0}
TRUST = {"exact": 0.97, "about": 0.9, "range": 0.9, "planned": 0.7, "more_than": 0.8, "less_than": 0.8}
INFERRED_SPREAD = 8.0
INFERRED_TRUST = 0.9
# Rows that tell where the caravan was that evening though they are not of its position: whoever counts it is with it.
PRESENT = frozenset({"headcount", "minors", "pregnant", "rest_day", "ill", "medical_consultations"})
PRESENT_SPREAD = 4.0
PRESENT_TRUST = 0.8
# A place this near the road is taken to be on it, at its nearest place, with so much more spread.
OFF_ROUTE_KM = 25.0
KM_A_DEGREE = 111.2


@dataclass(frozen=True)
class Night:
    """A report of where a night was, or would be, spent; ``firm`` where its words are exact and not inferred.

    ``direct`` where it is a report of the position itself; otherwise ``until`` is the day on which one takes its
    place (None: none does).
    """

    date: dt.date
    known_on: dt.date
    km: float
    spread: float
    trust: float
    planned: bool
    firm: bool
    direct: bool = True
    until: dt.date | None = None


def beside(scenario: Scenario, place_ids: tuple[str, ...], km: Floats) -> dict[str, tuple[float, float]]:
    """Places near a road but not on it: the km of the nearest place of the road, and how far off that is.

    Straight lines on a flat map are good enough for the few km that count.
    """
    at = {p.id: (p.lat, p.lon) for p in scenario.places if p.lat is not None and p.lon is not None}
    on = [(place, float(k)) for place, k in zip(place_ids, km, strict=True) if place in at]
    if not on:
        return {}
    road = np.array([at[place] for place, _ in on], float)
    out = {}
    for place, here in at.items():
        gap = (road - np.array(here, float)) * np.array([1.0, np.cos(np.radians(float(here[0] or 0.0)))])
        far = KM_A_DEGREE * np.hypot(gap[:, 0], gap[:, 1])
        nearest = int(np.argmin(far))
        if far[nearest] <= OFF_ROUTE_KM:
            out[place] = (on[nearest][1], float(far[nearest]))
    return out


def nights_of(observations: list[Observation], where: Mapping[str, tuple[float, float]]) -> list[Night]:
    """Positions; and, for as long as none is known, the places where the caravan was counted or treated that day."""
    placed = [o for o in observations if o.place_id in where]
    reported: dict[dt.date, dt.date] = {}
    for o in placed:
        if o.kind == "position" and o.qualifier != "planned":
            reported[o.date] = min(o.known_on, reported.get(o.date, o.known_on))
    out = []
    for o in placed:
        at, off = where[o.place_id or ""]
        at += o.km_past or 0.0
        if o.kind == "position" or (o.kind == "rest_day" and o.qualifier == "planned"):
            out.append(_night(o, at, off))
        elif o.kind in PRESENT and (o.date not in reported or o.known_on < reported[o.date]):
            night = _night(o, at, off)
            out.append(
                replace(
                    night,
                    spread=max(night.spread, PRESENT_SPREAD),
                    trust=min(night.trust, PRESENT_TRUST),
                    planned=False,
                    firm=False,
                    direct=False,
                    until=reported.get(o.date),
                )
            )
    return sorted(out, key=lambda night: night.date)


def _night(o: Observation, km: float, off: float) -> Night:
    planned = o.qualifier == "planned"
    inferred = o.inferred and not planned
    return Night(
        date=o.date,
        known_on=o.known_on,
        km=km,
        spread=max(SPREAD[o.qualifier], INFERRED_SPREAD if inferred else 0.0) + off,
        trust=TRUST[o.qualifier] * (INFERRED_TRUST if inferred else 1.0),
        planned=planned,
        firm=o.qualifier == "exact" and not o.inferred,
    )
