"""By what it is told whose own words a text is, and where the caravan is as it is written."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from caravana.importers.articles.linking.cues import bucket, count_of, crossed, stems
from caravana.importers.articles.linking.decisions import Decision

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.words import Words

SIDES = ("press", "agency", "observer", "organisers", "authorities")
_HEAD, _MOST_HEAD, _MOST_TIMES = 4, 30, 4
_TAIL, _LINE, _LETTERHEAD = 2, 12, 3
_QUARTERS = 4
_SHORT = 12
_MOST_HEARD = 4
_LIST = re.compile(r"\s*(?:[-•*·]|\d{1,2}[.)]\s|\d{1,2}[:.]\d\d\b)")
_WIRE = re.compile(r"\s*[^\n]{3,60}?(?:\([^)\n]{2,40}\)\s*)?[.]?\s*[-–—]\s+\S")
FIRST_PERSON = re.compile(r"\b(?:we|us|our|i|my|nosotros|nuestr[oa]s?|somos|\w{3,}(?:amos|imos))\b")
QUOTES = re.compile(r"[\"“”«»]")
_PAST = re.compile(r"\b(?:was|were|had|fue|fueron|era|eran|habia|habian|\w{3,}(?:aron|ieron|ed))\b")
_VOICE = (
    "rule we out we+rule release lead lead+out role lead+rule list list+lead list+rule tail wire "
    "wire+rule release+lead "
    "title"
)
_SEAT = (
    "s dl rule rule+only before head most times times+dl first last has+dl+rule today ahead today+rule past rank "
    "rank+dl rank+rule rank+plans rank+today plans plans+rule from from+rank from+rule came came+from "
    "came+rank came+today"
)
_TELLING = (
    "gap gap+voice gap+times gap+most gap+first gap+first+people gap+only gap+ratio "
    "gap+now+times gap+people gap+dl gap+voice+first gap+held gap+counted gap+slept gap+held+voice gap+counted+voice "
    "gap+bare gap+bare+held gap+bare+counted held+counted+gap open open+gap"
)
_RECENT, _FIRST = dt.timedelta(3), 3
_NOW = re.compile(
    r"\b(?:is|are|has|have|today|now|this (?:morning|afternoon|evening|week)|hoy|ahora|es|son|hay|esta|estan|"
    r"permanece|permanecen|"
    r"est[ea] (?:manana|tarde|lunes|martes|miercoles|jueves|viernes|sabado|domingo))\b"
)
_PLANS = re.compile(
    r"\b(?:will|next|tomorrow|plans?|hopes?|expects?|aims?|intends?|manana|proxim[oa]|saldran?|salen|"
    r"llegaran?|seguiran?|"
    r"rumbo|hacia|heading|headed|bound|towards?|to go|outlook|destino)\b"
)
_FROM = re.compile(
    r"\b(?:from|left|leaving|since|departed|out of|behind|desde|salio de|salieron de|salir de|procedentes? de|"
    r"provenientes? de|dejo|dejaron|de|atras)\s+(?:the |la |el )?$"
)
_CAME = re.compile(
    r"\b(?:arriv\w+|reach\w+|enter\w+|came|come|got|made it|walked|rest\w*|sle(?:pt|eps?)|camp\w*|spen\w+|"
    r"stay\w*|is|are|lleg\w+|"
    r"arrib\w+|entr\w+|pernoct\w+|durm\w+|duerm\w+|descans\w+|acamp\w+|esta|estan|permanec\w+|pas\w+|hasta|sigue\w*)\b"
)


def voice_decision(passages: Sequence[Passage], article: Article, words: Words) -> Decision:
    """Whose own words a text is, by what its first lines name and by how it speaks."""
    head = passages[:_HEAD]
    lead = next((q for p in head for q in p.quotables if q.side not in {"own", "press"}), None)
    parts = {
        "rule": article.side, "lead": lead.side if lead else "-", "role": lead.role if lead else "-",
        "we": bucket(4 * sum(len(FIRST_PERSON.findall(p.folded)) for p in passages)),
        "out": bucket(4 * sum(len(FIRST_PERSON.findall(p.folded)) for p in passages if not QUOTES.search(p.folded))),
        "release": any(words.patterns["release"].search(p.folded) for p in head),
        "list": bucket(4 * sum(bool(p.label) or _LIST.match(p.folded) is not None for p in passages)),
        "tail": _agency_named(passages, words), "title": passages[0].text.isupper(),
        "wire": any(_WIRE.match(p.text) for p in head if p.mentions and p.mentions[0].start < _LINE),
    }  # fmt: skip
    cues = ["any", *crossed("v", _VOICE, parts), *_heading_cues(passages, words)]
    for side, pattern in words.voices.items():
        above = sum(len(pattern.findall(p.folded)) for p in head[:_LETTERHEAD])
        within = sum(len(pattern.findall(p.folded)) for p in passages[_LETTERHEAD:])
        cues += [
            f"vh={side}&{min(above, 3)}",
            f"vb={side}&{bucket(3 * within)}",
            f"vh={side}&{above > 0}&{parts['rule']}",
        ]
    spoken = [q.side for p in passages[_LETTERHEAD:] for q in p.quotables]
    quoted = sum(bool(QUOTES.search(p.folded)) for p in passages)
    cues += [f"qs={side}&{min(spoken.count(side), _MOST_HEARD)}" for side in SIDES]
    cues += [f"qs={side}&{spoken.count(side) > 0}&{parts['rule']}" for side in SIDES]
    cues += [f"quotes={min(quoted, 3)}", f"quotes={quoted > 0}&{parts['rule']}", f"long={bucket(len(passages) * 4)}"]
    cues += [f"t={t}" for p in passages[-_TAIL:] for t in stems(p.folded)[:_MOST_HEAD]]
    for n, passage in enumerate(head):
        cues += [f"h={t}" for t in stems(passage.folded)[:_MOST_HEAD]]
        cues += [f"hq={q.side}" for q in passage.quotables]
        cues += [f"hq{n}={q.side}&{q.start < _MOST_HEAD}" for q in passage.quotables[:2]]
        tells = words.patterns["said"].search(passage.folded) or _PAST.search(passage.folded)
        bare = not tells and passage.text.rstrip()[-1:] != "."
        cues += [f"lh={q.side}&{bare}&{n < _LETTERHEAD}" for q in passage.quotables[:1]]
    return Decision("voice", SIDES, shared=tuple(dict.fromkeys(cues)))


def _agency_named(passages: Sequence[Passage], words: Words) -> str:
    """Whether an agency is named at the beginning, in its line of place and day, or at the end."""
    ends = {"head": passages[:_HEAD], "tail": passages[-_TAIL:]}
    for name, some in ends.items():
        signed = [re.compile(agency.pattern.pattern + r"[^()\n]{0,20}\)") for agency in words.agencies]
        if any(pattern.search(p.folded) for pattern in signed for p in some):
            return name
    return "-"


def telling_decision(passages: Sequence[Passage], article: Article) -> Decision:
    """The day that most of a text tells of: that of publication, or an evening before it.

    Parameters
    ----------
    passages
        What the text holds.
    article
        What the rules read in it.
    """
    named: dict[dt.date, list[tuple[Passage, int, bool]]] = {}
    for passage in passages:
        for day in passage.days:
            if article.published - _RECENT <= day.date <= article.published:
                named.setdefault(day.date, []).append((passage, day.start, day.start < passage.lead))
    opening = next((p.paragraph for p in passages if not p.headline and len(p.text) > p.lead), 0)
    days = list(dict.fromkeys([article.published, article.published - dt.timedelta(1), *named]))
    most = max((len(v) for v in named.values()), default=0)
    held, bare = _days_held(passages)
    counted = [s.date for s in article.statements if s.count is not None and s.context == ""]
    slept = [s.date for s in article.statements if s.kind == "position"]
    now = sum(len(_NOW.findall(p.folded)) for p in passages)
    past = sum(len(_PAST.findall(p.folded)) for p in passages)
    own = []
    for date in days:
        at = [(p, start) for p, start, lead in named.get(date, []) if not lead]
        gap = min((article.published - date).days, _MOST_TIMES)
        parts: dict[str, Any] = {
            "gap": gap, "voice": article.side, "times": count_of(at), "most": bool(at) and len(at) == most,
            "first": bool(at) and at[0][0].index <= _FIRST, "only": len(named) <= 1, "now": bucket(3 * now),
            "ratio": min(4, int(4 * now / (past + 1))), "dl": bool(article.place),
            "people": count_of([f for p, _ in at for f in p.figures if f.what == "people"]),
            "held": _part_of(held, date), "counted": _part_of(counted, date), "slept": _part_of(slept, date),
            "bare": bare, "open": bool(at) and at[0][0].paragraph == opening,
        }  # fmt: skip
        cues = crossed("t", _TELLING, parts)
        for passage, start in at[:_MOST_TIMES]:
            before = stems(passage.folded[max(0, start - 30) : start])[-2:]
            came = _CAME.search(passage.folded) is not None
            cues += [f"b={'_'.join(before)}", f"came={came}&gap={gap}", f"q={bool(passage.quotables)}&gap={gap}"]
            cues += [f"w={w}" for w in stems(passage.folded[start : start + 20])[:2]]
        own.append(tuple(dict.fromkeys(cues)))
    return Decision("telling", tuple(days), tuple(own))


def _days_held(passages: Sequence[Passage]) -> tuple[list[dt.date], str]:
    """The day last named in its paragraph for each figure of people; and how many quarters have none."""
    held: list[dt.date] = []
    bare = figures = 0
    last: tuple[dt.date, int] | None = None
    for passage in passages:
        days = [d for d in passage.days if d.start >= passage.lead]
        for figure in passage.figures:
            if figure.what not in {"people", "other"}:
                continue
            figures += 1
            near = [d for d in days if d.end <= figure.start] or days
            if near:
                held.append(near[-1].date)
            elif last is not None and last[1] == passage.paragraph:
                held.append(last[0])
            else:
                bare += 1
        if days:
            last = (days[-1].date, passage.paragraph)
    return held, str(-(-bare * _QUARTERS // figures)) if figures else "-"


def _part_of(values: Sequence[Any], one: Any) -> str:
    """How many quarters of some days or places told are one; ``-`` of none."""
    return str(-(-sum(t == one for t in values) * _QUARTERS // len(values))) if values else "-"


_TRAVELS = re.compile(
    r"\b(?:we(?:'ve| have)? (?:also )?(?:got|arrived|slept|sleep|walk\w*|came|come|left|leave|go on|"
    r"rest\w*|woke|are still|are "
    r"(?:in|at|going|walking|tired)|were \d|carry|started|began|voted|counted)|our (?:people|feet|"
    r"march|caravan|comrades)|"
    r"(?:of|from|among|to) us|lleg(?:amos|ando)|camin(?:amos|ando)|dorm(?:imos|iendo)|sal(?:imos|"
    r"iendo)|entr(?:amos|ando)|"
    r"eramos|somos|vamos|venimos|seguimos|descans(?:amos|aremos)|amanecimos|nos (?:baj|agarr|quit|"
    r"detuv|golpe|llev|mand|tir|"
    r"prometi|alcanz|dej|correte|rode)\w*|nuestr[oa]s? (?:gente|pies|marcha|caravana|companer\w+|herman\w+))\b"
)
_HANDLE = re.compile(
    r"[@#]\s?\w*(?:caravan|exod|march|camin|migrant)\w*|(?:pagina|page|voz|voice) (?:de|of) (?:la|the) caravan\w*"
)
_BRAND = re.compile(r"\s*(?:\(?[A-ZÁÉÍÓÚ]{2,9}\)?\s*[|./:–—-]|[^\n]{0,70}\([A-Z][\w .]{1,35}\)\s*[.]?\s*[-–—])")
_MOST_WORDS = 10


def _heading_cues(passages: Sequence[Passage], words: Words) -> list[str]:
    """Whom the first lines name, what the first of them says, and whether the text's own *we* is on the road."""
    out = [f"handle={any(_HANDLE.search(p.folded) for p in passages[:_HEAD])}"]
    out.append(f"brand={any(_BRAND.match(p.text) for p in passages[:_LETTERHEAD])}")
    for n, passage in enumerate(passages[:_LETTERHEAD]):
        out += [f"h{n}={s.side}" for s in words.tellers if s.pattern.search(passage.folded)]
        out += [f"r{n}={s.side}" for s in words.speakers if s.pattern.search(passage.folded)]
    out += [f"o={t}" for t in stems(passages[0].folded)[:_MOST_WORDS]]
    bare = [p for p in passages if not QUOTES.search(p.folded)]
    travels = sum(len(_TRAVELS.findall(p.folded)) for p in bare)
    out += [f"travels={bucket(4 * travels)}", f"travels={travels > 0}&short={len(passages) <= _SHORT}"]
    return list(dict.fromkeys(out))


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
    farthest = sorted((p for p in named if p in article.road), key=lambda p: -article.road[p])
    own = []
    for n, (place, at) in enumerate(named.items()):
        parts = {
            "s": "", "dl": place == article.place, "rule": place in ruled, "only": len(ruled),
            "has": bool(article.place),
            "before": count_of(range(n)), "head": any(p.headline for p, _ in at), "most": len(at) == most,
            "rank": count_of(farthest[: farthest.index(place)]) if place in farthest else "-",
            "times": count_of(at), "first": at[0][0].index == 0, "last": n == len(named) - 1,
        }  # fmt: skip
        cues: list[str] = []
        for passage, start in at[:_MOST_TIMES]:
            parts["ahead"] = any(d.date > article.published for d in passage.days)
            parts["today"] = any(d.date == article.published for d in passage.days)
            parts["past"] = _PAST.search(passage.folded, 0, start) is not None
            before = passage.folded[max(0, start - 60) : start]
            near = stems(before)
            parts["plans"] = _PLANS.search(passage.folded) is not None
            parts["from"] = _FROM.search(before) is not None
            parts["came"] = _CAME.search(before) is not None
            cues += [f"b{k}={t}" for k, t in enumerate(reversed(near[-3:]))]
            cues += [*(f"L{t}" for t in near[-7:]), *(f"lab={t}" for t in stems(passage.label)[:2])]
            cues += crossed("p", _SEAT, parts)
        own.append(tuple(dict.fromkeys(cues)))
    return Decision("seat", tuple(named), tuple(own)) if named else None
