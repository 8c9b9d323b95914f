"""The page that may be published: coarse and late.

Nothing of the coming days, and nothing of the last :data:`LATE_DAYS` days; where people were by municipality, never by
place; counts rounded to twenties, those under twenty not shown; no quantile of a forecast, only how forecasts did.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from caravana.errors import UsageError
from caravana.inference.reports import SIDES
from caravana.language.language import load_language
from caravana.language.names import country_words
from caravana.reporting.sections import Section, Table
from caravana.reporting.tonight.needs import need_rows_for
from caravana.reporting.tonight.right import LEADS, WEEKS, by_lead, lead_table, print_tables
from caravana.results.small_counts import coarse_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.results.supplies import Group

    MakeSection = Callable[[Tonight, Language], Section | None]

LATE_DAYS = 3
SHOWN = 10
COUNTS = ("headcount", "camp_count")


def published(facts: Tonight) -> Tonight:
    """The facts as they may be published: cut to what is old enough, without any forecast.

    Raises
    ------
    UsageError
        If nothing is old enough yet.
    """
    last = facts.origin - dt.timedelta(LATE_DAYS)
    reports = facts.standing
    reports = reports[(reports["known_on"] <= last) & (reports["date"] <= last)]
    if reports.empty:
        raise UsageError(f"nothing can be published yet: no report is {LATE_DAYS} days old on {facts.origin}")
    scores = facts.scores[facts.scores["target_date"] <= last]
    return replace(
        facts, origin=last, reports=reports, scores=scores, quantiles=facts.quantiles.iloc[:0],
        chances=facts.chances.iloc[:0], weights={}, triggers=(), links={},
        others=facts.others.iloc[:0],
    )  # fmt: skip


def area_of(facts: Tonight, place: str, language: Language) -> str:
    """The municipality and state of a place, or its country: never the place itself."""
    about = next((p for p in facts.scenario.places if p.id == place), None)
    if about is None:
        return ""
    named = [part for part in (about.municipality, about.state) if part]
    return ", ".join(named) if named else country_words(about.country or "", language)


def where_it_was(facts: Tonight, language: Language) -> Section | None:
    """By municipality, the nights that are old enough."""
    rows = facts.reports
    rows = rows[(rows["kind"] == "position") & (rows["qualifier"] != "planned") & rows["place"].notna()]
    nights = [(r["date"], area_of(facts, str(r["place"]), language)) for r in rows.to_dict("records")]
    by_day = {date: area for date, area in sorted(nights, key=lambda pair: pair[0]) if area}
    if not by_day:
        return None
    last = max(by_day)
    table = Table(
        language.text("tonight.public.where_table"),
        (language.text("tonight.col.day"), language.text("tonight.public.area")),
        tuple((language.day_short(day), area) for day, area in list(by_day.items())[-SHOWN:][::-1]), numbers=9,
    )  # fmt: skip
    said = language.text("tonight.public.was", day=language.day(last), area=by_day[last])
    return Section(
        key="public-where",
        head=language.text("tonight.public.where_head"),
        figure=Markup('<p class="headline">{}</p>').format(said)
        + Markup('<p class="lead">{}</p>').format(language.text("tonight.public.rules", late=LATE_DAYS))
        + print_tables([table]),
    )


def coarse_counts(facts: Tonight) -> pd.DataFrame:
    """Counts that may be shown: ``date``, ``side``, ``place``, ``low``, ``high``, rounded, newest first."""
    rows = facts.reports
    rows = rows[rows["kind"].isin(COUNTS) & rows["low"].notna() & rows["side"].isin(SIDES)]
    lines = []
    for r in rows.to_dict("records"):
        low = coarse_count(float(r["low"]))
        high = low if pd.isna(r["high"]) else coarse_count(float(r["high"]))
        if low is not None and high is not None:
            lines.append((r["date"], r["side"], r["place"] if isinstance(r["place"], str) else "", low, high))
    frame = pd.DataFrame(lines, columns=["date", "side", "place", "low", "high"])
    return frame.sort_values(["date", "side"], ascending=[False, True]).reset_index(drop=True)


def public_columns(counts: pd.DataFrame, facts: Tonight, tag: str) -> pd.DataFrame:
    """The counts that may be shown with headers in a language, and the municipality in the place of the place."""
    language = load_language(tag)
    named = counts.assign(
        place=[area_of(facts, place, language) for place in counts["place"]],
        side=[language.text(f"side.{side}") for side in counts["side"]],
        low=counts["low"].astype(int), high=counts["high"].astype(int),
    )  # fmt: skip
    heads = {
        "date": language.text("tonight.col.day"), "side": language.text("tonight.col.side"),
        "place": language.text("tonight.public.area"), "low": language.text("tonight.public.least"),
        "high": language.text("tonight.public.most"),
    }  # fmt: skip
    return named.rename(columns=heads)


def how_many_were_counted(facts: Tonight, language: Language) -> Section | None:
    """What each side counted, rounded, on days that are old enough."""
    rows = coarse_counts(facts)
    if rows.empty:
        return None
    lines = tuple(
        (
            language.day_short(r["date"]), language.text(f"side.{r['side']}"), area_of(facts, r["place"], language),
            language.number(r["low"]) if r["low"] == r["high"]
            else f"{language.number(r['low'])}\u2013{language.number(r['high'])}",
        )
        for r in rows.head(2 * SHOWN).to_dict("records")
    )  # fmt: skip
    heads = (language.text("tonight.col.day"), language.text("tonight.col.side"), language.text("tonight.public.area"),
             language.text("tonight.col.figure"))  # fmt: skip
    table = Table(language.text("tonight.public.counts_table"), heads, lines, numbers=3)
    return Section(
        key="public-counts", head=language.text("tonight.public.counts_head"),
        paragraphs=(language.text("tonight.public.counts_lead"),), figure=print_tables([table]),
    )  # fmt: skip


def what_they_needed(facts: Tonight, language: Language) -> Section | None:
    """Daily needs of a thousand people: what to give, without saying where."""
    group: Group = "moving" if facts.scenario.caravans else "settlement"
    rows = need_rows_for(1000.0, facts, language, group=group)
    if not rows:
        return None
    heads = tuple(language.text(f"tonight.{k}") for k in ("need", "standard_head", "for_thousand"))
    table = Table(language.text("tonight.public.needs_table"), heads, rows, numbers=2)
    return Section(
        key="public-needs", head=language.text("tonight.public.needs_head"), figure=print_tables([table]),
    )  # fmt: skip


def how_right(facts: Tonight, language: Language) -> Section | None:
    """How forecasts did, by days ahead."""
    tables = []
    for target in ("position_km", "persons", "camp_persons"):
        camps = target == "camp_persons"
        rows = by_lead(facts.scores, target, WEEKS if camps else LEADS, within=camps)
        if not rows.empty:
            tables.append(lead_table(rows, target, language, within=camps))
    if not tables:
        return None
    return Section(
        key="public-right", head=language.text("tonight.right_head"),
        paragraphs=(language.text("tonight.public.right_lead"),), figure=print_tables(tables),
    )  # fmt: skip


def _of_published(make: MakeSection) -> MakeSection:
    return lambda facts, language: make(published(facts), language)


ANYBODY = tuple(map(_of_published, (how_many_were_counted, what_they_needed, how_right)))
SECTIONS: Mapping[str, tuple[MakeSection, ...]] = {
    "caravan": (_of_published(where_it_was), *ANYBODY),
    "displacement": ANYBODY,
}
"""What a public page says of each family: every section cuts the facts before it looks at them."""
