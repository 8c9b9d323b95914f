"""Ctrl-C is not lost: what a library swallows of it is raised again at the next safe place.

Python raises ``KeyboardInterrupt`` wherever it happens to be.  Inside a query, an import or a callback that becomes
another error, or none: an interrupted block then counted as a failed one, and the run went on.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType


class InterruptWatch:
    """Notes whether Ctrl-C was pressed while it is entered; what it does otherwise stays as it was.

    Watches may be nested.  Outside the main thread, and where interrupts are ignored, there is nothing to watch.

    Attributes
    ----------
    came
        Whether an interrupt came.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: Any = None
        self._only_notes = False

    def __enter__(self) -> Self:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        if not self._only_notes:
            self._before(number, frame)

    def only_note(self) -> None:
        """From now on note an interrupt, and raise none: what is left to do is done."""
        self._only_notes = True

    def raise_swallowed(self) -> None:
        """Raise the interrupt that came and was lost.

        Raises
        ------
        KeyboardInterrupt
            If one came.
        """
        if self.came:
            raise KeyboardInterrupt
