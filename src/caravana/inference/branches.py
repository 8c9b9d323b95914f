"""Roads that leave a caravan's road: where they branch off, which places are on them, where they come back.

A place within :data:`OFF_ROUTE_KM` of the road is beside it; places further off that are linked to each other are a
branch, from each place of the road (or beside it) where links lead to them, but for the last.  Links are the
scenario's own and those of the packaged road that it goes along: a scenario that lists no branches has them too.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from caravana.scenario.packaged_roads import read_road, road_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Observation, Place, Scenario

    Floats = NDArray[np.float64]

# A place this near the road is taken to be on it, at its nearest place, with so much more spread.
OFF_ROUTE_KM = 25.0
KM_A_DEGREE = 111.2
ON_BRANCH_KM = 2.0
"""A night on a branch may be so far off."""
ALONG = 0.5
"""Share of a caravan's places that a packaged road must have, for the caravan to be going along it."""


@dataclass(frozen=True)
class Branch:
    """A road that leaves a caravan's road.

    Attributes
    ----------
    leaves : Place
        Where it leaves: a place of the road, or beside it.
    km : float
        Of that place, along the caravan's road.
    towards : Place
        The first place on it.
    places : dict of str to float
        Places on it, by id: so many km past where it leaves, along it.
    back_km : float
        Where it comes back to the road; infinite where it does not.
    aside : bool
        Whether it leaves from a place beside the road, where nobody comes who only follows the road.
    since_km : float
        Where another way onto the same places leaves the road before this one; minus infinity where none does.
    """

    leaves: Place
    km: float
    towards: Place
    places: Mapping[str, float]
    back_km: float
    aside: bool = False
    since_km: float = float("-inf")

    @property
    def key(self) -> tuple[str, str]:
        """Ids of where it leaves and of the first place on it."""
        return self.leaves.id, self.towards.id


@dataclass(frozen=True)
class Whereabouts:
    """A place at which a caravan was reported, or means to be; ``km`` along its road, None where it is off it."""

    date: dt.date
    known_on: dt.date
    place_id: str
    km: float | None
    planned: bool


def whereabouts_of(
    observations: Iterable[Observation], near: Mapping[str, tuple[float, float]]
) -> tuple[Whereabouts, ...]:
    """Places at which a caravan was reported, in order of date.

    Parameters
    ----------
    observations : iterable of Observation
        Of where it was, whatever else they tell.
    near : mapping of str to (float, float)
        Km of places on the road and beside it, and how far off they are.
    """
    out = []
    for o in observations:
        if o.place_id is not None:
            km = near[o.place_id][0] if o.place_id in near else None
            out.append(Whereabouts(o.date, o.known_on, o.place_id, km, o.qualifier == "planned"))
    return tuple(sorted(out, key=lambda one: (one.date, one.known_on, one.place_id)))


def beside(places: Iterable[Place], place_ids: tuple[str, ...], km: Floats) -> dict[str, tuple[float, float]]:
    """Places near a road but not on it: the km of the nearest place of the road, and how far off that is.

    Straight lines on a flat map are good enough for the few km that count.
    """
    at = {p.id: (p.lat, p.lon) for p in places if p.lat is not None and p.lon is not None}
    on = [(place, float(k)) for place, k in zip(place_ids, km, strict=True) if place in at]
    if not on:
        return {}
    road = np.array([at[place] for place, _ in on], float)
    out = {}
    for place, here in at.items():
        gap = (road - np.array(here, float)) * np.array([1.0, np.cos(np.radians(float(here[0] or 0.0)))])
        far = KM_A_DEGREE * np.hypot(gap[:, 0], gap[:, 1])
        nearest = int(np.argmin(far))
        if far[nearest] <= OFF_ROUTE_KM:
            out[place] = (on[nearest][1], float(far[nearest]))
    return out


