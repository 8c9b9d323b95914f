"""Day tables of displacement: what places and links are on each day, known before the first one.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Links
    from caravana.scenario.model import Event, Scenario, Series
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


def by_place(scenario: Scenario, kind: str, days: int) -> Floats | None:
    """Return a series as an array [day, place], 0 where it has no column; None where there is no such series."""
    series: Series | None = next((one for one in scenario.series if one.kind == kind), None)
    if series is None:
        return None
    index = {place.id: i for i, place in enumerate(scenario.places)}
    table = np.zeros((days, len(scenario.places)))
    rows = np.searchsorted(np.asarray(series.days), np.arange(days), side="right") - 1
    columns = [index[place_id] for place_id in series.place_ids]
    table[:, columns] = np.where(rows[:, None] >= 0, series.values[np.maximum(rows, 0)], 0.0)
    return table


def start_of_places(scenario: Scenario, settings: DisplacementSettings) -> _Now:
    """Return the places before day 0: a chance of moving and marks by kind."""
    chances = {
        "camp": settings.camp_movechance, "idpcamp": settings.idpcamp_movechance,
        "conflict_zone": settings.conflict_movechance, "forward_hub": 1.0, "marker": 1.0,
    }  # fmt: skip
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
    for i, kind in enumerate(kinds):
        if kind == "conflict_zone" and onset is not None and onset[0, i] <= CALM:
            _calm(now, i, settings)
        elif now.move_chance[i] < 0.005 and not now.camp[i] and not now.flood_zone[i]:
            now.camp[i], now.town[i] = True, False
    return now


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
        to be sinks (not quirk 8), a camp stays a camp when its conflict ends (not quirk 12).
    """
    n = len(scenario.places)
    now = start_of_places(scenario, settings)
    conflict = by_place(scenario, "conflict", days)
    tables = PlaceDays(
        np.empty((days, n)), np.empty((days, n), bool), np.empty((days, n), bool),
        np.empty((days, n)), np.empty((days, n)), np.empty((days, n)), np.empty((days, n)),
    )  # fmt: skip
    changes = _by_day(scenario, ("location_change",))
    closures = _by_day(scenario, ("closure",))
    scores = Scores.of(scenario, settings, days)
    for day in range(days):
        now.changed = day == 0
        for event, _ in changes.get(day, []):
            _change_kind(now, scenario, event, settings)
        if conflict is not None:
            _step_conflict(now, conflict, day, settings, mended=mended)
        elif day == 0:
            now.since[now.conflict > 0] = 0
        # Flee draws origins with the weights it last refreshed: yesterday's, unless a conflict changed today.
        seen = day if now.changed else day - 1
        tables.origin_weight[day] = scores.origins(now.conflict, now.since, seen, day)
        for event, opens in closures.get(day, []):
            _close_camp(now, scenario, event, settings, opens=opens)
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


def _change_kind(now: _Now, scenario: Scenario, event: Event, settings: DisplacementSettings) -> None:
    """Make a place another kind of place from today on (``location_changes.csv``)."""
    place = next(i for i, one in enumerate(scenario.places) if one.id == event.place_id)
    kind = event.unit
    chances = {
        "camp": settings.camp_movechance, "idpcamp": settings.idpcamp_movechance,
        "conflict_zone": settings.conflict_movechance, "forward_hub": 1.0, "marker": 1.0,
    }  # fmt: skip
    now.move_chance[place] = now.calm_chance[place] = chances.get(kind, settings.default_movechance)
    now.camp[place] = kind in ("camp", "idpcamp")
    now.town[place] = kind not in (*chances, "flood_zone")
    now.conflict[place] = 1.0 if kind == "conflict_zone" else -1.0
    now.since[place] = scenario.day_of(event.date) if kind == "conflict_zone" else now.since[place]
    now.changed = True


def _close_camp(now: _Now, scenario: Scenario, event: Event, settings: DisplacementSettings, *, opens: bool) -> None:
    """Close a camp (it becomes a town) or open it again."""
    if event.unit not in ("camp", "idpcamp"):
        return
    place = next(i for i, one in enumerate(scenario.places) if one.id == event.place_id)
    open_chance = settings.idpcamp_movechance if event.unit == "idpcamp" else settings.camp_movechance
    now.move_chance[place] = open_chance if opens else settings.default_movechance
    now.camp[place], now.town[place], now.conflict[place] = opens, not opens, -1.0


