"""Scenarios of displacement compiled, and blocks of them simulated, by the model that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.models.displacement.camp_shares.order import simulate_camps
from caravana.models.displacement.camp_shares.world import CampWorld, compile_camps
from caravana.models.displacement.walk.order import simulate_walk
from caravana.models.displacement.walk.world import WalkWorld, compile_walk
from caravana.models.registry import model_of

if TYPE_CHECKING:
    from caravana.models.displacement.block import DisplacementBlock
    from caravana.scenario.model import Scenario


def compile_world(
    scenario: Scenario, *, rules: str | None = None, settings: dict[str, Any] | None = None, days: int | None = None
) -> Any:
    """Compile for the scenario's own rules or the named ones; `settings` stand in for the scenario's."""
    name = model_of(scenario, rules=rules).name
    if name == "camp-shares":
        return compile_camps(scenario, settings=settings, days=days)
    return compile_walk(scenario, settings=settings, days=days, mended=name == "walk")


def simulate_block(world: WalkWorld | CampWorld, **options: Any) -> DisplacementBlock:
    """Simulate a block of members of either world."""
    return simulate_camps(world, **options) if isinstance(world, CampWorld) else simulate_walk(world, **options)
