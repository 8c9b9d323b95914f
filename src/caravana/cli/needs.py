"""The command ``needs``: a spreadsheet and a page of what people need in the coming days."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, read_language
from caravana.errors import UsageError
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run
    from caravana.studies.coming_days import ComingDays
    from caravana.studies.coming_needs import Request


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: what is not a number is null."""
    rows = frame.to_dict("records")
    return [{str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()} for row in rows]


def _summary(request: Request, written: Path, page: Path) -> dict[str, Any]:
    from caravana.studies.coming_days import people_by_place
    from caravana.studies.coming_needs import needs_by_day, needs_by_place

    a = request.ahead
    return {
        "run": str(request.folder),
        "spreadsheet": str(written),
        "page": str(page),
        "origin": a.origin.isoformat(),
        "days": [d.isoformat() for d in a.days],
        "caravan": a.caravan,
        "members": request.members,
        "members_kept": len(a.members),
        "within": None if a.near is None else {"place": a.near[0], "km": a.near[1]},
        "seen_up_to_origin": a.seen,
        "forecast": a.forecast,
        "sure": request.sure,
        "together": dict(zip([d.isoformat() for d in a.days], a.together.round(4).tolist(), strict=True)),
        "by_day": _records(needs_by_day(a, request.profile, stock=request.stock, sure=request.sure))
        if a.caravan
        else [],
        "people": _records(people_by_place(a, sure=request.sure)),
        "by_place": _records(needs_by_place(a, request.profile, stock=request.stock, sure=request.sure)),
    }


def _tell(request: Request) -> None:
    """Write the caravan's needs as a table for people."""
    from caravana.studies.coming_needs import needs_by_day

    frame = needs_by_day(request.ahead, request.profile, stock=request.stock, sure=request.sure)
    for day in request.ahead.days:
        typer.echo(f"{day}")
        for row in _records(frame[frame["day"] == day]):
            amounts = f"{row['low']:>12,.0f} {row['median']:>12,.0f} {row['high']:>12,.0f}  {row['unit']:<22}"
            typer.echo(
                f"  {row['item']:<13}{amounts} bring {row['bring']:>6,} {row['kit']}  {row['chance_short']:.0%} short"
            )


def _look(run: Run, origin: dt.date, days: int, near: tuple[str, float] | None, *, as_run: bool) -> ComingDays:
    """Who is where on the coming days, with what to be wary of said on stderr."""
    from caravana.studies.coming_days import FEWEST, look_ahead, with_forecast

    ahead = look_ahead(run, origin=origin, days=days, near=near)
    if ahead.caravan and not ahead.seen and near is None and not as_run:
        try:
            ahead = with_forecast(run, ahead)
        except UsageError as error:
            say(f"There is no forecast from {origin} ({error}); the caravan is as the run has it.")
    if ahead.caravan and not ahead.seen:
        say(
            f"This run was not made from what was known on {origin}: its spread is that of a simulation from"
            f" {run.days[0].date()}."
            + (" Say where the caravan is with --at PLACE to narrow it." if near is None else "")
        )
    if len(ahead.members) < FEWEST:
        say(f"Only {len(ahead.members)} members are kept; ranges from so few are rough.")
    return ahead


def needs(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    origin: Annotated[str, typer.Option(help="The date from which the days are ahead, such as 2021-10-30.")],
    days: Annotated[int, typer.Option(help="How many days after it.")] = 3,
    stock: Annotated[
        Path | None, typer.Option(help="Your stock: a CSV with item, place, quantity, unit, lead_days, note.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Standards of your own: a CSV as the bundled logistics.csv.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Where the caravan is known to be on the origin date (a place id).")
    ] = None,
    within: Annotated[float, typer.Option(help="With --at: km of road about that place.")] = 25.0,
    as_run: Annotated[
        bool,
        typer.Option("--as-run", help="Take the caravan from the run itself, not forecast on what was known by then."),
    ] = False,
    sure: Annotated[float, typer.Option(help="Plan for what suffices in this share of simulations.")] = 0.9,
    out: Annotated[Path | None, typer.Option(help="The spreadsheet  [default: RUN/needs-ORIGIN.xlsx]")] = None,
    lang: Annotated[str, typer.Option(help="Language of the spreadsheet: en or es.")] = "en",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What people need by place in the coming days, and whether the stock suffices: a spreadsheet and a page."""
    from caravana.atomic import write_together
    from caravana.exports.supply_workbook import supply_workbook
    from caravana.reporting.pages.needs import render_needs
    from caravana.results.supplies import load_profile, load_stock
    from caravana.run import open_run
    from caravana.studies.coming_needs import Request

    if not 0.5 <= sure < 1:
        raise UsageError(f"--sure {sure:g}: expected a share from 0.5 to below 1, such as 0.9")
    if not 0 <= within < math.inf:
        raise UsageError(f"--within {within:g}: expected km, 0 or more")
    read_language(lang)
    date = read_date(origin, "--origin")
    opened = open_run(run)
    places = {key.casefold(): p.id for p in opened.scenario.places for key in (p.name, p.id)}
    if at is not None and at.casefold() not in places:
        raise UsageError(f"--at {at}: the scenario has no such place{did_you_mean(at, places)}")
    supplies = load_profile(profile)
    lines = load_stock(stock, supplies, places) if stock is not None else ()
    near = None if at is None else (places[at.casefold()], within)
    ahead = _look(opened, date, days, near, as_run=as_run)
    request = Request(
        opened.path, opened.scenario, opened.manifest, len(opened.member_ids), ahead, supplies, lines, sure, lang
    )  # fmt: skip
    target = out if out is not None else run / f"needs-{date}.xlsx"
    page = target.with_suffix(".html")
    if page == target:
        raise UsageError(f"--out {target}: name the spreadsheet, such as needs.xlsx; the page goes beside it")
    # Both are made before either is written.
    sheet, html = supply_workbook(request), render_needs(request, language=read_language(lang), sheet=target.name)
    write_together({target: sheet, page: html.encode()})
    if json:
        give(_summary(request, target, page))
    elif ahead.caravan:
        _tell(request)
    say(f"The spreadsheet is at {target.resolve()}\nThe page is at {page.resolve()}")
