"""One party at a time: the reference that the engine of counts is held against, and the loop it is timed against.

Written from ``docs/model.md`` and compiled.  Arrays in, counts out::

    found = simulate(scenario, draws, policies, days=3, runs=100_000, seed=1, order=("assembly", "attrition"))

It draws party by party from one generator, so its numbers are not the engine's: only their law is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba as nb
import numpy as np
from tests.oracles.caravan_rules import (
    advance,
    detain_in_caravans,
    fall_ill,
    leave,
    meet_town,
    meet_traffic,
    new_destinations,
    reshape,
)
from tests.oracles.party_book import PARTY, RUN, STATUSES, WAITING, add, count, mean_party, uniform
from tests.oracles.party_inputs import PERSONS, TALLY, pack
from tests.oracles.party_rules import (
    arrive,
    assemble,
    choose,
    detain_stragglers,
    recover,
    revoke,
    ride,
    run_stations,
    work_offices,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = (
    "calendar", "assembly", "choice", "advance", "reshape", "joiners", "attrition", "stragglers", "detention",
    "stations", "illness", "care", "traffic", "papers", "revocation", "smuggling",
)  # fmt: skip
"""The processes that act on people, in the order of the day."""


@dataclass(frozen=True)
class Found:
    """What came of the runs on the evening of the last day.

    ``parties`` is [run, row, kind, status]; rows are places, caravans, and one road a destination.
    ``flows`` is persons over all days, a record a run; ``dead`` [run, person kind]; ``stop`` and
    ``phase`` [run, caravan].
    """

    parties: np.ndarray
    flows: np.ndarray
    dead: np.ndarray
    stop: np.ndarray
    phase: np.ndarray


@nb.njit
def begin(land, p, parties, run, rng):
    """Put the pool at the origin, each party of a kind drawn by the kinds' shares."""
    run.n, run.drift = 0, 0.0
    for c in range(land.caravans):
        run.phase[c], run.mode[c] = 0, 0
        run.itinerary[c], run.stop[c] = land.itinerary[c], land.first_stop[c]
    total = land.share.sum()
    for _ in range(int(np.rint(p.stuck_pool / mean_party(land)))):
        u, kind = uniform(rng) * total - land.share[0], 0
        while u >= 0 and kind < land.kinds - 1:
            kind += 1
            u -= land.share[kind]
        add(parties, run, kind, WAITING, land.origin)


@nb.njit
def live_day(land, dates, p, parties, run, tally, dead, day, steps, rng):
    """Live one day in the order of the steps."""
    for step in steps:
        if step == 0:
            arrive(land, parties, run, tally, day)
            new_destinations(land, dates, p, run, day)
        elif step == 1:
            assemble(land, dates, p, parties, run, tally, day, rng)
        elif step == 2:
            choose(land, dates, p, parties, run, tally, day, rng)
        elif step == 3:
            advance(land, dates, p, run, day, rng)
        elif step == 4:
            reshape(land, p, parties, run, tally, rng)
        elif step == 5:
            meet_town(land, p, parties, run, tally, rng)
        elif step == 6:
            leave(land, dates, p, parties, run, tally, day, rng)
        elif step == 7:
            detain_stragglers(land, dates, p, parties, run, tally, day, rng)
        elif step == 8:
            detain_in_caravans(land, dates, p, parties, run, tally, day, rng)
        elif step == 9:
            run_stations(land, p, parties, run, tally, rng)
        elif step == 10:
            fall_ill(land, dates, p, parties, run, tally, day, rng)
        elif step == 11:
            recover(land, dates, p, parties, run, tally, dead, day, rng)
        elif step == 12:
            meet_traffic(land, p, parties, run, tally, dead, rng)
        elif step == 13:
            work_offices(land, dates, p, parties, run, tally, day, rng)
        elif step == 14:
            revoke(land, p, parties, run, tally, rng)
        elif step == 15:
            ride(land, dates, p, parties, run, tally, dead, day, rng)


@nb.njit
def live(land, dates, values, days, steps, parties, run, out, tallies, dead, stop, phase, rng):
    """Live every run; with one member's values given, all runs are of it."""
    for r in range(out.shape[0]):
        p = values[r % values.size]
        begin(land, p, parties, run, rng)
        for day in range(days):
            live_day(land, dates, p, parties, run, tallies[r], dead[r], day, steps, rng)
        count(parties, run, out[r])
        for c in range(land.caravans):
            stop[r, c], phase[r, c] = run.stop[c], run.phase[c]


def simulate(scenario, draws, policies, *, days, runs, seed, order=ORDER, capacity=None) -> Found:
    """Simulate ``runs`` runs of a scenario, one party at a time; see :func:`make_ready`."""
    return make_ready(scenario, draws, policies, days=days, runs=runs, seed=seed, order=order, capacity=capacity)()


def make_ready(scenario, draws, policies, *, days, runs, seed, order=ORDER, capacity=None) -> Callable[[], Found]:
    """Pack everything into arrays, and return the function that does the rest.

    Parameters
    ----------
    scenario, policies
        A scenario of the caravan rules and the policies in force.
    draws
        Parameters by name, each [member]; run r is of member r modulo their number.
    days
        Days to live.
    runs, seed
        How many runs, and the seed of the one generator they share.
    order
        Names of the processes to live through each day.
    capacity
        Parties that there is room for.
    """
    land, dates, values = pack(scenario, draws, policies)
    rows = land["places"] + land["caravans"] + land["ends"]
    kinds, caravans = int(land["kinds"]), int(land["caravans"])
    newcomers = values["inflow"].max() * 2 + 2000 * (values["town_stuck_per_1000"].max() > 0)
    room = int(capacity or (values["stuck_pool"].max() + days * newcomers) * 1.5 + 1000)
    found = Found(
        np.zeros((runs, rows, kinds, STATUSES), np.int32), np.zeros(runs, TALLY), np.zeros((runs, PERSONS), np.int64),
        np.zeros((runs, caravans), np.int64), np.zeros((runs, caravans), np.int64),
    )  # fmt: skip
    steps = np.array([ORDER.index(name) for name in order], np.int64)
    arguments = (
        land, dates, values, days, steps, np.zeros(room, PARTY), np.zeros(1, RUN)[0], found.parties, found.flows,
        found.dead, found.stop, found.phase, np.array([seed * 0x9E3779B9 + 1], np.uint64),
    )  # fmt: skip

    def go() -> Found:
        live(*arguments)
        return found

    return go
