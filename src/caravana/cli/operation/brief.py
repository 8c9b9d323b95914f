"""The command ``brief``: an operation on two sheets, its map and chart for a slide, and what may be published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, read_regional
from caravana.errors import UsageError

AUDIENCES = ("internal", "public")


def brief(
    folder: Annotated[Path, typer.Argument(help="Folder of the operation.")],
    on: Annotated[str | None, typer.Option(help="Of which evening  [default: the last that was forecast]")] = None,
    lang: Annotated[
        str | None,
        typer.Option(help="en, es, es-MX (numbers as in Mexico) or es-ES  [default: the locale's]"),
    ] = None,
    audience: Annotated[str, typer.Option(help="internal, or public: coarse and late.")] = "internal",
    out: Annotated[Path | None, typer.Option(help="Folder to write to  [default: FOLDER/pages]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Make the two-page brief of an operation as PDF, and its map and chart as pictures for a slide.

    With --audience public: brief, page and table that may be published, some days late.
    """
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger
    from caravana.operation.pages import last_evening, tonight_of
    from caravana.operation.releasing import write_given_out
    from caravana.reporting.tonight.page import Audience

    language = read_regional(lang)
    if audience not in AUDIENCES:
        raise UsageError(language.text("brief.audience", given=audience))
    operation = open_operation(folder)
    day = None if on is None else read_date(on, "--on")
    with open_ledger(operation) as ledger:
        evening = last_evening(ledger, day)
        facts = tonight_of(operation, ledger, evening)
    target = operation.pages if out is None else out
    written = write_given_out(facts, target, language=language.tag, audience=cast("Audience", audience))
    if json:
        give({"brief": str(written[0]), "files": [str(path) for path in written], "on": evening.isoformat()})
    said = language.text("brief.made", path=written[0].resolve())
    beside = language.text("brief.beside", names=", ".join(path.name for path in written[1:]))
    say(f"{said}\n{beside}" if written[1:] else said, quiet=json)
