"""The world of a map: land, roads, crossings and their status, camps with what they hold, places to click on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.reporting.caravan.map import short_names
from caravana.reporting.displacement.countries import countries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.scenario.model import Event, Link, Place, Scenario

CAMPS = ("camp", "idpcamp")
MARGIN, LEAST = 0.08, 0.6
"""Of a frame: share of its size about it, and degrees that it has at least."""


def drawn_places(scenario: Scenario) -> list[Place]:
    """The places that have coordinates."""
    return [place for place in scenario.places if place.lon is not None and place.lat is not None]


def at(place: Place) -> list[float]:
    """Longitude and latitude of a place that has them."""
    return [round(float(place.lon or 0.0), 5), round(float(place.lat or 0.0), 5)]


def frame_of(points: Sequence[Sequence[float]]) -> list[float]:
    """West, south, east, north of points, with some room about them."""
    corners = np.asarray(points, dtype=float).reshape(-1, 2)
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    grow = max(LEAST - max(east - west, north - south), 0.0) / 2 + MARGIN * max(east - west, north - south, LEAST)
    return [round(float(x), 4) for x in (west - grow, south - grow, east + grow, north + grow)]


def world_map(scenario: Scenario, language: Language, on: dt.date) -> dict[str, Any]:
    """Land, roads, crossings, camps and places, ready for JSON.

    Parameters
    ----------
    scenario
        Where it is.
    language
        Of the countries' names.
    on
        The day that crossings and capacities are told of.

    Returns
    -------
    dict
        ``frame`` (west, south, east, north), ``land`` (``name, label, home, rings``), ``roads`` (lines), ``crossings``
        (``id, name, ends, line, kind, open``), ``camps`` and ``places`` (``id, name, at, kind, capacity``).
    """
    places = drawn_places(scenario)
    by_id = {place.id: place for place in places}
    names = short_names(scenario.places)
    frame = frame_of([at(place) for place in places] or [[-180.0, -60.0], [180.0, 75.0]])
    lines = [link for link in scenario.links if link.from_id in by_id and link.to_id in by_id]
    return {
        "frame": frame,
        "land": _land(scenario, frame, language),
        "roads": [[at(by_id[link.from_id]), at(by_id[link.to_id])] for link in lines],
        "crossings": [
            {
                "id": f"{link.from_id}~{link.to_id}", "name": link.name, "ends": [link.from_id, link.to_id],
                "line": [at(by_id[link.from_id]), at(by_id[link.to_id])], "kind": link.kind,
                "open": is_open(link, scenario.events, on),
            }
            for link in lines if link.name
        ],
        "camps": [_place(place, names[place.id]) for place in places if place.kind in CAMPS],
        "places": [_place(place, names[place.id]) for place in places if place.kind not in CAMPS],
    }  # fmt: skip


def _place(place: Place, name: str) -> dict[str, Any]:
    return {
        "id": place.id, "name": name, "at": at(place), "kind": place.kind, "capacity": place.capacity,
        "stop": place.stop, "people": place.population,
    }  # fmt: skip


def _land(scenario: Scenario, frame: list[float], language: Language) -> list[dict[str, Any]]:
    west, south, east, north = frame
    shown = countries((west, south, east, north), scenario.places, language) if scenario.places else []
    return [
        {"name": one["name"], "label": one["labels"][0] if one["labels"] else None, "home": one["home"],
         "rings": one["rings"]}
        for one in shown
    ]  # fmt: skip


def is_open(link: Link, events: Sequence[Event], on: dt.date) -> bool:
    """Whether a crossing is open on a day: as its row says, until closures and openings say otherwise."""
    ends = {link.from_id, link.to_id}
    shut = link.status == "closed"
    for event in sorted(events, key=lambda one: one.date):
        if event.kind == "closure" and {event.place_id, event.target_id} == ends and event.date <= on:
            shut = event.end_date is None or on <= event.end_date
    return not shut
