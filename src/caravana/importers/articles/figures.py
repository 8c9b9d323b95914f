"""Every figure of a text, whatever it counts: digits, words, ranges, shares, with offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.importers.articles.quantities import ends_of, grammar, quantities, value_of
from caravana.importers.articles.words import Words, any_of, thing_words

if TYPE_CHECKING:
    from caravana.scenario.vocabulary import Qualifier

_AFTER = 40
_BEFORE = 30
_CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3])(?::[0-5]\d|h[0-5]\d)(?!\d)(?:\s*(?:hrs?|horas|[ap]\.?m\.?))?")
_CLOCK_BARE = re.compile(r"(?<![\d.,:$])0\d[0-5]\d(?![\d.,:])")
"""``0710``: an hour in a log."""
_HOUR = re.compile(r"\b(?:a|sobre|hacia|desde|pasadas|cerca de|antes de|despues de) las\s+$")
_NUMBERED = re.compile(
    r"(?:^\s*|\b(?:day|dia|kilometro|kilometre|kilometer|km|linea|phase|fase|no\.|num\.|nr\.|articulo|article|bulletin|"
    r"boletin|comunicado|update|highway|carretera|ruta|route)\s*)#?$"
)
_AFTER_NUMBER = re.compile(r"\s*[/)]\s|\.\s")
"""``1/``, ``2)``, ``3.`` at the head of an item."""
_AGED = re.compile(r",\s*$")
_AFTER_AGE = re.compile(r"\s*(?:[,.;)]|from\b|who\b|$)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERCENT = re.compile(r"\s*%")
_ADJECTIVE = r"\s*(?:(?:de|of)\s+)?(?:[a-z'-]+\s+){0,1}?"
_PEOPLE = frozenset(
    {"people", "sexes", "minors", "pregnant", "patients", "detentions", "deaths", "injuries", "waiting", "one"}
)
_DISTANCES = {"km": "distance", "miles": "distance", "dollars": "money", "celsius": "temperature", "cards": "papers"}


@dataclass(frozen=True, slots=True)
class FigureInText:
    """A figure and what it seems to count.

    Attributes
    ----------
    start, end
        Offsets in the text, of the figure with its qualifier and its noun.
    low, high
        The figure; None where it is open or words have none.
    qualifier
        As observations have it.
    what
        ``people``, or ``number`` (of a day, a road, an item of a list), ``objects``, ``age``,
        ``nobody``, ``days``, ``share``, ``vehicles``, ``agents``, ``distance``, ``money``,
        ``family``, ``hour``, ``year``, ``other``.
    noun
        What kind of noun stands beside it (a key of ``nouns`` in ``words.toml``); "" for none.
    at
        Where the number itself begins; -1 where it has none.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    qualifier: Qualifier
    what: str
    noun: str = ""
    at: int = -1


@lru_cache(maxsize=4)
def _things(code: str) -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str]]:
    """What things are called, in order, and the pattern of shares."""
    things, shares = thing_words(code)
    return tuple(
        (kind, re.compile(_ADJECTIVE + r"(?:" + "|".join(entries) + r")(?!\w)")) for kind, entries in things.items()
    ), any_of(shares)


def _what(folded: str, start: int, end: int, words: Words) -> str:
    """What a figure seems to count, by the words after it."""
    after, before = folded[end : end + _AFTER], folded[max(0, start - _BEFORE) : start]
    if _PERCENT.match(after):
        return "share"
    if "$" in folded[max(0, start - 2) : start + 1]:
        return "money"
    things, _ = _things(words.code)
    for kind, pattern in things:
        if pattern.match(after):
            if kind == "age" and words.code == "es" and re.search(r"\b(?:hace|en|durante|por)\s+$", before):
                return "days"
            return kind
    return _bare(folded[start:end], before, after, first=start == len(before))


def _bare(digits: str, before: str, after: str, *, first: bool) -> str:
    """What a figure without a noun of a thing is, by what stands about it; `first` in its passage or not."""
    if _HOUR.search(before) and re.fullmatch(r"\d{1,2}(?:\.\d\d)?", digits):
        return "hour"
    if _YEAR.fullmatch(digits):
        return "year"
    named = _NUMBERED.search(before)
    if named and digits.isdigit() and (named[0].strip(" #") or (first and _AFTER_NUMBER.match(after))):
        return "number"
    if digits.isdigit() and len(digits) < 3 and _AGED.search(before) and _AFTER_AGE.match(after):
        return "age"
    return "other"


