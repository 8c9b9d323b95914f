"""What the one-by-one reference carries from day to day: parties, one row each, and a few numbers of the run."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from tests.oracles.party_inputs import CARAVANS

(WAITING, ON_FOOT, APPLIED, DOCUMENTED, DETAINED, IN_CARE, BY_VEHICLE, SMUGGLED, RETURNED, SETTLED) = range(10)
STATUSES = 10
NOWHERE = -1


PARTY = np.dtype([("kind", np.int16), ("status", np.int16), ("row", np.int32), ("until", np.int32)])
"""A party; ``row`` is a place, or a caravan after the places, or a destination's road after those.

On a road ``until`` is the day of arrival.
"""
RUN = np.dtype([("n", np.int64), ("drift", np.float64), *((name, np.int64, CARAVANS) for name in (
    "phase", "mode", "itinerary", "stop", "kept", "leaves",
))])  # fmt: skip
"""How many parties are in use, the log-hazard of leaving relative to its prior, and the caravans."""


@nb.njit
def mean_party(land):
    """Return persons in a party on average, as at the start."""
    total = 0.0
    for kind in range(land.kinds):
        total += land.share[kind] * land.size[kind]
    return total


@nb.njit
def uniform(rng):
    """Return a number from 0 to 1, by SplitMix64: ``rng`` holds its one word of state."""
    rng[0] += np.uint64(0x9E3779B97F4A7C15)
    z = rng[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)) * 2.0**-53


@nb.njit
def exponential(rng):
    """Return a waiting time with mean 1."""
    return -math.log1p(-uniform(rng))


@nb.njit
def normal(rng):
    """Return a standard normal number, by Box and Muller."""
    return math.sqrt(2 * exponential(rng)) * math.cos(2 * math.pi * uniform(rng))


@nb.njit
def arrivals(mean, rng):
    """Return how many come in a day when ``mean`` do on average: waiting times that fit in."""
    if mean <= 0:
        return 0
    n, time = 0, exponential(rng)
    while time < mean:
        n += 1
        time += exponential(rng)
    return n


@nb.njit
def add(parties, run, kind, status, row):
    """Write one more party into the book."""
    i = run.n
    if i >= parties.size:
        raise RuntimeError("no room for more parties")
    parties[i].kind, parties[i].status, parties[i].row, parties[i].until = kind, status, row, NOWHERE
    run.n = i + 1


@nb.njit
def put(parties, i, status, row):
    """Change what a party is and where."""
    parties[i].status, parties[i].row, parties[i].until = status, row, NOWHERE


@nb.njit
def lose_one(land, parties, run, dead, i, rng):
    """Let one person of a party die, each as likely; the rest regroup where they are."""
    kind, status, row, until = parties[i].kind, parties[i].status, parties[i].row, parties[i].until
    draw = uniform(rng) * land.size[kind]
    person = 0
    while draw >= land.composition[kind, person]:
        draw -= land.composition[kind, person]
        person += 1
    dead[person] += 1
    first = True
    for other in range(land.kinds):
        for _ in range(land.remainder[kind, person, other]):
            if first:
                parties[i].kind = other
                first = False
            else:
                add(parties, run, other, status, row)
                parties[run.n - 1].until = until
    if first:
        # Nobody is left: the last party takes the place of this one.
        last = run.n - 1
        parties[i].kind, parties[i].status = parties[last].kind, parties[last].status
        parties[i].row, parties[i].until = parties[last].row, parties[last].until
        run.n = last


@nb.njit
def shuffle_first(who, n, wanted, rng):
    """Bring ``wanted`` of the first ``n`` entries to the front, each subset as likely."""
    for i in range(wanted):
        j = i + int(uniform(rng) * (n - i))
        who[i], who[j] = who[j], who[i]


@nb.njit
def count(parties, run, out):
    """Count parties by row, kind and status: ``out`` is [row, kind, status]."""
    for i in range(run.n):
        out[parties[i].row, parties[i].kind, parties[i].status] += 1


@nb.njit
def place_of(land, run, row):
    """Return the place of a row: a caravan is at tonight's stop."""
    if row < land.places:
        return row
    c = row - land.places
    return land.stop_place[run.itinerary[c], run.stop[c]]


@nb.njit
def persons_with(land, parties, run, out):
    """Count persons in each caravan."""
    out[:] = 0
    for i in range(run.n):
        if land.places <= parties[i].row < land.places + land.caravans:
            out[parties[i].row - land.places] += land.size[parties[i].kind]
