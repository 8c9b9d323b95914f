"""Commands of the program run as children of this process, each with the disk's layer between it and its folder.

A child is a fork of a process that has imported everything already, so that a try takes as long as its work.  What
must be seen from the very start of a process (hostile folders, closed pipes) is started as users start it.
"""

from __future__ import annotations

import os
import pkgutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

from benchmarks.attacks.layer import Layer

import caravana
from caravana.interrupts import InterruptWatch

SECONDS = 3.0
"""Within which an interrupt is to end a command."""
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: its status, what it said, how long it took, and its calls to the disk."""

    status: int
    out: str
    err: str
    seconds: float
    calls: tuple[str, ...]
    interrupted: bool = False

    @property
    def clean(self) -> bool:
        """Whether it ended by itself, without a traceback."""
        return "Traceback" not in self.err + self.out and self.status >= 0


def import_everything() -> None:
    """Import all of the package, so that children need not."""
    for module in pkgutil.walk_packages(caravana.__path__, "caravana."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def run_command(
    words: list[str], home: Path, *, at: int | None = None, strike: str = "kill", interrupt_after: float | None = None,
    patience: float = PATIENCE,
) -> Outcome:  # fmt: skip
    """Run a command in ``home/work``, its temporary files in ``home/tmp``; strike at one of its calls to the disk.

    Parameters
    ----------
    words
        Of the command line, without the program's name.
    home
        A folder; calls within it are counted.
    at, strike
        See :class:`~benchmarks.attacks.layer.Layer`.
    interrupt_after
        Seconds after which Ctrl-C is pressed; the seconds it took are counted from then on.
    patience
        Seconds after which it is killed.
    """
    for name in ("work", "tmp", "said"):
        (home / name).mkdir(exist_ok=True)
    said = {name: home / "said" / name for name in ("out", "err", "calls", "ready")}
    for path in said.values():
        path.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(words, home, said, at=at, strike=strike)
    while interrupt_after is not None and not said["ready"].exists():
        time.sleep(0.001)
    status, seconds, interrupted = _wait(child, began, interrupt_after, patience)
    texts = {name: path.read_text("utf-8", "replace") if path.exists() else "" for name, path in said.items()}
    return Outcome(status, texts["out"], texts["err"], seconds, tuple(texts["calls"].splitlines()), interrupted)


def _wait(child: int, began: float, interrupt_after: float | None, patience: float) -> tuple[int, float, bool]:
    """Return a child's status, seconds since it began or was interrupted, and whether it was."""
    pressed = False
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        now = time.monotonic()
        if done:
            return os.waitstatus_to_exitcode(status), now - began, pressed
        if interrupt_after is not None and not pressed and now - began >= interrupt_after:
            os.kill(child, signal.SIGINT)
            pressed, began = True, now
        if now - began > patience:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)


def _ready(mark: Path) -> type[InterruptWatch]:
    """Return what watches for Ctrl-C, and leaves a mark once it does."""

    class Ready(InterruptWatch):
        def __enter__(self) -> Self:
            entered = super().__enter__()
            mark.touch()
            return entered

    return Ready


def _become(words: list[str], home: Path, said: dict[str, Path], *, at: int | None, strike: str) -> None:
    """Be the command, in a child; never return."""
    status = 70
    try:
        os.setsid()
        for number, name in ((1, "out"), (2, "err")):
            descriptor = os.open(said[name], os.O_CREAT | os.O_WRONLY, 0o600)
            os.dup2(descriptor, number)
        os.chdir(home / "work")
        # Temporary runs are part of what a command writes.
        tempfile.tempdir = str(home / "tmp")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["caravana", *words]
        layer = Layer(home, at=at, strike=strike)
        try:
            command_line = import_module("caravana.cli.main")
            # Ctrl-C of before that is the campaign's own, and no command's.
            vars(command_line)["InterruptWatch"] = _ready(said["ready"])
            with layer:
                command_line.main()
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        lines = "".join(f"{c.name} {c.place} {c.to}\n" for c in layer.calls)
        said["calls"].write_text(lines, encoding="utf-8")
    except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
