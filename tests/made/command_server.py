"""A process that has imported what commands need, and is copied for each: a command begins at once.

``tests/made/commands.py`` starts it and makes the program that asks it.  What is asked is a length and, by that
program's marshal, arguments, folder, environment and the largest file that may be written; three streams go with it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import marshal
import os
import pkgutil
import resource
import select
import signal
import socket
import sys
import threading
from typing import NoReturn

LEFT_OUT = ("caravana.cli.__main__", "caravana.plotting", "caravana.web")
"""What no short command needs, or what runs as it is imported."""
ALSO = ("duckdb", "jinja2", "pandas", "pyarrow.parquet", "scipy.stats", "xarray")
"""What commands import when they come to it."""

MOST_SECONDS = 600


def import_all() -> None:
    """Import what commands need; what is not installed is met by the command that wants it."""
    import caravana

    for module in pkgutil.walk_packages(caravana.__path__, "caravana."):
        if not module.name.startswith(LEFT_OUT):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    for name in ALSO:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    caravana.inference.scoring.library.rules()


def receive(asking: socket.socket) -> tuple[list[str], str, dict[str, str], tuple[int, int]]:
    """Take what is asked; the asking program's streams become this process's."""
    head, streams, _flags, _address = socket.recv_fds(asking, 8, 3)
    left, parts = int.from_bytes(head, "little"), []
    while left:
        parts.append(asking.recv(min(left, 65536)))
        left -= len(parts[-1]) or left
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return marshal.loads(b"".join(parts))


def answer(asking: socket.socket) -> list[str] | None:
    """Be copied: the copy returns its arguments, and the one that waits for it tells how it ended."""
    words, folder, environment, largest = receive(asking)
    command = os.fork()
    if command:
        code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
        asking.sendall(code.to_bytes(4, "little", signed=True))
        os._exit(0)
    asking.close()
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, largest)
    # One that hangs is given up by who asked, and ends a while after.
    signal.alarm(MOST_SECONDS)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    return words


def wait_for_commands(listener: socket.socket) -> list[str] | None:
    """Return a command's arguments in the process that is to be it; None where nobody will ask any more."""
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if listener not in ready:
            return None
        asking, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return answer(asking)
        asking.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def be_command(words: list[str]) -> NoReturn:
    """Do what the command does, then what a process does at its end, but for taking every module apart.

    That would take longer than most commands, as more is imported than any needs.
    """
    from caravana.cli import main as command

    sys.argv = words
    code: object = 0
    try:
        command()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 (the end of a process)
        sys.excepthook(*sys.exc_info())
        code = 1
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def main() -> None:
    """Import, wait, and be the command."""
    del sys.path[0]  # the folder of this file, where a command has that of its program
    import_all()
    words = wait_for_commands(socket.socket(fileno=int(sys.argv[1])))
    if words is not None:
        be_command(words)


if __name__ == "__main__":
    main()
