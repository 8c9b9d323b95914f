"""Faults in the language of the officer: where it stands, what stands there, what was expected."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.language.language import Language

PLACES = re.compile(r"\\\{(\w+)\\\}")


def fault_words(text: str, language: Language) -> str:
    """Return what was expected, or a whole line that says a fault, in a language.

    The English of the checks is the key: catalogue ``faults`` has each of their phrases, with named places for what
    varies.  A phrase that it does not have stays as it is.
    """
    for pattern, key in _phrases(tuple(sorted(language.under("fault").items()))):
        match = pattern.fullmatch(text)
        if match is not None:
            inner = {name: fault_words(value, language) for name, value in match.groupdict().items()}
            return language.text(f"fault.{key}", **inner)
    return text


def fault_line(line: str, language: Language) -> str:
    """Return one line of a fault, as ``FILE line 4, column NAME: VALUE — expected WHAT``, in a language."""
    match = re.fullmatch(r"(?P<where>[^:]+(?::[^ ][^:]*)*): (?:(?P<value>.+) — )?expected (?P<what>.+)", line)
    if match is None or language.code == "en":
        return line
    where = match["where"]
    for word in ("line", "column", "key", "report"):
        where = re.sub(rf"\b{word} (?=\S+)", f"{language.text(f'faultline.{word}')} ", where)
    value = "" if match["value"] is None else f"{match['value']} — "
    return f"{where}: {value}{language.text('faultline.expected', what=fault_words(match['what'], language))}"


@cache
def _phrases(_texts: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the English phrases, the longest first, with their keys."""
    from caravana.language.language import load_language

    english = load_language("en").under("fault")
    ordered = sorted(english.items(), key=lambda item: -len(item[1]))
    return tuple((re.compile(PLACES.sub(r"(?P<\1>.+)", re.escape(text)), re.DOTALL), key) for key, text in ordered)
