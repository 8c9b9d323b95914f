"""Answers that other commands left in a run folder: comparisons, claims weighed, plans of needs, exports.

The report shows what is there and says how to make what is not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caravana.run import Run

MOST_BYTES = 8 * 2**20
"""Largest file read; larger ones are not ours."""
EXPORTS = ("export-*", "needs-*.xlsx", "summary.parquet", "model_card.md")


@dataclass(frozen=True)
class Kept:
    """An answer found beside a run.

    Attributes
    ----------
    told
        What the command wrote as JSON.
    page
        Name of its page in the run folder; "" if there is none.
    same
        Whether it was made from the scenario that was simulated here.
    """

    told: dict[str, Any]
    page: str
    same: bool


def _read(path: Path, run: Run) -> Kept | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # A file of somebody else's, or half of one: the report does without.
        return None
    if not isinstance(told, dict):
        return None
    page = path.with_suffix(".html")
    same = told.get("scenario_hash") == run.manifest["plan"]["scenario_hash"]
    return Kept(told, page.name if page.exists() else "", same)


def comparisons(run: Run) -> list[Kept]:
    """Return the comparisons in the run folder (``caravana compare ... --out RUN``), by file name."""
    found = [_read(p, run) for p in sorted(Path(run.path).glob("comparison*.json"))]
    return [k for k in found if k is not None and isinstance(k.told.get("headline"), dict)]


def weighed_claims(run: Run) -> Kept | None:
    """Return the claims weighed (``caravana evidence ... --weigh --out RUN``), if they are there."""
    kept = _read(Path(run.path) / "claims.json", run)
    weigh = kept.told.get("weigh") if kept is not None else None
    return kept if isinstance(weigh, dict) and isinstance(weigh.get("claims"), list) else None


def plans_of_needs(run: Run) -> list[str]:
    """Return the names of the pages that ``caravana needs RUN`` wrote, newest date last."""
    return sorted(p.name for p in Path(run.path).glob("needs-*.html"))


def handed_on(run: Run) -> list[str]:
    """Return the names of files made to be handed on that lie in the run folder."""
    return sorted({p.name for pattern in EXPORTS for p in Path(run.path).glob(pattern)})
