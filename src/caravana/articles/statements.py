"""An article as statements: who says what of which place and day, with quantities, sentence by sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from caravana.articles.counts import Count, count
from caravana.articles.dates import Day, dateline, days
from caravana.articles.gazetteer import Gazetteer, Mention
from caravana.articles.quantities import Quantity, quantities
from caravana.articles.speakers import Attribution, attributions
from caravana.articles.texts import Sentence, fold, language_of, sentences
from caravana.articles.words import Words
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.scenario.model import Side

_HEAD = 500
_DASH = re.compile(r"\s*(?:--|[—–]|\.-|-)\s+")
_PRESS = "press (this article)"
_ARTICLE = 22
_YEAR = re.compile(r"\b(?:in|en|of|de|del) ((?:19|20)\d\d)\b")
_Previous = tuple[str, str]
_HARM = {"dead", "injured"}


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says, with a quantity or without.

    Attributes
    ----------
    sentence
        Where it stands.
    text
        The sentence.
    count
        What is counted; None for a statement without a quantity.
    role, side
        Of the speaker.
    verb
        The verb of saying; "" for the article's own voice.
    date
        The day it is about.
    place
        The place it is about; "" for none.
    mentions, named_days
        Places and days of the sentence, offsets within it.
    kind
        ``count``; ``position`` (the caravan sleeps or arrives at the place); ``claim`` (somebody says
        it); ``plain`` (nobody in particular does: of use only if it is garbled).
    """

    sentence: Sentence
    text: str
    count: Count | None
    role: str
    side: Side
    verb: str
    date: dt.date
    place: str
    mentions: tuple[Mention, ...]
    named_days: tuple[Day, ...]
    kind: str = "claim"


