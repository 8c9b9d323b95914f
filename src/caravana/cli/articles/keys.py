"""Keys as a person presses them, one at a time and none lost, however quickly they follow one another."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import typer

_KEY = re.compile(r"\x1b\[[^@-~]*[@-~]?|.", re.DOTALL)
"""A character, or the whole sequence of an arrow or function key."""
_END = "\x04"


class Keyboard:
    """The terminal's keys while a person decides.

    Parameters
    ----------
    as_before
        The terminal's settings to go back to while a line is typed; none where the system gives keys by itself.
    """

    def __init__(self, as_before: list[Any] | None) -> None:
        self._as_before = as_before
        self._waiting: list[str] = []

    def next_key(self) -> str:
        """Give the next key, and at the end of the terminal the key that ends input."""
        if not self._waiting:
            self._waiting = _KEY.findall(self._read()) or [_END]
        return self._waiting.pop(0)

    def _read(self) -> str:
        if self._as_before is None:
            return typer.getchar()
        return os.read(sys.stdin.fileno(), 1024).decode(errors="replace")

    @contextlib.contextmanager
    def type_line(self) -> Iterator[None]:
        """Let a whole line be typed and seen, then listen to keys again."""
        if self._as_before is None:
            yield
            return
        import termios

        listening = termios.tcgetattr(sys.stdin)
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._as_before)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, listening)


@contextlib.contextmanager
def listen_to_keys() -> Iterator[Keyboard]:
    """Listen to single keys from here to the end, not key by key.

    A terminal that is set for one key and set back after it throws away what was typed between, and gives two keys that
    came together as one: who decides quickly would see keys without effect.  Windows keeps what was typed by itself.
    """
    try:
        import termios
        import tty
    except ImportError:
        yield Keyboard(None)
        return
    as_before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin, termios.TCSADRAIN)
    try:
        yield Keyboard(as_before)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, as_before)
