"""What is being written has a name of its own beside its place, by which what a killed writer left is known and swept.

Such a name says of which target it is, and which process writes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PART = re.compile(r"\.(?P<target>.+)\.[0-9a-f]{8}(\.(?P<writer>\d{1,10}))?\.(?P<kind>part|aside)", re.DOTALL)
"""Names given to what is being written and to an older folder that gives way: target, chance, process, and which."""


def part_of(path: Path, *, kind: str = "part") -> Path:
    """Return a name beside a path for what is to take its place, or (``aside``) for what gives way to it."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.{os.getpid()}.{kind}")


def is_part(path: Path) -> bool:
    """Return whether a path has the name of a file or folder that is being written, or that gives way to one."""
    return _PART.fullmatch(path.name) is not None


def sweep(target: Path) -> None:
    """Remove what writers of a target that are no more left beside it."""
    with contextlib.suppress(OSError):
        for path in list(target.parent.iterdir()):
            match = _PART.fullmatch(path.name)
            if match is not None and match["target"] == target.name and not _is_running(match["writer"]):
                _clear(path)


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed left in a folder: what has a name that they give, and nothing else.

    An older folder that had given way, and that nothing took the place of, is put back.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    """
    for part in list(folder.iterdir()):
        if is_part(part):
            _clear(part)


def remove_part(part: Path) -> None:
    """Remove a part, file or folder, as far as the system lets it be."""
    with contextlib.suppress(OSError):
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def _clear(part: Path) -> None:
    """Remove a part; put an older folder back that had given way to nothing."""
    match = _PART.fullmatch(part.name)
    if match is not None and match["kind"] == "aside" and part.is_dir() and not part.is_symlink():
        target = part.with_name(match["target"])
        if not os.path.lexists(target):
            with contextlib.suppress(OSError):
                part.replace(target)
            return
    remove_part(part)


def _is_running(writer: str | None) -> bool:
    """Return whether the process that gave a part its name is there still; names of earlier versions have none."""
    if writer is None:
        return False
    try:
        os.kill(int(writer), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
