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


def free_port() -> int:
    """Return a port of this machine that nothing listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
