"""People by place and day, whatever the model: what its table ``people`` holds, and counts of the same places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.results.answers import Answers, about
from caravana.results.members import grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.run import Run
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]

COUNTED = ("camp_count", "total_count")
"""Observations that count people: at a place where they name one, everybody where they do not."""
EVERYWHERE = ""
"""Stands for the place of a count of everybody."""


@dataclass(frozen=True)
class DatedCount:
    """How many people were counted on one day; low and high are equal for a single figure."""

    day: int
    low: float
    high: float


@dataclass(frozen=True)
class PeopleAtPlaces(Answers):
    """What a run of any model says of people at places.

    Attributes
    ----------
    places
        Ids of the places where there is anybody in any member, the one with most people first: the
        mean over members on its fullest day.
    people
        By place, [place, member, day].
    total
        Everybody in the run, wherever they are, [member, day].
    counts
        Counts within the run, by place id, :data:`EVERYWHERE` for those of everybody; by day.
    """

    places: tuple[str, ...]
    people: Floats
    total: Floats
    counts: Mapping[str, tuple[DatedCount, ...]]


def read_places(run: Run) -> PeopleAtPlaces:
    """Read people by place and day.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no finished member.
    """
    base = about(run)
    members = base["members"]
    everybody = run.query("SELECT member, day, SUM(persons) AS n FROM people GROUP BY ALL")
    frame = run.query(
        "SELECT member, day, CAST(place AS VARCHAR) AS place, SUM(persons) AS n FROM people "
        "GROUP BY ALL HAVING SUM(persons) > 0"
    )
    known = {place.id for place in base["scenario"].places}
    by_place = {
        str(place): grid(run, members, part, "n") for place, part in frame.groupby("place") if str(place) in known
    }
    # Places of one size keep the order of their names.
    places = tuple(sorted(by_place, key=lambda place: (-float(by_place[place].mean(axis=0).max()), place)))
    return PeopleAtPlaces(
        **base, places=places,
        people=np.array([by_place[place] for place in places]).reshape(len(places), len(members), len(run.days)),
        total=grid(run, members, everybody, "n"), counts=_counts(base["scenario"], days=len(run.days)),
    )  # fmt: skip


def _counts(scenario: Scenario, *, days: int) -> dict[str, tuple[DatedCount, ...]]:
    """Counts within a run, by place and day: what several said of one day is one range."""
    ranges: dict[tuple[str, int], tuple[float, float]] = {}
    for one in scenario.observations:
        day = scenario.day_of(one.date)
        ends = [x for x in (one.low, one.high) if x is not None]
        if one.kind not in COUNTED or not ends or not 0 <= day < days:
            continue
        at = one.place_id or EVERYWHERE, day
        low, high = ranges.get(at, (min(ends), max(ends)))
        ranges[at] = min(low, *ends), max(high, *ends)
    out: dict[str, list[DatedCount]] = {}
    for (place, day), (low, high) in sorted(ranges.items()):
        out.setdefault(place, []).append(DatedCount(day, low, high))
    return {place: tuple(counts) for place, counts in out.items()}
