"""What a sentence holds before it is known what it states, and what it states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caravana.importers.articles.counts import CountedNoun
from caravana.importers.articles.days.day import Day
from caravana.importers.articles.speakers import Attribution
from caravana.importers.articles.text import Sentence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.importers.articles.gazetteer import Gazetteer, Mention
    from caravana.importers.articles.words import Words
    from caravana.scenario.vocabulary import Side

ADJACENT = 15
Previous = tuple[str, str]
HARM = {"dead", "injured"}
PERSONS = {
    "headcount", "minors", "pregnant", "detained", "dead", "injured", "ill", "medical_consultations", "joined", "left",
    "returned", "accepted_papers_cumulative",
}  # fmt: skip


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
        Of whom a count is, where it is not of this caravan now (see ``contexts``).
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
    newsroom: str = ""
    """The place of a dateline that the caravan cannot have come to."""
    road: Mapping[str, float] = field(default_factory=dict)
    """Road km of the places along the caravan's way."""
    began: dt.date | None = None
    """The day on which the caravan set out."""
    year_assumed: bool = False
    """Whether its dateline names no year, so that it is taken for one of the days that it is read against."""


@dataclass(frozen=True, slots=True)
class SentenceFrame:
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
class ArticleSetting:
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


def last_position(before: Sequence[Statement]) -> str:
    """Where the text last said that the caravan was; "" where it did not."""
    return next((s.place for s in reversed(before) if s.kind == "position"), "")


def last_of(frame: SentenceFrame, before: Sequence[Statement]) -> Statement | None:
    """The last statement of the paragraph so far; a night's position, and what is past, are passed over."""
    for statement in reversed(before):
        if statement.sentence.paragraph != frame.sentence.paragraph:
            return None
        if statement.kind != "position" and statement.context != "peak":
            return statement
    return None
