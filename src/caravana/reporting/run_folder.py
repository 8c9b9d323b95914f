"""Answers that other commands left in a run folder: comparisons, claims weighed, plans of needs, exports.

The report shows what is there and says how to make what is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravana.received import read_json

MOST_BYTES = 8 * 2**20
"""Largest file read; larger ones are not ours."""
EXPORTS = ("export-*", "needs-*.xlsx", "summary.parquet", "model_card.md")


@dataclass(frozen=True)
class Kept:
    """An answer beside a run.

    Attributes
    ----------
    content
        What the command wrote as JSON.
    page
        Name of its page in the run folder; "" if there is none.
    same
        Whether it was made from the scenario that was simulated here.
    """

    content: dict[str, Any]
    page: str
    same: bool


@dataclass(frozen=True)
class Beside:
    """What lies beside a run.

    Attributes
    ----------
    comparisons
        Of ``caravana compare ... --out RUN``, by file name.
    weighed
        Claims weighed by ``caravana evidence ... --weigh --out RUN``, if they are there.
    plans
        Names of the pages that ``caravana needs RUN`` wrote, newest date last.
    files
        Names of files made to be handed on.
    """

    comparisons: tuple[Kept, ...]
    weighed: Kept | None
    plans: tuple[str, ...]
    files: tuple[str, ...]


def _read(path: Path, scenario_hash: str) -> Kept | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        content = read_json(path, links=False)
    except (OSError, ValueError):
        # A file of somebody else's, or half of one: the report does without.
        return None
    if not isinstance(content, dict):
        return None
    page = path.with_suffix(".html")
    return Kept(content, page.name if page.exists() else "", content.get("scenario_hash") == scenario_hash)


def look_beside(folder: Path, *, scenario_hash: str) -> Beside:
    """Look what lies in a run folder beside the run itself.

    Parameters
    ----------
    folder
        The run folder.
    scenario_hash
        Of the scenario that was simulated there.
    """
    folder = Path(folder)
    comparisons = [_read(path, scenario_hash) for path in sorted(folder.glob("comparison*.json"))]
    weighed = _read(folder / "claims.json", scenario_hash)
    weigh = weighed.content.get("weigh") if weighed is not None else None
    whole = isinstance(weigh, dict) and isinstance(weigh.get("claims"), list)
    return Beside(
        comparisons=tuple(k for k in comparisons if k is not None and isinstance(k.content.get("headline"), dict)),
        weighed=weighed if whole else None,
        plans=tuple(sorted(path.name for path in folder.glob("needs-*.html"))),
        files=tuple(sorted({path.name for pattern in EXPORTS for path in folder.glob(pattern)})),
    )
