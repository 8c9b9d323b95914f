"""Places that send people out by themselves: so many a day for a conflict or a flood, whatever the counts say.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import UsageError
from caravana.models.displacement.series import by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Push:
    """What drives people out of places by itself.

    Attributes
    ----------
    mode
        ``constant`` (persons a day, cut to whole ones), ``pop_ratio`` (a share of the inhabitants a day,
        cut likewise) or ``poisson`` (persons a day in the mean).
    rate
        Persons a day, or share of the inhabitants a day, at full strength, [day, place].
    strength
        What that is multiplied by: a conflict's intensity, 1 in a flood, 0 without either, [day, place].
    mended
        Parts of a person are whole ones by chance; Flee cuts them off, so that .9 a day is nobody (quirk 45).
    """

    mode: str
    rate: Floats
    strength: Floats
    mended: bool = False

    def displaced(self, inhabitants: Ints, day: int, rng: np.random.Generator) -> Ints:
        """Newly displaced on a day, [member, place].

        Flee: ``int(k intensity)``, ``int(k inhabitants intensity)`` or ``Poisson(k intensity)``.

        Parameters
        ----------
        inhabitants
            Those still there, [member, place].
        """
        size = inhabitants if self.mode == "pop_ratio" else np.ones_like(inhabitants)
        mean = self.rate[day] * size * self.strength[day]
        if self.mode == "poisson":
            return np.asarray(rng.poisson(mean))
        whole = np.floor(mean)
        more = rng.random(mean.shape) < mean - whole if self.mended else False
        return np.asarray((whole + more).astype(np.int64))


def compile_pushes(
    scenario: Scenario, conflict: Floats, settings: DisplacementSettings, *, mended: bool
) -> tuple[Push, ...]:
    """Compile what drives people out by itself, none where the counts say how many there are.

    Parameters
    ----------
    conflict
        Intensity of conflicts, [day, place].
    mended
        Without the defects of Flee.

    Raises
    ------
    UsageError
        If floods are to displace people and the scenario has none.
    """
    flood = by_place(scenario, "flood", len(conflict))
    pushes = []
    if settings.conflict_driven_spawning:
        rate = np.full_like(conflict, settings.displaced_per_conflict_day)
        pushes.append(Push(settings.spawn_mode, rate, conflict, mended))
    if settings.flood_driven_spawning:
        if flood is None:
            raise UsageError("flood_driven_spawning: this scenario has no floods (flood_level.csv)")
        # As for conflicts, with a rate that is looked up by level; between levels on the line between them.
        levels = np.asarray(settings.displaced_per_flood_day)
        # quirk 28: Flee cuts levels to whole ones, and the number of which it takes a Poisson number
        seen = flood if mended else np.trunc(flood)
        rate = np.interp(seen, np.arange(len(levels)), levels)
        if not mended and settings.flood_spawn_mode == "poisson":
            rate = np.trunc(rate)
        flood_zone = np.array([place.kind == "flood_zone" for place in scenario.places])
        flooded = (seen > 0) & (flood_zone | (not settings.flood_zone_spawning_only))
        pushes.append(Push(settings.flood_spawn_mode, rate, flooded.astype(float), mended))
    return tuple(pushes)


def displace_by_pushes(
    pushes: tuple[Push, ...], inhabitants: Ints, day: int, rng: np.random.Generator, *, no_more_than_there: bool
) -> Ints:
    """Sum what all pushes displace on a day, [member, place].

    Parameters
    ----------
    no_more_than_there
        Whether those displaced are taken from the inhabitants, of whom there may be too few.
    """
    new = np.sum([push.displaced(inhabitants, day, rng) for push in pushes], axis=0, dtype=np.int64)
    return np.minimum(new, inhabitants) if no_more_than_there else np.asarray(new)
