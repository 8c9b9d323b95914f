"""How the run of a displacement is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.inference.displacement.scores import read_sheet
from caravana.reporting import html
from caravana.reporting.displacement.answers import DisplacementAnswers, opening_day
from caravana.reporting.displacement.charts import UN_SHAPES
from caravana.reporting.displacement.sections import SECTIONS
from caravana.reporting.displacement.sentences import verdict
from caravana.reporting.displacement.skill import skill_of
from caravana.reporting.model_card.facts import read_facts
from caravana.reporting.page import Frame, Report, dates_with_years
from caravana.reporting.run_folder import look_beside
from caravana.results.by_unit.assessed import count_returned, read_assessed
from caravana.results.by_unit.run import UnitRun, in_units
from caravana.results.by_unit.sites import sites_on
from caravana.results.displacement import read_displaced
from caravana.results.needs import load_standards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language
    from caravana.results.needs import Standard
    from caravana.run import Run


def ask(run: Run, standards: Sequence[Standard] | None, scores: Mapping[str, Any] | None) -> DisplacementAnswers:
    """Ask a run once for everything that its report says."""
    run = in_units(run)
    results = read_displaced(run)
    sites = sites_on(run, results.date(opening_day(results))) if isinstance(run, UnitRun) else ()
    skill = skill_of(read_sheet(run, days=results.days))
    if scores is None:
        scores = skill.scores if skill else {}
    return DisplacementAnswers(
        results=results, standards=load_standards() if standards is None else tuple(standards), scores=scores,
        beside=look_beside(run.path, scenario_hash=results.plan["scenario_hash"]), facts=read_facts(run, results),
        skill=skill, assessed=read_assessed(run), returned=count_returned(run), sites=sites,
    )  # fmt: skip


def frame(answers: DisplacementAnswers, language: Language) -> Frame:
    """What stands around the sections: how the forecast stands against rules of thumb comes first."""
    results = answers.results
    title = language.choose(results.scenario.title, results.scenario.title_es)
    kind, bold, rest = verdict(answers.scores, results, language)
    return Frame(
        title=language.text("displacement.title", title=title),
        data={
            **dates_with_years(results, language), "words": _words(language), "shapes": UN_SHAPES,
            "origin": results.origin,
        },
        verdict=html.verdict(kind, bold, rest),
    )  # fmt: skip


def _words(language: Language) -> dict[str, str]:
    """The words that the page's script writes."""
    own = {
        "map_label": "displacement.map.label", "zoom_fit": "displacement.map.zoom_fit",
        "capacity": "displacement.map.capacity", "count": "displacement.map.count",
        "people": "displacement.map.people", "a_day": "displacement.map.a_day", "closed": "displacement.map.closed",
        "none": "displacement.day.none", "percent": "displacement.day.percent", "play": "day.play",
        "pause": "day.pause", "millions": "number.millions", "sideways": "displacement.table.sideways",
        "zoom_in": "map.zoom_in", "zoom_out": "map.zoom_out",
    }  # fmt: skip
    return {key: language.texts[name] for key, name in own.items()}


REPORT = Report(
    ask=ask, frame=frame, sections=SECTIONS, kind="displacement",
    styles=("report.css", "displacement/displacement.css"),
    scripts=("drawing.js", "ground.js", "clock.js", "charts.js", "displacement/map.js", "displacement/page.js"),
)  # fmt: skip
