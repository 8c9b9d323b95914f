"""The words and figures that rows of a scenario may hold: kinds of places, events, observations, and their bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Side = Literal["authorities", "organisers", "press", "agency", "observer"]
PlaceKind = Literal[
    "origin", "city", "town", "checkpoint", "border_crossing", "destination", "incident_site",
    "clash_site", "conflict_zone", "camp", "idpcamp", "forward_hub", "marker", "flood_zone", "default",
]  # fmt: skip
EventKind = Literal[
    # kinds that act on people when the day comes
    "offer", "clash", "raid", "shooting", "roadblock", "closure", "destination", "location_change",
    "transfer",
    # kinds that are only the record: shown, never acted on
    "departure", "call", "rest", "arrival", "split", "announcement", "policy", "transport", "dissolution",
]  # fmt: skip
ObservationKind = Literal[
    # of a caravan; a forecast uses the first four, and where it was counted or treated
    "position", "rest_day", "headcount", "accepted_papers_cumulative",
    "minors", "pregnant", "ill", "medical_consultations", "detained",
    # shown, and used by a calibration or not at all
    "headcount_part", "injured", "dead", "joined", "left", "returned", "waiting",
    "departure", "km_day", "km_cumulative", "departure_hour", "temperature_c",
    # of a displacement
    "camp_count", "camp_count_elsewhere", "total_count", "displaced_count",
]  # fmt: skip
Lever = Literal[
    "cards_offered", "cards_credible", "cards_issued", "lifts", "enforcement", "medical_post",
    "no_caravan", "call", "close",
]  # fmt: skip
LinkKind = Literal[
    "road", "main", "secondary", "minor", "track", "path", "straight", "ferry", "gate", "checkpoint", "border",
]  # fmt: skip
Qualifier = Literal["exact", "about", "more_than", "less_than", "range", "planned"]
Rules = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]

TRANSFER_UNITS = (HAZARD, CONVOYS) = ("1/day", "persons/day")
"""Units of a transfer: a hazard of everybody there, or so many people a day."""
MOST_PEOPLE = 10.0**9
"""Most people counted or living at one place."""
