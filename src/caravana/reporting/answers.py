"""What the sections of a report are made of: values that were asked of a run once, and nothing to ask it more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caravana.results.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.reporting.model_card.facts import Facts
    from caravana.reporting.run_folder import Beside
    from caravana.results.needs import Standard

R_co = TypeVar("R_co", bound=Answers, covariant=True)
"""What the results of a family of models are."""


@dataclass(frozen=True)
class ReportAnswers(Generic[R_co]):
    """What a report is made of.

    Attributes
    ----------
    results
        What the run says.
    standards
        The profile for the needs.
    scores
        How the run stands against what was counted; empty where nothing was.
    beside
        Answers of other commands that lie beside the run.
    facts
        What the model card states.
    """

    results: R_co
    standards: tuple[Standard, ...]
    scores: Mapping[str, Any]
    beside: Beside
    facts: Facts

    @property
    def opening_day(self) -> int:
        """The day the report opens on: a third of the way in, where the picture says most."""
        return self.results.days // 3
