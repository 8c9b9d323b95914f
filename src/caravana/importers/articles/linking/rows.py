"""From what a text holds to its rows: one decision after another, each by learned weights or, to learn, by answers."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from caravana.importers.articles.linking.day_cues import date_decision
from caravana.importers.articles.linking.decisions import shares_of
from caravana.importers.articles.linking.kind_cues import OTHER_CARAVAN, kind_decision, qualifier_decision
from caravana.importers.articles.linking.marks import CellOfTable, Passage
from caravana.importers.articles.linking.night_cues import night_decision
from caravana.importers.articles.linking.place_cues import place_decision
from caravana.importers.articles.linking.side_cues import OWN, side_decision
from caravana.importers.articles.linking.trail import RowTold, Trail, sizes_of
from caravana.importers.articles.linking.when import only_begins
from caravana.importers.articles.readings import MOST_READINGS, Values

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from caravana.importers.articles.figures import FigureInText
    from caravana.importers.articles.linking.decisions import Chooser, Decision, Shares, Span
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.whole import WholeText
    from caravana.importers.articles.words import Words

_MILE_KM = 1.609344
_EACH = 3
LEAST_ROW, LEAST_NIGHT = 0.5, 0.5
"""How likely a figure or a night must be of a row to be proposed; chosen on texts left out."""
_ELSEWHERE = 0.7
"""How sure the rules are of a figure that they find to be of none of the places named."""
_LEAST_APART = 0.85
"""The same of km that the rules read as from one place named to another."""
_LEAST_IN_TABLE = 0.25
"""The same of a figure in a table, where each was set down to be told."""
_AS_HEADED = 0.9
"""How sure it is that a figure of a table is of the day and place that its row or its column names."""
_HEADS_LINE = 12
"""Characters before a day that still heads its line: ``- El 9 de noviembre``."""
_MOST_IN_PASSAGE = 40
"""Figures of one passage that are linked: a passage with more is no sentence, and time grows with them squared."""
_NEVER = {"hour", "year", "age", "money", "share", "number", "nobody"}
"""What figures never count that has a row."""


@dataclass(frozen=True)
class LinkedRow:
    """A row linked: where it stands, its readings with the share of each, and how sure it is that it is a row.

    Attributes
    ----------
    passage, start, end
        Where it stands; offsets in the text.
    caravan
        ``this``, or ``another``.
    readings
        The likeliest first.
    sure
        Share of the first reading.
    role
        Of whoever gives it.
    figure
        What is counted; None for a position.
    """

    passage: Passage
    start: int
    end: int
    caravan: str
    readings: tuple[Values, ...]
    sure: float
    role: str
    figure: FigureInText | None = None


def by_weights(weights: Mapping[str, Mapping[str, float]]) -> Chooser:
    """A chooser by learned weights."""

    def choose(decision: Decision, passage: Passage, span: tuple[int, int]) -> Shares:
        del passage, span
        return shares_of(decision, weights)

    return choose


def link_rows(
    passages: Sequence[Passage], article: Article, words: Words, choose: Chooser, whole: WholeText
) -> list[LinkedRow]:
    """The rows of a text.

    Parameters
    ----------
    passages
        What it holds.
    article, words
        What the rules read, in its own voice, and its language.
    choose
        Gives each value its share.
    whole
        What the text is as a whole.
    """
    ruled = {(s.sentence.start, s.place) for s in article.statements if s.kind == "position"}
    trail = Trail(
        seats=list(whole.seats), tellings=list(whole.days), sizes=sizes_of(f for p in passages for f in p.figures),
        settled=whole.settled,
    )  # fmt: skip
    out: list[LinkedRow] = []
    for passage in passages:
        _tell_days(passage, trail)
        out += _nights(passage, trail, article, words, choose, ruled)
        for figure in passage.figures[:_MOST_IN_PASSAGE]:
            if figure.what not in _NEVER:
                row = _figure(passage, figure, trail, article, words, choose, list(whole.voices))
                out += [row] if row is not None else []
        if passage.quotables:
            spoken = [q for q in passage.quotables if q.side != "own"]
            trail.speaker = (spoken[-1], passage.index, passage.paragraph) if spoken else trail.speaker
        named = [m.place for m in passage.mentions if m.place != article.newsroom]
        if named:
            trail.mention = (named[-1], passage.index, passage.paragraph)
        known = [d.date for d in passage.days if d.date <= article.published and not only_begins(passage.folded, d)]
        if known:
            trail.day = (known[-1], passage.index, passage.paragraph)
    return _merged(out)


def _mixed(parts: Shares, shares_with: Callable[[Any], Shares]) -> Shares:
    """Shares of values that hang on something of which there are shares itself, the largest first."""
    out: dict[Any, float] = {}
    for given, part in parts:
        for value, share in shares_with(given):
            out[value] = out.get(value, 0.0) + part * share
    return sorted(out.items(), key=lambda v: -v[1])


def _headed(value: Any, share: float, shares: Shares) -> Shares:
    """Shares with that of a value which a table names."""
    return [(value, share), *((v, s * (1.0 - share)) for v, s in shares if v != value)]


def _over_seats(decide: Callable[[], Decision], trail: Trail, choose: Chooser, at: tuple[Passage, Span]) -> Shares:
    """Shares of what hangs on where the caravan is, over the places where it may be."""

    def with_seat(seat: Any) -> Shares:
        trail.seat = seat
        return choose(decide(), *at)

    shares = _mixed(trail.seats, with_seat)
    trail.seat = trail.seats[0][0]
    return shares


def _over_days(
    decide: Callable[[], Decision], trail: Trail, choose: Chooser, at: tuple[Passage, Span], published: dt.date
) -> Shares:
    """Shares of days, over those that most of the text may tell of."""

    def with_telling(day: Any) -> Shares:
        trail.telling = day
        return choose(decide(), *at)

    shares = _mixed(trail.tellings, with_telling)
    trail.telling = trail.tellings[0][0]
    if trail.settled is None or at[0].days:
        return shares
    return _mixed(shares, lambda day: [(trail.settled if day == published else day, 1.0)])


def _voiced(sides: Shares, voices: Shares) -> Shares:
    """Shares of sides, the text's own taken for what it may be."""
    return _mixed(sides, lambda side: voices if side == OWN else [(side, 1.0)])


