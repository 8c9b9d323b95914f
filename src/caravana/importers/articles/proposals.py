"""Rows proposed from a text, each with its doubt and its other readings, and every figure with what became of it."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from caravana.importers.articles.anonymise import hide_names, names_in
from caravana.importers.articles.dates import days, periods
from caravana.importers.articles.figures import FigureInText, find_figures
from caravana.importers.articles.gazetteer import build_gazetteer
from caravana.importers.articles.linking.readings import UNKNOWN_SHARE, Values, link_shares, links_of, other_readings
from caravana.importers.articles.place_names import PlaceInText, find_places
from caravana.importers.articles.plausibility import build_geography, doubts
from caravana.importers.articles.statements import read_statements
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words
from caravana.scenario.model import ObservationKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.importers.articles.dates import Day
    from caravana.importers.articles.gazetteer import Gazetteer
    from caravana.importers.articles.linking.frames import Article, Statement
    from caravana.importers.articles.words import Words
    from caravana.scenario.model import Scenario

KINDS = frozenset(get_args(ObservationKind))
MOST_READINGS = 3
_NEAR = 12
_PART = 0.12
"""Headcounts below this share of a text's greatest are of a part of the caravan."""
_LEFT = re.compile(r"\b(?:remain\w*|left|quedan?|quedaban|siguen|restan|apenas|barely|only|solo|still)\b")
_SUMS = re.compile(
    r"\b(?:bringing|brought|taking|raising) the total|con lo que (?:suman|ya)|para (?:sumar|un total)|"
    r"a total of|un acumulado|que se suman a\b"
)
_THAT_DAY = re.compile(
    r"\b(?:on that day alone|in (?:one|a single) day|that day|ese dia|en un solo dia|tan solo (?:hoy|ayer))\b[^.;]*$"
)
_LESS = re.compile(
    r"\b(?:redu[cj]\w+|shrunk|down|cut|cayo|bajo|dwindled|fallen)\b(?:\s+\S+){0,3}?\s+(?:a|to|"
    r"by)?\s*(?:casi |nearly |about |almost )?(?P<share>la mitad|half|un tercio|a third)"
)
_SHARES = {"la mitad": 0.5, "half": 0.5, "un tercio": 1 / 3, "a third": 1 / 3}


@dataclass(frozen=True)
class Proposal:
    """A row that a text seems to hold.

    Attributes
    ----------
    start, end
        Offsets of the words in the text.
    find, sentence
        The words and their sentence, names of persons taken out.
    speaker
        The role of whoever says so.
    caravan
        ``this``, or ``another``.
    part
        Whether it is of a part of the caravan.
    readings
        Up to three, the likeliest first.
    doubt
        Share of such links that were wrong on the texts for rules.
    flags
        What contradicts the scenario's geography or calendar, in words.
    """

    start: int
    end: int
    find: str
    sentence: str
    speaker: str
    caravan: str
    part: bool
    readings: tuple[Values, ...]
    doubt: float
    links: dict[str, str]
    flags: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The proposal as JSON has it."""
        first = self.readings[0].as_json()
        return first | {
            "find": self.find, "start": self.start, "end": self.end, "caravan": self.caravan, "part": self.part,
            "speaker": self.speaker, "sentence": self.sentence, "doubt": self.doubt,
            "readings": [r.as_json() for r in self.readings], "links": self.links, "flags": list(self.flags),
        }  # fmt: skip


@dataclass(frozen=True)
class TextReading:
    """A text read: every figure, place and date with offsets, and the rows proposed."""

    article: Article
    figures: tuple[tuple[FigureInText, str, str], ...]
    places: tuple[tuple[PlaceInText, str], ...]
    dates: tuple[tuple[Day, str], ...]
    proposals: tuple[Proposal, ...]
    periods: tuple[tuple[int, int, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The reading as JSON has it."""
        return {
            "language": self.article.language,
            "published": self.article.published.isoformat(),
            "proposals": [p.as_json() for p in self.proposals],
            "figures": [
                {
                    "find": find, "start": f.start, "end": f.end, "low": f.low, "high": f.high,
                    "qualifier": f.qualifier, "what": f.what, "became": became,
                }
                for f, find, became in self.figures
            ],
            "places": [
                {"find": find, "start": p.start, "end": p.end, "place": p.place or None, "known": bool(p.place)}
                for p, find in self.places
            ],
            "dates": [
                {"find": find, "start": d.start, "end": d.end, "date": d.date.isoformat()} for d, find in self.dates
            ]
            + [{"find": find, "start": a, "end": b, "date": None} for a, b, find in self.periods],
        }  # fmt: skip


