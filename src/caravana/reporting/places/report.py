"""How the run of any model is reported: people by place and day, beside what was counted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.reporting.answers import ReportAnswers
from caravana.reporting.charts import SHAPES
from caravana.reporting.model_card.facts import read_facts
from caravana.reporting.page import Frame, Report, dates_with_years
from caravana.reporting.places.sections import SECTIONS
from caravana.reporting.run_folder import look_beside
from caravana.results.needs import load_standards
from caravana.results.place_answers import PeopleAtPlaces, read_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language
    from caravana.results.needs import Standard
    from caravana.run import Run


def ask(
    run: Run, standards: Sequence[Standard] | None, scores: Mapping[str, Any] | None
) -> ReportAnswers[PeopleAtPlaces]:
    """Ask a run once for everything that its report says."""
    results = read_places(run)
    return ReportAnswers(
        results=results, standards=load_standards() if standards is None else tuple(standards), scores=scores or {},
        beside=look_beside(run.path, scenario_hash=results.plan["scenario_hash"]), facts=read_facts(run, results),
    )  # fmt: skip


def frame(answers: ReportAnswers[PeopleAtPlaces], language: Language) -> Frame:
    """What stands around the sections."""
    results = answers.results
    title = language.choose(results.scenario.title, results.scenario.title_es)
    words = {name: language.text(f"day.{name}") for name in ("play", "pause")}
    return Frame(
        title=language.text("places.title", title=title),
        data={**dates_with_years(results, language), "words": words, "shapes": {"counted": SHAPES["agency"]}},
    )


REPORT = Report(
    ask=ask, frame=frame, sections=SECTIONS, kind="places",
    scripts=("drawing.js", "clock.js", "charts.js", "places/page.js"),
)  # fmt: skip
