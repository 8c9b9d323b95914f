"""Rows proposed from a text, each with its doubt and its other readings, and every figure with what became of it."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from caravana.importers.articles.anonymise import hide_names, names_in
from caravana.importers.articles.counts import CountedNoun
from caravana.importers.articles.figures import FigureInText, find_figures
from caravana.importers.articles.gazetteer import build_gazetteer
from caravana.importers.articles.linking.decisions import load_weights
from caravana.importers.articles.linking.frames import Statement
from caravana.importers.articles.linking.kind_cues import KINDS
from caravana.importers.articles.linking.marks import all_days, mark_text
from caravana.importers.articles.linking.rows import by_weights, link_rows
from caravana.importers.articles.linking.when import periods
from caravana.importers.articles.linking.whole import weigh_text
from caravana.importers.articles.place_names import PlaceInText, find_places
from caravana.importers.articles.plausibility import build_geography, doubts
from caravana.importers.articles.quantities import QuantityInText
from caravana.importers.articles.readings import FLAGGED_SHARE, Values, as_displaced
from caravana.importers.articles.statements import read_statements
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import load_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.importers.articles.days.day import Day
    from caravana.importers.articles.gazetteer import Gazetteer
    from caravana.importers.articles.linking.decisions import Weights
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.rows import LinkedRow
    from caravana.importers.articles.linking.whole import KnownText, WholeText
    from caravana.importers.articles.plausibility import Geography
    from caravana.importers.articles.words import Words
    from caravana.scenario.model import Scenario
    from caravana.scenario.vocabulary import Side

_NEAR = 12
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
    flags: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The proposal as JSON has it."""
        first = self.readings[0].as_json()
        return first | {
            "find": self.find, "start": self.start, "end": self.end, "caravan": self.caravan, "part": self.part,
            "speaker": self.speaker, "sentence": self.sentence, "doubt": self.doubt,
            "readings": [r.as_json() for r in self.readings], "flags": list(self.flags),
        }  # fmt: skip


@dataclass(frozen=True)
class TextReading:
    """A text read: what it is as a whole, every figure, place and date with offsets, and the rows proposed."""

    article: Article
    figures: tuple[tuple[FigureInText, str, str], ...]
    places: tuple[tuple[PlaceInText, str], ...]
    dates: tuple[tuple[Day, str], ...]
    proposals: tuple[Proposal, ...]
    periods: tuple[tuple[int, int, str], ...] = ()
    text: str = field(default="", repr=False)
    names: frozenset[str] = field(default=frozenset(), repr=False)
    whole: WholeText | None = None

    def as_json(self) -> dict[str, Any]:
        """The reading as JSON has it."""
        return {
            "language": self.article.language,
            "published": self.article.published.isoformat(),
            "whole": {} if self.whole is None else self.whole.as_json(),
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


def propose(
    text: str,
    scenario: Scenario,
    *,
    published: dt.date | None = None,
    weights: Weights | None = None,
    known: KnownText | None = None,
) -> TextReading:
    """Find every figure, place and date of a text, and propose the rows that it seems to hold.

    Parameters
    ----------
    text
        The text, English or Spanish.
    scenario
        Its places, roads and days are what the text is read against.
    published
        When it was published; its dateline tells by default.
    weights
        Of the cues; those of the package by default.
    known
        What a person says of the text as a whole.

    Raises
    ------
    caravana.errors.UsageError
        If the text has no dateline with a full date and `published` is not given.
    """
    gazetteer, geography = build_gazetteer(scenario), build_geography(scenario)
    article = read_statements(
        text,
        gazetteer,
        origin=geography.origin,
        published=published,
        start=scenario.start,
        end=scenario.end,
        road=geography.km,
    )
    words = next(w for w in load_words() if w.code == article.language)
    folded = fold(text)
    named_days = all_days(folded, article, words)
    figures = _all_figures(folded, article, words, named_days)
    names: frozenset[str] = frozenset()
    for s in article.sentences:
        names |= names_in(text[s.start : s.end], gazetteer, words)

    def shown(piece: str) -> str:
        return hide_names(piece, gazetteer, words, known=names)

    passages = mark_text(text, folded, article, gazetteer, words, named_days)
    choose = by_weights(load_weights() if weights is None else weights)
    rows, whole = [], None
    if passages:
        whole, article = weigh_text(passages, article, words, choose, known)
        rows = link_rows(passages, article, words, choose, whole)
    proposals = [_proposal(row, article, geography, words, text, shown) for row in rows]
    proposals = sorted([*proposals, *_shrunk(article, text, shown)], key=lambda p: p.start)
    if not scenario.caravans:
        counted = [replace(p, readings=as_displaced(p.readings)) for p in proposals]
        proposals = [p for p in counted if p.readings]
        whole = whole and replace(whole, seats=whole.seats[:1])  # nobody is asked where a caravan is
    counted_at = [(s.sentence.start + s.count.quantity.noun_start, s) for s in article.statements if s.count]
    return TextReading(
        article,
        tuple((f, shown(text[f.start : f.end]), _became(f, proposals, counted_at)) for f in figures),
        tuple((p, text[p.start : p.end]) for p in _all_places(text, folded, article, gazetteer, words)),
        tuple((d, text[d.start : d.end]) for d in named_days),
        tuple(proposals),
        tuple(
            (a, b, text[a:b])
            for a, b in periods(folded, words.code)
            if all(b <= d.start or a >= d.end for d in named_days)
        ),
        text,
        names,
        whole,
    )


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
    at = 0 if figure.what == "age" else bisect.bisect_left([p.start for p in proposals], figure.end)
    for n in range(max(0, at - _NEAR), at):
        if figure.start < proposals[n].end and proposals[n].readings[0].kind != "position":
            return f"proposal {n + 1}"
    at = bisect.bisect_left(known, figure.start, key=lambda k: k[0])
    statement = known[at][1] if at < len(known) and known[at][0] < figure.end else None
    if statement is not None and statement.count is not None:
        kind = statement.count.kind
        return statement.context or (f"unlikely {kind}" if kind in KINDS else kind)
    return figure.what if figure.what != "people" else "no row"


def _proposal(row: LinkedRow, article: Article, geography: Geography, words: Words, text: str, shown: Any) -> Proposal:
    """A proposal of a row, held against the scenario's geography and calendar."""
    first, passage = row.readings[0], row.passage
    statement = _statement(row, article)
    flags = doubts(statement, article, geography, words)
    sure = row.sure * (FLAGGED_SHARE if flags else 1.0)
    return Proposal(
        row.start, row.end, shown(text[row.start : row.end]), shown(passage.text), row.role, row.caravan,
        first.kind == "headcount_part", row.readings, round(1.0 - sure, 3), flags,
    )  # fmt: skip


def _statement(row: LinkedRow, article: Article) -> Statement:
    """A row as the statement that contradictions are looked for in."""
    first, passage = row.readings[0], row.passage
    item = None
    if row.figure is not None:
        f = row.figure
        quantity = QuantityInText(f.start, f.end, first.low, first.high, f.qualifier, f.noun, f.at)
        item = CountedNoun(quantity, first.kind)
    return Statement(
        article.sentences[passage.index], passage.text, item, row.role, cast("Side", first.side), "", first.date,
        first.place, passage.mentions, passage.days, "position" if item is None else "count",
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
                statement.role, "this", part=False, readings=(values,), doubt=FLAGGED_SHARE, flags=(),
            )
        )  # fmt: skip
    return out
