"""Who says so, in the report's language: the roles of speakers, which a scenario has in English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.language.language import Language

_NAMED = re.compile(r"(press|news agency|research institute) \((.+)\)")
_KINDS = {"press": "press", "news agency": "agency", "research institute": "institute"}


def speaker_words(role: str, language: Language) -> str:
    """Return a speaker's role in a language; a role that no catalogue has stays as the scenario writes it."""
    if own := language.texts.get(f"answers.speaker.{role}"):
        return own
    named = _NAMED.fullmatch(role)
    return language.text(f"answers.kind.{_KINDS[named[1]]}", name=named[2]) if named else role
