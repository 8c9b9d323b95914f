"""By what it is told whose own words a text is, and where the caravan is as it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.articles.linking.cues import bucket, count_of, crossed, stems
from caravana.importers.articles.linking.decisions import Decision

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.words import Words

SIDES = ("press", "agency", "observer", "organisers", "authorities")
_HEAD, _MOST_HEAD, _MOST_TIMES = 4, 30, 4
FIRST_PERSON = re.compile(r"\b(?:we|us|our|i|my|nosotros|nuestr[oa]s?|somos|\w{3,}(?:amos|imos))\b")
QUOTES = re.compile(r"[\"“”«»]")
_PAST = re.compile(r"\b(?:was|were|had|fue|fueron|era|eran|habia|habian|\w{3,}(?:aron|ieron|ed))\b")
_VOICE = "rule we out we+rule release lead lead+out role lead+rule"
_SEAT = "s dl rule rule+only before head most times times+dl first last has+dl+rule today ahead today+rule past"


def voice_decision(passages: Sequence[Passage], article: Article, words: Words) -> Decision:
    """Whose own words a text is, by what its first lines name and by how it speaks."""
    head = passages[:_HEAD]
    lead = next((q for p in head for q in p.quotables if q.side not in {"own", "press"}), None)
    parts = {
        "rule": article.side, "lead": lead.side if lead else "-", "role": lead.role if lead else "-",
        "we": bucket(sum(len(FIRST_PERSON.findall(p.folded)) for p in passages)),
        "out": bucket(sum(len(FIRST_PERSON.findall(p.folded)) for p in passages if not QUOTES.search(p.folded))),
        "release": any(words.patterns["release"].search(p.folded) for p in head),
    }  # fmt: skip
    cues = ["any", *crossed("v", _VOICE, parts)]
    for n, passage in enumerate(head):
        cues += [f"h={t}" for t in stems(passage.folded)[:_MOST_HEAD]]
        cues += [f"hq={q.side}" for q in passage.quotables]
        cues += [f"hq{n}={q.side}&{q.start < _MOST_HEAD}" for q in passage.quotables[:2]]
    return Decision("voice", SIDES, shared=tuple(dict.fromkeys(cues)))


def seat_decision(passages: Sequence[Passage], article: Article, ruled: Collection[str]) -> Decision | None:
    """Where the caravan is as a text is written; None where it names no place.

    Parameters
    ----------
    passages
        What the text holds.
    article
        What the rules read in it.
    ruled
        Places where the rules found the caravan.
    """
    named: dict[str, list[tuple[Passage, int]]] = {}
    for passage in passages:
        for m in passage.mentions:
            if m.place == article.newsroom:
                continue
            named.setdefault(m.place, []).append((passage, m.start))
    most = max((len(v) for v in named.values()), default=0)
    own = []
    for n, (place, at) in enumerate(named.items()):
        parts = {
            "s": "", "dl": place == article.place, "rule": place in ruled, "only": len(ruled),
            "has": bool(article.place),
            "before": count_of(range(n)), "head": any(p.headline for p, _ in at), "most": len(at) == most,
            "times": count_of(at), "first": at[0][0].index == 0, "last": n == len(named) - 1,
        }  # fmt: skip
        cues: list[str] = []
        for passage, start in at[:_MOST_TIMES]:
            parts["ahead"] = any(d.date > article.published for d in passage.days)
            parts["today"] = any(d.date == article.published for d in passage.days)
            parts["past"] = _PAST.search(passage.folded, 0, start) is not None
            near = stems(passage.folded[max(0, start - 60) : start])
            cues += [f"b{k}={t}" for k, t in enumerate(reversed(near[-3:]))]
            cues += [*(f"L{t}" for t in near[-7:]), *(f"lab={t}" for t in stems(passage.label)[:2])]
            cues += crossed("p", _SEAT, parts)
        own.append(tuple(dict.fromkeys(cues)))
    return Decision("seat", tuple(named), tuple(own)) if named else None
