"""A job's own process: the command, within limits, that ends with the server.

Run as ``python -P -m caravana.web.jobs.child CORES MEMORY COMMAND...``.  Its standard input is held open by the server;
when the server ends, however it ends, so does this process, and the job is claimed again by the next.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 3.0
"""Seconds that a command has to leave in order before it is ended."""
POLITENESS = 10


def end_with_server() -> None:
    """Wait for the end of standard input; then leave, in order if there is time."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def limit(cores: int, megabytes: int) -> None:
    """Keep to so many cores and so much memory (0: no limit), and let the pages go before."""
    os.nice(POLITENESS)
    if cores and hasattr(os, "sched_setaffinity"):
        mine = sorted(os.sched_getaffinity(0))
        first = os.getpid() % len(mine)
        chosen = (mine[first:] + mine[:first])[:cores]
        os.sched_setaffinity(0, chosen)
    if megabytes:
        import resource

        # What is written to, not what is only mapped: libraries reserve far more than they use.
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, megabytes * 2**20))


def main() -> None:
    """Run the command."""
    cores, megabytes, *words = sys.argv[1:]
    threading.Thread(target=end_with_server, daemon=True).start()
    limit(int(cores), int(megabytes))
    sys.argv = ["caravana", *words]
    runpy.run_module("caravana.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
