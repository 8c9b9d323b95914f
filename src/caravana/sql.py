"""SQL over the tables of a run: texts as it has them, and a column as an array that is read when it is looked at."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.errors import CaravanaWarning, RunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from xarray.core import indexing

AGAIN = "run the same `caravana run` again in another folder"
"""What mends a run that nothing vouches for."""
LARGE = 2**31
"""Bytes of an array of which its size is said before it is read."""


def open_connection() -> DuckDBPyConnection:
    """Open a database of its own in memory, which shows no progress.

    Where Python is asked line by line, or by ``-c``, DuckDB would write that on standard output, among our data, as
    soon as a query takes two seconds.
    """
    import duckdb

    connection = duckdb.connect()
    (shown,) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0]
    if shown:
        # In notebooks without ipywidgets it is off, and DuckDB refuses to be told so.
        connection.execute("SET enable_progress_bar = false")
    return connection


def quoted(text: str) -> str:
    """A text as SQL has it, in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts as a list in SQL, without its brackets; ``NULL``, which nothing equals, where there are none."""
    return ", ".join(quoted(text) for text in texts) or "NULL"


def make_view(
    connection: DuckDBPyConnection, table: str, files: Sequence[Path], *, members: int, read_through: bool
) -> None:
    """Make a view of a table's Parquet files, with rows of so many members.

    Parameters
    ----------
    read_through
        Whether every file is read once before, for what is damaged in it.

    Raises
    ------
    duckdb.Error
        If a file cannot be read.
    caravana.errors.RunError
        If a file that is read before lacks a column that another one has: its rows would be read as nothing.
    """
    names = ", ".join(quoted(str(file)) for file in files)
    source = f"read_parquet([{names}], union_by_name = true)"
    columns = {r[0] for r in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    if read_through:
        for file in files:
            one = {r[0] for r in connection.execute(f"DESCRIBE FROM read_parquet({quoted(str(file))})").fetchall()}
            if one != columns:
                raise RunError(f"{file}: has no {', '.join(sorted(columns - one))}, which other blocks have; {AGAIN}")
        connection.execute(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {source}").fetchall()
    name = table.replace('"', '""')
    where = f" WHERE member < {members}" if "member" in columns else ""
    connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {source}{where}')


def require_columns(connection: DuckDBPyConnection, table: str, columns: Iterable[str], *, folder: Path) -> None:
    """Refuse a table that lacks columns which every run has: its file is damaged where no digest vouches for it.

    Raises
    ------
    caravana.errors.RunError
        Naming the folder, the table, what is missing, and what there is.
    """
    there = [r[0] for r in connection.execute(f'DESCRIBE "{table}"').fetchall()]
    if missing := [column for column in columns if column not in there]:
        raise RunError(f"{folder}: its table {table} has no {', '.join(missing)} (it has {', '.join(there)}); {AGAIN}")


def lazy_column(
    connection: DuckDBPyConnection, *, table: str, column: str, keys: tuple[str, ...], labels: dict[str, Any]
) -> Any:
    """Counts by cell as xarray takes them: read from Parquet when they are asked for, and only those asked for."""
    # Half a run's callers ask for no labelled array, and the library takes a while to load.
    from xarray.backends import BackendArray
    from xarray.core import indexing

    class Cells(BackendArray):
        """The counts of one column."""

        shape = tuple(len(labels[k]) for k in keys)
        # No scenario has more people than 32 bits count (caravana.scenario.vocabulary.MOST_PEOPLE).
        dtype = np.dtype(np.float64 if column == "usd" or table == "reports" else np.int32)

        def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
            return indexing.explicit_indexing_adapter(
                key,
                self.shape,
                indexing.IndexingSupport.OUTER,
                lambda picked: _read(connection, table, column, labels, picked, self.dtype),
            )

    return indexing.LazilyIndexedArray(Cells())


def _read(
    connection: DuckDBPyConnection, table: str, column: str, labels: dict[str, Any], key: tuple[Any, ...],
    dtype: np.dtype[Any],
) -> Any:  # fmt: skip
    """Return the cells of a column at picked labels; 0 where there is no row.

    Parameters
    ----------
    labels
        Labels by dimension, in the order of `key`.
    key
        What is picked of each dimension.
    dtype
        Of what is returned.
    """
    import pandas as pd

    shape = tuple(len(values) for values in labels.values())
    picked = [np.atleast_1d(np.arange(n)[k]) for n, k in zip(shape, key, strict=True)]
    size = math.prod(map(len, picked)) * dtype.itemsize
    if size > LARGE:
        warnings.warn(
            f"{table} is read, {size / 2**30:.1f} GB: select first, as in run.{table}.sel(day=...)",
            CaravanaWarning, stacklevel=2,
        )  # fmt: skip
    out = np.zeros(tuple(len(p) for p in picked), dtype=dtype)
    joins, codes = [], []
    for name, places in zip(labels, picked, strict=True):
        frame = pd.DataFrame({name: np.asarray(labels[name])[places], "at": np.arange(len(places))})
        connection.register(f"pick_{name}", frame)
        joins.append(f"JOIN pick_{name} ON t.{name} = pick_{name}.{name}")
        codes.append(f"pick_{name}.at AS at_{name}")
    query = f"SELECT {', '.join(codes)}, t.{column} AS value FROM {table} t {' '.join(joins)}"
    cells = connection.execute(query).fetchnumpy()
    at = tuple(np.asarray(cells[f"at_{name}"]) for name in labels)
    np.add.at(out, at, np.asarray(cells["value"]).astype(out.dtype))
    scalar = tuple(0 if np.ndim(np.arange(n)[k]) == 0 else slice(None) for n, k in zip(shape, key, strict=True))
    return out[scalar]
