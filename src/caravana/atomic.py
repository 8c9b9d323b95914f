"""Files written whole or not at all: beside their place first, then moved there in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from typing import TYPE_CHECKING

import duckdb

from caravana.errors import CaravanaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_REASONS = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EDQUOT))
"""What most often keeps a file from being written, in the system's words."""


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")


def _failed(path: Path, error: Exception) -> CaravanaError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    # DuckDB tells the system's reason in the midst of its own.
    reason = next((known for known in _REASONS if known in reason), reason)
    return CaravanaError(f"{path} cannot be written: {reason}. Nothing was left half-written.")


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _keep(content: bytes, path: Path) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        # A disk that fills may say so only here.
        os.fsync(file.fileno())


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a folder, and a device or pipe, whose place a file would take."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the file to write")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no ordinary file; name the file to write")


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
            _keep(content, part)
        else:
            content(part)
        part.replace(path)
    except (OSError, duckdb.Error) as error:
        raise _failed(path, error) from error
    finally:
        _remove(part)
    return path


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
            _keep(content, parts[path])
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        for part in parts.values():
            _remove(part)


def write_folder_whole(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder of files beside its place, then move it there.

    Parameters
    ----------
    folder
        Where it is to be.  An earlier folder is replaced if it holds no other files than these.
    files
        Name to content.

    Raises
    ------
    caravana.errors.UsageError
        If the folder is a file, or holds something else.
    caravana.errors.CaravanaError
        If it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the CSV files")
    others = sorted({p.name for p in folder.iterdir()} - set(files)) if folder.is_dir() else []
    if others:
        raise UsageError(
            f"{folder} holds other files ({', '.join(others[:3])}); name a folder of its own for the export"
        )
    part, old = _part_of(folder), _part_of(folder)
    try:
        part.mkdir(parents=False)
        for name, content in files.items():
            _keep(content, part / name)
        if folder.exists():
            folder.replace(old)
        try:
            part.replace(folder)
        except OSError:
            if old.exists():
                old.replace(folder)
            raise
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        _remove(part)
        _remove(old)
    return folder
