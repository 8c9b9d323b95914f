"""Where compiled loops are kept: in folders that nobody but the user can write, found again whatever environment asks.

numba keeps what it compiled beside the source, by the source's path.  Here it is kept by what it was made from, in the
user's own cache: another environment with the same loops finds it, and whoever installs can compile ahead
(``caravana prepare``) into the environment itself, from which each user's copy is made.

What is kept is machine code that is run without a question.  So a folder is used only where it and all folders above it
belong to the user or to the system's own account, and nobody else may write to them.  Where there is no such folder,
loops are compiled for the one process, in a folder that goes with it.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from numba.core import caching
from numba.misc.appdirs import AppDirs

NAMED = "CARAVANA_COMPILED"
"""Variable of the environment that names the folder for compiled loops."""
PASSING = "caravana-compiled-"
"""How folders begin that go with the process."""
WHOLE = "whole"
"""File that says that all loops are there."""
KEPT = 8
"""So many states of the loops are kept in a user's cache; the oldest go."""
_OWNERS = 0o700
_ROOT = 0
_PACKAGE = Path(__file__).parent


def is_owners_alone(folder: Path) -> bool:
    """Return whether nobody but the user, or the system's own account, can put anything into a folder.

    That is so where each folder from the root down to it belongs to one of these two and lets no others write.  Above
    it one may where only an entry's owner may exchange it (``/tmp``).
    """
    if not hasattr(os, "getuid"):
        return True  # Windows keeps a user's folders from others by itself
    whole = folder.resolve()
    for place in (whole, *whole.parents):
        try:
            status = place.lstat()
        except OSError:
            return False
        sticky = place != whole and status.st_mode & stat.S_ISVTX
        open_to_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not sticky
        if status.st_uid not in {os.getuid(), _ROOT} or open_to_others:
            return False
    return True


def users_folder() -> Path:
    """Return where a user's compiled loops go.

    As :data:`NAMED` says, or numba's own ``NUMBA_CACHE_DIR``; else to the system's place for caches.
    """
    if os.environ.get(NAMED):
        return Path(os.environ[NAMED])
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"]) / "caravana"
    places = AppDirs(appname="caravana", appauthor=False)  # type: ignore[no-untyped-call]
    return Path(places.user_cache_dir) / "compiled"


def environments_folder() -> Path:
    """Return where an installation keeps loops that were compiled ahead."""
    return Path(sys.prefix) / "share" / "caravana" / "compiled"


@functools.cache
def key_of(loops: Path) -> str:
    """Return what names the present state of the loops in a folder of sources.

    All sources beside a loop count, as one is compiled into another; so do Python, numba and the processor.
    """
    import llvmlite.binding as llvm
    import numba

    digest = hashlib.blake2b(digest_size=16)
    about = (sys.version, numba.__version__, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    digest.update("\n".join(about).encode())
    for source in sorted(loops.glob("*.py")):
        digest.update(f"\n{source.name}\n".encode() + source.read_bytes())
    return digest.hexdigest()


@functools.cache
def folder_of(loops: Path) -> Path:
    """Return the folder in which what is compiled of a folder of sources is kept; made where it is not there yet.

    Parameters
    ----------
    loops
        The folder of sources.
    """
    try:
        return _open(users_folder(), key_of(loops))
    except OSError:
        passing = Path(tempfile.mkdtemp(prefix=PASSING))
        atexit.register(shutil.rmtree, passing, ignore_errors=True)
        # This process's workers need not compile again.
        os.environ[NAMED] = str(passing)
        return _open(passing, key_of(loops))


def _open(home: Path, key: str) -> Path:
    """Return the folder of a key below a folder that is the user's alone.

    Raises
    ------
    OSError
        If it cannot be made, or others can write there.
    """
    home.mkdir(mode=_OWNERS, parents=True, exist_ok=True)
    if not is_owners_alone(home):
        raise PermissionError
    folder = home / key
    _take_over(environments_folder() / key, folder)
    folder.mkdir(mode=_OWNERS, exist_ok=True)
    if not is_owners_alone(folder) or not os.access(folder, os.W_OK):
        raise PermissionError
    return folder


def _take_over(ahead: Path, folder: Path) -> None:
    """Copy what was compiled ahead, whole or not at all, where there is nothing yet and nobody else could write it."""
    if (folder / WHOLE).exists() or not (ahead / WHOLE).exists() or not is_owners_alone(ahead):
        return
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        # A file that somebody else owns would be his to change: the copy is ours.
        shutil.copytree(ahead, part / folder.name, copy_function=shutil.copyfile)
        (part / folder.name).chmod(_OWNERS)
        if folder.exists():
            # Begun by a run of before; numba reads what is there by name, so both together are as good as one.
            shutil.copytree(part / folder.name, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
        else:
            with contextlib.suppress(OSError):  # another process was quicker
                (part / folder.name).rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def is_whole(loops: Path) -> bool:
    """Return whether all that a run needs of a folder of loops is compiled, so that it begins at once."""
    return (folder_of(loops) / WHOLE).exists()


def is_kept(loops: Path) -> bool:
    """Return whether what is compiled outlives this process: there is a folder that is the user's alone."""
    return not folder_of(loops).parent.name.startswith(PASSING)


def mark_whole(loops: Path) -> None:
    """Say that all that a run needs is compiled, and let the oldest states of the loops go."""
    folder = folder_of(loops)
    (folder / WHOLE).touch()
    if not is_kept(loops):
        return
    with contextlib.suppress(OSError):
        states = sorted((one for one in folder.parent.iterdir() if one.is_dir()), key=lambda one: one.stat().st_mtime)
        for old in states[:-KEPT]:
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)


def install(loops: Path) -> Path | None:
    """Copy what is compiled into the environment, for all its users; return where to, or None where it may not be."""
    ahead = environments_folder() / key_of(loops)
    try:
        ahead.parent.mkdir(parents=True, exist_ok=True)
        if not is_owners_alone(ahead.parent):
            return None
        for old in ahead.parent.iterdir():
            if old != ahead:
                shutil.rmtree(old, ignore_errors=True)
        _take_over(folder_of(loops), ahead)
        # Read by whoever uses the environment, written by its owner.
        ahead.chmod(0o755)
    except OSError:
        return None
    return ahead if (ahead / WHOLE).exists() else None


class OwnLocator(caching._CacheLocator):  # noqa: SLF001 - numba's own way to say where
    """Tells numba where what is compiled of this package goes."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        self._line = py_func.__code__.co_firstlineno
        self._loops = Path(py_file).parent

    def get_cache_path(self) -> str:
        """Return the folder."""
        return str(folder_of(self._loops))

    def ensure_cache_path(self) -> None:
        """Make the folder again if it went meanwhile."""
        folder_of(self._loops).mkdir(mode=_OWNERS, parents=True, exist_ok=True)

    def get_source_stamp(self) -> str:
        """Return what must be the same for what is kept to be used."""
        return key_of(self._loops)

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        return str(self._line)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> OwnLocator | None:
        """Return the locator of a function of this package, and none of any other."""
        return cls(py_func, py_file) if Path(py_file).is_relative_to(_PACKAGE) else None


def keep_own() -> None:
    """Have numba keep what it compiles of this package where :func:`folder_of` says; of others, as it did."""
    known = caching.CacheImpl._locator_classes  # noqa: SLF001 - there is no other way for one package alone
    if OwnLocator not in known:
        known.insert(0, OwnLocator)
