"""By what it is told of which place a figure is."""

from __future__ import annotations

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

if TYPE_CHECKING:
    import datetime as dt

    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage
    from caravana.importers.articles.linking.trail import Trail

_NAMED = (
    "where+far f+where o+where m+where near+where near+f+where+m p+where pp p+g g+where+f dl dl+g seat seat+g some+n "
    "rule rule+where+f night night+g head paren+f k+p+where rel rel+where+f rel+today+g rel+p go go+where+f go+g go+rel"
)
_SEAT = "v some g k+some today today+some+g rule+some hasnight+night+some isdl+some go go+some go+g"
_DATELINE = "v some g k+some rule today today+some+g night hasnight+night+some go go+some"
_LAST_NIGHT = "v some g dated+some dated+g rule hasdl+some today+hasdl+some go go+some"
_THAT_NIGHT = "v some g rule+some hasdl+some+today go go+some go+g"
_ROW = "v at at+some at+alike+some at+dated+some at+pg+g+some at+dated+alike+g at+nowhere"
_LAST_NAMED = "v at at+some at+g+some at+today+hasdl exact+some go go+exact"
_NONE = "v some g rule"
_NEAR_KM, _FAR_KM = 30.0, 90.0


def along(article: Article, place: str, seat: str) -> str:
    """Where on the caravan's road a place lies from another: ``=``, ``+`` to ``+++`` ahead, ``-`` behind, or ``?``."""
    if place == seat:
        return "="
    if place not in article.road or seat not in article.road:
        return "?"
    km = article.road[place] - article.road[seat]
    return ("+" if km > 0 else "-") * (1 + (abs(km) > _NEAR_KM) + (abs(km) > _FAR_KM))


def place_decision(
    passage: Passage, span: tuple[int, int], kind: str, date: dt.date, trail: Trail, article: Article, rule: str
) -> Decision:
    """The place that a figure is of: one named in the passage, one told before, that of the dateline, or none.

    Parameters
    ----------
    passage, span
        Where the figure stands.
    kind, date
        What it counts, and of which day it is.
    trail, article
        What was told before; the text.
    rule
        The place that the rules chose.
    """
    folded = passage.folded
    night = next((p for p, d, _ in reversed(trail.nights) if d == date), "")
    parts: dict[str, Any] = {
        "v": "", "k": kind, "g": group_of(kind), "some": count_of(passage.mentions), "head": passage.headline,
        "today": date == article.published, "hasdl": bool(article.place), "hasnight": bool(night),
    }  # fmt: skip
    last, ago = as_row(passage, trail.last_row, "place")

    def goes_on(place: str) -> str:
        return ago if place == last else "-"

    values: list[str] = []
    own: list[tuple[str, ...]] = []
    for n, m in enumerate(passage.mentions):
        if m.place == article.newsroom and m.start < passage.lead:
            continue  # where the newsroom is
        near = stems(folded[max(0, m.start - 30) : m.start])[-2:]
        more = {
            "n": n, "p": "".join(near[-1:]), "pp": "_".join(near), "dl": m.place == article.place,
            "seat": m.place == trail.seat, "rel": along(article, m.place, trail.seat), "night": night == m.place,
            "rule": rule == m.place, "go": goes_on(m.place),
        }  # fmt: skip
        values.append(m.place)
        own.append(tuple(crossed("m", _NAMED, parts | between_parts(passage, span, m, passage.mentions) | more)))
    for name, templates, place, more in _earlier_places(passage, kind, date, night, trail, article):
        values.append(place)
        same = {"rule": rule == place, "night": night == place, "go": goes_on(place)}
        own.append(tuple(crossed(name, templates, parts | same | more)))
    return Decision("place", tuple(values), tuple(own))


def _earlier_places(
    passage: Passage, kind: str, date: dt.date, night: str, trail: Trail, article: Article
) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Places told before or elsewhere, each with its name as a cue, its templates and its parts; and none."""
    out: list[tuple[str, str, str, dict[str, Any]]] = []
    if trail.seat:
        out.append(("seat", _SEAT, trail.seat, {"isdl": article.place == trail.seat}))
    if article.place:
        out.append(("dateline", _DATELINE, article.place, {}))
    if trail.nights:
        place, last, _ = trail.nights[-1]
        out.append(("night", _LAST_NIGHT, place, {"dated": last == date}))
    if night:
        out.append(("that", _THAT_NIGHT, night, {}))
    if (row := trail.last_row) is not None:
        at = told_where(passage, row.passage, row.paragraph)
        more = {"at": at if at in {"s", "o"} else "p", "alike": row.kind == kind, "dated": row.date == date}
        out.append(("row", _ROW, row.place, more | {"pg": group_of(row.kind), "nowhere": row.place == ""}))
    if trail.mention is not None:
        place, index, paragraph = trail.mention
        exact = told_where(passage, index, paragraph)
        out.append(("named", _LAST_NAMED, place, {"at": "o" if exact == "o" else "p", "exact": exact}))
    return [*out, ("none", _NONE, "", {})]
