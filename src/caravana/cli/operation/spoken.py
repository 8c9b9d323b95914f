"""Commands whose help speaks the language of the locale, or that of ``--lang``."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer
from typer.core import TyperCommand

from caravana.cli.options import LANGUAGES, locale_language

HEADINGS = ("usage", "options", "arguments")
MARKS = ("metavar", "required", "default")
USAGE = 2
MISUSED: Any = typer.BadParameter.__bases__[0]
"""What is raised of a slip on the command line: click's class, or that of typer's own copy of click."""


class SpokenCommand(TyperCommand):
    """A command whose help, and that of its options, is put into the officer's language before it is shown.

    The types of what is overridden are click's or typer's own copy of click, by the version of typer.
    """

    def get_help(self, ctx: Any) -> str:
        """Return the help in the language of ``--lang``, else of the locale."""
        from caravana.language.language import load_language

        language = load_language(_wanted())
        own = language.under("help")
        english = load_language("en").under("help")
        spoken = {" ".join(text.split()): own[key] for key, text in english.items()}
        held = [self, *self.get_params(ctx)]
        before = [one.help for one in held if hasattr(one, "help")]
        try:
            for one in held:
                if isinstance(getattr(one, "help", None), str):
                    one.help = _put(one.help, spoken)  # type: ignore[attr-defined]
            shown = str(super().get_help(ctx))
        finally:
            for one, text in zip((each for each in held if hasattr(each, "help")), before, strict=True):
                one.help = text
        return _in_own_words(shown)

    def get_usage(self, ctx: Any) -> str:
        """Return the line of usage in the language of ``--lang``, else of the locale."""
        return _in_own_words(str(super().get_usage(ctx)))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what was given; a slip is said in the language of ``--lang``, else of the locale."""
        try:
            return list(super().parse_args(ctx, args))
        except MISUSED as error:
            from caravana.language.language import load_language

            language = load_language(_wanted())
            if language.code == "en":
                raise
            typer.echo(self.get_usage(ctx), err=True)
            typer.echo(language.text("helpword.try", command=ctx.command_path) + "\n", err=True)
            message = spoken_message(error.format_message())
            typer.echo(f"Error: {message}", err=True)
            raise typer.Exit(USAGE) from None


def spoken_message(message: str) -> str:
    """A message in the language of ``--lang``, else of the locale."""
    from caravana.language.faults import message_words
    from caravana.language.language import load_language

    return message_words(message, load_language(_wanted()))


def _in_own_words(shown: str) -> str:
    """The words of the command line itself in the language: usage, headings, marks of options."""
    from caravana.language.language import load_language

    language, english = load_language(_wanted()), load_language("en")
    for word in HEADINGS:
        shown = re.sub(rf"(?m)^{english.text(f'helpword.{word}')}", language.text(f"helpword.{word}"), shown)
    for word in MARKS:
        shown = shown.replace(english.text(f"helpword.{word}"), language.text(f"helpword.{word}"))
    return shown


def _put(text: str, spoken: dict[str, str]) -> str:
    """A help text in another language, paragraph by paragraph; what has no words there stays."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(spoken.get(part, part) for part in paragraphs)


def _wanted() -> str:
    """The language that the command line names, else that of the locale."""
    words = " ".join(sys.argv)
    named = re.search(r"--lang[ =](\w+)", words)
    return named[1] if named is not None and named[1] in LANGUAGES else locale_language()
