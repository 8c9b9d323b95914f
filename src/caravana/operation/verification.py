"""Holds every earlier forecast against what has been reported since."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from caravana.inference.families import issuing_of
from caravana.operation.issuing import thaw
from caravana.operation.ledger.frames import SCORE_KEY

if TYPE_CHECKING:
    from caravana.operation.known import KnownWorld
    from caravana.operation.ledger import OperationLedger

VALUES = ("observed_low", "observed_high", "crps", "naive", "naive_crps", "error", "inside_50", "inside_90")


def verify_forecasts(ledger: OperationLedger, world: KnownWorld) -> int:
    """Score the forecasts issued before a day on what was known that day; return how many scores are new.

    A score whose report was corrected is superseded; one whose report was withdrawn is dropped.
    """
    issued = ledger.issued()
    earlier = issued[issued["issued_on"] < world.on]["forecast_id"]
    score = issuing_of(world.scenario).score
    rows: list[dict[str, Any]] = []
    for forecast_id in earlier:
        scored = score(world.scenario, thaw(ledger.frozen(str(forecast_id))))
        rows += [{"forecast_id": forecast_id, **asdict(one), "dropped": False} for one in scored]
    held = ledger.scores(world.on).to_dict("records")
    now = {tuple(row[name] for name in SCORE_KEY) for row in rows}
    gone = [row for row in held if tuple(row[name] for name in SCORE_KEY) not in now]
    columns = [*SCORE_KEY, "horizon_days", *VALUES]
    rows += [{**{name: _plain(row[name]) for name in columns}, "dropped": True} for row in gone]
    return ledger.add_scores(rows, scored_on=world.on)


def _plain(value: Any) -> Any:
    """A value of a frame as a database takes it."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 (NaN alone differs from itself)
