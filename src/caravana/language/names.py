"""Names that a scenario has in English, in the language of a page: who says so, and countries."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language

_NAMED = re.compile(r"(press|news agency|research institute) \((.+)\)")
_KINDS = {"press": "press", "news agency": "agency", "research institute": "institute"}


def speaker_words(role: str, language: Language) -> str:
    """Return a speaker's role in a language; a role that no catalogue has stays as the scenario writes it.

    Of a report that names nobody the role is its side.
    """
    if own := language.texts.get(f"answers.speaker.{role}") or language.texts.get(f"side.{role}"):
        return own
    named = _NAMED.fullmatch(role)
    return language.text(f"answers.kind.{_KINDS[named[1]]}", name=named[2]) if named else role


@cache
def _spanish_countries() -> Mapping[str, str]:
    """Spanish name of each country by its English one, in small letters, and by its abbreviations."""
    text = (resources.files("caravana.language") / "countries.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({name: row["es"] for row in rows for name in row["en"].lower().split("|")})


def country_words(name: str, language: Language) -> str:
    """Return a scenario's country in a language.

    Parameters
    ----------
    name
        English, in any case, with blanks or underscores between words.
    language
        Whose name to use; without underscores as the scenario has it where no list knows the country.
    """
    written = name.replace("_", " ").strip()
    return _spanish_countries().get(written.lower(), written) if language.code == "es" else written


def quantity_words(name: str, words: Language) -> str:
    """Return what is forecast in a language: ``position`` or ``posición``."""
    return words.texts.get(f"scorecard.quantity.{name}", name)


def outcome_name(key: str, language: Language, *, places: Mapping[str, str] | None = None) -> str:
    """Return what an outcome is called in a language, by its key in the results.

    Parameters
    ----------
    key
        As ``--json`` has it: ``headcount``, ``at PLACE``.
    language
        Whose words to use.
    places
        Names of places by id, where they are at hand.
    """
    if own := language.texts.get(f"sensitivity.outcome.{key}"):
        return own
    if key.startswith("at "):
        place = key.removeprefix("at ")
        return language.text("sensitivity.at", place=(places or {}).get(place, place.replace("_", " ")))
    return key


def rule_words(name: str, words: Language) -> str:
    """Return what a naive rule is called in a language; in English by its name in the scores, ``share_held``."""
    if words.code == "en":
        return name
    plain = name.removesuffix("_spread")
    known = words.texts.get(f"scorecard.rule.{plain}", plain)
    return known if plain == name else words.text("scorecard.with_spread", rule=known)
