"""What a text holds, passage by passage: figures, places, days and those who may be quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from caravana.importers.articles.days.dates import days, has_dotted_hours
from caravana.importers.articles.days.day import Day
from caravana.importers.articles.figures import FigureInText, find_figures
from caravana.importers.articles.linking.when import body_start
from caravana.importers.articles.speakers import speakers, tellers
from caravana.importers.articles.tables.rows import kind_named, read_tables
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import Speaker

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from caravana.importers.articles.gazetteer import Gazetteer, Mention
    from caravana.importers.articles.linking.frames import Article, Statement
    from caravana.importers.articles.words import Words

_HEADING = 60
_LABEL = re.compile(r"\s*(?:[-•*·]\s*|\d{1,2}[.)]\s*)?([^:.\n\d]{2,40}?)\s*[:.]\s")
_CAPITALISED = r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñ'’]+(?:-[A-ZÁÉÍÓÚÑ][a-záéíóúüñ]+)?"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s+(?:(?:de|del|la|van|von)\s+){{0,2}}{_CAPITALISED}){{1,4}}")
_APPOSED = re.compile(r",?\s*\(?(?:[a-z0-9'-]+\s+){0,5}$")
_PARTICLE = 3
_QUOTE = re.compile(r'["“”«»]')
_OPENS = frozenset("“«")
_SAID_AFTER = 60
"""Characters after a quotation's end within which its speaker is named."""
_REACH = 60
_MOSTLY = 0.6
"""Share of a cell that its place, day or speaker fills where it says nothing else."""


@dataclass(frozen=True, slots=True)
class Quotable:
    """Somebody in a passage who may have given a figure.

    Attributes
    ----------
    start, end
        Offsets in the passage.
    side
        Of the speaker; ``own`` for the text itself.
    role
        As it is written down.
    by
        How it is known: ``role``, or ``name`` (a person whose role the text told before), or ``person`` (one whose role
        it does not tell), or ``noun`` (a common noun beside a word of saying).
    treats
        Whether the speaker treats the ill and hurt.
    """

    start: int
    end: int
    side: str
    role: str
    by: str
    treats: bool = False


@dataclass(frozen=True)
class Passage:
    """A sentence and what it holds; offsets are within it.

    Attributes
    ----------
    start, end, paragraph, index
        Where it is in the text.
    text, folded
        As it stands, and without accents in lower case.
    heading, label
        The last line that was a heading; what stands before a colon at the beginning of the passage.
    headline
        Whether it stands before the text's body.
    lead
        How many of its characters stand before the body.
    """

    start: int
    end: int
    paragraph: int
    index: int
    text: str
    folded: str
    heading: str
    label: str
    headline: bool
    lead: int
    figures: tuple[FigureInText, ...]
    mentions: tuple[Mention, ...]
    days: tuple[Day, ...]
    quotables: tuple[Quotable, ...]
    statements: dict[int, Statement] = field(default_factory=dict)
    """What the rules made of a figure, by where its number begins."""
    line: int = 0
    """Of the text, from 0."""
    cells: Mapping[int, CellOfTable] = field(default_factory=dict)
    """Of a row of a table, what its head and its row say of each figure, by where this begins."""
    quoted_by: Quotable | None = None
    """Who is named only where the quotation that goes on past the passage ends; stands at the passage's end."""


@dataclass(frozen=True)
class CellOfTable:
    """A figure of a table as entries of a list would have it, each with its span.

    Attributes
    ----------
    named
        What is counted, and the figure: ``children: 400``.
    setting
        Where, when and by whom, what is counted, and the figure: ``Huixtla, 9 Nov: 400``.
    """

    named: tuple[Passage, FigureInText]
    setting: tuple[Passage, FigureInText]
    kind: tuple[str, float] | None = None
    """What the head says is counted, and how surely."""
    place: str | None = None
    """Where its row or its column says that it was counted; "" for a sum over places."""
    day: dt.date | None = None
    """When they say that it was."""
    part: bool = False
    """Whether it is a part of the total of its row."""


