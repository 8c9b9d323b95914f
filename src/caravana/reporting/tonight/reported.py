"""What was reported, by side, and what is contested."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from caravana.inference.reports import SIDES
from caravana.language.names import speaker_words
from caravana.reporting import svg
from caravana.reporting.caravan.map import short_names
from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight import axes
from caravana.reporting.tonight.facts import PLANNED, figure_ends, figure_words, middle_figure
from caravana.reporting.tonight.right import print_tables
from caravana.reporting.tonight.road import contradiction, reported_nights, road_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Row, Tonight

DAYS_SHOWN, ROWS_SHOWN, DISPUTES_SHOWN = 7, 14, 4
APART = 1.5
HIGH = 210.0


@dataclass(frozen=True)
class Dispute:
    """Counts of one day that sides cannot agree on: figures by side, and the reports, lowest first.

    The place is that of all the reports, "" where they name several or none.
    """

    date: dt.date
    place: str
    figures: tuple[tuple[str, float], ...]
    reports: tuple[tuple[str, tuple[Row, ...]], ...] = ()

    def words(self, language: Language) -> str:
        """What each side said, as it said it."""
        return "; ".join(
            f"{language.text(f'tonight.side.{side}')} "
            + language.listed(dict.fromkeys(figure_words(row, language) for row in rows))
            for side, rows in self.reports
        )


def contested(facts: Tonight) -> list[Dispute]:
    """Days of which sides said figures that differ by half or more: the figures by side, lowest first.

    Whoever counts a caravan says where, and sides differ on that too: a day is one, wherever it was counted.
    """
    rows = facts.counts
    rows = rows[rows["low"].notna()]
    out = []
    for date, part in rows.groupby("date", sort=True):
        said = {str(side): tuple(rows.to_dict("records")) for side, rows in part.groupby("side")}
        by_side = {
            side: float(np.exp(np.mean([np.log(middle_figure(row)) for row in rows]))) for side, rows in said.items()
        }
        if len(by_side) > 1 and max(by_side.values()) >= APART * min(by_side.values()):
            places = set(part["place"])
            named = next((place for place in places if isinstance(place, str)), "") if len(places) == 1 else ""
            figures = tuple(sorted(by_side.items(), key=lambda pair: pair[1]))
            reports = tuple((side, said[side]) for side, _ in figures)
            out.append(Dispute(pd.Timestamp(str(date)).date(), named, figures, reports))
    return out


def _draw_counts(rows: pd.DataFrame, first: dt.date, last: dt.date, language: Language, wide: float) -> Markup:
    figures = [middle_figure(row) for row in rows.to_dict("records")]
    most, bottom, left = max(figures), HIGH - 26, 52.0
    span = max((last - first).days, 1)
    x = axes.scale(0, span, left + 8, wide - 14)
    y = axes.scale(0.0, most * 1.05, bottom, 12)
    parts = []
    for tick in axes.nice_ticks(0, most, most=4):
        parts.append(svg.across(left, wide - 4, y(tick), stroke=axes.RULE))
        parts.append(
            svg.words(
                language.number(tick), left - 6, y(tick) + 4, font_size=axes.SIZE, fill="#4b5b67", text_anchor="end"
            )
        )
    for row, figure in zip(rows.to_dict("records"), figures, strict=True):
        at = x((row["date"] - first).days)
        mark = [svg.side_mark(row["side"], at, y(figure))]
        low, high = figure_ends(row)
        if high > low:
            mark.insert(0, svg.upright(at, y(high), y(low), stroke="#9aa7b0", stroke_width=1.5))
        said = figure_words(row, language)
        hint = f"{language.day(row['date'])}: {language.text('tonight.side.' + row['side'])}, {said}"
        parts.append(svg.group(mark, title=hint))
    days = [first + dt.timedelta(n) for n in range(span + 1)]
    for n in axes.day_ticks(days, room=wide - left):
        anchor = "end" if n == span else "middle"
        at = x(n) + (14 if anchor == "end" else 0)
        parts.append(
            svg.words(
                language.day_short(days[n]), at, HIGH - 8, font_size=axes.SIZE, fill="#4b5b67", text_anchor=anchor
            )
        )
    return axes.chart(parts, wide=wide, high=HIGH, label=language.text("tonight.counts_chart"))


def side_key(language: Language) -> Markup:
    """What the marks mean."""
    marks = [
        Markup('<span class="side">{}{}</span>').format(
            svg.picture([svg.side_mark(side, 8, 8)], wide=16, high=16, label="", class_="sign"),
            language.text(f"tonight.side.{side}"),
        )
        for side in SIDES
    ]
    return Markup('<p class="key">{}</p>').format(Markup(" ").join(marks))


def kind_words(kind: str, language: Language) -> str:
    """The kind of a report in words; its own name where no catalogue has it."""
    return language.texts.get(f"tonight.kind.{kind}", kind.replace("_", " "))


def what_words(row: Row, language: Language) -> str:
    """What a report is of; of what was only announced, that it was."""
    said = kind_words(row["kind"], language)
    return language.text("tonight.announced", what=said) if row["qualifier"] == PLANNED else said


def replaced_counts(rows: pd.DataFrame) -> pd.Series:
    """Whether each report is a count of a camp that the same speaker gave anew later, of the same day."""
    who = ["date", "place", "side", *(["speaker"] if "speaker" in rows else [])]
    counts = rows[(rows["kind"] == "camp_count") & (rows["qualifier"] != PLANNED)]
    later = counts.sort_values("known_on", kind="stable").duplicated(who, keep="last")
    return later.reindex(rows.index, fill_value=False)


def _standing_words(row: Row, language: Language) -> str:
    """What a report is of, and whether a later one stands in its place."""
    said = what_words(row, language)
    return language.text("tonight.replaced", what=said) if row["replaced"] else said


def _who(row: Row, language: Language) -> str:
    """Who said so, or the side of whoever did."""
    speaker = row.get("speaker")
    if isinstance(speaker, str) and speaker not in ("", row["side"]):
        return speaker_words(speaker, language)
    return language.texts.get(f"tonight.side.{row['side']}", "")


def reports_table(facts: Tonight, language: Language, *, days: int = DAYS_SHOWN) -> Table:
    """The reports of the last days, newest first."""
    names = short_names(facts.scenario.places)
    rows = facts.standing
    rows = rows[rows["date"] > facts.origin - dt.timedelta(days)]
    rows = rows.assign(replaced=replaced_counts(rows))
    rows = rows.sort_values(["date", "kind", "replaced"], ascending=[False, True, True], kind="stable")
    lines = [
        (
            language.day_short(r["date"]), _standing_words(r, language), figure_words(r, language),
            names.get(r["place"], "") if isinstance(r["place"], str) else "",
            _who(r, language),
        )
        for r in rows.head(ROWS_SHOWN).to_dict("records")
    ]  # fmt: skip
    heads = ("day", "what", "figure", "where", "who")
    return Table(
        language.text("tonight.reports_table"),
        tuple(language.text(f"tonight.col.{h}") for h in heads),
        tuple(lines),
        numbers=9,
    )


def _disputed_counts(facts: Tonight, language: Language) -> Markup:
    """How many days the sides' counts differ on, and the last of them as they were given."""
    names = short_names(facts.scenario.places)
    disputes = contested(facts)
    items = [
        f"{language.day(d.date)}{f', {names[d.place]}' if d.place in names else ''}: {d.words(language)}"
        for d in disputes[: -DISPUTES_SHOWN - 1 : -1]
    ]
    if not disputes:
        return _listed(language.text("tonight.uncontested"), items)
    return _listed(_counted("tonight.contested_lead", len(disputes), language), items)


