"""By what it is told of which day a figure or a night is."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from caravana.importers.articles.linking.cues import (
    as_row,
    between_parts,
    count_of,
    crossed,
    group_of,
    stems,
    told_where,
)
from caravana.importers.articles.linking.decisions import Decision
from caravana.importers.articles.linking.when import is_since, is_span_start, only_begins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.importers.articles.days.day import Day
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.linking.trail import Trail

_PRESENT = re.compile(
    r"\b(?:is|are|has|have|es|son|hay|esta|estan|suma|suman|siguen?|quedan?|viajan?|caminan?|va|van|tiene|tienen)\b"
)
_PAST = re.compile(r"\b(?:was|were|had|fue|fueron|era|eran|habia|habian|\w{3,}(?:aron|ieron|ed))\b")
_AROUND = 60
_BEGAN = re.compile(
    r"\b(?:set (?:out|off)|start\w*|began|beginning|first day|departed|departure|left (?:with|the border|tapachula)|"
    r"who left|at first|sali\w+|partieron|parti[oa]|partida|salida|arranc\w+|inici\w+|comenz\w+|empez\w+|"
    r"primer dia|al principio|eramos|we were(?= (?:\d|about|around|some|nearly|almost|more|over)))\b"
)
_NAMED = (
    "where+far f+where f+where+m o+where m+where near near+where+f+m some+n first+where back when when+g g+where+f "
    "k+where rule rule+where+f p+where p+g clause+where+f clause+k pp a+where lead lead+f head t+when w0 w1 paren+f "
    "tell tell+near tell+g tell+some go go+where+f go+tell go+g begun begun+g begun+where+f"
)
_PUBLISHED = (
    "v some g k+some t t+some+g rule+some here+t+g s+g+t quoted+g leaves+g sleeps+g told+g tell tell+some tell+g "
    "tell+t go go+some go+tell go+g"
)
_EVE = (
    "v some g k+some t+g rule here s+g leaves+g sleeps+g sleeps+t+g leaves+sleeps+t told+g p+g pp+g tell tell+g "
    "go go+some go+tell"
)
_THERE = "v g k where+far o+where near near+g back some+g rule where+f p+g tell"
_TELLING = "v some g k+some t+some t+g here+t s+g quoted+g told+g isp"
_LEAVES = re.compile(
    r"\b(?:left|leav\w+|departed|departure|set (?:out|off)|from|sal(?:io|ieron|imos|ir|e|en|ida)|"
    r"part(?:io|ieron)|dej(?:o|aron|ar|an)|desde|procedentes?|provenientes?)\b"
)
_SLEEPS = re.compile(
    r"\b(?:slept|sleeping|spent the night|spending the night|overnight|had (?:slept|rested|stayed|camped)|nights?|"
    r"durm\w+|dormid\w+|pernoct\w+|pas(?:o|aron|ada|ado|ar) la noche|hi(?:zo|cieron) noche|anteriormente)\b"
)
_WHERE = re.compile(r"\b(?:where|a?donde|which|la que|el que)\b")
_BEFORE = 70
_WEEK = dt.timedelta(7)
_CARRIED = (
    "v at at+some at+g at+t+g when at+when+g+some at+opens at+alike at+alike+some at+pg+g+some at+quoted+alike+some k "
    "tell+at"
)
_PAST_WEEKDAY = "v where+far f+where near near+g t+where rule tell g"
_START = "v began began+some began+g g head rule"


def date_decision(
    passage: Passage, span: tuple[int, int], kind: str, trail: Trail, article: Article, rule: dt.date | None
) -> Decision:
    """The day that a figure or a night is of: one named in the passage, one told before, or that of publication."""
    folded = passage.folded
    around = folded[max(0, span[0] - _AROUND) : span[1] + _AROUND]
    parts: dict[str, Any] = {
        "v": "", "k": kind, "g": group_of(kind), "some": count_of(passage.days), "s": article.side,
        "head": passage.headline,
        "t": f"{'p' if _PRESENT.search(around) else ''}{'d' if _PAST.search(around) else ''}",
        "quoted": bool(passage.quotables), "here": trail.day is not None and trail.day[2] == passage.paragraph,
        "opens": "".join(stems(folded[:30])[:1]), "told": any(d.date < article.published for d in passage.days),
        "leaves": _LEAVES.search(folded, max(0, span[0] - _BEFORE), span[0]) is not None,
        "sleeps": _SLEEPS.search(around) is not None,
    }  # fmt: skip
    last, ago = as_row(passage, trail.last_row, "date")

    def goes_on(date: dt.date | None) -> str:
        return ago if date == last else "-"

    values: list[dt.date] = []
    own: list[tuple[str, ...]] = []
    for n, day in enumerate(passage.days):
        if is_since(folded, day) and kind != "position":
            continue  # a running total is of the day up to which it goes
        near = stems(folded[max(0, day.start - 20) : day.start])[-2:]
        named = [*stems(folded[day.start : day.end]), "", ""]
        more = {
            "n": n, "first": n == 0, "back": day.back, "when": _when(day.date, article), "rule": rule == day.date,
            "p": "".join(near[-1:]), "pp": "_".join(near), "a": "".join(stems(folded[day.end : day.end + 20])[:1]),
            "tell": day.date == trail.telling, "go": goes_on(day.date), "lead": day.start < 4,
            "w0": named[0], "w1": named[1],
            "begun": _begun(folded, day, passage.days[n + 1 :]),
        }  # fmt: skip
        stood = between_parts(passage, span, day, passage.days)
        more["clause"] = _WHERE.search(stood["piece"]) is not None
        values.append(day.date)
        own.append(tuple(crossed("day", _NAMED, parts | stood | more)))
        if day.date > article.published:
            values.append(day.date - _WEEK)  # "left on Monday and will rest until Friday": which is to come?
            own.append(tuple(crossed("week", _PAST_WEEKDAY, parts | stood | more)))
    begins = _BEGAN.search(folded)
    if article.began is not None and begins is not None:
        values.append(article.began)
        began = {"began": "".join(stems(begins[0])[:1]), "rule": rule == article.began}
        own.append(tuple(crossed("start", _START, parts | began)))
    values.append(article.published)
    ruled = {
        "rule": rule == article.published,
        "tell": trail.telling == article.published,
        "go": goes_on(article.published),
    }
    own.append(tuple(crossed("pub", _PUBLISHED, parts | ruled)))
    if trail.telling is not None:
        values.append(trail.telling)
        own.append(
            tuple(
                crossed(
                    "told", _TELLING, parts | {"isp": trail.telling == article.published, "go": goes_on(trail.telling)}
                )
            )
        )
    near = stems(folded[max(0, span[0] - 30) : span[0]])[-2:]
    before = {"p": "".join(near[-1:]), "pp": "_".join(near)}
    for name, date in _eves(passage, kind, article):
        values.append(date)
        more = {"rule": rule == date, "tell": trail.telling == date, "go": goes_on(date)}
        own.append(tuple(crossed(name, _EVE, parts | before | more)))
    for mention in passage.mentions if kind != "position" else ():
        night = next((d for place, d, _ in reversed(trail.nights) if place == mention.place), None)
        if night is not None and night < article.published:
            stood = between_parts(passage, span, mention, passage.mentions)
            more = {
                "back": bool(passage.days),
                "rule": rule == night,
                "tell": trail.telling == night,
                "go": goes_on(night),
                "p": "".join(stems(folded[max(0, mention.start - 20) : mention.start])[-1:]),
            }
            values.append(night)
            own.append(tuple(crossed("there", _THERE, parts | stood | more)))
    for name, date, index, paragraph, other in _carried(passage, trail):
        more = {"at": told_where(passage, index, paragraph), "when": _when(date, article)}
        more |= {"alike": other == kind, "pg": group_of(other), "tell": trail.telling == date}
        values.append(date)
        own.append(tuple(crossed(name, _CARRIED, parts | more)))
    return Decision("date", tuple(values), tuple(own))


def _eves(passage: Passage, kind: str, article: Article) -> list[tuple[str, dt.date]]:
    """The day before that of publication; for a night, the day before each one named, too."""
    day = dt.timedelta(1)
    out = [("eve", article.published - day)]
    if kind == "position":
        out += [("eved", d.date - day) for d in passage.days if d.date <= article.published]
    return out


def _carried(passage: Passage, trail: Trail) -> list[tuple[str, dt.date, int, int, str]]:
    """The day last named, the paragraph's first, the last row's and the last night's; where, and of what kind."""
    out = []
    if trail.day is not None:
        out.append(("last", *trail.day, ""))
    if trail.first_day is not None and trail.first_day[1] == passage.paragraph:
        out.append(("opening", trail.first_day[0], -1, passage.paragraph, ""))
    if trail.line_day is not None and trail.line_day[1] == passage.line:
        out.append(("line", trail.line_day[0], passage.index, passage.paragraph, ""))
    if (row := trail.last_row) is not None:
        out.append(("row", row.date, row.passage, row.paragraph, row.kind))
    if trail.nights:
        out.append(("night", trail.nights[-1][1], trail.nights[-1][2], -1, ""))
    return out


def _begun(folded: str, day: Day, after: Sequence[Day]) -> str:
    """Whether a day is only that of a beginning, or the first of a span: what is counted is of another."""
    return "o" if only_begins(folded, day) else "s" if is_span_start(folded, day, after) else ""


def _when(date: dt.date, article: Article) -> str:
    return "+" if date > article.published else "0" if date == article.published else "-"
