"""The command ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caravana.cli.console import Progress, give, say
from caravana.cli.options import load, read_date, spoken_language
from caravana.errors import InterruptedRunError


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
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Fit a scenario's parameters to what was reported and keep posterior draws.

    A calibration that was interrupted is completed by the same command, to the same draws.
    """
    from caravana.inference.families import calibration_of
    from caravana.reporting.pages.calibration import calibration_lines, write_calibration

    folder = out or Path("runs") / f"{Path(scenario).name}-posterior-seed{seed}"
    language = spoken_language(lang)
    day = None if until is None else read_date(until, "--until")
    loaded = load(scenario)
    fit = calibration_of(loaded)
    say(f"Calibrating {loaded.name} on {budget} members, seed {seed}. It goes to {folder}", quiet=quiet)
    progress = Progress("Searches and blocks of 64 members", quiet=quiet)
    try:
        report = fit(
            loaded, folder, until=day, budget=budget, draws=draws, seed=seed, workers=workers, scheduler=scheduler,
            progress=progress,
        )  # fmt: skip
    except KeyboardInterrupt:
        raise InterruptedRunError(
            f"\nInterrupted. The blocks done are kept in {folder}; the same command goes on from there."
        ) from None
    write_calibration(folder, language=language.code)
    if json:
        give(report)
        return
    for line in calibration_lines(report, language):
        typer.echo(line)