def mark_text(
    text: str, folded: str, article: Article, gazetteer: Gazetteer, words: Words, named: list[Day]
) -> list[Passage]:
    """Every passage of a text with what it holds.

    Parameters
    ----------
    text, folded
        The text, and the same without accents, in lower case.
    article
        What the rules read in it.
    gazetteer
        The scenario's places.
    words
        Its language.
    named
        Every day that it names, offsets in the text.
    """
    body = body_start(folded, article.dateline)
    people = _named_people(text, words)
    stated = {s.sentence.start + s.count.quantity.noun_start: s for s in article.statements if s.count is not None}
    out: list[Passage] = []
    heading = ""
    left = list(reversed(named))
    line, at, opening = 0, 0, ""
    for n, s in enumerate(article.sentences):
        line, at = line + text.count("\n", at, s.start), s.start
        inside, low = text[s.start : s.end], folded[s.start : s.end].replace("\n", " ")
        here = []
        while left and left[-1].start < s.end:
            day = left.pop()
            here.append(replace(day, start=day.start - s.start, end=day.end - s.start))
        label = _LABEL.match(low)
        if len(low) <= _HEADING and low[-1] not in '.!?"”»':
            heading = low
        elif opening:
            heading, opening = opening, ""
        figures = tuple(find_figures(low, words, [(d.start, d.end) for d in here if not d.back]))
        if _heads_what_follows(inside):
            opening = low
        out.append(
            Passage(
                s.start, s.end, s.paragraph, n, inside, low, heading, label[1] if label else "", s.end <= body,
                max(0, min(body, s.end) - s.start),
                figures, tuple(gazetteer.mentions(inside, low)), tuple(here),
                tuple(_quotables(inside, low, words, people)),
                {f.at: stated[s.start + f.at] for f in figures if s.start + f.at in stated}, line,
            )
        )  # fmt: skip
    return _name_quoted(_in_tables(out, article, gazetteer, words, people))


def _in_tables(
    passages: list[Passage], article: Article, gazetteer: Gazetteer, words: Words, people: dict[str, Speaker]
) -> list[Passage]:
    """Passages with those that are rows of a table told by what heads them, without figures that others repeat."""

    def mark(passage: Passage, text: str, figure: FigureInText) -> tuple[Passage, FigureInText]:
        value = passage.text[figure.start : figure.end]
        whole = f"{text}: {value}" if text else value
        low, at = fold(whole), len(whole) - len(value)
        alone = replace(figure, start=at, end=len(whole), at=-1)
        entry = replace(
            passage, text=whole, folded=low, label=fold(text), lead=0, figures=(alone,), statements={},
            mentions=tuple(gazetteer.mentions(whole, low)), days=tuple(days(low, words.code, article.published)),
            quotables=tuple(_quotables(whole, low, words, people)),
        )  # fmt: skip
        return entry, alone

    def tells(cell: str) -> frozenset[str]:
        low = fold(cell)
        spans = {
            "place": [(m.start, m.end) for m in gazetteer.mentions(cell, low)],
            "day": [(d.start, d.end) for d in days(low, words.code, article.published)],
            "side": [(start, end) for start, end, _ in speakers(low, words)],
        }
        whole = _MOSTLY * len(low)
        return frozenset(what for what, at in spans.items() if at and sum(end - start for start, end in at) >= whole)

    out = list(passages)
    for n, counts in read_tables([p.text for p in passages], tells, apart=[p.headline for p in passages]).items():
        row, cells, repeated = passages[n], {}, set()
        for count in counts:
            for figure in (f for f in row.figures if count.start <= f.start and f.end <= count.end):
                entry, alone = mark(row, count.name, figure)
                named = replace(entry, mentions=(), days=(), quotables=())
                setting = mark(row, count.setting, figure)
                places, dates = {m.place for m in setting[0].mentions}, {d.date for d in setting[0].days}
                cells[figure.start] = CellOfTable(
                    (named, alone), setting, kind_named(count.name, words.heads),
                    "" if count.whole else places.pop() if len(places) == 1 else None,
                    dates.pop() if len(dates) == 1 else None, count.part,
                )  # fmt: skip
                repeated |= {figure.start} if count.repeats else set()
        figures = tuple(f for f in row.figures if f.start not in repeated)
        out[n] = replace(row, figures=figures, cells=cells, statements={})
    return out