def _tell_days(passage: Passage, trail: Trail) -> None:
    if passage.days and (trail.first_day is None or trail.first_day[1] != passage.paragraph):
        trail.first_day = (passage.days[0].date, passage.paragraph)
    if passage.days and passage.days[0].start < _HEADS_LINE and passage.line != trail.line:
        trail.line_day = (passage.days[0].date, passage.line)
    trail.line = passage.line


def _nights(
    passage: Passage, trail: Trail, article: Article, words: Words, choose: Chooser, ruled: set[tuple[int, str]]
) -> list[LinkedRow]:
    """Positions that a passage tells."""
    out = []
    for mention in passage.mentions:
        if mention.start < passage.lead and not passage.headline:
            continue  # a dateline says where it was written
        if OTHER_CARAVAN.search(passage.folded, passage.folded.rfind(";", 0, mention.start) + 1, mention.start):
            continue  # "a second caravan left Tapachula"
        span = (mention.start, mention.end)
        decide = partial(night_decision, passage, mention, trail, article, words, ruled)
        sure = dict(_over_seats(decide, trail, choose, (passage, span)))[True]
        if sure < LEAST_NIGHT:
            continue
        day_of = partial(date_decision, passage, span, "position", trail, article, None)
        dates = _over_days(day_of, trail, choose, (passage, span), article.published)
        dates = [(d, s) for d, s in dates if d <= article.published] or [(article.published, 1.0)]
        values = Values("position", None, None, "exact", mention.place, dates[0][0], article.side)
        readings = tuple(replace(values, date=d) for d, _ in dates[:MOST_READINGS])
        trail.nights.append((mention.place, dates[0][0], passage.index))
        start, end = passage.start + span[0], passage.start + span[1]
        out.append(LinkedRow(passage, start, end, "this", readings, sure * dates[0][1], article.role))
    return out


def _figure(
    passage: Passage,
    figure: FigureInText,
    trail: Trail,
    article: Article,
    words: Words,
    choose: Chooser,
    voices: Shares,
) -> LinkedRow | None:
    """The row of a figure; None where it has none."""
    span = (figure.start, figure.end)
    counted = passage.cells.get(figure.start) or CellOfTable((passage, figure), (passage, figure))
    where, at = counted.setting[0], (counted.setting[1].start, counted.setting[1].end)
    kinds = _kinds_of(counted, choose(kind_decision(*counted.named, trail, words, article), passage, span))
    of_row = [(k, s) for k, s in kinds if k != "none"]
    is_row = sum(s for _, s in of_row)
    size = figure.low if figure.low is not None else figure.high
    statement = passage.statements.get(figure.at)
    apart = statement is not None and statement.count is not None and statement.count.kind == "distance"
    least = _LEAST_APART if apart and len({m.place for m in where.mentions}) > 1 else LEAST_ROW
    if is_row < (_LEAST_IN_TABLE if figure.start in passage.cells else least):
        return None
    kind = of_row[0][0]
    caravan, of_kind = ("another", "headcount") if kind == "another" else ("this", kind)
    rule_side = statement.side if statement is not None else "-"
    rule_date = statement.date if statement is not None else None
    rule_place = statement.place if statement is not None else "-"
    sides = choose(side_decision(where, at, of_kind, trail, article, words, rule_side, size), passage, span)
    sides = _voiced(sides, voices)
    day_of = partial(date_decision, where, at, of_kind, trail, article, rule_date)
    dates = _over_days(day_of, trail, choose, (passage, span), article.published)
    dates = _headed(counted.day, _AS_HEADED, dates) if counted.day is not None else dates
    dates = [(d, s) for d, s in dates if d <= article.published] or [(article.published, 1.0)]
    nowhere = statement is not None and bool(statement.mentions) and not statement.place

    def place_of(day: dt.date) -> Shares:
        decide = partial(place_decision, where, at, of_kind, day, trail, article, rule_place)
        places = _over_seats(decide, trail, choose, (passage, span))
        if counted.place is not None:
            return _headed(counted.place, _AS_HEADED, places)
        # The rules saw that it is of none of the places named: "the first one, of some 4,000, is in Veracruz".
        return [("", _ELSEWHERE), *((p, s * (1.0 - _ELSEWHERE)) for p, s in places if p)] if nowhere else places

    nights = _days_and_places(dates, place_of)
    sure = qualifier_decision(*counted.named)
    qualifiers = [(figure.qualifier, 1.0)] if sure is None else choose(sure, passage, span)
    day, place = nights[0][0]
    trail.tell(RowTold(passage.index, passage.paragraph, of_kind, size, sides[0][0], day, place))
    named = [(_named(k), s / is_row) for k, s in of_row]
    readings, share = _readings(figure, named, qualifiers, sides, nights)
    return LinkedRow(
        passage,
        passage.start + span[0],
        passage.start + span[1],
        caravan,
        readings,
        share * is_row,
        _role(readings[0].side, where, at, trail, article),
        figure,
    )