def branches_of(scenario: Scenario, place_ids: tuple[str, ...], km: Floats) -> tuple[Branch, ...]:
    """Branches of a road, in order of where they leave it.

    Parameters
    ----------
    scenario : Scenario
    place_ids : tuple of str
        Places along the caravan's road.
    km : ndarray, shape (places,)
        Their km.
    """
    places = {p.id: p for p in scenario.places}
    links = [(link.from_id, link.to_id, link.km) for link in scenario.links if link.status != "closed"]
    for name in road_names():
        its_places, its_links = _road(name)
        if np.mean([place in its_places for place in place_ids]) >= ALONG:
            places = {**its_places, **places}
            links += its_links
    near = {place: at for place, (at, _) in beside(places.values(), place_ids, km).items()}
    near |= {place: float(at) for place, at in zip(place_ids, km, strict=True)}
    linked: dict[str, dict[str, float]] = defaultdict(dict)
    for one, other, long in links:
        linked[one][other] = linked[other][one] = long
    out = []
    for group in _groups([place for place in places if place not in near], linked, near):
        out += _branches(group, linked, near, places, end=float(km[-1]))
    on = set(place_ids)
    out = [replace(branch, aside=branch.leaves.id not in on) for branch in out]
    return tuple(sorted(out, key=lambda branch: (branch.km, branch.key)))


@cache
def _road(name: str) -> tuple[Mapping[str, Place], list[tuple[str, str, float]]]:
    places, links = read_road(name)
    return {p.id: p for p in places}, [(link.from_id, link.to_id, link.km) for link in links]


def _groups(
    far: Iterable[str], linked: Mapping[str, Mapping[str, float]], near: Mapping[str, float]
) -> list[frozenset[str]]:
    """Places off the road that are linked to each other without it."""
    out: list[frozenset[str]] = []
    done: set[str] = set()
    for place in far:
        if place in done:
            continue
        group, waiting = set(), [place]
        while waiting:
            here = waiting.pop()
            if here not in group:
                group.add(here)
                waiting += [there for there in linked.get(here, ()) if there not in near]
        done |= group
        out.append(frozenset(group))
    return out


def _branches(
    group: frozenset[str],
    linked: Mapping[str, Mapping[str, float]],
    near: Mapping[str, float],
    places: Mapping[str, Place],
    *,
    end: float,
) -> list[Branch]:
    """Ways into a group of places: from each place of the road that is linked to it, but for where it comes back."""
    gates: dict[float, tuple[str, str]] = {}
    for towards in sorted(group):
        for leaves in sorted(linked.get(towards, ())):
            if leaves in near:
                gates.setdefault(near[leaves], (leaves, towards))
    kms = sorted(gates)
    # At the start and the end there is no road to leave; the last way in is the way back, where there are others.
    into = [at for at in kms if 0.0 < at < end and (at < kms[-1] or len(kms) == 1)]
    return [
        Branch(
            leaves=places[gates[at][0]],
            km=at,
            towards=places[gates[at][1]],
            places=_along(*gates[at], group, linked),
            back_km=min((k for k in kms if k > at), default=float("inf")),
            since_km=max((k for k in kms if k < at), default=float("-inf")),
        )
        for at in into
    ]


def _along(
    leaves: str, towards: str, group: frozenset[str], linked: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Km to each place of a group from where a road leaves for it, by the shortest way within the group."""
    km: dict[str, float] = {}
    waiting = [(linked[leaves][towards], towards)]
    while waiting:
        done, here = heapq.heappop(waiting)
        if here not in km:
            km[here] = done
            for there, long in linked[here].items():
                if there in group:
                    heapq.heappush(waiting, (done + long, there))
    return km


def on_branches(branches: Iterable[Branch]) -> dict[str, tuple[float, float]]:
    """Km along a caravan's road for places on its branches, and how far off that may be, as :func:`beside` has it.

    A place is as far as where the branch leaves and so many km more, by the shortest of the ways to it; no further than
    where that branch comes back, so that who is on it is not taken to be past that.
    """
    out: dict[str, tuple[float, float]] = {}
    for branch in branches:
        for place, past in branch.places.items():
            km = min(branch.km + past, branch.back_km)
            out[place] = (min(km, out[place][0]) if place in out else km, ON_BRANCH_KM)
    return out
