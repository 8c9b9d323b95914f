"""By what it is told who gives a figure."""

from __future__ import annotations

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
from caravana.importers.articles.linking.text_cues import FIRST_PERSON, QUOTES
from caravana.importers.articles.linking.who import AFTERWARDS, ELLIPSIS

if TYPE_CHECKING:
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage, Quotable
    from caravana.importers.articles.linking.trail import Trail
    from caravana.importers.articles.words import Words

OWN = "own"
"""Stands for the side whose own words a text is."""
_SIDES = ("press", "agency", "observer", "organisers", "authorities")
_BESIDE = 12
_CLAUSE = 7
_SOURCE = re.compile(r"(?:\s+[a-z-]+){0,3}\s*\(\s*(?:the |el |la |los |las |source: |fuente: |dato |segun |per |by )*")
"""What stands between a figure and its source in brackets: ``1,700 (state)``."""
_GOES_ON = re.compile(r"^\W*(?:he|she|they|it|the|agreg\w+|anadi\w+|tambien|asimismo|ademas|also)\b")
_NAMED = (
    "where+far f+where o+where f+o+where m+where sa+where sb+where sa+sb+f+where in+where tight near near+where+f+m "
    "by+where by+sa+sb g+s k+s g+s+f+where treats+g+where+f role first+where last rule rule+where+f own p+where "
    "a+where said+f+o+where+m paren+f taken+g s+taken+g rank+s go go+where+f go+k"
)
_VOICE = (
    "v some some+told g k rule+some s s+g we+quoted+s quoted some+before+told head lab+some taken+g s+taken+g rank+s "
    "go go+g go+some+told"
)
_SPOKE = (
    "v t t+some t+some+told t+quoted+some t+on+told g+t s+g+t t+we+quoted treats+g+t taken+g t+taken rank+s go go+t"
)
_SPARE = "s s+some s+told s+g s+quoted s+voice s+taken+g rank+s go go+g go+some+told"
_ROW = "v t t+alike t+some t+some+alike t+g+pg t+told+some t+s+g t+head t+lab taken+g rank+s t+rank+s+g"


def side_decision(
    passage: Passage,
    span: tuple[int, int],
    kind: str,
    trail: Trail,
    article: Article,
    words: Words,
    rule: str,
    size: float | None,
) -> Decision:
    """Who gives a figure: somebody named in the passage, whoever spoke before, the text itself, or else any side.

    Parameters
    ----------
    passage, span
        Where the figure stands.
    kind
        What it counts.
    trail, article, words
        What was told before; the text; its language.
    rule
        The side that the rules chose.
    size
        How many it counts.
    """
    taken, rank = _told_by(passage, kind, trail), trail.rank_of(size) if kind == "headcount" else "-"
    said = [m.span() for name in ("said", "according") for m in words.patterns[name].finditer(passage.folded)]
    folded = passage.folded
    parts: dict[str, Any] = {
        "v": "", "k": kind, "g": group_of(kind), "told": bool(said), "some": count_of(passage.quotables),
        "quoted": bool(QUOTES.search(folded)), "we": bool(FIRST_PERSON.search(folded)), "head": passage.headline,
        "on": bool(_GOES_ON.match(folded)), "lab": bool(passage.label),
        "rank": rank,
    }  # fmt: skip
    own_taken = taken.get(article.side, "-")
    last_side, ago = as_row(passage, trail.last_row, "side")

    def goes_on(side: str) -> str:
        return ago if side == last_side else "-"

    before = [q for q in passage.quotables if q.end <= span[0]]
    values: list[str] = []
    own: list[tuple[str, ...]] = []
    # Who is named where a quotation ends later is as one named at the end of the passage.
    for n, q in enumerate([*passage.quotables, *([] if passage.quoted_by is None else [passage.quoted_by])]):
        side = OWN if q.side == "own" else q.side
        more = {
            "first": n == 0,
            "last": bool(before) and before[-1] is q,
            "rule": rule == side,
            "s": side,
            "own": side == OWN,
            "taken": own_taken if side == OWN else taken.get(side, "-"),
            "go": goes_on(article.side if side == OWN else side),
        }
        values.append(side)
        own.append(tuple(crossed("q", _NAMED, parts | more | _quotable_parts(passage, span, q, said))))
    voice = {"rule": rule == article.side, "s": article.side, "before": count_of(before), "taken": own_taken}
    voice["go"] = goes_on(article.side)
    values.append(OWN)
    own.append(tuple(crossed("voice", _VOICE, parts | voice)))
    if trail.speaker is not None and trail.speaker[0].side != "own":
        who, index, paragraph = trail.speaker
        spoke = {
            "t": told_where(passage, index, paragraph),
            "s": who.side,
            "treats": who.treats,
            "taken": taken.get(who.side, "-"),
            "go": goes_on(who.side),
        }
        values.append(who.side)
        own.append(tuple(crossed("spoke", _SPOKE, parts | spoke)))
    if (row := trail.last_row) is not None:
        same = told_where(passage, row.passage, row.paragraph)
        carried = {
            "t": same if same in {"s", "o"} else "p",
            "alike": row.kind == kind,
            "pg": group_of(row.kind),
            "s": row.side,
            "taken": taken.get(row.side, "-"),
        }
        values.append(row.side)
        own.append(tuple(crossed("row", _ROW, parts | carried)))
    beside = _words_beside(passage, span)
    for side in _SIDES:
        if side != article.side:
            more = {"s": side, "voice": article.side, "taken": taken.get(side, "-"), "go": goes_on(side)}
            values.append(side)
            own.append(tuple(crossed("any", _SPARE, parts | more) + [f"any:{side}={word}" for word in beside]))
    return Decision("side", tuple(values), tuple(own))


