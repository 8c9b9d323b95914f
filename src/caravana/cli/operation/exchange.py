"""The command ``exchange``: forecasts out to a hub, and other teams' forecasts in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language


def exchange(
    folder: Annotated[Path, typer.Argument(help="The folder of an operation.")],
    write: Annotated[
        Path | None, typer.Option("--write", help="Write our forecasts and what was observed into this folder.")
    ] = None,
    take: Annotated[
        list[Path] | None, typer.Option("--take", help="Take in a file of another team's forecasts; may be repeated.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="TEAM-MODEL of the files taken in, where their names do not say it.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="The day, as YYYY-MM-DD  [default: today]")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Exchange forecasts in the hubverse's layout, and score other teams' beside ours.

    Without --write and --take it prints how the other teams' forecasts did beside ours.
    """
    from caravana.operation.exchange import compare_models, hand_on, take_in
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger

    language = spoken_language(lang)
    day = read_date(on, "--on") if on else dt.datetime.now(dt.UTC).date()
    operation = open_operation(folder)
    with open_ledger(operation, make=False) as ledger:
        taken = [take_in(ledger, path, on=day, model=model) for path in take or []]
        written = hand_on(ledger, write, on=day, name=operation.name) if write else None
        beside = compare_models(ledger, day)
    for name, new in taken:
        key = "exchange.taken" if new else "exchange.nothing_new"
        say(language.text(key, model=name, n=language.number(new)))
    if written:
        say(language.text("exchange.written", folder=written, on=day))
    if json:
        rows = beside.astype(object).where(beside.notna(), None).to_dict("records")
        files = {"taken": [{"model": name, "new": new} for name, new in taken], "written": written}
        give({"on": day.isoformat(), **files, "beside_ours": rows})
    elif len(beside):
        typer.echo(
            beside.rename(columns={name: language.text(f"exchangecolumn.{name}") for name in beside.columns}).to_string(
                index=False, float_format=lambda value: f"{value:.3g}"
            )
        )
    elif not taken and not written:
        say(language.text("exchange.none_yet"))
