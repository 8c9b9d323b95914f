"""What is proposed from a text as draft rows of a scenario's tables, in a folder of their own, for a person to edit."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from caravana.errors import UsageError
from caravana.importers.articles.anonymise import hide_names
from caravana.importers.articles.counts import TOPICS, UNITS, CountedNoun
from caravana.importers.articles.gazetteer import build_gazetteer
from caravana.importers.articles.linking.frames import Article, Statement
from caravana.importers.articles.plausibility import build_geography, doubts
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.quantities import QuantityInText
from caravana.importers.articles.text import fold
from caravana.importers.articles.words import Words, load_words
from caravana.scenario.cells import csv_line
from caravana.scenario.model import Claim, Observation, Source
from caravana.summaries import Summarised

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from caravana.importers.articles.proposals import Proposal, TextReading
    from caravana.scenario.model import Scenario
    from caravana.scenario.vocabulary import Qualifier, Side

    Flagged = tuple[Statement, tuple[str, ...]]

ANOTHER = "another"
_OFF_CARAVAN = {"temperature_c"}
_TOTALS = {"headcount", "minors", "pregnant"}
_APART = 1.33
README = """Drafts, made from one article: the first reading of each row that `caravana read` proposes.
Nothing here is evidence until a person has read it beside the article.

observations.csv, claims.csv, sources.csv
    have the columns of a scenario's files: edit them, and copy the rows you accept into the scenario
sentences.csv
    says for each draft where its sentence stands (characters from the start of the article), who says
    it with which verb, and what cannot be as it is written (doubts)

Speakers are roles. Names of people were taken out of the sentences; see that none was missed.
"""

_SOURCES: dict[str, Literal["agency", "official", "ngo"]] = {
    "agency": "agency", "authorities": "official", "observer": "ngo",
}  # fmt: skip
"""What kind of source an article is, by the side of its own voice."""


@dataclass(frozen=True, repr=False)
class Drafts(Summarised):
    """Draft rows of one article.

    Attributes
    ----------
    article
        What was read.
    observations, claims, sources
        Rows of the scenario's model.
    sentences
        For each claim: sentence offsets, speech verb and doubts.
    """

    article: Article
    observations: tuple[Observation, ...]
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    sentences: tuple[dict[str, Any], ...]


def _topic(statement: Statement, words_of: dict[str, re.Pattern[str]]) -> str:
    if statement.kind == "position":
        return "position"
    if statement.count is not None:
        kind = statement.count.kind
        if kind in TOPICS:
            return TOPICS[kind]
        if kind in {"dead", "injured"}:
            return "force"
        return {"detained": "detention", "accepted_papers_cumulative": "aid_refused"}.get(kind, kind)
    folded = fold(statement.text)
    hits = {topic: len(pattern.findall(folded)) for topic, pattern in words_of.items()}
    best = max(hits, key=lambda topic: hits[topic])
    return best if hits[best] else "other"


def draft(
    text: str,
    scenario: Scenario,
    *,
    name: str,
    published: dt.date | None = None,
    reading: TextReading | None = None,
) -> Drafts:
    """Read an article into draft rows: the first reading of each proposal, and what is claimed without a row.

    Parameters
    ----------
    text
        The article.
    scenario
        Its gazetteer and roads are what the article is read against.
    name
        What the article's source is called: the stem of its ids.
    published
        When it was published; its dateline tells by default.
    reading
        What was read in the text, if it has been; it is read here by default.

    Returns
    -------
    Drafts
        Rows to be looked at by a person.

    Raises
    ------
    caravana.errors.UsageError
        If the article has no dateline and `published` is not given.

    Examples
    --------
    >>> import caravana as cv
    >>> text = "TAPACHULA, 24 October 2021. About 2,000 migrants slept in Huehuetán, the police said."
    >>> drafts = cv.draft(text, cv.load_scenario("tapachula-2021"), name="made-up")
    >>> drafts.sources[0].id
    'made-up'
    """
    reading = propose(text, scenario, published=published) if reading is None else reading
    gazetteer, geography, article = build_gazetteer(scenario), build_geography(scenario), reading.article
    words = next(w for w in load_words() if w.code == article.language)
    stem = (re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "article")[:60]
    caravan = scenario.caravans[0].id if scenario.caravans else None
    observations: list[Observation] = []
    claims: list[Claim] = []
    where: list[dict[str, Any]] = []

    def doubts_of(statement: Statement) -> tuple[str, ...]:
        return doubts(statement, article, geography, words)

    stated = _proposed(reading, doubts_of) + _not_proposed(reading, doubts_of)
    for n, (statement, reasons) in enumerate(sorted(stated, key=_place_in_text), start=1):
        claim_id, text_only = f"{stem}-c{n:03}", hide_names(statement.text, gazetteer, words, known=reading.names)
        claims.append(_claim(statement, article, claim_id, stem, text_only, doubted=bool(reasons), words=words))
        observation = _observation(statement, article, f"{stem}-o{n:03}", claim_id, stem, caravan, reasons)
        if observation is not None:
            observations.append(observation)
        where.append(_sentence(statement, claim_id, observation, text_only, reasons))
    source = Source(
        id=stem, kind=_SOURCES.get(article.side, "news"), publisher=article.role,
        language=article.language, date=article.published, note="draft made from the text of the article",
    )  # fmt: skip
    return Drafts(article, tuple(observations), tuple(_disputes(claims)), (source,), tuple(where))


def _place_in_text(stated: Flagged) -> tuple[int, int]:
    statement = stated[0]
    return statement.sentence.start, statement.count.quantity.start if statement.count else -1


def _proposed(reading: TextReading, doubts_of: Callable[[Statement], tuple[str, ...]]) -> list[Flagged]:
    """Each proposal's first reading as a statement of its sentence, with what contradicts it or its words as ruled."""
    article, out = reading.article, []
    starts = [s.start for s in article.sentences]
    ruled: dict[int, list[Statement]] = {}
    for statement in article.statements:
        ruled.setdefault(bisect.bisect_right(starts, statement.sentence.start), []).append(statement)
    for one in reading.proposals:
        at = bisect.bisect_right(starts, one.start)
        beside = ruled.get(at, [])
        sentence = beside[0].sentence if beside else article.sentences[at - 1]
        first = one.readings[0]
        item = None
        if first.kind != "position":
            start, end = one.start - sentence.start, one.end - sentence.start
            item = CountedNoun(
                QuantityInText(start, end, first.low, first.high, cast("Qualifier", first.qualifier), "", start),
                first.kind,
            )
        statement = Statement(
            sentence, reading.text[sentence.start : sentence.end], item, one.speaker, cast("Side", first.side),
            _verb_of(one, beside), first.date, first.place, (), (), "position" if item is None else "count",
            "" if one.caravan == "this" else ANOTHER,
        )  # fmt: skip
        ruled_doubts = [doubt for s in _of_same_words(one, beside) for doubt in doubts_of(s)]
        out.append((statement, tuple(dict.fromkeys([*one.flags, *ruled_doubts]))))
    return out


