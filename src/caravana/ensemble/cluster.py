"""Blocks as tasks on a Dask cluster.

A block is simulated and encoded on a worker and comes back as the bytes of its Parquet files;
the client writes them.  Workers need no disk in common with the client, a block is on the
client's disk whole or not at all, and the bytes are those that this machine would have written.

The Dask library is imported when a cluster is asked for: it is the optional extra ``cluster``.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import pickle
import platform
import queue
import tempfile
import time
import traceback
import uuid
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from caravana.ensemble.integrity import block_path
from caravana.ensemble.store import write_block, write_files
from caravana.errors import RunError, UsageError
from caravana.models.registry import simulate_task
from caravana.received import read_json
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from caravana.ensemble.worker import Verdict
    from caravana.models.base import Task

    Floats = NDArray[np.float64]

T = TypeVar("T")

CONNECT_SECONDS = 10.0
"""How long a scheduler may take to answer."""
WORKERLESS_SECONDS = 300.0
"""How long a cluster may stay without any worker: one that grows on demand starts them when tasks wait."""
AHEAD = 2
"""Blocks in flight for each thread of the cluster: one under way and one waiting, so that none is ever idle."""
GATHER_SECONDS = 60.0
"""How long the bytes of a finished block may take; after that we look whether anybody is there at all."""
TICK = 0.5
"""Seconds between looks at the connection while nothing comes back."""
RESUME = "The blocks done are kept: run the same command again, with or without --scheduler, to go on."


def versions() -> dict[str, str]:
    """Return what must be the same on both sides for the same seed to give the same numbers."""
    return {"caravana": __version__, "numpy": np.__version__, "machine": platform.machine()}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What comes back of a block: its files, or why there are none."""

    files: dict[str, bytes] = field(default_factory=dict)
    error: str = ""
    trace: str = ""


@functools.lru_cache(maxsize=1)
def _unpack(common: bytes) -> Task:
    """Return what all blocks of a run share; a worker takes it apart once."""
    task: Task = pickle.loads(common)  # noqa: S301 - the client of this cluster wrote it
    return task


def simulate_away(common: bytes, draws: Mapping[str, Floats], block: int, client: dict[str, str]) -> Parcel:
    """Simulate one block on a worker and return its files; an error of the block becomes a record.

    Parameters
    ----------
    common
        A task, pickled: the scenario and all else that is the same for each block of a run.
    draws, block
        What is this block's own.
    client
        The client's versions.

    Raises
    ------
    RunError
        If the worker has other versions than the client: the numbers could differ.
    """
    other = {k: v for k, v in versions().items() if client.get(k) != v}
    if other:
        differences = ", ".join(f"{k} {v} where the client has {client.get(k)}" for k, v in other.items())
        raise RunError(f"a worker has {differences}; results would not be those of this machine")
    task = replace(_unpack(common), draws=draws, block=block)
    try:
        tables = simulate_task(task)
        with tempfile.TemporaryDirectory(prefix="caravana-") as folder:
            write_block(Path(folder), task.block, tables, start=task.scenario.start, members=task.members)
            parts = sorted(block_path(Path(folder), task.block).iterdir())
            return Parcel({p.name: p.read_bytes() for p in parts})
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the block is reported as failed
        return Parcel(error=f"{type(error).__name__}: {error}", trace=traceback.format_exc())


def read_address(scheduler: str) -> str:
    """Return a scheduler's address, from itself or from the file that ``dask scheduler`` wrote.

    Raises
    ------
    UsageError
        If it is neither.
    """
    if scheduler.endswith(".json"):
        try:
            return str(read_json(Path(scheduler))["address"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"--scheduler {scheduler}: this is no scheduler file ({type(error).__name__}: {error})"
            ) from None
    scheme, sign, rest = scheduler.rpartition("://")
    host, colon, port = rest.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 2**16) or (sign and not scheme):
        raise UsageError(
            f"--scheduler {scheduler}: expected an address such as tcp://10.0.0.5:8786, or a scheduler file (.json)"
        )
    return scheduler if sign else f"tcp://{scheduler}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log from standard error for a while: what matters of it is in our one message."""
    # Each of its loggers has a level and a handler of its own.
    logs = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    loud = [log for log in logs if not log.disabled]
    for log in loud:
        log.disabled = True
    try:
        yield
    finally:
        for log in loud:
            log.disabled = False


@contextlib.contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """Open a client of a Dask scheduler for a while.

    Parameters
    ----------
    scheduler
        Its address, or the path of its scheduler file.

    Yields
    ------
    distributed.Client

    Raises
    ------
    UsageError
        If the address cannot be read, or the extra is not installed.
    RunError
        If nobody answers there, or what answers is no Dask scheduler.
    """
    address = read_address(scheduler)
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--scheduler needs Dask: install the extra, pip install 'caravana[cluster]'") from None
    with _quiet():
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise RunError(f"no Dask scheduler answers at {address} ({reason}). {RESUME}") from None
        try:
            yield client
        finally:
            with contextlib.suppress(OSError, TimeoutError, CancelledError):
                client.close(timeout=2)  # type: ignore[no-untyped-call]


