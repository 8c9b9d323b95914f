"""What tells a forecast of each family: as the object that ``--json`` prints, and as lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.reporting.console import tell, tell_lines
from caravana.reporting.displacement.forecast import camp_lines, tell_camps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caravana.language.language import Language
    from caravana.scenario.model import Scenario


@dataclass(frozen=True)
class ForecastWords:
    """How a forecast is told.

    Attributes
    ----------
    tell
        From a forecast and its scenario to a plain object, whose sentences are in a language.
    lines
        From that object to lines of text in a language.
    """

    tell: Callable[[Any, Scenario, Language], dict[str, Any]]
    lines: Callable[[Mapping[str, Any], Language], list[str]]


TOLD_BY: Mapping[str, ForecastWords] = {
    "caravan": ForecastWords(tell, tell_lines),
    "displacement": ForecastWords(tell_camps, camp_lines),
}
"""One row a family."""
