"""Proposals on a terminal: the sentence with its marks, what is proposed beneath it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language


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
    """One proposal: its sentence with the mark, and its readings."""
    typer.echo(f"{number:>3}  {marked(str(proposal.get('sentence', '')), str(proposal.get('find', '')))}")
    readings = proposal.get("readings") or [proposal]
    doubt = language.text("reader.doubt", doubt=f"{float(proposal.get('doubt') or 0):.2f}")
    other = f"  ({language.text('reader.another')})" if proposal.get("caravan", "this") != "this" else ""
    typer.echo(f"     1  {row_text(readings[0], language)}  [{doubt}]{other}")
    for n, reading in enumerate(readings[1:], start=2):
        typer.echo(f"     {n}  {language.text('reader.or_else')} {row_text(reading, language)}")
    for reason in proposal.get("flags") or []:
        typer.echo(f"        {language.text('reader.flagged', reason=reason)}")


def show_text(contents: Mapping[str, Any], language: Language) -> None:
    """All proposals of a text."""
    for number, proposal in enumerate(contents["proposals"], start=1):
        show_proposal(number, proposal, language)
