"""What ``--set`` sets in a dispersal: numbers, words, true or false, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.scenario.model import Scenario

#: Rule sets that have settings in place of parameters.
DISPERSALS = ("flee", "caravana")


def set_by_hand(scenario: Scenario, pairs: Sequence[str]) -> Scenario:
    """Return a dispersal with settings changed by ``name=value`` pairs.

    Values are written as numbers (``200``), words (``poisson``), ``true`` or ``false``, and lists (``1,0.5,0.1``).

    Raises
    ------
    UsageError
        If a pair has no name or no ``=``, the name is no setting, the value none of it, or the
        scenario lacks what the setting needs.
    """
    from caravana.scenario.checks.displacement import with_settings

    values: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise UsageError(f"--set {pair}: expected name=value, such as --set max_move_speed=200")
        values[name] = value
    return with_settings(scenario, values)
