"""By what it is told whether a text says that the caravan was at a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from caravana.importers.articles.linking.cues import bucket, count_of, crossed, stems
from caravana.importers.articles.linking.decisions import Decision
from caravana.importers.articles.linking.place_cues import along
from caravana.importers.articles.linking.positions import BREAK, NOT, OTHERS, STAY, WALKERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from caravana.importers.articles.gazetteer import Mention
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.linking.trail import Trail
    from caravana.importers.articles.words import Words

_SIDE, _NEAR = 7, 200
_PARTS = (
    "rule head i n dl dl+head seat seat+head seen day ahead idx leaves plans plansb sleeps walkers walkersb people p "
    "rel rel+rule rel+leaves rel+sleeps rel+day rel+plansb"
)
_LEAVES = re.compile(
    r"\b(?:left|leaving|leaves?|departed|sal(?:io|ieron|imos|ir|en)|part(?:io|ieron)|dej(?:o|aron|ar))\b"
)
_PLANS = re.compile(
    r"\b(?:will|next|tomorrow|plans?|hopes?|expects?|manana|proxim[oa]|saldran?|llegaran?|seguiran?|rumbo|hacia|"
    r"heading|bound|to go|outlook)\b"
)
_SLEEPS = re.compile(
    r"\b(?:slept|sleep\w*|night|overnight|camp\w*|rest\w*|shelter\w*|durm\w+|duerm\w+|noche|pernoct\w+|descans\w+|"
    r"acamp\w+|amanec\w+)\b"
)


def night_decision(
    passage: Passage, mention: Mention, trail: Trail, article: Article, words: Words, ruled: Collection[tuple[int, str]]
) -> Decision:
    """Whether the caravan was at a place that a passage names.

    Parameters
    ----------
    passage, mention
        The place, and where it stands.
    trail, article, words
        What was told before; the text; its language.
    ruled
        Positions that the rules found: start of the sentence and place.
    """
    folded = passage.folded
    at = passage.mentions.index(mention)
    before = passage.mentions[at - 1] if at else None
    after = passage.mentions[at + 1] if at + 1 < len(passage.mentions) else None
    start = before.end if before else 0
    left = stems(folded[start : mention.start])
    right = stems(folded[mention.end : after.start if after else len(folded)])
    parts: dict[str, Any] = {
        "rule": any(place == mention.place and abs(s - passage.start) < _NEAR for s, place in ruled),
        "head": passage.headline, "i": count_of(range(at)), "n": count_of(passage.mentions),
        "dl": mention.place == article.place,
        "seat": mention.place == trail.seat, "rel": along(article, mention.place, trail.seat),
        "seen": any(p == mention.place for p, _, _ in trail.nights),
        "day": bool(passage.days), "ahead": any(d.date > article.published for d in passage.days),
        "idx": min(passage.index, 3),
        "leaves": _LEAVES.search(folded, start, mention.start) is not None, "plans": _PLANS.search(folded) is not None,
        "plansb": _PLANS.search(folded, start, mention.start) is not None, "sleeps": _SLEEPS.search(folded) is not None,
        "walkers": WALKERS.search(folded) is not None, "walkersb": WALKERS.search(folded, 0, mention.start) is not None,
        "people": count_of([f for f in passage.figures if f.what == "people"]), "p": "_".join(left[-2:]),
    }  # fmt: skip
    verbs = list(STAY[words.code].finditer(folded, start, mention.start))
    cues = [
        "any", *crossed("c", _PARTS, parts), *_verb_cues(folded, mention, verbs[-1] if verbs else None, parts),
        *(f"l{n}={t}" for n, t in enumerate(reversed(left[-3:]))), *(f"L{t}" for t in left[-_SIDE:]),
        *(f"r{n}={t}" for n, t in enumerate(right[:2])), *(f"R{t}" for t in right[:_SIDE]),
        *(f"lab={t}" for t in stems(passage.label)), *(f"hd={t}" for t in stems(passage.heading)),
    ]  # fmt: skip
    return Decision("position", (True, False), shared=tuple(dict.fromkeys(cues)))


def _verb_cues(folded: str, mention: Mention, verb: re.Match[str] | None, parts: dict[str, Any]) -> list[str]:
    """What the verb of staying nearest before a place tells."""
    if verb is None:
        return ["verb=-"]
    between, earlier = folded[verb.end() : mention.start], folded[max(0, verb.start() - 60) : verb.start()]
    broken, denied, others = (p.search(t) is not None for p, t in ((BREAK, between), (NOT, earlier), (OTHERS, earlier)))
    more = {
        "far": bucket(len(between)), "clean": not (broken or denied or others), "verb": "_".join(stems(verb[0])[:2]),
        "broken": broken, "denied": denied, "others": others,
    }  # fmt: skip
    return crossed("verb", "far clean clean+walkersb verb broken denied others", parts | more)