class _Crew:
    """A cluster at work: what is in flight, and whether anybody is there to do it."""

    def __init__(self, client: Any, address: str, *, patience: float) -> None:
        self._client, self._address, self._patience = client, address, patience
        self._came: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._flying: dict[str, tuple[int, Any]] = {}
        self._checked, self._threads = 0.0, 0
        self._staffed = time.monotonic()

    def check(self) -> None:
        """Raise if the scheduler is gone, or no worker has been there for long."""
        client = self._client
        link = getattr(client.scheduler_comm, "comm", None)
        if client.status != "running" or link is None or link.closed():
            raise self.lost()
        now = time.monotonic()
        # Asked at most twice a second: a block takes longer, and a large cluster has many workers to tell of.
        if now - self._checked >= TICK:
            try:
                self._threads = sum(client.nthreads().values())
            except (OSError, CancelledError):
                raise self.lost() from None
            self._checked = now
            if self._threads:
                self._staffed = now
        if now - self._staffed > self._patience:
            raise RunError(f"the scheduler at {self._address} has had no worker for {self._patience:.0f} s. {RESUME}")

    def lost(self) -> RunError:
        """Return the error that says that the scheduler is gone."""
        return RunError(f"the connection to the scheduler at {self._address} was lost. {RESUME}")

    @property
    def hungry(self) -> bool:
        """Whether the cluster has too little in hand."""
        return len(self._flying) < max(AHEAD, AHEAD * self._threads)

    @property
    def busy(self) -> bool:
        """Whether anything is in flight."""
        return bool(self._flying)

    def send(self, index: int, function: Callable[..., Any], *arguments: Any) -> None:
        """Submit one call."""
        key = f"caravana-{index}-{uuid.uuid4().hex}"
        self.await_again(index, self._client.submit(function, *arguments, key=key, pure=False))

    def await_again(self, index: int, future: Any) -> None:
        """Count a call among those in flight."""
        self._flying[future.key] = (index, future)
        future.add_done_callback(self._came.put)

    def next(self) -> tuple[int, Any]:
        """Wait for a call to come back; return its index and its future."""
        while True:
            self.check()
            with contextlib.suppress(queue.Empty):
                future = self._came.get(timeout=TICK)
                if future.key in self._flying:
                    return self._flying.pop(future.key)

    def abandon(self) -> None:
        """Give up what is in flight: nobody will ask for it."""
        for _, future in self._flying.values():
            future.release()
        self._flying.clear()


def each_away(
    function: Callable[..., T],
    arguments: Callable[[int], tuple[Any, ...]],
    number: int,
    *,
    scheduler: str,
    patience: float = WORKERLESS_SECONDS,
) -> Iterator[tuple[int, T | None]]:
    """Call a function on a cluster once for each index and yield results as they come.

    Parameters
    ----------
    function
        One that the workers can import, or a closure.
    arguments
        Gives the arguments of a call; asked for only when a worker will soon be free, so that a
        run of any length takes the memory of a few calls.
    number
        Calls to make, indices 0 to ``number`` - 1.
    scheduler
        Address or scheduler file.
    patience
        Seconds without any worker after which it gives up.

    Yields
    ------
    tuple
        Index and result; None where the call's workers died again and again (Dask gives a task
        up after the fourth).

    Raises
    ------
    RunError
        If the scheduler is refused, lost, without workers, or its workers cannot take the call.
    """
    with connect(scheduler) as client:
        from distributed.scheduler import KilledWorker

        crew = _Crew(client, read_address(scheduler), patience=patience)
        sent = 0
        try:
            crew.check()
            while sent < number or crew.busy:
                while sent < number and crew.hungry:
                    crew.send(sent, function, *arguments(sent))
                    sent += 1
                index, future = crew.next()
                try:
                    result = future.result(timeout=GATHER_SECONDS)
                except TimeoutError:
                    # The worker that had it is gone, and it is being computed again.
                    crew.await_again(index, future)
                    continue
                except KilledWorker:
                    result = None
                except RunError as error:
                    raise RunError(f"{error}. {RESUME}") from None
                except (OSError, CancelledError):
                    raise crew.lost() from None
                except ImportError as error:
                    raise RunError(f"the workers cannot run this: {error}. Install caravana there. {RESUME}") from None
                future.release()
                yield index, result
        finally:
            crew.abandon()


class _Packer:
    """Pickles what the blocks of a run share, once."""

    def __init__(self) -> None:
        self._last: Task | None = None
        self._packed = b""

    def __call__(self, task: Task) -> bytes:
        """Return a task without its draws, pickled so that functions of a script travel with it."""
        import cloudpickle

        common = replace(task, draws={}, block=0)
        if self._last is None or not _alike(common, self._last):
            self._last, self._packed = common, cloudpickle.dumps(common)
        return self._packed


def _alike(one: Task, other: Task) -> bool:
    """Return whether two tasks are the same but for their blocks; scenarios are compared by identity."""
    return one.scenario is other.scenario and all(
        getattr(one, f.name) == getattr(other, f.name) for f in fields(one) if f.name != "scenario"
    )


def run_on_cluster(
    tasks: Sequence[Task], folder: Path, *, scheduler: str, patience: float = WORKERLESS_SECONDS
) -> Iterator[Verdict]:
    """Run tasks on a Dask cluster and write what comes back into the run folder.

    Parameters
    ----------
    tasks
        Blocks to simulate; each is looked up when it is its turn.
    folder
        The run folder, on this machine.
    scheduler
        Address or scheduler file.
    patience
        Seconds without any worker after which it gives up.

    Yields
    ------
    tuple
        Block, error ('' for none), trace.

    Raises
    ------
    RunError
        If the scheduler is refused, lost or without workers; what is written stays.
    """
    blocks: dict[int, int] = {}
    mine = versions()
    pack = _Packer()

    def arguments(index: int) -> tuple[bytes, Mapping[str, Floats], int, dict[str, str]]:
        task = tasks[index]
        blocks[index] = task.block
        return pack(task), task.draws, task.block, mine

    for index, parcel in each_away(simulate_away, arguments, len(tasks), scheduler=scheduler, patience=patience):
        block = blocks.pop(index)
        if parcel is None:
            yield block, "the workers that had the block died, four times (out of memory, or killed)", ""
            continue
        if not parcel.error:
            write_files(folder, block, parcel.files)
        yield block, parcel.error, parcel.trace
