"""Where a text says that the caravan arrived, rested or slept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.articles.gazetteer import Mention
    from caravana.importers.articles.words import Words

_REACH = 110
STAY = {
    "en": re.compile(
        r"\b(?:\w+ed into|arriv(?:ed?|es|ing)|reach(?:ed|es|ing)|spent\b|recover(?:ed|ing)|sle(?:pt|eps?)|"
        r"camp(?:ed|s|ing)|rest(?:ed|s|ing)|stopp(?:ed|ing)|stay(?:ed|s|ing)|"
        r"bedded|settled|halted|paused|entered|walked in|made camp|set up camp|got (?:to|into|here)|"
        r"came (?:in|into|to)|pulled into|limped into|made it to|is (?:now |already )?(?:in|at)|"
        r"are (?:now |already )?(?:in|at)|was (?:now |still )?(?:in|at)|were (?:now |still )?(?:in|at)|"
        r"remain(?:ed|s)|wait(?:ed|s|ing)|walked (?:\S+ ){0,8}?(?:to|into)|marched (?:\S+ )?into)\b"
    ),
    "es": re.compile(
        r"\b(?:amanec(?:io|ieron|imos)|lleg(?:o|aron|a|an|amos)|arrib(?:o|aron|a|an)|pernoct(?:o|aron|a|an)|durm(?:io|ieron|imos)|duermen?|descans(?:o|aron|a|an|amos)|acamp(?:o|aron|a|an|amos)|permanec(?:e|en|io|ieron)|"
        r"se (?:detuv(?:o|ieron)|instal(?:o|aron|a|an)|encuentran?|qued(?:o|aron)|ubican?|asent(?:o|aron))|"
        r"pas(?:o|aron|an|amos)(?: \S+){0,2} (?:noche|jornada|dia)|entr(?:o|aron)|alcanz(?:o|aron)|"
        r"hi(?:zo|cieron) (?:escala|alto|noche)|esta(?:ba|n|ban|mos)?|sigue[n]? en|camin(?:o|"
        r"aron)(?: \S+){1,8}? hasta)\b"
    ),
}
BREAK = re.compile(
    r"[.;:!?\"“”]|\b(?:que salio|that left|who left|after leaving|since leaving|tras salir de|"
    r"luego de salir de|procedentes? de|rumbo a|bound for|heading for|on (?:its|their) way to|hacia|"
    r"towards?|con destino)\b"
)
NOT = re.compile(
    r"\b(?:will|would|plans? to|planned to|hopes? to|hoped to|expects? to|expected to|aims? to|wants? to|"
    r"intends? to|about to|could|before|until|to (?:reach|arrive|rest|camp|sleep|stop)|not|never|if|"
    r"podri\w+|preven?|planean?|esperan?|esperaban?|buscan?|pretenden?|quieren|antes de|si|no|nunca|para|"
    r"hasta que)\s*(?:\S+\s+){0,3}$"
)
WALKERS = re.compile(
    r"\b(?:caravan\w*|group|column|columna|migrants?|migrantes|walkers?|marchers?|caminantes|contingente|"
    r"grupo|they|we|people|personas|march|marcha|ellos|movilizacion|exodo|thousands|miles|hundreds?|"
    r"dozens|cientos|decenas|primer[oa]s|the first)\b"
)
OTHERS = re.compile(
    r"\b(?:another|second|new|previous) caravan|\b(?:otra|segunda|nueva) caravana|\b(?:agents?|agentes|"
    r"elementos|officers?|guardsmen|buses|autobuses|camiones|police|policias?|governor|gobernador|mayor|"
    r"alcalde\w*|"
    r"presidente|president|ambulance|ambulancia|doctors|medicos|brigad\w+|bishop|obispo|man|woman|hombre|mujer|boy|girl|joven|albergue|shelter)\b(?:\s+\S+){0,4}\s*$"
)
_PLURAL = re.compile(
    r"(?:aron|ieron|amos|imos)$|^(?:duermen|descansan|acampan|llegan|pernoctan|pasan|estan|se encuentran)\b"
)
_TO = re.compile(
    r"(?:\b(?:in|at|into|to|reached|reaching|reaches|entered|en|a|al|de|del|of|hasta|alcanzo|alcanzaron|"
    r"municipality|town|city)\s+(?:the |el |la )?)$"
)


def positions(
    folded: str, mentions: Sequence[Mention], words: Words, *, about_walkers: bool
) -> list[tuple[Mention, int]]:
    """Places where the caravan arrived, rested or slept, each with the offset of the verb.

    Parameters
    ----------
    folded
        A sentence without accents, in lower case.
    mentions
        The places it names.
    words
        Its language.
    about_walkers
        Whether the paragraph so far is about those who walk, so that a verb alone may be of them.
    """
    out: list[tuple[Mention, int]] = []
    for mention in mentions:
        window = max(0, mention.start - _REACH)
        verbs = list(STAY[words.code].finditer(folded, window, mention.start))
        if not verbs or not _TO.search(folded[: mention.start]):
            continue
        verb = verbs[-1]
        between = folded[verb.end() : mention.start]
        before = folded[max(0, verb.start() - 60) : verb.start()]
        passed = any(verb.end() <= m.start < mention.start for m in mentions)
        if passed or BREAK.search(between) or NOT.search(before) or OTHERS.search(before):
            continue
        walkers = WALKERS.search(folded[: mention.start])
        if (
            walkers
            or (about_walkers and (words.code == "en" or _PLURAL.search(verb[0])))
            or (words.code == "es" and _PLURAL.search(verb[0]))
        ):
            out.append((mention, verb.start()))
    return out
