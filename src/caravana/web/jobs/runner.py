"""Runs jobs from the queue: claims them, starts their processes, keeps their progress, ends those cancelled."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from caravana.ensemble.executors import SAFE, path_of_workers
from caravana.errors import CaravanaError
from caravana.processors import cores
from caravana.web.jobs.kinds import command_of
from caravana.web.store import jobs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from caravana.web.store.tables import Store

POLL, RENEW, GRACE = 0.5, 2.0, 5.0
"""Seconds between two looks at the queue, two renewals of a lease, and a polite end and a hard one."""
PROGRESS = re.compile(r"^(?P<what>.+): (?P<done>\d+) of (?P<total>\d+)(?:, about (?P<left>\d+) s left)?\s*$")
LONGEST = 2000
FREE_MB = 512
"""Memory of the machine that must be free before another job is begun."""


class JobRunner:
    """Runs the jobs of a queue as processes, as long as it is entered.

    Parameters
    ----------
    store
        Of the queue.
    folder
        Of the operation.
    most
        How many at a time; half the cores where None.
    memory_mb
        Of each; no limit where None.
    scheduler
        A Dask scheduler, for those that can run there.
    """

    def __init__(
        self, store: Store, folder: Path, *, most: int | None = None, memory_mb: int | None = None,
        scheduler: str | None = None,
    ) -> None:  # fmt: skip
        self._store, self._folder, self._scheduler = store, folder.resolve(), scheduler
        self._most = most or max(cores() // 2, 1)
        self._memory = memory_mb or 0
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Begin to look at the queue."""
        self._looking = threading.Thread(target=self._look, name="caravana-jobs", daemon=True)
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End in order: what runs is ended, and goes back into the queue."""
        self._ending.set()
        self._looking.join(GRACE * 2)
        for thread in self._threads:
            thread.join(GRACE * 2)
        with contextlib.suppress(CaravanaError):
            jobs.give_back(self._store, self._name)

    def _look(self) -> None:
        while not self._ending.wait(POLL):
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if len(self._threads) >= self._most or not _has_room():
                continue
            with contextlib.suppress(CaravanaError):  # the database is away: it may come back
                row = jobs.claim_job(self._store, self._name, at=time.time())
                if row is not None:
                    thread = threading.Thread(target=self._run, args=(row,), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _start(self, row: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        words = command_of(row, self._folder, scheduler=self._scheduler)
        each = max(cores() // self._most, 1)
        own = {SAFE: "1", "PYTHONPATH": os.pathsep.join(path_of_workers()), "CARAVANA_WHO": row["asked_by"]}
        return subprocess.Popen(  # noqa: S603 (our own program; its words are checked by their kind)
            [sys.executable, "-P", "-m", "caravana.web.jobs.child", str(each), str(self._memory), *words],
            env={**os.environ, **own}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, cwd=self._folder,
        )  # fmt: skip

    def _run(self, row: Mapping[str, Any]) -> None:
        """Run one job to its end, or until it is taken away."""
        number = int(row["job"])
        try:
            process = self._start(row)
        except (OSError, ValueError) as error:
            jobs.end_job(self._store, number, self._name, jobs.FAILED, message=str(error)[:LONGEST], result="")
            return
        with process:
            output = _Output(process)
            cancelled = self._watch(process, number, output)
            output.join()
        if self._ending.is_set() and process.returncode != 0:
            return  # it goes back into the queue
        if process.returncode < 0 and not cancelled:
            # Killed, by whomever (out of memory): that says nothing of the job.
            with contextlib.suppress(CaravanaError):
                jobs.try_again(self._store, number, self._name)
            return
        result = output.result() if process.returncode == 0 and not cancelled else ""
        state = jobs.CANCELLED if cancelled else jobs.DONE if process.returncode == 0 else jobs.FAILED
        message = "" if cancelled else output.last_words(process.returncode)
        with contextlib.suppress(CaravanaError):
            jobs.end_job(self._store, number, self._name, state, message=message, result=result)

    def _watch(self, process: subprocess.Popen[bytes], number: int, output: _Output) -> bool:
        """Renew the lease while it runs; return whether it was cancelled."""
        cancelled = False
        renewed = time.monotonic()
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(POLL / 2)
            if self._ending.is_set():
                _end(process)
            elif time.monotonic() - renewed >= min(RENEW, POLL):
                renewed = time.monotonic()
                held = self._renew(number, output)
                if held != "held":
                    cancelled = held == "cancelled"
                    _end(process)
        return cancelled

    def _renew(self, number: int, output: _Output) -> str:
        try:
            return jobs.renew_job(self._store, number, self._name, at=time.time(), progress=output.progress())
        except CaravanaError:
            return "held"  # the database is away; if the lease runs out, another may begin: that is safe


class _Output:
    """What a process says: its lines of progress, and what it gives."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines: list[str] = []
        self._given: list[bytes] = []
        self._state: dict[str, Any] = {}
        self._readers = [
            threading.Thread(target=self._hear, args=(process.stderr,), daemon=True),
            threading.Thread(target=self._take, args=(process.stdout,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _hear(self, stream: Any) -> None:
        for line in stream:
            text = line.decode("utf-8", "replace").strip()
            match = PROGRESS.match(text)
            if match is not None:
                left = None if match["left"] is None else float(match["left"])
                self._state = {"done": int(match["done"]), "total": int(match["total"]), "seconds_left": left}
            if text:
                self._lines = [*self._lines[-9:], text[:LONGEST]]

    def _take(self, stream: Any) -> None:
        self._given.append(stream.read())

    def join(self) -> None:
        for reader in self._readers:
            reader.join(GRACE)

    def progress(self) -> dict[str, Any]:
        return {**self._state, "message": self._lines[-1] if self._lines else ""}

    def result(self) -> str:
        """The JSON that the command gave, on one line; "" where it gave none."""
        try:
            return json.dumps(json.loads(b"".join(self._given)), ensure_ascii=False)
        except ValueError:
            return ""

    def last_words(self, status: int) -> str:
        """What it said last; of a failure all that it said last."""
        if status == 0:
            return self._lines[-1] if self._lines else ""
        return "\n".join(self._lines)[-LONGEST:] or f"ended with status {status}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _has_room() -> bool:
    """Whether the machine has memory for another job, as far as it says."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123 (no file of ours)
            free = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return True
    return free >= FREE_MB * 1024
