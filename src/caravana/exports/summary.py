"""The run's summary: quantiles over members by day, in one small Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.atomic import write_whole
from caravana.results.summary import copy_summary

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run


def write_summary(run: Run) -> Path:
    """Write ``summary.parquet`` into a run folder: whole or not at all.

    It has the columns of :func:`caravana.results.summary.summary`.

    Returns
    -------
    Path
        The file.
    """
    return write_whole(run.path / "summary.parquet", lambda part: copy_summary(run, part))
