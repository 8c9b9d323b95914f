"""Proposals on a terminal: the sentence with its marks, what is proposed beneath it."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import typer

from caravana.language.faults import message_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.cli.articles.words import RowWords

_WIDE, _GUTTER = 110, 4
"""Columns of a terminal that has room for two; what stands between them."""


def marked(sentence: str, find: str) -> str:
    """A sentence with the words of a proposal marked; in colour where the terminal has it."""
    plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    mark = f"«{find}»" if plain else f"\033[1;33m{find}\033[0m"
    return sentence.replace(find, mark, 1) if find else sentence


def show_proposal(number: int, proposal: Mapping[str, Any], words: RowWords) -> None:
    """One proposal: its sentence with the mark, and its readings; beside it where the terminal is wide, else below."""
    sentence, find = str(proposal.get("sentence", "")), str(proposal.get("find", ""))
    below = _reading_lines(proposal, words)
    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or width < _WIDE:
        typer.echo(f"{number:>3}  {marked(sentence, find)}")
        for line in below:
            typer.echo(f"     {line}")
        return
    half = width // 2 - _GUTTER
    left = textwrap.wrap(sentence.replace(find, f"«{find}»", 1) if find else sentence, half) or [""]
    right = [piece for line in below for piece in textwrap.wrap(line, half, subsequent_indent="   ")]
    for n, (said, read) in enumerate(itertools.zip_longest(left, right, fillvalue="")):
        typer.echo(f"{number if n == 0 else '':>3}  {said:<{half}}  {read}".rstrip())
    typer.echo("")


def _reading_lines(proposal: Mapping[str, Any], words: RowWords) -> list[str]:
    """The readings of a proposal and what contradicts it, a line each."""
    language = words.language
    readings = proposal.get("readings") or [proposal]
    if any(proposal.get(name, value) != value for name, value in readings[0].items()):
        readings = [proposal, *readings[1:]]  # a person changed it before it was passed over
    doubt = language.text("reader.doubt", doubt=language.number(float(proposal.get("doubt") or 0), digits=2))
    other = f"  ({language.text('reader.another')})" if proposal.get("caravan", "this") != "this" else ""
    # What a person typed is in no doubt of the reader's.
    doubtful = "" if proposal.get("readings") == [] else f"  [{doubt}]"
    lines = [f"1  {words.line(readings[0])}{doubtful}{other}"]
    lines += [
        f"{n}  {language.text('reader.or_else')} {words.line(reading)}"
        for n, reading in enumerate(readings[1:], start=2)
    ]
    flags = [message_words(str(reason), language) for reason in proposal.get("flags") or []]
    return lines + [f"   {language.text('reader.flagged', reason=reason)}" for reason in flags]


def show_text(contents: Mapping[str, Any], words: RowWords) -> None:
    """All proposals of a text, and what it leaves open as a whole."""
    for number, proposal in enumerate(contents["proposals"], start=1):
        show_proposal(number, proposal, words)
    for line in unsure_lines(contents, words):
        typer.echo(f"  ?  {line}")


def unsure_lines(contents: Mapping[str, Any], words: RowWords) -> list[str]:
    """What a text as a whole leaves open, and how to say it: many rows hang on each."""
    from caravana.importers.articles.linking.whole import SURE

    in_words = {"voice": words.side, "tells_of": words.day, "at": words.place}
    return [
        words.language.text(
            f"reader.unsure_{name}", code=some[1]["value"],
            first=in_words[name](some[0]["value"]), second=in_words[name](some[1]["value"]),
        )
        for name, some in contents.get("whole", {}).items()
        if len(some) > 1 and some[0]["share"] < SURE
    ]  # fmt: skip
