"""How far a run is, for those who write Python: a bar in a notebook, a line on a terminal, nothing in a script."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.0
"""Seconds after which a wait is worth a line."""


def unseen(done: int, total: int) -> None:
    """Show nothing: what runs is a part of what is shown."""


def time_left(done: int, total: int, passed: float) -> str:
    """About how long the rest takes at the pace so far; "" where that cannot be told yet, or nothing is left.

    Parameters
    ----------
    done, total : int
        Parts done, and in all.
    passed : float
        Seconds since the first began.
    """
    if not 0 < done < total or passed < PATIENCE:
        return ""
    left = passed * (total - done) / done
    said = f"{left:.0f} s" if left < 90 else f"{left / 60:.0f} min" if left < 5400 else f"{left / 3600:.1f} h"
    return f"about {said} left"


def progress_shown(what: str, *, first: str = "") -> Callable[[int, int], None]:
    """Return what is called with parts done and parts in all, and shows them where somebody looks on.

    Parameters
    ----------
    what : str
        What is counted.
    first : str
        What is to be said before the first part, such as that loops are compiled; it is said in a script too, on
        stderr, since it explains a wait.
    """
    shell = notebook_shell()
    if shell is not None:
        return NotebookBar(what, first)
    interactive = sys.stderr is not None and sys.stderr.isatty() and hasattr(sys, "ps1")
    return TerminalLine(what, first, live=interactive)


def notebook_shell() -> Any:
    """Return the shell of the notebook that this runs in; None elsewhere.  Nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if shell is not None and "IPKernelApp" in getattr(shell, "config", {}) else None


class TerminalLine:
    """A line on stderr that is written over; without ``live`` only what comes first is written."""

    def __init__(self, what: str, first: str, *, live: bool) -> None:
        self._what, self._first, self._live = what, first, live
        self._started = time.monotonic()
        self._kept: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are done."""
        self._kept = done if self._kept is None else self._kept
        if self._first and sys.stderr is not None:
            sys.stderr.write(f"caravana: {self._first}\n")
            self._first = ""
        if self._live and (time.monotonic() - self._started > PATIENCE or done < total):
            left = time_left(done - self._kept, total - self._kept, time.monotonic() - self._started)
            said = f"{self._what}: {done} of {total}" + (f", {left}" if left else "")
            sys.stderr.write(f"\r\x1b[K{said}" + ("\n" if done == total else ""))
            sys.stderr.flush()


class NotebookBar:
    """A bar in the output of a notebook's cell."""

    def __init__(self, what: str, first: str) -> None:
        self._what, self._first = what, first
        self._handle: Any = None
        self._started = time.monotonic()
        self._kept: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are done."""
        from IPython.display import HTML, display

        passed = time.monotonic() - self._started
        self._kept = done if self._kept is None else self._kept  # a run that goes on has some from before
        left = time_left(done - self._kept, total - self._kept, passed)
        note = self._first if done == 0 and self._first else f"{passed:.0f} s" + (f", {left}" if left else "")
        shown = HTML(  # type: ignore[no-untyped-call]
            f'<label style="font:13px system-ui,sans-serif;color:#4a5a67">{self._what}: {done} of {total} '
            f'<progress value="{done}" max="{max(total, 1)}" style="accent-color:#12568c"></progress> {note}</label>'
        )
        if self._handle is None:
            self._handle = display(shown, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(shown)
