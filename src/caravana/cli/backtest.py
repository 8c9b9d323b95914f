"""The command ``backtest``: forecasts from past days, scored against what was then reported."""

from __future__ import annotations

from typing import Annotated

import typer

from caravana.cli.console import Progress, give
from caravana.cli.options import load, read_date, read_pairs, spoken_language


def backtest(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    origins: Annotated[
        str | None, typer.Option(help="Dates D1,D2,...  [default: every day on which that night was reported]")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Longest horizon, days; shorter ones are scored on the way  [default: 14 or 60]")
    ] = None,
    caravan: Annotated[str | None, typer.Option(help="Which caravan  [default: the scenario's first]")] = None,
    members: Annotated[
        int | None, typer.Option(min=2, help="Members of each forecast (of a caravan: particles of its headcount).")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the forecasts: name=value; total=given takes the sum as counted."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes to use  [default: the machine's cores]")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler to compute on: tcp://host:port, or its .json file.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Forecast from past days and score against what was then reported, beside naive forecasts.

    Every forecast uses only what had been published by its origin.
    """
    from caravana.reporting.console import scorecard_lines
    from caravana.studies.backtests import backtest as test

    language, loaded = spoken_language(lang), load(scenario)
    dates = None if origins is None else [read_date(x, "--origins") for x in origins.split(",") if x.strip()]
    card = test(
        loaded, origins=dates, horizon=horizon, caravan=caravan, members=members, set=read_pairs(set_ or []),
        seed=seed, workers=workers, scheduler=scheduler, progress=Progress("Origins", quiet=quiet),
    ).card  # fmt: skip
    if json:
        give(card)
        return
    for line in scorecard_lines(card, language):
        typer.echo(line)
