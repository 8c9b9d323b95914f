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
_TOKEN = re.compile(r"[a-z'-]+")
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
_PARTICLE = 3
_TITLE = re.compile(r"(?:\b(?:mr|mrs|ms|dr|dra|sr|sra|lic|don|dona|father|padre|sister|hermana)\.?\s+)$")


def names_in(text: str, gazetteer: Gazetteer, words: Words) -> frozenset[str]:
    """Parts of the names of people that a whole text has: where one stands alone later, it is hidden too."""
    folded = fold(text)
    places = [(m.start(), m.end()) for m in gazetteer.pattern.finditer(folded)]
    parts: set[str] = set()
    for match in _capitalised(text, folded, words):
        if _is_name(match, text, folded, places, words):
            parts |= {
                part for part in re.findall(r"[a-z'-]+", folded[match.start() : match.end()]) if len(part) > _PARTICLE
            }
    return frozenset(parts - {place for name in gazetteer.names for place in name.split()})


def hide_names(text: str, gazetteer: Gazetteer, words: Words, *, known: frozenset[str] = frozenset()) -> str:
    """A sentence with the names of people replaced by ``[name]``.

    What counts as a name: two or more capitalised words in a row that are no place, no institution,
    no country, day or month; or one after a title.  The first word of a sentence counts only with
    another after it.  A single surname elsewhere counts if it was part of a longer name (the caller
    passes whole articles for that) or stands beside a verb of saying.
    """
    folded = fold(text)
    places = [(m.start(), m.end()) for m in gazetteer.pattern.finditer(folded)]
    out: list[str] = []
    last = 0
    for match in _capitalised(text, folded, words):
        name = folded[match.start() : match.end()]
        if name in known or _is_name(match, text, folded, places, words):
            out += [text[last : match.start()], HIDDEN]
            last = match.end()
    out.append(text[last:])
    return "".join(out)


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
    if words.no_names.search(name) or any(s.pattern.search(name) for s in words.speakers):
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
    beside = bool(re.search(rf"(?:{words.patterns['said'].pattern})\s+$", folded[:start])) or bool(
        re.match(rf"\s+(?:{words.patterns['said'].pattern})", folded[end:])
    )
    opens = start == 0 or text[:start].rstrip()[-1:] in {'"', "“", "«", "."}
    common = opens and not several
    return several or titled or (beside and not common)
