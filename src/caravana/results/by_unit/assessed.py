"""What a displacement run says of the areas whose displaced were assessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.models.displacement.assessments import Area, read_areas
from caravana.results.members import grid, quantiles
from caravana.sql import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.run import Run

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessed area, and what a run has in it.

    Attributes
    ----------
    area
        What was assessed.
    levels
        Quantiles of the people who rest in the area, in camps or not, [level, day].
    in_idpcamps
        The middle number of those in camps for the displaced within the country (``idpcamp``), [day].
    """

    area: Area
    levels: Floats
    in_idpcamps: Floats


def read_assessed(run: Run) -> tuple[Assessed, ...]:
    """Read what a run has in every area that was assessed on one of its days, the widest areas first."""
    assessed = []
    for area in reversed(read_areas(run.scenario)):
        if ((area.days >= 0) & (area.days < len(run.days))).any():
            camps = np.array([place.kind == "idpcamp" for place in run.scenario.places]) & area.places
            inside = people_in(run, camps)
            assessed.append(Assessed(area, np.round(quantiles(people_in_area(run, area))), np.median(inside, axis=0)))
    return tuple(assessed)


def count_returned(run: Run) -> Floats:
    """Who has gone home for good by the last day, [member]."""
    if "flows" not in run.tables:
        return np.zeros(len(run.member_ids))
    frame = run.query("SELECT member, SUM(persons) AS n FROM flows WHERE flow = 'returned' GROUP BY ALL")
    return np.asarray(frame.set_index("member")["n"].reindex(run.member_ids).fillna(0.0), dtype=np.float64)


def people_in_area(run: Run, area: Area) -> Floats:
    """People who rest anywhere in an area, [member, day]."""
    return people_in(run, area.places)


def people_in(run: Run, places: NDArray[np.bool_]) -> Floats:
    """People who rest at any of some places, [member, day]; `places` says of each whether it is one, [place]."""
    ids = [place.id for place, inside in zip(run.scenario.places, places, strict=True) if inside]
    if not ids:
        return np.zeros((len(run.member_ids), len(run.days)))
    frame = run.query(
        "SELECT member, day, SUM(persons) AS n FROM people"
        f" WHERE status = 'displaced' AND place IN ({listed(ids)}) GROUP BY ALL"
    )
    return grid(run, np.asarray(run.member_ids), frame, "n")
