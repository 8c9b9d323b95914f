"""Seals a run folder that a test wrote by hand, as the run itself would have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caravana.ensemble.integrity import (
    block_path,
    blocks_present,
    digest_of,
    digests_of_scenario,
    seal_block,
    write_manifest,
)

if TYPE_CHECKING:
    from pathlib import Path


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the digests of the tables and the scenario that are there, and the manifest with its own."""
    plan = json.loads(json.dumps(manifest["plan"]))
    for block in blocks_present(folder):
        seal_block(block_path(folder, block), block, plan=digest_of(plan))
    write_manifest(folder, {**manifest, "files": digests_of_scenario(folder)})
