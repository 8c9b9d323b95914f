"""How many, by whose count; whether they will still be together, and how it may end."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from caravana.inference.reports import SIDES
from caravana.reporting import svg
from caravana.reporting.sections import Section
from caravana.reporting.tonight import axes
from caravana.reporting.tonight.facts import figure_words, middle_figure
from caravana.reporting.tonight.map import COMING
from caravana.reporting.tonight.road import LEVELS, nights_of

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Row, Tonight

BAND, INNER = "#cfe0ee", "#7fb2d8"
GREY_BAND, GREY_INNER = "#e3e7ea", "#b9c3ca"
ROW, NAME = 34.0, 118.0
MILESTONES = (1, 7, 14)
FEWEST_ENDINGS = 5
"""With fewer known endings nothing is said of how a caravan may end."""
UNDATED_AFTER = dt.timedelta(days=365)


def latest_counts(facts: Tonight) -> dict[str, Row]:
    """The last headcount of each side that stands: the row, by side."""
    counts = facts.counts
    counts = counts[counts["low"].notna()]
    return {str(side): part.to_dict("records")[-1] for side, part in counts.groupby("side")}


def expected_counts(facts: Tonight) -> list[tuple[str, list[float]]]:
    """How many walk tomorrow ("" for the side), and what each side would say: quantiles."""
    frame = facts.levels("persons", issued_on=facts.origin)
    first = frame[frame["target_date"] == frame["target_date"].min()] if len(frame) else frame
    rows = {str(row["location"]): [float(row[q]) for q in LEVELS] for row in first.to_dict("records")}
    names = {"": facts.caravan, **{side: f"{facts.caravan}:{side}" for side in SIDES}}
    return [(side, rows[location]) for side, location in names.items() if location in rows]


def _draw_sides(facts: Tonight, language: Language, wide: float) -> Markup:
    rows = expected_counts(facts)
    latest = latest_counts(facts)
    most = max([float(levels[-1]) for _, levels in rows] + [middle_figure(row) for row in latest.values()])
    x = axes.scale(0.0, most * 1.02, NAME, wide - 12)
    bottom = 8 + ROW * len(rows)
    parts = axes.number_axis(
        x, axes.nice_ticks(0, most, most=4 if wide < axes.WIDE else 6), top=4, bottom=bottom, language=language
    )
    for n, (side, levels) in enumerate(rows):
        y = 8 + ROW * (n + 0.5)
        name = language.text(f"tonight.side.{side}") if side else language.text("tonight.walking")
        parts.append(axes.row_name(name, y + 4, font_weight=None if side else 600))
        colours = (BAND, INNER, COMING[0]) if not side else (GREY_BAND, GREY_INNER, "#55636d")
        parts += axes.interval(x, levels, y, colour=colours[0], inner=colours[1], middle=colours[2])
        if side in latest:
            row = latest[side]
            hint = language.text(
                "tonight.reported_on",
                figure=figure_words(row, language),
                day=language.day_short(row["date"]),
            )
            parts.append(svg.group([svg.side_mark(side, x(middle_figure(row)), y)], title=hint))
    return axes.chart(parts, wide=wide, high=bottom + 24, label=language.text("tonight.sides_head"))


def people_section(facts: Tonight, language: Language) -> Section | None:
    """How many there are tomorrow, and what each side would say; None where that was not forecast."""
    nights = nights_of(facts)
    if not nights or not nights[0].persons:
        return None
    night = nights[0]
    counts = latest_counts(facts)
    said = [
        f"{language.text(f'tonight.side.{side}')} {figure_words(row, language)} ({language.day_short(row['date'])})"
        for side, row in sorted(counts.items(), key=lambda pair: pair[1]["date"], reverse=True)
    ]  # fmt: skip
    lead = language.text(
        "tonight.people_lead", about=language.rounded(night.persons[2]),
        range=language.span(night.persons[0], night.persons[-1]),
    )  # fmt: skip
    last = [language.text("tonight.last_counts", counts="; ".join(said))] if said else []
    return Section(
        key="people", head=language.text("tonight.people_head"), paragraphs=(lead,),
        figure=axes.both(partial(_draw_sides, facts, language))
        # On paper the page has two sheets, and no line to spare.
        + Markup('<p class="fine">{} <span class="screen">{} </span>{}</p>').format(
            language.text("tonight.sides_note"), language.text("tonight.sides_observers"), " ".join(last)
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """How a caravan, or a part of one, ended: ``force``, ``papers``, ``arrived``, ``melted`` or ``gave_up``."""

    departed: dt.date
    known_from: dt.date
    kind: str


def read_endings(before: dt.date) -> tuple[Ending, ...]:
    """How other caravans ended before a day, in order of departure; what ended later was not known then.

    An end whose day was not found counts from a year after the departure on.
    """
    text = (resources.files("caravana.reporting") / "tonight" / "endings.csv").read_text("utf-8")
    endings = []
    for row in csv.DictReader(text.splitlines()):
        departed = dt.date.fromisoformat(row["departed"])
        ended = dt.date.fromisoformat(row["ended_on"]) if row["ended_on"] else departed + UNDATED_AFTER
        endings.append(Ending(departed, ended, row["kind"]))
    return tuple(ending for ending in endings if ending.known_from < before)


def endings_words(before: dt.date, language: Language) -> str:
    """How other caravans had ended by a day, most frequent first; that there are too few where there are."""
    endings = read_endings(before)
    if len(endings) < FEWEST_ENDINGS:
        return language.text("tonight.endings_few", total=len(endings))
    kinds = Counter(ending.kind for ending in endings)
    years = [ending.departed.year for ending in endings]
    ways = [
        language.text(f"tonight.{'ending' if n > 1 else 'ending_one'}.{kind}", n=n) for kind, n in kinds.most_common()
    ]
    first, last = min(years), max(years)
    said = str(first) if first == last else f"{first}–{last}"
    return language.text("tonight.endings", total=len(endings), years=said, ways=language.listed(ways))


def _draw_together(facts: Tonight, language: Language, wide: float) -> Markup:
    nights = nights_of(facts)
    days, high = len(nights), 150.0
    x = axes.scale(0, days, 30, wide - 30)
    y = axes.scale(0.0, 1.0, high - 24, 14)
    chances = [1.0, *(night.together for night in nights)]
    xs, ys = [x(n) for n in range(days + 1)], [y(c) for c in chances]
    area = svg.points([xs[0], *xs, xs[-1]], [y(0), *ys, y(0)])
    parts = [
        svg.element("polygon", points=area, fill=BAND),
        svg.element("polyline", points=svg.points(xs, ys), fill="none", stroke=COMING[0], stroke_width=2.5),
        svg.across(xs[0], xs[-1], y(0), stroke=axes.RULE),
    ]
    shown = [n for n in MILESTONES if n <= days]
    for n in shown:
        parts.append(svg.dot(x(n), y(chances[n]), r=4, fill=COMING[0]))
        said = language.chance(chances[n], short=True)
        anchor = "start" if n == shown[0] else "end" if n == shown[-1] else "middle"
        parts.append(
            svg.words(said, x(n), y(chances[n]) + 22, font_size=13, font_weight=600, text_anchor=anchor, fill="#16222b")
        )
        day = language.day_short(nights[n - 1].date)
        parts.append(svg.words(day, x(n), high - 6, font_size=axes.SIZE, text_anchor=anchor, fill="#4b5b67"))
    return axes.chart(parts, wide=wide, high=high, label=language.text("tonight.together_head"))


def together_section(facts: Tonight, language: Language) -> Section | None:
    """Whether it is still together, and how others ended; None where that was not forecast."""
    nights = nights_of(facts)
    if not nights or np.isnan(nights[0].together):
        return None
    return Section(
        key="together", head=language.text("tonight.together_head"),
        paragraphs=(language.text("tonight.together_lead"),),
        figure=axes.both(partial(_draw_together, facts, language))
        + Markup('<p class="fine">{}</p>').format(endings_words(facts.origin, language)),
    )  # fmt: skip


def weights_of(facts: Tonight) -> dict[str, dict[str, float]]:
    """What each forecaster weighs tomorrow, heaviest first, by quantity."""
    return {q: dict(sorted(w.items(), key=lambda pair: -pair[1])) for q, w in facts.weights.items()}