def _of_same_words(one: Proposal, beside: list[Statement]) -> list[Statement]:
    """What the rules read of the words of a proposal."""
    counted = [(s, s.sentence.start, s.count.quantity) for s in beside if s.count is not None]
    return [s for s, at, q in counted if at + q.start < one.end and one.start < at + q.end]


def _verb_of(one: Proposal, beside: list[Statement]) -> str:
    """The verb with which a proposal is said: that of what the rules read of the same words, or of the same side."""
    alike = [s for s in beside if s.side == one.readings[0].side]
    return next((s.verb for s in [*_of_same_words(one, beside), *alike] if s.verb), "")


def _not_proposed(reading: TextReading, doubts_of: Callable[[Statement], tuple[str, ...]]) -> list[Flagged]:
    """What is claimed without a row: what somebody says, distances, agents, prices, and whatever cannot be."""
    taken = [(p.start, p.end) for p in reading.proposals]
    out = []
    for statement in reading.article.statements:
        item, at = statement.count, statement.sentence.start
        if item is not None and any(a < at + item.quantity.end and at + item.quantity.start < b for a, b in taken):
            continue
        reasons = doubts_of(statement)
        if reasons or statement.kind == "claim" or (item is not None and item.kind in TOPICS):
            out.append((replace(statement, kind="claim"), reasons))
    return out


def _disputes(claims: list[Claim]) -> list[Claim]:
    """The claims, with totals of one kind and day that two sides put a third or more apart marked as disputed."""
    against: dict[str, list[str]] = {}
    totals = [c for c in claims if c.topic in _TOTALS and c.status == "uncontested" and _middle(c) is not None]
    for first, second in itertools.combinations(totals, 2):
        low, high = sorted((_middle(first) or 0.0, _middle(second) or 0.0))
        same = (first.topic, first.date_meant) == (second.topic, second.date_meant)
        if same and first.speaker_side != second.speaker_side and high > _APART * low:
            against.setdefault(first.id, []).append(second.id)
            against.setdefault(second.id, []).append(first.id)
    return [
        c.model_copy(update={"status": "disputed", "disputed_by": tuple(against[c.id])}) if c.id in against else c
        for c in claims
    ]


def _middle(claim: Claim) -> float | None:
    """One figure for a claim's quantity; None without one."""
    given = [q for q in (claim.quantity_low, claim.quantity_high) if q is not None]
    return sum(given) / len(given) if given else None


def _claim(
    statement: Statement, article: Article, claim_id: str, source: str, text: str, *, doubted: bool, words: Words
) -> Claim:
    item = statement.count
    quantity = item.quantity if item else None
    factor = item.factor if item else 1.0
    return Claim(
        id=claim_id, date_said=article.published, date_meant=statement.date if item else None,
        speaker_role=statement.role, speaker_side=statement.side, topic=_topic(statement, dict(words.topics)),
        place_id=statement.place or None, claim=text,
        quantity_low=None if quantity is None or quantity.low is None else quantity.low * factor,
        quantity_high=None if quantity is None or quantity.high is None else quantity.high * factor,
        unit="" if item is None else UNITS.get(item.kind, "persons"),
        status="garbled" if doubted else "uncontested", source_id=source,
    )  # fmt: skip


