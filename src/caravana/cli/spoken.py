"""Commands whose help and refusals speak the language of the locale, or that of ``--lang``."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from caravana.cli.console import put_into_words, wanted_language

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = ("usage", "options", "arguments", "commands")
MARKS = ("metavar", "metavar_group", "required", "default")
TEXTS = ("help", "short_help", "epilog")
"""Where a command and its options have words of ours."""
USAGE = 2
MISUSED: Any = typer.BadParameter.__bases__[0]
"""What is raised of a slip on the command line: click's class, or that of typer's own copy of click."""


class Spoken:
    """What puts the help of a command, of its options and of the commands below it into the officer's language.

    The types of what is overridden are click's or typer's own copy of click, by the version of typer.
    """

    def get_help(self: Any, ctx: Any) -> str:
        """Return the help in the language of ``--lang``, else of the locale."""
        with _in_language([self, *self.get_params(ctx), *_commands_below(self, ctx)]):
            shown = str(super().get_help(ctx))  # type: ignore[misc]
        return _in_own_words(shown)

    def get_usage(self: Any, ctx: Any) -> str:
        """Return the line of usage in the language of ``--lang``, else of the locale."""
        return _in_own_words(str(super().get_usage(ctx)))  # type: ignore[misc]

    def parse_args(self: Any, ctx: Any, args: list[str]) -> list[str]:
        """Parse what was given; a slip is said in the language of ``--lang``, else of the locale."""
        with _slips_spoken(self, ctx):
            return list(super().parse_args(ctx, args))  # type: ignore[misc]


class SpokenCommand(Spoken, TyperCommand):
    """A command that speaks the officer's language."""


class SpokenGroup(Spoken, TyperGroup):
    """A group of commands that does, with what it says of each."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was named; that there is none is said in the language, too."""
        with _slips_spoken(self, ctx):
            return super().resolve_command(ctx, args)


@contextlib.contextmanager
def _slips_spoken(command: Any, ctx: Any) -> Iterator[None]:
    """Say a slip on the command line in the language, and end with the status of one."""
    try:
        yield
    except MISUSED as error:
        from caravana.language.language import load_language

        language = load_language(wanted_language())
        # Of a group that was given no command, what is raised is its help, which is in the language already.
        if language.code == "en" or type(error).__name__ == "NoArgsIsHelpError":
            raise
        typer.echo(command.get_usage(ctx), err=True)
        typer.echo(language.text("helpword.try", command=ctx.command_path) + "\n", err=True)
        typer.echo(f"Error: {put_into_words(error.format_message())}", err=True)
        raise typer.Exit(USAGE) from None


def _commands_below(command: Any, ctx: Any) -> list[Any]:
    if not isinstance(command, TyperGroup):
        return []
    return [command.get_command(ctx, name) for name in command.list_commands(ctx)]


@contextlib.contextmanager
def _in_language(held: list[Any]) -> Iterator[None]:
    """Put texts into the language while they are shown."""
    from caravana.language.language import load_language

    own = load_language(wanted_language()).under("help")
    spoken = {" ".join(text.split()): own[key] for key, text in load_language("en").under("help").items()}
    before = [(one, name, text) for one in held for name in TEXTS if isinstance(text := getattr(one, name, None), str)]
    try:
        for one, name, text in before:
            setattr(one, name, _put(text, spoken))
        yield
    finally:
        for one, name, text in before:
            setattr(one, name, text)


def _in_own_words(shown: str) -> str:
    """The words of the command line itself in the language: usage, headings, marks of options."""
    from caravana.language.language import load_language

    language, english = load_language(wanted_language()), load_language("en")
    for word in HEADINGS:
        shown = re.sub(rf"(?m)^{english.text(f'helpword.{word}')}", language.text(f"helpword.{word}"), shown)
    for word in MARKS:
        shown = shown.replace(english.text(f"helpword.{word}"), language.text(f"helpword.{word}"))
    return shown


def _put(text: str, spoken: dict[str, str]) -> str:
    """A help text in another language, paragraph by paragraph; what has no words there stays."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(spoken.get(part, part) for part in paragraphs)
