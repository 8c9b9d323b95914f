"""How the run of a caravan is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.inference.run_scores import score_run
from caravana.reporting.answers import ReportAnswers
from caravana.reporting.caravan.sections import SECTIONS
from caravana.reporting.charts import SHAPES
from caravana.reporting.model_card.facts import read_facts
from caravana.reporting.page import Frame, Report
from caravana.reporting.run_folder import look_beside
from caravana.results.caravan_answers import CaravanAnswers, read_caravan
from caravana.results.needs import load_standards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Language
    from caravana.results.needs import Standard
    from caravana.run import Run


def ask(
    run: Run, standards: Sequence[Standard] | None, scores: Mapping[str, Any] | None
) -> ReportAnswers[CaravanAnswers]:
    """Ask a run once for everything that its report says."""
    results = read_caravan(run)
    return ReportAnswers(
        results=results, standards=load_standards(moving=True) if standards is None else tuple(standards),
        scores=score_run(run) if scores is None else scores,
        beside=look_beside(run.path, scenario_hash=results.plan["scenario_hash"]), facts=read_facts(run, results),
    )  # fmt: skip


def frame(answers: ReportAnswers[CaravanAnswers], language: Language) -> Frame:
    """What stands around the sections."""
    scenario = answers.results.scenario
    words = {
        "play": "day.play", "pause": "day.pause", "map_label": "map.label", "recorded": "map.recorded",
        "zoom_in": "map.zoom_in", "zoom_out": "map.zoom_out", "zoom_fit": "map.zoom_fit",
        "together_strip": "headcount.together",
    }  # fmt: skip
    return Frame(
        title=language.choose(scenario.title, scenario.title_es),
        data={"words": {name: language.text(key) for name, key in words.items()}, "shapes": SHAPES},
    )


REPORT = Report(
    ask=ask, frame=frame, sections=SECTIONS,
    scripts=("drawing.js", "ground.js", "clock.js", "caravan/map.js", "charts.js", "caravan/page.js"),
)  # fmt: skip
