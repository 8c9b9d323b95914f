"""What a text is as a whole: whose own words, of which day it mostly tells, and where the caravan is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from caravana.importers.articles.linking.text_cues import seat_decision, telling_decision, voice_decision

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from caravana.importers.articles.linking.decisions import Chooser, Shares
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.words import Words
    from caravana.scenario.vocabulary import Side

SURE = 0.8
"""What a text is likelier than this is not asked of a person."""
_LEAST_SECOND = 0.12
_OWN_ROLES = {
    "press": "press (this article)", "agency": "news agency", "observer": "human rights observers",
    "organisers": "organiser", "authorities": "Mexican authorities",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownText:
    """What a person says of a text as a whole, where the text leaves it open.

    Attributes
    ----------
    voice
        Whose own words it is.
    day
        Of which day it mostly tells.
    seat
        The place of the scenario where the caravan is in it.
    """

    voice: Side | None = None
    day: dt.date | None = None
    seat: str | None = None


@dataclass(frozen=True, slots=True)
class WholeText:
    """The same with shares, the likeliest first; many rows hang on each.

    Attributes
    ----------
    voices, days, seats
        Values with the share of each; ``("", 1.0)`` of seats where it names no place.
    settled
        The day, where a person has said it: what names no day itself is of it, and not of publication.
    """

    voices: tuple[tuple[Side, float], ...]
    days: tuple[tuple[dt.date, float], ...]
    seats: tuple[tuple[str, float], ...]
    settled: dt.date | None = None

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """As JSON has it: each with its values, the likeliest first."""
        return {
            name: [{"value": str(value), "share": round(share, 3)} for value, share in shares]
            for name, shares in (("voice", self.voices), ("tells_of", self.days), ("at", self.seats))
        }


def weigh_text(
    passages: Sequence[Passage], article: Article, words: Words, choose: Chooser, known: KnownText | None = None
) -> tuple[WholeText, Article]:
    """What a text is as a whole, and the article with the side whose own words it is.

    Parameters
    ----------
    passages
        What it holds; one at least.
    article, words
        What the rules read, and its language.
    choose
        Gives each value its share.
    known
        What a person says of it.
    """
    known = known or KnownText()
    at = passages[0], (0, 0)
    voices = choose(voice_decision(passages, article, words), *at)
    voices = voices if known.voice is None else [(known.voice, 1.0)]
    article = _in_its_voice(passages, article, voices[0][0])
    decision = seat_decision(passages, article, {s.place for s in article.statements if s.kind == "position"})
    seats = [("", 1.0)] if decision is None else _likeliest(choose(decision, *at))
    days = _likeliest(choose(telling_decision(passages, article), *at))
    whole = WholeText(
        tuple(voices),
        tuple(days) if known.day is None else ((known.day, 1.0),),
        tuple(seats) if known.seat is None else ((known.seat, 1.0),),
        known.day,
    )
    return whole, article


def _likeliest(shares: Shares) -> Shares:
    """The two likeliest of some values, the second only where it may well be."""
    first, *others = shares
    second = [o for o in others[:1] if o[1] >= _LEAST_SECOND]
    whole = first[1] + sum(s for _, s in second)
    return [(value, share / whole) for value, share in [first, *second]]


def _in_its_voice(passages: Sequence[Passage], article: Article, side: str) -> Article:
    """The article with the side whose own words it is."""
    if side == article.side:
        return article
    named = next((q.role for p in passages for q in p.quotables if q.side == side), _OWN_ROLES[side])
    return replace(article, side=cast("Side", side), role=named)
