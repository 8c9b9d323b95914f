"""Which family a scenario's model is of: what the layers above the models key their tables by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.scenario.model import Scenario


def family_of(scenario: Scenario) -> str:
    """Return the family of a scenario's model: ``caravan``, ``displacement`` or a stranger's own."""
    return "caravan" if scenario.rules == "caravan" else "displacement"


def require_caravan(scenario: Scenario, why: str) -> None:
    """Refuse a scenario whose model is not of the caravan family.

    Parameters
    ----------
    scenario
        Which.
    why
        What needs it, such as ``policies act``.

    Raises
    ------
    caravana.errors.UsageError
        If the scenario's rules have no caravan.
    """
    if family_of(scenario) != "caravan":
        raise UsageError(f"{scenario.name} has rules {scenario.rules!r}; {why} under the rules 'caravan'")
