"""The walk as a model: Flee's rules as published, or with their defects mended."""

from __future__ import annotations

import functools
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.models.base import BLOCK, Model, tabulate_parameters
from caravana.models.displacement.block import tabulate_block
from caravana.models.displacement.traits import Traits
from caravana.scenario.checks.displacement import with_settings
from caravana.scenario.demographics import RULES_OF_LIKENESS
from caravana.scenario.settings import DisplacementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.models.base import Process, Table, Task
    from caravana.models.displacement.walk.world import WalkWorld
    from caravana.scenario.model import Scenario

ROW = 90.0
"""Bytes that a place's people of a day take in a member, with their row, where all places are occupied."""
#: Places from which on a network is large, and members in a block there.
LARGE, FEW_MEMBERS = 250, 8


@dataclass(frozen=True)
class WalkModel(Model):
    """People who walk from place to place on a network of roads.

    The compiled loops take time to load, so they are imported when the first block is compiled.

    Attributes
    ----------
    mended
        Without the defects of Flee.
    """

    name: str
    mended: bool
    family: str = "displacement"

    @property
    def traits(self) -> Traits:
        """How it differs from the other models of displacement."""
        return Traits(mended=self.mended)

    @property
    def order(self) -> tuple[Process, ...]:
        """The order of the day."""
        from caravana.models.displacement.walk.order import ORDER

        return ORDER

    @property
    def notice(self) -> str:
        """That its loops are compiled first, where they are not yet."""
        from caravana.compiled import NAMED, is_kept, is_whole
        from caravana.models.displacement.walk.ahead import LOOPS

        if is_whole(LOOPS):
            return ""
        if is_kept(LOOPS):
            return (
                "Its loops are compiled first, once on this machine: some 8 seconds (`caravana prepare` does it ahead)"
            )
        return (
            "Its loops are compiled first, some 8 seconds, and not kept: the place for caches cannot be written, or"
            f" can be by others. {NAMED} names another folder"
        )

    def prepare(self) -> None:
        """Compile its loops, unless they are kept already."""
        from caravana.models.displacement.walk.ahead import compile_loops

        compile_loops()

    def configure(self, scenario: Scenario, values: Mapping[str, object]) -> tuple[Scenario, dict[str, float]]:
        """Take values set by hand into the scenario's settings."""
        return with_settings(scenario, values), {}

    def check(self, scenario: Scenario, *, days: int) -> None:
        """Refuse an origin outside the run, which the mended rules read for the sake of their kin; too many classes."""
        settings = DisplacementSettings.of(scenario.settings)
        if self.mended:
            settings.check_origin(days)
        if (
            settings.stay_close_to_home
            or settings.harvest_months
            or any(getattr(settings, r) for r in RULES_OF_LIKENESS)
        ):
            from caravana.models.displacement.walk.world import check_classes

            check_classes(scenario, days=days, mended=self.mended)

    def memory(self, scenario: Scenario, *, days: int) -> float:
        """Return what a block takes: people and displaced by place and day, twice, and their rows."""
        return ROW * self.block_size(scenario) * days * len(scenario.places)

    def block_size(self, scenario: Scenario) -> int:
        """Return how many members are simulated together: few where one is dear, so that few members cost little.

        On a small network the steps of a day that are not compiled would cost too much for so few.
        """
        return FEW_MEMBERS if len(scenario.places) >= LARGE else BLOCK

    def compile(self, scenario: Scenario, *, days: int) -> WalkWorld:
        """Return the scenario as arrays; of the next block of a run as of the one before."""
        return _compile_once(pickle.dumps(scenario), days, mended=self.mended)

    def simulate(self, world: WalkWorld, task: Task) -> dict[str, Table]:
        """Return the tables of one block."""
        from caravana.models.displacement.walk.order import ORDER, simulate_walk

        block = simulate_walk(
            world, seed=task.seed, block=task.block, members=task.members, days=task.days,
            order=ORDER if task.order is None else task.order, draws=task.draws,
        )  # fmt: skip
        kind = task.scenario.kinds[0].id
        tables = tabulate_block(block, place_ids=world.place_ids, links=world.links, kind=kind)
        return {**tables, "parameters": tabulate_parameters(task.draws)}


@functools.lru_cache(maxsize=1)
def _compile_once(packed: bytes, days: int, *, mended: bool) -> WalkWorld:
    """Compile a pickled scenario; on a large network that takes as long as one of the members of a block."""
    from caravana.models.displacement.walk.world import compile_walk

    return compile_walk(pickle.loads(packed), days=days, mended=mended)  # noqa: S301 - pickled by our own hand


FLEE = WalkModel("flee", mended=False)
"""Flee's rules, as published."""
WALK = WalkModel("walk", mended=True)
"""The same with their defects mended (docs/dispersal.md)."""
