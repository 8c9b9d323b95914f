"""A scenario compiled to contiguous arrays: everything that is known before the first day."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.errors import ScenarioError
from caravana.scenario.model import PERSON_KINDS
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

N_STATUSES = 10
SPLIT_SLOTS = 2
ROAD_DAYS = 8
"""Longest trip by vehicle, in days: the calendar of arrivals wraps after it."""
LONE_WALK_KM = 20.0
"""A lone walker's day: stops nearest to this are where stragglers sleep (reported maximum)."""
NEVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Itineraries:
    """The stops along each itinerary; arrays [itinerary, stop], padded past ``n_stops``.

    Attributes
    ----------
    place
        Place index of each stop.
    km
        Road km from the itinerary's start.
    log_population
        log10 of inhabitants (1,000 where unknown).
    foot_limit
        Index of the last stop that can be reached on foot from each stop.
    n_stops
        Stops an itinerary has, [itinerary].
    switch
        Stop index on itinerary j of stop s of itinerary i, or -1: [i, j, s].
    place_km
        Road km of each place along an itinerary, NaN where it is not on it: [itinerary, place].
    """

    place: Ints
    km: Floats
    log_population: Floats
    foot_limit: Ints
    n_stops: Ints
    switch: Ints
    place_km: Floats


@dataclass(frozen=True, slots=True)
class World:
    """Arrays of one scenario for blocks of ``members``; see the attributes' names for shapes.

    Rows are places, caravans (the scenario's, then slots for splits), then the road: for each
    destination, ``ROAD_DAYS`` rows that fill and empty in turn.  ``member_kind`` gives for each cell
    ``member * kinds + kind``: looked up far more often than it changes, which is never.
    ``nearness`` is the road left to the last destination over that from the origin.

    ``places`` and ``caravans`` (split slots included) are numbers of rows, ``rows`` all rows of ``State.parties`` and
    ``shape`` its shape; ``caravan_rows`` are the rows of the caravans.
    """

    scenario: Scenario
    members: int
    place_ids: tuple[str, ...]
    kind_ids: tuple[str, ...]
    caravan_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    size: Ints
    composition: Ints
    family: Bools
    share: Floats
    remainder: Ints
    itineraries: Itineraries
    caravan_itinerary: Ints
    walk_to: Ints
    km_left: Floats
    home_state: Bools
    origin: int
    border: int
    station_of: Ints
    station_places: Ints
    station_capacity: Ints
    office_places: Ints
    has_office: Bools
    can_walk: Bools
    can_ride: Bools
    nearness: Floats
    destinations: Ints
    member_kind: NDArray[np.int32]
    places: int
    caravans: int
    rows: int
    caravan_rows: slice
    shape: tuple[int, int, int, int]

    def road_row(self, destination: Ints | int, day: Ints | int) -> Ints:
        """Return the row of people who arrive at a destination (index) on a day."""
        slot = np.asarray(destination) * ROAD_DAYS + np.asarray(day) % ROAD_DAYS
        return np.asarray(self.places + self.caravans + slot, dtype=np.int64)

    def cells(self, member: Ints, row: Ints | int, kind: Ints | int, status: Ints | int) -> Ints:
        """Return indices into ``State.cells``; arguments broadcast.

        Status varies slowest, so that a process which looks at one status reads one stretch of
        memory.
        """
        members, rows, kinds, _ = self.shape
        return np.asarray(((status * members + member) * rows + row) * kinds + kind, dtype=np.int64)

    def split(self, cells: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return status, member, row and kind of each cell.

        By floor division and multiplication: NumPy's remainder is many times slower.
        """
        members, rows, kinds, _ = self.shape
        at_row = cells // kinds
        at_member = at_row // rows
        status = at_member // members
        return status, at_member - status * members, at_row - at_member * rows, cells - at_row * kinds

    def members_of(self, cells: Ints) -> Ints:
        """Return the member of each cell."""
        return self.split(cells)[1]

    def rows_of(self, cells: Ints) -> Ints:
        """Return the row of each cell."""
        return self.split(cells)[2]

    def kinds_of(self, cells: Ints) -> Ints:
        """Return the party kind of each cell."""
        return self.split(cells)[3]

    def statuses_of(self, cells: Ints) -> Ints:
        """Return the status of each cell."""
        return self.split(cells)[0]

    def with_kind(self, cells: Ints, kind: int) -> Ints:
        """Return the same cells for another kind of party."""
        return np.asarray(cells + (kind - self.kinds_of(cells)), dtype=np.int64)


def regroup(composition: Ints) -> Ints:
    """Return the parties that remain when a party of kind k loses a person: [k, person, kind].

    The rest stay together in the largest kinds that their composition can form (greedy), so a
    family that loses a parent becomes a smaller family, not four strangers.

    Raises
    ------
    ScenarioError
        If some remainder cannot be formed from the scenario's kinds.
    """
    kinds, persons = composition.shape
    by_size = np.argsort(-composition.sum(axis=1), kind="stable")
    out = np.zeros((kinds, persons, kinds), dtype=np.int64)
    for k in range(kinds):
        for p in np.flatnonzero(composition[k]):
            rest = composition[k].copy()
            rest[p] -= 1
            for other in by_size:
                while rest.any() and (composition[other] <= rest).all():
                    rest -= composition[other]
                    out[k, p, other] += 1
            if rest.any():
                left = ", ".join(name for name, n in zip(PERSON_KINDS, rest, strict=True) if n)
                raise ScenarioError(f"scenario.toml, kinds: no party kind can be formed by {left} left alone")
    return out


def _compile_itineraries(scenario: Scenario, index: dict[str, int]) -> Itineraries:
    traced = [trace_itinerary(scenario, itinerary) for itinerary in scenario.itineraries]
    on_foot = {(x.from_id, x.to_id) for x in scenario.links if "foot" in x.modes}
    on_foot |= {(b, a) for a, b in on_foot}
    n_places = len(scenario.places)
    place_km = np.full((len(traced), n_places), np.nan)
    stops: list[tuple[Ints, Floats, Ints]] = []
    for i, (ids, km) in enumerate(traced):
        places = np.array([index[x] for x in ids], dtype=np.int64)
        place_km[i, places] = km
        passable = np.array([pair in on_foot for pair in itertools.pairwise(ids)], dtype=bool)
        # The first stretch that cannot be walked ends what can be reached on foot.
        ends = np.append(np.flatnonzero(~passable), len(ids) - 1)
        limit = ends[np.searchsorted(ends, np.arange(len(ids)))]
        keep = np.array([scenario.places[p].stop for p in places])
        keep[[0, -1]] = True
        # A caravan stands where it assembles, whether or not others would spend a night there.
        keep |= np.isin(places, [index[c.assembles_at] for c in scenario.caravans])
        chosen = np.flatnonzero(keep)
        last_stop = np.searchsorted(chosen, limit[chosen], side="right") - 1
        stops.append((places[chosen], np.asarray(km)[chosen], last_stop.astype(np.int64)))
    width = max((len(p) for p, _, _ in stops), default=1)
    shape = (len(stops), width)
    place = np.zeros(shape, dtype=np.int64)
    kms = np.full(shape, np.inf)
    limits = np.zeros(shape, dtype=np.int64)
    population = np.zeros(shape)
    inhabitants = np.array([float(p.population or 1000) for p in scenario.places])
    for i, (p, km, limit) in enumerate(stops):
        place[i, : len(p)], kms[i, : len(p)], limits[i, : len(p)] = p, km, limit
        population[i, : len(p)] = np.log10(np.maximum(inhabitants[p], 1.0))
    counts = np.array([len(p) for p, _, _ in stops], dtype=np.int64)
    switch = np.full((len(stops), len(stops), width), -1, dtype=np.int64)
    for i, (here, _, _) in enumerate(stops):
        for j, (there, _, _) in enumerate(stops):
            where = {int(q): s for s, q in enumerate(there)}
            switch[i, j, : len(here)] = [where.get(int(q), -1) for q in here]
    return Itineraries(place, kms, population, limits, counts, switch, place_km)


def _walks(itineraries: Itineraries, n_places: int) -> Ints:
    """Return where a lone walker at each place sleeps next (place index, -1 for nowhere)."""
    walk_to = np.full(n_places, -1, dtype=np.int64)
    for i in range(len(itineraries.n_stops)):
        n = itineraries.n_stops[i]
        km, place = itineraries.km[i, :n], itineraries.place[i, :n]
        for p in np.flatnonzero(~np.isnan(itineraries.place_km[i])):
            if walk_to[p] >= 0:
                continue
            here = itineraries.place_km[i, p]
            limit = itineraries.foot_limit[i, max(int(np.searchsorted(km, here, side="right")) - 1, 0)]
            ahead = np.flatnonzero((km > here) & (np.arange(n) <= limit))
            if ahead.size:
                walk_to[p] = place[ahead[np.argmin(np.abs(km[ahead] - here - LONE_WALK_KM))]]
    return walk_to


def _nearest(scenario: Scenario, targets: list[int]) -> Ints:
    """Return the index into ``targets`` nearest to each place (straight line), -1 without any."""
    if not targets:
        return np.full(len(scenario.places), -1, dtype=np.int64)
    nan = float("nan")
    at = np.array([(p.lat if p.lat is not None else nan, p.lon if p.lon is not None else nan) for p in scenario.places])
    gap = np.hypot(*(at[:, None, :] - at[None, targets, :]).transpose(2, 0, 1))
    return np.asarray(np.argmin(np.nan_to_num(gap, nan=np.inf), axis=1), dtype=np.int64)


def _km_left(scenario: Scenario, itineraries: Itineraries, ends: list[str]) -> Floats:
    """Return the road km from each place to each end, the whole way where it is off the road: [place, end]."""
    total = np.nanmax(itineraries.place_km, axis=1)
    km_left = np.zeros((len(scenario.places), len(ends)))
    for d, end in enumerate(ends):
        for i, itinerary in enumerate(scenario.itineraries):
            if itinerary.to_id == end:
                km_left[:, d] = np.nan_to_num(total[i] - itineraries.place_km[i], nan=total[i])
    return km_left


def _stations(scenario: Scenario, index: dict[str, int]) -> dict[int, int]:
    """Return the persons that stations take, by place: two at one place are one."""
    room: dict[int, int] = {}
    for facility in scenario.facilities:
        if facility.kind == "station":
            place = index[facility.place_id]
            room[place] = room.get(place, 0) + (NEVER if facility.capacity is None else facility.capacity)
    return room


def compile_world(scenario: Scenario, *, members: int) -> World:
    """Compile a scenario for the rule set ``caravan``.

    Parameters
    ----------
    scenario
        A scenario without faults.
    members
        Members in a block.

    Returns
    -------
    World
        Its arrays.

    Raises
    ------
    ScenarioError
        If the party kinds cannot regroup after a loss, or there is no itinerary or caravan.
    """
    if not scenario.itineraries or not scenario.caravans:
        raise ScenarioError(f"scenario.toml: rules {scenario.rules!r} need at least one itinerary and one caravan")
    ids = tuple(p.id for p in scenario.places)
    index = {x: i for i, x in enumerate(ids)}
    composition = np.array([k.composition for k in scenario.kinds], dtype=np.int64)
    itineraries = _compile_itineraries(scenario, index)
    ends = list(dict.fromkeys(index[x.to_id] for x in scenario.itineraries))
    km_left = _km_left(scenario, itineraries, [scenario.places[e].id for e in ends])
    offices = sorted({index[f.place_id] for f in scenario.facilities if f.kind == "office"})
    stations = _stations(scenario, index)
    origin = index[scenario.caravans[0].assembles_at]
    crossings = [i for i, p in enumerate(scenario.places) if p.kind == "border_crossing"]
    names = {x.id: i for i, x in enumerate(scenario.itineraries)}
    walk_to = _walks(itineraries, len(ids))
    caravan_ids = (*(c.id for c in scenario.caravans), *(f"split-{i + 1}" for i in range(SPLIT_SLOTS)))
    rows = len(ids) + len(caravan_ids) + len(ends) * ROAD_DAYS
    codes = np.arange(members * len(scenario.kinds), dtype=np.int32).reshape(1, members, 1, -1)
    member_kind = np.broadcast_to(codes, (N_STATUSES, members, rows, len(scenario.kinds))).reshape(-1)
    return World(
        scenario=scenario,
        members=members,
        place_ids=ids,
        kind_ids=tuple(k.id for k in scenario.kinds),
        caravan_ids=caravan_ids,
        destination_ids=tuple(ids[e] for e in ends),
        size=composition.sum(axis=1),
        composition=composition,
        family=(composition.sum(axis=1) > 1) | (composition[:, 2] > 0),
        share=np.array([k.share for k in scenario.kinds]),
        remainder=regroup(composition),
        itineraries=itineraries,
        caravan_itinerary=np.array([names[c.itinerary] for c in scenario.caravans], dtype=np.int64),
        walk_to=walk_to,
        km_left=km_left,
        home_state=np.array([p.state == scenario.places[origin].state for p in scenario.places]),
        origin=origin,
        border=crossings[-1] if crossings else origin,
        station_of=_nearest(scenario, list(stations)),
        station_places=np.array(list(stations), dtype=np.int64),
        station_capacity=np.array(list(stations.values()), dtype=np.int64),
        office_places=np.array(offices, dtype=np.int64),
        has_office=np.isin(np.arange(len(ids)), offices),
        can_walk=walk_to >= 0,
        can_ride=km_left[:, -1] > 0,
        nearness=np.maximum(km_left[:, -1] / max(float(km_left[origin, -1]), 1.0), 0.01),
        destinations=np.array(ends, dtype=np.int64),
        member_kind=member_kind,
        places=len(ids),
        caravans=len(caravan_ids),
        rows=rows,
        caravan_rows=slice(len(ids), len(ids) + len(caravan_ids)),
        shape=(members, rows, len(scenario.kinds), N_STATUSES),
    )