@dataclass(frozen=True)
class Article:
    """An article read: its language, when and where it was written, and what it states."""

    language: str
    published: dt.date
    dateline: Day | None
    place: str
    role: str
    side: Side
    sentences: tuple[Sentence, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is found in a sentence before it is known what it states."""

    sentence: Sentence
    text: str
    folded: str
    mentions: tuple[Mention, ...]
    named_days: tuple[Day, ...]
    said: tuple[Attribution, ...]

    def state(
        self, item: Count | None, speaker: tuple[str, Side, str], *, date: dt.date, place: str, kind: str
    ) -> Statement:
        """A statement of the sentence."""
        role, side, verb = speaker
        return Statement(
            self.sentence, self.text, item, role, side, verb, date, place, self.mentions, self.named_days, kind
        )


@dataclass(frozen=True)
class _Setting:
    """What holds for a whole article."""

    words: Words
    gazetteer: Gazetteer
    published: dt.date
    place: str
    role: str
    side: Side
    origin: str


def _body_start(folded: str, named: Day | None) -> int:
    """Where the text after the dateline begins."""
    if named is None:
        return 0
    dash = _DASH.search(folded, named.end, named.end + 60)
    return dash.end() if dash else named.end


def _nearest_day(
    quantity: Quantity, named: Sequence[Day], said: Sequence[Attribution], folded: str, words: Words
) -> Day | None:
    """The day nearest to a quantity; days since which something goes on, and those of the saying, come last."""

    def rank(day: Day) -> tuple[bool, int]:
        when_said = any(0 <= day.start - a.end <= 12 for a in said) and len(named) > 1
        return when_said, min(abs(day.start - quantity.end), abs(quantity.start - day.end))

    fit = [
        d
        for d in named
        if not words.patterns["since"].search(re.split(r"[.,;:]", folded[max(0, d.start - 45) : d.start])[-1])
    ]
    return min(fit, key=rank, default=None)


def _place_of(item: Count, mentions: Sequence[Mention], folded: str, setting: _Setting) -> str:
    """The place a count is about: the nearest named one that is not gone to, else where the article is from."""
    if item.kind == "smuggler_fee":
        return ""
    if item.kind == "km_cumulative":
        return setting.place
    if item.kind == "distance":
        away = [m for m in mentions if m.start >= item.quantity.end or m.place != setting.place]
        return away[-1].place if away else setting.place
    towards = setting.words.patterns["towards"]
    fit, goals = [], []
    for mention in mentions:
        before = folded[: mention.start].rstrip()
        word = next((m for m in towards.finditer(before) if m.end() == len(before)), None)
        # "cerca de", "regreso a": of a return, the place gone to is the place.
        if word is None or item.kind == "returned":
            fit.append(mention)
        else:
            goals.append(mention)
    if item.kind == "km_day" and goals:
        return goals[-1].place  # a day's walk ends where it was walked to
    if not fit:
        return setting.place
    q = item.quantity
    best = min(fit, key=lambda m: min(abs(m.start - q.end), abs(q.start - m.end)))
    if len(fit) > 1 and setting.words.patterns["apart"].search(folded[max(0, fit[-2].start - 9) : fit[-2].start]):
        return ""
    return best.place


def _speaker(
    folded: str, quantity: Quantity | None, said: Sequence[Attribution], previous: _Previous, setting: _Setting
) -> tuple[str, Side, str]:
    """Role, side and verb of whoever gives a figure."""
    if not said:
        return setting.role, setting.side, ""
    at = quantity.start if quantity else 0
    said = [a for a in said if ";" not in folded[min(at, a.end) : max(at, a.start)]] if quantity else said
    if not said:
        return setting.role, setting.side, ""
    known = [a for a in said if a.role]
    pick = min(known or said, key=lambda a: min(abs(a.start - at), abs(a.end - at)))
    role, side = (pick.role, pick.side) if pick.role else previous
    if side in {"own", ""}:
        return setting.role, setting.side, pick.verb
    return role, cast("Side", side), pick.verb


def _counted(
    frame: _Frame, item: Count, before: Sequence[Statement], previous: _Previous, setting: _Setting
) -> Statement:
    """What a sentence states with a quantity."""
    folded, quantity, patterns = frame.folded, item.quantity, setting.words.patterns
    if item.kind == "headcount" and patterns["planned"].search(folded[: quantity.start]):
        high = quantity.low if quantity.high is None else quantity.high
        item = replace(item, quantity=replace(quantity, qualifier="planned", high=high))
    day = _nearest_day(quantity, frame.named_days, frame.said, folded, setting.words)
    date = day.date if day and item.kind != "distance" else setting.published
    place = _place_of(item, frame.mentions, folded, setting)
    again = bool(patterns["again"].search(folded if not frame.named_days else folded[:40]))
    harm = item.kind in _HARM and not frame.mentions and not frame.named_days
    last = before[-1] if before and before[-1].sentence.paragraph == frame.sentence.paragraph else None
    if last is not None and last.count is not None and (again or (harm and last.count.kind in {*_HARM, "detained"})):
        date = day.date if day else last.date
        place = place if frame.mentions else last.place
    return frame.state(
        item, _speaker(folded, quantity, frame.said, previous, setting), date=date, place=place, kind="count"
    )


def _uncounted(frame: _Frame, previous: _Previous, setting: _Setting) -> Statement:
    """What a sentence without a quantity states."""
    patterns, folded = setting.words.patterns, frame.folded
    place, kind, date = "", "claim" if frame.said else "plain", setting.published
    if frame.mentions:
        place = frame.mentions[0].place
    for mention in frame.mentions:
        stays = next((m for m in patterns["stays"].finditer(folded) if 0 <= mention.start - m.end() <= _ARTICLE), None)
        if stays and patterns["column"].search(folded[: mention.start]) and not patterns["coming"].search(folded):
            place, kind = mention.place, "position"
            if frame.named_days:
                date = min(frame.named_days, key=lambda d: abs(d.start - mention.end)).date
            break
    return frame.state(None, _speaker(folded, None, frame.said, previous, setting), date=date, place=place, kind=kind)


def _read_sentence(
    frame: _Frame, before: Sequence[Statement], previous: _Previous, setting: _Setting
) -> tuple[list[Statement], _Previous]:
    """The statements of a sentence, and its speaker for the next."""
    found = quantities(frame.folded, setting.words)
    years = {int(y) for y in _YEAR.findall(frame.folded)}
    if years and setting.published.year not in years:
        found = []  # another year's caravan
    out: list[Statement] = []
    for quantity in found:
        if any(d.start <= quantity.noun_start < d.end for d in frame.named_days):
            continue
        others = [q for q in found if q is not quantity]
        item = count(
            frame.folded,
            quantity,
            setting.words,
            others=others,
            mentions=frame.mentions,
            origin=setting.origin,
            said=bool(frame.said),
        )
        if item is not None:
            out.append(_counted(frame, item, [*before, *out], previous, setting))
    if not out:
        out.append(_uncounted(frame, previous, setting))
    known = [a for a in frame.said if a.role]
    return out, ((known[-1].role, known[-1].side) if known else previous)


def read_statements(text: str, gazetteer: Gazetteer, *, origin: str, published: dt.date | None = None) -> Article:
    """Read an article.

    Parameters
    ----------
    text
        The article.
    gazetteer
        The scenario's places.
    origin
        The place the caravan set out from.
    published
        When the article was published; its dateline tells by default.

    Raises
    ------
    caravana.errors.UsageError
        If neither tells.
    """
    folded = fold(text)
    words = language_of(folded)
    named = dateline(folded, words.code)
    date = published or (named.date if named else None)
    if date is None:
        raise UsageError(
            "the article has no dateline with a full date; say when it was published with --published DATE"
        )
    head = folded[:_HEAD]
    agency = next((a for a in words.agencies if re.search(rf"[(]\s*{a.pattern.pattern}\s*[)]", head)), None)
    end = named.start if named else _HEAD
    start = max(0, text.rfind("\n", 0, end)) if named else 0
    places = gazetteer.mentions(text[start:end].title(), folded[start:end])
    body = _body_start(folded, named)
    setting = _Setting(
        words=words, gazetteer=gazetteer, published=date, place=places[0].place if places else "",
        role=agency.role if agency else _PRESS, side="agency" if agency else "press", origin=origin,
    )  # fmt: skip
    out: list[Statement] = []
    previous, paragraph = ("", ""), -1
    cut = sentences(text, words)
    for sentence in cut:
        first = max(sentence.start, body) if sentence.start < body < sentence.end else sentence.start
        if sentence.end <= body:
            continue  # the headline and the dateline are said again in the text
        if sentence.paragraph != paragraph:
            previous, paragraph = ("", ""), sentence.paragraph
        inside, folded_inside = text[first : sentence.end], folded[first : sentence.end]
        frame = _Frame(
            replace(sentence, start=first), inside, folded_inside, tuple(gazetteer.mentions(inside, folded_inside)),
            tuple(days(folded_inside, words.code, date)), tuple(attributions(folded_inside, words)),
        )  # fmt: skip
        found, previous = _read_sentence(frame, out, previous, setting)
        out += found
    return Article(words.code, date, named, setting.place, setting.role, setting.side, tuple(cut), tuple(out))
