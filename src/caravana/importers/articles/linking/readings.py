"""A reading of a row: what would be written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

FIELDS = ("kind", "low", "high", "qualifier", "place", "date", "side")
MOST_READINGS = 3
FLAGGED_SHARE = 0.5
"""How much less sure a row is that contradicts the scenario's geography or calendar."""


@dataclass(frozen=True, slots=True)
class Values:
    """One reading of a row: what would be written down."""

    kind: str
    low: float | None
    high: float | None
    qualifier: str
    place: str
    date: dt.date
    side: str

    def as_json(self) -> dict[str, Any]:
        """The values as JSON has them."""
        return {name: getattr(self, name) for name in FIELDS} | {"date": self.date.isoformat()}
