"""Quantities in a text: figures and number words, with how surely they are said and of what.

``about 3,000 people``, ``between 4,000 and 5,000``, ``mil 680 personas``, ``decenas de ninos``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.importers.articles.singles import single_persons
from caravana.importers.articles.words import Words, any_of, load_words

if TYPE_CHECKING:
    from caravana.scenario.vocabulary import Qualifier

_MOST = 5e7
_PLAIN = r"\d{1,3}(?:[.,'\u2019\u202f\u00a0 ]\d{3}){1,4}(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?![\d.,]*\d)"
_BEFORE = 40
_ADJECTIVES = r"(?:\s+(?:[a-z'-]+)){0,2}?"
_NO_NOUN = re.compile(
    r"[\s-]*(?:year|ano|%|per ?cent|por ciento|de cada|in (?:every )?(?:ten|\d)|out of|st\b|nd\b|rd\b|th\b|:\d|"
    r"hours?|horas?|days?|dias?|a\.m|p\.m)"
)
_ARTICLES = ("un", "una", "uno")
"""Spanish for *one* and *a*: figures only where somebody is counted."""
_AND_SOME = re.compile(r"tant[oa]s$")
"""``veintitantos``."""
_ONES = (*_ARTICLES, "one")
_NOT_ONE = re.compile(r"\b(?:no|not|ni|not a single)[\s-]$")
_AND = {
    "en": r"(?:(?<=hundred.)|(?<=thousand.)|(?<=million.))and[\s-]+|and[\s-]+(?=a[\s-]half\b)",
    "es": r"(?:(?<=nta.)|(?<=veinte.)|(?<=diez.)|(?<=mil.)|(?<=ientos.)|(?<=ientas.))y\s+",
}
"""What joins two words to one number, and not *six and seven* of one thing and another."""
_HALF = ("half",)
"""``two and a half thousand``."""
_ARE = re.compile(r"\s+(?:who |que )?(?:are|were|is|son|eran|estan|serian)\s+(?:\w+\s+){0,2}?(\w+(?: \w+)?)")
_OVER = re.compile(
    r"[\s-]+(?:y (?:tant[oa]s|pico|algo)|larg[oa]s|odd|some)\b|\s+(?:or more|o mas)\b|\+|"
    r"[\s-]+plus\b(?! (?:\d|an?\b|some\b|the\b|another\b))"
)
_AT_MOST = re.compile(
    r",?\s+(?:at (?:the )?most|or (?:fewer|less)|as a maximum|como maximo|cuando mucho|a lo mucho|a lo sumo|maximo)\b"
)
_AT_LEAST = re.compile(r",?\s+(?:at (?:the )?least|cuando menos|por lo menos|como minimo)\b")
_OR_SO = re.compile(r"\s+(?:or so|or thereabouts|o asi|mas o menos)\b")
_CODE = re.compile(
    r"\b(?:highway|carretera(?: federal)?|route|ruta|chapter|capitulo|covid-|"
    r"(?:the |el |del |al |en )?(?:day|dia|kilometro|km|kilometre|kilometer|linea|phase|fase|no\.|num\.|nr\.|"
    r"number|articulo|"
    r"article|bulletin|boletin|comunicado|update)\s*#?|(?:a|sobre|hacia|desde|pasadas|cerca de) las|"
    r"(?:cooked|meals|food|rations|breakfasts?|plates|dishes|kits|comida|raciones|platos|desayunos) (?:for|para)"
    r"(?: (?:some|about|around|unas|unos))?|de cada|in every|out of(?: every)?|"
    r"(?:father|mother|padre|madre|man|woman|boy|girl|hombre|mujer|joven|muchach[oa]|nin[oa])(?: \w+)? (?:of|aged|de))"
    r"\s*$"
)


@dataclass(frozen=True, slots=True)
class QuantityInText:
    """A quantity and its noun.

    Attributes
    ----------
    start, end
        Offsets of the qualifier's first and the noun's last character.
    low, high
        The figure; None where it is open or words have none.
    qualifier
        As observations have it.
    noun
        What kind of noun follows (a key of ``nouns`` in ``words.toml``); "" for none.
    noun_start
        Where the figure itself begins.
    """

    start: int
    end: int
    low: float | None
    high: float | None
    qualifier: Qualifier
    noun: str
    noun_start: int


@lru_cache(maxsize=4)
def grammar(code: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The patterns of a number, of a range, and of words without a figure."""
    words = next(w for w in load_words() if w.code == code)
    table = words.table
    units = "|".join(sorted(table["numbers"], key=len, reverse=True))
    times = "|".join(sorted(table["multiples"], key=len, reverse=True))
    joint = rf"(?:(?:-|\s+)(?:{_AND[code]})?)"  # "fifty - thirty of them" are two figures
    spelt = rf"(?:{units}|{times})(?:{joint}(?:{units}|{times})){{0,8}}"
    after = "|".join(rf"(?<={entry})" for entry in table["multiples"])
    number = rf"(?:{_PLAIN})(?:k\b|(?<=[.,]\d) k\b|\s*(?:{times})\b(?:\s+(?:{_PLAIN}))?)?"
    number += (
        rf"|\ba (?:hundred|thousand){joint}(?:{units})(?:{joint}(?:{units}|{times})){{0,5}}\b" if code == "en" else ""
    )
    number += rf"|\b(?:{units}) thousand, (?:{units}) hundred(?: and (?:{units}))?\b" if code == "en" else ""
    number += rf"|\b(?:{times})\s+(?:{_PLAIN})|\b(?:{spelt})(?:(?:{after})\s+(?:{_PLAIN}))?\b"
    collective = "|".join(sorted(table["collective"], key=len, reverse=True))
    whole = rf"(?:(?<!hundred)(?<!thousand)|(?![\s-](?:and[\s-])?(?:{units})\b))"  # "a hundred and twelve" goes on
    one = rf"(?:\b(?:{collective})\b{whole}(?:\s+(?:of|de))?|{number})"
    between = [
        entry.replace("{n}", rf"\$?\s?({one})").replace("{spelt}", rf"({spelt})\b") for entry in table["between"]
    ]
    spans = re.compile("|".join(rf"(?<!\w){entry}" for entry in between))
    # A dash right before a number belongs to a date or a code, unless it opens what is put in: "the caravan -400".
    return re.compile(rf"(?<![\w.,:$])(?<!\d/)(?<![^\s]-)\$?\s?({one})"), spans, any_of(table["vague"])


