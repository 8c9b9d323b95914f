"""Where the workers of a cluster put finished blocks themselves, so that none passes through the client.

That is the run folder, on a disk that client and workers share, or any address that ``fsspec`` knows
(``s3://...``, ``gs://...``, ``sftp://...``, a folder elsewhere).  At an address a block is a folder whose digests are
written last: one without them is not there.  From an address the client fetches blocks when all are done, file by file,
and compares each with its digest.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.atomic import folder_beside
from caravana.ensemble.integrity import (
    BLOCKS,
    DIGESTS,
    block_path,
    digest_of,
    digest_of_file,
    read_manifest,
    seal_block,
)
from caravana.ensemble.store import keep_block, write_block
from caravana.errors import RunError, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from caravana.models.base import Table

PLAN_FILE = "plan.json"
"""What an address says of the run whose blocks it holds."""
MOST_LISTED = 2**20
"""Bytes of a block's digests or an address's plan, at most."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where blocks of one run go.

    Attributes
    ----------
    address
        A run folder, or an address.
    plan
        Digest of the run's plan.
    shared
        Whether the address is the run folder itself.
    """

    address: str
    plan: str
    shared: bool

    def require(self) -> None:
        """Refuse to work where the storage is not seen, or is another run's.

        Raises
        ------
        RunError
            Naming it.
        """
        if not self.shared:
            return
        try:
            plan = digest_of(read_manifest(Path(self.address))["plan"])
        except RunError:
            plan = ""
        if plan != self.plan:
            raise RunError(
                f"a worker does not see the run folder {self.address}: it has to lie on a disk that client and workers"
                " share, under the same path. Otherwise give --storage an address such as s3://bucket/run"
            )

    def put(self, block: int, tables: dict[str, Table], *, start: dt.date, members: int) -> None:
        """Write a block where others find it, whole or not at all."""
        if self.shared:
            write_block(Path(self.address), block, tables, start=start, members=members)
            return
        system, home = _open(self.address)
        with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
            write_block(Path(folder), block, tables, start=start, members=members)
            part = block_path(Path(folder), block)
            seal_block(part, block, plan=self.plan)
            target = f"{home}/{BLOCKS}/{part.name}"
            system.makedirs(target, exist_ok=True)
            for file in sorted(part.glob("*.parquet")):
                system.put_file(str(file), f"{target}/{file.name}")
            # Last: a block without them is not there.
            system.put_file(str(part / DIGESTS), f"{target}/{DIGESTS}")

    def announce(self) -> None:
        """Say at an address whose blocks it is to hold.

        Raises
        ------
        RunError
            If it holds another run's, or cannot be written.
        """
        if self.shared:
            return
        system, home = _open(self.address)
        try:
            if system.exists(f"{home}/{PLAN_FILE}"):
                if _read_json(system, f"{home}/{PLAN_FILE}").get("plan") != self.plan:
                    raise RunError(f"{self.address} holds the blocks of another run; give another --storage")
                return
            system.makedirs(home, exist_ok=True)
            system.pipe_file(f"{home}/{PLAN_FILE}", json.dumps({"plan": self.plan}).encode())
        except OSError as error:
            raise RunError(f"{self.address} cannot be written: {error}") from None

    def blocks(self) -> set[int]:
        """Return the blocks that an address holds whole; none where it is the run folder."""
        if self.shared:
            return set()
        system, home = _open(self.address)
        system.invalidate_cache()
        whole = set()
        with contextlib.suppress(FileNotFoundError):
            for entry in system.ls(f"{home}/{BLOCKS}", detail=False):
                name = entry.rstrip("/").rpartition("/")[2]
                # Names that Python takes for numbers but we did not write are nobody's.
                if name.isascii() and name.isdigit() and system.exists(f"{home}/{BLOCKS}/{name}/{DIGESTS}"):
                    whole.add(int(name))
        return whole

    def fetch(self, folder: Path, blocks: Iterable[int]) -> None:
        """Copy blocks from an address into the run folder, file by file, each held against its digest.

        Raises
        ------
        RunError
            If one is not as it was written.
        """
        system, home = _open(self.address)
        for block in sorted(blocks):
            target = block_path(folder, block)
            source = f"{home}/{BLOCKS}/{target.name}"
            kept = _read_json(system, f"{source}/{DIGESTS}")
            files = kept["files"] if isinstance(kept.get("files"), dict) else {}
            # What lies at an address may be anybody's: no name leads out of the block.
            named = files and all(Path(name).name == name and name.endswith(".parquet") for name in files)
            if (kept.get("block"), kept.get("plan")) != (block, self.plan) or not named:
                raise RunError(f"{self.address}: block {block} is not this run's; remove it there and run again")
            with folder_beside(target) as part:
                for name, digest in files.items():
                    with system.open(f"{source}/{name}", "rb") as there, (part / name).open("wb") as here:
                        shutil.copyfileobj(there, here)
                    if digest_of_file(part / name) != digest:
                        raise RunError(
                            f"{self.address}: {name} of block {block} is not as it was written; remove the block"
                            " there and run again"
                        )
                keep_block(part, folder, block)


def open_storage(given: str, folder: Path, plan: dict[str, Any]) -> Storage:
    """Return the storage that a user named, ready to take blocks.

    Parameters
    ----------
    given
        The run folder, another folder or an address.
    folder
        The run folder.
    plan
        The run's plan, as its manifest has it.

    Raises
    ------
    UsageError
        If the address is of a kind that is not known here.
    RunError
        If it holds another run, or cannot be written.
    """
    shared = "://" not in given and Path(given).resolve() == folder.resolve()
    # A worker stands in another folder: it is told the whole path.
    address = given if "://" in given else str(Path(given).resolve())
    storage = Storage(address, digest_of(plan), shared)
    storage.announce()
    return storage


def _open(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path within it."""
    try:
        from fsspec.core import url_to_fs

        system, home = url_to_fs(address)
    except ImportError as error:
        wanted = "install the extra caravana[cluster], and what this message names"
        raise UsageError(f"--storage {address}: {error}; {wanted}") from None
    except (ValueError, OSError) as error:
        raise UsageError(f"--storage {address}: {error}") from None
    return system, home.rstrip("/")


def _read_json(system: Any, path: str) -> dict[str, Any]:
    """Return what a small file of JSON holds; an empty table where it is none."""
    with system.open(path, "rb") as file:
        try:
            content = json.loads(file.read(MOST_LISTED))
        except ValueError:
            return {}
    return content if isinstance(content, dict) else {}
