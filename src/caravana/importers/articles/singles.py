"""Persons told of alone, without a number: ``a Honduran man``, ``a 16-year-old``, ``otro``, ``mi mujer se desmayó``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.importers.articles.words import single_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BETWEEN = (
    r"(?:(?!(?:an?|the|of|in|on|to|by|with|and|or|for|from|at|his|her|their|its|who|that|which|is|was|were|had|has|than|"
    r"per|day|week|month|year|hit|killed|carrying|like|as) )[a-z'-]+ ){0,3}?"
)
"""Adjectives before a noun; what begins another part of the sentence is none."""
_AGED = r"(?:\d{1,2}|[a-z]+(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)[- ](?:year|month|week|day)s?[- ]old"
_AT_HEAD = r"(?:(?<=^)|(?<=[:;] )|(?<=[-•*–—] ))"
"""At the head of a note, or of an item of one."""
_NEARBY = r"(?=(?: [\w-]+){0,3}? "


@lru_cache(maxsize=4)
def single_persons(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What tells of somebody alone, with the kind of noun that it is; whether he or she is counted, weights decide."""
    words = {name: "|".join(entries) for name, entries in single_words(code).items()}
    forms = (_english if code == "en" else _spanish)(words)
    agent = "an?|another" if code == "en" else "un|una|otr[oa]"
    between = _BETWEEN if code == "en" else ""
    hurt = rf"{_NEARBY}(?:{words['agent_hurt']})\w*)"
    # An agent who only speaks is none.
    return (
        (re.compile("|".join(forms)), "one"),
        (re.compile(rf"\b(?:{agent}) {between}(?:{words['agent']})\b{hurt}"), "agents"),
    )


def _english(words: Mapping[str, str]) -> Sequence[str]:
    person, kin, fared = words["person"], words["kin"], rf"(?= (?:{words['fared']}))"
    ordinal = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    return (
        rf"\b(?:an?|one|another|(?:a|the) (?:single|sole|{ordinal})) {_BETWEEN}(?:{person})\b(?!-)",
        rf"\ban? {_AGED}\b",
        (
            rf"\b(?:another|(?:a|the) (?:second|third|fourth|fifth)|the other|someone|somebody)(?: one)?"
            rf"(?: of (?:them|us|those|these))?{fared}"
        ),
        rf"\b(?:an?|another) {_BETWEEN}(?:{words['role']})(?: of the (?:caravan|march|group))?{fared}",
        rf"\b(?:my|his|her|our|their|your) (?:\w+ )?(?:{kin}){fared}",
        # A headline has no article: "Honduran migrant dies after being hit".
        (
            rf"^(?:(?:[a-z-]+ ){{0,2}}?(?:{person})|{_AGED})(?:,? \d{{1,2}},?)?(?: from [a-z]+)?"
            rf"(?= (?:{words['headline']})\b)"
        ),
        rf"\bthe (?:[a-z-]+ ){{0,2}}?(?:{person})(?: from [a-z]+(?: [a-z]+)?)?(?= (?:who )?(?:{words['fell']})\b)",
        rf"{_AT_HEAD}(?:male|female|man|woman|boy|girl|child|baby|infant|toddler|youth)(?=,? (?:\d|with |aged ))",
    )


def _spanish(words: Mapping[str, str]) -> Sequence[str]:
    person, kin, fared = words["person"], words["kin"], rf"(?= (?:{words['fared']}))"
    ordinal = "(?:primer|segund|tercer|cuart|quint|sext)[oa]?"
    return (
        (
            rf"(?<!\bni )(?<!\bsin )(?<!\bno hubo )\b(?:(?:un|una|otr[oa])(?: (?:sol[oa]|nuev[oa]|joven|pequen[oa]|"
            rf"{ordinal}))?|(?:el|la) {ordinal}) (?:{person})\b"
        ),
        rf"\b(?:uno|una|otr[oa]|(?:un|una|el|la) {ordinal})(?: (?:mas|de ell[oa]s))?{fared}",
        r"\ba (?:un[oa]|otr[oa])(?: (?:mas|de ell[oa]s))?(?= (?:lo|la|le|se l[oa]) )",
        r"\b(?:solo|solamente|unicamente|nomas) un[oa](?= (?:acept|fue|quedo|murio|sigue|firmo|subio|de ell)\w*)",
        r"\buno de (?:covid|dengue|malaria|paludismo|chikungunya|zika|neumonia|sarampion|varicela)\b",
        (
            rf"\b(?:un|una|otr[oa]) (?:presunt[oa] |joven )?(?:{words['role']})(?: \w+)?"
            rf"(?: de la (?:caravana|marcha))?{fared}"
        ),
        rf"\bun[oa] de l[oa]s \w+{fared}",
        rf"\b(?:mi|su|nuestr[oa]|tu) (?:{kin}){fared}",
        (
            rf"\b(?:se (?:desmayo|desvanecio|ahogo|enfermo)|fallecio|murio|detuvieron a|se llevaron a|golpearon a) "
            rf"(?:mi|su|nuestr[oa]) (?:{kin})\b"
        ),
        rf"\balguien{fared}",
        rf"(?:(?<=^)|(?<=[.:;] ))(?:{words['headline']}) (?:a )?(?:joven |nuev[oa] )?(?:{person})\b",
        rf"\b(?:el|la|del|al) (?:joven )?(?:{person})(?: [a-z]+)?(?= (?:que )?(?:{words['fell']})\b)",
        (
            rf"{_AT_HEAD}(?:senora?|hij[oa]|nin[oa]|bebe|joven|masculino|femenin[oa]|hombre|mujer|menor|lactante)"
            r"(?=,? (?:con |de \d|que se |embarazada|\d))"
        ),
    )
