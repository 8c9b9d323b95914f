"""How right we were: past forecasts against what came, error by lead, how often bands held, the useful lead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from caravana.inference.scoring.scorecard import ROUNDING
from caravana.reporting import svg
from caravana.reporting.html import environment
from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight import axes
from caravana.reporting.tonight.coming import PERSONS, POSITION
from caravana.reporting.tonight.map import SEEN
from caravana.reporting.tonight.people import BAND, INNER
from caravana.reporting.tonight.road import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Row, Tonight

LEADS = (1, 2, 3, 5, 7, 14)
WEEKS = (7, 14, 30, 60)
HIGH = 230.0
KM = "km"
MOST_DAYS = 21


def by_lead(
    scores: pd.DataFrame, target: str, leads: Sequence[int] = LEADS, *, within: bool = False
) -> pd.DataFrame:  # fmt: skip
    """Scores of one target by days ahead.

    Parameters
    ----------
    scores, target
        Scores, and of what.
    leads
        Days ahead.
    within
        Whether a lead stands for all days after the lead before it, up to it: counts that come when they come.

    Returns
    -------
    pandas.DataFrame
        ``horizon``, ``cases``, ``error`` (median of what it was off by), ``crps``, ``naive_crps`` (means), ``held_50``
        and ``held_90`` (how many cases lay inside).
    """
    kept = scores[scores["target"] == target]
    if within:
        ends = np.array(sorted(leads))
        at = np.searchsorted(ends, kept["horizon_days"].to_numpy(dtype=int))
        kept = kept[at < len(ends)].assign(horizon_days=ends[at[at < len(ends)]])
    kept = kept[kept["horizon_days"].isin(list(leads))]
    kept = kept.assign(off=kept["error"].astype(float).abs())
    return (
        kept.groupby("horizon_days")
        .agg(
            cases=("off", "size"), error=("off", "median"), crps=("crps", "mean"), naive_crps=("naive_crps", "mean"),
            held_50=("inside_50", "sum"), held_90=("inside_90", "sum"),
        )
        .reset_index()
        .rename(columns={"horizon_days": "horizon"})
    )  # fmt: skip


def past_against_came(
    facts: Tonight, target: str, *, lead: int | None = None, location: str | None = None
) -> pd.DataFrame:  # fmt: skip
    """Past forecasts with what came: the quantiles, ``observed_low`` and ``observed_high``.

    Parameters
    ----------
    facts, target
        The record, and of what.
    lead
        So many days ahead; all where left out.
    location
        Of which place; all where left out.
    """
    frame = facts.levels(target, location=location)
    if frame.empty:
        return frame
    frame = frame[frame["target_date"] <= facts.origin]
    if lead is not None:
        frame = frame[frame["horizon_days"] == lead]
    keys = ["forecast_id", "location", "target_date"]
    came = facts.scores[facts.scores["target"] == target][[*keys, "observed_low", "observed_high"]]
    return frame.merge(came, on=keys, how="left").sort_values("target_date")


def nightly(frame: pd.DataFrame, caravan: str) -> pd.DataFrame:
    """A row a night of a caravan: what a side would say beside what it said; else how many walk."""
    counted = frame.loc[frame["observed_low"].notna(), "target_date"]
    own = (frame["location"] == caravan) & ~frame["target_date"].isin(counted)
    return frame[own | frame["observed_low"].notna()].drop_duplicates("target_date").tail(MOST_DAYS)


def draw_past(frame: pd.DataFrame, language: Language, label: str, unit: str, wide: float) -> Markup:
    """A standing band a day, as forecast; a diamond where it came."""
    came = frame[["observed_low", "observed_high"]].to_numpy(dtype=float)
    low = min(float(frame[LEVELS[0]].min()), float(np.nanmin(came)) if np.isfinite(came).any() else np.inf)
    high = max(float(frame[LEVELS[-1]].max()), float(np.nanmax(came)) if np.isfinite(came).any() else -np.inf)
    left, bottom = 52.0, HIGH - 26
    days = list(frame["target_date"])
    step = (wide - left - 8) / max(len(days), 1)
    y = axes.scale(low, high, bottom - 4, 14)
    parts = []
    ticks = axes.nice_ticks(low, high, most=5)
    for tick in ticks:
        parts.append(svg.across(left, wide - 4, y(tick), stroke=axes.RULE))
        said = language.number(tick) + (f" {unit}" if unit and tick == ticks[-1] else "")
        parts.append(svg.words(said, left - 6, y(tick) + 4, font_size=axes.SIZE, fill="#4b5b67", text_anchor="end"))
    shown = axes.day_ticks(days, room=wide - left)
    for n, row in enumerate(frame.to_dict("records")):
        x = left + step * (n + 0.5)
        levels = [float(row[q]) for q in LEVELS]
        thick = min(12.0, step * 0.55)
        bar = [
            svg.element(
                "rect", x=x - thick / 2, y=y(high_), width=thick, height=max(y(low_) - y(high_), 1.5), fill=fill, rx=3
            )
            for low_, high_, fill in ((levels[0], levels[4], BAND), (levels[1], levels[3], INNER))
        ]
        observed = [float(row[c]) for c in ("observed_low", "observed_high")]
        if np.isfinite(observed).all():
            bar += [_came(x, y(observed[0]), y(observed[1]))]
        parts.append(svg.group(bar, title=_hint(row, observed, language)))
        if n in shown:
            anchor = "end" if n == len(days) - 1 else "middle"
            at = x + 14 if anchor == "end" else x
            parts.append(
                svg.words(
                    language.day_short(days[n]), at, HIGH - 8, font_size=axes.SIZE, fill="#4b5b67", text_anchor=anchor
                )
            )
    return axes.chart(parts, wide=wide, high=HIGH, label=label)


def _came(x: float, first: float, last: float) -> Markup:
    middle = (first + last) / 2
    corners = svg.points((x, x + 5, x, x - 5), (middle - 5, middle, middle + 5, middle))
    gem = svg.element("polygon", points=corners, fill=SEEN, stroke="#fff", stroke_width=1)
    return gem if abs(first - last) < 4 else svg.upright(x, first, last, stroke=SEEN, stroke_width=2.5) + gem


def _hint(row: Row, observed: Sequence[float], language: Language) -> str:
    span = language.span(float(row[LEVELS[0]]), float(row[LEVELS[-1]]))
    came = language.span(*observed) if np.isfinite(observed).all() else "–"
    return language.text("tonight.past_hint", day=language.day(row["target_date"]), range=span, came=came)


def lead_table(rows: pd.DataFrame, target: str, language: Language, *, within: bool = False) -> Table:
    """How forecasts did by days ahead (up to so many of them where `within`), beside keeping today's number."""
    unit = KM if target == POSITION else language.text(f"tonight.unit.{target}")
    heads = ("lead", "cases", "error", "held_90", "held_50", "against_naive")
    lines = []
    for row in rows.to_dict("records"):
        # Nothing can beat a rule that was right but for rounding, and by how much it was missed says nothing.
        gain = 0.0 if row["naive_crps"] <= ROUNDING else 1 - row["crps"] / row["naive_crps"]
        better = language.text("tonight.no_naive")
        if np.isfinite(gain):
            key = "better" if gain > 0.005 else "worse" if gain < -0.005 else "even"
            better = language.text(f"tonight.naive_{key}", n=language.number(100 * abs(gain)))
        lines.append((
            language.text(f"tonight.{_lead_key(row, within=within)}", n=row["horizon"]),
            language.number(row["cases"]), f"{language.rounded(row['error'])} {unit}",
            language.text("tonight.of", n=language.number(row["held_90"]), total=language.number(row["cases"])),
            language.text("tonight.of", n=language.number(row["held_50"]), total=language.number(row["cases"])), better,
        ))  # fmt: skip
    return Table(
        language.text(f"tonight.right_table.{target}"),
        tuple(language.text(f"tonight.col.{h}") for h in heads),
        tuple(lines),
    )


