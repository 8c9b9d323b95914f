"""Names of places in a text: those of the scenario, those of the region, and names that no list has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.articles.words import load_place_words

if TYPE_CHECKING:
    from caravana.importers.articles.gazetteer import Gazetteer
    from caravana.importers.articles.words import Words

_CAPITAL = r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñA-ZÁÉÍÓÚÑ'’]+"
_RUN = re.compile(rf"(?<!\w){_CAPITAL}(?:\s+(?:(?:de|del|la|las|los|el|y|of|the)\s+){{0,2}}{_CAPITAL})*")
_LINE = re.compile(
    rf"(?m)^\s*({_CAPITAL}(?:\s+(?:(?:de|del|la|las|los|el)\s+){{0,2}}{_CAPITAL}){{0,4}})\s*(?:,|\.-|\(|[—–])"
)
_SAYS = 3


@dataclass(frozen=True, slots=True)
class PlaceInText:
    """A name of a place: offsets, and its id; "" for one that the scenario does not have."""

    start: int
    end: int
    place: str


def find_places(text: str, folded: str, gazetteer: Gazetteer, words: Words) -> list[PlaceInText]:
    """Every name of a place in a text, in order.

    Parameters
    ----------
    text, folded
        The text, and the same without accents, in lower case.
    gazetteer
        The scenario's places.
    words
        The text's language.
    """
    out = [PlaceInText(m.start, m.end, m.place) for m in gazetteer.mentions(text, folded)]
    lists = load_place_words()

    def free(start: int, end: int) -> bool:
        return all(end <= p.start or start >= p.end for p in out)

    spans = [m.span() for m in lists.region.finditer(folded) if text[m.start()].isupper() and free(*m.span())]
    out += [PlaceInText(start, end, "") for start, end in spans]
    spans = [m.span() for m in _RUN.finditer(text) if free(*m.span())]
    out += [PlaceInText(a, b, "") for a, b in spans if is_unknown_place(a, b, text, folded, words)]
    for match in _LINE.finditer(text[:600]):
        start, end = match.span(1)
        named = _no_place(folded[start:end], words)
        if (
            free(start, end)
            and not named
            and (match[1].isupper() or re.match(r",\s+(?:Chis|Oax|Ver|Mex|M[ée]x)", text[end:]))
        ):
            out.append(PlaceInText(start, end, ""))
    return sorted(out, key=lambda p: p.start)


def _no_place(name: str, words: Words) -> bool:
    """Whether a capitalised name is of an institution, a speaker, a day, a month or a person."""
    first = name.split(maxsplit=1)[0]
    calendar = "|".join([*words.table["weekdays"], *words.table["months"]])
    return bool(
        first in words.first_names
        or words.no_names.search(name)
        or any(s.pattern.search(name) for s in words.speakers)
        or re.search(rf"\b(?:{calendar})\b", name)
    )


def is_unknown_place(start: int, end: int, text: str, folded: str, words: Words) -> bool:
    """Whether a capitalised name is of a place that no list has: ``in Villa Hermosa Alta``, ``San Marcos Viejo``."""
    lists = load_place_words()
    name = folded[start:end]
    near = lists.near.search(folded[max(0, start - 30) : start])
    if _no_place(name, words) or (text[start:end].isupper() and len(name) <= _SAYS + 1):
        return False
    if near is not None:
        return True
    several = " " in name
    head = name.split()[0] in lists.heads and len(name.split()[0]) > _SAYS - 1
    after = re.match(rf"\s+(?:{words.patterns['said'].pattern})", folded[end : end + 40])
    opens = start == 0 or text[:start].rstrip()[-1:] in {'"', "“", "«", ".", ":"}
    return several and head and not after and not (opens and name.split()[0] in {"los", "las", "el", "la"})
