"""What was reported about the caravan, as ranges by side: never averaged, open ends left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from caravana.scenario.model import Observation, Scenario
    from caravana.scenario.vocabulary import Side

SIDES: tuple[Side, ...] = ("authorities", "agency", "press", "observer", "organisers")
"""Order of the sides in charts and tables."""


@dataclass(frozen=True)
class Figure:
    """One speaker's figure.

    Attributes
    ----------
    low, high
        Ends of the range; equal for a single figure.  The open end repeats the other.
    open
        ``up`` for "more than", ``down`` for "fewer than", else empty.
    """

    date: dt.date
    side: Side
    speaker: str
    low: float
    high: float
    open: Literal["", "up", "down"]
    qualifier: str
    inferred: bool


def _of(scenario: Scenario, kind: str, caravan: str) -> Iterable[Observation]:
    for row in scenario.observations:
        inside = scenario.start <= row.date <= scenario.end
        if row.kind == kind and row.caravan in (None, caravan) and row.qualifier != "planned" and inside:
            yield row


def headcounts(scenario: Scenario, caravan: str) -> list[Figure]:
    """Every headcount with a figure, by date and side; "thousands" without a figure has none."""
    figures = []
    for row in _of(scenario, "headcount", caravan):
        given = [x for x in (row.low, row.high) if x is not None]
        if not given:
            continue
        end: Literal["", "up", "down"] = ""
        if row.qualifier == "more_than" or (row.high is None and row.qualifier == "range"):
            end = "up"
        elif row.qualifier == "less_than" or (row.low is None and row.qualifier == "range"):
            end = "down"
        figures.append(
            Figure(
                date=row.date, side=row.speaker_side, speaker=row.speaker_role, low=given[0], high=given[-1],
                open=end, qualifier=row.qualifier, inferred=row.inferred,
            )
        )  # fmt: skip
    return sorted(figures, key=lambda f: (f.date, SIDES.index(f.side)))


def positions(scenario: Scenario, caravan: str) -> list[tuple[dt.date, str]]:
    """Recorded nights, (date, place id), by date; plans are not records."""
    seen = {(row.date, row.place_id) for row in _of(scenario, "position", caravan) if row.place_id}
    return sorted(seen)
