"""The displaced who are in no camp that is counted: at places from the first day, assessed by area, going home.

Up to the last assessment that a run may see an area holds as many as were assessed there, those in counted camps taken
off; a rise comes from where people flee from, a fall goes home.  After that they go home by the hazard of the
place, and their number wanders as that of camps does (an assumption: no record of both was at hand).
Places in no assessed area hold those whom the scenario puts there, less those who go home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.inputs import displaced_at_start
from caravana.models.displacement.returns import compile_returns, draw_returns
from caravana.models.displacement.transfers import draw_leavers
from caravana.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.inputs import Inputs

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OutsideWorld:
    """The displaced outside counted camps, before the first day and as they were assessed.

    Attributes
    ----------
    start
        Before the first day; nobody in counted camps, [place].
    group
        Assessed area of each place, -1 where there is none, [place].
    total
        Assessed outside the counted camps of each area, [day, group].
    known
        Last day whose assessment is looked at, -1 for none, [group].
    weight
        How newcomers divide over the places of an area where nobody is yet, [place].
    returning
        Chance of going home in a day, [day, place]; None where nobody does.
    """

    start: Ints
    group: Ints
    total: Ints
    known: Ints
    weight: Floats
    returning: Floats | None


def compile_outside(given: Inputs, camps: Ints, *, origin: int) -> OutsideWorld | None:
    """Compile who is outside the counted camps; None where nobody is, as far as the scenario says.

    Parameters
    ----------
    camps
        Places with counts, as place indices, [camp].
    origin
        Last day whose figures are looked at; 0 in a whole run, which looks at all.
    """
    n, days, groups = len(given.place_ids), given.days, given.groups
    counted = np.zeros(n, dtype=bool)
    counted[camps] = True
    start = np.where(counted, 0, displaced_at_start(given, mended=True))
    if groups is None and not start.any():
        return None
    group, total, known = np.full(n, -1), np.zeros((days, 0), dtype=np.int64), np.zeros(0, dtype=np.int64)
    if groups is not None:
        group, total = groups.of, groups.total.copy()
        for at in range(total.shape[1]):
            total[:, at] -= given.counts.camps[:days, groups.of[camps] == at].sum(axis=1)
        known = groups.last if origin else np.full(len(groups.last), days)
    size = np.array([float(place.population or place.capacity or 1) for place in given.scenario.places])
    hosts = np.array([place.kind not in ("marker", "conflict_zone") for place in given.scenario.places])
    return OutsideWorld(
        start, group, np.maximum(total, 0), known, np.where(hosts, size, 1e-9 * size),
        compile_returns(given.scenario, given.settings, days),
    )  # fmt: skip


def simulate_outside(
    world: OutsideWorld, *, drift: Floats, counted: Ints, seed: int, block: int, days: int
) -> tuple[Ints, Ints, Ints]:
    """Simulate who is outside the counted camps.

    Parameters
    ----------
    drift
        Wander of the logarithm of an area's number a day once it is not known, [member, 1].
    counted
        Places with counts, [camp].
    seed, block
        Name the streams.

    Returns
    -------
    tuple of array
        People and those gone home, each [member, day, place], and newcomers, [member, day].
    """
    members, n = len(drift), len(world.start)
    people, gone = np.zeros((members, days, n), np.int64), np.zeros((members, days, n), np.int64)
    came = np.zeros((members, days), np.int64)
    outside = np.ones(n, dtype=bool)
    outside[counted] = False
    now = np.repeat(world.start[None, :], members, axis=0)
    for day in range(days):
        rng = stream(seed, block, "dispersal.outside", day)
        if world.returning is not None:
            gone[:, day] = draw_returns(now, world.returning[day], rng)
            now = now - gone[:, day]
        for group, last in enumerate(world.known):
            mine = np.flatnonzero((world.group == group) & outside)
            if not mine.size:
                continue
            wander = np.exp(drift[:, 0] * rng.standard_normal(members))
            here = now[:, mine].sum(axis=1)
            wanted = world.total[day, group] if day <= last else np.rint(here * wander)
            more = (wanted - here).astype(np.int64)
            now[:, mine] += _newcomers(np.maximum(more, 0), now[:, mine], world.weight[mine], rng)
            less = draw_leavers(np.maximum(-more, 0), now[:, mine], rng)
            now[:, mine] -= less
            gone[:, day, mine] += less
            came[:, day] += np.maximum(more, 0)
        people[:, day] = now
    return people, gone, came


def _newcomers(more: Ints, here: Ints, weight: Floats, rng: np.random.Generator) -> Ints:
    """Divide newcomers by who is there already, by size where nobody is, [member, place]."""
    there = here.sum(axis=1, keepdims=True)
    share = np.where(there > 0, here / np.maximum(there, 1), weight / weight.sum())
    share[:, -1] = np.maximum(1.0 - share[:, :-1].sum(axis=1), 0.0)
    return np.asarray(rng.multinomial(more, share))
