"""The command ``exchange``: forecasts out to a hub, and other teams' forecasts in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date


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
    on: Annotated[str | None, typer.Option("--on", help="The day, as YYYY-MM-DD.  [default: today]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Exchange forecasts in the hubverse's layout, and score other teams' beside ours.

    Without --write and --take it prints how the other teams' forecasts did beside ours.
    """
    from caravana.operation.exchange import compare_models, hand_on, take_in
    from caravana.operation.folder import open_operation
    from caravana.operation.ledger import open_ledger

    day = read_date(on, "--on") if on else dt.datetime.now(dt.UTC).date()
    operation = open_operation(folder)
    with open_ledger(operation, make=False) as ledger:
        taken = [take_in(ledger, path, on=day, model=model) for path in take or []]
        written = hand_on(ledger, write, on=day, name=operation.name) if write else None
        beside = compare_models(ledger, day)
    for name, new in taken:
        say(f"{name}: {new} quantiles taken in" if new else f"{name}: nothing new")
    if written:
        say(f"{written} holds the forecasts issued up to {day}, and what was observed by then")
    if json:
        rows = beside.astype(object).where(beside.notna(), None).to_dict("records")
        files = {"taken": [{"model": name, "new": new} for name, new in taken], "written": written}
        give({"on": day.isoformat(), **files, "beside_ours": rows})
    elif len(beside):
        typer.echo(beside.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    elif not taken and not written:
        say("no other team's forecast can be scored yet: none was taken in, or nothing was observed since")
