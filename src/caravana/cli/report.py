"""The command ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import say
from caravana.cli.options import spoken_language


def report(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it  [default: RUN/report.html]")] = None,
) -> None:
    """Write a run's report and model card again: the report is one file that opens offline."""
    from caravana.reporting.model_card.card import write_model_card
    from caravana.reporting.report import write_report
    from caravana.run import open_run

    opened, language = open_run(run), spoken_language(lang).code
    if out is None:
        write_model_card(opened, language=language)
    page = write_report(opened, path=out, language=language)
    say(f"The report is at {page.resolve()}")
