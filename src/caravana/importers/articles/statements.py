"""An article as statements: who says what of which place and day, with quantities, sentence by sentence."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from caravana.errors import ScenarioError, UsageError
from caravana.importers.articles.counts import CountedNoun, count, is_among, open_next
from caravana.importers.articles.days.dates import EARLIEST, LATEST, dateline, days, has_dotted_hours
from caravana.importers.articles.linking.contexts import clause_of, context_of, is_plan
from caravana.importers.articles.linking.frames import (
    HARM,
    PERSONS,
    Article,
    ArticleSetting,
    Previous,
    SentenceFrame,
    Statement,
    last_of,
    last_position,
)
from caravana.importers.articles.linking.positions import positions
from caravana.importers.articles.linking.when import agency_line, body_start, is_leading, nearest_day, paragraph_day
from caravana.importers.articles.linking.where import place_of, written_at
from caravana.importers.articles.linking.who import speaker_beside, speaker_of, whoever_treats
from caravana.importers.articles.quantities import QuantityInText, quantities
from caravana.importers.articles.speakers import HEAD, attributions, voice_of
from caravana.importers.articles.text import fold, language_of, sentences
from caravana.importers.articles.words import load_place_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.importers.articles.gazetteer import Gazetteer

_ARTICLE = 22
_YEAR = re.compile(r"\b(?:in|en|of|de|del) ((?:19|20)\d\d)\b")
_PARTS = {"minors", "pregnant"}
_NOW = re.compile(r"\b(?:present|current|now|today|ahora|actual|hoy)\b")
_SEAT = re.compile(r"\s*[A-ZÁÉÍÓÚÑ]{4,}")
"""A dateline of a town that the scenario does not have."""
_OWN_COUNT = re.compile(r"\b(?:i|we) \w+|\bcontamos\b|\bconte\b|\bvimos\b|\bregistramos\b")
_WE_ARE = re.compile(r"\b(?:we are|we're|they are|they're|somos|eramos|son|eran)\b")
_LONG_AGO = 2
_NEAR = 4
_PARAGRAPH = 20
_FAR = 99.0
_ALIKE = 8
"""Figures for one thing differ by less than this factor; beyond it they are of different things."""


def _counted(
    frame: SentenceFrame, item: CountedNoun, before: Sequence[Statement], previous: Previous, setting: ArticleSetting
) -> Statement:
    """What a sentence states with a quantity."""
    folded, quantity, patterns = frame.folded, item.quantity, setting.words.patterns
    planned = patterns["planned"].search(folded[: quantity.start]) or is_plan(folded[: quantity.noun_start])
    if item.kind == "headcount" and planned:
        high = quantity.low if quantity.high is None else quantity.high
        item = replace(item, quantity=replace(quantity, qualifier="planned", high=high))
    first, last_end = clause_of(folded, quantity.start, quantity.end)
    frame_mentions = [m for m in frame.mentions if first <= m.start < last_end]
    split = first > 0 or last_end < len(folded)
    elsewhere = split and ";" in folded and load_place_words().region.search(folded, first, last_end) is not None
    here = frame_mentions if split and ";" in folded and (frame_mentions or elsewhere) else frame.mentions
    day = nearest_day(quantity, frame.named_days, frame.said, folded, setting.words)
    date = day.date if day and item.kind != "distance" else setting.published
    place = place_of(item, here, folded, setting, last_position(before))
    if elsewhere and not here:
        place = ""
    again = bool(patterns["again"].search(folded if not frame.named_days else folded[:40]))
    last = last_of(frame, before)
    harm = item.kind in HARM and not frame.mentions and all(d.back for d in frame.named_days)
    if again and not frame.mentions and not frame.named_days and last is not None and last.mentions:
        place = last.mentions[-1].place
    if day is None and item.kind in {*HARM, "detained"}:
        date = paragraph_day(frame, before) or date
        incident = last if last is not None and last.mentions and last.named_days and last.count is None else None
        if incident is not None and not frame.mentions:
            place, date = incident.mentions[-1].place, incident.named_days[-1].date
    elif day is None and last is not None and (_OWN_COUNT.search(folded) or item.kind == "km_day"):
        date = last.date if last.named_days and last.date <= setting.published else date
    if last is not None and last.count is not None and (again or (harm and last.count.kind in {*HARM, "detained"})):
        date = day.date if day else last.date
        # Those who went back are where they went back to; the others are not.
        place = place if frame.mentions or last.count.kind == "returned" else last.place
    elif last is not None and _same_again(last, item, frame, setting):
        # Another's figure for the same thing: of the same day and place, where none is named.
        date, place = last.date, last.place
    elif not frame.mentions and patterns["here"].search(folded) and item.kind not in {"km_cumulative", "smuggler_fee"}:
        place = next((s.place for s in reversed(before) if s.mentions and s.place), place)
    speaker = speaker_of(folded, quantity, frame.said, previous, setting)
    if item.kind == "medical_consultations" and not frame.said:
        speaker = whoever_treats(folded, quantity, setting) or speaker
    context = context_of(folded, item, date if frame.named_days else None, setting.start)
    return replace(frame.state(item, speaker, date=date, place=place, kind="count"), context=context)


def _same_again(last: Statement, item: CountedNoun, frame: SentenceFrame, setting: ArticleSetting) -> bool:
    """Whether a count without a place and a day of its own is of what was counted right before."""
    if frame.mentions or frame.named_days or last.count is None or not frame.said or _NOW.search(frame.folded):
        return False
    if item.kind == "headcount" and (setting.published - last.date).days > _LONG_AGO:
        return False
    # "Now 1,500 are left" is of now, whatever was counted before; "others say 1,900" is not.
    fresh = item.kind == "headcount" and bool(item.quantity.noun)
    return last.count.kind == item.kind and item.kind in PERSONS and not fresh


def _alike(frame: SentenceFrame, before: Sequence[Statement], quantity: QuantityInText) -> Statement | None:
    """The count of the paragraph so far that a bare figure is nearest in size to."""
    size = quantity.low or quantity.high
    counts = [
        s
        for s in before[-_PARAGRAPH:]
        if s.sentence.paragraph == frame.sentence.paragraph and s.count is not None and not s.context
    ]

    def apart(statement: Statement) -> float:
        q = statement.count.quantity if statement.count else quantity
        other = q.low or q.high
        return abs(math.log(other / size)) if other and size else _FAR

    # The later of two alike: a sentence answers the one before it.
    return min(reversed(counts), key=lambda s: round(apart(s)), default=None) if size else None


def _contrasted(
    item: CountedNoun | None, quantity: QuantityInText, frame: SentenceFrame, before: Sequence[Statement]
) -> CountedNoun | None:
    """What a bare figure of somebody else counts: the same as the figure before it in the paragraph, if of its size."""
    last = last_of(frame, before)
    if last is not None and last.count is not None and last.count.kind in _PARTS:
        last = _alike(frame, before, quantity) or last
    if last is None or last.count is None or quantity.noun or not frame.said:
        return item
    if item is not None and item.kind != "headcount":
        return item
    mine, theirs = (q.low if q.low is not None else q.high for q in (quantity, last.count.quantity))
    alike = mine is not None and theirs is not None and 0 < mine <= _ALIKE * theirs <= _ALIKE**2 * mine
    if alike and last.count.kind in PERSONS and open_next(frame.folded, quantity):
        return CountedNoun(quantity, last.count.kind)
    return item


def _uncounted(frame: SentenceFrame, previous: Previous, setting: ArticleSetting) -> Statement:
    """What a sentence without a quantity states."""
    folded = frame.folded
    kind = "claim" if frame.said else "plain"
    place = frame.mentions[0].place if frame.mentions else ""
    date = setting.published
    return frame.state(None, speaker_of(folded, None, frame.said, previous, setting), date=date, place=place, kind=kind)


def _positions(
    frame: SentenceFrame, before: Sequence[Statement], previous: Previous, setting: ArticleSetting
) -> list[Statement]:
    """Where a sentence says that the caravan arrived, rested or slept."""
    folded, words = frame.folded, setting.words
    near = [s for s in before[-_NEAR:] if s.sentence.paragraph == frame.sentence.paragraph]
    about = any(words.patterns["column"].search(fold(s.text)) for s in near)
    out: list[Statement] = []
    for mention, verb in positions(folded, frame.mentions, words, about_walkers=about or not before):
        fit = [
            d for d in frame.named_days if not words.patterns["since"].search(folded[max(0, d.start - 20) : d.start])
        ]
        past = [d for d in fit if d.date <= setting.published]
        day = min(past or fit, key=lambda d: min(abs(d.start - mention.end), abs(verb - d.end)), default=None)
        date = day.date if day else setting.published
        if day is not None and date > setting.published:
            continue
        if any(s.place == mention.place and s.date == date and s.kind == "position" for s in [*before, *out]):
            continue
        speaker = speaker_of(folded, None, frame.said, previous, setting)
        out.append(frame.state(None, speaker, date=date, place=mention.place, kind="position"))
    return out


def _of_date(quantity: QuantityInText, frame: SentenceFrame) -> bool:
    """Whether a number is a day's: no figure that something could have happened to."""
    return any(d.start <= quantity.noun_start < d.end for d in frame.named_days)