def value_of(text: str, words: Words) -> float | None:
    """The number that figures and words come to: ``2 mil 500`` is 2,500; None if none."""
    table = words.table
    stripped = re.sub(r"\s+(?:of|de)$", "", text.strip())
    if stripped in table["collective"]:
        return float(table["collective"][stripped])
    total = part = 0.0
    seen = False
    for token in re.findall(rf"{_PLAIN}|[a-z]+", stripped):
        if token[0].isdigit():
            part += _figure(token, words.code)
        elif token == _THOUSANDS and seen:
            part *= 1000
        elif token in table["multiples"]:
            factor = table["multiples"][token]
            if factor == 100:
                part = (part or 1.0) * factor
            else:
                total, part = total + (part or 1.0) * factor, 0.0
        elif token in table["numbers"]:
            part += table["numbers"][token]
        elif seen and token in _HALF:
            part += 0.5
        else:
            continue
        seen = True
    return total + part if seen and total + part <= _MOST else None


def ends_of(match: re.Match[str], words: Words) -> tuple[float, float] | None:
    """The ends of what the pattern of ranges matched; None where it is none."""
    first, second = (g for g in match.groups() if g is not None)
    low, high = scaled(value_of(first, words), value_of(second, words))
    by = _BY.get(re.sub(r"\s+(?:of|de)$", "", second).rsplit(maxsplit=1)[-1])
    if by and low and high and low < high / by:
        low *= by  # "two or three dozen"
    if low is None or high is None or low >= high:
        return None
    between = match[0][len(first) : -len(second)]
    if between == "-" and _one_number(first, second, words):
        return None
    if between == ", " and high > low * _BESIDE:
        return None
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if before.endswith(" by ") or (match[0].startswith("from ") and _CHANGED.search(before)):
        return None  # "it grew from 1,000 to 1,200": two figures
    return low, high