def propose(text: str, scenario: Scenario, *, published: dt.date | None = None) -> TextReading:
    """Find every figure, place and date of a text, and propose the rows that it seems to hold.

    Parameters
    ----------
    text
        The text, English or Spanish.
    scenario
        Its places, roads and days are what the text is read against.
    published
        When it was published; its dateline tells by default.

    Raises
    ------
    caravana.errors.UsageError
        If the text has no dateline with a full date and `published` is not given.
    """
    gazetteer, geography = build_gazetteer(scenario), build_geography(scenario)
    article = read_statements(
        text, gazetteer, origin=geography.origin, published=published, start=scenario.start, road=geography.km
    )
    words = next(w for w in load_words() if w.code == article.language)
    folded = fold(text)
    named_days = _all_days(folded, article, words)
    figures = _all_figures(folded, article, words, named_days)
    names: frozenset[str] = frozenset()
    for s in article.sentences:
        names |= names_in(text[s.start : s.end], gazetteer, words)

    def shown(piece: str) -> str:
        return hide_names(piece, gazetteer, words, known=names)

    proposals: list[Proposal] = []
    for n, statement in enumerate(article.statements):
        if not _is_row(statement):
            continue
        flags = doubts(statement, article, geography, words)
        proposals.append(_proposal(statement, article.statements[:n], article, words, text, shown, flags))
    proposals = _without_parts([*proposals, *_shrunk(article, text, shown)], folded)
    proposals.sort(key=lambda p: p.start)
    known = [(s.sentence.start + s.count.quantity.noun_start, s) for s in article.statements if s.count]
    return TextReading(
        article,
        tuple((f, shown(text[f.start : f.end]), _became(f, proposals, known)) for f in figures),
        tuple((p, text[p.start : p.end]) for p in _all_places(text, folded, article, gazetteer, words)),
        tuple((d, text[d.start : d.end]) for d in named_days),
        tuple(proposals),
        tuple(
            (a, b, text[a:b])
            for a, b in periods(folded, words.code)
            if all(b <= d.start or a >= d.end for d in named_days)
        ),
    )


def _without_parts(proposals: list[Proposal], folded: str) -> list[Proposal]:
    """Proposals without headcounts of a small part of those who walk, and papers of one day beside their sum."""

    def size(p: Proposal) -> float:
        first = p.readings[0]
        return first.low or first.high or 0.0

    most = max((size(p) for p in proposals if p.readings[0].kind == "headcount" and p.caravan == "this"), default=0.0)
    out = []
    for p in proposals:
        kind = p.readings[0].kind
        if kind == "headcount" and 0 < size(p) < _PART * most and not _LEFT.search(folded[p.start - 40 : p.end + 40]):
            continue
        after = folded[p.end : p.end + 90].split(".", maxsplit=1)[0]
        if kind == "accepted_papers_cumulative" and (
            _SUMS.search(after) or _THAT_DAY.search(folded[max(0, p.start - 60) : p.start])
        ):
            continue
        out.append(p)
    return out


def _is_row(statement: Statement) -> bool:
    """Whether a statement is a row of this caravan, or of another."""
    if statement.kind == "position":
        return True
    if statement.kind != "count" or statement.count is None or statement.count.kind not in KINDS:
        return False
    return statement.context in {"", "another"}


def _all_days(folded: str, article: Article, words: Words) -> list[Day]:
    """Every date of a text; those without a figure of their own are resolved sentence by sentence."""
    out: list[Day] = []
    paragraph = -1
    for sentence in article.sentences:
        inside = folded[sentence.start : sentence.end].replace("\n", " ")
        last = out[-1].date if out and paragraph == sentence.paragraph else None
        paragraph = sentence.paragraph
        out += [
            replace(d, start=d.start + sentence.start, end=d.end + sentence.start)
            for d in days(inside, words.code, article.published, last)
        ]
    return out


