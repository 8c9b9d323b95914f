"""What changed since the last forecast: the same nights as forecast on earlier evenings, side by side."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from caravana.language.language import EN_DASH
from caravana.reporting import svg
from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight import axes
from caravana.reporting.tonight.coming import PERSONS, POSITION
from caravana.reporting.tonight.map import COMING, DAYS
from caravana.reporting.tonight.news import end_of
from caravana.reporting.tonight.people import BAND, INNER
from caravana.reporting.tonight.road import LEVELS, road_of

if TYPE_CHECKING:
    import pandas as pd

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.reporting.tonight.road import Road

EVENINGS = 4
LINE, HEAD = 22.0, 30.0
ALIKE_KM, ALIKE_SHARE = 2.0, 0.03
GREY_BAND, GREY_INNER = "#e3e7ea", "#b9c3ca"


def side_by_side(facts: Tonight, target: str, *, days: int = DAYS) -> pd.DataFrame:
    """Quantiles of the coming days as forecast tonight and on the evenings before, newest first within a day."""
    frame = facts.levels(target, location=facts.caravan)
    if frame.empty:
        return frame
    coming = (frame["target_date"] > facts.origin) & (frame["target_date"] <= facts.origin + dt.timedelta(days))
    recent = frame["issued_on"] > facts.origin - dt.timedelta(EVENINGS)
    return frame[coming & recent].sort_values(["target_date", "issued_on"], ascending=[True, False])


def draw_changes(frame: pd.DataFrame, facts: Tonight, road: Road | None, language: Language, wide: float) -> Markup:
    """Bands of each target date, the newest evening first; under them towns of a road, or numbers."""
    low, high = float(frame[LEVELS[0]].min()), float(frame[LEVELS[-1]].max())
    name = 86.0
    x = axes.scale(low, high, name, wide - 10)
    parts: list[Markup] = []
    y = 0.0
    for date, part in frame.groupby("target_date", sort=True):
        y += HEAD
        parts.append(axes.row_name(language.day(date), y - 10, font_weight=600))  # type: ignore[arg-type]
        for row in part.to_dict("records"):
            new = row["issued_on"] == facts.origin
            said = language.text("tonight.issued_tonight") if new else language.day_short(row["issued_on"])
            parts.append(axes.row_name(said, y + 9, fill="#16222b" if new else "#4b5b67"))
            colours = (BAND, INNER, COMING[0]) if new else (GREY_BAND, GREY_INNER, "#55636d")
            levels = [float(row[q]) for q in LEVELS]
            parts += axes.interval(x, levels, y + 5, colour=colours[0], inner=colours[1], middle=colours[2])
            y += LINE
    under = _places(road, x, low, high, y, wide) if road else axes.number_axis(
        x, axes.nice_ticks(low, high, most=5), top=4, bottom=y, language=language
    )  # fmt: skip
    return axes.chart([*under, *parts], wide=wide, high=y + 26, label=language.text("tonight.changed_head"))


def _places(road: Road, x: object, low: float, high: float, bottom: float, wide: float) -> list[Markup]:
    """Standing lines at the towns of the road, named where there is room."""
    at = x  # the scale, km to pixels
    parts: list[Markup] = []
    end = -1e9
    towns = sorted((s for s in road.stops if low <= s[1] <= high), key=lambda s: s[1])
    for place, km in towns:
        here = at(km)  # type: ignore[operator]
        name = road.names[place]
        half = axes.SIZE * len(name) * 0.27
        if here - half < end + 8 or here + half > wide + 8:
            continue
        end = here + half
        parts.append(svg.upright(here, 4, bottom, stroke=axes.RULE))
        parts.append(svg.words(name, here, bottom + 16, font_size=axes.SIZE, fill="#4b5b67", text_anchor="middle"))
    return parts


def _said(facts: Tonight, road: Road, language: Language) -> list[str]:
    """What moved, in words, for tomorrow night."""
    out = []
    tomorrow, yesterday = facts.origin + dt.timedelta(1), facts.origin - dt.timedelta(1)
    for target in (POSITION, PERSONS):
        frame = facts.levels(target, location=facts.caravan)
        rows = {
            row["issued_on"]: row for row in frame[frame["target_date"] == tomorrow].to_dict("records")
        } if not frame.empty else {}  # fmt: skip
        if facts.origin not in rows or yesterday not in rows:
            continue
        new, old = rows[facts.origin], rows[yesterday]
        moved = new[0.5] - old[0.5]
        if target == POSITION:
            was, now = (language.rounded(r[LEVELS[-1]] - r[LEVELS[0]]) for r in (old, new))
            wide = language.text("tonight.range_goes" if was != now else "tonight.range_stays", was=was, now=now)
            key = "same" if abs(moved) < ALIKE_KM else "further" if moved > 0 else "back"
            if key != "same" and road.place(old[0.5]) == road.place(new[0.5]):
                key += "_near"
            out.append(
                language.text(f"tonight.moved_{key}", km=language.rounded(abs(moved)), old=road.place(old[0.5]),
                              new=road.place(new[0.5]), wide=wide)
            )  # fmt: skip
        else:
            alike = abs(moved) < ALIKE_SHARE * max(old[0.5], 1.0)
            out.append(
                language.text("tonight.people_same" if alike else "tonight.people_moved",
                              old=language.rounded(old[0.5]), new=language.rounded(new[0.5]))
            )  # fmt: skip
    return out


def changed_section(facts: Tonight, language: Language) -> Section | None:
    """The coming nights as forecast tonight and on the evenings before; None on the first evening."""
    if end_of(facts) is not None:
        return None
    frame, road = side_by_side(facts, POSITION), road_of(facts)
    if frame.empty or frame["issued_on"].nunique() < 2:
        return None
    people = side_by_side(facts, PERSONS)
    figure = axes.both(partial(draw_changes, frame, facts, road, language))
    heading = Markup("<h3>{}</h3>")
    figure = heading.format(language.text("tonight.where_head")) + figure
    if not people.empty:
        figure = Markup('<div class="pair"><div>{}</div><div>{}{}</div></div>').format(
            figure, heading.format(language.text("tonight.how_many_head")),
            axes.both(partial(draw_changes, people, facts, None, language)),
        )  # fmt: skip
    return Section(
        key="changed", head=language.text("tonight.changed_head"),
        paragraphs=(" ".join(_said(facts, road, language)),),
        figure=figure, table=_table(frame, people, road, language), table_fold=language.text("tonight.as_table"),
    )  # fmt: skip


def _table(frame: pd.DataFrame, people: pd.DataFrame, road: Road, language: Language) -> Table:
    persons = {(r["target_date"], r["issued_on"]): r for r in people.to_dict("records")}
    rows = []
    for row in frame.to_dict("records"):
        counted = persons.get((row["target_date"], row["issued_on"]))
        rows.append(
            (
                language.day_short(row["target_date"]),
                language.day_short(row["issued_on"]),
                road.place(row[0.5]),
                f"{language.number(row[LEVELS[0]])}{EN_DASH}{language.number(row[LEVELS[-1]])}",
                language.span(counted[LEVELS[0]], counted[LEVELS[-1]]) if counted else "",
            )
        )
    heads = ("night", "issued", "middle", "nine_in_ten", "people_nine")
    return Table(
        language.text("tonight.changed_head"),
        tuple(language.text(f"tonight.col.{h}") for h in heads),
        tuple(rows),
        numbers=3,
    )
