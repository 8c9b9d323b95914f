"""Whether a run folder is as it was written: a digest of every file that a result is read from.

A block keeps the digests of its tables in ``digests.json``, written with it; the manifest keeps those of the scenario
and of what else the run says of itself, and one of its own content.  They show what a disk, a transfer or a careless
hand did.  They are no signature: whoever means to deceive can write new ones.

Folders of earlier versions have none; they open, and it is said that they cannot be verified.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_json
from caravana.ensemble.entries import odd_entries
from caravana.errors import RunError
from caravana.received import is_real_folder, open_ordinary, read_json
from caravana.scenario.reading.draft import DOCUMENT
from caravana.scenario.writing import is_ours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

BLOCKS, SCENARIO, MANIFEST, DIGESTS = "blocks", "scenario", "manifest.json", "digests.json"
TABLES = frozenset(
    {"people", "caravans", "flows", "payments", "reports", "parameters", "cohort", "cohort_flows", "ledger", "links"}
)
"""Tables that models write.  One of these that no digest lists was put there; tables of other names are the user's."""
OPERATION = "operation.toml"
"""What tells the folder of an operation."""
MOST_ODD = 5
"""Entries of a manifest that a message names at most."""
_SIZE = 16
"""Bytes of a digest: chance never makes two files alike in 128 bits."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file of a run: its path inside the folder, and in words what became of it."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path} {self.what}"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look at a run folder showed.

    Attributes
    ----------
    verified
        Number of files that are as they were written.
    damages
        What is not.
    unverified
        What has no digest, as it was written by an earlier version.
    """

    verified: int
    damages: tuple[Damage, ...]
    unverified: tuple[str, ...]


def digest_of_file(path: Path) -> str:
    """Return the digest of a file's bytes, as hexadecimal digits.

    Raises
    ------
    OSError
        If it cannot be read, is a link or no ordinary file.
    """
    with open_ordinary(path, links=False) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).hexdigest()


def digest_of(content: Any) -> str:
    """Return the digest of what can be written as JSON: the same whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()


# ---------------------------------------------------------------- write


def block_path(folder: Path, block: int) -> Path:
    """Return the folder of one block."""
    return folder / BLOCKS / f"{block:05d}"


def seal_block(part: Path, block: int, *, plan: str) -> None:
    """Write the digests of a block's tables beside them.

    Parameters
    ----------
    part
        Where its tables are.
    block
        Its index.
    plan
        Digest of the plan that it was simulated to: a block of another run is seen by it.
    """
    files = {path.name: digest_of_file(path) for path in sorted(part.glob("*.parquet"))}
    write_json(part / DIGESTS, {"block": block, "plan": plan, "files": files})


def digests_of_scenario(folder: Path) -> dict[str, str]:
    """Return the digests of the files of a run's scenario, by their path inside the run folder."""
    home = folder / SCENARIO
    names = sorted(path.name for path in home.iterdir() if is_ours(path.name))
    return {f"{SCENARIO}/{name}": digest_of_file(home / name) for name in names}


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest with the digest of its own content."""
    content = {key: value for key, value in manifest.items() if key != "digest"}
    write_json(folder / MANIFEST, {**content, "digest": digest_of(content)})


def keep_digest(folder: Path, name: str) -> None:
    """Write the digest of a file beside the manifest into it, or take it out where the file is gone."""
    if not (folder / MANIFEST).exists():
        return
    manifest = read_manifest(folder)
    files = {key: value for key, value in manifest.get("files", {}).items() if key != name}
    if (folder / name).exists():
        files[name] = digest_of_file(folder / name)
    write_manifest(folder, {**manifest, "files": files})


# ---------------------------------------------------------------- read


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run folder.

    Raises
    ------
    RunError
        If there is none, or it is not a manifest, or not as it was written.
    """
    path = folder / MANIFEST
    try:
        manifest = read_json(path, links=False)
    except (FileNotFoundError, NotADirectoryError):
        what = f"it has no {MANIFEST}"
        if (folder / DOCUMENT).is_file():
            what = f"it is a scenario; `caravana run {folder}` makes a run of it"
        elif (folder / OPERATION).is_file():
            what = (
                f"it is an operation; `caravana update {folder}` scores its forecasts, `caravana backtest {folder}` its"
                f" past days, and `caravana run {folder} --out RUN` makes a run of it"
            )
        raise RunError(f"{folder} is not a run folder: {what}") from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise RunError(f"{path} cannot be read: {error}") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("plan"), dict):
        raise RunError(f"{path} is not a manifest of a caravana run")
    if odd := odd_entries(manifest):
        raise RunError(f"{path} is not a manifest of a caravana run: {'; '.join(odd[:MOST_ODD])}")
    sealed = {key: value for key, value in manifest.items() if key != "digest"}
    # An earlier version wrote neither digest nor files; one without the other was cut out.
    if ("digest" in manifest or "files" in manifest) and manifest.get("digest") != digest_of(sealed):
        raise RunError(f"{path} is damaged: it is not as it was written; run the same `caravana run` again to mend it")
    return manifest


