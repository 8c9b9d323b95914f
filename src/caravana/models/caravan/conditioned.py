"""Processes of a caravan's day, given what was reported: its nights, the drift of its hazards, whether it splits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.order import ORDER
from caravana.models.caravan.processes.advance import advance
from caravana.models.caravan.processes.attrition import leave, leave_at, reshape
from caravana.models.caravan.state import Mode, Phase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.base import Process
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.order import Act
    from caravana.models.caravan.state import Outcome, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream

    Floats = NDArray[np.float64]


LIFT_KM = 40.0


@dataclass(frozen=True)
class Guide:
    """An advance that leads the first caravan along given stops, and leaves every other as it is.

    ``path`` has shape (members, days): the stop on each night, counted along the itinerary; after its end the
    caravan goes on by itself.
    """

    path: NDArray[np.int64]

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Advance all caravans, then put the first where its path has it tonight."""
        outcome = advance(state, world, draws, today, stream)
        if today.day >= self.path.shape[1] or outcome.caravans is None:
            return outcome
        under_way = state.caravans.phase[:, 0] == Phase.under_way
        tonight = self.path[:, today.day]
        gone = world.itineraries.km[state.caravans.itinerary[:, 0]][np.arange(tonight.size), tonight]
        gone = gone - world.itineraries.km[state.caravans.itinerary[:, 0], state.caravans.stop[:, 0]]
        how = np.where(gone <= 0, Mode.rest, np.where(gone > LIFT_KM, Mode.lift, Mode.walk))
        end = tonight == world.itineraries.n_stops[state.caravans.itinerary[:, 0]] - 1
        caravans = outcome.caravans
        stop, mode, phase = caravans.stop.copy(), caravans.mode.copy(), caravans.phase.copy()
        stop[:, 0] = np.where(under_way, tonight, stop[:, 0])
        mode[:, 0] = np.where(under_way, how, mode[:, 0])
        phase[:, 0] = np.where(under_way, np.where(end, Phase.arrived, Phase.under_way), phase[:, 0])
        return replace(outcome, caravans=replace(caravans, stop=stop, mode=mode, phase=phase))


@dataclass(frozen=True)
class Drifting:
    """Exits from caravans at a given drift of the hazard of leaving, shape (members, days); after it, by chance."""

    drift: Floats

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Draw who leaves each caravan today."""
        if today.day >= self.drift.shape[1]:
            return leave(state, world, draws, today, stream)
        return leave_at(state, world, draws, today, stream, self.drift[:, today.day])


@dataclass(frozen=True)
class Together:
    """Caravans that split on given nights and do not break up, as long as these are given; then, by chance.

    ``splits`` has shape (members, days); it is known of those days that the first caravan stayed together.
    """

    splits: NDArray[np.bool_]

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Merge, dissolve and split caravans tonight."""
        if today.day < self.splits.shape[1]:
            never, split = np.zeros(world.members), self.splits[:, today.day].astype(float)
            draws = {**draws, "dissolution_at_home": never, "dissolution_beyond": never, "split_chance": split}
        return reshape(state, world, draws, today, stream)


def lead_order(
    path: NDArray[np.int64], drift: Floats, splits: NDArray[np.bool_], *, order: tuple[Process, ...] = ORDER
) -> tuple[Process, ...]:
    """Return an order of the day with the first caravan led along ways, and together to their end."""
    acts: dict[str, Act] = {"advance": Guide(path), "attrition": Drifting(drift), "reshape": Together(splits)}
    return tuple(replace(p, act=acts[p.name]) if p.name in acts else p for p in order)