def _told_by(passage: Passage, kind: str, trail: Trail) -> dict[str, str]:
    """Which sides have told of the same kind already: in this passage, in its paragraph, or before it."""
    out: dict[str, str] = {}
    for row in trail.rows:
        if row.kind == kind:
            out[row.side] = "s" if row.passage == passage.index else "p" if row.paragraph == passage.paragraph else "o"
    return out


def _words_beside(passage: Passage, span: tuple[int, int]) -> list[str]:
    """Words of the clause about a figure, up to the figures beside it: they may name somebody that no list knows."""
    folded = passage.folded
    start = max([f.end for f in passage.figures if f.end <= span[0]] + [folded.rfind(";", 0, span[0]) + 1])
    ends = [f.start for f in passage.figures if f.start >= span[1]] + [folded.find(";", span[1])]
    end = min([at for at in ends if at >= 0], default=len(folded))
    left, right = stems(folded[start : span[0]])[-_CLAUSE:], stems(folded[span[1] : end])[:_CLAUSE]
    return list(dict.fromkeys([*(f"b{t}" for t in left), *(f"a{t}" for t in right), *left, *right]))


def _quotable_parts(
    passage: Passage, span: tuple[int, int], q: Quotable, said: list[tuple[int, int]]
) -> dict[str, Any]:
    """How somebody who may be quoted stands to a figure."""
    parts = between_parts(passage, span, q, passage.quotables)
    after = q is passage.quoted_by or any(0 <= a - q.end <= _BESIDE for a, _ in said)
    before = any(0 <= q.start - b <= _BESIDE for _, b in said)
    tight = "-"
    if parts["where"] == "b" and ELLIPSIS.fullmatch(parts["piece"]):
        tight = "e"
    elif parts["where"] == "a" and _SOURCE.fullmatch(parts["piece"]):
        tight = "p"
    elif parts["where"] == "a" and AFTERWARDS.fullmatch(parts["piece"]):
        tight = "w"
    return parts | {
        "sa": after, "sb": before, "said": after or before, "tight": tight, "by": q.by,
        "role": q.role, "treats": q.treats,
        "in": any(min(q.end, span[1]) <= a < max(q.start, span[0]) for a, _ in said),
        "p": "".join(stems(passage.folded[max(0, q.start - 20) : q.start])[-1:]),
        "a": "".join(stems(passage.folded[q.end : q.end + 20])[:1]),
    }  # fmt: skip
