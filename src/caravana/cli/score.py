"""The command ``score``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give
from caravana.cli.options import read_date, spoken_language


def score(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    until: Annotated[str | None, typer.Option(help="Last date scored, such as 2021-11-05.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score a run against the scenario's observations, from the run folder alone."""
    from caravana.inference.run_scores import score_run
    from caravana.reporting.scores import score_lines
    from caravana.run import open_run

    language = spoken_language(lang)
    last = None if until is None else read_date(until, "--until")
    scores = score_run(open_run(run), until=last)
    if json:
        give({"run": str(run), **scores})
        return
    for line in score_lines(scores, language):
        typer.echo(line)
