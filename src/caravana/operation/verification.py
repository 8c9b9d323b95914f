"""Holds every earlier forecast against what has been reported since."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from caravana.inference.families import issuing_of
from caravana.operation.issuing import thaw
from caravana.operation.ledger.frames import SCORE_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from caravana.operation.known import KnownWorld
    from caravana.operation.ledger import OperationLedger

VALUES = ("observed_low", "observed_high", "crps", "naive", "naive_crps", "error", "inside_50", "inside_90")


def verify_forecasts(ledger: OperationLedger, world: KnownWorld) -> int:
    """Score the forecasts issued before a day on what was known that day; return how many scores are new.

    A score whose report was corrected is superseded; one whose report was withdrawn is dropped.
    """
    issued = ledger.issued()
    earlier = issued[issued["issued_on"] < world.on]
    ends = {
        row["forecast_id"]: row["issued_on"] + dt.timedelta(days=row["horizon"]) for row in earlier.to_dict("records")
    }
    held = ledger.verified(world.on)
    truths = truths_by(world, set(ends.values()))
    changed = {name: truths[end] for name, end in ends.items() if held.get(name) != truths[end]}
    rows: list[dict[str, Any]] = []
    score = issuing_of(world.scenario).score
    for name in changed:
        scored = score(world.scenario, thaw(ledger.frozen(name)))
        rows += [{"forecast_id": name, **asdict(one), "dropped": False} for one in scored]
    rows += _gone(ledger, world.on, rows, changed) if changed else []
    return ledger.add_scores(rows, scored_on=world.on, verified=changed)


def truths_by(world: KnownWorld, ends: AbstractSet[dt.date]) -> dict[dt.date, str]:
    """Hash, by the last day of a forecast, of all that it is scored with: reports to there, and whether any came after.

    Reports are in order of their days: each hash goes on from the one before it.
    """
    reports = list(world.reports[["id", "revision", "date"]].itertuples(index=False, name=None))
    hashes, held, at = {}, sha256(b"["), 0
    for end in sorted(ends):
        while at < len(reports) and reports[at][2] <= end:
            held.update(f"{reports[at]!r}, ".encode())
            at += 1
        whole = held.copy()
        whole.update(f"{at < len(reports)}]".encode())
        hashes[end] = whole.hexdigest()
    return hashes


def _gone(
    ledger: OperationLedger, on: dt.date, rows: list[dict[str, Any]], changed: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows that drop the scores of forecasts scored anew whose report stands no more."""
    now = {tuple(row[name] for name in SCORE_KEY) for row in rows}
    columns = [*SCORE_KEY, "horizon_days", *VALUES]
    return [
        {**{name: _plain(row[name]) for name in columns}, "dropped": True}
        for row in ledger.scores(on, of_forecasts=list(changed)).to_dict("records")
        if tuple(row[name] for name in SCORE_KEY) not in now
    ]


def _plain(value: Any) -> Any:
    """A value of a frame as a database takes it."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 (NaN alone differs from itself)
