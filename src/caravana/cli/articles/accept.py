"""The command ``accept``: what a person decided on proposals, into an operation's ledger."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.articles.keys import Keyboard, listen_to_keys
from caravana.cli.articles.shown import show_proposal
from caravana.cli.articles.words import words_of
from caravana.cli.console import give, say
from caravana.cli.options import spoken_language

if TYPE_CHECKING:
    from caravana.cli.articles.words import RowWords

_NUMBERS = ("low", "high")


def accept(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    proposals: Annotated[Path, typer.Argument(help="Proposals of `read --proposals`, or decisions of its page.")],
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Record proposals that a person accepted; on a terminal, decide them here: one key each.

    A proposal counts as accepted where it says "accepted": true.  Nothing is recorded twice.
    """
    from caravana.operation.accepting import accepted_of, read_proposals, record_accepted
    from caravana.operation.drafts import bounds_of
    from caravana.operation.folder import open_operation
    from caravana.operation.known import read_current
    from caravana.operation.ledger import open_ledger

    language = spoken_language(lang)
    operation = open_operation(folder)
    texts = read_proposals(proposals)
    decided_before = any("accepted" in one for text in texts for one in text["proposals"])
    if not decided_before and not json and sys.stdin.isatty():
        with open_ledger(operation) as ledger:
            words = words_of(read_current(operation, ledger), language)
        _decide(texts, words)
    decided = accepted_of(texts)
    with open_ledger(operation) as ledger:
        today = dt.datetime.now().astimezone().date()
        bounds = bounds_of(read_current(operation, ledger), today=today)
        taken = record_accepted(ledger, bounds, decided, language) if decided else []
    if json:
        give({"taken": taken})
        return
    for one in taken:
        say(language.text("reader.taken" if one["new"] else "reader.there_already", id=one["id"]))
        for remark in one["remarks"]:
            say(f"  {remark}")
    if not taken:
        say(language.text("reader.nothing"))


def _decide(texts: list[dict[str, Any]], words: RowWords) -> None:
    """Ask for one key for each proposal; what is neither accepted nor dropped stays undecided."""
    say(words.language.text("reader.keys"))
    with listen_to_keys() as keyboard:
        for text in texts:
            for number, proposal in enumerate(text["proposals"], start=1):
                show_proposal(number, proposal, words)
                if not _decide_one(proposal, words, keyboard):
                    return


def _decide_one(proposal: dict[str, Any], words: RowWords, keyboard: Keyboard) -> bool:
    """Decide one proposal; False to end."""
    while True:
        key = keyboard.next_key()
        readings = proposal.get("readings") or []
        if key in {"a", "\r", "\n", "1"}:
            proposal["accepted"] = True
            return True
        if key in {"2", "3"} and len(readings) >= int(key):
            proposal.update(readings[int(key) - 1], accepted=True)
            return True
        if key == "c":
            _change(proposal, words, keyboard)
        elif key in {"d", "n"}:
            proposal["accepted"] = False
            return True
        elif key in {"q", "\x03", "\x04", "\x1b"}:
            return False


def _change(proposal: dict[str, Any], words: RowWords, keyboard: Keyboard) -> None:
    """Change one part of a proposal, as ``place=tonala``."""
    from caravana.operation.accepting import CHANGEABLE

    language = words.language
    say(
        "     "
        + " ".join(f"{name}={proposal.get(name) if proposal.get(name) is not None else ''}" for name in CHANGEABLE)
    )
    given = keyboard.type_line(language.text("reader.change"))
    name, sign, value = (part.strip() for part in given.partition("="))
    if not given.strip():
        return
    if not sign or name not in CHANGEABLE:
        say(language.text("reader.no_change", parts=", ".join(CHANGEABLE)))
        return
    proposal[name] = (value or None) if name != "qualifier" else value
    proposal["readings"] = []
    show_proposal(0, proposal, words)
