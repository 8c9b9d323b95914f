"""Sense: what has the right form in a scenario and still cannot be meant, as notes that name the cause.

A fault is what no rule could take; a note here is what a person should look at first: coordinates against the roads,
camps that nobody can reach, counts that jump a thousandfold.  One note a cause, not one a row.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from caravana.scenario.model import Link, Observation, Place, Scenario

EARTH_KM = 6371.0
#: A road shorter than so much of the straight line between its ends, and by so many km, is none.
MUCH_SHORTER, MARGIN_KM = 0.8, 25.0
#: Roads that are at most so much longer than the straight line fit coordinates that are guessed.
FITTING = 4.0
#: A place so far from the middle of its country's other places, km, and so many times as far as they are, is not in it.
FAR_KM, FAR_TIMES = 1500.0, 6.0
#: A count so many times as large, or as small, as those before and after it.
JUMP = 200.0
#: Most places, or rows, that a note names.
MOST_NAMED = 5
CAMPS = ("camp", "idpcamp")
COUNTS = ("camp_count", "camp_count_elsewhere", "total_count", "displaced_count")


def straight_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) in degrees, km (the haversine formula)."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (one, other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def sense_notes(scenario: Scenario) -> tuple[str, ...]:
    """Say what of a sound scenario a person should look at.

    Parameters
    ----------
    scenario
        A scenario without faults.

    Returns
    -------
    tuple of str
        One line a cause; none where there is nothing to say.
    """
    return (
        *_coordinates(scenario.places, scenario.links),
        *_far_from_country(scenario.places, scenario.links),
        *_out_of_reach(scenario),
        *_jumps(scenario),
        *_nowhere_to_sleep(scenario),
    )


def _named(names: Iterable[str]) -> str:
    """Names in a row, of very many the first."""
    listed = list(names)
    more = f" and {len(listed) - MOST_NAMED:,} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more


# ---------------------------------------------------------------- coordinates


def _position(place: Place) -> tuple[float, float] | None:
    return None if place.lat is None or place.lon is None else (place.lat, place.lon)


def _too_short(km: float, straight: float) -> bool:
    return km < MUCH_SHORTER * straight and straight - km > MARGIN_KM


def _guesses(lat: float, lon: float) -> list[tuple[str, tuple[float, float]]]:
    """What may have been meant by coordinates that cannot be, and how they came to be what they are."""
    guesses = [
        ("the longitude seems to have lost its minus, or to have one too many", (lat, -lon)),
        ("the latitude seems to have lost its minus, or to have one too many", (-lat, lon)),
        ("latitude and longitude seem to have lost their minus, or to have one too many", (-lat, -lon)),
    ]
    if abs(lon) <= 90:
        guesses += [
            ("latitude and longitude seem to be swapped", (lon, lat)),
            ("latitude and longitude seem to be swapped, and one to have lost its minus", (lon, -lat)),
            ("latitude and longitude seem to be swapped, and one to have lost its minus", (-lon, lat)),
        ]
    for factor in (10.0, 100.0, 1000.0, 0.1):
        guesses += [
            (f"the latitude seems to have its dot in the wrong place (/ {factor:g})", (lat / factor, lon)),
            (f"the longitude seems to have its dot in the wrong place (/ {factor:g})", (lat, lon / factor)),
        ]
    return [(words, guess) for words, guess in guesses if abs(guess[0]) <= 90 and abs(guess[1]) <= 180]


def _coordinates(places: tuple[Place, ...], links: tuple[Link, ...]) -> list[str]:
    """Places whose coordinates are further from their neighbours than their roads are long; then other short roads."""
    at = {place.id: position for place in places if (position := _position(place)) is not None}
    names = {place.id: place.name for place in places}
    neighbours: dict[str, list[tuple[str, float]]] = defaultdict(list)
    short: set[int] = set()
    for index, link in enumerate(links):
        if link.from_id in at and link.to_id in at:
            neighbours[link.from_id].append((link.to_id, link.km))
            neighbours[link.to_id].append((link.from_id, link.km))
            if _too_short(link.km, straight_km(at[link.from_id], at[link.to_id])):
                short.add(index)
    if not short:
        return []
    notes: list[str] = []
    explained: set[str] = set()
    # The place with most roads that cannot be is the one that is misplaced; its neighbours are seen without it.
    while suspect := _most_suspect(at, neighbours, explained):
        explained.add(suspect)
        roads = [(other, km) for other, km in neighbours[suspect] if other not in explained]
        notes.append(_misplaced(suspect, at, roads, names))
    left = [links[i] for i in sorted(short) if not {links[i].from_id, links[i].to_id} & explained]
    if left:
        one = left[0]
        straight = straight_km(at[one.from_id], at[one.to_id])
        more = f" (and so on for {len(left) - 1:,} more roads)" if len(left) > 1 else ""
        notes.append(
            f"the road between {names[one.from_id]} and {names[one.to_id]} has {one.km:g} km, and the straight line"
            f" between their coordinates {straight:,.0f}: one of the two is wrong{more}"
        )
    return notes


def _most_suspect(
    at: Mapping[str, tuple[float, float]], neighbours: Mapping[str, list[tuple[str, float]]], explained: set[str]
) -> str | None:
    """The place most of whose roads are too short for its coordinates; None where no place has more than others."""
    best, score = None, 0.0
    for one, roads in neighbours.items():
        known = [(other, km) for other, km in roads if other not in explained] if one not in explained else []
        bad = sum(_too_short(km, straight_km(at[one], at[other])) for other, km in known)
        if not bad or 2 * bad <= len(known):
            continue
        # Of two ends of one impossible road the one with no other road, or whose other guess fits, is to blame.
        fit = any(_fits(guess, at, known) for _, guess in _guesses(*at[one])) or at[one] == (0.0, 0.0)
        if len(known) < 2 and not fit:
            continue
        value = bad + (100.0 if fit else 0.0) + bad / len(known)
        if value > score:
            best, score = one, value
    return best


def _fits(guess: tuple[float, float], at: Mapping[str, tuple[float, float]], roads: list[tuple[str, float]]) -> bool:
    """Whether roads are as long as they can be for a place at guessed coordinates."""
    lines = [(straight_km(guess, at[other]), km) for other, km in roads]
    return all(not _too_short(km, straight) and km <= FITTING * straight + MARGIN_KM for straight, km in lines)


def _misplaced(
    one: str, at: Mapping[str, tuple[float, float]], roads: list[tuple[str, float]], names: Mapping[str, str]
) -> str:
    bad = [(o, km) for o, km in roads if _too_short(km, straight_km(at[one], at[o]))]
    other, km = max(bad, key=lambda road: straight_km(at[one], at[road[0]]))
    lat, lon = at[one]
    if (lat, lon) == (0.0, 0.0):
        cause = "; 0, 0 stands for coordinates that are not known"
    else:
        cause = next((f"; {words}" for words, guess in _guesses(lat, lon) if _fits(guess, at, roads)), "")
    return (
        f"the coordinates of {names[one]} ({lat:g}, {lon:g}) lie {straight_km(at[one], at[other]):,.0f} km from"
        f" {names[other]}, to which its road has {km:g} km: they are wrong, or the road is{cause}"
    )


def _far_from_country(places: tuple[Place, ...], links: tuple[Link, ...]) -> list[str]:
    """Places far from all others of their country, where no road says where they are."""
    on_roads = {end for link in links for end in (link.from_id, link.to_id)}
    by_country: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.country and _position(place) is not None:
            by_country[place.country].append(place)
    far = []
    for country, group in by_country.items():
        if len(group) < 4:
            continue
        positions = np.array([_position(place) for place in group], dtype=float)
        middle = (float(np.median(positions[:, 0])), float(np.median(positions[:, 1])))
        away = np.array([straight_km(middle, (lat, lon)) for lat, lon in positions])
        limit = max(FAR_KM, FAR_TIMES * float(np.median(away)))
        far += [
            f"{p.name} ({country})" for p, km in zip(group, away, strict=True) if km > limit and p.id not in on_roads
        ]
    return [f"far from all other places of the same country: {_named(far)}; look at the coordinates"] if far else []


# ---------------------------------------------------------------- camps and counts


def _out_of_reach(scenario: Scenario) -> list[str]:
    """Camps that are counted, or that people flee to, and that no road leads to from anywhere people are."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ids = [place.id for place in scenario.places]
    camps = [place for place in scenario.places if place.kind in CAMPS]
    if not camps or len(camps) == len(ids):
        return []
    index = {one: number for number, one in enumerate(ids)}
    ends = [(index[k.from_id], index[k.to_id]) for k in scenario.links if k.from_id in index and k.to_id in index]
    rows, columns = (np.array(side, dtype=int) for side in (zip(*ends, strict=True) if ends else ((), ())))
    graph = coo_matrix((np.ones(len(ends)), (rows, columns)), shape=(len(ids), len(ids)))
    _, component = connected_components(graph, directed=False)
    origins = [place for place in scenario.places if place.kind not in CAMPS]
    fled = [place for place in origins if place.kind in ("conflict_zone", "flood_zone")] or origins
    reached = {int(component[index[place.id]]) for place in fled}
    counted = {o.place_id for o in scenario.observations if o.kind == "camp_count"}
    cut_off = [place for place in camps if int(component[index[place.id]]) not in reached]
    notes = []
    for words, group in (
        ("counted, and no road leads there", [p.name for p in cut_off if p.id in counted]),
        ("not counted, and no road leads there", [p.name for p in cut_off if p.id not in counted]),
    ):
        if group:
            many = "camps are" if len(group) > 1 else "camp is"
            notes.append(f"{len(group)} {many} {words}, so that nobody can arrive: {_named(group)}")
    return notes


