"""Who says what: roles, never names, the verb with which they say it, and whose own words an article is."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from caravana.importers.articles.words import Speaker, Words, load_words

if TYPE_CHECKING:
    from caravana.scenario.vocabulary import Side

HEAD = 500
"""Characters in which an article says what it is."""
PRESS = "press (this article)"
_ISSUERS = ("authorities", "observer", "organisers")

_NEAR = 70
_WE = re.compile(r"we \w+|told us|\w+mos")
"""Verbs with which a text speaks of itself: ``we counted``, ``registramos``."""
_OWN = Speaker("this article", "own", re.compile(r"(?!)"))
_APPOSED = 110
_RIGHT_BEFORE = re.compile(
    r"\s*(?:that|que|por|by)?\s*"
    r"(?:the|an?|one of the|some|la|el|los|las|una?|uno de los|una de las|del?|su|sus|a)?\s*(?:[\w']+\s+){0,2}"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A speaker and a verb of saying in a sentence.

    Attributes
    ----------
    start, end
        Offsets of the verb.
    role, side
        Of the speaker; "" where the sentence does not tell (``he said``).
    verb
        As it stands.
    """

    start: int
    end: int
    role: str
    side: str
    verb: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks where nobody is quoted.

    Attributes
    ----------
    role, side
        As observations have them.
    office
        Whether it is an office of the authorities, which writes from its seat: the place in its dateline is
        not where what it reports happened.
    """

    role: str
    side: Side
    office: bool = False


def speakers(folded: str, words: Words) -> list[tuple[int, int, Speaker]]:
    """Mentions of those who may be quoted, in order; the longest name where several fit."""
    return list(_speakers(folded, words.code))


@lru_cache(maxsize=128)
def _speakers(folded: str, code: str) -> tuple[tuple[int, int, Speaker], ...]:
    """The same, kept for a while: a sentence is asked once for each of its figures."""
    words = next(w for w in load_words() if w.code == code)
    named = [(m.start(), m.end(), s) for s in words.speakers for m in s.pattern.finditer(folded)]
    named.sort(key=lambda n: (n[0] - n[1], n[0]))
    kept: list[tuple[int, int, Speaker]] = []
    for start, end, speaker in named:
        if all(end <= k[0] or start >= k[1] for k in kept):
            kept.append((start, end, speaker))
    kept.sort(key=lambda k: k[0])
    # "the NGO Pueblo sin Fronteras": the name tells more than the word before it.
    beside = {k[0] for k, after in itertools.pairwise(kept) if folded[k[1] : after[0]] == " "}
    return tuple(k for k in kept if k[0] not in beside)


_SAYS = {
    "en": (
        r"say|says|said|saying|tells?|told|puts?|counts?|counted|reports?|reported|estimates?|estimated|gives?|gave|"
        r"speaks?|spoke|talks?|talked|claims?|claimed|insists?|insisted|registered|records?|recorded|lists?|listed|saw|"
        r"confirms?|confirmed|announced|reckons?|reckoned|denies|denied|documented|logged|states?|stated|believes?|"
        r"maintains?|writes?|wrote|admits?|admitted|concedes?|conceded|swears?|swore|guess(?:es|ed)|notes?|noted|"
        r"tallied|calculates?|calculated|adds|added|acknowledged|answers?|answered|replies|replied|disputes?|disputed|"
        r"speak|offers|offered|has (?:it|them) at|had (?:it|them) at|quotes?|quoted|treated|served|fed|knows? of|"
        r"makes? it|made it|thinks?|thought|cites?|cited|alleges?|alleged|complains?|complained|declared|sees|warns?"
    ),
    "es": (
        r"(?:cont|cuent|calcul|estim|report|inform|asegur|habl|registr|manej|cifr|jur|precis|senal|afirm|consign|document|"
        r"anot|apunt|confirm|detall|indic|ubic|situ|sum|denunci|acus|contest|relat|narr|explic|agreg|declar|notific|"
        r"comunic|anunci|manifest|expres|reiter|mencion|rebaj|elev|contabiliz|cur)(?:an?|o|aron|aban?|amos|ando|ado)|"
        r"(?:sosten|atend|reconoc|admit|insist|conced|repit|repet|escrib|repart|sirv|serv|respond|resum|coincid|anad)"
        r"(?:en?|io|ieron|imos|ian?|iendo|ido)|dicen?|dicho|diciendo|dij(?:o|eron|imos|e)|conte|anote|"
        r"sostienen?|sostuv(?:o|ieron)|atienden?|atendi|atendid[oa]s?|reparti|escribo|creen?|ponen?|puso|pusieron|suben?|"
        r"subio|l[oa]s? subieron|da|dan|dio|dieron|ve|vio|vieron|lleva|llevan|tiene anotad[oa]s|echa|echan"
    ),
}
"""Verbs beside which a common noun names whoever tells; their forms, since stems alone are of other words too
(*contra*, *contingente*, *jurisdiccion*)."""
_COUNTS = {
    "en": r"(?:'s?|s') (?:own |latest |last )?(?:[a-z]+ )?(?:count|tally|lists?|figures?|estimates?|reckoning|roll|"
    r"register|notebook|books?|account|version|word)\b",
    "es": r"\b(?:cuentas?|listas?|padron|cifras?|conteos?|calculos?|registros?|recuentos?|datos?|estimaci(?:on|ones)|"
    r"version|libreta|cuaderno|palabras|boca|juicio|ojo)(?: \w+)? (?:de |del )(?:la |los |las |el |"
    r"un |una )?(?:\w+ )?$",
}
_ACCORDING = {
    "en": r"according to|per|by|in the (?:words|estimate|opinion|view|count) of|(?:estimate|count|"
    r"figure)s? (?:of|from|by)|"
    r"from|to hear|in that of",
    "es": r"segun|de acuerdo (?:con|a)|para|por|conforme a|a decir de|a juicio de|en palabras de|"
    r"en boca de|de parte de",
}
_ARTICLE = {
    "en": r"(?:the |an? |one of the |some |its |their |his |her |our |local )?(?:[a-z'-]+ ){0,2}",
    "es": r"(?:el |la |los |las |una? |un[oa] de l[oa]s |l[oa]s |sus? |al? )?(?:[a-z-]+ ){0,1}",
}


@lru_cache(maxsize=2)
def _beside(code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands after a common noun, or before it, where it names whoever tells."""
    says = _SAYS[code]
    counts = _COUNTS[code]
    after = rf"\s*[:)]|(?:[^\S\n][a-z'-]+){{0,4}}?[^\S\n](?:{says})\b|, [^.;:\"0-9]{{3,70}}?,? (?:{says})\b"
    before = rf"\b(?:{says}|{_ACCORDING[code]}),? (?:that |que |a |to )?{_ARTICLE[code]}$"
    if code == "en":
        return re.compile(rf"{counts}|{after}"), re.compile(before)
    return re.compile(after), re.compile(rf"{counts}|{before}")


