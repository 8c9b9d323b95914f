"""Takes the names of people out of sentences: drafts have roles, never names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.articles.place_names import is_unknown_place
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_place_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caravana.importers.articles.gazetteer import Gazetteer
    from caravana.importers.articles.words import Words

HIDDEN = "[name]"
_CAPITALISED = r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñ'’]+(?:-[A-ZÁÉÍÓÚÑ][a-záéíóúüñ]+)?"
_RUN = re.compile(
    rf"{_CAPITALISED}(?:\s+(?:(?:de|del|la|las|los|y|da|van|von)\s+){{0,2}}(?:{_CAPITALISED}|[A-ZÁÉÍÓÚÑ]\.))*"
)
_CAPITALS = re.compile(r"[A-ZÁÉÍÓÚÑÜ]{3,}(?:\s+[A-ZÁÉÍÓÚÑÜ]{3,}){1,3}")
"""A name in capitals, of two words at least: a single one is an office or a town."""
_TOKEN = re.compile(r"[a-z'-]+")
_SMALL = re.compile(r"[a-záéíóúüñ'-]+(?:\s+[a-záéíóúüñ'-]+){1,2}(?=\s+$)")
_LONGEST = 80
"""Letters between which a name and a verb of saying may stand."""
_APPOSITION = r",\s+(?:an?|the|una?|el|la)\s+[^,.;:]{3,60},\s+"
_AFTER = r"according to|segun|de acuerdo (?:con|a)"
_OPENING = frozenset(
    {
        "the",
        "el",
        "la",
        "los",
        "las",
        "a",
        "an",
        "un",
        "una",
        "senora",
        "senor",
        "activist",
        "activista",
        "mr",
        "mrs",
        "ms",
        "don",
        "dona",
    }
)
_ARTICLES = frozenset({"the", "el", "la", "los", "las", "a", "an", "un", "una", "unos", "unas"})
"""Nobody's name, as in ``• An estimated 1,800 people``."""
_PARTICLE = 3
_TITLE = re.compile(r"(?:\b(?:mr|mrs|ms|dr|dra|sr|sra|lic|don|dona|father|padre|sister|hermana)\.?\s+)$")


def names_in(text: str, gazetteer: Gazetteer, words: Words) -> frozenset[str]:
    """Parts of the names of people that a whole text has: where one stands alone later, it is hidden too."""
    folded = fold(text)
    places = [(m.start(), m.end()) for m in gazetteer.pattern.finditer(folded)]
    parts: set[str] = set()
    for start, end in _names(text, folded, places, words):
        parts |= {part for part in re.findall(r"[a-z'-]+", folded[start:end]) if len(part) > _PARTICLE}
    return frozenset(parts - {place for name in gazetteer.names for place in name.split()})


def hide_names(text: str, gazetteer: Gazetteer, words: Words, *, known: frozenset[str] = frozenset()) -> str:
    """A sentence with the names of people replaced by ``[name]``.

    What counts as a name: two or more capitalised words in a row that are no place, no institution,
    no country, day or month; or one after a title.  The first word of a sentence counts only with
    another after it.  A single surname elsewhere counts if it was part of a longer name (the caller
    passes whole articles for that), stands beside a verb of saying or *according to*, or is followed by what
    somebody is and a verb of saying; beside one, a name in capitals, or in small letters after a first name, too.
    """
    folded = fold(text)
    places = [(m.start(), m.end()) for m in gazetteer.pattern.finditer(folded)]
    spans = _names(text, folded, places, words)
    spans += [m.span() for m in _capitalised(text, folded, words) if folded[m.start() : m.end()] in known]
    out: list[str] = []
    last = 0
    for start, end in sorted(spans):
        if start >= last:
            out += [text[last:start], HIDDEN]
            last = end
    out.append(text[last:])
    return "".join(out)


