"""The sections of a caravan's report, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from caravana.reporting import html, shared
from caravana.reporting.caravan import tables
from caravana.reporting.caravan.charts import headcount_chart, side_charts, status_charts, track_chart
from caravana.reporting.caravan.evidence import evidence
from caravana.reporting.caravan.map import map_data, short_name
from caravana.reporting.caravan.needs import needs
from caravana.reporting.caravan.questions import money, whatif
from caravana.reporting.caravan.sentences import answers_by_day, assumptions
from caravana.reporting.sections import Chart, Section, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.caravan_answers import CaravanAnswers

    Answers = ReportAnswers[CaravanAnswers]

STOCKS = ("caravan", "detained", "in_care")
"""Statuses that count people as they are tonight; the others count everybody to whom it has happened."""
FORMATS = ("xlsx", "csv", "geojson", "geoparquet", "netcdf")
"""Formats of exports, those that open in most programs first."""


def where(answers: Answers, language: Language) -> Section:
    """Where the caravan is and how many it is: in words, on the map, and over time."""
    results = answers.results
    scenario, nights = results.scenario, results.where
    words = [str(a) for a in answers_by_day(scenario, nights, results.area, language)]
    return Section(
        "where", "", charts=(Chart("headcount", headcount_chart(scenario, nights, language), placed=True),),
        data={"answers": words, "map": map_data(scenario, nights, results.area, language)},
        figure=html.fragment(
            "caravan/where", language, answer=html.safe(words[answers.opening_day]),
            sides=tables.side_rows(scenario, nights.caravan, list(results.reports), language),
            observed=tables.observed_rows(scenario, nights.caravan, language),
        ),
    )  # fmt: skip


def road(answers: Answers, language: Language) -> Section:
    """How far along its road the caravan is, by day."""
    spec = track_chart(answers.results.scenario, answers.results.where, language)
    lead = language.text("road.lead")
    return Section("road", language.text("road.head"), (lead,), charts=(Chart("track", spec, height=460),))


def arrival(answers: Answers, language: Language) -> Section:
    """When the caravan comes to each place."""
    results = answers.results
    end = next(p for p in results.scenario.places if p.id == results.where.route.ids[-1])
    main, every = tables.arrival_rows(results, language)
    passes = results.arrivals.loc[results.arrivals["place"] == end.id, "passes"]
    chance = language.chance(float(passes.iloc[0]) if len(passes) else 0.0)
    return Section(
        "arrival", language.text("arrival.head"),
        (language.text("arrival.lead", place=short_name(end), chance=chance),),
        contents=language.text("answers.contents.arrival"),
        figure=html.fragment(
            "caravan/arrival", language, arrivals_main=main, arrivals_all=every,
            first_short=language.day_short(results.first), last_short=language.day_short(results.last),
        ),
    )  # fmt: skip


def status(answers: Answers, language: Language) -> Section:
    """What has become of people."""
    people = answers.results.people
    panels = tuple(
        Chart(f"status-{k}", spec, head=language.text(f"status.{k}"), note=_status_note(k, language), height=150)
        for k, spec in status_charts(people, language).items()
    )
    headings = (language.text("observed.date"), *(language.text(f"status.{k}") for k in people))
    rows = tuple((r["date"], *r["cells"]) for r in tables.status_rows(answers.results, language))
    return Section(
        "status", language.text("status.head"), (language.text("status.lead"),), charts=panels,
        table=Table(language.text("status.caption"), headings, rows), table_fold=language.text("status.table"),
        contents=language.text("answers.contents.status"),
    )  # fmt: skip


def _status_note(status: str, language: Language) -> str:
    if status == "ahead":
        return language.text("status.ahead_what")
    return language.text("status.stock" if status in STOCKS else "status.flow")


_SIGN = Markup('<svg class="key" viewBox="-8 -8 16 16" aria-hidden="true"><path class="side side-{}" d="{}"/></svg>')


def sides(answers: Answers, language: Language) -> Section:
    """What each side's sources would have reported, and what they did."""
    results = answers.results
    specs = side_charts(results.scenario, results.where, results.reports, language)
    panels = tuple(
        Chart(
            f"side-{row['side']}", specs.get(row["side"], {}), head=row["name"], note=row["note"], height=190,
            sign=_SIGN.format(row["side"], row["shape"]),
        )
        for row in tables.side_rows(results.scenario, results.where.caravan, list(results.reports), language)
    )  # fmt: skip
    note = next((spec["note"] for spec in specs.values()), "")
    lead = language.text("sides.lead") + (f" {note}" if note else "")
    return Section("sides", language.text("sides.head"), (lead,), charts=panels, wide=True)


def assumed(answers: Answers, language: Language) -> Section:
    """What was assumed, in plain words, and every input."""
    scenario = answers.results.scenario
    return Section(
        "assumed", language.text("assumed.head"), tuple(assumptions(answers, language)), prose=True,
        figure=html.fragment(
            "caravan/assumed", language, contested=tables.claim_rows(scenario, language),
            inputs=tables.input_rows(answers.results, language),
        ),
    )  # fmt: skip


def exports(answers: Answers, language: Language) -> Section:
    """What can be handed on, how, and what lies in the run folder already."""
    command = f"caravana export {answers.results.folder} --format"
    rows = [(name, language.text(f"answers.exports.{name}"), f"`{command} {name}`") for name in FORMATS]
    rows.append((language.text("answers.exports.public"), "", f"`{command} xlsx --audience public`"))
    headings = tuple(language.text(f"answers.exports.{k}") for k in ("format", "opens", "command"))
    files = Markup(", ").join(Markup("<code>{}</code>").format(name) for name in answers.beside.files)
    there = Markup("<p>{} {}</p>").format(language.text("answers.exports.there"), files)
    return Section(
        "exports", language.text("answers.exports.head"), (language.text("answers.exports.lead"),),
        table=Table(language.text("answers.exports.caption"), headings, tuple(rows), numbers=len(headings)),
        figure=there if files else Markup(""), contents=language.text("answers.contents.exports"),
    )  # fmt: skip


SECTIONS: tuple[Callable[[Answers, Language], Section | None], ...] = (
    where, road, arrival, needs, status, sides, shared.learned, money, whatif, evidence, assumed, shared.card, exports,
    shared.read,
)  # fmt: skip
"""What the report says, in order: a new section is a function and its name here."""