def _read_sentence(
    frame: SentenceFrame, before: Sequence[Statement], previous: Previous, setting: ArticleSetting
) -> tuple[list[Statement], Previous]:
    """The statements of a sentence, and its speaker for the next."""
    figures = quantities(frame.folded, setting.words)
    years = {int(y) for y in _YEAR.findall(frame.folded)}
    if years and setting.published.year not in years:
        figures = []  # another year's caravan
    out: list[Statement] = []
    for quantity in figures:
        if any(d.start <= quantity.noun_start < d.end for d in frame.named_days):
            continue
        others = [q for q in figures if q is not quantity and not _of_date(q, frame) and not is_among(frame.folded, q)]
        item = count(
            frame.folded,
            quantity,
            setting.words,
            others=others,
            mentions=frame.mentions,
            origin=setting.origin,
            said=bool(frame.said)
            or bool(_WE_ARE.search(frame.folded))
            or speaker_beside(frame.folded, quantity, frame.said, setting) is not None,
        )
        item = _contrasted(item, quantity, frame, [*before, *out])
        if item is not None:
            out.append(_counted(frame, item, [*before, *out], previous, setting))
    stays = _positions(frame, before, previous, setting)
    if not out and not stays:
        out.append(_uncounted(frame, previous, setting))
    out += stays
    known = [a for a in frame.said if a.role]
    return out, ((known[-1].role, known[-1].side) if known else previous)


