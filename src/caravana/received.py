"""Files that others may have put there are opened with care: ordinary files only, and no way out of a folder.

A pipe would block, a device never end, and a link in a folder that was received may point anywhere.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

NO_ORDINARY_FILE = "this is no ordinary file but a pipe, a device or a socket"
_LOOKED_AT = 4096
"""Bytes at the beginning of a file by which UTF-16 without its mark is known."""
MOST_BYTES = 64 * 2**20
"""Bytes of a file that is read whole, at most."""
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


def read_ordinary(path: Path, *, links: bool = True, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the bytes of an ordinary file (see :func:`open_ordinary`).

    Raises
    ------
    OSError
        As :func:`open_ordinary`, and if it has more bytes than `most_bytes`.
    """
    with open_ordinary(path, links=links) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"this file is larger than {most_bytes / 2**20:,.3g} MB", str(path))
    return content


def read_ordinary_text(path: Path, *, links: bool = True, encoding: str = "utf-8", most_bytes: int = MOST_BYTES) -> str:
    """Return the text of an ordinary file (see :func:`open_ordinary`), its lines ended as Unix ends them.

    Raises
    ------
    OSError
        As :func:`open_ordinary`.
    UnicodeDecodeError
        If it is in another encoding.
    """
    text = read_ordinary(path, links=links, most_bytes=most_bytes).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path, *, links: bool = True) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    OSError
        As :func:`read_ordinary`.
    ValueError
        If it is no JSON, in another encoding, or nested so deeply that nobody wrote it.
    """
    try:
        return json.loads(read_ordinary_text(path, links=links))
    except RecursionError:
        raise ValueError("its lists are nested too deeply") from None


def encoding_of(raw: bytes) -> str | None:
    """Say in which encoding bytes seem to be, where they are not UTF-8; None where they are.

    Parameters
    ----------
    raw
        A file, or whole lines from its beginning.

    Returns
    -------
    str or None
        ``UTF-16``, ``UTF-32`` or ``Windows-1252``, as a message names it.
    """
    if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    # Without its mark, text of Latin letters has a NUL byte at every other place.
    begin = raw[:_LOOKED_AT]
    if len(begin) >= 4 and max(begin[0::2].count(0), begin[1::2].count(0)) > 0.4 * len(begin) / 2:
        return "UTF-16"
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "Windows-1252"
    return None


def as_utf8(encoding: str) -> str:
    """Say what to do about text in another encoding: the cause and the next step."""
    seems = "looks like Latin-1 or Windows-1252" if encoding == "Windows-1252" else f"is {encoding}"
    return f"text in UTF-8 (this {seems}): save it anew as UTF-8, in a spreadsheet as CSV UTF-8"


def is_there(path: Path) -> bool:
    """Return whether there is a file of this name; a name that no file can have is of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_real_folder(path: Path) -> bool:
    """Return whether a path is a folder itself, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def leads_out(path: Path) -> bool:
    """Return whether a path is a link to something that is not in the folder that the path is in."""
    return path.is_symlink() and path.resolve().parent != path.parent.resolve()