def find_figures(folded: str, words: Words, days: list[tuple[int, int]]) -> list[FigureInText]:
    """Every figure of a text, in order.

    Parameters
    ----------
    folded
        The text without accents, in lower case.
    words
        Its language.
    days
        Spans of dates: their numbers are no figures.
    """
    out: list[FigureInText] = []

    def free(start: int, end: int) -> bool:
        return all(end <= f.start or start >= f.end for f in out)

    number, spans, vague = grammar(words.code)
    _, shares = _things(words.code)
    parts = list(shares.finditer(folded))
    ranges = [(m, ends) for m in spans.finditer(folded) if (ends := ends_of(m, words)) is not None]
    for q in quantities(folded, words):
        if any(m.start() <= q.noun_start < m.end() for m in parts):
            continue
        if q.qualifier != "range" and any(m.start() <= q.noun_start < m.end() for m, _ in ranges):
            continue
        if any(a <= q.noun_start < b for a, b in days):
            continue
        what = "people" if q.noun in _PEOPLE else _DISTANCES.get(q.noun, q.noun)
        what = what or _what(folded, q.noun_start, q.end, words)
        out.append(FigureInText(q.start, q.end, q.low, q.high, q.qualifier, what, q.noun, q.noun_start))
    out += [FigureInText(m.start(), m.end(), None, None, "about", "share") for m in parts if free(m.start(), m.end())]
    out += [
        FigureInText(m.start(), m.end(), None, None, "exact", "hour")
        for m in [*_CLOCK.finditer(folded), *_CLOCK_BARE.finditer(folded)]
        if free(m.start(), m.end())
    ]
    for match, (low, high) in ranges:
        taken = any(a < match.end() and match.start() < b for a, b in days)
        if not taken and free(match.start(), match.end()):
            what = _what(folded, match.start(), match.end(), words)
            out.append(FigureInText(match.start(), match.end(), low, high, "range", what))
    for name, what, size in (("pair", "people", 2.0), ("nobody", "nobody", 0.0)):
        out += [
            FigureInText(m.start(), m.end(), size, size, "exact", what, "", m.start())
            for m in words.patterns[name].finditer(folded)
            if free(m.start(), m.end())
        ]
    alone = [f for f in out if f.noun == "one"]
    for match in number.finditer(folded):
        start, end = match.span(1)
        if any(a < end and start < b for a, b in days):
            continue
        if not free(start, end):
            # "a 16-year-old boy" is one person, and an age.
            if any(f.start < start < f.end for f in alone) and _what(folded, start, end, words) == "age":
                age = value_of(match[1], words)
                out.append(FigureInText(start, end, age, age, "exact", "age"))
            continue
        value = value_of(match[1], words)
        if value is not None and match[1] not in _ARTICLES and not folded[:start].endswith("por "):
            out.append(FigureInText(start, end, value, value, "exact", _what(folded, start, end, words)))
    out += [
        FigureInText(m.start(), m.end(), None, None, "more_than", "other")
        for m in vague.finditer(folded)
        if free(m.start(), m.end())
    ]
    out += [f for f in _single_things(folded, words) if free(f.start, f.end)]
    return sorted(out, key=lambda f: f.start)


def _single_things(folded: str, words: Words) -> list[FigureInText]:
    """Days, vehicles and relatives told of alone: ``a week``, ``un autobus``; not ``400 a day``."""
    things = [(kind, pattern) for kind, pattern in _things(words.code)[0] if kind in _ALONE]
    out = []
    for article in _ARTICLE.finditer(folded):
        for kind, pattern in things:
            if (match := pattern.match(folded, article.end())) is not None:
                out.append(FigureInText(article.start(), match.end(), 1.0, 1.0, "exact", kind, "", article.start()))
                break
    return out


_ALONE = ("days", "vehicles", "family")
_ARTICLE = re.compile(r"(?<!\d )\b(?:an?|una?)(?= )")
_ARTICLES = frozenset({"un", "una", "uno"})
"""Spanish for *one* and *a*: figures only where somebody is counted."""
