"""What the report of a displacement is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.reporting.answers import ReportAnswers
from caravana.results.displacement import Displaced

if TYPE_CHECKING:
    from caravana.reporting.displacement.skill import Skill
    from caravana.results.by_unit.sites import Site


def opening_day(results: Displaced) -> int:
    """The day that a report opens on: a third of the way into what is forecast."""
    return results.origin + (results.days - results.origin) // 3


@dataclass(frozen=True)
class DisplacementAnswers(ReportAnswers[Displaced]):
    """What the report of a displacement is made of.

    Attributes
    ----------
    skill
        Errors by day beside rules of thumb; None where nothing was counted.
    sites
        Every site on the opening day, where the results are by unit of administration.
    """

    skill: Skill | None
    sites: tuple[Site, ...] = ()

    @property
    def opening_day(self) -> int:
        """The day the report opens on: a third of the way into what is forecast."""
        return opening_day(self.results)
