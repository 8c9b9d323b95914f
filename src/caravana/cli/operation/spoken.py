"""Commands whose help speaks the language of the locale, or that of ``--lang``."""

from __future__ import annotations

import re
import sys
from typing import Any

from typer.core import TyperCommand

from caravana.cli.options import LANGUAGES, locale_language


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
        for word, mine in language.under("helpword").items():
            shown = re.sub(rf"(?m)^{load_language('en').text(f'helpword.{word}')}", mine, shown)
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
