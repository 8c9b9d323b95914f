"""An article as statements: who says what of which place and day, with quantities, sentence by sentence."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from caravana.errors import ScenarioError, UsageError
from caravana.importers.articles.contexts import clause_of, context_of, is_plan
from caravana.importers.articles.counts import CountedNoun, count, open_next
from caravana.importers.articles.dates import EARLIEST, LATEST, Day, dateline, days
from caravana.importers.articles.positions import positions
from caravana.importers.articles.quantities import QuantityInText, quantities
from caravana.importers.articles.speakers import HEAD, Attribution, attributions, speakers, voice_of
from caravana.importers.articles.text import Sentence, fold, language_of, sentences
from caravana.importers.articles.words import load_place_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.importers.articles.gazetteer import Gazetteer, Mention
    from caravana.importers.articles.words import Words
    from caravana.scenario.model import Side

_DASH = re.compile(r"\s*(?:--|[—–]|\.-|-)\s+")
_ARTICLE = 22
_ADJACENT = 15
_SPAN = re.compile(r"\s*(?:(?:and|to|through|until|al?|y|hasta)(?: (?:el|la))?(?: dia)?)?\s*")
_FROM = re.compile(r"(?:between|from|entre|del?|desde)(?: el)?\s*$")
_YEAR = re.compile(r"\b(?:in|en|of|de|del) ((?:19|20)\d\d)\b")
_Previous = tuple[str, str]
_HARM = {"dead", "injured"}
_PARTS = {"minors", "pregnant"}
_PERSONS = {
    "headcount", "minors", "pregnant", "detained", "dead", "injured", "ill", "medical_consultations", "joined", "left",
    "returned", "accepted_papers_cumulative",
}  # fmt: skip
_NOW = re.compile(r"\b(?:present|current|now|today|ahora|actual|hoy)\b")
_ELLIPSIS = re.compile(r"\s*(?:\([\w ]+\)\s*)?(?:,|:|-|\u2013|,? at|,? en cambio,?|,? por su parte,?|,? in turn,?)\s*(?:de|en|a|at|que|con|of|only|solo|son|eran|hasta)?\s*")
_AFTERWARDS = re.compile(
    r"\s*(?:\w+\s+){0,3}?,?\s*(?:according to|in the words of|segun|para|de acuerdo con|a decir de|conforme a|for|by the count of)\s+(?:the |el |la |los |las |own |un |una |datos (?:de|del) )*"
)
_FAST = 45.0
"""Km a day that no caravan keeps up."""
_THE = re.compile(r"\s(?:the|la|el|los)\s+$")
_SEAT = re.compile(r"\s*[A-ZÁÉÍÓÚÑ]{4,}")
"""A dateline of a town that the scenario does not have."""
_WHICH = re.compile(r"\b(?:caravan|group|column|contingent|march|caravana|grupo|columna|contingente|marcha)(?: migrante)?,? (?:that|which|que)\b")
_ORIGIN = re.compile(
    r"(?:\b(?:that|which|who|que|tras|after|since|luego de|despues de|desde que|of having|haber|tras haber)\b[^.;,]{0,40}\b(?:left|leaving|departed|set (?:out|off)|setting (?:out|off)|started|began|"
    r"sali\w+|salid\w+|parti\w+|partid\w+|comenz\w+|inici\w+|arranc\w+)\b[^.;,]{0,25})\s*(?:the |la |el )?$"
)
_FROM_PLACE = re.compile(r"\b(?:desde|from|since|procedentes? de|provenientes? de|originari[oa]s de)\s+(?:the |la |el )?$")
_WITH = re.compile(r"\b(?:con|with)\b")
_WENT_ON = re.compile(
    r"\b(?:reanud\w+|retom\w+|continu\w+|sigui\w+|descans\w+|lleg\w+|avanz\w+|amanec\w+|durm\w+|camin\w+|cruz\w+|resum\w+|rest\w+|reach\w+|arriv\w+|slept|walk\w*|cross\w+|has|have|ha|han)\b"
)
_GOES_ON = re.compile(r"[ \t]*,?[ \t]+(?!by\b|por\b|de\b)[a-z0-9]")
_OWN_COUNT = re.compile(r"\b(?:i|we) \w+|\bcontamos\b|\bconte\b|\bvimos\b|\bregistramos\b")
_WE_ARE = re.compile(r"\b(?:we are|we're|they are|they're|somos|eramos|son|eran)\b")
_ITS = re.compile(r";\s*(?:its|their|his|her|sus?)\b")
_LONG_AGO = 2
_FAR = 99.0
_ALIKE = 8
"""Figures for one thing differ by less than this factor; beyond it they are of different things."""


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
    context
        Of whom a count is, where it is not of this caravan now (:func:`~caravana.importers.articles.contexts.context_of`).
    """

    sentence: Sentence
    text: str
    count: CountedNoun | None
    role: str
    side: Side
    verb: str
    date: dt.date
    place: str
    mentions: tuple[Mention, ...]
    named_days: tuple[Day, ...]
    kind: str = "claim"
    context: str = ""


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
    """What a sentence holds before it is known what it states."""

    sentence: Sentence
    text: str
    folded: str
    mentions: tuple[Mention, ...]
    named_days: tuple[Day, ...]
    said: tuple[Attribution, ...]

    def state(
        self, item: CountedNoun | None, speaker: tuple[str, Side, str], *, date: dt.date, place: str, kind: str
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
    start: dt.date | None = None
    carries: bool = False


def _is_leading(folded: str, named: Day) -> bool:
    """Whether a date only begins a sentence, as ``On 25 October 2021, the caravan left``: no dateline."""
    return bool(_GOES_ON.match(folded, named.end)) and not _DASH.search(folded, named.end, named.end + 60)


def _body_start(folded: str, named: Day | None) -> int:
    """Where the text after the dateline begins."""
    if named is None or _is_leading(folded, named):
        return 0
    dash = _DASH.search(folded, named.end, named.end + 60)
    return dash.end() if dash else named.end


def _nearest_day(
    quantity: QuantityInText, named: Sequence[Day], said: Sequence[Attribution], folded: str, words: Words
) -> Day | None:
    """The day nearest to a quantity; days since which something goes on, and those of the saying, come last."""

    def rank(day: Day) -> tuple[bool, int]:
        when_said = any(0 <= day.start - a.end <= 12 for a in said) and len(named) > 1
        return when_said, min(abs(day.start - quantity.end), abs(quantity.start - day.end))

    # Of "from D to E" what is counted is counted up to E.
    begun = [
        d
        for d, after in itertools.pairwise(named)
        if _FROM.search(folded[: d.start]) and _SPAN.fullmatch(folded[d.end : after.start])
    ]
    fit = [
        d
        for d in named
        if d not in begun
        # "a week earlier" is of the figure right before it, or of what follows it.
        and not (d.back and d.start > quantity.end + _ADJACENT)
        and not (d.back and folded.startswith(" que", d.end))
        and not _in_relative(folded, quantity, d)
        and not words.patterns["since"].search(re.split(r"[.,;:]", folded[max(0, d.start - 45) : d.start])[-1])
    ]
    return min(fit, key=rank, default=None)


def _in_relative(folded: str, quantity: QuantityInText, day: Day) -> bool:
    """Whether a day is of a clause about the caravan, not of its figure: ``1,600 are left in the caravan that came on Sunday``."""
    if day.start < quantity.end:
        return False
    marks = [m for m in _WHICH.finditer(folded, quantity.end, day.start)]
    return bool(marks) and "," not in folded[marks[-1].end() : day.start]


def _is_origin(
    folded: str, mention: Mention, quantity: QuantityInText, mentions: Sequence[Mention], setting: _Setting
) -> bool:
    """Whether a place is only where those who walk came from: ``la caravana que salio de Tapachula``, ``desde Huehuetan``."""
    before = folded[max(0, mention.start - 60) : mention.start]
    between = folded[mention.end : quantity.start]
    if mention.end <= quantity.start and _WITH.search(between) and not _WENT_ON.search(between):
        return False  # "left Tapachula with 3,800 people"
    if _FROM_PLACE.search(before):
        return mention.place == setting.origin or len(mentions) > 1
    return _ORIGIN.search(before) is not None


def _current(before: Sequence[Statement]) -> str:
    """Where the text last said that the caravan was; "" where it did not."""
    return next((s.place for s in reversed(before) if s.kind == "position"), "")


def _place_of(
    item: CountedNoun, mentions: Sequence[Mention], folded: str, setting: _Setting, current: str = ""
) -> str:
    """The place a count is about: the nearest named one that is not gone to, else where the article is from."""
    if item.kind == "smuggler_fee":
        return ""
    written = setting.place or (current if setting.carries and item.kind not in {*_HARM, "detained"} else "")
    if item.kind == "km_cumulative":
        return written
    if item.kind == "distance":
        away = [m for m in mentions if m.start >= item.quantity.end or m.place != setting.place]
        return away[-1].place if away else setting.place
    towards = setting.words.patterns["towards"]
    fit, goals = [], []
    for mention in mentions:
        before = _THE.sub("", folded[: mention.start]).rstrip()
        word = next((m for m in towards.finditer(before) if m.end() == len(before)), None)
        # "cerca de", "regreso a": of a return, the place gone to is the place.
        if item.kind not in {"returned", "detained", *_HARM} and _is_origin(folded, mention, item.quantity, mentions, setting):
            continue
        if word is None or item.kind == "returned":
            fit.append(mention)
        else:
            goals.append(mention)
    if item.kind == "km_day" and goals:
        return goals[-1].place  # a day's walk ends where it was walked to
    if not fit:
        return written
    q = item.quantity
    best = min(fit, key=lambda m: min(abs(m.start - q.end), abs(q.start - m.end)))
    if len(fit) > 1 and setting.words.patterns["apart"].search(folded[max(0, fit[-2].start - 9) : fit[-2].start]):
        return ""
    return best.place


def _speaker(
    folded: str, quantity: QuantityInText | None, said: Sequence[Attribution], previous: _Previous, setting: _Setting
) -> tuple[str, Side, str]:
    """Role, side and verb of whoever gives a figure."""
    if quantity is not None and (beside := _beside(folded, quantity, said, setting)) is not None:
        return beside
    if not said:
        return setting.role, setting.side, ""
    at = quantity.start if quantity else 0
    if quantity and not _ITS.search(folded[:at]):
        said = [a for a in said if ";" not in folded[min(at, a.end) : max(at, a.start)]]
    if not said:
        return setting.role, setting.side, ""
    known = [a for a in said if a.role]
    pick = min(known or said, key=lambda a: min(abs(a.start - at), abs(a.end - at)))
    role, side = (pick.role, pick.side) if pick.role else previous
    if side in {"own", ""}:
        return setting.role, setting.side, pick.verb
    return role, cast("Side", side), pick.verb


def _beside(
    folded: str, quantity: QuantityInText, said: Sequence[Attribution], setting: _Setting
) -> tuple[str, Side, str] | None:
    """The speaker of a clause without a verb of its own: ``los organizadores, en mas de 4.000``; ``some 900, police say``."""
    first, last = clause_of(folded, quantity.start, quantity.end)
    named = speakers(folded, setting.words)
    before = [k for k in named if first <= k[0] and k[1] <= quantity.start]
    if before:
        start, end, speaker = before[-1]
        gap = folded[end : quantity.start]
        spoken = any(start - 40 <= a.start < quantity.start and a.start >= end for a in said)
        if not spoken and _ELLIPSIS.fullmatch(gap) and speaker.side not in {"own", ""}:
            return speaker.role, cast("Side", speaker.side), ""
    after = [k for k in named if quantity.end <= k[0] < last]
    if after:
        start, _, speaker = after[0]
        if _AFTERWARDS.fullmatch(folded[quantity.end : start]) and speaker.side not in {"own", ""}:
            return speaker.role, cast("Side", speaker.side), ""
    return None


def _last_of(frame: _Frame, before: Sequence[Statement]) -> Statement | None:
    """The last statement of the paragraph so far; a night's position, and what is past, are passed over."""
    paragraph = [
        s for s in before if s.sentence.paragraph == frame.sentence.paragraph and s.kind != "position" and s.context != "peak"
    ]
    return paragraph[-1] if paragraph else None


def _counted(
    frame: _Frame, item: CountedNoun, before: Sequence[Statement], previous: _Previous, setting: _Setting
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
    day = _nearest_day(quantity, frame.named_days, frame.said, folded, setting.words)
    date = day.date if day and item.kind != "distance" else setting.published
    place = _place_of(item, here, folded, setting, _current(before))
    if elsewhere and not here:
        place = ""
    again = bool(patterns["again"].search(folded if not frame.named_days else folded[:40]))
    last = _last_of(frame, before)
    harm = item.kind in _HARM and not frame.mentions and all(d.back for d in frame.named_days)
    if again and not frame.mentions and not frame.named_days and last is not None and last.mentions:
        place = last.mentions[-1].place
    if day is None and item.kind in {*_HARM, "detained"}:
        date = _paragraph_day(frame, before) or date
        incident = last if last is not None and last.mentions and last.named_days and last.count is None else None
        if incident is not None and not frame.mentions:
            place, date = incident.mentions[-1].place, incident.named_days[-1].date
    elif day is None and last is not None and (_OWN_COUNT.search(folded) or item.kind == "km_day"):
        date = last.date if last.named_days and last.date <= setting.published else date
    if last is not None and last.count is not None and (again or (harm and last.count.kind in {*_HARM, "detained"})):
        date = day.date if day else last.date
        # Those who went back are where they went back to; the others are not.
        place = place if frame.mentions or last.count.kind == "returned" else last.place
    elif last is not None and _same_again(last, item, frame, setting):
        # Another's figure for the same thing: of the same day and place, where none is named.
        date, place = last.date, last.place
    elif not frame.mentions and patterns["here"].search(folded) and item.kind not in {"km_cumulative", "smuggler_fee"}:
        place = next((s.place for s in reversed(before) if s.mentions and s.place), place)
    speaker = _speaker(folded, quantity, frame.said, previous, setting)
    if item.kind == "medical_consultations" and not frame.said:
        speaker = _whoever_treats(folded, quantity, setting) or speaker
    context = context_of(folded, item, date if frame.named_days else None, setting.start)
    return replace(frame.state(item, speaker, date=date, place=place, kind="count"), context=context)


def _paragraph_day(frame: _Frame, before: Sequence[Statement]) -> dt.date | None:
    """The day that a paragraph's first sentence is about, if it only sets the scene: ``Monday was the worst day``."""
    opening = next((s for s in before if s.sentence.paragraph == frame.sentence.paragraph), None)
    if opening is None or opening.count is not None or len(opening.named_days) != 1:
        return None
    return opening.named_days[0].date


def _same_again(last: Statement, item: CountedNoun, frame: _Frame, setting: _Setting) -> bool:
    """Whether a count without a place and a day of its own is of what was counted right before."""
    if frame.mentions or frame.named_days or last.count is None or not frame.said or _NOW.search(frame.folded):
        return False
    if item.kind == "headcount" and (setting.published - last.date).days > _LONG_AGO:
        return False
    # "Now 1,500 are left" is of now, whatever was counted before; "others say 1,900" is not.
    fresh = item.kind == "headcount" and bool(item.quantity.noun)
    return last.count.kind == item.kind and item.kind in _PERSONS and not fresh


def _alike(frame: _Frame, before: Sequence[Statement], quantity: QuantityInText) -> Statement | None:
    """The count of the paragraph so far that a bare figure is nearest in size to."""
    size = quantity.low or quantity.high
    counts = [s for s in before if s.sentence.paragraph == frame.sentence.paragraph and s.count is not None and s.context == ""]

    def apart(statement: Statement) -> float:
        q = statement.count.quantity if statement.count else quantity
        other = q.low or q.high
        return abs(math.log(other / size)) if other and size else _FAR

    # The later of two alike: a sentence answers the one before it.
    return min(reversed(counts), key=lambda s: round(apart(s)), default=None) if size else None


def _contrasted(
    item: CountedNoun | None, quantity: QuantityInText, frame: _Frame, before: Sequence[Statement]
) -> CountedNoun | None:
    """What a bare figure of somebody else counts: the same as the figure before it in the paragraph, if of its size."""
    last = _last_of(frame, before)
    if last is not None and last.count is not None and last.count.kind in _PARTS:
        last = _alike(frame, before, quantity) or last
    if last is None or last.count is None or quantity.noun or not frame.said:
        return item
    if item is not None and item.kind != "headcount":
        return item
    mine, theirs = (q.low if q.low is not None else q.high for q in (quantity, last.count.quantity))
    alike = mine is not None and theirs is not None and 0 < mine <= _ALIKE * theirs <= _ALIKE**2 * mine
    if alike and last.count.kind in _PERSONS and open_next(frame.folded, quantity):
        return CountedNoun(quantity, last.count.kind)
    return item


def _whoever_treats(folded: str, quantity: QuantityInText, setting: _Setting) -> tuple[str, Side, str] | None:
    """The speaker of ``Doctors treated 64``: whoever treats is who counts."""
    treated = setting.words.happened["medical_consultations"].search(folded)
    doers = [k for k in speakers(folded, setting.words) if treated and k[1] <= treated.start() < quantity.start]
    if not doers or not doers[-1][2].treats or treated is None or treated.start() - doers[-1][1] > _ADJACENT:
        return None
    return doers[-1][2].role, cast("Side", doers[-1][2].side), ""


def _uncounted(frame: _Frame, previous: _Previous, setting: _Setting) -> Statement:
    """What a sentence without a quantity states."""
    folded = frame.folded
    kind = "claim" if frame.said else "plain"
    place = frame.mentions[0].place if frame.mentions else ""
    date = setting.published
    return frame.state(None, _speaker(folded, None, frame.said, previous, setting), date=date, place=place, kind=kind)


def _positions(frame: _Frame, before: Sequence[Statement], previous: _Previous, setting: _Setting) -> list[Statement]:
    """Where a sentence says that the caravan arrived, rested or slept."""
    folded, words = frame.folded, setting.words
    paragraph = [s for s in before if s.sentence.paragraph == frame.sentence.paragraph]
    about = bool(paragraph) and any(words.patterns["column"].search(fold(s.text)) for s in paragraph)
    out: list[Statement] = []
    for mention, verb in positions(folded, frame.mentions, words, about_walkers=about or not before):
        fit = [d for d in frame.named_days if not words.patterns["since"].search(folded[max(0, d.start - 20) : d.start])]
        day = min(fit, key=lambda d: min(abs(d.start - mention.end), abs(verb - d.end)), default=None)
        date = day.date if day else setting.published
        if day is not None and date > setting.published:
            continue
        if any(s.place == mention.place and s.date == date and s.kind == "position" for s in [*before, *out]):
            continue
        speaker = _speaker(folded, None, frame.said, previous, setting)
        out.append(frame.state(None, speaker, date=date, place=mention.place, kind="position"))
    return out


def _read_sentence(
    frame: _Frame, before: Sequence[Statement], previous: _Previous, setting: _Setting
) -> tuple[list[Statement], _Previous]:
    """The statements of a sentence, and its speaker for the next."""
    figures = quantities(frame.folded, setting.words)
    years = {int(y) for y in _YEAR.findall(frame.folded)}
    if years and setting.published.year not in years:
        figures = []  # another year's caravan
    out: list[Statement] = []
    for quantity in figures:
        if any(d.start <= quantity.noun_start < d.end for d in frame.named_days):
            continue
        others = [q for q in figures if q is not quantity]
        item = count(
            frame.folded,
            quantity,
            setting.words,
            others=others,
            mentions=frame.mentions,
            origin=setting.origin,
            said=bool(frame.said)
            or bool(_WE_ARE.search(frame.folded))
            or _beside(frame.folded, quantity, frame.said, setting) is not None,
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


def _written_at(
    places: Sequence[Mention], date: dt.date, road: Mapping[str, float] | None, start: dt.date | None
) -> str:
    """The place of a dateline; "" where the caravan cannot have been so far on its road: ``MEXICO CITY``."""
    if not places:
        return ""
    km = (road or {}).get(places[0].place, 0.0)
    days_on = 0 if start is None else max((date - start).days, 0)
    return "" if start is not None and km > _FAST * (days_on + 2) else places[0].place


def read_statements(
    text: str,
    gazetteer: Gazetteer,
    *,
    origin: str,
    published: dt.date | None = None,
    start: dt.date | None = None,
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
    named = dateline(folded, words.code)
    leading = named is not None and _is_leading(folded, named)
    date = published or (named.date if named else None)
    if date is None:
        raise UsageError(
            "the article has no dateline with a full date; say when it was published with --published DATE"
        )
    if not EARLIEST <= date.year <= LATEST:
        raise ScenarioError(f"published {date}: expected a day of the years {EARLIEST} to {LATEST}")
    voice = voice_of(folded, words)
    end = 0 if leading else named.start if named else HEAD
    line = max(0, text.rfind("\n", 0, end)) if named else 0
    # The line of the date, or else the title above it, says where the article is from.
    places = gazetteer.mentions(text[line:end].title(), folded[line:end]) or (
        gazetteer.mentions(text[:line], folded[:line])[-1:] if named else []
    )
    body = _body_start(folded, named)
    setting = _Setting(
        words=words, gazetteer=gazetteer, published=date,
        place=_written_at(places, date, road, start) if not voice.office else "", role=voice.role, side=voice.side, origin=origin,
        start=start, 
        carries=not places and not voice.office and not _SEAT.match(text[line:end]),
    )  # fmt: skip
    out: list[Statement] = []
    previous, paragraph = ("", ""), -1
    last_day: dt.date | None = None
    cut = sentences(text, words)
    for sentence in cut:
        first = max(sentence.start, body) if sentence.start < body < sentence.end else sentence.start
        if sentence.end <= body:
            continue  # the headline and the dateline are said again in the text
        if sentence.paragraph != paragraph:
            previous, paragraph, last_day = ("", ""), sentence.paragraph, None
        inside, folded_inside = text[first : sentence.end], folded[first : sentence.end]
        frame = _Frame(
            replace(sentence, start=first), inside, folded_inside, tuple(gazetteer.mentions(inside, folded_inside)),
            tuple(days(folded_inside, words.code, date, last_day)), tuple(attributions(folded_inside, words)),
        )  # fmt: skip
        stated, previous = _read_sentence(frame, out, previous, setting)
        out += stated
        last_day = frame.named_days[-1].date if frame.named_days else last_day
    return Article(words.code, date, named, setting.place, setting.role, setting.side, tuple(cut), tuple(out))
