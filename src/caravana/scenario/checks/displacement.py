"""Checks of a displacement scenario: settings, what they need, and sizes that no computer could hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import UsageError
from caravana.scenario.demographics import missing_traits
from caravana.scenario.reading.draft import DOCUMENT, draft_of
from caravana.scenario.settings import DisplacementSettings, coerce, expected, kinds
from caravana.scenario.vocabulary import CONVOYS, HAZARD, MOST_PEOPLE, TRANSFER_UNITS
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.scenario.model import Scenario, Series
    from caravana.scenario.reading.draft import Draft, Entry

#: Most lines on what settings make of a scenario.
MOST_LINES = 5
ASSESSED = "displaced_count"
COUNTS = ("total_count", "camp_count", "camp_count_elsewhere", ASSESSED)
#: What an event may be aimed at besides a place and a country.
OTHER_TARGETS = ("itineraries", "caravans", "facilities", "policies", "calls")
#: Highest hazard of a transfer, 1/day: a place is empty within the hour.
MOST_HAZARD = 24.0
#: Most days that a road may take: people under way wait in a calendar of so many days.
MOST_DAYS = 366
#: Most people counted in all, and most displaced by conflicts or by floods: together they fit the cells of the
#: compiled loops, which hold 2^31 - 1.
MOST_IN_ALL = 5.0 * 10**8
#: Largest natural logarithm of a weight of a road; beyond some 700 a number is none any more.
MOST_LOG_WEIGHT = 600.0


def check_displacement(draft: Draft) -> None:
    """Report what no rules of displacement could take; caravans have nothing to do with it."""
    if draft.of_caravans:
        return
    given = draft.header.get("settings") or {}
    before = len(draft.faults)
    for name, value in given.items():
        if name in kinds():
            _check_value(draft, name, value)
    if len(draft.faults) > before:
        return  # what the others mean together is not known then
    settings = DisplacementSettings.of(given)
    for entry in draft.entries("links"):
        if entry.row.km == 0 and settings.softening == 0 and settings.distance_power != 0:
            what = "a number above 0, as the setting softening is 0: what is at no distance would weigh without bound"
            draft.fault(entry, "km", entry.row.km, what)
    _check_areas(draft)
    _check_transfers(draft)
    _check_travel(draft, settings)
    _check_powers(draft, settings)
    _check_people(draft, settings)
    _check_needs(draft, given, settings)


def with_settings(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    """Return a displacement scenario with some of its settings changed.

    Raises
    ------
    UsageError
        If a name is no setting, a value none of it, or the scenario cannot be run so; all is listed.
    """
    unknown = [name for name in values if name not in kinds()]
    if unknown:
        offered = ", ".join(f"{name}{did_you_mean(name, kinds())}" for name in unknown)
        raise UsageError(f"no setting {offered}; a dispersal has {', '.join(sorted(kinds()))}")
    if not values:
        return scenario
    changed = {name: coerce(name, value) for name, value in values.items()}
    revised = scenario.model_copy(update={"settings": {**scenario.settings, **changed}})
    draft = draft_of(revised)
    check_displacement(draft)
    if faults := draft.faults.listed():
        lines = [str(fault) for fault in faults[:MOST_LINES]]
        lines += [f"and {len(faults) - MOST_LINES:,} more"] if len(faults) > MOST_LINES else []
        raise UsageError("\n".join(["the scenario cannot be run with these settings:", *lines]))
    return revised


def _check_value(draft: Draft, name: str, value: object) -> None:
    """Report a setting whose value is none of its kind."""
    try:
        coerce(name, value)
    except UsageError:
        draft.faults.add(DOCUMENT, None, f"settings.{name}", str(value), expected(name))


def _check_areas(draft: Draft) -> None:
    """Report areas that no place lies in, and figures of an area that are no assessment."""
    places = [entry.row for entry in draft.entries("places")]
    known = {name for place in places for name in (place.state, place.country) if name}
    for entry in draft.entries("observations"):
        area, kind = entry.row.area, entry.row.kind
        if area and kind != ASSESSED:
            draft.fault(entry, "area", area, f"nothing: only a {ASSESSED} is of an area, not a {kind}")
        elif area and entry.row.place_id:
            draft.fault(entry, "area", area, "nothing, as place_id says which place it is of")
        elif area and area not in known:
            near = did_you_mean(area, known)
            draft.fault(entry, "area", area, f"a state or a country as places.csv spells it{near}")
        elif kind == ASSESSED and entry.row.low is None:
            draft.fault(entry, "low", None, "a number of people")


def _check_transfers(draft: Draft) -> None:
    """Report transfers without a place that they go from or to, or a size that says how many go."""
    places = draft.known("places") or set()
    others = draft.known(*OTHER_TARGETS) or set()
    others |= {entry.row.country for entry in draft.entries("places") if entry.row.country}
    most = dict(zip(TRANSFER_UNITS, (MOST_HAZARD, MOST_PEOPLE), strict=True))
    for entry in draft.entries("events"):
        row, to = entry.row, entry.row.target_id
        if row.kind != "transfer":
            continue
        if row.place_id is None and "place_id" not in entry.bad:
            draft.fault(entry, "place_id", None, "the id of the place that people are taken from")
        # A target that is nothing at all is told of where those of all events are looked at.
        if (to in (None, row.place_id) or (to in others and to not in places)) and "target_id" not in entry.bad:
            draft.fault(entry, "target_id", to, "the id of another place, that people are taken to")
        if row.unit not in most and "unit" not in entry.bad:
            draft.fault(entry, "unit", row.unit, f"{HAZARD} (a hazard of all those there) or {CONVOYS}")
        top = most.get(row.unit, MOST_PEOPLE)
        if (row.value is None or not 0 < row.value <= top) and "value" not in entry.bad:
            draft.fault(entry, "value", row.value, f"a number above 0 and at most {top:,.0f}")


def _check_travel(draft: Draft, settings: DisplacementSettings) -> None:
    """Report roads that take longer than a calendar of those under way can hold, or the speed that makes all do."""
    links = [entry for entry in draft.entries("links") if entry.row.km is not None]
    speeds = [_speed(entry, settings) for entry in links]
    long = [(entry, speed) for entry, speed in zip(links, speeds, strict=True) if entry.row.km > speed * MOST_DAYS]
    slow = {speed for _, speed in long} & {settings.max_move_speed, settings.max_walk_speed}
    if len(long) == len(links) > 1 and len(slow) == 1:
        speed = slow.pop()
        name = "max_move_speed" if speed == settings.max_move_speed else "max_walk_speed"
        shortest = min(entry.row.km for entry in links)
        what = f"a speed at which the shortest road, {shortest:g} km, takes at most {MOST_DAYS} days"
        draft.faults.add(DOCUMENT, None, f"settings.{name}", f"{speed:g}", what)
        return
    for entry, speed in long:
        what = f"a road of at most {speed * MOST_DAYS:,.6g} km: {MOST_DAYS} days at {speed:g} km a day"
        draft.fault(entry, "km", entry.row.km, what)


def _speed(entry: Entry[Any], settings: DisplacementSettings) -> float:
    """Lowest speed on a link, km a day."""
    speed: float = entry.row.max_move_speed or settings.max_move_speed
    return min(speed, settings.max_walk_speed) if settings.start_on_foot or entry.row.walk_probability else speed


def _check_powers(draft: Draft, settings: DisplacementSettings) -> None:
    """Report powers that make the weight of some road infinite."""
    lengths = [entry.row.km for entry in draft.entries("links") if entry.row.km is not None]
    ends = [settings.softening + km for km in (min(lengths, default=1.0), math.fsum(lengths) or 1.0)]
    logs = [-settings.distance_power * math.log(km) for km in ends if km > 0]
    far = any(abs(log) > MOST_LOG_WEIGHT for log in logs)
    if far or any(log * settings.weight_power > MOST_LOG_WEIGHT for log in logs):
        name = "distance_power" if far else "weight_power"
        what = "a power under which the weight of every road stays a number"
        draft.faults.add(DOCUMENT, None, f"settings.{name}", f"{getattr(settings, name):g}", what)


def _check_people(draft: Draft, settings: DisplacementSettings) -> None:
    """Report more people than there are: beyond that sums of people are exact no more."""
    what = f"a number of people of at most {MOST_PEOPLE:,.0f}"
    counts = [entry for entry in draft.entries("observations") if entry.row.kind in COUNTS and entry.row.high]
    of_places = [(one, name) for one in draft.entries("places") for name in ("population", "displaced")]
    for entry, name in [*((one, "high") for one in counts), *of_places]:
        number = getattr(entry.row, name)
        if number is not None and number > MOST_PEOPLE:
            draft.fault(entry, name, number, what)
    most: dict[tuple[str, str], float] = {}
    for entry in counts:
        if entry.row.kind == ASSESSED:
            continue  # of areas within areas: each by itself
        key = (entry.row.place_id or "", "" if entry.row.place_id else entry.row.note)
        most[key] = max(most.get(key, 0.0), entry.row.high)
    at_first = sum(float(entry.row.displaced or 0) for entry in draft.entries("places"))
    assessed = max((entry.row.high for entry in counts if entry.row.kind == ASSESSED), default=0.0)
    if max(sum(most.values()) + at_first, assessed) > MOST_IN_ALL:
        total = f"{max(sum(most.values()) + at_first, assessed):.0f}"
        draft.faults.add(
            "observations.csv", None, "", total, f"counts that add up to at most {MOST_IN_ALL:,.0f} people"
        )
    kinds_of_push = {
        "conflict": (settings.conflict_driven_spawning, settings.spawn_mode, "displaced_per_conflict_day"),
        "flood": (settings.flood_driven_spawning, settings.flood_spawn_mode, "displaced_per_flood_day"),
    }
    for series in draft.series:
        driven, mode, name = kinds_of_push.get(series.kind, (False, "", ""))
        if driven:
            _check_push(draft, series, mode, name, getattr(settings, name))


def _check_push(draft: Draft, series: Series, mode: str, name: str, rate: float | tuple[float, ...]) -> None:
    """Report a rate at which a conflict, or a flood at its worst, displaces more people than there are."""
    if draft.start is None or draft.end is None or not series.days:
        return
    days = max((draft.end - draft.start).days + 1, 1)
    lasts = np.clip(np.diff([*series.days, max(days, series.days[-1])]), 0, days)
    strength = series.values if series.kind == "conflict" else series.values > 0
    people = {entry.key: float(entry.row.population or 0) for entry in draft.entries("places")}
    each = [people.get(one, 0.0) if mode == "pop_ratio" else 1.0 for one in series.place_ids]
    highest = max(rate, default=0.0) if isinstance(rate, tuple) else rate
    if float(lasts @ strength @ np.asarray(each)) * highest > MOST_IN_ALL:
        what = f"a number that displaces at most {MOST_IN_ALL:,.0f} people"
        draft.faults.add(DOCUMENT, None, f"settings.{name}", f"{highest:g}", what)


def _check_needs(draft: Draft, given: dict[str, Any], settings: DisplacementSettings) -> None:
    """Report settings without the data that they act on."""
    if any(fault.file.startswith("series-") for fault in draft.faults.listed()):
        return  # what is missing may be what could not be read
    kept = {series.kind for series in draft.series}
    needs: list[tuple[str, bool, str]] = [
        ("flood_driven_spawning", "flood" in kept, "false: there are no floods (flood_level.csv)"),
        (
            "starvation_driven_spawning",
            "ipc" in kept,
            "false: there is no hunger by region (region_attributes_IPC.csv)",
        ),
        *((rule, False, f"false: there are {what}") for rule, what in missing_traits(given).items()),
        (
            "flood_zone_spawning_only",
            not settings.conflict_zone_spawning_only,
            "false, as conflict_zone_spawning_only is true and Flee stops at both",
        ),
    ]
    for name, met, what in needs:
        if getattr(settings, name) and not met:
            draft.faults.add(DOCUMENT, None, f"settings.{name}", "true", what)
