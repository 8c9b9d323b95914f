"""What ``--set`` sets in a dispersal: numbers, words, true or false, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.scenario.model import Scenario

#: Rule sets that have settings in place of parameters.
DISPERSALS = ("flee", "caravana")
#: Most lines on what a setting makes of a scenario.
MOST_LINES = 5


def set_by_hand(scenario: Scenario, pairs: Sequence[str]) -> Scenario:
    """Return a dispersal with settings changed by ``name=value`` pairs.

    Values are written as numbers (``200``), words (``poisson``), ``true`` or ``false``, and lists (``1,0.5,0.1``).

    Raises
    ------
    UsageError
        If a pair has no name or no ``=``, the name is no setting, the value none of it, or the
        scenario lacks what the setting needs.
    """
    from caravana.scenario.checking_dispersal import dispersal_faults
    from caravana.scenario.flee_settings import Value, coerce, kinds

    changed: dict[str, Value] = {}
    for pair in pairs:
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise UsageError(f"--set {pair}: expected name=value, such as --set max_move_speed=200")
        if name not in kinds():
            raise UsageError(f"no setting {name}; a dispersal has {', '.join(sorted(kinds()))}")
        try:
            changed[name] = coerce(name, value)
        except UsageError as error:
            raise UsageError(f"--set {pair}: {error}") from None
    if not changed:
        return scenario
    found = scenario.model_copy(update={"settings": {**scenario.settings, **changed}})
    if faults := dispersal_faults(found):
        lines = [str(fault) for fault in faults[:MOST_LINES]]
        lines += [f"and {len(faults) - MOST_LINES:,} more"] if len(faults) > MOST_LINES else []
        raise UsageError("\n".join([f"--set {' '.join(pairs)}: this scenario cannot be run so:", *lines]))
    return found
