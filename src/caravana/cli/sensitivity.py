"""The command ``sensitivity``: says which input drives which outcome."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, read_language

if TYPE_CHECKING:
    from caravana.studies.sensitivity import Drivers

NAMED = 5


def _tell(drivers: Drivers) -> None:
    rank = ", of its rank" if drivers.by_rank else ""
    share = f"{100 * drivers.explained:.0f}% explained{rank}, {drivers.members} members, floor {drivers.floor:.2f}"
    typer.echo(f"{drivers.key} ({drivers.unit}): {share}")
    shown = [e for e in drivers.effects if e.above_floor][:NAMED]
    for e in shown:
        mistaken = f"  (or {', '.join(e.or_else)}: cannot be told apart)" if e.or_else else ""
        sign = "+" if e.direction > 0 else "-"
        typer.echo(f"  {e.name:<22} {e.index:5.2f}  [{e.low:.2f}, {e.high:.2f}]  {sign}{mistaken}")
    if not shown:
        typer.echo("  no input stands out from chance")


def _as_json(drivers: Drivers) -> dict[str, Any]:
    row = asdict(drivers)
    row["inputs"] = row.pop("effects")
    for effect in row["inputs"]:
        # The field's published name, in its published place.
        above_floor, or_else = effect.pop("above_floor"), effect.pop("or_else")
        effect |= {"told": above_floor, "or_else": or_else}
    return row


def sensitivity(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    on: Annotated[str | None, typer.Option(help="Day of position and headcount, such as 2021-11-05.")] = None,
    out: Annotated[Path | None, typer.Option(help="The page  [default: RUN/sensitivity.html]")] = None,
    lang: Annotated[str, typer.Option(help="Language of the page: en or es.")] = "en",
    seed: Annotated[int, typer.Option(help="Seed of resampling.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say which input drives which outcome: first-order Sobol indices with ranges, and a page."""
    from caravana.reporting.pages.sensitivity import write_sensitivity
    from caravana.results.members import drawn_parameters
    from caravana.results.outcomes import day_of_outcomes, outcomes_of
    from caravana.run import open_run
    from caravana.studies.sensitivity import find_drivers

    language, opened = read_language(lang), open_run(run)
    day = day_of_outcomes(opened, None if on is None else read_date(on, "--on"))
    every, refused = find_drivers(drawn_parameters(opened), outcomes_of(opened, on=day), seed=seed)
    page = write_sensitivity(opened, every, on=day, path=out, language=language)
    if json:
        give({
            "run": str(run), "on": day.isoformat(), "members": len(opened.member_ids), "page": str(page),
            "outcomes": {d.key: _as_json(d) for d in every}, "refused": refused,
        })  # fmt: skip
    else:
        for drivers in every:
            _tell(drivers)
    for why in refused.values():
        say(f"Left out: {why}")
    say(f"The page is at {page.resolve()}")