def _lead_key(row: Row, *, within: bool) -> str:
    if within:
        return "days_within"
    return "days_ahead" if row["horizon"] > 1 else "day_ahead"


def verdict(rows: pd.DataFrame, target: str, language: Language) -> str:
    """How often the band held at the shortest lead, and what it was off by; "" where nothing is scored."""
    if rows.empty:
        return ""
    row = rows.to_dict("records")[0]
    return language.text(
        f"tonight.verdict.{target}", n=language.number(row["held_90"]), total=language.number(row["cases"]),
        lead=language.number(row["horizon"]), error=language.rounded(row["error"]),
    )  # fmt: skip


def useful_words(facts: Tonight, language: Language) -> list[str]:
    """How far ahead this record is worth forecasting, by target."""
    ahead = [
        language.text(
            "tonight.useful_days" if days > 1 else "tonight.useful_day",
            what=language.text(f"tonight.target.{t}"),
            n=days,
        )
        for t, days in facts.useful.items()
        if days > 0
    ]
    never = [language.text(f"tonight.target.{t}") for t, days in facts.useful.items() if days < 1]
    out = [language.text("tonight.useful", list=language.listed(ahead))] if ahead else []
    return out + ([language.text("tonight.useful_none", list=language.listed(never))] if never else [])


def others_table(facts: Tonight, language: Language) -> Table | None:
    """Other teams' forecasts beside ours, on what both forecast; None where there is none."""
    if facts.others.empty:
        return None
    lines = []
    for row in facts.others.to_dict("records"):
        what = language.texts.get(f"tonight.target.{row['target']}", str(row["target"]).replace("_", " "))
        days = language.text(
            "tonight.days_ahead" if row["horizon_days"] > 1 else "tonight.day_ahead", n=row["horizon_days"]
        )
        held = (
            f"{language.number(100 * share)}%" if np.isfinite(share) else "–"
            for share in (row["inside_90"], row["our_inside_90"])
        )
        lines.append((
            str(row["model"]), what, days, language.number(row["n"]), language.rounded(row["score"]),
            language.rounded(row["our_score"]), *held,
        ))  # fmt: skip
    heads = ("team", "what", "lead", "cases", "their_score", "our_score", "their_held", "our_held")
    return Table(
        language.text("tonight.others_table"), tuple(language.text(f"tonight.col.{h}") for h in heads), tuple(lines),
        numbers=3,
    )  # fmt: skip