def _observation(
    statement: Statement,
    article: Article,
    row_id: str,
    claim_id: str,
    source: str,
    caravan: str | None,
    reasons: tuple[str, ...],
) -> Observation | None:
    """The observation of a count; None for statements, and for counts that are claims only."""
    item = statement.count
    if statement.kind not in {"count", "position"} or (item is not None and item.kind in TOPICS):
        return None
    if statement.context not in {"", ANOTHER}:
        return None  # a plan, a peak that is past, a family
    note = f"draft; characters {statement.sentence.start}-{statement.sentence.end}"
    if reasons:
        note += "; GARBLED? " + "; ".join(reasons)
    q = item.quantity if item else None
    factor = item.factor if item else 1.0
    kind = item.kind if item else "position"
    planned = q is not None and q.qualifier == "planned"
    return Observation(
        id=row_id, date=statement.date,
        known_on=article.published if planned else max(article.published, statement.date),
        caravan=None if kind in _OFF_CARAVAN or statement.context == ANOTHER else caravan,
        place_id=statement.place or None, kind=kind,
        low=None if q is None or q.low is None else q.low * factor,
        high=None if q is None or q.high is None else q.high * factor,
        qualifier=q.qualifier if q else "exact", speaker_role=statement.role, speaker_side=statement.side,
        inferred=True, source_id=source, claim_ids=(claim_id,), note=note,
    )  # fmt: skip


def _sentence(
    statement: Statement, claim_id: str, observation: Observation | None, text: str, reasons: tuple[str, ...]
) -> dict[str, Any]:
    item = statement.count
    at = statement.sentence.start
    return {
        "claim_id": claim_id,
        "observation_id": observation.id if observation else "",
        "start": at,
        "end": statement.sentence.end,
        "quantity_start": at + item.quantity.start if item else None,
        "quantity_end": at + item.quantity.end if item else None,
        "counts": item.kind if item else "position" if statement.kind == "position" else "",
        "qualifier": item.quantity.qualifier if item else "",
        "speaker_role": statement.role,
        "speaker_side": statement.side,
        "speech_verb": statement.verb,
        "place_id": statement.place,
        "date": statement.date.isoformat(),
        "doubts": list(reasons),
        "sentence": text,
    }


def as_json(drafts: Drafts) -> dict[str, Any]:
    """Drafts as JSON has them."""
    article = drafts.article
    return {
        "language": article.language,
        "published": article.published.isoformat(),
        "place_id": article.place,
        "source": drafts.sources[0].model_dump(mode="json"),
        "observations": [o.model_dump(mode="json") for o in drafts.observations],
        "claims": [c.model_dump(mode="json") for c in drafts.claims],
        "sentences": list(drafts.sentences),
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ";".join(str(v) for v in value)
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def _table(rows: list[dict[str, Any]], columns: list[str]) -> bytes:
    lines = [csv_line(columns), *(csv_line(_cell(row.get(c)) for c in columns) for row in rows)]
    return "".join(lines).encode()


def draft_files(drafts: Drafts) -> dict[str, bytes]:
    """The files of a draft folder, by name.

    Parameters
    ----------
    drafts : Drafts
        What :func:`draft` gave.

    Returns
    -------
    dict of bytes
        Content by name.

    Examples
    --------
    >>> import caravana as cv
    >>> text = "TAPACHULA, 24 October 2021. About 2,000 migrants slept in Huehuetán, the police said."
    >>> drafts = cv.draft(text, cv.load_scenario("tapachula-2021"), name="made-up")
    >>> sorted(cv.draft_files(drafts))[1]
    'claims.csv'
    """
    tables: dict[str, tuple[type[Observation | Claim | Source], Any]] = {
        "observations.csv": (Observation, drafts.observations),
        "claims.csv": (Claim, drafts.claims),
        "sources.csv": (Source, drafts.sources),
    }
    files = {
        name: _table([r.model_dump() for r in rows], list(model.model_fields)) for name, (model, rows) in tables.items()
    }
    columns = list(drafts.sentences[0]) if drafts.sentences else ["claim_id", "sentence"]
    files["sentences.csv"] = _table(list(drafts.sentences), columns)
    files["README.txt"] = README.encode()
    return files


def check_folder(folder: Path) -> None:
    """See that drafts do not go into a scenario or a run, nor over something else.

    Raises
    ------
    caravana.errors.UsageError
        If they would.
    """
    for parent in (folder, *folder.resolve().parents):
        if (parent / "scenario.toml").exists():
            raise UsageError(
                f"{folder} is in the scenario {parent}; drafts go to a folder of their own, until a person accepts them"
            )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the drafts")
