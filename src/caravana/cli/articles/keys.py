"""Keys as a person presses them, one at a time and none lost, however quickly they follow one another."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import typer

_END = "\x04"
_ESCAPE = b"\x1b"
_RUBBED_OUT = frozenset({b"\x7f", b"\x08"})
_TOGETHER = 0.03
"""Seconds within which the parts of a sequence come."""


class Keyboard:
    """The terminal's keys while a person decides.

    Parameters
    ----------
    as_before
        The terminal's settings to go back to while a line is typed; none where the system gives keys by itself.
    """

    def __init__(self, as_before: list[Any] | None) -> None:
        self._as_before = as_before
        self._pending = b""

    def next_key(self) -> str:
        """Give the next key, and at the end of the terminal the key that ends input.

        No more than a key is read: whatever was typed after it stays in the terminal, for the next or for a line.
        """
        if self._as_before is None:
            return typer.getchar()
        key, self._pending = self._pending or _read_byte(), b""
        if key == _ESCAPE and _waits():
            rest = _read_byte()
            if rest == _ESCAPE:
                self._pending = rest
            else:
                key += rest + (_read_sequence(rest) if rest in {b"[", b"O"} else b"")
        return key.decode(errors="replace") or _END

    def type_line(self, question: str) -> str:
        """Ask for a whole line, which is seen while it is typed, then listen to keys again."""
        if self._as_before is None:
            return str(typer.prompt(question, default="", show_default=False))
        import termios

        typer.echo(f"{question}: ", nl=False)
        listening = termios.tcgetattr(sys.stdin)
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._as_before)
        try:
            return _read_line()
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


def _read_byte() -> bytes:
    return os.read(sys.stdin.fileno(), 1)


def _waits() -> bool:
    """Whether more comes at once, as a sequence does, over a slow line too; after the key for escape nothing does."""
    import select

    return bool(select.select([sys.stdin], [], [], _TOGETHER)[0])


def _read_sequence(begun: bytes) -> bytes:
    """The rest of what an arrow or function key sends: what ends with a letter or ``~``; ``[[`` has one letter more."""
    rest = _read_byte()
    if begun == b"[" and rest == b"[":
        return rest + _read_byte()
    while rest and not b"@" <= rest[-1:] <= b"~":
        rest += (one := _read_byte())
        if not one:
            break
    return rest


def _read_line() -> str:
    """A line, without its end, and no more than it: Python's own reading would keep what was typed after it."""
    typed = b""
    while (one := _read_byte()) not in {b"", b"\n"}:
        # What was typed ahead was not edited by the terminal.
        typed = typed[:-1] if one in _RUBBED_OUT else typed + one
    return typed.decode(errors="ignore")
