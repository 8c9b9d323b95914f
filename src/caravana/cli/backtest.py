"""The commands that look ahead and that judge: ``forecast``, ``backtest`` and ``calibrate``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import Progress, give, say
from caravana.errors import UsageError

if TYPE_CHECKING:
    from caravana.inference.reports import Record
    from caravana.scenario.model import Scenario

HORIZONS = (1, 3, 7, 14)


def read_date(text: str, option: str) -> dt.date:
    """Return a date given on the command line.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {text}: expected a date such as 2021-11-09") from None


def horizons_to(days: int, *, on_the_way: tuple[int, ...]) -> tuple[int, ...]:
    """Return the horizons scored up to a longest one: those on the way to it, and itself.

    Raises
    ------
    UsageError
        If it is under a day.
    """
    if days < 1:
        raise UsageError(f"--horizon {days}: a horizon under one day is no forecast")
    return tuple(sorted({h for h in on_the_way if h <= days} | {days}))


def _record(scenario: str, caravan: str | None) -> tuple[Scenario, Record]:
    from caravana.inference.reports import read_record
    from caravana.scenario.folders import load_scenario

    loaded = load_scenario(scenario)
    if loaded.rules != "caravan":
        # What `backtest` can do it does without coming here: this is said of `forecast` only.
        raise UsageError(
            f"{loaded.name} has the rules {loaded.rules!r}, and this command is of caravans. To forecast a displacement"
            f" from day N: caravana run {scenario} --set rules=caravana --set origin_day=N --set forecast_total=1;"
            f" to score such forecasts: caravana backtest {scenario}"
        )
    return loaded, read_record(loaded, caravan=caravan)


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
    from caravana.reporting.console import tell, tell_lines

    loaded, record = _record(scenario, caravan)
    made = Roller(record, seed=seed).forecast(read_date(origin, "--origin"), days=horizon)
    told = tell(made, loaded)
    if json:
        give(told)
        return
    for line in tell_lines(told):
        typer.echo(line)


def backtest(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    origins: Annotated[
        str | None, typer.Option(help="Dates D1,D2,...  [default: every day on which that night was reported]")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Longest horizon, days; shorter ones are scored on the way  [default: 14 or 60]")
    ] = None,
    caravan: Annotated[str | None, typer.Option(help="Which caravan  [default: the scenario's first]")] = None,
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
    from caravana.inference.scoring.scorecard import scorecard
    from caravana.reporting.console import scorecard_lines
    from caravana.scenario.folders import load_scenario

    loaded = load_scenario(scenario)
    dates = None if origins is None else [read_date(x, "--origins") for x in origins.split(",") if x.strip()]
    progress = Progress("Origins", quiet=quiet)
    common: dict[str, Any] = {"seed": seed, "workers": workers, "scheduler": scheduler, "progress": progress}
    if loaded.rules == "caravan":
        from caravana.inference.caravan.backtest import backtest_caravan
        from caravana.inference.reports import read_record

        record = read_record(loaded, caravan=caravan)
        horizons = horizons_to(14 if horizon is None else horizon, on_the_way=HORIZONS)
        who, first = record.caravan, record.date(0)
        quantities: tuple[str, ...] = ("position", "headcount")
        cases = backtest_caravan(record, origins=dates, horizons=horizons, **common)
    else:
        from caravana.inference.displacement.backtest import HORIZONS as FURTHER
        from caravana.inference.displacement.backtest import backtest_dispersal

        horizons = horizons_to(60 if horizon is None else horizon, on_the_way=FURTHER)
        who, first, quantities = "all camps", loaded.start, ("counts",)
        cases = backtest_dispersal(loaded, origins=dates, horizons=horizons, **common)
    if not cases:
        raise UsageError(f"nothing was reported of {who} at {', '.join(map(str, horizons))} days from these origins")
    card: dict[str, Any] = {
        "scenario": loaded.name,
        "caravan": who,
        "origins": sorted({(first + dt.timedelta(days=case.origin)).isoformat() for case in cases}),
        "horizons": list(horizons),
        "seed": seed,
        **scorecard(cases, seed=seed, quantities=quantities),
    }
    if json:
        give(card)
        return
    for line in scorecard_lines(card):
        typer.echo(line)


def calibrate(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    until: Annotated[str | None, typer.Option(help="Use what was published by this date  [default: all]")] = None,
    budget: Annotated[int, typer.Option(help="Members to simulate, in blocks of 64.")] = 16384,
    draws: Annotated[int, typer.Option(help="Posterior draws to keep.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder  [default: runs/SCENARIO-posterior-seedSEED]")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes to use  [default: the machine's cores]")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler to simulate on: tcp://host:port, or its .json file.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Fit a scenario's parameters to what was reported and keep posterior draws.

    A calibration that was interrupted is completed by the same command, to the same draws.
    """
    from caravana.inference.caravan.calibration import calibrate_scenario
    from caravana.inference.displacement.calibration import calibrate_dispersal
    from caravana.scenario.folders import load_scenario

    folder = out or Path("runs") / f"{Path(scenario).name}-posterior-seed{seed}"
    day = None if until is None else read_date(until, "--until")
    loaded = load_scenario(scenario)
    say(f"Calibrating {loaded.name} on {budget} members, seed {seed}. It goes to {folder}", quiet=quiet)
    progress = Progress("Searches and blocks of 64 members", quiet=quiet)
    try:
        fit = calibrate_scenario if loaded.rules == "caravan" else calibrate_dispersal
        report = fit(
            loaded,
            folder,
            until=day,
            budget=budget,
            draws=draws,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    except KeyboardInterrupt:
        say(f"\nInterrupted. The blocks done are kept in {folder}; the same command goes on from there.")
        raise typer.Exit(130) from None
    if json:
        give(report)
        return
    for line in report["summary"]:
        typer.echo(line)
