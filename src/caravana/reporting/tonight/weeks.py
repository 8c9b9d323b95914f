"""Tonight for a displacement: the coming weeks by camp, needs, what changed, how right we were, what was counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from caravana.lands.polygons import clip
from caravana.reporting import html, svg
from caravana.reporting.caravan.map import short_names
from caravana.reporting.displacement.countries import countries
from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight import axes, ground
from caravana.reporting.tonight.changed import draw_changes
from caravana.reporting.tonight.map import COMING
from caravana.reporting.tonight.needs import amount_words, item_words, standard_words, unit_words
from caravana.reporting.tonight.news import camps_silence, full_words, shut_words
from caravana.reporting.tonight.reported import reports_table
from caravana.reporting.tonight.right import (
    WEEKS,
    by_lead,
    draw_past,
    lead_table,
    nothing_true_yet,
    past_against_came,
    print_others,
    print_tables,
    useful_words,
    verdict,
)
from caravana.reporting.tonight.road import LEVELS, planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Row, Tonight

CAMP, TOTAL = "camp_persons", "total_persons"
SHOWN, NAMED, DATES = 10, 8, 3
LARGEST = 46.0
MAP_WIDE, MAP_HIGH, MAP_SLIM, MAP_TALL = 760.0, 520.0, 368.0, 420.0


@dataclass(frozen=True)
class Weeks:
    """The latest forecast of the camps.

    Attributes
    ----------
    camps
        A row a camp and target date: ``location``, ``target_date``, ``horizon_days`` and the quantiles.
    total
        The same of all camps together; empty where it was not forecast.
    dates
        The target dates, rising.
    names
        Of the camps, by id.
    """

    camps: pd.DataFrame
    total: pd.DataFrame
    dates: tuple[dt.date, ...]
    names: dict[str, str]

    def largest(self) -> list[str]:
        """The camps, those with most people first on the first date."""
        first = self.camps[self.camps["target_date"] == self.dates[0]]
        order = np.argsort(-first[0.5].to_numpy(dtype=float), kind="stable")
        return [str(camp) for camp in first["location"].to_numpy()[order]]

    def row(self, camp: str, date: dt.date) -> Row | None:
        """The quantiles of a camp on a date; None where it was not forecast."""
        rows = self.camps[(self.camps["location"] == camp) & (self.camps["target_date"] == date)]
        return None if rows.empty else rows.to_dict("records")[0]


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Quantiles in whole people: of a camp that is nearly empty, nobody speaks of a part of one."""
    levels = [level for level in LEVELS if level in frame]
    return frame.round(dict.fromkeys(levels, 0))


def weeks_of(facts: Tonight) -> Weeks | None:
    """Read the latest forecast; None where there is none."""
    frame = facts.levels(CAMP)
    if frame.empty:
        return None
    issued = max(frame["issued_on"])
    camps, total = (_whole(facts.levels(target, issued_on=issued)) for target in (CAMP, TOTAL))
    # Of forecasts for every day the usual horizons are shown, or as many as there are.
    ahead = sorted({int(h) for h in camps["horizon_days"]})
    chosen = [h for h in WEEKS if h in ahead][:DATES] or ahead[:DATES]
    shown = camps["horizon_days"].isin(chosen)
    dates = tuple(sorted(set(camps.loc[shown, "target_date"])))
    return Weeks(camps, total, dates, short_names(facts.scenario.places))


def last_counts(facts: Tonight) -> dict[str, tuple[dt.date, float]]:
    """When each camp was counted last, and at how many: the middle of what was said of that day."""
    rows = facts.standing
    rows = rows[(rows["kind"] == "camp_count") & rows["low"].notna() & (rows["qualifier"] != "planned")]
    rows = rows[rows["date"] == rows.groupby("place")["date"].transform("max")]
    who = ["place", "side", *(["speaker"] if "speaker" in rows else [])]
    # A later word of one speaker replaces the one before.
    rows = rows.sort_values("known_on", kind="stable").drop_duplicates(who, keep="last")
    people = 0.5 * (rows["low"] + rows["high"].fillna(rows["low"]))
    of_camps = people.groupby(rows["place"])
    dates = rows.groupby("place")["date"].first()
    middle = 0.5 * (of_camps.min() + of_camps.max())
    return {str(camp): (dates[camp], float(middle[camp])) for camp in middle.index}


