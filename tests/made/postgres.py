"""A PostgreSQL server of its own for tests: a temporary cluster that only a socket in its folder reaches."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_binaries() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``, of the newest server installed; None where there is none."""
    folders = [Path(found).resolve().parent for found in (shutil.which("pg_ctl"),) if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in folders if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


BINARIES = find_binaries()
NEEDS_SERVER = pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server (initdb, pg_ctl) on this machine")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a server in an empty folder whose path is short (a socket's may not be long); give its URL."""
    assert BINARIES is not None
    # The server refuses to run as root: then it runs as nobody, who must own its folder.
    user = "nobody" if os.geteuid() == 0 else None
    folder.mkdir(mode=0o755)
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [str(BINARIES / program), "-D", str(folder / "data"), *words], check=True, user=user, cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

    run("initdb", "-A", "trust", "-U", "caravana", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8")
    run("pg_ctl", "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://caravana@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
