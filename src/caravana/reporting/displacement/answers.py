"""What the report of a displacement is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.reporting.answers import ReportAnswers
from caravana.results.displacement import Displaced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from caravana.reporting.displacement.skill import Skill
    from caravana.results.by_unit.assessed import Assessed
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
    assessed
        Areas whose displaced were assessed, the widest first.
    returned
        Who has gone home for good by the last day, [member]; None where nobody was asked.
    sites
        Every site on the opening day, where the results are by unit of administration.
    """

    skill: Skill | None
    assessed: tuple[Assessed, ...] = ()
    returned: NDArray[np.float64] | None = None
    sites: tuple[Site, ...] = ()

    @property
    def opening_day(self) -> int:
        """The day the report opens on: a third of the way into what is forecast."""
        return opening_day(self.results)