@dataclass(frozen=True, slots=True)
class Scores:
    """What is needed to score places, and to weigh them as origins."""

    settings: DisplacementSettings
    foreign: Bools
    population: Floats
    pop_weight: Floats
    pop_scale: Floats
    flood: Floats | None
    flood_zone: Bools
    ipc: Floats | None
    pull: Floats

    @classmethod
    def of(cls, scenario: Scenario, settings: DisplacementSettings, days: int) -> Scores:
        """Gather from a scenario; home is the country of its first place."""
        places = scenario.places
        people = np.array([float((one.population or 0) // settings.hasten) for one in places])
        size = np.array([float(max((one.population or 0) // settings.hasten, (one.capacity or 0) // settings.hasten))
                         for one in places])  # fmt: skip
        scale = np.ones(len(places))
        if settings.movechance_pop_scale_factor:
            scale = (size / settings.movechance_pop_base) ** settings.movechance_pop_scale_factor
        pop_weight = np.ones(len(places))
        if settings.use_pop_for_loc_weight:
            # A place that says nothing of its inhabitants weighs as one with a single one.
            pop_weight = np.maximum(1.0, people) ** settings.pop_power_for_loc_weight
        trade = by_place(scenario, "attribute-trade_volume", 1)
        hdi = by_place(scenario, "attribute-hdi", 1)
        pull = np.ones(len(places))
        if settings.economic_pull and trade is not None and hdi is not None:
            pull = 1.0 + trade[0] + hdi[0] ** 2
        return cls(
            settings, np.array([one.country != places[0].country for one in places]), people, pop_weight, scale,
            by_place(scenario, "flood", days), np.array([one.kind == "flood_zone" for one in places]),
            by_place(scenario, "ipc", days), pull,
        )  # fmt: skip

    def decay(self, since: Ints, day: int) -> Floats:
        """How much of a conflict's weight is left: a list of factors by age, stepped every interval."""
        factors = self.settings.conflict_spawn_decay
        if not factors:
            return np.ones(len(since))
        step = np.trunc((day - since) / self.settings.conflict_spawn_decay_interval).astype(np.int64)
        return np.asarray(np.asarray(factors)[np.minimum(step, len(factors) - 1)])

    def of_day(self, camp: Bools, conflict: Floats, since: Ints, day: int) -> Floats:
        """Score every place: 1 x foreign x camp x conflict weight ^ (decay x intensity), [place]."""
        s = self.settings
        score = np.where(self.foreign, s.foreign_weight * self.pull, 1.0)
        score = score * np.where(camp, s.camp_weight, 1.0)
        power = np.where(conflict > 0, self.decay(since, day) * conflict, 0.0)
        score = score * s.conflict_weight**power
        if self.ipc is not None and s.avoid_food_deprived_locations:
            score = score * np.where(self.foreign, 1.0, 1.0 - (self.ipc[day] / 100.0) ** 2)
        return score

    def factors(self, camp: Bools, day: int) -> Floats:
        """What scores are multiplied by once people of each class have seen them: floods, inhabitants^p, [place].

        Flee works out what a class makes of a location first, so that a child does not square
        these.  Places that are camps today do not weigh by inhabitants.
        """
        factor = np.where(camp, 1.0, self.pop_weight)
        if self.flood is not None and self.settings.flood_loc_weights:
            weight = steps(self.settings.flood_loc_weights, self.flood[day])
            factor = np.where(self.flood[day] > 0, factor * weight, factor)
        return factor

    def move_chances(self, base: Floats, day: int) -> Floats:
        """Chance of moving on: scaled by population, raised by hunger, replaced by floods, [place]."""
        chance = base * self.pop_scale
        if self.ipc is not None and self.settings.flee_when_starving:
            hunger = self.ipc[day] / 100.0
            chance = hunger + (1.0 - hunger) * chance
        if self.flood is not None and self.settings.flood_movechances:
            chance = np.where(self.flood[day] > 0, steps(self.settings.flood_movechances, self.flood[day]), chance)
        return np.clip(chance, 0.0, 1.0)

    def origins(self, conflict: Floats, since: Ints, seen: int, day: int) -> Floats:
        """Weight of places as origins, per inhabitant: intensity x decay, more where there is hunger, [place].

        Where floods displace people, their level weighs as intensity does.
        """
        weight = np.where(conflict > 0, conflict * self.decay(since, seen), 0.0)
        if self.flood is not None and self.settings.flood_zone_spawning_only:
            weight = np.where(self.flood_zone, self.flood[day], 0.0)
        elif self.flood is not None and self.settings.flood_driven_spawning:
            weight = weight + self.flood[day]
        if self.settings.starvation_driven_spawning and self.ipc is not None:
            # Flee passes over places without conflict unless others may be origins too.
            hungry = (conflict > 0) | (not self.settings.conflict_zone_spawning_only)
            weight = np.where(hungry, np.minimum(1.0, weight + self.ipc[day] / 100.0), weight)
        return np.asarray(weight)


def steps(values: tuple[float, ...], level: Floats) -> Floats:
    """Interpolate a list indexed by level; flat at its ends (quirk 10: Flee fails at the top one)."""
    return np.asarray(np.interp(level, np.arange(len(values)), np.asarray(values)))


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
