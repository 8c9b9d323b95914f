"""What OpenStreetMap's tags are here: kinds of road, of crossing and of settlement."""

from __future__ import annotations

from types import MappingProxyType

from caravana.importers.roads.streets import CrossingKind, RoadKind

_KINDS = {
    RoadKind.MAIN: ("motorway", "trunk", "primary"),
    RoadKind.SECONDARY: ("secondary", "tertiary"),
    RoadKind.MINOR: ("unclassified", "residential", "living_street", "road"),
    RoadKind.TRACK: ("track",),
    RoadKind.PATH: ("path", "footway", "pedestrian", "bridleway", "steps"),
}
HIGHWAYS = MappingProxyType(
    {value: kind for kind, values in _KINDS.items() for one in values for value in (one, f"{one}_link")}
)
"""Kind of road by the value of ``highway``."""
SETTLEMENTS = ("city", "town", "village", "hamlet")
"""Values of ``place`` that people live in, the largest first."""
QUARTERS = ("suburb", "quarter", "neighbourhood")
"""Parts of a city: places where an extract holds hardly more than one city."""
USUAL_PEOPLE = MappingProxyType(
    {
        "city": 100_000,
        "town": 10_000,
        "village": 1_000,
        "hamlet": 100,
        "suburb": 10_000,
        "quarter": 5_000,
        "neighbourhood": 1_000,
    }
)
"""Inhabitants where a place has none written: the size at which OpenStreetMap's wiki takes the next word."""
BARRIERS: MappingProxyType[str, CrossingKind] = MappingProxyType({
    "border_control": "border", "checkpoint": "checkpoint", "gate": "gate", "lift_gate": "gate",
    "swing_gate": "gate", "sliding_gate": "gate", "bump_gate": "gate", "wicket_gate": "gate",
})  # fmt: skip
"""Values of ``barrier`` that a road can be shut at; people on foot pass all of them while they are open."""
STOPS_VEHICLES = ("bollard", "block", "cycle_barrier", "turnstile", "kissing_gate", "stile", "jersey_barrier", "debris")
"""Values of ``barrier`` that vehicles do not pass and people on foot do."""
SHUT = ("no", "private")
ONE_WAY = ("yes", "1", "true")
