"""The pages of an operation served by their command, for tests that need more than one process."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """Serve an operation; give the address.  The server ends in order, and without a trace."""
    process = subprocess.Popen(
        [sys.executable, "-m", "caravana.cli", "serve", str(folder), "--port", "0", "--json", *words],
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
