"""Cues: short texts that say in what way things stand about a figure, alone and crossed with one another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.linking.trail import RowTold

_TOKEN = re.compile(r"[a-z]+|[;:,.()\"?]")
_STEM = 6
_BUCKETS = (3, 15, 40, 80, 160)
_MOST = 3
_GROUPS = {
    "headcount": "people", "headcount_part": "people", "minors": "people", "pregnant": "people", "waiting": "people",
    "detained": "harm", "injured": "harm", "dead": "harm", "ill": "health", "medical_consultations": "health",
    "joined": "moved", "left": "moved", "returned": "moved", "km_day": "road", "km_cumulative": "road",
}  # fmt: skip
"""Kinds of rows that are linked alike."""


def stems(piece: str) -> list[str]:
    """The words and marks of a piece, words cut to their first letters."""
    return [t[:_STEM] for t in _TOKEN.findall(piece)]


def bucket(gap: int) -> str:
    """A distance in characters, coarsely."""
    return str(next((n for n, most in enumerate(_BUCKETS) if gap <= most), len(_BUCKETS)))


def count_of(items: Sequence[Any]) -> str:
    """How many, up to three."""
    return str(min(len(items), _MOST))


def group_of(kind: str) -> str:
    """What kinds of rows are linked alike."""
    return _GROUPS.get(kind, kind)


def crossed(name: str, templates: str, parts: Mapping[str, Any]) -> list[str]:
    """Cues of some parts, each template of parts joined by ``+`` one cue.

    Examples
    --------
    >>> crossed("q", "where where+far", {"where": "b", "far": 2})
    ['q:where=b', 'q:where+far=b,2']
    """
    out = []
    for template in templates.split():
        values = ",".join(str(parts[part]) for part in template.split("+"))
        out.append(f"{name}:{template}={values}")
    return out


def spans_of(things: Iterable[Any]) -> list[tuple[int, int]]:
    """Where things begin and end."""
    return [(t.start, t.end) for t in things]


def nearest_to(things: Sequence[Any], span: tuple[int, int]) -> Any:
    """The nearest of some things to a figure; None of none."""
    return min(things, key=lambda t: min(abs(t.start - span[1]), abs(span[0] - t.end)), default=None)


def between_parts(passage: Passage, span: tuple[int, int], thing: Any, alike: Sequence[Any]) -> dict[str, Any]:
    """How something stands to a figure: side, distance, what stands between."""
    at = (thing.start, thing.end)
    where = "b" if at[1] <= span[0] else "a"
    piece = passage.folded[at[1] : span[0]] if where == "b" else passage.folded[span[1] : at[0]]
    gap = span[0] - at[1] if where == "b" else max(0, at[0] - span[1])
    quoted = piece.replace("“", '"').replace("”", '"')
    return {
        "": "", "where": where, "far": bucket(gap), "piece": piece,
        "f": _apart(spans_of(passage.figures), span, at), "o": _apart(spans_of(alike), span, at),
        "m": "".join(mark for mark in ';.:"' if mark in quoted) + "'" * min(piece.count(","), 2),
        "near": nearest_to(alike, span) is thing,
        "paren": passage.folded[at[0] - 1 : at[0]] == "(" if at[0] else False,
    }  # fmt: skip


def _apart(spans: Iterable[tuple[int, int]], one: tuple[int, int], other: tuple[int, int]) -> str:
    """How many of some things stand between two others."""
    first, last = min(one[1], other[1]), max(one[0], other[0])
    return count_of([s for s in spans if first <= s[0] < last and s not in {one, other}])


def told_where(passage: Passage, index: int, paragraph: int) -> str:
    """How long ago something was told: in this passage, so many before in the paragraph, or in another."""
    if index == passage.index:
        return "s"
    return str(min(passage.index - index, _MOST)) if paragraph == passage.paragraph else "o"


def as_row(passage: Passage, row: RowTold | None, part: str) -> tuple[Any, str]:
    """A part of the last row told, and how long ago; what agrees with it goes on where it stopped."""
    return ("", "-") if row is None else (getattr(row, part), told_where(passage, row.passage, row.paragraph))
