"""Help of commands in Spanish: the same catalogues as everything else that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language


def asked_language(words: Sequence[str], *, usual: str) -> str:
    """The language that a command line asks for with ``--lang``; the usual one where it asks for none."""
    for n, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name == "--lang":
            return (value if sign else next(iter(words[n + 1 : n + 2]), usual)).partition("-")[0]
    return usual


def translate_help(commands: TyperGroup, language: Language) -> None:
    """Give commands and their options the help that a language's catalogues have for them; others keep their own."""
    for name, command in commands.commands.items():
        if isinstance(command, TyperCommand):
            _translate(command, name, language)


def _translate(command: TyperCommand, name: str, language: Language) -> None:
    command.help = language.texts.get(f"help.{name}.about", command.help)
    command.short_help = language.texts.get(f"help.{name}.short", command.short_help)
    for given in command.params:
        if isinstance(given, TyperOption | TyperArgument):
            given.help = language.texts.get(f"help.{name}.{given.name}", given.help)
