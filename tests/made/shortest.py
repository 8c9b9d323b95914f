"""Shortest roads of a scenario, km."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.roads import road_network, shortest_road

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario


def shortest_km(scenario: Scenario, start: str, goal: str) -> float:
    """Km of the shortest open road between two places; infinite where there is none."""
    road = shortest_road(road_network(scenario.places, scenario.links), start, goal)
    return np.inf if road is None else road[1][-1]
