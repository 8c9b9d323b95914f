"""Calls spread over this machine's cores or a Dask cluster; results do not depend on where they were made."""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from caravana.errors import RunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


def spread(
    function: Callable[..., T],
    arguments: Sequence[tuple[Any, ...]],
    *,
    workers: int | None = 1,
    scheduler: str | None = None,
) -> Iterator[tuple[int, T]]:
    """Call a function once for each set of arguments and yield (index, result) as they come.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes can import it.
    arguments : sequence of tuple
    workers : int or None
        Processes of this machine; None for its cores, 1 for this process.
    scheduler : str, optional
        A Dask scheduler's address or file, in place of workers.

    Raises
    ------
    UsageError
        If both workers and a scheduler are given.
    RunError
        If the scheduler is refused or lost, or a call's workers died again and again.
    """
    if scheduler is not None:
        if workers not in {None, 1}:
            raise UsageError("workers are processes of this machine: give workers or a scheduler, not both")
        yield from _away(function, arguments, scheduler)
    elif workers == 1 or len(arguments) < 2:
        for index, given in enumerate(arguments):
            yield index, function(*given)
    else:
        yield from _on_cores(function, arguments, workers)


def _on_cores(
    function: Callable[..., T], arguments: Sequence[tuple[Any, ...]], workers: int | None
) -> Iterator[tuple[int, T]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed

    from caravana.ensemble.executors import safe_path
    from caravana.processors import cores

    # Spawned and not forked: a fork beside the linear algebra's threads may hang.
    context = multiprocessing.get_context("spawn")
    # Its processes start as calls are given to it, the one that tidies up after them before.
    others = set(multiprocessing.active_children())
    with safe_path():
        pool = ProcessPoolExecutor(min(workers or cores(), len(arguments)), mp_context=context)
    try:
        with safe_path(), _without_the_script():
            futures = {pool.submit(function, *given): index for index, given in enumerate(arguments)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except KeyboardInterrupt:
        # Nobody waits for what they had begun.
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _without_the_script() -> Iterator[None]:
    """See to it that processes started meanwhile do not begin by running the caller's script again.

    Calls are of a package's functions: nothing of the script is needed there, and one that does not ask whether it is
    the main one would start processes in each process.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def call_checked(client: dict[str, str], function: Callable[..., T], given: tuple[Any, ...]) -> T:
    """Call a function on a worker whose versions are the client's.

    Raises
    ------
    RunError
        If they are not: the numbers could differ.
    """
    from caravana.ensemble.away import versions

    other = {name: version for name, version in versions().items() if client.get(name) != version}
    if other:
        differences = ", ".join(
            f"{name} {version} where the client has {client.get(name)}" for name, version in other.items()
        )
        raise RunError(f"a worker has {differences}; results would not be those of this machine")
    return function(*given)


def _away(function: Callable[..., T], arguments: Sequence[tuple[Any, ...]], scheduler: str) -> Iterator[tuple[int, T]]:
    from caravana.ensemble.away import versions
    from caravana.ensemble.cluster import each_away

    mine = versions()
    calls = each_away(
        call_checked, lambda index: (mine, function, arguments[index]), len(arguments), scheduler=scheduler
    )
    for index, result in calls:
        if result is None:
            raise RunError("the workers of one part died, four times (out of memory, or killed); what is done is kept")
        yield index, result
