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

from caravana.atomic import (
    folder_beside,
    keep_private,
    make_folder,
    move_folder,
    replace_folder,
    write_json,
)
from caravana.ensemble.integrity import (
    BLOCKS,
    DIGESTS,
    MANIFEST,
    SCENARIO,
    block_path,
    blocks_present,
    damaged_blocks,
    digest_of,
    digest_of_file,
    digests_of_scenario,
    inspect_block,
    inspect_scenario,
    keep_digest,
    read_manifest,
    seal_block,
    unverified_of,
    write_manifest,
)  # fmt: skip
from caravana.errors import CaravanaError, RunError
from caravana.models.base import Coded
from caravana.parts import is_part, remove_parts
from caravana.received import is_real_folder, read_json
from caravana.scenario.canonical import scenario_hash
from caravana.scenario.folders import load_scenario, write_scenario
from caravana.scenario.reading.draft import DOCUMENT
from caravana.scenario.writing import is_ours
from caravana.sql import open_connection

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from caravana.ensemble.integrity import Damage
    from caravana.models.base import Table
    from caravana.scenario.model import Scenario

FAILURES, PIECES = "failures.json", "pieces"


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


def refuse_other_size(folder: Path, size: int) -> None:
    """Refuse to go on with a run whose blocks have another size: its members would not be those of this plan.

    Raises
    ------
    RunError
        If a version of this program that cut members into other blocks began the folder.
    """
    began = read_manifest(folder).get("block", size)
    if began != size:
        raise RunError(
            f"{folder} has blocks of {began} members, and this version makes them of {size}: run it elsewhere"
        )


def prepare(folder: Path, plan: Plan, scenario: Scenario, *, version: str) -> dict[int, tuple[Damage, ...]]:
    """Make a run folder for a plan, or find that this one was made for it, and mend what is damaged but its blocks.

    Parameters
    ----------
    folder
        Where the run goes.
    plan
        What is to be simulated.
    scenario
        The scenario in force: a run says by itself what it was made of.
    version
        Of this program.

    Returns
    -------
    dict
        Blocks on disk that are damaged and to be simulated again, with what is wrong with them.

    Raises
    ------
    RunError
        If the folder holds another run, or something else.
    """
    wanted = json.loads(json.dumps(asdict(plan)))
    manifest = _manifest_of(folder, plan, wanted)
    for name in (BLOCKS, SCENARIO):
        if (folder / name).is_symlink():
            raise RunError(f"{folder / name} is a link; it is not followed out of the run folder. Give another --out")
    try:
        make_folder(folder)
        keep_private(folder)
        make_folder(folder / BLOCKS)
        keep_private(folder / BLOCKS)
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}") from None
    # A worker that was killed in mid-block leaves its part behind; the block is done again.
    for place in (folder, folder / BLOCKS):
        remove_parts(place)
    if manifest is None or "files" not in manifest or inspect_scenario(folder, manifest).damages:
        _write_scenario(folder, scenario)
        started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        first = {"caravana": version, "plan": wanted, "started": started, "complete": False, "unverified": []}
        if manifest is not None and "files" not in manifest:
            old = [block_path(folder, b) for b in sorted(blocks_present(folder))]
            first["unverified"] = [f"{BLOCKS}/{home.name}" for home in old if not (home / DIGESTS).exists()]
        # Blocks are known by the plan as it stands in the manifest: that of an older one stays.
        manifest = {**first, **(manifest or {}), "files": digests_of_scenario(folder)}
        if (folder / FAILURES).exists():
            manifest["files"][FAILURES] = digest_of_file(folder / FAILURES)
        write_manifest(folder, manifest)
    return damaged_blocks(folder, manifest)


