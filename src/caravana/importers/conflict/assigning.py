"""Which place a conflict event is of, and the series that follow: dated and graded, the rows themselves left behind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.conflict.events import weight_of
from caravana.importers.roads.sphere import along_sphere, on_sphere
from caravana.importers.tables.sheets import name_key
from caravana.scenario.model import Series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.importers.conflict.events import ConflictEvent
    from caravana.importers.remarks import Remarks
    from caravana.scenario.model import Place

    Floats = NDArray[np.float64]

WITHIN_KM = 30.0
"""An event is of the nearest place that is no further away."""
LASTS_DAYS = 60
"""Days for which an event is felt: conflict lasts where another follows within them."""
FULL = 5.0
"""Weight of the events felt at which conflict is at its full strength: five without deaths, two with four each."""
GRADES = 5
CAMPS = ("camp", "idpcamp", "marker")


@dataclass(frozen=True, slots=True)
class EventRule:
    """How events become a series: how far they reach, and for how long they are felt."""

    within_km: float = WITHIN_KM
    lasts_days: int = LASTS_DAYS


def assign(
    events: Sequence[ConflictEvent], places: Sequence[Place], remarks: Remarks, *, rule: EventRule
) -> list[tuple[ConflictEvent, str]]:
    """Assign events to places where people live.

    By distance where an event's coordinates are its own, else (or where no place is near) by admin unit: to the
    largest place of its district, or of its region.  What is of no place is counted, and said.
    """
    lived = [place for place in places if place.kind not in CAMPS and place.lat is not None and place.lon is not None]
    if not lived or not events:
        return []
    located = [at for at, event in enumerate(events) if event.lat is not None and event.lon is not None]
    near = _nearest(lived, [events[at] for at in located])
    by_event = dict(zip(located, near, strict=True))
    units = _largest_by_unit(lived)
    assigned: list[tuple[ConflictEvent, str]] = []
    by_unit = lost = 0
    for at, event in enumerate(events):
        unit = _unit_of(event, units)
        far, place = by_event.get(at, (np.inf, ""))
        if far <= rule.within_km and (event.exact or unit is None):
            assigned.append((event, place))
        elif unit is not None:
            by_unit += 1
            assigned.append((event, unit))
        else:
            lost += 1
    if by_unit:
        remarks.decide("events_by_unit", number=by_unit, km=rule.within_km)
    if lost and not located:
        remarks.look("events_need_units", number=lost, total=len(events))
    elif lost:
        remarks.look("events_lost", number=lost, total=len(events), km=rule.within_km)
    return assigned


def _nearest(lived: Sequence[Place], events: Sequence[ConflictEvent]) -> list[tuple[float, str]]:
    """Km to the nearest place, and its id, of events with coordinates."""
    from scipy.spatial import cKDTree

    if not events:
        return []
    tree = cKDTree(on_sphere(np.array([p.lat for p in lived]), np.array([p.lon for p in lived])))
    chord, nearest = tree.query(on_sphere(np.array([e.lat for e in events]), np.array([e.lon for e in events])))
    km = along_sphere(np.asarray(chord))
    return [(far, lived[at].id) for far, at in zip(km.tolist(), nearest.tolist(), strict=True)]


def _unit_of(event: ConflictEvent, units: Mapping[tuple[str, str], str]) -> str | None:
    """The place that stands for an event's unit: by its p-code, else by the name of its district, or its region."""
    keys = [*(("code", code) for code in event.codes), ("2", event.admin2), ("1", event.admin1)]
    return next((units[key] for key in keys if key[1] and key in units), None)


def _largest_by_unit(lived: Sequence[Place]) -> dict[tuple[str, str], str]:
    """The largest place of each district and region, by the unit's name and by its p-code."""
    largest: dict[tuple[str, str], Place] = {}
    for place in sorted(lived, key=lambda p: (-(p.population or 0), p.id)):
        for level, unit in (("1", name_key(place.state)), ("2", name_key(place.municipality)), ("code", place.pcode)):
            if unit:
                largest.setdefault((level, unit), place)
    return {key: place.id for key, place in largest.items()}


def series_of(
    assigned: Sequence[tuple[ConflictEvent, str]], order: Sequence[str], *, start: dt.date, days: int, rule: EventRule
) -> Series | None:
    """Make the series of conflict, from 0 (none) to 1 in fifths, by day and place; None where there is none.

    On a day the events of the days before that are still felt count, with their weights; the sum over
    :data:`FULL`, at most 1, rounded up.
    """
    felt = rule.lasts_days
    by_place: dict[str, Floats] = {}
    for event, place in assigned:
        day = (event.date - start).days
        if -felt < day < days:
            load = by_place.setdefault(place, np.zeros(days + felt))
            load[day + felt] += weight_of(event)
    if not by_place:
        return None
    ids = [place for place in order if place in by_place]
    running = np.cumsum(np.stack([by_place[place] for place in ids], axis=1), axis=0)
    sums = running[felt:] - running[:-felt]
    # Differences of sums leave a trace where there is nothing.
    values = np.ceil(np.minimum(sums / FULL, 1.0) * GRADES - 1e-9) / GRADES
    values = np.abs(np.round(values, 3))
    changes = np.flatnonzero(np.append(True, (values[1:] != values[:-1]).any(axis=1)))
    lasting = values.max(axis=0) > 0
    if not lasting.any():
        return None
    return Series(
        kind="conflict", unit="0 (none) to 1", days=tuple(changes.tolist()),
        place_ids=tuple(place for place, any_day in zip(ids, lasting.tolist(), strict=True) if any_day),
        values=values[changes][:, lasting],
    )  # fmt: skip