def tellers(folded: str, words: Words) -> list[tuple[int, int, Speaker]]:
    """Common nouns that name whoever tells something, by the words of saying or counting beside them."""
    after, before = _beside(words.code)
    return [
        (m.start(), m.end(), s)
        for s in words.tellers
        for m in s.pattern.finditer(folded)
        if after.match(folded, m.end()) or before.search(folded, max(0, m.start() - _NEAR), m.start())
    ]


def _of_verb(verb: re.Match[str], folded: str, known: list[tuple[int, int, Speaker]]) -> Speaker | None:
    """The speaker of a verb: right after it, else before it, else in an apposition after a name."""
    before = [k for k in known if k[1] <= verb.start() and verb.start() - k[1] <= _NEAR]
    after = [k for k in known if k[0] >= verb.end()]
    gap = folded[verb.end() : after[0][0]] if after else ""
    if after and _RIGHT_BEFORE.fullmatch(gap) and not re.search(r"\bthat\b|\bque\b|\bit\b|\d", gap):
        return after[0][2]
    for start, end, speaker in reversed(before):
        between = folded[end : verb.start()]
        # A verb after a quotation or a full clause has its speaker behind it, not inside it.
        if '"' not in between and not re.search(r"[,;]\s+\w+(?:\s+\w+){4,}$", between):
            del start
            return speaker
    if (
        after
        and after[0][0] - verb.end() <= _APPOSED
        and not re.match(r"\s+(?:that|que|on|el|it|he|she|they)\b", folded[verb.end() :])
    ):
        return after[0][2]
    return None


def attributions(folded: str, words: Words) -> list[Attribution]:
    """Everybody who is quoted in a sentence, in order of the verbs.

    Parameters
    ----------
    folded
        A sentence without accents, in lower case.
    words
        Its language.
    """
    known = speakers(folded, words)
    out: list[Attribution] = []
    for verb in words.patterns["according"].finditer(folded):
        near = [k for k in known if verb.end() <= k[0] <= verb.end() + _APPOSED]
        named = near[0][2] if near else None
        out.append(_attribution(verb, named))
    elided = [m.span() for m in words.patterns["elided"].finditer(folded)]
    for verb in words.patterns["said"].finditer(folded):
        if any(a.start <= verb.start() < a.end for a in out):
            continue
        if _WE.fullmatch(verb[0]):
            teller = _of_verb(verb, folded, known) if verb[0] == "told us" else None
            out.append(_attribution(verb, teller or _OWN))
            continue
        alone = (
            not any(k[1] <= verb.start() for k in known)
            and any(start <= verb.start() < end for start, end in elided)
            and words.code == "en"
        )
        out.append(_attribution(verb, None if alone else _of_verb(verb, folded, known)))
    return sorted(out, key=lambda a: a.start)


def _attribution(verb: re.Match[str], speaker: Speaker | None) -> Attribution:
    role, side = (speaker.role, speaker.side) if speaker else ("", "")
    return Attribution(verb.start(), verb.end(), role, side, verb[0])


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
