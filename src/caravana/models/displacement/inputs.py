"""What both models of displacement are compiled from: counts, links, closures and day tables of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.counts import DailyCounts, daily_counts
from caravana.models.displacement.day_tables import PlaceDays, compile_closures, compile_places
from caravana.models.displacement.network import Links, compile_links
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

CAMP_KINDS = ("camp", "idpcamp")
"""Kinds of place that take people in."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A scenario of displacement as arrays, before any rule.

    Attributes
    ----------
    scenario
        The scenario.
    settings
        Its settings, those set by hand included.
    days
        Days to simulate.
    place_ids
        Places in the scenario's order.
    population
        Inhabitants, in simulated persons, [place].
    links
        Directed links.
    counts
        What was counted, by day.
    places
        Day tables of places.
    open_link, shutting
        Whether a link is open, and whether it shuts, [day, link].
    """

    scenario: Scenario
    settings: DisplacementSettings
    days: int
    place_ids: tuple[str, ...]
    population: Ints
    links: Links
    counts: DailyCounts
    places: PlaceDays
    open_link: Bools
    shutting: Bools

    @property
    def index(self) -> dict[str, int]:
        """Index of each place, by its id."""
        return {place_id: i for i, place_id in enumerate(self.place_ids)}


def read_inputs(
    scenario: Scenario, *, settings: Mapping[str, object] | None = None, days: int | None = None, mended: bool
) -> Inputs:
    """Return what a scenario gives to a model of displacement.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        Values that override the scenario's settings.
    days
        Simulate only so many days.
    mended
        Without the defects of Flee (docs/dispersal.md).
    """
    s = DisplacementSettings.of({**scenario.settings, **(settings or {})})
    length = scenario.days if days is None else min(days, scenario.days)
    links = compile_links(scenario, max_move_speed=s.max_move_speed, doubled=not mended)
    open_link, shutting = compile_closures(scenario, links, length, mended=mended)
    return Inputs(
        scenario=scenario, settings=s, days=length, place_ids=tuple(one.id for one in scenario.places),
        population=np.array([(one.population or 0) // s.hasten for one in scenario.places]), links=links,
        counts=daily_counts(scenario, hasten=s.hasten, start_empty=s.empty_camps_on_day0),
        places=compile_places(scenario, s, length, mended=mended), open_link=open_link, shutting=shutting,
    )  # fmt: skip
