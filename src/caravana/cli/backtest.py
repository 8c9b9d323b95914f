"""The command ``backtest``: forecasts from past days, scored against what was then reported."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from caravana.cli.console import Progress, give
from caravana.cli.options import horizons_to, load, read_date, read_pairs
from caravana.errors import UsageError


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
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Forecast from past days and score against what was then reported, beside naive forecasts.

    Every forecast uses only what had been published by its origin.
    """
    from caravana.inference.families import backtest_of
    from caravana.inference.scoring.scorecard import scorecard
    from caravana.models.registry import model_of
    from caravana.reporting.console import scorecard_lines

    loaded = load(scenario)
    dates = None if origins is None else [read_date(x, "--origins") for x in origins.split(",") if x.strip()]
    progress = Progress("Origins", quiet=quiet)
    common: dict[str, Any] = {"seed": seed, "workers": workers, "scheduler": scheduler, "progress": progress}
    test = backtest_of(loaded)
    chosen = {"members": members, "settings": read_pairs(set_ or [])}
    test.refuse(chosen, family=model_of(loaded).family)
    common |= {name: value for name, value in chosen.items() if name in test.options}
    horizons = horizons_to(test.longest if horizon is None else horizon, on_the_way=test.horizons)
    who, first = test.subject(loaded, caravan)
    tested = test.cases(loaded, caravan=caravan, origins=dates, horizons=horizons, **common)
    cases = tested.cases
    if not cases:
        raise UsageError(f"nothing was reported of {who} at {', '.join(map(str, horizons))} days from these origins")
    card: dict[str, Any] = {
        "scenario": loaded.name,
        "caravan": who,
        "origins": sorted({(first + dt.timedelta(days=case.origin)).isoformat() for case in cases}),
        "horizons": list(horizons),
        "seed": seed,
        **tested.beside,
        **scorecard(cases, seed=seed, quantities=test.quantities),
    }
    if json:
        give(card)
        return
    for line in scorecard_lines(card):
        typer.echo(line)
