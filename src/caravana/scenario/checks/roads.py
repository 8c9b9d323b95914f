"""Checks of links, and of the roads that itineraries take along them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from caravana.errors import ScenarioError
from caravana.scenario.roads import RoadNetwork, road_network, road_through, waypoints_of

if TYPE_CHECKING:
    from caravana.scenario.reading.draft import Draft, Entry


def check_roads(draft: Draft) -> None:
    """Report links that lead nowhere, and itineraries and caravans that cannot go their way."""
    _check_links(draft)
    _check_closings(draft)
    if draft.tables.get("places") is None or draft.tables.get("links") is None:
        return
    whole = [entry for entry in draft.entries("links") if not entry.bad & {"from_id", "to_id"}]
    # A link whose km is faulty still joins its places, but which road is shortest is not known then.
    sound = [entry.row for entry in whole if entry.row.km is not None]
    slack = [entry.row.model_copy(update={"km": 0.0}) for entry in whole if entry.row.km is None]
    places = [entry.row for entry in draft.entries("places") if entry.key]
    network = road_network(places, sound + slack)
    roads = {
        entry.key: _check_itinerary(draft, network, entry, sure=not slack)
        for entry in draft.entries("itineraries")
        if not entry.bad & {"from_id", "to_id", "via"}
    }
    for entry in draft.entries("caravans"):
        road, place = roads.get(entry.row.itinerary), entry.row.assembles_at
        if road and place in network.positions and place not in road:
            expected = f"a place on the road of its itinerary '{entry.row.itinerary}'"
            draft.fault(entry, "assembles_at", place, expected)


def _check_closings(draft: Draft) -> None:
    """Report policies that shut what is no crossing: a link with a name, between two places; caravans pass none."""
    ends = {frozenset((entry.row.from_id, entry.row.to_id)) for entry in draft.entries("links") if entry.row.name}
    for entry in draft.entries("policies"):
        if entry.row.lever != "close" or entry.bad & {"lever", "place_ids"}:
            continue
        if draft.of_caravans:
            draft.fault(
                entry, "lever", "close", "a lever that acts on a caravan; crossings are shut to displaced people"
            )
        elif frozenset(entry.row.place_ids or ()) not in ends:
            given = ";".join(entry.row.place_ids or ())
            draft.fault(entry, "place_ids", given, "the two ends of a crossing: a link that has a name (links.csv)")


def _check_links(draft: Draft) -> None:
    """Report links from a place to itself, and, where people go along a road, second links between two places.

    Where nobody goes along a road people choose among links: there may be several between two places.
    """
    seen: dict[frozenset[str], Entry[Any]] = {}
    for entry in draft.entries("links"):
        link = entry.row
        if entry.bad & {"from_id", "to_id"}:
            continue
        if link.from_id == link.to_id:
            draft.fault(entry, "to_id", link.to_id, "a place other than from_id; a link joins two places")
            continue
        first = seen.setdefault(frozenset((link.from_id, link.to_id)), entry)
        if first is not entry and draft.of_caravans:
            where = f" (the other is on line {first.spot.line})"
            pair = f"{link.from_id} to {link.to_id}"
            draft.fault(entry, "", pair, f"one link between two places, as it leads both ways{where}")


def _check_itinerary(draft: Draft, network: RoadNetwork, entry: Entry[Any], *, sure: bool) -> tuple[str, ...] | None:
    """Trace an itinerary; return the places on its road, or None where that is not known for `sure`."""
    waypoints = waypoints_of(entry.row)
    if any(waypoint not in network.positions for waypoint in waypoints):
        return None  # reported as dangling
    names = ["from_id", *["via"] * len(entry.row.via), "to_id"]
    reached = waypoints[:1]
    for name, waypoint in zip(names[1:], waypoints[1:], strict=True):
        try:
            road_through(network, (reached[-1], waypoint))
        except ScenarioError:
            expected = f"a place that a road leads to from '{reached[-1]}'"
            draft.fault(entry, name, waypoint, expected)
            return None
        reached += (waypoint,)
    if not sure:
        return None
    road, _ = road_through(network, waypoints)
    twice = [place for place, times in Counter((*road, *_repeats(waypoints))).items() if times > 1]
    if twice:
        name = "via" if entry.row.via else "to_id"
        value = ";".join(entry.row.via) or entry.row.to_id
        draft.fault(entry, name, value, f"a road that passes no place twice; this one passes '{twice[0]}' again")
    return road


def _repeats(waypoints: tuple[str, ...]) -> list[str]:
    """Waypoints named twice in a row: the road from a place to itself passes nothing."""
    return [here for here, there in pairwise(waypoints) if here == there]
