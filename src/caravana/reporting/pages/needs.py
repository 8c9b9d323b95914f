"""The plan of supplies for the coming days as a page: one HTML file, English or Spanish.

It says what the spreadsheet says, for those who read and do not calculate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from caravana.language.language import load_language
from caravana.reporting import html
from caravana.reporting.needs_rows import source_words, supply_words, unit_words
from caravana.studies.coming_days import FEWEST, given_words, people_by_day, people_by_place
from caravana.studies.coming_needs import needs_by_day, supplies_of
from caravana.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Code, Language
    from caravana.studies.coming_needs import Request

STOPS_SHOWN = 5
PLACES_SHOWN = 6
"""Places listed for a group and day: those with most people."""


def render_needs(request: Request, *, language: Code, sheet: str) -> str:
    """Return the page of a plan of supplies.

    Parameters
    ----------
    request
        What the spreadsheet is made from.
    language
        ``en`` or ``es``.
    sheet
        Name of the spreadsheet beside the page.

    Raises
    ------
    caravana.errors.UsageError
        If there is no catalogue for the language.
    """
    a, said = request.ahead, load_language(language)
    w = said.under("supplies")
    title = said.text("answers.plan.title", first=said.day(a.days[0]), last=said.day_year(a.days[-1]))
    names = {p.id: p.name for p in request.scenario.places}
    people = people_by_place(a, sure=request.sure)
    return html.environment().get_template("needs.html.j2").render(
        t=said.text, lang=said, version=__version__, css=html.style(["report.css", "whatif.css"]), title=title,
        meta=said.text(
            "answers.plan.meta", origin=said.day_year(a.origin), given=given_words(a, w, origin=said.day(a.origin)),
            title=said.choose(request.scenario.title, request.scenario.title_es), kept=said.number(len(a.members)),
            members=said.number(request.members),
        ),
        cautions=_cautions(request, w), internal=w["internal"], inputs=w["inputs"],
        caravan_lead=said.text(
            "answers.plan.caravan_lead", sure=said.number(10 * request.sure, digits=_digits(request))
        ),
        days=_days(request, said) if a.caravan else [], stock=bool(request.stock),
        stops=_stops(people, names, said) if a.caravan else [],
        apart=_elsewhere(people[people["group"].isin(["alone", "other_caravans"])], request, said, names),
        waiting=_elsewhere(people[people["group"] == "settlement"], request, said, names),
        standards=_standards(request, said, w), sheet=sheet,
    )  # fmt: skip


def _digits(request: Request) -> int:
    return 0 if float(round(10 * request.sure, 6)).is_integer() else 1


def _cautions(request: Request, w: Mapping[str, Any]) -> list[str]:
    a = request.ahead
    fill = {"origin": a.origin, "kept": len(a.members)}
    cautions = [w["unseen"].format(**fill)] if a.caravan and not a.seen else []
    return cautions + ([w["few"].format(**fill)] if len(a.members) < FEWEST else [])


def _item(name: str, said: Language) -> str:
    return said.texts.get(f"answers.item.{name}", name)


def _days(request: Request, said: Language) -> list[dict[str, Any]]:
    """The plan day by day: what is needed, what there is, what to bring."""
    a = request.ahead
    frame = needs_by_day(a, request.profile, stock=request.stock, sure=request.sure)
    supplies = {s.standard.item: s for s in supplies_of(request.profile, "caravan")}
    people = people_by_day(a)
    out = []
    for d, day in enumerate(a.days):
        rows = []
        for r in frame[frame["day"] == day].to_dict("records"):
            supply = supplies[r["item"]]
            kit = said.choose(supply.kit, supply.kit_es)
            rows.append({
                "item": _item(r["item"], said), "unit": unit_words(supply, said), "kit": kit,
                "range": said.span(r["low"], r["high"]), "so_far": said.rounded(r["so_far"]),
                "kits": said.number(r["kits"]) if kit else "", "stock": said.number(r["stock"]),
                "bring": said.number(r["bring"]) if kit else "",
                "cover": "" if pd.isna(r["days_of_cover"]) else said.number(r["days_of_cover"], digits=1),
                "short": said.chance(r["chance_short"], short=True),
            })  # fmt: skip
        caption = said.text(
            "answers.plan.day_caption", day=said.day_long(day), people=said.span(people["low"][d], people["high"][d]),
            middle=said.rounded(people["median"][d]),
        )  # fmt: skip
        out.append({"caption": caption, "rows": rows})
    return out


def _stops(people: pd.DataFrame, names: Mapping[str, str], said: Language) -> list[dict[str, Any]]:
    """Where the caravan may sleep each night, likeliest first."""
    out = []
    for day, part in people[people["group"] == "caravan"].groupby("day", sort=True):
        rows = [
            {
                "place": names[r["place"]], "chance": said.chance(r["chance"], short=True),
                "people": said.span(r["low"], r["high"]),
            }
            for r in part.head(STOPS_SHOWN).to_dict("records")
        ]  # fmt: skip
        out.append({"day": said.day_long(pd.Timestamp(str(day)).date()), "rows": rows})
    return out


def _elsewhere(people: pd.DataFrame, request: Request, said: Language, names: Mapping[str, str]) -> dict[str, Any]:
    """People of a group at places on the last coming day with most of them, and what they need."""
    if people.empty:
        return {"items": [], "rows": [], "day": ""}
    group = "settlement" if (people["group"] == "settlement").all() else "alone"
    supplies = supplies_of(request.profile, group)
    first = people[people["day"] == people["day"].min()]
    most = first.assign(expected=first["chance"] * first["median"])
    most = most.sort_values("expected", ascending=False, kind="stable")
    rows = []
    for r in most.head(PLACES_SHOWN).to_dict("records"):
        low, high = r["low"], r["high"]
        needs = [s.amounts(pd.Series([low, high]).to_numpy(dtype=float)) for s in supplies]
        rows.append({
            "place": names[r["place"]], "chance": said.chance(r["chance"], short=True), "people": said.span(low, high),
            "needs": [said.span(float(n[0]), float(n[1])) for n in needs],
        })  # fmt: skip
    heads = [{"item": _item(s.standard.item, said), "unit": unit_words(s, said)} for s in supplies]
    return {"items": heads, "rows": rows, "day": said.day_long(pd.Timestamp(str(people["day"].min())).date())}


def _standards(request: Request, said: Language, w: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "item": _item(s.standard.item, said), "group": ", ".join(str(w["groups"].get(g, g)) for g in s.groups),
            "words": supply_words(s, said), "source": source_words(s.standard, said),
            "note": said.choose(s.standard.note, s.standard.note_es),
        }
        for s in request.profile
    ]  # fmt: skip
