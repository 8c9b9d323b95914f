"""How far a run is, for those who write Python: a bar in a notebook, a line on a terminal, nothing in a script."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.0
"""Seconds after which a wait is worth a line."""


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

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are done."""
        if self._first and sys.stderr is not None:
            sys.stderr.write(f"caravana: {self._first}\n")
            self._first = ""
        if self._live and (time.monotonic() - self._started > PATIENCE or done < total):
            sys.stderr.write(f"\r\x1b[K{self._what}: {done} of {total}" + ("\n" if done == total else ""))
            sys.stderr.flush()


class NotebookBar:
    """A bar in the output of a notebook's cell."""

    def __init__(self, what: str, first: str) -> None:
        self._what, self._first = what, first
        self._handle: Any = None
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are done."""
        from IPython.display import HTML, display

        passed = time.monotonic() - self._started
        note = self._first if done == 0 and self._first else f"{passed:.0f} s"
        shown = HTML(  # type: ignore[no-untyped-call]
            f'<label style="font:13px system-ui,sans-serif;color:#4a5a67">{self._what}: {done} of {total} '
            f'<progress value="{done}" max="{max(total, 1)}" style="accent-color:#12568c"></progress> {note}</label>'
        )
        if self._handle is None:
            self._handle = display(shown, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(shown)
