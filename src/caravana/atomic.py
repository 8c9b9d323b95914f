"""A file or a folder is written whole or not at all: beside its place first, to the disk, then moved there in one step.

What is moved is on the disk before it has its name (the file is synced), and so is the name (its folder is synced):
after a power cut there is the old content or the new one, never a part.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from caravana.errors import CaravanaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_CODES = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR,
    errno.EIO,
)  # fmt: skip
_REASONS = tuple(os.strerror(code) for code in _CODES)
"""What most often keeps a file from being written, in the system's words."""
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


# ---------------------------------------------------------------- files


def write_whole(path: Path, content: bytes | Callable[[Path], None]) -> Path:
    """Write a file beside its place, then move it there; on any failure leave no trace.

    Parameters
    ----------
    path
        Where the file is to be.  One that is there is replaced.
    content
        Its bytes, or what writes it to the path it is given.

    Raises
    ------
    caravana.errors.UsageError
        If `path` is a folder, a device or a pipe.
    caravana.errors.CaravanaError
        If it cannot be written: no such folder, not permitted, no space.
    """
    _refuse_what_is_no_file(path)
    part = _part_of(path)
    try:
        if isinstance(content, bytes):
            _write(content, part)
        else:
            content(part)
            _sync(part)
        part.replace(path)
        _sync(path.parent)
    except Exception as error:
        # DuckDB's errors are none of the system's, but tell what the system said.
        if _reason(error) is None:
            raise
        raise _failed(path, error) from error
    finally:
        _remove(part)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text in UTF-8, whole or not at all (see :func:`write_whole`)."""
    return write_whole(path, text.encode("utf-8"))


def write_json(path: Path, content: Any) -> Path:
    """Write JSON, indented, whole or not at all (see :func:`write_whole`)."""
    return write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write several files beside their places, then move them there: all of them, or on any failure none.

    Parameters
    ----------
    files
        Path to content.  A file that is there is replaced.

    Raises
    ------
    caravana.errors.UsageError
        If a path is a folder, a device or a pipe.
    caravana.errors.CaravanaError
        If one cannot be written.
    """
    for path in files:
        _refuse_what_is_no_file(path)
    parts = {path: _part_of(path) for path in files}
    path = next(iter(files))
    try:
        for path, content in files.items():
            _write(content, parts[path])
        for path, part in parts.items():
            part.replace(path)
        for folder in {path.parent for path in files}:
            _sync(folder)
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        for part in parts.values():
            _remove(part)


# ---------------------------------------------------------------- folders


def write_folder_whole(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder of files beside its place, then move it there.

    Parameters
    ----------
    folder
        Where it is to be.  An earlier folder is replaced if it holds no other files than these.
    files
        Name to content; a slash in a name makes a folder.

    Raises
    ------
    caravana.errors.UsageError
        If the folder is a file, or holds something else.
    caravana.errors.CaravanaError
        If it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the CSV files")
    ours = {name.split("/")[0] for name in files}
    others = sorted({p.name for p in folder.iterdir()} - ours) if folder.is_dir() else []
    if others:
        raise UsageError(
            f"{folder} holds other files ({', '.join(others[:3])}); name a folder of its own for the export"
        )
    part = _part_of(folder)
    try:
        part.mkdir(parents=False)
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        replace_folder(part, folder)
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        _remove(part)
    return folder


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing; their names are on the disk then.

    Raises
    ------
    OSError
        If the system refuses.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        _sync(one.parent)


def new_folder_beside(target: Path) -> Path:
    """Make an empty folder beside a target, of a name no other writer takes.

    Whoever makes it moves it to the target with :func:`move_folder` or :func:`replace_folder`, or removes it.

    Raises
    ------
    OSError
        If the system refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = _part_of(target)
    folder.mkdir()
    return folder


def move_folder(part: Path, target: Path) -> None:
    """Move a finished folder to a target that is not there, or is an empty folder.

    Raises
    ------
    OSError
        If a folder with files is there, or the system refuses.
    """
    for path in part.rglob("*"):
        _sync(path)
    _sync(part)
    part.replace(target)
    _sync(target.parent)


def replace_folder(part: Path, target: Path, *, keeps: Callable[[str], bool] = lambda _: False) -> None:
    """Move a finished folder to its target, taking the place of a folder that is there.

    Parameters
    ----------
    part
        The finished folder, beside the target.
    target
        Where it is to be.
    keeps
        Whether a file of the older folder, by its name, is carried over to the new one.

    Raises
    ------
    OSError
        If the system refuses; the older folder is back in its place then.
    """
    if not target.exists() or not any(target.iterdir()):
        move_folder(part, target)
        return
    aside = new_folder_beside(target)
    target.replace(aside)
    try:
        move_folder(part, target)
    except OSError:
        aside.replace(target)
        raise
    for path in aside.iterdir():
        if keeps(path.name):
            path.replace(target / path.name)
    _remove(aside)


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed left in a folder: what has a name that they give, and nothing else."""
    for part in list(folder.iterdir()):
        if is_part(part):
            _remove(part)


def is_part(path: Path) -> bool:
    """Return whether a path has the name of a file or folder that is being written."""
    return _PART.fullmatch(path.name) is not None


# ---------------------------------------------------------------- how


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _write(content: bytes, path: Path) -> None:
    # Not opened if something has the name: a link that was put there is not written through.
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        # A disk that fills may say so only here.
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """See to it that a file's content, or the names in a folder, are on the disk."""
    if path.is_dir():
        # Some systems do not let folders be opened or synced; there the names reach the disk when they may.
        with contextlib.suppress(OSError):
            _sync_opened(os.open(path, os.O_RDONLY))
    else:
        _sync_opened(os.open(path, os.O_RDWR))


def _sync_opened(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _reason(error: Exception) -> str | None:
    """The system's reason for an error; None where it was not the system that refused."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return next((known for known in _REASONS if known in str(error)), None)


def _failed(path: Path, error: Exception) -> CaravanaError:
    return CaravanaError(f"{path} cannot be written: {_reason(error)}. Nothing was left half-written.")


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a folder, and a device or pipe, whose place a file would take."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the file to write")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no ordinary file; name the file to write")