def _manifest_of(folder: Path, plan: Plan, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Return the manifest of a folder made for a plan; None where there is none yet, or it is lost and can be anew."""
    if not folder.exists():
        return None
    try:
        manifest = read_manifest(folder)
    except RunError as error:
        if not folder.is_dir() or not _is_begun(folder, wanted):
            if (folder / MANIFEST).exists():
                raise
            raise RunError(f"{folder} exists and is not a run folder; give another --out") from error
        return None
    # A folder made before there was anything to follow, claims to take or draws to use, says nothing of it.
    stored = {"follow": False, "taken": {}, "posterior": "", "family": plan.family, **manifest["plan"]}
    if stored != wanted:
        other = ", ".join(sorted(k for k in wanted if stored.get(k) != wanted[k]))
        raise RunError(f"{folder} holds another run (it differs in {other}); give another --out, or remove it")
    return manifest


def _is_begun(folder: Path, wanted: dict[str, Any]) -> bool:
    """Whether a folder without a sound manifest is this very run's: empty, begun and killed, or its manifest lost."""
    if not any(folder.iterdir()):
        return True
    # Pieces may be there before the run that they are pieces of.
    if (folder / MANIFEST).is_symlink() or not any(is_real_folder(folder / name) for name in (BLOCKS, PIECES)):
        return False
    lost = (folder / MANIFEST).is_file()
    if not lost and any(path.name not in {BLOCKS, SCENARIO, PIECES} and not is_part(path) for path in folder.iterdir()):
        return False
    digest = digest_of(wanted)
    looks = [inspect_block(folder, block, plan=digest, unverified=()) for block in blocks_present(folder)]
    if looks and not any(look.verified for look in looks):
        return False
    try:
        # Somebody's own scenario beside a folder of that name is not written over.
        kept = load_scenario(folder / SCENARIO, declared_by={}) if (folder / SCENARIO).exists() else None
    except CaravanaError:
        return bool(looks)
    return kept is None or bool(looks) or scenario_hash(kept) == wanted["scenario_hash"]


def _write_scenario(folder: Path, scenario: Scenario) -> None:
    """Write the scenario in force, in place of a damaged one: its notes and licences stay."""
    home = folder / SCENARIO
    if home.is_dir() and not (home / DOCUMENT).is_file():
        # Without its document the rest is no scenario's to the writer, but it is this run's.
        for path in home.iterdir():
            if is_ours(path.name) and (path.is_file() or path.is_symlink()):
                path.unlink()
    # All that is in force is written: a run says by itself what it was made of.
    write_scenario(scenario, home, declared_by={})


def blocks_done(folder: Path) -> set[int]:
    """Return the blocks that are on disk: an empty folder is not one."""
    return blocks_present(folder)


def _frame(table: Table) -> Any:
    import pandas as pd

    columns = {
        name: pd.Categorical.from_codes(
            column.codes.astype(np.int32, copy=False), pd.Index(column.labels, dtype=object)
        )
        if isinstance(column, Coded)
        else column
        for name, column in table.items()
    }
    # What is only written need not be held twice.
    return pd.DataFrame(columns, copy=False)


def keep_block(part: Path, folder: Path, block: int) -> None:
    """Seal a written part and give it its place.

    A worker that outlived a killed run may have finished the same block meanwhile: it is the same
    numbers, and the one that came first stays, if it is whole.  A damaged one gives way.
    """
    # Away from its run, on a worker of a cluster, a block has no plan: it is sealed again where it arrives.
    manifest = read_manifest(folder) if (folder / MANIFEST).exists() else None
    plan, old = ("", ()) if manifest is None else (digest_of(manifest["plan"]), unverified_of(manifest))
    seal_block(part, block, plan=plan)
    done = block_path(folder, block)
    try:
        move_folder(part, done)
    except OSError:
        if not is_real_folder(done):
            raise
        if inspect_block(folder, block, plan=plan, unverified=old).damages:
            replace_folder(part, done, keeps=lambda name: not name.endswith(".parquet") and name != DIGESTS)
        else:
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
    with folder_beside(block_path(folder, block)) as part:
        write_tables(part, tables, first=block * members, start=start)
        keep_block(part, folder, block)


def write_tables(part: Path, tables: dict[str, Table], *, first: int, start: dt.date) -> None:
    """Write the tables of a block whose first member is `first` as Parquet."""
    with contextlib.closing(open_connection()) as connection:
        connection.execute("SET threads = 1")
        for name, table in tables.items():
            frame = _frame(table)
            connection.register("frame", frame)
            dated = {
                "day": f"(DATE '{start.isoformat()}' + CAST(day AS INTEGER)) AS day",
                "member": f"CAST(member + {first} AS INTEGER) AS member",
            }
            columns = ", ".join(dated.get(c, f'"{c}"') for c in _ordered(list(frame.columns)))
            path = str(part / f"{name}.parquet").replace("'", "''")
            query = (
                f"COPY (SELECT {columns or 'NULL AS member'} FROM frame) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
            )
            connection.execute(query)
            connection.unregister("frame")


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
    with folder_beside(block_path(folder, block)) as part:
        for name, content in files.items():
            (part / name).write_bytes(content)
        keep_block(part, folder, block)


def _ordered(columns: list[str]) -> list[str]:
    """Return columns with the keys first, in the order of the run folder's description."""
    keys = ("member", "day", "caravan", "place", "flow", "kind", "status", "payer", "payee", "side")
    return [k for k in keys if k in columns] + [c for c in columns if c not in keys]


def read_failures(folder: Path) -> list[Failure]:
    """Return the blocks that failed so far."""
    path = folder / FAILURES
    if not path.exists():
        return []
    try:
        return [Failure(**row) for row in read_json(path, links=False)]
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{path} cannot be read: {error}; run the same `caravana run` again to mend it") from None


def write_failures(folder: Path, failures: list[Failure]) -> None:
    """Write the blocks that failed, or remove the file where none did; the manifest keeps its digest."""
    if failures:
        write_json(folder / FAILURES, [asdict(f) for f in failures])
    elif (folder / FAILURES).exists():
        (folder / FAILURES).unlink()
    elif FAILURES not in read_manifest(folder).get("files", {}):
        return
    keep_digest(folder, FAILURES)


def finish(
    folder: Path, *, members: int, block: int, failures: list[Failure], wall_seconds: float,
    blocks: Collection[int] | None = None,
) -> None:  # fmt: skip
    """Write what came of the run into its manifest; `blocks` are those that a piece is complete with."""
    manifest = read_manifest(folder)
    wanted = range(-(-members // block)) if blocks is None else blocks
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
    write_manifest(folder, manifest)


def members_done(folder: Path, *, members: int, block: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the members whose blocks are on disk, up to ``members``."""
    done = sorted(blocks_done(folder))
    every = np.concatenate([np.arange(b * block, (b + 1) * block) for b in done]) if done else np.arange(0)
    return np.asarray(every[every < members], dtype=np.int64)