def _names(text: str, folded: str, places: list[tuple[int, int]], words: Words) -> list[tuple[int, int]]:
    """Where the names of people stand."""
    spans = [m.span() for m in _capitalised(text, folded, words) if _is_name(m, text, folded, places, words)]
    for start, end in _beside_saying(text, folded, words):
        name = folded[start:end]
        office = words.no_names.search(name) or any(one.pattern.search(name) for one in words.speakers)
        if not office and not any(s < end and start < e for s, e in places):
            spans.append((start, end))
    return spans


def _capitalised(text: str, folded: str, words: Words) -> Iterator[re.Match[str]]:
    """Runs of capitalised words; of ``Organizer Rosa Paz`` and ``The Rosa Paz`` what comes after the role."""
    for match in _RUN.finditer(text):
        tokens = list(_TOKEN.finditer(folded, *match.span()))
        lead = next((t.start() for t in tokens if t[0] in words.first_names), None)
        if lead is None:
            lead = next((t.start() for t in tokens if not _is_role(t[0], words)), match.start())
        if any(m.start() < lead < m.end() for m in load_place_words().region.finditer(folded, *match.span())):
            lead = match.start()
        if lead > match.start() and (rest := _RUN.match(text, lead, match.end())) is not None:
            yield rest
        else:
            yield match


def _beside_saying(text: str, folded: str, words: Words) -> Iterator[tuple[int, int]]:
    """Where names stand in capitals, or in small letters after a first name, beside a verb of saying."""
    said = words.patterns["said"].pattern
    for match in _CAPITALS.finditer(text):
        if re.match(rf"\s+(?:{said})", folded[match.end() :]) or re.search(
            rf"(?:{said})\s+$", folded[max(0, match.start() - _LONGEST) : match.start()]
        ):
            yield match.span()
    for verb in re.finditer(said, folded):
        before = _SMALL.search(text, max(0, verb.start() - _LONGEST), verb.start())
        tokens = [] if before is None else list(_TOKEN.finditer(folded, *before.span()))
        lead = next((t.start() for t in tokens[:-1] if t[0] in words.first_names), None)
        if lead is not None:
            yield lead, tokens[-1].end()


def _is_role(token: str, words: Words) -> bool:
    """Whether a capitalised word is of a role or an article: no part of a name, whatever comes after it."""
    return token in _OPENING or any(s.pattern.fullmatch(token) for s in words.speakers)


def _is_name(match: re.Match[str], text: str, folded: str, places: list[tuple[int, int]], words: Words) -> bool:
    start, end = match.span()
    name = folded[start:end]
    given = _TOKEN.match(name)
    called = given is not None and given[0] in words.first_names
    # "Luis Cordoba" is no town; "Jesus Carranza" is one, and so is "Cordoba".
    if any(s < end and start < e and not (called and s > start) for s, e in places):
        return False
    if called and " " in name:
        return True
    if name in _ARTICLES or words.no_names.search(name) or any(s.pattern.search(name) for s in words.speakers):
        return False
    calendar = "|".join([*words.table["weekdays"], *words.table["months"]])
    if re.search(rf"\b(?:{calendar})\b", name):
        return False
    if is_unknown_place(start, end, text, folded, words):
        return False
    if called:
        return True
    several = len(re.findall(_CAPITALISED, match[0])) > 1
    titled = bool(_TITLE.search(folded[:start]))
    said = words.patterns["said"].pattern
    beside = bool(re.search(rf"(?:{said}|{_AFTER})\s+$", folded[max(0, start - _LONGEST) : start])) or bool(
        re.match(rf"\s+(?:{said})", folded[end:])
    )
    # "Zelaya, a baker, said": whatever stands so is who speaks, at the head of a sentence too.
    if re.match(rf"{_APPOSITION}(?:{said})", folded[end:]):
        return True
    opens = start == 0 or text[:start].rstrip()[-1:] in {'"', "“", "«", "."}
    common = opens and not several
    return several or titled or (beside and not common)
