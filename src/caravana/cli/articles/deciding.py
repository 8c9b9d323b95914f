"""Deciding proposals on a terminal, one key each; what was decided is kept in their file after every key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.cli.articles.keys import listen_to_keys
from caravana.cli.articles.shown import show_proposal
from caravana.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from caravana.cli.articles.keys import Keyboard
    from caravana.cli.articles.words import RowWords

_FIRST = frozenset({"a", "\r", "\n", "1"})
_OTHERS = frozenset({"2", "3"})
_END = frozenset({"q", "\x03", "\x04", "\x1b"})
_STAY, _ON, _BACK, _STOP = 0, 1, -1, None


@dataclass(frozen=True)
class Deciding:
    """What deciding on a terminal needs.

    Attributes
    ----------
    words : RowWords
        Proposals in words.
    fault_in : callable
        Why a proposal, its text given first, could not be recorded; "" if it could.
    keep : callable
        Called after every decision.
    """

    words: RowWords
    fault_in: Callable[[dict[str, Any], int], str]
    keep: Callable[[], None]

    def decide(self, texts: Sequence[dict[str, Any]], *, again: bool) -> int:
        """Ask for one key for each proposal that is undecided, or `again` for every one; return how many were asked.

        What is neither accepted nor dropped stays undecided, and is asked the next time.
        """
        asked_of = [
            (text, number)
            for text in texts
            for number, one in enumerate(text["proposals"], start=1)
            if again or one.get("accepted") is None
        ]
        if not asked_of:
            return 0
        say(self.words.language.text("reader.keys"))
        with listen_to_keys() as keyboard:
            at = 0
            while at < len(asked_of):
                step = self._decide_one(*asked_of[at], keyboard)
                if step is _STOP:
                    break
                at = max(0, at + step)
        return len(asked_of)

    def _decide_one(self, text: dict[str, Any], number: int, keyboard: Keyboard) -> int | None:
        """Show and decide one proposal; return how far to go on, None to end."""
        proposal = text["proposals"][number - 1]
        show_proposal(number, proposal, self.words)
        if proposal.get("accepted") is not None:
            state = "accepted" if proposal["accepted"] else "dropped"
            say(f"     {self.words.language.text(f'reader.{state}')}")
        while True:
            step = self._heed(keyboard.next_key(), text, number, keyboard)
            if step != _STAY:
                return step

    def _heed(self, key: str, text: dict[str, Any], number: int, keyboard: Keyboard) -> int | None:
        """Do what a key says to a proposal; keys without a meaning do nothing."""
        proposal = text["proposals"][number - 1]
        readings = proposal.get("readings") or []
        if key in _FIRST or (key in _OTHERS and len(readings) >= int(key)):
            values = readings[int(key) - 1] if key in _OTHERS else {}
            if fault := self.fault_in(text | {"proposals": _with(text, number, values)}, number):
                say(f"     {fault}")
                return _STAY
            proposal.update(values, accepted=True)
        elif key == "d":
            proposal["accepted"] = False
        elif key == "c":
            _change(number, proposal, self.words, keyboard)
        elif key == "u":
            proposal.pop("accepted", None)
            show_proposal(number, proposal, self.words)
        else:
            return _ON if key == "n" else _BACK if key == "p" else _STOP if key in _END else _STAY
        self.keep()
        return _STAY if key in {"c", "u"} else _ON


def _with(text: dict[str, Any], number: int, values: dict[str, Any]) -> list[dict[str, Any]]:
    """A text's proposals, one of them accepted with some values: a copy, to try it."""
    return [
        one | values | {"accepted": True} if n == number else one for n, one in enumerate(text["proposals"], start=1)
    ]


def _change(number: int, proposal: dict[str, Any], words: RowWords, keyboard: Keyboard) -> None:
    """Change one part of a proposal, as ``place=tonala``."""
    from caravana.operation.accepting import CHANGEABLE

    language = words.language
    say("     " + " ".join(f"{name}={_written(proposal.get(name))}" for name in CHANGEABLE))
    given = keyboard.type_line(language.text("reader.change"))
    name, sign, value = (part.strip() for part in given.partition("="))
    if not given.strip():
        return
    if not sign or name not in CHANGEABLE:
        say(language.text("reader.no_change", parts=", ".join(CHANGEABLE)))
        return
    proposal[name] = (value or None) if name != "qualifier" else value
    proposal["readings"] = []
    show_proposal(number, proposal, words)


def _written(value: object) -> str:
    """A part of a proposal as it is typed: whole numbers without a dot."""
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)
