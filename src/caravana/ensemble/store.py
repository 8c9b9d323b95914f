"""The run folder: a manifest, the scenario as simulated, and blocks written whole or not at all.

DuckDB only writes here: ``COPY`` of a block's tables, as they are, to Parquet.  What a run says is asked
in :mod:`caravana.run` and :mod:`caravana.results`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.atomic import move_folder, new_folder_beside, remove_parts, write_json
from caravana.errors import RunError
from caravana.models.base import Coded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.models.base import Table

MANIFEST = "manifest.json"
FAILURES = "failures.json"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes two runs the same run: a folder made to one plan is never continued with another.

    ``members`` is not part of it: more members of the same plan go into the same folder.
    ``taken`` says which claims were taken as true, as false or left open: what that made of the
    scenario, the settings and the policies stands in those.  ``posterior`` names the draws that
    took the place of the priors, if any did.
    """

    scenario: str
    scenario_hash: str
    rules: str
    family: str
    seed: int
    first: str
    last: str
    settings: dict[str, float] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    follow: bool = False
    taken: dict[str, str] = field(default_factory=dict)
    posterior: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A block that failed: kept, counted and shown, never dropped in silence."""

    block: int
    error: str
    trace: str
    when: str


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run folder.

    Raises
    ------
    RunError
        If there is none, or it is not a manifest.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{folder} is not a run folder: it has no {MANIFEST}") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}") from None
    if not isinstance(manifest, dict) or "plan" not in manifest:
        raise RunError(f"{path} is not a manifest of a caravana run")
    return manifest


def prepare(folder: Path, plan: Plan, *, version: str) -> None:
    """Make a run folder for a plan, or find that this one was made for it.

    Raises
    ------
    RunError
        If the folder holds another run, or something else.
    """
    wanted = json.loads(json.dumps(asdict(plan)))
    if (folder / MANIFEST).exists():
        # A folder made before there was anything to follow, claims to take or draws to use, says nothing of it.
        stored = {"follow": False, "taken": {}, "posterior": "", "family": plan.family, **read_manifest(folder)["plan"]}
        if stored != wanted:
            other = ", ".join(sorted(k for k in wanted if stored.get(k) != wanted[k]))
            raise RunError(f"{folder} holds another run (it differs in {other}); give another --out, or remove it")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} exists and is not a run folder; give another --out")
    try:
        (folder / "blocks").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}") from None
    # A worker that was killed in mid-block leaves its part behind; the block is done again.
    remove_parts(folder)
    if not (folder / MANIFEST).exists():
        started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        write_json(folder / MANIFEST, {"caravana": version, "plan": wanted, "started": started, "complete": False})


def block_path(folder: Path, block: int) -> Path:
    """Return the folder of one block."""
    return folder / "blocks" / f"{block:05d}"


def blocks_done(folder: Path) -> set[int]:
    """Return the blocks that are on disk."""
    return {int(p.name) for p in (folder / "blocks").iterdir() if p.name.isdigit()}


def _frame(table: Table) -> Any:
    import pandas as pd

    columns = {
        name: pd.Categorical.from_codes(column.codes.astype(np.int32), pd.Index(column.labels, dtype=object))
        if isinstance(column, Coded)
        else column
        for name, column in table.items()
    }
    return pd.DataFrame(columns)


def _keep(part: Path, done: Path) -> None:
    """Give a written part its place.

    A worker that outlived a killed run may have finished the same block meanwhile: it is the same
    numbers, and the one that came first stays.
    """
    try:
        move_folder(part, done)
    except OSError:
        if not done.is_dir():
            raise
        shutil.rmtree(part, ignore_errors=True)


def write_block(folder: Path, block: int, tables: dict[str, Table], *, start: dt.date, members: int) -> None:
    """Write one block's tables as Parquet, whole or not at all.

    Parameters
    ----------
    folder
        The run folder.
    block
        Block index; members are numbered from ``block * members``.
    tables
        Columns from the engine; ``member`` counts from 0 in the block, ``day`` from ``start``.
    start
        The scenario's first date.
    members
        Members in a block.
    """
    import duckdb

    done = block_path(folder, block)
    part = new_folder_beside(done)
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("SET threads = 1")
        for name, table in tables.items():
            frame = _frame(table)
            connection.register("frame", frame)
            dated = {
                "day": f"(DATE '{start.isoformat()}' + CAST(day AS INTEGER)) AS day",
                "member": f"CAST(member + {block * members} AS INTEGER) AS member",
            }
            columns = ", ".join(dated.get(c, f'"{c}"') for c in _ordered(list(frame.columns)))
            path = str(part / f"{name}.parquet").replace("'", "''")
            query = (
                f"COPY (SELECT {columns or 'NULL AS member'} FROM frame) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
            )
            connection.execute(query)
            connection.unregister("frame")
    _keep(part, done)


def write_files(folder: Path, block: int, files: Mapping[str, bytes]) -> None:
    """Write one block from the bytes of its files, whole or not at all.

    Parameters
    ----------
    folder
        The run folder.
    block
        Block index.
    files
        Name to content, as :func:`write_block` wrote them elsewhere.
    """
    done = block_path(folder, block)
    part = new_folder_beside(done)
    for name, content in files.items():
        (part / name).write_bytes(content)
    _keep(part, done)


def _ordered(columns: list[str]) -> list[str]:
    """Return columns with the keys first, in the order of the run folder's description."""
    keys = ("member", "day", "caravan", "place", "flow", "kind", "status", "payer", "payee", "side")
    return [k for k in keys if k in columns] + [c for c in columns if c not in keys]


def read_failures(folder: Path) -> list[Failure]:
    """Return the blocks that failed so far."""
    path = folder / FAILURES
    if not path.exists():
        return []
    return [Failure(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def write_failures(folder: Path, failures: list[Failure]) -> None:
    """Write the blocks that failed, or remove the file where none did."""
    if failures:
        write_json(folder / FAILURES, [asdict(f) for f in failures])
    else:
        (folder / FAILURES).unlink(missing_ok=True)


def finish(folder: Path, *, members: int, block: int, failures: list[Failure], wall_seconds: float) -> None:
    """Write what came of the run into its manifest."""
    manifest = read_manifest(folder)
    wanted = range(-(-members // block))
    done = blocks_done(folder)
    manifest.update(
        {
            "members": members,
            "block": block,
            "blocks_done": sorted(done.intersection(wanted)),
            "blocks_failed": sorted(f.block for f in failures),
            "wall_seconds": round(manifest.get("wall_seconds", 0.0) + wall_seconds, 2),
            "complete": done.issuperset(wanted),
            "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
    )
    write_json(folder / MANIFEST, manifest)


def members_done(folder: Path, *, members: int, block: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the members whose blocks are on disk, up to ``members``."""
    done = sorted(blocks_done(folder))
    every = np.concatenate([np.arange(b * block, (b + 1) * block) for b in done]) if done else np.arange(0)
    return np.asarray(every[every < members], dtype=np.int64)
