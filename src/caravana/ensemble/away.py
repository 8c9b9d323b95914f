"""A block on a worker of a cluster: simulated there, and sent back as bytes or put into storage that others reach."""

from __future__ import annotations

import functools
import pickle
import platform
import tempfile
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from caravana.ensemble.store import write_tables
from caravana.errors import RunError
from caravana.models.registry import simulate_task
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.ensemble.storage import Storage
    from caravana.models.base import Table, Task

    Floats = NDArray[np.float64]


def versions() -> dict[str, str]:
    """Return what must be the same on both sides for the same seed to give the same numbers."""
    return {"caravana": __version__, "numpy": np.__version__, "machine": platform.machine()}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What comes back of a block: its files, where they are not in storage, or why there are none."""

    files: dict[str, bytes] = field(default_factory=dict)
    error: str = ""
    trace: str = ""


@functools.lru_cache(maxsize=1)
def _unpack(common: bytes) -> Task:
    """Return what all blocks of a run share; a worker takes it apart once."""
    task: Task = pickle.loads(common)  # noqa: S301 - the client of this cluster wrote it
    return task


def simulate_away(
    common: bytes, draws: Mapping[str, Floats], block: int, client: dict[str, str], storage: Storage | None = None
) -> Parcel:
    """Simulate one block on a worker and return its files, or store them; an error of the block becomes a record.

    Parameters
    ----------
    common
        A task, pickled: the scenario and all else that is the same for each block of a run.
    draws, block
        What is this block's own.
    client
        The client's versions.
    storage
        Where the worker puts the block itself; None where the client is to write it.

    Raises
    ------
    RunError
        If the worker has other versions than the client (the numbers could differ), or does not see the storage.
    """
    other = {k: v for k, v in versions().items() if client.get(k) != v}
    if other:
        differences = ", ".join(f"{k} {v} where the client has {client.get(k)}" for k, v in other.items())
        raise RunError(f"a worker has {differences}; results would not be those of this machine")
    if storage is not None:
        storage.require()
    task = replace(_unpack(common), draws=draws, block=block)
    try:
        tables = simulate_task(task)
        if storage is not None:
            storage.put(block, tables, start=task.scenario.start, members=task.members)
            return Parcel()
        return Parcel(_encode(task, tables))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the block is reported as failed
        return Parcel(error=f"{type(error).__name__}: {error}", trace=traceback.format_exc())


def _encode(task: Task, tables: dict[str, Table]) -> dict[str, bytes]:
    """Return the files of a block, by name; the client keeps them, so nothing here waits for a disk."""
    with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
        write_tables(Path(folder), tables, first=task.block * task.members, start=task.scenario.start)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
