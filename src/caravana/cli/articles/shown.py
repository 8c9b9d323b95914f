"""Proposals on a terminal: the sentence with its marks, what is proposed beneath it."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language

_WIDE, _GUTTER = 110, 4
"""Columns of a terminal that has room for two; what stands between them."""
_SURE = 0.8
"""What a text is likelier than this is not asked about."""


def row_text(values: Mapping[str, Any], language: Language) -> str:
    """A reading in one line: what, how many, where, when, who says so."""
    low, high = values.get("low"), values.get("high")
    ends = [language.number(v) if isinstance(v, (int, float)) else "…" for v in (low, high)]
    figure = "" if low is None and high is None else ends[0] if low == high else "–".join(ends)
    place = values.get("place") or language.text("reader.nowhere")
    parts = (values.get("kind"), figure, values.get("qualifier"), place, values.get("date"), values.get("side"))
    return "  ".join(str(part) for part in parts if part)


def marked(sentence: str, find: str) -> str:
    """A sentence with the words of a proposal marked; in colour where the terminal has it."""
    plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    mark = f"«{find}»" if plain else f"\033[1;33m{find}\033[0m"
    return sentence.replace(find, mark, 1) if find else sentence


def show_proposal(number: int, proposal: Mapping[str, Any], language: Language) -> None:
    """One proposal: its sentence with the mark, and its readings; beside it where the terminal is wide, else below."""
    sentence, find = str(proposal.get("sentence", "")), str(proposal.get("find", ""))
    below = _reading_lines(proposal, language)
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


def _reading_lines(proposal: Mapping[str, Any], language: Language) -> list[str]:
    """The readings of a proposal and what contradicts it, a line each."""
    readings = proposal.get("readings") or [proposal]
    doubt = language.text("reader.doubt", doubt=f"{float(proposal.get('doubt') or 0):.2f}")
    other = f"  ({language.text('reader.another')})" if proposal.get("caravan", "this") != "this" else ""
    lines = [f"1  {row_text(readings[0], language)}  [{doubt}]{other}"]
    lines += [
        f"{n}  {language.text('reader.or_else')} {row_text(reading, language)}"
        for n, reading in enumerate(readings[1:], start=2)
    ]
    return lines + [f"   {language.text('reader.flagged', reason=reason)}" for reason in proposal.get("flags") or []]


def show_text(contents: Mapping[str, Any], language: Language) -> None:
    """All proposals of a text, and what it leaves open as a whole."""
    for number, proposal in enumerate(contents["proposals"], start=1):
        show_proposal(number, proposal, language)
    for line in unsure_lines(contents, language):
        typer.echo(f"  ?  {line}")


def unsure_lines(contents: Mapping[str, Any], language: Language) -> list[str]:
    """What a text as a whole leaves open, and how to say it: many rows hang on each."""
    return [
        language.text(f"reader.unsure_{name}", first=some[0]["value"], second=some[1]["value"])
        for name, some in contents.get("whole", {}).items()
        if len(some) > 1 and some[0]["share"] < _SURE
    ]
