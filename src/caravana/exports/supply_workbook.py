"""The spreadsheet of needs: a logistician changes standards and stock in it, and it works the rest out."""

from __future__ import annotations

import datetime as dt
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xlsxwriter

from caravana.exports.supply_sheets import (
    FIRST_STANDARD,
    FIRST_STOCK,
    STOCK_LINES,
    Sheets,
    need_formula,
    quoted,
    stock_range,
)
from caravana.results.supplies import FOLLOWS, Supply
from caravana.studies.coming_days import (
    FEWEST,
    given_words,
    people_by_day,
    people_by_place,
)
from caravana.studies.coming_needs import Request, group_of, needs_by_day, needs_by_place, supplies_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from caravana.results.needs import Standard

_COUNTS = {"low", "median", "high", "plan", "kits", "stock", "bring", "persons_median"}
_PLAN = (
    "item", "day", "persons_low", "persons_median", "persons_high", "low", "median", "high", "unit", "so_far", "kit",
    "kits", "stock", "bring", "days_of_cover", "chance_short",
)  # fmt: skip
_STANDARDS = (
    "item", "group", "use", "per", "value", "range_low", "range_high", "unit", "kit", "kit_size", "source", "standard",
    "page", "verified", "note",
)  # fmt: skip
_PLACES = (
    "group", "day", "place", "chance", "persons_median", "item", "unit", "low", "median", "high", "plan", "kit", "kits",
    "stock", "bring", "chance_short",
)  # fmt: skip


def _readme(book: Sheets) -> None:
    r, w = book.request, book.w
    a = r.ahead
    sheet = book.sheets["readme"]
    sheet.set_column(0, 0, 72)
    sheet.write_string(0, 0, w["title"], book.f["title"])
    fill = {
        "origin": a.origin, "first": a.days[0], "last": a.days[-1], "scenario": r.scenario.name,
        "given": given_words(a, w),
        "kept": len(a.members), "members": r.members, "sure": f"{10 * r.sure:g}",
        **{k: w[f"{k}_sheet"] for k in ("standards", "stock", "plan")},
    }  # fmt: skip
    lines = [(w["about"], "wrap"), (w["internal"], "warn")]
    if not a.seen:
        lines.append((w["unseen"], "warn"))
    if len(a.members) < FEWEST:
        lines.append((w["few"], "warn"))
    lines += [(w[k], "wrap") for k in ("legend", "range", "cumulative", "inputs", "units", "members")]
    row = 2
    for text, style in lines:
        filled = text.format(**fill)
        sheet.write_string(row, 0, filled, book.f[style])
        sheet.set_row(row, 14 * math.ceil(len(filled) / 74) + 3)
        row += 1
    if a.caravan and not a.forecast:  # a forecast is given that it is together
        for day, share in zip(a.days, a.together, strict=True):
            sheet.write_string(row, 0, w["together"].format(day=day, share=round(100 * share)), book.f["wrap"])
            row += 1
    sheet.write_string(row + 1, 0, w["sources"], book.f["title"])
    names = dict.fromkeys(s.standard.source for s in r.profile)
    plan = r.manifest["plan"]
    provenance = f"caravana {r.manifest.get('caravana', '')}, {plan['scenario']} {str(plan['scenario_hash'])[:12]}"
    for n, text in enumerate([*names, f"{provenance}, seed {plan['seed']}"], start=row + 2):
        sheet.write_string(n, 0, text, book.f["wrap"])


def _page(book: Sheets, s: Standard) -> str:
    """A standard's page, and how it is known; that it was not found."""
    return str(book.w["pages"][s.page_status].format(page=s.page)) if s.page_status else s.page


