"""Tables of results as Parquet files, written by DuckDB alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caravana.sql import open_connection, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd


def write_parquet(
    frame: pd.DataFrame,
    path: Path,
    *,
    binary: Mapping[str, Sequence[bytes | None]] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write a table as Parquet.

    Parameters
    ----------
    frame
        The table.
    path
        Where to.
    binary
        Columns of bytes to go after its own, [row] each; None for what is missing.
    metadata
        JSON values by key, for the file's own key-value pairs.

    Raises
    ------
    duckdb.Error, OSError
        If it cannot be written.
    """
    import pandas as pd

    columns = binary or {}
    blobs = pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, values in columns.items()})
    with open_connection() as connection:
        connection.register("rows", frame)
        source = "SELECT r.* FROM rows r"
        if columns:
            connection.register("blobs", blobs)
            casts = ", ".join(f"CAST(b.{name} AS BLOB) AS {name}" for name in columns)
            source = f"SELECT r.*, {casts} FROM rows r POSITIONAL JOIN blobs b"
        connection.execute(f"CREATE TABLE out AS {source}")
        keys = ", ".join(f"{k}: {quoted(json.dumps(v, ensure_ascii=True))}" for k, v in (metadata or {}).items())
        pairs = f", KV_METADATA {{{keys}}}" if keys else ""
        connection.execute(f"COPY out TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd{pairs})")
