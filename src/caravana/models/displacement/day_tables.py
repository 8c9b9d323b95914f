"""Day tables of displacement: what places and links are on each day, known before the first one.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.place_scores import Scores
from caravana.models.displacement.series import by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Links
    from caravana.scenario.model import Event, Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Intensities below this are no conflict.
CALM = 1e-6


@dataclass(frozen=True, slots=True)
class PlaceDays:
    """What each place is on each day, after the day's events, [day, place].

    Attributes
    ----------
    move_chance
        Chance that a person who rests there moves on in a day.
    town, camp
        Whether it counts as a town (short stints are avoided there), as a camp.
    score
        How attractive it is as a destination, as the location that it is.
    factor
        What that is multiplied by whoever looks at it: floods and inhabitants.
    origin_weight
        Weight as an origin of those displaced on the day, per inhabitant.
    conflict
        Intensity on the day as the rules see it (quirk 4), 0 without conflict.
    """

    move_chance: Floats
    town: Bools
    camp: Bools
    score: Floats
    factor: Floats
    origin_weight: Floats
    conflict: Floats


@dataclass(slots=True)
class _Now:
    """The places on the day being compiled; `calm_chance` is the chance of moving without a conflict."""

    move_chance: Floats
    calm_chance: Floats
    town: Bools
    camp: Bools
    conflict: Floats
    since: Ints
    flood_zone: Bools
    changed: bool = field(default=True)


def chances_by_kind(settings: DisplacementSettings) -> dict[str, float]:
    """Chance of moving in a day by kind of place; of all other kinds it is ``default_movechance``."""
    return {
        "camp": settings.camp_movechance, "idpcamp": settings.idpcamp_movechance,
        "conflict_zone": settings.conflict_movechance, "forward_hub": 1.0, "marker": 1.0,
    }  # fmt: skip


def start_of_places(scenario: Scenario, settings: DisplacementSettings, *, mended: bool) -> _Now:
    """Return the places before day 0: a chance of moving and marks by kind."""
    chances = chances_by_kind(settings)
    kinds = [place.kind for place in scenario.places]
    onset = by_place(scenario, "conflict", 1)
    chance = np.array([chances.get(kind, settings.default_movechance) for kind in kinds])
    # A conflict zone whose conflict comes later starts as a town.
    now = _Now(
        chance, chance.copy(),
        np.array([kind not in ("camp", "idpcamp", "conflict_zone", "forward_hub", "marker", "flood_zone")
                  for kind in kinds]),
        np.array([kind in ("camp", "idpcamp") for kind in kinds]),
        np.array([1.0 if kind == "conflict_zone" else -1.0 for kind in kinds]),
        np.full(len(kinds), -1, dtype=np.int64),
        np.array([kind == "flood_zone" for kind in kinds]),
    )  # fmt: skip
    began = _conflicts_begun(scenario, settings, mended=mended)
    for i, kind in enumerate(kinds):
        if kind == "conflict_zone" and not np.isnan(began[i]):
            now.conflict[i], now.since[i] = began[i], 0 if mended else -1
        elif kind == "conflict_zone" and onset is None:
            now.since[i] = 0
        elif kind == "conflict_zone" and onset is not None and onset[0, i] <= CALM:
            _calm(now, i, settings)
        elif now.move_chance[i] < 0.005 and not now.camp[i] and not now.flood_zone[i]:
            now.camp[i], now.town[i] = True, False
    return now


def _conflicts_begun(scenario: Scenario, settings: DisplacementSettings, *, mended: bool) -> Floats:
    """Intensity of conflict zones that are in conflict before day 0, whatever the series says of it, else NaN, [place].

    Those are the zones of ``locations.csv`` whose conflict has begun, with a ``conflict_intensity`` or without.  In
    Flee they stay in conflict where the series has 0 from day 0 on (quirk 51); mended, a place that the series
    has a column of is what the series says.  Where none is given it is 1; mended, ``default_conflict_intensity``
    (quirk 18: in Flee that acts on places that change their kind only).
    """
    nothing = np.full((1, len(scenario.places)), np.nan)
    given = by_place(scenario, "attribute-conflict_intensity", 1, missing=np.nan)
    begun = by_place(scenario, "attribute-conflict_begun", 1, missing=np.nan)
    usual = settings.default_conflict_intensity if mended else 1.0
    intensity = np.where((nothing if begun is None else begun) > 0, usual, np.nan)[0]
    if given is not None:
        intensity = np.where(np.isnan(given[0]), intensity, given[0])
    if mended:
        listed = {one for series in scenario.series if series.kind == "conflict" for one in series.place_ids}
        intensity[[place.id in listed for place in scenario.places]] = np.nan
    return np.asarray(intensity)


def _calm(now: _Now, place: int, settings: DisplacementSettings) -> None:
    """End a conflict: the place is a town now, whatever it was (quirk 12 where it was a camp)."""
    now.move_chance[place] = settings.default_movechance
    now.conflict[place] = -1.0
    now.town[place] = True
    now.changed = True


def compile_places(scenario: Scenario, settings: DisplacementSettings, days: int, *, mended: bool) -> PlaceDays:
    """Compile what each place is on each day.

    Parameters
    ----------
    mended
        Without Flee's defects: intensities follow the series (not quirk 4), nobody leaves camps that are
        to be sinks (not quirk 8), a camp stays a camp when its conflict ends (not quirk 12), and so on.
    """
    n = len(scenario.places)
    now = start_of_places(scenario, settings, mended=mended)
    conflict = by_place(scenario, "conflict", days)
    tables = PlaceDays(
        np.empty((days, n)), np.empty((days, n), bool), np.empty((days, n), bool),
        np.empty((days, n)), np.empty((days, n)), np.empty((days, n)), np.empty((days, n)),
    )  # fmt: skip
    changes = _by_day(scenario, ("location_change",))
    closures = _by_day(scenario, ("closure",))
    scores = Scores.of(scenario, settings, days, mended=mended)
    for day in range(days):
        now.changed = day == 0
        before = now.conflict.copy(), now.since.copy()
        for event, _ in changes.get(day, []):
            _change_kind(now, scenario, event, settings, mended=mended)
        if conflict is not None:
            _step_conflict(now, conflict, day, settings, mended=mended)
        # Flee draws origins with the weights it last refreshed: yesterday's, unless a conflict changed today.
        seen = day if now.changed else day - 1
        # So a place that changes its kind is an origin from the next day on (quirk 53).
        known = (now.conflict, now.since) if now.changed or mended else before
        tables.origin_weight[day] = scores.origins(*known, seen, day)
        for event, opens in closures.get(day, []):
            _close_camp(now, scenario, event, settings, opens=opens, mended=mended)
        tables.move_chance[day] = scores.move_chances(now.move_chance, day)
        if mended and settings.camps_are_sinks:
            # quirk 8: Flee looks for another spelling of the setting, so that nothing comes of it
            tables.move_chance[day, now.camp] = 0.0
        tables.town[day], tables.camp[day] = now.town, now.camp
        tables.score[day] = scores.of_day(now.camp, now.conflict, now.since, day)
        tables.factor[day] = scores.factors(now.camp, day)
        tables.conflict[day] = np.maximum(now.conflict, 0.0)
    return tables


def _by_day(scenario: Scenario, kinds: tuple[str, ...]) -> dict[int, list[tuple[Event, bool]]]:
    """Events by the day they start (False) or end (True), in file order."""
    by_day: dict[int, list[tuple[Event, bool]]] = {}
    for event in scenario.events:
        if event.kind in kinds:
            by_day.setdefault(scenario.day_of(event.date), []).append((event, False))
            if event.end_date is not None:
                by_day.setdefault(scenario.day_of(event.end_date), []).append((event, True))
    return by_day


def _step_conflict(now: _Now, conflict: Floats, day: int, settings: DisplacementSettings, *, mended: bool) -> None:
    """Start and end conflicts as the intensities of today and yesterday say."""
    today = conflict[day] > CALM
    before = conflict[day - 1] > CALM if day else np.zeros_like(today)
    for place in np.flatnonzero(today & ~before):
        now.move_chance[place] = settings.conflict_movechance
        now.conflict[place] = conflict[day, place]
        now.town[place] = False
        now.since[place] = day
        now.changed = True
    for place in np.flatnonzero(before & ~today):
        was_camp = now.camp[place]
        _calm(now, int(place), settings)
        if mended and was_camp:  # quirk 12: in Flee it is a camp and a town, with the chance of a town
            now.town[place], now.move_chance[place] = False, now.calm_chance[place]
    if mended:  # quirk 4: Flee keeps the intensity of the onset
        now.conflict[today] = conflict[day, today]


def _change_kind(now: _Now, scenario: Scenario, event: Event, settings: DisplacementSettings, *, mended: bool) -> None:
    """Make a place another kind of place from today on (``location_changes.csv``)."""
    place = next(i for i, one in enumerate(scenario.places) if one.id == event.place_id)
    kind = event.unit
    chances = chances_by_kind(settings)
    now.move_chance[place] = now.calm_chance[place] = chances.get(kind, settings.default_movechance)
    now.camp[place] = kind in ("camp", "idpcamp")
    now.town[place] = kind not in (*chances, "flood_zone")
    now.conflict[place] = -1.0
    if kind == "conflict_zone":
        # quirk 18: Flee cuts the intensity to a whole number; quirk 53: and takes the conflict for older than the run
        default = settings.default_conflict_intensity
        now.conflict[place] = default if mended else float(int(default))
        now.since[place] = scenario.day_of(event.date) if mended else -1
    now.changed |= mended


def _close_camp(
    now: _Now, scenario: Scenario, event: Event, settings: DisplacementSettings, *, opens: bool, mended: bool
) -> None:
    """Close a camp (it becomes a town) or open it again."""
    if event.unit not in ("camp", "idpcamp"):
        return
    place = next(i for i, one in enumerate(scenario.places) if one.id == event.place_id)
    open_chance = chances_by_kind(settings)[event.unit]
    if mended and now.calm_chance[place] in (settings.camp_movechance, settings.idpcamp_movechance):
        open_chance = now.calm_chance[place]  # quirk 46: in Flee it opens as what the row of the closure calls it
    now.move_chance[place] = open_chance if opens else settings.default_movechance
    now.camp[place], now.town[place], now.conflict[place] = opens, not opens, -1.0


def compile_closures(scenario: Scenario, links: Links, days: int, *, mended: bool) -> tuple[Bools, Bools]:
    """Compile which links are open, and which shut on the day (so that those on them turn back).

    Closures act in file order on the day they start and on the day they end; a link opened by one
    is open whatever else still wants it shut, as in Flee.

    Parameters
    ----------
    mended
        ``link`` closures act (quirk 3: in Flee they never do).

    Returns
    -------
    tuple of array
        Open and shutting, each [day, link].
    """
    country = np.array([place.country for place in scenario.places])
    index = {place.id: i for i, place in enumerate(scenario.places)}
    is_open = np.ones((days, len(links.km)), dtype=bool)
    shutting = np.zeros_like(is_open)
    crossing = np.array([bool(link.name) for link in scenario.links], dtype=bool)[links.road]
    now = np.array([link.status == "open" for link in scenario.links], dtype=bool)[links.road]
    events = _by_day(scenario, ("closure",))
    for day in range(min(events, default=0), days):
        for event, opens in events.get(day, []) if day >= 0 else []:
            a = index[event.place_id or ""]
            b = index.get(event.target_id or "", -1)
            if event.unit == "country":
                between = _between(country[links.start], country[links.end], str(country[a]), str(country[b]))
            elif event.unit == "location":
                between = (links.start == a) | (links.end == a)
            elif event.unit == "link" and mended:
                between = _between(links.start, links.end, a, b)
            elif event.unit == "crossing":
                # Of our own, so that it acts under every rule: a crossing alone, not the road around it.
                between = _between(links.start, links.end, a, b) & crossing
            else:
                continue
            if not opens:
                shutting[day] |= between & now
            now = np.where(between, opens, now)
        if day >= 0:
            is_open[day] = now
    return is_open, shutting


def _between(start: NDArray[np.generic], end: NDArray[np.generic], a: object, b: object) -> Bools:
    """Links from a to b or from b to a."""
    return np.asarray(((start == a) & (end == b)) | ((start == b) & (end == a)))