def _name_quoted(passages: list[Passage]) -> list[Passage]:
    """Name, for each passage of a quotation, who is told of at its end.

    As in ``"We have 1,200 people. We need water," the mayor said.``
    """
    out, goes_on = list(passages), False
    waiting: list[int] = []
    for n, passage in enumerate(passages):
        if waiting and passage.paragraph != passages[waiting[-1]].paragraph:
            waiting, goes_on = [], False
        end = -1
        for mark in _QUOTE.finditer(passage.text):
            goes_on = mark[0] in _OPENS or (mark[0] == '"' and not goes_on)
            if not goes_on and waiting and end < 0:
                end = mark.end()
        if end >= 0:
            after = [q for q in passage.quotables if 0 <= q.start - end <= _SAID_AFTER and q.side != "own"]
            for at in waiting if after else ():
                length = len(out[at].text)
                out[at] = replace(out[at], quoted_by=replace(after[0], start=length, end=length))
        waiting = ([*waiting, n] if end < 0 else [n]) if goes_on else []
    return out


def _heads_what_follows(text: str) -> bool:
    """Whether a sentence only says what the next ones are about: ``DETENIDOS.`` or a question."""
    if len(text) > _HEADING:
        return False
    return text.rstrip().endswith("?") or (text.isupper() and any(letter.isalpha() for letter in text))


def all_days(folded: str, article: Article, words: Words) -> list[Day]:
    """Every date of a text; those without a figure of their own are resolved sentence by sentence."""
    out: list[Day] = []
    paragraph = -1
    last: dt.date | None = None
    dotted = has_dotted_hours(folded)
    for sentence in article.sentences:
        inside = folded[sentence.start : sentence.end].replace("\n", " ")
        last = out[-1].date if out and paragraph == sentence.paragraph else None
        paragraph = sentence.paragraph
        out += [
            replace(d, start=d.start + sentence.start, end=d.end + sentence.start)
            for d in days(inside, words.code, article.published, last, dotted_hours=dotted)
        ]
    return out


def _named_people(text: str, words: Words) -> dict[str, Speaker]:
    """Speakers by surname: ``Luis Garcia Villagran, one of the organizers`` makes ``Villagran`` one."""
    out: dict[str, Speaker] = {}
    for match in _NAME.finditer(text):
        window = fold(text[max(0, match.start() - _REACH) : match.end() + 2 * _REACH])
        at = match.start() - max(0, match.start() - _REACH)
        end = at + len(match[0])
        known = speakers(window, words)
        after = next((k for k in known if k[0] >= end), None)
        before = next((k for k in reversed(known) if k[1] <= at), None)
        speaker = None
        if before is not None and window[before[1] : at].strip() in {"", ","}:
            speaker = before[2]
        elif after is not None and window[end] == "," and _APPOSED.fullmatch(window[end : after[0]]):
            speaker = after[2]
        surname = fold(match[0].split()[-1])
        if speaker is not None and speaker.side not in {"own", "press"} and len(surname) > _PARTICLE:
            out.setdefault(surname, speaker)
    return out


def _quotables(text: str, folded: str, words: Words, people: dict[str, Speaker]) -> list[Quotable]:
    """Those who may be quoted in a passage, in order."""
    out = [Quotable(a, b, s.side, s.role, "role", s.treats) for a, b, s in speakers(folded, words)]

    def free(start: int, end: int) -> bool:
        return all(end <= q.start or start >= q.end for q in out)

    for match in re.finditer(_CAPITALISED, text):
        speaker = people.get(fold(match[0]))
        if speaker is not None and free(*match.span()):
            out.append(Quotable(*match.span(), speaker.side, speaker.role, "name", speaker.treats))
    said = words.patterns["said"].pattern
    for match in _NAME.finditer(text):
        beside = re.search(rf"(?:{said})\s+$", folded[: match.start()]) or re.match(
            rf",?\s+(?:{said})", folded[match.end() :]
        )
        if beside and free(*match.span()) and not words.no_names.search(folded[match.start() : match.end()]):
            out.append(Quotable(*match.span(), "organisers", "caravan member", "person"))
    for start, end, speaker in sorted(tellers(folded, words), key=lambda t: (t[0] - t[1], t[0])):
        if free(start, end):
            out.append(Quotable(start, end, speaker.side, speaker.role, "noun", speaker.treats))
    return sorted(out, key=lambda q: q.start)