def _standards(book: Sheets) -> dict[int, str]:
    """Write the standards; where each one's value stands, by position in the profile."""
    sheet = book.sheets["standards"]
    sheet.write_string(0, 0, book.w["standards_sheet"], book.f["title"])
    book.head(
        sheet,
        FIRST_STANDARD - 2,
        _STANDARDS,
        {
            "source": 24, "standard": 24, "page": 16, "verified": 14, "note": 44, "item": 20, "kit": 38, "unit": 24,
            "per": 20, "use": 17, "group": 16,
        },
    )  # fmt: skip
    cells: dict[int, str] = {}
    for n, supply in enumerate(book.request.profile):
        s, row = supply.standard, FIRST_STANDARD - 1 + n
        group = " + ".join(book.label("groups", g) for g in supply.groups)
        note = s.note_es if book.request.language == "es" and s.note_es else s.note
        line: list[tuple[Any, str]] = [
            (book.label("items", s.item), "text"), (group, "text"), (book.label("uses", supply.use), "text"),
            (book.label("per", s.per), "text"), (s.value, "yours"), (s.low, "one"), (s.high, "one"),
            (book.unit(supply), "text"), (book.kit(supply), "text"), (supply.kit_size, "yours"), (s.source, "wrap"),
            (s.standard, "wrap"), (_page(book, s), "wrap"), (book.label("bases", s.verified), "wrap"), (note, "wrap"),
        ]  # fmt: skip
        for c, (value, style) in enumerate(line):
            sheet.write(row, c, value, book.f[style])
        sheet.set_row(row, 14 * math.ceil(max(len(s.source) / 22, len(s.standard) / 22, len(note) / 42, 2)))
        cells[n] = f"{quoted(book.w['standards_sheet'])}!$E${row + 1}"
    return cells


def _stock(book: Sheets) -> None:
    sheet = book.sheets["stock"]
    sheet.write_string(0, 0, book.w["stock_sheet"], book.f["title"])
    sheet.merge_range(1, 0, 1, 5, book.w["stock_note"], book.f["wrap"])
    sheet.set_row(1, 32)
    names = ["item", "place", "quantity", "unit", "lead_days", "note"]
    book.head(sheet, FIRST_STOCK - 2, names, {"item": 16, "place": 26, "note": 40, "unit": 20})
    units = {s.standard.item: s.standard.unit.removesuffix(" a day") for s in book.request.profile}
    lines = book.request.stock[:STOCK_LINES]
    for n in range(max(STOCK_LINES, len(lines))):
        given: Sequence[Any] = ("",) * 6
        if n < len(lines):
            s = lines[n]
            given = (s.item, s.place or FOLLOWS, s.quantity, units.get(s.item, ""), s.lead_days, s.note)
        for c, value in enumerate(given):
            sheet.write(FIRST_STOCK - 1 + n, c, value, book.f["yours"])
    items = sorted(units)
    last = FIRST_STOCK - 2 + STOCK_LINES
    sheet.data_validation(FIRST_STOCK - 1, 0, last, 0, {"validate": "list", "source": items})


def _members(book: Sheets) -> dict[tuple[str, int], str]:
    """Write every member's persons, person-days so far and stop; the range of each, by what and day."""
    a = book.request.ahead
    sheet = book.sheets["members"]
    columns = book.w["columns"]
    persons = a.persons("caravan")
    total = np.cumsum(persons, axis=1)
    stops = np.full(persons.shape, "", dtype=object)
    part = a.cells[a.cells["group"] == "caravan"]
    stops[part["member"].to_numpy(), part["day"].to_numpy()] = part["place"].to_numpy()
    names = [columns["simulation"]]
    for key in ("persons_on", "person_days", "stop"):
        names += [columns[key].format(day=day) for day in a.days]
    book.head(sheet, 0, names, dict.fromkeys(names[-len(a.days) :], 24.0))
    ranges: dict[tuple[str, int], str] = {}
    for key, table in (("persons", persons), ("so_far", total), ("stop", stops)):
        for d in range(len(a.days)):
            c = 1 + d + len(a.days) * ("persons", "so_far", "stop").index(key)
            for m in range(len(a.members)):
                sheet.write(1 + m, c, table[m, d], book.f["text" if key == "stop" else "number"])
            letter = xlsxwriter.utility.xl_col_to_name(c)
            ranges[key, d] = f"{quoted(book.w['members_sheet'])}!${letter}$2:${letter}${1 + len(a.members)}"
    for m, member in enumerate(a.members):
        sheet.write_number(1 + m, 0, int(member), book.f["text"])
    return ranges


def _quantile_formula(column: str, level: float) -> str:
    """The need so far that suffices: the inverted distribution function, as the program has it."""
    # SMALL(k) with k = ceil(level * n) is numpy's "inverted_cdf".
    return f"SMALL({column},MAX(1,ROUNDUP(ROUND({level:g}*COUNT({column}),9),0)))"


