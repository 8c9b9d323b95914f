"""The pages of an operation served by their command, for tests that need more than one process."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def served(folder: Path, *words: str, port: int = 0) -> Iterator[str]:
    """Serve an operation; give the address.  The server ends in order, and without a trace."""
    process = subprocess.Popen(
        [sys.executable, "-m", "caravana.cli", "serve", str(folder), "--port", str(port), "--json", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line)["url"]
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    assert "ERROR" not in err, err


@contextlib.contextmanager
def kept_port() -> Iterator[int]:
    """Give a port of this machine that nothing listens at, and keep it from others until the end.

    A server of ours may listen at it (it takes addresses that are in use and not listened at, as this one is), and
    whoever asks the system for some port gets another; closed before it is used, it might be somebody else's.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])
