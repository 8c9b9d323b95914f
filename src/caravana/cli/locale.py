"""The language that a command speaks: that of ``--lang``, else that of the locale."""

from __future__ import annotations

import os
import re
import sys
from typing import Literal, get_args

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
PREFIX = "caravana: "


def locale_language() -> Lang:
    """Return the language that the locale's variables name, English where it is another."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return next((known for known in LANGUAGES if named.lower().split("_")[0].split(".")[0] == known), "en")


def wanted_language() -> Lang:
    """Return the language that the command line names, else that of the locale."""
    named = re.search(r"--lang[ =](\w+)", " ".join(sys.argv))
    return next((known for known in LANGUAGES if named is not None and named[1] == known), locale_language())


def put_into_words(message: str) -> str:
    """Return a message in the language of the command; what has no words there stays as it is."""
    if wanted_language() == "en":
        return message
    from caravana.language.faults import message_words
    from caravana.language.language import load_language

    prefix = PREFIX if message.startswith(PREFIX) else ""
    return prefix + message_words(message.removeprefix(prefix), load_language(wanted_language()))
