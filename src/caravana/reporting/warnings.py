"""What a reader must know before anything else: members that failed, what a run leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.run import Run


def failed_blocks(run: Run) -> int:
    """Blocks of members that failed, by the manifest."""
    return len(run.manifest.get("blocks_failed", ()))