def weeks_headline(weeks: Weeks, language: Language) -> Markup:
    """The one sentence that is useful if nothing else is read."""
    date, largest = weeks.dates[0], weeks.largest()[0]
    total = weeks.total[weeks.total["target_date"] == date] if not weeks.total.empty else weeks.total
    camp = weeks.row(largest, date) or {}
    if total.empty:
        text, row = language.texts["tonight.weeks.headline_camp"], camp
    else:
        text, row = language.texts["tonight.weeks.headline"], total.to_dict("records")[0]
    return Markup(text).format(  # noqa: S704 - the catalogue's own markup; what fills it is escaped
        day=language.day(date), about=language.rounded(row[0.5]), range=language.span(row[LEVELS[0]], row[LEVELS[-1]]),
        camp=weeks.names.get(largest, largest), most=language.rounded(camp[0.5]),
    )  # fmt: skip


def draw_camps(facts: Tonight, weeks: Weeks, language: Language, *, wide: float, high: float) -> Markup:
    """Camps as discs whose area is how many people there will be; rings hold nine in ten."""
    at = {p.id: (p.lon, p.lat) for p in facts.scenario.places if p.lon is not None and p.lat is not None}
    shown = [c for c in weeks.largest() if c in at]
    if not shown:
        return Markup("")
    canvas = ground.canvas_about(np.array([at[c] for c in shown]), wide=wide, high=high, margin=0.28, least=1.0)
    lands = countries((canvas.west, canvas.south, canvas.east, canvas.north), facts.scenario.places, language)
    parts = [svg.element("rect", x=0, y=0, width=wide, height=high, fill=ground.SEA), *_draw_lands(lands, canvas)]
    most = max(float(weeks.camps[LEVELS[-1]].max()), 1.0)
    scale = min(LARGEST, wide / 9) / np.sqrt(most)
    labels = ground.Labels(canvas)
    for n, date in enumerate(weeks.dates):
        discs = []
        for camp in shown:
            row = weeks.row(camp, date)
            if row is not None:
                x, y = canvas.x(at[camp][0]), canvas.y(at[camp][1])
                radii = [max(scale * float(np.sqrt(max(row[q], 0.0))), 1.0) for q in (LEVELS[0], 0.5, LEVELS[-1])]
                discs += [
                    svg.dot(x, y, r=radii[2], fill=COMING[2], fill_opacity=0.55, stroke=COMING[1], stroke_width=1),
                    svg.dot(x, y, r=radii[1], fill=COMING[1], fill_opacity=0.75),
                    svg.dot(x, y, r=radii[0], fill=COMING[0], fill_opacity=0.85),
                ]
                if not n:
                    labels.keep_free([(x - radii[1], y - radii[1], x + radii[1], y + radii[1])])
        parts.append(
            Markup('<g class="night{}" data-day="{}">{}</g>').format(
                " past" if n else "", date.isoformat(), Markup("").join(discs)
            )
        )
    for camp in shown[:NAMED]:
        row = weeks.row(camp, weeks.dates[0]) or {0.5: 0.0}
        x, y = canvas.x(at[camp][0]), canvas.y(at[camp][1])
        lines = (weeks.names[camp], language.rounded(row[0.5]))
        room = labels.place(lines, x, y, size=14, away=scale * float(np.sqrt(row[0.5])) + 5, far=True)
        if room is not None:
            left, base, anchor = room
            parts.append(ground.halo(lines[0], left, base, font_size=14, font_weight=600, text_anchor=anchor))
            parts.append(ground.halo(lines[1], left, base + 16, font_size=12.5, text_anchor=anchor, fill=COMING[0]))
    parts += _name_lands(lands, canvas, labels)
    parts += ground.draw_scale(canvas, labels)
    return ground.picture_of(canvas, parts, label=language.text("tonight.weeks.map_label"), class_="map")


def _draw_lands(lands: Sequence[Mapping[str, Any]], canvas: ground.Canvas) -> list[Markup]:
    """The countries under a map, cut at its edges."""
    window = (canvas.west, canvas.south, canvas.east, canvas.north)
    parts = []
    for land in lands:
        fill = ground.HOME if land["home"] else ground.LAND
        rings = [clip(np.array(ring, dtype=float).reshape(-1, 2), window) for ring in land["rings"]]
        parts += [
            svg.element("polygon", points=canvas.line(ring), fill=fill, stroke=ground.SHORE, stroke_width=0.8)
            for ring in rings
            if len(ring) > 2
        ]
    return parts