@dataclass(frozen=True)
class _Line:
    """A row of the plan: the supply, the coming day, the cells it is worked out from."""

    supply: Supply
    day: int
    value: str
    source: str
    stop: str


def _plan_formulas(book: Sheets, line: _Line, x: int) -> dict[str, str]:
    """The formulas of row `x` of the plan, by column."""
    supply, value = line.supply, line.value
    size = value.replace("$E$", "$J$")
    lists = [stock_range(book, c) for c in ("C", "A", "B", "E")]
    item = supply.standard.item.replace('"', '""')
    stock, there = (
        f'SUMIFS({lists[0]},{lists[1]},"{item}",{lists[2]},{where},{lists[3]},"<={line.day + 1}")'
        for where in (f'"{FOLLOWS}"', line.stop)
    )
    need = need_formula(supply, line.source, value)
    formulas = {
        "low": need_formula(supply, f"C{x}", value), "median": need_formula(supply, f"D{x}", value),
        "high": need_formula(supply, f"E{x}", value),
        "so_far": need_formula(supply, _quantile_formula(line.source, book.request.sure), value),
        "kits": f"ROUNDUP(ROUND(J{x}/{size},9),0)", "stock": stock,
        "bring": f"ROUNDUP(ROUND(MAX(0,J{x}-M{x})/{size},9),0)",
        "chance_short": f"SUMPRODUCT(--({need}>M{x}+{there}+0.000000001))/COUNT({line.source})",
    }  # fmt: skip
    if supply.use == "daily":
        formulas["days_of_cover"] = f"IF(G{x}>0,M{x}/G{x},0)"
    return formulas


def _plan(book: Sheets, values: Mapping[int, str], ranges: Mapping[tuple[str, int], str]) -> None:
    """Write the plan: one row an item and day, worked out in the spreadsheet itself."""
    r, sheet = book.request, book.sheets["plan"]
    frame = needs_by_day(r.ahead, r.profile, stock=r.stock, sure=r.sure)
    sheet.write_string(0, 0, book.w["title"], book.f["title"])
    sheet.write_string(1, 0, book.w["internal"], book.f["text"])
    book.head(sheet, 3, _PLAN, {"kit": 38, "unit": 24, "item": 18})
    people = people_by_day(r.ahead)
    position = {id(s): n for n, s in enumerate(r.profile)}
    style = {"days_of_cover": "one", "chance_short": "share", "bring": "strong"}
    row = 4
    for supply in supplies_of(r.profile, "caravan"):
        for d, line in enumerate(frame[frame["item"] == supply.standard.item].to_dict("records")):
            source = ranges["so_far" if supply.use == "daily" else "persons", d]
            given = _Line(supply, d, values[position[id(supply)]], source, ranges["stop", d])
            sheet.write_string(row, 0, book.label("items", line["item"]), book.f["text"])
            sheet.write_datetime(row, 1, dt.datetime.combine(line["day"], dt.time()), book.f["day"])
            for c, level in ((2, "low"), (3, "median"), (4, "high")):
                sheet.write_number(row, c, people[level][d], book.f["number"])
            sheet.write_string(row, 8, book.unit(supply), book.f["text"])
            sheet.write_string(row, 10, book.kit(supply), book.f["text"])
            for name, formula in _plan_formulas(book, given, row + 1).items():
                result = 0.0 if math.isnan(line[name]) else line[name]
                sheet.write_formula(row, _PLAN.index(name), "=" + formula, book.f[style.get(name, "number")], result)
            row += 1
    if row > 4:
        bar = {"type": "data_bar", "bar_solid": True, "bar_color": "#E08A5B", "min_type": "num", "max_type": "num"}
        sheet.conditional_format(4, 15, row - 1, 15, {**bar, "min_value": 0, "max_value": 1})
        sheet.autofilter(3, 0, row - 1, len(_PLAN) - 1)


