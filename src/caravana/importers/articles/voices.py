"""Whose own words an article is: a news agency's, a newspaper's, or those of whoever issues a bulletin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from caravana.importers.articles.speakers import speakers

if TYPE_CHECKING:
    from caravana.importers.articles.words import Words
    from caravana.scenario.model import Side

HEAD = 500
"""Characters in which an article says what it is."""
PRESS = "press (this article)"
_ISSUERS = ("authorities", "observer", "organisers")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks where nobody is quoted.

    Attributes
    ----------
    role, side
        As observations have them.
    office
        Whether it is an office of the authorities, which writes from its seat: the place in its dateline is
        not where what it tells of happened.
    """

    role: str
    side: Side
    office: bool = False


def voice_of(folded: str, words: Words) -> Voice:
    """The voice of an article, by its first lines.

    Parameters
    ----------
    folded
        The article without accents, in lower case.
    words
        Its language.
    """
    head = folded[:HEAD]
    for agency in words.agencies:
        if re.search(rf"[(]\s*{agency.pattern.pattern}\s*[)]", head):
            return Voice(agency.role, "agency")
    if words.patterns["release"].search(head):
        for _, _, speaker in speakers(head, words):
            if speaker.side in _ISSUERS:
                return Voice(speaker.role, cast("Side", speaker.side), office=speaker.side == "authorities")
    return Voice(PRESS, "press")
