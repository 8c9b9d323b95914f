"""Roads where there is no extract: neighbours, by straight line times a circuity factor.  All of it is an assumption.

Two places are neighbours if no third lies between them (a Gabriel graph; Gabriel and Sokal 1969), camps at the edge:
people do not go through one to get to another.  Measured on the eight instances in public use, each left out in turn
(``benchmarks/fallback_roads.py``): two of three such links are hand-made ones, and so are three of four the other
way round; the km are 13% off in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.importers.roads.search import Pairs
from caravana.importers.roads.sphere import along_sphere, great_circle, on_sphere

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

CIRCUITY, CIRCUITY_LOW, CIRCUITY_HIGH = 1.25, 1.06, 1.8
"""Road km over great-circle km: the middle, and from 10% to 90% of 333 hand-made links that are neighbours too."""
LEAST_KM = 0.1
MOST_LOOKED_AT = 60
"""Nearest places among which neighbours are looked for."""


@dataclass(frozen=True, slots=True)
class NeighbourRule:
    """Who is whose neighbour.

    Attributes
    ----------
    power, camp_power
        A third place c lies between a and b if d(a,c)^power + d(c,b)^power < d(a,b)^power: 2 is the Gabriel
        graph, higher is stricter.  `camp_power` holds where a or b is a camp.
    camp_links
        Most links from a camp: its nearest.
    between_camps
        Whether two camps may be neighbours.
    """

    power: float = 1.9
    camp_power: float = 4.0
    camp_links: int = 2
    between_camps: bool = False


def neighbours(lat: Floats, lon: Floats, camp: Bools, rule: NeighbourRule | None = None) -> Pairs:
    """Pairs of neighbours, with their great-circle km; they connect every place with every other.

    Parameters
    ----------
    lat, lon
        Degrees, [place].
    camp
        Which places are camps, [place].
    rule
        Who is whose neighbour.
    """
    from scipy.spatial import cKDTree

    rule = rule or NeighbourRule()
    count = len(lat)
    if count < 2:
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0))
    points = on_sphere(lat, lon)
    looked_at = min(MOST_LOOKED_AT, count - 1)
    near = cKDTree(points).query(points, k=looked_at + 1)[1]
    linked: set[tuple[int, int]] = set()
    for here in range(count):
        others = near[here][near[here] != here][:looked_at]
        free = _free(here, others, points, camp, rule)
        if camp[here]:
            free = free[: rule.camp_links]
        for there in free.tolist():
            # A camp chooses its own links: it is not the nearest town that says how many it has.
            if camp[here] or not camp[there]:
                linked.add((min(here, there), max(here, there)))
    pairs = np.array(sorted(linked), dtype=np.int64).reshape(-1, 2)
    pairs = _connected(pairs, points)
    a, b = pairs.T
    return Pairs(a, b, np.asarray(great_circle(lat[a], lon[a], lat[b], lon[b])))


def _free(here: int, others: Ints, points: Floats, camp: Bools, rule: NeighbourRule) -> Ints:
    """Those of the others, nearest first, that no third place lies before."""
    away = along_sphere(np.linalg.norm(points[others] - points[here], axis=1))
    between = along_sphere(np.linalg.norm(points[others][:, None] - points[others][None], axis=2))
    at_camp = camp[others] | camp[here]
    power = np.where(at_camp, rule.camp_power, rule.power)
    # [third, other]: the third is among those that are nearer, or it could not lie between.
    far = np.maximum(away, 1e-9)
    blocked = (away[:, None] / far[None]) ** power[None] + (between / far[None]) ** power[None] < 1.0 - 1e-12
    np.fill_diagonal(blocked, val=False)
    free = ~blocked.any(axis=0)
    if not rule.between_camps and camp[here]:
        free &= ~camp[others]
    return np.asarray(others[free])


def _connected(pairs: Ints, points: Floats) -> Ints:
    """Add the shortest links that connect what is not connected."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
    from scipy.spatial import cKDTree

    count = len(points)
    while True:
        graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
        number, part = connected_components(graph, directed=False)
        if number == 1:
            return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        between: dict[tuple[int, int], tuple[float, int, int]] = {}
        for one in range(number):
            inside, outside = np.flatnonzero(part == one), np.flatnonzero(part != one)
            chord, nearest = cKDTree(points[outside]).query(points[inside])
            best = int(np.argmin(chord))
            a, b = int(inside[best]), int(outside[nearest[best]])
            key = (min(one, int(part[b])), max(one, int(part[b])))
            between[key] = min(between.get(key, (np.inf, 0, 0)), (float(chord[best]), min(a, b), max(a, b)))
        # One link a pair of parts; those that close a ring between parts are left out.
        tree = minimum_spanning_tree(
            coo_matrix(
                ([v[0] + 1e-9 for v in between.values()], tuple(zip(*between, strict=True))), shape=(number,) * 2
            )
        ).tocoo()
        new = [between[min(i, j), max(i, j)][1:] for i, j in zip(tree.row.tolist(), tree.col.tolist(), strict=True)]
        pairs = np.concatenate([pairs, np.array(new, dtype=np.int64)])


def by_straight_line(pairs: Pairs) -> tuple[Floats, Floats, Floats]:
    """Road km of pairs, with its low and high end, from great-circle km."""
    km = np.maximum(pairs.km, LEAST_KM)
    return km * CIRCUITY, km * CIRCUITY_LOW, km * CIRCUITY_HIGH
