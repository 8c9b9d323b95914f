"""Words on stderr in the language of the command, data on stdout, and progress with the time left."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any, Literal, get_args

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
PREFIX = "caravana: "

PATIENCE = 2.0
"""Seconds after which a wait is worth a progress line."""


def locale_language() -> Lang:
    """Return the language that the locale's variables name, English where it is another."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return next((known for known in LANGUAGES if named.lower().split("_")[0].split(".")[0] == known), "en")


def wanted_language() -> Lang:
    """Return the language that the command line names, else that of the locale."""
    named = re.search(r"--lang[ =](\w+)", " ".join(sys.argv))
    return next((known for known in LANGUAGES if named is not None and named[1] == known), locale_language())


def put_into_words(message: str) -> str:
    """Return a message in the language of the command; what has no words there stays as it is."""
    if wanted_language() == "en":
        return message
    from caravana.language.faults import message_words
    from caravana.language.language import load_language

    prefix = PREFIX if message.startswith(PREFIX) else ""
    return prefix + message_words(message.removeprefix(prefix), load_language(wanted_language()))


def say(message: str, *, quiet: bool = False) -> None:
    """Write a message for people to stderr, in the language of the command."""
    if not quiet:
        sys.stderr.write(put_into_words(message) + "\n")
        sys.stderr.flush()


def library_line(message: str, category: str, filename: str) -> str:
    """Return what a library warns of as one line, with the library's name and not the file's."""
    path = Path(filename)
    known = [name for name in ("site-packages", "caravana") if name in path.parts]
    at = path.parts.index(known[0]) + (known[0] == "site-packages") if known else -1
    library = Path(path.parts[at]).stem
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return f"caravana goes on; {library} warns ({category}): {first}"


def give(content: Any) -> None:
    """Write one JSON object to stdout."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")


class Progress:
    """A line that says how far a run is and how long it will take.

    On a terminal the line is rewritten in place; elsewhere a new one is written now and then.

    Parameters
    ----------
    what
        What is counted.
    quiet
        Whether to say nothing.
    first
        A message to begin with, when the work begins.
    """

    def __init__(self, what: str, *, quiet: bool, first: str = "") -> None:
        self._what, self._quiet, self._hello = what, quiet, first
        self._started = self._shown = time.monotonic()
        self._first: int | None = None
        self._live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def __call__(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` parts are done."""
        now = time.monotonic()
        if self._first is None:
            self._first = done
            if self._hello:
                say(self._hello, quiet=self._quiet)
        if self._quiet or (not self._live and now - self._shown < PATIENCE and done < total):
            return
        fresh = done - self._first
        line = f"{put_into_words(self._what)}, {put_into_words(f'done: {done} of {total}')}"
        if fresh and done < total:
            line += put_into_words(f", about {(now - self._started) / fresh * (total - done):.0f} s left")
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if done == total else ""))
        elif now - self._started >= PATIENCE:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()
        self._shown = now