def read_statements(
    text: str,
    gazetteer: Gazetteer,
    *,
    origin: str,
    published: dt.date | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    road: Mapping[str, float] | None = None,
) -> Article:
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
    start
        When the scenario begins: what is told of before is of another caravan.
    end
        When it ends: a dateline without a year is of its days, or of the two months after.
    road
        Km of places along the caravan's road: a dateline farther on than it can have come is of a newsroom.

    Raises
    ------
    caravana.errors.UsageError
        If neither tells.
    caravana.errors.ScenarioError
        If it was published in a year that cannot be.
    """
    folded = fold(text)
    words = language_of(folded)
    within = None if start is None else (start, end or start)
    named = dateline(folded, words.code, published=published, within=within)
    leading = named is not None and is_leading(folded, named)
    date = published or (named.date if named else None)
    if date is None:
        raise UsageError(
            "the article has no dateline with a full date; say when it was published with --published DATE"
        )
    if not EARLIEST <= date.year <= LATEST:
        raise ScenarioError(f"published {date}: expected a day of the years {EARLIEST} to {LATEST}")
    voice = voice_of(folded, words)
    agency = agency_line(folded) if leading or named is None else None
    if agency is not None:
        line, head = agency
    else:
        head = 0 if leading else named.start if named else HEAD
        line = max(0, text.rfind("\n", 0, head)) if named else 0
    # The line of the date, or else the title above it, says where the article is from.
    places = gazetteer.mentions(text[line:head].title(), folded[line:head]) or (
        gazetteer.mentions(text[:line], folded[:line])[-1:] if named else []
    )
    body = body_start(folded, named)
    setting = ArticleSetting(
        words=words, gazetteer=gazetteer, published=date,
        place=written_at(places, date, road, start) if not voice.office else "", role=voice.role, side=voice.side,
        origin=origin, start=start,
        carries=not places and not voice.office and not _SEAT.match(text[line:head]),
    )  # fmt: skip
    out: list[Statement] = []
    previous, paragraph = ("", ""), -1
    last_day: dt.date | None = None
    cut = sentences(text, words)
    dotted = has_dotted_hours(folded)
    for sentence in cut:
        first = max(sentence.start, body) if sentence.start < body < sentence.end else sentence.start
        if sentence.end <= body:
            continue  # the headline and the dateline are said again in the text
        if sentence.paragraph != paragraph:
            previous, paragraph, last_day = ("", ""), sentence.paragraph, None
        inside, folded_inside = text[first : sentence.end], folded[first : sentence.end].replace("\n", " ")
        frame = SentenceFrame(
            replace(sentence, start=first), inside, folded_inside, tuple(gazetteer.mentions(inside, folded_inside)),
            tuple(days(folded_inside, words.code, date, last_day, dotted_hours=dotted)),
            tuple(attributions(folded_inside, words)),
        )  # fmt: skip
        stated, previous = _read_sentence(frame, out, previous, setting)
        out += stated
        last_day = frame.named_days[-1].date if frame.named_days else last_day
    newsroom = places[0].place if places and not setting.place and not voice.office else ""
    return Article(
        words.code, date, named, setting.place, setting.role, setting.side, tuple(cut), tuple(out), newsroom,
        road or {}, start, published is None and dateline(folded, words.code) != named,
    )  # fmt: skip