def _name_lands(lands: Sequence[Mapping[str, Any]], canvas: ground.Canvas, labels: ground.Labels) -> list[Markup]:
    """Their names, each where it has room."""
    parts = []
    for land in lands:
        for lon, lat in land["labels"]:
            x, y = canvas.x(lon), canvas.y(lat)
            if canvas.holds(x, y) and (room := labels.place((land["name"],), x, y, size=13, away=0)):
                left, base, anchor = room
                parts.append(
                    svg.words(
                        land["name"], left, base, font_size=13, fill=ground.LAND_NAME, letter_spacing=1.2,
                        text_anchor=anchor,
                    )
                )  # fmt: skip
                break
    return parts


def _card(weeks: Weeks, n: int, facts: Tonight, language: Language) -> dict[str, object]:
    date = weeks.dates[n]
    days = (date - facts.origin).days
    total = weeks.total[weeks.total["target_date"] == date] if not weeks.total.empty else weeks.total
    top = [(weeks.names.get(c, c), weeks.row(c, date)) for c in weeks.largest()[:3]]
    row = None if total.empty else total.to_dict("records")[0]
    return {
        "date": date.isoformat(),
        "colour": COMING[min(n, 2)],
        "when": language.text(f"tonight.weeks.{'in_one' if days == 1 else 'in_days'}", n=days),
        "day": language.day(date),
        "total": "" if row is None else language.text("tonight.people", about=language.rounded(row[0.5])),
        "range": "" if row is None else f"({language.span(row[LEVELS[0]], row[LEVELS[-1]])})",
        "camps": "; ".join(f"{name} {language.span(r[LEVELS[0]], r[LEVELS[-1]])}" for name, r in top if r is not None),
    }


def weeks_section(facts: Tonight, language: Language) -> Section | None:
    """The first screen of a displacement; None where nothing was forecast."""
    weeks = weeks_of(facts)
    if weeks is None:
        return None
    draw = partial(draw_camps, facts, weeks, language)
    drawn = axes.both(
        lambda w: draw(wide=MAP_WIDE, high=MAP_HIGH) if w > MAP_SLIM else draw(wide=MAP_SLIM, high=MAP_TALL)
    )
    cards = [_card(weeks, n, facts, language) for n in range(min(3, len(weeks.dates)))]
    return Section(
        key="weeks", head=language.text("tonight.weeks.head"),
        figure=html.fragment(
            "tonight/weeks", language, headline=weeks_headline(weeks, language), map=drawn, cards=cards,
            silence=" ".join(filter(None, _cautions(weeks, facts, language))),
        ) + print_tables([_camp_table(weeks, facts, language)]),
    )  # fmt: skip


def _cautions(weeks: Weeks, facts: Tonight, language: Language) -> tuple[str, ...]:
    """What whoever reads the forecast has to know first: which camps fill, are shut, or were not counted for long."""
    rows = {camp: weeks.row(camp, weeks.dates[0]) for camp in weeks.largest()}
    expected = {camp: float(row[0.5]) for camp, row in rows.items() if row is not None}
    return (
        full_words(facts, weeks.names, expected, weeks.dates[0], language),
        camps_silence(facts, language), shut_words(facts, weeks.names, language),
    )  # fmt: skip


def _camp_table(weeks: Weeks, facts: Tonight, language: Language) -> Table:
    counted = last_counts(facts)
    rows = []
    for camp in weeks.largest()[:SHOWN]:
        last = counted.get(camp)
        said = f"{language.number(last[1])} ({language.day_short(last[0])})" if last else ""
        cells = []
        for date in weeks.dates:
            row = weeks.row(camp, date)
            cells.append(
                ""
                if row is None
                else f"{language.rounded(row[0.5])} ({language.span(row[LEVELS[0]], row[LEVELS[-1]])})"
            )
        rows.append((weeks.names.get(camp, camp), said, *cells))
    heads = (
        language.text("tonight.weeks.camp"),
        language.text("tonight.weeks.counted"),
        *(language.day_short(d) for d in weeks.dates),
    )
    return Table(language.text("tonight.weeks.table"), heads, tuple(rows))


