"""Checks of figures against each other: ranges, shares, compositions, coordinates, parameters."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

from caravana.scenario.model import PERSON_KINDS
from caravana.scenario.priors import prior_has_mass, prior_wants
from caravana.scenario.reading.draft import DOCUMENT, Draft, Entry

#: Figures in order, lowest first; the first of each pair may not be above the second.
ORDERED = (
    ("links", "km_low", "km_high"),
    ("links", "km_low", "km"),
    ("links", "km", "km_high"),
    ("observations", "low", "high"),
    ("claims", "quantity_low", "quantity_high"),
    ("parameters", "low", "high"),
)
#: How far the shares of the kinds may be from one.
SHARE_TOLERANCE = 1e-6
#: Degrees from the middle of the scenario beyond which swapped coordinates are looked for.
FAR_DEGREES = 10.0


def check_values(draft: Draft) -> None:
    """Report figures that contradict each other."""
    _check_order(draft)
    _check_kinds(draft)
    _check_coordinates(draft)
    for entry in draft.entries("links"):
        if entry.row.modes == () and "modes" not in entry.bad:
            draft.fault(entry, "modes", None, "at least one way to travel the link")
    for entry in draft.entries("parameters"):
        _check_parameter(draft, entry)
    for entry in draft.entries("caravans"):
        if entry.row.departs is None and entry.row.call is None and not entry.bad & {"departs", "call"}:
            draft.fault(entry, "departs", None, "a date of departure, or the call that gathers the caravan")


def _check_order(draft: Draft) -> None:
    for table, low, high in ORDERED:
        for entry in draft.entries(table):
            lower, higher = getattr(entry.row, low), getattr(entry.row, high)
            if lower is not None and higher is not None and lower > higher:
                # Where low is above high, the figure between them is not the one to blame.
                if "km" in (low, high) and (entry.row.km_low or 0) > (entry.row.km_high or math.inf):
                    continue
                draft.fault(entry, low, lower, f"a number not above {high} ({higher:g})")


def _check_kinds(draft: Draft) -> None:
    entries = draft.entries("kinds")
    for entry in entries:
        composition = [getattr(entry.row, name) for name in PERSON_KINDS]
        if not entry.bad & set(PERSON_KINDS) and not any(composition):
            draft.fault(entry, "", entry.row.id, f"at least one person among {', '.join(PERSON_KINDS)}")
    if entries and not any("share" in entry.bad for entry in entries):
        total = math.fsum(entry.row.share for entry in entries)
        if abs(total - 1) > SHARE_TOLERANCE:
            line = entries[0].spot.line_of("share")
            draft.faults.add(DOCUMENT, line, "kinds.share", f"{total:.9g}", "shares of all kinds that add to 1")


def _check_coordinates(draft: Draft) -> None:
    """Report places far from all others that are near them with lat and lon swapped."""
    placed = [entry for entry in draft.entries("places") if entry.row.lat is not None and entry.row.lon is not None]
    for entry in draft.entries("places"):
        for name, other in (("lat", "lon"), ("lon", "lat")):
            given, missing = getattr(entry.row, name), getattr(entry.row, other)
            if given is not None and missing is None and other not in entry.bad:
                draft.fault(entry, other, None, f"a number, as {name} is given")
    if len(placed) < 3:
        return
    lat = median(entry.row.lat for entry in placed)
    lon = median(entry.row.lon for entry in placed)
    for entry in placed:
        here = math.hypot(entry.row.lat - lat, entry.row.lon - lon)
        swapped = math.hypot(entry.row.lon - lat, entry.row.lat - lon)
        if here > FAR_DEGREES and swapped < here / 3:
            given = f"{entry.row.lat:g}, {entry.row.lon:g}"
            draft.fault(entry, "lat", given, "a place near the others; lat and lon seem to be swapped")


def _check_parameter(draft: Draft, entry: Entry[Any]) -> None:
    row, bad = entry.row, entry.bad
    if bad & {"value", "prior"}:
        return
    if (row.value is None) == (row.prior is None):
        given = None if row.value is None else row.value
        expected = "either a value or a prior, not both" if row.prior else "a value or a prior; there is neither"
        draft.fault(entry, "value", given, expected)
        return
    bounded = row.low is not None and row.high is not None and row.low <= row.high
    if row.value is not None:
        if bounded and not row.low <= row.value <= row.high:
            draft.fault(entry, "value", row.value, f"a number within its bounds ({row.low:g} to {row.high:g})")
        return
    wants = prior_wants(row.prior)
    for name, expected in wants.items():
        draft.fault(entry, f"prior.{name}", getattr(row.prior, name), expected)
    if bounded and not wants and not prior_has_mass(row.prior, row.low, row.high):
        expected = f"a prior with some chance of falling within its bounds ({row.low:g} to {row.high:g})"
        draft.fault(entry, "prior", row.prior.dist, expected)