def _one_number(first: str, second: str, words: Words) -> bool:
    """Whether a dash joins the words of one number: ``three-hundred``, ``twenty-five hundred``."""
    numbers, begins = words.table["numbers"], re.split(r"[\s-]", second, maxsplit=1)[0]
    tens = numbers.get(first, 0)
    return begins in words.table["multiples"] or (tens >= 20 and tens % 10 == 0 and numbers.get(begins, 10) < 10)


_BY = {"dozen": 12, "docenas": 12, "decenas": 10, "centenares": 100, "millares": 1000}
_CHANGED = re.compile(
    r"\b(?:gr[eo]wn?|rose|risen|fell|dropped|up|down|shr[au]nk|swelled|swollen|went|gone|climbed|jumped|increased|"
    r"decreased|dwindled)(?: [a-z]+){0,2} $"
)
_BESIDE = 1.6
"""How much greater the second of two numbers may be that are said together for one: ``mil, mil doscientos``."""


def scaled(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The ends of a range; of ``4 to 5 thousand`` the first has the second's thousands, or hundreds."""
    if low is None or high is None or low >= high:
        return low, high
    for size in (1000, 100):
        alike = low * size < high <= low * size * _ALIKE
        if alike and low < _FEW and high % size == 0 and (size == 1000 or high < 1000 or _DOZEN <= low < high / size):
            return low * size, high
    return low, high


_THOUSANDS = "k"
_ALIKE = 10
_FEW = 100
_DOZEN = 11
"""From here on hundreds are counted past a thousand: ``twelve to fifteen hundred``."""


def _figure(token: str, code: str) -> float:
    """Digits with marks: a mark before three digits parts thousands, in either language."""
    if re.fullmatch(r"\d{1,3}(?:[.,'\u2019\u202f\u00a0 ]\d{3})+", token):
        return float(re.sub(r"\D", "", token))
    return float(token.replace(",", ".") if code == "es" else token.replace(",", ""))


def _qualified(before: str, words: Words) -> tuple[Qualifier, int]:
    """The qualifier that ends right before a number, and how many characters it takes."""
    best: tuple[Qualifier, int] = ("exact", 0)
    qualifiers: dict[str, Qualifier] = {
        "less_than": "less_than",
        "more_than": "more_than",
        "about": "about",
        "only": "exact",
    }
    for name, qualifier in qualifiers.items():
        for match in words.patterns[name].finditer(before):
            taken = len(before) - match.start()
            # The longer one holds: "no fewer than" has "fewer than" in it.
            if before[match.end() :].strip() in {"", "$", "an", "a", "otros", "other", "another"} and taken > best[1]:
                best = (qualifier, taken)
    return best


def _noun(after: str, words: Words) -> tuple[str, int]:
    """The kind of noun that follows a number, and where it ends."""
    if _NO_NOUN.match(after):
        return "none", 0
    if (degrees := re.match(r"\s?°?c\b", after)) is not None:
        return "celsius", degrees.end()
    # "304 are children and 27, pregnant women": the verb is left out.
    for kind in ("pregnant", "minors") if after.startswith(", ") else ():
        if (elided := words.nouns[kind].match(after, 2)) is not None:
            return kind, elided.end()
    best: tuple[int, str, int] | None = None
    for kind, pattern in words.nouns.items():
        match = re.compile(rf"\s*(?:of |de )?{_ADJECTIVES}\s*({pattern.pattern})").match(after[:60])
        if match and any(skipped in words.table["numbers"] for skipped in after[: match.start(1)].split()):
            continue  # "a un hospital cuatro mujeres": the noun is of the number between
        if match and (
            best is None or match.start(1) < best[0] or (match.start(1) == best[0] and match.end(1) > best[2])
        ):
            best = (match.start(1), kind, match.end(1))
    if best is not None and best[1] in {"people", "sexes"}:
        # "900 of them are children"
        predicate = _ARE.match(after, best[2])
        for kind in ("pregnant", "minors") if predicate else ():
            if predicate and words.nouns[kind].match(predicate[1]):
                return kind, best[2]
    return ("", 0) if best is None else (best[1], best[2])


def quantities(folded: str, words: Words) -> list[QuantityInText]:
    """The quantities of a sentence, in order; years, ages, hours and the names of roads are none.

    Parameters
    ----------
    folded
        A sentence without accents, in lower case.
    words
        Its language.
    """
    number, spans, vague = grammar(words.code)
    out: list[QuantityInText] = []
    for match in spans.finditer(folded):
        ends = ends_of(match, words)
        if ends is None:
            continue
        low, high = ends
        kind, length = _noun(folded[match.end() :], words)
        kind = "dollars" if "$" in match[0] else kind
        if kind != "none" and (kind or low >= 100):
            out.append(QuantityInText(match.start(), match.end() + length, low, high, "range", kind, match.start()))
    for match in vague.finditer(folded):
        kind, length = _noun(folded[match.end() :], words)
        before = folded[: match.start()].split()[-1:]
        if before and before[0] in words.table["numbers"]:
            continue  # "dos docenas de" has a figure
        if kind and kind != "none" and _free(out, match.start(), match.end()):
            out.append(
                QuantityInText(match.start(), match.end() + length, None, None, "more_than", kind, match.start())
            )
    for pattern, noun in single_persons(words.code):
        out += [
            QuantityInText(match.start(), match.end(), 1.0, 1.0, "exact", noun, match.start())
            for match in pattern.finditer(folded)
            if _free(out, match.start(), match.end())
        ]
    for match in number.finditer(folded):
        single = _single(folded, match, words)
        if single is not None and _free(out, match.start(1), match.end(1)):
            out.append(single)
    return sorted(out, key=lambda q: q.start)


def _free(taken: list[QuantityInText], start: int, end: int) -> bool:
    return all(end <= q.noun_start or start >= q.end for q in taken)


def _single(folded: str, match: re.Match[str], words: Words) -> QuantityInText | None:
    text, start, end = match[1], match.start(1), match.end(1)
    value = value_of(text, words)
    before = folded[max(0, start - _BEFORE) : start]
    if text in _ONES and _NOT_ONE.search(before):
        return None  # nobody
    if value is None or _CODE.search(before) or (text == "ciento" and before.endswith("por ")):
        return None
    tails: tuple[tuple[re.Pattern[str], Qualifier], ...] = (
        (_OVER, "more_than"), (_AT_LEAST, "more_than"), (_AT_MOST, "less_than"), (_OR_SO, "about"),
    )  # fmt: skip
    later, loose = next(((m, q) for p, q in tails if (m := p.match(folded, end)) is not None), (None, None))
    end = end if later is None else later.end()
    kind, length = _noun(folded[end:], words)
    if "$" in match[0] or before.rstrip().endswith("$"):
        kind, length = "dollars", length if kind == "dollars" else 0
    qualifier, taken = _qualified(before, words)
    collective = re.sub(r"\s+(?:of|de)$", "", text) in words.table["collective"]
    if _AND_SOME.search(text):
        loose = "more_than"
    if qualifier in {"exact", "about"} and (collective or loose):
        qualifier = loose or "about"
    if not kind and value < 100 and before.rstrip().endswith(",") and folded[end : end + 1] == ",":
        return None  # an age after a name
    if not kind and text in _ARTICLES:
        return None
    if kind == "none" or (not kind and re.fullmatch(r"(?:19|20)\d\d", text)):
        return None
    low = None if qualifier == "less_than" else value
    high = None if qualifier == "more_than" else value
    return QuantityInText(start - taken, end + length, low, high, qualifier, kind, start)