def _where(book: Sheets, key: str, groups: Sequence[str], values: Mapping[int, str]) -> None:
    """Write who may be where, with each item's need at the plan's level."""
    r = book.request
    people = people_by_place(r.ahead, sure=r.sure)
    people = people[people["group"].isin(groups)]
    sheet = book.sheets[key]
    sheet.write_string(0, 0, book.w[f"{key}_sheet"], book.f["title"])
    if key == "apart":
        sheet.write_string(1, 0, book.w["apart_note"], book.f["text"])
    supplies = supplies_of(r.profile, groups[0])
    names = ["day", "name", "municipality", "state", "pcode", "lat", "lon", "group", "chance"]
    names += [f"persons_{q}" for q in ("low", "median", "high", "plan")]
    needs = [
        f"{book.label('items', s.standard.item)}, {book.unit(s)} ({book.w['columns']['persons_plan'].split(', ')[1]})"
        for s in supplies
    ]
    book.head(
        sheet,
        3,
        [*names, *needs],
        {"name": 30, "municipality": 24, "group": 16, "pcode": 11, "day": 11, "lat": 9, "lon": 9, "chance": 12},
    )
    position = {id(s): n for n, s in enumerate(r.profile)}
    for row, line in enumerate(people.to_dict("records"), start=4):
        place = book.places[line["place"]]
        sheet.write_datetime(row, 0, dt.datetime.combine(line["day"], dt.time()), book.f["day"])
        for c, text in enumerate((place.name, place.municipality, place.state, place.pcode), start=1):
            sheet.write_string(row, c, text, book.f["text"])
        for c, degree in ((5, place.lat), (6, place.lon)):
            if degree is not None:
                sheet.write_number(row, c, degree, book.f["degree"])
        sheet.write_string(row, 7, book.label("groups", line["group"]), book.f["text"])
        sheet.write_number(row, 8, line["chance"], book.f["share"])
        for c, q in enumerate(("low", "median", "high", "plan"), start=9):
            sheet.write_number(row, c, line[q], book.f["number"])
        for c, supply in enumerate(supplies, start=13):
            result = float(supply.amounts(np.array([line["plan"]]))[0])
            formula = need_formula(supply, f"$M{row + 1}", values[position[id(supply)]])
            sheet.write_formula(row, c, "=" + formula, book.f["number"], result)
    if len(people):
        sheet.autofilter(3, 0, 3 + len(people), 12 + len(supplies))


def _by_place(book: Sheets) -> None:
    """Write every group, place, day and item as plain values, for filters and other programs."""
    r = book.request
    frame = needs_by_place(r.ahead, r.profile, stock=r.stock, sure=r.sure)
    sheet = book.sheets["places"]
    book.head(sheet, 0, _PLACES, {"place": 24, "kit": 30, "unit": 18, "group": 16})
    by_item = {(s.standard.item, str(g)): s for s in r.profile for g in s.groups}
    for row, line in enumerate(frame.to_dict("records"), start=1):
        for c, name in enumerate(_PLACES):
            value = line[name]
            if name == "day":
                sheet.write_datetime(row, c, dt.datetime.combine(value, dt.time()), book.f["day"])
            elif name in {"group", "item"}:
                sheet.write_string(row, c, book.label("groups" if name == "group" else "items", value), book.f["text"])
            elif name in {"unit", "kit"}:
                supply = by_item[line["item"], group_of(line["group"])]
                sheet.write_string(row, c, book.unit(supply) if name == "unit" else book.kit(supply), book.f["text"])
            elif name.startswith("chance"):
                sheet.write_number(row, c, value, book.f["share"])
            else:
                sheet.write(row, c, value, book.f["number" if name in _COUNTS else "text"])
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(_PLACES) - 1)


def supply_workbook(request: Request) -> bytes:
    """The spreadsheet of the coming days' needs.

    Sheets: README, the plan for the caravan with live formulas, where it may stop, who waits
    where, who walks apart, everything by place, the standards, the stock and the members.

    Returns
    -------
    bytes
        An XLSX file.
    """
    target = io.BytesIO()
    book = Sheets(request, target)
    _readme(book)
    values = _standards(book)
    _stock(book)
    if request.ahead.caravan:
        _plan(book, values, _members(book))
        _where(book, "stops", ("caravan",), values)
        _where(book, "apart", ("other_caravans", "alone"), values)
    _where(book, "waiting", ("settlement",), values)
    _by_place(book)
    book.book.close()
    return target.getvalue()
