"""What each block of a plan is to simulate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from caravana.ensemble.design import draw_parameters
from caravana.models.base import Task, check_parameters

if TYPE_CHECKING:
    from caravana.ensemble.design import Design
    from caravana.ensemble.store import Plan
    from caravana.models.base import Model, Process
    from caravana.scenario.model import Scenario


class BlockTasks(Sequence[Task]):
    """The blocks to simulate, each made when it is its turn: a million members' draws are never all in memory."""

    def __init__(
        self, scenario: Scenario, plan: Plan, blocks: list[int], model: Model, order: tuple[Process, ...],
        design: Design | None,
    ) -> None:  # fmt: skip
        by_id = {p.id: p for p in scenario.policies}
        self._scenario, self._plan, self._blocks, self._model = scenario, plan, blocks, model
        self._order, self._design = order, design
        self._policies = tuple(by_id[p] for p in plan.policies)
        self._days = scenario.day_of(dt.date.fromisoformat(plan.last)) + 1

    def __len__(self) -> int:
        return len(self._blocks)

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> list[Task]: ...
    def __getitem__(self, index: int | slice) -> Task | list[Task]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        plan, block = self._plan, self._blocks[index]
        own = self._model.draw(self._scenario, seed=plan.seed, block=block)
        others = {name: value for name, value in plan.settings.items() if name not in own}
        size = self._model.block_size(self._scenario)
        draws = draw_parameters(self._scenario, seed=plan.seed, block=block, settings=others, size=size)
        draws |= {name: np.full(size, plan.settings[name]) if name in plan.settings else own[name] for name in own}
        order = self._order
        if self._design is not None:
            drawn = self._design.draw(block, seed=plan.seed)
            draws = {**draws, **{name: drawn[name] for name in draws if name in drawn and name not in plan.settings}}
            order = self._design.lead(order, block, seed=plan.seed)
        check_parameters(order, draws)
        return Task(
            self._scenario,
            self._policies,
            draws,
            plan.seed,
            block,
            self._days,
            order,
            plan.follow,
            self._model,
            size,
        )
