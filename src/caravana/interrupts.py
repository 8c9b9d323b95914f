"""Ctrl-C is not lost: what a library swallows of it is raised again at the next safe place.

Python raises ``KeyboardInterrupt`` wherever it happens to be.  Inside a query, an import or a callback that becomes
another error, or none: an interrupted block then counted as a failed one, and the run went on.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

PAUSE = 0.01
"""Seconds after which an interrupt of a finalizer is raised again; if that is in the next one, again after as many."""


class _InPlace(ABC):
    """In place of what Ctrl-C does, while it is entered; outside the main thread and where it is ignored, nothing."""

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> Self:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    @abstractmethod
    def _press(self, number: int, frame: FrameType | None) -> None:
        """What is done instead."""


class InterruptWatch(_InPlace):
    """Notes whether Ctrl-C was pressed while it is entered; what it does otherwise stays as it was.

    Watches may be nested.  Outside the main thread, and where interrupts are ignored, there is nothing to watch.

    Attributes
    ----------
    came
        Whether an interrupt came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.came = False
        self._only_notes = False

    def _press(self, number: int, frame: FrameType | None) -> None:
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


class undisturbed(_InPlace):  # noqa: N801 - read as a phrase: with undisturbed()
    """A section that Ctrl-C does not break into: an interrupt waits until it is over, and is raised then.

    For what cleans up, is short, and would be left half done or told as somebody else's error: giving a connection
    back, closing a database.  Outside the main thread, and where interrupts are ignored, there is nothing to hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self._came: list[tuple[int, FrameType | None]] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before = self._before
        super().__exit__(kind, error, trace)
        if self._came:
            before(*self._came[0])

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._came.append((number, frame))


@contextmanager
def raise_those_of_finalizers() -> Iterator[None]:
    """Raise again, outside of it, an interrupt that came in what Python calls when an object goes.

    Whatever is raised in ``__del__``, in the callback of a weak reference or in a generator that is thrown away,
    Python prints as "Exception ignored in" and goes on: the Ctrl-C was lost, and a traceback was seen.

    Raises
    ------
    KeyboardInterrupt
        Shortly after one came in there, wherever the main thread is by then.
    """
    before = sys.unraisablehook
    pressed: list[threading.Timer] = []

    def press_again(raised: sys.UnraisableHookArgs) -> None:
        if not issubclass(raised.exc_type, KeyboardInterrupt):
            before(raised)
            return
        # What is raised in here is ignored as well: it has to come from outside, once the finalizer is left.  Several
        # in a row are one interrupt.
        for earlier in pressed:
            earlier.cancel()
        pressed.append(threading.Timer(PAUSE, _press))
        pressed[-1].daemon = True
        pressed[-1].start()

    sys.unraisablehook = press_again
    try:
        yield
    except KeyboardInterrupt:
        for timer in pressed:
            timer.cancel()
        raise
    finally:
        sys.unraisablehook = before
        # One of the last moment comes while we wait for it, and not in whatever is done next.
        for timer in pressed:
            timer.join()


def _press() -> None:
    """Interrupt the main thread from another; where the system lets one, also while it waits for something."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()