def _disputed_nights(facts: Tonight, language: Language) -> Markup:
    """On how many nights reports differ of where it was, and the last of them; "" where they do on none."""
    road = road_of(facts)
    nights = [(date, at) for date, at in reported_nights(facts, road).items() if len(at) > 1]
    if not nights:
        return Markup("")
    items = [
        f"{language.day(date)}: {contradiction(road, at, language)}" for date, at in nights[: -DISPUTES_SHOWN - 1 : -1]
    ]
    return _listed(_counted("tonight.contested_nights", len(nights), language), items)


def _counted(key: str, n: int, language: Language) -> str:
    return language.text(key if n > 1 else f"{key}_one", n=n)


def _listed(lead: str, items: Sequence[str]) -> Markup:
    said = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<p>{}</p>").format(lead) + (Markup("<ul>{}</ul>").format(said) if items else Markup(""))


def reported_section(facts: Tonight, language: Language) -> Section | None:
    """What each side reported, what is contested, and the reports of the last days; None without reports."""
    rows = facts.standing
    if rows.empty:
        return None
    counts = facts.counts
    counts = counts[counts["low"].notna() & counts["side"].isin(SIDES)]
    figure = Markup("")
    if len(counts):
        draw = partial(_draw_counts, counts, min(counts["date"]), facts.origin, language)
        figure = axes.both(draw) + side_key(language)
    lead = language.text("tonight.reported_lead", n=len(rows), total=len(facts.reports))
    if facts.aside:
        names = {c.id: language.choose(c.name, c.name_es) for c in facts.scenario.caravans}
        others = language.listed(f"{names.get(of, of)} ({language.number(n)})" for of, n in facts.aside.items())
        lead += f" {language.text('tonight.reported_aside', caravans=others)}"
    disputes = _disputed_counts(facts, language) + _disputed_nights(facts, language)
    return Section(
        key="reported", head=language.text("tonight.reported_head"), paragraphs=(lead,),
        figure=Markup('<div class="pair"><div><h3>{}</h3>{}</div><div><h3>{}</h3>{}</div></div>').format(
            language.text("tonight.counts_chart"), figure, language.text("tonight.contested_head"), disputes
        ) + Markup("<details><summary>{}</summary>{}</details>").format(
            language.text("tonight.reports_table"), print_tables([reports_table(facts, language)])
        ),
    )  # fmt: skip
