"""Places that a text names, from the scenario's own gazetteer, accents folded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_place_words, load_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.scenario.model import Scenario

_BESIDE = re.compile(
    r"(?:\b(?:in|at|near|from|to|into|through|reached|entered|entering|leaving|left|towards?|of|town of|"
    r"en|a|desde|hacia|por|cerca de|de|municipio de|pueblo de)\s+)$"
)


_ROAD = re.compile(r"[-–][a-z]|\s+(?:highway|road|stretch)\b|\s+roja\b")
_WITHIN = re.compile(
    r",? (?:in |en |del |of )?(?:the |el )?(?:municipality|municipio|municipal district|jurisdiction)(?: of| de) "
)
_BEFORE = re.compile(r"([a-z'-]+)\s+$")


def _after_given_name(text: str, folded: str, start: int, given: frozenset[str]) -> bool:
    """Whether the word before a name of a place is somebody's given name: ``Carlos Córdoba``."""
    before = _BEFORE.search(folded[:start])
    return before is not None and before[1] in given and text[before.start(1)].isupper()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text."""

    start: int
    end: int
    place: str


@dataclass(frozen=True)
class Gazetteer:
    """Names of a scenario's places.

    Attributes
    ----------
    pattern
        Any of the names.
    names
        Place id by folded name.
    common
        Names that are also words or other places: taken only after a word such as `in`.
    """

    pattern: re.Pattern[str]
    names: Mapping[str, str]
    common: frozenset[str] = frozenset()

    def mentions(self, text: str, folded: str) -> list[Mention]:
        """Places named in a sentence, in order; a name must begin with a capital."""
        out: list[Mention] = []
        given = load_words()[0].first_names
        for match in self.pattern.finditer(folded):
            name = re.sub(r"[\s–—-]+", " ", match[0])
            if not text[match.start()].isupper():
                continue
            named = _BESIDE.search(folded[: match.start()]) or _WITHIN.match(folded, match.end())
            if name in self.common and not named:
                continue
            if _ROAD.match(folded, match.end()) or _after_given_name(text, folded, match.start(), given):
                continue
            if out and _WITHIN.fullmatch(folded, out[-1].end, match.start()):
                continue  # "La Lima, municipality of Juan Rodríguez Clara"
            out.append(Mention(match.start(), match.end(), self.names[name]))
        return out


def _aliases(name: str, place_id: str) -> list[str]:
    """Names a place goes by: its own, without what is in brackets, without `de ...`, and its id's words."""
    folded = re.sub(r"[–—-]", " ", fold(name))
    plain = re.sub(r"\s*\(.*?\)", "", folded)
    inside = re.findall(r"\((.*?)\)", folded)
    named_after = plain.split()
    if len(named_after) > 2 and named_after[0] in load_words()[0].first_names:
        inside = [*inside, " ".join(named_after[1:])]  # "Juan Rodríguez Clara" is Rodríguez Clara
    short = re.sub(r"^(?:heroica|colonia|villa de|ciudad de)\s+", "", plain)
    before = re.split(r"\s+de\s+|,", short)[0]
    named = [folded, plain, short, *inside, place_id.replace("-", " ")]
    if len(before) > 4 and not re.match(
        r"(?:san|santa|santo|villa|rancho|lomas|fraccionamiento|ampliacion|centro|bosques|ex)\b", before
    ):
        named.append(before)
    return [n.strip() for n in named if len(n.strip()) > 3]


def build_gazetteer(scenario: Scenario) -> Gazetteer:
    """The gazetteer of a scenario: names of places, then of municipalities, larger places first."""
    names: dict[str, str] = {}
    by_size = sorted(scenario.places, key=lambda p: -(p.population or 0))
    # A place's own id is its best name: "tapanatepec", "matias romero".
    for place in by_size:
        names.setdefault(place.id.replace("-", " "), place.id)
    for place in by_size:
        for alias in _aliases(place.name, place.id):
            names.setdefault(alias, place.id)
    for place in by_size:
        if place.municipality:
            names.setdefault(fold(place.municipality), place.id)
    # A state that is one city goes by its name: its destination, or else its largest place.
    cities = {fold(p.state): p.id for p in reversed(by_size) if fold(p.state).startswith("ciudad ")}
    cities |= {fold(p.state): p.id for p in by_size if p.kind == "destination" and fold(p.state) in cities}
    for city, place_id in cities.items():
        names.setdefault(city, place_id)
    words = load_place_words()
    for exonym, own in words.exonyms.items():
        if own in names:
            names.setdefault(exonym, names[own])
    for name in ("", *words.never):
        names.pop(name, None)
    ordered = sorted(names, key=len, reverse=True)
    joined = "|".join(re.escape(n).replace(r"\ ", r"[\s–—-]+") for n in ordered)
    return Gazetteer(re.compile(rf"(?<!\w)(?:{joined})(?!\w)"), names, words.common)
