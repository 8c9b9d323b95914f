"""Sites on request: a table for each unit of administration, folded until somebody asks."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from caravana.reporting import html
from caravana.reporting.sections import Section

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.reporting.displacement.answers import DisplacementAnswers


def sites(answers: DisplacementAnswers, language: Language) -> Section | None:
    """Every site on the opening day, by unit; None where the page shows each site already."""
    if not answers.sites:
        return None
    units = []
    for unit, group in groupby(answers.sites, key=lambda site: site.unit):
        rows = [
            {
                "name": site.name, "middle": language.number(site.middle),
                "range": f"{language.number(site.low)}\u2013{language.number(site.high)}",
                "capacity": language.number(site.capacity) if site.capacity else "\u2013",
            }
            for site in group
        ]  # fmt: skip
        units.append({"name": unit, "rows": rows})
    date = language.day_long(answers.results.date(answers.opening_day))
    return Section(
        "sites", language.text("displacement.sites.head"),
        (language.text("displacement.sites.lead", n=language.number(len(answers.sites)), date=date),),
        figure=html.fragment("displacement/sites", language, units=units),
    )  # fmt: skip
