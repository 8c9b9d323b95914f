"""The command ``sensitivity``: says which input drives which outcome."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, spoken_language
from caravana.language.names import outcome_name

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.studies.sensitivity import Drivers

NAMED = 5


def _tell(drivers: Drivers, words: Language) -> None:
    say = words.text
    share = say(
        "sensitivity.line.ranked" if drivers.by_rank else "sensitivity.line.share",
        share=f"{100 * drivers.explained:.0f}", members=drivers.members, floor=words.decimal(drivers.floor, digits=2),
    )  # fmt: skip
    typer.echo(f"{_outcome(drivers, words)}: {share}")
    shown = [e for e in drivers.effects if e.above_floor][:NAMED]
    for e in shown:
        mistaken = "  " + say("sensitivity.line.or_else", names=", ".join(e.or_else)) if e.or_else else ""
        sign = "+" if e.direction > 0 else "-"
        index, low, high = (words.decimal(one, digits=2) for one in (e.index, e.low, e.high))
        typer.echo(f"  {e.name:<22} {index:>5}  [{low}{say('sensitivity.line.between')}{high}]  {sign}{mistaken}")
    if not shown:
        typer.echo("  " + say("sensitivity.line.none"))


def _outcome(drivers: Drivers, words: Language) -> str:
    """An outcome with its unit; in English by its key, as ``--json`` has it."""
    named = drivers.key if words.code == "en" else outcome_name(drivers.key, words)
    return f"{named} ({words.texts.get(f'answers.input_unit.{drivers.unit}', drivers.unit)})"


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
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of resampling.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say which input drives which outcome: first-order Sobol indices with ranges, and a page."""
    from caravana.reporting.pages.sensitivity import write_sensitivity
    from caravana.results.members import drawn_parameters
    from caravana.results.outcomes import day_of_outcomes, outcomes_of
    from caravana.run import open_run
    from caravana.studies.sensitivity import find_drivers

    language, opened = spoken_language(lang), open_run(run)
    day = day_of_outcomes(opened, None if on is None else read_date(on, "--on"))
    every, refused = find_drivers(drawn_parameters(opened), outcomes_of(opened, on=day), seed=seed)
    page = write_sensitivity(opened, every, on=day, path=out, language=language.code)
    if json:
        give({
            "run": str(run), "on": day.isoformat(), "members": len(opened.member_ids), "page": str(page),
            "outcomes": {d.key: _as_json(d) for d in every}, "refused": refused,
        })  # fmt: skip
    else:
        for drivers in every:
            _tell(drivers, language)
    for why in refused.values():
        say(f"Left out: {why}")
    say(f"The page is at {page.resolve()}")
