"""The day that a figure is about."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.importers.articles.days.day import Day
from caravana.importers.articles.linking.frames import ADJACENT, SentenceFrame, Statement
from caravana.importers.articles.quantities import QuantityInText
from caravana.importers.articles.speakers import Attribution
from caravana.importers.articles.words import load_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.importers.articles.words import Words

_DASH = re.compile(r"\s*(?:--|[—–]|\.-|-)\s+")
_DASHED = re.compile(r"\s*[-–—]\s*")
_AGENCY = re.compile(
    r"\A(?:[^\n]*\n+){0,3}?"
    r"(?P<line>[a-z][a-z .,'-]{2,60}\([a-z][a-z /.&]{1,29}\)\s*(?:--|[—–]|\.-|-)[ \t]+)(?=[^\n]{40})"
)
_SPAN = re.compile(r"\s*(?:(?:and|to|through|until|al?|y|hasta)(?: (?:el|la))?(?: dia)?)?\s*")
_FROM = re.compile(r"(?:between|from|entre|del?|desde)(?: el)?\s*$")
_WHICH = re.compile(
    r"\b(?:caravan|group|column|contingent|march|caravana|grupo|columna|contingente|"
    r"marcha)(?: migrante)?,? (?:that|which|que)\b"
)
_WHO_LEFT = re.compile(
    r"\b(?:who|that|which|que|quienes),? (?:had |ha |han |habian? )?(?:left|set (?:out|off)|departed|started|began|"
    r"sali(?:o|eron|do)|parti(?:o|eron|do)|inici(?:o|aron|ado)|comenz(?:o|aron)|arranc(?:o|aron))\b[^.;:]*$"
)
_SINCE = re.compile(r"\b(?:since|desde)(?: (?:el|la|the|late|early))?(?: pasado)?\s*$")
_NUMBER = re.compile(r"\d|\b(?:mil|miles|thousand|hundred|hundreds)\b")
_CLAUSE = 60
_GOES_ON = re.compile(r"[ \t]*,?[ \t]+(?!by\b|por\b|de\b)[a-z0-9]")


def is_leading(folded: str, named: Day) -> bool:
    """Whether a date only begins a sentence, as ``On 25 October 2021, the caravan left``: no dateline."""
    return bool(_GOES_ON.match(folded, named.end)) and not _DASH.search(folded, named.end, named.end + 60)


def agency_line(folded: str) -> tuple[int, int] | None:
    """Where a place and an agency head a text, or the line after its title, without a date: ``MEXICO CITY (AP) --``."""
    match = _AGENCY.match(folded)
    return None if match is None else match.span("line")


def body_start(folded: str, named: Day | None) -> int:
    """Where the text after the dateline begins."""
    if named is None or is_leading(folded, named):
        agency = agency_line(folded)
        return 0 if agency is None else agency[1]
    dash = _DASH.search(folded, named.end, named.end + 60)
    return dash.end() if dash else named.end


def nearest_day(
    quantity: QuantityInText, named: Sequence[Day], said: Sequence[Attribution], folded: str, words: Words
) -> Day | None:
    """The day nearest to a quantity; days since which something goes on, and those of the saying, come last."""

    def rank(day: Day) -> tuple[bool, int]:
        when_said = any(0 <= day.start - a.end <= 12 for a in said) and len(named) > 1
        return when_said, min(abs(day.start - quantity.end), abs(quantity.start - day.end))

    # Of "from D to E" what is counted is counted up to E.
    begun = [d for n, d in enumerate(named) if is_span_start(folded, d, named[n + 1 :])]
    fit = [
        d
        for d in named
        if d not in begun
        # "a week earlier" is of the figure right before it, or of what follows it.
        and not (d.back and d.start > quantity.end + ADJACENT)
        and not (d.back and folded.startswith(" que", d.end))
        and not _in_relative(folded, quantity, d)
        and not words.patterns["since"].search(re.split(r"[.,;:]", folded[max(0, d.start - 45) : d.start])[-1])
    ]
    return min(fit, key=rank, default=None)


def _in_relative(folded: str, quantity: QuantityInText, day: Day) -> bool:
    """Whether a day is of a clause about the caravan alone: ``1,600 are left in the caravan that came on Sunday``."""
    if day.start < quantity.end:
        return False
    # "3,000 remain, down from the 4,000 who left on Saturday": the day is of those who left.
    left = _WHO_LEFT.search(folded[: day.start], quantity.end)
    if left is not None and _NUMBER.search(folded, quantity.end, left.start()):
        return True
    marks = list(_WHICH.finditer(folded, quantity.end, day.start))
    return bool(marks) and "," not in folded[marks[-1].end() : day.start]


def is_span_start(folded: str, day: Day, after: Sequence[Day]) -> bool:
    """Whether a day is the first of a span: ``from 24 to 29 October``, ``27 Oct–5 Nov``."""
    if not after:
        return False
    between = folded[day.end : after[0].start]
    return bool((_FROM.search(folded[: day.start]) and _SPAN.fullmatch(between)) or _DASHED.fullmatch(between))


def is_since(folded: str, day: Day) -> bool:
    """Whether something goes on since a day: what is counted is counted up to a later one."""
    before = folded[max(0, day.start - _CLAUSE) : day.start]
    return bool(_SINCE.search(before)) or folded.startswith(("since", "desde"), day.start)


def only_begins(folded: str, day: Day) -> bool:
    """Whether a day is told of only as the one on which something began: ``the caravan that left on Saturday``."""
    return is_since(folded, day) or bool(_WHO_LEFT.search(folded[max(0, day.start - _CLAUSE) : day.start]))


def paragraph_day(frame: SentenceFrame, before: Sequence[Statement]) -> dt.date | None:
    """The day that a paragraph's first sentence is about, if it only sets the scene: ``Monday was the worst day``."""
    opening = next((s for s in before if s.sentence.paragraph == frame.sentence.paragraph), None)
    if opening is None or opening.count is not None or len(opening.named_days) != 1:
        return None
    return opening.named_days[0].date


@lru_cache(maxsize=4)
def _loose(code: str) -> re.Pattern[str]:
    """Weeks and months named without a day."""
    months = "|".join(m for m in next(w for w in load_words() if w.code == code).table["months"])
    return re.compile(
        rf"(?<!\w)(?:(?:in|since|during) (?:19|20)\d\d(?! \w+ (?:migrants|people|persons))|"
        r"this year|last year|earlier (?:in the|this) week|"
        rf"at the (?:beginning|start|end) of the (?:week|month)|last week|this week|last weekend|last month|"
        rf"(?:in|since|during|early|"
        rf"late) (?:{months})(?:\s+\d{{4}})?)(?!\w)"
        if code == "en"
        else rf"(?<!\w)(?:(?:en|desde|durante) (?:19|20)\d\d|este ano|el ano pasado|"
        r"a (?:principios|inicios|mediados|finales) de (?:la )?semana|"
        rf"la semana pasada|esta semana|el fin de semana|el mes pasado|(?:en|desde|durante|"
        rf"de) (?:{months})(?:\s+(?:de|del)?\s*\d{{4}})?)(?!\w)"
    )


def periods(folded: str, code: str) -> list[tuple[int, int]]:
    """Offsets of weeks and months that a text names without a day: dates, but of no row."""
    return [match.span() for match in _loose(code).finditer(folded)]
