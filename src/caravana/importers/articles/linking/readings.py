"""By what a row was linked, how sure such links are, and what else the text may mean."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from caravana.importers.articles.speakers import attributions, speakers
from caravana.importers.articles.text import fold

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from caravana.importers.articles.linking.frames import Article, Statement
    from caravana.importers.articles.words import Words

FIELDS = ("kind", "low", "high", "qualifier", "place", "date", "side")
MOST_READINGS = 3
UNKNOWN_SHARE = 0.5
"""How sure a link is that the texts for rules have too few of."""
_RANKS = (0.6, 0.25, 0.1)
"""How likely the first, second and third other value of a field is, where its link is wrong."""
_LEAST = 0.02
_SINGLES = 4
_OTHER_KINDS = {
    "headcount": ("headcount_part", "accepted_papers_cumulative"),
    "headcount_part": ("headcount",),
    "minors": ("headcount_part",),
    "detained": ("returned", "injured"),
    "injured": ("medical_consultations", "ill"),
    "ill": ("medical_consultations", "injured"),
    "medical_consultations": ("ill", "injured"),
    "km_day": ("km_cumulative",),
    "km_cumulative": ("km_day",),
    "joined": ("headcount", "headcount_part"),
    "left": ("returned", "headcount_part"),
    "returned": ("left", "detained"),
    "waiting": ("headcount_part", "headcount"),
    "dead": ("injured",),
    "pregnant": ("headcount_part",),
    "accepted_papers_cumulative": ("headcount_part", "headcount"),
}


@dataclass(frozen=True, slots=True)
class Values:
    """One reading of a row: what would be written down."""

    kind: str
    low: float | None
    high: float | None
    qualifier: str
    place: str
    date: dt.date
    side: str

    def as_json(self) -> dict[str, Any]:
        """The values as JSON has them."""
        return {name: getattr(self, name) for name in FIELDS} | {"date": self.date.isoformat()}


@lru_cache(maxsize=1)
def link_shares() -> dict[str, float]:
    """How often each kind of link was right on the texts for rules (``doubts.csv``, made by a command)."""
    text = (resources.files("caravana.importers.articles") / "doubts.csv").read_text(encoding="utf-8")
    return {
        row["link"]: (float(row["right"]) + 1) / (float(row["of"]) + 2) for row in csv.DictReader(text.splitlines())
    }


def links_of(statement: Statement, article: Article, words: Words) -> dict[str, str]:
    """By what each field was linked: what its share of right ones is counted by."""
    places = {m.place for m in statement.mentions}
    dates = {d.date for d in statement.named_days}
    sides = {a.side for a in attributions(fold(statement.text), words) if a.role}
    kind = "position" if statement.count is None else statement.count.kind
    bare = statement.count is not None and not statement.count.quantity.noun
    if statement.place in places:
        place = f"named{min(len(places), 3)}"
    else:
        place = "none" if not statement.place else "dateline" if statement.place == article.place else "carried"
    if statement.date in dates:
        date = f"named{min(len(dates), 3)}"
    else:
        date = "published" if statement.date == article.published else "carried"
    side = "named" if statement.side in sides else "voice" if statement.side == article.side else "carried"
    return {
        "kind": f"kind:{kind}{':bare' if bare else ''}",
        "place": f"place:{place}",
        "date": f"date:{date}",
        "side": f"side:{side}{min(len(sides), 2)}",
    }


def other_readings(
    first: Values,
    statement: Statement,
    before: Sequence[Statement],
    article: Article,
    words: Words,
    shares: Mapping[str, float],
) -> list[Values]:
    """The next likeliest readings: one field, or the likeliest two, read otherwise.

    Parameters
    ----------
    first
        The likeliest reading.
    statement, before
        The statement it is of, and those before it.
    article, words
        The text, and its language.
    shares
        How often the link of each field was right.
    """
    scored: list[tuple[float, dict[str, Any]]] = []
    for field, several in _candidates(first, statement, before, article, words).items():
        fresh = [v for v in dict.fromkeys(several) if v != getattr(first, field)]
        wrong = max(1.0 - shares.get(field, UNKNOWN_SHARE), _LEAST)
        odds = wrong / (1.0 - min(wrong, 0.95))
        scored += [
            (odds * (rank if value else _RANKS[-1]), {field: value}) for rank, value in zip(_RANKS, fresh, strict=False)
        ]
    singles = sorted(scored, key=lambda s: -s[0])[:_SINGLES]
    pairs = [
        (a[0] * b[0], a[1] | b[1])
        for i, a in enumerate(singles)
        for b in singles[i + 1 :]
        if a[1].keys() != b[1].keys()
    ]
    best = sorted([*scored, *pairs], key=lambda s: -s[0])[: MOST_READINGS - 1]
    return [replace(first, **changes) for _, changes in best]


def _candidates(
    first: Values, statement: Statement, before: Sequence[Statement], article: Article, words: Words
) -> dict[str, list[Any]]:
    """What each field may be instead, the likeliest first."""
    earlier = [s for s in before if s.count is not None or s.mentions][-3:]
    folded = fold(statement.text)
    said = [a.side for a in attributions(folded, words) if a.side not in {"", "own"}]
    named = [s.side for _, _, s in speakers(folded, words) if s.side != "own"]
    return {
        "side": [*said, article.side, *named, *(s.side for s in reversed(earlier)), "press"],
        "place": [
            *(m.place for m in statement.mentions),
            article.place,
            *(s.place for s in reversed(earlier) if s.place),
            "",
        ],
        "date": [
            *(d.date for d in statement.named_days),
            article.published,
            *(s.date for s in reversed(earlier)),
        ],
        "kind": list(_OTHER_KINDS.get(first.kind, ())),
    }
