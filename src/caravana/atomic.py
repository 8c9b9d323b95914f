"""A file or a folder is written whole or not at all: beside its place first, to the disk, then moved there in one step.

What is moved is on the disk before it has its name (the file is synced), and so is the name (its folder is synced):
after a power cut there is the old content or the new one, never a part.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from caravana.errors import CaravanaError, UsageError, WriteError
from caravana.parts import part_of, remove_part, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_CODES = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR,
    errno.EIO,
)  # fmt: skip
_REASONS = tuple(os.strerror(code) for code in _CODES)
"""What most often keeps a file from being written, in the system's words."""
OWNERS_FILE, OWNERS_FOLDER = 0o600, 0o700
"""Modes of what nobody but its owner may read or enter."""
_OTHERS, _ANYBODYS = 0o077, 0o666
_NOT_OFFERED = {errno.EACCES, errno.EPERM, errno.EINVAL, errno.EBADF, errno.EISDIR, errno.ENOTSUP, errno.ENOSYS}
"""What systems answer that do not let folders be opened or synced."""


# ---------------------------------------------------------------- files


def write_whole(path: Path, content: bytes | Callable[[Path], None], *, private: bool = False) -> Path:
    """Write a file beside its place, then move it there; on any failure leave no trace.

    In a folder that nobody but its owner may enter, the file is its owner's as well, whatever the umask.

    Parameters
    ----------
    path
        Where the file is to be.  One that is there is replaced.
    content
        Its bytes, or what writes it to the path it is given.
    private
        Whether nobody but its owner may read it, in whatever folder.

    Raises
    ------
    caravana.errors.UsageError
        If `path` is a folder, a device or a pipe.
    caravana.errors.WriteError
        If it cannot be written: no such folder, not permitted, no space.
    """
    _refuse_what_is_no_file(path)
    sweep(path)
    part = part_of(path)
    try:
        if isinstance(content, bytes):
            _write(content, part, mode=OWNERS_FILE if private else _ANYBODYS)
        else:
            content(part)
            _sync(part)
        if private or _is_private(path.parent):
            part.chmod(OWNERS_FILE)
        part.replace(path)
        _sync(path.parent)
    except Exception as error:
        # DuckDB's errors are none of the system's, but tell what the system said.
        if _reason(error) is None:
            raise
        raise _failed(path, error) from error
    finally:
        remove_part(part)
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
    caravana.errors.WriteError
        If one cannot be written.
    """
    for path in files:
        _refuse_what_is_no_file(path)
        sweep(path)
    parts = {path: part_of(path) for path in files}
    before: dict[Path, bytes | None] = {}
    path = next(iter(files))
    try:
        for path, content in files.items():
            _write(content, parts[path])
        for path, part in parts.items():
            if _is_private(path.parent):
                part.chmod(OWNERS_FILE)
            before[path] = path.read_bytes() if path.exists() else None
            part.replace(path)
        for folder in {path.parent for path in files}:
            _sync(folder)
    except OSError as error:
        _put_back(before)
        raise _failed(path, error) from error
    finally:
        for part in parts.values():
            remove_part(part)


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
    caravana.errors.WriteError
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
    part = part_of(folder)
    try:
        sweep(folder)
        part.mkdir(parents=False)
        for name, content in files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        replace_folder(part, folder)
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        remove_part(part)
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


def keep_private(folder: Path) -> None:
    """See to it that nobody but its owner may enter a folder, nor then read what is written there, whatever the umask.

    Raises
    ------
    OSError
        If the system refuses.
    """
    if os.name == "posix" and folder.stat().st_uid == os.getuid():
        folder.chmod(OWNERS_FOLDER)


def new_folder_beside(target: Path) -> Path:
    """Make an empty folder beside a target, of a name no other writer takes.

    Whoever makes it moves it to the target with :func:`move_folder` or :func:`replace_folder`, or removes it.

    Raises
    ------
    OSError
        If the system refuses.
    """
    make_folder(target.parent)
    sweep(target)
    folder = part_of(target)
    folder.mkdir()
    return folder


@contextlib.contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Make an empty folder beside a target, for whoever moves it there; what is left of it in the end is removed.

    Raises
    ------
    caravana.errors.WriteError
        If the system refuses it, or what is written to it.
    """
    part: Path | None = None
    try:
        part = new_folder_beside(target)
        yield part
    except Exception as error:
        if _reason(error) is None:
            raise
        raise _failed(target, error) from error
    finally:
        if part is not None:
            remove_part(part)


