"""The pull of camps: how much room each has, what that draws, and weights as shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Room that a full camp still has, as a share of its capacity: nobody is turned away for good; and that of one whose
#: capacity is a guess, which must not bind.
LEAST_ROOM, LEAST_UNSIZED = 0.02, 0.5


def sizes(capacity: Floats, seen: Ints) -> Floats:
    """Return how many each camp takes, [camp].

    A camp takes at least what it has held.  One without a capacity (0) takes what camps usually do: the median of
    those that have one, and where none has, half as much again as it or the average camp has held.

    Parameters
    ----------
    seen
        Counts up to the origin, [day, camp].
    """
    most = seen.max(axis=0).astype(float)
    given = capacity > 0
    usual = np.median(capacity[given]) if given.any() else np.maximum(1.5 * np.maximum(most, most.mean()), 1.0)
    return np.asarray(np.maximum(np.where(given, capacity, usual), most))


def room_left(capacity: Floats, unsized: Bools, p: dict[str, Floats], people: Ints | Floats) -> Floats:
    """Room left in each camp, as a share of its capacity, [member, camp].

    Parameters
    ----------
    capacity
        [member, camp] or [camp]
    unsized
        Whether it is a guess, [camp].
    p
        Pooled parameters, each [member, 1].
    people
        In each camp, [member, camp].
    """
    least = np.where(unsized, LEAST_UNSIZED, LEAST_ROOM)
    return np.asarray(np.maximum(p["room_capacity"] - people / capacity, least))


def pull_of(capacity: Floats, room: Floats, near: Floats, p: dict[str, Floats]) -> Floats:
    """Pull of each camp, [member, camp].

    Parameters
    ----------
    capacity
        [member, camp] or [camp]
    room
        From :func:`room_left`, [member, camp].
    near
        Nearness to where people come from, [camp].
    p
        Pooled parameters, each [member, 1].
    """
    return np.asarray(capacity ** p["size_power"] * (near + 1e-9) ** p["near_power"] * room ** p["room_power"])


def over_camps(weight: Floats, live: Bools | None = None) -> Floats:
    """Weights as shares.

    Where all weigh nothing: even over the camps that take people (over all where none does), nothing without `live`.
    """
    total = weight.sum(axis=1, keepdims=True)
    share = weight / np.where(total > 0, total, 1.0)
    if live is None:
        return np.asarray(share)
    takers = live.sum(axis=1, keepdims=True)
    even = np.where(takers > 0, live / np.maximum(takers, 1), 1.0 / live.shape[1])
    return np.asarray(np.where(total > 0, share, even))


def last_rest(chance: Floats) -> Floats:
    """Chances whose last one is exactly what is missing to 1."""
    chance = np.array(chance, dtype=float)
    chance[..., -1] = np.maximum(1.0 - chance[..., :-1].sum(axis=-1), 0.0)
    return chance
