"""Roads: the shortest way along links, for itineraries.

Scenarios have hundreds to a few thousand places, where Dijkstra's algorithm on a
heap takes milliseconds.  ``scipy.sparse.csgraph`` does the same, but importing it
costs more than loading a whole scenario, and it leaves ties between equally long
roads to its heap; here a tie goes to the place that stands first in the file.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.scenario.model import Itinerary, Link, Place, Scenario


@dataclass(frozen=True, slots=True)
class RoadNetwork:
    """Places and the links between them, by position in the scenario's tables.

    Attributes
    ----------
    place_ids
        Ids of the places, in file order.
    positions
        Position of each place id.
    neighbours
        For each place, the (position, km) of the places linked to it.
    """

    place_ids: tuple[str, ...]
    positions: Mapping[str, int]
    neighbours: tuple[tuple[tuple[int, float], ...], ...]


def road_network(places: Iterable[Place], links: Iterable[Link]) -> RoadNetwork:
    """Make the network of links, each passable both ways.

    Links that are closed are left out, and so are those to places that are not in `places` (checking reports them).
    """
    place_ids = tuple(dict.fromkeys(place.id for place in places))
    positions = {place_id: position for position, place_id in enumerate(place_ids)}
    neighbours: list[list[tuple[int, float]]] = [[] for _ in place_ids]
    for link in links:
        if link.status == "closed":
            continue
        here, there = positions.get(link.from_id), positions.get(link.to_id)
        if here is not None and there is not None:
            neighbours[here].append((there, link.km))
            neighbours[there].append((here, link.km))
    return RoadNetwork(place_ids, positions, tuple(tuple(near) for near in neighbours))


def shortest_road(network: RoadNetwork, from_id: str, to_id: str) -> tuple[list[str], list[float]] | None:
    """Shortest road between two places (Dijkstra 1959).

    Returns
    -------
    tuple of list or None
        Place ids from `from_id` to `to_id`, and km from the start at each (the first is 0);
        None where no road joins them.

    Raises
    ------
    KeyError
        If a place is not in the network.
    """
    start, goal = network.positions[from_id], network.positions[to_id]
    km = [math.inf] * len(network.place_ids)
    before = [-1] * len(network.place_ids)
    km[start] = 0.0
    frontier = [(0.0, start)]
    while frontier:
        done, here = heapq.heappop(frontier)
        if here == goal:
            break
        if done > km[here]:
            continue
        for there, length in network.neighbours[here]:
            if done + length < km[there]:
                km[there] = done + length
                before[there] = here
                heapq.heappush(frontier, (km[there], there))
    if math.isinf(km[goal]):
        return None
    road = [goal]
    while road[-1] != start:
        road.append(before[road[-1]])
    road.reverse()
    return [network.place_ids[position] for position in road], [km[position] for position in road]


def road_through(network: RoadNetwork, waypoints: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Road that takes the shortest way from each waypoint to the next.

    Parameters
    ----------
    network
        The places and links.
    waypoints
        Place ids, at least one, in the order they are passed.

    Returns
    -------
    tuple
        Place ids along the road, and km from its start at each, shape (places,), float64.

    Raises
    ------
    ScenarioError
        If a waypoint is not a place, or no road leads to it from the one before.
    """
    for waypoint in waypoints:
        if waypoint not in network.positions:
            raise ScenarioError(f"'{waypoint}' is not a place of the scenario")
    ids, km = [waypoints[0]], [0.0]
    for here, there in itertools.pairwise(waypoints):
        leg = shortest_road(network, here, there)
        if leg is None:
            raise ScenarioError(f"no road leads from '{here}' to '{there}'")
        offset = km[-1]
        ids.extend(leg[0][1:])
        km.extend(offset + done for done in leg[1][1:])
    return tuple(ids), np.array(km, dtype=np.float64)


def waypoints_of(itinerary: Itinerary) -> tuple[str, ...]:
    """Places that an itinerary names: where it starts, what it passes, where it ends."""
    return (itinerary.from_id, *itinerary.via, itinerary.to_id)


def trace_itinerary(scenario: Scenario, itinerary: Itinerary | str) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Road of an itinerary: the shortest links through its waypoints, in order.

    Parameters
    ----------
    scenario
        The scenario whose places and links are used.
    itinerary
        An itinerary, or the id of one of the scenario's.

    Returns
    -------
    tuple
        Ids of the places along the road, and km from its start at each, shape (places,), float64.

    Raises
    ------
    ScenarioError
        If there is no such itinerary, a waypoint is not a place, or no road leads on.

    Examples
    --------
    >>> ids, km = trace_itinerary(scenario, "to-mexico-city")  # doctest: +SKIP
    >>> km[ids.index("huixtla")]  # doctest: +SKIP
    41.0
    """
    if isinstance(itinerary, str):
        match = next((one for one in scenario.itineraries if one.id == itinerary), None)
        if match is None:
            raise ScenarioError(f"'{itinerary}' is not an itinerary of the scenario")
        itinerary = match
    return road_through(road_network(scenario.places, scenario.links), waypoints_of(itinerary))
