"""The shares of camps as a model: camps share arrivals by nearness, size, room and record.

Counts of camps are counts of people who have *arrived*; so the rise of their sum on a day is
shared out among the camps that day (Flee takes it for departures).  A camp's pull is

    pull = capacity ^ size_power * nearness ^ near_power * room ^ room_power

(room: what is left of its capacity, as a share), and arrivals divide as

    recent * (what arrived lately) + (1 - recent) * (held * present shares + (1 - held) * pull),

each part adding up to 1 over the camps that are open and take people, *recent* fading by half in
``recent_fades`` days after the origin.  Camps shrink on at the rate they shrank lately; a small part
of the people in open camps moves on to where the pull is.

Where the total is forecast, a camp is known up to its last report and simulated from there on:
arrivals go on at the camps' own rates, which fade, and camps that take people fill.  Once counts
have been seen a camp may be idle, wake and doze off, its count wanders as irregularly as
it did, and may step.  Parameters are one pooled set for all instances, with a spread
over members; an instance adds only its counts up to the origin.  See docs/dispersal.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.models.base import BLOCK, Model, read_numbers, tabulate_parameters
from caravana.models.displacement.block import tabulate_block
from caravana.models.displacement.camp_shares.order import ORDER, run_camps
from caravana.models.displacement.camp_shares.parameters import declared_from, draw_pooled, names_at_work, values_from
from caravana.models.displacement.camp_shares.world import compile_camps
from caravana.models.displacement.counts import require_counts
from caravana.models.displacement.traits import Traits
from caravana.models.parameters import CAMP_SHARES as DECLARED
from caravana.models.parameters import declared
from caravana.scenario.checks.displacement import with_settings
from caravana.scenario.settings import DisplacementSettings
from caravana.streams import stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from caravana.models.base import Process, Table, Task
    from caravana.models.displacement.camp_shares.world import CampWorld
    from caravana.scenario.model import Parameter, Scenario

    Floats = NDArray[np.float64]

ROW, ROAD_BYTES = 40.0, 60.0
"""Bytes that a row of people, and the road from a place to a camp, take at most on their way (docs/scale.md)."""


@dataclass(frozen=True)
class CampSharesModel(Model):
    """Camps that share arrivals; for scenarios in which camps are counted."""

    name: str = "camp-shares"
    family: str = "displacement"

    @property
    def traits(self) -> Traits:
        """How it differs from the other models of displacement."""
        return Traits(camps_only=True)

    @property
    def order(self) -> tuple[Process, ...]:
        """The order of the day."""
        return ORDER

    def configure(self, scenario: Scenario, values: Mapping[str, object]) -> tuple[Scenario, dict[str, float]]:
        """Take values set by hand: pooled parameters by their names, all else into the scenario's settings."""
        table = declared(DECLARED)
        numbers = read_numbers({name: value for name, value in values.items() if name in table})
        for name, value in numbers.items():
            p = table[name].parameter
            if not p.low <= value <= p.high:
                raise UsageError(f"{name}={value:g} is outside its bounds {p.low:g} to {p.high:g} {p.unit}")
        return with_settings(scenario, {n: v for n, v in values.items() if n not in table}), numbers

    def parameters_of(self, scenario: Scenario) -> tuple[Parameter, ...]:
        """Return the pooled parameters that a run of the scenario depends on."""
        table = declared_from(DisplacementSettings.of(scenario.settings).origin_day)
        return tuple(table[name] for name in names_at_work(scenario))

    def check(self, scenario: Scenario, *, days: int) -> None:
        """Refuse an origin outside the run, and camps that nobody counted."""
        require_counts(scenario)
        DisplacementSettings.of(scenario.settings).check_origin(days)

    def draw(self, scenario: Scenario, *, seed: int, block: int) -> dict[str, Floats]:
        """Return the pooled parameters of a block's members, each [member]."""
        values = values_from(DisplacementSettings.of(scenario.settings).origin_day)
        drawn = draw_pooled(BLOCK, stream(seed, block, "dispersal.parameters", 0), values=values)
        return {name: values[:, 0] for name, values in drawn.items()}

    def memory(self, scenario: Scenario, *, days: int) -> float:
        """Return what a block takes: its people by camp and their rows, and the roads from all places to all camps."""
        camps = len({o.place_id for o in scenario.observations if o.kind == "camp_count" and o.place_id})
        return ROW * BLOCK * days * camps + ROAD_BYTES * camps * len(scenario.places)

    def compile(self, scenario: Scenario, *, days: int) -> CampWorld:
        """Return the scenario as arrays."""
        return compile_camps(scenario, days=days)

    def simulate(self, world: CampWorld, task: Task) -> dict[str, Table]:
        """Return the tables of one block."""
        block = run_camps(
            world, seed=task.seed, block=task.block, members=BLOCK, days=task.days,
            order=ORDER if task.order is None else task.order, draws=task.draws, by_place=False,
        )  # fmt: skip
        kind = task.scenario.kinds[0].id
        columns = world.camps if world.outside is None else None
        tables = tabulate_block(block, place_ids=world.place_ids, links=world.links, kind=kind, columns=columns)
        return {**tables, "parameters": tabulate_parameters(task.draws)}


CAMP_SHARES = CampSharesModel()
"""The model whose forecasts are the best."""
