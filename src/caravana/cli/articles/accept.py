"""The command ``accept``: what a person decided on proposals, into an operation's ledger."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.articles.deciding import Deciding
from caravana.cli.articles.words import words_of
from caravana.cli.console import give, say
from caravana.cli.options import spoken_language

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.operation.folder import Operation


def accept(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    proposals: Annotated[Path, typer.Argument(help="Proposals of `read --proposals`, or decisions of its page.")],
    again: Annotated[
        bool, typer.Option("--again", help="On a terminal, ask for what is decided already, too.")
    ] = False,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Record proposals that a person accepted; on a terminal, decide them here: one key each.

    A proposal counts as accepted where it says "accepted": true.  Nothing is recorded twice.
    On a terminal every decision is kept in the file; what was passed over is asked the next time.
    """
    from caravana.operation.accepting import accepted_of, read_proposals, record_accepted
    from caravana.operation.drafts import bounds_of
    from caravana.operation.folder import open_operation
    from caravana.operation.known import read_current
    from caravana.operation.ledger import open_ledger

    language = spoken_language(lang)
    operation = open_operation(folder)
    texts = read_proposals(proposals)
    if not json and sys.stdin.isatty():
        _ask(operation, texts, proposals, language, again=again)
    decided = accepted_of(texts)
    with open_ledger(operation) as ledger:
        bounds = bounds_of(read_current(operation, ledger), today=_today())
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


def _ask(operation: Operation, texts: list[dict[str, Any]], file: Path, language: Language, *, again: bool) -> None:
    """Ask for what is undecided; every decision is written to the file of the proposals at once."""
    from caravana.operation.accepting import fault_in, keep_decisions
    from caravana.operation.drafts import bounds_of
    from caravana.operation.known import read_current
    from caravana.operation.ledger import open_ledger

    with open_ledger(operation) as ledger:
        current = read_current(operation, ledger)
    bounds = bounds_of(current, today=_today())
    deciding = Deciding(
        words_of(current, language),
        lambda text, number: fault_in(text, number, bounds, language),
        lambda: keep_decisions(file, texts),
    )
    if not deciding.decide(texts, again=again):
        say(language.text("reader.all_decided"))
    if left := sum(one.get("accepted") is None for text in texts for one in text["proposals"]):
        say(language.text("reader.undecided", n=left))


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
