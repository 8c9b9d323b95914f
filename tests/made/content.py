"""Content hashes of a run's tables: what they hold, whatever files they lie in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.run import Run


def content_hash(run: Run, table: str, columns: str = "*") -> str:
    """Return the first 16 digits of the SHA-256 of a table's rows, in the order of their values."""
    rows = run.query(f"SELECT {columns} FROM {table} ORDER BY ALL")
    return hashlib.sha256(rows.to_csv(index=False, lineterminator="\n").encode()).hexdigest()[:16]