def blocks_present(folder: Path) -> set[int]:
    """Return the blocks that are on disk, whole or not: an empty folder is not a block."""
    home = folder / BLOCKS
    if home.is_symlink():
        raise RunError(f"{home} is a link; a run's blocks lie in its own folder, and a link out of it is not followed")
    if not home.is_dir():
        return set()
    numbers = {int(p.name): p for p in home.iterdir() if p.name.isascii() and p.name.isdigit() and is_real_folder(p)}
    return {n for n, path in numbers.items() if path == block_path(folder, n) and any(path.iterdir())}


def inspect_block(folder: Path, block: int, *, plan: str, unverified: Collection[str] | None) -> Inspection:
    """Compare a block's tables with their digests.

    Parameters
    ----------
    folder
        The run folder.
    block
        Block index.
    plan
        Digest of the run's plan.
    unverified
        Blocks that an earlier version wrote without digests, as the manifest names them; None if it wrote them all.
    """
    home = block_path(folder, block)
    name = home.relative_to(folder).as_posix()
    if home.is_symlink():
        return Inspection(0, (Damage(name, "is a link"),), ())
    if not home.is_dir() or not any(home.iterdir()):
        return Inspection(0, (Damage(name, "is missing"),), ())
    linked = [Damage(f"{name}/{p.name}", "is a link") for p in sorted(home.glob("*.parquet")) if p.is_symlink()]
    if not (home / DIGESTS).exists() and (unverified is None or name in unverified):
        return Inspection(0, tuple(linked), (name,))
    try:
        kept = read_json(home / DIGESTS, links=False)
        files: dict[str, str] = dict(kept["files"])
        identity = (kept["block"], kept["plan"])
    except FileNotFoundError:
        return Inspection(0, (Damage(f"{name}/{DIGESTS}", "is missing"),), ())
    except (OSError, ValueError, KeyError, TypeError):
        return Inspection(0, (Damage(f"{name}/{DIGESTS}", "is not as it was written"),), ())
    if identity != (block, plan):
        return Inspection(0, (Damage(name, "is another block, or one of another run"),), ())
    damages = _compare(home, files, prefix=f"{name}/")
    added = sorted(t for t in TABLES if f"{t}.parquet" not in files and (home / f"{t}.parquet").exists())
    damages += [Damage(f"{name}/{table}.parquet", "was not written with the block") for table in added]
    damages += [one for one in linked if one.path not in {d.path for d in damages}]
    return Inspection(len(files) - len({d.path for d in damages} & {f"{name}/{f}" for f in files}), tuple(damages), ())


def _compare(home: Path, files: Mapping[str, str], *, prefix: str = "") -> list[Damage]:
    damages = []
    for name, digest in files.items():
        try:
            if digest_of_file(home / name) != digest:
                damages.append(Damage(prefix + name, "is not as it was written"))
        except FileNotFoundError:
            damages.append(Damage(prefix + name, "is missing"))
        except OSError as error:
            damages.append(Damage(prefix + name, f"cannot be read: {error.strerror}"))
    return damages


def inspect_scenario(folder: Path, manifest: Mapping[str, Any]) -> Inspection:
    """Compare a run's scenario, and what else the run says of itself, with the digests in its manifest."""
    home = folder / SCENARIO
    if home.is_symlink():
        return Inspection(0, (Damage(SCENARIO, "is a link"),), ())
    if "files" not in manifest:
        return Inspection(0, (), (SCENARIO,))
    files = {name: digest for name, digest in manifest["files"].items() if ".." not in name}
    damages = _compare(folder, files)
    present = sorted(p.name for p in home.iterdir() if is_ours(p.name)) if home.is_dir() else []
    damages += [
        Damage(f"{SCENARIO}/{name}", "was not written with the run")
        for name in present
        if f"{SCENARIO}/{name}" not in files
    ]
    return Inspection(len(files) - sum(d.path in files for d in damages), tuple(damages), ())


def blocks_of(folder: Path, manifest: Mapping[str, Any]) -> set[int]:
    """Return the blocks that a run's results are read from: those on disk, of as many members as were asked for."""
    wanted = range(-(-int(manifest["members"]) // int(manifest["block"])))
    return blocks_present(folder).intersection(wanted)


def inspect_run(folder: Path, manifest: Mapping[str, Any]) -> Inspection:
    """Compare all that a run's results are read from with its digests.

    Raises
    ------
    RunError
        If its blocks are a link out of the folder.
    """
    plan, old = digest_of(manifest["plan"]), unverified_of(manifest)
    blocks = blocks_of(folder, manifest).union(manifest.get("blocks_done", ())) if "members" in manifest else set()
    looks = [inspect_scenario(folder, manifest)]
    looks += [inspect_block(folder, block, plan=plan, unverified=old) for block in sorted(blocks)]
    return Inspection(
        sum(look.verified for look in looks),
        tuple(damage for look in looks for damage in look.damages),
        tuple(name for look in looks for name in look.unverified),
    )


def unverified_of(manifest: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the blocks that an earlier version wrote without digests; None where it wrote the manifest itself."""
    return tuple(manifest.get("unverified", ())) if "files" in manifest else None


def damaged_blocks(folder: Path, manifest: Mapping[str, Any]) -> dict[int, tuple[Damage, ...]]:
    """Return the blocks on disk that must be simulated again, with what is wrong with them."""
    plan, old = digest_of(manifest["plan"]), unverified_of(manifest)
    looks = {block: inspect_block(folder, block, plan=plan, unverified=old) for block in blocks_present(folder)}
    return {block: look.damages for block, look in looks.items() if look.damages}
