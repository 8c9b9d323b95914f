"""The page of any report: its head, its day bar, its sections one after the other, its script."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.language.language import NARROW_SPACE
from caravana.reporting import html
from caravana.reporting.sections import NOTHING
from caravana.reporting.warnings import warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markupsafe import Markup

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.reporting.sections import Section
    from caravana.results.answers import Answers
    from caravana.results.needs import Standard
    from caravana.run import Run

    AnyAnswers = ReportAnswers[Answers]
    MakeSection = Callable[[Any, Language], Section | None]

LONG = 150
"""Runs of more days than this have the months under their axes instead of days."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the sections of a page.

    Attributes
    ----------
    title
        Heading of the page.
    verdict
        A paragraph under it, as HTML; "" for none.
    data
        What the script reads, beside what the sections give it: ``answers`` (HTML by day) at least.
    """

    title: str
    data: Mapping[str, Any]
    verdict: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class Report:
    """How the runs of one family of models are reported.

    Attributes
    ----------
    ask
        Asks a run once for everything, given standards for the needs and scores, or None to work them out.
    frame
        What stands around the sections.
    sections
        What the page says, in order.
    styles, scripts
        Files of the package, one after the other.
    kind
        Class of the page's body, for its style.
    """

    ask: Callable[[Run, Sequence[Standard] | None, Mapping[str, Any] | None], Any]
    frame: Callable[[Any, Language], Frame]
    sections: tuple[MakeSection, ...]
    scripts: tuple[str, ...]
    styles: tuple[str, ...] = ("report.css",)
    kind: str = ""


def render(report: Report, answers: AnyAnswers, language: Language, sections: Sequence[MakeSection]) -> str:
    """Render a report.

    Parameters
    ----------
    report
        How it is made up.
    answers
        What the run was asked.
    language
        Whose words to use.
    sections
        What it says, in order: ``report.sections``, or others.
    """
    results = answers.results
    frame = report.frame(answers, language)
    shown = [section for make in sections if (section := make(answers, language)) is not None]
    charts = {chart.key: chart.spec for section in shown for chart in section.charts}
    data = {**dates(results, language), "number": number_style(language), **frame.data}
    for section in shown:
        data |= section.data
    data["charts"] = charts
    day = answers.opening_day
    return html.environment().get_template("base.html.j2").render(
        t=language.text, lang=language, kind=report.kind, title=frame.title, verdict=frame.verdict,
        has_map="map" in data, version=results.version, meta=_meta(results, language),
        warnings=warnings(results, language),
        sections=shown, days_n=results.days, opening_day=day, day_long=language.day_long(results.date(day)),
        day_short=data["days_short"][day], footer=footer(results, language), data=html.embedded(data),
        css=html.style(report.styles), script=html.script(report.scripts),
    )  # fmt: skip


def _meta(results: Answers, language: Language) -> str:
    """Members, days, seed, version and scenario, in a line."""
    return language.text(
        "meta.line", members=language.number(len(results.members)), first=language.day_year(results.first),
        last=language.day_year(results.last), seed=results.plan["seed"], version=results.version,
        scenario=results.scenario.name,
    )  # fmt: skip


def footer(results: Answers, language: Language) -> str:
    """What made a page: version, run, scenario and its hash."""
    return language.text(
        "footer.line", version=results.version, run=Path(results.folder).name, scenario=results.scenario.name,
        hash=results.plan["scenario_hash"][:12],
    )  # fmt: skip


def dates(results: Answers, language: Language) -> dict[str, Any]:
    """The days as the script writes them."""
    days = [results.date(day) for day in range(results.days)]
    return {
        "days": [d.isoformat() for d in days],
        "days_short": [language.day_short(d) for d in days],
        "days_long": [language.day_long(d) for d in days],
    }


def dates_with_years(results: Answers, language: Language) -> dict[str, Any]:
    """The days as the script writes them for runs that may last for years, and what stands under their axes."""
    days = [results.date(day) for day in range(results.days)]
    data: dict[str, Any] = {"days_short": [f"{language.day_short(d)} {d.year}" for d in days]}
    if len(days) > LONG:
        data["months"] = [
            [i, f"{language.month_short(d)} {d.year}", d.year * 12 + d.month - 1]
            for i, d in enumerate(days) if d.day == 1
        ]  # fmt: skip
    else:
        data["days_axis"] = [language.day_short(d) for d in days]
    return data


def number_style(language: Language) -> dict[str, Any]:
    """The language's marks, for the numbers that the script writes."""
    english = language.code == "en"
    return {"group": "," if english else NARROW_SPACE, "four_plain": not english, "decimal": "." if english else ","}
