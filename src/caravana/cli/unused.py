"""What ``caravana run`` says of settings of a dispersal that its rules do not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.models.displacement.choosing import idle_settings, overruled, rules_of

if TYPE_CHECKING:
    from caravana.run import Run

WHERE = "docs/dispersal.md tells which settings act"


def unused_settings(run: Run) -> list[str]:
    """Settings of the scenario or set by hand that have no effect in a run, in order of name; none of a caravan's."""
    scenario = run.scenario
    return idle_settings(scenario, scenario.settings) if scenario.rules in ("flee", "caravana") else []


def unused_lines(run: Run) -> list[str]:
    """Say which settings had no effect, and which would have set how many people are displaced."""
    idle, lines = unused_settings(run), []
    if not idle:
        return []
    why = ", as camps are counted" if rules_of(run.scenario) == "shares" else ""
    lines.append(f"Not used by the rules {run.scenario.rules} here{why}: {', '.join(idle)} ({WHERE})")
    if pushed := overruled(run.scenario):
        own = " and ".join(pushed)
        lines.append(
            f"How many people are displaced was taken from the counts of camps, not from {own}; "
            "rules=flee lets these act, forecast_total=1 forecasts the number"
        )
    return lines
