"""The command ``needs``: a spreadsheet and a page of what people need in the coming days."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.console import give, say
from caravana.cli.options import read_date, read_language, spoken_language
from caravana.errors import UsageError
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from caravana.language.language import Language
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


def _tell(request: Request, language: Language) -> None:
    """Write the caravan's needs as a table for people: that day's apart from what must be there by then."""
    from caravana.studies.coming_needs import needs_by_day, supplies_of

    frame = needs_by_day(request.ahead, request.profile, stock=request.stock, sure=request.sure)
    supplies = {s.standard.item: s for s in supplies_of(request.profile, "caravan")}
    spanish, first = language.code == "es", language.day_short(request.ahead.days[0])
    for day in request.ahead.days:
        typer.echo(language.text("needs.day", day=day.isoformat()))
        for row in _records(frame[frame["day"] == day]):
            supply = supplies[row["item"]]
            name = language.texts.get(f"supplies.items.{row['item']}", row["item"])
            unit, kit = (
                ((supply.unit_es if spanish else "") or row["unit"]),
                ((supply.kit_es if spanish else "") or row["kit"]),
            )
            of = language.text("needs.since" if supply.use == "daily" else "needs.that_day", first=first)
            amounts = " ".join(f"{language.number(row[level]):>11}" for level in ("low", "median", "high"))
            short = language.text("needs.short", share=round(100 * row["chance_short"]))
            typer.echo(
                f"  {name:<18}{amounts}  {unit:<24} {language.text('needs.bring')} {language.number(row['bring']):>7}"
                f" \u00d7 {kit or unit} ({of}); {short}"
            )


def _look(
    run: Run, origin: dt.date, days: int, near: tuple[str, float] | None, *, as_run: bool, language: Language
) -> ComingDays:  # fmt: skip
    """Who is where on the coming days, with what to be wary of said on stderr."""
    from caravana.studies.coming_days import FEWEST, look_ahead, with_forecast

    ahead = look_ahead(run, origin=origin, days=days, near=near)
    if ahead.caravan and not ahead.seen and near is None and not as_run:
        try:
            ahead = with_forecast(run, ahead)
        except UsageError as error:
            say(language.text("needs.no_forecast", origin=origin, error=error))
    if ahead.caravan and not ahead.seen:
        said = language.text("needs.unseen", origin=origin, first=run.days[0].date())
        say(f"{said} {language.text('needs.narrow')}" if near is None else said)
    if len(ahead.members) < FEWEST:
        say(language.text("needs.few", n=len(ahead.members)))
    return ahead


def _last_known(run: Run, language: Language) -> dt.date:
    """The last day of a run on which anything that was reported was known, today at the latest."""
    first, last, today = run.days[0].date(), run.days[-1].date(), dt.datetime.now().astimezone().date()
    known = [one.known_on for one in run.scenario.observations if one.known_on <= today]
    if not known:
        raise UsageError(language.text("needs.no_origin", first=first))
    # The days ahead must be days of the run.
    return max(first, min(max(known), last - dt.timedelta(days=1)))


def _tell_places(request: Request, language: Language) -> None:
    """Write what each place needs on the first coming day, one figure a need, and that they are the run's people."""
    from caravana.studies.coming_needs import needs_by_place

    frame = needs_by_place(request.ahead, request.profile, stock=request.stock, sure=request.sure)
    names = {place.id: place.name for place in request.scenario.places}
    day = request.ahead.days[0]
    typer.echo(language.text("needs.places_day", day=day.isoformat(), sure=round(10 * request.sure)))
    of_day = frame[frame["day"] == day]
    for place in dict.fromkeys(of_day["place"]):
        rows = _records(of_day[of_day["place"] == place])
        people = language.number(rows[0]["persons_plan"])
        typer.echo(f"  {language.text('needs.place', name=names.get(place, place), n=people)}")
        for row in rows:
            name = language.texts.get(f"supplies.items.{row['item']}", row["item"])
            supply = next(s for s in request.profile if s.standard.item == row["item"])
            unit = (supply.unit_es if language.code == "es" else "") or row["unit"]
            typer.echo(f"    {name:<28}{language.number(row['plan']):>12}  {unit}")
    say(language.text("needs.as_simulated"))


def needs(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    origin: Annotated[
        str | None,
        typer.Option(
            help="The date from which the days are ahead, such as 2021-10-30  [default: the last day on which"
            " anything reported was known]"
        ),
    ] = None,
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
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What people need by place in the coming days, and whether the stock suffices: a spreadsheet and a page.

    A spreadsheet that holds your stock is never overwritten: the stock is carried over to a new one.
    """
    from caravana.exports.kept_stock import read_kept, unused_name
    from caravana.results.supplies import load_profile, load_stock
    from caravana.run import open_run
    from caravana.studies.coming_needs import Request

    language = spoken_language(lang)
    if not 0.5 <= sure < 1:
        raise UsageError(language.text("needs.sure", given=f"{sure:g}"))
    if not 0 <= within < math.inf:
        raise UsageError(language.text("needs.within", given=f"{within:g}"))
    opened = open_run(run)
    date = read_date(origin, "--origin") if origin is not None else _last_known(opened, language)
    places = {key.casefold(): p.id for p in opened.scenario.places for key in (p.name, p.id)}
    if at is not None and at.casefold() not in places:
        raise UsageError(language.text("needs.no_place", given=at) + did_you_mean(at, places))
    supplies = load_profile(profile)
    target = out if out is not None else run / f"needs-{date}.xlsx"
    kept = read_kept(target, items={s.standard.item for s in supplies}, places=places)
    lines = load_stock(stock, supplies, places) if stock is not None else kept
    near = None if at is None else (places[at.casefold()], within)
    ahead = _look(opened, date, days, near, as_run=as_run, language=language)
    members = len(opened.member_ids)
    request = Request(
        opened.path, opened.scenario, opened.manifest, members, ahead, supplies, lines, sure, language.code
    )  # fmt: skip
    if kept:
        old, target = target, unused_name(target)
        said = "needs.carried" if stock is None else "needs.left_alone"
        say(language.text(said, old=old.name, new=target.name, n=len(kept)))
    page = _write(request, target, language)
    if json:
        give(_summary(request, target, page))
    elif ahead.caravan:
        _tell(request, language)
    else:
        _tell_places(request, language)
    say(language.text("needs.written", sheet=target.resolve(), page=page.resolve()))


def _write(request: Request, target: Path, language: Language) -> Path:
    """Write the spreadsheet, and the page beside it; return where the page is."""
    from caravana.atomic import write_together
    from caravana.exports.supply_workbook import supply_workbook
    from caravana.reporting.pages.needs import render_needs

    page = target.with_suffix(".html")
    if page == target:
        raise UsageError(language.text("needs.out", given=target))
    # Both are made before either is written.
    sheet = supply_workbook(request)
    html = render_needs(request, language=read_language(language.code), sheet=target.name)
    write_together({target: sheet, page: html.encode()})
    return page
