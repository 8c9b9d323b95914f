"""The command ``forecast``."""

from __future__ import annotations

from typing import Annotated

import typer

from caravana.cli.console import give
from caravana.cli.options import load, read_date


def forecast(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    origin: Annotated[str, typer.Option(help="Forecast from this evening, on what was published by then.")],
    horizon: Annotated[int, typer.Option(help="Days ahead.")] = 7,
    caravan: Annotated[str | None, typer.Option(help="Which caravan  [default: the scenario's first]")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say where a caravan will sleep and how many will walk, from what was known on a day.

    For the planners who must meet it; not for publication (positions of the coming days).
    """
    from caravana.inference.caravan.forecast import Roller
    from caravana.inference.families import record_to_forecast
    from caravana.reporting.console import tell, tell_lines

    loaded = load(scenario)
    record = record_to_forecast(loaded, caravan=caravan, named=scenario)
    answer = tell(Roller(record, seed=seed).forecast(read_date(origin, "--origin"), days=horizon), loaded)
    if json:
        give(answer)
        return
    for line in tell_lines(answer):
        typer.echo(line)
