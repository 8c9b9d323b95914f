"""By what it is told what a figure counts, and how surely it is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.articles.linking.cues import bucket, count_of, stems
from caravana.importers.articles.linking.decisions import Decision
from caravana.importers.articles.linking.scope_cues import scope_cues
from caravana.importers.articles.linking.who import ELLIPSIS

if TYPE_CHECKING:
    from caravana.importers.articles.figures import FigureInText
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.linking.trail import Trail
    from caravana.importers.articles.words import Words

KINDS = (
    "none", "headcount", "accepted_papers_cumulative", "minors", "pregnant", "ill", "medical_consultations", "detained",
    "headcount_part", "injured", "dead", "joined", "left", "returned", "waiting", "km_day", "km_cumulative",
    "temperature_c", "another",
)  # fmt: skip
"""What a figure may count that has a row; ``another`` is of another caravan or of one to come."""
QUALIFIERS = ("exact", "about", "more_than", "less_than")
_SIDE = 8
_WINDOW, _SHORT = 70, 45
_SIZES = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 20_000)
_ALIKE = (0.15, 0.5, 2.0, 6.0)
OTHER_CARAVAN = re.compile(
    r"\b(?:an?other|(?:a|the) (?:second|third|new|previous|earlier|smaller|separate)|last (?:week|month|year)'s|"
    r"otr[oa]|(?:una?|la|el) (?:segund|tercer|nuev)[oa]|aquell?a) (?:\w+ ){0,2}?"
    r"(?:caravanas?|caravans?|groups?|grupos?|contingente)\b|"
    r"\b(?:caravan|caravana) (?:of|de|del) (?:20[01]\d|(?:sept|oct|enero|january|agosto|august)\w*)"
)
"""Another caravan than the one that a text is of."""


def clause_span(passage: Passage, figure: FigureInText) -> tuple[int, int]:
    """The piece of a passage between semicolons and full stops about a figure."""
    folded = passage.folded
    first = max(folded.rfind(mark, 0, figure.start) for mark in (";", ". ", ": "))
    lasts = [at for mark in (";", ". ") if (at := folded.find(mark, figure.end)) >= 0]
    return first + 1, min(lasts, default=len(folded))


def kind_decision(passage: Passage, figure: FigureInText, trail: Trail, words: Words, article: Article) -> Decision:
    """What a figure counts."""
    folded = passage.folded
    statement = passage.statements.get(figure.at)
    rule = statement.count.kind if statement is not None and statement.count is not None else "-"
    context = statement.context if statement is not None else "-"
    size = figure.low if figure.low is not None else figure.high
    at = passage.figures.index(figure)
    before = passage.figures[at - 1] if at else None
    after = passage.figures[at + 1] if at + 1 < len(passage.figures) else None
    left = stems(folded[before.end if before else 0 : figure.start])
    right = stems(folded[figure.end : after.start if after else len(folded)])
    noun = figure.noun or "-"
    cues = [
        "any", f"n={noun}", f"w={figure.what}", f"n={noun}&w={figure.what}", f"r={rule}", f"r={rule}&c={context}",
        f"c={context}", f"r={rule}&n={noun}", f"v={_size(size)}", f"q={figure.qualifier}", f"i={count_of(range(at))}",
        f"head={passage.headline}", *(f"L{t}" for t in left[-_SIDE:]), *(f"R{t}" for t in right[:_SIDE]),
        *(f"l{n}={t}" for n, t in enumerate(reversed(left[-3:]))), *(f"r{n}={t}" for n, t in enumerate(right[:3])),
        *(f"lab={t}" for t in stems(passage.label)), *(f"hd={t}" for t in stems(passage.heading)),
        *(f"in={t}" for t in set(stems(folded[figure.start : figure.end]))),
    ]  # fmt: skip
    cues += _happenings(passage, figure, words)
    cues += _hints(passage, figure, before, after, words)
    cues += _company(passage, figure, trail, size)
    cues += scope_cues(passage, figure, clause_span(passage, figure), article)
    return Decision("kind", KINDS, shared=tuple(dict.fromkeys(cues)))


def _size(size: float | None) -> str:
    return "-" if size is None else str(sum(size >= s for s in _SIZES))


def _happenings(passage: Passage, figure: FigureInText, words: Words) -> list[str]:
    """What words of the clause say happened, before the figure and after it, and how near; and what is named there."""
    start, end = clause_span(passage, figure)
    folded, out = passage.folded, []
    nearest: dict[str, tuple[int, str]] = {}
    for kind, pattern in words.happened.items():
        for match in pattern.finditer(folded, start, end):
            where = "b" if match.start() < figure.start else "a"
            gap = figure.start - match.end() if where == "b" else max(0, match.start() - figure.end)
            between = folded[min(match.end(), figure.end) : max(match.start(), figure.start)]
            apart = any(min(match.end(), figure.end) <= f.start < max(match.start(), figure.start)
                        for f in passage.figures if f is not figure)  # fmt: skip
            out += [f"h{where}{bucket(gap)}={kind}", f"h={kind}&apart={apart}&comma={',' in between}"]
            nearest[kind] = min(nearest.get(kind, (10**6, "")), (gap, where))
    if nearest:
        likeliest = min(nearest, key=lambda k: nearest[k][0])
        out += [f"hn={likeliest}", f"hn={likeliest}&n={figure.noun or '-'}", f"hn={likeliest}&{nearest[likeliest][1]}"]
    else:
        out.append("hn=-")
    for name in ("minors", "pregnant", "patients", "cards", "sick", "agents"):
        if (named := words.nouns[name].search(folded, start, end)) is not None:
            where = "b" if named.end() <= figure.start else "a" if named.start() >= figure.end else "in"
            out.append(f"nc{where}={name}")
    if (other := OTHER_CARAVAN.search(folded, start, end)) is not None:
        between = folded[min(other.end(), figure.end) : max(other.start(), figure.start)]
        where = "b" if other.end() <= figure.start else "a"
        out += [
            f"other={where}",
            f"other={where}&{bucket(len(between))}",
            f"other={where}&comma={',' in between}&r={figure.what}",
        ]
    for name, pattern in words.road.items():
        if figure.what == "distance" and pattern.search(folded, start, end):
            out.append(f"road={name}")
    return out


def _hints(
    passage: Passage, figure: FigureInText, before: FigureInText | None, after: FigureInText | None, words: Words
) -> list[str]:
    """Loose words near a figure, up to its neighbours; in its label; in the heading above it."""
    folded = passage.folded
    start = max(before.end if before else 0, figure.start - _WINDOW)
    end = min(after.start if after else len(folded), figure.end + _WINDOW)
    colon = folded.rfind(":", max(0, figure.start - 12), figure.start)
    label = folded[max(0, colon - _SHORT) : colon] if colon >= 0 else ""
    label = label.rsplit(".", 1)[-1]
    out = [f"colon={colon >= 0}"]
    nearest = (10**6, "-", "")
    for kind, pattern in words.hints.items():
        for match in pattern.finditer(folded, start, end):
            where = "b" if match.end() <= figure.start else "a" if match.start() >= figure.end else "i"
            gap = figure.start - match.end() if where == "b" else max(0, match.start() - figure.end)
            out += [f"t{where}={kind}", f"t{where}{bucket(gap)}={kind}"]
            nearest = min(nearest, (gap, kind, where))
        if pattern.search(folded):
            out.append(f"ts={kind}")
        if label and pattern.search(label):
            out += [f"tl={kind}", f"tl={kind}&noun={bool(figure.noun)}"]
        if passage.heading and pattern.search(passage.heading):
            out += [f"th={kind}", f"th={kind}&n={figure.noun or '-'}"]
    noun = figure.noun or "-"
    return [
        *out,
        f"tn={nearest[1]}",
        f"tn={nearest[1]}{nearest[2]}&n={noun}",
        f"tn={nearest[1]}&v={_size(figure.low or figure.high)}",
    ]


def _company(passage: Passage, figure: FigureInText, trail: Trail, size: float | None) -> list[str]:
    """What was counted right before, how this figure's size goes with it, and whether somebody stands beside it."""
    bare = f"bare={figure.noun == '' and figure.what in {'other', 'people'}}"
    last = trail.last_row
    same = (
        "-"
        if last is None
        else "s"
        if last.passage == passage.index
        else "p"
        if last.paragraph == passage.paragraph
        else "o"
    )
    kind = last.kind if last is not None and same != "o" else "-"
    ratio = "-"
    if last is not None and size and last.size:
        ratio = str(sum(size / last.size >= r for r in _ALIKE))
    most = "-" if not size or not trail.most else str(sum(size / trail.most >= r for r in _ALIKE))
    gaps = [passage.folded[q.end : figure.start] for q in passage.quotables if q.end <= figure.start]
    beside = bool(gaps) and ELLIPSIS.fullmatch(gaps[-1]) is not None
    near = any(abs(q.start - figure.end) < 30 or abs(figure.start - q.end) < 30 for q in passage.quotables)
    said = bool(passage.quotables)
    return [
        f"pk={kind}&{same}", f"pk={kind}&{bare}", f"pk={kind}&{bare}&{ratio}&q={near}", f"{bare}&m={most}", f"m={most}",
        f"{bare}&beside={beside}", f"{bare}&near={near}&v={_size(size)}", f"{bare}&said={said}&m={most}",
        f"pp={trail.kind_before(passage.paragraph)}&{bare}",
    ]  # fmt: skip


def qualifier_decision(passage: Passage, figure: FigureInText) -> Decision | None:
    """How surely a figure is said; None for a range, or where there is no figure."""
    if figure.qualifier == "range" or (figure.low is None and figure.high is None):
        return None
    start = figure.at if figure.at >= 0 else figure.start
    before = stems(passage.folded[max(0, start - 40) : start])[-4:]
    after = stems(passage.folded[figure.end : figure.end + 25])[:3]
    number = re.sub(r"\d", "0", passage.folded[start : figure.end].split(" ")[0])
    cues = ["any", f"q={figure.qualifier}", *(f"b{n}={t}" for n, t in enumerate(reversed(before))),
            f"b01={'_'.join(before[-2:])}", *(f"a={t}" for t in after), f"#={number}",
            f"#={number}&q={figure.qualifier}"]  # fmt: skip
    return Decision("qualifier", QUALIFIERS, shared=tuple(cues))
