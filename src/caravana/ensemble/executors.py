"""Where blocks are simulated: in this process, on this machine's cores, or on a cluster."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from caravana.ensemble.worker import run_task
from caravana.interrupts import InterruptWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from caravana.ensemble.storage import Storage
    from caravana.ensemble.worker import Verdict
    from caravana.models.base import Task

SAFE = "PYTHONSAFEPATH"
RETRIES = 1
"""A worker that dies (out of memory, killed) costs its block's time: the block is tried once more."""


def can_travel(task: Task) -> bool:
    """Return whether a task can be sent to another process.

    A process or a model written in a script or a notebook lives in ``__main__``, which a worker has not.
    """
    functions = [p.act for p in task.order or () if hasattr(p.act, "__module__")]
    if any(one.__module__ == "__main__" for one in (*functions, type(task.model))):
        return False
    try:
        pickle.dumps((task.order, task.model))
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def run_here(tasks: Iterable[Task], folder: Path) -> Iterator[Verdict]:
    """Run tasks one after the other in this process; Ctrl-C in the middle of one is never that block's failure."""
    for task in tasks:
        with InterruptWatch() as watch:
            verdict = run_task(task, folder)
        watch.raise_swallowed()
        yield verdict


def path_of_workers() -> list[str]:
    """Return where a worker looks for modules: where this process does, but not in the folder one stands in.

    What lies there may be anybody's: a scenario that was received may hold a ``numpy.py``.  The folder stays where
    the user named it in ``PYTHONPATH``, or where this process has imported modules from it already: they are the
    user's own, and a worker needs them.
    """
    here = os.getcwd()  # noqa: PTH109 - compared as text with the entries of sys.path
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    keeps_here = here in named or here in _folders_of_modules()
    return [entry for entry in sys.path if entry and (entry != here or keeps_here)]


def _folders_of_modules() -> set[str]:
    """Folders that top-level modules of this process were imported from."""
    folders: set[str] = set()
    for name, module in list(sys.modules.items()):
        spec = None if "." in name or name == "__main__" else getattr(module, "__spec__", None)
        if spec is not None:
            places = spec.submodule_search_locations or ([spec.origin] if spec.has_location else [])
            folders.update(os.path.dirname(place) for place in places if place)  # noqa: PTH120 - as sys.path has it
    return folders


@contextlib.contextmanager
def safe_path() -> Iterator[None]:
    """See to it that Pythons started meanwhile do not put the folder one stands in on their path."""
    before = os.environ.get(SAFE)
    os.environ[SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE]
        else:
            os.environ[SAFE] = before


def _start() -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C is the parent's to handle.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "caravana.ensemble.worker"],
        env={**os.environ, SAFE: "1", "PYTHONPATH": os.pathsep.join(path_of_workers())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _ask(worker: subprocess.Popen[bytes], task: Task, folder: Path) -> Verdict | None:
    """Return a worker's verdict on a task, or None if it died."""
    if worker.stdin is None or worker.stdout is None:
        return None
    try:
        pickle.dump((task, folder), worker.stdin)
        worker.stdin.flush()
        verdict: Verdict = pickle.load(worker.stdout)  # noqa: S301 - our own worker wrote it
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        # It died, or its pipes were closed because nobody waits for it any more (a ValueError).
        return None
    return verdict


class _Lane(threading.Thread):
    """One worker process and the thread that feeds it."""

    def __init__(
        self,
        tasks: Sequence[Task],
        waiting: queue.SimpleQueue[int],
        verdicts: queue.SimpleQueue[Verdict | Exception],
        folder: Path,
    ) -> None:
        super().__init__(daemon=True)
        self._tasks, self._waiting, self._verdicts, self._folder = tasks, waiting, verdicts, folder
        self._wanted = True
        self._worker = _start()

    def run(self) -> None:
        """Feed the worker until no task is left."""
        while True:
            try:
                task = self._tasks[self._waiting.get_nowait()]
            except queue.Empty:
                return
            except Exception as error:  # noqa: BLE001 - raised where the verdicts are waited for
                self._verdicts.put(error)
                return
            verdict = _ask(self._worker, task, self._folder)
            for _ in range(RETRIES):
                if verdict is None and self._wanted:
                    self._end_worker()
                    self._worker = _start()
                    verdict = _ask(self._worker, task, self._folder)
            if not self._wanted:
                return
            died = (task.block, "the worker died in mid-block, twice (out of memory, or killed)", "")
            self._verdicts.put(died if verdict is None else verdict)

    def stop(self) -> None:
        """End the worker, whatever it is doing, and start no other."""
        self._wanted = False
        self._end_worker()

    def _end_worker(self) -> None:
        self._worker.kill()
        self._worker.wait()
        for pipe in (self._worker.stdin, self._worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def run_on_cores(tasks: Sequence[Task], folder: Path, *, workers: int) -> Iterator[Verdict]:
    """Run tasks on worker processes of this machine, as they come free.

    Workers are plain subprocesses, so a script needs no ``__main__`` guard.  When the caller
    stops early (Ctrl-C), the workers are ended and what they had begun is done again next time.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    verdicts: queue.SimpleQueue[Verdict | Exception] = queue.SimpleQueue()
    for index in range(len(tasks)):
        waiting.put(index)
    lanes = [_Lane(tasks, waiting, verdicts, folder) for _ in range(min(workers, len(tasks)))]
    try:
        for lane in lanes:
            lane.start()
        for _ in range(len(tasks)):
            verdict = verdicts.get()
            if isinstance(verdict, Exception):
                raise verdict
            yield verdict
    finally:
        for lane in lanes:
            lane.stop()


def run_tasks(
    tasks: Sequence[Task], folder: Path, *, workers: int, scheduler: str | None = None, storage: Storage | None = None
) -> Iterator[Verdict]:
    """Run tasks here or on cores, whichever serves, or on the cluster of a scheduler.

    Parameters
    ----------
    tasks
        Looked up one by one, each when it is its turn.
    folder
        The run folder.
    workers
        Processes of this machine to use, where there is no scheduler.
    scheduler
        Address or scheduler file of a Dask cluster.
    storage
        Where the workers of the cluster write blocks themselves; None where they send them back.
    """
    if scheduler is not None:
        from caravana.ensemble.cluster import run_on_cluster

        return run_on_cluster(tasks, folder, scheduler=scheduler, storage=storage)
    if workers <= 1 or len(tasks) <= 1 or not can_travel(tasks[0]):
        return run_here(tasks, folder)
    return run_on_cores(tasks, folder, workers=workers)
