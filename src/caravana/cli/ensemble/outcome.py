"""What is said of a finished run, and the pages that are written of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_language

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

WHERE = "docs/dispersal.md tells which settings act"


def summarise(run: Run, *, wall: float) -> dict[str, Any]:
    """Return what ``run --json`` prints."""
    from caravana.inference.run_scores import score_run

    return {
        "run": str(run.path),
        "report": str(run.path / "report.html"),
        "scenario": run.scenario.name,
        "members": len(run.member_ids),
        "members_asked": run.members,
        "seed": run.manifest["plan"]["seed"],
        "claims_taken": run.manifest["plan"].get("taken", {}),
        "posterior": run.manifest["plan"].get("posterior", ""),
        "blocks_failed": run.manifest["blocks_failed"],
        "settings_not_used": unused_settings(run),
        "wall_seconds": round(wall, 2),
        **score_run(run),
    }


def unused_settings(run: Run) -> list[str]:
    """Settings of the scenario or set by hand that have no effect in a run, in order of name; none of a caravan's."""
    from caravana.results.acting import idle_settings

    idle = {"displacement": idle_settings}.get(run.family)
    return [] if idle is None else idle(run.scenario, run.scenario.settings)


def unused_lines(run: Run) -> list[str]:
    """Say which settings had no effect, and which would have set how many people are displaced."""
    from caravana.results.acting import overruled, traits_of

    idle, lines = unused_settings(run), []
    if not idle:
        return []
    why = ", as camps are counted" if traits_of(run.scenario).camps_only else ""
    lines.append(f"Not used by the rules {run.scenario.rules} here{why}: {', '.join(idle)} ({WHERE})")
    if pushed := overruled(run.scenario):
        own = " and ".join(pushed)
        lines.append(
            f"How many people are displaced was taken from the counts of camps, not from {own}; "
            "rules=flee lets these act, forecast_total=1 forecasts the number"
        )
    return lines


def tell_run(finished: Run, *, started: float, lang: str, json: bool, quiet: bool) -> None:
    """Write a run's pages and say what came of it; end with 1 if a block failed."""
    page = _write_pages(finished, lang=lang, quiet=quiet)
    wall = time.perf_counter() - started
    for failure in finished.failures:
        say(f"Block {failure.block} failed and is missing from the ensemble: {failure.error}")
    for line in unused_lines(finished):
        say(line, quiet=quiet)
    if json:
        give(summarise(finished, wall=wall))
    say(f"Done in {wall:.1f} s. The report is at {page.resolve()}", quiet=quiet)
    if finished.failures:
        raise typer.Exit(1)


def _write_pages(run: Run, *, lang: str, quiet: bool) -> Path:
    from caravana.exports.summary import write_summary
    from caravana.reporting.model_card.card import write_model_card
    from caravana.reporting.report import write_report
    from caravana.results.by_unit.run import in_units

    say("Writing the summary, the model card and the report", quiet=quiet)
    language = read_language(lang)
    write_summary(run)
    shown = in_units(run)
    write_model_card(shown, language=language)
    return write_report(shown, language=language)
