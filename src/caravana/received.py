"""Files that others may have put there are opened with care: ordinary files only, and no way out of a folder.

A pipe would block, a device never end, and a link in a folder that was received may point anywhere.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

NO_ORDINARY_FILE = "this is no ordinary file but a pipe, a device or a socket"
A_LINK = "this is a link, and a link is not followed out of its folder"


def open_ordinary(path: Path, *, links: bool = True) -> BufferedReader:
    """Open a file to read its bytes, if it is an ordinary one.

    Parameters
    ----------
    path
        The file.
    links
        Whether a symbolic link of this name is followed: where the user named the file it is, inside a folder that
        may have been received it is not.

    Raises
    ------
    OSError
        If it is no ordinary file, a link that is not to be followed, or the system refuses.
    """
    if not links and path.is_symlink():
        raise OSError(errno.ELOOP, A_LINK, str(path))
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, NO_ORDINARY_FILE, str(path))
    # Between that look and this one a pipe may have come: opened without waiting, it is refused as well.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags if links else flags | getattr(os, "O_NOFOLLOW", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise OSError(errno.EINVAL, NO_ORDINARY_FILE, str(path))
    return os.fdopen(descriptor, "rb")


def read_ordinary(path: Path, *, links: bool = True) -> bytes:
    """Return the bytes of an ordinary file (see :func:`open_ordinary`)."""
    with open_ordinary(path, links=links) as file:
        return file.read()


def read_ordinary_text(path: Path, *, links: bool = True, encoding: str = "utf-8") -> str:
    """Return the text of an ordinary file (see :func:`open_ordinary`), its lines ended as Unix ends them.

    Raises
    ------
    OSError
        As :func:`open_ordinary`.
    UnicodeDecodeError
        If it is in another encoding.
    """
    text = read_ordinary(path, links=links).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_real_folder(path: Path) -> bool:
    """Return whether a path is a folder itself, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def leads_out(path: Path) -> bool:
    """Return whether a path is a link to something that is not in the folder that the path is in."""
    return path.is_symlink() and path.resolve().parent != path.parent.resolve()
