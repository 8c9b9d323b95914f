"""One worker: reads tasks from its standard input, runs them, writes what came of each.

Started as ``python -m caravana.ensemble.worker``.  It ends when its input does, so a worker
whose parent was killed finishes its block, finds nobody there, and goes.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from typing import TYPE_CHECKING

from caravana.ensemble.store import write_block
from caravana.errors import WriteError
from caravana.models.registry import simulate_task

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.models.base import Task

Verdict = tuple[int, str, str]
"""Block, error in one line ('' for none), trace."""
WRITE_FAILED = f"{WriteError.__name__}: "


def run_task(task: Task, folder: Path) -> Verdict:
    """Simulate one block and write it; an error becomes a record, not an exception.

    A verdict begins with the name of the error's class: a disk that refuses (:data:`WRITE_FAILED`) is no fault of the
    block, and ends the run.
    """
    try:
        tables = simulate_task(task)
        write_block(folder, task.block, tables, start=task.scenario.start, members=task.members)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the block is reported as failed
        return task.block, f"{type(error).__name__}: {error}", traceback.format_exc()
    return task.block, "", ""


def main() -> None:
    """Serve tasks until standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    # Anything that a library prints must not get between the answers.
    os.dup2(2, 1)
    while True:
        try:
            task, folder = pickle.load(sys.stdin.buffer)  # noqa: S301 - the parent process wrote it
        except (EOFError, pickle.UnpicklingError):
            # Nobody is there any more; a task cut off in the middle is nobody's either.
            return
        pickle.dump(run_task(task, folder), answers)
        answers.flush()


if __name__ == "__main__":
    main()