def print_others(facts: Tonight, language: Language) -> Markup:
    """The table of other teams, and what its scores are; nothing where there is none."""
    table = others_table(facts, language)
    if table is None:
        return Markup("")
    return print_tables([table]) + Markup('<p class="fine">{}</p>').format(language.text("tonight.others_note"))


def right_section(facts: Tonight, language: Language) -> Section | None:
    """How past forecasts of this record did."""
    figures, tables = [], []
    heading = Markup("<h3>{}</h3>")
    for target in (POSITION, PERSONS):
        rows = by_lead(facts.scores, target)
        frame = past_against_came(facts, target, lead=1)
        if rows.empty or frame.empty:
            continue
        frame = nightly(frame, facts.caravan)
        label = language.text(f"tonight.past_chart.{target}")
        unit = KM if target == POSITION else ""
        figures.append(heading.format(label) + axes.both(partial(draw_past, frame, language, label, unit)))
        tables.append(lead_table(rows, target, language))
    if not figures:
        return nothing_true_yet(facts, language)
    nearest = {t: by_lead(facts.scores, t, (1,)) for t in (POSITION, PERSONS)}
    said = [s for s in (verdict(rows, t, language) for t, rows in nearest.items()) if s]
    charts = Markup("").join(Markup("<div>{}</div>").format(f) for f in figures)
    return Section(
        key="right", head=language.text("tonight.right_head"),
        paragraphs=(" ".join([*said, *useful_words(facts, language)]),),
        figure=Markup('<div class="pair">{}</div>').format(charts) + print_tables(tables)
        + print_others(facts, language),
    )  # fmt: skip


def nothing_true_yet(facts: Tonight, language: Language) -> Section:
    """What is said on the first evenings; how far ahead it is worth reading may be known all the same."""
    words = (language.text("tonight.right_none"), *useful_words(facts, language))
    return Section(key="right", head=language.text("tonight.right_head"), paragraphs=words)


def print_tables(tables: Sequence[Table]) -> Markup:
    """Tables beside each other; one alone has the page's width."""
    macro = environment().get_template("sections.html.j2").module.table_of  # type: ignore[attr-defined]
    if len(tables) == 1:
        return Markup(macro(tables[0]))  # noqa: S704 - the macro escapes what it prints
    return Markup('<div class="pair">{}</div>').format(
        Markup("").join(Markup("<div>{}</div>").format(macro(table)) for table in tables)
    )
