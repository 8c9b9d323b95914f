"""What places are worth: as destinations, as places to stay, as origins, [place] on a day.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.series import by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """What is needed to score places, and to weigh them as origins.

    Attributes
    ----------
    settings
        Settings of the rules.
    mended
        Without the defects of Flee.
    foreign
        Whether a place lies in another country than the first one, [place].
    pop_weight, pop_scale
        Weight of the inhabitants in the choice of a place, and factor of the chance of moving, [place].
    flood
        Level of floods as people see it, [day, place].
    flood_of_origins
        The same as a weight of origins.
    flood_zone
        Whether it is a flood zone, [place].
    ipc
        Percent of people who hunger, [day, place].
    pull
        Economic pull of places abroad, [place].
    """

    settings: DisplacementSettings
    mended: bool
    foreign: Bools
    pop_weight: Floats
    pop_scale: Floats
    flood: Floats | None
    flood_of_origins: Floats | None
    flood_zone: Bools
    ipc: Floats | None
    pull: Floats

    @classmethod
    def of(cls, scenario: Scenario, settings: DisplacementSettings, days: int, *, mended: bool) -> Scores:
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
            settings, mended, np.array([one.country != places[0].country for one in places]), pop_weight, scale,
            flood_levels(scenario, settings, days, mended=mended), by_place(scenario, "flood", days),
            np.array([one.kind == "flood_zone" for one in places]), hunger(scenario, days, mended=mended), pull,
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
        # In Flee hunger is looked at from the second day on only (quirk 54).
        if self.ipc is not None and s.avoid_food_deprived_locations and (self.mended or day > 0):
            score = score * np.where(self.foreign, 1.0, 1.0 - (self.ipc[day] / 100.0) ** 2)
        if self.flood is not None and s.flood_loc_weights and not self.mended:
            # quirk 29: a flood zone weighs by the flood twice, and by the weight of level 0 when it is dry
            weight = steps(s.flood_loc_weights, self.flood[day])
            score = np.where(self.flood_zone, score * weight, score)
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
            hungry = self.ipc[day] / 100.0
            chance = hungry + (1.0 - hungry) * chance
        if self.flood is not None and self.settings.flood_movechances:
            chance = np.where(self.flood[day] > 0, steps(self.settings.flood_movechances, self.flood[day]), chance)
        return np.clip(chance, 0.0, 1.0)

    def origins(self, conflict: Floats, since: Ints, seen: int, day: int) -> Floats:
        """Weight of places as origins, per inhabitant: intensity x decay, more where there is hunger, [place].

        Where floods displace people, their level weighs as intensity does.
        """
        s, flood = self.settings, self.flood_of_origins
        weight = np.where(conflict > 0, conflict * self.decay(since, seen), 0.0)
        only = s.conflict_zone_spawning_only or s.flood_zone_spawning_only or s.flood_driven_spawning
        if self.mended and not only:
            # quirk 26: in Flee a place at peace weighs nothing, whatever the setting says
            weight = np.where(conflict > 0, weight, 1.0)
        if flood is not None and s.flood_zone_spawning_only:
            weight = np.where(self.flood_zone, flood[day], 0.0)
        elif flood is not None and s.flood_driven_spawning:
            weight = weight + flood[day]
        if s.starvation_driven_spawning and self.ipc is not None and day > 0:
            # Flee passes over places without conflict unless others may be origins too.
            hungry = (conflict > 0) | (not s.conflict_zone_spawning_only)
            raised = weight + self.ipc[day] / 100.0
            # quirk 27: the documented cap at all inhabitants is gone in Flee
            weight = np.where(hungry, np.minimum(1.0, raised) if self.mended else raised, weight)
        return np.asarray(weight)


def floods_act(settings: DisplacementSettings, *, mended: bool) -> bool:
    """Whether floods are looked at: in Flee only where they displace people too (quirk 55)."""
    return mended or settings.flood_driven_spawning


def flood_levels(scenario: Scenario, settings: DisplacementSettings, days: int, *, mended: bool) -> Floats | None:
    """Return the level of floods as the rules see it, [day, place]; None where nobody looks at floods.

    Flee cuts levels to whole ones, although its lists are read on the line between two (quirk 28).
    """
    flood = by_place(scenario, "flood", days)
    if flood is None or not floods_act(settings, mended=mended):
        return None
    return flood if mended else np.trunc(flood)


def hunger(scenario: Scenario, days: int, *, mended: bool) -> Floats | None:
    """Percent of people who hunger, [day, place]; None where nothing is known of any.

    A place that is called as a region is never gets its value in Flee (quirk 25).
    """
    ipc = by_place(scenario, "ipc", days)
    if ipc is None or mended:
        return ipc
    fed = {one for series in scenario.series if series.kind == "ipc" for one in series.place_ids}
    regions = {place.state for place in scenario.places if place.id in fed}
    named = np.array([place.name in regions for place in scenario.places])
    return np.where(named, 0.0, ipc)


def steps(values: tuple[float, ...], level: Floats) -> Floats:
    """Interpolate a list indexed by level; flat at its ends (quirk 10: Flee fails at the top one)."""
    return np.asarray(np.interp(level, np.arange(len(values)), np.asarray(values)))