def move_folder(part: Path, target: Path) -> None:
    """Move a finished folder to a target that is not there, or is an empty folder.

    Raises
    ------
    OSError
        If a folder with files is there, or the system refuses.
    """
    _settle(part, target)
    part.replace(target)
    _sync(target.parent)


def _settle(part: Path, target: Path) -> None:
    """Give a finished folder the modes that its target has, and see to it that all of it is on the disk."""
    private = _is_private(target.parent)
    for path in (*part.rglob("*"), part):
        if private and not path.is_symlink():
            path.chmod(OWNERS_FOLDER if path.is_dir() else OWNERS_FILE)
        _sync(path)


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
    for path in target.iterdir():
        if keeps(path.name):
            _copy(path, part / path.name)
    # The new one is on the disk before the older one gives way.  Whoever is killed between the two moves leaves no
    # target: the next writer puts back what stands aside.
    _settle(part, target)
    aside = part_of(target, kind="aside")
    target.replace(aside)
    try:
        part.replace(target)
        _sync(target.parent)
    except BaseException:
        # Ctrl-C too: the older folder is not left standing aside; the new one, if it is there already, gives way again.
        if target.exists():
            target.replace(part)
        aside.replace(target)
        raise
    remove_part(aside)


def refuse_unwritable(folder: Path) -> None:
    """Find out whether a file can be written into a folder that is there, and leave no trace.

    Raises
    ------
    OSError
        If it cannot.
    """
    probe = part_of(folder / "probe")
    try:
        probe.touch(exist_ok=False)
    finally:
        remove_part(probe)


# ---------------------------------------------------------------- how


def _put_back(before: Mapping[Path, bytes | None]) -> None:
    """Undo what was moved of several files before one failed."""
    for path, content in before.items():
        with contextlib.suppress(OSError, CaravanaError):
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                write_whole(path, content)


def _copy(path: Path, target: Path) -> None:
    """Copy a file, a link as a link, or a folder of them."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, target, symlinks=True)
    else:
        shutil.copy2(path, target, follow_symlinks=False)


def _is_private(folder: Path) -> bool:
    """Whether nobody but its owner may enter a folder."""
    return os.name == "posix" and folder.is_dir() and not folder.stat().st_mode & _OTHERS


def _write(content: bytes, path: Path, *, mode: int = _ANYBODYS) -> None:
    # Not opened if something has the name: a link that was put there is not written through.
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        # A disk that fills may say so only here.
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """See to it that a file's content, or the names in a folder, are on the disk; a link has nothing to sync."""
    if path.is_symlink():
        return
    if path.is_dir():
        # Some systems do not let folders be opened or synced; there the names reach the disk when they may.
        try:
            _sync_opened(os.open(path, os.O_RDONLY))
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                raise
    else:
        # Opened to write where it may be: some systems sync nothing else.
        _sync_opened(os.open(path, os.O_RDWR if os.access(path, os.W_OK) else os.O_RDONLY))


def _sync_opened(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: Exception) -> str | None:
    """The system's reason for an error; None where it was not the system that refused."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return next((known for known in _REASONS if known in str(error)), None)


def _failed(path: Path, error: Exception) -> WriteError:
    return WriteError(f"{path} cannot be written: {_reason(error)}. Nothing was left half-written.")


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a folder, and a device or pipe, whose place a file would take."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the file to write")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no ordinary file; name the file to write")