def _nowhere_to_sleep(scenario: Scenario) -> list[str]:
    """Caravans on whose road no place between its ends is a stop: nobody has said where they can sleep."""
    stops = {place.id: place.stop for place in scenario.places}
    notes = []
    for caravan in scenario.caravans:
        itinerary = next(one for one in scenario.itineraries if one.id == caravan.itinerary)
        between = trace_itinerary(scenario, itinerary)[0][1:-1]
        if between and not any(stops[place] for place in between):
            notes.append(
                f"none of the {len(between)} places between the ends of the road of {caravan.id} is a stop: write true"
                " under stop where people can sleep"
            )
    return notes


def _jumps(scenario: Scenario) -> list[str]:
    """Counts that are hundreds of times those before and after: a dot or a comma read wrongly, or a slip."""
    names = {place.id: place.name for place in scenario.places}
    series: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in scenario.observations:
        if one.kind in COUNTS and one.high is not None:
            series[one.kind, one.place_id or one.area or one.note].append(one)
    jumps = []
    for (_, where), rows in series.items():
        latest = {row.date: row for row in sorted(rows, key=lambda row: (row.date, row.known_on))}
        counts = [(date, float(row.high or 0)) for date, row in sorted(latest.items())]
        for before, here, after in zip(counts[:-1], counts[1:], [*counts[2:], None][: len(counts) - 1], strict=True):
            if _jumps_between(before[1], here[1], None if after is None else after[1]):
                place = names.get(where, where) or "all camps"
                jumps.append(f"{here[1]:g} on {here[0]} at {place} (before: {before[1]:g})")
    if not jumps:
        return []
    return [f"counts that jump hundredfold and more, as a dot or comma of thousands read wrongly does: {_named(jumps)}"]


def _jumps_between(before: float, here: float, after: float | None) -> bool:
    """Whether a count is far below both neighbours, or far above both; the last one, whether it is far below."""
    if before <= 0 or here <= 0:
        return False
    if after is None:
        return before > JUMP * here
    return min(before, after) > JUMP * here or (after > 0 and here > JUMP * max(before, after))