def camp_needs_section(facts: Tonight, language: Language) -> Section | None:
    """Daily needs by camp on the first date: one figure for each."""
    weeks = weeks_of(facts)
    supplies = [s for s in facts.supplies if "settlement" in s.groups]
    if weeks is None or not supplies:
        return None
    rows = []
    for camp in weeks.largest()[:SHOWN]:
        levels = weeks.row(camp, weeks.dates[0])
        if levels is not None:
            persons = float(np.ceil(planned(levels)))
            amounts = [float(s.amounts(np.array([persons]))[0]) for s in supplies]
            needs = (
                f"{amount_words(a, s, language)} {unit_words(s, language)}".rstrip()
                for a, s in zip(amounts, supplies, strict=True)
            )
            rows.append((weeks.names.get(camp, camp), language.rounded(persons), *needs))
    heads = (
        language.text("tonight.weeks.camp"),
        language.text("tonight.planned_for"),
        *(item_words(s, language) for s in supplies),
    )
    table = Table(language.text("tonight.weeks.needs_table", day=language.day(weeks.dates[0])), heads, tuple(rows))
    standards = "; ".join(f"{item_words(s, language)} {standard_words(s, language)}" for s in supplies)
    return Section(
        key="needs",
        head=language.text("tonight.weeks.needs_head"),
        paragraphs=(language.text("tonight.weeks.needs_lead"),),
        figure=print_tables([table]) + Markup('<p class="fine">{}</p>').format(standards),
    )


def camps_changed_section(facts: Tonight, language: Language) -> Section | None:
    """The largest camps and the total on the same dates as forecast earlier; None where no date was forecast twice."""
    panels = []
    weeks = weeks_of(facts)
    if weeks is None:
        return None
    for target, locations in ((TOTAL, None), (CAMP, weeks.largest()[:1])):
        frame = facts.levels(target)
        if frame.empty:
            continue
        frame = frame[frame["target_date"].isin(weeks.dates)]
        if locations:
            frame = frame[frame["location"].isin(locations)]
        twice = frame.groupby("target_date")["issued_on"].transform("nunique") > 1
        frame = frame[twice].sort_values(["target_date", "issued_on"], ascending=[True, False])
        frame = frame.groupby("target_date").head(4)
        if not frame.empty:
            head = (
                language.text("tonight.weeks.all_camps")
                if locations is None
                else weeks.names.get(locations[0], locations[0])
            )
            panels.append(
                Markup("<div><h3>{}</h3>{}</div>").format(
                    head, axes.both(partial(draw_changes, frame, facts, None, language))
                )
            )
    if not panels:
        return None
    return Section(
        key="changed",
        head=language.text("tonight.changed_head"),
        paragraphs=(language.text("tonight.weeks.changed_lead"),),
        figure=Markup('<div class="pair">{}</div>').format(Markup("").join(panels)),
    )


def a_week_before(facts: Tonight, camp: str) -> pd.DataFrame:
    """The counts of a camp with the last forecast made at least a week before each (sooner where there is none)."""
    frame = past_against_came(facts, CAMP, location=camp)
    if frame.empty:
        return frame
    frame = frame[frame["observed_low"].notna()]
    sooner = (frame["horizon_days"] < WEEKS[0]).astype(int)
    order = frame.assign(sooner=sooner).sort_values(["target_date", "sooner", "horizon_days"])
    return order.drop_duplicates("target_date")


def camps_right_section(facts: Tonight, language: Language) -> Section | None:
    """How past forecasts of the camps did."""
    rows = by_lead(facts.scores, CAMP, WEEKS, within=True)
    if rows.empty:
        return nothing_true_yet(facts, language)
    panels = []
    weeks = weeks_of(facts)
    largest = weeks.largest()[0] if weeks else ""
    frame = a_week_before(facts, largest)
    if weeks and not frame.empty:
        label = language.text("tonight.weeks.past_chart", camp=weeks.names.get(largest, largest))
        drawn = axes.both(partial(draw_past, frame, language, label, ""))
        panels.append(Markup("<h3>{}</h3>{}").format(label, drawn))
    panels.append(print_tables([lead_table(rows, CAMP, language, within=True)]) + print_others(facts, language))
    said = " ".join([verdict(rows, CAMP, language), *useful_words(facts, language)])
    return Section(
        key="right",
        head=language.text("tonight.right_head"),
        paragraphs=(said,),
        figure=Markup('<div class="pair">{}</div>').format(
            Markup("").join(Markup("<div>{}</div>").format(p) for p in panels)
        ),
    )


def camps_reported_section(facts: Tonight, language: Language) -> Section | None:
    """The last counts."""
    if facts.standing.empty:
        return None
    return Section(
        key="reported", head=language.text("tonight.reported_head"),
        paragraphs=(language.text("tonight.reported_lead", n=len(facts.standing), total=len(facts.reports)),),
        figure=print_tables([reports_table(facts, language, days=60)]),
    )  # fmt: skip