def _all_figures(folded: str, article: Article, words: Words, named: Sequence[Day]) -> list[FigureInText]:
    """Every figure of a text, sentence by sentence, so that time grows with length only."""
    out: list[FigureInText] = []
    dates = [(d.start, d.end) for d in named if not d.back]
    for sentence in article.sentences:
        start, end = sentence.start, sentence.end
        spans = []
        while dates and dates[0][0] < end:
            a, b = dates.pop(0)
            spans.append((a - start, b - start))
        inside = find_figures(folded[start:end].replace("\n", " "), words, spans)
        out += [replace(f, start=f.start + start, end=f.end + start) for f in inside]
    return out


def _all_places(text: str, folded: str, article: Article, gazetteer: Gazetteer, words: Words) -> list[PlaceInText]:
    """Every name of a place of a text, sentence by sentence."""
    out: list[PlaceInText] = []
    for sentence in article.sentences:
        start, end = sentence.start, sentence.end
        inside = find_places(text[start:end], folded[start:end], gazetteer, words)
        out += [replace(p, start=p.start + start, end=p.end + start) for p in inside]
    return out


def _became(figure: FigureInText, proposals: Sequence[Proposal], known: Sequence[tuple[int, Statement]]) -> str:
    """What became of a figure: the number of its proposal, or why there is none."""
    at = bisect.bisect_left([p.start for p in proposals], figure.end)
    for n in range(max(0, at - _NEAR), at):
        if figure.start < proposals[n].end and proposals[n].readings[0].kind != "position":
            return f"proposal {n + 1}"
    at = bisect.bisect_left(known, figure.start, key=lambda k: k[0])
    statement = known[at][1] if at < len(known) and known[at][0] < figure.end else None
    if statement is not None and statement.count is not None:
        return statement.context or statement.count.kind
    return figure.what if figure.what != "people" else "no row"


def _proposal(
    statement: Statement, before: Sequence[Statement], article: Article, words: Words, text: str, shown: Any,
    flags: tuple[str, ...],
) -> Proposal:  # fmt: skip
    item, at = statement.count, statement.sentence.start
    if item is None:
        first = Values("position", None, None, "exact", statement.place, statement.date, statement.side)
        mention = next((m for m in reversed(statement.mentions) if m.place == statement.place), None)
        start, end = (at, statement.sentence.end) if mention is None else (at + mention.start, at + mention.end)
    else:
        q, factor = item.quantity, item.factor
        low, high = (None if x is None else x * factor for x in (q.low, q.high))
        first = Values(item.kind, low, high, q.qualifier, statement.place, statement.date, statement.side)
        start, end = at + q.start, at + q.end
    links = links_of(statement, article, words)
    shares = {field: link_shares().get(link, UNKNOWN_SHARE) for field, link in links.items()}
    sure = 1.0
    for share in shares.values():
        sure *= share
    if flags:
        sure *= UNKNOWN_SHARE
    return Proposal(
        start, end, shown(text[start:end]), shown(statement.text), statement.role,
        "another" if statement.context == "another" else "this", first.kind == "headcount_part",
        (first, *other_readings(first, statement, before, article, words, shares)), round(1.0 - sure, 3), links, flags,
    )  # fmt: skip


def _shrunk(article: Article, text: str, shown: Any) -> list[Proposal]:
    """Rows of ``it had 4,000 and has shrunk to half``: the share of the peak told of in the same sentence."""
    out = []
    for statement in article.statements:
        if statement.context != "peak" or statement.count is None:
            continue
        less = _LESS.search(fold(statement.text))
        top = statement.count.quantity.low or statement.count.quantity.high
        if less is None or top is None:
            continue
        size = top * _SHARES[less["share"]]
        start = statement.sentence.start + less.start("share")
        values = Values("headcount", size, size, "about", statement.place, statement.date, statement.side)
        out.append(
            Proposal(
                start, start + len(less["share"]), text[start : start + len(less["share"])], shown(statement.text),
                statement.role, "this", part=False, readings=(values,), doubt=UNKNOWN_SHARE,
                links={"kind": "kind:share"}, flags=(),
            )
        )  # fmt: skip
    return out
