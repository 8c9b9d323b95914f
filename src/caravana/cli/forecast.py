"""The command ``forecast``."""

from __future__ import annotations

from typing import Annotated

import typer

from caravana.cli.console import give
from caravana.cli.options import load, read_date, spoken_language


def forecast(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    origin: Annotated[
        str, typer.Option("--on", "--origin", help="Forecast from this evening, on what was published by then.")
    ],
    horizon: Annotated[
        int | None, typer.Option(help="Days ahead  [default: 7 of a caravan, 60 of a displacement]")
    ] = None,
    caravan: Annotated[str | None, typer.Option(help="Which caravan  [default: the scenario's first]")] = None,
    members: Annotated[
        int | None, typer.Option(min=2, help="Members of each forecaster of a displacement  [default: 64]")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say from what was known on a day where a caravan will sleep and how many will walk, or how full camps will be.

    For the planners who must meet them; positions of the coming days are not for publication.
    """
    from caravana.inference.families import forecasting_of
    from caravana.language.language import load_language
    from caravana.models.registry import model_of
    from caravana.reporting.forecasts import TOLD_BY

    # What programs read is the same wherever they run.
    spoken = spoken_language(lang)
    language = load_language("en") if json else spoken
    loaded = load(scenario)
    given = {"caravan": caravan, "members": members}
    how = forecasting_of(loaded, given)
    chosen = {name: value for name, value in given.items() if value is not None}
    on = read_date(origin, "--on")
    issued = how.make(loaded, on=on, days=how.days if horizon is None else horizon, seed=seed, **chosen)
    words = TOLD_BY[model_of(loaded).family]
    answer = words.tell(issued, loaded, language)
    if json:
        give(answer)
        return
    for line in words.lines(answer, language):
        typer.echo(line)