def _kinds_of(counted: CellOfTable, kinds: Shares) -> Shares:
    """Shares of what is counted, with what the head of a table says, a part of its total being one."""
    if counted.kind is not None:
        kinds = _headed(*counted.kind, kinds)
    if counted.part:
        kinds = _mixed(kinds, lambda kind: [("headcount_part" if kind == "headcount" else kind, 1.0)])
    return kinds


def _days_and_places(dates: Shares, place_of: Callable[[dt.date], Shares]) -> Shares:
    """The likeliest pairs of a day and a place: on another day the caravan was at another place."""
    pairs = [((day, place), share * part) for day, share in dates[:_EACH] for place, part in place_of(day)[:_EACH]]
    return sorted(pairs, key=lambda p: -p[1])


def _role(side: str, passage: Passage, span: tuple[int, int], trail: Trail, article: Article) -> str:
    """The role of whoever gives a figure: the nearest of its side."""
    fit = [q for q in passage.quotables if q.side == side]
    if fit:
        return min(fit, key=lambda q: min(abs(q.start - span[1]), abs(span[0] - q.end))).role
    if side == article.side:
        return article.role
    return trail.speaker[0].role if trail.speaker is not None and trail.speaker[0].side == side else side


def _named(kind: str) -> str:
    return "headcount" if kind == "another" else kind


def _readings(
    figure: FigureInText, kinds: Shares, qualifiers: Shares, sides: Shares, nights: Shares
) -> tuple[tuple[Values, ...], float]:
    """The likeliest readings, every field by its own share, days and places by pairs; and the share of the first."""
    low, high = figure.low, figure.high
    one = low if low is not None else high
    scored = []
    for parts in itertools.product(kinds[:_EACH], qualifiers[:_EACH], sides[:_EACH], nights[: _EACH**2]):
        share = math.prod(s for _, s in parts)
        scored.append((share, tuple(v for v, _ in parts)))
    scored.sort(key=lambda s: -s[0])
    out: list[Values] = []
    for _, (kind, qualifier, side, (date, place)) in scored:
        factor = _MILE_KM if figure.noun == "miles" and kind.startswith("km") else 1.0
        ends = (low, high) if qualifier == figure.qualifier else (
            None if qualifier == "less_than" else one, None if qualifier == "more_than" else one)  # fmt: skip
        ends = (None if ends[0] is None else ends[0] * factor, None if ends[1] is None else ends[1] * factor)
        values = Values(kind, *ends, qualifier, place, date, side)
        if values not in out:
            out.append(values)
        if len(out) == MOST_READINGS:
            break
    return tuple(out), scored[0][0]


def _merged(rows: Sequence[LinkedRow]) -> list[LinkedRow]:
    """Rows in order, a night told twice once.

    A place named again in a sentence without a day is of the night that is told of it elsewhere, if there is one.
    """
    out: list[LinkedRow] = []
    nights = [r for r in rows if r.figure is None]
    dated = {r.readings[0].place for r in nights if r.passage.days}
    seen: set[tuple[str, dt.date | None]] = set()
    for row in sorted(rows, key=lambda r: (r.start, r.end)):
        first = row.readings[0]
        if row.figure is None:
            if first.place in dated and not row.passage.days:
                continue
            key = (first.place, first.date if row.passage.days else None)
            if key in seen:
                continue
            seen.add(key)
        out.append(row)
    return out
