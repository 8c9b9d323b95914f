"""Faults in the language of the officer: where it stands, what stands there, what was expected."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from caravana.language.names import outcome_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language

SAID = ("place", "what", "reason", "damage")
"""Places of a message that hold words of ours again; what stands in the others is the officer's."""
PLACES = re.compile(r"\\\{(\w+)\\\}")
NAMED = re.compile(r"\{\w+\}")
OFFER, OFFERED = "mean", re.compile(r" \(did you mean (?P<near>.+?)\?\)")
"""The place of a message that holds the name which may have been meant, or nothing."""


def fault_words(text: str, language: Language) -> str:
    """Return what was expected, or a whole line that says a fault, in a language.

    The English of the checks is the key: catalogue ``faults`` has each of their phrases, with named places for what
    varies.  A phrase that it does not have stays as it is.
    """
    for pattern, key in _phrases("fault"):
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
    where = _where_words(match["where"], language)
    value = "" if match["value"] is None else f"{match['value']} — "
    return f"{where}: {value}{language.text('faultline.expected', what=fault_words(match['what'], language))}"


def _where_words(where: str, language: Language) -> str:
    """Where a fault stands, in a language."""
    for word in ("line", "column", "key", "report"):
        where = re.sub(rf"\b{word} (?=\S+)", f"{language.text(f'faultline.{word}')} ", where)
    # A file may be called so: ours stands after it.
    return re.sub(r", sheet (?=\S+)", f", {language.text('faultline.sheet')} ", where)


def message_words(message: str, language: Language) -> str:
    """Return a message of an operation's command in a language, line by line; a line without words there stays.

    As with faults, the English is the key: catalogue ``messages``.
    """
    if language.code == "en":
        return message
    return "\n".join(_line_words(line, language) for line in message.split("\n"))


def _line_words(line: str, language: Language) -> str:
    """A line of a message in a language; of one with a name before it, ``NAME: MESSAGE``, the message."""
    where, colon, rest = line.partition(": ")
    said = _phrase_words(line, language)
    if said is None and colon and (said := _phrase_words(rest, language)) is not None:
        return f"{_where_words(where, language) if ', sheet ' in where else where}: {said}"
    return fault_line(line, language) if said is None else said


def _phrase_words(line: str, language: Language) -> str | None:
    """A line that the catalogue has, in a language; None where it has not."""
    for pattern, key in _phrases("message"):
        match = pattern.fullmatch(line)
        # No path holds a fault: `FILE: expected this file, which is missing` is no message that a PATH is missing.
        if match is not None and "expected " not in match.groupdict().get("path", ""):
            values = {name: _value_words(name, value, language) for name, value in match.groupdict().items()}
            return language.text(f"message.{key}", **values)
    return None


def _value_words(name: str, value: str, language: Language) -> str:
    """What stands in a place of a message: words of ours in the language, or the officer's as they are."""
    if name == OFFER:
        return OFFERED.sub(lambda offer: language.text("faultline.did_you_mean", near=offer["near"]), value)
    if name == "outcome":
        return outcome_name(value, language)
    if name == "weekday":
        return next((language.texts[f"weekday.{n}"] for n in range(1, 8) if _english()[f"weekday.{n}"] == value), value)
    if name == "damages":
        return ", ".join(_inner_words(one, language) for one in value.split(", "))
    return _inner_words(value, language) if name in SAID else value


def _inner_words(value: str, language: Language) -> str:
    """Words within a message: another message, where it stands (a row of a file), what was expected, or a fault."""
    if (said := _phrase_words(value, language)) is not None:
        return said
    if (line := fault_line(value, language)) != value:
        return line
    value = re.sub(r", row (?=\d)", f", {language.text('faultline.row')} ", value)
    return fault_words(value, language)


def _english() -> Mapping[str, str]:
    from caravana.language.language import load_language

    return load_language("en").texts


@cache
def _phrases(section: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the English phrases of a section, with their keys: first those without a place, then the longest.

    As long as a phrase's own words are: what stands in its places, and what these are called, counts for nothing.
    """
    from caravana.language.language import load_language

    english = load_language("en").under(section)
    ordered = sorted(english.items(), key=lambda item: ("{" in item[1], -len(NAMED.sub("", item[1]))))
    return tuple((re.compile(_pattern(text), re.DOTALL), key) for key, text in ordered)


def _pattern(text: str) -> str:
    """A regular expression of a phrase; a place that comes twice holds the same both times."""
    offers = f"{{{OFFER}}}" in text
    named: set[str] = set()

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name in named:
            return f"(?P={name})"
        named.add(name)
        if name == OFFER:
            return f"(?P<{OFFER}>(?:{OFFERED.pattern.replace('?P<near>', '')})?)"
        # Where a name may be offered after it, what stands before must not swallow the offer.
        return f"(?P<{name}>.+{'?' if offers else ''})"

    return PLACES.sub(place, re.escape(text))
